#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guard of guest ports with real guests: honest ones do not feel it, and one
# that wants the address of another does not get it.
# vm: timeout=600 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

# is FILTER ARGUMENT...: the JSON that netemu-ctl prints fulfils the filter
is() { netemu-ctl -j "${@:2}" | jq -e "$1"; }

# drops_of PORT REASON
drops_of() { netemu-ctl -j -s port show "p-$1" | jq "[.[0].drops[] | select(.reason == \"guard_$2\") | .frames] | add // 0"; }
bound() { [ "$(bindings)" = "$1" ]; }
bindings() { netemu-ctl -j switch show lab | jq '.[0].bindings'; }
gateway_drops() { ethtool -S lab-gw | sed -n "s/^ *drop_$1: //p"; }
mac_of() { in_host "$1" cat /sys/class/net/eth0/address; }
address_of() { ip -n "$1" -j addr show dev eth0 | jq -r '[.[0].addr_info[] | select(.family == "inet")][0].local'; }

# plug NAME [ADDRESS]: a guest
plug() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip -n "$1" link set lo up
	plug_again "$1"
	[ -n "${2-}" ] || return 0
	ip -n "$1" addr add "$2/24" dev eth0
	ip -n "$1" route add default via 10.0.2.2
}

# plug_again NAME [MAC]: its port made anew
plug_again() {
	ip link add "p-$1" type veth peer name eth0 netns "$1"
	[ -z "${2-}" ] || ip -n "$1" link set eth0 address "$2"
	netemu-ctl port add "p-$1" network lab
	ip -n "$1" link set eth0 up
	busywait ready "p-$1"
	busywait ready eth0 "$1"
}

# dhcp NAME [OPTION]...
dhcp() { in_host "$1" busybox udhcpc -i eth0 -n -q -t 20 -T 3 -s "$KSFT_SCRATCH/udhcpc" "${@:2}"; }

setup() {
	cat >"$KSFT_SCRATCH/udhcpc" <<-'SCRIPT'
	#!/bin/sh
	[ "$1" = bound ] || exit 0
	ip -4 addr flush dev "$interface"
	ip addr add "$ip/$mask" dev "$interface"
	ip route add default via "$router"
	SCRIPT
	chmod +x "$KSFT_SCRATCH/udhcpc"
	world_add
	netemu-ctl network add lab
	plug alice
	plug bob
	plug carol 10.0.2.50
	plug mallory 10.0.2.66
}

test_honest() {
	check "ports of a network are guarded" is '.[0].guard' port show p-alice
	check "the gateway's is not" is '.[0].guard | not' port show lab-gw
	check "the gateway's two addresses are bound" bound 2
	check "a guest gets a lease" dhcp alice
	check "another too" dhcp bob
	check "both are bound" bound 4
	check "a guest with a lease reaches the world" reaches alice 198.51.100.2
	check "one with an address of its own too" reaches carol 198.51.100.2
	check "guests reach each other" reaches bob 10.0.2.15
	check "and who has no lease" reaches carol 10.0.2.15
	check "in IPv6, too" busywait reaches_by_ipv6 alice bob
	check "the lease is renewed" dhcp alice
	check "nothing of an honest guest was dropped" is \
		'length > 4 and ([.[].drops[] | select(.reason | startswith("guard_"))] == [])' -s port show
	check "an isolated network has no guard by default" isolated_is_open
}

reaches_by_ipv6() {
	local to

	to=$(ip -n "$2" -j addr show dev eth0 | jq -r '.[0].addr_info[] | select(.family == "inet6").local')
	in_host "$1" ping -c 1 -W 5 "$to%eth0"
}

isolated_is_open() {
	netemu-ctl network add quiet mode isolated
	is '.[0].port_defaults.guard == false' switch show quiet || return 1
	netemu-ctl network del quiet
}

# claim: mallory says that alice's address is its own
claim() { in_host mallory busybox arping -U -c 1 -w 1 -I eth0 -s 10.0.2.15 10.0.2.15; }
neighbour() { ip -n bob -j neigh show 10.0.2.15 | jq -r '.[0].lladdr'; }
deceived() { claim; [ "$(neighbour)" = "$(mac_of mallory)" ]; }
claimed_and_dropped() { claim; [ "$(drops_of mallory arp)" -gt "$1" ]; }
sent_and_dropped() {
	in_host mallory ping -c 1 -W 1 -I 10.0.2.15 10.0.2.2
	[ "$(drops_of mallory source)" -gt "$1" ]
}
gateway_saw() { claim; [ "$(gateway_drops forged)" -gt "$1" ]; }

test_address() {
	ip -n mallory addr add 10.0.2.15/32 dev lo
	ip -n mallory neigh replace 10.0.2.2 lladdr 52:55:0a:00:02:02 nud permanent dev eth0
	check "bob knows alice" reaches bob 10.0.2.15
	check "a claim to another's address is dropped" busywait claimed_and_dropped "$(drops_of mallory arp)"
	check "so is what comes from it" busywait sent_and_dropped "$(drops_of mallory source)"
	check "bob is not deceived" test "$(neighbour)" = "$(mac_of alice)"
	check "an address of the gateway's is claimed in vain" claims 10.0.2.2
	check "a service at an address" netemu-ctl service add lab tcp 10.0.2.100:80 to 198.51.100.2:80
	check "binds it too" claims 10.0.2.100
	check "that can go" netemu-ctl service del lab tcp 10.0.2.100:80
	check "and the bindings are as before" bound 4
	check "probes for it are allowed" not in_host mallory busybox arping -q -D -c 3 -w 5 -I eth0 10.0.2.16
	serve alice 8000
	check "alice is still reached" gets bob 10.0.2.15:8000
}

# claims ADDRESS: mallory says that it has it, and is not heard
claims() {
	local before

	before=$(drops_of mallory arp)
	ip -n mallory addr add "$1/32" dev lo
	in_host mallory busybox arping -U -c 3 -w 5 -I eth0 -s "$1" "$1"
	ip -n mallory addr del "$1/32" dev lo
	[ "$(drops_of mallory arp)" -gt "$before" ]
}

forwarded() {
	netemu-ctl forward add lab tcp 8080 to 10.0.2.15:8000
	gets world 198.51.100.1:8080
}

# What the guard prevents. The gateway believes its leases all the same.
test_off() {
	local before

	check "the guard can be taken off" netemu-ctl port set p-mallory guard off
	check "that is seen" is '.[0].guard == false' port show p-mallory
	check "then bob is deceived" busywait deceived
	before=$(gateway_drops forged)
	check "but not the gateway" busywait gateway_saw "$before"
	check "which still sends to alice" reaches alice 198.51.100.2
	check "as does a forward to her" forwarded
	check "and put on again" netemu-ctl port set p-mallory guard on
	ip -n mallory addr del 10.0.2.15/32 dev lo
	ip -n bob neigh flush dev eth0
	check "bob finds alice again" gets bob 10.0.2.15:8000
}

stolen_and_dropped() {
	in_host mallory ping -c 1 -W 1 10.0.2.2
	[ "$(drops_of mallory mac)" -gt "$1" ]
}

test_mac() {
	local own

	own=$(mac_of mallory)
	ip -n mallory link set eth0 address "$(mac_of alice)"
	check "the MAC address of another is dropped" busywait stolen_and_dropped "$(drops_of mallory mac)"
	check "alice still gets her frames" gets bob 10.0.2.15:8000
	ip -n mallory link set eth0 address "$own"
	check "with its own the guest is back" reaches mallory 10.0.2.2
	# Another's client-id on another port is another client.
	check "by another's name" dhcp mallory -x "0x3d:01$(mac_of alice | tr -d :)"
	check "nobody gets its address" test "$(address_of mallory)" != 10.0.2.15
	check "alice keeps hers" reaches alice 198.51.100.2
}

# A virtual machine that starts again: a new port, the same card.
test_roaming() {
	local mac

	mac=$(mac_of bob)
	check "bob's port goes" netemu-ctl port del p-bob
	ip link del p-bob
	plug_again bob "$mac"
	ip -n bob addr add 10.0.2.16/24 dev eth0
	ip -n bob route add default via 10.0.2.2
	check "on a new one his address is still his" reaches bob 10.0.2.2
	check "and he gets it again" dhcp bob
	check "the same" test "$(address_of bob)" = 10.0.2.16
	ip -n mallory -4 addr flush dev eth0
	ip -n mallory addr add 10.0.2.66/24 dev eth0
	ip -n mallory link set eth0 address "$mac"
	check "now it is bound to that port" busywait stolen_and_dropped "$(drops_of mallory mac)"
	ip -n mallory link set eth0 address 02:00:00:00:66:66
}

has_address() { [ "$(address_of "$1")" = "$2" ]; }

# Only a client that stays gives its lease back when it ends.
test_release() {
	local before client

	before=$(bindings)
	ip -n bob -4 addr flush dev eth0
	ip netns exec bob busybox udhcpc -i eth0 -f -R -t 20 -T 3 -s "$KSFT_SCRATCH/udhcpc" >/dev/null 2>&1 &
	client=$!
	check "a client that stays" busywait has_address bob 10.0.2.16
	kill "$client"
	wait "$client"
	check "gives its lease back" busywait bound $((before - 1))
	ip -n bob -4 addr flush dev eth0
	ip -n mallory -4 addr flush dev eth0
	ip -n mallory addr add 10.0.2.16/24 dev eth0
	check "now anyone may use the address" reaches mallory 10.0.2.2
	ip -n mallory -4 addr flush dev eth0
	check "and is bound when it is leased again" dhcp bob
	check "as before" bound "$before"
}

# One guest with any number of names gets what its port may have.
test_exhaustion() {
	local before pids='' i

	before=$(bindings)
	for i in {10..29}; do
		in_host mallory busybox udhcpc -i eth0 -n -q -t 3 -T 2 -s /bin/true -x "0x3d:00$i" &
		pids="$pids $!"
	done >/dev/null 2>&1
	# shellcheck disable=SC2086 # a list of words
	wait $pids
	check "a guest can bind some addresses" test "$(bindings)" -gt "$before"
	check "and no more than its share" test "$(bindings)" -le $((before + 16))
	check "others are not touched" reaches alice 198.51.100.2
}

# There is no guard under a Linux bridge, and nothing that misses one.
test_bridge() {
	ip link add br0 type bridge
	ip link set br0 up
	ip link add gw9 type netemu_gw
	ip link set gw9 up master br0
	ip link set p-carol nomaster
	ip link set p-carol master br0
	ip -n carol -4 addr flush dev eth0
	check "under a bridge guests get leases too" dhcp carol
	check "and reach the world" reaches carol 198.51.100.2
	ip link del br0
	ip link del gw9
}

test_end() {
	check "without its gateway the switch has no bindings" unbound
	check "the network goes" netemu-ctl network del lab
	check "and the modules" rmmod netemu_gw netemu
}

unbound() {
	ip link del lab-gw
	[ "$(bindings)" = 0 ]
}

ksft_start
setup
test_honest
test_address
test_off
test_mac
test_roaming
test_release
test_exhaustion
test_bridge
test_end
ksft_end

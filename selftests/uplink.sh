#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Network cards of the host, and what is on top of one: no port where guests get
# addresses by DHCP unless it is forced, and no answers of DHCP through them.
#
#	card -+- mac1 (port of lab)      lab-gw gives addresses
#	      +- mac2 (far)
#
# vm: timeout=240 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

WORDS='it leads to a network card of the host, and "lab-gw" gives addresses by DHCP'

# fails CODE TEXT ARGUMENT...: one line with the text
fails() {
	local rc=0 said

	said=$(netemu-ctl "${@:3}" 2>&1) || rc=$?
	echo "$rc: $said"
	[ "$rc" = "$1" ] && [[ $said == *"$2"* && $said != *$'\n'* ]]
}

is_port() { is "any(.[]; .ifname == \"$1\")" port show; }

# The VM's card, which has a device of a bus as its parent.
find_card() {
	local path

	for path in /sys/class/net/*/device/vendor; do
		[ -e "$path" ] || continue
		path=${path%/device/vendor}
		card=${path##*/}
		return 0
	done
	return 1
}

# What a command could have changed; the carrier changes by itself.
state_of() { ip -j link show dev "$1" | jq -c '.[0] | [.master, .mtu, (.flags | index("UP") != null)]'; }

# refuses_device TEXT NAME: it is none of the ports, and not touched
refuses_device() {
	local before

	before=$(state_of "$2")
	check "$1 is refused, with the reason" fails 2 "$WORDS" port add "$2" network lab
	check "... and no port" not is_port "$2"
	check "... and as it was" test "$(state_of "$2")" = "$before"
}

test_refused() {
	refuses_device "a card" "$card"
	ip link add link "$card" name vlan5 type vlan id 5
	refuses_device "a VLAN of it" vlan5
	ip link add link vlan5 name mac5 type macvlan
	refuses_device "a macvlan on top of that" mac5
	ip link del vlan5
	ip link add bond5 type bond
	ip link set "$card" down
	ip link set "$card" master bond5
	refuses_device "a bond that has it" bond5
	ip link del bond5
	ip link add v5 type veth peer name w5
	check "a veth is taken" netemu-ctl port add v5 network lab
	ip link del v5
	netemu-ctl switch add sw5
	check "a switch without a gateway takes a card" netemu-ctl port add "$card" switch sw5
	netemu-ctl switch del sw5
}

test_forced() {
	check "who insists gets it" netemu-ctl port add "$card" network lab force
	check "... as a port" is_port "$card"
	check "... once more, if it may be" netemu-ctl --may-exist port add "$card" network lab
	netemu-ctl port del "$card"
	netemu-ctl network set lab dhcp off
	check "without DHCP nobody has to" netemu-ctl port add "$card" network lab
	netemu-ctl port del "$card"
	netemu-ctl network set lab dhcp on
	refuses_device "with DHCP again, it" "$card"
	check "force, twice" fails 1 '"force"' port add "$card" network lab force force
	check "force, for a new tap" fails 1 'not for new taps' port add vm5 tap network lab force
	check "... makes none" not ip link show vm5
}

asked() { [ "$(gw_drop uplink)" -gt 0 ]; }
gw_drop() { ethtool -S lab-gw | sed -n "s/^ *drop_$1: //p"; }

# ip does not ask netemu-ctl: the gateway must know by itself.
test_unanswered() {
	ip link set "$card" up
	ip link add mac1 link "$card" type macvlan mode bridge
	ip netns add far
	HOSTS="$HOSTS far"
	ip link add mac2 link "$card" netns far type macvlan mode bridge
	ip link set mac1 up
	ip -n far link set mac2 up
	check "ip plugs it in" ip link set mac1 master lab
	ip netns exec far busybox udhcpc -f -i mac2 -t 100 -T 1 \
		-s /bin/true >"$KSFT_SCRATCH/far" 2>&1 &
	client=$!
	check "a request by way of the card is counted as uplink" busywait asked
	check "... also by netemu-ctl" is '.[0].drops | any(.reason == "uplink" and .frames > 0)' \
		-s gateway show lab-gw
	check "a guest's request is answered" in_host guest busybox udhcpc -i eth0 -n -q \
		-t 20 -T 3 -s /bin/true
	check "... and only that" is 'map(.address) == ["10.0.2.15"]' lease show lab
	check "who is behind the card got nothing" not grep -q obtained "$KSFT_SCRATCH/far"
	kill "$client"
	wait "$client" 2>/dev/null
	ip netns del far
	ip link del mac1
}

ksft_start
if ! modprobe 8139cp; then
	skip "cards of the host" "the kernel has no driver for the one of this machine"
	ksft_end
fi
modprobe netemu
check "there is a card" busywait find_card
find_card
netemu-ctl network add lab
network_guest guest lab
test_refused
test_forced
test_unanswered
netemu-ctl network del lab
rmmod 8139cp
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The classic pictures of QEMU's socket networks, with small programs that speak as
# QEMU does: in each datagrams of all sizes arrive, once and unchanged, also when one
# of the programs was killed and started again.
#
#	g1 - sw2 - k ~ m (127.0.0.1), and k ~ wire0 ~ k - sw2 - g3 (host "far")
#
#	b1, b2 ~ mcast=230.0.0.1:1234 ~ bus - lab - lab-gw - wire0 - far
#
#	v0 - hub 0 - l ~ 127.0.0.1:8010 ~ c - hub 2 - v2
#
# vm: timeout=400 debug=short plain=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

ROUNDS=40
[ "${NETEMU_SHORT-}" != 1 ] || ROUNDS=10

# flows FROM TO ADDRESS: whoever had the address before is forgotten
flows() {
	ip -n "$1" neigh flush dev eth0
	ip -n "$2" neigh flush dev eth0
	reaches "$1" "$3" || return 1
	flow_passes "$@" $ROUNDS && return
	ethtool -S k
	in_host "$1" nstat -a 2>/dev/null | grep -v " 0 "
	in_host "$2" nstat -a 2>/dev/null | grep -v " 0 "
	return 1
}

flows_setup() {
	netemu-ctl switch add sw2 host-port off
	station g1 11 sw2
	ip -n far link add sw2 type netemu
	ip -n far link set sw2 up
	station g3 13 sw2 far
}

# test_member KIND NAME WORD...: there and back; NAME is what the link is called
test_member() {
	member m 12 "${@:3}"
	check "$1: to a member" flows g1 m 192.0.2.12
	check "and back" flows m g1 192.0.2.11
	member_dies m
	member_again "$@"
	check "killed, and started again" flows g1 m 192.0.2.12
	member_dies m
	ip netns del m
	netemu-ctl link del "$2"
}

member_again() {
	ip netns del m
	member m 12 "${@:3}"
}

test_flows() {
	netemu-ctl link add k tcp listen 127.0.0.1:9001 switch sw2
	test_member "who calls us" k connect 127.0.0.1:9001
	netemu-ctl link add k tcp connect 127.0.0.1:9002 switch sw2
	test_member "whom we call" k listen 127.0.0.1:9002
	netemu-ctl link add k mcast 230.0.0.2:1234 dev lo switch sw2
	test_member "a bus" k mcast 230.0.0.2:1234 127.0.0.1
	netemu-ctl link add k udp 127.0.0.1:9003 local 127.0.0.1:9004 switch sw2
	test_member "UDP" k udp 127.0.0.1:9004 127.0.0.1:9003
}

# test_hosts KIND WORDS-HERE -- WORDS-THERE
test_hosts() {
	local kind=$1

	check "two hosts, $kind" netemu-ctl link add k $2 switch sw2
	netemu-ctl -n far link add k $3 switch sw2
	check "a flow" flows g1 g3 192.0.2.13
	check "and back" flows g3 g1 192.0.2.11
	netemu-ctl link del k
	netemu-ctl -n far link del k
}

# gets_lease NAME: by DHCP on the bus; its way to the world
gets_lease() {
	cat >"$KSFT_SCRATCH/dhcp" <<-'END'
		#!/bin/sh
		[ "$1" != bound ] || {
			ip addr add $ip/24 dev $interface
			ip route replace default via $router
		}
	END
	chmod +x "$KSFT_SCRATCH/dhcp"
	in_host "$1" ip addr flush dev eth0
	in_host "$1" busybox udhcpc -n -q -f -t 20 -T 3 -i eth0 -s "$KSFT_SCRATCH/dhcp"
}

address_of() { ip -n "$1" -j -4 addr show dev eth0 | jq -r '.[0].addr_info[0].local'; }

# The bus has two QEMUs and our network, whose gateway serves all.
test_bus() {
	check "a network on the bus" eval "netemu-ctl network add lab &&
		netemu-ctl link add bus mcast 230.0.0.1:1234 dev lo network lab"
	member b1 21 mcast 230.0.0.1:1234 127.0.0.1
	member b2 22 mcast 230.0.0.1:1234 127.0.0.1
	check "one has an address by DHCP" gets_lease b1
	check "so has the other" gets_lease b2
	check "they meet" flows b1 b2 "$(address_of b2)"
	check "both reach the world" all_arrive b1 198.51.100.2
	serve_bytes far 8080
	check "unchanged" gets_bytes b2 198.51.100.2:8080
	netemu-ctl link del bus
	netemu-ctl network del lab
}

# VLAN 0 of one QEMU and VLAN 2 of another one were joined like this.
test_hubs() {
	check "two hubs" eval "netemu-ctl hub add 0 && netemu-ctl hub add 2"
	check "one listens" netemu-ctl link add l tcp listen 8010 hub 0
	check "the other one calls" netemu-ctl link add c tcp connect 127.0.0.1:8010 hub 2
	host_add v0 31
	host_add v2 32
	netemu-ctl port add p-v0 hub 0
	netemu-ctl port add p-v2 hub 2
	check "they are one" flows v0 v2 192.0.2.32
	check "both ways" flows v2 v0 192.0.2.31
	netemu-ctl link del c
	netemu-ctl link del l
	netemu-ctl hub del 0
	netemu-ctl hub del 2
}

ksft_start
ip link set lo up
other_host far
flows_setup
test_flows
test_hosts mcast "mcast 230.0.0.3:1234 dev wire0" "mcast 230.0.0.3:1234 dev wire0"
test_hosts UDP "udp 198.51.100.2:5000" "udp 198.51.100.1:5000"
test_hosts TCP "tcp listen 198.51.100.1:6001" "tcp connect 198.51.100.1:6001"
test_bus
test_hubs
netemu-ctl switch del sw2
ksft_end

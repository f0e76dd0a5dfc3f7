#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What ends the fast way while packets go on it: IPsec, a bridge that asks for the
# host's rules, an uplink that goes elsewhere, a network or a namespace that goes.
# vm: timeout=400 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"
. "$(dirname "$0")/lib/fastpath.sh"

setup() {
	modprobe -a netemu xfrm_user
	modprobe -r br_netfilter 2>/dev/null
	world_add
	GW=lab-gw
	check "a network" netemu-ctl network add lab fastpath auto
	network_guest g1 lab
	ip -n g1 addr add 10.0.2.15/24 dev eth0
	ip -n g1 route add default via 10.0.2.2
	flow_start
	check "it is fast out" grows fast out
	check "and in" grows fast in
}

drops_no_route() { ethtool -S "$GW" | sed -n 's/^ *drop_no_route: //p'; }

# policy DIRECTION [WORD]...: one of IPsec
policy() { ip xfrm policy "${@:2}" dir "$1" src 192.0.2.0/24 dst 192.0.2.0/24; }

# A policy may be about the flow: the host is to decide about each packet.
test_ipsec() {
	check "an IPsec policy for what goes out" policy out add
	check "nothing is fast out" busywait slow out sent
	check "but in" grows fast in
	check "it goes" policy out del
	check "fast again" grows fast out
	check "one for what comes in" policy in add
	check "nothing is fast in" busywait slow in returned
	check "it goes" policy in del
	check "fast again" grows fast in
}

test_ipsec_block() {
	local before

	before=$(drops_no_route)
	check "one that forbids the flow" ip xfrm policy add dir out dst 198.51.100.2/32 action block
	check "holds for it: counted" busywait more drops_no_route "$before" true
	check "nothing of it passes" slow out drops_no_route
	check "it goes" ip xfrm policy del dir out dst 198.51.100.2/32
	check "fast again" grows fast out
}

# The guests' way out leads elsewhere, and so does that of their flow.
test_vrf() {
	ip link add vrf9 type vrf table 99
	ip link set vrf9 up
	check "the uplink becomes another's, in a VRF" ip link set up0 master vrf9
	check "nothing is fast any more" busywait slow out sent
	check "nor comes" misses g1 198.51.100.2
	ip link set up0 nomaster
	ip link del vrf9
	ip route replace default via 198.51.100.2
	check "it comes back" reaches g1 198.51.100.2
	flow_end
	flow_start
	check "another flow is fast" grows fast out
}

# The host has its address at the bridge now. Where the bridge asks for the host's
# rules, it does so before it passes a packet up: no packet may be taken there.
test_bridge() {
	ip link add br9 type bridge
	ip link set br9 up
	ip addr flush dev up0
	ip link set up0 master br9
	ip addr add 198.51.100.1/24 dev br9
	ip route replace default via 198.51.100.2
	busywait ready br9
	flow_end
	flow_start
	check "by a bridge: fast out" grows fast out
	check "and in" grows fast in
	check "a bridge that can ask for rules" modprobe br_netfilter
	sysctl -qw net.bridge.bridge-nf-call-iptables=0
	check "auto: nothing is fast in, for there is a hook" busywait slow in returned
	netemu-ctl network set lab fastpath on
	check "on: fast again" grows fast in
	sysctl -qw net.bridge.bridge-nf-call-iptables=1
	check "it asks: nothing is fast in, but all comes" busywait slow in returned
	check "another flow comes, too" reaches g1 198.51.100.2
	sysctl -qw net.bridge.bridge-nf-call-iptables=0
	check "it asks no more: fast again" grows fast in
	sysctl -qw net.bridge.bridge-nf-call-iptables=1
	rmmod br_netfilter
}

tracked() { grep -q "10\.0\.2\.15 .*zone-" /proc/net/nf_conntrack; }

test_network() {
	check "the flow is fast" grows fast out
	check "the network goes under it" netemu-ctl network del lab
	check "no connection of a guest is left" not tracked
	flow_end
}

fast_there() { in_host there ethtool -S lab-gw | sed -n 's/^ *fast_out: //p'; }
is_alone() { ! ip -n world link show dev eth1; }

# A host of its own, between the same guest and the same world
test_namespace() {
	ip netns add there
	HOSTS="$HOSTS there"
	ip -n there link set lo up
	check "a network in a namespace" netemu-ctl -n there network add lab fastpath on
	ip -n g1 link del eth0
	ip -n there link add p-g1 type veth peer name eth0 netns g1
	netemu-ctl -n there port add p-g1 network lab
	ip -n there link add up0 type veth peer name eth1 netns world
	ip -n there link set up0 up
	ip -n there addr add 203.0.113.1/24 dev up0
	ip -n world link set eth1 up
	ip -n world addr add 203.0.113.2/24 dev eth1
	ip -n g1 link set eth0 up
	ip -n g1 addr add 10.0.2.15/24 dev eth0
	ip -n g1 route add default via 10.0.2.2
	check "its guest reaches the world" reaches g1 203.0.113.2
	ip netns exec world iperf3 -s -p "$PORT" >/dev/null 2>&1 &
	busywait listens_on world "$PORT"
	ip netns exec g1 iperf3 -c 203.0.113.2 -p "$PORT" -t 3000 -b 1M -l 1448 >/dev/null 2>&1 &
	FLOW=$!
	check "a flow there is fast" grows fast_there
	check "the namespace ends under it" ip netns del there
	check "all of it" busywait is_alone
	check "unload" rmmod netemu_gw
}

ksft_start
setup
test_ipsec
test_ipsec_block
test_vrf
test_bridge
test_network
test_namespace
ip link del br9
ksft_end

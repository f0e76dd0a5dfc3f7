#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The multicast bus: links, and members that speak as QEMU does, in any number on
# one host and between hosts. Every frame arrives once.
#
#	g1 - sw1 - bus1 -+- 230.0.0.1:1234 -+- bus2 - sw2 - g2
#	              m1 -+     on lo        +- m2
#
#	g1 - sw1 - far1 -+--- wire0 ---+- far1 - sw1 - g3	(host "far")
#	             m3 -+
#
# vm: timeout=300 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

GROUP=230.0.0.1:1234

setup() {
	local n

	ip link set lo up
	for n in 1 2; do
		netemu-ctl switch add "sw$n" host-port off
		station "g$n" "$n" "sw$n"
	done
}

# Nothing but lo says where the bus is.
test_refusals() {
	refuse "a group that no route leads to" netemu-ctl link add bus1 mcast "$GROUP"
	refuse "an address that is no group" netemu-ctl link add bus1 mcast 192.0.2.1:1234 dev lo
	refuse "a local address of somebody else" netemu-ctl link add bus1 mcast "$GROUP" local 192.0.2.77
	refuse "no TTL" netemu-ctl link add bus1 mcast "$GROUP" dev lo ttl 0
	refuse "a link without options" ip link add bus1 type netemu_link
	check "nothing was made" test ! -e /sys/class/net/bus1
}

test_one_host() {
	check "a link on lo" netemu-ctl link add bus1 mcast "$GROUP" dev lo switch sw1
	check "another, where an address is" netemu-ctl link add bus2 mcast "$GROUP" local 127.0.0.1 switch sw2
	check "guests of two switches meet" busywait reaches g1 192.0.2.2
	member m1 11 mcast "$GROUP" 127.0.0.1
	member m2 12 mcast "$GROUP" 127.0.0.1
	check "a guest and a member" all_arrive g1 192.0.2.11
	check "two members" all_arrive m1 192.0.2.12
	check "a member and the other guest, in large frames" all_arrive m2 192.0.2.2 -s 1472
	check "the guests, by IPv6" all_arrive g2 2001:db8::1
	check "own frames came back, and were none" counts bus1 echoes
	check "no frame was too much" test "$(count bus1 drop_queue_full)" = 0
}

test_bytes() {
	serve_bytes m1 80
	check "bytes from a member to a guest" gets_bytes g1 192.0.2.11:80
	serve_bytes g1 80
	check "bytes from a guest to a member" gets_bytes m2 192.0.2.1:80
	check "bytes from a guest to a guest" gets_bytes g2 192.0.2.1:80
}

vlan_at() {
	ip -n "$1" link add link eth0 name v7 type vlan id 7
	ip -n "$1" addr add "192.0.3.$2/24" dev v7
	ip -n "$1" link set v7 up
}

test_vlan() {
	vlan_at g1 1
	vlan_at m1 11
	check "tagged frames, as large as any" all_arrive g1 192.0.3.11 -s 1472
}

test_loops() {
	check "another link to the bus" netemu-ctl link add bus3 mcast "$GROUP" dev lo
	refuse "two on one switch" netemu-ctl port add bus3 switch sw1
	refuse "by ip, too" ip link set bus3 master sw1
	check "one of another port number" netemu-ctl link add bus4 mcast 230.0.0.1:1235 dev lo switch sw1
	check "bus4 goes" netemu-ctl link del bus4
	check "bus3 goes" netemu-ctl link del bus3
	netemu-ctl switch add sw3
	ip addr add 203.0.113.1/24 dev sw3
	refuse "a bus that is on the switch itself" netemu-ctl link add bus3 mcast "$GROUP" dev sw3 switch sw3
	ip link del sw3
}

test_settings() {
	check "the TTL changes" netemu-ctl link set bus1 ttl 3 mtu 1400
	check "and is shown" has "netemu-ctl link show bus1" "mcast $GROUP dev lo ttl 3"
	check "as JSON" [ "$(netemu-ctl -j link show bus1 |
		jq -c '.[0] | [.mtu, .ttl, .transport, .remote, .switch, .dev]')" = \
		"[1400,3,\"mcast\",\"$GROUP\",\"sw1\",\"lo\"]" ]
	refuse "no other TTL" netemu-ctl link set bus1 ttl 0
	check "frames larger than the MTU" busywait more "count bus1 drop_oversize" 0 \
		in_host m2 ping -c 1 -W 1 -s 1472 192.0.2.1
	check "the MTU is as before" netemu-ctl link set bus1 mtu 1500
	check "while a link is down" ip link set bus1 down
	check "what comes in is dropped" busywait more "count bus1 drop_down" 0 \
		in_host m1 arping -q -c 1 -w 1 -I eth0 192.0.2.77
	ip link set bus1 up
	check "then it works again" all_arrive g1 192.0.2.11
}

# filter_shown LINK: as text, and as JSON
filter_shown() {
	has "netemu-ctl link show $1" "source-filter 198.51.100.0/30" &&
		[ "$(netemu-ctl -j link show "$1" | jq -r '.[0].source_filter')" = 198.51.100.0/30 ]
}

# Members of the bus on lo send from 127.0.0.1.
test_source_filter() {
	refuse "a filter that is no prefix" netemu-ctl link add bus3 mcast "$GROUP" dev lo source-filter lo
	refuse "one of another family" netemu-ctl link add bus3 mcast "$GROUP" dev lo source-filter 2001:db8::/32
	refuse "of who has one other end" netemu-ctl link add bus3 udp 127.0.0.1:5000 source-filter 127.0.0.0/8
	check "what was refused is not there" test ! -e /sys/class/net/bus3
	netemu-ctl link del bus2
	check "a link that hears other hosts alone" netemu-ctl link add bus2 mcast "$GROUP" dev lo \
		source-filter 198.51.100.0/30 switch sw2
	check "says so" filter_shown bus2
	check "again, the same" netemu-ctl link add bus2 mcast "$GROUP" dev lo source-filter 198.51.100.0/30 --may-exist
	refuse "again, another one" netemu-ctl link add bus2 mcast "$GROUP" dev lo source-filter 198.51.100.0/24 --may-exist
	check "a member here is not heard" busywait more "count bus2 drop_source" 0 \
		in_host m1 ping -c 1 -W 1 192.0.2.2
	check "and has no answer" misses m1 192.0.2.2
	check "nothing of it came in" received bus2 0
	netemu-ctl link del bus2
	check "one that hears this host" netemu-ctl link add bus2 mcast "$GROUP" dev lo \
		source-filter 127.0.0.1 switch sw2
	check "hears members" all_arrive m1 192.0.2.2
	check "without a drop" count_is bus2 drop_source 0
}

# The bus is at a device that does not loop by itself, and narrower than frames.
test_hosts() {
	other_host far
	ip -n far link add sw1 type netemu
	ip -n far link set sw1 up
	check "a bus on a wire" netemu-ctl link add far1 mcast 230.0.0.2:1234 dev wire0
	check "the other host" netemu-ctl -n far link add far1 mcast 230.0.0.2:1234 local 198.51.100.2 switch sw1
	netemu-ctl link del bus1
	check "one instead of the other" netemu-ctl port add far1 switch sw1
	station g3 3 sw1 far
	member m3 13 mcast 230.0.0.2:1234 198.51.100.1
	check "guests of two hosts" all_arrive g1 192.0.2.3
	check "a member of this host hears both: the guest here" all_arrive m3 192.0.2.1
	check "the guest there" all_arrive m3 192.0.2.3
	check "in several packets" all_arrive g3 192.0.2.1 -s 1472
	check "which were counted" counts far1 fragmented far
}

test_v6() {
	check "a bus by IPv6" netemu-ctl link add six mcast "[ff05::1]:1234" dev wire0 switch sw2 \
		source-filter 2001:db8:1::/126
	netemu-ctl -n far link del far1
	check "the other host" netemu-ctl -n far link add six mcast "[ff05::1]:1234" dev wire0 switch sw1
	check "guests of two hosts" all_arrive g2 192.0.2.3
	check "in several packets" all_arrive g2 192.0.2.3 -s 1472
	check "a third link, of this host" netemu-ctl link add six3 mcast "[ff05::1]:1234" local 2001:db8:1::1
	netemu-ctl switch add sw3 host-port off
	netemu-ctl port add six3 switch sw3
	station g4 4 sw3
	check "hears the one here" all_arrive g4 192.0.2.2
	check "and the one there" all_arrive g4 192.0.2.3
	netemu-ctl link del six3
	check "one that hears this host alone" netemu-ctl link add six3 mcast "[ff05::1]:1234" \
		local 2001:db8:1::1 source-filter 2001:db8:1::1 switch sw3
	check "hears it" all_arrive g4 192.0.2.2
	check "and not the other" misses g4 192.0.2.3
	check "which is counted" counts six3 drop_source
}

ksft_start
setup
test_refusals
test_one_host
test_bytes
test_vlan
test_loops
test_settings
test_source_filter
test_hosts
test_v6
ksft_end

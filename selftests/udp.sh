#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Point to point over UDP: with a socket of QEMU's kind, and between hosts.
#
#	g1 - sw1 - q1 ~lo~ m1
#	      +--- u1 --- wire0 --- u1 - sw1 - g3	(host "far")
#
# vm: timeout=240 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

setup() {
	ip link set lo up
	netemu-ctl switch add sw1 host-port off
	station g1 1 sw1
}

test_member() {
	check "a link" netemu-ctl link add q1 udp 127.0.0.1:5001 local 127.0.0.1:5002 switch sw1
	member m1 11 udp 127.0.0.1:5002 127.0.0.1:5001
	check "small frames" all_arrive g1 192.0.2.11
	check "large ones" all_arrive m1 192.0.2.1 -s 1472
	serve_bytes m1 80
	check "bytes in" gets_bytes g1 192.0.2.11:80
	serve_bytes g1 80
	check "bytes out" gets_bytes m1 192.0.2.1:80
}

test_refusals() {
	refuse "a port in use" netemu-ctl link add q2 udp 127.0.0.1:5003 local 127.0.0.1:5002
	refuse "an address of somebody else" netemu-ctl link add q2 udp 127.0.0.1:5003 local 192.0.2.9:5004
	refuse "a group as the other end" netemu-ctl link add q2 udp 230.0.0.1:5003
	refuse "two families" netemu-ctl link add q2 udp 127.0.0.1:5003 local "[::1]:5004"
	check "nothing was made" test ! -e /sys/class/net/q2
	check "the same link again" netemu-ctl link add q1 udp 127.0.0.1:5001 local 127.0.0.1:5002 --may-exist
	refuse "another of this name" netemu-ctl link add q1 udp 127.0.0.1:5009 local 127.0.0.1:5002 --may-exist
}

# Somebody else than the peer, and a peer of another link that sends anything.
test_wrong_input() {
	netemu-ctl link add q2 udp 127.0.0.1:5003 local 127.0.0.1:5004
	check "somebody else's" lib/bin/datagram 127.0.0.1:5005 127.0.0.1:5004 0 13 100
	check "are dropped" busywait count_is q2 drop_source 3
	check "short and long ones" lib/bin/datagram 127.0.0.1:5003 127.0.0.1:5004 0 1 13 1519 65507
	check "are dropped as short" busywait count_is q2 drop_runt 3
	check "and as long" busywait count_is q2 drop_oversize 2
	check "just what is allowed" lib/bin/datagram 127.0.0.1:5003 127.0.0.1:5004 14 1514
	check "is received" busywait received q2 2
	check "nothing else was" received q2 2
	netemu-ctl link del q2
}

test_hosts() {
	other_host far
	ip -n far link add sw1 type netemu
	ip -n far link set sw1 up
	check "a link to another host" netemu-ctl link add u1 udp 198.51.100.2:5000 switch sw1
	check "and back" netemu-ctl -n far link add u1 udp 198.51.100.1:5000 switch sw1
	station g3 3 sw1 far
	check "guests meet" all_arrive g1 192.0.2.3
	check "in several packets" all_arrive g3 192.0.2.1 -s 1472
	check "which were counted" counts u1 fragmented far
	check "from QEMU to the other host's guest" all_arrive m1 192.0.2.3
	serve_bytes g3 80
	check "bytes" gets_bytes g1 192.0.2.3:80
	check "a TTL" netemu-ctl link set u1 ttl 9
	in_host far tcpdump -n -v -c 1 -i wire0 udp port 5000 and src 198.51.100.1 >"$KSFT_SCRATCH/seen" 2>/dev/null &
	check "is on the wire" busywait after_ping grep -q "ttl 9" "$KSFT_SCRATCH/seen"
}

after_ping() {
	in_host g1 ping -c 1 -W 1 192.0.2.3
	"$@"
}

test_v6() {
	netemu-ctl link del u1
	netemu-ctl -n far link del u1
	check "by IPv6" netemu-ctl link add u1 udp "[2001:db8:1::2]:5000" switch sw1
	check "and back" netemu-ctl -n far link add u1 udp "[2001:db8:1::1]:5000" dev wire0 switch sw1
	check "guests meet" all_arrive g1 192.0.2.3
	check "in several packets" all_arrive g3 192.0.2.1 -s 1472
}

# The link's own frames would leave by the switch that it is a port of.
test_loop() {
	netemu-ctl switch add sw2
	ip addr add 203.0.113.1/24 dev sw2
	check "a link whose way is the switch" netemu-ctl link add u2 udp 203.0.113.2:5000 switch sw2
	ip neigh add 203.0.113.2 lladdr 02:00:00:00:00:99 dev sw2
	check "frames are dropped" busywait more "count u2 drop_loop" 0 \
		arping -q -c 1 -w 1 -I sw2 203.0.113.77
}

# The sockets stay, the device moves; they go together.
test_lifecycle() {
	ip netns add away
	HOSTS="$HOSTS away"
	check "the device moves" ip link set u1 netns away
	check "with what it is" has "netemu-ctl -n away link show u1" "udp [2001:db8:1::2]:5000"
	ip -n away link set u1 up
	ip -n away addr add 192.0.2.21/24 dev u1
	check "the sockets stay where they were" busywait reaches away 192.0.2.3
	check "a link of the other host moves here" ip -n far link set u1 netns "$HERE" name u9
	ip netns exec g1 ping -A -c 100000 192.0.2.11 >/dev/null 2>&1 &
	ip netns del far
	check "it goes with that host" busywait test ! -e /sys/class/net/u9
	check "unload under traffic" rmmod netemu
	check "no link is left" not has "ip -n away link" u1
}

ksft_start
setup
test_member
test_refusals
test_wrong_input
test_hosts
test_v6
test_loop
test_lifecycle
ksft_end

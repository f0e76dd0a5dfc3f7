#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links over UNIX sockets, which netemu-ctl opens. See fd.sh for those that somebody
# has open, and link_keep.sh for those that are opened again.
#
#	g1 - sw1 -+- l (listens) ~ l.0 ~ m1, l.1 ~ c - sw2 - g2
#	          +- d ~ m2 (datagrams)
#	          +- s ~ m3 (whom s connects to)
#
# vm: timeout=240 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

setup() {
	local n

	ip link set lo up
	for n in 1 2; do
		netemu-ctl switch add "sw$n" host-port off
		station "g$n" "$n" "sw$n"
	done
	DIR=$KSFT_SCRATCH
}

there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }
state_is() { netemu-ctl -j link show "$1" | jq -e ".[0].state == \"$2\""; }

# heard EVENT: the monitor told it of s
heard() { jq -n -e "any(inputs; .event == \"$1\" and .port == \"s\")" "$DIR/events"; }

# A monitor is listening once it tells of something.
listens() {
	netemu-ctl port set s isolated on
	netemu-ctl port set s isolated off
	[ -s "$DIR/events" ]
}

test_stream() {
	refuse "nobody listens" netemu-ctl link add c unix connect "$DIR/l"
	check "a link that listens" netemu-ctl link add l unix listen "$DIR/l" switch sw1
	check "says where" has "netemu-ctl link show l" "unix listen $DIR/l"
	member m1 11 unix-connect "$DIR/l"
	check "a peer has a device" busywait there l.0
	check "small frames" all_arrive g1 192.0.2.11
	check "large ones" all_arrive m1 192.0.2.1 -s 1472
	check "a link that connects" netemu-ctl link add c unix connect "$DIR/l" switch sw2
	check "two switches are one" all_arrive g2 192.0.2.1
	serve_bytes m1 80
	check "bytes" gets_bytes g2 192.0.2.11:80
	member m3 13 unix-listen "$DIR/s"
	check "a socket of QEMU" busywait netemu-ctl link add s unix connect "$DIR/s" switch sw1
	check "frames" all_arrive g1 192.0.2.13
}

test_datagrams() {
	refuse "nobody is there" netemu-ctl link add d unix dgram "$DIR/d" "$DIR/m2"
	member m2 12 unix-dgram "$DIR/m2" "$DIR/d"
	check "a link to datagrams" netemu-ctl link add d unix dgram "$DIR/d" "$DIR/m2" switch sw1
	check "small frames" all_arrive g1 192.0.2.12
	check "large ones" all_arrive m2 192.0.2.1 -s 1472
	serve_bytes g1 80
	check "bytes" gets_bytes m2 192.0.2.1:80
	test_no_peer
}

# Nothing is sent to the link meanwhile: who sends finds out.
test_no_peer() {
	ip link set dev d nomaster
	member_dies m2
	check "the peer is gone, which nobody says" busywait state_is d waiting
	ip netns del m2
	refuse "nobody is there" netemu-ctl link set d unix dgram "$DIR/d" "$DIR/m2"
	member m2 12 unix-dgram "$DIR/m2" "$DIR/d"
	check "another one" busywait netemu-ctl link set d unix dgram "$DIR/d" "$DIR/m2"
	ip link set dev d master sw1
	ip -n g1 neigh flush dev eth0
	check "frames" reaches g1 192.0.2.12
}

test_end() {
	local monitor

	netemu-ctl -j monitor port event >"$DIR/events" &
	monitor=$!
	check "a monitor" busywait listens
	member_dies m3
	check "whom we called is gone" busywait state_is s waiting
	check "as is told" busywait heard disconnected
	refuse "nobody listens" netemu-ctl link set s unix connect "$DIR/s"
	member m4 14 unix-listen "$DIR/s"
	check "another one" busywait netemu-ctl link set s unix connect "$DIR/s"
	check "is there" busywait state_is s connected
	check "as is told, too" busywait heard connected
	refuse "not two" netemu-ctl link set s unix connect "$DIR/l"
	check "frames" busywait reaches g1 192.0.2.14
	member_dies m1
	check "a peer is gone" busywait gone l.0
	kill "$monitor"
	ip netns exec g2 ping -A -c 100000 192.0.2.1 >/dev/null 2>&1 &
	check "unload under traffic" rmmod netemu
	check "nothing is left" not has "ip link" netemu_link
}

ksft_start
setup
test_stream
test_datagrams
test_end
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links over TCP: one that listens, each peer with a device of its own, and one
# that connects, again and again; the others speak as QEMU does.
#
#	g1 - sw1 -+- l (listens) ~ l.0 ~ m1, l.1 ~ m2, l.2 ~ c - sw2 - g2
#	          +- d (connects) ~ m3
#
# vm: timeout=240 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

AT=127.0.0.1:6001

setup() {
	local n

	ip link set lo up
	for n in 1 2; do
		netemu-ctl switch add "sw$n" host-port off
		station "g$n" "$n" "sw$n"
	done
}

there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }
state_is() { netemu-ctl -j link show "$1" | jq -e ".[0].state == \"$2\""; }

test_listen() {
	refuse "an address of somebody else" netemu-ctl link add l tcp listen 192.0.2.99:6001
	refuse "too long a name" netemu-ctl link add listener-long tcp listen 6001
	check "a link that listens" netemu-ctl link add l tcp listen 6001 switch sw1
	refuse "another at the same port" netemu-ctl link add l2 tcp listen "$AT"
	check "with another option" netemu-ctl port set l fdb-limit 77
	member m1 11 connect "$AT"
	check "a peer has a device" busywait there l.0
	check "it is a port of the same switch" has "netemu-ctl -br link show l.0" sw1
	check "with the same option" has "netemu-ctl port show l.0" "fdb-limit 77"
	check "small frames" all_arrive g1 192.0.2.11
	check "large ones" all_arrive m1 192.0.2.1 -s 1472
	member m2 12 connect "$AT"
	check "another peer" busywait there l.1
	check "peers meet" all_arrive m2 192.0.2.11
	serve_bytes m1 80
	check "bytes in" gets_bytes g1 192.0.2.11:80
	check "bytes from peer to peer" gets_bytes m2 192.0.2.11:80
	serve_bytes g1 80
	check "bytes out" gets_bytes m1 192.0.2.1:80
}

test_connect() {
	check "a link that connects" netemu-ctl link add c tcp connect "$AT" switch sw2
	check "gets through" busywait state_is c connected
	check "two switches are one" all_arrive g2 192.0.2.1
	check "so they are for peers" all_arrive m1 192.0.2.2
	check "one to whom nobody listens" netemu-ctl link add d tcp connect 127.0.0.1:6002 switch sw1
	check "waits" busywait state_is d waiting
	member m3 13 listen 127.0.0.1:6002
	check "until somebody does" busywait state_is d connected
	check "frames" all_arrive g1 192.0.2.13
}

# Who goes is noticed, and who comes back is taken again.
test_comings_and_goings() {
	member_dies m1
	check "a peer that goes takes its device along" busywait gone l.0
	member_dies m3
	check "whom we called is gone" busywait state_is d waiting
	member m4 14 listen 127.0.0.1:6002
	check "another in his place" busywait state_is d connected
	check "frames" all_arrive g1 192.0.2.14
	check "the device of a peer is deleted" netemu-ctl link del l.2
	check "who called calls again" busywait has "netemu-ctl -j link show c" '"connects":2'
	check "frames" all_arrive g2 192.0.2.1
}

# says WORD: somebody calls and says it; he may be hung up on before he has done so
says() {
	(
		trap '' PIPE
		exec 3<>/dev/tcp/127.0.0.1/6001 || exit 1
		printf "$1" >&3 || true
	)
}

test_wrong_input() {
	local before

	before=$(count l drop_peer)
	check "no stream of frames" says 'GET / HTTP/1.0\r\n\r\n'
	check "frames that are empty, short, long" says '\0\0\0\0\0\0\0\1x\0\0\7\0'
	check "peers are as before" all_arrive g1 192.0.2.12
	check "nobody was turned away" count_is l drop_peer "$before"
	check "one peer at a time" netemu-ctl link add one tcp listen 6003 max-peers 1 allow 127.0.0.0/8 switch sw2
	check "once more, if it may be" netemu-ctl --may-exist link add one tcp listen 6003 max-peers 1 allow 127.0.0.0/8
	refuse "not with more peers" netemu-ctl --may-exist link add one tcp listen 6003 max-peers 2
	refuse "not from elsewhere" netemu-ctl --may-exist link add one tcp listen 6003 allow 127.0.0.0/16
	member m5 15 connect 127.0.0.1:6003
	check "comes" busywait there one.0
	# It may notice when it connects, or later.
	(exec 3<>/dev/tcp/127.0.0.1/6003 && timeout 60 cat <&3) >/dev/null 2>&1
	check "the next is turned away" busywait count_is one drop_peer 1
	netemu-ctl link del one
	check "peers go with their listener" busywait gone one.0
}

test_unload() {
	ip netns exec g1 ping -A -c 100000 192.0.2.12 >/dev/null 2>&1 &
	ip netns exec g2 ping -A -c 100000 192.0.2.1 >/dev/null 2>&1 &
	check "unload under traffic" rmmod netemu
	check "nothing is left" not has "ip link" netemu_link
	check "no socket is left" busywait not has "ss -Htn" :6001
}

ksft_start
setup
test_listen
test_connect
test_comings_and_goings
test_wrong_input
test_unload
ksft_end

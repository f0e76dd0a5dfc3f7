#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many links on one switch, and many peers of one link that listens: each hears
# what is said to all, and is heard.
#
# vm: timeout=300 debug=no plain=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

LINKS=256
PEERS=64

# learned NUMBER: so many of the stations that badpeer makes are known
learned() { [ "$(bridge fdb show dev sw1 | grep -c '^02:00:00:01:')" = "$1" ]; }

# heard_by_all FILE: somebody asks until all have heard it
heard_by_all() { more "grep -c heard $1" 0 in_host g1 arping -q -c 1 -w 1 -I eth0 192.0.2.77; }

peers_are() { netemu-ctl -j link show l | jq -e ".[0].peers == $1"; }
ports_are() { [ "$(netemu-ctl -j port show | jq length)" = "$1" ]; }

make_links() {
	local i

	for ((i = 0; i < LINKS; i++)); do
		echo "link add u$i udp 127.0.0.1:$((20000 + i)) local 127.0.0.1:$((21000 + i)) switch sw1"
	done | netemu-ctl -b -
}

test_links() {
	check "$LINKS links" make_links
	check "are ports of one switch" ports_are $((LINKS + 1))
	lib/bin/badpeer all-udp 127.0.0.1:21000 $LINKS 127.0.0.1:20000 >"$KSFT_SCRATCH/udp" &
	check "each is heard" busywait learned $LINKS
	check "each hears" busywait heard_by_all "$KSFT_SCRATCH/udp"
	kill $!
	check "all go" delete_links
	check "and are forgotten" ports_are 1
}

delete_links() {
	local i

	for ((i = 0; i < LINKS; i++)); do
		echo "link del u$i"
	done | netemu-ctl -b -
}

test_peers() {
	check "a link that listens" netemu-ctl link add l tcp listen 6001 switch sw1
	lib/bin/badpeer all 127.0.0.1:6001 $PEERS >"$KSFT_SCRATCH/tcp" &
	check "$PEERS peers" busywait peers_are $PEERS
	check "each is heard" busywait learned $PEERS
	check "each hears" busywait heard_by_all "$KSFT_SCRATCH/tcp"
	kill $!
	check "all go" busywait peers_are 0
	check "their ports too" ports_are 2
}

ksft_start
ip link set lo up
netemu-ctl switch add sw1 host-port off
station g1 1 sw1
test_links
test_peers
netemu-ctl link del l
netemu-ctl switch del sw1
ksft_end

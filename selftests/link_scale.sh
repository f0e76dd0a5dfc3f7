#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many links on one switch, and many peers of one link that listens: each hears
# what is said to all, and is heard. And as many as one network namespace may have.
#
# vm: timeout=600 memory=1536 debug=no plain=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

LINKS=256
PEERS=64
MOST=4096

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

# All but six of them are links that listen, in a namespace of their own.
fill() {
	local i

	for ((i = 1; i <= MOST - 6; i++)); do
		echo "link add f$i tcp listen $((10000 + i))"
	done | netemu-ctl -n many -b -
}

m1_has() { netemu-ctl -n many -j link show m1 | jq -e ".[0].peers == $1"; }
there_in() { ip -n many link show dev "$1"; }
turned_away() { [ "$(count m1 drop_peer many)" -ge "$1" ]; }
hold() { lib/bin/badpeer hold "$KSFT_SCRATCH/$1" "$2" >"$KSFT_SCRATCH/held" & }
pour() { lib/bin/badpeer pour "$KSFT_SCRATCH/m0" 2000 1400; }
left() { pour && [ "$(count "$1" drop_queue_full many)" -gt 0 ]; }

# has_less_room DROPPED: of the same frames for one who reads nothing more are dropped
# now
has_less_room() {
	local before=$1 after

	after=$(count m1.0 drop_queue_full many)
	echo "$before at first, then $after"
	[ "$after" -gt $((before + 500)) ]
}

# That takes a while, of so many.
all_go() {
	local _

	for _ in 1 2 3 4; do
		busywait not test -e /sys/class/net/w-many && return
	done
	return 1
}

test_limit() {
	local dropped

	ip netns add many
	HOSTS="$HOSTS many"
	ip -n many link set lo up
	netemu-ctl -n many switch add sw1 host-port off
	# TCP gives up who reads nothing.
	netemu-ctl -n many link add m0 unix listen "$KSFT_SCRATCH/m0" switch sw1
	netemu-ctl -n many link add m1 unix listen "$KSFT_SCRATCH/m1" switch sw1
	hold m0 1
	check "one who reads nothing" busywait there_in m0.0
	check "does not get all" left m0.0
	dropped=$(count m0.0 drop_queue_full many)
	check "$((MOST - 6)) links more, of one namespace" fill
	hold m1 1
	check "another who reads nothing" busywait there_in m1.0
	check "does not get all" left m1.0
	check "has less room now" has_less_room "$dropped"
	hold m1 3
	check "two peers more" busywait m1_has 3
	check "the third is turned away" busywait turned_away 1
	check "though there may be more of one link" m1_has 3
	refuse "no link more" netemu-ctl -n many link add x tcp connect 127.0.0.1:9
	check "as it is said" grep -q "$MOST" "$KSFT_SCRATCH/refused"
	check "of another kind there may be" netemu-ctl -n many link add u udp 127.0.0.1:9000
	check "other namespaces are no matter of it" netemu-ctl link add x tcp connect 127.0.0.1:9
	check "nor is who moved there" ip link set x netns many
	check "one goes" netemu-ctl -n many link del f2
	check "another comes" netemu-ctl -n many link add f2 tcp connect 127.0.0.1:9
	refuse "and no other" netemu-ctl -n many link add y tcp connect 127.0.0.1:9
	kill $!
	check "peers go" busywait m1_has 1
	check "their place is free" netemu-ctl -n many link add y tcp connect 127.0.0.1:9
	ip link add w-many type veth peer name w netns many
	# What was given keeps it, until there is nobody at the other end.
	netemu-ctl -n many link del m0
	netemu-ctl -n many link del m1
	ip netns del many
	check "all of them go" all_go
}

ksft_start
ip link set lo up
netemu-ctl switch add sw1 host-port off
station g1 1 sw1
test_links
test_peers
test_limit
netemu-ctl link del l
netemu-ctl switch del sw1
ksft_end

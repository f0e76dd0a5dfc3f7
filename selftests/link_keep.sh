#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links that are kept: whoever is at the path they were opened by ends and comes
# again, and they have their connection again, with the same device. Their keeper
# dies, and goes with them.
#
#	g1 - sw1 - v1 ~ vde_switch ~ v0 - sw2 - g2
#	     |
#	     +- u0 ~ m1, m2 (who listens)
#	     +- d0 ~ m3, m4 (datagrams)
#
# vm: timeout=300 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

THEIRS=/run/kt.vs
DIR=$KSFT_SCRATCH

setup() {
	local n

	ip link set lo up
	for n in 1 2; do
		netemu-ctl switch add "sw$n" host-port off
		station "g$n" "$n" "sw$n"
	done
}

start_switch() {
	vde_switch -s "$THEIRS" -d -p /run/kt.pid </dev/null
	busywait test -e /run/kt.pid
}

# At once, as a crash is: its directory stays.
switch_dies() {
	kill -9 "$(cat /run/kt.pid)"
	rm -f /run/kt.pid
}

link_says() { netemu-ctl -j link show "$1" | jq -e ".[0].$2"; }
state_is() { link_says "$1" "state == \"$2\""; }
connects_are() { link_says "$1" "connects == $2"; }
keeper() { link_says "$1" keeper; }
kept() { link_says "$1" 'keeper != null'; }
not_kept() { link_says "$1" 'keeper == null'; }
helper_of() { ps --ppid "$1" -o pid= | tr -d ' '; }
has_helper() { [ -n "$(helper_of "$1")" ]; }
other_helper() { has_helper "$1" && [ "$(helper_of "$1")" != "$2" ]; }
runs() { kill -0 "$1" 2>/dev/null; }
ended() { ! runs "$1"; }
index_of() { cat "/sys/class/net/$1/ifindex"; }

test_vde() {
	local index

	refuse "no switch there" netemu-ctl link add v0 vde "$THEIRS"
	check "before there is a switch" netemu-ctl link add v0 vde "$THEIRS" switch sw2 keep on
	check "a link waits for it" state_is v0 waiting
	check "is kept, as it says" has "netemu-ctl link show v0" "keep on"
	check "another" netemu-ctl link add v1 vde "$THEIRS" switch sw1 keep on
	start_switch
	check "one is connected when the switch comes" busywait state_is v0 connected
	check "so is the other" busywait state_is v1 connected
	check "frames" all_arrive g1 192.0.2.2
	index=$(index_of v0)
	switch_dies
	check "the switch ends" busywait state_is v0 waiting
	check "for both" busywait state_is v1 waiting
	start_switch
	check "another in its place" busywait state_is v0 connected
	check "has both" busywait state_is v1 connected
	check "frames" all_arrive g1 192.0.2.2
	check "by the same device" [ "$(index_of v0)" = "$index" ]
	check "connected twice" connects_are v0 2
	refuse "it needs no other socket" netemu-ctl link set v0 vde "$THEIRS"
	check "left no file but theirs" eval '[ "$(ls -A "$THEIRS" | grep -c "^\.")" = 0 ]'
}

test_unix() {
	local index

	check "before anybody listens" eval '(cd "$DIR" && netemu-ctl link add u0 unix connect ./s switch sw1 keep on)'
	check "a link waits" state_is u0 waiting
	check "knows from the root where" has "netemu-ctl link show u0" "unix connect $DIR/./s"
	index=$(index_of u0)
	member m1 11 unix-listen "$DIR/s"
	check "somebody comes" busywait state_is u0 connected
	check "frames" all_arrive g1 192.0.2.11
	member_dies m1
	check "and goes" busywait state_is u0 waiting
	member m2 12 unix-listen "$DIR/s"
	check "another in his place" busywait state_is u0 connected
	check "frames" all_arrive g1 192.0.2.12
	check "by the same device" [ "$(index_of u0)" = "$index" ]
}

test_datagrams() {
	member m3 13 unix-dgram "$DIR/m3" "$DIR/d"
	check "datagrams" netemu-ctl link add d0 unix dgram "$DIR/d" "$DIR/m3" switch sw1 keep on
	check "frames" all_arrive g1 192.0.2.13
	member_dies m3
	rm "$DIR/m3"
	check "nobody takes them" busywait loses_peer d0
	member m4 14 unix-dgram "$DIR/m3" "$DIR/d"
	check "until somebody does" busywait state_is d0 connected
	check "frames" all_arrive g1 192.0.2.14
}

# It is noticed when something is sent.
loses_peer() {
	in_host g1 arping -q -c 1 -w 1 -I eth0 192.0.2.77
	state_is "$1" waiting
}

test_death() {
	local supervisor helper

	supervisor=$(keeper u0)
	check "a keeper" busywait has_helper "$supervisor"
	helper=$(helper_of "$supervisor")
	kill -9 "$helper"
	check "has another helper when one dies" busywait other_helper "$supervisor" "$helper"
	check "who is connected stays so" connects_are u0 2
	helper=$(helper_of "$supervisor")
	kill -9 "$supervisor"
	check "dies with its helper" busywait ended "$helper"
	check "is not there any more" not_kept u0
	check "who is connected stays so" all_arrive g1 192.0.2.12
	member_dies m2
	check "who goes is missed" busywait state_is u0 waiting
	member m5 15 unix-listen "$DIR/s"
	check "until there is a keeper" netemu-ctl link set u0 keep on
	check "who finds it" busywait state_is u0 connected
	check "frames" all_arrive g1 192.0.2.15
	supervisor=$(keeper u0)
	check "one is enough" netemu-ctl link set u0 keep on
	check "it is the same" [ "$(keeper u0)" = "$supervisor" ]
	refuse "not in the foreground" netemu-ctl link keep u0
	check "no keeper any more" netemu-ctl link set u0 keep off
	check "it ends" busywait ended "$supervisor"
	check "who is connected stays so" connects_are u0 3
	check "nor twice" netemu-ctl link set u0 keep off
}

test_foreground() {
	local pid

	netemu-ctl link keep u0 2>"$DIR/kept" &
	pid=$!
	check "one in the foreground" busywait kept u0
	check "is the keeper" [ "$(keeper u0)" = "$pid" ]
	member_dies m5
	check "who goes is missed" busywait state_is u0 waiting
	check "why nobody comes is told" busywait grep -q refused "$DIR/kept"
	member m6 16 unix-listen "$DIR/s"
	check "he who comes is found" busywait state_is u0 connected
	check "frames" all_arrive g1 192.0.2.16
	kill -TERM "$pid"
	check "a signal ends it" busywait ended "$pid"
	check "and nothing else" connects_are u0 4
	member_dies m6
	check "who goes is missed" busywait state_is u0 waiting
	check "somewhere else, where nobody is yet" netemu-ctl link set u0 unix connect "$DIR/other" keep on
	member m7 17 unix-listen "$DIR/other"
	check "he who comes is found" busywait state_is u0 connected
	refuse "a place where nobody is, for who is connected" netemu-ctl link set u0 unix connect "$DIR/none" keep on
	check "there" has "netemu-ctl link show u0" "$DIR/other"
	check "frames" all_arrive g1 192.0.2.17
}

test_refusals() {
	refuse "who listens is not kept" netemu-ctl link add l unix listen "$DIR/l" keep on
	refuse "nor is TCP, which calls again by itself" netemu-ctl link add t tcp connect 127.0.0.1:9 keep on
	check "TCP" netemu-ctl link add t tcp connect 127.0.0.1:9
	refuse "is not kept" netemu-ctl link set t keep on
	netemu-ctl link del t
	refuse "paths that can't be told apart" netemu-ctl link add b unix dgram "$DIR/a /b" "$DIR/c" keep on
	check "leave nothing" not test -e /sys/class/net/b
	refuse "neither on nor off" netemu-ctl link set u0 keep maybe
	refuse "no such link" netemu-ctl link keep nobody
	refuse "a VDE link is no UNIX stream" netemu-ctl link set v0 unix connect "$DIR/other"
	refuse "nor the other way round" netemu-ctl link set d0 vde "$THEIRS"
}

no_keepers() { ! ps -C netemu-link >/dev/null; }

test_end() {
	local v0

	v0=$(keeper v0)
	check "a link is deleted" netemu-ctl link del v0
	check "its keeper goes, too" busywait ended "$v0"
	check "and leaves nothing" eval '[ "$(ls /run/netemu | wc -l)" = 3 ]'
	switch_dies
	check "one waits" busywait state_is v1 waiting
	check "unload" rmmod netemu
	check "all keepers go" busywait no_keepers
	check "nothing is left" eval '[ "$(ls /run/netemu | wc -l)" = 0 ]'
	rm -rf "$THEIRS"
}

ksft_start
setup
test_vde
test_unix
test_datagrams
test_death
test_foreground
test_refusals
test_end
ksft_end

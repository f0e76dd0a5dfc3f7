#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VDE both ways: a link to Debian's vde_switch, and a switch of ours that Debian's
# VDE programs and QEMU plug into.
#
#	g1 - sw1 (/run/vt.sw1) ~ vde_plug ~ vde_switch (/run/vt.vs) ~ v0 - sw2 - g2
#	     |
#	     + ~ QEMU's hub ~ tap: m1
#
# vm: timeout=300 guests=yes plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

OURS=/run/vt.sw1
THEIRS=/run/vt.vs

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
plugged_in() { netemu-ctl -j link show "$1" | jq -e ".[0].switch == \"$2\""; }
state_is() { netemu-ctl -j link show "$1" | jq -e ".[0].state == \"$2\""; }
vde() { netemu-ctl -j vde show sw1 | jq -r ".[0].$1"; }
vde_is() { [ "$(vde "$1")" = "$2" ]; }
refused_at_least() { [ "$(vde refused)" -ge "$1" ]; }
other_helper() { ! vde_is helper null && ! vde_is helper "$1"; }

start_switch() {
	vde_switch -s "$THEIRS" -d -p /run/vt.pid </dev/null
	busywait test -e /run/vt.pid
}

# Their switch, our link
test_client() {
	refuse "no switch there" netemu-ctl link add v0 vde "$THEIRS"
	mkdir "$KSFT_SCRATCH/long"
	refuse "too long a path" netemu-ctl link add v0 vde "$(printf "$KSFT_SCRATCH/%0100d" 0)"
	start_switch
	check "a link to vde_switch" busywait netemu-ctl link add v0 vde "$THEIRS" switch sw2
	check "is connected" busywait state_is v0 connected
	check "says where" has "netemu-ctl link show v0" "vde $THEIRS"
	check "left no file but theirs" eval '[ "$(ls -A "$THEIRS" | grep -c "^\.")" = 0 ]'
}

# Our switch, their programs
test_server() {
	refuse "too long a directory" netemu-ctl switch set sw1 vde-socket "/run/$(printf %0100d 0)"
	refuse "where vde_switch is" netemu-ctl switch set sw1 vde-socket "$THEIRS"
	refuse "in no directory" netemu-ctl switch set sw1 vde-socket /run/no/where
	check "a VDE socket" netemu-ctl switch set sw1 vde-socket "$OURS" mode 666
	refuse "another" netemu-ctl switch set sw1 vde-socket "$OURS.2"
	refuse "of another switch at the same place" netemu-ctl switch set sw2 vde-socket "$OURS"
	check "has its mode" eval '[ "$(stat -c %a:%F "$OURS/ctl")" = 666:socket ]'
	vde_plug "vde://$OURS" "vde://$THEIRS" </dev/null >/dev/null 2>&1 &
	PLUG=$!
	check "vde_plug has a port" busywait there sw1-v0
	check "it is a port of the switch" busywait plugged_in sw1-v0 sw1
	check "small frames" all_arrive g1 192.0.2.2
	check "large ones" all_arrive g2 192.0.2.1 -s 1472
	serve_bytes g1 80
	check "bytes" gets_bytes g2 192.0.2.1:80
}

# qemu_joins NAME N: a station behind a hub of QEMU that plugs in
qemu_joins() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	qemu-system-x86_64 -machine none -nodefaults -display none \
		-netdev "vde,id=v,sock=$OURS" -netdev hubport,id=h1,hubid=0,netdev=v \
		-netdev "tap,id=t,ifname=t-$1,script=no,downscript=no" \
		-netdev hubport,id=h2,hubid=0,netdev=t \
		</dev/null >"$KSFT_SCRATCH/qemu" 2>&1 &
	QEMU=$!
	busywait there "t-$1"
	ip link set "t-$1" netns "$1" name eth0
	ip -n "$1" link set eth0 up
	ip -n "$1" addr add "192.0.2.$2/24" dev eth0
	busywait ready eth0 "$1"
}

test_qemu() {
	qemu_joins m1 11
	check "QEMU has a port" busywait there sw1-v1
	check "frames" all_arrive g1 192.0.2.11
	check "through both switches" all_arrive m1 192.0.2.2 -s 1472
	kill -9 "$QEMU"
	check "its port goes with it" busywait gone sw1-v1
	check "the others stay" all_arrive g1 192.0.2.2
}

# What takes clients may die; who is connected does not notice.
test_helper() {
	local helper supervisor

	helper=$(vde helper) supervisor=$(vde supervisor)
	kill -9 "$helper"
	check "traffic goes on" all_arrive g1 192.0.2.2
	check "there is another helper" busywait other_helper "$helper"
	check "which takes clients" netemu-ctl link add v1 vde "$OURS"
	check "each a port" busywait there sw1-v1
	netemu-ctl link del v1
	check "that go" busywait gone sw1-v1
	kill -9 "$supervisor"
	check "both are gone" busywait vde_is supervisor null
	check "traffic goes on without any" all_arrive g1 192.0.2.2
	check "a new one in its place" busywait netemu-ctl switch set sw1 vde-socket "$OURS" mode 666 max-peers 3
	check "the ports are the same" there sw1-v0
}

# asks_for DEVICE TYPE VERSION: a client in this version of the protocol has this
# port while it is there, and what it sends comes in by it
asks_for() {
	local client

	lib/bin/vdeclient hold "$OURS/ctl" "$KSFT_SCRATCH/v" 1 "$2" "$3" &
	client=$!
	busywait received "$1" 1 || return 1
	kill "$client"
	busywait gone "$1"
}

# Above the lowest eight bits of its type a request may have a number.
test_requests() {
	check "the old version of the protocol" asks_for sw1-v1 0 1
	check "a port by its number" asks_for sw1-v7 0x700 3
	check "in the old version, too" asks_for sw1-v300 0x12c00 1
	check "any port, said in words" asks_for sw1-v1 1 3
	lib/bin/vdeclient hold "$OURS/ctl" "$KSFT_SCRATCH/v" 1 0x900 3 &
	HOLD=$!
	check "one that is taken" busywait there sw1-v9
	check "is taken" not lib/bin/vdeclient join "$OURS/ctl" "$KSFT_SCRATCH/w" 0x900 3
	kill "$HOLD"
	check "until it is free" busywait gone sw1-v9
	check "no number beyond 65535" not lib/bin/vdeclient join "$OURS/ctl" "$KSFT_SCRATCH/w" 0x1000000 3
	check "no other version" not lib/bin/vdeclient join "$OURS/ctl" "$KSFT_SCRATCH/w" 0 2
	check "no other type" not lib/bin/vdeclient join "$OURS/ctl" "$KSFT_SCRATCH/w" 2 3
}

# As somebody else, a request like any, but for the path of the datagrams.
tester_asks() { setpriv --reuid=1000 --regid=1000 --clear-groups lib/bin/vdeclient "$@"; }

test_hostile() {
	mkdir -m 777 "$KSFT_SCRATCH/t"
	chmod 755 "$KSFT_SCRATCH"
	check "a user joins" tester_asks join "$OURS/ctl" "$KSFT_SCRATCH/t/own"
	lib/bin/vdeclient bind "$KSFT_SCRATCH/t/roots" 666
	check "not by a socket of another user" not tester_asks ask "$OURS/ctl" "$KSFT_SCRATCH/t/roots"
	ln -s "$KSFT_SCRATCH/t/own" "$KSFT_SCRATCH/t/link"
	check "not by a link" not lib/bin/vdeclient ask "$OURS/ctl" "$KSFT_SCRATCH/t/link"
	check "not by a file" not lib/bin/vdeclient ask "$OURS/ctl" /etc/passwd
	check "not by a path that is not whole" not lib/bin/vdeclient ask "$OURS/ctl" t/own
	check "not by a path without an end" not lib/bin/vdeclient ask "$OURS/ctl" "/$(printf %0107d 0)"
	check "garbage is refused" not lib/bin/vdeclient garbage "$OURS/ctl"
	check "all of it is counted" refused_at_least 6
	check "a thousand that say nothing" lib/bin/vdeclient silent "$OURS/ctl" 1000
	check "keep nobody out" tester_asks join "$OURS/ctl" "$KSFT_SCRATCH/t/own2"
	check "and nothing is left of them" busywait vde_is peers 1
	lib/bin/vdeclient hold "$OURS/ctl" "$KSFT_SCRATCH/t/h" 2 >"$KSFT_SCRATCH/held" &
	HOLD=$!
	check "as many as may" busywait vde_is peers 3
	check "and no more" not lib/bin/vdeclient join "$OURS/ctl" "$KSFT_SCRATCH/t/h3"
	kill "$HOLD"
	check "until some go" busywait vde_is peers 1
	check "all the time frames arrived" all_arrive g1 192.0.2.2
}

test_end() {
	kill "$(cat /run/vt.pid)"
	check "vde_switch is gone" busywait state_is v0 waiting
	check "the link has no carrier" busywait grep -q 0 /sys/class/net/v0/carrier
	check "no socket any more" netemu-ctl switch set sw1 vde-socket off
	refuse "twice" netemu-ctl switch set sw1 vde-socket off
	check "nor its directory" not test -e "$OURS"
	check "joined by us" netemu-ctl switch set sw1 vde-socket "$OURS"
	check "one of ours to another" netemu-ctl link add v2 vde "$OURS" switch sw2
	check "frames" all_arrive g2 192.0.2.1
	netemu-ctl link del v2
	netemu-ctl switch del sw1
	check "the socket goes with the switch" busywait not test -e "$OURS"
	kill "$PLUG" 2>/dev/null
	rm -rf "$THEIRS" /run/vt.pid
	check "unload" rmmod netemu
	check "nothing is left" not has "ip link" netemu_link
}

ksft_start
setup
test_client
test_server
test_qemu
test_requests
test_helper
test_hostile
test_end
ksft_end

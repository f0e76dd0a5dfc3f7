#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links over sockets that somebody has open: of every kind that a link can be over,
# and of all those that it can't, with the reason. Who gave them dies; the other end
# dies and another socket is given; what they keep alive goes when the link goes.
#
#	g1 - sw1 -+- f0 .. f4 ~ m0 .. m4 (a kind each)
#	          +- l (listens) ~ l.0 ~ m6
#
# vm: timeout=240 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

KINDS=(unix-stream unix-dgram unix-seqpacket tcp udp)

setup() {
	ip link set lo up
	netemu-ctl switch add sw1 host-port off
	station g1 1 sw1
}

there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }
link_says() { netemu-ctl -j link show "$1" | jq -e ".[0].$2"; }
state_is() { link_says "$1" "state == \"$2\""; }
give() { lib/bin/givefd "$@"; }

# refuse_for REASON KIND COMMAND...: with such a socket, for this reason
refuse_for() { check "$2: $1" says_no "$@"; }

says_no() {
	local rc=0

	give "${@:2}" >"$KSFT_SCRATCH/refused" 2>&1 || rc=$?
	cat "$KSFT_SCRATCH/refused"
	[ "$rc" = 2 ] && grep -q "$1" "$KSFT_SCRATCH/refused"
}

has_kind() {
	give "$1" true 2>/dev/null
	[ $? != 77 ]
}

# refuse_if_there REASON KIND: on a kernel that has such a thing
refuse_if_there() {
	if has_kind "$2"; then
		refuse_for "$1" "$2" netemu-ctl link add x fd 9
	else
		skip "$2: $1" "not in this kernel"
	fi
}

# A member that keeps one end, and gives the other one away.
test_kinds() {
	local i

	for i in "${!KINDS[@]}"; do
		member "m$i" "1$i" given "${KINDS[i]}" netemu-ctl link add "f$i" fd 9 switch sw1
		check "${KINDS[i]}: a link" busywait state_is "f$i" connected
		check "small frames" all_arrive g1 "192.0.2.1$i"
		check "large ones" all_arrive "m$i" 192.0.2.1 -s 1472
	done
	serve_bytes m0 80
	check "bytes over a stream" gets_bytes g1 192.0.2.10:80
	serve_bytes g1 80
	check "bytes over messages" gets_bytes m2 192.0.2.1:80
	check "one who listens" give "listen:$KSFT_SCRATCH/l" netemu-ctl link add l fd 9 switch sw1
	member m6 16 unix-connect "$KSFT_SCRATCH/l"
	check "has a peer" busywait there l.0
	check "frames" all_arrive g1 192.0.2.16
}

test_refusals() {
	local kind none='neither a UNIX nor a TCP nor a UDP socket'

	refuse "no descriptor" netemu-ctl link add x fd 77
	exec 9</dev/null
	refuse "no socket" netemu-ctl link add x fd 9
	check "as it is said" grep -q "no socket" "$KSFT_SCRATCH/refused"
	exec 9<&-
	for kind in raw packet netlink; do
		refuse_for "$none" "$kind" netemu-ctl link add x fd 9
	done
	for kind in tcp-new udp-new seqpacket-listen; do
		refuse_for "neither connected nor listens" "$kind" netemu-ctl link add x fd 9
	done
	refuse_for "only UNIX sockets can listen" tcp-listen netemu-ctl link add x fd 9
	refuse_for "another network namespace" unix-stream netemu-ctl -n g1 link add x fd 9
	refuse_for "another network namespace" udp netemu-ctl -n g1 link add x fd 9
	modprobe -q tls
	refuse_if_there "lies on top" tls
	refuse_if_there "that of a tunnel" tunnel
	refuse_if_there "in use by another part of the kernel" sockmap
	refuse_for "at most 11" "listen:$KSFT_SCRATCH/long" netemu-ctl link add twelve-chars fd 9
	check "nothing was left" not_one x
}

not_one() { gone "$1" && gone twelve-chars; }

# A socket that a link gives back can't be used any more: it is shut down.
given_back() {
	give unix-stream bash -c 'trap "" PIPE
		netemu-ctl link add t1 fd 9 && netemu-ctl link del t1 && ! echo word >&9'
}

test_taken() {
	local kind

	# shellcheck disable=SC2016 # for the other shell
	for kind in unix-stream unix-dgram tcp udp; do
		check "$kind: taken already" says_no "in use by another part" "$kind" \
			bash -c 'netemu-ctl link add t1 fd 9 || exit 1
				netemu-ctl link add t2 fd 9; rc=$?; netemu-ctl link del t1; exit $rc'
	done
	check "shut down when the link goes" given_back
	refuse "there is nothing left of it" netemu-ctl link show t1
}

# Who gave a socket has it open as well, until it dies.
test_owner() {
	member m7 17 listen 127.0.0.1:6009
	busywait bash -c "ss -Hltn | grep -q '127.0.0.1:6009 '"
	bash -c 'exec 9<>/dev/tcp/127.0.0.1/6009; netemu-ctl link add o fd 9 switch sw1; exec sleep 1000' &
	check "a link to somebody else's connection" busywait state_is o connected
	check "frames" all_arrive g1 192.0.2.17
	kill -9 $!
	wait $! 2>/dev/null
	check "whose owner dies" all_arrive g1 192.0.2.17
	member_dies m7
	check "until the other end does" busywait state_is o waiting
	check "is over" netemu-ctl link del o
}

test_replacement() {
	refuse_for "not over" unix-stream netemu-ctl link set f0 fd 9
	check "keeps it" all_arrive g1 192.0.2.10
	member_dies m0
	check "whose other end dies" busywait state_is f0 waiting
	check "has no carrier" grep -q 0 /sys/class/net/f0/carrier
	refuse_for "another kind" unix-dgram netemu-ctl link set f0 fd 9
	refuse_for "another kind" "listen:$KSFT_SCRATCH/l2" netemu-ctl link set f0 fd 9
	# shellcheck disable=SC2016 # for the other shell
	check "not what another link has" says_no "in use by another part" tcp \
		bash -c 'netemu-ctl link add t1 fd 9 || exit 1
			netemu-ctl link set f0 fd 9; rc=$?; netemu-ctl link del t1; exit $rc'
	check "it waits still" state_is f0 waiting
	member m8 18 given tcp netemu-ctl link set f0 fd 9
	check "takes another one" busywait state_is f0 connected
	check "frames" all_arrive g1 192.0.2.18
	check "for the second time" link_says f0 "connects == 2"
	member_dies m8
	check "which ends as well" busywait state_is f0 waiting
	member_dies m2
	check "so does a socket of packets" busywait state_is f2 waiting
	refuse_for "another kind" unix-stream netemu-ctl link set f2 fd 9
	member m9 19 given unix-seqpacket netemu-ctl link set f2 fd 9
	check "frames" all_arrive g1 192.0.2.19
}

# A veth end that is here shows whether the namespace of the other one is there.
beside() {
	ip netns add "$1"
	ip link add "w-$1" type veth peer name w netns "$1"
	ip -n "$1" link set lo up
}

# Namespaces go in the background, in the order in which they were given up.
one_more_goes() {
	beside late
	ip netns del late
	busywait gone w-late
}

# kept_by KIND: a namespace, by a link whose device is here. Of a UNIX socket it is
# over when the other end is, which would keep the namespace as well.
kept_by() {
	beside "ns-$1"
	check "$1: a link in another namespace" ip netns exec "ns-$1" lib/bin/givefd "$1" netemu-ctl link add kept fd 9
	check "its device comes here" ip -n "ns-$1" link set kept netns "$HERE"
	ip netns del "ns-$1"
	check "other namespaces go" one_more_goes
	check "this one is kept" there "w-ns-$1"
	check "with its link" there kept
	check "the link is deleted" ip link del kept
	check "its namespace goes" busywait gone "w-ns-$1"
}

module_users() { awk '$1 == "netemu" { print $3 }' /proc/modules; }

test_module() {
	netemu-ctl link del f0
	check "while there is one over TCP" there f3
	refuse "the module stays" rmmod netemu
	check "it is deleted" netemu-ctl link del f3
	check "nobody holds the module" [ "$(module_users)" = 0 ]
	in_host m1 ping -A -c 100000 192.0.2.1 >/dev/null 2>&1 &
	in_host m4 ping -A -c 100000 192.0.2.1 >/dev/null 2>&1 &
	check "unload under traffic" rmmod netemu
	check "nothing is left" not has "ip link" netemu_link
}

ksft_start
setup
test_kinds
test_refusals
test_taken
test_owner
test_replacement
kept_by udp
test_module
ksft_end

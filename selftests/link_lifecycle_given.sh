#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links over UNIX sockets, given sockets and VDE come and go, get other names, move,
# and lose their namespace and their module while frames fly. What leaks or breaks is
# found by the machine that runs this (kmemleak, KASAN, lockdep).
#
#	g1 - sw1 - k ~ m (a member), or vde_switch ~ w - sw2 - g2
#
# vm: timeout=400 debug=short plain=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

KINDS="connect listen dgram fd vde client"
ROUNDS=2
[ "${NETEMU_SHORT-}" != 1 ] || ROUNDS=1
DIR=$KSFT_SCRATCH
THEIRS=/run/lg.vs
OURS=/run/lg.sw1

# meets HOST ADDRESS: soon after something changed the first pings are lost
meets() { busywait in_host "$1" ping -c 1 -W 5 "$2"; }
there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }
there_in() { ip -n "$1" link show dev "$2"; }
gone_in() { ! there_in "$@"; }
state_is() { netemu-ctl -n "${3-$HERE}" -j link show "$1" | jq -e ".[0].state == \"$2\""; }

# traffic HOST ADDRESS: for ever, whether it is answered or not, and not so much that
# nothing else gets done
traffic() {
	in_host "$1" bash -c "while :; do ping -q -i 0.01 -c 10000 $2; done" >/dev/null 2>&1 &
}

start_switch() {
	rm -f /run/lg.pid
	vde_switch -s "$THEIRS" -d -p /run/lg.pid </dev/null
	busywait test -s /run/lg.pid
}

setup() {
	ip link set lo up
	ip netns add away
	HOSTS="$HOSTS away"
	ip -n away link set lo up
	netemu-ctl switch add sw1 host-port off
	netemu-ctl switch add sw2 host-port off
	station g1 1 sw1
	station g2 2 sw2
	start_switch
	netemu-ctl switch set sw1 vde-socket "$OURS"
	traffic g1 192.0.2.2
	traffic g1 192.0.2.3
}

# A member "m" is made anew for each link: its address is 192.0.2.3. It has another
# MAC address each time, and that is no matter of this test.
new_member() {
	no_member
	member m 3 "$@"
	ip -n g1 neigh flush dev eth0
}

no_member() {
	ip netns del m 2>/dev/null
	[ ! -e "$DIR/pid-m" ] || member_dies m 2>/dev/null
	busywait gone t-m
	rm -f "$DIR/m"
}

link_to() { netemu-ctl link add k "$@" switch sw1; }

# make KIND: a link with somebody at the other end
make() {
	case $1 in
	connect)
		new_member unix-listen "$DIR/s"
		busywait link_to unix connect "$DIR/s" ;;
	listen)
		link_to unix listen "$DIR/l" || return 1
		new_member unix-connect "$DIR/l"
		busywait there k.0 ;;
	dgram)
		new_member unix-dgram "$DIR/m" "$DIR/d"
		busywait link_to unix dgram "$DIR/d" "$DIR/m" ;;
	fd)
		new_member given unix-seqpacket netemu-ctl link add k fd 9 switch sw1
		busywait there k ;;
	vde)
		netemu-ctl link add w vde "$THEIRS" switch sw2
		busywait link_to vde "$THEIRS" ;;
	client)
		netemu-ctl link add w vde "$OURS" switch sw2
		busywait there sw1-v0 ;;
	esac
}

# The device that carries frames.
carrier_of() {
	case $1 in
	listen) echo k.0 ;;
	client) echo sw1-v0 ;;
	*) echo k ;;
	esac
}

# Whom it leads to.
far_of() {
	case $1 in
	vde | client) echo 192.0.2.2 ;;
	*) echo 192.0.2.3 ;;
	esac
}

# delete KIND [HOST]: what was made
delete() {
	case $1 in
	listen) netemu-ctl link del k ;;
	*) netemu-ctl ${2:+-n "$2"} link del "$(carrier_of "$1")" ;;
	esac
	busywait gone "$(carrier_of "$1")"
	netemu-ctl --if-exists link del w
}

renamed() {
	ip link set dev "$1" down &&
		ip link set dev "$1" name renamed &&
		ip link set dev renamed up
}

test_kind() {
	local kind=$1 dev far

	dev=$(carrier_of "$kind") far=$(far_of "$kind")
	check "$kind: a link" make "$kind"
	check "guests meet" meets g1 "$far"
	check "it gets another name" renamed "$dev"
	check "guests meet" meets g1 "$far"
	check "and its own again" eval "ip link set dev renamed down && ip link set dev renamed name $dev"
	check "the device moves to another namespace" ip link set dev "$dev" netns away
	ip -n away link set "$dev" up
	ip -n away addr add 192.0.2.21/24 dev "$dev"
	check "and works there" meets away "$far"
	check "what it is can be seen" has "netemu-ctl -n away link show $dev" "$dev"
	check "it is deleted" delete "$kind" away
	check "nothing is left there" busywait gone_in away "$dev"
}

test_soak() {
	local i kind

	for ((i = 0; i < ROUNDS; i++)); do
		for kind in $KINDS; do
			make "$kind" >/dev/null || { echo "$kind: not made in round $i"; return 1; }
			meets g1 "$(far_of "$kind")" || return 1
			[ $((i % 2)) = 0 ] || ip link set "$(carrier_of "$kind")" down
			delete "$kind" || return 1
		done
	done
}

# A namespace does not go by itself before its sockets do: their other ends die.
test_namespace() {
	ip netns add far
	ip link add w-far type veth peer name w netns far
	ip -n far link set lo up
	ip -n far link add s1 type netemu
	ip -n far link set s1 up
	station g3 4 s1 far
	new_member unix-listen "$DIR/s"
	check "one that connects" busywait netemu-ctl -n far link add c unix connect "$DIR/s" switch s1
	check "guests meet" meets g3 192.0.2.3
	check "one of VDE" netemu-ctl -n far link add v vde "$THEIRS" switch s1
	traffic g3 192.0.2.3
	traffic g3 192.0.2.2
	check "one that moves out" netemu-ctl -n far link add moves vde "$THEIRS"
	check "does" ip -n far link set moves netns "$HERE"
	ip netns del far
	no_member
	kill -9 "$(cat /run/lg.pid)"
	check "the namespace goes when they are over" busywait gone w-far
	check "and with it who moved" busywait gone moves
	start_switch
}

no_socket() { ! ss -Hxa | grep -qF "$DIR/"; }
process_gone() { ! ps -C "$1" >/dev/null; }

test_unload() {
	make listen
	check "a listener with a peer" there k.0
	check "one of VDE" netemu-ctl link add v vde "$THEIRS" keep on switch sw1
	check "is connected" busywait state_is v connected
	check "a client of ours" netemu-ctl link add w vde "$OURS" switch sw2
	check "has a port" busywait there sw1-v0
	member m2 5 given unix-dgram netemu-ctl link add f fd 9 switch sw2
	check "one that was given" busywait state_is f connected
	traffic m2 192.0.2.1
	check "frames fly" meets m2 192.0.2.1
	check "a peer moves" ip link set dev k.0 netns away
	check "unload" rmmod netemu
	check "no link is left" not has "ip -d link; ip -n away -d link" netemu_link
	member_dies m2
	no_member
	check "no socket is left" busywait no_socket
	check "no keeper either" busywait process_gone netemu-link
	check "nor who serves clients" busywait process_gone netemu-vde
	kill "$(cat /run/lg.pid)"
}

ksft_start
setup
for kind in $KINDS; do
	test_kind "$kind"
done
check "links come and go" test_soak
no_member
test_namespace
test_unload
ksft_end

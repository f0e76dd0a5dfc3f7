#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links come and go, move and lose their switch, their namespace and their module
# while frames fly. What leaks or breaks is found by the machine that runs this
# (kmemleak, KASAN, lockdep).
#
#	g1 - sw1 - K ~ wire0 ~ K - sw1 - g3	(host "far"; K: a link of each kind)
#
# vm: timeout=300 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

KINDS="mcast udp listen connect"
ROUNDS=6
[ "${NETEMU_SHORT-}" != 1 ] || ROUNDS=2

there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }
far_there() { ip -n "${2-far}" link show dev "$1"; }
far_gone() { ! far_there "$@"; }
state_is() { netemu-ctl -n "${3-$HERE}" -j link show "$1" | jq -e ".[0].state == \"$2\""; }

# here KIND NAME WORD...: an end of a link; there_end the other one
here() {
	case $1 in
	mcast) netemu-ctl link add "$2" mcast 230.0.0.4:1234 dev wire0 "${@:3}" ;;
	udp) netemu-ctl link add "$2" udp 198.51.100.2:5000 "${@:3}" ;;
	listen) netemu-ctl link add "$2" tcp listen 198.51.100.1:6001 "${@:3}" ;;
	connect) netemu-ctl link add "$2" tcp connect 198.51.100.2:6002 "${@:3}" ;;
	esac
}

there_end() {
	case $1 in
	mcast) netemu-ctl -n far link add "$2" mcast 230.0.0.4:1234 dev wire0 "${@:3}" ;;
	udp) netemu-ctl -n far link add "$2" udp 198.51.100.1:5000 "${@:3}" ;;
	listen) netemu-ctl -n far link add "$2" tcp connect 198.51.100.1:6001 "${@:3}" ;;
	connect) netemu-ctl -n far link add "$2" tcp listen 198.51.100.2:6002 "${@:3}" ;;
	esac
}

far_switch() { ip -n far link add "$1" type netemu && ip -n far link set "$1" up; }

# traffic HOST ADDRESS: for ever; what leads there comes and goes
traffic() {
	in_host "$1" bash -c "while :; do ping -A -c 1000 -W 1 $2; done" >/dev/null 2>&1 &
}

setup() {
	other_host far
	ip netns add away
	HOSTS="$HOSTS away"
	ip -n away link set lo up
	netemu-ctl switch add sw1 host-port off
	station g1 1 sw1
	far_switch sw1
	station g3 3 sw1 far
	traffic g1 192.0.2.3
	traffic g3 192.0.2.1
}

# The device that carries frames: of a listener that of its peer.
carrier_of() {
	case $1 in
	listen) echo k.0 ;;
	*) echo k ;;
	esac
}

# A link goes in each of the ways in which it can, and comes again.
test_deletions() {
	local kind=$1 dev

	dev=$(carrier_of "$kind")
	check "$kind: a link there" there_end "$kind" k switch sw1
	check "a link here" here "$kind" k switch sw1
	check "guests meet" reaches g1 192.0.2.3
	check "deleted by ip" ip link del k
	check "with all that came by it" busywait gone "$dev"
	check "made again" here "$kind" k switch sw1
	check "guests meet" reaches g1 192.0.2.3
	check "the other one is deleted" netemu-ctl -n far link del k
	check "made again" there_end "$kind" k switch sw1
	check "guests meet" reaches g3 192.0.2.1
}

test_switch() {
	local kind=$1 dev

	dev=$(carrier_of "$kind")
	check "the switch of the other one is deleted" ip -n far link del sw1
	check "which stays" far_there k
	far_switch sw1
	ip -n far link set p-g3 master sw1
	case $kind in
	connect) ip -n far link set k.0 master sw1 ;;
	*) ip -n far link set k master sw1 ;;
	esac
	check "in another switch guests meet" reaches g1 192.0.2.3
}

# Sockets stay where they are, whatever becomes of the device.
test_move() {
	local kind=$1 dev

	dev=$(carrier_of "$kind")
	check "the device moves to another namespace" ip link set "$dev" netns away
	ip -n away link set "$dev" up
	ip -n away addr add 192.0.2.21/24 dev "$dev"
	check "and works there" reaches away 192.0.2.3
	check "what it is can be seen" has "netemu-ctl -n away link show $dev" "$dev"
	check "the link is deleted" delete_moved "$kind"
	check "nothing is left there" busywait far_gone "$dev" away
	netemu-ctl -n far link del k
}

# A peer that moved goes with the listener, which did not.
delete_moved() {
	case $1 in
	listen) netemu-ctl link del k ;;
	*) ip -n away link del k ;;
	esac
}

test_soak() {
	local i kind

	for ((i = 0; i < ROUNDS; i++)); do
		for kind in $KINDS; do
			there_end "$kind" k switch sw1 && here "$kind" k switch sw1 || return 1
			if [ $((i % 2)) = 0 ]; then
				ip link del k && ip -n far link del k || return 1
			else
				ip -n far link set k down && ip -n far link del k &&
					ip link set k netns away && ip -n away link del k || return 1
			fi
		done
	done
}

# all_kinds: one of each kind, each between switches of its own; guests behind one
all_kinds() {
	local kind n=10

	for kind in $KINDS; do
		n=$((n + 1))
		netemu-ctl switch add "s$n" && far_switch "s$n" &&
			there_end "$kind" "k$n" switch "s$n" &&
			here "$kind" "k$n" switch "s$n" &&
			ip addr add "203.0.113.$n/32" dev "s$n" || return 1
	done
	busywait there k13.0 && busywait far_there k14.0
}

test_namespace() {
	check "one of each kind" all_kinds
	check "one moves out of its namespace" ip -n far link set k11 netns "$HERE" name moved
	check "a peer as well" ip -n far link set k14.0 netns "$HERE" name moved.0
	ip -n far link set k12 master sw1
	check "guests meet by another" ip link set k12 master sw1
	check "they do" reaches g1 192.0.2.3
	ip netns del far
	check "the namespace goes, and with it who moved" busywait gone moved
	check "and his peer" busywait gone moved.0
	check "who came from there is gone" busywait gone k13.0
	check "who called there waits" busywait state_is k14 waiting
}

no_socket() {
	[ -z "$(ss -Huan "sport = :1234 or sport = :5000 or sport = :5004")" ] &&
		[ -z "$(ss -Htan "sport = :6001 or dport = :6002 or sport = :6003 or dport = :6003")" ]
}

test_unload() {
	ip link set lo up
	check "a link that listens" netemu-ctl link add l tcp listen 6003 switch sw1
	check "one that calls it" netemu-ctl link add c tcp connect 127.0.0.1:6003 switch s11
	member m1 31 connect 127.0.0.1:6003
	check "two peers" busywait there l.1
	traffic m1 192.0.2.1
	check "a listener moves" ip link set dev l netns away
	check "without its peers" there l.0
	check "a link with traffic of its own" netemu-ctl link add t udp 127.0.0.1:5003 local 127.0.0.1:5004 switch sw1
	check "frames fly" reaches m1 192.0.2.1
	check "unload" rmmod netemu
	check "no link is left" not has "ip -d link; ip -n away -d link" netemu_link
	check "no socket is left" busywait no_socket
}

ksft_start
setup
for kind in $KINDS; do
	test_deletions "$kind"
	test_switch "$kind"
	test_move "$kind"
done
check "links come and go" test_soak
test_namespace
test_unload
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two links of this host that are connected to each other: frames are handed over
# without their socket, but not while somebody may look at what goes by it.
#
#	g1 - sw1 - l ~ c - sw2 - g2
#
# vm: timeout=300 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

SWITCH=/sys/module/netemu/parameters/shortcut
PINGS=100
ROUNDS=20
[ "$NETEMU_KERNEL" != debug ] || { PINGS=25 ROUNDS=4; }

setup() {
	local n

	ip link set lo up
	for n in 1 2; do
		netemu-ctl switch add "sw$n" host-port off
		station "g$n" "$n" "sw$n"
	done
	serve_bytes g1 80
}

# join KIND: both links; the second one is not there before the first one is
join() {
	case $1 in
	tcp)
		netemu-ctl link add l tcp listen 6001 switch sw1 &&
			netemu-ctl link add c tcp connect 127.0.0.1:6001 switch sw2
		;;
	tcp6)
		netemu-ctl link add l tcp listen '[::1]:6001' switch sw1 &&
			netemu-ctl link add c tcp connect '[::1]:6001' switch sw2
		;;
	unix)
		netemu-ctl link add l unix listen "$KSFT_SCRATCH/socket" switch sw1 &&
			netemu-ctl link add c unix connect "$KSFT_SCRATCH/socket" switch sw2
		;;
	esac && busywait test -e /sys/class/net/l.0 && reaches g1 192.0.2.2
}

part() {
	netemu-ctl link del c
	netemu-ctl link del l
	rm -f "$KSFT_SCRATCH/socket"
}

# by_loopback: so many packets went by the loopback device of this host while there
# were pings; beside them TCP may ask now and then whether its other end lives
by_loopback() {
	local counter=/sys/class/net/lo/statistics/tx_packets before

	before=$(cat $counter)
	in_host g1 ping -A -c $PINGS -W 20 192.0.2.2 >"$KSFT_SCRATCH/pings"
	grep -q "$PINGS packets received, 0% packet loss" "$KSFT_SCRATCH/pings" || return
	echo $(($(cat $counter) - before))
}

goes_short() {
	local packets

	packets=$(by_loopback) && [ "$packets" -lt $PINGS ]
}

goes_long() {
	local packets

	packets=$(by_loopback) && [ "$packets" -ge $((2 * PINGS)) ]
}

flows() { flow_passes "$@" "$ROUNDS"; }

toggle() {
	while :; do
		echo N >$SWITCH
		usleep 3000
		echo Y >$SWITCH
		usleep 3000
	done
}

flows_toggled() {
	local toggler rc=0

	toggle &
	toggler=$!
	flows g1 g2 192.0.2.2 && flows g2 g1 192.0.2.1 || rc=1
	kill "$toggler"
	wait "$toggler" 2>/dev/null
	echo Y >$SWITCH
	return $rc
}

# test_pair KIND: what is the same for all kinds
test_pair() {
	check "$1: two links are connected" join "$1"
	check "a flow" flows g1 g2 192.0.2.2
	check "and back" flows g2 g1 192.0.2.1
	check "bytes" gets_bytes g2 192.0.2.1:80
	check "both ends have counted" eval "received l.0 \"\$(cat /sys/class/net/c/statistics/tx_packets)\""
	check "a flow while it is switched off and on" flows_toggled
	check "one end is deleted" netemu-ctl link del l.0
	part
	check "and both made anew" join "$1"
	check "frames" all_arrive g1 192.0.2.2
}

# watched TEXT COMMAND...: with it, frames go where they can be looked at
watched() {
	check "$1" "${@:2}"
	check "they go by the socket" goes_long
}

capture() {
	tcpdump -l -n -s 128 -Z root --immediate-mode -i lo port 6001 \
		>"$KSFT_SCRATCH/captured" 2>"$KSFT_SCRATCH/tcpdump" &
	echo $! >"$KSFT_SCRATCH/capturing"
	busywait grep -q listening "$KSFT_SCRATCH/tcpdump"
}

captured_all() { [ "$(grep -c '127.0.0.1.6001' "$KSFT_SCRATCH/captured")" -ge $((2 * PINGS)) ]; }

capture_ends() {
	local rc=0

	busywait captured_all || rc=1
	kill "$(cat "$KSFT_SCRATCH/capturing")"
	wait "$(cat "$KSFT_SCRATCH/capturing")" 2>/dev/null
	return $rc
}

test_watched() {
	check "nobody looks: by none" goes_short
	watched "somebody captures" capture
	check "who sees all of them" capture_ends
	check "again by none" goes_short
	watched "a rule of nftables" eval "nft add table ip t &&
		nft add chain ip t c '{ type filter hook output priority 0; }'"
	check "again by none" eval "nft delete table ip t && goes_short"
	watched "another queueing discipline" tc qdisc add dev lo root netem limit 1000
	check "again by none" eval "tc qdisc del dev lo root && goes_short"
	watched "filters at the ingress" eval "tc qdisc add dev lo clsact &&
		tc filter add dev lo ingress matchall action pass"
	check "again by none" eval "tc qdisc del dev lo clsact && goes_short"
	watched "switched off" eval "echo N >$SWITCH"
	check "again by none" eval "echo Y >$SWITCH && goes_short"
}

# Also with frames on their way.
test_ends() {
	local n

	for n in 1 2 3; do
		in_host g1 ping -f -c 100000 192.0.2.2 >/dev/null 2>&1 &
		in_host g2 ping -f -c 100000 192.0.2.1 >/dev/null 2>&1 &
		check "$1: an end goes while frames come, $n" netemu-ctl link del l.0
		part
		check "and comes again" join "$1"
	done
	check "unload under traffic" rmmod netemu
}

ksft_start
setup
test_pair unix
part
test_pair tcp6
part
test_pair tcp
test_watched
part
join unix
test_ends unix
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From a guest to a server beyond its host through a gateway: UDP round trips,
# TCP in both directions with and without segmentation offload, and connections
# of one request. All programs are included, the server's too: what they need is
# the same for all. slirp4netns is a TCP/IP stack in user space.
#
# vm: timeout=600 memory=1024
. bench/lib.sh
. bench/lib/natlab.sh

ECHO=7
TCP=8

# runs ROW SUBJECT BYTES COMMAND...: in the guest, several times
runs() {
	local row=$1 subject=$2 bytes=$3 run value

	shift 3
	for ((run = 0; run < REPEAT; run++)); do
		if value=$(ip netns exec guest "$@" 2>&1); then
			sample "$row" "$subject" "$bytes" instructions "$value"
		else
			row_failed "$row" "$subject" "$bytes" "$value"
		fi
	done
}

# segments on|off: may the ends leave the cutting of segments to others?
segments() {
	ip netns exec guest ethtool -K g0 tso "$1" gso "$1" >/dev/null &&
		ip netns exec far ethtool -K b0 tso "$1" gso "$1" >/dev/null
}

measure_gateway() {
	local subject=$1 mib=$2

	runs round-trip "$subject" 18 udpecho ask $SERVER $ECHO 2000 18
	runs round-trip "$subject" 1454 udpecho ask $SERVER $ECHO 2000 1454
	runs tcp-up-kib "$subject" - tcpcost up $SERVER $TCP $((mib * 1024))
	runs tcp-down-kib "$subject" - tcpcost down $SERVER $TCP $((mib * 1024))
	# slirp4netns has a tap, which knows no offload anyway, and gives up
	# amid many short connections.
	[ "$subject" != slirp4netns ] || return 0
	runs connect "$subject" - tcpcost connect $SERVER $TCP 300
	try tcp-up-no-gso-kib "$subject" segments off
	runs tcp-up-no-gso-kib "$subject" - tcpcost up $SERVER $TCP $((mib * 256))
	runs tcp-down-no-gso-kib "$subject" - tcpcost down $SERVER $TCP $((mib * 256))
	segments on
}

slirp=''
row_start && modprobe nft_masq && modprobe tun && try round-trip server far_up || exit 1
ip netns exec far udpecho serve $ECHO &
servers=$!
ip netns exec far tcpcost serve $TCP &
servers="$servers $!"
sleep 0.1
for subject in nft-masquerade netemu-gateway slirp4netns; do
	mib=32
	[ "$subject" != slirp4netns ] || mib=4
	if gateway_up "$subject" 2>/run/error; then
		measure_gateway "$subject" $mib
	else
		row_failed round-trip "$subject" - "does not start: $(head -n 1 /run/error)"
	fi
	gateway_down "$subject"
done
# shellcheck disable=SC2086 # a list of process ids
kill $servers
# shellcheck disable=SC2086
wait $servers 2>/dev/null
far_down
row_end

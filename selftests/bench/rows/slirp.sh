#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From a guest's network to a server beyond this host, in UDP round trips:
# slirp4netns, which is a TCP/IP stack in user space, beside a bridge with
# nftables masquerading. All programs included, the server's too.
#
#   guest namespace: tap or g0 = g1, bridge -> host -> b1 = b0 :far namespace
#
# vm: timeout=300 memory=1024
. bench/lib.sh

TRIPS=2000
SERVER=198.51.100.2
PORT=7

round_trips() {
	local subject=$1 bytes run ns

	for bytes in 18 1454; do
		for ((run = 0; run < REPEAT; run++)); do
			if ns=$(ip netns exec guest udpecho ask $SERVER $PORT $TRIPS $bytes 2>&1); then
				sample round-trip "$subject" "$bytes" instructions "$ns"
			else
				row_failed round-trip "$subject" "$bytes" "$ns"
			fi
		done
	done
}

far_up() {
	ip netns add far && pair b1 b0 && ip link set b0 netns far &&
		ip address add 198.51.100.1/24 dev b1 &&
		ip -n far address add $SERVER/24 dev b0 && ip -n far link set b0 up
}

bridge_up() {
	ip netns add guest && pair g1 g0 && ip link set g0 netns guest &&
		ip -n guest address add 10.0.2.100/24 dev g0 &&
		ip -n guest link set g0 up && ip -n guest route add default via 10.0.2.2 &&
		ip link add br0 type bridge mcast_snooping 0 && ip link set br0 up &&
		ip address add 10.0.2.2/24 dev br0 && ip link set g1 master br0 &&
		sysctl -qw net.ipv4.ip_forward=1 &&
		nft "add table ip bench; add chain ip bench out { type nat hook \
			postrouting priority srcnat; }; add rule ip bench out oifname b1 masquerade"
}

bridge_down() {
	nft delete table ip bench
	ip link del br0
	ip netns del guest
}

slirp_up() {
	ip netns add guest || return 1
	slirp4netns --configure --netns-type=path --ready-fd=4 /run/netns/guest tap0 \
		4>/run/slirp.ready >/run/slirp.log 2>&1 &
	slirp=$!
	for ((tries = 0; tries < 100; tries++)); do
		[ ! -s /run/slirp.ready ] || return 0
		sleep 0.1
	done
	cat /run/slirp.log >&2
	return 1
}

slirp=''
row_start && modprobe nft_masq && modprobe tun && try round-trip server far_up || exit 1
ip netns exec far udpecho serve $PORT &
server=$!
try round-trip nft-masquerade bridge_up && round_trips nft-masquerade
bridge_down
# Not in a subshell, whose child slirp4netns would be.
if slirp_up; then
	round_trips slirp4netns
else
	row_failed round-trip slirp4netns - "slirp4netns does not start: $(cat /run/slirp.log)"
fi
kill $slirp $server
wait $slirp $server 2>/dev/null
ip netns del guest
ip netns del far
row_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Networks with the same addresses: their guests, of the same addresses to the
# last bit, use the world at the same time and never see each other.
# vm: timeout=240 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

WORLD=198.51.100.2
N=3

setup() {
	local n

	world_add
	for n in $(seq $N); do
		gateway_add "$n"
		guest_add "g$n" "$n"
		ip -n "g$n" link set eth0 address 02:00:00:00:00:15
		ip -n "g$n" addr add 10.0.2.15/24 dev eth0
		ip -n "g$n" route add default via 10.0.2.2
	done
	serve world 8000
}

# each FUNCTION: for all networks at once; true if it is for each of them
each() {
	local n pids='' rc=0 pid

	for n in $(seq $N); do
		"$@" "$n" >"$KSFT_SCRATCH/each-$n" 2>&1 &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || rc=1
	done
	[ "$rc" = 0 ] || cat "$KSFT_SCRATCH"/each-*
	return "$rc"
}

pings() { reaches "g$1" "$WORLD"; }
pings_pieces() { reaches "g$1" "$WORLD" -s 6000; }
page() { gets "g$1" "$WORLD:8000"; }

# A page of its own for each network, from the same port to the same server
own_page() { busywait own_page_once "$1"; }
own_page_once() {
	[ "$(printf 'GET /page%s HTTP/1.0\r\n\r\n' "$1" |
		in_host "g$1" timeout 20 busybox nc -w 15 -p "$((2000 + RANDOM % 8))" "$WORLD" 8000 |
		tail -n 1)" = "page $1" ]
}

transfer() { iperf world $((5200 + $1)) "g$1" "$WORLD" -n 2M; }

test_at_once() {
	local n

	for n in $(seq $N); do
		echo "page $n" >"$KSFT_SCRATCH/www/page$n"
	done
	check "all ping at once" each pings
	check "and in pieces" each pings_pieces
	check "all ask at once" each page
	check "each gets what it asked for, from the same port" each own_page
	check "all send at once" each transfer
}

zones() { sed -n 's/.*src=10.0.2.15 .*zone-orig=\([0-9]*\).*/\1/p' /proc/net/nf_conntrack | sort -u | wc -l; }

test_apart() {
	check "each has a zone of its own" test "$(zones)" = $N
	check "they don't see each other" alone
	check "the host has none of their addresses" not has "ip -4 -o addr" 10.0.2.
	check "nor a way to them" not has "ip route" 10.0.2.
}

# Only the first network has a second guest.
alone() {
	guest_add extra 1 10.0.2.16
	reaches g1 10.0.2.16 && misses g2 10.0.2.16 && reaches extra "$WORLD"
}

lines() { wc -l <"$KSFT_SCRATCH/$1"; }
grows() { [ "$(lines "$1")" -gt "$2" ]; }
pinging() { ip netns exec "g$1" busybox ping "$WORLD" >"$KSFT_SCRATCH/ping$1" 2>&1 & }
zone_of() { netemu-ctl -j gateway show "gw$1" | jq '.[0].zone'; }

test_one_goes() {
	local zone

	zone=$(zone_of 2)
	pinging 1
	pinging 3
	check "the first one pings" busywait grows ping1 1
	check "the last one pings" busywait grows ping3 1
	check "the one between them goes" ip link del gw2
	check "its guest has no way" misses g2 "$WORLD"
	check "its connections are gone" not grep -q "zone-orig=$zone" /proc/net/nf_conntrack
	check "the first one pings on" busywait grows ping1 "$(lines ping1)"
	check "the last one, too" busywait grows ping3 "$(lines ping3)"
	ip link add gw2 type netemu_gw
	ip link set gw2 up master sw2
	check "it comes back" pings 2
	check "with everybody at once" each page
}

# The same addresses in another namespace are no concern of the host's.
test_namespace() {
	ip netns add other
	HOSTS="$HOSTS other"
	ip -n other link set lo up
	ip -n other addr add 10.0.2.15/24 dev lo
	check "a host that has the guests' address" ip -n other link add gw1 type netemu_gw
	ip netns del other
	check "goes, and nothing happens" each pings
}

test_unload() {
	check "unload under traffic" rmmod netemu_gw
	check "no connection of a guest is left" not grep -q "10\.0\.2\..*zone-" /proc/net/nf_conntrack
}

ksft_start
setup
test_at_once
test_apart
test_one_goes
test_namespace
test_unload
ksft_end

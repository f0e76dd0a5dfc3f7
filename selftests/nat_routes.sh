#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the host changes on a flow's way acts on its next packet: routes, devices
# and addresses. All packets of the test are of one flow of UDP.
# vm: timeout=300 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

STEPS="1 2 3 4 5 6 7"

setup() {
	world_add
	listen world
	gateway_add 1
	guest_add g1 1 10.0.2.15
	mkfifo "$KSFT_SCRATCH/say"
	# shellcheck disable=SC2016 # for the shell of the guest
	ip netns exec g1 bash -c 'exec 9>/dev/udp/198.51.100.2/7000
		while read -r words; do printf "%${words}s" >&9; done' \
		<"$KSFT_SCRATCH/say" 2>/dev/null &
	exec 8>"$KSFT_SCRATCH/say"
}

# say STEP: a datagram of so many bytes, so that one under way is no other's
say() { echo "$1" >&8; }

# listen HOST: counts the datagrams of each step
listen() {
	local step

	{
		echo "table ip t {"
		echo "chain in {"
		echo "type filter hook input priority 0;"
		for step in $STEPS; do
			echo "udp dport 7000 udp length $((step + 8)) counter drop;"
		done
		echo "}"
		echo "}"
	} | in_host "$1" nft -f -
}

# heard HOST STEP: how many
heard() {
	in_host "$1" nft list chain ip t in |
		sed -n "s/.*udp length $(($2 + 8)) counter packets \([0-9]*\) .*/\1/p"
}

# arrives HOST STEP
arrives() { busywait more "heard $1 $2" 0 say "$2"; }

test_route() {
	check "a flow to the world" arrives world 1
	ip netns add other
	HOSTS="$HOSTS other"
	ip link add up1 type veth peer name eth0 netns other
	ip link set up1 up
	ip -n other link set eth0 up
	busywait ready up1
	busywait ready eth0 other
	ip -n other addr add 198.51.100.2/24 dev eth0
	listen other
	ip route add 198.51.100.2 dev up1
	check "another route acts on the flow" arrives other 2
	check "from the first packet on" test "$(heard world 2)" = 0
}

test_device() {
	local pings

	in_host g1 ping -i 0.02 198.51.100.2 >/dev/null 2>&1 &
	pings=$!
	check "packets of another flow go that way too" reaches g1 198.51.100.2
	check "the device goes under traffic" timeout 60 ip link del up1
	check "what is left is taken" arrives world 3
	kill "$pings"
	wait "$pings" 2>/dev/null
}

# address ADDRESS: the host has this one instead of the other
address() {
	ip addr flush dev up0
	ip addr add "$1/24" dev up0
	ip route replace default via 198.51.100.2
}

test_address() {
	address 198.51.100.9
	check "the host has another address: the flow goes on" arrives world 4
	check "from that address" busywait grep -q 'dport=7000 .*dst=198\.51\.100\.9 ' /proc/net/nf_conntrack
	address 198.51.100.1
	check "and back" arrives world 5
	check "from the first one" busywait grep -q 'dport=7000 .*dst=198\.51\.100\.1 ' /proc/net/nf_conntrack
}

test_unreachable() {
	local before

	before=$(gw_drops 1 no_route)
	ip route add unreachable 198.51.100.2
	check "no way: counted" busywait more "gw_drops 1 no_route" "$before" say 6
	check "nothing arrives" test "$(heard world 6)" = 0
	ip route del unreachable 198.51.100.2
	check "a way again" arrives world 7
}

test_unload() {
	check "unload with a flow" rmmod netemu_gw
}

ksft_start
setup
test_route
test_device
test_address
test_unreachable
test_unload
exec 8>&-
ksft_end

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scenarios of the fast path share: a flow from g1 to the world, and
# which way its packets go. Sourced after gateway.sh.

GW=gw1		# the gateway
PORT=5202	# of the flow, at the world

# fast in|out: packets that went this way
fast() { ethtool -S "$GW" | sed -n "s/^ *fast_$1: //p"; }

# grows COMMAND...: what it prints becomes more
grows() { busywait more "$*" "$("$@")" true; }

# frames that guests sent to the gateway, and those that it sent to guests
sent() { cat "/sys/class/net/$GW/statistics/tx_packets"; }
returned() { cat "/sys/class/net/$GW/statistics/rx_packets"; }

# slow in|out COMMAND...: what COMMAND prints grows, and no packet is fast
slow() {
	local before

	before=$(fast "$1")
	grows "${@:2}" && grows "${@:2}" && [ "$(fast "$1")" = "$before" ]
}

# flow_start: one connection for all that follows, with packets both ways
flow_start() {
	ip netns exec world iperf3 -s -p "$PORT" >/dev/null 2>&1 &
	busywait listens_on world "$PORT"
	ip netns exec g1 iperf3 -c 198.51.100.2 -p "$PORT" -t 3000 -b 1M -l 1448 >/dev/null 2>&1 &
	FLOW=$!
	check "a flow begins" grows sent
}

# The server may still wait for the flow that was broken: the next has another.
flow_end() {
	kill "$FLOW" 2>/dev/null
	wait "$FLOW" 2>/dev/null
	PORT=$((PORT + 1))
}

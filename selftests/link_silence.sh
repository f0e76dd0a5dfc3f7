#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A host that is cut off says nothing, not even that its connections are over. Those
# at the other end find out within half a minute, whether they have something to say
# or not, and call again until it is back.
#
#	g1 - sw1 - l (listens) ~ l.0 ~ c - sw1 - g2	(host "far")
#	           d (connects) ~ q.0 ~ q (listens)
#
# vm: timeout=300 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

setup() {
	other_host far
	netemu-ctl switch add sw1 host-port off
	station g1 1 sw1
	ip -n far link add sw1 type netemu
	ip -n far link set sw1 up
	station g2 2 sw1 far
	netemu-ctl link add l tcp listen 198.51.100.1:6001 switch sw1
	netemu-ctl -n far link add c tcp connect 198.51.100.1:6001 switch sw1
	netemu-ctl -n far link add q tcp listen 198.51.100.2:6002
	netemu-ctl link add d tcp connect 198.51.100.2:6002
}

# is LINK FILTER [HOST]
is() { netemu-ctl ${3:+-n "$3"} -j link show "$1" | jq -e ".[0] | $2"; }
connected() { is "$1" '.state == "connected"' "${2-}"; }
timed_out() { is "$1" '.state != "connected" and .error == "Connection timed out"' "${2-}"; }

all_connected() { connected d && connected c far && connected l.0; }

# An administrator's mistake: what comes in is dropped without a word.
cut_off() {
	in_host far nft add table ip cut &&
		in_host far nft add chain ip cut in '{ type filter hook input priority 0; policy drop; }'
}

ksft_start
setup
check "two hosts are connected" busywait all_connected
check "both ways" busywait is q '.peers == 1' far
check "guests meet" all_arrive g1 192.0.2.2
in_host g1 ping -i 0.2 192.0.2.2 >/dev/null 2>&1 &
talker=$!
check "the other host is cut off" cut_off
check "the peer that was talked to is gone" busywait is l '.peers == 0'
check "and its device" test ! -e /sys/class/net/l.0
check "who is connected and idle finds out, and why" busywait timed_out d
check "so does the other host: who calls" busywait timed_out c far
check "and who listens" busywait is q '.peers == 0' far
kill "$talker"
wait "$talker" 2>/dev/null
check "it is there again" in_host far nft delete table ip cut
check "all call again" busywait all_connected
check "and were counted" is d '.connects == 2'
check "guests meet again" all_arrive g2 192.0.2.1
ksft_end

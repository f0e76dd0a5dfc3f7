#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests reach the world as the host would, and the host stays as it was.
# vm: timeout=300 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

setup() {
	world_add
	gateway_add 1
	guest_add g1 1 10.0.2.15
	guest_add g2 1 10.0.2.16
}

test_reach() {
	check "the guest reaches the gateway" reaches g1 10.0.2.2
	check "and the DNS address" reaches g1 10.0.2.3
	check "and the world" reaches g1 198.51.100.2
	check "the other guest too" reaches g2 198.51.100.2
	check "guests reach each other" reaches g1 10.0.2.16
	check "the gateway has no other address" misses g1 10.0.2.4
	check "the host has no address of the guests" not ip -o addr show to 10.0.2.0/24 scope global up | grep -q .
}

test_tcp() {
	serve world 8000
	check "a page from the world" gets g1 198.51.100.2:8000
	check "$MIB MiB from the world" transfer g1 198.51.100.2 down
	check "$MIB MiB into the world" transfer g1 198.51.100.2 up
}

MIB=16
[ -z "${NETEMU_SHORT-}" ] || MIB=1

# transfer GUEST ADDRESS up|down: with iperf3
transfer() {
	local reverse=''

	[ "$3" = up ] || reverse=-R
	iperf world 5201 "$1" "$2" -n "${MIB}M" $reverse
}

# iperf3 gives up when one datagram is lost, the one that opens the stream.
test_udp() {
	check "UDP there and back" busywait iperf world 5201 g1 198.51.100.2 -u -b 2M -t 1
}

test_sizes() {
	check "a fragmented ping" reaches g1 198.51.100.2 -s 4000
	check "a fragmented ping to the gateway" reaches g1 10.0.2.2 -s 4000
	check "time to live runs out at the gateway" busywait has "in_host g1 traceroute -n -q 1 -w 5 -m 3 198.51.100.2" "10.0.2.2"
	ip link set up0 mtu 1300
	ip -n world link set eth0 mtu 1300
	check "a smaller MTU outside is told" busywait told_mtu 1300
	check "then it passes" reaches g1 198.51.100.2 -s 1400
	ip -n g1 route flush cache
	ip link set up0 mtu 1500
	ip -n world link set eth0 mtu 1500
	ip link set gw1 mtu 1200
	check "a smaller MTU inside: $MIB MiB all the same" transfer g1 198.51.100.2 down
	ip -n g1 link set eth0 mtu 1200
	check "and a fragmented ping" reaches g1 198.51.100.2 -s 3000
	ip -n g1 link set eth0 mtu 1500
	ip link set gw1 mtu 1500
}

# told_mtu MTU: after a ping that is too large
told_mtu() {
	in_host g1 ping -c 1 -W 1 -s 1400 198.51.100.2
	has "ip -n g1 route get 198.51.100.2" "mtu $1"
}

test_policy() {
	local before

	before=$(gw_drops 1 destination)
	check "the host's own address is closed" misses g1 198.51.100.1
	check "so is link-local" misses g1 169.254.169.254
	check "both are counted" busywait more "gw_drops 1 destination" $((before + 1)) \
		in_host g1 ping -c 1 -W 1 169.254.169.254
	before=$(gw_drops 1 source)
	ip -n g1 addr add 192.168.7.7/24 dev eth0
	check "a forged source goes nowhere" not in_host g1 ping -c 1 -W 1 -I 192.168.7.7 198.51.100.2
	check "and is counted" busywait more "gw_drops 1 source" "$before" \
		in_host g1 ping -c 1 -W 1 -I 192.168.7.7 198.51.100.2
	ip -n g1 addr del 192.168.7.7/24 dev eth0
}

test_host_firewall() {
	check "rules of the host" nft -f - <<-EOF
	table inet t {
		chain out {
			type filter hook output priority 0
			ip daddr 198.51.100.2 tcp dport 8000 drop
		}
		chain through {
			type filter hook forward priority 0
			policy drop
		}
	}
	EOF
	check "the host's OUTPUT rules hold for guests" not asks g1 198.51.100.2:8000
	check "FORWARD rules do not touch them" reaches g1 198.51.100.2
	nft delete table inet t
	check "without the rule it passes" gets g1 198.51.100.2:8000
	sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.up0.rp_filter=1
	check "strict reverse path filter" gets g1 198.51.100.2:8000
}

test_overlap() {
	gateway_add 2
	guest_add h1 2 10.0.2.15
	check "another network, the same address" reaches h1 198.51.100.2
	check "the first one still works" reaches g1 198.51.100.2
	check "both at once: one" gets h1 198.51.100.2:8000
	check "both at once: the other" gets g1 198.51.100.2:8000
	ip link del gw2
	check "gone under its guest" misses h1 198.51.100.2
	check "the first one is not hurt" reaches g1 198.51.100.2
}

test_unload() {
	in_host g1 ping -i 0.01 198.51.100.2 >/dev/null 2>&1 &
	in_host g2 iperf3 -c 198.51.100.2 -p 5202 -t 30 >/dev/null 2>&1 &
	sleep 1
	check "unload under traffic" rmmod netemu_gw
	check "the ruleset is as empty as before" test -z "$(nft list ruleset)"
	check "no connection of a guest is left" not grep -q "10\.0\.2\..*zone-" /proc/net/nf_conntrack
}

ksft_start
setup
test_reach
test_tcp
test_udp
test_sizes
test_policy
test_host_firewall
test_overlap
test_unload
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ICMP through the gateway: pings, the true hops of a way, errors both ways, and
# how large a packet may be.
#
#	g1 = gw1 (host) up0 = eth0:world:eth1 = eth0:far
#
# vm: timeout=240 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

WORLD=198.51.100.2
FAR=203.0.113.2

setup() {
	world_add
	ip netns add far
	HOSTS="$HOSTS far"
	ip -n world link add eth1 type veth peer name eth0 netns far
	ip -n world addr add 203.0.113.1/24 dev eth1
	ip -n world link set eth1 up
	ip -n far link set eth0 up
	ip -n far link set lo up
	ip -n far addr add "$FAR/24" dev eth0
	ip -n far route add default via 203.0.113.1
	in_host world sysctl -qw net.ipv4.ip_forward=1
	for host in world far; do
		in_host "$host" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000
	done
	sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000
	gateway_add 1
	guest_add g1 1 10.0.2.15
	guest_add g2 1 10.0.2.16
}

test_ping() {
	check "the world" reaches g1 "$WORLD"
	check "beyond it" reaches g1 "$FAR"
	check "in pieces" reaches g1 "$FAR" -s 9000
	check "empty" reaches g1 "$FAR" -s 0
	check "the gateway, in pieces" reaches g1 10.0.2.2 -s 9000
	check "the same name of two guests: one" reaches g1 "$FAR"
	check "the same name of two guests: the other" reaches g2 "$FAR"
}

# hops GUEST ADDRESS: those on the way, in order, or * where nobody answered
hops() {
	in_host "$1" traceroute -n -q 1 -w 10 -m 4 "$2" 2>/dev/null |
		awk 'NR > 1 || $1 == "1" { print $2 }' | paste -sd ' '
}

way_is() { [ "$(hops "$1" "$2" | tee "$KSFT_SCRATCH/way")" = "$3" ] || { cat "$KSFT_SCRATCH/way"; return 1; }; }

test_hops() {
	check "the way is the true one" busywait way_is g1 "$FAR" "10.0.2.2 $WORLD $FAR"
	check "of another guest, too" busywait way_is g2 "$WORLD" "10.0.2.2 $WORLD"
}

# counter HOST PROTOCOL NAME: of /proc/net/snmp
counter() {
	in_host "$1" awk -v p="$2:" -v n="$3" '$1 == p && !at { for (i = 2; i <= NF; i++) if ($i == n) at = i; next }
		$1 == p { print $at }' /proc/net/snmp
}

# until_counts HOST PROTOCOL NAME COMMAND...: it goes up, at the latest by COMMAND
until_counts() {
	local n

	n=$(counter "$1" "$2" "$3")
	busywait more "counter $1 $2 $3" "$n" "${@:4}"
}

to_port() { in_host "$1" bash -c "echo hello >/dev/udp/$2/$3"; }

test_errors_in() {
	in_host world ip route add unreachable 203.0.113.66/32
	in_host world ip route add prohibit 203.0.113.67/32
	check "no such host" until_counts g1 Icmp InDestUnreachs \
		in_host g1 ping -c 1 -W 1 203.0.113.66
	check "not allowed" until_counts g1 Icmp InDestUnreachs \
		in_host g1 ping -c 1 -W 1 203.0.113.67
	check "nobody at this port" until_counts g1 Icmp InDestUnreachs \
		to_port g1 "$FAR" 4444
	check "a connection that is forbidden ends at once" ends_at_once g1 203.0.113.67
}

# TCP gives up at an error only if it is about its own packet. Without one it
# would try for two minutes.
ends_at_once() {
	in_host "$1" timeout 60 busybox nc "$2" 80 </dev/null
	[ $? = 1 ]
}

# An answer that the guest no longer waits for: its error goes out, and is about
# the packet as the world has sent it.
test_errors_out() {
	in_host far dnsmasq -k -u root -C /dev/null -x "$KSFT_SCRATCH/pid" \
		--no-resolv --no-hosts --bind-interfaces --listen-address="$FAR" \
		--address=/who.test/192.0.2.1 >/dev/null 2>&1 &
	check "a service that answers" busywait has "in_host g1 drill who.test @$FAR" 192.0.2.1
	in_host far nft -f - <<-EOT
	table ip t {
		chain in {
			type filter hook input priority 0
			ip saddr 198.51.100.1 icmp type destination-unreachable @th,160,32 $(hex "$FAR") @th,192,32 $(hex 198.51.100.1) counter
			icmp type destination-unreachable counter
		}
	}
	EOT
	check "the guest's error goes out" busywait counted_after
	check "and no other" test "$(counted 0)" = "$(counted 1)"
}

hex() {
	local IFS=.

	# shellcheck disable=SC2046,SC2086 # four words
	printf '0x%02x%02x%02x%02x' $1
}

# counted N: packets that met the Nth rule; 0 those about an answer, 1 all errors
counted() {
	in_host far nft -j list table ip t |
		jq "[.nftables[].rule // empty | .expr[].counter // empty | .packets][$1]"
}

# A question from a port that is closed before its answer comes
counted_after() {
	in_host g1 bash -c 'printf "\0\1\1\0\0\1\0\0\0\0\0\0\3who\4test\0\0\1\0\1" >/dev/udp/'"$FAR"'/53'
	[ "$(counted 0)" -gt 0 ]
}

# told_mtu GUEST ADDRESS MTU: after a ping that is too large
told_mtu() {
	in_host "$1" ping -c 1 -W 1 -s 1400 "$2"
	has "ip -n $1 route get $2" "mtu $3"
}

test_mtu() {
	ip -n world link set eth1 mtu 1300
	ip -n far link set eth0 mtu 1300
	check "a narrow way far out is told" busywait told_mtu g1 "$FAR" 1300
	check "then it passes" reaches g1 "$FAR" -s 1400
	check "another guest learns it by itself" busywait told_mtu g2 "$FAR" 1300
}

test_unload() {
	check "unload" rmmod netemu_gw
}

ksft_start
setup
test_ping
test_hops
test_errors_in
test_errors_out
test_mtu
test_unload
ksft_end

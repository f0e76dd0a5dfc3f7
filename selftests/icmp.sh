#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ICMP through the gateway: pings, the true hops of a way, errors both ways, and
# how large a packet may be; the same for those who come in by a forward.
#
#	g1 = gw1 (host) up0 = eth0:world:eth1 = eth0:far
#
# vm: timeout=360 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

UP=198.51.100.1		# the host, to the world
WORLD=198.51.100.2
FAR=203.0.113.2

setup() {
	ip link set lo up
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

# hops HOST ADDRESS [OPTION]...: those on the way, in order, or * where nobody
# answered
hops() {
	in_host "$1" traceroute -n -q 1 -w 10 -m 4 "${@:3}" "$2" 2>/dev/null |
		awk 'NR > 1 || $1 == "1" { print $2 }' | paste -sd ' '
}

# way_is HOST ADDRESS HOPS [OPTION]...
way_is() {
	hops "$1" "$2" "${@:4}" | tee "$KSFT_SCRATCH/way"
	[ "$(<"$KSFT_SCRATCH/way")" = "$3" ]
}

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

# question ADDRESS PORT: a command that asks from a port that is closed before the
# answer comes
question() {
	echo "printf '\0\1\1\0\0\1\0\0\0\0\0\0\3who\4test\0\0\1\0\1' >/dev/udp/$1/$2"
}

counted_after() {
	in_host g1 bash -c "$(question "$FAR" 53)"
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

# refused_at HOST ADDRESS PORT: who says something there is told that nobody is.
# A connected socket hears only of errors that are about what it sent itself.
refused_at() {
	has "in_host $1 timeout 20 bash -c 'exec 3<>/dev/udp/$2/$3
		echo hello >&3; read -r -t 10 -u 3'" "Connection refused"
}

# Were a datagram not led to the guest, nobody would answer: the host has
# reserved the ports.
test_forward_errors() {
	check "ports that lead to a guest" netemu-ctl forward add gw1 udp 33500-33599 to 10.0.2.15
	check "nobody at one: who is far is told" busywait refused_at far "$UP" 33500
	check "so is a neighbour of the host" busywait refused_at world "$UP" 33501
	check "the host itself" busywait refused_at "$HOST" "$UP" 33502
	check "by 127.0.0.1, too" busywait refused_at "$HOST" 127.0.0.1 33503
	check "another guest" busywait refused_at g2 "$UP" 33504
	check "the guest itself" busywait refused_at g1 "$UP" 33505
	check "the way to a forward ends at the host" busywait \
		way_is far "$UP" "203.0.113.1 $UP" -p 33510
	check "from a guest it leads by the gateway" busywait \
		way_is g2 "$UP" "10.0.2.2 $UP" -p 33520
}

# An answer that the client no longer waits for: the guest is told.
test_forward_late() {
	in_host g1 dnsmasq -k -u root -C /dev/null -x "$KSFT_SCRATCH/pid-g1" \
		--no-resolv --no-hosts --bind-interfaces --listen-address=10.0.2.15 \
		--address=/who.test/192.0.2.1 >/dev/null 2>&1 &
	check "a guest's name server" netemu-ctl forward add gw1 udp 5353 to 10.0.2.15:53
	check "answers the world" busywait has "in_host far drill -p 5353 who.test @$UP" 192.0.2.1
	check "who does not wait tells it so" until_counts g1 Icmp InDestUnreachs \
		in_host far bash -c "$(question "$UP" 5353)"
}

# told_by_forward HOST MTU: after a datagram that is too large for the guest
told_by_forward() {
	in_host "$1" bash -c "head -c 1400 /dev/zero >/dev/udp/$UP/33540"
	has "ip -n $1 route get $UP" "mtu $2"
}

test_forward_mtu() {
	ip -n world link set eth1 mtu 1500
	ip -n far link set eth0 mtu 1500
	ip link set gw1 mtu 1280
	ip -n g1 link set eth0 mtu 1280
	check "a narrow way to the guest: who comes in is told" busywait told_by_forward far 1280
	check "a neighbour of the host, too" busywait told_by_forward world 1280
	check "then it passes" until_counts g1 Udp NoPorts told_by_forward world 1280
	ip -n g1 link set eth0 mtu 1500
	ip link set gw1 mtu 1500
	ip -n world link set eth1 mtu 1200
	ip -n g1 route flush cache
	check "a port for TCP" netemu-ctl forward add gw1 tcp 5200 to 10.0.2.15
	check "a narrow way to the client" iperf g1 5200 far "$UP" -n 1M -R
	check "is told to the guest" has "ip -n g1 route get $FAR" "mtu 1200"
}

test_unload() {
	check "unload" rmmod netemu_gw
}

# A name for where we are
HOST="host-itself"
ip netns attach "$HOST" $$
trap 'ip netns del "$HOST"; ksft_cleanup' EXIT
ksft_start
setup
test_ping
test_hops
test_errors_in
test_errors_out
test_forward_errors
test_forward_late
test_mtu
test_forward_mtu
test_unload
ksft_end

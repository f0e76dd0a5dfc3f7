#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The standard tools on a switch: ip, bridge, ethtool, tc, tcpdump, and real
# protocols through it.
# vm: timeout=300 debug=no
#
#	h1:eth0 === p-h1 --+
#	                   +-- sw0 192.0.2.254
#	h2:eth0 === p-h2 --+
. "$(dirname "$0")/lib/ksft.sh"

MAC=02:00:00:00:00:99

setup() {
	ip link add sw0 type netemu
	ip link set sw0 up
	ip addr add 192.0.2.254/24 dev sw0
	ip addr add 2001:db8::fe/64 dev sw0 nodad
	host_add h1 1
	host_add h2 2
	ip link set p-h1 master sw0
	ip link set p-h2 master sw0
}

# ---- reachability -----------------------------------------------------------

test_ping() {
	check "h1 reaches h2" reaches h1 192.0.2.2
	check "h1 reaches h2 by IPv6" reaches h1 2001:db8::2
	check "h1 reaches the host" reaches h1 192.0.2.254
	check "h1 reaches the host by IPv6" reaches h1 2001:db8::fe
	check "the host reaches h2" busywait ping -c 1 -W 5 192.0.2.2
}

test_host_port() {
	local before

	netemu-ctl switch set sw0 host-port off
	before=$(drops host_port_off)
	check "host port off: h1 misses the host" misses h1 192.0.2.254
	check "host port off: h1 still reaches h2" reaches h1 192.0.2.2
	ip neigh flush dev sw0
	check "host port off: the host misses h1" not ping -c 2 -W 1 192.0.2.1
	check "host port off: what the host sends is counted" \
		busywait more "drops host_port_off" "$before" ping -c 1 -W 1 192.0.2.1
	netemu-ctl switch set sw0 host-port on
	check "host port on: h1 reaches the host again" busywait reaches h1 192.0.2.254
}

# ---- bridge -----------------------------------------------------------------

test_bridge_link() {
	local option

	check "bridge link shows the port" has "bridge link show dev p-h1" "master sw0"
	check "bridge link shows the state" has "bridge link show dev p-h1" "state forwarding"
	for option in isolated learning flood mcast_flood bcast_flood; do
		check "bridge link set $option on" bridge link set dev p-h1 $option on
		check "bridge link shows $option on" \
			has "bridge -d link show dev p-h1" " $option on"
		check "bridge link set $option off" bridge link set dev p-h1 $option off
		check "bridge link shows $option off" \
			has "bridge -d link show dev p-h1" " $option off"
	done
	for option in learning flood mcast_flood bcast_flood; do
		bridge link set dev p-h1 $option on
	done
	refuse "bridge link set of what we don't have" bridge link set dev p-h1 hairpin on
	refuse "bridge link set cost" bridge link set dev p-h1 cost 5
	bridge link set dev p-h1 isolated on
	bridge link set dev p-h2 isolated on
	check "isolated ports don't reach each other" misses h1 192.0.2.2
	check "isolated ports reach the host" reaches h1 192.0.2.254
	bridge link set dev p-h1 isolated off
	check "one isolated port is enough company" reaches h1 192.0.2.2
	bridge link set dev p-h2 isolated off
	check "all ports in JSON" test "$(bridge -j link | jq '[.[] | select(.master == "sw0")] | length')" = 2
}

fdb_port() { bridge -j fdb show dev sw0 | jq -r ".[] | select(.mac == \"$1\")"; }

test_fdb() {
	bridge monitor fdb >"$KSFT_SCRATCH/monitor" 2>&1 &
	busywait has "cat /proc/$!/comm" bridge
	# It listens when it hears something.
	busywait monitored
	check "fdb add" bridge fdb add $MAC dev sw0 self via p-h1
	check "fdb show: the entry, static" has "bridge fdb show dev sw0" "$MAC via p-h1 self static"
	refuse "fdb add again" bridge fdb add $MAC dev sw0 self via p-h2
	check "fdb replace" bridge fdb replace $MAC dev sw0 self via p-h2
	check "fdb show: it moved" has "bridge fdb show dev sw0" "$MAC via p-h2 self static"
	check "fdb get" has "bridge fdb get $MAC dev sw0 self" "p-h2"
	check "fdb monitor tells of the addition" \
		busywait grep -q "^$MAC .*via p-h1" "$KSFT_SCRATCH/monitor"
	check "fdb del" bridge fdb del $MAC dev sw0 self
	check "fdb monitor tells of the removal" \
		busywait grep -q "^Deleted $MAC" "$KSFT_SCRATCH/monitor"
	refuse "fdb del again" bridge fdb del $MAC dev sw0 self
	refuse "fdb add on no port" bridge fdb add $MAC dev sw0 self via lo
	refuse "fdb add with a VLAN" bridge fdb add $MAC dev sw0 self vlan 5 via p-h1
	refuse "fdb add with a remote" bridge fdb add $MAC dev sw0 self dst 192.0.2.9
	check "fdb add dynamic" bridge fdb add $MAC dev sw0 self dynamic via p-h1
	check "fdb del of a learned one" bridge fdb del $MAC dev sw0 self
	reaches h1 192.0.2.2 >/dev/null
	check "fdb show: learned" has "bridge fdb show dev sw0" \
		"$(in_host h1 cat /sys/class/net/eth0/address) via p-h1 self"
	check "fdb show: own address, permanent" has "bridge fdb show dev sw0" \
		"$(cat /sys/class/net/sw0/address) self permanent"
}

monitored() {
	bridge fdb add 02:00:00:00:00:98 dev sw0 self via p-h1
	bridge fdb del 02:00:00:00:00:98 dev sw0 self
	grep -q 02:00:00:00:00:98 "$KSFT_SCRATCH/monitor"
}

# ---- ip, ethtool ------------------------------------------------------------

REASONS="invalid_source own_source port_disabled port_blocked reserved same_port
	isolated no_target storm_bcast storm_mcast storm_unknown oversize
	host_port_off truncated no_memory tx_refused guard_malformed guard_mac
	guard_source guard_arp guard_dhcp guard_ra"

test_show() {
	local reason

	check "ip -d: kind" test "$(ip -j -d link show sw0 | jq -r '.[0].linkinfo.info_kind')" = netemu
	check "ip -d: kind of the master" \
		test "$(ip -j -d link show p-h1 | jq -r '.[0].linkinfo.info_slave_kind')" = netemu
	check "ip -s: frames received" \
		test "$(ip -j -s link show sw0 | jq '.[0].stats64.rx.packets')" -gt 0
	check "ip link show type netemu" has "ip link show type netemu" sw0
	check "ip link show master sw0" has "ip link show master sw0" p-h2
	check "ethtool -i" has "ethtool -i sw0" "driver: netemu"
	for reason in $REASONS; do
		check "ethtool -S: $reason" has "ethtool -S sw0" " drop_$reason: "
	done
	check "ethtool -S: ports" has "ethtool -S sw0" " ports: 2"
	check "ethtool -k" has "ethtool -k sw0" "tcp-segmentation-offload: on"
	check "ethtool: link" has "ethtool sw0" "Link detected: yes"
}

# ---- tc, tcpdump ------------------------------------------------------------

captured() {
	kill -0 "$1" 2>/dev/null || return 0
	in_host h1 ping -c 1 -W 1 192.0.2.2
	! kill -0 "$1" 2>/dev/null
}

test_tcpdump() {
	tcpdump -i p-h2 -c 2 -n icmp >"$KSFT_SCRATCH/capture" 2>/dev/null &
	check "tcpdump on a port ends with its frames" busywait captured $!
	check "tcpdump on a port sees the ping" grep -q "192.0.2.1 > 192.0.2.2" "$KSFT_SCRATCH/capture"
	tcpdump -i sw0 -c 2 -n icmp >"$KSFT_SCRATCH/capture" 2>/dev/null &
	check "tcpdump on the switch (promiscuous) ends with its frames" busywait captured $!
	check "tcpdump on the switch sees the ports' ping" \
		grep -q "192.0.2.1 > 192.0.2.2" "$KSFT_SCRATCH/capture"
}

test_tc() {
	check "netem takes a port" tc qdisc add dev p-h2 root netem loss 100%
	check "netem loses all" misses h1 192.0.2.2
	tc qdisc del dev p-h2 root
	check "without netem it passes" reaches h1 192.0.2.2
	tc qdisc add dev p-h1 clsact
	tc filter add dev p-h1 ingress matchall action drop
	check "clsact drops in front of the switch" misses h1 192.0.2.2
	tc filter del dev p-h1 ingress
	tc filter add dev p-h1 egress matchall action drop
	check "clsact drops behind the switch" misses h1 192.0.2.2
	tc qdisc del dev p-h1 clsact
	check "without clsact it passes" reaches h1 192.0.2.2
	check "tbf takes a port" tc qdisc add dev p-h2 root tbf rate 100mbit burst 64kb latency 50ms
	check "tbf passes" reaches h1 192.0.2.2
	tc qdisc del dev p-h2 root
}

# ---- transfers --------------------------------------------------------------

# fetch CLIENT SERVER ADDRESS: 16 MiB by HTTP; the hash must match
fetch() {
	local server sum got

	mkdir -p "$KSFT_SCRATCH/www"
	dd if=/dev/urandom of="$KSFT_SCRATCH/www/data" bs=1M count=16 2>/dev/null
	sum=$(sha256sum <"$KSFT_SCRATCH/www/data")
	ip netns exec "$2" busybox httpd -f -p 5000 -h "$KSFT_SCRATCH/www" &
	server=$!
	busywait listening "$2"
	got=$(in_host "$1" timeout 200 busybox wget -q -O - "http://$3:5000/data" | sha256sum)
	kill "$server"
	wait "$server"
	echo "sent $sum, received $got"
	[ "$sum" = "$got" ]
}

listening() { in_host "$1" ss -Hltn | grep -q ':5000 '; }

test_tcp() {
	local before

	check "16 MiB from h2 to h1" fetch h1 h2 192.0.2.2
	tcpdump -i p-h1 -c 1 -n greater 3000 >"$KSFT_SCRATCH/capture" 2>"$KSFT_SCRATCH/tcpdump" &
	busywait grep -q listening "$KSFT_SCRATCH/tcpdump"
	check "16 MiB from h1 to h2" fetch h2 h1 192.0.2.1
	check "large segments pass whole" busywait grep -q . "$KSFT_SCRATCH/capture"
	in_host h1 ethtool -K eth0 tso off gso off tx off >/dev/null
	check "16 MiB without offloads" fetch h2 h1 192.0.2.1
	in_host h1 ethtool -K eth0 tso on gso on tx on >/dev/null
	before=$(drops oversize)
	ip -n h1 link set eth0 mtu 9000
	ip link set p-h1 mtu 9000
	ip -n h2 link set eth0 mtu 9000
	ip link set p-h2 mtu 9000
	check "the switch follows: jumbo" test "$(cat /sys/class/net/sw0/mtu)" = 9000
	check "jumbo frames" reaches h1 192.0.2.2 -s 8900
	check "nothing was too large" test "$(drops oversize)" = "$before"
	ip link set p-h2 mtu 1500
	check "too large for the way out" not in_host h1 ping -c 2 -W 1 -s 8900 192.0.2.2
	check "and counted" busywait more "drops oversize" "$before" \
		in_host h1 ping -c 1 -W 1 -s 8900 192.0.2.2
	ip link set p-h1 mtu 1500
	ip -n h1 link set eth0 mtu 1500
	ip -n h2 link set eth0 mtu 1500
}

test_vlan() {
	local n

	for n in 1 2; do
		ip -n h$n link add link eth0 name eth0.5 type vlan id 5
		ip -n h$n addr add 198.51.100.$n/24 dev eth0.5
		ip -n h$n link set eth0.5 up
	done
	check "tagged frames pass" reaches h1 198.51.100.2
	ip link add link sw0 name sw0.5 type vlan id 5
	ip addr add 198.51.100.254/24 dev sw0.5
	ip link set sw0.5 up
	check "a VLAN device on the switch takes part" reaches h1 198.51.100.254
	ip link add link sw0 name mv0 type macvlan mode bridge
	ip link set mv0 address 02:00:00:00:00:77
	ip link set mv0 up
	check "a macvlan on the switch has its entry" \
		has "bridge fdb show dev sw0" "02:00:00:00:00:77 self permanent"
	ip link del mv0
	ip link del sw0.5
}

# ---- other devices as ports -------------------------------------------------

# h1 on sw0 here, h3 on a switch in namespace far; a VXLAN between them.
test_vxlan() {
	ip netns add far
	HOSTS="$HOSTS far"
	ip link add under0 type veth peer name under1 netns far
	ip addr add 203.0.113.1/24 dev under0
	ip link set under0 up
	ip -n far addr add 203.0.113.2/24 dev under1
	ip -n far link set under1 up
	ip link add vx0 mtu 1450 type vxlan id 7 dstport 4789 local 203.0.113.1 remote 203.0.113.2
	ip -n far link add vx0 mtu 1450 type vxlan id 7 dstport 4789 local 203.0.113.2 remote 203.0.113.1
	ip link set vx0 up master sw0
	ip -n far link add sw9 type netemu
	ip -n far link set sw9 up
	ip -n far link set vx0 up master sw9
	ip -n far addr add 192.0.2.9/24 dev sw9
	check "vxlan port: the switch has its MTU" test "$(cat /sys/class/net/sw0/mtu)" = 1450
	ip -n far link set sw9 mtu 1450
	check "vxlan port: h1 reaches the far host" reaches h1 192.0.2.9
	ip link del vx0
	check "vxlan gone: h1 misses the far host" misses h1 192.0.2.9
}

ksft_start
setup
test_ping
test_host_port
test_bridge_link
test_fdb
test_show
test_tcpdump
test_tc
test_tcp
test_vlan
test_vxlan
ksft_end

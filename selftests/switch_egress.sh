#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames may go to a port's driver at once. Whatever the administrator puts in
# front of that driver sees every one of them all the same, from the moment it
# is there and for one of many ports as for one alone.
# vm: timeout=300 plain=6.1
#
#	h1:eth0 === p-h1 --+       +-- p-h2 === h2:eth0
#	                   +- sw0 -+
#	a0 ======== a1 ----+       +-- dummies, VLAN devices, a tap
. "$(dirname "$0")/lib/ksft.sh"

COUNT=1000
PGDEV=/proc/net/pktgen/a0

setup() {
	ip link add sw0 type netemu
	ip link set sw0 up
	host_add h1 1
	host_add h2 2
	ip link set p-h1 master sw0
	ip link set p-h2 master sw0
	reaches h1 192.0.2.2 >/dev/null
}

# ---- hooks ------------------------------------------------------------------

# pings: ten frames of each direction, lost or not
pings() { in_host h1 ping -c 10 -i 0.02 -W 1 192.0.2.2 >/dev/null; }

tc_count() { tc -s filter show dev "$1" egress | sed -n 's/.*Sent [0-9]* bytes \([0-9]*\) pkt.*/\1/p' | head -n 1; }

test_tc() {
	tc qdisc add dev p-h2 clsact
	check "clsact without filters: it passes" reaches h1 192.0.2.2
	tc filter add dev p-h2 egress protocol ip matchall action ok
	pings
	check "an egress filter counts every ping" test "$(tc_count p-h2)" -ge 10
	tc filter replace dev p-h2 egress protocol ip matchall action drop
	check "an egress filter drops from one frame to the next" misses h1 192.0.2.2
	tc qdisc del dev p-h2 clsact
	check "clsact gone: it passes" reaches h1 192.0.2.2
}

nft_count() { nft list table netdev t | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'; }

test_nft() {
	nft -f - <<-EOF
	table netdev t {
		chain out {
			type filter hook egress device "p-h2" priority 0
			ip protocol icmp counter
		}
	}
	EOF
	pings
	check "nftables at egress counts every ping" test "$(nft_count)" -ge 10
	nft add rule netdev t out ip protocol icmp drop
	check "nftables at egress drops" misses h1 192.0.2.2
	nft delete table netdev t
	check "nftables gone: it passes" reaches h1 192.0.2.2
}

qdisc_count() { tc -s qdisc show dev "$1" root | sed -n 's/.*Sent [0-9]* bytes \([0-9]*\) pkt.*/\1/p'; }

test_qdisc() {
	tc qdisc add dev p-h2 root pfifo
	pings
	check "a queueing discipline counts every ping" test "$(qdisc_count p-h2)" -ge 10
	tc qdisc replace dev p-h2 root netem delay 100ms
	check "netem delays" takes ">" 90
	tc qdisc del dev p-h2 root
	check "without it: fast again" busywait takes "<" 90
}

# takes "<"|">" MS: the best of three round trips from h1 to h2
takes() {
	in_host h1 ping -c 3 -i 0.2 -W 5 192.0.2.2 | awk -F '[= /]+' -v than="$1" -v ms="$2" '
		/^(rtt|round-trip)/ {
			for (i = 1; i <= NF; i++)
				if ($i ~ /^[0-9.]+$/) {
					yes = than == ">" ? $i > ms : $i < ms
					exit
				}
		}
		END { exit !yes }'
}

# A socket that captures on this device, then one on all devices.
test_capture() {
	local device

	for device in p-h2 any; do
		# What the one before said is no word of this one.
		rm -f "$KSFT_SCRATCH/tcpdump"
		timeout 100 tcpdump -i "$device" -Q out -c 10 -n icmp >"$KSFT_SCRATCH/capture" 2>"$KSFT_SCRATCH/tcpdump" &
		busywait grep -q listening "$KSFT_SCRATCH/tcpdump"
		pings
		check "tcpdump -i $device sees what goes out" wait $!
	done
}

# Two queues: the device chooses one.
test_queues() {
	ip link add q0 numtxqueues 2 type veth peer name q1 numrxqueues 2
	ip link set q0 up master sw0
	ip netns add h3
	HOSTS="$HOSTS h3"
	ip link set q1 netns h3
	ip -n h3 link set q1 up
	ip -n h3 addr add 192.0.2.3/24 dev q1
	in_host h3 ethtool -L q1 rx 2 >/dev/null 2>&1
	ethtool -L q0 tx 2
	check "a port with two queues" test "$(ls -d /sys/class/net/q0/queues/tx-* | wc -l)" = 2
	check "is reached" reaches h1 192.0.2.3
	ip link del q0
}

test_mtu() {
	local before

	before=$(drops oversize)
	ip link set p-h2 mtu 1000
	check "one frame too large for a port" not in_host h1 ping -c 1 -W 1 -s 1100 192.0.2.2
	check "is counted" busywait more "drops oversize" "$before" \
		in_host h1 ping -c 1 -W 1 -s 1100 192.0.2.2
	check "one that just fits passes" reaches h1 192.0.2.2 -s 972
	ip link set p-h2 mtu 1500
}

# ---- a sender that keeps its frames -----------------------------------------

# pktgen DEST: it holds on to each frame until it is sent
pktgen() {
	local word

	echo rem_device_all >/proc/net/pktgen/kpktgend_0
	echo "add_device a0" >/proc/net/pktgen/kpktgend_0
	for word in "count $COUNT" "pkt_size 60" "delay 0" "dst_mac $1" \
		"src_mac 02:00:00:00:0a:01" "dst 198.51.100.2"; do
		echo "$word" >"$PGDEV"
	done
	echo start >/proc/net/pktgen/pgctrl
	grep -q "^Result: OK" "$PGDEV"
}

sent() { cat "/sys/class/net/$1/statistics/tx_packets"; }
grew() { [ $(($(sent "$1") - $2)) -ge "$COUNT" ]; }

# One destination, whatever kind of device leads to it.
pktgen_to() {
	local before mac=02:00:00:00:0b:01

	before=$(sent "$1")
	bridge fdb replace "$mac" dev "$1" master static
	check "pktgen to $1" pktgen "$mac"
	check "all frames reach $1" busywait grew "$1" "$before"
	bridge fdb del "$mac" dev "$1" master
}

tagged() { [ "$(tc_count p-h2)" -ge "$COUNT" ]; }

test_pktgen() {
	local device before

	sysctl -qw net.core.netdev_max_backlog=100000
	ip link add a0 type veth peer name a1
	ip link set a0 up
	ip link set a1 up master sw0
	ip link add d0 type dummy
	ip link set d0 up master sw0
	ip link add d1 type dummy
	ip link set d1 up
	# The frame gets its tag in front of the VLAN device's own driver.
	ip link add link d1 name d1.7 type vlan id 7
	ip link set d1.7 up master sw0
	ip link add mv1 link d1 type macvlan mode bridge
	ip link set mv1 up master sw0
	for device in a1 p-h2 d0 d1.7 mv1; do
		busywait ready $device
	done
	for device in p-h2 d0 d1.7 mv1; do
		pktgen_to $device
	done
	before=$(sent d1.7)
	check "pktgen to everybody" pktgen ff:ff:ff:ff:ff:ff
	check "all frames reach the VLAN device" busywait grew d1.7 "$before"
	tc qdisc add dev p-h2 clsact
	tc filter add dev p-h2 egress matchall action vlan push id 9
	pktgen_to p-h2
	check "a tag is pushed onto every frame at egress" busywait tagged
	tc qdisc del dev p-h2 clsact
	check "h1 still reaches h2" reaches h1 192.0.2.2
	ip link del a0
	ip link del d0
	ip link del d1
}

ksft_start
modprobe pktgen
setup
test_tc
test_nft
test_qdisc
test_capture
test_queues
test_mtu
test_pktgen
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ARP of the gateway: for its own addresses and only those, probes for
# duplicates (RFC 5227), how many guests it remembers, and whom it believes.
# vm: timeout=600 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

GUESTS_MAX=4096

drops_of() { ethtool -S gw1 | sed -n "s/^ *drop_$1: //p"; }
guests() { netemu-ctl -j gateway show gw1 | jq '.[0].guest_count'; }
mac_of() { in_host "$1" cat /sys/class/net/eth0/address; }

# asks_for GUEST ADDRESS: some question is answered
asks_for() { in_host "$1" busybox arping -q -f -c 10 -w 20 -I eth0 "$2"; }

# silent GUEST ADDRESS: none is
silent() { ! in_host "$1" busybox arping -q -f -c 3 -w 4 -I eth0 "$2"; }

# in_use GUEST ADDRESS: a probe says so
in_use() { ! in_host "$1" busybox arping -q -D -c 10 -w 20 -I eth0 "$2"; }
unused() { in_host "$1" busybox arping -q -D -c 3 -w 4 -I eth0 "$2"; }

# The gateway serves 10.1.0.0/16: room for more guests than it remembers.
setup() {
	world_add
	netemu-ctl switch add sw1 host-port off
	netemu-ctl gateway add gw1 switch sw1 subnet 10.1.0.0/16 dns-server none
	guest_add g1 1
	ip -n g1 addr add 10.1.0.100/16 dev eth0
	ip -n g1 route add default via 10.1.0.2
	guest_add g2 1
	cat >"$KSFT_SCRATCH/udhcpc" <<-'SCRIPT'
	#!/bin/sh
	[ "$1" = bound ] || exit 0
	ip -4 addr flush dev "$interface"
	ip addr add "$ip/$mask" dev "$interface"
	ip route add default via "$router"
	SCRIPT
	chmod +x "$KSFT_SCRATCH/udhcpc"
}

test_own() {
	check "the gateway answers for its address" asks_for g1 10.1.0.2
	check "and for that of DNS" asks_for g1 10.1.0.3
	check "not for one of the subnet" silent g1 10.1.0.4
	check "nor for the host's own" silent g1 198.51.100.1
	check "nor for the world's" silent g1 198.51.100.2
	check "what it says is its MAC address" has \
		"in_host g1 busybox arping -f -c 10 -w 20 -I eth0 10.1.0.2" "52:55:0a:01:00:02"
}

test_probe() {
	check "a probe finds the gateway" in_use g2 10.1.0.2
	check "and the DNS server" in_use g2 10.1.0.3
	check "and another guest" in_use g2 10.1.0.100
	check "not what nobody has" unused g2 10.1.0.101
	check "a probe is no claim: nobody is remembered for it" test "$(guests)" = 1
}

claims_dropped() {
	in_host g2 busybox arping -U -c 1 -w 1 -I eth0 -s 10.1.0.2 10.1.0.2
	[ "$(drops_of arp_invalid)" -gt "$1" ]
}

test_claim() {
	ip -n g2 addr add 10.1.0.2/32 dev lo
	check "who claims the gateway's address is not heard" busywait claims_dropped "$(drops_of arp_invalid)"
	ip -n g2 addr del 10.1.0.2/32 dev lo
	ip -n g1 neigh flush dev eth0
	check "the gateway still has it" reaches g1 10.1.0.2
}

# A guest without a lease may be anyone: the last word counts.
test_new_mac() {
	check "a guest reaches the world" reaches g1 198.51.100.2
	ip -n g1 link set eth0 address 02:00:00:00:01:01
	ip -n g1 route replace default via 10.1.0.2
	check "with another MAC address too" reaches g1 198.51.100.2
	check "it is still one guest" test "$(guests)" = 1
}

dhcp() { in_host "$1" busybox udhcpc -i eth0 -n -q -t 20 -T 3 -s "$KSFT_SCRATCH/udhcpc" "${@:2}"; }
forged() {
	in_host g2 ping -c 1 -W 1 10.1.0.2
	[ "$(drops_of forged)" -gt "$1" ]
}

# One with a lease is who its lease says.
test_leased_mac() {
	check "a guest gets a lease" dhcp g2 -x 0x3d:00aa
	check "with it it reaches the world" reaches g2 198.51.100.2
	ip -n g2 link set eth0 address 02:00:00:00:01:02
	check "with another MAC address it is another" busywait forged "$(drops_of forged)"
	check "until its lease says so" dhcp g2 -x 0x3d:00aa
	check "then it is the same" has "ip -n g2 addr show dev eth0" "10.1.0.15/16"
	ip -n g2 route replace default via 10.1.0.2
	check "and reaches the world" reaches g2 198.51.100.2
}

# pktgen GUEST COUNT: as many addresses of guests
pktgen() {
	in_host "$1" bash -c "
		cd /proc/net/pktgen
		echo add_device eth0 >kpktgend_0
		for word in 'count $2' 'pkt_size 60' 'delay 0' 'dst_mac 52:55:0a:01:00:02' \
			'dst 10.1.0.2' 'src_min 10.1.16.1' 'src_max 10.1.63.254'; do
			echo \$word >eth0
		done
		echo start >pgctrl
		grep -q '^Result: OK' eth0
		ok=\$?
		echo rem_device_all >kpktgend_0
		exit \$ok"
}

test_bounded() {
	local before

	modprobe pktgen
	before=$(drops_of guests_full)
	check "a guest makes up more addresses than it may" busywait more "drops_of guests_full" "$before" \
		pktgen g1 $((GUESTS_MAX + 500))
	# The lease of g2 does not count.
	check "no more are remembered than may be" test "$(guests)" -le $((GUESTS_MAX + 1))
	check "a guest with a lease is not pushed out" reaches g2 198.51.100.2
	guest_add g3 1
	check "a new one gets a lease" dhcp g3
	check "and reaches the world" reaches g3 198.51.100.2
	rmmod pktgen
}

test_end() {
	ip link del gw1
	ip link del sw1
	check "the modules go" rmmod netemu_gw netemu
}

ksft_start
setup
test_own
test_probe
test_claim
test_new_mac
test_leased_mac
test_bounded
test_end
ksft_end

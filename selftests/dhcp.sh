#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests get their addresses from the gateway: udhcpc and dhclient.
# vm: timeout=300
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

# What udhcpc calls with what it got.
write_script() {
	cat >"$KSFT_SCRATCH/udhcpc" <<-'EOF'
	#!/bin/bash
	case $1 in
	deconfig)
		ip addr flush dev "$interface"
		;;
	bound | renew)
		ip addr replace "$ip/$mask" dev "$interface"
		ip route replace default via "$router"
		echo "$1 $ip $router $dns $mtu $lease" >>"$KSFT_LOG"
		;;
	nak)
		echo nak >>"$KSFT_LOG"
		;;
	esac
	EOF
	chmod +x "$KSFT_SCRATCH/udhcpc"
}

# udhcpc GUEST [ARGUMENT]...: asks until it has a lease, for a minute
udhcpc() {
	local guest=$1

	shift
	KSFT_LOG=$KSFT_SCRATCH/log-$guest in_host "$guest" busybox udhcpc -f -q -n -t 30 -T 2 \
		-i eth0 -s "$KSFT_SCRATCH/udhcpc" -O mtu "$@"
}

got() { tail -n 1 "$KSFT_SCRATCH/log-$1"; }
address_of() { ip -n "$1" -j addr show dev eth0 | jq -r '[.[0].addr_info[] | select(.family == "inet")][0].local'; }

setup() {
	world_add
	gateway_add 1
	guest_add g1 1
	guest_add g2 1
	write_script
}

test_lease() {
	check "udhcpc gets a lease" udhcpc g1
	check "the first one, with gateway, DNS, MTU and a day" \
		test "$(got g1)" = "bound 10.0.2.15 10.0.2.2 10.0.2.3 1500 86400"
	check "with it the guest reaches the world" reaches g1 198.51.100.2
	check "the second guest gets another" udhcpc g2
	check "the next one" test "$(address_of g2)" = 10.0.2.16
	check "the guests reach each other" reaches g2 10.0.2.15
	ip -n g1 addr flush dev eth0
	check "asked again" udhcpc g1
	check "it is the same" test "$(address_of g1)" = 10.0.2.15
	check "one that the client wants" udhcpc g2 -r 10.0.2.77
	check "asked for by address: its own stays" test "$(address_of g2)" = 10.0.2.16
}

# Somebody has the next address without asking.
test_taken() {
	guest_add g3 1
	guest_add squatter 1 10.0.2.17
	check "somebody without a lease is there" reaches squatter 10.0.2.2
	check "a guest while its address is taken" udhcpc g3
	check "gets the one after" test "$(address_of g3)" = 10.0.2.18
}

test_release() {
	local client

	ip -n g1 addr flush dev eth0
	KSFT_LOG=$KSFT_SCRATCH/log-g1 ip netns exec g1 busybox udhcpc -f -R -t 30 -T 2 \
		-i eth0 -s "$KSFT_SCRATCH/udhcpc" >/dev/null 2>&1 &
	client=$!
	check "a client that stays has its lease again" busywait bound_again
	kill "$client"
	wait "$client"
	check "a released address comes back to its guest" udhcpc g1
	check "the same one" test "$(address_of g1)" = 10.0.2.15
}

bound_again() { [ "$(address_of g1)" = 10.0.2.15 ]; }

# A virtual machine that starts again: a new port, the same card.
test_new_port() {
	local mac

	mac=$(in_host g3 cat /sys/class/net/eth0/address)
	ip link del p-g3
	ip link add p-g3 type veth peer name eth0 netns g3 address "$mac"
	ip link set p-g3 up master sw1
	ip -n g3 link set eth0 up
	check "a guest on a new port" udhcpc g3
	check "keeps its address" test "$(address_of g3)" = 10.0.2.18
	ip link del gw1
	ip link add gw1 type netemu_gw
	ip link set gw1 up master sw1
	check "a gateway made anew gives it one" udhcpc g3 -r 10.0.2.18
	check "as it wished" test "$(address_of g3)" = 10.0.2.18
}

test_dhclient() {
	guest_add g4 1
	mkdir -p /var/lib/dhcp
	check "dhclient gets a lease" client g4 -1
	check "and says so" grep -q "DHCPACK of" "$KSFT_SCRATCH/dhclient"
	check "it believes every checksum" not grep -q "bad udp" "$KSFT_SCRATCH/dhclient"
	check "of a day" grep -q "dhcp-lease-time 86400" "$KSFT_SCRATCH/leases"
	check "and gives it back" client g4 -r
}

# client GUEST OPTION: dhclient, and what it says
client() {
	in_host "$1" timeout 120 dhclient "$2" -v -sf /bin/true -lf "$KSFT_SCRATCH/leases" \
		-pf "$KSFT_SCRATCH/pid" eth0 >"$KSFT_SCRATCH/dhclient" 2>&1
}

test_neighbours() {
	ip link add sw9 type netemu
	ip link set sw9 up
	ip link add gw9 type netemu_gw
	ip link set gw9 mtu 1400 up master sw9
	ip link set p-g2 nomaster
	ip link set p-g2 master sw9
	check "another network" udhcpc g2
	check "tells its own MTU" grep -q " 1400 " <<<"$(got g2)"
}

ksft_start
setup
test_lease
test_taken
test_release
test_dhclient
test_new_port
test_neighbours
ksft_end

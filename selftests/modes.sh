#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who reaches whom in each mode of a network: guests, the host by every address
# it has, the world beyond it; by IPv4, and IPv6 where the host gave nobody an
# address. What a mode changed on the host is undone in the end.
# vm: timeout=900 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

WORLD=198.51.100.2
UPLINK=198.51.100.1
OTHER=203.0.113.1	# of the host, on another device
ROUTER=10.0.2.2

kept() { host_state; what_there_is; }

gone() { [ ! -e "/sys/class/net/$1" ]; }
there() { [ -e "/sys/class/net/$1" ]; }

# What of the host a network could change.
host_state() {
	(cd /proc/sys/net/ipv4 && grep -r . ip_forward conf | sort)
	ip -o -4 addr show
	ip -4 route show | sed "s/ linkdown//"
	nft list ruleset
}

same_state() { diff <(host_state) "$KSFT_SCRATCH/before"; }

# never HOST ADDRESS [PING-OPTION]...: a second would do for an answer
never() { ! in_host "$1" ping -c 1 -W 1 "${@:3}" "$2"; }

# Pings of the host itself.
host_reaches() { reaches host "$@"; }
host_never() { never host "$@"; }

link_local() { ip -n "$1" -j -6 addr show dev eth0 scope link | jq -re '.[0].addr_info[0].local'; }

dhcp() { in_host "$1" busybox udhcpc -i eth0 -n -q -t 20 -T 3 -s "$KSFT_SCRATCH/udhcpc"; }

# dropped DIRECTION: frames that went no further at the switch device
dropped() { ip -j -s link show dev lab | jq ".[0].stats64.$1.dropped"; }
drops_more() { [ "$(dropped "$1")" -gt "$2" ]; }

setup() {
	local guest

	cat >"$KSFT_SCRATCH/udhcpc" <<-SCRIPT
	#!/bin/sh
	[ "\$1" = bound ] || exit 0
	ip addr add "\$ip/\$mask" dev "\$interface"
	[ -z "\$router" ] || ip route add default via "\$router"
	echo "\$serverid \$router \$dns" >"$KSFT_SCRATCH/told"
	SCRIPT
	chmod +x "$KSFT_SCRATCH/udhcpc"
	world_add
	ip netns attach host $$
	ip -n world route add 10.0.2.0/24 via "$UPLINK"
	ip link add other type dummy
	ip link set other up
	ip addr add "$OTHER/32" dev other
	ip link set lo up
	sysctl -qw net.ipv4.conf.other.forwarding=1
	for guest in a b; do
		ip netns add "$guest"
		HOSTS="$HOSTS $guest"
		ip link add "p-$guest" type veth peer name eth0 netns "$guest"
		ip -n "$guest" link set lo up
		ip -n "$guest" link set eth0 up
		ip link set "p-$guest" up
		busywait ready eth0 "$guest"
	done
	serve a 8000
	in_host world dnsmasq -k -u root -C /dev/null -x "$KSFT_SCRATCH/pid" --no-resolv --no-hosts \
		--bind-interfaces --listen-address=$WORLD --address=/who.test/192.0.2.1 >/dev/null 2>&1 &
	busywait answered world $WORLD
	modprobe netemu_gw
}

# answered HOST RESOLVER: a question for a name
answered() { has "in_host $1 timeout 20 drill who.test @$2" 192.0.2.1; }

# enter KEY VALUE...: the network lab with both guests
enter() {
	host_state >"$KSFT_SCRATCH/before"
	check "a network: $*" netemu-ctl network add lab "$@"
	netemu-ctl port add p-a network lab
	netemu-ctl port add p-b network lab
}

# addresses: by DHCP, which a network with a gateway has
addresses() {
	check "a gets an address" dhcp a
	check "b gets an address" dhcp b
	A=$(ip -n a -j -4 addr show dev eth0 | jq -r '.[0].addr_info[0].local')
	B=$(ip -n b -j -4 addr show dev eth0 | jq -r '.[0].addr_info[0].local')
}

leave() {
	check "removed" netemu-ctl network del lab
	check "the gateway too" gone lab-gw
	check "the guests' devices stay" there p-a
	check "the host is as before" same_state
	ip -n a addr flush dev eth0 scope global
	ip -n b addr flush dev eth0 scope global
}

among_guests() {
	check "guest to guest" reaches a "$B"
	check "guest to guest by IPv6" busywait link_local b
	check "... by its link-local address" reaches a "$(link_local b)%eth0" -6
}

no_ipv6_to_host() {
	check "the host has no IPv6 address there" not has "ip -6 addr show dev lab" inet6
	check "... and can't reach a guest" not host_reaches_ll
}

host_reaches_ll() { in_host host ping -6 -c 1 -W 1 "$(link_local a)%lab"; }

test_nat() {
	enter
	addresses
	among_guests
	check "guest to gateway" reaches a "$ROUTER"
	check "not to the uplink's address" never a "$UPLINK"
	check "nor to another of the host" never a "$OTHER"
	check "guest to world" reaches a "$WORLD"
	check "not host to guest" host_never "$A"
	check "nor by IPv6" not host_reaches_ll
	check "nor world to guest" never world "$A"
	leave
}

test_isolated() {
	enter mode isolated
	A=10.0.2.15
	B=10.0.2.16
	ip -n a addr add $A/24 dev eth0
	ip -n b addr add $B/24 dev eth0
	ip -n a route add default via $ROUTER
	among_guests
	check "not guest to host" never a "$ROUTER"
	check "nor to world" never a "$WORLD"
	check "nor host to guest" host_never "$A"
	check "nor by IPv6" not host_reaches_ll
	check "nor world to guest" never world "$A"
	leave
}

test_host_only() {
	local in out

	enter mode hostonly
	check "so it is called" is '.[0] | .mode == "host-only" and .changed == ["address"]
		and .gateway.role == "host-only"' network show lab
	check "in words too" has "netemu-ctl network show" "lab: network host-only up gateway lab-gw subnet 10.0.2.0/24"
	check "the host has the address" has "ip -4 addr show dev lab" "inet $ROUTER/24"
	addresses
	check "DHCP tells of no router" has "cat $KSFT_SCRATCH/told" "10.0.2.3  "
	among_guests
	check "guest to host" reaches a "$ROUTER"
	check "guest to DHCP server" reaches a 10.0.2.3
	check "host to guest" host_reaches "$A"
	check "by TCP" busywait asks host "$A:8000"
	no_ipv6_to_host
	check "router advertisements mean nothing" has "sysctl net.ipv6.conf.lab.accept_ra" "= 0"
	# The worst case: the host forwards, and guests and world know the way.
	sysctl -qw net.ipv4.ip_forward=1
	ip -n a route add default via $ROUTER
	check "by a route, to the host's other addresses" reaches a "$UPLINK"
	check "... all of them" reaches a "$OTHER"
	in=$(dropped rx) out=$(dropped tx)
	check "not guest to world" never a "$WORLD"
	check "it was dropped" busywait drops_more rx "$in"
	check "nor world to guest" never world "$A"
	check "it was dropped, too" busywait drops_more tx "$out"
	sysctl -qw net.ipv4.ip_forward=0
	sysctl -qw net.ipv4.conf.other.forwarding=1
	leave
}

test_routed() {
	check "not where the host does not forward" fails 2 "the host does not forward" \
		network add lab mode routed
	enter mode routed forwarding on dns-server $WORLD
	check "it forwards now" has "sysctl net.ipv4.ip_forward" "= 1"
	check "and says so" is '.[0] | .mode == "routed" and .changed == ["address", "forwarding"]' network show lab
	addresses
	check "DHCP tells of router and DNS" has "cat $KSFT_SCRATCH/told" "10.0.2.3 10.0.2.2 10.0.2.3"
	among_guests
	check "guest to host" reaches a "$ROUTER"
	check "... by the uplink's address" reaches a "$UPLINK"
	check "... by another" reaches a "$OTHER"
	check "guest to world" reaches a "$WORLD"
	check "host to guest" host_reaches "$A"
	check "world to guest" reaches world "$A"
	check "world to guest by TCP" busywait asks world "$A:8000"
	check "names" busywait answered a 10.0.2.3
	no_ipv6_to_host
	leave
	check "it forwards no more" has "sysctl net.ipv4.ip_forward" "= 0"
}

test_forwarding() {
	host_state >"$KSFT_SCRATCH/before"
	check "two routed networks" netemu-ctl network add one mode routed forwarding on
	check "the second finds it on" netemu-ctl network add two mode routed subnet 192.0.2.0/24
	check "and changed nothing" is '.[0].changed == ["address"]' network show two
	check "the first one goes" netemu-ctl network del one
	check "the second needs it" has "sysctl net.ipv4.ip_forward" "= 1"
	check "and takes over" is '.[0].changed == ["address", "forwarding"]' network show two
	check "its switch goes" ip link del two
	check "the host is as before" same_state
	check "one more" netemu-ctl network add one mode routed forwarding on
	sysctl -qw net.ipv4.ip_forward=0
	host_state | grep -v '\bone\b' >"$KSFT_SCRATCH/before"
	check "what somebody else undid" netemu-ctl network del one
	check "is left alone" same_state
	sysctl -qw net.ipv4.conf.other.forwarding=1
}

test_refused() {
	check "a host-only network" netemu-ctl network add lab mode host-only
	check "a subnet that is used" fails 2 "has an address of this subnet already" \
		network add x mode host-only
	check "or overlaps" fails 2 "has an address of this subnet already" \
		network add x mode host-only subnet 10.0.0.0/16
	check "or is another device's" fails 2 "has an address of this subnet already" \
		network add x mode host-only subnet 198.51.100.0/24
	check "a nat network may have it" netemu-ctl network add nat
	netemu-ctl network del nat
	check "keys of mode nat" fails 2 "for gateways that do NAT" network add x mode host-only host-access host
	check "they can't be set either" fails 2 "for gateways that do NAT" network set lab restrict on
	check "DNS in host-only" fails 2 "there is no DNS" network add x mode host-only dns-server 192.0.2.1
	check "forwarding elsewhere" fails 1 "mode routed" network add x mode host-only forwarding on
	check "the host's address stays" fails 2 "the address is the host's" network set lab gateway-address 10.0.2.9
	check "other keys change" netemu-ctl network set lab lease-time 600
	check "as they should" is '.[0].gateway.lease_time == 600' network show lab
	check "bad options leave nothing" fails 2 "not the address of a host" \
		network add x mode routed forwarding on subnet 192.0.2.0/24 gateway-address 10.9.9.9
	check "removed again" netemu-ctl network del lab
}

test_bridged() {
	check "no uplink, no bridged network" fails 1 "needs" network add lab mode bridged
	check "an uplink that is not there" fails 2 'cannot find uplink "up9"' \
		network add lab mode bridged uplink up9 uplink-mode exclusive
	check "an uplink elsewhere" fails 1 "for mode bridged" network add lab mode nat uplink up0
	check "not what the host uses" fails 2 "the host has addresses by the uplink" \
		network add lab mode bridged uplink up0 uplink-mode exclusive
	ip addr flush dev up0
	enter mode bridged uplink up0 uplink-mode exclusive
	check "so it is shown" is '.[0] | .mode == "bridged" and .uplink == "up0" and .uplink_mode == "exclusive"
		and .gateway == null' \
		network show lab
	check "in words too" has "netemu-ctl network show" "lab: network bridged up uplink up0 uplink-mode exclusive"
	A=198.51.100.15
	B=198.51.100.16
	ip -n a addr add $A/24 dev eth0
	ip -n b addr add $B/24 dev eth0
	among_guests
	check "guest to world" reaches a "$WORLD"
	check "world to guest" reaches world "$A"
	check "world to guest by IPv6" reaches world "$(link_local a)%eth0" -6
	check "not host to guest" host_never "$A"
	check "nor by IPv6" not host_reaches_ll
	leave
	check "the uplink is no port" not has "ip link show dev up0" "master"
	ip addr add "$UPLINK/24" dev up0
	ip route add default via "$WORLD"
	check "force" netemu-ctl network add lab mode bridged uplink up0 uplink-mode exclusive force
	check "the host keeps the address" has "ip addr show dev up0" "$UPLINK"
	check "the uplink leaves" netemu-ctl port del up0
	check "the network stays, without" is '.[0].uplink == null' network show lab
	check "removed" netemu-ctl network del lab
	check "the host reaches the world" host_reaches "$WORLD"
}

# Other ends than del.
test_ends() {
	ip netns add modes
	HOSTS="$HOSTS modes"
	check "in a namespace" netemu-ctl -n modes network add lab mode routed forwarding on
	check "it forwards there" has "in_host modes sysctl net.ipv4.ip_forward" "= 1"
	check "not here" has "sysctl net.ipv4.ip_forward" "= 0"
	check "host-only there" netemu-ctl -n modes network add two mode host-only subnet 192.0.2.0/24
	check "the namespace ends" ip netns del modes
	host_state >"$KSFT_SCRATCH/before"
	check "the same here" netemu-ctl network add lab mode routed forwarding on
	netemu-ctl network add two mode host-only subnet 192.0.2.0/24
	netemu-ctl network add three mode isolated
	check "the module goes" rmmod netemu_gw
	check "the networks with it" gone lab
	check "all that have the host in them" gone two
	check "others stay switches" there three
	ip link del three
	check "the host is as before" same_state
}

ksft_start
setup
# nat.sh and network.sh know these two.
if [ -z "${NETEMU_SHORT-}" ]; then
	test_nat
	test_isolated
fi
test_host_only
test_routed
test_forwarding
[ -n "${NETEMU_SHORT-}" ] || test_refused
test_bridged
test_ends
ip netns del host
ksft_end

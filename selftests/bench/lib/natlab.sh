# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A guest, the host as its gateway, and a server beyond it. Sourced by the rows
# that compare gateways, after lib.sh.
#
#	guest:g0 = g1 -+- bridge or switch -+- host:b1 = b0:far
#
#   gateway_up SUBJECT    guest and gateway: nft-masquerade (Linux bridge, routing
#                         and nftables), netemu-gateway or slirp4netns, where
#                         the guest has tap0 instead of g0
#   gateway_down SUBJECT

SERVER=198.51.100.2

far_up() {
	ip netns add far && pair b1 b0 && ip link set b0 netns far &&
		ip address add 198.51.100.1/24 dev b1 &&
		ip -n far address add $SERVER/24 dev b0 && ip -n far link set b0 up
}

far_down() {
	ip netns del far
	ip link del b1 2>/dev/null
}

guest_up() {
	ip netns add guest && pair g1 g0 && ip link set g0 netns guest &&
		ip -n guest address add 10.0.2.15/24 dev g0 &&
		ip -n guest link set g0 up && ip -n guest route add default via 10.0.2.2
}

nft_up() {
	guest_up && ip link add br0 type bridge mcast_snooping 0 && ip link set br0 up &&
		ip address add 10.0.2.2/24 dev br0 && ip link set g1 master br0 &&
		sysctl -qw net.ipv4.ip_forward=1 &&
		nft "add table ip bench; add chain ip bench out { type nat hook \
			postrouting priority srcnat; }; add rule ip bench out oifname b1 masquerade"
}

netemu_up() {
	guest_up && sysctl -qw net.ipv4.ip_forward=0 &&
		netemu-ctl switch add sw0 host-port off && netemu-ctl gateway add gw0 switch sw0 &&
		netemu-ctl port add g1 switch sw0
}

# Not in a subshell, whose child slirp4netns would be.
slirp_up() {
	local tries

	ip netns add guest || return 1
	slirp4netns --configure --netns-type=path --ready-fd=4 /run/netns/guest tap0 \
		4>/run/slirp.ready >/run/slirp.log 2>&1 &
	slirp=$!
	for ((tries = 0; tries < 100; tries++)); do
		[ ! -s /run/slirp.ready ] || return 0
		sleep 0.1
	done
	cat /run/slirp.log >&2
	return 1
}

gateway_up() {
	case $1 in
	nft-masquerade) nft_up ;;
	netemu-gateway) modprobe netemu_gw && netemu_up ;;
	slirp4netns) slirp_up ;;
	esac
}

gateway_down() {
	case $1 in
	nft-masquerade)
		nft delete table ip bench
		ip link del br0
		;;
	netemu-gateway)
		ip link del gw0
		ip link del sw0
		rmmod netemu_gw
		;;
	slirp4netns)
		kill "$slirp"
		wait "$slirp" 2>/dev/null
		;;
	esac
	ip netns del guest
	ip link del g1 2>/dev/null
}

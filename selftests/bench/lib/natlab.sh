# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A guest, the host as its gateway, and a server beyond it. Sourced by the rows
# that compare gateways, after lib.sh.
#
#	guest:g0 = g1 -+- bridge or switch -+- host:b1 = b0:far
#
#   gateway_up SUBJECT    guest and gateway: nft-masquerade (Linux bridge, routing
#                         and nftables), netemu-gateway, netemu-fastpath (the
#                         same with FASTPATH), slirp4netns, where the guest
#                         has tap0 instead of g0, or direct: no gateway, g1 is
#                         in far, which shows what both ends cost
#   gateway_down SUBJECT
#   serve, serve_end      what the guest asks for, in far
#   measure_gateway SUBJECT MIB
#
# A row may change these before:

FASTPATH=auto
SUFFIX=''		# of its rows' names

SERVER=198.51.100.2
ECHO=7
TCP=8

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

direct_up() {
	guest_up && ip link set g1 netns far && ip -n far address add 10.0.2.2/24 dev g1 &&
		ip -n far link set g1 up &&
		ip -n far route replace 10.0.2.0/24 dev g1 src $SERVER
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
	netemu-fastpath)
		modprobe netemu_gw && netemu_up && netemu-ctl gateway set gw0 fastpath $FASTPATH
		;;
	slirp4netns) slirp_up ;;
	direct) direct_up ;;
	esac
}

gateway_down() {
	case $1 in
	nft-masquerade)
		nft delete table ip bench
		ip link del br0
		;;
	netemu-gateway | netemu-fastpath)
		ip link del gw0
		ip link del sw0
		rmmod netemu_gw
		;;
	direct) ip -n far link del g1 ;;
	slirp4netns)
		kill "$slirp"
		wait "$slirp" 2>/dev/null
		;;
	esac
	ip netns del guest
	ip link del g1 2>/dev/null
}

serve() {
	ip netns exec far udpecho serve $ECHO &
	servers=$!
	ip netns exec far tcpcost serve $TCP &
	servers="$servers $!"
	sleep 0.1
}

serve_end() {
	# shellcheck disable=SC2086 # a list of process ids
	kill $servers
	# shellcheck disable=SC2086
	wait $servers 2>/dev/null
}

# runs ROW SUBJECT BYTES COMMAND...: in the guest, several times
runs() {
	local row=$1$SUFFIX subject=$2 bytes=$3 run value

	shift 3
	for ((run = 0; run < REPEAT; run++)); do
		if value=$(ip netns exec guest "$@" 2>&1); then
			sample "$row" "$subject" "$bytes" instructions "$value"
		else
			row_failed "$row" "$subject" "$bytes" "$value"
		fi
	done
}

# segments on|off: may the ends leave the cutting of segments to others?
segments() {
	local end=b0

	! ip -n far link show g1 >/dev/null 2>&1 || end=g1
	ip netns exec guest ethtool -K g0 tso "$1" gso "$1" >/dev/null &&
		ip netns exec far ethtool -K $end tso "$1" gso "$1" >/dev/null
}

measure_gateway() {
	local subject=$1 mib=$2

	runs round-trip "$subject" 18 udpecho ask $SERVER $ECHO 2000 18
	runs round-trip "$subject" 1454 udpecho ask $SERVER $ECHO 2000 1454
	runs tcp-up-kib "$subject" - tcpcost up $SERVER $TCP $((mib * 1024))
	runs tcp-down-kib "$subject" - tcpcost down $SERVER $TCP $((mib * 1024))
	# slirp4netns has a tap, which knows no offload anyway, and gives up
	# amid many short connections.
	[ "$subject" != slirp4netns ] || return 0
	runs connect "$subject" - tcpcost connect $SERVER $TCP 300
	try tcp-up-no-gso-kib "$subject" segments off
	runs tcp-up-no-gso-kib "$subject" - tcpcost up $SERVER $TCP $((mib * 256))
	runs tcp-down-no-gso-kib "$subject" - tcpcost down $SERVER $TCP $((mib * 256))
	segments on
}

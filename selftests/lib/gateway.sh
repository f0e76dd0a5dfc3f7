# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scenarios of the gateway share: guests behind it, the world beyond
# the host. Sourced after ksft.sh.
#
#	guest:eth0 = p-guest -+- swN -+- gwN   (host)   up0 = eth0:world
#
# The host is 198.51.100.1 and the world 198.51.100.2, which knows no route to
# the guests. The host forwards nothing and has no address in their networks.

# world_add: the other end of the host's uplink
world_add() {
	ip netns add world
	HOSTS="$HOSTS world"
	ip link add up0 type veth peer name eth0 netns world
	ip link set up0 up
	ip addr add 198.51.100.1/24 dev up0
	ip -n world link set lo up
	ip -n world link set eth0 up
	busywait ready up0
	busywait ready eth0 world
	ip -n world addr add 198.51.100.2/24 dev eth0
	ip route add default via 198.51.100.2
	sysctl -qw net.ipv4.ip_forward=0
}

# gateway_add N [KEY VALUE]...: switch swN with gateway gwN
gateway_add() {
	local n=$1

	ip link add "sw$n" type netemu
	ip link set "sw$n" up
	ip link add "gw$n" type netemu_gw
	ip link set "gw$n" up master "sw$n"
}

# guest_add NAME N [ADDRESS]: a guest on swN
guest_add() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip link add "p-$1" type veth peer name eth0 netns "$1"
	ip link set "p-$1" up master "sw$2"
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	busywait ready "p-$1"
	busywait ready eth0 "$1"
	[ -n "${3-}" ] || return 0
	ip -n "$1" addr add "$3/24" dev eth0
	ip -n "$1" route add default via 10.0.2.2
}

# network_guest NAME NETWORK: a guest without an address in a network
network_guest() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip link add "p-$1" type veth peer name eth0 netns "$1"
	netemu-ctl port add "p-$1" network "$2"
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	busywait ready "p-$1"
	busywait ready eth0 "$1"
}

# what_there_is: devices and networks, without what changes by itself
what_there_is() {
	ip -o link show | sed -E 's/(LOWER_UP|NO-CARRIER|M-DOWN)//g
		s/,+/,/g; s/<,/</; s/,>/>/; s/ state [A-Z]+//'
	netemu-ctl -j network show | jq -c 'map(del(.leases))'
}

# is FILTER ARGUMENT...: the JSON that the command prints fulfils the filter
is() {
	local json

	json=$(netemu-ctl -j "${@:2}") && [ -n "$json" ] && jq -e "$1" <<<"$json"
}

# kept: what a command that fails must leave as it is; a test says what that is.
kept() { :; }

# fails CODE TEXT ARGUMENT...: one sentence with the text, and nothing changed
fails() {
	local before rc=0 said

	before=$(kept)
	said=$(netemu-ctl "${@:3}" 2>&1) || rc=$?
	echo "$rc: $said"
	[ "$rc" = "$1" ] && [[ $said == *"$2"* ]] && [ "$(kept)" = "$before" ]
}

# gw_drops N REASON
gw_drops() { ethtool -S "gw$1" | sed -n "s/^ *drop_$2: //p"; }

# serve HOST PORT: a web server that says who asked; its page is "hello"
serve() {
	mkdir -p "$KSFT_SCRATCH/www"
	echo hello >"$KSFT_SCRATCH/www/page"
	ip netns exec "$1" busybox httpd -f -p "$2" -h "$KSFT_SCRATCH/www" &
	busywait listens_on "$1" "$2"
}

listens_on() { in_host "$1" ss -Hltn | grep -q ":$2 "; }

# asks HOST ADDRESS:PORT: for the page, once; gets: until it comes
asks() { [ "$(in_host "$1" timeout 20 busybox wget -q -O - "http://$2/page")" = hello ]; }
gets() { busywait asks "$@"; }

# iperf SERVER PORT GUEST ADDRESS [OPTION]...: one run of iperf3. Its server is
# waited for in the end: the next one needs the port.
iperf() {
	local server rc=0

	ip netns exec "$1" iperf3 -s -1 -p "$2" >/dev/null 2>&1 &
	server=$!
	busywait listens_on "$1" "$2"
	in_host "$3" timeout 200 iperf3 -c "$4" -p "$2" "${@:5}" || rc=$?
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	return "$rc"
}

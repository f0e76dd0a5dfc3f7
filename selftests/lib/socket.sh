# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scenarios of links share: switches with a guest, and stations that
# speak as QEMU's socket networks do. Sourced after ksft.sh.
#
# Stations are namespaces: eth0 has 192.0.2.N and 2001:db8::N.

# station NAME N SWITCH [HOST]: a guest on a switch, which may be one of another
# host
station() {
	host_add "$1" "$2"
	[ -z "${4-}" ] || ip link set "p-$1" netns "$4"
	ip ${4:+-n "$4"} link set "p-$1" up master "$3"
	busywait ready "p-$1" "${4-}"
	busywait ready eth0 "$1"
}

# member NAME N WORD...: a station behind a socket of this host, as QEMU makes it
member() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	lib/bin/qemusock "t-$1" "${@:3}" 2>"$KSFT_SCRATCH/qemusock-$1" &
	echo $! >"$KSFT_SCRATCH/pid-$1"
	busywait test -e "/sys/class/net/t-$1"
	ip link set "t-$1" netns "$1" name eth0
	in_host "$1" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	ip -n "$1" addr add "192.0.2.$2/24" dev eth0
	ip -n "$1" addr add "2001:db8::$2/64" dev eth0 nodad
	busywait ready eth0 "$1"
}

# member_dies NAME: at once, as a killed QEMU does
member_dies() { kill -9 "$(cat "$KSFT_SCRATCH/pid-$1")"; }

# other_host NAME: another host, joined to this one by wire0 (198.51.100.1 here and
# 198.51.100.2 there, 2001:db8:1::1 and ::2)
other_host() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip link add wire0 type veth peer name wire0 netns "$1"
	sysctl -qw net.ipv6.conf.wire0.disable_ipv6=0 net.ipv6.conf.wire0.accept_dad=0
	in_host "$1" sysctl -qw net.ipv6.conf.wire0.accept_dad=0
	ip link set wire0 up
	ip -n "$1" link set lo up
	ip -n "$1" link set wire0 up
	ip addr add 198.51.100.1/24 dev wire0
	ip -n "$1" addr add 198.51.100.2/24 dev wire0
	ip addr add 2001:db8:1::1/64 dev wire0 nodad
	ip -n "$1" addr add 2001:db8:1::2/64 dev wire0 nodad
	busywait ready wire0
	busywait ready wire0 "$1"
}

# all_arrive HOST ADDRESS [OPTION]...: ten pings, each answered once
all_arrive() {
	reaches "$1" "$2" || return 1
	in_host "$1" ping -A -c 10 -W 20 "${@:3}" "$2" | tee "$KSFT_SCRATCH/pings"
	grep -q "10 packets received, 0% packet loss" "$KSFT_SCRATCH/pings" &&
		! grep -qi dup "$KSFT_SCRATCH/pings"
}

# flow_passes FROM TO ADDRESS ROUNDS: each datagram arrives, once and unchanged
flow_passes() {
	local said=$KSFT_SCRATCH/flow receiver

	# The one before may have said that it is ready: this one has not begun yet.
	rm -f "$said"
	in_host "$2" lib/bin/flow receive 9000 "$4" >"$said" 2>&1 &
	receiver=$!
	busywait grep -q ready "$said" &&
		in_host "$1" lib/bin/flow send "$3" 9000 "$4" &&
		wait "$receiver" && return
	cat "$said"
	kill "$receiver" 2>/dev/null
	return 1
}

# serve_bytes HOST PORT: a web server with some bytes that nobody can guess
serve_bytes() {
	mkdir -p "$KSFT_SCRATCH/www"
	[ -e "$KSFT_SCRATCH/www/bytes" ] ||
		head -c 131072 /dev/urandom >"$KSFT_SCRATCH/www/bytes"
	ip netns exec "$1" busybox httpd -f -p "$2" -h "$KSFT_SCRATCH/www" &
	busywait in_host "$1" bash -c "ss -Hltn | grep -q ':$2 '"
}

# gets_bytes HOST ADDRESS:PORT: they arrive, the same
gets_bytes() {
	in_host "$1" timeout 100 busybox wget -q -O "$KSFT_SCRATCH/got" "http://$2/bytes" &&
		cmp "$KSFT_SCRATCH/got" "$KSFT_SCRATCH/www/bytes"
}

# count LINK NAME [HOST]: a number of ethtool -S
count() { ip netns exec "${3-$HERE}" ethtool -S "$1" | sed -n "s/^ *$2: //p"; }

# counts LINK NAME [HOST]: it is more than none
counts() { [ "$(count "$@")" -gt 0 ]; }

# count_is LINK NAME NUMBER
count_is() { [ "$(count "$1" "$2")" = "$3" ]; }

# received LINK FRAMES: so many
received() { [ "$(cat "/sys/class/net/$1/statistics/rx_packets")" = "$2" ]; }

# A name for where we are
HERE=here
ip netns attach "$HERE" $$
trap 'ip netns del "$HERE"; ksft_cleanup' EXIT

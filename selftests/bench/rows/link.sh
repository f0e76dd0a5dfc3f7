#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two switches joined by links over sockets of this host, from tap to tap, beside
# vde_switch, which has a tap at each end itself:
#
#	a1 - sw0 - link ~ socket ~ link - sw1 - b1
#
# One frame at a time in row "link", 32 at a time in row "link-32". Links that are
# connected to each other hand frames over; with "-socket" they do not.
#
# vm: timeout=400 memory=1024
. bench/lib.sh

# pass SUBJECT KIND FROM TO: frames of both sizes, alone and together
pass() {
	local subject=$1 together row bytes run ns

	shift
	for together in 1 32; do
		row="link"
		[ "$together" = 1 ] || row="link-$together"
		for bytes in $SIZES; do
			for ((run = 0; run < REPEAT; run++)); do
				if ns=$(framepass "$@" "$FRAMES" "$bytes" "$together" 2>&1); then
					sample "$row" "$subject" "$bytes" instructions "$ns"
				else
					row_failed "$row" "$subject" "$bytes" "$ns"
				fi
			done
		done
	done
}

# join SUBJECT: both links, the second one where the first one leads
join() {
	local shortcut=Y

	[[ $1 != *-socket ]] || shortcut=N
	echo $shortcut >/sys/module/netemu/parameters/shortcut
	case ${1%-socket} in
	netemu-mcast)
		netemu-ctl link add l0 mcast 230.0.0.1:6000 dev lo switch sw0 &&
			netemu-ctl link add l1 mcast 230.0.0.1:6000 dev lo switch sw1
		;;
	netemu-udp)
		netemu-ctl link add l0 udp 127.0.0.1:6001 local 127.0.0.1:6002 switch sw0 &&
			netemu-ctl link add l1 udp 127.0.0.1:6002 local 127.0.0.1:6001 switch sw1
		;;
	netemu-tcp)
		netemu-ctl link add l0 tcp listen 127.0.0.1:6003 switch sw0 &&
			netemu-ctl link add l1 tcp connect 127.0.0.1:6003 switch sw1
		;;
	netemu-unix)
		netemu-ctl link add l0 unix listen /run/link switch sw0 &&
			netemu-ctl link add l1 unix connect /run/link switch sw1
		;;
	esac
}

# between_switches SUBJECT
between_switches() {
	local subject=$1 n dev

	for n in 0 1; do
		dev=a1
		[ $n = 0 ] || dev=b1
		try link "$subject" ip tuntap add $dev mode tap &&
			try link "$subject" ip link set $dev up &&
			try link "$subject" netemu-ctl switch add sw$n host-port off &&
			try link "$subject" netemu-ctl port add $dev switch sw$n || return
	done
	if try link "$subject" join "$subject"; then
		pass "$subject" tap a1 b1
	fi
	ip link del l0
	ip link del l1
	rm -f /run/link
	ip link del sw0
	ip link del sw1
	ip link del a1
	ip link del b1
}

# Not a daemon, it would end with its input.
in_user_space() {
	try link vde vde_switch -daemon -pidfile /run/vde.pid -sock /run/vde \
		-tap v0 -tap v1 &&
		try link vde ip link set v0 up &&
		try link vde ip link set v1 up &&
		pass vde packet v0 v1
	kill "$(cat /run/vde.pid)"
	while [ -e /sys/class/net/v1 ]; do
		sleep 0.1
	done
}

row_start tun netemu && ip link set lo up || exit 1
in_user_space
for subject in netemu-mcast netemu-udp netemu-tcp netemu-tcp-socket netemu-unix \
	netemu-unix-socket; do
	between_switches $subject
done
row_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From tap to tap, as between two virtual machines: one write and one read per
# frame. Without and with the virtio header, and 64 KiB of TCP in one frame.
#
# vm: timeout=300 memory=1024
. bench/lib.sh

TSO_BYTES=65226		# headers and 45 whole segments of 1448 and 12 bytes

# tap_line ROW SUBJECT KIND BYTES
tap_line() {
	local run ns

	for ((run = 0; run < REPEAT; run++)); do
		if ns=$(framepass "$3" a1 b1 "$FRAMES" "$4" 2>&1); then
			sample "$1" "$2" "$4" instructions "$ns"
		else
			row_failed "$1" "$2" "$4" "$ns"
		fi
	done
}

# between_taps SUBJECT ROW KIND BYTES...
between_taps() {
	local subject=$1 row=$2 kind=$3 header=vnet_hdr dev bytes

	shift 3
	[ "$kind" != tap ] || header=
	for dev in a1 b1; do
		# shellcheck disable=SC2086 # one word or none
		try "$row" "$subject" ip tuntap add $dev mode tap $header &&
			try "$row" "$subject" ip link set $dev up || return
	done
	if try "$row" "$subject" subject_add "$subject" &&
		try "$row" "$subject" subject_join "$subject" a1 b1 &&
		try "$row" "$subject" tap_at "$subject"; then
		for bytes; do
			tap_line "$row" "$subject" "$kind" "$bytes"
		done
	fi
	subject_del "$subject"
	ip link del a1
	ip link del b1
}

# Nobody is behind b1 that could be learned.
tap_at() {
	local subject=$1

	[ "$subject" != netemu ] || subject=netemu-static
	subject_at "$subject" $MAC_B b1
}

row_start && modprobe tun || exit 1
SUBJECTS="mirred bridge ovs netemu"
for subject in $SUBJECTS; do
	between_taps $subject tap tap 60 1496
done
for subject in $SUBJECTS; do
	between_taps $subject tap-vnet vnet 60
done
FRAMES=2000
for subject in $SUBJECTS; do
	between_taps $subject tap-tso tso $TSO_BYTES
done
row_end

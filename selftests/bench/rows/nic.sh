#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An emulated e1000 in QEMU: ours on a switch, with doorbells that need no exit, with
# traps alone, and with interrupts by QEMU's own hands; and QEMU's own on a tap and a
# Linux bridge. Beside them QEMU's virtio card with vhost-net, on that bridge, which a
# guest has to have a driver for. The same guest drives all, see guest/nicguest.c:
# frames in bursts of 16, one at a time, and as many into the guest as there are. The
# floor is what the guest itself does, or the sender.
#
# vm: timeout=1500 memory=1536 guests=yes
. bench/lib.sh
. bench/lib/nicguest.sh

FRAMES=3000	# and in rounds of 1,000 to the guest: no backlog is that short

# count_events ROW SUBJECT BYTES GUESTLOAD-ARGUMENT...: exits of the guest, those of
# them to write a tail if our card counts them, and system calls of QEMU, in 1,000
# frames
count_events() {
	local row=$1 subject=$2 size=$3 exits syscalls doorbells=0

	shift 3
	[[ $subject != netemu* ]] || doorbells=$(guest_doorbells)
	exits=$(guest_exits)
	guest_syscalls on
	guestload "$@" >/dev/null
	syscalls=$(guest_syscalls off)
	exits=$(($(guest_exits) - exits))
	sample "$row-exits-1000" "$subject" "$size" instructions $((exits * 1000 / FRAMES))
	sample "$row-syscalls-1000" "$subject" "$size" instructions $((syscalls * 1000 / FRAMES))
	[[ $subject = netemu* ]] || return 0
	doorbells=$(($(guest_doorbells) - doorbells))
	sample "$row-doorbells-1000" "$subject" "$size" instructions $((doorbells * 1000 / FRAMES))
}

# load ROW SUBJECT BYTES GUESTLOAD-ARGUMENT...
load() {
	local row=$1 subject=$2 size=$3 run ns before

	shift 3
	guestload "$@" >/dev/null
	for ((run = 0; run < REPEAT; run++)); do
		before=${ARRIVE:+$(arrived)}
		if ! ns=$(guestload "$@" 2>&1); then
			row_failed "$row" "$subject" "$size" "$ns"
			return 1
		fi
		if [ -n "$ARRIVE" ] && [ $(($(arrived) - before)) != "$FRAMES" ]; then
			row_failed "$row" "$subject" "$size" \
				"$(($(arrived) - before)) frames arrived of $FRAMES"
			return 1
		fi
		sample "$row" "$subject" "$size" instructions $((ns / FRAMES))
	done
}

# sends LETTER SUBJECT: "t" or, without a card, "d"
sends() {
	local size burst row

	for size in $SIZES; do
		for burst in 16 1; do
			row=nic-burst
			[ $burst = 16 ] || row=nic-single
			load $row "$2" "$size" $NIC_SOCKET "$1 $FRAMES $burst $size"
			[ "$1" = d ] || count_events $row "$2" "$size" \
				$NIC_SOCKET "t $FRAMES $burst $size"
		done
	done
}

# A frame after a pause that is longer than a worker is patient, as the guest sees it:
# the write of the tail, and from that until the frame is gone.
first_after_pause() {
	local FRAMES=20

	load nic-first "$1" 60 $NIC_SOCKET "k $FRAMES 5000 0"
	load nic-first-done "$1" 60 $NIC_SOCKET "k $FRAMES 5000 1"
}

# receives SUBJECT: without a guest the floor
receives() {
	local size who=$NIC_SOCKET

	[ "$1" != floor ] || who=-
	for size in $SIZES; do
		pktgen_setup 0 a0 1000 "$size" $MAC_GUEST || return 1
		load nic-receive "$1" "$size" $who -p "r 1000 $((FRAMES / 1000))"
		[ "$1" = floor ] || count_events nic-receive "$1" "$size" \
			$who -p "r 1000 $((FRAMES / 1000))"
	done
}

# neighbour SUBJECT: what its card is plugged into
neighbour() {
	case $1 in
	netemu*) echo netemu-static ;;
	*) echo bridge ;;
	esac
}

# line SUBJECT: its card and two lines in one switch, and the guest started
line() {
	local static

	static=$(neighbour "$1")
	try nic "$1" nic_add "$1" && try nic "$1" subject_add "$static" &&
		try nic "$1" subject_join "$static" a1 b1 t0 &&
		try nic "$1" ip link set t0 up &&
		try nic "$1" subject_at "$static" $MAC_B b1 &&
		try nic "$1" subject_at "$static" $MAC_GUEST t0 &&
		guest_start "$1" && return
	row_failed nic "$1" - "no guest: $(head -n 1 /run/qemu.log)"
	return 1
}

with_guest() {
	if line "$1"; then
		[ "$1" != bridge ] || ARRIVE='' sends d floor
		sends t "$1"
		[ "$1" = vhost ] || first_after_pause "$1"
		ARRIVE='' receives "$1"
	fi
	guest_stop
	subject_del "$(neighbour "$1")"
	nic_del "$1"
}

row_start && line_up && modprobe -a tun vhost_net kvm_amd netemu_nic || exit 1
echo 0 >/sys/module/kvm/parameters/halt_poll_ns
subject_add floor
ARRIVE='' receives floor
subject_del floor
with_guest bridge
with_guest vhost
with_guest netemu
with_guest netemu-trap
with_guest netemu-no-kvm-intx
line_down
row_end

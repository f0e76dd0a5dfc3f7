#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "make demo": two unmodified QEMU guests on one netemu switch, inside the VM.
#
#   vm0 (virtio-net on a tap) --- sw0 --- (e1000 on a tap) vm1
#
# vm: timeout=600 guests=yes
. lib/guest.sh

points=8
n=0
rc=0

# point TEXT COMMAND...
point() {
	local text=$1 word=ok

	shift
	n=$((n + 1))
	"$@" || { word="not ok"; rc=1; }
	echo "$word $n - $text"
}

# show COMMAND...: as if typed
show() {
	echo "\$ $*"
	"$@"
}

# in_guest NAME COMMAND: as if typed in the guest
in_guest() {
	echo "$1# $2"
	guest_run "$1" "$2"
}

card() {
	echo "-netdev tap,id=n0,ifname=$1,script=no,downscript=no -device $2,netdev=n0,mac=$3"
}

switch_up() {
	show modprobe netemu &&
		show netemu-ctl switch add sw0 &&
		show netemu-ctl port add vm0 tap switch sw0 user tester &&
		show netemu-ctl port add vm1 tap switch sw0 user tester
}

guests_up() {
	echo "# two guests are booting, each started by the ordinary user \"tester\""
	guest_start vm0 "$(card vm0 virtio-net-pci 02:00:00:00:00:01)" tester
	guest_start vm1 "$(card vm1 e1000 02:00:00:00:00:02)" tester
	guest_wait vm0 && guest_wait vm1
}

copy() {
	local sent got

	in_guest vm0 "dd if=/dev/urandom of=/dev/shm/file bs=1M count=16 2>/dev/null"
	in_guest vm0 "httpd -p 80 -h /dev/shm"
	in_guest vm1 "wget -q -O /dev/shm/file http://192.0.2.1/file" || return 1
	sent=$(guest_run vm0 "sha256sum </dev/shm/file")
	got=$(guest_run vm1 "sha256sum </dev/shm/file")
	echo "vm0 sent     $sent"
	echo "vm1 received $got"
	[ -n "$sent" ] && [ "$sent" = "$got" ]
}

take_down() {
	guest_stop vm0
	guest_stop vm1
	show netemu-ctl port del vm0 &&
		show netemu-ctl port del vm1 &&
		show netemu-ctl switch del sw0 &&
		show rmmod netemu
}

export GUEST_TIMEOUT=300
echo "TAP version 13"
echo "1..$points"
point "a switch with two taps" switch_up
point "two guests boot" guests_up
point "vm0 (virtio-net) has an address" \
	in_guest vm0 "ip addr add 192.0.2.1/24 dev eth0 && ip link set eth0 up"
point "vm1 (e1000) has an address" \
	in_guest vm1 "ip addr add 192.0.2.2/24 dev eth0 && ip link set eth0 up"
point "they ping each other" in_guest vm0 "ping -c 4 192.0.2.2"
point "a file arrives unharmed" copy
point "the whole picture" show netemu-ctl show
point "everything goes away again" take_down
exit $rc

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What takes long with a guest on cards of ours: the picture is in lib/nic_guest.sh.
# Two-way traffic lasts a minute; "make check T=nic_long MINUTES=30" makes it
# thirty.
#
# vm: timeout=5400 guests=yes plain=no
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh
. lib/nic_guest.sh

export GUEST_MEMORY=768 GUEST_TIMEOUT=600
minutes=${NETEMU_MINUTES:-1}

# Its slot is 7.
rebinds() {
	guest 'cd /sys/bus/pci/drivers/e1000 || exit 1
		for i in $(seq 50); do
			echo 0000:00:07.0 >unbind && [ ! -e /sys/class/net/eth1 ] &&
				echo 0000:00:07.0 >bind && [ -e /sys/class/net/eth1 ] || exit 1
			[ $((i % 5)) != 0 ] || ip link set eth1 up || exit 1
		done'
}

# A server each for the two ways: neither waits for the other.
two_ways() {
	local seconds=$((minutes * 60)) out=$KSFT_SCRATCH/iperf rc=0

	guest "iperf3 -s -1 -D -p 5201; iperf3 -s -1 -D -p 5202"
	busywait guest "netstat -ltn | grep -q :5201 && netstat -ltn | grep -q :5202" || return 1
	far iperf3 -c 192.0.2.1 -p 5202 -R -t "$seconds" >"$out.up" &
	far iperf3 -c 192.0.2.1 -p 5201 -t "$seconds" >"$out.down" || rc=1
	wait $! || rc=1
	tail -n 4 "$out.up" "$out.down" >"$KSFT_SCRATCH/rates"
	cat "$KSFT_SCRATCH/rates"
	return "$rc"
}

ksft_start
if ! nic_available; then
	skip "a guest with a card of ours" "this kernel has no mediated devices"
	ksft_end
fi
check "two cards" lab_setup
check "a guest" lab_start
check "ping both ways" busywait pings
check "traffic both ways for $minutes min" two_ways
sed 's/^/# /' "$KSFT_SCRATCH/rates"
check "no hang, and no watchdog" no_hang
{ ethtool -S vm1; guest ethtool -S eth1; } | sed 's/^/# /'
check "256 MiB out of the guest arrive unchanged" sends 256
check "256 MiB into the guest arrive unchanged" receives 256
check "unbound and bound fifty times" rebinds
check "... it works" eval "address_eth1 && busywait pings"
check "no hang, and no watchdog" no_hang
check "QEMU has nothing to say" qemu_is_silent
guest_stop vm0
lab_end
ksft_end

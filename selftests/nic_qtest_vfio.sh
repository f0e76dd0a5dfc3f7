#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The card of the kernel beside QEMU's own: the same steps on both as in
# nic_qtest.sh, by QEMU over its qtest protocol, without a guest. QEMU reaches our
# card as it would for a guest, by vfio-pci. The table of differences is the same.
#
#   nic_steps -- QEMU -- vfio-pci -- card = c0 --tc-- w0 (tap) -- nic_steps
#
# vm: timeout=600 guests=yes debug=no
. lib/ksft.sh
. lib/nic.sh
. lib/qtest.sh

listed=nic_qtest.differences
# Each group starts QEMU twice, and phy depends on how fast that is: here are those
# in which most is the kernel's work, nic_qtest.sh has them all.
groups="registers transmit offload receive"
scratch=$KSFT_SCRATCH
export TMPDIR=$scratch

# redirect FROM TO
redirect() {
	tc qdisc add dev "$1" clsact &&
		tc filter add dev "$1" ingress matchall \
			action mirred egress redirect dev "$2"
}

# What one end receives the other sends, whatever it is. Nobody else speaks there.
wire() {
	sysctl -qw net.ipv6.conf.default.disable_ipv6=1 &&
		ip tuntap add w0 mode tap &&
		nic_create 1 && nic_set 1 netdev c0 &&
		nic_set 1 mac 52:54:00:12:34:56 &&
		sysctl -qw net.ipv6.conf.c0.disable_ipv6=1 &&
		sysctl -qw net.ipv6.conf.default.disable_ipv6=0 &&
		ip link set w0 up && ip link set c0 up &&
		redirect w0 c0 && redirect c0 w0
}

# steps GROUP: on both cards
steps() {
	fuzz/nic_steps "$1" "${qemu[@]}" "${qemu_card[@]}" >"$scratch/qemu" &&
		NIC_WIRE=w0 NIC_WORKER=netemu-c0 fuzz/nic_steps "$1" "${qemu[@]}" \
			-device "vfio-pci,sysfsdev=$NIC_DEVICES/$(nic_uuid 1),rombar=0,addr=4" \
			>"$scratch/ours"
}

ksft_start
if ! nic_available; then
	skip "our card and QEMU's by the same steps" "this kernel has no mediated devices"
	ksft_end
fi
modprobe netemu_nic
qtest_qemu
check "a card and its wire" wire
for group in $groups; do
	check "$group: the steps can be taken" steps "$group"
	check "$group: differs as listed" differ_as_listed "$group"
done
check "the card goes" nic_remove 1
ip link del w0
check "the module goes" rmmod netemu_nic
ksft_end

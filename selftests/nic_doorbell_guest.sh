#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The stock Linux driver in a guest of KVM, with doorbells that need no exit: traffic
# both ways, hash against hash, while the registers of the rings are memory and
# nobody leaves the guest to write them; the end of things meanwhile; and the same
# card where QEMU takes the mapping away at each interrupt. The picture is in
# lib/nic_guest.sh.
#
# vm: timeout=1200 guests=yes plain=no debug=no
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh
. lib/nic_guest.sh

export GUEST_MEMORY=256

# What the guest left KVM for to ring, on both cards' rings.
rings_trapped() { echo $(($(counter vm1 trapped_tdt) + $(counter vm1 trapped_rdt))); }

frames() { awk -v dev="vm1:" '$1 == dev { print $3 + $11 }' /proc/net/dev; }

# without_exits COMMAND...: no doorbell is a trap, and of many frames hardly one is a
# page fault
without_exits() {
	local trapped polls kicks frames

	trapped=$(rings_trapped)
	polls=$(counter vm1 doorbell_polls)
	kicks=$(counter vm1 doorbell_kicks)
	frames=$(frames)
	"$@" || return 1
	trapped=$(($(rings_trapped) - trapped))
	polls=$(($(counter vm1 doorbell_polls) - polls))
	kicks=$(($(counter vm1 doorbell_kicks) - kicks))
	frames=$(($(frames) - frames))
	echo "$frames frames: $polls times seen in memory, $kicks page faults, $trapped traps"
	[ "$trapped" = 0 ] && [ "$polls" -gt 100 ] && [ $((kicks * 10)) -lt "$frames" ]
}

rang() { [ "$(counter vm1 doorbell_kicks)" -gt 0 ] && [ "$(counter vm1 doorbell_zaps)" -gt 0 ]; }

# All is sent: the guest reads the same of the ring's head and of its tail.
registers_agree() {
	[ "$(guest ethtool -d eth1 | awk '/TDH|TDT/ { print $NF }' | uniq | wc -l)" = 1 ]
}

restarts() {
	guest "ip link set eth1 down && ip link set eth1 up" && busywait pings
}

flows() { more 'counter vm1 interrupts' "$1" true; }
guest_has() { guest "[ -e /sys/class/net/$1 ]"; }
guest_has_not() { guest "[ ! -e /sys/class/net/$1 ]"; }

# Under traffic, with the pages mapped.
unplugs() {
	guest_monitor vm0 device_del card1
	busywait carrier_is vm1 0 && busywait guest_has_not eth1
}

plug() {
	guest_monitor vm0 "device_add $(nic_device 1 "$CARD1_AT$1")"
	busywait guest_has eth1 && address_eth1 && busywait pings
}

show_counters() { ethtool -S vm1 | grep -E 'doorbell|trapped|interrupts' | sed 's/^/# /'; }

ksft_start
if ! nic_available; then
	skip "a guest with doorbells" "this kernel has no mediated devices"
	ksft_end
fi
check "a card on a network, one on a switch" lab_setup
check "QEMU takes them, and the guest's driver" lab_start tester
check "an address by DHCP" gets_lease
check "the gateway answers" pings_gateway
check "ping both ways on the other card" pings
check "the guest was given registers as memory" rang
check "8 MiB out of the guest, and no doorbell is an exit" without_exits sends 8
check "8 MiB into the guest, and no doorbell is an exit" without_exits receives 8
check "the guest reads its registers as they are" busywait registers_agree
check "the driver starts anew" restarts
check "the driver saw no hang" no_hang
show_counters
guest "ethtool -t eth1 offline" 2>&1 | sed 's/^/# its own test: /'
check "whatever its own test says, the card works" busywait pings
traffic_start
check "traffic flows" busywait flows "$(counter vm1 interrupts)"
check "unplugged meanwhile" unplugs
traffic_stop
check "and plugged in again, for QEMU to unmask its interrupts" plug ,x-no-kvm-intx=on
check "4 MiB out of the guest" sends 4
check "4 MiB into the guest" receives 4
check "the driver saw no hang" no_hang
show_counters
check "QEMU has nothing to say" qemu_is_silent
traffic_start
guest_kill vm0
check "killed with kill -9 meanwhile, the carrier goes" busywait carrier_is vm1 0
kill "$pinging"
lab_end
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A guest with cards of ours reboots five times, as the guest asks for it and as
# QEMU's monitor does: each time the driver finds its card as after power-on. The
# picture is in lib/nic_guest.sh.
#
# vm: timeout=1800 guests=yes plain=no
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh
. lib/nic_guest.sh

export GUEST_MEMORY=256

# While frames arrive: a card that was not reset would write them into memory that
# is the next kernel's.
traffic_start() {
	far ping -q -i 0.01 192.0.2.255 >/dev/null 2>&1 &
	talker=$!
}

traffic_stop() {
	kill "$talker"
	wait "$talker" 2>/dev/null
	return 0
}

# reboots HOW: what the guest has to do before, and then it is up again
reboots() {
	case $1 in
	guest) printf 'run 0\nreboot -f\nend 0\n' >"$NIC_OF_GUEST/port.in" ;;
	*) guest_monitor vm0 system_reset ;;
	esac
	guest_wait vm0 && address_eth1
}

# The addresses of the cards' own EEPROM, and a link.
cards_are_fresh() {
	guest 'cat /sys/class/net/eth0/address /sys/class/net/eth1/address' |
		tr '\n' ' ' | grep -qx '02:00:00:00:00:01 02:00:00:00:00:02 ' &&
		busywait guest_carrier_is eth1 1
}

ksft_start
if ! nic_available; then
	skip "a guest with a card of ours" "this kernel has no mediated devices"
	ksft_end
fi
check "two cards" lab_setup
check "a guest" lab_start tester "-action reboot=reset"
check "ping both ways" busywait pings
for round in 1 2 3 4 5; do
	traffic_start
	how=guest
	[ $((round % 2)) = 1 ] || how=monitor
	check "reboot $round, by the $how" reboots "$how"
	traffic_stop
	check "... the cards are as new" cards_are_fresh
	check "... ping both ways" busywait pings
	check "... 1 MiB out of the guest arrives unchanged" sends 1
	check "... 1 MiB into the guest arrives unchanged" receives 1
done
check "no hang, and no watchdog" no_hang
check "QEMU has nothing to say" qemu_is_silent
guest_stop vm0
lab_end
ksft_end

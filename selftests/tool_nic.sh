#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netemu-ctl nic: cards made, plugged in, changed, shown and removed.
# vm: timeout=240 debug=no
. lib/ksft.sh
. lib/nic.sh

UUID=01234567-89ab-4cde-8f01-23456789abcd

ctl() { netemu-ctl "$@"; }
field() { ctl -j nic show "$1" | jq -r ".[0].$2"; }
field_is() { [ "$(field "$1" "$2")" = "$3" ]; }
exists() { [ -e "/sys/class/net/$1" ]; }
names() { ctl -j nic show | jq -r 'map(.name) | join(" ")'; }
master_of() { ip -j link show dev "$1" | jq -r '.[0].master'; }
device_of() { echo "/dev/vfio/$(field "$1" group)"; }

prints_uuid() {
	local uuid

	uuid=$(ctl nic add vm1 model e1000) || return 1
	[[ $uuid = ????????-????-4???-????-???????????? ]] && field_is vm1 uuid "$uuid"
}

# The machine has no udev of its own.
start_udev() {
	(exec -a systemd-udevd udevadm --debug >"$KSFT_SCRATCH/udev.log" 2>&1) &
	udev=$!
	busywait udevadm control --ping
}

stop_udev() {
	kill "$udev"
	wait "$udev"
	rm -rf /run/udev
}

udev_sees() {
	udevadm trigger -v --action=add --settle "/sys/class/vfio/${1##*/}"
}

# The rule of another package would give the file to root.
udev_keeps() {
	mkdir -p /run/udev/rules.d
	echo 'SUBSYSTEM=="vfio", OWNER="root", GROUP="root", MODE="0600"' \
		>/run/udev/rules.d/50-other.rules
	start_udev && udev_sees "$1" && owned_by "$1" tester:root
}

udev_follows() {
	local ret

	echo "$(id -u tester) $(id -g tester)" >"/sys/bus/mdev/devices/$UUID/owner" &&
		busywait owned_by "$1" tester:tester
	ret=$?
	stop_udev
	return $ret
}

owned_by() { [ "$(stat -c %U:%G "$1")" = "$2" ]; }

rolled_back() {
	! ctl nic add vm9 model e1000 switch sw0 uuid "$1" mac 02:00:00:00:00:09 2>/run/said || return 1
	cat /run/said
	! exists vm9 && [ "$(names)" = "vm0 vm1" ]
}


ksft_start
if ! nic_available; then
	check "a kernel without mediated devices is told" \
		has "! ctl nic models" "mediated devices"
	ksft_end
fi
check "models, and the module is loaded for it" has "ctl nic models" 82540EM
check "as JSON" eval '[ "$(ctl -j nic models | jq -r ".[].name" | grep -x e1000)" ]'
check "with what is known of it" eval \
	'[ "$(ctl -j nic models | jq -c ".[] | select(.name == \"e1000\") | [.pci, .speed, .interrupts, .features]")" = "[\"8086:100e\",1000,\"intx\",[\"checksum\",\"tso\",\"vlan\"]]" ]'
check "no card" eval '[ "$(ctl -j nic show)" = "[]" ]'
ctl switch add sw0
check "a card on a switch" eval \
	'[ "$(ctl nic add vm0 model e1000 switch sw0 mac 02:00:00:00:00:01 uuid $UUID user tester)" = $UUID ]'
check "is a port" eval '[ "$(master_of vm0)" = sw0 ]'
check "is up" eval '[ "$(cat /sys/class/net/vm0/flags)" = 0x1003 ] || ip link show vm0 | grep -q UP'
check "nobody has it" field_is vm0 state closed
check "has its address" field_is vm0 mac 02:00:00:00:00:01
check "its device file is the user's" eval '[ "$(stat -c %U "$(device_of vm0)")" = tester ]'
check "which udev is told" eval \
	'[ "$(cat /sys/bus/mdev/devices/$UUID/owner)" = "$(id -u tester) 0" ]'
check "udev, asked to see to the file, leaves it to the user" udev_keeps "$(device_of vm0)"
check "and to whom the attribute says" udev_follows "$(device_of vm0)"
check "a card without a switch, with a UUID of its own" prints_uuid
check "both are shown" eval '[ "$(names)" = "vm0 vm1" ]'
check "the switch's port is a NIC" has "ctl port show vm0" "vm0: nic on sw0"
check "and the other one stands in the picture" has "ctl show" vm1
check "with words for QEMU" has "ctl -d nic show vm0" "vfio-pci,sysfsdev=/sys/bus/mdev/devices/$UUID"
check "for mdevctl" has "ctl -d nic show vm0" "mdevctl define"
check "and for libvirt" has "ctl -d nic show vm0" "uuid='$UUID'"
check "with what it counted" eval \
	'[ "$(ctl -s -j nic show vm0 | jq ".[0].counters | has(\"drop_closed\")")" = true ]'
check "and what went through its net device" eval \
	'[ "$(ctl -s -j nic show vm0 | jq ".[0].stats.rx_packets")" = 0 ] && has "ctl -s nic show vm0" "received 0 packets"'
check "... which is no part of it without -s" eval \
	'[ "$(ctl -j nic show vm0 | jq ".[0] | has(\"counters\")")" = false ]'
check "the cable is pulled" eval 'ctl nic set vm0 link down && field_is vm0 link down'
check "and plugged in" eval 'ctl nic set vm0 link up && field_is vm0 link up'
check "autonegotiation is fast" field_is vm0 autoneg_ms 2
check "and settable" eval 'ctl nic set vm0 autoneg-ms 1500 && field_is vm0 autoneg_ms 1500'
check "as is said" has "ctl -d nic show vm0" "takes 1500 ms"
refuse "but not to nothing" ctl nic set vm0 autoneg-ms 0
check "doorbells need no exit" field_is vm0 doorbell auto
check "unless they are to" eval 'ctl nic set vm0 doorbell trap && field_is vm0 doorbell trap'
check "as is said" has "ctl -d nic show vm0" "doorbell trap"
refuse "there is no other way" ctl nic set vm0 doorbell never
check "exits are counted" eval \
	'[ "$(ctl -s -j nic show vm0 | jq ".[0].counters | [.trapped_tdt, .doorbell_kicks]" -c)" = "[0,0]" ]'
refuse "nor for ever" ctl nic set vm0 autoneg-ms 60001
check "by the kernel, too" eval \
	'! echo 60001 >/sys/bus/mdev/devices/$UUID/autoneg_ms && field_is vm0 autoneg_ms 1500'
check "another address" eval 'ctl nic set vm1 mac 02:00:00:00:00:02 && field_is vm1 mac 02:00:00:00:00:02'
check "the same address twice is reported" has "ctl nic set vm1 mac 02:00:00:00:00:01" "same MAC"
check "--may-exist" ctl nic add vm1 --may-exist model e1000
refuse "a name twice" ctl nic add vm1 model e1000
check "a UUID twice is refused, nothing is left" rolled_back "$UUID"
refuse "no such model" ctl nic add vm9 model e9000
refuse "no such switch" ctl nic add vm9 model e1000 switch sw9
refuse "a UUID that is none" ctl nic add vm9 model e1000 uuid 1234
refuse "a multicast address" ctl nic add vm9 model e1000 mac 01:00:00:00:00:01
refuse "no model" ctl nic add vm9
check "nothing of that is left" eval '[ "$(names)" = "vm0 vm1" ]'
check "a network has cards as well" eval 'ctl network add lab && ctl nic add vm2 model e1000 network lab >/run/uuid'
check "which are no way to other networks" eval '[ "$(master_of vm2)" = lab ]'
check "cards go" eval 'ctl nic del vm0 && ctl nic del vm1 && ctl nic del vm2 && ! exists vm0'
refuse "once only" ctl nic del vm0
check "--if-exists" ctl nic del --if-exists vm0
ctl network del lab
ctl switch del sw0
check "the module goes" rmmod netemu_nic
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A card's life without a virtual machine: it is made and goes by sysfs, its net
# device with it, and what can be set is set in any order.
# vm: timeout=240
. lib/ksft.sh
. lib/nic.sh

exists() { [ -e "/sys/class/net/$1" ]; }
is() { [ "$(nic_get 1 "$1")" = "$2" ]; }
sw_port() { ip -j link show dev "$1" | jq -er '.[0].master'; }
kind_is() { [ "$(ip -d -j link show dev "$1" | jq -r '.[0].linkinfo.info_kind')" = "$2" ]; }

types_say() {
	[ "$(cat $NIC_TYPE-e1000/device_api)" = vfio-pci ] &&
		grep -q 82540EM $NIC_TYPE-e1000/description &&
		[ "$(cat $NIC_TYPE-e1000/available_instances)" = "$1" ]
}

# The attributes in one order and in the other.
set_forwards() {
	nic_set 1 mac 02:00:00:00:00:01 && nic_set 1 link down &&
		nic_set 1 netdev vm0
}

set_backwards() {
	nic_set 1 netdev vm1 && nic_set 1 link up &&
		nic_set 1 mac 02:00:00:00:00:02
}

refused_values() {
	local value

	for value in 01:00:00:00:00:01 00:00:00:00:00:00 nonsense 02:00:00:00:00; do
		! nic_set 1 mac $value || return 1
	done 2>/dev/null
	for value in a/b 'a b' "$(printf '%020d' 1)" lo; do
		! nic_set 1 netdev "$value" || return 1
	done 2>/dev/null
	! nic_set 1 link sideways 2>/dev/null || return 1
	is mac 02:00:00:00:00:02 && is netdev vm1 && is link up
}

# Made anew, a card has the address it had: it comes of its UUID.
same_address() {
	local mac

	mac=$(nic_get 1 mac)
	nic_remove 1 && nic_create 1 && nic_create 2 || return 1
	[[ $mac = 52:54:00:* ]] && is mac "$mac" && [ "$(nic_get 2 mac)" != "$mac" ]
}

renames_only_unused() {
	local name

	name=$(nic_get 1 netdev)
	ip link set "$name" up || return 1
	! nic_set 1 netdev other 2>/dev/null || return 1
	ip link set "$name" down
	nic_set 1 netdev other && exists other && not exists "$name"
}

namespace_gives_back() {
	ip netns add away && ip link set dev other netns away &&
		ip -n away link set other up && not exists other || return 1
	ip netns del away
	busywait eval 'exists "$(nic_get 1 netdev)"' &&
		[ "$(cat /sys/class/net/"$(nic_get 1 netdev)"/flags)" = 0x1002 ]
}

many() {
	local i

	for ((i = 10; i < 60; i++)); do
		nic_create $i || return 1
	done
	for ((i = 10; i < 60; i += 2)); do
		nic_remove $i || return 1
	done
}

ksft_start
if ! nic_available; then
	skip "cards" "this kernel has no mediated devices"
	ksft_end
fi
check "the module loads by the name of the kind" eval \
	'! ip link add vm0 type netemu_nic 2>/run/said; cat /run/said; [ -d /sys/module/netemu_nic ]'
check "ip link add is told how a card is made" grep -q 'nic add' /run/said
check "the type says what it is" types_say 1024
check "a card is made" nic_create 1
check "there is one less to be had" types_say 1023
check "it has a net device" exists "$(nic_get 1 netdev)"
check "of its kind" kind_is "$(nic_get 1 netdev)" netemu_nic
check "attributes are set" set_forwards
check "and read" eval "is mac 02:00:00:00:00:01 && is link down && is netdev vm0 && is opener ''"
check "attributes are set in another order" set_backwards
check "and read" eval "is mac 02:00:00:00:00:02 && is link up && is netdev vm1"
check "what makes no sense is refused, and nothing changes" refused_values
refuse "ip link del does not delete it" ip link del vm1
check "it has no carrier" eval 'ip link set vm1 up && [ "$(cat /sys/class/net/vm1/carrier)" = 0 ]; ip link set vm1 down'
nic_remove 1
check "a card that goes takes its net device along" not exists vm1
nic_create 1
check "an address of its own, and always the same" same_address
check "a net device in use keeps its name" renames_only_unused
check "a namespace that ends gives the net device back, down" namespace_gives_back
check "many cards" many
check "the module goes with all of them" rmmod netemu_nic
check "nothing is left" eval '! ls /sys/class/net | grep -q nemunic; ! ls $NIC_DEVICES | grep -q .'
ksft_end

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Emulated cards by hand, without the tool: what mdevctl does too. Sourced.

NIC_TYPE=/sys/class/mdev_bus/netemu/mdev_supported_types/netemu
NIC_DEVICES=/sys/bus/mdev/devices

# nic_available: does this kernel have what the cards need?
nic_available() { modprobe -n -q netemu_nic && modprobe -n -q mdev; }

# nic_uuid N: a card's name
nic_uuid() { printf '00000000-0000-4000-8000-%012x' "$1"; }

# nic_create N [MODEL]
nic_create() { nic_uuid "$1" >"$NIC_TYPE-${2-e1000}/create"; }

nic_remove() { echo 1 >"$NIC_DEVICES/$(nic_uuid "$1")/remove"; }

# nic_set N ATTRIBUTE VALUE
nic_set() { echo "$3" >"$NIC_DEVICES/$(nic_uuid "$1")/$2"; }

nic_get() { cat "$NIC_DEVICES/$(nic_uuid "$1")/$2"; }

# nic_device N [,OPTION...]: what QEMU makes a device of
nic_device() {
	printf 'vfio-pci,sysfsdev=%s/%s,rombar=0%s' "$NIC_DEVICES" "$(nic_uuid "$1")" "${2-}"
}

# nic_option N [,OPTION...]: for QEMU's command line
nic_option() { printf -- '-device %s' "$(nic_device "$@")"; }

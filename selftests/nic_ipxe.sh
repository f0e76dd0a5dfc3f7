#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# iPXE, the ROM that QEMU brings for its own e1000, on cards of ours: by its own
# driver, which knows no interrupts, it gets an address from a network of ours,
# and the file to boot from the host.
#
#   old (machine pc, in a slot) -------------------- vm0 --+
#                                                          lab -- gateway -- host
#   new (machine q35, behind a PCI Express port) --- vm1 --+    httpd on 127.0.0.1
#
# The machines are emulated in full: these are also cards without KVM. They are
# those of an ordinary user.
#
# vm: timeout=900 guests=yes debug=short plain=6.12
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh

export GUEST_ACCEL="-accel tcg -cpu max" GUEST_MEMORY=64

BOOTFILE=http://10.0.2.2:8080/boot
ROM=/usr/share/qemu/efi-e1000.rom

screen() { tr -d '\r' <"$GUEST_DIR/$1/console"; }
screen_has() { screen "$1" | grep -qaE -- "$2"; }

# 64 KiB of remarks, then a word that only who has read them all can say.
write_bootfile() {
	local i

	mkdir -p "$KSFT_SCRATCH/www"
	{
		echo '#!ipxe'
		for ((i = 0; i < 1024; i++)); do
			printf '# %061d\n' $i
		done
		echo "echo read all at \${net0/ip}."
	} >"$KSFT_SCRATCH/www/boot"
}

serves() { ss -Hltn | grep -q 127.0.0.1:8080; }

setup() {
	modprobe netemu &&
		netemu-ctl network add lab host-access loopback bootfile "$BOOTFILE" &&
		netemu-ctl nic add vm0 model e1000 mac 02:00:00:00:00:01 network lab user tester &&
		netemu-ctl nic add vm1 model e1000 mac 02:00:00:00:00:02 network lab user tester &&
		write_bootfile || return 1
	busybox httpd -f -p 127.0.0.1:8080 -h "$KSFT_SCRATCH/www" &
	busywait serves
}

# card NAME [OPTION]: as "netemu-ctl -d nic show" says, but with a ROM
card() {
	local uuid

	uuid=$(netemu-ctl -j nic show "$1" | jq -r '.[0].uuid')
	echo "-device vfio-pci,sysfsdev=$NIC_DEVICES/$uuid,romfile=$ROM${2-}"
}

# until_screen_has NAME PATTERN: as long as the machine lives, and the runner waits
until_screen_has() {
	until screen_has "$@"; do
		guest_alive "$1" || { guest_log "$1"; return 1; }
		usleep 200000
	done
}

# leased NAME MAC: it has the address that it says it has
leased() {
	local address

	address=$(screen "$1" | sed -n 's/^read all at \(.*\)\.$/\1/p')
	netemu-ctl -j lease show lab |
		jq -e --arg address "$address" --arg mac "$2" \
			'any(.[]; .address == $address and .mac == $mac)'
}

qemu_is_silent() { not grep . "$GUEST_DIR/$1/qemu.log"; }

# booted NAME MAC WHERE
booted() {
	check "$3: iPXE reads its file to the end" until_screen_has "$1" '^read all at'
	check "... by its driver for this card" screen_has "$1" "$2 using 82540em"
	check "... as a guest of the network" screen_has "$1" '/255\.255\.255\.0 gw 10\.0\.2\.2'
	check "... with an address leased to it" leased "$1" "$2"
	check "... and QEMU has nothing to say" qemu_is_silent "$1"
	screen "$1" | grep -aE 'net0|http' | sed 's/^/# /'
	guest_stop "$1"
}

ksft_start
if ! nic_available; then
	skip "iPXE on a card of ours" "this kernel has no mediated devices"
	ksft_end
fi
check "a network with two cards, and a file to boot" setup
GUEST_MACHINE=pc
guest_boot old "$(card vm0)" tester
if [ -z "${NETEMU_SHORT-}" ]; then
	GUEST_MACHINE=q35
	guest_boot new "-device pcie-root-port,id=slot1,chassis=1,slot=1 $(card vm1 ,bus=slot1)" tester
fi
booted old 02:00:00:00:00:01 "in an old slot"
[ -n "${NETEMU_SHORT-}" ] ||
	booted new 02:00:00:00:00:02 "behind a PCI Express port"
check "the cards go" eval 'netemu-ctl nic del vm0 && netemu-ctl nic del vm1'
check "the network goes" netemu-ctl network del lab
check "the modules go" rmmod netemu_nic netemu_gw
ksft_end

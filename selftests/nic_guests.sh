#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unmodified QEMU with the stock Linux driver on a card of ours.
#
#   vm0 (e1000 of netemu_nic) -- vm0 = sw0 -- h0 ~veth~ h1 (namespace "far")
#   192.0.2.1                                             192.0.2.254
#
# The guest has a second card, QEMU's own e1000, only to be compared with.
#
# On 6.12 the guest runs without KVM, where QEMU unmasks interrupts by itself, and
# does less: it is slow.
#
# vm: timeout=1500 guests=yes debug=no
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh

export GUEST_MEMORY=256
slow=''
if [ "$NETEMU_KERNEL" = 6.12 ]; then
	slow=yes
	export GUEST_ACCEL="-accel tcg -cpu max" GUEST_BOOT_TIMEOUT=900 GUEST_TIMEOUT=300
fi

far() { ip netns exec far "$@"; }

setup() {
	modprobe netemu && modprobe netemu_nic &&
		nic_create 1 && nic_set 1 netdev vm0 &&
		nic_set 1 mac 02:00:00:00:00:01 &&
		netemu-ctl switch add sw0 &&
		netemu-ctl port add vm0 switch sw0 &&
		ip netns add far &&
		ip link add h0 type veth peer name h1 netns far &&
		netemu-ctl port add h0 switch sw0 &&
		far ip addr add 192.0.2.254/24 dev h1 &&
		far ip link set h1 up
}

# start_guest [USER]
start_guest() {
	guest_start vm0 "$(nic_option 1)
		-netdev socket,id=n1,udp=127.0.0.1:9,localaddr=127.0.0.1:9999
		-device e1000,netdev=n1,romfile=" "$@"
	guest_wait vm0 &&
		guest_run vm0 "ip addr add 192.0.2.1/24 dev eth0; ip link set eth0 up"
}

# Configuration space of both cards, but for addresses and the interrupt's number.
same_identity() {
	guest_run vm0 'for card in /sys/bus/pci/devices/*; do
			[ "$(cat $card/device)" = 0x100e ] || continue
			n=$((n + 1))
			hexdump -v -e "1/1 \"%02x\n\"" $card/config |
				sed "17,24d;61d" >/tmp/config.$n
		done
		diff /tmp/config.1 /tmp/config.2'
}

self_test() {
	guest_run vm0 "ethtool -t eth0 offline" | tee /dev/stderr | grep -q 'result is PASS'
}

# A user who may open the group, and lock sixteen pages.
start_as_user() {
	chown tester "/dev/vfio/$(basename "$(readlink -f "$NIC_DEVICES/$(nic_uuid 1)/iommu_group")")"
	ulimit -l 64
	start_guest tester
}

counter() { ethtool -S vm0 | awk -v name="$1:" '$1 == name { print $2 }'; }

qemu_is_silent() { ! grep . "$GUEST_DIR/vm0/qemu.log"; }

has_address() { guest_run vm0 "cat /sys/class/net/eth0/address" | grep -qx 02:00:00:00:00:01; }

carrier_is() { [ "$(cat /sys/class/net/vm0/carrier)" = "$1" ]; }
guest_carrier_is() { [ "$(guest_run vm0 cat /sys/class/net/eth0/carrier)" = "$1" ]; }

pings() { guest_run vm0 ping -c 3 -W 10 192.0.2.254 && far ping -c 3 -W 10 192.0.2.1; }

# transfer FROM-COMMAND TO-COMMAND URL: 16 MiB by HTTP, hash against hash
sends() {
	local sent got

	sent=$(guest_run vm0 "mkdir -p /tmp/www && cd /tmp/www &&
		head -c 16777216 /dev/urandom >data && httpd -p 5000 -h /tmp/www &&
		sha256sum <data") || return 1
	got=$(far wget -q -O - http://192.0.2.1:5000/data | sha256sum)
	guest_run vm0 "rm /tmp/www/data; killall httpd"
	[ "$got" = "$sent" ]
}

receives() {
	local sent got

	mkdir -p /tmp/www
	head -c 16777216 /dev/urandom >/tmp/www/data
	sent=$(sha256sum </tmp/www/data)
	far netstat -ltn | grep -q :5001 || far busybox httpd -p 5001 -h /tmp/www
	got=$(guest_run vm0 "wget -q -O - http://192.0.2.254:5001/data | sha256sum")
	[ "$got" = "$sent" ]
}

counters() { ethtool -S vm0; guest_run vm0 "ethtool -S eth0; dmesg | tail -n 5"; }

no_hang() { ! guest_run vm0 dmesg | grep -E 'Hang|NETDEV WATCHDOG|timed out'; }

ksft_start
if ! nic_available; then
	skip "a guest with a card of ours" "this kernel has no mediated devices"
	ksft_end
fi
check "a card as a port of a switch" setup
check "no virtual machine, no carrier" carrier_is 0
check "QEMU takes it, and the guest's driver" start_guest
check "QEMU has nothing to say" qemu_is_silent
check "the guest has the address given" has_address
check "the carrier is there" busywait carrier_is 1
check "the guest sees the link" busywait guest_carrier_is 1
check "ping both ways" pings
if [ -z "$slow" ]; then
	check "16 MiB out of the guest arrive unchanged" sends
	check "16 MiB into the guest arrive unchanged" receives
fi
nic_set 1 link down
check "a pulled cable is seen by the guest" busywait guest_carrier_is 0
nic_set 1 link up
check "and plugged in again" busywait guest_carrier_is 1
check "ping again" pings
check "the driver saw no hang" no_hang
check "configuration space is that of QEMU's card" same_identity
if [ -z "$slow" ]; then
	check "the driver's own test of the card passes" self_test
	check "and leaves it working" busywait pings
fi
counters | sed 's/^/# /'
guest_kill vm0
check "killed, the carrier goes" busywait carrier_is 0
if [ -z "$slow" ]; then
	check "a user without locked memory to speak of" start_as_user
	check "sends all the same" sends
	check "and receives" receives
	check "by other ways" [ "$(counter copies_bounced)" -gt 0 ]
	guest_stop vm0
fi
check "the card goes" nic_remove 1
netemu-ctl port del h0
netemu-ctl switch del sw0
check "the module goes" rmmod netemu_nic
ksft_end

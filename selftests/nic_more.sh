#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More guests with cards of ours: several on one switch, one whose memory grows and
# shrinks under traffic, and one where QEMU unmasks interrupts by itself. The
# picture of the one is in lib/nic_guest.sh; the several are
#
#   vm0 (e1000 of netemu_nic) --+
#   vm2 (e1000 of netemu_nic) --+-- sw0 -- h0 ~veth~ h1 (namespace "far")
#   tap0 (virtio-net, tap) -----+
#   192.0.2.10, .12, .13                           192.0.2.254
#
# vm: timeout=2400 guests=yes plain=no
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh
. lib/nic_guest.sh

export GUEST_BOOT_TIMEOUT=600 GUEST_TIMEOUT=600

# ---- several guests ---------------------------------------------------------

several_setup() {
	modprobe netemu && switch_setup &&
		netemu-ctl nic add vm0 model e1000 switch sw0 mac 02:00:00:00:00:10 uuid "$(nic_uuid 0)" &&
		netemu-ctl nic add vm2 model e1000 switch sw0 mac 02:00:00:00:00:12 uuid "$(nic_uuid 2)" &&
		netemu-ctl port add tap0 tap switch sw0
}

# started NAME OPTIONS ADDRESS
started() {
	guest_start "$1" "$2"
	guest_wait "$1" &&
		guest_run "$1" "ip addr add $3/24 dev eth0 && ip link set eth0 up"
}

several_start() {
	started vm0 "$(nic_option 0)" 192.0.2.10 &&
		started vm2 "$(nic_option 2)" 192.0.2.12 &&
		started tap0 "-netdev tap,id=n0,ifname=tap0,script=no,downscript=no
			-device virtio-net-pci,netdev=n0,mac=02:00:00:00:00:13" 192.0.2.13
}

all_pings() {
	local from to

	for from in vm0 vm2 tap0; do
		for to in 10 12 13 254; do
			guest_run $from ping -c 1 -W 10 192.0.2.$to || return 1
		done
	done
}

# passes FROM TO NUMBER-OF-FROM: 16 MiB, hash against hash
passes() {
	local sent got

	sent=$(guest_run "$1" "mkdir -p /tmp/www && cd /tmp/www &&
		head -c 16777216 /dev/urandom >data && httpd -p 5000 -h /tmp/www &&
		sha256sum <data") || return 1
	got=$(guest_run "$2" "wget -q -O - http://192.0.2.$3:5000/data | sha256sum")
	guest_run "$1" "rm /tmp/www/data; killall httpd"
	[ "$got" = "$sent" ]
}

several_end() {
	local name

	for name in vm0 vm2 tap0; do
		guest_stop $name
	done
	check "cards and tap go" eval 'netemu-ctl nic del vm0 && netemu-ctl nic del vm2 &&
		netemu-ctl port del tap0 && netemu-ctl port del h0 && netemu-ctl switch del sw0'
	ip netns pids far | xargs -r kill -9
	ip netns del far
	check "the module goes" rmmod netemu_nic
}

test_several() {
	export GUEST_MEMORY=256
	check "two cards and a tap on a switch" several_setup
	check "three guests" several_start
	check "everybody pings everybody" busywait all_pings
	check "16 MiB from card to card" passes vm0 vm2 10
	check "16 MiB from card to tap" passes vm2 tap0 12
	check "16 MiB from tap to card" passes tap0 vm0 13
	several_end
}

# ---- memory that comes and goes ---------------------------------------------

# Both send what the other one hashes, again and again, until /tmp/go is gone.
hashing_start() {
	head -c 524288 /dev/urandom >/tmp/www/hashed
	sha256sum </tmp/www/hashed >/tmp/want.in
	: >/tmp/far.sums
	guest "mkdir -p /tmp/www && cd /tmp/www && head -c 524288 /dev/urandom >hashed &&
		httpd -p 5000 -h /tmp/www && sha256sum <hashed && touch /tmp/go &&
		: >/tmp/sums && (while [ -e /tmp/go ]; do
			wget -q -O - http://192.0.2.254:5001/hashed | sha256sum >>/tmp/sums
		done >/dev/null 2>&1 &)" >/tmp/want.out || return 1
	touch /tmp/go
	(
		while [ -e /tmp/go ]; do
			far wget -q -O - http://192.0.2.1:5000/hashed | sha256sum >>/tmp/far.sums
		done
	) >/dev/null 2>&1 &
	hashing=$!
}

# hashed WANT GOT: there are some, and they are what they have to be
hashed() {
	[ "$(sort -u "$2" | grep .)" = "$(cat "$1")" ] || { sort "$2" | uniq -c; return 1; }
}

guest_is_done() { guest 'rm -f /tmp/go; ! pidof wget'; }

hashing_end() {
	rm -f /tmp/go
	wait "$hashing"
	check "... and what the guest sent arrived unchanged" hashed /tmp/want.out /tmp/far.sums
	check "... the traffic ends" busywait guest_is_done
	guest "cat /tmp/sums; killall httpd; rm -r /tmp/www /tmp/sums" >/tmp/guest.sums
	check "... and what it got, too" hashed /tmp/want.in /tmp/guest.sums
	wc -l /tmp/far.sums /tmp/guest.sums | sed 's/^/# /'
	rm -f /tmp/www/hashed
}

# sums_more THAN: so many more went out of the guest
sums_more() { [ "$(wc -l </tmp/far.sums)" -gt "$1" ]; }

# goes_on: traffic passes after what was done
goes_on() {
	local now

	now=$(wc -l </tmp/far.sums)
	busywait sums_more $((now + 1))
}

# memory_is MIB: within 48 of it, above what there was at first
guest_memory() { guest "sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo"; }
memory_is() {
	local more=$((($(guest_memory) - first) / 1024 - $1))

	[ "${more#-}" -lt 48 ]
}

# changes TEXT MIB COMMAND...: by a command to QEMU, the guest has so much more than
# at first, and traffic goes on
changes() {
	guest_monitor vm0 "${@:3}"
	check "$1" busywait memory_is "$2"
	echo "# $(guest_memory) kB"
	check "... and traffic goes on" goes_on
}

test_memory() {
	local first

	export GUEST_MEMORY=384,slots=4,maxmem=2G
	check "two cards" lab_setup
	check "a guest with a balloon and virtio-mem" lab_start tester \
		"-device virtio-balloon-pci,id=balloon
		-object memory-backend-ram,id=extra,size=256M
		-device virtio-mem-pci,id=mem,memdev=extra,requested-size=0"
	guest "modprobe virtio_balloon; modprobe virtio_mem
		echo online_movable >/sys/devices/system/memory/auto_online_blocks"
	first=$(guest_memory)
	echo "# $first kB"
	check "traffic both ways" hashing_start
	changes "128 MiB are plugged in" 128 "object_add memory-backend-ram,id=more,size=128M
device_add pc-dimm,id=dimm,memdev=more"
	changes "256 MiB come by virtio-mem" 384 \
		qom-set /machine/peripheral/mem requested-size 256M
	changes "they go" 128 qom-set /machine/peripheral/mem requested-size 0
	changes "the balloon takes 192 MiB" -64 balloon 320
	changes "the balloon gives them back" 128 balloon 512
	hashing_end
	check "the driver saw no hang" no_hang
	check "QEMU has nothing to say" qemu_is_silent
	ethtool -S vm1 | sed 's/^/# /'
	guest_stop vm0
}

# ---- interrupts without KVM's help ------------------------------------------

# As QEMU does it where KVM can't: each interrupt comes by QEMU's own thread, and is
# unmasked by the guest's next access.
test_without_intx() {
	local option=,x-no-kvm-intx=on

	export GUEST_MEMORY=256
	guest_start vm0 "$(nic_option 0 "$CARD0_AT$option") $(nic_option 1 "$CARD1_AT$option")"
	check "interrupts without KVM: a guest" guest_wait vm0
	check "... with an address" address_eth1
	check "... and one by DHCP" gets_lease
	check "... ping" busywait pings
	check "... 4 MiB out" sends 4
	check "... 4 MiB in" receives 4
	check "... no hang" no_hang
	check "... and QEMU has nothing to say" qemu_is_silent
	guest_stop vm0
}

ksft_start
if ! nic_available; then
	skip "guests with cards of ours" "this kernel has no mediated devices"
	ksft_end
fi
test_several
test_memory
test_without_intx
lab_end
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "make demo": two unmodified QEMU guests on one netemu network, inside the VM.
#
#   vm0 (virtio-net on a tap) ---+--- lab --- lab-gw   (host)   up0 --- world
#   vm1 (e1000 on a tap) --------+
#
# The world is a namespace with a web server that only its own DNS server knows.
#
# vm: timeout=600 guests=yes
. lib/guest.sh

points=12
n=0
rc=0

# point TEXT COMMAND...
point() {
	local text=$1 word=ok

	shift
	n=$((n + 1))
	"$@" || { word="not ok"; rc=1; }
	echo "$word $n - $text"
}

# show COMMAND...: as if typed
show() {
	echo "\$ $*"
	"$@"
}

# in_guest NAME COMMAND: as if typed in the guest
in_guest() {
	echo "$1# $2"
	guest_run "$1" "$2"
}

card() {
	echo "-netdev tap,id=n0,ifname=$1,script=no,downscript=no -device $2,netdev=n0,mac=$3"
}

world() { ip netns exec world "$@"; }

# The host has an address and a resolver, as any host. It forwards nothing.
world_up() {
	ip netns add world &&
		ip link add up0 type veth peer name eth0 netns world &&
		ip addr add 198.51.100.1/24 dev up0 &&
		ip link set up0 up &&
		ip -n world addr add 198.51.100.2/24 dev eth0 &&
		ip -n world link set lo up &&
		ip -n world link set eth0 up || return 1
	mkdir -p /run/www
	echo "Hello from outside." >/run/www/index.html
	world busybox httpd -p 80 -h /run/www
	world dnsmasq -u root -C /dev/null -x /run/dnsmasq.pid --no-resolv --no-hosts \
		--address=/www.example.test/198.51.100.2
	echo "nameserver 198.51.100.2" >/etc/resolv.conf
}

network_up() {
	show modprobe netemu &&
		show netemu-ctl network add lab &&
		show netemu-ctl port add vm0 tap network lab user tester &&
		show netemu-ctl port add vm1 tap network lab user tester
}

guests_up() {
	echo "# two guests are booting, each started by the ordinary user \"tester\""
	guest_start vm0 "$(card vm0 virtio-net-pci 02:00:00:00:00:01)" tester
	guest_start vm1 "$(card vm1 e1000 02:00:00:00:00:02)" tester
	guest_wait vm0 && guest_wait vm1
}

address() {
	guest_run "$1" "ip -4 -o addr show dev eth0" | sed -nE 's/.* inet ([0-9.]+).*/\1/p'
}

page() {
	in_guest "$1" "wget -q -O - http://www.example.test/" | tee /run/page
	grep -q "Hello from outside" /run/page
}

copy() {
	local sent got

	in_guest vm0 "dd if=/dev/urandom of=/dev/shm/file bs=1M count=16 2>/dev/null"
	in_guest vm0 "httpd -p 80 -h /dev/shm"
	in_guest vm1 "wget -q -O /dev/shm/file http://$(address vm0)/file" || return 1
	sent=$(guest_run vm0 "sha256sum </dev/shm/file")
	got=$(guest_run vm1 "sha256sum </dev/shm/file")
	echo "vm0 sent     $sent"
	echo "vm1 received $got"
	[ -n "$sent" ] && [ "$sent" = "$got" ]
}

take_down() {
	guest_stop vm0
	guest_stop vm1
	show netemu-ctl network del lab &&
		show netemu-ctl port del vm0 &&
		show netemu-ctl port del vm1 &&
		show modprobe -r netemu_gw netemu || return 1
	kill "$(cat /run/dnsmasq.pid)"
	ip netns del world
}

export GUEST_TIMEOUT=300
echo "TAP version 13"
echo "1..$points"
point "a world with a web server that only its DNS server knows" world_up
point "a network with two taps" network_up
point "two guests boot" guests_up
point "vm0 (virtio-net) gets an address by DHCP" in_guest vm0 "udhcpc -n -q -t 20 -i eth0"
point "vm1 (e1000) gets another" in_guest vm1 "udhcpc -n -q -t 20 -i eth0"
point "they ping each other" in_guest vm0 "ping -c 4 $(address vm1)"
point "vm0 fetches a page from outside by name" page vm0
point "vm1 does" page vm1
point "a file arrives unharmed" copy
point "the network" show netemu-ctl network show lab
point "the whole picture" show netemu-ctl -s show
point "everything goes away again" take_down
exit $rc

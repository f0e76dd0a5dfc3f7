#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The bench itself: two guests, one of them of an ordinary user, on the kernel's
# own bridge. Tells a broken bench from a broken switch.
#
#   vm0 (virtio-net, tap, vhost) --+
#                                  br0 --- 192.0.2.254
#   vm1 (e1000, tap of "tester") --+
#
# vm: timeout=300 guests=yes debug=no plain=no
. lib/guest.sh

n=0
rc=0

point() {
	local text=$1 word=ok

	shift
	n=$((n + 1))
	"$@" || { word="not ok"; rc=1; }
	echo "$word $n - $text"
}

tap() {
	ip tuntap add dev "$1" mode tap ${2:+user "$2"}
	ip link set "$1" up master br0
}

code_is() {
	local want=$1 got=0

	shift
	"$@" || got=$?
	[ "$got" = "$want" ]
}

card() {
	echo "-netdev tap,id=n0,ifname=$1,script=no,downscript=no$3 -device $2,netdev=n0,mac=$4"
}

echo "TAP version 13"
echo "1..10"
modprobe tun
modprobe bridge
ip link add br0 type bridge
ip addr add 192.0.2.254/24 dev br0
ip link set br0 up
tap vm0
tap vm1 tester
guest_accel
guest_start vm0 "$(card vm0 virtio-net-pci ,vhost=on 02:00:00:00:00:01)"
guest_start vm1 "$(card vm1 e1000 "" 02:00:00:00:00:02)" tester
echo "# $GUEST_ACCEL"
start=$SECONDS
point "the first guest takes commands" guest_wait vm0
point "the second guest takes commands" guest_wait vm1
echo "# guests up after $((SECONDS - start)) s"
point "addresses on vm0" guest_run vm0 "ip addr add 192.0.2.1/24 dev eth0; ip link set eth0 up"
point "addresses on vm1" guest_run vm1 "ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up"
point "the first guest pings the second" guest_run vm0 ping -c 3 -W 5 192.0.2.2
point "the second guest pings the bridge" guest_run vm1 ping -c 3 -W 5 192.0.2.254
point "an exit code comes back" code_is 7 guest_run vm0 exit 7
guest_kill vm0
point "a killed guest is gone" code_is 125 guest_run vm0 true
guest_start vm0 "$(card vm0 virtio-net-pci ,vhost=on 02:00:00:00:00:01)"
point "it starts again" guest_wait vm0
guest_stop vm0
guest_stop vm1
point "a stopped guest is gone" code_is 125 guest_run vm1 true
exit $rc

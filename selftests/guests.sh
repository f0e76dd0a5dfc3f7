#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unmodified QEMU guests with stock drivers on one switch.
#
#   vm0 (virtio-net, tap, vhost-net) --+
#                                      sw0 -- h0 ~veth~ h1 (namespace "far")
#   vm1 (e1000, tap of "tester") ------+       192.0.2.254
#   192.0.2.1, 192.0.2.2
#
# vm: timeout=900 mem=1792 guests=yes debug=short plain=6.1
. lib/guest.sh

export GUEST_MEMORY=384
n=0
rc=0

# point TEXT COMMAND...: one test point; a failure shows where things stand.
point() {
	local text=$1 word=ok

	shift
	n=$((n + 1))
	"$@" || { word="not ok"; rc=1; }
	echo "$word $n - $text"
	[ "$word" = ok ] || {
		netemu-ctl -s show 2>&1 | sed 's/^/# /'
		bridge fdb show dev sw0 2>&1 | sed 's/^/# /'
	}
}

far() { ip netns exec far "$@"; }

# until_true SECONDS COMMAND...
until_true() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

port_state() { netemu-ctl -j port show "$1" | jq -r '.[0].state'; }
port_state_is() { [ "$(port_state "$1")" = "$2" ]; }

start_vm0() {
	guest_start vm0 "-netdev tap,id=n0,ifname=vm0,script=no,downscript=no,vhost=on
		-device virtio-net-pci,netdev=n0,mac=02:00:00:00:00:01"
}

start_vm1() {
	guest_start vm1 "-netdev tap,id=n0,ifname=vm1,script=no,downscript=no
		-device e1000,netdev=n0,mac=02:00:00:00:00:02" tester
}

# address GUEST IP
address() {
	guest_run "$1" "ip addr add $2/24 dev eth0; ip link set eth0 up"
}

all_pairs() {
	guest_run vm0 ping -c 3 -W 5 192.0.2.2 &&
		guest_run vm1 ping -c 3 -W 5 192.0.2.1 &&
		guest_run vm0 ping -c 3 -W 5 192.0.2.254 &&
		guest_run vm1 ping -c 3 -W 5 192.0.2.254 &&
		far ping -c 3 -W 5 192.0.2.1 &&
		far ping -c 3 -W 5 192.0.2.2
}

no_duplicates() {
	local out

	out=$(guest_run vm0 ping -c 10 -i 0.2 -W 5 192.0.2.2) || return 1
	echo "$out"
	! grep -q DUP <<<"$out"
}

# iperf FROM TO-ADDRESS TO [OPTIONS]
iperf() {
	local from=$1 address=$2 to=$3

	shift 3
	guest_run "$to" "iperf3 -s -1 -D" || return 1
	guest_run "$from" "for i in 1 2 3 4 5; do
		iperf3 -c $address -t 3 $* && exit 0; sleep 1; done; exit 1"
}

# transfer FROM TO ADDRESS-OF-FROM
transfer() {
	local from=$1 to=$2 address=$3 sent got

	sent=$(guest_run "$from" "mkdir -p /tmp/www && cd /tmp/www &&
		head -c 4194304 /dev/urandom >data &&
		httpd -p 5000 -h /tmp/www && sha256sum <data") || return 1
	got=$(guest_run "$to" "wget -q -O - http://$address:5000/data |
		tee /tmp/got | sha256sum; wc -c </tmp/got; rm /tmp/got") || return 1
	guest_run "$from" "rm /tmp/www/data; killall httpd"
	sed 's/^/# sent /' <<<"$sent"
	sed 's/^/# got  /' <<<"$got"
	[ -n "$sent" ] && [ "$got" = "$sent"$'\n'4194304 ]
}

# What a capture on a port shows while a guest pings.
capture_sees() {
	local device=$1 filter=$2 pid seen

	shift 2
	# What the one before said is no word of this one.
	rm -f /run/capture.log
	timeout 120 tcpdump -i "$device" -c 1 -nn "$filter" >/run/capture 2>/run/capture.log &
	pid=$!
	until_true 60 grep -q 'listening on' /run/capture.log || return 1
	"$@" || return 1
	wait "$pid"
	seen=$?
	sed 's/^/# /' /run/capture
	return "$seen"
}

# An e1000 starts anew with another MTU: its link is down for a while.
set_mtu() {
	local dev

	for dev in vm0 vm1 h0; do
		ip link set "$dev" mtu "$1" || return 1
	done
	far ip link set h1 mtu "$1" &&
		guest_run vm0 ip link set eth0 mtu "$1" &&
		guest_run vm1 ip link set eth0 mtu "$1" &&
		[ "$(cat /sys/class/net/sw0/mtu)" = "$1" ] &&
		until_true 90 guest_run vm0 ping -c 1 -W 2 192.0.2.2
}

big_pings() {
	guest_run vm0 ping -c 2 -W 5 -s 8900 192.0.2.2 &&
		guest_run vm1 ping -c 2 -W 5 -s 8900 192.0.2.254 &&
		far ping -c 2 -W 5 -s 8900 192.0.2.1
}

large_frames_seen() {
	guest_run vm0 "iperf3 -s -1 -D" || return 1
	capture_sees vm0 "greater 3000 and tcp" \
		far iperf3 -c 192.0.2.1 -t 3
}

killed_port_is_disabled() {
	guest_kill vm0
	until_true 60 port_state_is vm0 disabled
}

restart_and_ping() {
	start_vm0
	guest_wait vm0 && address vm0 192.0.2.1 &&
		port_state_is vm0 forwarding &&
		guest_run vm0 ping -c 3 -W 5 192.0.2.2 &&
		far ping -c 3 -W 5 192.0.2.1
}

# A kernel thread on 6.1, a thread of QEMU's own since 6.4.
vhost_runs() { grep -sq '^vhost-' /proc/[0-9]*/task/[0-9]*/comm; }

learned_at() {
	bridge fdb show dev sw0 | grep "$1" | grep -q "via $2"
}

setup() {
	modprobe netemu || return 1
	netemu-ctl switch add sw0 &&
		netemu-ctl port add vm0 tap switch sw0 &&
		netemu-ctl port add vm1 tap switch sw0 user tester &&
		ip netns add far &&
		ip link add h0 type veth peer name h1 netns far &&
		netemu-ctl port add h0 switch sw0 &&
		far ip addr add 192.0.2.254/24 dev h1 &&
		far ip link set h1 up
}

echo "TAP version 13"
if [ "${NETEMU_SHORT-}" = 1 ]; then
	echo "1..8"
else
	echo "1..20"
fi
point "switch, two taps and a veth" setup
guest_accel
echo "# $GUEST_ACCEL"
start_vm0
start_vm1
point "guest with virtio-net and vhost-net boots" guest_wait vm0
point "guest with e1000 of an ordinary user boots" guest_wait vm1
address vm0 192.0.2.1
address vm1 192.0.2.2
point "everybody pings everybody" all_pairs
point "the switch knows who is where" eval "learned_at 02:00:00:00:00:01 vm0 &&
	learned_at 02:00:00:00:00:02 vm1"
if [ "${NETEMU_SHORT-}" != 1 ]; then
	point "vhost-net serves vm0" vhost_runs
	point "no reply comes twice" no_duplicates
	point "tcpdump on the port sees a guest's ping" \
		capture_sees vm0 "icmp and src 192.0.2.1" guest_run vm0 ping -c 3 -W 5 192.0.2.2
	point "tcpdump on the switch sees it too" \
		capture_sees sw0 "icmp and src 192.0.2.1" guest_run vm0 ping -c 3 -W 5 192.0.2.2
	point "iperf3 from virtio-net to e1000" iperf vm0 192.0.2.2 vm1
	point "iperf3 from e1000 to virtio-net" iperf vm0 192.0.2.2 vm1 -R
	point "iperf3 over UDP" iperf vm0 192.0.2.2 vm1 -u -b 5M
	point "large frames reach vm0 whole" large_frames_seen
	point "4 MiB from virtio-net to e1000 arrive unchanged" transfer vm0 vm1 192.0.2.1
	point "4 MiB from e1000 to virtio-net arrive unchanged" transfer vm1 vm0 192.0.2.2
	point "the switch follows an MTU of 9000" set_mtu 9000
	point "jumbo frames pass between all" \
		capture_sees vm1 "icmp and greater 8900" big_pings
fi
point "a killed guest leaves a disabled port" killed_port_is_disabled
point "started again it is reached at once" restart_and_ping
guest_stop vm0
guest_stop vm1
point "taps stay, and go by port del" eval 'netemu-ctl port del vm0 &&
	netemu-ctl port del vm1 && netemu-ctl port del h0 &&
	! ip link show vm0 >/dev/null 2>&1 && ip link show h0 >/dev/null 2>&1'
netemu-ctl switch del sw0
exit $rc

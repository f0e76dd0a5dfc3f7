# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests with a guest on cards of ours share. Sourced after ksft.sh,
# guest.sh and nic.sh.
#
#   eth0 = vm0 -- lab (a network: gateway, DHCP)       10.0.2.0/24
#   eth1 = vm1 -- sw0 -- h0 ~veth~ h1 (namespace "far")
#   192.0.2.1                                          192.0.2.254
#
# Slots 3, 7 and 11 have one interrupt line on a "pc".

CARD0_AT=,id=card0,addr=3
CARD1_AT=,id=card1,addr=7

NIC_OF_GUEST=$GUEST_DIR/vm0

far() { in_host far "$@"; }
guest() { guest_run vm0 "$@"; }

# lab_setup: the modules, two cards of the user "tester", and their peers
lab_setup() {
	modprobe netemu && modprobe netemu_nic &&
		netemu-ctl network add lab &&
		netemu-ctl nic add vm0 model e1000 network lab user tester \
			mac 02:00:00:00:00:01 uuid "$(nic_uuid 0)" &&
		switch_setup &&
		netemu-ctl nic add vm1 model e1000 switch sw0 user tester \
			mac 02:00:00:00:00:02 uuid "$(nic_uuid 1)"
}

# switch_setup: sw0 with a host behind it, that serves /tmp/www
switch_setup() {
	netemu-ctl switch add sw0 &&
		ip netns add far &&
		ip link add h0 type veth peer name h1 netns far &&
		netemu-ctl port add h0 switch sw0 &&
		far ip link set lo up &&
		far ip addr add 192.0.2.254/24 dev h1 &&
		far ip link set h1 up &&
		mkdir -p /tmp/www || return 1
	HOSTS="$HOSTS far"
	far busybox httpd -p 5001 -h /tmp/www
}

lab_end() {
	check "the cards go" eval 'netemu-ctl nic del vm0 &&
		netemu-ctl nic del --if-exists vm1'
	check "the network goes" netemu-ctl network del lab
	netemu-ctl port del h0
	netemu-ctl switch del sw0
	check "the modules go" rmmod netemu_nic netemu_gw
}

# lab_start [USER] [OPTIONS]: a guest with both cards, until it takes commands and
# has an address on eth1
lab_start() {
	guest_start vm0 "$(nic_option 0 "$CARD0_AT") $(nic_option 1 "$CARD1_AT") ${2-}" \
		"${1-tester}"
	guest_wait vm0 && address_eth1
}

address_eth1() {
	guest "ip addr replace 192.0.2.1/24 dev eth1 && ip link set eth1 up"
}

# gets_lease: by DHCP, on eth0
gets_lease() { guest "udhcpc -i eth0 -n -q -t 30 -T 2" | grep '^eth0: 10\.0\.2\.'; }
pings_gateway() { guest ping -c 2 -i 0.2 -W 10 10.0.2.2; }

pings() {
	guest ping -c 2 -i 0.2 -W 10 192.0.2.254 &&
		far ping -c 2 -i 0.2 -W 10 192.0.2.1
}

# sends MIB: by HTTP, hash against hash
sends() {
	local sent got

	sent=$(guest "mkdir -p /tmp/www && cd /tmp/www &&
		head -c $(($1 << 20)) /dev/urandom >data && httpd -p 5000 -h /tmp/www &&
		sha256sum <data") || return 1
	got=$(far wget -q -O - http://192.0.2.1:5000/data | sha256sum)
	guest "rm /tmp/www/data; killall httpd"
	[ "$got" = "$sent" ]
}

receives() {
	local sent got

	head -c $(($1 << 20)) /dev/urandom >/tmp/www/data
	sent=$(sha256sum </tmp/www/data)
	got=$(guest "wget -q -O - http://192.0.2.254:5001/data | sha256sum")
	rm /tmp/www/data
	[ "$got" = "$sent" ]
}

# Traffic both ways on eth1 until it is told to stop.
traffic_start() {
	head -c 4194304 /dev/urandom >/tmp/www/data
	loading=$(guest "(trap 'kill \$w; exit' TERM
		while :; do wget -q -O /dev/null http://192.0.2.254:5001/data & w=\$!; wait \$w; done) \
		>/dev/null 2>&1 & echo \$!")
	far ping -q -i 0.01 -s 1400 192.0.2.1 >/dev/null 2>&1 &
	pinging=$!
}

traffic_stop() {
	kill "$pinging" 2>/dev/null
	wait "$pinging" 2>/dev/null
	guest kill "$loading"
	rm -f /tmp/www/data
}

# iperf [OPTION]...: between far, which asks, and the guest. The server says when it
# listens only by doing so.
iperf_far() {
	guest "iperf3 -s -1 -D" || return 1
	busywait guest "netstat -ltn | grep -q :5201" || return 1
	far timeout -k 5 "${IPERF_TIMEOUT:-300}" iperf3 -c 192.0.2.1 "$@"
}

# counter DEVICE NAME: of the host's end of a card
counter() { ethtool -S "$1" | awk -v name="$2:" '$1 == name { print $2 }'; }

# guest_counter NAME: of the guest's driver, on eth1
guest_counter() {
	guest ethtool -S eth1 | awk -v name="$1:" '$1 == name { print $2 }'
}

qemu_is_silent() { not grep . "$NIC_OF_GUEST/qemu.log"; }
no_hang() { not guest "dmesg | grep -E 'Hang|NETDEV WATCHDOG|timed out|reset adapter'"; }
carrier_is() { [ "$(cat "/sys/class/net/$1/carrier")" = "$2" ]; }
guest_carrier_is() { [ "$(guest cat "/sys/class/net/$1/carrier")" = "$2" ]; }

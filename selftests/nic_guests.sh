#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unmodified QEMU with the stock Linux driver on two cards of ours: what a guest
# does with a card, in one boot. The picture is in lib/nic_guest.sh; the guest has a
# third card, QEMU's own e1000, to be compared with and to share the interrupt line.
#
# QEMU is an ordinary user's, and may lock as much memory as such a user may.
#
# On 6.12 the guest runs without KVM, where QEMU unmasks interrupts by itself, and
# does less: it is slow.
#
# The second card traps each access, as the driver's own test of its registers needs
# it to; nic_doorbell_guest is about those that do not.
#
# vm: timeout=1500 guests=yes debug=no
. lib/ksft.sh
. lib/guest.sh
. lib/nic.sh
. lib/nic_guest.sh

export GUEST_MEMORY=256
slow=''
if [ "$NETEMU_KERNEL" = 6.12 ]; then
	slow=yes
	export GUEST_ACCEL="-accel tcg -cpu max" GUEST_BOOT_TIMEOUT=900 GUEST_TIMEOUT=300
fi

OTHER="-netdev socket,id=n1,udp=127.0.0.1:9,localaddr=127.0.0.1:9999
	-device e1000,netdev=n1,romfile=,addr=b,mac=02:00:00:00:00:03"

# ---- the card itself --------------------------------------------------------

address_is() { [ "$(guest cat "/sys/class/net/$1/address")" = "$2" ]; }

# Configuration space of all cards, but for addresses and the interrupt's number.
same_identity() {
	guest 'for card in /sys/bus/pci/devices/*; do
			[ "$(cat $card/device)" = 0x100e ] || continue
			n=$((n + 1))
			hexdump -v -e "1/1 \"%02x\n\"" $card/config |
				sed "17,24d;61d" >/tmp/config.$n
		done
		diff /tmp/config.1 /tmp/config.3 && diff /tmp/config.2 /tmp/config.3'
}

one_line() { guest grep eth0 /proc/interrupts | grep eth1 | grep eth2; }

# The card is looped back on itself, while the wire goes on talking.
self_test() {
	local before rc=0 talker

	before=$(tx_packets vm1)
	far ping -q -i 0.01 192.0.2.255 >/dev/null 2>&1 &
	talker=$!
	guest "ethtool -t eth1 offline" | tee /dev/stderr | grep -q 'result is PASS' || rc=1
	kill "$talker"
	wait "$talker" 2>/dev/null
	[ "$rc" = 0 ] && [ "$(tx_packets vm1)" -gt "$((before + 10))" ]
}

tx_packets() { cat "/sys/class/net/$1/statistics/tx_packets"; }

# ---- traffic ----------------------------------------------------------------

vlan_setup() {
	guest "ip link add link eth1 name eth1.5 type vlan id 5 &&
		ip addr add 192.0.3.1/24 dev eth1.5 && ip link set eth1.5 up" &&
		far ip link add link h1 name h1.5 type vlan id 5 &&
		far ip addr add 192.0.3.254/24 dev h1.5 &&
		far ip link set h1.5 up
}

vlan_pings() {
	guest ping -c 2 -i 0.2 -W 10 192.0.3.254 &&
		far ping -c 2 -i 0.2 -W 10 192.0.3.1
}

# An e1000 starts anew with another MTU.
set_mtu() {
	ip link set vm1 mtu "$1" &&
		ip link set h0 mtu "$1" &&
		far ip link set h1 mtu "$1" &&
		guest ip link set eth1 mtu "$1"
}

jumbo_pings() {
	guest ping -c 2 -i 0.2 -W 10 -s 8900 192.0.2.254 &&
		far ping -c 2 -i 0.2 -W 10 -s 8900 192.0.2.1
}

# Merged by the driver, packets have no checksums of their own.
capture_start() {
	guest "ethtool -K eth1 gro off
		tcpdump -Z root -U -nn -i eth1 -w /tmp/capture \
			'src 192.0.2.254 and (udp or tcp)' >/tmp/tcpdump 2>&1 &" || return 1
	far ip neigh replace 192.0.2.77 lladdr 02:00:00:00:00:77 dev h1
	busywait guest "grep -q listening /tmp/tcpdump"
}

# captured FILTER COMMAND: what the command makes of what was heard
captured() { guest "tcpdump -Z root -nn -vv -r /tmp/capture '$1' 2>/dev/null | $2"; }

# What is said to somebody unknown comes to all ports of a switch.
hears_others() {
	far bash -c 'for i in {1..9}; do echo "$i" >/dev/udp/192.0.2.77/9; done'
	[ "$(captured 'udp dst port 9' "grep -c 'udp sum ok'")" -ge 9 ]
}

sums_are_right() {
	not captured 'tcp or udp' "grep -m 5 -E 'incorrect|bad udp'" &&
		[ "$(captured 'tcp and greater 1000' "grep -c '(correct)'")" -gt 100 ]
}

capture_end() { guest "killall tcpdump; rm /tmp/capture; ethtool -K eth1 gro on"; }

# ---- what the driver counts -------------------------------------------------

counted() {
	local name

	for name in rx_packets tx_packets rx_csum_offload_good tx_tcp_seg_good; do
		[ "$(guest_counter $name)" -gt 0 ] || { echo "$name is 0"; return 1; }
	done
	for name in rx_errors tx_errors rx_crc_errors rx_length_errors tx_timeout_count; do
		[ "$(guest_counter $name)" = 0 ] || { echo "$name is not 0"; return 1; }
	done
}

# ---- limits, unplugging -----------------------------------------------------

lock_limit() { prlimit --pid "$(guest_pid vm0)" --memlock="$1"; }

# More pages than can be pinned already, so some have to be.
without_pins() {
	local before

	before=$(counter vm1 copies_bounced)
	sends 8 && receives 4 && [ "$(counter vm1 copies_bounced)" -gt "$before" ]
}

flows() { more 'counter vm1 interrupts' "$1" true; }
guest_has() { guest "[ -e /sys/class/net/$1 ]"; }
guest_has_not() { guest "[ ! -e /sys/class/net/$1 ]"; }

names_opener() {
	not netemu-ctl nic del vm1 2>"$KSFT_SCRATCH/del" &&
		grep "qemu-system.*$(guest_pid vm0)\|$(guest_pid vm0).*qemu-system" "$KSFT_SCRATCH/del"
}

# The guest may need longer than the tool waits.
taken_back() { busywait netemu-ctl -force nic del vm1; }

counters() { ethtool -S vm1; guest "ethtool -S eth1; dmesg | tail -n 5"; }

test_setup() {
	check "a card on a network, one on a switch" lab_setup
	check "which traps each access" netemu-ctl nic set vm1 doorbell trap
	[ -n "$slow" ] || guest_programs tcpdump
	check "no virtual machine, no carrier" carrier_is vm1 0
	check "QEMU takes them, and the guest's driver" lab_start tester "$OTHER"
	check "QEMU has nothing to say" qemu_is_silent
	check "the guest has the address given" address_is eth0 02:00:00:00:00:01
	check "and the other one" address_is eth1 02:00:00:00:00:02
	check "the carrier is there" busywait carrier_is vm1 1
	check "the guest sees the link" busywait guest_carrier_is eth1 1
}

test_traffic() {
	check "an address by DHCP" gets_lease
	check "the gateway answers" pings_gateway
	check "ping both ways on the other card" pings
	guest "ip link set eth2 up"
	check "all three on one interrupt line" one_line
	[ -z "$slow" ] || return
	check "a capture starts" capture_start
	check "a MiB into the guest arrives unchanged" receives 1
	check "it hears what is said to others" busywait hears_others
	check "all it heard has right checksums" sums_are_right
	capture_end
	check "16 MiB out of the guest arrive unchanged" sends 16
	check "16 MiB into the guest arrive unchanged" receives 16
	check "iperf3 into the guest" iperf_far -n 8M
	check "iperf3 out of the guest" iperf_far -n 8M -R
	check "a VLAN in the guest" vlan_setup
	check "... and ping in it, both ways" busywait vlan_pings
	check "an MTU of 9000" set_mtu 9000
	check "... and jumbo frames both ways" busywait jumbo_pings
	check "... and 1500 again" set_mtu 1500
	check "the driver counts what happened, and no errors" counted
}

test_link() {
	nic_set 1 link down
	check "a pulled cable is seen by the guest" busywait guest_carrier_is eth1 0
	nic_set 1 link up
	check "and plugged in again" busywait guest_carrier_is eth1 1
	check "ping again" busywait pings
	check "the driver saw no hang" no_hang
	check "configuration space is that of QEMU's card" same_identity
}

test_limit() {
	lock_limit 65536
	check "without locked memory to speak of it goes by other ways" without_pins
	lock_limit 8388608
}

test_unplug() {
	local before

	before=$(counter vm1 interrupts)
	traffic_start
	check "traffic flows" busywait flows "$before"
	guest_monitor vm0 device_del card1
	check "unplugged meanwhile, the carrier goes" busywait carrier_is vm1 0
	check "the guest has lost it" busywait guest_has_not eth1
	check "the other one works" pings_gateway
	traffic_stop
	guest_monitor vm0 "device_add $(nic_device 1 "$CARD1_AT")"
	check "plugged in again, it comes" busywait guest_has eth1
	check "and works" eval "address_eth1 && busywait pings"
	check "a card that is open is not removed, and its opener named" names_opener
	check "by force the guest has to give it back" taken_back
	check "... and has lost it" busywait guest_has_not eth1
	check "QEMU has nothing to say" qemu_is_silent
}

ksft_start
if ! nic_available; then
	skip "a guest with a card of ours" "this kernel has no mediated devices"
	ksft_end
fi
test_setup
test_traffic
test_link
counters | sed 's/^/# /'
if [ -z "$slow" ]; then
	check "the driver's own test of the card passes" self_test
	check "and leaves it working" busywait pings
	test_limit
	test_unplug
fi
guest "ping -i 0.01 10.0.2.2 >/dev/null 2>&1 &"
guest_kill vm0
check "killed with kill -9, the carrier goes" busywait carrier_is vm0 0
lab_end
ksft_end

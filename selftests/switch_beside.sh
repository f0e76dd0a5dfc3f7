#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Beside bridge, br_netfilter and openvswitch: none of them takes our ports or
# our switch for its own, and each can be on top of or below the other.
# vm: timeout=240 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"

setup() {
	local module

	for module in bridge br_netfilter openvswitch; do
		check "modprobe $module" modprobe $module
	done
	sysctl -qw net.bridge.bridge-nf-call-iptables=1
	sysctl -qw net.bridge.bridge-nf-call-arptables=1
	ip link add sw0 type netemu
	ip link set sw0 up
	ip link add br0 type bridge
	ip link set br0 up
	host_add h1 1
	host_add h2 2
	host_add h3 3
	ip link set p-h1 master sw0
	ip link set p-h2 master sw0
	ip link set p-h3 master br0
}

test_alone() {
	check "ports of the switch reach each other" reaches h1 192.0.2.2
	check "switch and bridge are apart" misses h1 192.0.2.3
	check "no bridge port in sysfs" not test -e /sys/class/net/p-h1/brport
	check "no bridge in sysfs" not test -e /sys/class/net/sw0/bridge
}

# The old ioctls, as brctl uses them.
test_brctl() {
	refuse "brctl addif of our port" busybox brctl addif br0 p-h1
	refuse "brctl delif of our port" busybox brctl delif br0 p-h1
	refuse "brctl addif on our switch" busybox brctl addif sw0 p-h3
	refuse "brctl delif on our switch" busybox brctl delif sw0 p-h1
	refuse "brctl delbr of our switch" busybox brctl delbr sw0
	refuse "brctl stp on our switch" busybox brctl stp sw0 on
	refuse "brctl setfd on our switch" busybox brctl setfd sw0 5
	refuse "brctl showmacs of our switch" busybox brctl showmacs sw0
	check "the port is still ours" has "ip link show p-h1" "master sw0"
}

test_bridge_tool() {
	check "bridge link" has "bridge link" p-h1
	check "bridge -d link" bridge -d link
	check "bridge -s link" bridge -s link
	check "bridge fdb" bridge fdb
	check "bridge fdb show br br0" bridge fdb show br br0
	check "bridge fdb show br sw0" bridge fdb show br sw0
	check "bridge fdb show brport p-h1" bridge fdb show brport p-h1
	check "bridge vlan" bridge vlan
	check "bridge -s vlan" bridge -s vlan
	check "bridge mdb" bridge mdb
	refuse "bridge vlan add on our port" bridge vlan add dev p-h1 vid 5
	refuse "bridge vlan add on our switch" bridge vlan add dev sw0 vid 5 self
	refuse "bridge vlan del on our port" bridge vlan del dev p-h1 vid 1
	refuse "bridge mdb add on our switch" bridge mdb add dev sw0 port p-h1 grp 239.1.1.1 permanent
	refuse "bridge fdb add at the port's master" bridge fdb add 02:00:00:00:00:99 dev p-h1 master
	refuse "bridge options of our port" ip link set p-h1 type bridge_slave hairpin on
	refuse "bridge options of our switch" ip link set sw0 type bridge stp_state 1
}

# What the bridge's notifiers hear of.
test_notifiers() {
	check "MTU of a port" ip link set p-h1 mtu 1400
	check "MTU back" ip link set p-h1 mtu 1500
	check "address of a port" ip link set p-h1 address 02:00:00:00:01:01
	check "address of the switch" ip link set sw0 address 02:00:00:00:01:02
	check "port down" ip link set p-h1 down
	check "another name" ip link set p-h1 name p-x
	check "the old name" ip link set p-x name p-h1
	check "port up" ip link set p-h1 up
	check "features of a port" ethtool -K p-h1 tso off
	ethtool -K p-h1 tso on >/dev/null
	check "still switching" reaches h1 192.0.2.2
}

test_switch_below_bridge() {
	check "the switch as a port of the bridge" ip link set sw0 master br0
	check "from switch to bridge" reaches h1 192.0.2.3
	check "from bridge to switch" reaches h3 192.0.2.2
	check "bridge fdb of the switch as a port" bridge fdb show dev sw0
	check "bridge options of the switch as a port" bridge link set dev sw0 hairpin on
	bridge link set dev sw0 hairpin off
	refuse "the bridge as a port of the switch, then" ip link set br0 master sw0
	check "spanning tree on" ip link set br0 type bridge stp_state 1 forward_delay 200
	check "spanning tree: forwards in the end" busywait reaches h1 192.0.2.3
	ip link set br0 type bridge stp_state 0
	check "out of the bridge" ip link set sw0 nomaster
	check "apart again" misses h1 192.0.2.3
}

test_bridge_below_switch() {
	check "the bridge as a port of the switch" ip link set br0 master sw0
	check "from bridge to switch again" reaches h3 192.0.2.1
	check "from switch to bridge again" reaches h2 192.0.2.3
	refuse "the switch as a port of the bridge, then" ip link set sw0 master br0
	check "the bridge is deleted" ip link del br0
	check "the switch has two ports" test "$(netemu-ctl -j port show | jq length)" = 2
	check "it still switches" reaches h1 192.0.2.2
}

# The module unloads with the others in place, and they with ours.
test_unload() {
	check "rmmod netemu beside the others" rmmod netemu
	check "the ports are free" not has "ip link show p-h1" "master"
	ip link add br0 type bridge
	check "now the bridge takes one" ip link set p-h1 master br0
	ip link del br0
	ip link add sw0 type netemu
	ip link set p-h1 master sw0
	check "rmmod br_netfilter beside ours" rmmod br_netfilter
	check "rmmod openvswitch beside ours" rmmod openvswitch
	check "rmmod bridge beside ours" rmmod bridge
	check "the port is still ours" has "ip link show p-h1" "master sw0"
}

ksft_start
setup
test_alone
test_brctl
test_bridge_tool
test_notifiers
test_switch_below_bridge
test_bridge_below_switch
test_unload
ksft_end

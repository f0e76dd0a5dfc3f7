#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A gateway for guests, made of a bridge, routing and nftables: one UDP flow from
# a port of the bridge, by its host, out of another device. With and without
# masquerading. Beside it a switch with a gateway of ours.
#
# vm: timeout=200 memory=1024
. bench/lib.sh

OUT=198.51.100
MAC_GW=52:55:0a:00:02:02	# guests ask for it, so a switch has learned it

gateway_up() {
	subject_add bridge && unsink br0 && subject_join bridge a1 &&
		ip address add 192.0.2.254/24 dev br0 &&
		ip address add $OUT.1/24 dev b1 &&
		ip neighbour add $OUT.2 lladdr $MAC_B dev b1 nud permanent &&
		sysctl -qw net.ipv4.ip_forward=1
}

gateway_down() {
	subject_del bridge
	ip address flush dev b1
}

masquerade_on() {
	nft "add table ip bench; add chain ip bench out { type nat hook postrouting \
		priority srcnat; }; add rule ip bench out oifname b1 masquerade"
}

netemu_up() {
	modprobe netemu_gw && netemu-ctl switch add sw0 host-port off &&
		netemu-ctl gateway add gw0 switch sw0 && subject_join netemu a1 &&
		subject_at netemu-static $MAC_GW gw0 &&
		ip address add $OUT.1/24 dev b1 &&
		ip neighbour add $OUT.2 lladdr $MAC_B dev b1 nud permanent &&
		sysctl -qw net.ipv4.ip_forward=0
}

netemu_down() {
	ip link del gw0
	subject_del netemu
	ip address flush dev b1
}

row_start && modprobe nft_masq && line_up || exit 1
try masquerade floor subject_add floor && ARRIVE=a1 measure masquerade floor $MAC_B
subject_del floor

if try masquerade bridge gateway_up; then
	mac=$(cat /sys/class/net/br0/address)
	to=("dst_min $OUT.2" "dst_max $OUT.2")
	measure masquerade bridge-route "$mac" "${to[@]}"
	try masquerade nft-masquerade masquerade_on &&
		measure masquerade nft-masquerade "$mac" "${to[@]}"
	nft delete table ip bench
fi
gateway_down
if try masquerade netemu-gateway netemu_up; then
	measure masquerade netemu-gateway $MAC_GW \
		"dst_min $OUT.2" "dst_max $OUT.2" "src_min 10.0.2.15" "src_max 10.0.2.15"
fi
netemu_down
line_down
row_end

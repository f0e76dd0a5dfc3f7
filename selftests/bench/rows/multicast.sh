#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Multicast to 64 dummy ports and to the switch's own device, nobody snooping;
# and a bridge that snoops and knows that 8 of the ports want it.
#
# vm: timeout=300 memory=1024
. bench/lib.sh

SIZES=60
MAC_GROUP=01:00:5e:01:01:01
IN_GROUP="dst_min 239.1.1.1"
SOME=8

# A bridge floods until it has been the querier for a while.
snooping() {
	local i

	# shellcheck disable=SC2046 # a list of words
	ip link add br0 up type bridge mcast_snooping 1 mcast_querier 1 \
		mcast_startup_query_interval 1 &&
		subject_join bridge a1 $(port_names 64) || return 1
	for ((i = 0; i < SOME; i++)); do
		bridge mdb add dev br0 port p$i grp 239.1.1.1 permanent || return 1
	done
	sleep 12
}

bridge_snooping() {
	local ARRIVE='p*' COUNTER=tx_packets COPIES=$SOME FRAMES=1000

	line_up && ports_to 64 || exit 1
	try multicast-64 bridge-snooping snooping &&
		measure multicast-64 bridge-snooping $MAC_GROUP "$IN_GROUP" "dst_max 239.1.1.1"
	ip link del br0
	ports_to 0
	line_down
}

flood_row multicast $MAC_GROUP 64 floor bridge ovs netemu
bridge_snooping
row_end

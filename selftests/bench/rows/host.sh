#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From a port to the host: the sink is on the switch's own device, or on a macvlan
# device on top of the port.
#
# vm: timeout=300 memory=1024
# bench: wall=yes
. bench/lib.sh

MAC_HOST=02:00:00:00:0c:02

host_device() {
	case $1 in
	floor) echo a1 ;;
	macvlan) echo mv0 ;;
	*) subject_device "$1" ;;
	esac
}

host_add() {
	case $1 in
	floor) sink a1 ;;
	macvlan)
		ip link add link a1 name mv0 address $MAC_HOST type macvlan mode bridge &&
			sink mv0
		;;
	*)
		subject_add "$1" && ip link set "$(subject_device "$1")" address $MAC_HOST &&
			subject_join "$1" a1 &&
			{ [ "$1" != ovs ] || subject_flood ovs; }
		;;
	esac
}

host_del() {
	case $1 in
	macvlan) ip link del mv0 ;;
	*) subject_del "$1" ;;
	esac
}

row_start && line_up || exit 1
in_turn
for ((turn = 0; turn < TURNS; turn++)); do
	for subject in floor macvlan bridge ovs netemu; do
		ARRIVE=$(host_device "$subject")
		try host "$subject" host_add "$subject" && measure host "$subject" $MAC_HOST
		host_del "$subject"
	done
done
line_down
row_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One flow of unicast frames; 2, 64 and 1,024 ports, of which all but a1 and b1
# are idle dummies. On the wall clock a second line runs beside it in the row
# with two ports.
#
# vm: timeout=900 memory=1024
# bench: wall=yes
. bench/lib.sh

# macvlan has no second veth hop: from one macvlan device to another one on the
# same dummy.
macvlan() {
	local SOURCE=mv0 ARRIVE=mv1 mac=02:00:00:00:0c:01

	try "$1" macvlan ip link add m0 up type dummy &&
		try "$1" macvlan ip link add link m0 name mv0 up type macvlan mode bridge &&
		try "$1" macvlan ip link add link m0 name mv1 up address $mac type macvlan mode bridge &&
		try "$1" macvlan sink mv1 &&
		measure "$1" macvlan $mac
	ip link del m0
}

unicast() {
	local row=$1 subject=$2 ARRIVE=b0 idle

	idle=$(port_names "$PORTS")
	# The bridge takes no more than 1,023 ports.
	[ "$subject $PORTS" != "bridge 1022" ] || idle=$(port_names 1021)
	[ "$subject" != floor ] || ARRIVE=a1
	# shellcheck disable=SC2086 # a list of words
	try "$row" "$subject" subject_add "$subject" &&
		try "$row" "$subject" subject_join "$subject" a1 b1 $idle &&
		try "$row" "$subject" subject_at "$subject" $MAC_B b1 &&
		measure "$row" "$subject" $MAC_B &&
		{ [ "$row $BENCH_CLOCK" != "unicast-2 wall" ] || second_line "$row" "$subject"; }
	subject_del "$subject"
}

second_line() {
	case $2 in
	floor) sink c1 && measure_two "$1" floor $MAC_D c1; unsink c1; return ;;
	mirred) tc qdisc add dev c1 clsact ;;
	esac
	try "$1" "$2" subject_join "$2" c1 d1 &&
		try "$1" "$2" subject_at "$2" $MAC_D d1 c1 &&
		measure_two "$1" "$2" $MAC_D d0
	[ "$2" != mirred ] || unsink c1
}

runs=$REPEAT
row_start || exit 1
case $BENCH_CLOCK in
wall) two_lines_up ;;
*) line_up ;;
esac || exit 1
in_turn
for ((turn = 0; turn < TURNS; turn++)); do
	for subject in floor mirred bridge ovs netemu netemu-static; do
		unicast unicast-2 $subject
	done
	macvlan unicast-2
done
REPEAT=$runs
for ports in 64 1024; do
	ports_to $((ports - 2)) || exit 1
	for subject in floor bridge ovs netemu; do
		unicast unicast-$ports $subject
	done
done
ports_to 0
line_down
row_end

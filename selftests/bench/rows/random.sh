#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each frame has one of 1,024 source addresses and one of 1,024 destinations at
# random; the destinations are spread over 64 veth ports and all known.
#
# vm: timeout=600 memory=1024
# bench: wall=yes
. bench/lib.sh

SIZES=60
FRAMES=$((FRAMES * 2))
PORTS_USED=64
EACH=$((1024 / PORTS_USED))
FROM=02:00:00:10:00:00
TO=02:00:00:20:00:00
MIX=("src_mac $FROM" "src_mac_count 1024" "dst_mac_count 1024"
	"flag MACSRC_RND" "flag MACDST_RND")

# Behind each port its share of the destinations.
teach_all() {
	local i mac

	for ((i = 0; i < HOSTS; i++)); do
		mac_number mac $TO $((i * EACH))
		teach "h$i" "$mac" $EACH || return 1
	done
	teach a0 $FROM 1024
}

random() {
	local subject=$1 ARRIVE='h*'

	[ "$subject" != floor ] || ARRIVE=a1
	try random "$subject" subject_add "$subject" || return
	# shellcheck disable=SC2046 # lists of words
	try random "$subject" subject_join "$subject" a1 $(host_names) &&
		case $subject in
		floor) ;;
		ovs) try random ovs ovs_flows $TO $EACH $(host_names) ;;
		*) try random "$subject" teach_all ;;
		esac &&
		measure random "$subject" $TO "${MIX[@]}"
	subject_del "$subject"
}

row_start && line_up && hosts_to $PORTS_USED || exit 1
for subject in floor bridge ovs netemu; do
	random $subject
done
hosts_to 0
line_down
row_end

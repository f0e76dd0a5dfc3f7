#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 1, 1,000 and 100,000 addresses behind b1, all learned, all sent to at random.
# The floor has the same random addresses. Open vSwitch has a flow for each, up
# to 1,000: more would take it too long to set up.
#
# vm: timeout=600 memory=1024
# bench: wall=yes
. bench/lib.sh

SIZES=60
FRAMES=$((FRAMES * 2))
TO=02:00:00:20:00:00

fdb() {
	local row=fdb-$1 entries=$1 subject=$2 ARRIVE=b0

	[ "$subject" != floor ] || ARRIVE=a1
	try "$row" "$subject" subject_add "$subject" || return
	try "$row" "$subject" subject_join "$subject" a1 b1 &&
		case $subject in
		floor) ;;
		ovs) try "$row" ovs ovs_flows $TO "$entries" b1 ;;
		*) try "$row" "$subject" learn_all "$entries" "$subject" ;;
		esac &&
		measure "$row" "$subject" $TO "dst_mac_count $entries" "flag MACDST_RND"
	subject_del "$subject"
}

learn_all() {
	[ "$2" != netemu ] || netemu-ctl port set b1 fdb-limit 0 || return 1
	teach b0 $TO "$1"
}

row_start && line_up || exit 1
for entries in 1 1000 100000; do
	for subject in floor bridge ovs netemu; do
		[ "$subject $entries" != "ovs 100000" ] || continue
		fdb "$entries" $subject
	done
done
line_down
row_end

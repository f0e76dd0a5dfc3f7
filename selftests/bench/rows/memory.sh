#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory of a port, from 1,000 dummies plugged in, and of a learned address, from
# 100,000 of them: slabs, per-processor memory (of one processor) and vmalloc,
# after minus before. That is whole pages: it repeats to some per cent only.
#
# vm: timeout=600 memory=1024
. bench/lib.sh

ADDRESSES=100000
TO=02:00:00:20:00:00

# Free objects of earlier runs would hide what a new one takes.
in_use() {
	local cache

	sleep 1
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done 2>/dev/null
	awk '$1 ~ /^(Slab|Percpu|VmallocUsed):$/ { n += $2 } END { print n * 1024 }' /proc/meminfo
}

# memory ROW SUBJECT HOW-MANY COMMAND...
memory() {
	local row=$1 subject=$2 many=$3 before after

	shift 3
	before=$(in_use)
	try "$row" "$subject" "$@" || return
	after=$(in_use)
	sample "$row" "$subject" - memory $(((after - before) / many))
}

ports_of() {
	# shellcheck disable=SC2046 # a list of words
	subject_add "$1" && memory memory-port "$1" 1000 \
		subject_join "$1" $(port_names 1000)
	subject_del "$1"
}

learn_all() {
	[ "$1" != netemu ] || netemu-ctl port set b1 fdb-limit 0 || return 1
	teach b0 $TO $ADDRESSES
}

addresses_of() {
	subject_add "$1" && subject_join "$1" b1 &&
		memory memory-address "$1" $ADDRESSES learn_all "$1"
	subject_del "$1"
}

row_start && ports_to 1000 || exit 1
for ((run = 0; run < REPEAT; run++)); do
	for subject in bridge ovs netemu; do
		ports_of $subject
	done
done
ports_to 0
line_up || exit 1
for ((run = 0; run < REPEAT; run++)); do
	for subject in bridge netemu; do
		addresses_of $subject
	done
done
line_down
row_end

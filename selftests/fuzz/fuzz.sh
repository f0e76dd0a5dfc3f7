#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What "make fuzz" runs: the fuzzers of the pure rooms, each for a while. What
# they learn is kept in the cache for the next time; what they break is named at
# the end and left there too.
#
# Usage: fuzz.sh [SECONDS]
set -u
. "$(dirname "$0")/../vm/common.sh"

seconds=${1:-600}
"$SELFTESTS/setup.sh" --fuzz || exit 1
out=$WORK/fuzz
make -s -C "$SELFTESTS/fuzz" O="$out" fuzzers || exit 1

rc=0
for name in "$SELFTESTS"/fuzz/*_fuzz.c; do
	name=$(basename "$name" _fuzz.c)
	mkdir -p "$CACHE/fuzz/$name" "$out/broken"
	say "$name: $seconds s, log in $out/$name.log"
	nice -n 10 "$out/${name}_fuzz" -max_total_time="$seconds" -max_len=4096 \
		-timeout=10 -print_final_stats=1 -artifact_prefix="$out/broken/$name-" \
		"$CACHE/fuzz/$name" >"$out/$name.log" 2>&1 || rc=1
	grep -E '^#[0-9]+.*cov:' "$out/$name.log" | tail -n 1
	grep -E '^(stat::|[a-z]*_fuzz:|SUMMARY|==[0-9]+==ERROR|artifact_prefix)' "$out/$name.log"
done
[ "$rc" = 0 ] && say "nothing found"
exit $rc

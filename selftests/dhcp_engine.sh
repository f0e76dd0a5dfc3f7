#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The DHCP engine and its lease table in user space, with sanitizers: no VM.
# vm: host=yes timeout=300

. "$(dirname "$0")/vm/common.sh"

out=$WORK/fuzz
echo "TAP version 13"
make -s -C "$SELFTESTS/fuzz" O="$out" unit || exit 1

# Each program counts its own test points: count them all.
n=0
rc=0
for unit in "$SELFTESTS"/fuzz/*_unit.c; do
	unit=$(basename "$unit" .c)
	while read -r line; do
		case $line in
		'ok '*) n=$((n + 1)); echo "ok $n - $unit ${line#ok * }" ;;
		'not ok '*) n=$((n + 1)); rc=1; echo "not ok $n - $unit ${line#not ok * }" ;;
		'# '*.c:*) echo "$line" ;;
		'exit 0') ;;
		exit*) rc=1; echo "# $unit: $line" ;;
		*ERROR* | *'runtime error'* | SUMMARY*) echo "# $line" ;;
		esac
	done < <("$out/$unit" 2>&1; echo "exit $?")
done
echo "1..$n"
exit $rc

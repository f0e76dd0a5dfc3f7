#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module loads by name, is there, and goes again, many times over.
# vm: timeout=240 plain=6.1

cycles=20
if [ -n "$NETEMU_SHORT" ]; then
	cycles=5
fi
rc=0
n=0

# point TEXT COMMAND...: one test point
point() {
	local text=$1 word=ok

	shift
	n=$((n + 1))
	if ! "$@"; then
		word="not ok"
		rc=1
	fi
	echo "$word $n - $text"
}

loaded() { [ -d /sys/module/netemu ]; }
unloaded() { [ ! -d /sys/module/netemu ]; }

cycle() {
	local i

	for ((i = 0; i < cycles; i++)); do
		modprobe netemu && rmmod netemu || return 1
	done
}

echo "TAP version 13"
echo "1..5"
point "modprobe netemu" modprobe netemu
point "the module is listed" loaded
point "rmmod netemu" rmmod netemu
point "the module is gone" unloaded
point "$cycles times in and out" cycle
exit $rc

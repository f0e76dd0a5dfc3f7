#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The scenarios of forwarding once more with every frame on the long way out:
# the short one may only be faster.
# vm: timeout=1800 debug=no plain=no
. "$(dirname "$0")/lib/ksft.sh"

PARAMETER=/sys/module/netemu/parameters/straight
here=$(cd "$(dirname "$0")" && pwd)

# again TEST: it passes; what failed explains a failure
again() {
	timeout 600 "$here/$1" >"$KSFT_SCRATCH/again" 2>&1 </dev/null && return 0
	grep -a -A 5 '^not ok' "$KSFT_SCRATCH/again" || tail -n 5 "$KSFT_SCRATCH/again"
	return 1
}

ksft_start
modprobe netemu
check "at first the short way is on" test "$(cat "$PARAMETER")" = Y
refuse "it is on or off" eval "echo maybe >$PARAMETER"
echo N >"$PARAMETER"
for test in switch tap hub switch_egress.sh switch_tools.sh; do
	check "the long way: ${test%.sh}" again "$test"
done
check "the short way stayed off" test "$(cat "$PARAMETER")" = N
echo Y >"$PARAMETER"
check "and is on again" test "$(cat "$PARAMETER")" = Y
ksft_end

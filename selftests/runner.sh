#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The runner's own test: every planted fault turns a run red, each for its own
# reason, and what is good stays green. Runs VMs of its own.
# vm: host=yes timeout=3600

here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d "${TMPDIR:-/var/tmp}/netemu.XXXXXX") || exit 1
trap 'rm -rf "$out"' EXIT

# kernel, test, status, pattern of the reason; the clean test comes after faults,
# so it also proves that a run goes on after them.
expected="
6.1 failing fail ^planted failure$
6.1 silent fail printed no plan and no test point
6.1 plan fail planned 3 test points, printed 1
6.1 exit_code fail exit code 1 without a failed test point
6.1 bare_skip fail skip without a reason: something
6.1 skipped skip planted reason
6.1 busy fail module planted can't be unloaded
6.1 warn fail kernel: .*WARNING: CPU.*planted_init
6.1 oops fail kernel: .*BUG: kernel NULL pointer dereference
6.1 hang fail VM timeout
6.1 clean pass planted clean
debug atomic fail kernel: .*BUG: scheduling while atomic
debug deadlock fail kernel: .*possible circular locking dependency
debug clean pass planted clean
debug leak fail kmemleak: [0-9]* unreferenced objects from .*leak
"

# In the plain check the debug kernel starts twice, not three times.
[ -z "${SHORT_DEBUG-}" ] || expected=$(printf '%s' "$expected" | grep -v '^debug atomic ')

tests_on() { printf '%s' "$expected" | awk -v kernel="$1" '$1 == kernel { print $2 }'; }

# Its own chatter is full of failures that are none: keep it as comments.
planted_run() {
	# shellcheck disable=SC2046 # a list of names
	"$here/vm/run.sh" --planted "$1" "$out/$1" $(tests_on "$1") 2>&1 | sed -u 's/^/# /'
}

# judge KERNEL TEST STATUS REASON
judge() {
	local lines

	lines=$(awk -F '\t' -v test="$2" '$3 == test { print $1 "\t" $4 }' "$out/$1")
	if ! printf '%s\n' "$lines" | grep -q "^$3	.*" ||
		! printf '%s\n' "$lines" | sed -n "s/^$3	//p" | grep -q -e "$4"; then
		echo "# $1 $2: no result '$3: $4' among:"
		printf '%s\n' "$lines" | sed 's/^/# /'
		return 1
	fi
	# A good test must not have been called bad for any reason.
	[ "$3" = fail ] || ! printf '%s\n' "$lines" | grep -q '^fail'
}

# by_name_only: what says "plain=no" is not among what the plain check runs, and
# what does not say so is.
by_name_only() {
	local file rc=0

	"$here/vm/check.sh" --list >"$out/list" || return 1
	for file in "$here"/*.sh "$here"/*.c; do
		grep -q '^[ #*]* vm: .*plain=no' "$file" || continue
		! grep -q " ${file##*/}\$" "$out/list" || { echo "# in the plain check: $file"; rc=1; }
	done
	grep -q '^6.1 switch.c$' "$out/list" && grep -q '^- runner.sh$' "$out/list" || rc=1
	return "$rc"
}

echo "TAP version 13"
echo "1..$(($(printf '%s' "$expected" | grep -c .) + 1))"
: >"$out/6.1"
: >"$out/debug"
planted_run 6.1 &
planted_run debug &
wait

n=0
rc=0
while read -r kernel test status reason; do
	[ -n "$kernel" ] || continue
	n=$((n + 1))
	if judge "$kernel" "$test" "$status" "$reason"; then
		echo "ok $n - $kernel: planted $test is seen"
	else
		echo "not ok $n - $kernel: planted $test is seen"
		rc=1
	fi
done <<<"$expected"
if by_name_only; then
	echo "ok $((n + 1)) - the plain check leaves out what is run by name only"
else
	echo "not ok $((n + 1)) - the plain check leaves out what is run by name only"
	rc=1
fi
exit $rc

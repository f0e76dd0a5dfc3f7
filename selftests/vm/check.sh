#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What "make check" runs. Prepares what is missing, runs lint, the build matrix
# and the tests, several kernels side by side, and sums up.
#
# Usage: check.sh                          the README's check
#        check.sh --all                    every test on every kernel
#        check.sh --lint                   what needs no VM
#        check.sh --list                   which tests the README's check runs
#        check.sh [--kernel K] TEST...     these alone (default kernel 6.1)
#
# TEST is a name: NAME.sh, NAME.c and NAME_*.sh, NAME_*.c all belong to it.
set -u
. "$(dirname "$0")/common.sh"
. "$VM_DIR/describe.sh"

# On 6.12 the plain check only proves that the module loads, switches and goes.
# So do the tests of emulated cards, whose ways differ most between kernels.
ON_NEWER="load switch.c switch_guard switch_host switch_egress switch_beside
	switch_shared nic_core nic_irq nic_dma nic_e1000_vfio nic_hostile nic_ipxe"

# So many tests share a machine, then the lane that is free takes the next ones.
STOCK_GROUP=14
DEBUG_GROUP=5
GUEST_GROUP=3

usage() { sed -n 's/^# \{0,1\}//; 3,11p' "$0" >&2; exit 2; }

# ---- which tests ------------------------------------------------------------

# files_of NAME: the test files that a name stands for; "-" is as good as "_". The
# name of a file stands for that alone.
files_of() {
	local name=${1//-/_} path found=()

	if [[ $name == *.* ]]; then
		[ -f "$SELFTESTS/$name" ] && printf '%s\n' "$name"
		return
	fi
	for path in "$SELFTESTS/$name".sh "$SELFTESTS/$name".c \
		"$SELFTESTS/$name"_*.sh "$SELFTESTS/$name"_*.c; do
		case $path in
		*/setup.sh) ;;
		*.sh) [ -x "$path" ] && found+=("${path##*/}") ;;
		*.c) [ -f "$path" ] && found+=("${path##*/}") ;;
		esac
	done
	[ "${#found[@]}" != 0 ] || return 1
	printf '%s\n' "${found[@]}"
}

all_files() {
	local path

	for path in "$SELFTESTS"/*.sh "$SELFTESTS"/*.c; do
		case $path in
		*/setup.sh) ;;
		*.sh) [ ! -x "$path" ] || printf '%s\n' "${path##*/}" ;;
		*) [ ! -f "$path" ] || printf '%s\n' "${path##*/}" ;;
		esac
	done
}

# select_files KERNEL: of all tests, those that the plain check runs there; all
# that can, with ALL_TESTS.
select_files() {
	local K_NAME=$1 file

	for file in $(all_files); do
		describe "$file" || exit 1
		[ "$D_HOST" = no ] || continue
		[[ -n $ALL_TESTS || $D_PLAIN = yes || ",$D_PLAIN," = *",$1,"* ]] || continue
		if [ "$K_NAME" = debug ]; then
			[ "$D_DEBUG" != no ] || continue
			# Guests are slow there: only in a short form.
			[ "$D_GUESTS" = no ] || [ "$D_DEBUG" = short ] || continue
		else
			[ "$D_DEBUG" != only ] || continue
		fi
		printf '%s\n' "$file"
	done
}

host_files() {
	local K_NAME=6.1 file

	for file in $(all_files); do
		describe "$file" || exit 1
		[ "$D_HOST" = no ] || printf '%s\n' "$file"
	done
}

names_to_files() {
	local name file files=()

	for name; do
		while read -r file; do
			files+=("$file")
		done < <(files_of "$name" || note "no test $name")
		[ "${#files[@]}" != 0 ] || return 1
	done
	printf '%s\n' "${files[@]}"
}

# ---- steps ------------------------------------------------------------------

step() { printf '[%s] %s\n' "$1" "$2"; }

# point STATUS STEP TEXT: a result of a step that is no VM test.
point() {
	printf '%s\t%s\t%s\t%s\n' "$1" host "$2" "$3" >>"$RESULTS"
	case $1 in
	pass) step "$2" "ok - $3" ;;
	*) step "$2" "not ok - $3" ;;
	esac
}

lint() {
	local file start

	for file in "$SELFTESTS"/lint/check_*.sh; do
		start=$SECONDS
		point "$("$file" >"$OUT/lint.log" 2>&1 && echo pass || echo fail)" \
			lint "$(basename "$file" .sh) in $(seconds_since "$start") s"
		sed 's/^/[lint] # /' "$OUT/lint.log"
	done
}

# Both lines, both flavours, W=1 and sparse.
matrix() {
	local line name start

	. "$VM_DIR/build.sh"
	for line in $KERNEL_LINES; do
		for name in "$line" "$line-cloud"; do
			start=$SECONDS
			if kernel_load "$name" && build_strict >"$OUT/strict.log"; then
				point pass build "$K_RELEASE in $(seconds_since "$start") s"
			else
				point fail build "${K_RELEASE:-$name}"
				sed 's/^/[build] # /' "$OUT/strict.log"
			fi
		done
	done
}

# take LIST: a line of the list, which no lane gets again: a kernel and the tests that
# share a machine. Fails when all are taken.
take() {
	(
		flock 9
		[ -s "$OUT/$1" ] || exit 1
		head -n 1 "$OUT/$1"
		sed -i 1d "$OUT/$1"
	) 9>"$OUT/$1.lock"
}

# run_all LIST
run_all() {
	local group

	while group=$(take "$1"); do
		# shellcheck disable=SC2086 # a list of names
		"$VM_DIR/run.sh" ${group%% *} "$RESULTS" ${group#* } ||
			point fail run "the runner gave up: $group"
	done
}

need_debug_kernel() {
	"$VM_DIR/debug-kernel.sh" 2>&1 && return
	[ -e "$OUT/no-debug-kernel" ] || point fail build "debug kernel"
	: >"$OUT/no-debug-kernel"
	return 1
}

# One lane begins with what needs no machine, one with the debug kernel, which takes
# long to build when its cache is cold. Each goes on with what is left. A machine
# waits as often as it works, so when nothing is left to compile a third one fits
# between them.
lane_stock() {
	lint
	matrix
	work &
	work
	wait
}

work() {
	run_all stock
	need_debug_kernel || return
	run_all debug
}

# The runner's own tests wait more than they work: not at the end, with nothing beside.
lane_debug() {
	need_debug_kernel || return
	run_all host
	run_all debug
	run_all stock
}

# ---- the ways to call it ----------------------------------------------------

# groups KERNEL SIZE: the tests on standard input, so many to a machine; guests want a
# machine with more memory, and come first, as they take longest.
groups() {
	local K_NAME=$1 file guests=() plain=()

	while read -r file; do
		describe "$file" || exit 1
		if [ "$D_GUESTS" = yes ]; then
			guests+=("$file")
		else
			plain+=("$file")
		fi
	done
	[ "${#guests[@]}" = 0 ] || printf '%s\n' "${guests[@]}" | in_lines "$1" "$GUEST_GROUP"
	[ "${#plain[@]}" = 0 ] || printf '%s\n' "${plain[@]}" | in_lines "$1" "$2"
}

in_lines() { xargs -r -n "$2" echo "$1"; }

# side_by_side LANE LANE: each at its own pace; a lane's failures are in RESULTS.
# Each is a process group, so that an early end takes all of it along.
side_by_side() {
	{
		select_files 6.1 | groups 6.1 "$STOCK_GROUP"
		newer_files | groups 6.12 "$STOCK_GROUP"
	} >"$OUT/stock"
	debug_files | groups debug "$DEBUG_GROUP" >"$OUT/debug"
	host_files | in_lines 6.1 100 >"$OUT/host"
	set -m
	"$1" & lanes=$!
	"$2" & lanes="$lanes $!"
	set +m
	# shellcheck disable=SC2086 # a list of process ids
	wait $lanes
}

plain() {
	newer_files() {
		# shellcheck disable=SC2086 # a list of names
		names_to_files $ON_NEWER
	}
	debug_files() { select_files debug; }
	export SHORT_DEBUG=1
	side_by_side lane_stock lane_debug
}

everything() {
	ALL_TESTS=yes
	newer_files() { select_files 6.12; }
	debug_files() {
		local K_NAME=debug file

		for file in $(all_files); do
			describe "$file" || exit 1
			[ "$D_HOST" = yes ] || printf '%s\n' "$file"
		done
	}
	side_by_side lane_stock lane_debug
}

some() {
	local files

	mapfile -t files < <(names_to_files "$@")
	[ "${#files[@]}" != 0 ] || exit 2
	if [ "$kernel" = debug ] || [[ " ${files[*]} " = *" runner.sh "* ]]; then
		"$VM_DIR/debug-kernel.sh" || exit 1
	fi
	"$VM_DIR/run.sh" "$kernel" "$RESULTS" "${files[@]}" ||
		point fail run "the runner gave up"
}

# list: "KERNEL FILE" lines; what runs on this machine has none.
list() {
	select_files 6.1 | sed 's/^/6.1 /'
	# shellcheck disable=SC2086 # a list of names
	names_to_files $ON_NEWER | sed 's/^/6.12 /'
	select_files debug | sed 's/^/debug /'
	host_files | sed 's/^/- /'
}

sum_up() {
	local passed failed skipped

	passed=$(grep -c '^pass' "$RESULTS")
	failed=$(grep -c '^fail' "$RESULTS")
	skipped=$(grep -c '^skip' "$RESULTS")
	if [ "$((passed + failed))" = 0 ]; then
		say "nothing ran"
		failed=1
	fi
	grep '^skip' "$RESULTS" | awk -F '\t' '{ print "skipped: [" $2 "] " $3 ": " $4 }'
	grep '^fail' "$RESULTS" | awk -F '\t' '{ print "failed: [" $2 "] " $3 ": " $4 }'
	[ "$failed" = 0 ] || say "logs: $LOGS"
	say "took $(seconds_since 0) s"
	say "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}

end_lanes() {
	local pid

	for pid in ${lanes-}; do
		kill -TERM -- "-$pid" 2>/dev/null
	done
	rm -rf "$OUT"
}

# Old logs go: the last forty machines are enough.
prune_logs() {
	find "$LOGS" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' 2>/dev/null |
		sort -rn | tail -n +40 | cut -d' ' -f2- | xargs -r rm -rf
}

main() {
	local kernel=6.1 way=plain ALL_TESTS=''

	while [ $# -gt 0 ]; do
		case $1 in
		--all) way=everything; shift ;;
		--lint) way=lint; shift ;;
		--list) list; exit ;;
		--kernel) kernel=${2:?}; shift 2 ;;
		-*) usage ;;
		*) way=some; break ;;
		esac
	done
	case $kernel in
	6.1 | 6.12 | debug) ;;
	*) die "no kernel $kernel: 6.1, 6.12 or debug" ;;
	esac
	"$SELFTESTS/setup.sh" || exit 1
	mkdir -p "$LOGS"
	OUT=$(mktemp -d "${TMPDIR:-/var/tmp}/netemu.XXXXXX") || exit 1
	RESULTS=$OUT/results
	lanes=''
	: >"$RESULTS"
	trap end_lanes EXIT
	trap 'exit 130' INT TERM
	prune_logs
	"$way" "$@"
	sum_up
}

main "$@"

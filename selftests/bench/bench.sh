#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034 # VM_PID and ACCEL are those of vm.sh
# "make bench": measures netemu beside what people would use instead.
#
# Usage: bench.sh [--check] [--json FILE] [--chart FILE.svg] [ROW...]
#   --json    the figures as an array of objects
#   --chart   the figures of one flow as a picture
#   --check   what moved by more than 2 % against figures.json; a report, no test
#   ROW       names of rows/ROW.sh; without them all of rows.list
#
# Environment: BENCH_LANES   machines at a time, at most 2
#              BENCH_ROUNDS  of wall clock rows, 9
#              BENCH_WALL    yes: also the wall clock where KVM does not work, to
#                            try that code; those figures mean nothing
set -u
. "$(dirname "$0")/../vm/common.sh"
. "$VM_DIR/vm.sh"
. "$VM_DIR/pack.sh"
. "$VM_DIR/build.sh"
. "$VM_DIR/accel.sh"
. "$VM_DIR/describe.sh"
. "$SELFTESTS/bench/machine.sh"
. "$SELFTESTS/bench/report.sh"

BOOT=150		# seconds until init speaks

usage() { sed -n 's/^# \{0,1\}//; 6,10p' "$0" >&2; exit 2; }

all_rows() { words_of "$BENCH_DIR/rows.list"; }

# Progress goes to standard error: the table alone is on standard output.
progress() { printf 'bench: %s\n' "$*" >&2; }

# row_failure ROW WHY...: as if the row had said so
row_failure() {
	printf 'failed\t%s\t-\t-\t%s\n' "$1" "${*:2}" >>"$share/samples.$1"
}

# ---- one machine ------------------------------------------------------------

# take_line LINE: 1 when the machine is to end
take_line() {
	local line=$1 word rest

	case $line in
	sample$'\t'* | failed$'\t'*)
		printf '%s\n' "$line" >>"$share/samples.$row"
		;;
	'@@ '*)
		read -r _ word rest <<<"$line"
		case $word in
		boot) deadline=$((SECONDS + 60)) ;;
		start)
			row=$rest began=$SECONDS
			describe "bench/rows/$row.sh"
			deadline=$((SECONDS + D_TIMEOUT))
			;;
		end)
			[ "${rest##* }" = 0 ] || grep -qs '^failed' "$share/samples.$row" ||
				row_failure "$row" "ended with ${rest##* }; see $log"
			deadline=$((SECONDS + 120))
			;;
		fault)
			row_failure "$row" "$rest"
			return 1
			;;
		done)
			progress "$row: $(seconds_since "$began") s"
			pending=("${pending[@]:1}")
			;;
		finish) return 1 ;;
		esac
		;;
	esac
	return 0
}

# Runs the pending rows until all are done or one has spoilt the machine.
run_machine() {
	local clock=$1 memory=0 guests=no row=${pending[0]} name part='' line='' rc
	local deadline=$((SECONDS + BOOT)) began=$SECONDS left=${#pending[@]}

	log=$LOGS/$(date +%H%M%S)-bench-$BASHPID-$((++boots))
	mkdir -p "$log"
	for name in "${pending[@]}"; do
		describe "bench/rows/$name.sh"
		[ "$D_MEMORY" -le "$memory" ] || memory=$D_MEMORY
		[ "$D_GUESTS" != yes ] || guests=yes
		printf '%s %s more\n' "$name" "$D_PATH"
	done >"$scratch/tests"
	printf 'NETEMU_KERNEL=%s\nexport BENCH_CLOCK=%s\n' "$K_NAME" "$clock" >"$scratch/env"
	make_initrd $guests || { row_failure "$row" "can't be packed"; pending=(); return 1; }
	vm_start "$log" "$memory" "$scratch/initrd"
	while :; do
		rc=0
		IFS= read -r -t 1 part <&"$VM_FD" || rc=$?
		line=$line$part
		if [ "$rc" = 0 ]; then
			printf '%s\n' "$line" >>"$log/port"
			take_line "$line" || break
			line=''
		elif [ "$rc" -le 128 ]; then
			row_failure "$row" "its machine ended; see $log"
			break
		fi
		if [ "$SECONDS" -ge "$deadline" ]; then
			row_failure "$row" "not done in time; see $log"
			break
		fi
	done
	vm_stop
	# The row that spoilt the machine is not tried again.
	if [ "${#pending[@]}" = "$left" ] || [ "${pending[0]-}" = "$row" ]; then
		pending=("${pending[@]:1}")
	fi
}

# lane CLOCK ROW...: one after another, in as few machines as it takes
lane() {
	local clock=$1 scratch pending VM_PID='' VM_FD='' boots=0 log

	shift
	pending=("$@")
	scratch=$(mktemp -d "$share/lane.XXXXXX") || return 1
	trap 'vm_stop' EXIT
	trap 'exit 130' INT TERM
	machine_clock "$clock"
	while [ "${#pending[@]}" -gt 0 ]; do
		run_machine "$clock"
	done
}

# ---- all rows ---------------------------------------------------------------

# Two lanes of about the same length, by the time limits of the rows.
split_rows() {
	local name

	for name; do
		describe "bench/rows/$name.sh"
		printf '%s %s\n' "$D_TIMEOUT" "$name"
	done | sort -rn | awk -v lanes="$LANES" '{
		best = 1
		for (i = 2; i <= lanes; i++) if (sum[i] < sum[best]) best = i
		sum[best] += $1; rows[best] = rows[best] " " $2
	} END { for (i = 1; i <= lanes; i++) print rows[i] }'
}

end_lanes() {
	local pid

	for pid in $lanes; do
		kill -TERM "$pid" 2>/dev/null
	done
	# shellcheck disable=SC2086 # a list of process ids
	[ -z "$lanes" ] || wait $lanes 2>/dev/null
	rm -rf "$share"
}

counted_rows() {
	local names

	while read -r names; do
		[ -n "$names" ] || continue
		# shellcheck disable=SC2086 # a list of words
		( lane instructions $names ) &
		lanes="$lanes $!"
	done < <(split_rows "$@")
	# shellcheck disable=SC2086 # a list of process ids
	wait $lanes
	lanes=''
}

# On the wall clock the rows alternate and nothing else runs: what disturbs one
# round disturbs all rows of it alike.
wall_rows() {
	local name names=() round

	for name; do
		! grep -q '^# bench: wall=yes' "$BENCH_DIR/rows/$name.sh" || names+=("$name")
	done
	[ "${#names[@]}" != 0 ] || return 0
	for ((round = 1; round <= ROUNDS; round++)); do
		progress "wall clock, round $round of $ROUNDS"
		( lane wall "${names[@]}" ) &
		lanes=$!
		wait "$lanes"
		lanes=''
	done
}

measure_all() {
	local ACCEL='' ACCEL_NAME=''

	progress "building module and tool, packing the machine"
	machine_prepare || die "the bench can't be built"
	counted_rows "$@"
	choose_accel
	if [ "$ACCEL_NAME" = kvm ] || [ "${BENCH_WALL-}" = yes ]; then
		WALL_ACCEL=$ACCEL_NAME
		wall_rows "$@"
	fi
}

main() {
	local json='' chart='' check='' rows=() name scratch share lanes='' rc=0
	local LANES=${BENCH_LANES:-2} ROUNDS=${BENCH_ROUNDS:-9} WALL_ACCEL=''

	while [ $# -gt 0 ]; do
		case $1 in
		--json) json=${2:?}; shift 2 ;;
		--chart) chart=${2:?}; shift 2 ;;
		--check) check=yes; shift ;;
		-*) usage ;;
		*) rows+=("$1"); shift ;;
		esac
	done
	# shellcheck disable=SC2207 # a list of words
	[ "${#rows[@]}" != 0 ] || rows=($(all_rows))
	for name in "${rows[@]}"; do
		[ -r "$BENCH_DIR/rows/$name.sh" ] || die "no row $name: $(all_rows)"
	done
	"$SELFTESTS/setup.sh" --bench >&2 || exit 1
	kernel_load 6.1 || exit 1
	share=$(mktemp -d "${TMPDIR:-/var/tmp}/netemu.XXXXXX") || exit 1
	scratch=$share
	trap end_lanes EXIT
	trap 'exit 130' INT TERM
	measure_all "${rows[@]}"
	report_collect "$share" "${rows[@]}" >"$share/figures"
	report_json "$share/figures" >"$share/figures.json"
	if [ -n "$check" ]; then
		report_compare "$BENCH_DIR/figures.json" "$share/figures.json"
	else
		report_table "$share/figures"
	fi
	[ -z "$json" ] || cp "$share/figures.json" "$json" || rc=1
	[ -z "$chart" ] || report_chart "$share/figures" >"$chart" || rc=1
	report_failures "$share" "${rows[@]}" || rc=1
	progress "took $(seconds_since 0) s"
	exit $rc
}

main "$@"

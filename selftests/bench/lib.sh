# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # for those who source it
# What rows share, inside the VM: sending frames, counting what arrived, and
# telling the host. Sourced by rows/NAME.sh.
#
#   pktgen -> a0 = a1 -> subject -> b1 = b0 -> sink       "=" is a veth pair
#
# BENCH_CLOCK is "instructions" or "wall", see machine.sh.

. bench/lib/pktgen.sh
. bench/lib/devices.sh
. bench/lib/subjects.sh
. bench/lib/flood.sh

BENCH_CLOCK=${BENCH_CLOCK:-instructions}
ROW_FAILED=0

# Addresses: who sends, who is sent to.
MAC_A=02:00:00:00:0a:01
MAC_B=02:00:00:00:0b:99
MAC_C=02:00:00:00:0c:01	# and the second pair of them
MAC_D=02:00:00:00:0d:99
MAC_ALL=ff:ff:ff:ff:ff:ff

# A row may change these before it measures.
SIZES="60 1496"		# frame sizes, without the checksum
FRAMES=10000		# in each run
REPEAT=3		# runs; the host takes the median of all
SOURCE=a0		# where pktgen sends
ARRIVE=b0		# devices that count arrivals, as a shell pattern
COUNTER=rx_packets	# and their counter
COPIES=1		# that must rise by so much for each frame

# Rounds of wall clock rows alternate on the host's side.
[ "$BENCH_CLOCK" = instructions ] || { REPEAT=1 FRAMES=200000; }

# row_start [MODULE...]: without any, what most rows need. Open vSwitch turns the
# host's connection tracking on, for all that goes by its IP stack.
row_start() {
	local module

	[ $# != 0 ] || set -- pktgen veth dummy sch_ingress act_mirred act_gact \
		cls_matchall bridge macvlan crc32c_generic openvswitch netemu
	for module; do
		modprobe "$module" || return 1
	done
	sysctl -qw net.core.netdev_max_backlog=100000
}

# in_turn: from now on a row makes and measures every subject TURNS times, once
# each, so that the seed of a subject's hash is not the same for all runs. A bad
# seed is not rare: five make it rare that three of them are bad.
in_turn() {
	TURNS=1
	[ "$REPEAT" = 1 ] || TURNS=5
	REPEAT=1
}

row_end() { exit "$ROW_FAILED"; }

# sample ROW SUBJECT BYTES METRIC VALUE: BYTES may be "-". Metrics:
# instructions (per frame, or per what the row counts), ns, two (the
# throughput of two processors against one), memory (bytes).
sample() {
	printf 'sample\t%s\t%s\t%s\t%s\t%s\n' "$@"
}

# row_failed ROW SUBJECT BYTES WHY...
row_failed() {
	ROW_FAILED=1
	printf 'failed\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${*:4}"
}

# try ROW SUBJECT COMMAND...: a step of a set-up; says so when it fails
try() {
	local row=$1 subject=$2 said

	shift 2
	said=$("$@" 2>&1) && return 0
	row_failed "$row" "$subject" - "${*:1:4}:" "$(echo "$said" | head -n 1)"
	return 1
}

arrived() {
	eval "cat /sys/class/net/$ARRIVE/statistics/$COUNTER" | awk '{ n += $1 } END { print n }'
}

# measure ROW SUBJECT DEST [PKTGEN-COMMAND...]: frames from SOURCE to the
# address DEST, of each size. A frame that did not arrive makes it a failure.
measure() {
	local row=$1 subject=$2 dest=$3 size run

	shift 3
	MEASURED=()
	for size in $SIZES; do
		if ! pktgen_run "$SOURCE" 1000 "$size" "$dest" "$@"; then
			row_failed "$row" "$subject" "$size" "pktgen: $PKTGEN_ERROR"
			continue
		fi
		for ((run = 0; run < REPEAT; run++)); do
			measure_once "$row" "$subject" "$size" "$dest" "$@"
		done
	done
}

# measure_two ROW SUBJECT DEST DEVICE: a second line, c0 to DEST, beside the first
# one that was just measured. Only the wall clock knows two processors.
measure_two() {
	local row=$1 subject=$2 dest=$3 size=60 alone ARRIVE="{$ARRIVE,$4}" before after

	before=$(arrived)
	if ! pktgen_run "$SOURCE" "$FRAMES" $size $MAC_B; then
		row_failed "$row" "$subject" $size "pktgen: $PKTGEN_ERROR"
		return 1
	fi
	alone=$PKTGEN_US
	if ! pktgen_two "$SOURCE" c0 "$FRAMES" $size $MAC_B "$dest"; then
		row_failed "$row" "$subject" $size "two processors: $PKTGEN_ERROR"
		return 1
	fi
	after=$(arrived)
	if [ $((after - before)) != $((FRAMES * 3)) ]; then
		row_failed "$row" "$subject" $size \
			"two processors: $((after - before)) frames arrived of $((FRAMES * 3))"
		return 1
	fi
	sample "$row" "$subject" $size two "$(awk -v us="$alone" -v n="$FRAMES" \
		-v rate="$PKTGEN_RATE" 'BEGIN { printf "%.3f", rate * us / n }')"
}

measure_once() {
	local row=$1 subject=$2 size=$3 dest=$4 before after value

	shift 4
	before=$(arrived)
	if ! pktgen_run "$SOURCE" "$FRAMES" "$size" "$dest" "$@"; then
		row_failed "$row" "$subject" "$size" "pktgen: $PKTGEN_ERROR"
		return 1
	fi
	after=$(arrived)
	if [ $((after - before)) != $((FRAMES * COPIES)) ]; then
		row_failed "$row" "$subject" "$size" \
			"$((after - before)) frames arrived of $((FRAMES * COPIES))"
		return 1
	fi
	value=$(awk -v us="$PKTGEN_US" -v n="$FRAMES" 'BEGIN { printf "%.1f", us * 1000 / n }')
	MEASURED+=("$value")
	case $BENCH_CLOCK in
	wall) sample "$row" "$subject" "$size" ns "$value" ;;
	*) sample "$row" "$subject" "$size" instructions "$value" ;;
	esac
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # PKTGEN_* are returned
# The kernel's packet generator. Sourced by lib.sh.

PKTGEN=/proc/net/pktgen

# pktgen_write FILE WORDS: pktgen says no by a failing write
pktgen_write() {
	echo "$2" 2>/dev/null >"$PKTGEN/$1" && return 0
	PKTGEN_ERROR="\"$2\" refused"
	return 1
}

# pktgen_setup THREAD DEVICE COUNT SIZE DEST [COMMAND...]
pktgen_setup() {
	local thread=kpktgend_$1 dev=$2 count=$3 size=$4 dest=$5 word

	shift 5
	pktgen_write "$thread" rem_device_all &&
		pktgen_write "$thread" "add_device $dev" || return 1
	for word in "count $count" "pkt_size $size" "delay 0" "clone_skb 0" \
		"dst_mac $dest" "src_mac $MAC_A" \
		"dst_min 192.0.2.2" "dst_max 192.0.2.2" \
		"src_min 192.0.2.1" "src_max 192.0.2.1" \
		"udp_src_min 9" "udp_src_max 9" "$@"; do
		pktgen_write "$dev" "$word" || return 1
	done
}

# pktgen_result DEVICE COUNT: sets PKTGEN_US, or PKTGEN_ERROR and fails
pktgen_result() {
	local sent

	sent=$(sed -n 's/.*pkts-sofar: \([0-9]*\).*/\1/p' "$PKTGEN/$1")
	PKTGEN_US=$(sed -n 's/.*Result: OK: \([0-9]*\).*/\1/p' "$PKTGEN/$1")
	[ -n "$PKTGEN_US" ] && [ "$sent" = "$2" ] && return 0
	PKTGEN_ERROR="sent ${sent:-0} of $2 frames on $1"
	return 1
}

# pktgen_run DEVICE COUNT SIZE DEST [COMMAND...]
pktgen_run() {
	PKTGEN_US='' PKTGEN_ERROR=''
	pktgen_setup 0 "$@" && pktgen_write pgctrl start && pktgen_result "$1" "$2"
}

# pktgen_two DEVICE DEVICE COUNT SIZE DEST DEST: two processors at once; sets
# PKTGEN_RATE, frames a microsecond
pktgen_two() {
	local us

	PKTGEN_ERROR=''
	pktgen_setup 0 "$1" "$3" "$4" "$5" &&
		pktgen_setup 1 "$2" "$3" "$4" "$6" "src_mac $MAC_C" &&
		pktgen_write pgctrl start &&
		pktgen_result "$1" "$3" && us=$PKTGEN_US && pktgen_result "$2" "$3" || return 1
	PKTGEN_RATE=$(awk -v a="$us" -v b="$PKTGEN_US" -v n="$3" 'BEGIN { print n / a + n / b }')
	pktgen_write kpktgend_1 rem_device_all
}

# teach DEVICE ADDRESS [HOW-MANY]: what is behind DEVICE sends from ADDRESS, and
# from those that follow it
teach() {
	local many=${3:-1}

	pktgen_run "$1" "$many" 60 $MAC_ALL "src_mac $2" "src_mac_count $many"
}

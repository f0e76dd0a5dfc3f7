# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153 # for measure(); PORTS
# Rows in which each frame goes to all ports. Sourced by lib.sh.

# flood_row ROW DEST COUNTS SUBJECT...: rows ROW-COUNT for each of COUNTS dummy
# ports, and ROW-port for one port more
flood_row() {
	local row=$1 dest=$2 counts=$3 subject count
	local -A total=()

	shift 3
	row_start && line_up || exit 1
	for count in $counts; do
		ports_to "$count" || exit 1
		for subject; do
			flood "$row-$count" "$subject" "$dest"
			total[$subject,$count]=${MEASURED[*]}
		done
	done
	# shellcheck disable=SC2086 # a list of words
	for subject; do
		[ "$subject" = floor ] || flood_extra "$row-port" "$subject" $counts
	done
	ports_to 0
	line_down
}

flood() {
	local row=$1 subject=$2 dest=$3 ARRIVE='p*' COUNTER=tx_packets COPIES=$PORTS
	local FRAMES=$((FRAMES / 4 / (PORTS + 8) * 10)) ports

	ports=$(port_names "$PORTS")
	[ "$subject" != floor ] || { ARRIVE=a1 COUNTER=rx_packets COPIES=1; }
	MEASURED=()
	try "$row" "$subject" subject_add "$subject" || return
	# shellcheck disable=SC2086 # a list of words
	try "$row" "$subject" subject_join "$subject" a1 $ports &&
		try "$row" "$subject" subject_flood "$subject" $ports &&
		measure "$row" "$subject" "$dest"
	subject_del "$subject"
}

# flood_extra ROW SUBJECT COUNT...: from the first and the last count
flood_extra() {
	local row=$1 subject=$2 few=$3 many=${*: -1} i
	local low=() high=()

	[ "$few" != "$many" ] || return 0
	read -r -a low <<<"${total[$subject,$few]}"
	read -r -a high <<<"${total[$subject,$many]}"
	for ((i = 0; i < ${#high[@]} && i < ${#low[@]}; i++)); do
		sample "$row" "$subject" 60 instructions "$(awk -v a="${low[i]}" \
			-v b="${high[i]}" -v n=$((many - few)) 'BEGIN { printf "%.1f", (b - a) / n }')"
	done
}

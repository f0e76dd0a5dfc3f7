# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # K_RELEASE
# From samples to figures, and figures as text, JSON and comparison. Sourced by
# bench.sh.
#
# A figure is a line of nine fields with tabs between, "-" for none:
#   row subject bytes instructions net ratio ns ns-ratio two

# report_collect DIRECTORY ROW...: medians, and what follows from them
report_collect() {
	local dir=$1 name files=()

	shift
	for name; do
		[ ! -e "$dir/samples.$name" ] || files+=("$dir/samples.$name")
	done
	[ "${#files[@]}" != 0 ] || return 0
	awk -F '\t' -f "$BENCH_DIR/figures.awk" "${files[@]}"
}

# One object a line, so that a diff of two files can be read.
report_json() {
	jq -r -R -s '[ split("\n")[] | select(. != "") | split("\t") |
		map(if . == "-" then null else (tonumber? // .) end) |
		{ row: .[0], subject: .[1], bytes: .[2], instructions_per_frame: .[3],
		  net_of_floor: .[4], ratio_to_bridge: .[5], ns_per_frame: .[6],
		  ns_ratio_to_bridge: .[7], ratio_two_cpus: .[8] } ] |
		"[\n" + (map(tojson) | join(",\n")) + "\n]"' "$1"
}

report_header() {
	printf 'date     %s\n' "$(date -u '+%Y-%m-%d %H:%M UTC')"
	printf 'module   %s\n' "$(git -C "$TOP" describe --always --dirty --tags 2>/dev/null ||
		echo unknown)"
	printf 'kernel   %s (%s)\n' "$K_RELEASE" "${K_KEY#*_}"
	printf 'machine  %s\n' "$(qemu-system-x86_64 --version | head -n 1)"
	printf 'method   instructions executed per frame, by -icount; median of the runs;\n'
	printf '         pktgen to sink, every frame counted; net: without the floor of the row\n'
	case ${WALL_ACCEL-} in
	'') ;;
	kvm) printf '         ns by the wall clock, KVM: median of %d rounds in turn\n' "$ROUNDS" ;;
	*) printf '         ns under %s: a trial of the code, they mean nothing\n' "$WALL_ACCEL" ;;
	esac
}

# Wall clock columns only where there is something in them.
report_table() {
	report_header
	printf '\n'
	awk -F '\t' '
	{ for (i = 1; i <= 9; i++) cell[NR, i] = $i; if ($7 != "-") wall = 1 }
	END {
		printf "%-22s %-15s %6s %12s %10s %9s", "row", "subject", "bytes",
			"instructions", "net", "/bridge"
		print (wall ? sprintf(" %9s %9s %7s", "ns", "/bridge", "2 cpus") : "")
		for (r = 1; r <= NR; r++) {
			if (r > 1 && cell[r, 1] != cell[r - 1, 1]) print ""
			printf "%-22s %-15s %6s %12s %10s %9s", cell[r, 1], cell[r, 2],
				cell[r, 3], cell[r, 4], cell[r, 5], cell[r, 6]
			print (wall ? sprintf(" %9s %9s %7s", cell[r, 7], cell[r, 8],
				cell[r, 9]) : "")
		}
	}' "$1"
}

report_chart() {
	awk -v about="$(date -u +%Y-%m-%d), Linux $K_RELEASE, instructions counted by QEMU" \
		-f "$BENCH_DIR/chart.awk" "$1"
}

# report_failures DIRECTORY ROW...: fails when there are any
report_failures() {
	local dir=$1 name rc=0

	shift
	for name; do
		if [ ! -s "$dir/samples.$name" ]; then
			printf 'failed: %s: no figures\n' "$name"
			rc=1
		elif grep -q '^failed' "$dir/samples.$name"; then
			awk -F '\t' '$1 == "failed" && !seen[$0]++ {
				printf "failed: %s %s %s: %s\n", $2, $3, $4, $5 }' "$dir/samples.$name"
			rc=1
		fi
	done
	return $rc
}

# report_compare OLD NEW: what moved by more than 2 % (memory: 10 %), came or went
report_compare() {
	[ -r "$1" ] || { say "no figures to compare with: $1"; return 0; }
	report_header
	printf '\n'
	jq -r -n --slurpfile old "$1" --slurpfile new "$2" '
		# A row about memory has its figure in "bytes".
		def figure: .instructions_per_frame // .bytes;
		def key: "\(.row)\t\(.subject)\t\(
			if .instructions_per_frame then .bytes // "-" else "-" end)";
		def table: map({ (key): figure }) | add // {};
		($old[0] | table) as $was | ($new[0] | table) as $is |
		($new[0] | map(.row) | unique) as $rows |
		[ $is | to_entries[] | select(.value != null) |
		  if $was[.key] == null then "new\t\(.key)\t-\t\(.value)\t-"
		  else (100 * (.value / $was[.key] - 1)) as $moved |
		    (if .key | startswith("memory") then 10 else 2 end) as $much |
		    select($moved > $much or $moved < -$much) |
		    "moved\t\(.key)\t\($was[.key])\t\(.value)\t\($moved * 10 | round / 10)"
		  end ] +
		[ $old[0][] | select(.row as $r | $rows | index($r)) | select($is[key] == null and
		    figure != null) | "gone\t\(key)\t\(figure)\t-\t-" ] | .[]' |
	awk -F '\t' '
	NR == 1 { printf "%-6s %-22s %-15s %6s %10s %10s %7s\n", "", "row", "subject",
		"bytes", "before", "now", "%" }
	{ printf "%-6s %-22s %-15s %6s %10s %10s %7s\n", $1, $2, $3, $4, $5, $6, $7 }
	END { if (!NR) print "nothing moved by more than 2 %" }'
}

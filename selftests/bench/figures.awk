# SPDX-License-Identifier: GPL-2.0
# Samples in, figures out: see report.sh for both.
#
# The floor of a figure is the subject "floor" of its row and size. A ratio to
# the bridge, or in hub rows to the bridge as a hub, or in rows about gateways to
# a bridge with masquerading, is one of figures net of the floor where there is a
# floor.

function median(list,    value, n, i, j, t) {
	n = split(list, value, " ")
	for (i = 2; i <= n; i++) {
		t = value[i] + 0
		for (j = i - 1; j > 0 && value[j] + 0 > t; j--)
			value[j + 1] = value[j]
		value[j + 1] = t
	}
	return n % 2 ? value[(n + 1) / 2] + 0 : (value[n / 2] + value[n / 2 + 1]) / 2
}

function has(key, metric) { return (key, metric) in samples }

function number(key, metric) {
	return has(key, metric) ? sprintf("%.0f", median(samples[key, metric])) : "-"
}

function ratio(key, metric,    floor, bridge, base) {
	floor = row[key] SUBSEP "floor" SUBSEP bytes[key]
	bridge = row[key] SUBSEP "bridge" SUBSEP bytes[key]
	if (!has(bridge, metric))
		bridge = row[key] SUBSEP "bridge-hub" SUBSEP bytes[key]
	if (!has(bridge, metric))
		bridge = row[key] SUBSEP "nft-masquerade" SUBSEP bytes[key]
	if (!has(key, metric) || !has(bridge, metric) || key == floor)
		return "-"
	base = has(floor, metric) ? median(samples[floor, metric]) : 0
	bridge = median(samples[bridge, metric]) - base
	return sprintf("%.3f", (median(samples[key, metric]) - base) / bridge)
}

function net(key,    floor) {
	floor = row[key] SUBSEP "floor" SUBSEP bytes[key]
	if (!has(key, "instructions") || !has(floor, "instructions"))
		return "-"
	floor = median(samples[floor, "instructions"])
	return sprintf("%.0f", median(samples[key, "instructions"]) - floor)
}

function print_figure(key,    memory) {
	memory = has(key, "memory")
	print row[key], subject[key], (memory ? number(key, "memory") : bytes[key]),
		number(key, "instructions"), net(key),
		ratio(key, memory ? "memory" : "instructions"),
		number(key, "ns"), ratio(key, "ns"),
		(has(key, "two") ? sprintf("%.2f", median(samples[key, "two"])) : "-")
}

$1 == "sample" {
	key = $2 SUBSEP $3 SUBSEP $4
	if (!(key in row)) {
		order[++count] = key
		row[key] = $2; subject[key] = $3; bytes[key] = $4
	}
	if (!($2 in known)) {
		known[$2] = 1
		rows[++row_count] = $2
	}
	samples[key, $5] = samples[key, $5] " " $6
}

END {
	OFS = "\t"
	for (r = 1; r <= row_count; r++)
		for (i = 1; i <= count; i++)
			if (row[order[i]] == rows[r])
				print_figure(order[i])
}

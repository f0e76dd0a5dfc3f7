# SPDX-License-Identifier: GPL-2.0
# Figures in (see report.sh), a picture out: what each subject adds to the floor
# for one flow of 60 byte frames, the cheapest on top. Drawn for light and dark
# pages, in the reader's own font. "about" is the line below the picture.

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}

BEGIN {
	FS = "\t"
	label["bridge"] = "Linux bridge"
	label["ovs"] = "Open vSwitch"
	label["mirred"] = "tc mirred"
	label["macvlan"] = "macvlan *"
}

$1 == "unicast-2" && $3 == 60 && $2 != "floor" && $2 != "netemu-static" && $5 != "-" {
	for (i = ++n; i > 1 && value[i - 1] + 0 > $5 + 0; i--) {
		name[i] = name[i - 1]
		value[i] = value[i - 1]
	}
	name[i] = $2
	value[i] = $5
	if ($2 == "macvlan")
		about = about "; * without the second veth hop"
	if ($5 + 0 > most)
		most = $5 + 0
}

END {
	if (!n) {
		print "no figures of the row unicast for a chart" >"/dev/stderr"
		exit 1
	}
	left = 120; room = 490; step = 30; top = 44
	height = top + n * step + 34
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 %d\" ", height
	printf "width=\"680\" height=\"%d\" role=\"img\" aria-labelledby=\"t\">\n", height
	print "<title id=\"t\">Instructions per frame beyond the floor</title>"
	print "<style>"
	print "text { font: 14px system-ui, sans-serif; fill: #1f2328; }"
	print ".small { font-size: 12px; fill: #59636e; }"
	print "rect { fill: #8c959f; } .ours { fill: #0969da; }"
	print "@media (prefers-color-scheme: dark) {"
	print "text { fill: #e6edf3; } .small { fill: #9198a1; }"
	print "rect { fill: #6e7681; } .ours { fill: #4493f8; }"
	print "}"
	print "</style>"
	print "<text x=\"12\" y=\"24\">Instructions per frame, net of the veth floor:" \
		" one flow, 60 bytes</text>"
	for (i = 1; i <= n; i++) {
		y = top + (i - 1) * step
		width = room * value[i] / most
		printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
			left - 10, y + 15, escape(name[i] in label ? label[name[i]] : name[i])
		printf "<rect%s x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" rx=\"2\"/>\n",
			(name[i] == "netemu" ? " class=\"ours\"" : ""), left, y, width
		printf "<text x=\"%.1f\" y=\"%d\">%d</text>\n", left + width + 8, y + 15, value[i]
	}
	printf "<text class=\"small\" x=\"12\" y=\"%d\">%s</text>\n", height - 12, escape(about)
	print "</svg>"
}

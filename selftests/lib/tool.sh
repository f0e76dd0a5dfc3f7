# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scenarios of netemu-ctl share: test points, commands that have to
# work or to be refused, answers looked at as JSON. Sourced.

scratch=$(mktemp -d /tmp/tool.XXXXXX)
out=$scratch/out
err=$scratch/err
known=''		# the state, if nothing happened since it was read
n=0
failed=0
ipv6_default=/proc/sys/net/ipv6/conf/default/disable_ipv6
ipv6_was=$(cat "$ipv6_default")
trap 'rm -rf "$scratch"; echo "$ipv6_was" >"$ipv6_default"' EXIT

# ---- test points ------------------------------------------------------------

# verdict TEXT CODE: one test point; what the last command said explains a failure
verdict() {
	n=$((n + 1))
	known=''
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $n - $1"
	head -n 20 "$out" "$err" 2>/dev/null | sed 's/^/# /'
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# point TEXT COMMAND...
point() {
	local text=$1 rc=0

	shift
	"$@" >"$out" 2>"$err" || rc=$?
	verdict "$text" "$rc"
}

# does ARGUMENT...: succeeds without a word
does() {
	local rc=0

	netemu-ctl "$@" >"$out" 2>"$err" || rc=$?
	[ ! -s "$err" ] || rc=1
	[ ! -s "$out" ] || rc=1
	verdict "does: $*" "$rc"
}

# All that a command could have changed. What comes and goes by itself in a
# network (learned addresses, carrier: linkwatch tells up to a second late) is
# left out, wherever it stands in its list.
state() {
	{
		netemu-ctl -j -d show
		netemu-ctl fdb show static
		ip -o link show
	} 2>&1 | sed -E 's/"(fdb_learned|state|carrier)":[^,}]*//g
		s/(LOWER_UP|NO-CARRIER|M-DOWN)//g; s/,+/,/g; s/<,/</; s/,>/>/
		s/ state [A-Z]+//'
}

# refuse CODE PATTERN COMMAND...: fails with this code and one sentence like
# this, and leaves everything as it was. In a short run only what reaches the
# kernel is looked at afterwards.
refuse() {
	local code=$1 pattern=$2 after=$known text rc=0 bad='' compare=yes

	shift 2
	[ "$code" = 2 ] || [ -z "${NETEMU_SHORT-}" ] || compare=''
	[ -z "$compare" ] || [ -n "$known" ] || known=$(state)
	"$@" >"$out" 2>"$err" || rc=$?
	text=$(<"$err")
	[ -z "$compare" ] || after=$(state)
	[ "$rc" = "$code" ] || bad="exit code $rc instead of $code"
	[[ $text != *$'\n'* ]] || bad="more than one line on stderr"
	[[ $text == 'netemu-ctl: '* ]] || bad="says not who speaks"
	[[ $text =~ $pattern ]] || bad="no word of $pattern"
	[ ! -s "$out" ] || bad="something on stdout"
	[ -z "$compare" ] || [ "$after" = "$known" ] || bad="something changed"
	[ -z "$bad" ] || echo "# $bad"
	[ "$bad" != "something changed" ] ||
		diff <(echo "$known") <(echo "$after") | sed 's/^/# /'
	verdict "refused with $code: $*" "$([ -z "$bad" ]; echo $?)"
	known=$after
}

usage() { refuse 1 "$1" netemu-ctl "${@:2}"; }
refused() { refuse 2 "$1" netemu-ctl "${@:2}"; }

# holds FILTER ARGUMENT...: the JSON that the command prints fulfils the filter
holds() {
	local filter=$1 json

	shift
	json=$(netemu-ctl -j "$@") && [ -n "$json" ] && jq -e "$filter" <<<"$json" >/dev/null
}

# fulfils TEXT FILTER: the JSON that the last command printed does
fulfils() {
	local rc=0

	# jq is content with no input at all.
	[ -s "$out" ] && jq -e "$2" "$out" >/dev/null 2>&1 || rc=1
	verdict "$1" "$rc"
}

# is FILTER ARGUMENT...: the same as holds, as a test point
is() {
	local text

	# shellcheck disable=SC2086,SC2116 # line breaks become blanks
	text=$(set -f; echo $1)
	netemu-ctl -j "${@:2}" >"$out" 2>"$err"
	fulfils "${*:2}: $text" "$1"
}

has_line() { grep -qE -- "$1" "$2"; }

# said TEXT PATTERN [FILE]: the last command printed such a line
said() {
	local rc=0

	has_line "$2" "${3-$out}" || rc=1
	verdict "$1" "$rc"
}

# wait_for COMMAND...: at most a minute; a machine that stood still meanwhile
# looks a few times all the same
wait_for() {
	local end=$((SECONDS + 60)) looks=10

	until "$@" >/dev/null 2>&1; do
		[ "$((looks -= 1))" -gt 0 ] || [ "$SECONDS" -lt "$end" ] || return 1
		usleep 100000
	done
}

as_tester() { setpriv --reuid=tester --regid=tester --clear-groups "$@"; }
as_other() { setpriv --reuid=other --regid=other --clear-groups "$@"; }
as_member() { setpriv --reuid=other --regid=other --groups=1000 "$@"; }

gone() { [ ! -e "/sys/class/net/$1" ]; }

# A frame from DEVICE: an ARP request for an address that nobody has.
speak() { arping -q -c 1 -w 1 -I "$1" 192.0.2.77 >/dev/null 2>&1; }

# after_frame DEVICE COMMAND...: it succeeds, at the latest after a frame from
# DEVICE. For wait_for: the first frame may meet a port that is not up yet.
after_frame() {
	"${@:2}" && return 0
	speak "$1"
	"${@:2}"
}

begin() {
	echo "TAP version 13"
	# Addresses that the host gives itself would change what is compared.
	echo 1 >"$ipv6_default"
	modprobe -q netemu
}

finish() {
	echo "1..$n"
	[ "$failed" = 0 ]
}

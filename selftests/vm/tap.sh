# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Reads a test's TAP and judges it. Sourced.
#
# A result is one line in the file RESULTS: status, kernel, test, text, with
# tabs between; status is pass, fail or skip. tap_report writes them when the test
# is over, so that one that has to begin again leaves none behind.

result() {
	TAP_RESULTS+=("$(printf '%s\t%s\t%s\t%s' "$1" "$K_NAME" "$TAP_TEST" "$2")")
	case $1 in
	pass) TAP_PASS=$((TAP_PASS + 1)) ;;
	fail) TAP_FAIL=$((TAP_FAIL + 1)) ;;
	skip) TAP_SKIP=$((TAP_SKIP + 1)) ;;
	esac
}

# tap_fault TEXT: a failure that no test point stands for.
tap_fault() {
	result fail "$1"
	show "not ok - $TAP_TEST: $1"
}

tap_begin() {
	TAP_TEST=$1 TAP_PLAN='' TAP_POINTS=0 TAP_PASS=0 TAP_FAIL=0 TAP_SKIP=0
	TAP_START=$SECONDS TAP_RESULTS=()
}

tap_line() {
	local line=$1 text

	case $line in
	'1..0'*[Ss][Kk][Ii][Pp]*)
		TAP_PLAN=0
		tap_skip "${line#*[Ss][Kk][Ii][Pp]}" "$TAP_TEST"
		;;
	1..[0-9]*)
		text=${line#1..}
		TAP_PLAN=${text%%[!0-9]*}
		;;
	'not ok'*)
		TAP_POINTS=$((TAP_POINTS + 1))
		result fail "$(point_name "${line#not ok}")"
		;;
	'ok '* | ok)
		TAP_POINTS=$((TAP_POINTS + 1))
		text=$(point_name "${line#ok}")
		case $line in
		*'# '[Ss][Kk][Ii][Pp]*) tap_skip "${line#*\# [Ss][Kk][Ii][Pp]}" "${text%% \#*}" ;;
		*) result pass "$text" ;;
		esac
		;;
	'Bail out!'*) tap_fault "bailed out:${line#Bail out!}" ;;
	esac
}

# A skip has to say why, or nobody will ever know what is not being tested.
tap_skip() {
	local reason=${1##[: ]}

	if [ -n "${reason// /}" ]; then
		result skip "$2: $reason"
	else
		tap_fault "skip without a reason: $2"
	fi
}

point_name() {
	local text=${1# }

	text=${text#"${text%%[!0-9]*}"}
	text=${text# }
	printf '%s' "${text#- }"
}

# tap_end EXIT-CODE: what the points can't say.
tap_end() {
	local rc=$1

	if [ -z "$TAP_PLAN" ] && [ "$TAP_POINTS" = 0 ]; then
		tap_fault "printed no plan and no test point (exit code $rc)"
	elif [ -z "$TAP_PLAN" ]; then
		tap_fault "printed no plan"
	elif [ "$TAP_POINTS" != "$TAP_PLAN" ]; then
		tap_fault "planned $TAP_PLAN test points, printed $TAP_POINTS"
	elif [ "$rc" = 4 ] && [ "$TAP_SKIP" = 0 ] && [ "$TAP_FAIL" = 0 ]; then
		tap_fault "exit code 4 without a skip"
	elif [ "$rc" != 0 ] && [ "$rc" != 4 ] && [ "$TAP_FAIL" = 0 ]; then
		tap_fault "exit code $rc without a failed test point"
	fi
}

tap_report() {
	[ "${#TAP_RESULTS[@]}" = 0 ] || printf '%s\n' "${TAP_RESULTS[@]}" >>"$RESULTS"
	TAP_RESULTS=()
	show "# $TAP_TEST: $TAP_PASS passed, $TAP_FAIL failed, $TAP_SKIP skipped in $(seconds_since "$TAP_START") s"
}

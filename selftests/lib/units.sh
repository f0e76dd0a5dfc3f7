# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Unit tests of the module's pure rooms in user space, as one test of ours.

# run_units UNIT...: builds these programs of fuzz/ and runs them. Each counts its
# own test points: count them all.
run_units() {
	local out=$WORK/fuzz n=0 rc=0 unit line

	echo "TAP version 13"
	make -s -C "$SELFTESTS/fuzz" O="$out" "${@/#/$out/}" || return 1
	for unit; do
		while read -r line; do
			case $line in
			'ok '*) n=$((n + 1)); echo "ok $n - $unit ${line#ok * }" ;;
			'not ok '*) n=$((n + 1)); rc=1; echo "not ok $n - $unit ${line#not ok * }" ;;
			'# '*.[ch]:*) echo "$line" ;;
			'exit 0') ;;
			exit*) rc=1; echo "# $unit: $line" ;;
			*ERROR* | *'runtime error'* | *Assertion* | SUMMARY*) echo "# $line" ;;
			esac
		done < <("$out/$unit" 2>&1; echo "exit $?")
	done
	echo "1..$n"
	return $rc
}

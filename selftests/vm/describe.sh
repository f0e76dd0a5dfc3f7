# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # D_* are returned; pending
# What a test says about itself, in a comment near its top:
#
#   # vm: timeout=SECONDS guests=yes memory=MB debug=no|short|only
#       plain=no host=yes
#
# timeout  stock kernel under emulation; the debug kernel gets a multiple
# guests   it starts QEMU guests in the VM
# memory   megabytes of the VM
# debug    no: not on the debug kernel in "make check"; short: there it runs
#          with NETEMU_SHORT=1; only: nowhere else, it needs what that kernel
#          has (also short)
# plain    no: not in "make check", only by name and in "make check-all": it
#          takes long; or the kernels on which it is in "make check", as
#          6.12,debug
# host     it runs on this machine, not in a VM
#
# What is not said comes from selftests/settings. Sourced.

setting() {
	sed -n "s/^$1=//p" "$SELFTESTS/settings"
}

# describe TEST: sets D_NAME, D_PATH (in the VM, below /selftests), D_TIMEOUT,
# D_GUESTS, D_MEMORY, D_DEBUG, D_SHORT, D_PLAIN and D_HOST.
describe() {
	local test=$1 file words word key value

	if [ -n "${PLANTED-}" ]; then
		test=vm/planted/$test.sh
	fi
	file=$SELFTESTS/$test
	[ -r "$file" ] || { note "no test $test"; return 1; }
	D_NAME=$(basename "${test%.*}") D_PATH=${test%.c}
	D_TIMEOUT=$(setting timeout) D_MEMORY=$(setting memory)
	D_GUESTS=no D_DEBUG=yes D_SHORT='' D_PLAIN=yes D_HOST=no
	words=$(head -n 40 "$file" | sed -nE 's/^[ #*\/]*vm: (.*)$/\1/p')
	for word in $words; do
		key=${word%%=*} value=${word#*=}
		case $key in
		timeout) D_TIMEOUT=$value ;;
		guests) D_GUESTS=$value ;;
		memory | mem) D_MEMORY=$value ;;
		debug) D_DEBUG=$value ;;
		plain) D_PLAIN=$value ;;
		host) D_HOST=$value ;;
		*) note "$test: unknown word in its vm line: $word"; return 1 ;;
		esac
	done
	if [[ $D_DEBUG = short || $D_DEBUG = only ]] && [ "$K_NAME" = debug ] && [ -n "${SHORT_DEBUG-}" ]; then
		D_SHORT=1
	fi
}

# test_of NAME: which of the pending tests has this name.
test_of() {
	local test

	for test in "${pending[@]}"; do
		describe "$test"
		[ "$D_NAME" != "$1" ] || { printf '%s' "$test"; return; }
	done
}

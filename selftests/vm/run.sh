#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs tests in VMs of one kernel and appends what they say to a result file.
#
# Usage: run.sh [--planted] KERNEL RESULTS TEST...
#   KERNEL   6.1, 6.12 or debug
#   TEST     a file name below selftests/: switch.sh, netlink.c, ...
#   --planted  tests are names in selftests/vm/planted/, the runner's own faults
set -u
. "$(dirname "$0")/common.sh"
. "$VM_DIR/vm.sh"
. "$VM_DIR/tap.sh"
. "$VM_DIR/pack.sh"
. "$VM_DIR/build.sh"
. "$VM_DIR/accel.sh"
. "$VM_DIR/describe.sh"

HEARTBEAT=30		# a silent test says that it lives, every so many seconds
AFTER_TEST=300		# unloading, leak scan and log, seconds
BOOT=300		# until init speaks, seconds
SILENCE=180		# of a machine with guests that says each 20 s that it lives

PLANTED=''

show() { printf '[%s] %s\n' "$K_NAME" "$*"; }

cleanup() {
	vm_stop
	rm -rf "${scratch-}"
}

# ---- preparation ------------------------------------------------------------

# What several runs on one tree share is built under a lock.
prepare() {
	show "# building module, tool and tests for $K_RELEASE"
	(
		flock 9
		build_module || exit 1
		modules=("$MODULE_DIR"/*.ko)
		if [ -n "$PLANTED" ]; then
			build_planted || exit 1
			modules+=("$PLANTED_KO")
		fi
		build_tests && build_tool && pack_base || exit 1
		pack_modules "$scratch/modules.cpio" "${modules[@]}"
	) 9>"$WORK/lock" || return 1
	choose_accel
	TIME_FACTOR=1
	[ "$K_NAME" != debug ] || TIME_FACTOR=$(setting debug_factor)
}

prepare_guests() {
	[ -z "${guest_layer-}" ] || return 0
	( flock 9; pack_guest ) 9>"$WORK/lock" || return 1
	guest_layer=$WORK/guest.cpio
}

# write_list TEST...: the test list that init reads: name, path, whether more
# come, and 1 for the short form.
write_list() {
	local test left=$#

	for test; do
		describe "$test"
		left=$((left - 1))
		printf '%s %s %s %s\n' "$D_NAME" "$D_PATH" \
			"$([ "$left" = 0 ] && echo last || echo more)" "$D_SHORT"
	done >"$scratch/tests"
}

make_initrd() {
	local layers=("$WORK/base.cpio" "$scratch/modules.cpio" "$scratch/tree.cpio")

	[ "$1" = no ] || layers+=("$guest_layer")
	pack_tree "$scratch/tree.cpio" "$scratch/tests" "$TOP/tools/netemu-ctl" &&
		cat "${layers[@]}" >"$scratch/initrd"
}

# ---- one VM -----------------------------------------------------------------

# end_badly TEXT: the VM is of no more use; show the end of its kernel log.
end_badly() {
	tap_fault "$1"
	show "# end of the kernel log:"
	tail -n 40 "$log/console" | tr -d '\r' | sed "s/^/[$K_NAME] # | /"
	show "# whole log: $log/console"
}

# read_line: the next line into LINE. 1: nothing for a second, 2: VM is gone.
read_line() {
	local part rc=0

	IFS= read -r -t 1 part <&"$VM_FD" || rc=$?
	PARTIAL=$PARTIAL$part
	[ "$rc" -le 128 ] || return 1
	[ "$rc" = 0 ] || return 2
	LINE=$PARTIAL
	PARTIAL=''
}

# A line of init's own. Returns 1 when this VM has done what it could.
control_line() {
	local word=$1 rest=$2

	case $word in
	boot)
		show "# up after $(seconds_since "$vm_started") s"
		;;
	start)
		describe "$(test_of "$rest")"
		state=running grown_at=$SECONDS
		tap_begin "$D_NAME"
		deadline=$((SECONDS + D_TIMEOUT * TIME_FACTOR))
		offset=$(size_of "$log/console") started="netemu bench: start $rest"
		show "# $D_NAME: start"
		;;
	end)
		state=checking
		tap_end "${rest##* }"
		deadline=$((SECONDS + AFTER_TEST * TIME_FACTOR))
		;;
	fault)
		faulty=yes
		tap_fault "$rest"
		;;
	done)
		finish_test
		[ -z "$faulty" ]
		return
		;;
	finish)
		state=finished
		return 1
		;;
	esac
	return 0
}

# What the kernel reported since the test began: from init's mark in its log on. We
# may have heard of the beginning later than the kernel had its say.
fault_of_test() {
	local at=''

	[ -z "$started" ] || at=$(grep -aboF "$started" "$log/console" | tail -n 1)
	at=${at%%:*}
	console_fault "$log/console" "${at:-$offset}"
}

finish_test() {
	local line

	# The same log as init saw, read from outside: a second opinion.
	if [ -z "$faulty" ] && line=$(fault_of_test); then
		faulty=yes
		tap_fault "kernel: $line"
	fi
	tap_report
	[ -z "$faulty" ] || show "# kernel log: $log/console"
	pending=("${pending[@]:1}")
	state=idle
}

# lost_vm WHY FAULT: says why a VM that stopped talking is bad, and gives up its
# current test. FAULT is what its kernel had reported by then.
lost_vm() {
	local why=$1 line=$2

	if [ "$state" = booting ]; then
		tap_begin "${pending[0]}"
	elif [ "$state" = checking ]; then
		why="$why while the machine was put back after the test"
	fi
	[ -z "$line" ] || why="$why; kernel: $line"
	end_badly "$why"
	tap_report
	pending=("${pending[@]:1}")
	[ "$state" != booting ] || [ "${#pending[@]}" = 0 ] || {
		show "# not run: ${pending[*]}"
		pending=()
	}
}

# Whether a machine with guests has given no sign of life for long: init makes its
# kernel log grow. Sets grown and grown_at.
stands() {
	local size

	[ "$1 $ACCEL_NAME" = "yes tcg" ] || return 1
	size=$(size_of "$log/console")
	if [ "$size" != "$grown" ]; then
		grown=$size grown_at=$SECONDS
	fi
	[ "$state" = running ] &&
		[ $((SECONDS - grown_at)) -ge $((SILENCE * TIME_FACTOR)) ]
}

# emulator_stands SIZE: whether it is the emulator that stands still, and no
# kernel: a non-maskable interrupt found the processor in a guest that it never left
# again, or nothing at all (the log had SIZE bytes before). Emulated nested
# virtualisation does that at times, so the test gets one more machine.
emulator_stands() {
	local rip

	[ -z "$fault$stood" ] || return 1
	rip=$(tail -c +$(($1 + 1)) "$log/console" | grep -a -m 1 'RIP: 0010:')
	[[ -z $rip || $rip = *svm_vcpu_run* ]] || return 1
	stood=yes
	show "# the emulator stands still, whole log: $log/console"
	show "# ${pending[0]}: once more, on a new machine"
}

# Boots one VM and runs the pending tests in it until one of them spoils it.
run_vm() {
	local guests=$1 memory=$2 beat rc fault size ended standing
	local grown=0 grown_at=$SECONDS reminded=$SECONDS
	local state=booting faulty='' offset=0 started='' deadline vm_started=$SECONDS
	local PARTIAL='' LINE='' ACCEL=$ACCEL VM_WORDS=${VM_WORDS-}

	[ "$ACCEL_NAME" != tcg ] || VM_WORDS="$TCG_WORDS $VM_WORDS"
	[ "$guests $ACCEL_NAME" != "yes tcg" ] || ACCEL=$TCG_GUESTS
	log=$LOGS/$(date +%H%M%S)-$K_NAME-$$-$((++boots))
	mkdir -p "$log"
	write_list "${pending[@]}"
	printf 'NETEMU_%s=%s\n' KERNEL "$K_NAME" GUESTS "$guests" MINUTES "${MINUTES-}" \
		>"$scratch/env"
	make_initrd "$guests" || {
		tap_begin "${pending[0]}"
		tap_fault "initramfs can't be packed"
		tap_report
		return 1
	}
	show "# booting $K_RELEASE ($ACCEL_NAME, $memory MB) for: ${pending[*]}"
	deadline=$((SECONDS + BOOT * TIME_FACTOR))
	beat=$((SECONDS + HEARTBEAT))
	vm_start "$log" "$memory" "$scratch/initrd"
	while :; do
		if [ "$guests $ACCEL_NAME" = "yes tcg" ] && [ "$SECONDS" != "$reminded" ]; then
			reminded=$SECONDS
			vm_remind "$log"
		fi
		rc=0
		read_line || rc=$?
		if [ "$rc" = 0 ]; then
			beat=$((SECONDS + HEARTBEAT))
			take_line || break
		elif [ "$rc" = 2 ]; then
			lost_vm "the VM ended by itself" "$(fault_of_test)"
			break
		fi
		if [ "$SECONDS" -ge "$deadline" ] || stands "$guests"; then
			fault=$(fault_of_test)
			size=$(size_of "$log/console")
			ended=$((SECONDS - vm_started))
			standing=''
			! stands "$guests" || standing=yes
			vm_backtrace "$log"
			[ -z "$standing" ] || ! emulator_stands "$size" || break
			lost_vm "VM timeout after $ended s" "$fault"
			break
		fi
		if [ "$SECONDS" -ge "$beat" ]; then
			show "# ... ${TAP_TEST:-booting}: $((deadline - SECONDS)) s left"
			beat=$((SECONDS + HEARTBEAT))
		fi
	done
	vm_stop
}

take_line() {
	local rest

	[ -n "$LINE" ] || return 0
	case $LINE in
	'@@ '*)
		rest=${LINE#@@ }
		control_line "${rest%% *}" "${rest#* }"
		return
		;;
	esac
	show "$LINE"
	[ "$state" != running ] || tap_line "$LINE"
	return 0
}

# run_group GUESTS MEMORY TEST...: tests that can share a VM.
run_group() {
	local guests=$1 memory=$2

	shift 2
	pending=("$@")
	[ "$guests" = no ] || prepare_guests || {
		tap_begin "$1"
		tap_fault "the guest archive can't be packed"
		tap_report
		return
	}
	while [ "${#pending[@]}" -gt 0 ]; do
		run_vm "$guests" "$memory" || break
	done
}

# Tests that run on this machine, not in a VM: the runner's own.
run_on_host() {
	local line rc

	describe "$1"
	tap_begin "$D_NAME"
	show "# $D_NAME: start, on this machine"
	exec {VM_FD}< <(timeout -k 5 "$D_TIMEOUT" "$SELFTESTS/$D_PATH" 2>&1; echo "@@ $?")
	rc=''
	while IFS= read -r line <&"$VM_FD"; do
		case $line in
		'@@ '*) rc=${line#@@ } ;;
		*) show "$line"; tap_line "$line" ;;
		esac
	done
	exec {VM_FD}<&-
	VM_FD=''
	tap_end "$rc"
	tap_report
}

# ---- all of it --------------------------------------------------------------

main() {
	local test plain=() guest=() memory guest_memory

	if [ "$1" = --planted ]; then
		PLANTED=yes
		shift
	fi
	kernel_load "$1" || exit 1
	RESULTS=$2
	shift 2
	memory=$(setting memory) guest_memory=$(setting guest_memory)
	boots=0 stood='' VM_PID='' VM_FD=''
	mkdir -p "$WORK" "$LOGS"
	scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/netemu.XXXXXX") || exit 1
	trap cleanup EXIT
	trap 'exit 130' INT TERM

	for test; do
		describe "$test" || exit 1
		if [ "$D_HOST" = yes ]; then
			run_on_host "$test"
		elif [ "$D_GUESTS" = yes ]; then
			guest+=("$test")
			[ "$D_MEMORY" -le "$guest_memory" ] || guest_memory=$D_MEMORY
		else
			plain+=("$test")
			[ "$D_MEMORY" -le "$memory" ] || memory=$D_MEMORY
		fi
	done
	[ $((${#plain[@]} + ${#guest[@]})) -gt 0 ] || return 0
	prepare || {
		tap_begin build
		tap_fault "the tree does not build for $K_RELEASE"
		tap_report
		return 1
	}
	# Many a test waits for grace periods, and this kernel takes long over them.
	[ "$K_NAME" != debug ] || VM_WORDS="rcupdate.rcu_expedited=1 ${VM_WORDS-}"
	[ "${#plain[@]}" = 0 ] || run_group no "$memory" "${plain[@]}"
	[ "${#guest[@]}" = 0 ] || run_group yes "$guest_memory" "${guest[@]}"
}

main "$@"

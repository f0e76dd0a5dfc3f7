# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # K_* and ACCEL come from their choosers
# One virtual machine: its QEMU line, its start, its end. Sourced.

# The kernel's words. Mitigations cost a lot under emulation and test nothing
# of ours; a VM that panics ends instead of waiting. VM_WORDS are those of one
# kind of VM.
vm_cmdline() {
	# shellcheck disable=SC2086 # VM_WORDS is a list of words
	printf '%s ' console=ttyS0 rdinit=/init panic=-1 oops=panic mitigations=off \
		audit=0 no_timer_check log_buf_len=8M printk.time=1 \
		rcupdate.rcu_cpu_stall_timeout=120 \
		workqueue.watchdog_thresh=120 net.ifnames=0 ${VM_WORDS-}
}

# vm_options DIRECTORY MEMORY: one word per line. Results leave on standard
# output, the kernel log goes to DIRECTORY/console. The network card with no wire
# is for tests that load its driver; the debug kernel has none.
vm_options() {
	printf '%s\n' -machine pc -m "$2" -nodefaults -no-user-config \
		-display none -vga none -no-reboot \
		-device rtl8139,romfile= \
		-device virtio-serial-pci \
		-chardev file,id=results,path=/dev/stdout \
		-device virtserialport,chardev=results,name=netemu.results \
		-serial "file:$1/console"
}

# vm_start DIRECTORY MEMORY INITRD: sets VM_PID and VM_FD, from which results
# are read. DIRECTORY/monitor.in takes commands for QEMU's monitor.
vm_start() {
	local dir=$1 options=()

	mapfile -t options < <(vm_options "$1" "$2")
	rm -f "$dir/monitor.in" "$dir/monitor.out"
	mkfifo "$dir/monitor.in" "$dir/monitor.out"
	: >"$dir/console"
	# shellcheck disable=SC2086 # ACCEL is a list of words
	exec {VM_FD}< <(exec qemu-system-x86_64 "${options[@]}" $ACCEL \
		-chardev "pipe,id=monitor,path=$dir/monitor" \
		-mon chardev=monitor,mode=readline \
		-kernel "$K_IMAGE" -initrd "$3" \
		-append "$(vm_cmdline)" </dev/null 2>"$dir/qemu.log")
	VM_PID=$!
}

vm_alive() { kill -0 "$VM_PID" 2>/dev/null; }

# Before a hanging VM is ended, a non-maskable interrupt makes its kernel say
# where each processor is.
vm_backtrace() {
	vm_alive || return 0
	printf 'nmi\n' >"$1/monitor.in"
	sleep 5
}

# vm_remind DIRECTORY: an interrupt that does nothing. Leaving a guest, emulated SVM
# changes the word of pending interrupts with no lock, while another thread of QEMU
# sets a bit there: the processor then knows nothing of an interrupt that its APIC
# holds, a timer's say, until the next one makes the APIC tell again.
vm_remind() {
	# Opened so, a pipe that nobody reads any more is no reason to wait.
	printf 'sendkey shift\n' 1<>"$1/monitor.in"
}

vm_stop() {
	[ -n "${VM_PID-}" ] || return 0
	kill -9 "$VM_PID" 2>/dev/null
	wait "$VM_PID" 2>/dev/null
	[ -z "${VM_FD-}" ] || exec {VM_FD}<&-
	VM_PID='' VM_FD=''
}

# console_fault FILE OFFSET: the first report in the kernel log after OFFSET.
console_fault() {
	tail -c +$(($2 + 1)) "$1" | tr -d '\r' | grep -aE -m 1 -f "$VM_DIR/splats"
}

size_of() { stat -c %s "$1" 2>/dev/null || echo 0; }

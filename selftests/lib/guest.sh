# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Unmodified QEMU guests for the scenarios: start one, run commands in it, kill
# it. A guest is Debian's 6.1 kernel with busybox, ip, ethtool and iperf3. Only
# tests that say "# vm: guests=yes" have the files for it. Sourced.
#
#   guest_start NAME "QEMU OPTIONS FOR THE CARD" [USER]
#   guest_programs NAME...	guests started later have these programs as well
#   guest_boot NAME "QEMU OPTIONS" [USER]	without a kernel: what its card boots
#   guest_wait NAME		until it takes commands
#   guest_run NAME COMMAND...	prints what it prints, returns its exit code
#   guest_pid NAME		QEMU's process id
#   guest_stop NAME		ends QEMU in an orderly way
#   guest_kill NAME		kill -9: nothing is told to anybody
#   guest_log NAME		the guest's kernel log, for a failing test
#
# Example:
#   guest_start vm0 "-netdev tap,id=n0,ifname=vm0,script=no,downscript=no
#                    -device virtio-net-pci,netdev=n0,mac=02:00:00:00:00:01" tester
#   guest_wait vm0 && guest_run vm0 ip addr add 192.0.2.1/24 dev eth0

GUEST_DIR=${GUEST_DIR:-/run/guests}
if [ "${NETEMU_KERNEL-}" = debug ]; then
	GUEST_BOOT_TIMEOUT=${GUEST_BOOT_TIMEOUT:-600}
fi
GUEST_BOOT_TIMEOUT=${GUEST_BOOT_TIMEOUT:-300}
GUEST_INITRD=/guest/initrd
# How long a command may take, and what is waited for: an emulated machine in an
# emulated machine, with others beside it. A caller with slow ones sets them.
BUSYWAIT=${BUSYWAIT:-240}
GUEST_TIMEOUT=${GUEST_TIMEOUT:-240}
GUEST_MEMORY=${GUEST_MEMORY:-192}
GUEST_MACHINE=${GUEST_MACHINE:-pc}

# KVM in the VM is the emulated processor's own virtualisation: far quicker than
# emulation inside emulation. Sets GUEST_ACCEL once.
guest_accel() {
	[ -z "${GUEST_ACCEL-}" ] || return 0
	modprobe kvm_amd 2>/dev/null || modprobe kvm_intel 2>/dev/null
	if [ -c /dev/kvm ]; then
		chmod 666 /dev/kvm
		GUEST_ACCEL="-accel kvm -cpu host"
	else
		GUEST_ACCEL="-accel tcg -cpu max"
	fi
	if modprobe vhost_net 2>/dev/null; then
		chmod 666 /dev/vhost-net
	fi
}

# guest_qemu NAME USER OPTION...: QEMU in the background
guest_qemu() {
	local dir=$GUEST_DIR/$1 user=$2 as=()

	shift 2
	guest_accel
	rm -rf "$dir"
	mkdir -p "$dir"
	mkfifo "$dir/port.in" "$dir/port.out" "$dir/monitor.in" "$dir/monitor.out"
	: >"$dir/console"
	if [ "$user" != root ]; then
		chown -R "$user" "$dir"
		as=(setpriv "--reuid=$user" "--regid=$user" --clear-groups)
	fi
	# shellcheck disable=SC2086 # a list of words
	"${as[@]}" qemu-system-x86_64 $GUEST_ACCEL -m "$GUEST_MEMORY" \
		-nodefaults -no-user-config -vga none -display none \
		-serial "file:$dir/console" "$@" </dev/null >"$dir/qemu.log" 2>&1 &
	echo $! >"$dir/pid"
}

# guest_start NAME "QEMU OPTIONS FOR THE CARD" [USER]
guest_start() {
	local dir=$GUEST_DIR/$1

	# shellcheck disable=SC2086 # lists of words
	guest_qemu "$1" "${3-root}" -machine "$GUEST_MACHINE" -no-reboot \
		-chardev "pipe,id=monitor,path=$dir/monitor" \
		-mon chardev=monitor,mode=readline \
		-device virtio-serial-pci \
		-chardev "pipe,id=port,path=$dir/port" \
		-device virtserialport,chardev=port,name=netemu.guest \
		-kernel /guest/vmlinuz -initrd "$GUEST_INITRD" \
		-append "console=ttyS0 rdinit=/init panic=-1 mitigations=off audit=0 net.ifnames=0 quiet" \
		$2
}

# A second archive behind the first, of what this machine has. Their libraries are
# where the guest has its own.
guest_programs() {
	local name

	GUEST_INITRD=$GUEST_DIR/initrd
	mkdir -p "$GUEST_DIR"
	{
		cat /guest/initrd
		for name; do
			echo "bin/$name"
			LD_TRACE_LOADED_OBJECTS=1 "/bin/$name" |
				sed -n 's/.* => \/\([^ ]*\) .*/\1/p'
		done | (cd / && busybox cpio -o -H newc -L 2>/dev/null)
	} >"$GUEST_INITRD"
}

# The firmware takes the serial line for its screen, and tries again when there was
# nothing to boot.
guest_boot() {
	# shellcheck disable=SC2086 # a list of words
	guest_qemu "$1" "${3-root}" -machine "$GUEST_MACHINE,graphics=off" \
		-boot reboot-timeout=1000 -monitor none $2
}

# guest_monitor NAME COMMAND...: one for QEMU itself; it says nothing
guest_monitor() {
	local dir=$GUEST_DIR/$1

	shift
	guest_alive "${dir##*/}" && printf '%s\n' "$*" >"$dir/monitor.in"
}

guest_pid() { cat "$GUEST_DIR/$1/pid" 2>/dev/null; }

guest_alive() { kill -0 "$(guest_pid "$1")" 2>/dev/null; }

guest_log() {
	sed 's/^/# qemu: /' "$GUEST_DIR/$1/qemu.log"
	tail -n "${2:-20}" "$GUEST_DIR/$1/console" | tr -d '\r' | sed "s/^/# $1: /"
}

# guest_answer NAME ID SECONDS: copies the port to standard output until the
# command ID has ended; returns its exit code, 124 for time out, 125 for a dead
# guest.
guest_answer() {
	local dir=$GUEST_DIR/$1 id=$2 end=$((SECONDS + $3)) line='' part fd rc held=''

	exec {fd}<>"$dir/port.out"
	while :; do
		rc=0
		IFS= read -r -t 1 part <&"$fd" || rc=$?
		line=$line$part
		if [ "$rc" = 0 ]; then
			case $line in
			"@@ $id "*) exec {fd}<&-; return "${line##* }" ;;
			'@@ '*) ;;
			# The empty line before the end may be ours: keep it back.
			'') [ -z "$held" ] || echo; held=yes; line=''; continue ;;
			*) [ -z "$held" ] || echo; held=''; printf '%s\n' "$line" ;;
			esac
			line=''
		elif ! guest_alive "$1"; then
			echo "# guest $1 is gone" >&2
			guest_log "$1" >&2
			exec {fd}<&-
			return 125
		elif [ "$SECONDS" -ge "$end" ]; then
			echo "# guest $1 did not answer in $3 s" >&2
			exec {fd}<&-
			return 124
		fi
	done
}

guest_wait() {
	guest_answer "$1" up "$GUEST_BOOT_TIMEOUT" && return 0
	guest_log "$1" >&2
	return 1
}

# One command at a time per guest: the lock keeps answers apart.
guest_run() {
	local name=$1 dir=$GUEST_DIR/$1 id fd rc=0

	shift
	guest_alive "$name" || { echo "# guest $name is gone" >&2; return 125; }
	id=$BASHPID.$RANDOM$RANDOM
	exec {fd}>"$dir/lock"
	flock "$fd"
	printf 'run %s\n%s\nend %s\n' "$id" "$*" "$id" >"$dir/port.in"
	guest_answer "$name" "$id" "$GUEST_TIMEOUT" || rc=$?
	exec {fd}>&-
	return "$rc"
}

# guest_gone NAME: until the process is no more.
guest_gone() {
	local pid

	pid=$(guest_pid "$1")
	[ -n "$pid" ] || return 0
	wait "$pid" 2>/dev/null
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.1
	done
	rm -f "$GUEST_DIR/$1/pid"
}

guest_stop() {
	! guest_alive "$1" || kill -TERM "$(guest_pid "$1")"
	guest_gone "$1"
}

guest_kill() {
	! guest_alive "$1" || kill -9 "$(guest_pid "$1")"
	guest_gone "$1"
}

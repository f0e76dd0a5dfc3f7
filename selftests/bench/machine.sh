# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # read by vm.sh and pack.sh; theirs
# The machine that rows run in: what is packed into it, and its two clocks.
# Under the clock "instructions" one nanosecond of the machine is one executed
# instruction. Sourced by bench.sh.

BENCH_DIR=$SELFTESTS/bench
BENCH_WORK=$WORK/bench
PATH=$PATH:$CACHE/peers/usr/bin:$CACHE/peers/usr/sbin

MODULE_LISTS=("$VM_DIR/modules" "$BENCH_DIR/modules")
MODULE_STAGE=$BENCH_WORK/modules

# With "rep movsb" a copy would count as one instruction per byte: erms and fsrm
# off. A clock that idles jumps: nothing in a row may sleep while it measures.
COUNTED="-accel tcg,thread=single,tb-size=256
	-icount shift=0,sleep=off,align=off -smp 1
	-cpu max,-erms,-fsrm -machine hpet=off"
COUNTED_WORDS="ipv6.disable=1 nokaslr nowatchdog tsc_early_khz=1000000
	tsc=reliable clocksource=tsc random.trust_cpu=on rcupdate.rcu_normal=1"
WALL_WORDS="ipv6.disable=1 nowatchdog"

# machine_clock CLOCK: what vm_start uses from now on
machine_clock() {
	case $1 in
	instructions)
		ACCEL=$COUNTED
		VM_WORDS=$COUNTED_WORDS
		;;
	wall)
		choose_accel
		VM_WORDS=$WALL_WORDS
		;;
	esac
}

# The programs written for the bench: bin/NAME.c each.
build_programs() {
	local source out

	mkdir -p "$BENCH_WORK/bin"
	for source in "$BENCH_DIR"/bin/*.c; do
		[ -e "$source" ] || continue
		out=$BENCH_WORK/bin/$(basename "$source" .c)
		[ "$out" -nt "$source" ] || gcc -O2 -Wall -o "$out" "$source" || return 1
	done
}

# The guest of the rows about emulated cards: no system, no library.
build_guest() {
	local dir=$BENCH_DIR/guest out=$BENCH_WORK/nicguest

	[ -e "$out" ] && [ -z "$(find "$dir" -type f -newer "$out")" ] && return 0
	gcc -m32 -O2 -Wall -ffreestanding -nostdlib -static -fno-pic -no-pie \
		-fno-stack-protector -mgeneral-regs-only -fcf-protection=none \
		-fno-asynchronous-unwind-tables -Wl,--build-id=none \
		-Wl,--no-warn-rwx-segments -Wl,-T,"$dir/nicguest.lds" -o "$out" "$dir"/*.c
}

# pack_bench_guest OUTPUT: it, and an unmodified QEMU for it
pack_bench_guest() {
	local out=$1 name

	{
		program_lines qemu-system-x86_64 || return 1
		for name in bios-256k.bin kvmvapic.bin multiboot_dma.bin; do
			firmware_line "$name" || return 1
		done
		printf 'file /guest/nicguest %s 0644 0 0\n' "$BENCH_WORK/nicguest"
	} | with_parents >"$out.list" || return 1
	archive "$out.list" "$out"
}

# pack_bench OUTPUT: the rows and what they call
pack_bench() {
	local out=$1 path programs

	programs=$(words_of "$BENCH_DIR/programs")
	{
		# shellcheck disable=SC2086 # a list of words
		program_lines $programs || return 1
		for path in "$BENCH_WORK"/bin/*; do
			[ -x "$path" ] || continue
			printf 'file /bin/%s %s 0755 0 0\n' "${path##*/}" "$path"
			library_lines "$path"
		done
		tree_lines "$BENCH_DIR"/lib.sh "$BENCH_DIR"/lib/*.sh "$BENCH_DIR"/rows/*.sh
	} >"$out.files"
	with_parents <"$out.files" >"$out.list"
	archive "$out.list" "$out"
}

# What all lanes share is built and packed once, under the lock of the tree.
machine_prepare() {
	mkdir -p "$BENCH_WORK" "$LOGS"
	(
		flock 9
		build_module && build_tool && build_programs && build_guest && pack_base || exit 1
		pack_modules "$scratch/modules.cpio" "$MODULE_DIR"/*.ko &&
			pack_bench "$scratch/bench.cpio" &&
			pack_bench_guest "$scratch/guest.cpio"
	) 9>"$WORK/lock"
}

# make_initrd [GUESTS]: for the rows in $scratch/tests; "yes" if one of them starts
# guests. choose_accel calls it too.
make_initrd() {
	local layers=("$WORK/base.cpio" "$share/modules.cpio" "$share/bench.cpio")

	[ "${1-}" != yes ] || layers+=("$share/guest.cpio")
	pack_tree "$scratch/tree.cpio" "$scratch/tests" "$TOP/tools/netemu-ctl" &&
		cat "${layers[@]}" "$scratch/tree.cpio" >"$scratch/initrd"
}

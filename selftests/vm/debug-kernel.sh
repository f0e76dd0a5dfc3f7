#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the debug kernel from apt's linux-source-6.1 and this tree's fragments
# into the cache, once per source version and set of fragments.
set -eu
. "$(dirname "$0")/common.sh"
. "$VM_DIR/kernel-source.sh"

FRAGMENTS=("$VM_DIR/config/debug.config" "$VM_DIR/config/machine.config" "$SELFTESTS/config")

# What "make M=" reads: makefiles, headers, the built scripts and objtool.
copy_build_tree() {
	local to=$1

	mkdir -p "$to"
	(
		cd "$src"
		{
			find . arch/x86 -maxdepth 1 -name 'Makefile*'
			find include scripts arch/x86/include \( -type f -o -type l \) \
				! -name '*.o' ! -name '.*.cmd'
			find arch/x86 \( -name Kbuild.platforms -o -name Platform \)
			printf '%s\n' .config Module.symvers tools/objtool/objtool \
				scripts/module.lds
			find tools/include -name '*.h'
		} | sort -u | cpio --quiet -pdm "$to"
	)
}

install_result() {
	local to=$1 release=$2

	rm -rf "$to.new"
	mkdir -p "$to.new"
	cp "$src/arch/x86/boot/bzImage" "$to.new/vmlinuz"
	cp "$src/.config" "$to.new/config"
	make -s -C "$src" INSTALL_MOD_PATH="$to.new" modules_install
	rm -f "$to.new/lib/modules/$release/build" "$to.new/lib/modules/$release/source"
	copy_build_tree "$to.new/build"
	rm -rf "$to"
	mv "$to.new" "$to"
	chown -R "$(id -u):$(id -g)" "$to"
}

main() {
	local version key result release work='' start=$SECONDS

	# Whoever comes second waits, and finds the work done.
	mkdir -p "$CACHE/kernels"
	exec 8>"$CACHE/kernels/debug.lock"
	flock 8
	version=$(source_version) || die "no kernel source in the cache; run selftests/setup.sh"
	key=debug-$version-$(fragment_hash)
	result=$CACHE/kernels/$key
	if [ -r "$result/config" ]; then
		publish debug "$result" "$(basename "$result"/lib/modules/*)" vmlinuz
		return 0
	fi

	say "debug kernel: building $key (about 11 minutes on two idle cores)"
	scratch_dir work
	unpack_source
	mkdir -p "$CACHE/log"
	configure
	[ "${1-}" != --config-only ] || return 0
	compile "debug kernel" "$CACHE/log/debug-kernel.log" bzImage modules
	release=$(cat "$src/include/config/kernel.release")
	install_result "$result" "$release"
	publish debug "$result" "$release" vmlinuz
	say "debug kernel: $release built in $(seconds_since "$start") s"
}

main "$@"

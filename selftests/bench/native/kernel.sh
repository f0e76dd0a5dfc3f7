#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds User-mode Linux from apt's linux-source-6.1 into the cache, once per
# source version and options: a Linux that runs as a process, at native speed,
# and takes modules. kernel_load() in vm/common.sh knows it as "uml".
set -eu
NATIVE=$(cd "$(dirname "$0")" && pwd)
. "$NATIVE/../../vm/common.sh"
. "$VM_DIR/kernel-source.sh"

FRAGMENTS=("$NATIVE/uml.config")
PATCH=$NATIVE/xstate.patch
# shellcheck disable=SC2034 # kernel-source.sh reads and sets them
work='' src=''
export ARCH=um

# What "make M=" reads: makefiles, headers and the built scripts.
copy_build_tree() {
	local to=$1

	mkdir -p "$to"
	(
		cd "$src"
		{
			find . arch/x86 -maxdepth 1 -name 'Makefile*'
			find include scripts arch/um arch/x86/um arch/x86/include \
				\( -type f -o -type l \) \
				! -name '*.o' ! -name '*.a' ! -name '.*.cmd'
			printf '%s\n' .config Module.symvers
		} | sort -u | cpio --quiet -pdm "$to"
	)
}

install_result() {
	local to=$1

	rm -rf "$to.new"
	mkdir -p "$to.new"
	strip -o "$to.new/linux" "$src/vmlinux"
	copy_build_tree "$to.new/build"
	rm -rf "$to"
	mv "$to.new" "$to"
	chown -R "$(id -u):$(id -g)" "$to"
}

main() {
	local version key result release start=$SECONDS

	mkdir -p "$CACHE/kernels" "$CACHE/log"
	exec 8>"$CACHE/kernels/uml.lock"
	flock 8
	version=$(source_version) || die "no kernel source in the cache; run selftests/setup.sh"
	key=uml-$version-$(FRAGMENTS+=("$PATCH"); fragment_hash)
	result=$CACHE/kernels/$key
	[ ! -x "$result/linux" ] || return 0

	say "User-mode Linux: building $key (about 10 minutes of one processor)"
	scratch_dir work
	unpack_source
	as_nobody patch -s -d "$src" -p1 <"$PATCH"
	configure
	compile "User-mode Linux" "$CACHE/log/uml.log" vmlinux modules
	release=$(cat "$src/include/config/kernel.release")
	install_result "$result"
	publish uml "$result" "$release" linux
	say "User-mode Linux: $release built in $(seconds_since "$start") s"
}

main "$@"

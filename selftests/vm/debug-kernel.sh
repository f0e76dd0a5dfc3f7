#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the debug kernel from apt's linux-source-6.1 and this tree's fragments
# into the cache, once per source version and set of fragments. Built by an
# unprivileged user: nothing in a kernel build needs more.
set -eu
. "$(dirname "$0")/common.sh"

FRAGMENTS=("$VM_DIR/config/debug.config" "$VM_DIR/config/machine.config" "$SELFTESTS/config")

source_version() { cat "$CACHE/source/version" 2>/dev/null; }
fragment_hash() { cat "${FRAGMENTS[@]}" | sha256sum | cut -c1-16; }

# as_nobody COMMAND...: drop root for it; anyone else runs it as they are.
as_nobody() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs \
			env HOME="$work" PATH="$PATH" "$@"
	else
		"$@"
	fi
}

# The options a fragment asked for and the final .config does not have. kconfig
# drops an option with an unmet dependency without a word.
dropped_options() {
	local line name

	while read -r line; do
		case $line in
		CONFIG_*=n)
			name=${line%=n}
			! grep -q "^$name=" "$1" || say "$line"
			;;
		CONFIG_*)
			grep -qxF "$line" "$1" || say "$line"
			;;
		esac
	done < <(cat "${FRAGMENTS[@]}")
}

configure() {
	local dropped

	cd "$src"
	as_nobody make -s allnoconfig
	as_nobody scripts/kconfig/merge_config.sh -m .config "${fragments[@]}" \
		>"$work/merge.log" || { cat "$work/merge.log" >&2; return 1; }
	as_nobody make -s olddefconfig
	cd "$work"
	dropped=$(dropped_options "$src/.config")
	[ -z "$dropped" ] || die "kconfig dropped wanted options:" $dropped
}

# Prints one line every hundred objects, so that a watcher sees it move.
progress() {
	awk '/^ +(CC|AS|LD|AR)/ { if (++n % 100 == 0) { printf "debug kernel: %d objects built\n", n; fflush() } }'
}

compile() {
	local log=$1

	if ! as_nobody make -C "$src" -j"$(nproc)" bzImage modules 2>&1 |
		tee "$log" | progress || [ "${PIPESTATUS[0]}" != 0 ]; then
		tail -n 30 "$log" >&2
		die "the debug kernel does not build; log: $log"
	fi
}

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

# The descriptor file that kernel_load() in common.sh reads. Older builds go.
publish() {
	local old

	for old in "$CACHE"/kernels/debug-*; do
		[ "$old" = "$1" ] || rm -rf "$old"
	done
	cat >"$CACHE/kernels/debug.new" <<-EOF
	K_RELEASE=$2
	K_IMAGE=$1/vmlinuz
	K_MODULES=$1
	K_BUILD=$1/build
	K_KEY=${1##*/}
	EOF
	mv "$CACHE/kernels/debug.new" "$CACHE/kernels/debug"
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
		publish "$result" "$(basename "$result"/lib/modules/*)"
		return 0
	fi

	say "debug kernel: building $key (about 11 minutes on two idle cores)"
	scratch_dir work
	chmod 755 "$work"
	tar -C "$work" -xJf "$CACHE/source/linux-source-6.1.tar.xz"
	src=$work/linux-source-6.1
	mkdir "$work/config"
	cp "${FRAGMENTS[@]}" "$work/config/"
	fragments=("$work"/config/*)
	[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$work"
	mkdir -p "$CACHE/log"
	configure
	[ "${1-}" != --config-only ] || return 0
	compile "$CACHE/log/debug-kernel.log"
	release=$(cat "$src/include/config/kernel.release")
	install_result "$result" "$release"
	publish "$result" "$release"
	say "debug kernel: $release built in $(seconds_since "$start") s"
}

main "$@"

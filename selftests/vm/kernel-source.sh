# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # work: scratch directory; FRAGMENTS: files of options
# Builds a kernel from apt's linux-source-6.1 and fragments of this tree, by an
# unprivileged user: nothing in a kernel build needs more. Sourced by the
# scripts that keep such a kernel in the cache. ARCH in the environment counts.

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

# unpack_source: sets src and fragments, both below the scratch directory.
unpack_source() {
	chmod 755 "$work"
	tar -C "$work" -xJf "$CACHE/source/linux-source-6.1.tar.xz"
	src=$work/linux-source-6.1
	mkdir "$work/config"
	cp "${FRAGMENTS[@]}" "$work/config/"
	fragments=("$work"/config/*)
	[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$work"
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

	cd "$src" || return
	as_nobody make -s allnoconfig
	as_nobody scripts/kconfig/merge_config.sh -m .config "${fragments[@]}" \
		>"$work/merge.log" || { cat "$work/merge.log" >&2; return 1; }
	as_nobody make -s olddefconfig
	cd "$work" || return
	dropped=$(dropped_options "$src/.config")
	# shellcheck disable=SC2086 # a list of words
	[ -z "$dropped" ] || die "kconfig dropped wanted options:" $dropped
}

# progress NAME: prints one line every hundred objects, so that a watcher sees
# it move.
progress() {
	awk -v name="$1" '/^ +(CC|AS|LD|AR)/ { if (++n % 100 == 0) { printf "%s: %d objects built\n", name, n; fflush() } }'
}

# compile NAME LOG TARGET...
compile() {
	local name=$1 log=$2

	shift 2
	if ! as_nobody make -C "$src" -j"$(nproc)" "$@" 2>&1 |
		tee "$log" | progress "$name" || [ "${PIPESTATUS[0]}" != 0 ]; then
		tail -n 30 "$log" >&2
		die "the $name does not build; log: $log"
	fi
}

# publish NAME DIRECTORY RELEASE IMAGE: write the descriptor file that
# kernel_load() in common.sh reads. Older builds of that name go.
publish() {
	local name=$1 dir=$2 old

	for old in "$CACHE/kernels/$name"-*; do
		[ "$old" = "$dir" ] || rm -rf "$old"
	done
	cat >"$CACHE/kernels/$name.new" <<-EOT
	K_RELEASE=$3
	K_IMAGE=$dir/$4
	K_MODULES=$dir
	K_BUILD=$dir/build
	K_KEY=${dir##*/}
	EOT
	mv "$CACHE/kernels/$name.new" "$CACHE/kernels/$name"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # K_*; MODULE_DIR, PLANTED_KO
# Builds the module once per kernel, each in its own copy of the sources, so
# that kernels do not trample each other and the tree stays as it was. Sourced.

# sync_sources DIRECTORY...: make the copy in the first directory equal to the
# sources, touching only what differs, so that make builds only what changed.
# The others are paths below TOP.
sync_sources() {
	local to=$1 path

	shift
	mkdir -p "$to"
	(cd "$TOP" && find "$@" -type f \( -name '*.[ch]' -o -name Kbuild \)) |
		sort >"$to/.sources.new"
	if [ -e "$to/.sources" ]; then
		comm -23 "$to/.sources" "$to/.sources.new" | while read -r path; do
			rm -f "$to/$path" "$to/${path%.c}.o"
		done
	fi
	mv "$to/.sources.new" "$to/.sources"
	while read -r path; do
		cmp -s "$TOP/$path" "$to/$path" && continue
		mkdir -p "$to/$(dirname "$path")"
		cp "$TOP/$path" "$to/$path"
	done <"$to/.sources"
}

source_hash() { (cd "$1" && xargs sha256sum <.sources | sha256sum); }

# What a good build prints besides nothing.
quiet_lines='^(  (CC|LD|AR|AS|MODPOST|CHECK|CC \[M\]|LD \[M\]|AR \[M\]|BTF \[M\]|CHECK \[M\]) |make(\[[0-9]+\])?: (Entering|Leaving) directory)'

# module_make DIRECTORY MAKE-ARGUMENT...: the log is DIRECTORY/make.log. Any line
# but make's own progress is a failure.
module_make() {
	local dir=$1 rc=0

	shift
	make -C "$K_BUILD" M="$dir" CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules \
		>"$dir/make.log" 2>&1 </dev/null || rc=$?
	grep -vE "$quiet_lines" "$dir/make.log" >"$dir/make.warnings" || true
	[ "$rc" = 0 ] && [ ! -s "$dir/make.warnings" ]
}

# build_module: for the VM, with the card of the selftests; prints nothing when all
# is well. Sets MODULE_DIR.
build_module() {
	MODULE_DIR=$WORK/build/$K_RELEASE/plain
	sync_sources "$MODULE_DIR" Kbuild kmod selftests/model
	module_make "$MODULE_DIR" -j"$(nproc)" NETEMU_NIC_TEST=1 && return 0
	note "the module does not build silently for $K_RELEASE:"
	cat "$MODULE_DIR/make.log" >&2
	return 1
}

# build_strict: W=1 and sparse with endian checks. A tree that passed once is
# not checked again until a source or the kernel changes.
build_strict() {
	local dir=$WORK/build/$K_RELEASE/strict hash

	sync_sources "$dir" Kbuild kmod
	hash=$(source_hash "$dir")$K_BUILD
	[ "$(cat "$dir/passed" 2>/dev/null)" != "$hash" ] || return 0
	rm -f "$dir/passed"
	# C=1 checks what it compiles: forget earlier objects.
	find "$dir" -name '*.o' -delete
	module_make "$dir" -j"$(nproc)" W=1 C=1 \
		CF="-D__CHECK_ENDIAN__ -Wsparse-error" || return 1
	printf '%s\n' "$hash" >"$dir/passed"
}

# build_planted: the module with the runner's planted faults. Sets PLANTED_KO.
build_planted() {
	local dir=$WORK/build/$K_RELEASE/planted

	sync_sources "$dir" selftests/vm/planted
	PLANTED_KO=$dir/selftests/vm/planted/planted.ko
	module_make "$dir/selftests/vm/planted" && return 0
	cat "$dir/selftests/vm/planted/make.log" >&2
	return 1
}

# build_tests: the C tests and their helpers into WORK/tests. One that does not
# build fails when its turn comes, not before.
build_tests() {
	make -s -k -j"$(nproc)" -C "$SELFTESTS" O="$WORK/tests" \
		KSELFTEST="$CACHE/source/tools/testing/selftests" all || true
}

build_tool() {
	[ ! -e "$TOP/tools/Makefile" ] || make -s -j"$(nproc)" -C "$TOP/tools" all
}

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

# The copies of the sources are shared by all clones of the tree, so that a new clone
# builds only what differs. in_copy NAME COMMAND...: runs the command with the copy
# NAME of the loaded kernel in COPY, alone.
in_copy() {
	local COPY=$CACHE/build/$K_KEY/$K_RELEASE/$1

	shift
	mkdir -p "$COPY"
	( flock 7 && "$@" ) 7>"$COPY.lock"
}

# compile MAKE-ARGUMENT...: in COPY. A compiler says what it dislikes only once, so
# nothing counts as compiled after a build that failed, was cut short, or was another.
compile() {
	[ "$(cat "$COPY/finished" 2>/dev/null)" = "$*" ] || find "$COPY" -name '*.o' -delete
	rm -f "$COPY/finished"
	module_make "$COPY" -j"$(nproc)" "$@" || return 1
	printf '%s\n' "$*" >"$COPY/finished"
}

compile_module() {
	sync_sources "$COPY" Kbuild kmod selftests/model
	if ! compile NETEMU_NIC_TEST=1; then
		note "the module does not build silently for $K_RELEASE:"
		cat "$COPY/make.log" >&2
		return 1
	fi
	mkdir -p "$MODULE_DIR"
	rm -f "$MODULE_DIR"/*.ko
	cp -p "$COPY"/*.ko "$MODULE_DIR"
}

# build_module: for the VM, with the card of the selftests; prints nothing when all
# is well. Sets MODULE_DIR.
build_module() {
	MODULE_DIR=$WORK/build/$K_RELEASE
	in_copy plain compile_module
}

# The kernels for clouds differ in their configuration alone: there a compiler's
# warnings say all.
compile_strictly() {
	local hash check=1

	[[ $K_NAME != *-cloud ]] || check=0
	sync_sources "$COPY" Kbuild kmod
	hash=$({ source_hash "$COPY"; echo "$K_BUILD $K_RELEASE $check"; gcc --version; sparse --version; } | hash_of)
	passed_before "$hash" && return 0
	if ! compile W=1 C=$check CF="-D__CHECK_ENDIAN__ -Wsparse-error"; then
		cat "$COPY/make.log"
		return 1
	fi
	remember_passed "$hash"
}

# build_strict: W=1 and sparse with endian checks. Prints the log when it fails.
build_strict() { in_copy strict compile_strictly; }

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

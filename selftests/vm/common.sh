# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # for those who source it
# Paths and words shared by the host-side scripts. Sourced, never run.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SELFTESTS=$(dirname "$VM_DIR")
TOP=$(dirname "$SELFTESTS")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/netemu

# This tree's own part of the cache: two clones do not disturb each other.
WORK=$CACHE/tree-$(printf '%s' "$TOP" | sha256sum | cut -c1-12)
LOGS=$WORK/log

# The kernels of the build matrix, by the line that apt names them with.
KERNEL_LINES="6.1 6.12"

say() { printf '%s\n' "$*"; }
note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { note "$*"; exit 1; }

# seconds_since START: whole seconds since a value of $SECONDS.
seconds_since() { printf '%d' $((SECONDS - $1)); }

# What passed once, whichever clone of the tree it was in, need not be checked again
# as long as nothing of what the verdict rests on differs. KEY is any text that names
# all of that, as a hash.
passed_before() { [ -e "$CACHE/passed/$1" ]; }

remember_passed() {
	mkdir -p "$CACHE/passed"
	: >"$CACHE/passed/$1"
	find "$CACHE/passed" -type f -mtime +30 -delete
}

# hash_of: of standard input
hash_of() { sha256sum | cut -c1-40; }

# scratch_dir VARIABLE: a private directory that is gone when the script ends.
# The scripts that use it have no other EXIT trap.
scratch_dir() {
	local made

	made=$(mktemp -d "${TMPDIR:-/var/tmp}/netemu.XXXXXX") || die "no scratch directory"
	# shellcheck disable=SC2064 # the name is fixed now, on purpose
	trap "rm -rf '$made'" EXIT
	printf -v "$1" '%s' "$made"
}

# kernel_load NAME: sets K_NAME, K_RELEASE, K_IMAGE, K_MODULES (a directory that
# holds lib/modules), K_BUILD (for make M=) and K_KEY (changes with the kernel).
# NAME is a line of KERNEL_LINES, such a line with -cloud, or debug.
kernel_load() {
	local name=$1 line=${1%-cloud} file

	K_NAME=$name K_RELEASE='' K_IMAGE='' K_MODULES='' K_BUILD='' K_KEY=''
	if [ "$name" = debug ]; then
		file=$CACHE/kernels/debug
	else
		file=$CACHE/kernels/$line
	fi
	[ -r "$file" ] || { note "kernel $name is not in the cache; run selftests/setup.sh"; return 1; }
	# shellcheck source=/dev/null
	. "$file"
	if [ "$name" = "$line-cloud" ]; then
		K_BUILD=$K_CLOUD_BUILD
		K_RELEASE=$K_CLOUD_RELEASE
		K_IMAGE='' K_MODULES=''
	fi
	[ -d "$K_BUILD" ] || { note "kernel $name: $K_BUILD is gone"; return 1; }
}

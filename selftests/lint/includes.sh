#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may include whom. From top to bottom, a file includes its own room and
# what stands below it:
#
#   main.c                            everything
#   netlink*                          the rooms and what they stand on
#   switch/ link/ gateway/ nic/       each itself, never one another
#   compat.h and all other files      one another
#
# compat.h alone compares kernel versions. tools/ and selftests/ know the module
# by its UAPI header only; selftests/fuzz/ compiles its pure rooms besides.
#
# Usage: includes.sh [TREE]
set -u
tree=${1:-$(dirname "$0")/../..}
cd "$tree" || exit 2
rc=0

complain() { printf '%s\n' "$*"; rc=1; }

# room PATH-BELOW-KMOD: what the file belongs to
room() {
	case $1 in
	main.c) echo main ;;
	netlink*) echo netlink ;;
	switch/* | link/* | gateway/* | nic/*) echo "${1%%/*}" ;;
	*) echo base ;;
	esac
}

allowed() {
	case $1:$2 in
	main:* | *:base) true ;;
	netlink:main) false ;;
	netlink:*) true ;;
	*) [ "$1" = "$2" ] ;;
	esac
}

# resolve FILE INCLUDE: the included file below kmod/, or nothing when it is none
# of ours
resolve() {
	local beside=${1%/*}

	[ "$beside" != "$1" ] || beside=.
	if [ -e "kmod/$beside/$2" ]; then
		realpath -m --relative-to=kmod "kmod/$beside/$2"
	elif [ -e "kmod/$2" ]; then
		realpath -m --relative-to=kmod "kmod/$2"
	fi
}

quoted_includes() {
	sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]([^">]+)[">].*/\1/p' "$1"
}

while read -r file; do
	while read -r included; do
		target=$(resolve "$file" "$included")
		case $target in
		'' | include/uapi/*) continue ;;
		esac
		allowed "$(room "$file")" "$(room "$target")" ||
			complain "kmod/$file: may not include $target"
	done < <(quoted_includes "kmod/$file")
	if [ "$file" != compat.h ] && grep -qE 'LINUX_VERSION_CODE|KERNEL_VERSION' "kmod/$file"; then
		complain "kmod/$file: compares kernel versions; only compat.h may"
	fi
done < <(cd kmod && find . -type f -name '*.[ch]' ! -name '*.mod.c' -printf '%P\n' | sort)

while read -r file; do
	while read -r included; do
		case $included in
		*kmod/*) complain "$file: may not include $included" ;;
		esac
	done < <(quoted_includes "$file")
done < <(find tools selftests -type f -name '*.[ch]' 2>/dev/null | sort)

# Search paths let a file in by another door.
while read -r line; do
	complain "$line: only kmod/include/uapi may be searched"
done < <(grep -nE -- '-I[^ ]*kmod' tools/Makefile selftests/Makefile 2>/dev/null |
	sed -E 's#-I[^ ]*kmod/include/uapi( |$)##g' | grep -E -- '-I[^ ]*kmod')

exit $rc

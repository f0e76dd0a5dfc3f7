# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # for those who source it
# Shared by the lint checks: each prints what it dislikes and fails then. Sourced.

# shellcheck source=../vm/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/common.sh"
cd "$TOP" || exit 1

KERNEL_SOURCE=$CACHE/source

# sources DIRECTORY... -- NAME-PATTERN...: our files, no build products
sources() {
	local dirs=() names=()

	while [ "$1" != -- ]; do
		[ ! -e "$1" ] || dirs+=("$1")
		shift
	done
	shift
	for name; do
		names+=(-o -name "$name")
	done
	find "${dirs[@]}" -name .git -prune -o -type f ! -name '*.mod.c' \
		\( "${names[@]:1}" \) -print | sort
}

shell_files() {
	sources Makefile selftests tools .ci -- '*' | while read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*) ! head -n 1 "$file" | grep -qaE '^#!/bin/(ba|da)?sh|^#!/bin/busybox sh|^#!/usr/bin/env bash' || echo "$file" ;;
		esac
	done
}

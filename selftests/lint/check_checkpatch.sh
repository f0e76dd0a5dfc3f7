#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's checkpatch on every C file, without errors and warnings.
set -u
. "$(dirname "$0")/lib.sh"

# Rules that can't hold here, each with its reason:
#   COMPLEX_MACRO, FUNCTION_ARGUMENTS   a list of names expanded in several ways,
#       and a parameter list that depends on the kernel version, are taken for
#       expressions and types
#   BRACKET_SPACE   "[INDEX] = value" in a macro is taken for a subscript
KERNEL_IGNORE=COMPLEX_MACRO,FUNCTION_ARGUMENTS,BRACKET_SPACE
#   LINUX_VERSION_CODE, CONSTANT_COMPARISON   compat.h is where versions are
#       compared, and KERNEL_VERSION() on the right is the usual order
#   MACRO_WITH_FLOW_CONTROL   it spells an iteration that older kernels lack
COMPAT_IGNORE=$KERNEL_IGNORE,LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_WITH_FLOW_CONTROL
#   PREFER_DEFINED_ATTRIBUTE_MACRO   __printf() and its like are the kernel's own
#   ARRAY_SIZE   so is this one
#   USE_NEGATIVE_ERRNO   user space has errno
#   VOLATILE   the advice is about the kernel's own ways to share memory
#   EMBEDDED_FUNCTION_NAME   a word of a sentence may be the name of a function
USER_IGNORE=BRACKET_SPACE,COMPLEX_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO,ARRAY_SIZE
USER_IGNORE=$USER_IGNORE,USE_NEGATIVE_ERRNO,VOLATILE,EMBEDDED_FUNCTION_NAME

[ -r "$KERNEL_SOURCE/scripts/checkpatch.pl" ] || die "no checkpatch.pl; run selftests/setup.sh"

# checkpatch FILE... -- OPTION...: it ends with 1 when it has found something; any
# other end is a finding, too, since then it has not looked at all files.
checkpatch() {
	local files=()

	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	[ "${#files[@]}" != 0 ] || return 0
	perl "$KERNEL_SOURCE/scripts/checkpatch.pl" --no-tree --no-summary \
		--terse --show-types --max-line-length=100 \
		--typedefsfile="$SELFTESTS/lint/typedefs" "$@" -f "${files[@]}"
	[ $? -le 1 ] || echo "checkpatch.pl: ERROR: it did not come to its end"
}

# The harness's FIXTURE_DATA(name) is a type; checkpatch takes the asterisk after
# it for a multiplication.
drop_pointer_to_fixture() {
	local finding file line rest

	while IFS= read -r finding; do
		IFS=: read -r file line rest <<<"$finding"
		case $rest in
		*SPACING*"'*'"*) ! sed -n "${line}p" "$file" | grep -q 'FIXTURE_DATA([a-z_]*) \*' || continue ;;
		esac
		printf '%s\n' "$finding"
	done
}

# What a verdict on a file rests on besides the file.
tools=$(cat "$0" "$SELFTESTS/lint/typedefs" "$KERNEL_SOURCE"/scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch} | hash_of)

verdict_key() { { echo "$tools $1"; cat "$1"; } | hash_of; }

mapfile -t all < <(sources kmod tools selftests -- '*.[ch]' | while read -r file; do
	passed_before "$(verdict_key "$file")" || echo "$file"
done)
new() { printf '%s\n' ${all+"${all[@]}"}; }
mapfile -t kernel < <(new | grep -E '^(kmod|selftests/vm/planted)/' | grep -v '^kmod/compat.h$')
mapfile -t compat < <(new | grep '^kmod/compat.h$')
mapfile -t user < <(new | grep -E '^(tools|selftests)/' | grep -v /planted/)
found=$(
	checkpatch ${kernel+"${kernel[@]}"} -- --ignore=$KERNEL_IGNORE
	checkpatch ${compat+"${compat[@]}"} -- --ignore=$COMPAT_IGNORE
	checkpatch ${user+"${user[@]}"} -- --ignore=$USER_IGNORE | drop_pointer_to_fixture
)
found=$(printf '%s\n' "$found" | grep -E ' (ERROR|WARNING):')
for file in ${all+"${all[@]}"}; do
	[[ $found != *'checkpatch.pl: ERROR:'* ]] || break
	printf '%s\n' "$found" | grep -qF "$file:" || remember_passed "$(verdict_key "$file")"
done
[ -z "$found" ] && exit 0
printf '%s\n' "$found"
exit 1

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every shell script, checked by shellcheck. Sourced files are read too, so that what
# comes from them counts as known.
set -u
. "$(dirname "$0")/lib.sh"

mapfile -t files < <(shell_files)
# A script is judged by what it sources, too.
key=$({ shellcheck --version; cat "$0" "${files[@]}"; printf '%s\n' "${files[@]}"; } | hash_of)
passed_before "$key" && exit 0
rc=0
for file in "${files[@]}"; do
	if [ "$(head -n 1 "$file")" = '#!/bin/busybox sh' ]; then
		shellcheck -S warning -s busybox "$file" 2>/dev/null ||
			shellcheck -S warning -s dash "$file" || rc=1
	else
		shellcheck -S warning -x -P SCRIPTDIR:selftests "$file" || rc=1
	fi
done
[ "$rc" != 0 ] || remember_passed "$key"
exit "$rc"

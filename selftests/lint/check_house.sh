#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The house rules that a script can see: a licence line first, no file over 700
# lines, no function over 100.
set -u
. "$(dirname "$0")/lib.sh"

rc=0
mapfile -t files < <(sources Makefile Kbuild dkms.conf .ci kmod tools selftests -- \
	'*.[ch]' '*.sh' '*.config' '*.conf' Makefile Kbuild init guest-init)
for file in "${files[@]}"; do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: ' || {
		echo "$file: no SPDX line on top"
		rc=1
	}
	[ "$(wc -l <"$file")" -le 700 ] || {
		echo "$file: more than 700 lines"
		rc=1
	}
done

mapfile -t files < <(sources kmod tools selftests -- '*.c')
long=$(awk '
	FNR == 1 { start = 0 }
	/^{/ { start = FNR }
	/^}/ && start { if (FNR - start > 100) print FILENAME ":" start ": function over 100 lines"; start = 0 }
' "${files[@]}")
if [ -n "$long" ]; then
	printf '%s\n' "$long"
	rc=1
fi
exit $rc

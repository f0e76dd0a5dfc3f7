#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The UAPI header compiles by itself in user space, as C and as C++.
set -u
. "$(dirname "$0")/lib.sh"

rc=0
for header in kmod/include/uapi/linux/*.h; do
	name=linux/${header##*/}
	for language in c c++; do
		printf '#include <%s>\n#include <%s>\n' "$name" "$name" |
			gcc -x "$language" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
				-Ikmod/include/uapi - || rc=1
	done
done
exit $rc

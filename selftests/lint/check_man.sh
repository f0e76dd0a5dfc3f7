#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mandoc on the manual pages.
set -u
. "$(dirname "$0")/lib.sh"

mapfile -t pages < <(sources tools -- '*.[1-9]')
[ "${#pages[@]}" != 0 ] || { echo "no manual page"; exit 1; }
mandoc -T lint -W warning "${pages[@]}"

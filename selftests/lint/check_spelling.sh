#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# codespell on everything that people read.
set -u
. "$(dirname "$0")/lib.sh"

mapfile -t files < <(sources README.md Makefile Kbuild dkms.conf .ci kmod tools selftests -- \
	'*.[ch]' '*.sh' '*.md' '*.8' '*.conf' '*.config' '*.network' Makefile Kbuild init guest-init run)
# nd and te are words of network protocols; inout and iput are none of ours to mend.
codespell --ignore-words-list nd,te,inout,iput "${files[@]}"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "make demo" on this machine: what is missing, then the demo in a VM.
set -u
. "$(dirname "$0")/common.sh"

"$SELFTESTS/setup.sh" || exit 1
results=$(mktemp "${TMPDIR:-/var/tmp}/netemu.XXXXXX") || exit 1
trap 'rm -f "$results"' EXIT
say "demo: building the module and the tool, packing the VM"
"$VM_DIR/run.sh" 6.1 "$results" vm/demo.sh || exit 1
if grep -q '^fail' "$results" || ! grep -q '^pass' "$results"; then
	say "demo: failed"
	exit 1
fi
say "demo: two unmodified guests talked with each other and the world through netemu ($(seconds_since 0) s)"

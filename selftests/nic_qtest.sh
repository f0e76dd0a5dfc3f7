#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The model of the e1000 beside QEMU's: the same steps on both, without a guest,
# over QEMU's qtest protocol. Where they differ, nic_qtest.differences says who
# keeps to the datasheet; what it does not list is an error, and so is what it
# lists in vain.
# vm: host=yes timeout=600

. "$(dirname "$0")/vm/common.sh"
. "$(dirname "$0")/lib/qtest.sh"

out=$WORK/fuzz
listed=$SELFTESTS/nic_qtest.differences
groups="registers masks eeprom phy interrupts transmit offload receive filter"

echo "TAP version 13"
case $(qemu-system-x86_64 --version) in
*' 7.2.'*) ;;
*) echo "1..0 # SKIP nic_qtest.differences knows QEMU 7.2 only"; exit 4 ;;
esac
make -s -C "$SELFTESTS/fuzz" O="$out" "$out/nic_serve" "$out/nic_steps" || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

qtest_qemu

n=0
rc=0
for group in $groups; do
	n=$((n + 1))
	if ! "$out/nic_steps" "$group" "$out/nic_serve" @card@ @peer@ >"$scratch/ours" 2>"$scratch/log" ||
		! "$out/nic_steps" "$group" "${qemu[@]}" "${qemu_card[@]}" >"$scratch/qemu" 2>"$scratch/log"; then
		sed 's/^/# /' "$scratch/log"
		echo "not ok $n - $group: the steps can be taken"
		rc=1
		continue
	fi
	if differ_as_listed "$group"; then
		echo "ok $n - $group: $(wc -l <"$scratch/ours") steps, $(wc -l <"$scratch/listed") differ as listed"
	else
		echo "not ok $n - $group: differs as listed"
		rc=1
	fi
done
echo "1..$n"
exit $rc

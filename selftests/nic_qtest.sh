#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The model of the e1000 beside QEMU's: the same steps on both, without a guest,
# over QEMU's qtest protocol. Where they differ, nic_qtest.differences says who
# keeps to the datasheet; what it does not list is an error, and so is what it
# lists in vain.
# vm: host=yes timeout=600

. "$(dirname "$0")/vm/common.sh"

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

# Its own processor has nothing to do: it stops at the first instruction.
head -c 65536 /dev/zero | tr '\0' '\364' >"$scratch/halt.bin"
qemu=(qemu-system-x86_64 -machine pc -accel tcg -m 16 -bios "$scratch/halt.bin"
	-nodefaults -display none -qtest stdio -qtest-log /dev/null
	-netdev "dgram,id=n0,local.type=unix,local.path=@card@,remote.type=unix,remote.path=@peer@"
	-device "e1000,netdev=n0,mac=52:54:00:12:34:56,addr=4,romfile=")

# differences GROUP: name, QEMU's value, ours
differences() {
	awk -F '\t' -v OFS='\t' -v group="$1" '
		NR == FNR { qemu[$1] = $2; next }
		{ ours[$1] = $2 }
		END {
			for (name in ours)
				if (!(name in qemu))
					print group ": " name, "-", ours[name]
				else if (ours[name] != qemu[name])
					print group ": " name, qemu[name], ours[name]
			for (name in qemu)
				if (!(name in ours))
					print group ": " name, qemu[name], "-"
		}' "$scratch/qemu" "$scratch/ours" | LC_ALL=C sort
}

n=0
rc=0
for group in $groups; do
	n=$((n + 1))
	if ! "$out/nic_steps" "$group" "$out/nic_serve" @card@ @peer@ >"$scratch/ours" 2>"$scratch/log" ||
		! "$out/nic_steps" "$group" "${qemu[@]}" >"$scratch/qemu" 2>"$scratch/log"; then
		sed 's/^/# /' "$scratch/log"
		echo "not ok $n - $group: the steps can be taken"
		rc=1
		continue
	fi
	differences "$group" >"$scratch/found"
	grep "^$group: " "$listed" | cut -f 1-3 | LC_ALL=C sort >"$scratch/listed"
	if LC_ALL=C diff "$scratch/listed" "$scratch/found" >"$scratch/diff"; then
		echo "ok $n - $group: $(wc -l <"$scratch/ours") steps, $(wc -l <"$scratch/listed") differ as listed"
	else
		sed -n 's/^[<>]/# &/p' "$scratch/diff"
		echo "not ok $n - $group: differs as listed"
		rc=1
	fi
done
echo "1..$n"
exit $rc

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # scratch, listed; qemu, qemu_card
# Two records of the same steps on two cards, compared. Sourced.
#
#   scratch   a directory: the records are qemu and ours in it
#   listed    the table of known differences
#
# qtest_qemu sets qemu, QEMU's command line, and qemu_card, what gives it a card.

# How QEMU is started without a guest: its processor stops at the first instruction.
qtest_qemu() {
	head -c 65536 /dev/zero | tr '\0' '\364' >"$scratch/halt.bin"
	qemu=(qemu-system-x86_64 -machine pc -accel tcg -m 16 -bios "$scratch/halt.bin"
		-nodefaults -display none -qtest stdio -qtest-log /dev/null)
	qemu_card=(-netdev "dgram,id=n0,local.type=unix,local.path=@card@,remote.type=unix,remote.path=@peer@"
		-device "e1000,netdev=n0,mac=52:54:00:12:34:56,addr=4,romfile=")
}

# differences GROUP: name, QEMU's value, ours
differences() {
	awk -F '\t' -v OFS='\t' -v group="$1" '
		# Words, though some look like numbers.
		NR == FNR { qemu[$1] = $2 ""; next }
		{ ours[$1] = $2 "" }
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

# differ_as_listed GROUP: or says how they do not
differ_as_listed() {
	differences "$1" >"$scratch/found"
	grep "^$1: " "$listed" | cut -f 1-3 | LC_ALL=C sort >"$scratch/listed"
	! cmp -s "$scratch/listed" "$scratch/found" || return 0
	grep -vxFf "$scratch/listed" "$scratch/found" | sed 's/^/# not listed: /'
	grep -vxFf "$scratch/found" "$scratch/listed" | sed 's/^/# in vain: /'
	return 1
}

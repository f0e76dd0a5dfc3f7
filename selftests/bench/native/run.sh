#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "make bench-native": the switch at native speed, beside its peers, inside
# User-mode Linux. A second opinion on the instruction counts of "make bench",
# which don't see cache misses. One processor, no locks, no static keys: ratios
# within one round count, absolute times don't.
#
# BOOTS=, ROUNDS= (in each boot) and TABLES="addresses ..." change what is run.
set -eu
NATIVE=$(cd "$(dirname "$0")" && pwd)
. "$NATIVE/../../vm/common.sh"
. "$VM_DIR/build.sh"
. "$VM_DIR/kernel-source.sh"

BOOTS=${BOOTS:-3}
ROUNDS=${ROUNDS:-7}
TABLES=${TABLES:-128 1024 100000}
BOOT_SECONDS=600
MEMORY=768M
uml='' work='' memory=''

# Gathered where an unprivileged user can read it, whatever the modes here are.
gather() {
	chmod 755 "$work"
	mkdir "$work/root"
	cp "$NATIVE/init" "$K_IMAGE" "$MODULE/netemu.ko" "$TOP/tools/netemu-ctl" "$work/root/"
	mkdir "$work/uml"
	[ "$(id -u)" != 0 ] || chown nobody:nogroup "$work/uml"
}

# User-mode Linux keeps its memory in a file in TMPDIR. Its own programs must
# not use registers that it may not save; the host's glibc is told so. Memory is
# cleared when allocated, as in Debian's kernels.
boot() {
	local name avx=''

	for name in AVX AVX2 AVX512F AVX512VL AVX512BW AVX512DQ AVX512CD AVX512ER AVX_Fast_Unaligned_Load; do
		avx+=,-$name
	done
	TMPDIR=$memory as_nobody timeout -k 5 $BOOT_SECONDS "$work/root/linux" \
		mem=$MEMORY quiet uml_dir="$work/uml" umid=bench con=null con0=null,fd:1 \
		init_on_alloc=1 root=none rootfstype=hostfs ro \
		init="$work/root/init" \
		"GLIBC_TUNABLES=glibc.cpu.hwcaps=${avx#,}" \
		"ROUNDS=$ROUNDS" "TABLES=${TABLES// /,}" \
		</dev/null > >(tr -d '\r' >"$work/lines.$1") 2>&1 &
	uml=$!
	wait "$uml" || true
	uml=''
	grep -qx '! all measured' "$work/lines.$1" && return
	tail -n 20 "$work/lines.$1" >&2
	die "boot $1 ended early"
}

# A ratio is that of two figures of one round: its median over all rounds, and its
# quartiles. "net" is without the floor, best of all rounds each.
table() {
	awk '
	function sort(a, n,   i, j, t) {
		for (i = 2; i <= n; i++) {
			t = a[i]
			for (j = i - 1; j > 0 && a[j] > t; j--) a[j + 1] = a[j]
			a[j + 1] = t
		}
	}
	function quantile(a, n, q,   at, low) {
		at = 1 + (n - 1) * q; low = int(at)
		return low == n ? a[n] : a[low] + (at - low) * (a[low + 1] - a[low])
	}
	function ratio(row, subject, base_row, base,   r, n, list) {
		for (r in rounds)
			list[++n] = ns[r, row, subject] / ns[r, base_row, base]
		sort(list, n)
		return sprintf("%5.2f (%.2f-%.2f)", quantile(list, n, 0.5),
			       quantile(list, n, 0.25), quantile(list, n, 0.75))
	}
	function over_rounds(row, subject, q,   r, n, list) {
		for (r in rounds) list[++n] = ns[r, row, subject]
		sort(list, n)
		return quantile(list, n, q)
	}
	$1 == "=" {
		round = FILENAME " " $2
		rounds[round]
		ns[round, $3, $4] = $5
		if (!(($3, $4) in seen)) { seen[$3, $4]; order[++cases] = $3 " " $4 }
	}
	END {
		printf "%-10s %-8s %8s %8s %8s  %-17s %s\n", "addresses", "subject",
		       "best ns", "net", "median", "to the bridge", "to a few addresses"
		for (i = 1; i <= cases; i++) {
			split(order[i], c)
			key = sprintf("%07d %d", c[1], index("floor mirred bridge netemu", c[2]))
			few = c[1] == "unicast" || c[2] == "floor" ? "-" : \
				ratio(c[1], c[2], FEW, c[2])
			best = over_rounds(c[1], c[2], 0)
			line[key] = sprintf("%-10s %-8s %8.0f %8.0f %8.0f  %-17s %s",
				c[1], c[2], best, best - over_rounds(c[1], "floor", 0),
				over_rounds(c[1], c[2], 0.5),
				ratio(c[1], c[2], c[1], "bridge"), few)
			keys[i] = key
		}
		sort(keys, cases)
		for (i = 1; i <= cases; i++) print line[keys[i]]
	}' FEW="${TABLES%% *}" "$work"/lines.*
}

end() {
	[ -z "$uml" ] || kill "$uml" 2>/dev/null || true
	rm -rf "$work" "$memory"
}

main() {
	local i

	"$SELFTESTS/setup.sh"
	"$NATIVE/kernel.sh"
	kernel_load uml
	MODULE=$WORK/build/$K_KEY
	sync_sources "$MODULE" Kbuild kmod
	module_make "$MODULE" ARCH=um || { cat "$MODULE/make.log" >&2; die "the module does not build for User-mode Linux"; }
	build_tool
	scratch_dir work
	memory=$(mktemp -d /dev/shm/netemu.XXXXXX) && [ "$(id -u)" != 0 ] || chown nobody:nogroup "$memory"
	trap end EXIT
	trap 'exit 130' INT TERM
	gather
	for ((i = 1; i <= BOOTS; i++)); do
		say "boot $i of $BOOTS"
		boot "$i"
	done
	table
}

main "$@"

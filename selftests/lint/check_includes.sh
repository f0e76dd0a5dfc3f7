#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The include rules hold in this tree, and the script that says so sees each
# kind of breach.
set -u
. "$(dirname "$0")/lib.sh"

rules=$SELFTESTS/lint/includes.sh
"$rules" "$TOP" || exit 1

scratch_dir tree
rc=0

# breach FILE TEXT EXPECTED: in a tree that is good but for this line
breach() {
	rm -rf "${tree:?}"/*
	mkdir -p "$tree"/kmod/{switch,link,gateway,nic,include/uapi/linux} "$tree"/{tools,selftests}
	touch "$tree"/kmod/{switch/switch,link/link,gateway/gateway,nic/nic,netlink,pkt,compat}.h \
		"$tree"/kmod/include/uapi/linux/netemu.h
	printf '%s\n' '#include <linux/netemu.h>' '#include "pkt.h"' \
		'#include "switch.h"' >"$tree/kmod/switch/port.c"
	printf '#include "switch/switch.h"\n#include "pkt.h"\n' >"$tree/kmod/netlink.c"
	printf '#include "netlink.h"\n#include "nic/nic.h"\n' >"$tree/kmod/main.c"
	if ! "$rules" "$tree" >"$tree/said"; then
		echo "a good tree is refused:"
		cat "$tree/said"
		rc=1
	fi
	printf '%s\n' "$2" >>"$tree/$1"
	if "$rules" "$tree" >"$tree/said" || ! grep -q "$3" "$tree/said"; then
		echo "not seen in $1: $2"
		rc=1
	fi
}

breach kmod/switch/port.c '#include "link/link.h"' 'may not include link/link.h'
breach kmod/gateway/gateway.h '#include "../nic/nic.h"' 'may not include nic/nic.h'
breach kmod/pkt.h '#include "switch/switch.h"' 'may not include switch/switch.h'
breach kmod/nic/nic.h '#include "netlink.h"' 'may not include netlink.h'
breach kmod/netlink.c '#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)' 'compares kernel versions'
breach tools/main.c '#include "../kmod/pkt.h"' 'may not include'
breach selftests/fdb.c '#include "../kmod/switch/switch.h"' 'may not include'
breach tools/Makefile 'CPPFLAGS += -I../kmod' 'only kmod/include/uapi'
exit $rc

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A switch in user space beside those of the kernel: one frame at a time, from
# packet socket to packet socket. vde_switch has a tap at each end, the others
# have a veth pair.
#
# vm: timeout=300 memory=1024
. bench/lib.sh

pass() {
	local subject=$1 from=$2 to=$3 bytes run ns

	for bytes in $SIZES; do
		for ((run = 0; run < REPEAT; run++)); do
			if ns=$(framepass packet "$from" "$to" "$FRAMES" "$bytes" 2>&1); then
				sample vde "$subject" "$bytes" instructions "$ns"
			else
				row_failed vde "$subject" "$bytes" "$ns"
			fi
		done
	done
}

in_kernel() {
	local subject=$1

	try vde "$subject" subject_add "$subject" &&
		try vde "$subject" subject_join "$subject" a1 b1 &&
		try vde "$subject" subject_at "$subject" $MAC_B b1 &&
		pass "$subject" a0 b0
	subject_del "$subject"
}

# in_user_space SUBJECT OPTION...: not a daemon, it would end with its input
in_user_space() {
	local subject=$1

	shift
	try vde "$subject" vde_switch "$@" -daemon -pidfile /run/vde.pid \
		-sock /run/vde -tap v0 -tap v1 &&
		try vde "$subject" ip link set v0 up &&
		try vde "$subject" ip link set v1 up &&
		pass "$subject" v0 v1
	kill "$(cat /run/vde.pid)"
	while [ -e /sys/class/net/v1 ]; do
		sleep 0.1
	done
}

row_start && modprobe tun && pair a0 a1 && pair b1 b0 || exit 1
for subject in mirred bridge netemu; do
	in_kernel $subject
done
in_user_space vde
in_user_space vde-hub -hub
line_down
row_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each frame has one of 1,024 source addresses and one of 1,024 destinations at
# random; the destinations are spread over 64 veth ports and all known.
#
# vm: timeout=600 memory=1024
# bench: wall=yes
. bench/lib.sh

SIZES=60
FRAMES=20000
PORTS_USED=64
EACH=$((1024 / PORTS_USED))
FROM=02:00:00:10:00:00
TO=02:00:00:20:00:00
MIX=("src_mac $FROM" "src_mac_count 1024" "dst_mac_count 1024"
	"flag MACSRC_RND" "flag MACDST_RND")

# Behind each port its share of the destinations.
teach_all() {
	local i

	for ((i = 0; i < HOSTS; i++)); do
		teach "h$i" "$(mac_number $TO $((i * EACH)))" $EACH || return 1
	done
	teach a0 $FROM 1024
}

# Open vSwitch gets a flow for each destination, as its daemon would make them.
flows_all() {
	local i in numbers

	in=$(ovs_ports a1)
	# shellcheck disable=SC2046 # a list of words
	IFS=, read -r -a numbers <<<"$(ovs_ports $(host_names))"
	for ((i = 0; i < 1024; i++)); do
		echo "in_port($in),eth(dst=$(mac_number $TO "$i")),eth_type(0x0800),ipv4()" \
			"${numbers[i / EACH]}"
	done >/run/flows
	ovs-dpctl add-flows dp0 /run/flows
}

random() {
	local subject=$1 ARRIVE='h*'

	[ "$subject" != floor ] || ARRIVE=a1
	try random "$subject" subject_add "$subject" || return
	# shellcheck disable=SC2046 # a list of words
	try random "$subject" subject_join "$subject" a1 $(host_names) &&
		case $subject in
		floor) ;;
		ovs) try random ovs flows_all ;;
		*) try random "$subject" teach_all ;;
		esac &&
		measure random "$subject" $TO "${MIX[@]}"
	subject_del "$subject"
}

row_start && line_up && hosts_to $PORTS_USED || exit 1
for subject in floor bridge ovs netemu; do
	random $subject
done
hosts_to 0
line_down
row_end

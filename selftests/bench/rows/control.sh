#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Control commands: instructions of one command, from its start to its end, by
# ip, ovs-dpctl or netemu-ctl; what the kernel does later is not counted. The
# rows are: a switch made, its 1st, 100th and 1,000th port plugged in (dummies
# that exist already), an address set by hand, and the ports listed when there
# are 1,000.
#
# vm: timeout=900 memory=1024
. bench/lib.sh

# The subject netemu is ip or bridge on a netemu switch.
WAYS="bridge ovs netemu netemu-ctl"

# cost_of ROW WAY COMMAND...: what the command prints is of no interest
cost_of() {
	local row=$1 way=$2 said

	shift 2
	said=$(cost "$@" 2>&1 | tail -n 1)
	if [[ $said =~ ^[0-9]+$ ]]; then
		sample "$row" "$way" - instructions "$said"
	else
		row_failed "$row" "$way" - "$*: $said"
	fi
}

make_switch() {
	case $1 in
	bridge) cost_of "$2" bridge ip link add br0 type bridge ;;
	ovs) cost_of "$2" ovs ovs-dpctl add-dp dp0 ;;
	netemu) cost_of "$2" netemu ip link add sw0 up type netemu ;;
	netemu-ctl) cost_of "$2" netemu-ctl netemu-ctl switch add sw0 ;;
	esac
}

plug() {
	case $1 in
	bridge) cost_of "$2" bridge ip link set "$3" master br0 ;;
	ovs) cost_of "$2" ovs ovs-dpctl add-if dp0 "$3" ;;
	netemu) cost_of "$2" netemu ip link set "$3" master sw0 ;;
	netemu-ctl) cost_of "$2" netemu-ctl netemu-ctl port add "$3" switch sw0 ;;
	esac
}

set_address() {
	case $1 in
	bridge) cost_of "$2" bridge bridge fdb replace $MAC_B dev p0 master static ;;
	netemu) cost_of "$2" netemu bridge fdb replace $MAC_B dev sw0 self static via p0 ;;
	netemu-ctl)
		cost_of "$2" netemu-ctl netemu-ctl fdb add $MAC_C switch sw0 port p0
		;;
	esac
}

list_ports() {
	case $1 in
	bridge) cost_of "$2" bridge bridge link show ;;
	ovs) cost_of "$2" ovs ovs-dpctl show dp0 ;;
	netemu) cost_of "$2" netemu ip link show master sw0 ;;
	netemu-ctl) cost_of "$2" netemu-ctl netemu-ctl port show switch sw0 ;;
	esac
}

# fill WAY FROM TO: the ports between, at once
fill() {
	local subject=${1%-ctl}

	# shellcheck disable=SC2046 # a list of words
	try control "$1" subject_join "$subject" $(port_names "$3" "$2")
}

run_way() {
	local way=$1

	make_switch "$way" control-switch
	plug "$way" control-port-1 p0
	fill "$way" 1 99
	plug "$way" control-port-100 p99
	fill "$way" 100 999
	plug "$way" control-port-1000 p999
	set_address "$way" control-address
	list_ports "$way" control-list
	subject_del "${way%-ctl}"
}

row_start && ports_to 1000 || exit 1
for way in $WAYS; do
	for ((run = 0; run < REPEAT; run++)); do
		run_way "$way"
	done
done
ports_to 0
row_end

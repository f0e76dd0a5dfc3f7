# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The things that are compared. Each subject has the same few verbs, so that a
# row can loop over subjects. Sourced by lib.sh.
#
#   subject_add SUBJECT              make it; its own device gets the sink
#   subject_join SUBJECT DEVICE...   plug devices in
#   subject_at SUBJECT MAC DEVICE [FROM]
#                                    say that MAC is behind DEVICE; frames come
#                                    in by FROM, else a1
#   subject_flood SUBJECT DEVICE...  broadcasts that come in by a1 leave by these
#   subject_del SUBJECT              take it away; the devices stay
#
# floor            nothing: the sink is on a1
# mirred           tc's redirect from a1
# bridge           Linux bridge, static entries
# ovs              Open vSwitch's kernel datapath, flows set by hand
# netemu           what netemu learned
# netemu-static    entries set by hand
# bridge-hub       a bridge that learns nothing
# netemu-hub

subject_device() {
	case $1 in
	bridge*) echo br0 ;;
	netemu*) echo sw0 ;;
	ovs) echo dp0 ;;
	esac
}

subject_add() {
	local dev

	dev=$(subject_device "$1")
	case $1 in
	floor) sink a1 ;;
	mirred) tc qdisc add dev a1 clsact ;;
	bridge*) ip link add br0 type bridge mcast_snooping 0 ;;
	netemu-hub) netemu-ctl hub add sw0 ;;
	netemu*) ip link add sw0 type netemu ;;
	ovs) ovs-dpctl add-dp dp0 ;;
	esac || return 1
	[ -z "$dev" ] || sink "$dev"
}

subject_join() {
	local subject=$1 dev

	shift
	case $subject in
	bridge* | netemu*)
		for dev; do
			echo "link set $dev master $(subject_device "$subject")"
			[ "$subject" != bridge-hub ] ||
				echo "link set $dev type bridge_slave learning off"
		done | ip -batch -
		;;
	ovs) ovs-dpctl add-if dp0 "$@" ;;
	esac
}

# ovs_ports DEVICE...: their numbers, with commas between
ovs_ports() {
	ovs-dpctl show dp0 | awk -v names="$*" '
		BEGIN { n = split(names, name, " ") }
		$1 == "port" { sub(":", "", $2); number[$3] = $2 }
		END { for (i = 1; i <= n; i++) printf "%s%s", (i > 1 ? "," : ""), number[name[i]] }'
}

# ovs_flows BASE EACH PORT...: a flow for each address from BASE on, EACH of them
# to every port, as the daemon would make them
ovs_flows() {
	local base=$1 each=$2 in numbers i mac

	in=$(ovs_ports a1)
	IFS=, read -r -a numbers <<<"$(ovs_ports "${@:3}")"
	for ((i = 0; i < each * ${#numbers[@]}; i++)); do
		mac_number mac "$base" "$i"
		echo "in_port($in),eth(dst=$mac),eth_type(0x0800),ipv4() ${numbers[i / each]}"
	done >/run/flows
	ovs-dpctl add-flows dp0 /run/flows
}

subject_at() {
	local subject=$1 mac=$2 dev=$3 from=${4-a1}

	case $subject in
	floor) ;;
	mirred)
		tc filter add dev "$from" ingress matchall action mirred egress redirect dev "$dev"
		;;
	bridge*) bridge fdb replace "$mac" dev "$dev" master static ;;
	netemu-static) bridge fdb replace "$mac" dev sw0 self static via "$dev" ;;
	netemu) teach "$(far_end "$dev")" "$mac" ;;
	ovs)
		ovs-dpctl add-flow dp0 "in_port($(ovs_ports "$from")),eth(),eth_type(0x0800),ipv4()" \
			"$(ovs_ports "$dev")"
		;;
	esac
}

# A filter takes 32 actions at most; "continue" goes on with the next filter.
mirror_to() {
	local actions=() prio=1 dev

	for dev; do
		actions+=(action mirred egress mirror dev "$dev")
		[ "${#actions[@]}" -ge $((31 * 6)) ] || continue
		tc filter add dev a1 ingress prio $prio matchall "${actions[@]}" \
			action continue || return 1
		actions=()
		prio=$((prio + 1))
	done
	tc filter add dev a1 ingress prio $prio matchall "${actions[@]}" action drop
}

subject_flood() {
	local subject=$1

	shift
	case $subject in
	mirred) mirror_to "$@" ;;
	ovs)
		ovs-dpctl add-flow dp0 "in_port($(ovs_ports a1)),eth(),eth_type(0x0800),ipv4()" \
			"$(ovs_ports dp0 "$@")"
		;;
	esac
}

subject_del() {
	case $1 in
	floor | mirred) unsink a1 ;;
	ovs) ovs-dpctl del-dp dp0 ;;
	bridge* | netemu*) ip link del "$(subject_device "$1")" ;;
	esac
}

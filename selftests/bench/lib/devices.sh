# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Net devices of the rows. Sourced by lib.sh.

# sink DEVICE: what arrives there ends there, at the same cost for everybody.
# Not by promiscuous mode: a switch gives its own device copies then.
sink() {
	ip link set "$1" up &&
		tc qdisc add dev "$1" clsact &&
		tc filter add dev "$1" ingress matchall action drop
}

# unsink DEVICE: also takes away what mirred put there
unsink() { tc qdisc del dev "$1" clsact 2>/dev/null; }

# pair NEAR FAR: a veth pair, up
pair() {
	ip link add "$1" type veth peer name "$2" &&
		ip link set "$1" up && ip link set "$2" up
}

# far_end DEVICE: what a port that is a veth is connected to
far_end() {
	case $1 in
	q*) echo "h${1#q}" ;;
	*) echo "${1/1/0}" ;;
	esac
}

# line_up: a0 = a1 and b1 = b0, b0 with the sink
line_up() {
	pair a0 a1 && pair b1 b0 && sink b0
}

# two_lines_up: also c0 = c1 and d1 = d0, for a second processor
two_lines_up() {
	line_up && pair c0 c1 && pair d1 d0 && sink d0
}

line_down() {
	local dev

	for dev in a0 b1 c0 d1; do
		[ ! -e "/sys/class/net/$dev" ] || ip link del "$dev"
	done
}

# PORTS is how many of the devices p0, p1, ... there are. They are dummies:
# what is sent there ends there.
PORTS=0

# ports_to COUNT: make or remove as many as it takes
ports_to() {
	local i

	for ((i = PORTS; i < $1; i++)); do
		echo "link add p$i group 9 type dummy"
		echo "link set p$i up"
	done | ip -batch - || return 1
	if [ "$1" = 0 ] && [ "$PORTS" != 0 ]; then
		ip link del group 9 || return 1
	fi
	PORTS=$1
}

# hosts_to COUNT: the same for veth pairs q0 = h0, q1 = h1, ...: q for a port, h
# with the sink.
HOSTS=0

hosts_to() {
	local i

	for ((i = HOSTS; i < $1; i++)); do
		pair "q$i" "h$i" && sink "h$i" || return 1
	done
	for ((i = $1; i < HOSTS; i++)); do
		ip link del "q$i" || return 1
	done
	HOSTS=$1
}

host_names() {
	local i

	for ((i = 0; i < HOSTS; i++)); do
		printf 'q%d ' "$i"
	done
}

# mac_number VARIABLE BASE INDEX: the address that pktgen makes from BASE
mac_number() {
	local low=$((0x${2:9:2}${2:12:2}${2:15:2} + $3))

	printf -v "$1" '%s%02x:%02x:%02x' "${2:0:9}" $((low >> 16)) \
		$((low >> 8 & 255)) $((low & 255))
}

port_names() {
	local i

	for ((i = ${2-0}; i < $1; i++)); do
		printf 'p%d ' "$i"
	done
}

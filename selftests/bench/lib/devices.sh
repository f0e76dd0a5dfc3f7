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

# line_up: a0 = a1 and b1 = b0, b0 with the sink
line_up() {
	pair a0 a1 && pair b1 b0 && sink b0
}

line_down() {
	ip link del a0
	ip link del b1
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

port_names() {
	local i

	for ((i = ${2-0}; i < $1; i++)); do
		printf 'p%d ' "$i"
	done
}

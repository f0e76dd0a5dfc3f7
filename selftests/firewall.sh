#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests and the host's own rules, routes and addresses: OUTPUT and INPUT hold
# for guests as for an application of the host, FORWARD does not touch them, and
# nothing of the host is changed for them.
# vm: timeout=300 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

WORLD=198.51.100.2

# What the host has set: its rules, its routes, its switches.
host_state() {
	nft list ruleset
	ip rule
	ip -4 route show table all
	ip -o -4 addr show
	sysctl -a 2>/dev/null |
		grep -E '^net\.ipv4\.(ip_forward|conf\.(all|default|lo|up0)\.)|^net\.netfilter\.nf_conntrack_(max|acct|tcp_loose)'
}

# As Docker and a careful administrator leave it.
rules() {
	nft -f - <<-EOT
	table ip filter {
		chain DOCKER { }
		chain GUESTS { }
		chain FORWARD {
			type filter hook forward priority 0
			policy drop
			oif docker0 jump DOCKER
		}
		chain INPUT {
			type filter hook input priority 0
			policy drop
			jump GUESTS
			iifname lo accept
			ct state established,related accept
			ct state invalid drop
			icmp type echo-request accept
			tcp dport 22 accept
		}
		chain OUTPUT {
			type filter hook output priority 0
			policy accept
			ip daddr 169.254.0.0/16 drop
		}
	}
	table ip nat {
		chain DOCKER { }
		chain PREROUTING {
			type nat hook prerouting priority -100
			ip daddr 198.51.100.1 jump DOCKER
		}
		chain POSTROUTING {
			type nat hook postrouting priority 100
			ip saddr 172.17.0.0/16 masquerade
		}
		chain OUTPUT {
			type nat hook output priority -100
			ip daddr 198.51.100.1 jump DOCKER
		}
	}
	EOT
}

# A chain of its own for one rule at a time.
rule() { nft "add table ip t; add chain ip t c { type filter hook $1 priority 10; }; add rule ip t c $2"; }
no_rule() { nft delete table ip t; }

# same FILE: the host is as this file says
same() { diff "$KSFT_SCRATCH/$1" <(host_state); }

# echo_on HOST PORT: a server that sends back each line
echo_on() {
	ip netns exec "$1" busybox nc -ll -p "$2" -e cat &
	busywait listens_on "$1" "$2"
}

test_untouched() {
	ip link add docker0 type bridge
	check "rules as Docker leaves them" rules
	sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.up0.rp_filter=1
	host_state >"$KSFT_SCRATCH/before"
	gateway_add 1
	guest_add g1 1 10.0.2.15
	guest_add g2 1 10.0.2.16
	serve world 8000
	check "guests pass FORWARD DROP and a strict INPUT" gets g1 "$WORLD:8000"
	check "and strict reverse path filters" reaches g2 "$WORLD"
	check "fragments, too" reaches g1 "$WORLD" -s 4000
	check "the host's rules, routes and addresses are as before" same before
}

test_output() {
	rule output "ip daddr $WORLD tcp dport 8000 drop"
	check "OUTPUT drops a port, for guests too" not asks g1 "$WORLD:8000"
	no_rule
	check "without the rule it passes" gets g1 "$WORLD:8000"
	rule output "tcp dport 8000 reject with tcp reset"
	check "a reset of OUTPUT reaches the guest" refused g1 "$WORLD" 8000
	no_rule
	rule output "tcp dport 8000 reject with icmp type admin-prohibited"
	check "an error of OUTPUT, too" refused g1 "$WORLD" 8000
	no_rule
	check "nothing of it stays" gets g1 "$WORLD:8000"
}

# refused GUEST ADDRESS PORT: at once, not after a time-out
refused() {
	local said

	said=$(in_host "$1" timeout 100 busybox nc "$2" "$3" </dev/null 2>&1)
	echo "$said"
	[[ $said == *"can't connect"*@(refused|unreachable|"No route")* ]]
}

test_input() {
	rule input "ip saddr $WORLD tcp sport 8000 drop"
	check "INPUT drops a port, for guests too" not asks g1 "$WORLD:8000"
	no_rule
	check "without the rule it passes" gets g1 "$WORLD:8000"
}

# The host's own services, where guests may have them.
test_host_service() {
	ip netns attach "$HOST" $$
	serve "$HOST" 8100
	check "the host is closed" not asks g1 198.51.100.1:8100
	check "until it is opened" netemu-ctl gateway set gw1 host-access host
	check "its service answers" gets g1 198.51.100.1:8100
	# What the manual says: guests come by lo, as the host itself does.
	zone=$(netemu-ctl -j gateway show gw1 | jq '.[0].zone')
	nft add rule ip filter GUESTS ct original zone "$zone" tcp dport 8100 drop
	check "a rule for the guests' zone" not asks g1 198.51.100.1:8100
	check "is none for the host" gets "$HOST" 198.51.100.1:8100
	check "nor for the world" gets g1 "$WORLD:8000"
	# To delete it by its handle makes lockdep speak of nf_tables itself in 6.1.
	nft flush chain ip filter GUESTS
	netemu-ctl gateway set gw1 host-access no
	check "closed again" not asks g1 198.51.100.1:8100
}

# talk HOST FILE [NC-OPTION]...: a connection that says a line twice a second
# and writes down what comes back
talk() {
	local host=$1 file=$2

	shift 2
	while echo hello && usleep 500000; do :; done |
		ip netns exec "$host" busybox nc "$@" "$WORLD" 9000 >"$file" 2>/dev/null &
}

lines() { wc -l <"$KSFT_SCRATCH/$1"; }
grows() { [ "$(lines "$1")" -gt "$2" ]; }

# find_host_port GUEST: sets port, the host's of the guest's connection with port
# 9000. One look may miss it: what goes meanwhile makes the list skip others.
find_host_port() {
	port=$(sed -n "s/.*src=$1 .*dport=9000 .*src=.*sport=9000 dport=\([0-9]*\) .*/\1/p" \
		/proc/net/nf_conntrack | head -n 1)
	[ -n "$port" ]
}

# An application of the host that wants what a guest has.
test_same_port() {
	local port

	echo_on world 9000
	talk g1 "$KSFT_SCRATCH/guest"
	check "a guest has a connection" busywait grows guest 0
	check "the host's port of it" busywait find_host_port 10.0.2.15
	talk "$HOST" "$KSFT_SCRATCH/host" -p "$port"
	check "an application of the host has the same port there" busywait grows host 0
	check "the guest's connection lives" busywait grows guest "$(lines guest)"
	check "the application's, too" busywait grows host "$(lines host)"
}

sent() { cat /sys/class/net/gw1/statistics/tx_packets; }
sends() { [ "$(sent)" -gt "$1" ]; }

# Under load. ping counts what comes back: it goes on under the same name.
test_renumber() {
	local n load

	ip netns exec g2 busybox ping "$WORLD" >"$KSFT_SCRATCH/ping" 2>&1 &
	check "a guest pings" busywait grows ping 2
	ip netns exec world iperf3 -s >/dev/null 2>&1 &
	busywait listens_on world 5201
	ip netns exec g1 iperf3 -c "$WORLD" -t 3000 -P 4 -b 2M >/dev/null 2>&1 &
	load=$!
	check "another sends a lot" busywait sends $(($(sent) + 500))
	ip addr del 198.51.100.1/24 dev up0
	ip addr add 198.51.100.9/24 dev up0
	ip route replace default via "$WORLD"
	n=$(lines ping)
	check "the host has another address: its ping goes on" busywait grows ping $((n + 2))
	check "new connections use it" gets g1 "$WORLD:8000"
	check "and it alone" busywait not grep -q 'dst=198.51.100.1 .*10.0.2.16' /proc/net/nf_conntrack
	check "a connection from the old one is over" busywait stopped guest
	check "and all that the other one had" busywait not kill -0 "$load"
	ip addr del 198.51.100.9/24 dev up0
	ip addr add 198.51.100.1/24 dev up0
	ip route replace default via "$WORLD"
	check "and back again" gets g1 "$WORLD:8000"
}

# The echo of a line on the way may still come.
stopped() {
	local n

	n=$(lines "$1")
	sleep 2
	[ "$(lines "$1")" = "$n" ]
}

test_gone() {
	ip link del gw1
	check "without the gateway the host is as before" same before
	check "unload" rmmod netemu_gw
	check "and after that" same before
}

HOST="host-itself"
trap 'ip netns del "$HOST" 2>/dev/null; ksft_cleanup' EXIT

# The next test finds the host as this one did.
restore() {
	nft flush ruleset
	ip link del docker0
	sysctl -qw net.ipv4.conf.all.rp_filter=0
}

ksft_start
world_add
test_untouched
test_output
test_input
test_host_service
test_same_port
test_renumber
test_gone
restore
ksft_end

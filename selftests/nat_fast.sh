#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The fast path: established connections pass by the host's hooks, but no rule
# that stands there, whenever it came; and what else ends or moves a connection
# does so on the fast way too.
# vm: timeout=400 debug=short
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"
. "$(dirname "$0")/lib/fastpath.sh"

# The gateway comes to hooks that have a rule already, and has to know it from
# what every host has.
setup() {
	! lsmod | grep -q '^netemu_gw ' || rmmod netemu_gw
	world_add
	rule output counter
	gateway_add 1
	guest_add g1 1 10.0.2.15
	serve world 8000
}

# rule HOOK WORDS...: one for TCP
rule() {
	nft -f - <<-EOF2
	table ip t {
		chain c {
			type filter hook $1 priority 0;
			ip protocol tcp ${*:2};
		}
	}
	EOF2
}

seen() { nft list chain ip t c | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'; }

# tracked: packets that conntrack counted for the guest's connections to PORT
tracked() {
	awk -v dport="dport=$PORT" '/src=10\.0\.2\.15 / && $0 ~ dport " " {
		for (i = 1; i <= NF; i++)
			if (sub(/^packets=/, "", $i)) { n += $i; break }
	} END { print n + 0 }' /proc/net/nf_conntrack
}

counts_all() {
	local fast

	fast=$(fast out)
	[ "$fast" -gt "$1" ] && [ "$(tracked)" -ge $((fast - $2)) ]
}

test_off() {
	check "the fast path is off at first" has "netemu-ctl -d gateway show gw1" "fastpath off"
	check "a page" gets g1 198.51.100.2:8000
	check "nothing went the fast way" test "$(fast out)$(fast in)" = 00
}

test_auto() {
	local before

	check "the fast path: auto" netemu-ctl gateway set gw1 fastpath auto
	before=$(fast out)
	flow_start
	check "the rule that was there before sees the flow" busywait slow out seen
	nft delete table ip t
	check "without it the flow is fast out" grows fast out
	check "and in" grows fast in
	check "conntrack counts what is fast" busywait counts_all $((before + 10)) "$before"
	check "a page, begun and ended the slow way" gets g1 198.51.100.2:8000
}

# test_rule HOOK in|out WORDS...
test_rule() {
	check "a rule of $1: ${*:3}" rule "$1" "${@:3}"
	check "it sees the flow, and nothing passes it by" busywait slow "$2" seen
	nft delete table ip t
	check "it is gone: fast again" grows fast "$2"
}

test_on() {
	rule output counter
	check "a rule, and the fast path: on" netemu-ctl gateway set gw1 fastpath on
	check "the rule is passed by" grows fast out
	check "the fast path: off" netemu-ctl gateway set gw1 fastpath off
	check "the rule sees the flow again" busywait slow out seen
	nft delete table ip t
	netemu-ctl gateway set gw1 fastpath auto
}

test_route() {
	local before

	before=$(gw_drops 1 no_route)
	ip route add unreachable 198.51.100.2
	check "the host has no way any more: counted" busywait more "gw_drops 1 no_route" "$before" true
	ip route del unreachable 198.51.100.2
	check "it has one again: the flow is fast" grows fast out
}

test_mtu() {
	local before

	before=$(gw_drops 1 too_big)
	ip link set up0 mtu 1000
	check "the way is narrower: the guest is told" busywait more "gw_drops 1 too_big" "$before" true
	check "and its flow is fast" grows fast out
	ip link set up0 mtu 1500
}

test_restrict() {
	local before

	before=$(gw_drops 1 restricted)
	netemu-ctl gateway set gw1 restrict on
	check "nothing leaves any more: counted" busywait more "gw_drops 1 restricted" "$before" true
	check "the flow is not fast" slow out gw_drops 1 restricted
	netemu-ctl gateway set gw1 restrict off
	check "all leaves again: the flow is fast" grows fast out
}

test_renumber() {
	ip addr add 198.51.100.9/24 dev up0
	sysctl -qw net.ipv4.conf.up0.promote_secondaries=1
	ip addr del 198.51.100.1/24 dev up0
	check "the host has another address: the flow ends" busywait not kill -0 "$FLOW"
	check "and a page comes by the new one" gets g1 198.51.100.2:8000
}

test_unload() {
	PORT=5203
	flow_start
	check "another flow is fast" grows fast out
	check "unload with a fast flow" rmmod netemu_gw
	check "the ruleset is empty as before" test -z "$(nft list ruleset)"
}

ksft_start
modprobe nf_conntrack
ACCT=$(sysctl -n net.netfilter.nf_conntrack_acct)
sysctl -qw net.netfilter.nf_conntrack_acct=1
setup
test_off
test_auto
test_rule output out counter drop
test_rule input in counter
test_on
if [ -z "${NETEMU_SHORT-}" ]; then
	test_rule postrouting out counter
	test_rule prerouting in counter
	test_route
	test_mtu
	test_restrict
	test_renumber
fi
test_unload
sysctl -qw net.netfilter.nf_conntrack_acct="$ACCT"
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests ask for names at the DNS address, and the host's resolvers answer: the
# first that is alive. Each resolver has an answer of its own for who.test.
# vm: timeout=400 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

FIRST=198.51.100.2
SECOND=198.51.100.3

# resolver HOST ADDRESS ANSWER
resolver() {
	in_host "$1" dnsmasq -k -u root -C /dev/null -x "$KSFT_SCRATCH/pid-$3" \
		--no-resolv --no-hosts --bind-interfaces --listen-address="$2" \
		--address="/who.test/$3" >/dev/null 2>&1 &
	busywait answered "$1" "$2" "$3"
}

# answered HOST RESOLVER ANSWER [-t]: the answer to one question
answered() {
	# shellcheck disable=SC2086 # one word or none
	has "in_host $1 timeout ${PATIENCE:-60} drill ${4-} who.test @$2" "$3"
}

# drill itself waits a quarter of a minute for an answer that must not come.
unanswered() { ! PATIENCE=5 answered "$@"; }

gateway() { netemu-ctl -j gateway show "$1"; }

# is_used GATEWAY RESOLVER|null
is_used() {
	gateway "$1" | jq -e --arg addr "$2" '(.[0].resolver // "null") == $addr' ||
		{ gateway "$1"; return 1; }
}

uses() { check "$1 shows it" is_used "$1" "$2"; }

# lost ADDRESS...: queries to these resolvers are lost without a word
lost() {
	local addr

	in_host world nft delete table ip lost 2>/dev/null
	[ $# != 0 ] || return 0
	in_host world nft add table ip lost
	in_host world nft add chain ip lost in '{ type filter hook input priority 0; }'
	for addr; do
		in_host world nft add rule ip lost in ip daddr "$addr" udp dport 53 drop
		in_host world nft add rule ip lost in ip daddr "$addr" tcp dport 53 drop
	done
}

setup() {
	: >/etc/resolv.conf
	world_add
	ip -n world addr add "$SECOND/24" dev eth0
	ip link set lo up
	gateway_add 1
	guest_add g1 1 10.0.2.15
	guest_add g2 1 10.0.2.16
	check "the first resolver" resolver world "$FIRST" 192.0.2.1
	check "the second resolver" resolver world "$SECOND" 192.0.2.2
	check "a resolver of the host alone" resolver "$HOST" 127.0.0.53 192.0.2.53
}

test_none() {
	local before

	before=$(gw_drops 1 no_resolver)
	check "without a resolver there is no answer" unanswered g1 10.0.2.3 192.0.2
	check "it is counted" test "$(gw_drops 1 no_resolver)" -gt "$before"
	check "it is said" has "netemu-ctl gateway show gw1" " no resolver "
	uses gw1 null
}

test_answers() {
	check "two resolvers" netemu-ctl gateway set gw1 dns-server "$FIRST,$SECOND"
	uses gw1 "$FIRST"
	check "a name by UDP" answered g1 10.0.2.3 192.0.2.1
	check "a name by TCP" answered g1 10.0.2.3 192.0.2.1 -t
	check "a name by nslookup" has "in_host g1 nslookup who.test 10.0.2.3" 192.0.2.1
	check "by another guest" answered g2 10.0.2.3 192.0.2.1
	check "the gateway itself is no resolver" unanswered g1 10.0.2.2 192.0.2
	uses gw1 "$FIRST"
}

# A client asks again by itself; how often, and when it gives up, is its affair.
test_silent() {
	lost "$FIRST"
	check "the first is dead: the second answers" busywait answered g1 10.0.2.3 192.0.2.2
	uses gw1 "$SECOND"
	check "text says who answers" has "netemu-ctl gateway show gw1" "($SECOND answers)"
	check "by TCP, too" busywait answered g1 10.0.2.3 192.0.2.2 -t
	check "another guest is answered, too" busywait answered g2 10.0.2.3 192.0.2.2

	check "the other way round" netemu-ctl gateway set gw1 dns-server "$SECOND,$FIRST"
	uses gw1 "$SECOND"
	lost "$SECOND"
	check "TCP finds the one that lives" busywait answered g1 10.0.2.3 192.0.2.1 -t
	uses gw1 "$FIRST"
	lost
}

asked_until() {
	in_host g1 timeout 3 drill who.test @10.0.2.3
	is_used "$@"
}

test_all_silent() {
	[ -z "${NETEMU_SHORT-}" ] || return 0
	lost "$FIRST" "$SECOND"
	check "none answers" busywait asked_until gw1 null
	check "it is said" has "netemu-ctl gateway show gw1" "no resolver answers"
	lost
	check "one is back" busywait answered g1 10.0.2.3 192.0.2.
	check "it is used" not is_used gw1 null
}

# An answer to a question that comes half a minute later makes it good again.
test_back() {
	[ -z "${NETEMU_SHORT-}" ] || return 0
	netemu-ctl gateway set gw1 dns-server "$FIRST,$SECOND"
	lost "$FIRST"
	check "the first is dead again" busywait asked_until gw1 "$SECOND"
	lost
	check "the first lives again, and is tried" busywait asked_until gw1 "$FIRST"
}

test_unreachable() {
	netemu-ctl gateway set gw1 dns-server "$FIRST,$SECOND"
	kill "$(cat "$KSFT_SCRATCH/pid-192.0.2.1")"
	check "nobody listens at the first: the second answers" \
		busywait answered g1 10.0.2.3 192.0.2.2
	uses gw1 "$SECOND"
}

test_loopback() {
	check "a resolver at 127.0.0.53" netemu-ctl gateway set gw1 dns-server 127.0.0.53
	check "answers by UDP" answered g1 10.0.2.3 192.0.2.53
	check "answers by TCP" answered g1 10.0.2.3 192.0.2.53 -t
	check "the host is closed all the same" unanswered g1 198.51.100.1 192.0.2
	kill "$(cat "$KSFT_SCRATCH/pid-192.0.2.53")"
	check "when it goes" busywait asked_until gw1 null
}

# What the systemd unit does when the host's file changes.
test_refresh() {
	echo "nameserver $FIRST" >/etc/resolv.conf
	check "resolvers of the host" netemu-ctl gateway set gw1 dns-server auto
	uses gw1 "$FIRST"
	check "a gateway set by hand" netemu-ctl gateway add gw2 dns-server 192.0.2.9
	check "one in a namespace" ip netns add dns-a
	HOSTS="$HOSTS dns-a"
	mkdir -p /etc/netns/dns-a
	echo "nameserver 192.0.2.77" >/etc/netns/dns-a/resolv.conf
	check "takes those of the namespace" netemu-ctl -n dns-a gateway add gw9
	check "as it shows" has "netemu-ctl -j -n dns-a gateway show" '"192.0.2.77"'
	printf 'nameserver %s\nnameserver %s\n' "$SECOND" "$FIRST" >/etc/resolv.conf
	check "they change" netemu-ctl gateway refresh
	uses gw1 "$SECOND"
	check "and answer" answered g1 10.0.2.3 192.0.2.2
	uses gw2 192.0.2.9
	echo "nameserver 192.0.2.78" >/etc/netns/dns-a/resolv.conf
	check "in the namespace, too" netemu-ctl -n dns-a gateway refresh
	check "its own change" has "netemu-ctl -j -n dns-a gateway show" '"192.0.2.78"'
	check "by hand again" netemu-ctl gateway set gw1 dns-server "$SECOND"
	: >/etc/resolv.conf
	check "then the file does not matter" netemu-ctl gateway refresh
	uses gw1 "$SECOND"
	refuse "refresh takes no name" netemu-ctl gateway refresh gw1
	rm -r /etc/netns/dns-a
	netemu-ctl gateway del gw2
}

# in_host for the machine itself
HOST="host-itself"
ip netns attach "$HOST" $$
trap 'ip netns del "$HOST"; ksft_cleanup' EXIT

ksft_start
setup
test_none
test_answers
test_silent
test_all_silent
test_back
test_unreachable
test_loopback
test_refresh
ksft_end

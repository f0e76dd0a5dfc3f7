#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# perfdhcp behind one port: many clients, none of whose messages is lost.
#
# perfdhcp plays a relay, from one MAC address. nftables makes clients of its
# messages, each of which comes from the address that its chaddr says, and brings
# the answers back to it. Offsets are bits from the beginning of the UDP header.
#
# vm: timeout=240 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

NEW=200		# clients that ask for the first time
KNOWN=600	# exchanges of clients that have a lease
LATE=10		# seconds that perfdhcp waits for the last answers

make_clients() {
	modprobe netemu
	netemu-ctl network add lab subnet 10.0.0.0/16 guest-leases 0
	network_guest g1 lab
	ip -n g1 addr add 10.0.0.5/16 dev eth0
	# A socket that holds all answers, however late perfdhcp reads them.
	buffer=$(sysctl -n net.core.rmem_default)
	sysctl -qw net.core.rmem_default=16777216
	in_host g1 ethtool -K eth0 tx off
	in_host g1 nft -f - <<-END
	table netdev relay {
		chain out {
			type filter hook egress device eth0 priority 0
			udp dport 67 @th,256,32 set 0 comment "giaddr"
			udp dport 67 @th,88,8 set 0 comment "hops"
			udp dport 67 @th,144,16 set 0x8000 comment "flags: broadcast"
			udp dport 67 udp checksum set 0
			udp dport 67 @ll,48,48 set @th,288,48 comment "source: chaddr"
		}
		chain in {
			type filter hook ingress device eth0 priority 0
			udp dport 68 ip daddr set 10.0.0.5 udp dport set 67 udp checksum set 0
		}
	}
	END
}

# exchanges NUMBER RATE CLIENTS MAC: perfdhcp has done them, or one more. A client
# that asks again while its new address is probed gets no answer: more clients
# than exchanges, or such as have a lease.
exchanges() {
	in_host g1 timeout 60 perfdhcp -4 -l eth0 -n "$1" -r "$2" -R "$3" -b "mac=$4" \
		-d 100 -W "${LATE}000000" 10.0.0.2 >"$KSFT_SCRATCH/load" 2>&1
	cat "$KSFT_SCRATCH/load"
}

# figure NAME: of DISCOVER-OFFER, then of REQUEST-ACK
figure() { sed -n "s/^$1: //p" "$KSFT_SCRATCH/load" | xargs; }

# complete NUMBER: so many offers and acknowledgements, and not one less
complete() {
	local offers acks

	read -r offers acks <<<"$(figure 'received packets')"
	[ "$(figure drops)" = "0 0" ] && [ "$(figure 'sent packets')" = "$offers $acks" ] &&
		[ "$offers" -ge "$1" ] && [ "$acks" = "$offers" ]
}

# Where the machine stood still while perfdhcp waited for its last answers it
# counts them as lost: it has three tries, each time with other new clients.
new_clients() {
	for try in 1 2 3; do
		base=02:00:00:0$try:00:00
		exchanges "$NEW" 25 $((NEW + 10)) "$base"
		! complete "$NEW" || return 0
	done
	return 1
}

known_clients() {
	for try in 1 2 3; do
		exchanges "$KNOWN" 50 "$NEW" "$base"
		! complete "$KNOWN" || return 0
	done
	return 1
}

leases() { netemu-ctl -j lease show lab | jq 'map(select(.state == "bound")) | length'; }
gw_drop() { ethtool -S lab-gw | sed -n "s/^ *drop_$1: //p"; }

ksft_start
check "a network with perfdhcp in it" make_clients
check "the gateway is there" reaches g1 10.0.0.2
check "$NEW new clients: nothing is lost" new_clients
check "each has a lease" test "$(leases)" -ge "$NEW"
check "$KNOWN exchanges of known ones: nothing is lost" known_clients
check "the gateway dropped no message" test "$(gw_drop dhcp) $(gw_drop pool_full)" = "0 0"
sysctl -qw "net.core.rmem_default=$buffer"
check "the network goes" netemu-ctl network del lab
ksft_end

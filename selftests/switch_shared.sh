#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port whose device the host keeps: the host, its guests and what lies at the
# wire are stations of one network, each frame comes once, and the host's
# connections outlive the port. Then the same as a network of mode bridged.
# vm: timeout=600 debug=short plain=6.1
#
#	a:eth0 = p-a -+
#	              +- sw0 -- up0 (shared with the host) = eth0:lan
#	b:eth0 = p-b -+
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

HOST=198.51.100.1
LAN=198.51.100.2
A=198.51.100.11
B=198.51.100.12
ALL=198.51.100.255

mac() { ip ${2:+-n "$2"} -j link show dev "$1" | jq -re '.[0].address'; }
link_local() { ip -n "$1" -j -6 addr show dev "${2-eth0}" scope link | jq -re '.[0].addr_info[0].local'; }

station() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip link add "$2" type veth peer name eth0 netns "$1"
	ip netns exec "$1" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	ip link set "$2" up
	ip -n "$1" link set lo up
	ip -n "$1" addr add "$3/24" brd + dev eth0
	ip -n "$1" link set eth0 up
}

setup() {
	local who

	ip netns attach host $$
	ip link set lo up
	station lan up0 $LAN
	station a p-a $A
	station b p-b $B
	ip addr add $HOST/24 brd + dev up0
	netemu-ctl switch add sw0 host-port off
	netemu-ctl port add p-a switch sw0
	netemu-ctl port add p-b switch sw0
	ip netns exec lan busybox nc -l -p 7000 -e cat &
	for who in lan a b; do
		busywait ready eth0 "$who"
		busywait link_local "$who"
	done
	busywait ready up0
	busywait link_local host up0
	busywait listens_on lan 7000
}

# ---- a connection of the host's ----------------------------------------------

# echoes WORD: by the connection that was opened at the start
echoes() {
	local answer

	echo "$1" >&3
	read -r -t 60 answer <&3 && [ "$answer" = "$1" ]
}

host_state() {
	ip -o addr show dev up0 | sed 's/valid_lft.*//; s/ tentative//'
	ip route show
	ip -6 route show dev up0
	mac up0
}

same_state() { diff <(host_state) "$KSFT_SCRATCH/before"; }

share() { netemu-ctl port add up0 switch sw0 shared on; }

# ---- who reaches whom -----------------------------------------------------------

test_reach() {
	check "host to wire" reaches host $LAN
	check "wire to host" reaches lan $HOST
	check "guest to wire" reaches a $LAN
	check "wire to guest" reaches lan $A
	check "guest to host" reaches a $HOST
	check "host to guest" reaches host $B
	check "guest to guest" reaches a $B
	check "guest to host by IPv6" reaches a "$(link_local host up0)%eth0" -6
	check "host to guest by IPv6" reaches host "$(link_local b)%up0" -6
}

# Other ports than those that other tests forward: the host's closed connections
# keep theirs for a minute.
test_bulk() {
	check "TCP from host to guest" iperf host 5312 a $HOST -n 4M -R
	[ -z "${NETEMU_SHORT-}" ] || return
	check "TCP from guest to host" iperf host 5311 a $HOST -n 4M
	check "TCP from wire to guest" iperf lan 5313 a $LAN -n 4M -R
	check "TCP from host to wire" iperf lan 5314 host $LAN -n 4M
}

# ---- frames for many ------------------------------------------------------------

# hear HOST DEVICE: the pings for many that it receives, a line for each
hear() {
	ip netns exec "$1" tcpdump -i "$2" -Q in -l -n "(icmp and dst $ALL) or (icmp6 and dst ff02::1 and ip6[40] == 128)" \
		>"$KSFT_SCRATCH/heard-$1" 2>"$KSFT_SCRATCH/ears-$1" &
	EARS="$EARS $!"
}

listening() { grep -q listening "$KSFT_SCRATCH/ears-$1"; }

# call HOST DEVICE: three pings for all in its network, by IPv4 and by IPv6
call() {
	ip netns exec "$1" ping -q -c 3 -i 0.1 -W 1 $ALL >/dev/null 2>&1 &
	CALLS="$CALLS $!"
	ip netns exec "$1" ping -q -6 -c 3 -i 0.1 -W 1 "ff02::1%$2" >/dev/null 2>&1 &
	CALLS="$CALLS $!"
}

# heard HOST ADDRESS: so many pings from there
heard() { grep -cF " $2 > " "$KSFT_SCRATCH/heard-$1"; }

# hears HOST FROM: three pings, by IPv4 and by IPv6
hears() { [ "$(heard "$1" "${IPV4[$2]}")" -ge 3 ] && [ "$(heard "$1" "${IPV6[$2]}")" -ge 3 ]; }

# hears_once HOST: three from each of the others, none from itself
hears_once() {
	local from want

	cat "$KSFT_SCRATCH/heard-$1"
	for from in host lan a; do
		want=3
		[ "$from" != "$1" ] || want=0
		[ "$(heard "$1" "${IPV4[$from]}")" = $want ] && [ "$(heard "$1" "${IPV6[$from]}")" = $want ] || return
	done
}

# The pings that follow tell that no more are under way.
test_many() {
	local -A IPV4=([host]=$HOST [lan]=$LAN [a]=$A) IPV6=([host]=$(link_local host up0)
		[lan]=$(link_local lan) [a]=$(link_local a))
	local EARS='' CALLS='' from who

	hear host up0
	for who in lan a b; do
		hear "$who" eth0
	done
	for who in host lan a b; do
		busywait listening "$who"
	done
	call host up0
	call lan eth0
	call a eth0
	# shellcheck disable=SC2086 # a list of words
	wait $CALLS
	for from in host lan a; do
		for who in host lan a b; do
			[ "$who" = "$from" ] || check "for all, from $from to $who" busywait hears "$who" "$from"
		done
	done
	for who in $LAN $A $B; do
		reaches host "$who" >/dev/null
	done
	for who in host lan a b; do
		check "each once to $who, and its own not" hears_once "$who"
	done
	# shellcheck disable=SC2086
	kill $EARS
	# shellcheck disable=SC2086
	wait $EARS 2>/dev/null
}

test_lease() {
	cat >"$KSFT_SCRATCH/udhcpc" <<-'SCRIPT'
	#!/bin/sh
	[ "$1" != bound ] || ip addr add "$ip/$mask" dev "$interface"
	SCRIPT
	chmod +x "$KSFT_SCRATCH/udhcpc"
	ip netns exec lan dnsmasq -k -u root -C /dev/null -x "$KSFT_SCRATCH/pid" --port=0 --interface=eth0 \
		--no-ping --dhcp-leasefile="$KSFT_SCRATCH/leases" --dhcp-range=198.51.100.50,198.51.100.50,10m >/dev/null 2>&1 &
	ip -n b addr flush dev eth0 scope global
	check "a guest gets an address at the wire" in_host b busybox udhcpc -i eth0 -n -q -t 20 -T 3 -s "$KSFT_SCRATCH/udhcpc"
	check "and uses it with the host, too" reaches host 198.51.100.50
	kill $!
	wait $! 2>/dev/null
	ip -n b addr flush dev eth0 scope global
	ip -n b addr add $B/24 brd + dev eth0
}

# ---- the host's address ---------------------------------------------------------

is_hosts() { is "any(.[]; .address == \"$1\" and .host and .port == \"up0\")" fdb show sw0; }

test_address() {
	local old own before

	old=$(mac up0)
	own=$(mac eth0 b)
	check "the FDB has it for the host" is_hosts "$old"
	before=$(drops own_source)
	ip -n b link set eth0 address "$old"
	in_host b ping -c 2 -i 0.1 -W 1 $LAN >/dev/null 2>&1
	check "a guest can't send by it" busywait more "drops own_source" "${before:-0}" true
	check "the host is reached" reaches a $HOST
	ip -n b link set eth0 address "$own"
	check "another address" ip link set up0 address 02:00:00:00:00:99
	check "goes to the FDB" is_hosts 02:00:00:00:00:99
	check "the old one went" not is_hosts "$old"
	ip -n a neigh flush dev eth0
	ip -n lan neigh flush dev eth0
	check "guest to host" reaches a $HOST
	check "the connection is there" echoes moved
	ip link set up0 address "$old"
	ip -n a neigh flush dev eth0
	ip -n lan neigh flush dev eth0
}

test_vlan() {
	ip link add link up0 name up0.5 type vlan id 5
	ip link set up0.5 up
	ip addr add 203.0.113.1/24 dev up0.5
	ip -n lan link add link eth0 name eth0.5 type vlan id 5
	ip -n lan link set eth0.5 up
	ip -n lan addr add 203.0.113.2/24 dev eth0.5
	ip -n a link add link eth0 name eth0.5 type vlan id 5
	ip -n a link set eth0.5 up
	ip -n a addr add 203.0.113.3/24 dev eth0.5
	check "a VLAN at the wire" reaches host 203.0.113.2
	check "the same VLAN in the switch" reaches host 203.0.113.3
	check "the VLAN device is no port beside" fails 2 "on top of the shared port" port add up0.5 switch sw0
	ip link del up0.5
	ip -n lan link del eth0.5
	ip -n a link del eth0.5
}

# nftables at the egress of the device comes first. A copy that it makes of a
# guest's frame stays one: the switch does not take it for a frame of the host.
test_rules() {
	nft -f - <<-RULES
	table netdev egress {
		chain out {
			type filter hook egress device up0 priority 0
			ip daddr $B icmp type echo-request drop
		}
	}
	RULES
	check "a rule at egress keeps the host from a guest" misses host $B
	check "not from others" reaches host $A
	nft flush chain netdev egress out
	if modprobe nft_dup_netdev 2>/dev/null; then
		nft add rule netdev egress out ip saddr $A ip daddr $ALL meta mark 0 meta mark set 1 counter dup to up0
		in_host a ping -c 2 -i 0.1 -W 1 $ALL >/dev/null 2>&1
		check "a rule doubles a guest's frames" busywait has "nft list table netdev egress" "counter packets 2"
		check "the guest is where it was" is "any(.[]; .address == \"$(mac eth0 a)\" and .port == \"p-a\")" fdb show sw0
	fi
	nft delete table netdev egress
}

# ---- what is refused ------------------------------------------------------------

test_refused() {
	ip link add d0 type dummy
	check "one of a switch" fails 2 "a shared port already" port add d0 switch sw0 shared on
	check "not changed later" fails 2 "chosen when it is made" port set up0 shared off
	check "other options are" netemu-ctl port set up0 fdb-limit 100
	check "no default" fails 1 "unknown key" switch set sw0 default-shared on
	check "no hub" fails 2 "a hub" switch set sw0 mode hub
	check "not with the address of the switch" refuses ip link set sw0 address "$(mac up0)"
	check "nor the other way" refuses ip link set up0 address "$(mac sw0)"
	netemu-ctl hub add 3
	check "none in a hub" fails 2 "hub" port add d0 hub 3 shared on
	netemu-ctl hub del 3
	ip link del d0
	check "all as before" same_state
}

# ---- ends -----------------------------------------------------------------------

# traffic FROM ADDRESS: until it is stopped
traffic() {
	ip netns exec "$1" ping -q -c 1000000 -i 0.01 -W 1 "$2" >/dev/null 2>&1 &
	LOADS="$LOADS $!"
}

load_on() {
	LOADS=''
	traffic host $LAN
	traffic host $A
	traffic a $HOST
	traffic lan $A
}

load_off() {
	# shellcheck disable=SC2086 # a list of words
	kill $LOADS 2>/dev/null
	# shellcheck disable=SC2086
	wait $LOADS 2>/dev/null
}

test_network() {
	check "a network" netemu-ctl network add lab mode bridged uplink up0
	check "so it is shown" is '.[0] | .mode == "bridged" and .uplink == "up0" and .uplink_mode == "shared"' network show lab
	netemu-ctl port del p-a
	netemu-ctl port add p-a network lab
	check "guest to wire" reaches a $LAN
	check "guest to host" reaches a $HOST
	load_on
	check "removed under traffic" netemu-ctl network del lab
	load_off
	check "the connection is there" echoes network
	check "all as before" same_state
}

# In and out under traffic, and what else ends a port.
test_ends() {
	local round

	netemu-ctl port add p-a switch sw0
	load_on
	for round in 1 2; do
		check "in under traffic, $round" share
		check "and out" netemu-ctl port del up0
	done
	check "in once more" share
	check "the modules go under traffic" rmmod netemu_gw netemu
	load_off
	check "the connection is there" echoes again
	check "all as before" same_state
}

test_namespace() {
	ip netns add box
	HOSTS="$HOSTS box"
	ip link set up0 netns box
	ip link set p-a netns box
	ip -n box link set up0 up
	ip -n box link set p-a up
	ip -n box addr add $HOST/24 dev up0
	check "in a namespace" netemu-ctl -n box network add lab mode bridged uplink up0
	netemu-ctl -n box port add p-a network lab
	check "guest to host" reaches a $HOST
	check "guest to wire" reaches a $LAN
	LOADS=''
	traffic box $LAN
	traffic a $HOST
	traffic lan $A
	check "the namespace ends under traffic" ip netns del box
	load_off
}

# The frames that it sends are for an address that nobody has.
test_device() {
	netemu-ctl switch add sw0 host-port off
	ip link add d0 type dummy
	ip link set d0 up
	ip addr add 203.0.113.1/24 dev d0
	ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:09 dev d0
	check "shared" netemu-ctl port add d0 switch sw0 shared on
	LOADS=''
	traffic host 203.0.113.9
	check "the host sends" busywait more "drops no_target" 0 true
	check "the device goes under traffic" ip link del d0
	load_off
	check "it is no port any more" is 'length == 0' port show switch sw0
	ip link del sw0
}

ksft_start
setup
exec 3<>/dev/tcp/$LAN/7000
check "a connection of the host" echoes hello
host_state >"$KSFT_SCRATCH/before"
check "the device becomes a shared port" share
check "so it is shown" is '.[0] | .shared and .state == "forwarding"' port show up0
check "in words too" has "netemu-ctl port show up0" "shared on"
check "others are not" is '.[0].shared | not' port show p-a
check "the connection is there" echoes attached
check "the host keeps all" same_state
test_reach
test_many
test_bulk
test_address
if [ -z "${NETEMU_SHORT-}" ]; then
	test_rules
	test_lease
	test_vlan
	test_refused
fi
check "the port goes" netemu-ctl port del up0
check "the connection is there" echoes detached
check "all as before" same_state
check "the guest is out" misses a $HOST
test_network
test_ends
test_namespace
test_device
exec 3>&-
check "the modules go" rmmod netemu_gw netemu
ip netns del host
ksft_end

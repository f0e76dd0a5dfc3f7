#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ports of the host that lead to guests, and addresses for guests that lead
# outside: who reaches whom, who is asked on the way, and how it ends.
# vm: timeout=400 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

UP=198.51.100.1		# the host, to the world
ECHO=7			# a guest's port that says again what it hears

ctl() { netemu-ctl "$@"; }

kept() { netemu-ctl forward show; netemu-ctl service show; }

# web HOST PORT [ADDRESS]: a server whose page is its own name, and which tells who
# asks
web() {
	local dir=$KSFT_SCRATCH/www-$1-$2

	mkdir -p "$dir/cgi-bin"
	echo "I am $1" >"$dir/page"
	# shellcheck disable=SC2016 # for the other shell
	printf '#!/bin/sh\necho\necho "you are $REMOTE_ADDR"\n' >"$dir/cgi-bin/asker"
	chmod +x "$dir/cgi-bin/asker"
	ip netns exec "$1" busybox httpd -f -p "${3:+$3:}$2" -h "$dir" &
	busywait listens_on "$1" "$2"
}

# says HOST ADDRESS:PORT NAME: that one answers
says() { [ "$(in_host "$1" timeout 20 busybox wget -q -O - "http://$2/page")" = "I am $3" ]; }
finds() { busywait says "$@"; }

# seen_as HOST ADDRESS:PORT CLIENT: as whom the server sees this host
seen_as() {
	local said

	said=$(in_host "$1" timeout 20 busybox wget -q -O - "http://$2/cgi-bin/asker")
	echo "$said"
	# A server that listens for IPv6 too writes [::ffff:ADDRESS].
	said=${said/\[::ffff:/}
	[ "${said%]}" = "you are $3" ]
}

# talk NAME HOST ADDRESS PORT: a connection that stays open; still_open NAME: both
# ends hear each other
talk() {
	local fifo=$KSFT_SCRATCH/talk-$1

	mkfifo "$fifo"
	: >"$fifo.out"
	ip netns exec "$2" bash -c "exec 3<>/dev/tcp/$3/$4 5<>'$fifo'
		cat <&3 >>'$fifo.out' &
		cat <&5 >&3" >/dev/null 2>&1 &
	busywait still_open "$1"
}

still_open() {
	local word=$RANDOM$RANDOM

	timeout 5 bash -c "echo $word >'$KSFT_SCRATCH/talk-$1'"
	busywait grep -q "$word" "$KSFT_SCRATCH/talk-$1.out"
}

# hung_up NAME HOST PORT: who speaks is told that nobody listens any more
hung_up() {
	timeout 5 bash -c "echo hello >'$KSFT_SCRATCH/talk-$1'"
	! in_host "$2" ss -Htn state established | grep -q ":$3 "
}

absent() { ethtool -S sw1-gw | sed -n 's/^ *drop_no_guest: //p'; }

tracked() { grep -q "dport=$1 " /proc/net/nf_conntrack; }

setup() {
	world_add
	ip link set lo up
	netemu-ctl network add sw1
	netemu-ctl network add sw2
	guest_add g1 1 10.0.2.15
	guest_add g2 1 10.0.2.16
	guest_add h1 2 10.0.2.15
	web g1 80
	web g2 80
	web h1 80
	web world 8000
	in_host g1 busybox nc -ll -p "$ECHO" -e cat &
	busywait listens_on g1 "$ECHO"
}

test_add() {
	check "no forward: a list of none" is '. == []' forward show
	check "a forward" ctl forward add sw1-gw tcp 8080 to 10.0.2.15:80
	check "it is listed" is '. == [{"gateway_device": "sw1-gw", "protocol": "tcp", "address": "0.0.0.0",
		"port": 8080, "ports": 1, "to_address": "10.0.2.15", "to_port": 80,
		"connections_opened": 0}]' forward show
	check "and counted" is '.[0].gateway.forward_count == 1' network show sw1
	check "a network is as good a name as its gateway" ctl forward add sw1 tcp "$UP:8081" to 10.0.2.16:80
	check "text" has "netemu-ctl forward show sw1-gw" "sw1-gw tcp $UP:8081 to 10.0.2.16:80"
	check "of the other network" ctl forward add sw2 tcp 8082 to 10.0.2.15:80
	check "each shows its own" is 'map(.port) == [8082]' forward show sw2
	check "it may exist" ctl --may-exist forward add sw1-gw tcp 8080 to 10.0.2.15:80
}

# heard FILTER: a line of the monitor fulfils it
heard() { jq -n -e "any(inputs; $1)" "$KSFT_SCRATCH/monitor" >/dev/null 2>&1; }

# It listens once it tells of something.
probe() {
	ctl forward add sw1 udp 9999 to 10.0.2.15
	ctl forward del sw1 udp 9999
	[ -s "$KSFT_SCRATCH/monitor" ]
}

test_monitor() {
	local monitor

	netemu-ctl -j monitor forward >"$KSFT_SCRATCH/monitor" &
	monitor=$!
	busywait probe
	ctl service add sw1 tcp 10.0.2.103:80 to 127.0.0.1:8100
	check "the monitor sees one come" busywait heard '.object == "service" and .event == "add"
		and .gateway_device == "sw1-gw" and .address == "10.0.2.103" and .to_port == 8100'
	ctl service del sw1 tcp 10.0.2.103:80
	check "and go" busywait heard '.object == "service" and .event == "del" and .port == 80'
	check "forwards, too" busywait heard '.object == "forward" and .event == "del" and .port == 9999'
	kill "$monitor"
	wait "$monitor" 2>/dev/null
}

test_refused() {
	check "twice" fails 2 "there is a rule for this port" forward add sw1-gw tcp 8080 to 10.0.2.16:80
	check "an address of one port that is taken for all" fails 2 "there is a rule" \
		forward add sw1-gw tcp "$UP:8080" to 10.0.2.16:80
	check "the port of another network" fails 2 'taken by a forward of gateway "sw2-gw"' \
		forward add sw1-gw tcp 8082 to 10.0.2.15:80
	check "an address that the host has not" fails 2 "the host has no such address" \
		forward add sw1-gw tcp 198.51.100.9:9000 to 10.0.2.15:80
	check "nobody of the subnet" fails 2 "an address that a guest can have" \
		forward add sw1-gw tcp 9000 to 10.0.3.15:80
	check "the gateway is no guest" fails 2 "an address that a guest can have" \
		forward add sw1-gw tcp 9000 to 10.0.2.2:80
	check "no network" fails 2 'cannot find network or gateway "nobody"' forward add nobody tcp 9000 to 10.0.2.15
	check "no gateway" fails 2 'cannot find network or gateway "up0"' forward add up0 tcp 9000 to 10.0.2.15
	check "a protocol" fails 1 'neither tcp nor udp' forward add sw1-gw sctp 9000 to 10.0.2.15
	check "a port" fails 1 'not a port (allowed: 1 to 65535)' forward add sw1-gw tcp 65536 to 10.0.2.15
	check "a range" fails 1 'not a range' forward add sw1-gw tcp 9009-9000 to 10.0.2.15
	check "a range that ends too late" fails 1 'too many' forward add sw1-gw tcp 9000-9009 to 10.0.2.15:65530
	check "more ports than there may be" fails 2 "at most 4096 ports" \
		forward add sw1-gw tcp 20000-24096 to 10.0.2.15
	check "auto to no port" fails 1 'has no port' forward add sw1-gw tcp auto to 10.0.2.15
	check "an address of a forward's guest" fails 2 "it is a guest's" \
		service add sw1-gw tcp 10.0.2.15:80 to 198.51.100.2
	check "one that is not there" fails 2 "there is no such forward" forward del sw1-gw tcp 9000
	check "unless it does not matter" ctl --if-exists forward del sw1-gw tcp 9000
}

test_reach() {
	check "from the world" finds world "$UP:8080" g1
	check "by one address" finds world "$UP:8081" g2
	check "the other network, the same address" finds world "$UP:8082" h1
	check "from the host by its address" finds "$HOST" "$UP:8080" g1
	check "from the host by 127.0.0.1" finds "$HOST" 127.0.0.1:8080 g1
	check "one address is not another" not says "$HOST" 127.0.0.1:8081 g2
	check "from a guest of the same network" finds g2 "$UP:8080" g1
	check "from the guest itself" finds g1 "$UP:8080" g1
	check "from a guest of another network" finds h1 "$UP:8080" g1
	check "the guest sees who asks from outside" seen_as world "$UP:8080" 198.51.100.2
	check "the host is the gateway to it" seen_as "$HOST" 127.0.0.1:8080 10.0.2.2
	check "a neighbour, too" seen_as g2 "$UP:8080" 10.0.2.2
	check "other ports of the host stay closed" not says g1 "$UP:8000" world
	check "connections are counted" is '.[0].connections_opened >= 4' forward show sw1-gw
}

test_auto() {
	local port

	port=$(ctl forward add sw1-gw tcp auto to 10.0.2.15:80)
	check "a port that is chosen" test "${port:-0}" -gt 32767
	check "is not one of those that programs get" outside "$port"
	check "leads there" finds world "$UP:$port" g1
	check "is deleted by its number" ctl forward del sw1-gw tcp "$port"
}

outside() {
	local low high

	read -r low high </proc/sys/net/ipv4/ip_local_port_range
	[ "$1" -lt "$low" ] || [ "$1" -gt "$high" ]
}

MIB=8
[ -z "${NETEMU_SHORT-}" ] || MIB=1

test_range() {
	check "a range of ports" ctl forward add sw1-gw tcp 5200-5209 to 10.0.2.15
	check "the same for UDP" ctl forward add sw1-gw udp 5200-5209 to 10.0.2.15
	check "the first" iperf g1 5200 world "$UP" -n "${MIB}M"
	check "the last, and back" iperf g1 5209 world "$UP" -n "${MIB}M" -R
	check "datagrams" busywait iperf g1 5203 world "$UP" -u -b 2M -t 1
	check "from the host" iperf g1 5205 "$HOST" 127.0.0.1 -n "${MIB}M"
	check "from a neighbour" iperf g1 5206 g2 "$UP" -n "${MIB}M"
	ip link set sw1-gw mtu 1280
	ip -n g1 link set eth0 mtu 1280
	check "with a smaller MTU inside" iperf g1 5207 world "$UP" -n "${MIB}M"
	check "and from the host" iperf g1 5208 "$HOST" 127.0.0.1 -n "${MIB}M"
	ip -n g1 link set eth0 mtu 1500
	ip link set sw1-gw mtu 1500
	check "the range goes as one" ctl forward del sw1-gw tcp 5200
	check "so does that for UDP" ctl forward del sw1-gw udp 5200
}

# binds PORT: a program of the host gets it
binds() {
	local pid rc=0

	busybox nc -l -p "$1" >/dev/null &
	pid=$!
	busywait eval "listens_on '$HOST' $1 || ! kill -0 $pid"
	kill "$pid" 2>/dev/null || rc=1
	wait "$pid" 2>/dev/null
	return "$rc"
}

test_reserved() {
	local holder

	check "nobody gets a port that is forwarded" not binds 8080
	check "but others" binds 8090
	busybox nc -l -p 9090 >/dev/null &
	holder=$!
	busywait listens_on "$HOST" 9090
	check "a port that is taken is not forwarded" fails 2 "taken by process $holder" \
		forward add sw1-gw tcp 9090 to 10.0.2.15
	check "nor in a range" fails 2 "taken by process $holder" \
		forward add sw1-gw tcp 9085-9095 to 10.0.2.15
	check "the others of the range are free" binds 9086
	kill "$holder"
	wait "$holder" 2>/dev/null
	check "when it is free, it is" ctl forward add sw1-gw tcp 9090 to 10.0.2.15:80
	check "and is not any more" not binds 9090
	check "delete" ctl forward del sw1-gw tcp 9090
	check "and is again" binds 9090
}

# chosen PORT: ports of the host that guests' datagrams to this one went out by
chosen() { sed -nE "s/.* dport=$1 .* dport=([0-9]+) .*/\1/p" /proc/net/nf_conntrack; }
many_chosen() { [ "$(chosen 9 | wc -l)" -gt 90 ]; }

# What the host has bound is not given to guests. A tenth of all ports is; so one
# of a hundred datagrams would surely go out by one of them.
test_avoided() {
	check "many ports of the host" ctl forward add sw2 udp 1024-5110 to 10.0.2.15
	in_host g1 bash -c 'for ((i = 0; i < 100; i++)); do echo >/dev/udp/198.51.100.2/9; done' 2>/dev/null
	check "a guest goes out by others" busywait many_chosen
	# shellcheck disable=SC2016 # of awk
	check "by none of these" not awk '$1 < 5111 { bad = 1 } END { exit !bad }' <(chosen 9)
	check "they are free again" ctl forward del sw2 udp 1024
}

# The host's INPUT rules see the host's port. Rejected is quicker than dropped.
test_firewall() {
	check "a rule of the host" nft -f - <<-EOF
	table inet t {
		chain in {
			type filter hook input priority 0
			iifname "up0" tcp dport 8080 counter reject with tcp reset
		}
		chain through {
			type filter hook forward priority 0
			policy drop
		}
	}
	EOF
	check "holds for a forward" not says world "$UP:8080" g1
	check "and saw it" not has "nft list chain inet t in" "packets 0 "
	check "not where it says nothing" finds "$HOST" 127.0.0.1:8080 g1
	nft delete table inet t
	check "without it" finds world "$UP:8080" g1
}

# A forward that goes takes its connections along, and no others.
test_del() {
	check "two forwards" ctl forward add sw1-gw tcp 7001 to "10.0.2.15:$ECHO"
	check "to the same place" ctl forward add sw1-gw tcp 7002 to "10.0.2.15:$ECHO"
	check "a connection by the first" talk a world "$UP" 7001
	check "one by the second" talk b world "$UP" 7002
	check "both are tracked" busywait eval "tracked 7001 && tracked 7002"
	check "delete the first" ctl forward del sw1-gw tcp 7001
	check "its connection is gone" not tracked 7001
	check "who still speaks by it is told" busywait hung_up a world 7001
	check "it is not tracked anew" not tracked 7001
	check "the second has not noticed" still_open b
	check "nobody is there any more" not says world "$UP:7001" g1
	check "the other forwards work" finds world "$UP:8080" g1
}

test_restrict() {
	check "nothing leaves" ctl network set sw1 restrict on
	check "really" not says g1 198.51.100.2:8000 world
	check "but answers of forwards" finds world "$UP:8080" g1
	check "leaving again" ctl network set sw1 restrict off
	check "really" finds g1 198.51.100.2:8000 world
}

# guarded: frames of guests that claimed another's address by ARP
guarded() { ethtool -S sw1 | sed -n 's/^ *drop_guard_arp: //p'; }

claim() { in_host g2 busybox arping -q -c 1 -w 1 -U -I eth0 -s 10.0.2.100 10.0.2.100; }

test_guarded() {
	check "a guard" ctl port set p-g2 guard on
	ip -n g2 addr add 10.0.2.100/32 dev eth0
	check "nobody else can have the address of a service" busywait more guarded "$(guarded)" claim
	ip -n g2 addr del 10.0.2.100/32 dev eth0
	check "no guard" ctl port set p-g2 guard off
}

test_service() {
	web "$HOST" 8100 127.0.0.1
	check "a service at the host's loopback" ctl service add sw1 tcp 10.0.2.100:80 to 127.0.0.1:8100
	check "one in the world" ctl service add sw1 tcp 10.0.2.100:81 to 198.51.100.2:8000
	check "one at another address" ctl service add sw1 tcp 10.0.2.101:8000 to 198.51.100.2
	check "they are listed" is 'map(.address + ":" + (.port | tostring)) ==
		["10.0.2.100:80", "10.0.2.100:81", "10.0.2.101:8000"]' service show sw1
	check "not as forwards" is 'map(.address) | index("10.0.2.100") == null' forward show
	check "a guest reaches the host" finds g1 10.0.2.100:80 "$HOST"
	check "and the world" finds g1 10.0.2.100:81 world
	check "by another address" finds g2 10.0.2.101:8000 world
	check "it answers pings" reaches g1 10.0.2.100
	check "no other port of it" not says g1 10.0.2.100:8000 world
	check "not in the other network" misses h1 10.0.2.100
	check "nothing leaves" ctl network set sw1 restrict on
	check "but to a service" finds g1 10.0.2.100:80 "$HOST"
	check "leaving again" ctl network set sw1 restrict off
	check "the gateway can't have its address" fails 2 "one of a forward or service" \
		network set sw1 dns-address 10.0.2.100
	test_guarded
	check "an address outside" fails 2 "is of the subnet" service add sw1 tcp 10.0.3.1:80 to 127.0.0.1:1
	check "a guest of the subnet" fails 2 "outside the subnet" service add sw1 tcp 10.0.2.102:80 to 10.0.2.15:80
	check "delete one" ctl service del sw1 tcp 10.0.2.100:80
	check "it is gone" not says g1 10.0.2.100:80 "$HOST"
	check "its neighbour is not" finds g1 10.0.2.100:81 world
}

# Both ends of a connection from outside, and of one to the outside.
test_connection() {
	check "connections from outside" is 'any(.direction == "in" and .gateway_device == "sw1-gw"
		and .protocol == "tcp" and .guest_address == "10.0.2.15" and .guest_port == 7
		and .remote_address == "198.51.100.2" and .host_address == "198.51.100.1"
		and .host_port == 7002 and .state == "established" and .seconds_left > 0)' connection show sw1
	check "a page" finds g1 198.51.100.2:8000 world
	check "a connection to the outside" is 'any(.direction == "out" and .guest_address == "10.0.2.15"
		and .remote_address == "198.51.100.2" and .remote_port == 8000
		and .host_address == "198.51.100.1" and .host_port >= 1024)' connection show
	check "none of another network" is 'all(.gateway_device == "sw1-gw")' connection show sw1
	check "text" has "netemu-ctl connection show sw1-gw" \
		"sw1-gw in tcp 10.0.2.15:7 from 198.51.100.2:"
}

# Nobody is at the address: it is asked for, and counted.
test_absent() {
	local before

	before=$(absent)
	check "a forward to nobody" ctl forward add sw1-gw tcp 7003 to 10.0.2.77:80
	in_host world timeout 1 busybox wget -q -O - "http://$UP:7003/page"
	check "is counted" busywait more "absent" "$before" \
		in_host world timeout 1 busybox wget -q -O - "http://$UP:7003/page"
	guest_add late 1 10.0.2.77
	web late 80
	check "until somebody comes" finds world "$UP:7003" late
}

test_namespace() {
	ip netns add ns-a
	ip -n ns-a link set lo up
	check "a network in a namespace" ctl -n ns-a network add lab
	check "with a forward of a port that is one here" ctl -n ns-a forward add lab tcp 8080 to 10.0.2.15:80
	check "is not listed here" is 'map(.gateway_device) | index("lab-gw") == null' forward show
	check "the namespace ends" ip netns del ns-a
	check "here it works" finds world "$UP:8080" g1
}

test_end() {
	check "a connection" talk c world "$UP" 7002
	check "delete a gateway with forwards" ip link del sw2-gw
	check "its port is free" binds 8082
	check "the other is not hurt" still_open c
	check "unload with an open connection" rmmod netemu_gw
	check "no connection of a guest is left" not grep -q "10\.0\.2\..*zone-" /proc/net/nf_conntrack
	check "all ports are free" binds 8080
	check "nothing to see" is '. == []' forward show
	check "and nothing loaded by looking" not grep -q '^netemu_gw ' /proc/modules
}

# A name for where we are
HOST="host-itself"
ip netns attach "$HOST" $$
trap 'ip netns del "$HOST"; ksft_cleanup' EXIT
ksft_start
setup
test_add
test_refused
test_reach
test_auto
test_range
test_reserved
test_avoided
test_firewall
test_del
test_restrict
test_service
test_connection
test_absent
test_monitor
test_namespace
test_end
ksft_end

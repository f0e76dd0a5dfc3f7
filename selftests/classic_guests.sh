#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The classic pictures with two unmodified QEMUs. Each has a card for each picture,
# all pictures have their own switch, and whatever the two guests say to each other
# arrives, once and unchanged, also when both have been ended and started again.
#
#	a: socket,listen=   <- l1 - sw1 - k1 <- b: socket,connect=
#	a: stream, TCP      <- l2 - sw2 - k2 <- b: stream, UNIX socket
#	a: socket,mcast=  ~ 230.0.0.1:1234 on wire0 ~ b: socket,mcast=
#	                            ~ bus - lab - lab-gw - wire0 - far
#	a: VLAN 0, listen=  <- l4 - hub 0 - h0 ~ h2 - hub 2 - k4 <- b: VLAN 2, connect=
#	a: vde ~ vde_switch ~ v0 - sw5 ~ b: vde
#	                            sw5 ~ slirpvde
#	a: dgram, UNIX        ~ d6 - sw6 - u6 ~ b: dgram, UDP
#	a: dgram, 230.0.0.7   ~ m7 - sw7 - u7 ~ b: socket,udp=
#
# vm: timeout=1200 guests=yes debug=no plain=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"
. "$(dirname "$0")/lib/guest.sh"

THEIRS=/run/cg.vs	# of vde_switch
OURS=/run/cg.sw5

state_is() { netemu-ctl -j link show "$1" | jq -e ".[0].state == \"$2\""; }
there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }

# card KIND GUEST NETDEV: a card whose MAC address says both
card() { echo "-netdev $3,id=n$1 -device virtio-net-pci,netdev=n$1,romfile=,mac=02:00:00:00:00:$1$2"; }

# The fourth is as in the days of VLANs, which are hubs now.
start_a() {
	guest_start a "$(card 1 1 socket,listen=127.0.0.1:9001)
		$(card 2 1 stream,server=on,addr.type=inet,addr.host=127.0.0.1,addr.port=9002)
		$(card 3 1 socket,mcast=230.0.0.1:1234,localaddr=198.51.100.1)
		-net nic,macaddr=02:00:00:00:00:41 -net socket,listen=:8010
		$(card 5 1 "vde,sock=$THEIRS")
		$(card 6 1 "dgram,local.type=unix,local.path=$DIR/a,remote.type=unix,remote.path=$DIR/d6")
		$(card 7 1 dgram,remote.type=inet,remote.host=230.0.0.7,remote.port=1234)"
}

start_b() {
	guest_start b "$(card 1 2 socket,connect=127.0.0.1:9011)
		$(card 2 2 "stream,server=off,addr.type=unix,addr.path=$DIR/k2")
		$(card 3 2 socket,mcast=230.0.0.1:1234)
		-netdev socket,id=s4,connect=127.0.0.1:8012
		-netdev hubport,id=p4,hubid=2,netdev=s4 $(card 4 2 hubport,hubid=2)
		$(card 5 2 "vde,sock=$OURS,port=5")
		$(card 6 2 dgram,local.type=inet,local.host=127.0.0.1,local.port=9061,remote.type=inet,remote.host=127.0.0.1,remote.port=9062)
		$(card 7 2 socket,udp=127.0.0.1:9072,localaddr=127.0.0.1:9071)"
}

# What has to be there before a guest connects to it, or may be.
setup() {
	local n

	other_host far
	ip route add default via 198.51.100.2
	for n in 1 2 5 6 7; do
		netemu-ctl switch add "sw$n" host-port off
	done
	netemu-ctl network add lab
	netemu-ctl hub add 0
	netemu-ctl hub add 2
	serve_bytes far 80
	serve_bytes "$HERE" 80
	vde_switch -s "$THEIRS" -d -p "$DIR/vde.pid" </dev/null
	busywait test -e "$DIR/vde.pid"
}

test_links() {
	check "links that call a" eval "
		netemu-ctl link add l1 tcp connect 127.0.0.1:9001 switch sw1 &&
		netemu-ctl link add l2 tcp connect 127.0.0.1:9002 switch sw2 &&
		netemu-ctl link add l4 tcp connect 127.0.0.1:8010 hub 0"
	check "links that b calls" eval "
		netemu-ctl link add k1 tcp listen 9011 switch sw1 &&
		netemu-ctl link add k2 unix listen $DIR/k2 switch sw2 &&
		netemu-ctl link add k4 tcp listen 8012 hub 2"
	check "the hubs are one" eval "
		netemu-ctl link add h0 tcp listen 8011 hub 0 &&
		netemu-ctl link add h2 tcp connect 127.0.0.1:8011 hub 2"
	check "buses, on whatever device a route leads to them" eval "
		netemu-ctl link add bus mcast 230.0.0.1:1234 network lab &&
		netemu-ctl link add m7 mcast 230.0.0.7:1234 switch sw7"
	check "UDP" eval "
		netemu-ctl link add u6 udp 127.0.0.1:9061 local 127.0.0.1:9062 switch sw6 &&
		netemu-ctl link add u7 udp 127.0.0.1:9071 local 127.0.0.1:9072 switch sw7"
	check "a link to vde_switch" busywait netemu-ctl link add v0 vde "$THEIRS" switch sw5
	check "a VDE socket" netemu-ctl switch set sw5 vde-socket "$OURS"
	slirpvde -s "$OURS" -H 192.168.5.2/24 -D </dev/null >"$DIR/slirpvde" 2>&1 &
	check "that slirpvde plugs into" busywait there sw5-v0
}

# cards GUEST N: the card of picture K is called nK. All but two have an address.
cards() {
	guest_run "$1" "
		for dir in /sys/class/net/eth*; do
			k=\$(cat \$dir/address)
			k=\${k#02:00:00:00:00:}
			k=\${k%?}
			ip link set \${dir##*/} name n\$k && ip link set n\$k up || exit 1
			case \$k in
			3 | 5) ;;
			*) ip addr add 192.168.\$k.$2/24 dev n\$k ;;
			esac
		done
		[ -e /sys/class/net/n7 ] && mkdir -p /tmp/www &&
			head -c $SIZE /dev/urandom >/tmp/www/bytes && httpd -p 80 -h /tmp/www"
}

lease() { guest_run "$1" "udhcpc -n -q -t 20 -i n$2"; }

# address GUEST K
address() {
	guest_run "$1" "ip -4 -o addr show dev n$2" | sed -n 's/.* inet \([0-9.]*\).*/\1/p'
}

# bytes_of GUEST: their hash, as it has them itself
bytes_of() { guest_run "$1" "sha256sum </tmp/www/bytes"; }

# fetches GUEST URL HASH
fetches() {
	[ "$(guest_run "$1" "wget -q -O - http://$2/bytes | sha256sum")" = "$3" ]
}

# pings GUEST ADDRESS: ten, each answered once and in turn; the first ones may meet
# an unfinished network
pings() {
	local said

	said=$(guest_run "$1" "for i in 1 2 3 4 5 6; do
			ping -c 1 -W 5 $2 >/dev/null && break
		done
		ping -A -c 10 -W 20 $2")
	echo "$said"
	[ "$(sed -n 's/.* seq=\([0-9]*\) .*/\1/p' <<<"$said")" = "$(seq 0 9)" ]
}

# picture TEXT ADDRESS-OF-A ADDRESS-OF-B; less of it when they were there before
picture() {
	check "$1: ten pings" pings a "$3"
	check "bytes from a to b" fetches b "$2" "$BYTES_A"
	[ -z "$AGAIN" ] || return
	check "bytes from b to a" fetches a "$3" "$BYTES_B"
}

# One after the other: on one processor that takes no longer.
test_guests() {
	start_a
	check "datagrams to a UNIX socket" busywait netemu-ctl link "$1" d6 \
		unix dgram "$DIR/d6" "$DIR/a" ${2:+switch "$2"}
	check "a boots" guest_wait a
	start_b
	check "b boots" guest_wait b
	check "a has its cards" cards a 1
	check "so has b" cards b 2
	BYTES_A=$(bytes_of a) BYTES_B=$(bytes_of b)
	picture "listen and connect" 192.168.1.1 192.168.1.2
	picture "streams, by TCP and a UNIX socket" 192.168.2.1 192.168.2.2
	picture "VLAN 0 and VLAN 2" 192.168.4.1 192.168.4.2
	test_vde
	picture "datagrams, of a UNIX socket and UDP" 192.168.6.1 192.168.6.2
	picture "datagrams, of a bus and UDP" 192.168.7.1 192.168.7.2
	test_bus
}

test_vde() {
	local a b

	check "by the number it asked for, b has a port" there sw5-v5
	check "DHCP of slirpvde, beyond vde_switch" lease a 5
	check "and at our own switch" lease b 5
	a=$(address a 5) b=$(address b 5)
	check "gives addresses" eval "[[ '$a $b' = 192.168.5.*' '192.168.5.* ]]"
	picture "VDE" "$a" "$b"
	check "through slirpvde" fetches b 192.168.5.2 "$BYTES"
	[ -z "$AGAIN" ] || return
	check "also for a" fetches a 192.168.5.2 "$BYTES"
}

# From here on this is where their default route leads.
test_bus() {
	local a b

	check "DHCP on the bus" lease a 3
	check "so b" lease b 3
	a=$(address a 3) b=$(address b 3)
	check "gives addresses of the network" eval "[[ '$a $b' = 10.0.2.*' '10.0.2.* ]]"
	picture "the bus" "$a" "$b"
	check "the world's bytes come to a" fetches a 198.51.100.2 "$BYTES"
	check "and to b" fetches b 198.51.100.2 "$BYTES"
	[ -z "$AGAIN" ] || return
	check "both ping it" eval "pings a 198.51.100.2 && pings b 198.51.100.2"
	netemu-ctl forward add lab tcp 8080 to "$a:80"
	check "a's bytes come to the world" world_fetches 198.51.100.1:8080 "$BYTES_A"
}

# world_fetches URL HASH
world_fetches() {
	[ "$(in_host far timeout 100 busybox wget -q -O - "http://$1/bytes" | sha256sum)" = "$2" ]
}

# What has a connection notices.
test_end() {
	local name

	guest_kill a
	guest_monitor b quit
	guest_gone b
	for name in l1 l2 l4 d6; do
		check "$name has lost its peer" busywait not state_is "$name" connected
	done
	for name in k1.0 k2.0 k4.0 sw5-v5; do
		check "$name is gone" busywait gone "$name"
	done
	check "slirpvde stays" there sw5-v0
}

DIR=$KSFT_SCRATCH
SIZE=524288
AGAIN=''
ksft_start
setup
test_links
BYTES=$(sha256sum <"$KSFT_SCRATCH/www/bytes")
test_guests add sw6
test_end
AGAIN=yes
test_guests set
guest_stop a
guest_stop b
kill "$(cat "$DIR/vde.pid")"
check "unload" rmmod netemu_gw netemu
ksft_end

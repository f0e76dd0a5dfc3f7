#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Other ends of UNIX sockets, and clients of a VDE socket, that mean harm: what they
# send is dropped and counted with a reason, they themselves if need be, and nobody
# else notices.
#
#	g1 - sw1 -+- l (listens), c (connects), d (datagrams), sw1-v0 (VDE client)
#	g2 ------ +
#
# vm: timeout=300 plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

DIR=$KSFT_SCRATCH
LISTEN=$DIR/l
VDE=/run/hg.vde
# Four bytes of length, then the frame.
FRAME='\0\0\0\074\377\377\377\377\377\377\2\0\0\0\0\11\210\265'$(printf '\\0%.0s' {1..46})

setup() {
	ip link set lo up
	netemu-ctl switch add sw1 host-port off
	station g1 1 sw1
	station g2 2 sw1
}

# others_meet: what happens here is no matter of theirs
others_meet() { all_arrive g1 192.0.2.2; }

bad() { lib/bin/badpeer "$@"; }
vdeclient() { lib/bin/vdeclient "$@"; }
there() { [ -e "/sys/class/net/$1" ]; }
gone() { ! there "$1"; }
link_says() { netemu-ctl -j link show "$1" | jq -e ".[0].$2"; }
state_is() { link_says "$1" "state == \"$2\""; }
peers_are() { link_says l "peers == $1"; }
at_least() { [ "$(count "$1" "$2")" -ge "$3" ]; }
received_at_least() { [ "$(cat "/sys/class/net/$1/statistics/rx_packets")" -ge "$2" ]; }
said() { grep -q "$1" "$DIR/out"; }

# in_back COMMAND...: what it says is in out; its process is $BACK
in_back() {
	: >"$DIR/out"
	"$@" >"$DIR/out" 2>&1 &
	BACK=$!
}

back_dies() {
	kill -9 "$BACK" 2>/dev/null
	wait "$BACK" 2>/dev/null
	true
}

# shellcheck disable=SC2059 # bytes are written as formats are
bytes() { printf "$1"; }

# says WORD: somebody calls, says it, and waits until he is hung up on
says() { bytes "$1" | timeout 60 lib/bin/badpeer say "$LISTEN"; }

test_streams() {
	check "a link that listens" netemu-ctl link add l unix listen "$LISTEN" switch sw1
	check "who speaks another language is hung up on" says 'GET / HTTP/1.0\r\n\r\n'
	check "and counted" busywait count_is l drop_framing 1
	check "so is who means a frame larger than all" says '\0\1\020\1'
	check "and counted" busywait count_is l drop_framing 2
	mkfifo "$DIR/words"
	# shellcheck disable=SC2016 # for the other shell
	in_back bash -c 'exec lib/bin/badpeer say "$1" <"$2"' say "$LISTEN" "$DIR/words"
	exec 8>"$DIR/words"
	bytes '\0\0\0\0\0\0\0\1x\0\0\7\0'"$(printf 'x%.0s' {1..1792})$FRAME$FRAME"'\0\0\0\074\2\2' >&8
	check "empty, short, long, two good ones and a half" busywait there l.0
	check "the good ones are received" busywait received l.0 2
	check "the others are dropped as short" busywait count_is l.0 drop_runt 2
	check "and as long" busywait count_is l.0 drop_oversize 1
	exec 8>&-
	back_dies
	check "their listener remembers" busywait count_is l drop_runt 2
	in_back lib/bin/badpeer rights "$LISTEN" 200
	check "frames with descriptors, of the connection itself" busywait said said
	check "are frames" busywait received l.0 200
	back_dies
	check "all are gone" busywait peers_are 0
	check "others meet" others_meet
}

# As many as may come, and one who does not read what another one pours in.
test_crowds() {
	in_back lib/bin/badpeer hold "$LISTEN" 70
	check "more peers than there may be" busywait said held
	check "are turned away" busywait at_least l drop_peer 6
	check "the others are there" busywait peers_are 64
	back_dies
	check "and go" busywait peers_are 0
	check "calls that are given up at once" bad rush "$LISTEN" 100
	check "all come before who calls later" says 'GET / HTTP/1.0\r\n\r\n'
	check "and leave nothing" busywait peers_are 0
	in_back lib/bin/badpeer hold "$LISTEN" 1
	check "one who reads nothing" busywait state_is l.0 connected
	check "while another pours" busywait more "count l.0 drop_queue_full" 0 \
		bad pour "$LISTEN" 2000 1400
	check "others meet" others_meet
	check "he is there still" state_is l.0 connected
	back_dies
	check "all go" busywait peers_are 0
}

# Whom we call, again and again, as the link is kept.
test_called() {
	in_back lib/bin/badpeer serve "$DIR/c" 'HTTP/1.0 400 Bad Request'
	check "whom we call speaks another language" busywait netemu-ctl link add c unix connect "$DIR/c" switch sw1 keep on
	check "is hung up on, and called again" busywait at_least c drop_framing 2
	back_dies
	in_back lib/bin/badpeer serve "$DIR/c" ''
	check "hangs up himself" busywait link_says c "connects > 4"
	back_dies
	check "others meet" others_meet
	check "the link goes" netemu-ctl link del c
}

test_datagrams() {
	in_back lib/bin/badpeer grams "$DIR/p" "$DIR/d" 1 0 1 13 1515 9000 65507 65536 150000 14 60
	busywait test -e "$DIR/p"
	check "a link to one other end" netemu-ctl link add d unix dgram "$DIR/d" "$DIR/p" switch sw1
	check "who sends what he likes" busywait said sent
	check "his short ones are dropped" busywait count_is d drop_runt 3
	check "and the long ones" busywait count_is d drop_oversize 5
	check "the good ones are received" busywait received d 2
	check "nobody else can send to it" not bad grams "$DIR/q" "$DIR/d" 1 60
	check "not even what is bad" received d 2
	check "he takes nothing" busywait more "count d drop_queue_full" 0 pour_at d
	check "others meet" others_meet
	check "he is there still" state_is d connected
	back_dies
	check "somebody else in his place" netemu-ctl link del d
	rm -f "$DIR/p"
	in_back lib/bin/badpeer grams "$DIR/p" "$DIR/d" 4000 60 13 1514
	busywait test -e "$DIR/p"
	check "a link" netemu-ctl link add d unix dgram "$DIR/d" "$DIR/p" switch sw1
	check "others meet in the flood" others_meet
	check "all of which is taken" busywait said sent
	check "and received" busywait received_at_least d 8000
	back_dies
	check "the link goes" netemu-ctl link del d
}

# pour_at LINK: more frames than may wait, by a switch that is not to wait
pour_at() {
	bad pour "$LISTEN" 2000 1400
	state_is "$1" connected
}

v0_is_new() { there sw1-v0 && state_is sw1-v0 connected; }

test_vde() {
	check "a VDE socket" netemu-ctl switch set sw1 vde-socket "$VDE"
	in_back lib/bin/vdeclient frames "$VDE/ctl" "$DIR/v" 1 0 1 13 1515 9000 65536 150000 14 60
	check "a client that sends what it likes" busywait said sent
	check "its short ones are dropped" busywait count_is sw1-v0 drop_runt 3
	check "and the long ones" busywait count_is sw1-v0 drop_oversize 4
	check "the good ones are received" busywait received sw1-v0 2
	check "nobody else can send to it" not bad grams "$DIR/q2" "$VDE/000.0" 1 60
	check "it takes nothing" busywait more "count sw1-v0 drop_queue_full" 0 pour_at sw1-v0
	check "others meet" others_meet
	back_dies
	check "goes" busywait gone sw1-v0
	in_back lib/bin/vdeclient frames "$VDE/ctl" "$DIR/v" 4000 60 13 1514
	check "a client that floods" busywait v0_is_new
	check "others meet" others_meet
	check "all of it is taken" busywait said sent
	check "and received" busywait received_at_least sw1-v0 8000
	back_dies
	check "goes" busywait gone sw1-v0
	in_back lib/bin/vdeclient chatter "$VDE/ctl" "$DIR/v" 4096
	check "a client that chatters where nobody listens" busywait v0_is_new
	check "others meet" others_meet
	check "it can say all" busywait said said
	check "and is there still" state_is sw1-v0 connected
	back_dies
	check "goes" busywait gone sw1-v0
	check "no socket any more" netemu-ctl switch set sw1 vde-socket off
}

ksft_start
setup
test_streams
test_crowds
test_called
test_datagrams
test_vde
in_back lib/bin/badpeer rights "$LISTEN" 50
check "one more with descriptors of itself" busywait there l.0
check "a link goes, with all of its peers" netemu-ctl link del l
check "and their devices" busywait gone l.0
back_dies
netemu-ctl switch del sw1
check "nothing is left behind" rmmod netemu
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Other ends of links that mean harm: they are dropped, counted with a reason, and
# nobody else notices.
#
#	g1 - sw1 -+- bus, q, c, l ~ wire0 ~ host "bad"
#	g2 ------ +
#
# vm: timeout=300 plain=6.1,debug
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/socket.sh"

HERE_IP=198.51.100.1
BAD=198.51.100.2
GROUP=230.0.0.3
LISTEN=$HERE_IP:6001

setup() {
	other_host bad
	ip -n bad addr add 198.51.100.9/24 dev wire0
	netemu-ctl switch add sw1 host-port off
	station g1 1 sw1
	station g2 2 sw1
}

# others_meet: what happens here is no matter of theirs
others_meet() { all_arrive g1 192.0.2.2; }

bad() { in_host bad lib/bin/badpeer "$@"; }
datagrams() { in_host bad lib/bin/datagram "$@"; }
at_least() { [ "$(count "$1" "$2")" -ge "$3" ]; }
peers_are() { netemu-ctl -j link show l | jq -e ".[0].peers == $1"; }
state_is() { netemu-ctl -j link show "$1" | jq -e ".[0].state == \"$2\""; }
there() { [ -e "/sys/class/net/$1" ]; }
nothing_came() { received "$1" 0; }

# The port that a bus is sent to from: the only one that nobody chose.
sender_port() { ss -Huln | awk '{ sub(".*:", "", $4); if ($4 != 5001 && $4 != 1234) print $4 }' | tail -n 1; }

test_bus() {
	check "a bus" netemu-ctl link add bus mcast $GROUP:1234 dev wire0 switch sw1
	check "empty and short datagrams" datagrams $BAD:1234 $GROUP:1234 0 1 13
	check "are dropped as short" busywait count_is bus drop_runt 3
	check "long ones" datagrams $BAD:1234 $GROUP:1234 1515 9000 65507
	check "are dropped as long" busywait count_is bus drop_oversize 3
	check "what is said to the socket that sends" datagrams $BAD:1234 "$HERE_IP:$(sender_port)" 60
	check "is dropped" busywait count_is bus drop_source 1
	check "nothing of all that was received" nothing_came bus
	check "frames from our own port, but of another host" datagrams "$BAD:$(sender_port)" $GROUP:1234 60
	check "are no echoes" busywait received bus 1
}

test_udp() {
	check "a link to one other end" netemu-ctl link add q udp $BAD:5001 switch sw1
	check "another port of it" datagrams $BAD:5002 $HERE_IP:5001 60
	check "another address" datagrams 198.51.100.9:5001 $HERE_IP:5001 60 0
	check "are not the other end" busywait count_is q drop_source 3
	check "its short and long ones" datagrams $BAD:5001 $HERE_IP:5001 0 13 1515 65507
	check "are dropped as short" busywait count_is q drop_runt 2
	check "and as long" busywait count_is q drop_oversize 2
	check "nothing of all that was received" nothing_came q
	check "others meet" others_meet
}

peers_hold() { there "l.$1" && state_is "l.$1" connected; }

kill_in_bad() {
	local pids

	pids=$(ip netns pids bad)
	# shellcheck disable=SC2086 # a list of words
	[ -z "$pids" ] || kill -9 $pids
}

# says WORD: somebody calls, says it, and waits until he is hung up on
says() {
	in_host bad bash -c 'exec 3<>/dev/tcp/198.51.100.1/6001 &&
		printf "$1" >&3 && timeout 60 cat <&3' says "$1"
	# A reset is an answer as well; none in time is not.
	[ $? != 124 ]
}

# keeps WORD: somebody calls, says it, and stays
keeps() {
	in_host bad bash -c 'exec 3<>/dev/tcp/198.51.100.1/6001 &&
		printf "$1" >&3 && exec cat <&3' keeps "$1" >/dev/null 2>&1 &
}

# Four bytes of length, then the frame.
test_streams() {
	local frame

	frame='\0\0\0\074\377\377\377\377\377\377\2\0\0\0\0\11\210\265'$(printf '\\0%.0s' {1..46})
	check "a link that listens" netemu-ctl link add l tcp listen $LISTEN \
		max-peers 4 allow 198.51.100.0/30 switch sw1
	check "who speaks another language is hung up on" says 'GET / HTTP/1.0\r\n\r\n'
	check "and counted" busywait count_is l drop_framing 1
	check "so is who means a frame larger than all" says '\0\1\020\1'
	check "and counted" busywait count_is l drop_framing 2
	keeps '\0\0\0\0\0\0\0\1x\0\0\7\0'"$(printf 'x%.0s' {1..1792})$frame$frame"'\0\0\0\074\2\2'
	check "empty, short, long, two good ones and a half" busywait peers_hold 0
	check "the good ones are received" busywait received l.0 2
	check "the others are dropped as short" busywait count_is l.0 drop_runt 2
	check "and as long" busywait count_is l.0 drop_oversize 1
	kill_in_bad
	check "their listener remembers" busywait count_is l drop_runt 2
	check "all are gone" busywait peers_are 0
	check "others meet" others_meet
}

test_crowds() {
	local refused

	check "as many calls as nobody answers to" bad half $LISTEN 200 198.51.100.100
	bad hold $LISTEN 9 >"$KSFT_SCRATCH/held" &
	check "more peers than there may be" busywait grep -q held "$KSFT_SCRATCH/held"
	check "are turned away" busywait at_least l drop_peer 5
	check "some are there" busywait peers_are 4
	kill_in_bad
	check "and go" busywait peers_are 0
	refused=$(count l drop_peer)
	check "calls that are given up at once" bad rush $LISTEN 100
	check "leave nothing" busywait peers_are 0
	ip -n bad route replace 198.51.100.0/24 dev wire0 src 198.51.100.9
	check "somebody from elsewhere" says ''
	check "is turned away" busywait at_least l drop_peer $((refused + 1))
	ip -n bad route replace 198.51.100.0/24 dev wire0 src $BAD
	check "others meet" others_meet
}

# One reads less than another one pours in: as much as he needs not to be given up.
test_slow_reader() {
	bad sip $LISTEN 5 &
	check "one who reads little" busywait peers_hold 0
	check "while another pours" busywait more "count l.0 drop_queue_full" 0 \
		bad pour $LISTEN 1500 1400
	check "others meet" others_meet
	check "he is there still" peers_hold 0
	member m1 11 connect $LISTEN
	check "who comes is served" all_arrive g1 192.0.2.11
	member_dies m1
	kill_in_bad
	check "all go" busywait peers_are 0
}

test_server() {
	bad serve $BAD:6002 'HTTP/1.0 400 Bad Request' &
	check "whom we call speaks another language" netemu-ctl link add c tcp connect $BAD:6002 switch sw1
	check "is hung up on, and called again" busywait at_least c drop_framing 2
	kill_in_bad
	bad serve $BAD:6002 '' &
	check "hangs up himself" busywait state_is c waiting
	kill_in_bad
	check "others meet" others_meet
}

ksft_start
setup
test_bus
test_udp
test_streams
test_crowds
test_slow_reader
test_server
check "a link goes, with all of its peers' calls" netemu-ctl link del l
netemu-ctl switch del sw1
check "nothing is left behind" rmmod netemu
ksft_end

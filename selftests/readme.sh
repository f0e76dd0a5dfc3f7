#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The README's first steps, word for word, with a QEMU guest at the tap and a
# world behind the host. What the README says of them has to be so.
# vm: timeout=600 guests=yes debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/guest.sh"
. "$(dirname "$0")/lib/gateway.sh"

# The lines that are to be typed, those that go on in one.
typed() {
	sed -n '/^## First steps/,/^## /p' README.md |
		sed -nE 's/^ {4}([a-z].*)/\1/p; s/^ {8,}(.*)/\1/p' |
		sed -E ':more; /\\$/ { N; s/ *\\\n */ /; b more; }'
}

# line N: of those lines
line() { typed | sed -n "$1p"; }

count() { typed | wc -l; }

# type_line LINE: as the user would. QEMU is given what the README leaves out.
type_line() {
	case $1 in
	qemu-system-x86_64*) guest_start vm0 "${1#*... }" tester ;;
	netemu-ctl* | modprobe*) USER=tester bash -c "$1" ;;
	*) false ;;
	esac
}

lease() { guest_run vm0 "udhcpc -n -q -t 20 -i eth0"; }

# A client that stays, and what it is told to do
client() { guest_run vm0 "udhcpc -R -n -t 20 -i eth0 -p /run/udhcpc.pid >/dev/null 2>&1"; }
tell() { guest_run vm0 "kill -$1 \$(cat /run/udhcpc.pid)"; }

# told EVENT: how often the gateway said this of a lease
told() {
	jq -n "[inputs | select(.event == \"$1\")] | length" "$KSFT_SCRATCH/monitor" 2>/dev/null
}

# The gateway's DNS is the host's resolver, a server of the world.
setup() {
	ip link set lo up
	world_add
	in_host world dnsmasq -u root -C /dev/null -x "$KSFT_SCRATCH/pid" \
		--no-resolv --no-hosts --address=/www.example.test/198.51.100.2
	echo "nameserver 198.51.100.2" >/etc/resolv.conf
	serve world 80
}

page() {
	guest_run vm0 "wget -q -O - http://www.example.test/page" | grep -q '^hello$'
}

# A server in the guest, at the port of the README's forward
guest_serves() {
	guest_run vm0 "mkdir -p /tmp/www; echo guest >/tmp/www/page
		httpd -p 22 -h /tmp/www"
}

# forwarded ADDRESS [COMMAND]...: the page by the host's port, asked for by the
# host itself or in another namespace
forwarded() {
	"${@:2}" timeout 60 busybox wget -q -O - "http://$1:2222/page" | grep -q '^guest$'
}

test_first_session() {
	local i=0 text

	while [ "$((i += 1))" -le "$(count)" ]; do
		text=$(line "$i")
		check "$text" type_line "$text"
		[[ $text != qemu* ]] || test_guest
	done
	check "all lines were there" test "$i" -ge 8
}

test_guest() {
	check "the guest boots" guest_wait vm0
	check "it gets an address" busywait lease
	check "the one of the README" guest_run vm0 "ip addr show dev eth0 | grep -q 10.0.2.15/24"
	test_life
	check "it can ping" busywait guest_run vm0 "ping -c 1 -W 5 198.51.100.2"
	check "it fetches a page by name" busywait page
}

# What the guest does with its lease besides
test_life() {
	local monitor n

	netemu-ctl -j monitor lease >"$KSFT_SCRATCH/monitor" &
	monitor=$!
	check "it asks again, and that is told" busywait more "told renewed" 0 lease
	n=$(told renewed)
	check "a client that stays" client
	check "has the lease, too" busywait more "told renewed" "$n" true
	n=$(told renewed)
	check "is told to renew it" busywait more "told renewed" "$n" tell USR1
	check "is told to go" tell TERM
	check "and gives it back" busywait more "told released" 0 true
	kill "$monitor"
	wait "$monitor" 2>/dev/null
	check "it gets the same again" busywait lease
	check "of the README" guest_run vm0 "ip addr show dev eth0 | grep -q 10.0.2.15/24"
}

test_forward() {
	check "a server in the guest" guest_serves
	check "reached from outside" busywait forwarded 198.51.100.1 in_host world
	check "reached from the host" busywait forwarded 127.0.0.1
}

# The machine is started again and remembers nothing: its address is the same.
test_reboot() {
	guest_kill vm0
	check "the guest starts again" type_line "$(typed | grep ^qemu-system)"
	check "boots" guest_wait vm0
	check "gets a lease" busywait lease
	check "of the address that it had" guest_run vm0 "ip addr show dev eth0 | grep -q 10.0.2.15/24"
	check "serves again" guest_serves
	check "and is reached by its forward" busywait forwarded 198.51.100.1 in_host world
}

test_end() {
	guest_stop vm0
	check "the network goes" netemu-ctl network del lab
	check "the tap stays" ip link show vm0
	check "until it is deleted" netemu-ctl port del vm0
	check "the modules go" modprobe -r netemu_gw netemu
}

ksft_start
setup
test_first_session
test_forward
test_reboot
test_end
ksft_end

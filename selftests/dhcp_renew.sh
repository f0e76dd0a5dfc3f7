#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dhclient, udhcpc and systemd-networkd over the life of a lease of the gateway:
# they renew it when it is time to, have it still after a restart, are refused it
# in another network and when it is another's, and give it back.
# vm: timeout=400 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

# What the clients call when something happens: it notes all it is told.
write_scripts() {
	cat >"$KSFT_SCRATCH/script" <<-'END'
	#!/bin/bash
	env | sort >>"$HEARD"
	case ${1:-$reason} in
	BOUND | RENEW | REBIND | REBOOT)
		ip addr replace "$new_ip_address/$new_subnet_mask" dev "$interface" ;;
	bound | renew)
		ip addr replace "$ip/$mask" dev "$interface" ;;
	RELEASE | EXPIRE | STOP | deconfig)
		ip -4 addr flush dev "$interface" ;;
	esac
	exit 0
	END
	chmod +x "$KSFT_SCRATCH/script"
	cat >"$KSFT_SCRATCH/conf" <<-END
	timeout 60;
	reboot 60;
	END
}

# client GUEST OPTION...: dhclient, with the files that are the guest's
client() {
	local mine=$KSFT_SCRATCH/$1 rc=0

	in_host "$1" timeout 120 dhclient -4 -v -sf "$KSFT_SCRATCH/script" \
		-cf "$KSFT_SCRATCH/conf" -lf "$mine.leases" -pf "$mine.pid" \
		-e "HEARD=$mine.heard" "${@:2}" eth0 >"$mine.log" 2>&1 || rc=$?
	cat "$mine.log"
	return "$rc"
}

# small_client GUEST OPTION...: udhcpc
small_client() {
	HEARD=$KSFT_SCRATCH/$1.heard exec ip netns exec "$1" busybox udhcpc -f -t 30 -T 2 \
		-i eth0 -s "$KSFT_SCRATCH/script" "${@:2}"
}

# networkd GUEST: as in a container, without udev and without a bus
networkd() {
	# shellcheck disable=SC2016 # for the other shell
	exec ip netns exec "$1" bash -c '
		mount --bind "$1" /run
		mount -o remount,ro,bind /sys
		exec systemd-networkd' - "$KSFT_SCRATCH/run"
}

networkd_files() {
	local run=$KSFT_SCRATCH/run

	mkdir -p "$run/systemd/network" "$run/systemd/netif/"{links,leases,lldp}
	cat >"$run/systemd/network/guest.network" <<-END
	[Match]
	Name=eth0
	[Network]
	DHCP=ipv4
	LinkLocalAddressing=no
	IPv6AcceptRA=no
	END
	chown -R 998:998 "$run/systemd/netif"
}

# heard GUEST LINE: its client was told so
heard() { grep -qx -- "$2" "$KSFT_SCRATCH/$1.heard"; }

# told GUEST EVENT: how often the gateway said this of a lease of the guest
told() {
	jq -n "[inputs | select(.port == \"p-$1\" and .event == \"$2\")] | length" \
		"$KSFT_SCRATCH/monitor" 2>/dev/null
}

# is_told GUEST EVENT [COUNT]
is_told() { [ "$(told "$1" "$2")" -ge "${3:-1}" ]; }

address_of() { ip -n "$1" -j addr show dev eth0 | jq -r '[.[0].addr_info[] | select(.family == "inet")][0].local'; }
is_of_lab() { [[ $(address_of "$1") == 10.0.2.* ]]; }

# A monitor is listening once it tells of something.
probe() {
	netemu-ctl lease add lab mac 02:00:00:00:00:99 address 10.0.2.99
	netemu-ctl lease del lab 10.0.2.99
	[ -s "$KSFT_SCRATCH/monitor" ]
}

setup() {
	write_scripts
	modprobe netemu
	netemu-ctl network add lab lease-time 60
	network_guest stays lab
	network_guest small lab
	network_guest daemon lab
	networkd_files
	netemu-ctl network add calm
	network_guest moves calm
	netemu-ctl -j monitor lease >"$KSFT_SCRATCH/monitor" &
	monitor=$!
	check "the monitor listens" busywait probe
}

# Half a minute from here they have to renew.
test_lease() {
	check "dhclient gets a lease" client stays -1
	check "... of a minute" heard stays new_dhcp_lease_time=60
	check "... to renew after half of it" heard stays new_dhcp_renewal_time=30
	small_client small -R >/dev/null 2>&1 &
	small_pid=$!
	check "udhcpc gets one" busywait is_of_lab small
	check "... of a minute" heard small lease=60
	networkd daemon >"$KSFT_SCRATCH/daemon.log" 2>&1 &
	daemon_pid=$!
	check "systemd-networkd gets one" busywait is_of_lab daemon
	sed 's/^/# /' "$KSFT_SCRATCH/daemon.log"
}

# It goes without a word, and comes again with what it remembers.
restart() {
	client moves -x
	: >"$KSFT_SCRATCH/moves.heard"
	ip -n moves -4 addr flush dev eth0
	client moves -1
}

test_reboot() {
	local address

	check "another dhclient gets a lease" client moves -1
	address=$(address_of moves)
	check "it starts again" restart
	check "... and asks for what it had" heard moves reason=REBOOT
	check "... which it gets" test "$(address_of moves)" = "$address"
	check "... as a lease that it has already" busywait is_told moves renewed
}

# Its address is kept for somebody else meanwhile.
test_refused() {
	local address

	address=$(address_of moves)
	netemu-ctl lease del calm "$address"
	netemu-ctl lease add calm mac 02:00:00:00:00:01 address "$address"
	check "it starts again, and its address is another's" restart
	check "... so it is refused" grep -q DHCPNAK "$KSFT_SCRATCH/moves.log"
	check "... and gets a new one" heard moves reason=BOUND
	check "... that it has not had" not test "$(address_of moves)" = "$address"
	netemu-ctl network add other subnet 10.0.3.0/24
	netemu-ctl port del p-moves
	netemu-ctl port add p-moves network other
	busywait ready p-moves
	check "it starts again in another network" restart
	check "... where it is refused its address" grep -q DHCPNAK "$KSFT_SCRATCH/moves.log"
	check "... and gets one of there" test "$(address_of moves)" = 10.0.3.15
	client moves -x
}

test_renew() {
	check "dhclient renews in time" busywait is_told stays renewed
	check "... so it is told" busywait heard stays reason=RENEW
	check "udhcpc renews in time" busywait is_told small renewed
	check "... and has its address" busywait is_of_lab small
	check "systemd-networkd renews in time" busywait is_told daemon renewed
}

# It goes without a word; its address stays, as in a host that goes on.
test_restart() {
	local renewed

	kill -9 "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	renewed=$(told daemon renewed)
	networkd daemon >"$KSFT_SCRATCH/daemon.log" 2>&1 &
	daemon_pid=$!
	check "systemd-networkd starts again, and has its lease" busywait \
		is_told daemon renewed $((renewed + 1))
	check "... and its address" busywait is_of_lab daemon
	sed 's/^/# /' "$KSFT_SCRATCH/daemon.log"
}

# Not all of them wait until they know the gateway's MAC address.
test_release() {
	for guest in stays small daemon; do
		check "the gateway is a neighbour of $guest" reaches "$guest" 10.0.2.2
	done
	check "dhclient gives its lease back" client stays -r
	check "... which the gateway hears" busywait is_told stays released
	kill "$small_pid"
	wait "$small_pid" 2>/dev/null
	check "udhcpc, too" busywait is_told small released
	kill "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	check "systemd-networkd, too" busywait is_told daemon released
}

ksft_start
setup
test_lease
test_reboot
test_refused
test_renew
test_restart
test_release
kill "$monitor"
wait "$monitor" 2>/dev/null
for network in lab calm other; do
	check "the network $network goes" netemu-ctl network del "$network"
done
check "unload" rmmod netemu_gw
ksft_end

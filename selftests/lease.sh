#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netemu-ctl lease: reservations that real clients get, what is told of leases,
# and leases that outlive their gateway.
# vm: timeout=300 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

heard=$KSFT_SCRATCH/heard

# leases FILTER: some lease of lab is like this
leases() { is "any(.[]; $1)" lease show lab; }

kept() { netemu-ctl lease save | grep -v -e expires -e seconds_left; }

# told FILTER: a line of the monitor fulfils it
told() { jq -n -e "any(inputs; $1)" "$KSFT_SCRATCH/monitor" >/dev/null 2>&1; }

as_user() { setpriv --reuid=1000 --regid=1000 --clear-groups "$@"; }
address_of() { ip -n "$1" -j addr show dev eth0 | jq -r '[.[0].addr_info[] | select(.family == "inet")][0].local'; }
mac_of() { in_host "$1" cat /sys/class/net/eth0/address; }

write_script() {
	cat >"$KSFT_SCRATCH/udhcpc" <<-'END'
	#!/bin/bash
	env >>"$HEARD"
	case $1 in
	deconfig) ip -4 addr flush dev "$interface" ;;
	bound | renew) ip addr replace "$ip/$mask" dev "$interface" ;;
	esac
	exit 0
	END
	chmod +x "$KSFT_SCRATCH/udhcpc"
}

# udhcpc HOST [OPTION]...
udhcpc() {
	: >"$heard"
	HEARD=$heard in_host "$1" timeout 120 busybox udhcpc -f -q -n -t 20 -T 2 -i eth0 \
		-s "$KSFT_SCRATCH/udhcpc" "${@:2}"
}

# A monitor is listening once it tells of something.
probe() {
	netemu-ctl lease add lab mac 02:00:00:00:00:99 address 10.0.2.99
	netemu-ctl lease del lab 10.0.2.99
	[ -s "$KSFT_SCRATCH/monitor" ]
}

setup() {
	write_script
	modprobe netemu
	netemu-ctl network add lab
	for guest in g1 g2 g3 g4; do
		network_guest "$guest" lab
	done
	netemu-ctl -j monitor lease >"$KSFT_SCRATCH/monitor" 2>"$KSFT_SCRATCH/monitor.err" &
	monitor=$!
	check "the monitor listens" busywait probe
	check "nobody has an address" is '. == []' lease show
}

test_reserve() {
	local mac

	mac=$(mac_of g1)
	check "an address for a MAC address" netemu-ctl lease add lab mac "$mac" address 10.0.2.5 hostname build
	check "is shown" leases ".address == \"10.0.2.5\" and .mac == \"$mac\" and .state == \"reserved\"
		and .hostname == \"build\" and .hostname_given and .reserved == \"mac\"
		and .seconds_left == null and .gateway == \"lab-gw\""
	check "is told" busywait told '.object == "lease" and .event == "reserved" and .address == "10.0.2.5"'
	check "the guest" udhcpc g1 -O hostname
	check "has it" test "$(address_of g1)" = 10.0.2.5
	check "and its name" grep -qx hostname=build "$heard"
	check "it is bound" leases '.address == "10.0.2.5" and .state == "bound" and .reserved == "mac"
		and .port == "p-g1" and .seconds_left > 80000'
	check "an address for a client-id" netemu-ctl lease add lab client-id 00414243 address 10.0.2.20
	check "the guest with it" udhcpc g2 -C -x 0x3d:00414243
	check "has it" test "$(address_of g2)" = 10.0.2.20
	check "any other" udhcpc g3 -x hostname:three
	check "has the first that is free" test "$(address_of g3)" = 10.0.2.15
	check "its name is shown" leases '.address == "10.0.2.15" and .hostname == "three"
		and (.hostname_given | not) and .reserved == "no" and .client_id != null'
	check "it was told" busywait told '.event == "granted" and .address == "10.0.2.15" and .port == "p-g3"'
	check "as text" has "netemu-ctl lease show lab-gw" "10.0.2.15 gateway lab-gw bound "
	check "brief" has "netemu-ctl -br lease show" "10.0.2.5         bound "
	check "asked again" udhcpc g3 -r 10.0.2.15
	check "that is told" busywait told '.event == "renewed" and .address == "10.0.2.15"'
}

test_refused() {
	check "an address twice" fails 2 "has a reservation already" \
		lease add lab mac 02:00:00:00:00:01 address 10.0.2.5
	check "a guest twice" fails 2 "has a reservation already" \
		lease add lab mac "$(mac_of g1)" address 10.0.2.6
	check "what another has" fails 2 "another client has the address" \
		lease add lab mac 02:00:00:00:00:01 address 10.0.2.15
	check "an address elsewhere" fails 2 "address: not the address of a host in the subnet" \
		lease add lab mac 02:00:00:00:00:01 address 10.0.3.5
	check "the gateway's" fails 2 "the gateway's own" lease add lab mac 02:00:00:00:00:01 address 10.0.2.3
	check "no MAC address of a guest" fails 1 "is a multicast address" \
		lease add lab mac 01:00:00:00:00:01 address 10.0.2.6
	check "no name" fails 2 "a host name is letters" \
		lease add lab mac 02:00:00:00:00:01 address 10.0.2.6 hostname a.b
	check "no such lease" fails 2 "neither leased nor reserved" lease del lab 10.0.2.77
	check "no such network" fails 2 'cannot find network or gateway "nix"' lease show nix
	check "not a gateway" fails 2 'cannot find network or gateway "lo"' lease show lo
	check "for nobody" fails 1 'One of "mac" and "client-id"' lease add lab address 10.0.2.6
	check "no address" fails 1 '"address" is missing' lease add lab mac 02:00:00:00:00:01
	check "half a byte" fails 1 "pairs of hexadecimal digits" lease add lab client-id 123 address 10.0.2.6
	check "not everybody may look" not as_user netemu-ctl lease show
	check "nor listen" not as_user timeout 20 netemu-ctl monitor lease
	check "nor change" not as_user netemu-ctl lease del lab 10.0.2.5
	check "none of the missing" netemu-ctl --if-exists lease del lab 10.0.2.77
}

test_del() {
	check "the guest's lease goes" netemu-ctl lease del lab 10.0.2.5
	check "it is told" busywait told '.event == "removed" and .address == "10.0.2.5"'
	check "and its reservation" not leases '.address == "10.0.2.5"'
	check "the guest" udhcpc g1
	check "gets one like all" test "$(address_of g1)" = 10.0.2.16
	check "that one is kept for it" netemu-ctl lease add lab mac "$(mac_of g1)" address 10.0.2.16
}

# give_back GUEST: its client runs until it is told to go
give_back() {
	local client

	ip -n "$1" -4 addr flush dev eth0
	HEARD=$heard ip netns exec "$1" busybox udhcpc -f -R -t 30 -T 2 -i eth0 \
		-s "$KSFT_SCRATCH/udhcpc" >/dev/null 2>&1 &
	client=$!
	check "a guest has an address" busywait test_address "$1"
	kill "$client"
	wait "$client"
}

test_release() {
	give_back g4
	check "and gives it back" busywait told '.event == "released" and .mac == "'"$(mac_of g4)"'"'
	check "it is not shown" not leases '.state == "released"'
	check "but with the past" is 'any(.[]; .state == "released")' -d lease show lab
}

test_address() { [[ $(address_of "$1") == 10.0.2.* ]]; }

# The next gateway knows what the last one knew.
test_restore() {
	local saved=$KSFT_SCRATCH/saved

	check "leases are saved" eval "netemu-ctl lease save lab >$saved"
	check "those that are bound or kept" jq -e 'map(.address) == ["10.0.2.15", "10.0.2.16", "10.0.2.20"]' "$saved"
	netemu-ctl network del lab
	netemu-ctl network add lab
	for guest in g1 g2 g3 g4; do
		netemu-ctl port add "p-$guest" network lab
	done
	check "a new gateway has none" is '. == []' lease show lab
	check "they are restored" netemu-ctl lease restore lab file "$saved"
	check "all of them" is 'map([.address, .state, .reserved]) ==
		[["10.0.2.15", "bound", "no"], ["10.0.2.16", "bound", "mac"], ["10.0.2.20", "bound", "client-id"]]' \
		lease show lab
	check "that is told" busywait told '.event == "restored" and .address == "10.0.2.20"'
	check "another guest" udhcpc g4
	check "gets none of them" test "$(address_of g4)" = 10.0.2.17
	check "each of the others" udhcpc g3
	check "has its own" test "$(address_of g3)" = 10.0.2.15
	check "also the one" udhcpc g1
	check "for whom it is kept" test "$(address_of g1)" = 10.0.2.16
	check "once more is refused" not netemu-ctl lease restore file "$saved"
	check "unless they may be there" netemu-ctl --may-exist lease restore file "$saved"
	check "from standard input, too" eval "netemu-ctl --may-exist lease restore lab <$saved"
	check "no leases" fails 2 "not a JSON array" lease restore lab file "$KSFT_SCRATCH/udhcpc"
	check "no file" fails 2 "cannot read leases" lease restore lab file "$KSFT_SCRATCH/nix"
	check "not a lease" eval "echo '[{}]' | not netemu-ctl lease restore lab"
}

# Also what is kept, and what is over.
test_del_all() {
	netemu-ctl network add other
	netemu-ctl lease add other mac 02:00:00:00:00:01 address 10.0.2.5
	give_back g4
	check "it is past" busywait is 'any(.[]; .state == "released")' -d lease show lab
	check "all go at once" netemu-ctl lease del lab all
	check "with the past" is '. == []' -d lease show lab
	check "that is told" busywait told '.event == "removed" and .gateway == "lab-gw" and .address == "10.0.2.15"'
	check "those of another network stay" is 'map(.address) == ["10.0.2.5"]' lease show
	check "none is no failure" netemu-ctl lease del lab all
	check "all and an address" fails 1 '"10.0.2.5"' lease del lab all 10.0.2.5
	for guest in g1 g2 g3 g4; do
		ip -n "$guest" -4 addr flush dev eth0
	done
	check "a guest gets the first one again" udhcpc g1
	check "as in a new network" test "$(address_of g1)" = 10.0.2.15
	netemu-ctl network del other
}

test_end() {
	check "the monitor had nothing to complain of" test ! -s "$KSFT_SCRATCH/monitor.err"
	kill "$monitor"
	wait "$monitor" 2>/dev/null
	netemu-ctl network del lab
	check "without a network no lease" is '. == []' lease show
	check "the module goes" rmmod netemu_gw
	check "and is not loaded for a look" is '. == []' lease show
}

ksft_start
setup
test_reserve
test_refused
test_del
test_release
test_restore
[ -n "${NETEMU_SHORT-}" ] || test_del_all
test_end
ksft_end

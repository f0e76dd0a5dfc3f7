#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netemu-ctl network: a switch with a gateway in one command, all of it or
# nothing; its guests; and every way in which it goes.
# vm: timeout=300 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

kept() { what_there_is; }

gone() { [ ! -e "/sys/class/net/$1" ]; }
there() { [ -e "/sys/class/net/$1" ]; }

# plug NAME NETWORK: a guest that is to ask for its address
plug() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip link add "p-$1" type veth peer name eth0 netns "$1"
	netemu-ctl port add "p-$1" network "$2"
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	busywait ready "p-$1"
	busywait ready eth0 "$1"
}

dhcp() { in_host "$1" busybox udhcpc -i eth0 -n -q -t 10 -T 3 -s "$KSFT_SCRATCH/udhcpc"; }

setup() {
	cat >"$KSFT_SCRATCH/udhcpc" <<-'SCRIPT'
	#!/bin/sh
	[ "$1" = bound ] || exit 0
	ip addr add "$ip/$mask" dev "$interface"
	ip route add default via "$router"
	SCRIPT
	chmod +x "$KSFT_SCRATCH/udhcpc"
	world_add
}

test_nothing() {
	check "no network: a list of none" is '. == []' network show
	check "none to show" fails 2 'cannot find network "lab"' network show lab
	check "none to delete" fails 2 'no network has this name' network del lab
	check "unless it does not matter" netemu-ctl --if-exists network del lab
}

test_add() {
	check "one command" netemu-ctl network add lab
	check "a network" is '.[0] | .name == "lab" and .mode == "nat" and .up and .switch == "lab"
		and .gateway_device == "lab-gw" and .gateway.subnet == "10.0.2.0/24"
		and .gateway.gateway_address == "10.0.2.2"' network show lab
	check "the picture names it" is 'any(.[]; .ifname == "lab" and .network == "nat")' show
	check "its switch, without the host" is '.[0] | .up and (.host_port | not)' switch show lab
	check "its gateway is a port" is '.[0].switch == "lab" and .[0].up' gateway show lab-gw
	check "text" has "netemu-ctl network show" "lab: network nat up gateway lab-gw subnet 10.0.2.0/24"
	check "brief" has "netemu-ctl -br network show" "lab-gw"
	check "another one, as it is wanted" netemu-ctl network add mynet12chars subnet 192.0.2.0/26 \
		gateway-address 192.0.2.1 dns-address 192.0.2.9 lease-time 600 host-access host
	check "it is so" is '.[0].gateway | .subnet == "192.0.2.0/26" and .gateway_address == "192.0.2.1"
		and .lease_time == 600 and .host_access == "host"' network show mynet12chars
	check "two with the same addresses" netemu-ctl network add lab2
	check "one without a gateway" netemu-ctl network add quiet mode isolated
	check "it has none" is '.[0] | .mode == "isolated" and .gateway == null and .up' network show quiet
	check "the words of others" netemu-ctl network add other mode internal
	check "mean the same" is '.[0].mode == "isolated"' network show other
	check "all are listed" is 'map(.name) == ["lab", "mynet12chars", "lab2", "quiet", "other"]' network show
	check "the host has no address there" not ip -o addr show to 10.0.2.0/24 scope global | grep -q .
}

test_refused() {
	check "a name twice" fails 2 "a device of this name exists already" network add lab
	check "the name of a device" fails 2 "a device of this name exists already" network add up0
	ip link add taken-gw type dummy
	check "the name of the gateway is taken" fails 2 "NAME-gw, exists already" network add taken
	ip link del taken-gw
	check "a long name" fails 1 "too long (allowed: 1 to 12 characters)" network add mynet13charsx
	check "a mode that is none" fails 1 'none of nat, routed, host-only, isolated, bridged' network add x mode bridge
	check "keys that mean nothing" fails 1 "takes no other key" network add x mode isolated lease-time 600
	check "an unknown key" fails 1 'unknown key "colour"' network add x colour red
	check "bad options leave nothing" fails 2 "not the address of a host in the subnet" \
		network add x gateway-address 192.0.2.1
	check "a range that is empty, too" fails 2 "the DHCP range is empty" \
		network add x dhcp-start 10.0.2.9 dhcp-end 10.0.2.8
	check "no gateway to set" fails 2 "has no gateway" network set quiet lease-time 600
	check "verbs that delete are not abbreviated" fails 1 "in full" network de lab
	check "it may exist" netemu-ctl --may-exist network add lab
	check "but not be another" fails 2 "has mode nat, not isolated" --may-exist network add lab mode isolated
}

test_guests() {
	plug g1 lab
	plug g2 lab2
	plug g3 quiet
	check "a guest gets an address" dhcp g1
	check "it is the first" has "ip -n g1 addr show dev eth0" "10.0.2.15/24"
	check "one of the other network gets the same" dhcp g2
	check "as it has" has "ip -n g2 addr show dev eth0" "10.0.2.15/24"
	serve world 8000
	check "one reaches the world" gets g1 198.51.100.2:8000
	check "so does the other" gets g2 198.51.100.2:8000
	check "leases are counted" is '.[0].gateway.lease_count == 1' network show lab
	check "and listed, as is what leads in" is '.[0] | (.leases | map(.address) == ["10.0.2.15"])
		and .forwards == [] and .services == []' network show lab
	check "nobody answers where there is no gateway" not in_host g3 \
		busybox udhcpc -i eth0 -n -q -t 2 -T 1 -s /bin/true
	check "a change" netemu-ctl network set lab restrict on
	check "holds at once" not asks g1 198.51.100.2:8000
	check "only there" gets g2 198.51.100.2:8000
	check "and back" netemu-ctl network set lab restrict off
	check "it reaches the world again" gets g1 198.51.100.2:8000
}

test_del() {
	in_host g1 ping -f -q 198.51.100.2 >/dev/null 2>&1 &
	check "removed while frames pass" netemu-ctl network del lab
	check "the switch went" gone lab
	check "the gateway went" gone lab-gw
	check "the guest's device stays" there p-g1
	check "the other network works" gets g2 198.51.100.2:8000
	kill %% 2>/dev/null
	check "it can be made again" netemu-ctl network add lab
	check "when ip removes the switch" ip link del lab
	check "the gateway goes too" busywait gone lab-gw
	check "the network is not listed" not is 'map(.name) | index("lab")' network show
	check "when ip removes the gateway" ip link del lab2-gw
	check "the network stays without" is '.[0] | .gateway == null and .mode == "nat"' network show lab2
	check "and goes all the same" netemu-ctl network del lab2
	ip link set quiet down
	check "a network is renamed with its switch" ip link set quiet name silent
	check "and found" is '.[0].name == "silent"' network show silent
}

test_namespace() {
	ip netns add nw-a
	check "a network in a namespace" netemu-ctl -n nw-a network add lab
	check "is not here" not is 'map(.name) | index("lab")' network show
	check "is there" is 'map(.name) == ["lab"]' -n nw-a network show
	check "the namespace ends" ip netns del nw-a
	check "the same name here" netemu-ctl network add lab
}

# heard FILTER: a line of the monitor fulfils it
heard() { jq -n -e "any(inputs; $1)" "$KSFT_SCRATCH/monitor" >/dev/null 2>&1; }

# It listens once it tells of something.
probe() {
	netemu-ctl network add probe mode isolated
	netemu-ctl network del probe
	[ -s "$KSFT_SCRATCH/monitor" ]
}

test_monitor() {
	local monitor

	netemu-ctl -j monitor network >"$KSFT_SCRATCH/monitor" &
	monitor=$!
	busywait probe
	netemu-ctl network add seen subnet 192.0.2.0/24
	check "the monitor sees it come" busywait heard '.object == "network" and .event == "add"
		and .name == "seen" and .mode == "nat" and .gateway.subnet == "192.0.2.0/24"'
	netemu-ctl network del seen
	check "and go" busywait heard '.object == "network" and .event == "del" and .name == "seen"'
	check "nothing else" not heard '.object != "network"'
	kill "$monitor"
	wait "$monitor" 2>/dev/null
}

# Without the module there is nothing to see, and the first network loads it.
test_module() {
	check "the module goes, with gateways" rmmod netemu_gw
	check "the switch stays" there lab
	check "no network is listed" is '. == []' network show
	check "nor loaded by looking" not grep -q '^netemu_gw ' /proc/modules
	check "the rest goes" ip link del lab
	check "the first network loads it again" busywait netemu-ctl network add lab
	check "and works" is '.[0].gateway_device == "lab-gw"' network show lab
	netemu-ctl network del lab
}

ksft_start
setup
test_nothing
test_add
test_refused
test_guests
test_del
test_namespace
test_monitor
test_module
ksft_end

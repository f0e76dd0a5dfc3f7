#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netemu-ctl gateway: what its commands do, and every kind of bad input, with
# its exit code, its sentence and nothing changed.
# vm: timeout=300 debug=no
. lib/tool.sh

completion=/usr/share/bash-completion/completions/netemu-ctl

gateway() { netemu-ctl -j gateway show "$1" | jq -c '.[0]'; }

test_help() {
	point "gateway help" netemu-ctl gateway help
	said "... names its verbs" 'netemu-ctl gateway add NAME'
	said "... and its keys" '^  host-access  *no\|host\|loopback \[no\]'
	point "the help names gateways" netemu-ctl help
	said "... among the objects" '^  gateway '
	point "none is there" netemu-ctl gateway show
	is 'length == 0' gateway
}

test_add() {
	does switch add sw0
	does hub add 1
	does gateway add gw0 switch sw0
	is '.[0] | .ifname == "gw0" and .kind == "netemu_gw" and .up and .switch == "sw0"
	    and .mtu == 1500 and .subnet == "10.0.2.0/24" and .gateway_address == "10.0.2.2"
	    and .dns_address == "10.0.2.3" and .dhcp and .dhcp_start == "10.0.2.15"
	    and .dhcp_end == "10.0.2.254" and .lease_time == 86400 and .guest_leases == 16 and .dns_server == []
	    and .host_access == "no" and (.allow_link_local | not) and (.restrict | not)
	    and .fastpath == "off"
	    and .connections == 16384 and .guest_connections == 0 and .connection_rate == 10000
	    and .port_first == 1024 and .port_last == 32767 and .lease_count == 0 and .guest_count == 0
	    and .connection_count == 0 and (.zone | type == "number")' gateway show gw0
	is '.[0] | .kind == "netemu_gw" and .switch == "sw0" and .gateway.subnet == "10.0.2.0/24"' \
		port show gw0
	does gateway add gw1 hub 1 subnet 192.0.2.0/28 gateway-address 192.0.2.1 dns-address 192.0.2.2 \
		dhcp off dhcp-start 192.0.2.5 dhcp-end 192.0.2.9 lease-time 60 guest-leases 0 \
		dns-server 198.51.100.1,198.51.100.2,198.51.100.3 host-access loopback \
		fastpath on allow-link-local yes restrict yes connections 7 guest-connections 3 \
		connection-rate 0 port-first 1 port-last 65535 mtu 1400
	is '.[0] | .switch == "hub1" and .mtu == 1400 and .subnet == "192.0.2.0/28"
	    and .gateway_address == "192.0.2.1" and .dns_address == "192.0.2.2"
	    and (.dhcp | not) and .dhcp_start == "192.0.2.5" and .dhcp_end == "192.0.2.9"
	    and .lease_time == 60 and .guest_leases == 0
	    and .dns_server == ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
	    and .host_access == "loopback" and .fastpath == "on" and .allow_link_local and .restrict
	    and .connections == 7 and .guest_connections == 3 and .connection_rate == 0
	    and .port_first == 1 and .port_last == 65535' gateway show gw1
	does gateway add gw2 subnet 198.51.100.0/24 lease-time 4294967295
	is '.[0] | .switch == null and .up and .gateway_address == "198.51.100.2"
	    and .lease_time == 4294967295' gateway show gw2
	does port add gw2 switch sw0
	is '.[0].switch == "sw0"' gateway show gw2
	does port del gw2
	does gateway del gw2
	point "a gateway that ip made" ip link add gw3 type netemu_gw
	is '.[0] | (.up | not) and .subnet == "10.0.2.0/24"' gateway show gw3
	does --may-exist gateway add gw3 restrict on
	is '.[0] | .up and .restrict' gateway show gw3
	does gateway del gw3
	is 'map(.ifname) == ["gw0", "gw1"]' gateway

	refused 'cannot add gateway "gw0": a device of this name exists already' gateway add gw0
	refused 'exists already' gateway add lo
	refused 'loopback device, not a gateway of netemu' --may-exist gateway add lo
	refused 'cannot find switch "nix": no such device' gateway add gw9 switch nix
	refused 'cannot find hub "hub7"' gateway add gw9 hub 7
	refused 'is a hub, not a switch' gateway add gw9 switch hub1
	refused 'gw0" is a netemu_gw device, not a switch' gateway add gw9 switch gw0
}

test_may_exist() {
	local before

	does gateway add gw4 subnet 192.0.2.0/24 gateway-address 192.0.2.9 dns-server 198.51.100.1
	before=$(gateway gw4)
	does --may-exist gateway add gw4
	does gateway add gw4 subnet 192.0.2.0/24 --may-exist
	point "it stays as it was" test "$(gateway gw4)" = "$before"
	does --may-exist gateway add gw4 switch sw0 connections 5
	is '.[0] | .switch == "sw0" and .connections == 5 and .gateway_address == "192.0.2.9"' \
		gateway show gw4
	does --may-exist gateway add gw4 switch sw0 connections 6
	refused "subnet of a gateway can't change" --may-exist gateway add gw4 subnet 192.0.2.0/25
	refused 'master already' --may-exist gateway add gw4 hub 1
	does port del gw4
	refused "can't change" --may-exist gateway add gw4 hub 1 subnet 192.0.2.0/25
	is '.[0] | .switch == null and .connections == 6' gateway show gw4
	does gateway del gw4
}

test_set() {
	local mac

	mac=$(gateway gw0 | jq -r .address)
	does gateway set gw0 gateway-address 10.0.2.1 dns-address 10.0.2.4
	is '.[0] | .gateway_address == "10.0.2.1" and .dns_address == "10.0.2.4"
	    and .dhcp_start == "10.0.2.15"' gateway show gw0
	does gateway set gw0 dhcp-start 10.0.2.20 dhcp-end 10.0.2.30 lease-time 600
	is '.[0] | .dhcp_start == "10.0.2.20" and .dhcp_end == "10.0.2.30" and .lease_time == 600
	    and .gateway_address == "10.0.2.1"' gateway show gw0
	does gateway set gw0 dhcp off host-access host fastpath auto allow-link-local on restrict on connections 9
	is '.[0] | (.dhcp | not) and .host_access == "host" and .fastpath == "auto" and .allow_link_local and .restrict
	    and .connections == 9' gateway show gw0
	does gateway set gw0 dhcp on host-access no fastpath off allow-link-local off restrict off mtu 1300
	is '.[0] | .dhcp and .host_access == "no" and .mtu == 1300 and .dhcp_end == "10.0.2.30"' \
		gateway show gw0
	does gateway set gw0 subnet 10.0.2.0/24 connections 10
	is ".[0] | .gateway_address == \"10.0.2.1\" and .connections == 10 and .address == \"$mac\"" \
		gateway show gw0
	does gateway set gw0 subnet 10.0.2.0/24

	refused "subnet of a gateway can't change" gateway set gw0 subnet 10.0.3.0/24
	refused 'range of ports is empty' gateway set gw0 port-first 2000 port-last 1999
	refused 'range of ports is empty' gateway set gw0 port-last 1023
	refused "can't change" gateway set gw0 subnet 10.0.2.0/25 connections 11
	refused 'address: not the address of a host' gateway set gw0 gateway-address 10.0.3.2
	refused 'address: not the address of a host' gateway set gw0 connections 11 gateway-address 10.0.2.255
	refused 'need different addresses' gateway set gw0 gateway-address 10.0.2.4
	refused 'dhcp-end: .*ends before it starts' gateway set gw0 dhcp-end 10.0.2.16
	refused 'dns-server: not the address of a resolver' gateway set gw0 dns-server 224.0.0.1
	refused 'cannot find gateway "nix": no such device' gateway set nix dhcp on
	refused 'netemu device, not a gateway of netemu' gateway set sw0 dhcp on
	refused 'not a switch or hub' switch set gw0 ageing 3
	usage 'nothing to change' gateway set gw0
	usage 'unknown key "switch"' gateway set gw0 switch sw0
}

# Each of these never reaches the kernel.
test_words() {
	usage 'name of the gateway is missing' gateway add
	usage 'too long' gateway add sixteencharacter
	usage 'character' gateway add 'gw%d'
	usage 'unknown key "colour"' gateway add gw9 colour red
	usage 'given twice' gateway add gw9 switch sw0 hub 1
	usage '"subnet" is given twice' gateway add gw9 subnet 10.0.2.0/24 subnet 10.0.2.0/24
	usage '"dns-server" is given twice' gateway add gw9 dns-server none dns-server none
	usage '"mtu" is given twice' gateway add gw9 mtu 1400 mtu 1400
	usage '"dhcp" is given twice' gateway add gw9 dhcp on dhcp on
	usage 'subnet: its value is missing' gateway add gw9 subnet
	usage 'dns-server: its value is missing' gateway add gw9 dns-server
	usage 'subnet: "10.0.2.0" is not a subnet like' gateway add gw9 subnet 10.0.2.0
	usage 'not a subnet like' gateway add gw9 subnet 10.0.2/24
	usage 'not a subnet like' gateway add gw9 subnet 10.0.2.0/
	usage 'not a subnet like' gateway add gw9 subnet 10.0.2.0/24x
	usage 'not a subnet like' gateway add gw9 subnet 2001:db8::/64
	usage 'subnet: the mask .* .allowed: 16 to 29 bits.' gateway add gw9 subnet 10.0.0.0/15
	usage '16 to 29' gateway add gw9 subnet 10.0.2.0/30
	usage 'behind its mask: it would be 10.0.2.0/24' gateway add gw9 subnet 10.0.2.1/24
	usage 'address: "10.0.2" is not an IPv4 address' gateway add gw9 gateway-address 10.0.2
	usage 'dns-address: "x" is not an IPv4 address' gateway add gw9 dns-address x
	usage 'dhcp-start: "" is not an IPv4 address' gateway add gw9 dhcp-start ''
	usage 'dhcp-end: "10.0.2.256" is not an IPv4' gateway add gw9 dhcp-end 10.0.2.256
	usage 'dhcp: "maybe" is neither on nor off' gateway add gw9 dhcp maybe
	usage 'allow-link-local: "1" is neither on' gateway add gw9 allow-link-local 1
	usage 'fastpath: "yes" is' gateway add gw9 fastpath yes
	usage 'restrict: its value is missing' gateway add gw9 restrict
	usage 'lease-time: 59 is out of range .allowed: 60 to' gateway add gw9 lease-time 59
	usage 'lease-time: 4294967296 is out' gateway add gw9 lease-time 4294967296
	usage 'neither no, host nor loopback' gateway add gw9 host-access yes
	usage 'connections: 0 is out' gateway add gw9 connections 0
	usage 'connections: 1048577 is out' gateway add gw9 connections 1048577
	usage 'guest-connections: 1048577 is out' gateway add gw9 guest-connections 1048577
	usage 'guest-leases: 4097 is out' gateway add gw9 guest-leases 4097
	usage 'connection-rate: 1000001 is out' gateway add gw9 connection-rate 1000001
	usage 'port-first: 0 is out' gateway add gw9 port-first 0
	usage 'port-last: 65536 is out' gateway add gw9 port-last 65536
	usage 'mtu: 67 is out' gateway add gw9 mtu 67
	usage '"x" is neither an IPv4 address nor' gateway add gw9 dns-server x
	usage '"" is neither an IPv4 address nor' gateway add gw9 dns-server 192.0.2.1,
	usage 'too many addresses' gateway add gw9 \
		dns-server 192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4
	usage 'is one word too many' gateway show gw0 gw1
	usage 'is one word too many' gateway del gw0 gw1
	usage 'in full' gateway de gw0
	usage 'means nothing' gateway show --may-exist
}

# What only the kernel knows; nothing of a refused gateway stays.
test_refused() {
	local i lower=sw5

	refused 'subnet: not a subnet that hosts can have' gateway add gw9 subnet 127.0.0.0/16
	refused 'address: not the address of a host' gateway add gw9 subnet 192.0.2.0/24 gateway-address 10.0.2.2
	refused 'dns-address: not the address' gateway add gw9 dns-address 10.0.2.0
	refused 'dhcp-start: not the address' gateway add gw9 switch sw0 dhcp-start 10.0.3.1
	refused 'ends before it starts' gateway add gw9 dhcp-start 10.0.2.9 dhcp-end 10.0.2.8
	does switch add sw5
	for i in 1 2 3 4 5 6 7 8; do
		ip link add link "$lower" name "up$i" type vlan id 1 2>/dev/null || break
		lower=up$i
	done
	refused 'cannot add gateway "gw9" to "sw5": .*on top of each other' gateway add gw9 switch sw5
	point "no gateway is left" gone gw9
	does switch del sw5
}

test_resolvers() {
	local saved=$scratch/resolv.conf

	[ ! -e /etc/resolv.conf ] || cp /etc/resolv.conf "$saved"
	cat >/etc/resolv.conf <<-'END'
	# nameserver 192.0.2.9
	search example.org
	nameserver 2001:db8::1
	nameserver	192.0.2.1
	nameserver 0.0.0.0
	nameserver 192.0.2.x
	nameserver192.0.2.8
	nameserver 192.0.2.2 # the second
	options rotate
	nameserver 192.0.2.3
	nameserver 192.0.2.4
	END
	does gateway add gw5
	is '.[0].dns_server == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]' gateway show gw5
	netemu-ctl gateway show gw5 >"$out"
	said "resolvers as text" ' dns-server 192.0.2.1,192.0.2.2,192.0.2.3 '
	does gateway set gw5 dns-server none
	is '.[0].dns_server == []' gateway show gw5
	netemu-ctl gateway show gw5 >"$out"
	said "none as text" ' no resolver '
	does gateway set gw5 dns-server 198.51.100.1
	is '.[0].dns_server == ["198.51.100.1"]' gateway show gw5
	does --may-exist gateway add gw5
	is '.[0].dns_server == ["198.51.100.1"]' gateway show gw5
	echo 'nameserver 192.0.2.7' >/etc/resolv.conf
	does gateway set gw5 dns-server auto
	is '.[0].dns_server == ["192.0.2.7"]' gateway show gw5
	does gateway del gw5
	does gateway add gw5 dns-server none
	is '.[0].dns_server == []' gateway show gw5
	rm /etc/resolv.conf
	does gateway set gw5 dns-server 198.51.100.1
	does gateway set gw5 dns-server auto
	is '.[0].dns_server == []' gateway show gw5
	does gateway del gw5
	[ ! -e "$saved" ] || cp "$saved" /etc/resolv.conf
}

# after_ping ADDRESS COMMAND...: it succeeds, at the latest after a ping
after_ping() {
	"${@:2}" && return 0
	ping -c 1 -W 1 "$1"
	"${@:2}"
}

test_output() {
	local flags

	for flags in -j "-j -p" "-j -s" "-j -d" "-j -br"; do
		# shellcheck disable=SC2086 # a list of words
		point "gateway show $flags" eval "netemu-ctl $flags gateway show |
			jq -e 'length == 2 and all(.[]; .subnet | type == \"string\")'"
	done
	netemu-ctl gateway show gw0 >"$out"
	said "one line" '^gw0: gateway on sw0 up mtu 1300 subnet 10.0.2.0/24 gateway-address 10.0.2.1 '
	said "with the range" ' dhcp-start 10.0.2.20 dhcp-end 10.0.2.30 '
	said "and the counts" ' leases 0 guests 0 connections 0 of 10'
	netemu-ctl gateway show gw1 >"$out"
	said "without DHCP no range" 'dns-address 192.0.2.2 dns-server .* dhcp off '
	netemu-ctl -d gateway show gw0 >"$out"
	said "-d has every option" 'zone [0-9]+ dhcp on lease-time 600 guest-leases 16 dhcp-mtu 0 host-access no fastpath off allow-link-local off restrict off'
	netemu-ctl -br gateway show >"$out"
	said "-br takes one line" '^gw0 .*10.0.2.1/24 0 leases$'

	# A frame for somebody else, whom the switch doesn't know.
	ip link add v0 type veth peer name v1
	does port add v0 switch sw0
	ip link set v1 up
	ip addr add 203.0.113.5/24 dev v1
	ip neigh add 203.0.113.6 lladdr 02:00:00:00:00:99 dev v1
	point "drops have a reason and a meaning" wait_for after_ping 203.0.113.6 holds \
		'.[0].drops[] | .reason == "other_host" and .frames > 0 and (.meaning | length > 3)' \
		-s gateway show gw0
	netemu-ctl -s gateway show gw0 >"$out"
	said "... as text, too" 'dropped [1-9][0-9]* other_host: not for the gateway'
	ip link del v0

	netemu-ctl show sw0 >"$out"
	said "the picture has the gateway" \
		'gw0  gateway forwarding address .* subnet 10.0.2.0/24 leases 0 guests 0'
	is '.[0].ports[0] | .ifname == "gw0" and .gateway.gateway_address == "10.0.2.1"' show sw0
	does gateway add gw6 subnet 192.0.2.0/24
	is '.[-1] | .unplugged and .ports[0].ifname == "gw6" and (.ports[0].managed | not)' show
	netemu-ctl show >"$out"
	said "and those without a switch" '^.- gw6  gateway subnet 192.0.2.0/24'
	does gateway del gw6
	netemu-ctl port show gw0 >"$out"
	said "a port that is a gateway" '^gw0: gateway on sw0 forwarding '
}

test_use() {
	printf '%s\n' 'switch add sw6' 'gateway add gw7 switch sw6 # a comment' \
		'gateway set gw7 restrict on' 'gateway show gw7' |
		netemu-ctl -j -b - >"$out" 2>"$err"
	verdict "a batch" $?
	fulfils "... did it" '.[0] | .switch == "sw6" and .restrict'
	printf 'gateway add gw7\n' | netemu-ctl -b - >"$out" 2>"$err"
	verdict "a batch that fails" "$([ $? = 2 ]; echo $?)"
	said "... says where" '^Command failed -:1$' "$err"
	does switch del sw6
	is '.[0].switch == null' gateway show gw7
	does gateway del gw7

	point "everybody may look" as_tester netemu-ctl -j -s gateway show
	refuse 2 'not permitted' as_tester netemu-ctl gateway add gw9
	refuse 2 'not permitted' as_tester netemu-ctl gateway set gw0 restrict on
	refuse 2 'not permitted' as_tester netemu-ctl gateway del gw0
	point "a namespace" ip netns add ns1
	does -n ns1 gateway add gw0 subnet 192.0.2.0/24
	is 'map(.subnet) == ["192.0.2.0/24"]' -n ns1 gateway show
	is '.[0].subnet == "10.0.2.0/24"' gateway show gw0
	ip netns del ns1
}

# Words are offered after this line.
offers() {
	local COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=() word

	shift
	_netemu_ctl
	for word; do
		[[ " ${COMPREPLY[*]} " == *" $word "* ]] || {
			echo "not $word but ${COMPREPLY[*]}"
			return 1
		}
	done
}

test_completion() {
	local keys

	if [ ! -r "$completion" ]; then
		skip "completion" "not installed here"
		return
	fi
	# shellcheck source=/dev/null
	. "$completion"
	keys=$(netemu-ctl gateway help | sed -nE 's/^  ([a-z][a-z-]+) .*/\1/p' | grep -v netemu-ctl)
	point "completes the object" offers "netemu-ctl g" gateway
	point "completes verbs" offers "netemu-ctl gateway " add set del refresh show
	point "completes names" offers "netemu-ctl gateway set " gw0 gw1
	# shellcheck disable=SC2086 # a list of words
	point "completes all keys" offers "netemu-ctl gateway add g " $keys switch hub subnet dns-server mtu
	point "completes keys of set" offers "netemu-ctl gateway set gw0 mtu 1400 " dhcp restrict
	point "completes switches" offers "netemu-ctl gateway add g switch " sw0
	point "completes on and off" offers "netemu-ctl gateway set gw0 dhcp " on off
	point "completes host access" offers "netemu-ctl gateway set gw0 host-access " no host loopback
	point "completes resolvers" offers "netemu-ctl gateway set gw0 dns-server " none auto
}

test_del() {
	refused 'cannot find gateway "nix"' gateway del nix
	refused 'not a gateway' gateway del sw0
	refused 'not a gateway' --if-exists gateway del lo
	refused 'not a switch or hub' switch del gw0
	does --if-exists gateway del nix
	does gateway del gw1
	point "it is gone" gone gw1
	does switch del sw0
	point "a gateway outlives its switch" eval '! gone gw0'
	does gateway del gw0
	does gateway del gw0 --if-exists
	does hub del 1
}

test_module() {
	point "rmmod" rmmod netemu_gw
	does gateway add gw0
	does gateway del gw0
	rmmod netemu_gw
	mv /lib/modules /lib/modules.away
	refused 'module netemu_gw is not there: "modprobe netemu_gw" tells why' gateway add gw0
	is 'length == 0' gateway show
	mv /lib/modules.away /lib/modules
}

begin
: >/etc/resolv.conf
test_help
test_add
test_may_exist
test_set
test_words
test_refused
test_resolvers
test_output
test_use
test_completion
test_del
test_module
finish

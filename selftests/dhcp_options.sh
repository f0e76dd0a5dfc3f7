#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the administrator tells guests by DHCP arrives there; a pool that is full
# is seen.
# vm: timeout=300 debug=short plain=6.1
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

heard=$KSFT_SCRATCH/heard

# Clients write down all that they are told.
write_scripts() {
	printf '#!/bin/bash\nenv >>"$HEARD"\nexit 0\n' >"$KSFT_SCRATCH/note"
	chmod +x "$KSFT_SCRATCH/note"
	cat >"$KSFT_SCRATCH/dhclient.conf" <<-'END'
	option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;
	option phones code 150 = array of ip-address;
	option zone code 101 = text;
	request subnet-mask, routers, domain-name-servers, domain-name,
		domain-search, interface-mtu, ntp-servers,
		rfc3442-classless-static-routes, phones, zone;
	timeout 60;
	END
}

# fails TEXT ARGUMENT...: refused with this sentence, and nothing changed
fails() {
	local before said

	before=$(netemu-ctl -j gateway show lab-gw)
	said=$(netemu-ctl "${@:2}" 2>&1) && return 1
	echo "$said"
	[[ $said == *"$1"* ]] && [ "$(netemu-ctl -j gateway show lab-gw)" = "$before" ]
}

dhclient_in() {
	: >"$heard"
	mkdir -p /var/lib/dhcp
	in_host "$1" timeout 120 dhclient -4 -1 -v -sf "$KSFT_SCRATCH/note" \
		-cf "$KSFT_SCRATCH/dhclient.conf" -lf "$KSFT_SCRATCH/leases" \
		-pf "$KSFT_SCRATCH/pid" -e "HEARD=$heard" eth0 || return 1
	in_host "$1" dhclient -x -pf "$KSFT_SCRATCH/pid" -lf "$KSFT_SCRATCH/leases" \
		-sf /bin/true eth0
}

# udhcpc_in HOST [OPTION]...
udhcpc_in() {
	: >"$heard"
	HEARD=$heard in_host "$1" timeout 120 busybox udhcpc -f -q -n -t 20 -T 2 -i eth0 \
		-s "$KSFT_SCRATCH/note" -O search -O ntpsrv -O mtu -O staticroutes \
		-O 0x96 -O 0x65 "${@:2}"
}

told() { grep -qxF -- "$1" "$heard" || { cat "$heard"; return 1; }; }

test_set() {
	check "a network that tells much" netemu-ctl network add lab \
		domain lab.example.net search lab.example.net,example.net \
		ntp-server 192.0.2.123,192.0.2.124 next-server 10.0.2.9 bootfile boot/pxe.0 \
		dhcp-route 198.51.100.0/24=10.0.2.9,203.0.113.0/25=0.0.0.0 dhcp-mtu 1400 \
		dhcp-option 150:c0000207c0000208 dhcp-option 101=Europe/Vienna
	check "shows it" is '.[0] | .domain == "lab.example.net"
		and .search == ["lab.example.net", "example.net"]
		and .ntp_server == ["192.0.2.123", "192.0.2.124"] and .next_server == "10.0.2.9"
		and .bootfile == "boot/pxe.0" and .dhcp_mtu == 1400
		and .dhcp_routes == [{destination: "198.51.100.0/24", gateway: "10.0.2.9"},
			{destination: "203.0.113.0/25", gateway: null}]
		and .dhcp_options == [{code: 150, hex: "c0000207c0000208"},
			{code: 101, hex: "4575726f70652f5669656e6e61"}]
		and (.pool_full | not)' gateway show lab-gw
	check "as text" has "netemu-ctl gateway show lab-gw" \
		" domain lab.example.net search lab.example.net,example.net ntp-server 192.0.2.123,192.0.2.124 next-server 10.0.2.9 bootfile boot/pxe.0 dhcp-route 198.51.100.0/24=10.0.2.9,203.0.113.0/25=0.0.0.0 dhcp-option 150:c0000207c0000208 dhcp-option 101=Europe/Vienna"
}

test_dhclient() {
	network_guest g1 lab
	check "dhclient" dhclient_in g1
	check "is told the domain" told new_domain_name=lab.example.net
	check "the search list" told "new_domain_search=lab.example.net. example.net."
	check "the time servers" told "new_ntp_servers=192.0.2.123 192.0.2.124"
	check "the boot file" told new_filename=boot/pxe.0
	check "the MTU" told new_interface_mtu=1400
	check "the routes, and the gateway as the last" told \
		"new_rfc3442_classless_static_routes=24 198 51 100 10 0 2 9 25 203 0 113 0 0 0 0 0 0 10 0 2 2"
	check "an option by its number" told "new_phones=192.0.2.7 192.0.2.8"
	check "and one as text" told new_zone=Europe/Vienna
}

test_udhcpc() {
	network_guest g2 lab
	check "udhcpc" udhcpc_in g2
	check "is told the domain" told domain=lab.example.net
	check "the search list" told "search=lab.example.net example.net"
	check "the time servers" told "ntpsrv=192.0.2.123 192.0.2.124"
	check "the boot server" told siaddr=10.0.2.9
	check "the boot file" told boot_file=boot/pxe.0
	check "the MTU" told mtu=1400
	check "an option by its number" told opt150=c0000207c0000208
	check "other words" netemu-ctl network set lab domain other.example dhcp-option 101=x \
		ntp-server none dhcp-mtu 0
	check "udhcpc again" udhcpc_in g2
	check "hears the new one" told domain=other.example
	check "and what stayed" told siaddr=10.0.2.9
	check "not what is gone" not grep -qE '^(ntpsrv|opt150)=' "$heard"
	check "the MTU of the gateway" told mtu=1500
}

test_refused() {
	local long=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg

	check "a label too long" fails "domain: not a domain" network set lab domain $long.example
	check "an empty label" fails "search: the search list" network set lab search a..b
	check "an empty word" fails "its value is empty" network set lab domain ''
	check "twice" fails "given twice" network set lab domain a domain b
	check "no time server" fails "not the address of a time server" network set lab ntp-server 224.0.0.1
	check "five of them" fails "too many" network set lab ntp-server 1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5
	check "no boot server" fails "not the address of a boot server" network set lab next-server 127.0.0.1
	check "bits behind the mask" fails "bits set behind its mask" network set lab dhcp-route 192.0.2.1/24=10.0.2.9
	check "a next hop elsewhere" fails "is no host in the subnet" network set lab dhcp-route 192.0.2.0/24=10.0.3.9
	check "no route" fails "not a route like" network set lab dhcp-route 192.0.2.0/24
	check "an MTU too small" fails "dhcp-mtu: the MTU for guests" network set lab dhcp-mtu 67
	check "an option of the server" fails "fills in this DHCP option itself" network set lab dhcp-option 53:01
	check "one with a key of its own" fails "a setting of its own" network set lab dhcp-option 15=x
	check "one twice" fails "given twice" network set lab dhcp-option 101=x dhcp-option 101=y
	check "half a byte" fails "pairs of hexadecimal digits" network set lab dhcp-option 101:abc
	check "no code" fails "neither CODE=TEXT nor CODE:HEX" network set lab dhcp-option x=y
	check "none of all" netemu-ctl network set lab domain none search none next-server none \
		bootfile none dhcp-route none dhcp-option none
	check "is none" is '.[0] | .domain == null and .search == [] and .next_server == null
		and .bootfile == null and .dhcp_routes == [] and .dhcp_options == []' gateway show lab-gw
}

# Two addresses, and three who want one.
test_full() {
	netemu-ctl network del lab
	netemu-ctl network add lab dhcp-start 10.0.2.50 dhcp-end 10.0.2.51
	netemu-ctl port add p-g1 network lab
	netemu-ctl port add p-g2 network lab
	network_guest g3 lab
	check "the first" udhcpc_in g1
	check "the second" udhcpc_in g2
	check "no address is left, and nobody misses one" is '.[0] | (.pool_full | not) and .lease_count == 2' \
		gateway show lab-gw
	check "the third gets none" not in_host g3 busybox udhcpc -f -q -n -t 2 -T 1 -i eth0 -s /bin/true
	# What it asked may have got lost.
	check "that is seen" busywait full
	check "and counted" is '.[0].drops | any(.reason == "pool_full" and .frames > 0)' -s gateway show lab-gw
	check "as text" has "netemu-ctl network show lab" " leases 2 (no address left)"
	check "a larger range" netemu-ctl network set lab dhcp-end 10.0.2.60
	check "has one for the third" udhcpc_in g3
	check "and all is well" is '.[0].pool_full | not' gateway show lab-gw
	netemu-ctl network del lab
}

full() {
	is '.[0].pool_full' gateway show lab-gw && return 0
	in_host g3 busybox udhcpc -f -q -n -t 2 -T 1 -i eth0 -s /bin/true
	return 1
}

ksft_start
write_scripts
modprobe netemu
test_set
test_dhclient
test_udhcpc
test_refused
test_full
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The DHCP engine and real clients: dhclient and udhcpc on a switch, and a
# program that has the engine behind a packet socket.
# vm: timeout=300 debug=no
. "$(dirname "$0")/lib/ksft.sh"

serve=$(cd "$(dirname "$0")" && pwd)/fuzz/serve
log=$KSFT_SCRATCH/served
heard=$KSFT_SCRATCH/heard
lease=$KSFT_SCRATCH/dhclient.leases

# What dhclient calls when something happens: it notes all it is told.
cat >"$KSFT_SCRATCH/script" <<'END'
#!/bin/bash
env | sort >>"$HEARD"
case $reason in
BOUND | RENEW | REBIND | REBOOT)
	ip addr replace "$new_ip_address/$new_subnet_mask" dev "$interface" ;;
RELEASE | EXPIRE | STOP)
	ip -4 addr flush dev "$interface" ;;
esac
exit 0
END
cat >"$KSFT_SCRATCH/udhcpc" <<'END'
#!/bin/bash
env | sort >>"$HEARD"
case $1 in
bound | renew) ip addr replace "$ip/$mask" dev "$interface" ;;
deconfig) ip -4 addr flush dev "$interface" ;;
esac
exit 0
END
cat >"$KSFT_SCRATCH/dhclient.conf" <<'END'
option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;
request subnet-mask, broadcast-address, routers, domain-name,
	domain-name-servers, domain-search, interface-mtu,
	rfc3442-classless-static-routes;
timeout 60;
reboot 60;
END
chmod +x "$KSFT_SCRATCH/script" "$KSFT_SCRATCH/udhcpc"

make_network() {
	modprobe netemu
	ip link add sw0 type netemu
	ip link set sw0 up
	host_add srv 1
	host_add one 2
	host_add two 3
	for host in srv one two; do
		ip link set "p-$host" master sw0
		ip -n "$host" -4 addr flush dev eth0
	done
	ip -n srv addr add 10.0.2.2/24 dev eth0
}

# served TEXT [COUNT]: the server said this line, so many times
served() { [ "$(grep -cx "$1" "$log")" -ge "${2:-1}" ]; }
heard() { grep -qx -- "$1" "$heard"; }
count() { grep -cx "$1" "$log"; }

start_server() {
	ip netns exec srv "$serve" eth0 "$@" >>"$log" 2>&1 &
	server=$!
	busywait served ready "$((starts += 1))"
}

# dhcp_client HOST OPTION...
dhcp_client() {
	local host=$1

	shift
	HEARD=$heard in_host "$host" timeout 120 dhclient -4 -v -sf "$KSFT_SCRATCH/script" \
		-cf "$KSFT_SCRATCH/dhclient.conf" -lf "$lease" \
		-pf "$KSFT_SCRATCH/dhclient.pid" -e "HEARD=$heard" "$@" eth0
}

# small_client HOST OPTION...: udhcpc
small_client() {
	local host=$1

	shift
	HEARD=$heard in_host "$host" timeout 120 busybox udhcpc -f -t 20 -i eth0 \
		-s "$KSFT_SCRATCH/udhcpc" -O search "$@"
}

# again COMMAND...: the same, and the server says a line once more
says_again() {
	local line=$1 before

	before=$(count "$line")
	shift
	"$@" || return 1
	busywait served "$line" $((before + 1))
}

try_dhclient() {
	check "dhclient gets a lease" says_again "bound 10.0.2.15" dhcp_client one -1
	check "... and a reason to be glad" heard reason=BOUND
	check "... its mask" heard new_subnet_mask=255.255.255.0
	check "... the router" heard new_routers=10.0.2.2
	check "... both name servers" heard "new_domain_name_servers=10.0.2.3 10.0.2.4"
	check "... the domain" heard new_domain_name=example.net
	check "... the search list" heard "new_domain_search=example.net. lab.example.net."
	check "... the MTU" heard new_interface_mtu=1400
	check "... the routes, with the router as the last" heard \
		"new_rfc3442_classless_static_routes=24 192 0 2 10 0 2 9 0 10 0 2 2"
	check "... the renewal time" heard new_dhcp_renewal_time=5
	check "it renews" busywait served "renewed 10.0.2.15"
	check "... and again" busywait served "renewed 10.0.2.15" 2
	check "it releases" says_again "released 10.0.2.15" dhcp_client one -r
	check "it gets the same address again" says_again "bound 10.0.2.15" dhcp_client one -1
	check "it stops without a word" dhcp_client one -x
	check "it remembers its address after a reboot" says_again "renewed 10.0.2.15" dhcp_client one -1
	check "... and says so" heard reason=REBOOT
	dhcp_client one -x >/dev/null 2>&1
}

# A lease of another network is refused, and forgotten.
move_house() {
	sed -i 's/10\.0\.2\.15/192.168.7.15/' "$lease"
	: >"$heard"
	says_again "refused 192.168.7.15" dhcp_client one -1 || return 1
	heard new_ip_address=10.0.2.15
}

try_udhcpc() {
	local pid

	check "udhcpc gets a lease" says_again "bound 10.0.2.16" small_client two -q -n
	check "... its router" heard router=10.0.2.2
	check "... its search list" heard "search=example.net lab.example.net"
	check "it gets it once more" says_again "renewed 10.0.2.16" small_client two -q -n
	check "it asks for its address" says_again "renewed 10.0.2.16" small_client two -q -n -r 10.0.2.16
	HEARD=$heard ip netns exec two busybox udhcpc -f -t 20 -i eth0 \
		-s "$KSFT_SCRATCH/udhcpc" -R >/dev/null 2>&1 &
	pid=$!
	check "it stays" busywait served "renewed 10.0.2.16" 3
	# One that has not read the answer yet has nothing to release.
	busywait has "ip -n two addr show dev eth0" "inet 10.0.2.16/"
	kill "$pid"
	check "it releases" busywait served "released 10.0.2.16"
	wait "$pid"
}

# Somebody sits on 10.0.2.17 without a lease.
try_squatter() {
	ip -n one addr add 10.0.2.17/32 dev lo
	check "an address in use is not offered" says_again "taken 10.0.2.17" \
		small_client two -q -n -r 10.0.2.17 -C -x 61:0099
	check "... another one is" served "bound 10.0.2.18"
	kill "$server"
	wait "$server" 2>/dev/null
	start_server no-probe
	ip -n one addr add 10.0.2.15/32 dev lo
	check "a client that finds its address in use declines it" \
		says_again "declined 10.0.2.15" small_client two -a -q -n -C -x 61:0098
	check "... and gets another" busywait served "bound 10.0.2.16" 1
}

ksft_start
starts=0
: >"$heard"
make_network
check "the server is up" start_server
try_dhclient
check "a lease of another network is refused" move_house
dhcp_client one -x >/dev/null 2>&1
try_udhcpc
try_squatter
sed 's/^/# /' "$log"
ksft_end

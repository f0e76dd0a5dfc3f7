#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many clients behind one port: as many leases as a guest may have.
# vm: timeout=180 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

# client GUEST NUMBER: one of those behind the guest's port gets a lease
client() {
	in_host "$1" busybox udhcpc -f -q -n -t 30 -T 2 -i eth0 -s /bin/true \
		-C -x "61:00${2}${2}"
}

leases() { [ "$(netemu-ctl -j lease show lab | jq length)" = "$1" ]; }
drops_of_dhcp() { ethtool -S lab-gw | sed -n 's/^ *drop_dhcp: //p'; }
dropped() { [ "$(drops_of_dhcp)" -gt "$1" ]; }

# goes_without GUEST NUMBER: it asks, is counted, and gets none
goes_without() {
	local before asking rc=0

	before=$(drops_of_dhcp)
	ip netns exec "$1" busybox udhcpc -f -t 1000 -T 1 -i eth0 -s /bin/true \
		-C -x "61:00${2}${2}" >"$KSFT_SCRATCH/asking" 2>&1 &
	asking=$!
	busywait dropped "$before" || rc=1
	kill "$asking"
	wait "$asking" 2>/dev/null
	! grep -q obtained "$KSFT_SCRATCH/asking" || rc=1
	return "$rc"
}

ksft_start
modprobe netemu
check "a network whose guests have two leases each" netemu-ctl network add lab guest-leases 2
network_guest g1 lab
network_guest g2 lab
check "one client of a guest" client g1 11
check "another one" client g1 22
check "the third goes without" goes_without g1 33
check "the first is served all the same" client g1 11
check "another guest is, too" client g2 11
check "three leases" leases 3
check "one more for each" netemu-ctl network set lab guest-leases 3
check "the third has one" client g1 33
check "the fourth goes without" goes_without g1 44
check "any number" netemu-ctl network set lab guest-leases 0
check "the fourth has one" client g1 44
check "only one" netemu-ctl network set lab guest-leases 1
check "what is leased stays" leases 5
check "and is renewed" client g1 44
check "a fifth goes without" goes_without g1 55
check "the network goes" netemu-ctl network del lab
ksft_end

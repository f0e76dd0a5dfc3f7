#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dhcpcd and the gateway: it probes its address, renews, restarts, releases.
# vm: timeout=300 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

NOTES=$KSFT_SCRATCH/notes
LOG=$KSFT_SCRATCH/log

# What dhcpcd calls when something happens: it notes what.
write_script() {
	cat >"$KSFT_SCRATCH/script" <<-END
	#!/bin/bash
	echo "\$reason \$new_ip_address \$new_routers \$new_domain_name_servers \$new_dhcp_lease_time" >>$NOTES
	END
	chmod +x "$KSFT_SCRATCH/script"
}

# start [OPTION]...: a dhcpcd that stays, with the lease that the last one left
start() {
	: >"$NOTES"
	: >"$LOG"
	ip netns exec g1 dhcpcd -4 -B -L -d -f /dev/null -c "$KSFT_SCRATCH/script" \
		-o domain_name_servers -o interface_mtu -t 120 -y 60 "$@" eth0 >"$LOG" 2>&1 &
	client=$!
}

# noted LINE: the script was called with this
noted() { grep -qx -- "$1" "$NOTES"; }

# says TEXT [COUNT]: dhcpcd said this, so many times
says() { [ "$(grep -cF -- "$1" "$LOG")" -ge "${2:-1}" ]; }

# is_lease FILTER: the one lease there is fulfils it
is_lease() { netemu-ctl -j lease show gw1 | jq -e "length == 1 and (.[0] | $1)"; }

none_leased() { netemu-ctl -j lease show gw1 | jq -e '. == []'; }

# ends: it has gone, after it was told to release
ends() {
	busywait ended && return 0
	cat "$LOG"
	return 1
}
ended() { ! kill -0 "$client"; }
has_address() { ip -n g1 -4 addr show dev eth0 | grep -q "inet $1/"; }

test_lease() {
	start
	check "it gets a lease" busywait noted "BOUND 10.0.2.15 10.0.2.2 10.0.2.3 86400"
	check "... of an address that nobody else answered for" says "DAD completed for 10.0.2.15"
	check "... and has it" busywait has_address 10.0.2.15
	check "... and it is bound to it" is_lease '.address == "10.0.2.15" and .state == "bound"'
	check "with it the guest reaches the world" reaches g1 198.51.100.2
	check "it is told to renew" in_host g1 dhcpcd -4 -N eth0
	check "... and does" busywait noted "RENEW 10.0.2.15 10.0.2.2 10.0.2.3 86400"
	check "... by asking" says "acknowledged 10.0.2.15 from 10.0.2.2" 2
	check "it is told to ask everybody" in_host g1 dhcpcd -4 -n eth0
	check "... and gets its answer" busywait says "acknowledged 10.0.2.15 from 10.0.2.2" 3
	sed 's/^/# /' "$LOG"
}

# It goes without a word, as in a machine that is switched off.
test_reboot() {
	kill -9 "$client"
	wait "$client" 2>/dev/null
	ip -n g1 addr flush dev eth0
	rm -rf /run/dhcpcd
	check "its lease outlives it" is_lease '.address == "10.0.2.15" and .state == "bound"'
	start -A
	check "started again it has its address" busywait noted "\(BOUND\|REBOOT\) 10.0.2.15 10.0.2.2 10.0.2.3 86400"
	check "... which it remembered" says "rebinding lease of 10.0.2.15"
	check "... and did not ask for anew" not says "soliciting a DHCP lease"
	check "... and nothing else is leased" is_lease '.state == "bound"'
	sed 's/^/# /' "$LOG"
}

test_release() {
	# It does not wait until it knows the gateway's MAC address.
	check "the gateway is its neighbour" reaches g1 10.0.2.2
	check "it is told to release" in_host g1 dhcpcd -4 -k eth0
	check "... and ends" ends
	wait "$client" 2>/dev/null
	check "... without its address" not has_address 10.0.2.15
	check "the gateway leases nothing any more" busywait none_leased
	start -A
	check "it gets the same address again" busywait noted "BOUND 10.0.2.15 10.0.2.2 10.0.2.3 86400"
	check "... as a new lease" says "soliciting a DHCP lease"
	sed 's/^/# /' "$LOG"
	kill -9 "$client"
	wait "$client" 2>/dev/null
}

ksft_start
world_add
gateway_add 1
guest_add g1 1
write_script
mkdir -p /var/lib/dhcpcd
test_lease
test_reboot
test_release
rm -rf /var/lib/dhcpcd /run/dhcpcd
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Debian's mdevctl keeps a card: it stores what "netemu-ctl -d nic show" prints for
# it, and makes the same card again.
# vm: timeout=240 debug=no
. lib/ksft.sh
. lib/nic.sh

UUID=01234567-89ab-4cde-8f01-23456789abcd

# What is said of the card, but for numbers that the kernel gives out.
card() { netemu-ctl -j nic show | jq -c 'map(del(.group))'; }
is_as_before() { [ "$(card)" = "$before" ]; }
file_is() { [ "$(stat -c %U:%G "/dev/vfio/$(netemu-ctl -j nic show vm0 | jq '.[0].group')")" = "$1" ]; }

# The lines that are printed, as a user would paste them.
store() {
	netemu-ctl -d nic show vm0 | sed -n 's/^ *mdevctl  \|^  *\(mdevctl modify\)/\1/p' \
		>"$KSFT_SCRATCH/lines" && cat "$KSFT_SCRATCH/lines" &&
		[ "$(wc -l <"$KSFT_SCRATCH/lines")" = 6 ] &&
		bash -e "$KSFT_SCRATCH/lines"
}

# udev would do it; this machine has none.
owner_by_hand() {
	local group user

	group=$(netemu-ctl -j nic show vm0 | jq '.[0].group')
	user=$(tr ' ' : <"$NIC_DEVICES/$UUID/owner")
	chown "$user" "/dev/vfio/$group"
}

ksft_start
if ! nic_available; then
	skip "mdevctl" "this kernel has no mediated devices"
	ksft_end
fi
mkdir -p /etc/mdevctl.d/scripts.d/callouts /etc/mdevctl.d/scripts.d/notifiers
check "a card" netemu-ctl nic add vm0 model e1000 uuid $UUID \
	mac 02:00:00:00:00:01 user tester group tester \
	autoneg-ms 40 doorbell trap
before=$(card)
check "mdevctl knows the type" has "mdevctl types" netemu-e1000
check "and the card" has "mdevctl list" "$UUID netemu netemu-e1000"
check "it stores the card as netemu-ctl says" store
check "removes it" eval 'mdevctl stop -u $UUID && [ "$(card)" = "[]" ]'
check "and makes it again" mdevctl start -u $UUID
owner_by_hand
check "the same in everything" is_as_before
check "its file is the user's" file_is tester:tester
check "without the module the card is gone" rmmod netemu_nic
check "when the module comes, all that were stored do" eval \
	'modprobe netemu_nic && mdevctl start-parent-mdevs netemu && owner_by_hand && is_as_before'
check "deleted, it is stored still" eval \
	'netemu-ctl nic del vm0 && has "mdevctl list -d" $UUID'
check "mdevctl forgets it" mdevctl undefine -u $UUID
rm -rf /etc/mdevctl.d
check "the module goes" rmmod netemu_nic
ksft_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ssh through the gateway: from a guest into the world, and from the world to a
# guest by a forward.
# vm: timeout=240 debug=no
. "$(dirname "$0")/lib/ksft.sh"
. "$(dirname "$0")/lib/gateway.sh"

SIZE=262144	# bytes through each way

# Everybody is root with the same key; whose server it is tells its host key.
setup() {
	world_add
	gateway_add 1
	guest_add g1 1 10.0.2.15
	mkdir -p /root/.ssh
	chmod 700 /root /root/.ssh
	dropbearkey -t ed25519 -f "$KSFT_SCRATCH/key" >"$KSFT_SCRATCH/said" 2>&1
	grep ^ssh- "$KSFT_SCRATCH/said" >/root/.ssh/authorized_keys
	chmod 600 /root/.ssh/authorized_keys
}

# sshd HOST PORT
sshd() {
	dropbearkey -t ed25519 -f "$KSFT_SCRATCH/host-$1" >/dev/null 2>&1
	ip netns exec "$1" dropbear -F -E -s -r "$KSFT_SCRATCH/host-$1" -p "$2" \
		-P "$KSFT_SCRATCH/pid-$1" 2>"$KSFT_SCRATCH/log-$1" &
	busywait listens_on "$1" "$2"
}

# ssh HOST ADDRESS PORT COMMAND...: as root, with the key
ssh() {
	in_host "$1" timeout 120 dbclient -y -y -T -i "$KSFT_SCRATCH/key" -p "$3" "root@$2" "${@:4}"
}

# The name of a namespace, by its host's address.
where() { ssh "$1" "$2" "$3" "ip -4 -o addr show dev eth0" | grep -q "inet $4/"; }

# bytes HOST ADDRESS PORT: there and back, and the same
bytes() {
	local sum

	head -c "$SIZE" /dev/urandom >"$KSFT_SCRATCH/bytes"
	sum=$(sha256sum <"$KSFT_SCRATCH/bytes")
	[ "$(ssh "$1" "$2" "$3" cat <"$KSFT_SCRATCH/bytes" | sha256sum)" = "$sum" ]
}

ksft_start
setup
sshd world 22
check "a guest logs in outside" busywait where g1 198.51.100.2 22 198.51.100.2
check "... and sends $SIZE bytes there and back" bytes g1 198.51.100.2 22
sshd g1 22
check "a forward to the guest" netemu-ctl forward add gw1 tcp 2222 to 10.0.2.15:22
check "the world logs in at the guest" busywait where world 198.51.100.1 2222 10.0.2.15
check "... and sends $SIZE bytes there and back" bytes world 198.51.100.1 2222
rm -rf /root/.ssh
ksft_end

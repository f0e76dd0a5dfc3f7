#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From a guest to a server beyond its host through a gateway: UDP round trips,
# TCP in both directions with and without segmentation offload, and connections
# of one request. All programs are included, the server's too: what they need is
# the same for all. slirp4netns is a TCP/IP stack in user space.
#
# vm: timeout=800 memory=1024
. bench/lib.sh
. bench/lib/natlab.sh

slirp=''
row_start && modprobe nft_masq && modprobe tun && try round-trip server far_up || exit 1
serve
for subject in direct nft-masquerade netemu-gateway netemu-fastpath slirp4netns; do
	mib=32
	[ "$subject" != slirp4netns ] || mib=4
	if gateway_up "$subject" 2>/run/error; then
		measure_gateway "$subject" $mib
	else
		row_failed round-trip "$subject" - "does not start: $(head -n 1 /run/error)"
	fi
	gateway_down "$subject"
done
serve_end
far_down
row_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Multicast to 64 dummy ports and to the switch's own device, nobody snooping.
#
# vm: timeout=300 memory=1024
. bench/lib.sh

SIZES=60
flood_row multicast 01:00:5e:01:01:01 64 floor bridge ovs netemu
row_end

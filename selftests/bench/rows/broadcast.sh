#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A broadcast to 8, 64 and 256 dummy ports and to the switch's own device, and
# what each port more costs. mirred, which has no device of its own, has one
# copy less.
#
# vm: timeout=600 memory=1024
. bench/lib.sh

SIZES=60
flood_row broadcast $MAC_ALL "8 64 256" floor mirred bridge ovs netemu
row_end

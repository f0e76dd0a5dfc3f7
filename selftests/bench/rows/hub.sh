#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unicast frames through a hub with 8 and 64 dummy ports, and what each port
# more costs: netemu's hub, a bridge that learns nothing and so knows nobody,
# and mirred.
#
# vm: timeout=300 memory=1024
. bench/lib.sh

SIZES=60
flood_row hub $MAC_B "8 64" floor mirred bridge-hub netemu-hub
row_end

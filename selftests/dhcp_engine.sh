#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The DHCP engine and its lease table in user space, with sanitizers: no VM.
# vm: host=yes timeout=300

. "$(dirname "$0")/vm/common.sh"
. "$(dirname "$0")/lib/units.sh"

run_units dhcp_unit dhcp_guest_unit dhcp_wire_unit lease_unit

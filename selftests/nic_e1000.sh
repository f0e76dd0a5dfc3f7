#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The model of the e1000 in user space, with sanitizers: no VM. Configuration space,
# registers, EEPROM, PHY, interrupts, and both rings, over an array as guest memory.
# vm: host=yes timeout=300

. "$(dirname "$0")/vm/common.sh"
. "$(dirname "$0")/lib/units.sh"

run_units nic_pci_unit nic_regs_unit nic_phy_unit nic_tx_unit nic_rx_unit

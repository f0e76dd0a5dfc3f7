#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A processor that never comes back.
# vm: timeout=15
echo "1..1"
modprobe planted fault=hang
echo "ok 1 - planted hang"

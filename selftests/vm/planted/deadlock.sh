#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two locks, taken in either order.
echo "1..1"
modprobe planted fault=deadlock
echo "ok 1 - planted deadlock"

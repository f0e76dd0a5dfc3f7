#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel dies.
echo "1..1"
modprobe planted fault=oops
echo "ok 1 - planted oops"

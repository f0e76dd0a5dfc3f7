#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A module that can't be unloaded.
echo "1..1"
modprobe planted fault=busy
echo "ok 1 - planted busy"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nothing is wrong here.
echo "1..1"
modprobe planted fault=clean
echo "ok 1 - planted clean"

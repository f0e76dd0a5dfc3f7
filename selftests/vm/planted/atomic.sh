#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sleeps with a spinlock held.
echo "1..1"
modprobe planted fault=atomic
echo "ok 1 - planted atomic"

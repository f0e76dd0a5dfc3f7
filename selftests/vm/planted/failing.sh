#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A test point fails, and the exit code says so.
echo "1..2"
echo "ok 1 - good"
echo "not ok 2 - planted failure"
exit 1

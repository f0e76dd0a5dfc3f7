#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ends before its plan does.
echo "1..3"
echo "ok 1 - good"

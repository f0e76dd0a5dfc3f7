#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Says nothing and claims success.
exit 0

/* SPDX-License-Identifier: GPL-2.0 */
/* What "ethtool -S" says, without starting a program: tests ask often. */
#ifndef SELFTESTS_LIB_ETHTOOL_H
#define SELFTESTS_LIB_ETHTOOL_H

/* A counter of the device @index by its name; 0 if there is none. */
unsigned long ethtool_counter(int index, const char *name);

#endif

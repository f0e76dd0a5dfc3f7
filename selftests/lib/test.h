/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's test harness with a time limit that suits a slow machine. */
#ifndef SELFTESTS_LIB_TEST_H
#define SELFTESTS_LIB_TEST_H

#include "kselftest_harness.h"
#include "lab.h"

#define LAB_TEST(fixture, name)	TEST_F_TIMEOUT(fixture, name, 600)

#endif

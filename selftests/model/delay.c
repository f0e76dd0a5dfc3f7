// SPDX-License-Identifier: GPL-2.0
/*
 * Delays for the tests of doorbells, in microseconds, by enum nemu_delay: each is
 * anything up to that. Built into the module for the tests alone, see Kbuild.
 */
#include <linux/delay.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "delay.h"

static unsigned int test_delay_us[NEMU_DELAYS];
module_param_array(test_delay_us, uint, NULL, 0644);
MODULE_PARM_DESC(test_delay_us, "For the selftests");

static bool test_no_check;
module_param(test_no_check, bool, 0644);
MODULE_PARM_DESC(test_no_check, "For the selftests: doorbells get lost");

static unsigned int test_patience_us;
module_param(test_patience_us, uint, 0644);
MODULE_PARM_DESC(test_patience_us, "For the selftests: workers are no more patient than that; 0: as ever");

void nemu_delay(enum nemu_delay where)
{
	unsigned int most = READ_ONCE(test_delay_us[where]), us;

	if (!most)
		return;
	for (us = get_random_u32() % (most + 1); us; us--)
		udelay(1);
}

bool nemu_delay_breaks(void)
{
	return READ_ONCE(test_no_check);
}

u64 nemu_delay_patience(u64 ns)
{
	u64 most = READ_ONCE(test_patience_us) * (u64)NSEC_PER_USEC;

	return most ? min(ns, most) : ns;
}

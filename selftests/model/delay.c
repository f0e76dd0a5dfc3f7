// SPDX-License-Identifier: GPL-2.0
/*
 * Delays for the tests of doorbells, in microseconds, by enum nemu_delay: each is
 * anything up to that. Built into the module for the tests alone, see Kbuild.
 */
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/types.h>

#include "delay.h"

static unsigned int test_delay_us[NEMU_DELAYS];
module_param_array(test_delay_us, uint, NULL, 0644);
MODULE_PARM_DESC(test_delay_us, "For the selftests");

static bool test_no_check;
module_param(test_no_check, bool, 0644);
MODULE_PARM_DESC(test_no_check, "For the selftests: doorbells get lost");

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

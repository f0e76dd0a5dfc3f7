// SPDX-License-Identifier: GPL-2.0
/*
 * A card's INTx in a virtual machine, 100,000 times: see nic_kvm.
 *
 * vm: timeout=1500 plain=no
 */
#include "test.h"
#include "intx.h"

#include <linux/kvm.h>

FIXTURE(cycles) {
	struct intx x;
	const char *missing;
};

FIXTURE_SETUP(cycles)
{
	self->missing = intx_missing();
	if (!self->missing)
		ASSERT_EQ(0, intx_open(&self->x));
}

FIXTURE_TEARDOWN(cycles)
{
	if (!self->missing)
		intx_close(&self->x);
}

TEST_F_TIMEOUT(cycles, a_hundred_thousand, 1400)
{
	unsigned int i;

	if (self->missing)
		SKIP(return, "%s", self->missing);
	for (i = 0; i < 100; i++) {
		ASSERT_TRUE(intx_cycles(&self->x.k, self->x.card, 1000))
			TH_LOG("in the thousand %u, reason %u", i,
			       self->x.k.run->exit_reason);
	}
	TH_LOG("woken without an interrupt: %u", self->x.k.woken);
	EXPECT_TRUE(wait_for(intx_is_quiet(&self->x.k)));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * A million doorbells without exits, none of them lost: see nic_doorbell.
 *
 * vm: timeout=3000 plain=no
 */
#include "test.h"
#include "doorbell.h"

#include <stdlib.h>

#define CARD	1

FIXTURE(bell) {
	struct e1000 e;
	volatile uint32_t *window;
	bool available;
};

FIXTURE_SETUP(bell)
{
	self->available = nic_available();
	if (!self->available)
		return;
	srandom(1);
	ASSERT_EQ(0, e1000_open(&self->e, CARD));
	self->window = window_map(&self->e.v);
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(bell)
{
	if (!self->available)
		return;
	test_delays(0, 0, 0, 0);
	window_unmap(self->window);
	e1000_close(&self->e, CARD);
}

/*
 * Most one after the other or nearly so, when the worker is patient. In each tenth
 * round there are pauses that it has no patience for, and races are made wide.
 */
TEST_F_TIMEOUT(bell, a_million, 2900)
{
	unsigned int round, lost = 0;

	if (!self->available)
		SKIP(return, "this kernel has no mediated devices");
	for (round = 0; round < 100; round++) {
		bool wide = round % 10 == 9;

		test_delays(0, wide ? 50 : 0, wide ? 50 : 0, wide ? 50 : 0);
		lost += window_ring(&self->e, self->window, 10000,
				    wide ? 12000 : round % 2 ? 0 : 60);
		ASSERT_EQ(0, lost) TH_LOG("in round %u", round);
	}
	TH_LOG("1,000,000 doorbells: %lu faults, %lu seen in memory, %lu times taken back",
	       counter(&self->e, "doorbell_kicks"), counter(&self->e, "doorbell_polls"),
	       counter(&self->e, "doorbell_zaps"));
	/* Else hardly any of it would have been a race. */
	EXPECT_LT(1000, counter(&self->e, "doorbell_zaps"));
}

TEST_HARNESS_MAIN

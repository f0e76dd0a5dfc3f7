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
	test_patience(0);
	window_unmap(self->window);
	e1000_close(&self->e, CARD);
}

/*
 * With pauses about as long as the worker is patient, so that it takes the pages back
 * while the next doorbell comes; in each tenth round with that made wide. In each
 * second round one comes right after the other, and the worker looks all the time.
 */
TEST_F_TIMEOUT(bell, a_million, 2900)
{
	unsigned int round, lost = 0;

	if (!self->available)
		SKIP(return, "this kernel has no mediated devices");
	ASSERT_TRUE(test_patience(50));
	for (round = 0; round < 100; round++) {
		bool wide = round % 10 == 9;

		test_delays(0, wide ? 50 : 0, wide ? 50 : 0, wide ? 50 : 0);
		lost += window_ring(&self->e, self->window, 10000, round % 2 ? 200 : 0);
		ASSERT_EQ(0, lost) TH_LOG("in round %u", round);
	}
	TH_LOG("1,000,000 doorbells: %lu faults, %lu seen in memory, %lu times taken back",
	       counter(&self->e, "doorbell_kicks"), counter(&self->e, "doorbell_polls"),
	       counter(&self->e, "doorbell_zaps"));
	/* Else hardly any of it would have been a race. */
	EXPECT_LT(100000, counter(&self->e, "doorbell_zaps"));
}

TEST_HARNESS_MAIN

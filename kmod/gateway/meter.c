// SPDX-License-Identifier: GPL-2.0
/*
 * A meter holds what was used of something scarce. It runs off evenly, all of
 * its capacity in one period; what does not fit is not to be used. So within any
 * period at most twice the capacity is used, and what lives no longer than a
 * period can't be there more than twice the capacity.
 */
#include "meter.h"

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/minmax.h>

/**
 * nemu_meter_init() - an empty meter
 * @meter: meter
 */
void nemu_meter_init(struct nemu_meter *meter)
{
	spin_lock_init(&meter->lock);
	meter->last = jiffies;
	meter->level = 0;
}

static void run_off(struct nemu_meter *meter, u32 capacity, u32 period)
{
	unsigned long now = jiffies, passed = now - meter->last;
	u32 gone;

	if (passed >= period) {
		meter->level = 0;
		meter->last = now;
		return;
	}
	gone = div_u64((u64)passed * capacity, period);
	if (!gone)
		return;
	meter->level -= min(meter->level, gone);
	/* What is left of the time counts next time. */
	meter->last += div_u64((u64)gone * period, capacity);
}

/**
 * nemu_meter_use() - use an amount, if it fits
 * @meter: meter
 * @amount: of what is counted
 * @capacity: how much fits in; not 0
 * @period: jiffies in which a full meter runs empty; not 0
 *
 * Context: BH off.
 * Return: false if it does not fit; then nothing changed.
 */
bool nemu_meter_use(struct nemu_meter *meter, u32 amount, u32 capacity,
		    u32 period)
{
	bool fits;

	spin_lock(&meter->lock);
	run_off(meter, capacity, period);
	fits = meter->level <= capacity && amount <= capacity - meter->level;
	if (fits)
		meter->level += amount;
	spin_unlock(&meter->lock);
	return fits;
}

/**
 * nemu_meter_return() - give back what is used no more
 * @meter: meter
 * @amount: at most this has run off the sooner
 *
 * Context: BH off.
 */
void nemu_meter_return(struct nemu_meter *meter, u32 amount)
{
	spin_lock(&meter->lock);
	meter->level -= min(meter->level, amount);
	spin_unlock(&meter->lock);
}

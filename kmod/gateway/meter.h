/* SPDX-License-Identifier: GPL-2.0 */
/* How much of something was used lately; a leaky bucket. */
#ifndef _NEMU_METER_H
#define _NEMU_METER_H

#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct nemu_meter - what was used and has not run off yet
 * @lock: BH; protects the rest, nests inside everything
 * @last: jiffies up to which it has run off
 * @level: what is left
 */
struct nemu_meter {
	spinlock_t lock;
	unsigned long last;
	u32 level;
};

void nemu_meter_init(struct nemu_meter *meter);
bool nemu_meter_use(struct nemu_meter *meter, u32 amount, u32 capacity,
		    u32 period);
void nemu_meter_return(struct nemu_meter *meter, u32 amount);

#endif /* _NEMU_METER_H */

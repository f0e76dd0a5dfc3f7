/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_STATS_H
#define _NEMU_STATS_H

#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/netemu.h>

/**
 * struct nemu_stats - what a port counts beside its device's own counters
 * @drops: frames dropped, by reason
 * @learn_refused: addresses not learned because a limit was reached
 *
 * One per CPU; only drops touch it, a forwarded frame costs nothing here.
 * Longs, so that a reader on another CPU never sees half a counter.
 */
struct nemu_stats {
	unsigned long drops[__NETEMU_DROP_MAX];
	unsigned long learn_refused;
};

/**
 * struct nemu_stats_sum - counters added up over the CPUs
 * @drops: as in &struct nemu_stats
 * @learn_refused: as in &struct nemu_stats
 */
struct nemu_stats_sum {
	u64 drops[__NETEMU_DROP_MAX];
	u64 learn_refused;
};

static inline void nemu_stats_drop(struct nemu_stats __percpu *stats,
				   enum netemu_drop reason)
{
	this_cpu_inc(stats->drops[reason]);
}

void nemu_stats_add(struct nemu_stats_sum *sum,
		    const struct nemu_stats __percpu *stats);

#endif /* _NEMU_STATS_H */

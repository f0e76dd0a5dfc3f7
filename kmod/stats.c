// SPDX-License-Identifier: GPL-2.0
/* Counters: names of the drop reasons and sums over the CPUs. */
#include "stats.h"
#include "drop.h"

#include <linux/cpumask.h>

#define NEMU_DROP_NAME(sym, name, text)	[NETEMU_DROP_##sym] = "drop_" name,
const char nemu_drop_names[__NETEMU_DROP_MAX][32] = {
	NETEMU_DROP_REASONS(NEMU_DROP_NAME)
};

/**
 * nemu_stats_add() - add the counters of all CPUs to a sum
 * @sum: where to add; the caller zeroes it once
 * @stats: per-CPU counters
 */
void nemu_stats_add(struct nemu_stats_sum *sum,
		    const struct nemu_stats __percpu *stats)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct nemu_stats *s = per_cpu_ptr(stats, cpu);

		for (i = 0; i < __NETEMU_DROP_MAX; i++)
			sum->drops[i] += READ_ONCE(s->drops[i]);
		sum->learn_refused += READ_ONCE(s->learn_refused);
	}
}

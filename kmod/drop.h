/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_DROP_H
#define _NEMU_DROP_H

#include <linux/skbuff.h>
#include <linux/netemu.h>
#include "stats.h"

/**
 * nemu_drop() - end a frame that can't be forwarded
 * @stats: counters of the port the drop belongs to
 * @skb: frame; consumed
 * @reason: why, one of the list shared with user space
 */
static inline void nemu_drop(struct nemu_stats __percpu *stats,
			     struct sk_buff *skb, enum netemu_drop reason)
{
	nemu_stats_drop(stats, reason);
	kfree_skb(skb);
}

extern const char nemu_drop_names[__NETEMU_DROP_MAX][32];

#endif /* _NEMU_DROP_H */

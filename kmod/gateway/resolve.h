/* SPDX-License-Identifier: GPL-2.0 */
/* Which of the host's resolvers is asked. */
#ifndef _NEMU_RESOLVE_H
#define _NEMU_RESOLVE_H

#include <linux/netemu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct nemu_gw_config;

/**
 * struct nemu_resolver - what is known of a resolver
 * @silent: does not answer
 * @waiting: was asked and has not answered since
 * @first: jiffies; @waiting since
 * @last: jiffies; last question
 * @since: jiffies; @silent since, or since it was tried again
 */
struct nemu_resolver {
	bool silent;
	bool waiting;
	unsigned long first;
	unsigned long last;
	unsigned long since;
};

/**
 * struct nemu_resolve - the resolvers of a gateway
 * @lock: protects the rest; see DOC: Locking
 * @v: in the order of the options
 */
struct nemu_resolve {
	spinlock_t lock;
	struct nemu_resolver v[NETEMU_GW_RESOLVERS_MAX];
};

void nemu_resolve_init(struct nemu_resolve *resolve);
void nemu_resolve_reset(struct nemu_resolve *resolve);
__be32 nemu_resolve_pick(struct nemu_resolve *resolve,
			 const struct nemu_gw_config *config);
bool nemu_resolve_again(struct nemu_resolve *resolve,
			const struct nemu_gw_config *config, __be32 addr);
void nemu_resolve_answered(struct nemu_resolve *resolve,
			   const struct nemu_gw_config *config, __be32 addr,
			   bool refused);
__be32 nemu_resolve_used(struct nemu_resolve *resolve,
			 const struct nemu_gw_config *config);

#endif /* _NEMU_RESOLVE_H */

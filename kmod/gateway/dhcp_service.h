/* SPDX-License-Identifier: GPL-2.0 */
/* What the rooms share that stand around the DHCP engine (dhcp.h). */
#ifndef _NEMU_DHCP_SERVICE_H
#define _NEMU_DHCP_SERVICE_H

#include "dhcp.h"

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct nemu_gw;
struct sk_buff;

/**
 * struct nemu_dhcp_service - DHCP of one gateway
 * @gw: the gateway
 * @lock: of all the rest; BH
 * @engine: the server
 * @waiting: requests whose address is asked for
 * @count: of them; read without the lock
 * @event_limit: of notifications that guests cause
 * @events_lost: notifications left out
 * @tick: ends what is over, as long as there is something: every second, or
 *	when a request is due
 */
struct nemu_dhcp_service {
	struct nemu_gw *gw;
	spinlock_t lock;
	struct nemu_dhcp engine;
	struct list_head waiting;
	unsigned int count;
	struct ratelimit_state event_limit;
	u64 events_lost;
	struct delayed_work tick;
};

/* The time that the engine counts in. */
static inline u64 nemu_dhcp_now(void)
{
	return ktime_get_boottime_seconds();
}

/* serve_dhcp.c */
void nemu_dhcp_tick(struct work_struct *work);
void nemu_dhcp_forget_waiting(struct nemu_dhcp_service *dhcp);

/* dhcp_service.c */
u32 nemu_dhcp_generation(void);

/* lease_notify.c: dhcp->lock held */
int nemu_lease_fill(struct sk_buff *skb, const struct nemu_lease *l, u64 now);
void nemu_lease_notify(struct nemu_dhcp_service *dhcp,
		       const struct nemu_lease *l, u8 event);
void nemu_lease_tell(struct nemu_dhcp_service *dhcp,
		     const struct nemu_dhcp_event *event);

/* binding.c, for those who change leases: dhcp->lock held, RCU read side */
void nemu_binding_update(struct nemu_dhcp_service *dhcp, __be32 addr);
void nemu_binding_update_all(struct nemu_dhcp_service *dhcp,
			     struct nemu_lease_table *table);

#endif /* _NEMU_DHCP_SERVICE_H */

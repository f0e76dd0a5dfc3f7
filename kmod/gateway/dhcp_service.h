/* SPDX-License-Identifier: GPL-2.0 */
/* What the rooms share that stand around the DHCP engine (dhcp.h). */
#ifndef _NEMU_DHCP_SERVICE_H
#define _NEMU_DHCP_SERVICE_H

#include "dhcp.h"

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct nemu_gw;

/**
 * struct nemu_dhcp_service - DHCP of one gateway
 * @gw: the gateway
 * @lock: of all the rest; BH
 * @engine: the server
 * @waiting: requests whose address is asked for
 * @count: of them; read without the lock
 * @tick: ends what is over, as long as there is something: every second, or
 *	when a request is due
 */
struct nemu_dhcp_service {
	struct nemu_gw *gw;
	spinlock_t lock;
	struct nemu_dhcp engine;
	struct list_head waiting;
	unsigned int count;
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

/* binding.c, for those who change leases: dhcp->lock held, RCU read side */
void nemu_binding_update(struct nemu_dhcp_service *dhcp, __be32 addr);
void nemu_binding_update_all(struct nemu_dhcp_service *dhcp,
			     struct nemu_lease_table *table);

#endif /* _NEMU_DHCP_SERVICE_H */

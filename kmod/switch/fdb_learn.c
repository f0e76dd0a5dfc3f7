// SPDX-License-Identifier: GPL-2.0
/*
 * Learning: addresses are made and moved by the frames that come from them,
 * within limits, and go when they are no longer heard.
 */
#include "fdb.h"
#include "switch.h"

#include <linux/rtnetlink.h>

#define NEMU_FDB_CHAIN_MAX	32
#define NEMU_FDB_BATCH		256	/* chains between two breaths */

/* Removes what has aged in some chains. Returns when the next one is due. */
static unsigned long age_chains(struct nemu_fdb *fdb,
				struct nemu_fdb_table *t, u32 from, u32 to,
				unsigned long ageing, unsigned long next)
{
	struct nemu_fdb_entry *e;
	struct hlist_node *tmp;
	unsigned long due;

	for (; from < to; from++) {
		hlist_for_each_entry_safe(e, tmp, &t->chains[from],
					  node[t->node]) {
			if (e->flags & NEMU_FDB_FIXED)
				continue;
			due = READ_ONCE(e->heard) + ageing;
			if (time_after_eq(jiffies, due))
				nemu_fdb_entry_remove(fdb, e);
			else if (time_before(due, next))
				next = due;
		}
	}
	return next;
}

/**
 * nemu_fdb_age_work() - remove what was not heard for the ageing time
 * @work: &nemu_fdb.age_work
 */
void nemu_fdb_age_work(struct work_struct *work)
{
	struct nemu_fdb *fdb = container_of(to_delayed_work(work),
					    struct nemu_fdb, age_work);
	unsigned long ageing = READ_ONCE(fdb->ageing);
	unsigned long next = jiffies + ageing;
	struct nemu_fdb_table *t = NULL;
	bool more;
	u32 i = 0;

	if (!ageing)
		return;
	do {
		spin_lock_bh(&fdb->lock);
		if (t != nemu_fdb_table_locked(fdb)) {
			t = nemu_fdb_table_locked(fdb);
			i = 0;
		}
		next = age_chains(fdb, t, i,
				  min(i + NEMU_FDB_BATCH, nemu_fdb_table_size(t)),
				  ageing, next);
		i += NEMU_FDB_BATCH;
		more = i < nemu_fdb_table_size(t);
		spin_unlock_bh(&fdb->lock);
		cond_resched();
	} while (more);

	/* Not more often than a quarter of a second for one late entry each. */
	if (READ_ONCE(fdb->learned))
		queue_delayed_work(system_power_efficient_wq, &fdb->age_work,
				   max_t(long, next - jiffies, HZ / 4));
}

static bool chain_full(const struct nemu_fdb_table *t, u64 key)
{
	const struct hlist_node *n;
	int len = 0;

	for (n = t->chains[nemu_fdb_hash(t, key)].first; n; n = n->next)
		if (++len >= NEMU_FDB_CHAIN_MAX)
			return true;
	return false;
}

/*
 * Everybody may learn a few addresses, whatever the others did: a guest can
 * fill the table, but not lock out its neighbours.
 */
static bool limit_reached(const struct nemu_switch *sw,
			  const struct nemu_port *port)
{
	u32 mine = READ_ONCE(port->fdb_count[NEMU_FDB_KIND_LEARNED]);
	u32 limit = READ_ONCE(port->fdb_limit);

	if (limit && mine >= limit)
		return true;
	return READ_ONCE(sw->fdb.learned) >= READ_ONCE(sw->opts.fdb_limit) &&
	       mine >= NETEMU_FDB_PORT_RESERVE;
}

static void learn_refused(struct nemu_port *port, u64 key)
{
	u8 addr[ETH_ALEN];

	this_cpu_inc(port->stats->learn_refused);
	nemu_fdb_addr(key, addr);
	nemu_notify_event(port, NETEMU_EVENT_LEARN_LIMIT, addr);
}

/* Returns the port that the loop guard blocked, if it did. */
static struct nemu_port *entry_move(struct nemu_switch *sw,
				    struct nemu_fdb_entry *e,
				    struct nemu_port *to)
{
	struct nemu_fdb *fdb = &sw->fdb;
	struct nemu_port *from = nemu_fdb_entry_port(fdb, e);

	sw->moves++;
	to->moves++;
	nemu_fdb_entry_change(fdb, e, to, 0);
	if (rtnl_has_listeners(dev_net(sw->dev), RTNLGRP_NEIGH) &&
	    nemu_notify_allowed(sw))
		nemu_fdb_notify(sw, e, to, RTM_NEWNEIGH);
	return nemu_guard_moved(sw, e, from, to);
}

/**
 * nemu_fdb_learn() - a frame came from an address not known on its port
 * @port: where the frame came in
 * @key: its source address
 *
 * The slow half of learning: makes or moves the entry, within the limits.
 *
 * Context: RCU read side, BH off.
 * Return: false if the address is one of the host's own and the frame is to be
 * dropped, else true.
 */
bool nemu_fdb_learn(struct nemu_port *port, u64 key)
{
	struct nemu_switch *sw = port->sw;
	struct nemu_fdb *fdb = &sw->fdb;
	struct nemu_port *blocked = NULL, *shared;
	bool refused = false, moved = false;
	struct nemu_fdb_entry *e;
	u8 addr[ETH_ALEN];

	e = nemu_fdb_find_rcu(fdb, key);
	if (e && READ_ONCE(e->flags) & NEMU_FDB_FIXED)
		return !(READ_ONCE(e->flags) & NEMU_FDB_HOST) ||
		       rcu_access_pointer(e->port) == port;
	shared = rcu_dereference(sw->shared);
	if (shared && shared != port && nemu_shared_owns(shared, key))
		return false;
	if (!(READ_ONCE(port->flags) & NEMU_PORT_LEARNING))
		return true;
	/* Before the lock: who is past the limit must not slow the others. */
	if (limit_reached(sw, port)) {
		learn_refused(port, key);
		return true;
	}

	spin_lock(&fdb->lock);
	e = nemu_fdb_find_in(nemu_fdb_table_locked(fdb), key);
	if (!e) {
		if (chain_full(nemu_fdb_table_locked(fdb), key)) {
			fdb->rehash = true;
			schedule_work(&fdb->grow_work);
			refused = true;
		} else if (!nemu_fdb_entry_add(fdb, port, key, 0,
				      GFP_ATOMIC | __GFP_NOWARN)) {
			refused = true;
		}
	} else if (!(e->flags & NEMU_FDB_FIXED) &&
		   nemu_fdb_entry_port(fdb, e) != port) {
		blocked = entry_move(sw, e, port);
		moved = true;
	}
	spin_unlock(&fdb->lock);

	if (refused)
		learn_refused(port, key);
	if (moved) {
		nemu_fdb_addr(key, addr);
		nemu_notify_event(port, NETEMU_EVENT_MAC_MOVED, addr);
	}
	if (blocked)
		nemu_notify_event(blocked, NETEMU_EVENT_LOOP_BLOCKED, addr);
	return true;
}

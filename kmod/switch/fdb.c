// SPDX-License-Identifier: GPL-2.0
/*
 * Forwarding database: where each address lives.
 *
 * Readers walk one hash chain under RCU. A table that became too small is
 * replaced by a larger one whose chains use the other link of each entry, so
 * readers of the old table are never led astray; grow_lock makes sure that the
 * old table is out of use before its links are used again.
 *
 * Entries come from kmalloc and go by kfree_rcu(): no callback of this module
 * can be pending when it is unloaded.
 */
#include "fdb.h"
#include "switch.h"

#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#define NEMU_FDB_BITS_MIN	10

/* Of all tables: a dump that spans a change of tables says so. */
static atomic_t generation = ATOMIC_INIT(1);

static void grow_work(struct work_struct *work);

static struct nemu_switch *fdb_switch(struct nemu_fdb *fdb)
{
	return container_of(fdb, struct nemu_switch, fdb);
}

static struct nemu_fdb_table *table_create(unsigned int bits,
					   unsigned int node)
{
	struct nemu_fdb_table *t;

	t = kvzalloc(struct_size(t, chains, 1U << bits), GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	t->shift = 64 - bits;
	t->node = node;
	get_random_bytes(t->seed, sizeof(t->seed));
	t->seed[1] |= 1;	/* odd: multiplying loses no bits */
	return t;
}

/**
 * nemu_fdb_generation() - number that changes with every change of tables
 */
u32 nemu_fdb_generation(void)
{
	return atomic_read(&generation);
}

/**
 * nemu_fdb_init() - make an empty database
 * @fdb: of a switch that is not yet in use
 *
 * Return: 0 or -ENOMEM.
 */
int nemu_fdb_init(struct nemu_fdb *fdb)
{
	struct nemu_fdb_table *t = table_create(NEMU_FDB_BITS_MIN, 0);

	if (!t)
		return -ENOMEM;
	RCU_INIT_POINTER(fdb->table, t);
	spin_lock_init(&fdb->lock);
	mutex_init(&fdb->grow_lock);
	INIT_DELAYED_WORK(&fdb->age_work, nemu_fdb_age_work);
	INIT_WORK(&fdb->grow_work, grow_work);
	return 0;
}

/**
 * nemu_fdb_free() - give back the table
 * @fdb: stopped database without readers
 */
void nemu_fdb_free(struct nemu_fdb *fdb)
{
	kvfree(rcu_dereference_protected(fdb->table, 1));
	RCU_INIT_POINTER(fdb->table, NULL);
}

static enum nemu_fdb_kind entry_kind(const struct nemu_fdb_entry *e)
{
	return e->flags & NEMU_FDB_FIXED ? NEMU_FDB_KIND_FIXED :
					   NEMU_FDB_KIND_LEARNED;
}

static u32 *kind_total(struct nemu_fdb *fdb, enum nemu_fdb_kind kind)
{
	return kind == NEMU_FDB_KIND_FIXED ? &fdb->fixed : &fdb->learned;
}

/* Counts are read without the lock to refuse early: write them once. */
static void count(struct nemu_fdb *fdb, struct nemu_port *port,
		  enum nemu_fdb_kind kind, int step)
{
	u32 *total = kind_total(fdb, kind);

	WRITE_ONCE(*total, *total + step);
	WRITE_ONCE(port->fdb_count[kind], port->fdb_count[kind] + step);
}

static void entry_link(struct nemu_fdb *fdb, struct nemu_fdb_entry *e,
		       struct nemu_port *port)
{
	enum nemu_fdb_kind kind = entry_kind(e);

	rcu_assign_pointer(e->port, port);
	list_add_tail(&e->port_node, &port->fdb_list[kind]);
	count(fdb, port, kind, 1);
}

static void entry_unlink(struct nemu_fdb *fdb, struct nemu_fdb_entry *e)
{
	list_del(&e->port_node);
	count(fdb, nemu_fdb_entry_port(fdb, e), entry_kind(e), -1);
}

/**
 * nemu_fdb_entry_change() - give an entry another port or other flags
 * @fdb: database
 * @e: entry
 * @port: where it lives now
 * @flags: NEMU_FDB_*
 *
 * Context: fdb->lock held.
 */
void nemu_fdb_entry_change(struct nemu_fdb *fdb, struct nemu_fdb_entry *e,
			   struct nemu_port *port, unsigned long flags)
{
	entry_unlink(fdb, e);
	WRITE_ONCE(e->flags, flags);
	e->changed = jiffies;
	WRITE_ONCE(e->heard, e->changed);
	entry_link(fdb, e, port);
}

static void entry_free(struct nemu_fdb *fdb, struct nemu_fdb_entry *e)
{
	nemu_netns_uncharge(dev_net(fdb_switch(fdb)->dev));
	kfree_rcu(e, rcu);
}

/**
 * nemu_fdb_entry_remove() - unlink an entry, tell, and free it in time
 * @fdb: database
 * @e: entry
 *
 * Context: fdb->lock held.
 */
void nemu_fdb_entry_remove(struct nemu_fdb *fdb, struct nemu_fdb_entry *e)
{
	hlist_del_rcu(&e->node[nemu_fdb_table_locked(fdb)->node]);
	entry_unlink(fdb, e);
	nemu_fdb_notify(fdb_switch(fdb), e, nemu_fdb_entry_port(fdb, e), RTM_DELNEIGH);
	entry_free(fdb, e);
}

static void age_soon(struct nemu_fdb *fdb)
{
	unsigned long ageing = READ_ONCE(fdb->ageing);

	if (ageing)
		queue_delayed_work(system_power_efficient_wq, &fdb->age_work,
				   ageing);
}

/**
 * nemu_fdb_entry_add() - make an entry
 * @fdb: database; the address is not in it
 * @port: where it lives
 * @key: the address
 * @flags: NEMU_FDB_*
 * @gfp: atomic
 *
 * Context: fdb->lock held.
 * Return: the entry, or NULL without memory or when the namespace is full.
 */
struct nemu_fdb_entry *nemu_fdb_entry_add(struct nemu_fdb *fdb,
					  struct nemu_port *port, u64 key,
					  unsigned long flags, gfp_t gfp)
{
	struct nemu_fdb_table *t = nemu_fdb_table_locked(fdb);
	struct nemu_fdb_entry *e;

	if (!nemu_netns_charge(dev_net(port->sw->dev)))
		return NULL;
	e = kzalloc(sizeof(*e), gfp);
	if (!e) {
		nemu_netns_uncharge(dev_net(port->sw->dev));
		return NULL;
	}
	e->key = key;
	e->flags = flags;
	e->heard = jiffies;
	e->changed = e->heard;
	e->move_window = e->heard;
	entry_link(fdb, e, port);
	hlist_add_head_rcu(&e->node[t->node],
			   &t->chains[nemu_fdb_hash(t, key)]);
	if (!(flags & NEMU_FDB_FIXED))
		age_soon(fdb);
	if (fdb->learned + fdb->fixed > nemu_fdb_table_size(t))
		schedule_work(&fdb->grow_work);
	nemu_fdb_notify(fdb_switch(fdb), e, port, RTM_NEWNEIGH);
	return e;
}

/**
 * nemu_fdb_grow() - one table for another, if there is need
 * @fdb: database
 *
 * A larger one when there are more entries than chains, or one with a new seed
 * when a chain overflowed.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nemu_fdb_grow(struct nemu_fdb *fdb)
{
	struct nemu_fdb_table *old, *new;
	struct nemu_fdb_entry *e;
	unsigned int bits;
	int err = 0;
	u32 i;

	mutex_lock(&fdb->grow_lock);
	old = rcu_dereference_protected(fdb->table,
					lockdep_is_held(&fdb->grow_lock));
	bits = 64 - old->shift;
	while ((1U << bits) < READ_ONCE(fdb->learned) + READ_ONCE(fdb->fixed))
		bits++;
	if (bits == 64 - old->shift && !READ_ONCE(fdb->rehash))
		goto out;
	new = table_create(bits, !old->node);
	if (!new) {
		err = -ENOMEM;
		goto out;
	}

	spin_lock_bh(&fdb->lock);
	for (i = 0; i < nemu_fdb_table_size(old); i++)
		hlist_for_each_entry(e, &old->chains[i], node[old->node])
			hlist_add_head_rcu(&e->node[new->node],
					   &new->chains[nemu_fdb_hash(new, e->key)]);
	rcu_assign_pointer(fdb->table, new);
	fdb->rehash = false;
	spin_unlock_bh(&fdb->lock);

	atomic_inc(&generation);
	synchronize_rcu();
	kvfree(old);
out:
	mutex_unlock(&fdb->grow_lock);
	return err;
}

static void grow_work(struct work_struct *work)
{
	/* No memory: chains stay longer, the next new entry tries again. */
	nemu_fdb_grow(container_of(work, struct nemu_fdb, grow_work));
}

/**
 * nemu_fdb_stop() - forget everything, for the last time
 * @sw: switch without ports and without frames under way
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_fdb_stop(struct nemu_switch *sw)
{
	struct nemu_fdb *fdb = &sw->fdb;
	struct nemu_fdb_entry *e, *next;
	int kind;

	cancel_delayed_work_sync(&fdb->age_work);
	cancel_work_sync(&fdb->grow_work);
	spin_lock_bh(&fdb->lock);
	for (kind = 0; kind < __NEMU_FDB_KINDS; kind++)
		list_for_each_entry_safe(e, next, &sw->host.fdb_list[kind],
					 port_node)
			nemu_fdb_entry_remove(fdb, e);
	spin_unlock_bh(&fdb->lock);
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_FDB_H
#define _NEMU_FDB_H

#include <linux/cache.h>
#include <linux/if_ether.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../compat.h"

struct nemu_port;
struct nemu_switch;
struct netlink_ext_ack;

#define NEMU_FDB_STATIC	BIT(0)	/* set by the administrator: stays, never moves */
#define NEMU_FDB_HOST	BIT(1)	/* an address of the host, follows its device */
#define NEMU_FDB_FIXED	(NEMU_FDB_STATIC | NEMU_FDB_HOST)

/* Index of nemu_port.fdb_list and nemu_port.fdb_count. */
enum nemu_fdb_kind {
	NEMU_FDB_KIND_LEARNED,
	NEMU_FDB_KIND_FIXED,
	__NEMU_FDB_KINDS,
};

/**
 * struct nemu_fdb_entry - where an address lives
 * @node: links in the hash table: one in use, the other for the next size
 * @key: the address, by nemu_fdb_key()
 * @port: where frames to it go; fdb->lock, read under RCU
 * @flags: NEMU_FDB_*; fdb->lock
 * @heard: jiffies of the last frame from it; written by any receiver
 * @changed: jiffies when it was made or moved; fdb->lock
 * @move_window: jiffies when the loop guard began to count; fdb->lock
 * @move_count: moves since then; fdb->lock
 * @port_node: in &nemu_port.fdb_list; fdb->lock
 * @rcu: frees the entry
 *
 * A lookup reads only the first cache line.
 */
struct nemu_fdb_entry {
	struct hlist_node node[2];
	u64 key;
	struct nemu_port __rcu *port;
	unsigned long flags;
	unsigned long heard;
	unsigned long changed;
	unsigned long move_window;
	u32 move_count;
	struct list_head port_node;
	struct rcu_head rcu;
};

/**
 * struct nemu_fdb_table - one size of the hash table
 * @shift: 64 - log2 of the number of chains
 * @node: which link of the entries it uses
 * @seed: secret of the hash, so that nobody can aim at a chain
 * @chains: the chains
 */
struct nemu_fdb_table {
	unsigned int shift;
	unsigned int node;
	u64 seed[2];
	struct hlist_head chains[];
};

/**
 * struct nemu_fdb - forwarding database of a switch
 * @table: current table; fdb->lock, read under RCU
 * @ageing: jiffies an address is kept without a frame from it, 0 = for ever
 * @learned: learned entries; fdb->lock
 * @fixed: static and host entries; fdb->lock
 * @lock: see DOC: Locking in switch.h
 * @age_work: removes what was not heard
 * @grow_work: makes the table larger, or gives it a new seed
 * @rehash: a chain overflowed: the seed has to change; fdb->lock
 * @grow_lock: one change of tables at a time; taken before fdb->lock
 *
 * What frames read lies apart from what learning writes.
 */
struct nemu_fdb {
	struct nemu_fdb_table __rcu *table;
	unsigned long ageing;

	spinlock_t lock ____cacheline_aligned_in_smp;
	u32 learned;
	u32 fixed;
	struct delayed_work age_work;
	struct work_struct grow_work;
	bool rehash;
	struct mutex grow_lock;
};

/*
 * The key of an address: its bytes as a little-endian number. All that a frame
 * is asked about its addresses is asked of the keys.
 */
#define NEMU_FDB_KEY_BROADCAST	GENMASK_ULL(47, 0)
#define NEMU_FDB_KEY_GROUP	BIT_ULL(0)	/* multicast or broadcast */

static inline u64 nemu_fdb_key(const u8 *addr)
{
	return get_unaligned_le32(addr) |
	       (u64)get_unaligned_le16(addr + 4) << 32;
}

static inline void nemu_fdb_addr(u64 key, u8 *addr)
{
	put_unaligned_le32(key, addr);
	put_unaligned_le16(key >> 32, addr + 4);
}

/* Keys out of an Ethernet header: each takes one load, within the header. */
static inline u64 nemu_fdb_dest(const struct ethhdr *eth)
{
	return get_unaligned_le64(eth->h_dest) & NEMU_FDB_KEY_BROADCAST;
}

static inline u64 nemu_fdb_source(const struct ethhdr *eth)
{
	return get_unaligned_le64((const u8 *)eth + ETH_ALEN - 2) >> 16;
}

/* 01:80:c2:00:00:0X: reserved by IEEE 802.1Q, table 8-1 */
static inline bool nemu_fdb_key_is_reserved(u64 key)
{
	return (key & 0xf0ffffffffffULL) == 0xc28001;
}

static inline unsigned int nemu_fdb_key_last(u64 key)
{
	return key >> 40;
}

/*
 * Two rounds of multiply and fold with a secret: a few instructions, and which
 * addresses share a chain can't be told without the seed. Should somebody find
 * out by timing, NEMU_FDB_CHAIN_MAX still bounds the cost of a lookup.
 */
static inline u32 nemu_fdb_hash(const struct nemu_fdb_table *t, u64 key)
{
	u64 h = (key ^ t->seed[0]) * t->seed[1];

	h = (h ^ (h >> 32)) * t->seed[1];
	return h >> t->shift;
}

static inline struct nemu_fdb_entry *
nemu_fdb_find_in(const struct nemu_fdb_table *t, u64 key)
{
	struct nemu_fdb_entry *e;

	hlist_for_each_entry_rcu(e, &t->chains[nemu_fdb_hash(t, key)],
				 node[t->node])
		if (e->key == key)
			return e;
	return NULL;
}

/* Called under rcu_read_lock(). */
static inline struct nemu_fdb_entry *
nemu_fdb_find_rcu(const struct nemu_fdb *fdb, u64 key)
{
	return nemu_fdb_find_in(rcu_dereference(fdb->table), key);
}

/* Called for each frame from a known address: keeps it from ageing. */
static inline void nemu_fdb_heard(struct nemu_fdb_entry *e)
{
	unsigned long now = jiffies;

	if (READ_ONCE(e->heard) != now)
		WRITE_ONCE(e->heard, now);
}

static inline u32 nemu_fdb_table_size(const struct nemu_fdb_table *t)
{
	return 1U << (64 - t->shift);
}

static inline struct nemu_fdb_table *
nemu_fdb_table_locked(const struct nemu_fdb *fdb)
{
	return rcu_dereference_protected(fdb->table,
					 lockdep_is_held(&fdb->lock));
}

static inline struct nemu_port *
nemu_fdb_entry_port(const struct nemu_fdb *fdb,
		    const struct nemu_fdb_entry *e)
{
	return rcu_dereference_protected(e->port, lockdep_is_held(&fdb->lock));
}

/* fdb.c: the table and its entries */
int nemu_fdb_init(struct nemu_fdb *fdb);
void nemu_fdb_stop(struct nemu_switch *sw);
void nemu_fdb_free(struct nemu_fdb *fdb);
int nemu_fdb_grow(struct nemu_fdb *fdb);
u32 nemu_fdb_generation(void);
struct nemu_fdb_entry *nemu_fdb_entry_add(struct nemu_fdb *fdb,
					  struct nemu_port *port, u64 key,
					  unsigned long flags, gfp_t gfp);
void nemu_fdb_entry_change(struct nemu_fdb *fdb, struct nemu_fdb_entry *e,
			   struct nemu_port *port, unsigned long flags);
void nemu_fdb_entry_remove(struct nemu_fdb *fdb, struct nemu_fdb_entry *e);

/* fdb_learn.c: what frames do to it */
bool nemu_fdb_learn(struct nemu_port *port, u64 key);
void nemu_fdb_age_work(struct work_struct *work);

/* fdb_admin.c: what the administrator and the host's own addresses do */
int nemu_fdb_set(struct nemu_port *port, const u8 *addr, unsigned long flags,
		 u16 nlflags, struct netlink_ext_ack *extack);
int nemu_fdb_unset(struct nemu_switch *sw, const struct nemu_port *port,
		   const u8 *addr, struct netlink_ext_ack *extack);
void nemu_fdb_flush_port(struct nemu_port *port, u32 what);
void nemu_fdb_flush(struct nemu_switch *sw, u32 what);
void nemu_fdb_set_ageing(struct nemu_switch *sw, u32 seconds);
int nemu_fdb_own_add(struct nemu_port *port, const u8 *addr);
void nemu_fdb_own_del(struct nemu_port *port, const u8 *addr);
int nemu_fdb_host_add(struct net_device *dev, const u8 *addr);
int nemu_fdb_host_del(struct net_device *dev, const u8 *addr);
int nemu_fdb_host_change(struct nemu_switch *sw, const u8 *to);

/* fdb_netlink.c */
void nemu_fdb_notify(struct nemu_switch *sw, const struct nemu_fdb_entry *e,
		     const struct nemu_port *port, int type);
int nemu_fdb_nl_add(struct ndmsg *ndm, struct nlattr *tb[],
		    struct net_device *dev, const unsigned char *addr,
		    u16 vid, u16 flags, struct netlink_ext_ack *extack);
int nemu_fdb_nl_del(struct ndmsg *ndm, struct nlattr *tb[],
		    struct net_device *dev, const unsigned char *addr,
		    u16 vid, struct netlink_ext_ack *extack);
int nemu_fdb_nl_get(struct sk_buff *skb, struct nlattr *tb[],
		    struct net_device *dev, const unsigned char *addr,
		    u16 vid, u32 portid, u32 seq,
		    struct netlink_ext_ack *extack);
int nemu_fdb_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     struct net_device *dev, struct net_device *filter_dev,
		     int *idx);
NEMU_FDB_BULK_FUNCTION(nemu_fdb_nl_bulk);

#endif /* _NEMU_FDB_H */

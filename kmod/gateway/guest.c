// SPDX-License-Identifier: GPL-2.0
/*
 * Where the guests are: the MAC address of each guest address. Of an address
 * that is leased or reserved, that of its client; of others, as its frames say.
 * A guest can invent addresses, so the table is bounded: a port may have as many
 * as there are free places, so who takes most leaves as many to others. A new one
 * more takes the place of one of this port, in a full table of any port, that was
 * quiet for a while.
 */
#include "gateway.h"

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#define GUEST_QUIET	(60 * HZ)

/**
 * struct nemu_guest - a guest's address; replaced, not changed
 * @chain: in &nemu_guests.chains
 * @node: in &nemu_guests.list, unless @bound
 * @addr: IPv4 address
 * @mac: where it is
 * @port: interface index of the port where it was heard, unless @bound
 * @bound: leased or reserved: no frame changes it, and no other pushes it out
 * @heard: jiffies of its last frame; written by any receiver
 * @rcu: frees it
 */
struct nemu_guest {
	struct hlist_node chain;
	struct list_head node;
	__be32 addr;
	u8 mac[ETH_ALEN];
	u32 port;
	bool bound;
	unsigned long heard;
	struct rcu_head rcu;
};

/**
 * nemu_guests_init() - make an empty table
 * @guests: table
 */
void nemu_guests_init(struct nemu_guests *guests)
{
	INIT_LIST_HEAD(&guests->list);
	spin_lock_init(&guests->lock);
}

static struct hlist_head *chain_of(struct nemu_guests *guests, __be32 addr)
{
	/* The low bits tell the guests of a subnet apart. */
	return &guests->chains[hash_32(ntohl(addr), NEMU_GUEST_BITS)];
}

/* How many addresses a port has; nothing if it is gone, or came anew since. */
static void count_for(struct nemu_gw *gw, const struct nemu_guest *guest, int n)
{
	struct nemu_share *share = xa_load(&gw->shares.by_port, guest->port);

	if (!guest->bound && share && (n > 0 || share->addresses))
		share->addresses += n;
}

static void guest_remove(struct nemu_gw *gw, struct nemu_guest *guest)
{
	struct nemu_guests *guests = &gw->guests;

	count_for(gw, guest, -1);
	hlist_del_rcu(&guest->chain);
	list_del(&guest->node);
	guests->bound -= guest->bound;
	WRITE_ONCE(guests->count, guests->count - 1);
	kfree_rcu(guest, rcu);
}

/**
 * nemu_guests_free() - forget all guests
 * @gw: gateway whose table has no users any more
 */
void nemu_guests_free(struct nemu_gw *gw)
{
	struct nemu_guests *guests = &gw->guests;
	struct nemu_guest *guest;
	struct hlist_node *next;
	int i;

	spin_lock_bh(&guests->lock);
	for (i = 0; i < ARRAY_SIZE(guests->chains); i++)
		hlist_for_each_entry_safe(guest, next, &guests->chains[i],
					  chain)
			guest_remove(gw, guest);
	spin_unlock_bh(&guests->lock);
}

static struct nemu_guest *find(const struct nemu_gw *gw, __be32 addr)
{
	struct nemu_guests *guests = (struct nemu_guests *)&gw->guests;
	struct nemu_guest *guest;

	hlist_for_each_entry_rcu(guest, chain_of(guests, addr), chain,
				 lockdep_is_held(&guests->lock))
		if (guest->addr == addr)
			return guest;
	return NULL;
}

/* Makes room for one more of a port. */
static bool make_room(struct nemu_gw *gw, const struct nemu_share *share)
{
	struct nemu_guests *guests = &gw->guests;
	u32 room = NETEMU_GW_GUESTS_MAX - (guests->count - guests->bound);
	struct nemu_guest *guest, *quiet = NULL;
	int tries = 16;

	if (share->addresses < room)
		return true;
	/* Those at the front that still talk go to the end. */
	list_for_each_entry(guest, &guests->list, node) {
		if ((!room || guest->port == share->port) &&
		    time_after(jiffies, READ_ONCE(guest->heard) + GUEST_QUIET)) {
			quiet = guest;
			break;
		}
		if (!--tries)
			break;
	}
	if (quiet) {
		guest_remove(gw, quiet);
		return true;
	}
	list_rotate_left(&guests->list);
	return false;
}

static void guest_add(struct nemu_gw *gw, struct nemu_guest *guest)
{
	struct nemu_guests *guests = &gw->guests;

	count_for(gw, guest, 1);
	if (guest->bound) {
		INIT_LIST_HEAD(&guest->node);
		guests->bound++;
	} else {
		list_add_tail(&guest->node, &guests->list);
	}
	hlist_add_head_rcu(&guest->chain, chain_of(guests, guest->addr));
	WRITE_ONCE(guests->count, guests->count + 1);
}

static struct nemu_guest *guest_new(__be32 addr, const u8 *mac, u32 port,
				    bool bound)
{
	struct nemu_guest *guest;

	guest = kmalloc(sizeof(*guest), GFP_ATOMIC | __GFP_NOWARN);
	if (!guest)
		return NULL;
	guest->addr = addr;
	guest->port = port;
	guest->bound = bound;
	guest->heard = jiffies;
	ether_addr_copy(guest->mac, mac);
	return guest;
}

static enum netemu_gw_drop heard_locked(struct nemu_gw *gw, __be32 addr,
					const u8 *mac,
					const struct nemu_share *share)
{
	struct nemu_guest *old = find(gw, addr), *guest;

	if (old && old->bound)
		return ether_addr_equal(old->mac, mac) ? NETEMU_GW_DROP_NONE :
							 NETEMU_GW_DROP_FORGED;
	if (!old && !make_room(gw, share))
		return NETEMU_GW_DROP_GUESTS_FULL;
	guest = guest_new(addr, mac, share->port, false);
	if (!guest)
		return NETEMU_GW_DROP_NO_MEMORY;
	if (old)
		guest_remove(gw, old);
	guest_add(gw, guest);
	return NETEMU_GW_DROP_NONE;
}

/**
 * nemu_guest_heard() - a guest used an address
 * @gw: gateway
 * @addr: an address that a guest can have
 * @mac: the frame's source
 * @port: interface index of the port it came in by
 *
 * Context: RCU read side, BH off.
 * Return: %NETEMU_GW_DROP_NONE, or why it may not.
 */
enum netemu_gw_drop nemu_guest_heard(struct nemu_gw *gw, __be32 addr,
				     const u8 *mac, u32 port)
{
	struct nemu_guest *guest = find(gw, addr);
	const struct nemu_share *share;
	unsigned long now = jiffies;
	enum netemu_gw_drop drop;

	if (likely(guest && ether_addr_equal(guest->mac, mac))) {
		if (READ_ONCE(guest->heard) != now)
			WRITE_ONCE(guest->heard, now);
		return NETEMU_GW_DROP_NONE;
	}
	share = nemu_share_get(gw, port);
	if (unlikely(!share))
		return NETEMU_GW_DROP_NO_MEMORY;
	spin_lock(&gw->guests.lock);
	drop = heard_locked(gw, addr, mac, share);
	spin_unlock(&gw->guests.lock);
	return drop;
}

/**
 * nemu_guest_bind() - an address belongs to a guest, whatever others say
 * @gw: gateway
 * @addr: its address
 * @mac: where it is
 *
 * Context: BH off.
 */
void nemu_guest_bind(struct nemu_gw *gw, __be32 addr, const u8 *mac)
{
	struct nemu_guests *guests = &gw->guests;
	struct nemu_guest *guest, *old;

	spin_lock(&guests->lock);
	old = find(gw, addr);
	if (old && old->bound && ether_addr_equal(old->mac, mac))
		goto out;
	guest = guest_new(addr, mac, 0, true);
	if (!guest)
		goto out;
	if (old)
		guest_remove(gw, old);
	guest_add(gw, guest);
out:
	spin_unlock(&guests->lock);
}

/**
 * nemu_guest_unbind() - an address is whose guest says so
 * @gw: gateway
 * @addr: the address
 *
 * Context: BH off.
 */
void nemu_guest_unbind(struct nemu_gw *gw, __be32 addr)
{
	struct nemu_guests *guests = &gw->guests;
	struct nemu_guest *guest;

	spin_lock(&guests->lock);
	guest = find(gw, addr);
	/* Kept, it would count for nobody: whoever has it is heard again. */
	if (guest && guest->bound)
		guest_remove(gw, guest);
	spin_unlock(&guests->lock);
}

/**
 * nemu_guest_find() - where is a guest?
 * @gw: gateway
 * @addr: its address
 * @mac: result
 *
 * Context: RCU read side.
 * Return: false if it was never heard.
 */
bool nemu_guest_find(const struct nemu_gw *gw, __be32 addr, u8 *mac)
{
	const struct nemu_guest *guest = find(gw, addr);

	if (!guest)
		return false;
	ether_addr_copy(mac, guest->mac);
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Where the guests are: the MAC address of each guest address, as its frames
 * say. A guest can invent addresses, so the table is bounded: a new one takes
 * the place of the one not heard for longest, if that was quiet for a while.
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
 * @node: in &nemu_guests.list
 * @addr: IPv4 address
 * @mac: where it is
 * @heard: jiffies of its last frame; written by any receiver
 * @rcu: frees it
 */
struct nemu_guest {
	struct hlist_node chain;
	struct list_head node;
	__be32 addr;
	u8 mac[ETH_ALEN];
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

static void guest_remove(struct nemu_guests *guests, struct nemu_guest *guest)
{
	hlist_del_rcu(&guest->chain);
	list_del(&guest->node);
	WRITE_ONCE(guests->count, guests->count - 1);
	kfree_rcu(guest, rcu);
}

/**
 * nemu_guests_free() - forget all guests
 * @guests: table without users
 */
void nemu_guests_free(struct nemu_guests *guests)
{
	struct nemu_guest *guest, *next;

	spin_lock_bh(&guests->lock);
	list_for_each_entry_safe(guest, next, &guests->list, node)
		guest_remove(guests, guest);
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

/* Makes room in a full table. */
static bool make_room(struct nemu_guests *guests)
{
	struct nemu_guest *guest, *quiet = NULL;
	int tries = 16;

	if (guests->count < NETEMU_GW_GUESTS_MAX)
		return true;
	/* Those at the front that still talk go to the end. */
	list_for_each_entry(guest, &guests->list, node) {
		if (time_after(jiffies, READ_ONCE(guest->heard) + GUEST_QUIET)) {
			quiet = guest;
			break;
		}
		if (!--tries)
			break;
	}
	if (quiet) {
		guest_remove(guests, quiet);
		return true;
	}
	list_rotate_left(&guests->list);
	return false;
}

/**
 * nemu_guest_heard() - a guest used an address
 * @gw: gateway
 * @addr: an address that a guest can have
 * @mac: the frame's source
 *
 * Context: RCU read side, BH off.
 * Return: false if there is no room for it.
 */
bool nemu_guest_heard(struct nemu_gw *gw, __be32 addr, const u8 *mac)
{
	struct nemu_guests *guests = &gw->guests;
	struct nemu_guest *guest = find(gw, addr), *old;
	unsigned long now = jiffies;
	bool done = false;

	if (likely(guest && ether_addr_equal(guest->mac, mac))) {
		if (READ_ONCE(guest->heard) != now)
			WRITE_ONCE(guest->heard, now);
		return true;
	}
	spin_lock(&guests->lock);
	old = find(gw, addr);
	if (old)
		guest_remove(guests, old);
	else if (!make_room(guests))
		goto out;
	guest = kmalloc(sizeof(*guest), GFP_ATOMIC | __GFP_NOWARN);
	if (!guest)
		goto out;
	guest->addr = addr;
	guest->heard = now;
	ether_addr_copy(guest->mac, mac);
	list_add_tail(&guest->node, &guests->list);
	hlist_add_head_rcu(&guest->chain, chain_of(guests, addr));
	WRITE_ONCE(guests->count, guests->count + 1);
	done = true;
out:
	spin_unlock(&guests->lock);
	return done;
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

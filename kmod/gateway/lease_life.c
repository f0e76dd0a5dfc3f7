// SPDX-License-Identifier: GPL-2.0
/*
 * Life of leases: whose they are, how they are picked, and how they end.
 *
 * A guest can make up any number of MAC addresses and client-ids, but it has
 * one port. So what a port may hold is bounded, and a port that wants more
 * loses what it holds itself: first history, then offers that nobody took, then
 * addresses that rest. What is bound stays.
 */
#include "lease.h"

#define OFFER_KEPT	5	/* seconds that a client has to take an offer */

/*
 * A lease that somebody holds belongs to the port of its holder: a client that
 * calls itself by another's name on another port is another client.
 */
static bool may_have(const struct nemu_lease *l,
		     const struct nemu_lease_client *client, u64 now)
{
	if (nemu_lease_is_reserved(l))
		return false;
	return !l->port || l->port == client->port ||
	       l->state == NEMU_LEASE_RELEASED ||
	       l->state == NEMU_LEASE_EXPIRED ||
	       (l->state == NEMU_LEASE_BOUND && l->until <= now);
}

/* Of two leases that a client may have: what it holds, before what it held. */
static struct nemu_lease *better(struct nemu_lease *a, struct nemu_lease *b,
				 u64 now)
{
	if (!a || !b)
		return a ? a : b;
	return !nemu_lease_is_live(a, now) && nemu_lease_is_live(b, now) ? b : a;
}

/**
 * nemu_lease_of_client_dynamic() - find a client's lease, not its reservation
 * @t: table
 * @client: client
 * @now: seconds since boot
 *
 * By client-id, as RFC 2131 section 4.2 wants; by MAC address where one side
 * has no client-id, so that a boot ROM and the system it loads are one client.
 *
 * Return: the lease, or NULL.
 */
struct nemu_lease *nemu_lease_of_client_dynamic(const struct nemu_lease_table *t,
						const struct nemu_lease_client *client,
						u64 now)
{
	struct nemu_lease *l = NULL, *found = NULL;

	while ((l = nemu_lease_walk(t, NEMU_LEASE_CHAIN_ID, client->id,
				    client->id_len, l)))
		if (may_have(l, client, now))
			found = better(found, l, now);
	if (found)
		return found;
	while ((l = nemu_lease_walk(t, NEMU_LEASE_CHAIN_MAC, client->mac,
				    sizeof(client->mac), l)))
		if ((!l->id_len || !client->id_len) && may_have(l, client, now))
			found = better(found, l, now);
	return found;
}

/**
 * nemu_lease_of_client() - find a client's reservation or lease
 * @t: table
 * @client: client
 * @now: seconds since boot
 *
 * Return: its reservation, else its lease, else NULL.
 */
struct nemu_lease *nemu_lease_of_client(const struct nemu_lease_table *t,
					const struct nemu_lease_client *client,
					u64 now)
{
	struct nemu_lease *l = NULL;

	while ((l = nemu_lease_walk(t, NEMU_LEASE_CHAIN_ID, client->id,
				    client->id_len, l)))
		if (l->flags & NEMU_LEASE_BY_ID)
			return l;
	while ((l = nemu_lease_walk(t, NEMU_LEASE_CHAIN_MAC, client->mac,
				    sizeof(client->mac), l)))
		if (l->flags & NEMU_LEASE_BY_MAC)
			return l;
	return nemu_lease_of_client_dynamic(t, client, now);
}

/* ---- picking an address ------------------------------------------------- */

static bool is_offer(const struct nemu_lease *l)
{
	return l->state == NEMU_LEASE_PROBING || l->state == NEMU_LEASE_OFFERED;
}

/*
 * An offer that may be given to another client. Not one that its client has
 * hardly seen: where more clients come at once than a port may have, each would
 * take from the one before, and in the end nobody would have anything.
 */
static bool is_old_offer(const struct nemu_lease *l, u64 now)
{
	return (l->state == NEMU_LEASE_OFFERED && l->since + OFFER_KEPT <= now) ||
	       (l->state == NEMU_LEASE_PROBING && l->until <= now);
}

/*
 * What a port can do without, the oldest of the best kind. The chain has the
 * youngest first; it is as long as port_max lets it become.
 */
static struct nemu_lease *port_victim(const struct nemu_lease_table *t,
				      u32 port, u64 now, u32 *held)
{
	struct nemu_lease *idle = NULL, *offer = NULL, *resting = NULL;
	struct nemu_lease *l = NULL;

	*held = 0;
	while ((l = nemu_lease_walk(t, NEMU_LEASE_CHAIN_PORT, &port,
				    port ? sizeof(port) : 0, l))) {
		if (nemu_lease_is_reserved(l))
			continue;
		++*held;
		if (is_old_offer(l, now))
			offer = l;
		else if (l->state == NEMU_LEASE_DECLINED)
			resting = l;
		else if (l->state != NEMU_LEASE_BOUND && !is_offer(l))
			idle = l;
	}
	return idle ? idle : offer ? offer : resting;
}

/**
 * nemu_lease_make_room() - let a port have one more lease
 * @t: table
 * @port: port, 0 = none, which may have any number
 * @now: seconds since boot
 * @port_max: leases and offers that it may hold, 0 = any number
 *
 * Return: false if all that the port holds is bound or just offered.
 */
bool nemu_lease_make_room(struct nemu_lease_table *t, u32 port, u64 now,
			  u32 port_max)
{
	struct nemu_lease *victim;
	u32 held;

	if (!port_max)
		return true;
	for (;;) {
		victim = port_victim(t, port, now, &held);
		if (held < port_max)
			return true;
		if (!victim)
			return false;
		nemu_lease_put_back(t, victim);
	}
}

static u32 free_address(const struct nemu_lease_table *t, u32 wanted)
{
	unsigned long size = t->end - t->start + 1;
	unsigned long n;

	if (nemu_lease_address_free(t, wanted))
		return wanted;
	n = find_first_zero_bit(t->used, size);
	return n < size ? t->start + n : 0;
}

/* Whose address goes to a new client when none is free. */
static struct nemu_lease *pool_victim(struct nemu_lease_table *t, u32 port,
				      u64 now, bool reuse_resting)
{
	struct nemu_lease *l = nemu_lease_first(t, NEMU_LEASE_QUEUE_IDLE);
	u32 held;

	if (l)
		return l;
	l = nemu_lease_first(t, NEMU_LEASE_QUEUE_RESTING);
	if (l && (reuse_resting || l->until <= now))
		return l;
	l = port_victim(t, port, now, &held);
	return l && is_offer(l) ? l : NULL;
}

/**
 * nemu_lease_pick() - find an address for a client that has none
 * @t: table
 * @client: client
 * @wanted: the address that it would like, or 0
 * @now: seconds since boot
 * @port_max: leases and offers that a port may hold, 0 = any number
 * @reuse_resting: an address that rests may be given if there is no other:
 *	it will be probed
 * @lease: set to the lease, in no state yet
 *
 * Addresses that nobody had go first, the lowest of them; then those whose
 * client is away longest.
 *
 * Return: 0, -EDQUOT if the port holds too many, -ENOSPC if the pool is full.
 */
int nemu_lease_pick(struct nemu_lease_table *t,
		    const struct nemu_lease_client *client, u32 wanted, u64 now,
		    u32 port_max, bool reuse_resting, struct nemu_lease **lease)
{
	struct nemu_lease *victim;
	u32 addr;

	if (!nemu_lease_make_room(t, client->port, now, port_max))
		return -EDQUOT;
	for (;;) {
		addr = free_address(t, wanted);
		if (addr && nemu_lease_first(t, NEMU_LEASE_QUEUE_FREE))
			break;
		victim = pool_victim(t, client->port, now, reuse_resting);
		if (!victim)
			return -ENOSPC;
		nemu_lease_put_back(t, victim);
	}
	*lease = nemu_lease_take(t, addr);
	nemu_lease_set_client(t, *lease, client);
	return 0;
}

/* ---- the end of a lease ------------------------------------------------- */

/**
 * nemu_lease_end() - a client leaves its address, and may come back to it
 * @t: table
 * @l: lease; may be forgotten by this
 * @state: %NEMU_LEASE_RELEASED or %NEMU_LEASE_EXPIRED
 * @now: seconds since boot
 *
 * History is kept for what was bound and is still of the pool or reserved.
 */
void nemu_lease_end(struct nemu_lease_table *t, struct nemu_lease *l,
		    enum nemu_lease_state state, u64 now)
{
	bool known = l->state == NEMU_LEASE_BOUND ||
		     l->flags & NEMU_LEASE_KNOWN;

	if (!known || (!nemu_lease_in_pool(t, l->addr) &&
		       !nemu_lease_is_reserved(l))) {
		nemu_lease_put_back(t, l);
		return;
	}
	l->flags |= NEMU_LEASE_KNOWN;
	nemu_lease_set_state(t, l, state, now, NEMU_LEASE_FOREVER);
}

/**
 * nemu_lease_rest() - somebody uses the address without a lease
 * @t: table
 * @l: lease; may be forgotten by this
 * @port: the port whose share of the table it counts for, 0 = none
 * @now: seconds since boot
 * @until: how long it is given to nobody
 * @port_max: leases that a port may hold, 0 = any number
 */
void nemu_lease_rest(struct nemu_lease_table *t, struct nemu_lease *l, u32 port,
		     u64 now, u64 until, u32 port_max)
{
	u32 addr = l->addr;

	nemu_lease_put_back(t, l);
	if (!l->addr) {
		if (!nemu_lease_in_pool(t, addr))
			return;
		/* Who answers for others pushes out its own leases at most. */
		if (!nemu_lease_make_room(t, port, now, port_max))
			port = 0;
		l = nemu_lease_take(t, addr);
		nemu_lease_set_port(t, l, port);
	}
	nemu_lease_set_state(t, l, NEMU_LEASE_DECLINED, now, until);
}

/**
 * nemu_lease_due() - end what is over
 * @t: table
 * @now: seconds since boot
 * @budget: how many leases to look at; counts down
 *
 * Offers and rests end here. A lease that was bound is returned first: the
 * caller tells of it and calls nemu_lease_end(). It calls until it gets NULL;
 * the next round goes on where this one stopped. What is over counts as
 * expired before its turn comes too.
 *
 * Return: a bound lease that has expired, or NULL.
 */
struct nemu_lease *nemu_lease_due(struct nemu_lease_table *t, u64 now,
				  u32 *budget)
{
	struct nemu_lease *l;

	while (*budget) {
		--*budget;
		l = &t->slots[++t->cursor];
		if (t->cursor == t->capacity)
			t->cursor = 0;
		if (l->until > now)
			continue;
		if (l->state == NEMU_LEASE_BOUND)
			return l;
		if (l->state == NEMU_LEASE_DECLINED)
			nemu_lease_put_back(t, l);
		else
			nemu_lease_end(t, l, NEMU_LEASE_EXPIRED, now);
	}
	return NULL;
}

/**
 * nemu_lease_port_gone() - a port was taken away
 * @t: table
 * @port: port, not 0
 * @now: seconds since boot
 *
 * Its clients keep their addresses, and may show up at any port.
 */
void nemu_lease_port_gone(struct nemu_lease_table *t, u32 port, u64 now)
{
	struct nemu_lease *l;

	while ((l = nemu_lease_walk(t, NEMU_LEASE_CHAIN_PORT, &port,
				    port ? sizeof(port) : 0, NULL))) {
		if (is_offer(l))
			nemu_lease_end(t, l, NEMU_LEASE_EXPIRED, now);
		nemu_lease_set_port(t, l, 0);
	}
}

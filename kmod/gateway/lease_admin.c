// SPDX-License-Identifier: GPL-2.0
/* What the administrator does to leases: reserve, restore, delete, copy. */
#include "lease.h"

static bool is_for(const struct nemu_lease *l, const u8 *mac, const u8 *id,
		   u8 id_len)
{
	if (mac)
		return ether_addr_equal(l->mac, mac);
	return l->id_len == id_len && !memcmp(l->id, id, id_len);
}

static struct nemu_lease *reservation_of(const struct nemu_lease_table *t,
					 const u8 *mac, const u8 *id, u8 id_len)
{
	u8 how = mac ? NEMU_LEASE_BY_MAC : NEMU_LEASE_BY_ID;
	struct nemu_lease *l = NULL;

	do {
		l = nemu_lease_walk(t, mac ? NEMU_LEASE_CHAIN_MAC : NEMU_LEASE_CHAIN_ID,
				    mac ? mac : id, mac ? ETH_ALEN : id_len, l);
	} while (l && !(l->flags & how));
	return l;
}

/* A place for an address that has none: history makes room. */
static struct nemu_lease *place_for(struct nemu_lease_table *t, u32 addr)
{
	struct nemu_lease *idle;

	if (nemu_lease_in_pool(t, addr) && !nemu_lease_address_free(t, addr))
		return NULL;
	idle = nemu_lease_first(t, NEMU_LEASE_QUEUE_IDLE);
	if (!nemu_lease_first(t, NEMU_LEASE_QUEUE_FREE) && idle)
		nemu_lease_put_back(t, idle);
	return nemu_lease_take(t, addr);
}

static void make_reservation(struct nemu_lease_table *t, struct nemu_lease *l,
			     u8 how, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	if (len) {
		len = min_t(size_t, len, NEMU_LEASE_NAME_MAX);
		memcpy(l->name, name, len);
		l->name[len] = '\0';
		how |= NEMU_LEASE_NAMED;
	}
	nemu_lease_set_flags(t, l, l->flags | how);
}

/**
 * nemu_lease_reserve() - keep an address for one client
 * @t: table
 * @addr: address, in the pool or not; the caller checked that it is of the
 *	network and not the network's own
 * @mac: MAC address of the client, or NULL
 * @id: its client-id, where @mac is NULL
 * @id_len: bytes of @id
 * @name: host name the client is told, or NULL
 * @now: seconds since boot
 *
 * Return: 0; -EEXIST if the address or the client has a reservation; -EBUSY if
 * another client has the address bound; -EADDRINUSE if it is barred; -ENOSPC;
 * -EINVAL.
 */
int nemu_lease_reserve(struct nemu_lease_table *t, u32 addr, const u8 *mac,
		       const u8 *id, u8 id_len, const char *name, u64 now)
{
	struct nemu_lease_client client = { .id = id, .id_len = mac ? 0 : id_len };
	u8 how = mac ? NEMU_LEASE_BY_MAC : NEMU_LEASE_BY_ID;
	struct nemu_lease *l = nemu_lease_find(t, addr);

	if (!addr || (mac ? !is_valid_ether_addr(mac) :
			    !id_len || id_len > NEMU_LEASE_ID_MAX))
		return -EINVAL;
	if ((l && l->flags & NEMU_LEASE_RESERVED) ||
	    reservation_of(t, mac, id, id_len))
		return -EEXIST;
	if (l && nemu_lease_is_live(l, now) && is_for(l, mac, id, id_len)) {
		make_reservation(t, l, how, name);
		return 0;
	}
	if (l && nemu_lease_is_live(l, now))
		return -EBUSY;
	if (l)
		nemu_lease_put_back(t, l);
	else if (nemu_lease_in_pool(t, addr) && !nemu_lease_address_free(t, addr))
		return -EADDRINUSE;
	l = place_for(t, addr);
	if (!l)
		return -ENOSPC;
	if (mac)
		memcpy(client.mac, mac, ETH_ALEN);
	nemu_lease_set_client(t, l, &client);
	make_reservation(t, l, how, name);
	return 0;
}

/**
 * nemu_lease_unreserve() - take a reservation back
 * @t: table
 * @addr: address
 * @now: seconds since boot
 *
 * A client that has the address bound keeps it for its time.
 *
 * Return: 0 or -ENOENT.
 */
int nemu_lease_unreserve(struct nemu_lease_table *t, u32 addr, u64 now)
{
	struct nemu_lease *l = nemu_lease_find(t, addr);

	if (!l || !(l->flags & NEMU_LEASE_RESERVED))
		return -ENOENT;
	nemu_lease_set_flags(t, l, l->flags & NEMU_LEASE_KNOWN);
	if (!nemu_lease_is_live(l, now))
		nemu_lease_put_back(t, l);
	return 0;
}

/**
 * nemu_lease_insert() - put a saved lease back
 * @t: table
 * @from: lease; bound, released, expired or declined. Port, keys, name and
 *	times are taken from it, and the flag %NEMU_LEASE_KNOWN.
 * @now: seconds since boot
 *
 * Return: 0; -EADDRINUSE if another client has the address or it is barred;
 * -ENOSPC; -EINVAL.
 */
int nemu_lease_insert(struct nemu_lease_table *t, const struct nemu_lease *from,
		      u64 now)
{
	struct nemu_lease_client client = {
		.port = from->port,
		.id = from->id,
		.id_len = from->id_len,
	};
	struct nemu_lease *l = nemu_lease_find(t, from->addr);

	if (!from->addr || from->id_len > NEMU_LEASE_ID_MAX ||
	    from->state < NEMU_LEASE_BOUND || from->state > NEMU_LEASE_DECLINED ||
	    (from->state != NEMU_LEASE_DECLINED && !is_valid_ether_addr(from->mac)))
		return -EINVAL;
	if (l) {
		if (l->state != NEMU_LEASE_FREE ||
		    (l->flags & NEMU_LEASE_BY_MAC && !is_for(l, from->mac, NULL, 0)) ||
		    (l->flags & NEMU_LEASE_BY_ID && !is_for(l, NULL, from->id, from->id_len)))
			return -EADDRINUSE;
	} else {
		if (nemu_lease_in_pool(t, from->addr) &&
		    !nemu_lease_address_free(t, from->addr))
			return -EADDRINUSE;
		l = place_for(t, from->addr);
		if (!l)
			return -ENOSPC;
	}
	memcpy(client.mac, from->mac, ETH_ALEN);
	nemu_lease_set_client(t, l, &client);
	if (!(l->flags & NEMU_LEASE_NAMED)) {
		memcpy(l->name, from->name, sizeof(l->name));
		l->name[NEMU_LEASE_NAME_MAX] = '\0';
	}
	if (from->state != NEMU_LEASE_DECLINED)
		l->flags |= NEMU_LEASE_KNOWN;
	nemu_lease_set_state(t, l, from->state, now,
			     from->state == NEMU_LEASE_RELEASED ||
			     from->state == NEMU_LEASE_EXPIRED ?
			     NEMU_LEASE_FOREVER : from->until);
	l->since = from->since;
	return 0;
}

/**
 * nemu_lease_delete() - forget a lease; a reservation waits for its client
 * @t: table
 * @addr: address
 *
 * The client is not told: its next renewal fails.
 *
 * Return: 0 or -ENOENT.
 */
int nemu_lease_delete(struct nemu_lease_table *t, u32 addr)
{
	struct nemu_lease *l = nemu_lease_find(t, addr);

	if (!l || l->state == NEMU_LEASE_FREE)
		return -ENOENT;
	nemu_lease_put_back(t, l);
	return 0;
}

/**
 * nemu_lease_table_copy() - move into a table of another pool or size
 * @to: empty table
 * @from: table that goes
 * @now: seconds since boot
 *
 * Reservations and bound leases come along wherever their address is, so that
 * nobody gets an address twice; other history only if it is of the new pool.
 *
 * Return: how many reservations and bound leases found no room.
 */
u32 nemu_lease_table_copy(struct nemu_lease_table *to,
			  struct nemu_lease_table *from, u64 now)
{
	u32 cursor = 0, lost = 0;
	struct nemu_lease *l;
	bool keep;
	int err;

	/* What must not get lost goes first. */
	while ((l = nemu_lease_next(from, &cursor))) {
		err = 0;
		if (l->flags & NEMU_LEASE_RESERVED)
			err = nemu_lease_reserve(to, l->addr,
						 l->flags & NEMU_LEASE_BY_MAC ? l->mac : NULL,
						 l->id, l->id_len,
						 l->flags & NEMU_LEASE_NAMED ? l->name : NULL,
						 now);
		if (!err && nemu_lease_is_live(l, now))
			err = nemu_lease_insert(to, l, now);
		lost += !!err;
	}
	cursor = 0;
	while ((l = nemu_lease_next(from, &cursor))) {
		keep = l->flags & NEMU_LEASE_RESERVED ||
		       nemu_lease_in_pool(to, l->addr);
		if (l->state > NEMU_LEASE_BOUND && keep)
			nemu_lease_insert(to, l, now);
	}
	return lost;
}

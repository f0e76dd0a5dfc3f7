// SPDX-License-Identifier: GPL-2.0
/*
 * Lease table: places, chains and queues.
 *
 * A guest reaches only leases of its own port, whose number is bounded, so it
 * can't make a chain long: a plain hash with a secret is enough here.
 */
#include "lease.h"

static u32 lease_number(const struct nemu_lease_table *t,
			const struct nemu_lease *l)
{
	return l - t->slots;
}

static struct nemu_lease *lease_numbered(const struct nemu_lease_table *t,
					 u32 number)
{
	return number ? &t->slots[number] : NULL;
}

/* ---- memory ------------------------------------------------------------- */

static u32 chains_for(u32 capacity)
{
	u32 chains = 16;

	while (chains < capacity)
		chains *= 2;
	return chains;
}

static size_t used_size(u32 start, u32 end)
{
	return BITS_TO_LONGS(end - start + 1) * sizeof(unsigned long);
}

/**
 * nemu_lease_table_size() - how much memory a table takes
 * @start: first address of the pool
 * @end: last one
 * @capacity: number of leases: those of the pool and reservations besides
 *
 * Return: bytes, or 0 if the table can't be that large.
 */
size_t nemu_lease_table_size(u32 start, u32 end, u32 capacity)
{
	if (!start || end < start || end - start >= NEMU_LEASE_POOL_MAX ||
	    !capacity || capacity > NEMU_LEASE_SLOTS_MAX)
		return 0;
	return ALIGN(sizeof(struct nemu_lease_table), 8) +
	       used_size(start, end) +
	       (capacity + 1) * sizeof(struct nemu_lease) +
	       __NEMU_LEASE_CHAINS * chains_for(capacity) * sizeof(u32);
}

static void queue_add(struct nemu_lease_table *t, struct nemu_lease *l,
		      enum nemu_lease_queue queue)
{
	struct nemu_lease *tail = lease_numbered(t, t->queue[queue].tail);

	l->queue.next = 0;
	l->queue.prev = t->queue[queue].tail;
	if (tail)
		tail->queue.next = lease_number(t, l);
	else
		t->queue[queue].head = lease_number(t, l);
	t->queue[queue].tail = lease_number(t, l);
}

static enum nemu_lease_queue queue_of(const struct nemu_lease *l)
{
	if (!l->addr)
		return NEMU_LEASE_QUEUE_FREE;
	switch (l->state) {
	case NEMU_LEASE_PROBING:
	case NEMU_LEASE_OFFERED:
		return NEMU_LEASE_QUEUE_OFFERS;
	case NEMU_LEASE_BOUND:
		return NEMU_LEASE_QUEUE_BOUND;
	}
	if (nemu_lease_is_reserved(l))
		return NEMU_LEASE_QUEUE_KEPT;
	return l->state == NEMU_LEASE_DECLINED ? NEMU_LEASE_QUEUE_RESTING :
						 NEMU_LEASE_QUEUE_IDLE;
}

static void queue_del(struct nemu_lease_table *t, struct nemu_lease *l)
{
	enum nemu_lease_queue queue = queue_of(l);
	struct nemu_lease *next = lease_numbered(t, l->queue.next);
	struct nemu_lease *prev = lease_numbered(t, l->queue.prev);

	if (prev)
		prev->queue.next = l->queue.next;
	else
		t->queue[queue].head = l->queue.next;
	if (next)
		next->queue.prev = l->queue.prev;
	else
		t->queue[queue].tail = l->queue.prev;
}

/**
 * nemu_lease_table_init() - make an empty table
 * @memory: zeroed, of nemu_lease_table_size() bytes; the caller frees it
 * @start: first address of the pool
 * @end: last one
 * @capacity: number of leases
 * @seed: random number
 *
 * Return: the table.
 */
struct nemu_lease_table *nemu_lease_table_init(void *memory, u32 start, u32 end,
					       u32 capacity, u64 seed)
{
	struct nemu_lease_table *t = memory;
	u32 chains = chains_for(capacity);
	u32 *heads;
	u32 i;

	t->start = start;
	t->end = end;
	t->capacity = capacity;
	t->chain_mask = chains - 1;
	t->seed = seed;
	t->slots = memory + ALIGN(sizeof(*t), 8);
	t->used = (unsigned long *)(t->slots + capacity + 1);
	heads = (u32 *)((u8 *)t->used + used_size(start, end));
	for (i = 0; i < __NEMU_LEASE_CHAINS; i++)
		t->chain[i] = heads + i * chains;
	for (i = 1; i <= capacity; i++) {
		t->slots[i].until = NEMU_LEASE_FOREVER;
		queue_add(t, &t->slots[i], NEMU_LEASE_QUEUE_FREE);
	}
	return t;
}

/* ---- chains ------------------------------------------------------------- */

static u32 hash_bytes(const struct nemu_lease_table *t, const void *key,
		      size_t len)
{
	u64 h = t->seed;
	const u8 *p = key;

	while (len--)
		h = (h ^ *p++) * 0x9e3779b97f4a7c15ULL;
	return (h ^ h >> 32) & t->chain_mask;
}

/* What a lease is found by; without a key (length 0) it is not in the chain. */
static const void *key_of(const struct nemu_lease *l,
			  enum nemu_lease_chain chain, size_t *len)
{
	switch (chain) {
	case NEMU_LEASE_CHAIN_ADDR:
		*len = l->addr ? sizeof(l->addr) : 0;
		return &l->addr;
	case NEMU_LEASE_CHAIN_MAC:
		*len = is_zero_ether_addr(l->mac) ? 0 : sizeof(l->mac);
		return l->mac;
	case NEMU_LEASE_CHAIN_ID:
		*len = l->id_len;
		return l->id;
	default:
		*len = l->port ? sizeof(l->port) : 0;
		return &l->port;
	}
}

static void chains_add(struct nemu_lease_table *t, struct nemu_lease *l)
{
	struct nemu_lease *next;
	const void *key;
	size_t len;
	u32 *head;
	int i;

	for (i = 0; i < __NEMU_LEASE_CHAINS; i++) {
		key = key_of(l, i, &len);
		if (!len)
			continue;
		head = &t->chain[i][hash_bytes(t, key, len)];
		next = lease_numbered(t, *head);
		l->chain[i].next = *head;
		l->chain[i].prev = 0;
		if (next)
			next->chain[i].prev = lease_number(t, l);
		*head = lease_number(t, l);
	}
}

static void chains_del(struct nemu_lease_table *t, struct nemu_lease *l)
{
	struct nemu_lease *next, *prev;
	const void *key;
	size_t len;
	int i;

	for (i = 0; i < __NEMU_LEASE_CHAINS; i++) {
		key = key_of(l, i, &len);
		if (!len)
			continue;
		next = lease_numbered(t, l->chain[i].next);
		prev = lease_numbered(t, l->chain[i].prev);
		if (prev)
			prev->chain[i].next = l->chain[i].next;
		else
			t->chain[i][hash_bytes(t, key, len)] = l->chain[i].next;
		if (next)
			next->chain[i].prev = l->chain[i].prev;
	}
}

/**
 * nemu_lease_walk() - the leases that share a key, the youngest first
 * @t: table
 * @chain: which key
 * @key: its bytes
 * @len: how many; with 0 there is no such lease
 * @after: the lease before, NULL = start
 *
 * Return: the next lease, or NULL.
 */
struct nemu_lease *nemu_lease_walk(const struct nemu_lease_table *t,
				   enum nemu_lease_chain chain,
				   const void *key, size_t len,
				   const struct nemu_lease *after)
{
	struct nemu_lease *l;
	const void *other;
	size_t other_len;

	if (!len)
		return NULL;
	l = lease_numbered(t, after ? after->chain[chain].next :
				      t->chain[chain][hash_bytes(t, key, len)]);
	for (; l; l = lease_numbered(t, l->chain[chain].next)) {
		other = key_of(l, chain, &other_len);
		if (other_len == len && !memcmp(other, key, len))
			break;
	}
	return l;
}

/**
 * nemu_lease_find() - the lease of an address
 * @t: table
 * @addr: address
 *
 * Return: the lease, in whatever state, or NULL.
 */
struct nemu_lease *nemu_lease_find(const struct nemu_lease_table *t, u32 addr)
{
	return nemu_lease_walk(t, NEMU_LEASE_CHAIN_ADDR, &addr,
			       addr ? sizeof(addr) : 0, NULL);
}

/**
 * nemu_lease_first() - the lease that is longest in a queue
 * @t: table
 * @queue: which
 *
 * Return: the lease, or NULL.
 */
struct nemu_lease *nemu_lease_first(struct nemu_lease_table *t,
				    enum nemu_lease_queue queue)
{
	return lease_numbered(t, t->queue[queue].head);
}

/**
 * nemu_lease_next() - all leases and reservations, one by one
 * @t: table
 * @cursor: 0 at first; where to go on
 *
 * The lock may be left between two calls: what stays in the table meanwhile is
 * seen exactly once.
 *
 * Return: the next lease, or NULL after the last.
 */
struct nemu_lease *nemu_lease_next(struct nemu_lease_table *t, u32 *cursor)
{
	struct nemu_lease *l;

	while (*cursor < t->capacity) {
		l = &t->slots[++*cursor];
		if (l->addr)
			return l;
	}
	return NULL;
}

/* ---- places ------------------------------------------------------------- */

static void mark_used(struct nemu_lease_table *t, u32 addr, bool used)
{
	if (!nemu_lease_in_pool(t, addr))
		return;
	if (used)
		__set_bit(addr - t->start, t->used);
	else
		__clear_bit(addr - t->start, t->used);
}

/**
 * nemu_lease_table_bar() - never give this address to anyone
 * @t: table without a lease of it
 * @addr: the network's own; it may lie outside the pool
 */
void nemu_lease_table_bar(struct nemu_lease_table *t, u32 addr)
{
	mark_used(t, addr, true);
}

/**
 * nemu_lease_table_unbar() - an address may be given to clients again
 * @t: table
 * @addr: a barred one
 */
void nemu_lease_table_unbar(struct nemu_lease_table *t, u32 addr)
{
	mark_used(t, addr, nemu_lease_find(t, addr));
}

/**
 * nemu_lease_address_free() - may this address of the pool be given out?
 * @t: table
 * @addr: address
 *
 * Return: true if it is in the pool, not barred, and no lease has it.
 */
bool nemu_lease_address_free(const struct nemu_lease_table *t, u32 addr)
{
	return nemu_lease_in_pool(t, addr) &&
	       !test_bit(addr - t->start, t->used);
}

/**
 * nemu_lease_take() - make a lease, in no state yet and of no client
 * @t: table
 * @addr: address that has no lease and is not barred
 *
 * Return: the lease, or NULL if the table is full.
 */
struct nemu_lease *nemu_lease_take(struct nemu_lease_table *t, u32 addr)
{
	struct nemu_lease *l = nemu_lease_first(t, NEMU_LEASE_QUEUE_FREE);

	if (!l)
		return NULL;
	queue_del(t, l);
	l->addr = addr;
	t->count[NEMU_LEASE_FREE]++;
	mark_used(t, addr, true);
	chains_add(t, l);
	queue_add(t, l, queue_of(l));
	return l;
}

/**
 * nemu_lease_put_back() - forget a lease; a reservation waits for its client
 * @t: table
 * @l: lease
 */
void nemu_lease_put_back(struct nemu_lease_table *t, struct nemu_lease *l)
{
	u8 flags = l->flags & (NEMU_LEASE_RESERVED | NEMU_LEASE_NAMED);

	queue_del(t, l);
	chains_del(t, l);
	t->count[l->state]--;
	l->port = 0;
	l->since = 0;
	l->until = NEMU_LEASE_FOREVER;
	l->state = NEMU_LEASE_FREE;
	l->flags = flags;
	if (!(flags & NEMU_LEASE_BY_MAC))
		memset(l->mac, 0, sizeof(l->mac));
	if (!(flags & NEMU_LEASE_BY_ID))
		l->id_len = 0;
	if (!(flags & NEMU_LEASE_NAMED))
		l->name[0] = '\0';
	if (nemu_lease_is_reserved(l)) {
		t->count[NEMU_LEASE_FREE]++;
		chains_add(t, l);
	} else {
		mark_used(t, l->addr, false);
		l->addr = 0;
	}
	queue_add(t, l, queue_of(l));
}

/**
 * nemu_lease_set_state() - change the state of a lease
 * @t: table
 * @l: lease
 * @state: new state
 * @now: seconds since boot
 * @until: when it ends
 */
void nemu_lease_set_state(struct nemu_lease_table *t, struct nemu_lease *l,
			  enum nemu_lease_state state, u64 now, u64 until)
{
	queue_del(t, l);
	t->count[l->state]--;
	/* A client that renews has its address since it came. */
	if (l->state != state)
		l->since = now;
	l->state = state;
	l->until = until;
	t->count[state]++;
	queue_add(t, l, queue_of(l));
}

/**
 * nemu_lease_set_flags() - say what is special about a lease
 * @t: table
 * @l: lease
 * @flags: NEMU_LEASE_*
 */
void nemu_lease_set_flags(struct nemu_lease_table *t, struct nemu_lease *l,
			  u8 flags)
{
	queue_del(t, l);
	l->flags = flags;
	queue_add(t, l, queue_of(l));
}

/**
 * nemu_lease_set_client() - say whose a lease is
 * @t: table
 * @l: lease
 * @client: client; what a reservation is for stays
 */
void nemu_lease_set_client(struct nemu_lease_table *t, struct nemu_lease *l,
			   const struct nemu_lease_client *client)
{
	chains_del(t, l);
	l->port = client->port;
	if (!(l->flags & NEMU_LEASE_BY_MAC))
		memcpy(l->mac, client->mac, sizeof(l->mac));
	if (!(l->flags & NEMU_LEASE_BY_ID)) {
		l->id_len = client->id_len;
		if (client->id_len)
			memcpy(l->id, client->id, client->id_len);
	}
	chains_add(t, l);
}

/**
 * nemu_lease_set_port() - say where the client of a lease is
 * @t: table
 * @l: lease
 * @port: port, 0 = nowhere
 */
void nemu_lease_set_port(struct nemu_lease_table *t, struct nemu_lease *l,
			 u32 port)
{
	chains_del(t, l);
	l->port = port;
	chains_add(t, l);
}

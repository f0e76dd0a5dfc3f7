/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lease table of a network: who has which address, until when.
 *
 * All of it is one block of memory of fixed size, made by the owner of the
 * network. Places in it are numbered; chains and queues link numbers, 0 is none.
 * Addresses are numbers in host byte order, times are seconds since boot.
 *
 * Context of every function: the network's lock held; none sleeps.
 */
#ifndef _NEMU_LEASE_H
#define _NEMU_LEASE_H

#include "../pure.h"

/* RFC 4361: type and IAID, then the longest DUID of RFC 8415, 2 + 128 bytes */
#define NEMU_LEASE_ID_MAX	135
#define NEMU_LEASE_NAME_MAX	63		/* a label, RFC 1035 section 2.3.4 */
#define NEMU_LEASE_POOL_MAX	65536		/* addresses; a /16 */
#define NEMU_LEASE_SLOTS_MAX	131072
#define NEMU_LEASE_FOREVER	U64_MAX

/**
 * enum nemu_lease_state - what became of an address
 * @NEMU_LEASE_FREE: nobody has it; a reservation that waits for its client
 * @NEMU_LEASE_PROBING: asked for, and nobody knows yet if it is in use
 * @NEMU_LEASE_OFFERED: a client may take it
 * @NEMU_LEASE_BOUND: a client has it
 * @NEMU_LEASE_RELEASED: its client gave it back, and gets it again if it can
 * @NEMU_LEASE_EXPIRED: its client was not heard, and gets it again if it can
 * @NEMU_LEASE_DECLINED: somebody uses it without a lease: it rests
 */
enum nemu_lease_state {
	NEMU_LEASE_FREE,
	NEMU_LEASE_PROBING,
	NEMU_LEASE_OFFERED,
	NEMU_LEASE_BOUND,
	NEMU_LEASE_RELEASED,
	NEMU_LEASE_EXPIRED,
	NEMU_LEASE_DECLINED,
	__NEMU_LEASE_STATE_MAX,
};

#define NEMU_LEASE_KNOWN	BIT(0)	/* its client had it bound before */
#define NEMU_LEASE_BY_MAC	BIT(1)	/* reserved for this MAC address */
#define NEMU_LEASE_BY_ID	BIT(2)	/* reserved for this client-id */
#define NEMU_LEASE_NAMED	BIT(3)	/* the administrator gave the host name */
#define NEMU_LEASE_RESERVED	(NEMU_LEASE_BY_MAC | NEMU_LEASE_BY_ID)

/* Indexes of chains, in nemu_lease.chain and nemu_lease_table.chain. */
enum nemu_lease_chain {
	NEMU_LEASE_CHAIN_ADDR,
	NEMU_LEASE_CHAIN_MAC,
	NEMU_LEASE_CHAIN_ID,
	NEMU_LEASE_CHAIN_PORT,
	__NEMU_LEASE_CHAINS,
};

/* Each lease is in one queue, the longest there at the head. */
enum nemu_lease_queue {
	NEMU_LEASE_QUEUE_FREE,		/* places of the table in no use */
	NEMU_LEASE_QUEUE_OFFERS,
	NEMU_LEASE_QUEUE_BOUND,
	NEMU_LEASE_QUEUE_IDLE,		/* released and expired */
	NEMU_LEASE_QUEUE_RESTING,
	NEMU_LEASE_QUEUE_KEPT,		/* reserved and not in use */
	__NEMU_LEASE_QUEUES,
};

struct nemu_lease_link {
	u32 next;
	u32 prev;
};

/**
 * struct nemu_lease - an address and its client
 * @addr: address, 0 in a place that is in no use
 * @port: port of the client; 0 = gone, or not known since a restore
 * @since: when it came into its state
 * @until: when the state ends, or %NEMU_LEASE_FOREVER
 * @state: &enum nemu_lease_state
 * @flags: NEMU_LEASE_*
 * @mac: the client's MAC address, or zero
 * @id_len: bytes of @id; 0 = the client is known by @mac alone
 * @id: client-id, type byte included
 * @name: host name: of a reservation, or the one the client told; "" = none
 * @queue: private
 * @chain: private
 */
struct nemu_lease {
	u32 addr;
	u32 port;
	u64 since;
	u64 until;
	u8 state;
	u8 flags;
	u8 mac[ETH_ALEN];
	u8 id_len;
	u8 id[NEMU_LEASE_ID_MAX];
	char name[NEMU_LEASE_NAME_MAX + 1];
	struct nemu_lease_link queue;
	struct nemu_lease_link chain[__NEMU_LEASE_CHAINS];
};

/**
 * struct nemu_lease_client - who asks
 * @mac: MAC address
 * @port: where it is, never 0
 * @id: client-id
 * @id_len: bytes of @id, 0 = none
 */
struct nemu_lease_client {
	u8 mac[ETH_ALEN];
	u32 port;
	const u8 *id;
	u8 id_len;
};

/**
 * struct nemu_lease_table - leases of a network
 * @start: first address of the pool
 * @end: last one
 * @capacity: number of leases there is room for
 * @chain_mask: number of chains of an index, less one
 * @seed: secret of the hash
 * @cursor: where the search for what expires goes on
 * @count: leases in each state
 * @queue: first and last of each queue
 * @chain: first of each chain, by index and hash
 * @used: a bit for each address of the pool that can't be given out now
 * @slots: the leases; number 0 is none
 */
struct nemu_lease_table {
	u32 start;
	u32 end;
	u32 capacity;
	u32 chain_mask;
	u64 seed;
	u32 cursor;
	u32 count[__NEMU_LEASE_STATE_MAX];
	struct {
		u32 head;
		u32 tail;
	} queue[__NEMU_LEASE_QUEUES];
	u32 *chain[__NEMU_LEASE_CHAINS];
	unsigned long *used;
	struct nemu_lease *slots;
};

static inline bool nemu_lease_in_pool(const struct nemu_lease_table *t, u32 addr)
{
	return addr >= t->start && addr <= t->end;
}

static inline bool nemu_lease_is_reserved(const struct nemu_lease *l)
{
	return l->flags & NEMU_LEASE_RESERVED;
}

/* Bound, and the time is not over. */
static inline bool nemu_lease_is_live(const struct nemu_lease *l, u64 now)
{
	return l->state == NEMU_LEASE_BOUND && l->until > now;
}

/* lease.c: the table */
size_t nemu_lease_table_size(u32 start, u32 end, u32 capacity);
struct nemu_lease_table *nemu_lease_table_init(void *memory, u32 start, u32 end,
					       u32 capacity, u64 seed);
void nemu_lease_table_bar(struct nemu_lease_table *t, u32 addr);
void nemu_lease_table_unbar(struct nemu_lease_table *t, u32 addr);
struct nemu_lease *nemu_lease_first(struct nemu_lease_table *t,
				    enum nemu_lease_queue queue);
struct nemu_lease *nemu_lease_next(struct nemu_lease_table *t, u32 *cursor);
struct nemu_lease *nemu_lease_walk(const struct nemu_lease_table *t,
				   enum nemu_lease_chain chain,
				   const void *key, size_t len,
				   const struct nemu_lease *after);
struct nemu_lease *nemu_lease_find(const struct nemu_lease_table *t, u32 addr);
bool nemu_lease_address_free(const struct nemu_lease_table *t, u32 addr);
struct nemu_lease *nemu_lease_take(struct nemu_lease_table *t, u32 addr);
void nemu_lease_put_back(struct nemu_lease_table *t, struct nemu_lease *l);
void nemu_lease_set_state(struct nemu_lease_table *t, struct nemu_lease *l,
			  enum nemu_lease_state state, u64 now, u64 until);
void nemu_lease_set_flags(struct nemu_lease_table *t, struct nemu_lease *l,
			  u8 flags);
void nemu_lease_set_client(struct nemu_lease_table *t, struct nemu_lease *l,
			   const struct nemu_lease_client *client);
void nemu_lease_set_port(struct nemu_lease_table *t, struct nemu_lease *l,
			 u32 port);

/* lease_life.c: what happens to leases */
struct nemu_lease *nemu_lease_of_client(const struct nemu_lease_table *t,
					const struct nemu_lease_client *client,
					u64 now);
struct nemu_lease *nemu_lease_of_client_dynamic(const struct nemu_lease_table *t,
						const struct nemu_lease_client *client,
						u64 now);
bool nemu_lease_make_room(struct nemu_lease_table *t, u32 port, u64 now,
			  u32 port_max);
int nemu_lease_pick(struct nemu_lease_table *t,
		    const struct nemu_lease_client *client, u32 wanted, u64 now,
		    u32 port_max, bool reuse_resting, struct nemu_lease **lease);
void nemu_lease_end(struct nemu_lease_table *t, struct nemu_lease *l,
		    enum nemu_lease_state state, u64 now);
void nemu_lease_rest(struct nemu_lease_table *t, struct nemu_lease *l, u32 port,
		     u64 now, u64 until, u32 port_max);
struct nemu_lease *nemu_lease_due(struct nemu_lease_table *t, u64 now,
				  u32 *budget);
void nemu_lease_port_gone(struct nemu_lease_table *t, u32 port, u64 now);

/* lease_admin.c: what the administrator does to leases */
int nemu_lease_reserve(struct nemu_lease_table *t, u32 addr, const u8 *mac,
		       const u8 *id, u8 id_len, const char *name, u64 now);
int nemu_lease_unreserve(struct nemu_lease_table *t, u32 addr, u64 now);
int nemu_lease_insert(struct nemu_lease_table *t, const struct nemu_lease *from,
		      u64 now);
int nemu_lease_delete(struct nemu_lease_table *t, u32 addr);
u32 nemu_lease_table_copy(struct nemu_lease_table *to,
			  struct nemu_lease_table *from, u64 now);

#endif /* _NEMU_LEASE_H */

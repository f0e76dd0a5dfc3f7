// SPDX-License-Identifier: GPL-2.0
/*
 * Messages and the look at a table. Nothing of the engine's parser and builder
 * is used here, so that a mistake in them is not made twice.
 */
#include "packet.h"

/* A message of this type with a MAC address and no options yet; 0 is BOOTP. */
void packet_start(struct packet *p, u8 type, const u8 *mac)
{
	memset(p, 0, sizeof(*p));
	p->data[0] = 1;
	p->data[1] = 1;
	p->data[2] = 6;
	memcpy(p->data + 4, "XID!", 4);
	memcpy(p->data + 28, mac, ETH_ALEN);
	memcpy(p->data + 236, "\x63\x82\x53\x63", 4);
	p->len = 240;
	if (type)
		packet_put(p, 53, &type, 1);
}

void packet_put(struct packet *p, u8 code, const void *data, size_t len)
{
	if (p->len + 2 + len > sizeof(p->data))
		return;
	p->data[p->len++] = code;
	p->data[p->len++] = len;
	if (len)
		memcpy(p->data + p->len, data, len);
	p->len += len;
}

void packet_put_u32(struct packet *p, u8 code, u32 value)
{
	u8 data[4] = { value >> 24, value >> 16, value >> 8, value };

	packet_put(p, code, data, sizeof(data));
}

void packet_end(struct packet *p)
{
	if (p->len < sizeof(p->data))
		p->data[p->len++] = 255;
	if (p->len < 300)
		p->len = 300;
}

struct reader {
	u8 code;
	u8 *value;
	size_t size;
	size_t len;
	bool found;
	u8 overload;
};

/* An area of options has to end by END. */
static bool read_area(struct reader *r, const u8 *p, const u8 *end)
{
	while (p < end && *p != 255) {
		if (!*p) {
			p++;
			continue;
		}
		if (end - p < 2 || end - p - 2 < p[1])
			return false;
		if (*p == 52 && p[1] == 1)
			r->overload = p[2];
		if (*p == r->code) {
			r->found = true;
			if (r->len + p[1] > r->size)
				return false;
			memcpy(r->value + r->len, p + 2, p[1]);
			r->len += p[1];
		}
		p += 2 + p[1];
	}
	return p < end;
}

int packet_option(const u8 *data, size_t len, u8 code, u8 *value, size_t size)
{
	struct reader r = { .code = code, .value = value, .size = size };

	if (len < 240 || memcmp(data + 236, "\x63\x82\x53\x63", 4))
		return -1;
	if (!read_area(&r, data + 240, data + len))
		return -2;
	if (r.overload & 1 && !read_area(&r, data + 108, data + 236))
		return -2;
	if (r.overload & 2 && !read_area(&r, data + 44, data + 108))
		return -2;
	return r.found ? (int)r.len : -1;
}

u32 packet_option_u32(const u8 *data, size_t len, u8 code)
{
	u8 value[4];

	if (packet_option(data, len, code, value, sizeof(value)) != 4)
		return 0;
	return ADDR(value[0], value[1], value[2], value[3]);
}

/* ---- the table ---------------------------------------------------------- */

static const char *queues_error(struct nemu_lease_table *t, u32 *total)
{
	struct nemu_lease *l;
	u32 queue, number, prev;

	for (queue = 0; queue < __NEMU_LEASE_QUEUES; queue++) {
		prev = 0;
		for (number = t->queue[queue].head; number;
		     number = l->queue.next) {
			l = &t->slots[number];
			if (l->queue.prev != prev)
				return "a queue is not linked backwards";
			if (!l->addr != (queue == NEMU_LEASE_QUEUE_FREE))
				return "a place is in the wrong queue";
			prev = number;
			if (++*total > t->capacity)
				return "queues have more leases than the table";
		}
		if (t->queue[queue].tail != prev)
			return "a queue has the wrong end";
	}
	return NULL;
}

static bool is_found(struct nemu_lease_table *t, enum nemu_lease_chain chain,
		     const void *key, size_t len, const struct nemu_lease *wanted)
{
	struct nemu_lease *l = NULL;

	while ((l = nemu_lease_walk(t, chain, key, len, l)))
		if (l == wanted)
			return true;
	return false;
}

static const char *lease_error(struct nemu_lease_table *t, struct nemu_lease *l)
{
	if (nemu_lease_find(t, l->addr) != l)
		return "two leases have one address";
	if (nemu_lease_in_pool(t, l->addr) && nemu_lease_address_free(t, l->addr))
		return "a leased address counts as free";
	if (l->port && !is_found(t, NEMU_LEASE_CHAIN_PORT, &l->port, sizeof(l->port), l))
		return "a lease is not found by its port";
	if (!is_zero_ether_addr(l->mac) &&
	    !is_found(t, NEMU_LEASE_CHAIN_MAC, l->mac, ETH_ALEN, l))
		return "a lease is not found by its MAC address";
	if (l->id_len && !is_found(t, NEMU_LEASE_CHAIN_ID, l->id, l->id_len, l))
		return "a lease is not found by its client-id";
	if (!l->state && !nemu_lease_is_reserved(l))
		return "a lease has no state";
	if (strnlen(l->name, sizeof(l->name)) == sizeof(l->name))
		return "a name has no end";
	return NULL;
}

const char *table_error(struct nemu_lease_table *t)
{
	u32 count[__NEMU_LEASE_STATE_MAX] = { 0 };
	u32 total = 0, used = 0, cursor = 0;
	struct nemu_lease *l;
	const char *error;

	error = queues_error(t, &total);
	if (error)
		return error;
	if (total != t->capacity)
		return "a lease is in no queue";
	while ((l = nemu_lease_next(t, &cursor))) {
		error = lease_error(t, l);
		if (error)
			return error;
		count[l->state]++;
		used++;
	}
	if (used > t->capacity || memcmp(count, t->count, sizeof(count)))
		return "the counts are wrong";
	return NULL;
}

u32 table_held(struct nemu_lease_table *t, u32 port)
{
	struct nemu_lease *l;
	u32 cursor = 0, held = 0;

	while ((l = nemu_lease_next(t, &cursor)))
		held += l->port == port && !nemu_lease_is_reserved(l);
	return held;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the DHCP server: a story of messages, verdicts, time and
 * commands, told by the fuzzer's bytes. After each step the table must be
 * whole, a reply well formed, and no port may hold more than it is allowed.
 */
#include "packet.h"

#include <stdio.h>
#include <stdlib.h>

#define SUBNET		ADDR(10, 0, 2, 0)
#define START		ADDR(10, 0, 2, 15)
#define END		ADDR(10, 0, 2, 40)
#define CAPACITY	32
#define PORTS		4
#define PORT_MAX	6

/* What is left of the fuzzer's bytes; zeros when they are used up. */
struct bytes {
	const u8 *p;
	size_t left;
};

struct story {
	struct nemu_dhcp dhcp;
	struct packet last;	/* the message that asked for a probe */
	u32 last_port;
	u32 probe;
	u64 now;
};

static void fail(const char *what)
{
	fprintf(stderr, "dhcp_fuzz: %s\n", what);
	abort();
}

static u8 take(struct bytes *b)
{
	if (!b->left)
		return 0;
	b->left--;
	return *b->p++;
}

static size_t take_some(struct bytes *b, void *to, size_t len)
{
	len = min_t(size_t, len, b->left);
	memcpy(to, b->p, len);
	b->p += len;
	b->left -= len;
	return len;
}

static void *table(u32 start, u32 end, u32 capacity)
{
	void *memory = calloc(1, nemu_lease_table_size(start, end, capacity));
	struct nemu_lease_table *t;

	if (!memory)
		abort();
	t = nemu_lease_table_init(memory, start, end, capacity, 42);
	nemu_lease_table_bar(t, SUBNET + 20);
	return t;
}

static u32 address(struct bytes *b)
{
	u8 n = take(b);

	return n == 255 ? ADDR(10, 0, 3, 1) : n ? SUBNET + n : 0;
}

static void mac_address(struct bytes *b, u8 *mac)
{
	static const u8 base[ETH_ALEN] = { 0x52, 0x54 };

	memcpy(mac, base, sizeof(base));
	mac[5] = take(b) % 16;
}

/* ---- messages ----------------------------------------------------------- */

static void check_reply(struct story *s, const struct nemu_dhcp_output *out)
{
	static const u8 codes[] = { 1, 52, 53, 54, 55, 61, 119, 121 };
	u8 value[PACKET_MAX];
	size_t i;
	u32 yiaddr = get_unaligned_be32(out->reply + 16);

	if (out->len < NEMU_DHCP_LEN_MIN || out->len > out->size ||
	    out->len > s->dhcp.request.max_len)
		fail("a reply of wrong length");
	for (i = 0; i < sizeof(codes); i++)
		if (packet_option(out->reply, out->len, codes[i], value,
				  sizeof(value)) == -2)
			fail("a reply with broken options");
	if (!yiaddr)
		return;
	if (yiaddr == SUBNET + 2 || yiaddr == SUBNET + 20 ||
	    (yiaddr & 0xffffff00) != SUBNET)
		fail("an address that is not to be given");
	if (!nemu_lease_find(s->dhcp.leases, yiaddr))
		fail("an address without a lease");
}

static void input(struct story *s, const struct packet *p, u32 port)
{
	static u8 reply[NEMU_DHCP_LEN_MAX];
	struct nemu_dhcp_input in = {
		.len = p->len,
		.port = port,
		.now = s->now,
		.src = SUBNET + 30,
	};
	struct nemu_dhcp_output out = { .reply = reply, .size = sizeof(reply) };
	/* Its own allocation, so that a byte too far is seen. */
	u8 *exact = malloc(p->len ? p->len : 1);

	if (!exact)
		abort();
	memcpy(exact, p->data, p->len);
	in.data = exact;
	if (p->len >= 34)
		memcpy(in.mac, p->data + 28, ETH_ALEN);
	nemu_dhcp_input(&s->dhcp, &in, &out);
	free(exact);
	if (out.action == NEMU_DHCP_REPLY)
		check_reply(s, &out);
	if (out.action == NEMU_DHCP_PROBE) {
		s->last = *p;
		s->last_port = port;
		s->probe = out.probe;
	}
	if (out.drop && out.action != NEMU_DHCP_NO_REPLY)
		fail("a drop with an answer");
}

/* Bytes as they come. */
static void raw_message(struct story *s, struct bytes *b)
{
	struct packet p;
	u32 port = take(b) % PORTS + 1;

	p.len = take_some(b, p.data, take(b) * 4 + take(b));
	input(s, &p, port);
}

static void message(struct story *s, struct bytes *b)
{
	u32 port = take(b) % PORTS + 1;
	u8 mac[ETH_ALEN], value[255], what;
	struct packet p;

	mac_address(b, mac);
	what = take(b);
	packet_start(&p, what % 9, mac);
	if (what & 0x10)
		packet_put_u32(&p, 54, SUBNET + 2 + (take(b) & 1));
	if (what & 0x20)
		packet_put_u32(&p, 50, address(b));
	if (what & 0x40)
		put_unaligned_be32(address(b), p.data + 12);
	if (what & 0x80) {
		u8 id[] = { 0, 'c', take(b) % 8 };

		packet_put(&p, 61, id, sizeof(id));
	}
	for (what = take(b) % 8; what; what--) {
		u8 code = take(b);
		size_t len = take_some(b, value, take(b));

		packet_put(&p, code, value, len);
	}
	if (take(b) & 1)	/* what stands in the overload fields */
		take_some(b, p.data + 44, 192);
	packet_end(&p);
	input(s, &p, port);
}

static void verdict(struct story *s, struct bytes *b)
{
	u8 how = take(b);

	if (how & 4)
		s->probe = address(b);
	if (nemu_dhcp_verdict(&s->dhcp, s->probe, how & 1, how % (PORTS + 1), s->now) &&
	    s->last_port)
		input(s, &s->last, s->last_port);
}

/* ---- everything else ---------------------------------------------------- */

static void pass_time(struct story *s, struct bytes *b)
{
	struct nemu_dhcp_event event;
	u32 budget = take(b);

	s->now += take(b) * take(b);
	while (nemu_dhcp_expire(&s->dhcp, s->now, &budget, &event))
		if (!event.addr)
			fail("an expiry without an address");
}

static void reserve(struct story *s, struct bytes *b)
{
	u32 addr = address(b);
	u8 mac[ETH_ALEN], id[] = { 0, 'c', take(b) % 8 };
	bool by_mac = take(b) & 1;

	mac_address(b, mac);
	if (!nemu_dhcp_address_error(&s->dhcp.config, addr) && addr != SUBNET + 20)
		nemu_lease_reserve(s->dhcp.leases, addr, by_mac ? mac : NULL, id,
				   sizeof(id), take(b) & 1 ? "name" : NULL, s->now);
}

static void forget(struct story *s, struct bytes *b)
{
	u8 how = take(b);

	switch (how % 3) {
	case 0:
		nemu_lease_delete(s->dhcp.leases, address(b));
		break;
	case 1:
		nemu_lease_unreserve(s->dhcp.leases, address(b), s->now);
		break;
	default:
		nemu_lease_port_gone(s->dhcp.leases, how % PORTS + 1, s->now);
	}
}

static void restore(struct story *s, struct bytes *b)
{
	struct nemu_lease l = { .addr = address(b) };

	mac_address(b, l.mac);
	l.state = take(b);
	l.id_len = take(b);
	take_some(b, l.id, l.id_len <= sizeof(l.id) ? l.id_len : 0);
	l.until = s->now + take(b);
	if (!nemu_dhcp_address_error(&s->dhcp.config, l.addr) &&
	    l.addr != SUBNET + 20)
		nemu_lease_insert(s->dhcp.leases, &l, s->now);
}

static void move_pool(struct story *s, struct bytes *b)
{
	u32 start = START + take(b) % 8, end = END - take(b) % 8;
	struct nemu_lease_table *old = s->dhcp.leases;

	s->dhcp.leases = table(start, end, CAPACITY - take(b) % 16);
	nemu_lease_table_copy(s->dhcp.leases, old, s->now);
	free(old);
}

static void set_options(struct story *s, struct bytes *b)
{
	struct nemu_dhcp_options *options = &s->dhcp.config.options;
	static const char *const words[] = { "example.net", "a.example.net", "net", ".", "x..y" };
	const char *names[4];
	u8 value[3 * 255];
	size_t i, len;

	switch (take(b) % 4) {
	case 0:
		len = take_some(b, value, take(b) * 3);
		nemu_dhcp_option_set(options, take(b), take(b) & 3 ? value : NULL,
				     len, take(b) & 1);
		break;
	case 1:
		for (i = 0; i < ARRAY_SIZE(names); i++)
			names[i] = words[take(b) % ARRAY_SIZE(words)];
		nemu_dhcp_option_set_search(options, names, take(b) % 5);
		break;
	case 2:
		s->dhcp.config.bootfile[0] = take(b) & 1 ? 'f' : '\0';
		s->dhcp.config.server_name[0] = take(b) & 1 ? 's' : '\0';
		break;
	default:
		s->dhcp.config.flags = take(b);
		s->dhcp.config.lease_time = take(b) ? 60 + take(b) : NEMU_DHCP_INFINITE;
	}
}

static void (*const steps[])(struct story *s, struct bytes *b) = {
	message, message, message, raw_message, verdict, pass_time, reserve,
	forget, restore, move_pool, set_options,
};

/* Who moves in with restored leases or from another port is counted as well. */
static void check_story(struct story *s)
{
	const char *error = table_error(s->dhcp.leases);
	u32 port;

	if (error)
		fail(error);
	for (port = 1; port <= PORTS; port++)
		if (table_held(s->dhcp.leases, port) > PORT_MAX + 1)
			fail("a port holds too many leases");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct bytes b = { data, size };
	static struct story s;

	memset(&s, 0, sizeof(s));
	nemu_dhcp_defaults(&s.dhcp.config);
	s.dhcp.config.subnet = SUBNET;
	s.dhcp.config.mask = 0xffffff00;
	s.dhcp.config.server = SUBNET + 2;
	s.dhcp.config.port_max = PORT_MAX;
	s.dhcp.leases = table(START, END, CAPACITY);
	s.now = 1000;
	while (b.left) {
		steps[take(&b) % ARRAY_SIZE(steps)](&s, &b);
		check_story(&s);
	}
	free(s.dhcp.leases);
	return 0;
}

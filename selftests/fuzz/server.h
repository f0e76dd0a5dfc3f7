/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A DHCP server to test, on the kernel's harness. Network: 10.0.2.0/24, server
 * .2, pool .15 to .18, no probes. Clients sit at port 1 unless said otherwise.
 */
#ifndef _FUZZ_SERVER_H
#define _FUZZ_SERVER_H

#include "packet.h"

#include <stdlib.h>

#include "kselftest_harness.h"

#define NET(host)	ADDR(10, 0, 2, host)
#define ALL		0xffffffff

static const u8 mac_a[ETH_ALEN] __attribute__((unused)) = { 0x52, 0x54, 0, 0, 0, 0xaa };
static const u8 mac_b[ETH_ALEN] __attribute__((unused)) = { 0x52, 0x54, 0, 0, 0, 0xbb };

FIXTURE(server) {
	struct nemu_dhcp *dhcp;
	struct packet p;
	struct nemu_dhcp_input in;
	struct nemu_dhcp_output out;
	u8 reply[NEMU_DHCP_LEN_MAX];
	u64 now;
};

static inline void *make_table(u32 start, u32 end, u32 capacity)
{
	void *memory = calloc(1, nemu_lease_table_size(start, end, capacity));

	return nemu_lease_table_init(memory, start, end, capacity, 0x1234567);
}

FIXTURE_SETUP(server)
{
	struct nemu_dhcp_config *config;

	self->now = 1000;
	self->dhcp = calloc(1, sizeof(*self->dhcp));
	self->dhcp->leases = make_table(NET(15), NET(18), 8);
	config = &self->dhcp->config;
	nemu_dhcp_defaults(config);
	config->subnet = NET(0);
	config->mask = 0xffffff00;
	config->server = NET(2);
	config->lease_time = 3600;
	config->flags = NEMU_DHCP_F_BOOTP;
	ASSERT_EQ(NULL, nemu_dhcp_config_error(config, NET(15), NET(18)));
}

FIXTURE_TEARDOWN(server)
{
	EXPECT_STREQ("", table_error(self->dhcp->leases) ?: "");
	free(self->dhcp->leases);
	free(self->dhcp);
}

/* Ends the message and gives it to the server as from a port. */
static inline enum nemu_dhcp_action send_at(FIXTURE_DATA(server) *s, u32 port)
{
	packet_end(&s->p);
	s->in.data = s->p.data;
	s->in.len = s->p.len;
	memcpy(s->in.mac, s->p.data + 28, ETH_ALEN);
	s->in.port = port;
	s->in.now = s->now;
	memset(s->reply, 0xee, sizeof(s->reply));
	s->out.reply = s->reply;
	s->out.size = sizeof(s->reply);
	nemu_dhcp_input(s->dhcp, &s->in, &s->out);
	return s->out.action;
}

static inline enum nemu_dhcp_action send_it(FIXTURE_DATA(server) *s)
{
	return send_at(s, 1);
}

static inline u32 yiaddr(FIXTURE_DATA(server) *s)
{
	return get_unaligned_be32(s->reply + 16);
}

static inline u32 reply_u32(FIXTURE_DATA(server) *s, u8 code)
{
	return packet_option_u32(s->reply, s->out.len, code);
}

static inline int reply_option(FIXTURE_DATA(server) *s, u8 code, u8 *value)
{
	return packet_option(s->reply, s->out.len, code, value, 1024);
}

/* The answer to a DISCOVER: the address, or 0. */
static inline u32 discover_at(FIXTURE_DATA(server) *s, const u8 *mac, u32 port)
{
	packet_start(&s->p, NEMU_DHCP_DISCOVER, mac);
	return send_at(s, port) == NEMU_DHCP_REPLY ? yiaddr(s) : 0;
}

static inline u32 discover(FIXTURE_DATA(server) *s, const u8 *mac)
{
	return discover_at(s, mac, 1);
}

/* The type of the answer to a REQUEST, 0 = silence. */
static inline u8 select_at(FIXTURE_DATA(server) *s, const u8 *mac, u32 addr, u32 port)
{
	packet_start(&s->p, NEMU_DHCP_REQUEST, mac);
	packet_put_u32(&s->p, 54, NET(2));
	packet_put_u32(&s->p, 50, addr);
	return send_at(s, port) == NEMU_DHCP_REPLY ? s->out.type : 0;
}

static inline u8 reboot(FIXTURE_DATA(server) *s, const u8 *mac, u32 addr)
{
	packet_start(&s->p, NEMU_DHCP_REQUEST, mac);
	packet_put_u32(&s->p, 50, addr);
	return send_it(s) == NEMU_DHCP_REPLY ? s->out.type : 0;
}

static inline u8 renew(FIXTURE_DATA(server) *s, const u8 *mac, u32 addr)
{
	packet_start(&s->p, NEMU_DHCP_REQUEST, mac);
	put_unaligned_be32(addr, s->p.data + 12);
	return send_it(s) == NEMU_DHCP_REPLY ? s->out.type : 0;
}

static inline u32 bound_at(FIXTURE_DATA(server) *s, const u8 *mac, u32 port)
{
	u32 addr = discover_at(s, mac, port);

	return addr && select_at(s, mac, addr, port) == NEMU_DHCP_ACK ? addr : 0;
}

static inline u32 bound(FIXTURE_DATA(server) *s, const u8 *mac)
{
	return bound_at(s, mac, 1);
}

static inline enum nemu_dhcp_drop say(FIXTURE_DATA(server) *s, u8 type, const u8 *mac,
			       u32 addr)
{
	packet_start(&s->p, type, mac);
	packet_put_u32(&s->p, 54, NET(2));
	if (type == NEMU_DHCP_RELEASE)
		put_unaligned_be32(addr, s->p.data + 12);
	else
		packet_put_u32(&s->p, 50, addr);
	send_it(s);
	return s->out.drop;
}

static inline u8 state_of(FIXTURE_DATA(server) *s, u32 addr)
{
	struct nemu_lease *l = nemu_lease_find(s->dhcp->leases, addr);

	return l ? l->state : NEMU_LEASE_FREE;
}

static inline bool has_event(FIXTURE_DATA(server) *s, enum nemu_dhcp_event_type type,
		      u32 addr)
{
	u8 i;

	for (i = 0; i < s->out.event_count; i++)
		if (s->out.events[i].type == type && s->out.events[i].addr == addr)
			return true;
	return false;
}

static inline void expire(FIXTURE_DATA(server) *s, int *expired)
{
	struct nemu_dhcp_event event;
	u32 budget = 8;

	*expired = 0;
	while (nemu_dhcp_expire(s->dhcp, s->now, &budget, &event))
		++*expired;
}

#endif /* _FUZZ_SERVER_H */

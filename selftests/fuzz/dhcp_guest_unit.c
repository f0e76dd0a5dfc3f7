// SPDX-License-Identifier: GPL-2.0
/*
 * The DHCP server of the gateway, rule by rule: who is who, probes, and what one
 * guest can take from the others. Sections are those of RFC 2131.
 */
#include "server.h"

/* ---- section 4.2: who is who -------------------------------------------- */

TEST_F(server, client_id_4_2)
{
	u8 id[255] = "\xff";
	u8 value[1024];

	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 61, "\0one", 4);
	send_it(self);
	EXPECT_EQ(NET(15), yiaddr(self));
	/* RFC 6842 */
	EXPECT_EQ(4, reply_option(self, 61, value));
	EXPECT_EQ(0, memcmp(value, "\0one", 4));
	/* The same MAC address, another client. */
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 61, "\0two", 4);
	send_it(self);
	EXPECT_EQ(NET(16), yiaddr(self));
	/* Another MAC address, the same client. */
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_b);
	packet_put(&self->p, 61, "\0one", 4);
	send_it(self);
	EXPECT_EQ(NET(15), yiaddr(self));
	/* Too long to be kept: by MAC address, and it comes back whole. */
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_b);
	packet_put(&self->p, 61, id, sizeof(id));
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(15), yiaddr(self));
	EXPECT_EQ(255, reply_option(self, 61, value));
	/* RFC 2132 section 9.14: one byte is no client-id. */
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_b);
	packet_put(&self->p, 61, "x", 1);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(-1, reply_option(self, 61, value));
}

TEST_F(server, client_belongs_to_its_port)
{
	EXPECT_EQ(NET(15), bound_at(self, mac_a, 1));
	EXPECT_EQ(NET(16), bound_at(self, mac_a, 2));
	EXPECT_EQ(1, nemu_lease_find(self->dhcp->leases, NET(15))->port);
	packet_start(&self->p, NEMU_DHCP_RELEASE, mac_a);
	packet_put_u32(&self->p, 54, NET(2));
	put_unaligned_be32(NET(15), self->p.data + 12);
	send_at(self, 3);
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, self->out.drop);
	/* When the port is gone its client may be anywhere. */
	nemu_lease_port_gone(self->dhcp->leases, 1, self->now);
	EXPECT_EQ(NET(15), bound_at(self, mac_a, 3));
}

/* Whoever keeps account of bindings hears of each end, whatever came first. */
TEST_F(server, what_is_over_is_told)
{
	EXPECT_EQ(NET(15), bound(self, mac_a));
	self->now += 100000;
	EXPECT_EQ(NET(15), discover_at(self, mac_a, 1));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_EXPIRED, NET(15)));
	EXPECT_EQ(NET(15), bound(self, mac_a));
	/* It is over, and its address is not of the pool any more. */
	self->now += 100000;
	self->dhcp->leases->end = NET(14);
	discover_at(self, mac_a, 1);
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_EXPIRED, NET(15)));
}

TEST_F(server, reservation_wins)
{
	struct nemu_lease_table *t = self->dhcp->leases;
	u8 value[1024];

	bound(self, mac_a);
	EXPECT_EQ(0, nemu_lease_reserve(t, NET(40), mac_a, NULL, 0, "web", 0));
	EXPECT_EQ(0, nemu_lease_reserve(t, NET(16), NULL, (u8 *)"\0id", 3, NULL, 0));
	/* What it has is not renewed, what it gets is the reserved one. */
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_a, NET(15)));
	EXPECT_EQ(NET(40), bound(self, mac_a));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_RELEASED, NET(15)));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_BOUND, NET(40)));
	EXPECT_EQ(NEMU_LEASE_FREE, state_of(self, NET(15)));
	EXPECT_EQ(3, reply_option(self, 12, value));
	EXPECT_EQ(0, memcmp(value, "web", 3));
	/* Nobody else gets it, expired or not. */
	self->now += 100000;
	EXPECT_EQ(NET(15), bound(self, mac_b));
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_b);
	packet_put(&self->p, 61, "\0id", 3);
	send_it(self);
	EXPECT_EQ(NET(16), yiaddr(self));
	/* In use at one port, it is not given to another. */
	EXPECT_EQ(NET(40), bound(self, mac_a));
	EXPECT_EQ(0, discover_at(self, mac_a, 2));
	EXPECT_EQ(NEMU_DHCP_DROP_OTHER_PORT, self->out.drop);
	/* Nor can it be given back from there. */
	packet_start(&self->p, NEMU_DHCP_RELEASE, mac_a);
	packet_put_u32(&self->p, 54, NET(2));
	put_unaligned_be32(NET(40), self->p.data + 12);
	send_at(self, 2);
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, self->out.drop);
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(40)));
}

TEST_F(server, client_tells_its_name)
{
	static const struct {
		const char *said, *kept;
	} rows[] = {
		{ "guest", "guest" }, { "guest.example", "guest" },
		{ "g\33[2J", "g" }, { "", "" }, { "-a_b", "-a" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		discover(self, mac_a);
		packet_start(&self->p, NEMU_DHCP_REQUEST, mac_a);
		packet_put_u32(&self->p, 54, NET(2));
		packet_put_u32(&self->p, 50, NET(15));
		packet_put(&self->p, 12, rows[i].said, strlen(rows[i].said));
		ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
		EXPECT_STREQ(rows[i].kept,
			     nemu_lease_find(self->dhcp->leases, NET(15))->name);
	}
}

/* ---- section 2.2: probes ------------------------------------------------ */

TEST_F(server, probe_before_offer)
{
	struct nemu_dhcp *dhcp = self->dhcp;

	dhcp->config.flags |= NEMU_DHCP_F_PROBE;
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	EXPECT_EQ(NEMU_DHCP_PROBE, send_it(self));
	EXPECT_EQ(NET(15), self->out.probe);
	/* It asks again meanwhile: one probe is enough. */
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
	EXPECT_EQ(NEMU_DHCP_DROP_PROBING, self->out.drop);
	EXPECT_EQ(NEMU_DHCP_NAK, select_at(self, mac_b, NET(15), 1));
	/* Taken: the next one. */
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	EXPECT_TRUE(nemu_dhcp_verdict(dhcp, NET(15), true, 0, self->now));
	EXPECT_EQ(NEMU_DHCP_PROBE, send_it(self));
	EXPECT_EQ(NET(16), self->out.probe);
	EXPECT_EQ(NEMU_LEASE_DECLINED, state_of(self, NET(15)));
	EXPECT_TRUE(nemu_dhcp_verdict(dhcp, NET(16), false, 0, self->now));
	EXPECT_FALSE(nemu_dhcp_verdict(dhcp, NET(16), true, 0, self->now));
	EXPECT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(16), yiaddr(self));
	/* With history it is offered at once. */
	select_at(self, mac_a, NET(16), 1);
	self->now += 10000;
	EXPECT_EQ(NET(16), discover(self, mac_a));
	/* A reservation is never probed. */
	nemu_lease_reserve(dhcp->leases, NET(60), mac_b, NULL, 0, NULL, 0);
	EXPECT_EQ(NET(60), discover(self, mac_b));
}

TEST_F(server, lost_probe)
{
	self->dhcp->config.flags |= NEMU_DHCP_F_PROBE;
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	EXPECT_EQ(NEMU_DHCP_PROBE, send_it(self));
	self->now += 5;
	EXPECT_EQ(NEMU_DHCP_PROBE, send_it(self));
	EXPECT_EQ(NET(15), self->out.probe);
}

TEST_F(server, everything_taken)
{
	int i;

	self->dhcp->config.flags |= NEMU_DHCP_F_PROBE;
	for (i = 0; i < 40; i++) {
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
		ASSERT_EQ(NEMU_DHCP_PROBE, send_it(self));
		nemu_dhcp_verdict(self->dhcp, self->out.probe, true, 0, self->now);
	}
	EXPECT_EQ(4, self->dhcp->leases->count[NEMU_LEASE_DECLINED]);
}

/* ---- one guest against the others --------------------------------------- */

TEST_F(server, port_limit)
{
	u8 mac[] = { 0x52, 0x54, 0, 0, 0, 1 };

	self->dhcp->config.port_max = 2;
	/* Offers push out its own oldest offer, if its client had time to take it. */
	EXPECT_EQ(NET(15), discover(self, mac_b));
	for (mac[5] = 1; mac[5] < 100; mac[5]++) {
		self->now += 3;
		ASSERT_NE(0, discover(self, mac));
	}
	EXPECT_EQ(2, self->dhcp->leases->count[NEMU_LEASE_OFFERED]);
	EXPECT_EQ(2, table_held(self->dhcp->leases, 1));
	/* Another port is not hurt. */
	EXPECT_NE(0, bound_at(self, mac_a, 2));
	/* What is bound stays, and then there is no more. */
	mac[5] = 98;
	EXPECT_NE(0, bound(self, mac));
	mac[5] = 99;
	EXPECT_NE(0, bound(self, mac));
	mac[5] = 100;
	EXPECT_EQ(0, discover(self, mac));
	EXPECT_EQ(NEMU_DHCP_DROP_PORT_FULL, self->out.drop);
}

/* More at once than the port may have: the first ones get what they asked for. */
TEST_F(server, many_at_once)
{
	u8 mac[] = { 0x52, 0x54, 0, 0, 0, 1 };
	u32 probed[3] = { };
	int i;

	self->dhcp->config.port_max = 3;
	self->dhcp->config.flags |= NEMU_DHCP_F_PROBE;
	for (i = 0; i < 5; i++, mac[5]++) {
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac);
		send_it(self);
		EXPECT_EQ(i < 3 ? NEMU_DHCP_DROP_NONE : NEMU_DHCP_DROP_PORT_FULL,
			  self->out.drop);
		if (i < 3)
			probed[i] = self->out.probe;
	}
	self->now++;
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(nemu_dhcp_verdict(self->dhcp, probed[i], false, 0,
					      self->now));
	/* Each of them can take its time, the others too. */
	for (i = 0, mac[5] = 4; i < 2; i++, mac[5]++)
		EXPECT_EQ(0, discover(self, mac));
	for (i = 0, mac[5] = 1; i < 3; i++, mac[5]++)
		EXPECT_NE(0, bound(self, mac));
}

/* Offer, decline, and again: the guest's own share rests, no more. */
TEST_F(server, declines_drain_nothing)
{
	u8 mac[] = { 0x52, 0x54, 0, 0, 0, 1 };
	u32 addr;

	self->dhcp->config.port_max = 2;
	for (; mac[5] < 50; mac[5]++) {
		addr = bound(self, mac);
		ASSERT_NE(0, addr);
		say(self, NEMU_DHCP_DECLINE, mac, addr);
	}
	EXPECT_EQ(2, self->dhcp->leases->count[NEMU_LEASE_DECLINED]);
	EXPECT_NE(0, bound_at(self, mac_a, 2));
}

/* Taking over the history of others is bounded too. */
TEST_F(server, adopted_leases_count)
{
	u8 mac[] = { 0x52, 0x54, 0, 0, 0, 1 };

	for (; mac[5] <= 4; mac[5]++)
		ASSERT_NE(0, bound_at(self, mac, mac[5]));
	for (mac[5] = 1; mac[5] <= 4; mac[5]++)
		nemu_lease_port_gone(self->dhcp->leases, mac[5], self->now);
	self->dhcp->config.port_max = 2;
	for (mac[5] = 1; mac[5] <= 4; mac[5]++)
		bound_at(self, mac, 9);
	EXPECT_EQ(2, table_held(self->dhcp->leases, 9));
	/* By asking alone too. */
	self->now += 100000;
	for (mac[5] = 1; mac[5] <= 4; mac[5]++)
		discover_at(self, mac, 10);
	EXPECT_EQ(2, table_held(self->dhcp->leases, 10));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * The DHCP server of the gateway, rule by rule: messages and their answers.
 * Sections are those of RFC 2131 unless another is named.
 */
#include "server.h"

/* ---- section 3.1: the usual way ----------------------------------------- */

TEST_F(server, lease_3_1)
{
	EXPECT_EQ(NET(15), discover(self, mac_a));
	EXPECT_EQ(NEMU_DHCP_OFFER, self->out.type);
	EXPECT_EQ(NEMU_LEASE_OFFERED, state_of(self, NET(15)));
	EXPECT_EQ(0, self->out.event_count);
	EXPECT_EQ(NEMU_DHCP_ACK, select_at(self, mac_a, NET(15), 1));
	EXPECT_EQ(NET(15), yiaddr(self));
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_BOUND, NET(15)));
	EXPECT_EQ(NET(2), reply_u32(self, 54));
	EXPECT_EQ(3600, reply_u32(self, 51));
	EXPECT_EQ(0xffffff00, reply_u32(self, 1));
}

TEST_F(server, table_1_header_of_replies)
{
	discover(self, mac_a);
	EXPECT_EQ(2, self->reply[0]);
	EXPECT_EQ(0, memcmp(self->reply + 4, "XID!", 4));
	EXPECT_EQ(0, memcmp(self->reply + 28, mac_a, ETH_ALEN));
	EXPECT_EQ(0, get_unaligned_be32(self->reply + 12));
	EXPECT_EQ(300, self->out.len);
	renew(self, mac_a, NET(15));
	EXPECT_EQ(NET(15), get_unaligned_be32(self->reply + 12));
}

TEST_F(server, times_4_4_5)
{
	static const struct {
		u32 lease, t1, t2, wish, got, got_t1, got_t2;
	} rows[] = {
		{ 3600, 0, 0, 0, 3600, 1800, 3150 },
		{ 3600, 600, 1200, 0, 3600, 600, 1200 },
		{ 3600, 0, 1200, 0, 3600, 600, 1200 },
		{ 3600, 600, 1200, 100, 100, 50, 88 },
		{ 3600, 0, 0, 7200, 3600, 1800, 3150 },
		{ 3600, 0, 0, 5, 60, 30, 53 },
		{ NEMU_DHCP_INFINITE, 0, 0, 0, NEMU_DHCP_INFINITE, 0, 0 },
		{ NEMU_DHCP_INFINITE, 0, 0, 3600, 3600, 1800, 3150 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		self->dhcp->config.lease_time = rows[i].lease;
		self->dhcp->config.t1 = rows[i].t1;
		self->dhcp->config.t2 = rows[i].t2;
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
		if (rows[i].wish)
			packet_put_u32(&self->p, 51, rows[i].wish);
		ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
		EXPECT_EQ(rows[i].got, reply_u32(self, 51));
		EXPECT_EQ(rows[i].got_t1, reply_u32(self, 58));
		EXPECT_EQ(rows[i].got_t2, reply_u32(self, 59));
	}
}

TEST_F(server, infinite_lease_3_3)
{
	int expired;

	self->dhcp->config.lease_time = NEMU_DHCP_INFINITE;
	EXPECT_EQ(NET(15), bound(self, mac_a));
	self->now += 1ULL << 40;
	expire(self, &expired);
	EXPECT_EQ(0, expired);
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));
}

TEST_F(server, reply_address_4_1)
{
	static const struct {
		u8 flags;
		u32 dst;
	} rows[] = { { 0, NET(15) }, { 0x80, ALL } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
		self->p.data[10] = rows[i].flags;
		ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
		EXPECT_EQ(rows[i].dst, self->out.dst);
		EXPECT_EQ(rows[i].dst == ALL ? 0xff : 0x52, self->out.dst_mac[0]);
		EXPECT_EQ(rows[i].flags, self->reply[10]);
	}
	bound(self, mac_a);
	/* A client that renews is reached at its address, whatever the flag. */
	packet_start(&self->p, NEMU_DHCP_REQUEST, mac_a);
	put_unaligned_be32(NET(15), self->p.data + 12);
	self->p.data[10] = 0x80;
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(15), self->out.dst);
	/* A refusal goes to all. */
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_a, NET(16)));
	EXPECT_EQ(ALL, self->out.dst);
}

/* ---- section 4.3.1: which address --------------------------------------- */

TEST_F(server, requested_address_4_3_1)
{
	static const struct {
		u32 wish, got;
	} rows[] = {
		{ NET(17), NET(17) },		/* free */
		{ NET(2), NET(15) },		/* the server's */
		{ NET(200), NET(15) },		/* of the network, not of the pool */
		{ ADDR(192, 168, 0, 1), NET(15) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
		packet_put_u32(&self->p, 50, rows[i].wish);
		ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
		EXPECT_EQ(rows[i].got, yiaddr(self));
		nemu_lease_delete(self->dhcp->leases, rows[i].got);
	}
}

TEST_F(server, offer_is_kept_for_its_client)
{
	EXPECT_EQ(NET(15), discover(self, mac_a));
	EXPECT_EQ(NET(16), discover(self, mac_b));
	EXPECT_EQ(NET(15), discover(self, mac_a));
	EXPECT_EQ(2, self->dhcp->leases->count[NEMU_LEASE_OFFERED]);
}

TEST_F(server, offer_ends)
{
	int expired;

	discover(self, mac_a);
	self->now += 60;
	expire(self, &expired);
	EXPECT_EQ(0, expired);
	EXPECT_EQ(NEMU_LEASE_FREE, state_of(self, NET(15)));
	EXPECT_EQ(NET(15), discover(self, mac_b));
}

TEST_F(server, same_address_after_expiry_4_3_1)
{
	int expired;

	bound(self, mac_a);
	self->now += 3600;
	expire(self, &expired);
	EXPECT_EQ(1, expired);
	EXPECT_EQ(NEMU_LEASE_EXPIRED, state_of(self, NET(15)));
	EXPECT_EQ(NET(16), bound(self, mac_b));
	EXPECT_EQ(NET(15), bound(self, mac_a));
}

TEST_F(server, discover_keeps_a_bound_lease)
{
	bound(self, mac_a);
	EXPECT_EQ(NET(15), discover(self, mac_a));
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));
}

TEST_F(server, full_pool)
{
	u8 mac[] = { 0x52, 0x54, 0, 0, 0, 1 };

	for (; mac[5] <= 4; mac[5]++)
		ASSERT_EQ(NET(14 + mac[5]), bound(self, mac));
	EXPECT_EQ(0, discover(self, mac));
	EXPECT_EQ(NEMU_DHCP_DROP_POOL_FULL, self->out.drop);
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_POOL_FULL, 0));
	EXPECT_EQ(0, discover(self, mac));
	EXPECT_EQ(0, self->out.event_count);
	EXPECT_TRUE(self->dhcp->pool_full);
	EXPECT_EQ(2, self->dhcp->drops[NEMU_DHCP_DROP_POOL_FULL]);
	/* Whose client is away longest. */
	mac[5] = 2;
	EXPECT_EQ(NEMU_DHCP_DROP_NONE, say(self, NEMU_DHCP_RELEASE, mac, NET(16)));
	mac[5] = 9;
	EXPECT_EQ(NET(16), bound(self, mac));
	EXPECT_FALSE(self->dhcp->pool_full);
}

/* ---- section 4.3.2: the four kinds of request --------------------------- */

TEST_F(server, selecting_another_server)
{
	discover(self, mac_a);
	packet_start(&self->p, NEMU_DHCP_REQUEST, mac_a);
	packet_put_u32(&self->p, 54, NET(3));
	packet_put_u32(&self->p, 50, NET(15));
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
	EXPECT_EQ(NEMU_DHCP_DROP_OTHER_SERVER, self->out.drop);
	EXPECT_EQ(NEMU_LEASE_FREE, state_of(self, NET(15)));
}

TEST_F(server, selecting_what_was_not_offered)
{
	EXPECT_EQ(NEMU_DHCP_NAK, select_at(self, mac_a, NET(15), 1));
	discover(self, mac_a);
	EXPECT_EQ(NEMU_DHCP_NAK, select_at(self, mac_a, NET(16), 1));
	EXPECT_EQ(NEMU_DHCP_NAK, select_at(self, mac_b, NET(15), 1));
	EXPECT_EQ(0, yiaddr(self));
	/* Table 3: nothing but the type, the server, the client and a message. */
	EXPECT_EQ(0, reply_u32(self, 51));
	EXPECT_EQ(0, reply_u32(self, 1));
	EXPECT_EQ(NET(2), reply_u32(self, 54));
}

TEST_F(server, init_reboot)
{
	EXPECT_EQ(0, reboot(self, mac_a, NET(15)));
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, self->out.drop);
	EXPECT_EQ(NEMU_DHCP_NAK, reboot(self, mac_a, ADDR(10, 0, 3, 15)));
	bound(self, mac_a);
	EXPECT_EQ(NEMU_DHCP_ACK, reboot(self, mac_a, NET(15)));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_RENEWED, NET(15)));
	EXPECT_EQ(NEMU_DHCP_NAK, reboot(self, mac_a, NET(16)));
	self->now += 4000;
	EXPECT_EQ(NEMU_DHCP_ACK, reboot(self, mac_a, NET(15)));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_BOUND, NET(15)));
	/* Another's address, from one of whom there is no record: silence. */
	EXPECT_EQ(0, reboot(self, mac_b, NET(15)));
	self->dhcp->config.flags |= NEMU_DHCP_F_AUTHORITATIVE;
	EXPECT_EQ(NEMU_DHCP_NAK, reboot(self, mac_b, NET(15)));
}

TEST_F(server, renewing_and_rebinding)
{
	bound(self, mac_a);
	self->now += 1800;
	EXPECT_EQ(NEMU_DHCP_ACK, renew(self, mac_a, NET(15)));
	EXPECT_EQ(self->now + 3600, nemu_lease_find(self->dhcp->leases, NET(15))->until);
	EXPECT_EQ(1000, nemu_lease_find(self->dhcp->leases, NET(15))->since);
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_b, NET(15)));
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_b, ADDR(10, 0, 3, 1)));
	EXPECT_EQ(0, renew(self, mac_b, NET(16)));
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, self->out.drop);
	self->dhcp->config.flags |= NEMU_DHCP_F_AUTHORITATIVE;
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_b, NET(16)));
}

TEST_F(server, request_for_nothing)
{
	packet_start(&self->p, NEMU_DHCP_REQUEST, mac_a);
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
	EXPECT_EQ(NEMU_DHCP_DROP_MALFORMED, self->out.drop);
}

/* ---- sections 4.3.3 to 4.3.5 -------------------------------------------- */

TEST_F(server, decline_4_3_3)
{
	int expired;

	bound(self, mac_a);
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, say(self, NEMU_DHCP_DECLINE, mac_b, NET(15)));
	EXPECT_EQ(NEMU_DHCP_DROP_NONE, say(self, NEMU_DHCP_DECLINE, mac_a, NET(15)));
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, self->out.action);
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_DECLINED, NET(15)));
	EXPECT_EQ(NEMU_LEASE_DECLINED, state_of(self, NET(15)));
	EXPECT_EQ(NET(16), discover(self, mac_a));
	self->now += 599;
	expire(self, &expired);
	EXPECT_EQ(NEMU_LEASE_DECLINED, state_of(self, NET(15)));
	self->now++;
	expire(self, &expired);
	EXPECT_EQ(NEMU_LEASE_FREE, state_of(self, NET(15)));
}

TEST_F(server, release_4_3_4)
{
	bound(self, mac_a);
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, say(self, NEMU_DHCP_RELEASE, mac_b, NET(15)));
	EXPECT_EQ(NEMU_DHCP_DROP_NONE, say(self, NEMU_DHCP_RELEASE, mac_a, NET(15)));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_RELEASED, NET(15)));
	EXPECT_EQ(NEMU_LEASE_RELEASED, state_of(self, NET(15)));
	EXPECT_EQ(NEMU_DHCP_DROP_UNKNOWN, say(self, NEMU_DHCP_RELEASE, mac_a, NET(15)));
	EXPECT_EQ(NET(16), bound(self, mac_b));
	EXPECT_EQ(NET(15), bound(self, mac_a));
}

TEST_F(server, server_id_of_decline_and_release)
{
	static const u8 types[] = { NEMU_DHCP_DECLINE, NEMU_DHCP_RELEASE };
	size_t i;

	bound(self, mac_a);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		packet_start(&self->p, types[i], mac_a);
		packet_put_u32(&self->p, 54, NET(3));
		packet_put_u32(&self->p, 50, NET(15));
		put_unaligned_be32(NET(15), self->p.data + 12);
		send_it(self);
		EXPECT_EQ(NEMU_DHCP_DROP_OTHER_SERVER, self->out.drop);
	}
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));
}

/* As systemd-networkd does; to decline takes more. */
TEST_F(server, release_without_server_id)
{
	static const u8 types[] = { NEMU_DHCP_DECLINE, NEMU_DHCP_RELEASE };
	static const u8 drops[] = { NEMU_DHCP_DROP_OTHER_SERVER, NEMU_DHCP_DROP_NONE };
	size_t i;

	bound(self, mac_a);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		packet_start(&self->p, types[i], mac_a);
		packet_put_u32(&self->p, 50, NET(15));
		put_unaligned_be32(NET(15), self->p.data + 12);
		send_it(self);
		EXPECT_EQ(drops[i], self->out.drop);
	}
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_RELEASED, NET(15)));
	EXPECT_EQ(NEMU_LEASE_RELEASED, state_of(self, NET(15)));
}

TEST_F(server, inform_4_3_5)
{
	packet_start(&self->p, NEMU_DHCP_INFORM, mac_a);
	put_unaligned_be32(NET(100), self->p.data + 12);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NEMU_DHCP_ACK, self->out.type);
	EXPECT_EQ(0, yiaddr(self));
	EXPECT_EQ(NET(100), self->out.dst);
	EXPECT_EQ(0, reply_u32(self, 51));
	EXPECT_EQ(0, reply_u32(self, 58));
	EXPECT_EQ(0xffffff00, reply_u32(self, 1));
	EXPECT_EQ(0, self->dhcp->leases->count[NEMU_LEASE_BOUND]);

	packet_start(&self->p, NEMU_DHCP_INFORM, mac_a);
	self->in.src = NET(101);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(101), self->out.dst);

	packet_start(&self->p, NEMU_DHCP_INFORM, mac_a);
	put_unaligned_be32(ADDR(8, 8, 8, 8), self->p.data + 12);
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
}

/* ---- RFC 1534, RFC 951: BOOTP ------------------------------------------- */

TEST_F(server, bootp)
{
	int expired;

	packet_start(&self->p, NEMU_DHCP_BOOTP, mac_a);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(15), yiaddr(self));
	EXPECT_EQ(300, self->out.len);
	EXPECT_EQ(0, reply_u32(self, 54));
	EXPECT_EQ(0, reply_u32(self, 51));
	EXPECT_EQ(0xffffff00, reply_u32(self, 1));
	self->now += 1000000;
	expire(self, &expired);
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));

	/* Without options at all, as in 1985. */
	packet_start(&self->p, NEMU_DHCP_BOOTP, mac_b);
	memset(self->p.data + 236, 0, 4);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(16), yiaddr(self));
	EXPECT_EQ(0, get_unaligned_be32(self->reply + 236));

	self->dhcp->config.flags = 0;
	packet_start(&self->p, NEMU_DHCP_BOOTP, mac_b);
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
	EXPECT_EQ(NEMU_DHCP_DROP_BOOTP, self->out.drop);
	EXPECT_EQ(0, nemu_lease_reserve(self->dhcp->leases, NET(50), mac_b, NULL, 0, NULL, 0));
	EXPECT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(50), yiaddr(self));
}

/* A boot ROM and the system that it loads are one client. */
TEST_F(server, boot_rom)
{
	packet_start(&self->p, NEMU_DHCP_BOOTP, mac_a);
	send_it(self);
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 61, "\1\2\3", 3);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(15), yiaddr(self));
}

TEST_HARNESS_MAIN

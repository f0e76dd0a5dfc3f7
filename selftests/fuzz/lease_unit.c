// SPDX-License-Identifier: GPL-2.0
/* The lease table of the gateway: what the administrator does, and sizes. */
#include "server.h"

#define ID	((const u8 *)"\0id")
#define ID_LEN	3

static struct nemu_lease_client client_at(const u8 *mac, u32 port)
{
	struct nemu_lease_client client = { .port = port };

	memcpy(client.mac, mac, ETH_ALEN);
	return client;
}

TEST(table_sizes)
{
	EXPECT_EQ(0, nemu_lease_table_size(0, 5, 5));
	EXPECT_EQ(0, nemu_lease_table_size(NET(9), NET(8), 5));
	EXPECT_EQ(0, nemu_lease_table_size(NET(9), NET(9), 0));
	EXPECT_EQ(0, nemu_lease_table_size(NET(9), NET(9), NEMU_LEASE_SLOTS_MAX + 1));
	EXPECT_EQ(0, nemu_lease_table_size(1, NEMU_LEASE_POOL_MAX + 1, 5));
	EXPECT_LT(0, nemu_lease_table_size(1, NEMU_LEASE_POOL_MAX, 5));
	EXPECT_LT(0, nemu_lease_table_size(NET(9), NET(9), 1));
}

/* A /16, every address of it */
TEST(large_pool)
{
	struct nemu_lease_table *t = make_table(1, 65536, 65536);
	struct nemu_lease_client client = { .mac = { 2 } };
	struct nemu_lease *l;
	u32 n;

	for (n = 1; n <= 65536; n++) {
		put_unaligned_be32(n, client.mac + 2);
		client.port = n;
		ASSERT_EQ(0, nemu_lease_pick(t, &client, 65537 - n, 0, 16, true, &l));
		nemu_lease_set_state(t, l, NEMU_LEASE_BOUND, 0, NEMU_LEASE_FOREVER);
	}
	EXPECT_EQ(-ENOSPC, nemu_lease_pick(t, &client, 0, 0, 0, true, &l));
	EXPECT_EQ(65536, t->count[NEMU_LEASE_BOUND]);
	EXPECT_STREQ("", table_error(t) ?: "");
	free(t);
}

TEST(barred_address)
{
	struct nemu_lease_table *t = make_table(NET(2), NET(4), 3);
	struct nemu_lease_client client = client_at(mac_a, 1);
	struct nemu_lease saved = { .addr = NET(3), .state = NEMU_LEASE_BOUND };
	struct nemu_lease *l;
	u32 addr;

	nemu_lease_table_bar(t, NET(3));
	nemu_lease_table_bar(t, NET(30));
	memcpy(saved.mac, mac_a, ETH_ALEN);
	EXPECT_EQ(-EADDRINUSE, nemu_lease_insert(t, &saved, 0));
	EXPECT_EQ(-EADDRINUSE, nemu_lease_reserve(t, NET(3), mac_a, NULL, 0, NULL, 0));
	for (addr = NET(2); addr <= NET(4); addr += 2) {
		ASSERT_EQ(0, nemu_lease_pick(t, &client, NET(3), 0, 0, true, &l));
		EXPECT_EQ(addr, l->addr);
		nemu_lease_set_state(t, l, NEMU_LEASE_BOUND, 0, NEMU_LEASE_FOREVER);
	}
	EXPECT_EQ(-ENOSPC, nemu_lease_pick(t, &client, 0, 0, 0, true, &l));
	free(t);
}

TEST_F(server, reserve)
{
	struct nemu_lease_table *t = self->dhcp->leases;
	static const u8 group[ETH_ALEN] = { 1 };

	bound(self, mac_b);
	EXPECT_EQ(-EINVAL, nemu_lease_reserve(t, 0, mac_a, NULL, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, nemu_lease_reserve(t, NET(15), group, NULL, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, nemu_lease_reserve(t, NET(15), NULL, NULL, 0, NULL, 0));
	EXPECT_EQ(-EBUSY, nemu_lease_reserve(t, NET(15), mac_a, NULL, 0, NULL, self->now));
	EXPECT_EQ(0, nemu_lease_reserve(t, NET(16), mac_a, NULL, 0, NULL, self->now));
	EXPECT_EQ(-EEXIST, nemu_lease_reserve(t, NET(16), NULL, ID, ID_LEN, NULL, self->now));
	EXPECT_EQ(-EEXIST, nemu_lease_reserve(t, NET(17), mac_a, NULL, 0, NULL, self->now));
	EXPECT_EQ(0, nemu_lease_reserve(t, NET(17), NULL, ID, ID_LEN, NULL, self->now));
	EXPECT_EQ(-EEXIST, nemu_lease_reserve(t, NET(18), NULL, ID, ID_LEN, NULL, self->now));
	/* For the client that has it, without an interruption. */
	EXPECT_EQ(0, nemu_lease_reserve(t, NET(15), mac_b, NULL, 0, "b", self->now));
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));
	EXPECT_EQ(NEMU_DHCP_ACK, renew(self, mac_b, NET(15)));
}

TEST_F(server, unreserve)
{
	struct nemu_lease_table *t = self->dhcp->leases;

	EXPECT_EQ(-ENOENT, nemu_lease_unreserve(t, NET(16), self->now));
	nemu_lease_reserve(t, NET(16), mac_a, NULL, 0, NULL, self->now);
	nemu_lease_reserve(t, NET(90), mac_b, NULL, 0, NULL, self->now);
	EXPECT_EQ(NET(90), bound(self, mac_b));
	EXPECT_EQ(0, nemu_lease_unreserve(t, NET(16), self->now));
	EXPECT_EQ(NULL, nemu_lease_find(t, NET(16)));
	/* Its client keeps what it has until the end of the lease. */
	EXPECT_EQ(0, nemu_lease_unreserve(t, NET(90), self->now));
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(90)));
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_b, NET(90)));
	EXPECT_EQ(NET(15), bound(self, mac_b));
	EXPECT_EQ(NULL, nemu_lease_find(t, NET(90)));
}

TEST_F(server, delete)
{
	struct nemu_lease_table *t = self->dhcp->leases;

	bound(self, mac_a);
	EXPECT_EQ(0, nemu_lease_delete(t, NET(15)));
	EXPECT_EQ(-ENOENT, nemu_lease_delete(t, NET(15)));
	EXPECT_EQ(0, renew(self, mac_a, NET(15)));
}

/* save, a new table, restore: nobody notices */
TEST_F(server, restore)
{
	struct nemu_lease_table *t = self->dhcp->leases, *other;
	u32 cursor = 0;
	struct nemu_lease *l;

	nemu_lease_reserve(t, NET(16), mac_b, NULL, 0, NULL, self->now);
	bound(self, mac_a);
	bound(self, mac_b);
	say(self, NEMU_DHCP_RELEASE, mac_b, NET(16));
	other = make_table(NET(15), NET(18), 8);
	nemu_lease_reserve(other, NET(16), mac_b, NULL, 0, NULL, self->now);
	while ((l = nemu_lease_next(t, &cursor))) {
		l->port = 0;
		EXPECT_EQ(0, nemu_lease_insert(other, l, self->now));
		EXPECT_EQ(-EADDRINUSE, nemu_lease_insert(other, l, self->now));
	}
	free(t);
	self->dhcp->leases = other;
	EXPECT_EQ(NEMU_DHCP_ACK, renew(self, mac_a, NET(15)));
	EXPECT_TRUE(has_event(self, NEMU_DHCP_EVENT_RENEWED, NET(15)));
	EXPECT_EQ(NEMU_DHCP_ACK, reboot(self, mac_b, NET(16)));
	/* From a client that did not renew since. */
	nemu_lease_port_gone(other, 1, self->now);
	EXPECT_EQ(NEMU_DHCP_DROP_NONE, say(self, NEMU_DHCP_RELEASE, mac_a, NET(15)));
	EXPECT_EQ(NEMU_LEASE_RELEASED, state_of(self, NET(15)));
}

TEST_F(server, restore_refuses)
{
	struct nemu_lease_table *t = self->dhcp->leases;
	struct nemu_lease saved = { .addr = NET(15), .state = NEMU_LEASE_BOUND };

	EXPECT_EQ(-EINVAL, nemu_lease_insert(t, &saved, 0));
	memcpy(saved.mac, mac_a, ETH_ALEN);
	saved.state = NEMU_LEASE_OFFERED;
	EXPECT_EQ(-EINVAL, nemu_lease_insert(t, &saved, 0));
	saved.state = __NEMU_LEASE_STATE_MAX;
	EXPECT_EQ(-EINVAL, nemu_lease_insert(t, &saved, 0));
	saved.state = NEMU_LEASE_BOUND;
	saved.id_len = NEMU_LEASE_ID_MAX + 1;
	EXPECT_EQ(-EINVAL, nemu_lease_insert(t, &saved, 0));
	saved.id_len = 0;
	memset(saved.name, 'x', sizeof(saved.name));
	nemu_lease_reserve(t, NET(15), mac_b, NULL, 0, NULL, 0);
	EXPECT_EQ(-EADDRINUSE, nemu_lease_insert(t, &saved, 0));
	saved.addr = NET(16);
	EXPECT_EQ(0, nemu_lease_insert(t, &saved, 0));
	for (saved.addr = NET(30); saved.addr < NET(36); saved.addr++)
		EXPECT_EQ(0, nemu_lease_insert(t, &saved, 0));
	EXPECT_EQ(-ENOSPC, nemu_lease_insert(t, &saved, 0));
}

TEST_F(server, move_pool)
{
	struct nemu_lease_table *t = self->dhcp->leases;

	nemu_lease_reserve(t, NET(18), mac_b, NULL, 0, "b", self->now);
	bound(self, mac_a);
	self->dhcp->leases = make_table(NET(100), NET(101), 4);
	EXPECT_EQ(0, nemu_lease_table_copy(self->dhcp->leases, t, self->now));
	free(t);
	EXPECT_EQ(NET(18), discover(self, mac_b));
	EXPECT_EQ(NEMU_LEASE_BOUND, state_of(self, NET(15)));
	EXPECT_EQ(NEMU_DHCP_NAK, renew(self, mac_a, NET(15)));
	EXPECT_EQ(NET(100), bound(self, mac_a));
	EXPECT_EQ(NEMU_LEASE_FREE, state_of(self, NET(15)));

	t = self->dhcp->leases;
	self->dhcp->leases = make_table(NET(15), NET(16), 1);
	EXPECT_EQ(1, nemu_lease_table_copy(self->dhcp->leases, t, self->now));
	free(t);
}

TEST_F(server, expiry_in_rounds)
{
	struct nemu_dhcp_event event;
	u8 mac[] = { 0x52, 0x54, 0, 0, 0, 1 };
	int expired = 0, rounds;
	u32 budget;

	for (; mac[5] <= 4; mac[5]++)
		bound(self, mac);
	self->now += 3600;
	for (rounds = 0; rounds < 4; rounds++) {
		budget = 2;
		while (nemu_dhcp_expire(self->dhcp, self->now, &budget, &event)) {
			EXPECT_EQ(NEMU_DHCP_EVENT_EXPIRED, event.type);
			EXPECT_TRUE(event.addr >= NET(15) && event.addr <= NET(18));
			expired++;
		}
	}
	EXPECT_EQ(4, expired);
	EXPECT_EQ(4, self->dhcp->leases->count[NEMU_LEASE_EXPIRED]);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * One switch with 1,024 ports and 100,000 addresses; 256 and 10,000 in the short
 * form.
 *
 * vm: timeout=300 debug=short plain=6.1
 */
#include "test.h"

#include <errno.h>
#include <net/if.h>
#include <linux/if_link.h>

#define STATION(n)	mac(0x100000 + (n))
#define HOST(n)		mac((n) + 1)

FIXTURE(scale) {
	struct lab lab;		/* p0 to p3 are veth, the other ports dummies */
	int last;		/* the youngest dummy */
	unsigned int ports;
	unsigned int entries;
};

static int add_dummies(struct lab *lab, int n)
{
	char name[16];
	int i, index, err;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		err = link_add(&lab->rt, "dummy", name, NO_OPTS);
		if (err)
			return err;
		index = if_nametoindex(name);
		err = link_up(&lab->rt, index, true) ?:
		      port_new(&lab->gn, lab->sw, index, NO_OPTS);
		if (err)
			return err;
	}
	return 0;
}

FIXTURE_SETUP(scale)
{
	char name[16];

	self->ports = lab_short() ? 256 : 1024;
	self->entries = lab_short() ? 10000 : 100000;
	ASSERT_EQ(0, lab_open(&self->lab, 4, NO_OPTS));
	snprintf(name, sizeof(name), "d%d", self->ports - 5);
	ASSERT_EQ(0, add_dummies(&self->lab, self->ports - 4));
	self->last = if_nametoindex(name);
}

FIXTURE_TEARDOWN(scale)
{
	lab_close(&self->lab);
}

static unsigned int to(struct lab *lab, int from, const uint8_t *dst)
{
	return lab_who(lab, lab_tx(lab, from, dst, HOST(from)));
}

static uint64_t sent(struct lab *lab, int index)
{
	struct link_info info;

	return link_get(&lab->rt, index, &info) ? 0 : info.tx_packets;
}

static uint64_t learned(struct lab *lab)
{
	return switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_FDB_LEARNED);
}

/* All entries are learned behind far end 0. */
static void learn_all(struct lab *lab, unsigned int entries)
{
	unsigned int i;

	for (i = 0; i < entries; i++) {
		lab_tx(lab, 0, lab->sw_mac, STATION(i));
		if (i % 64 == 63)
			lab_settle(lab);
	}
	lab_settle(lab);
}

TEST_F_TIMEOUT(scale, many_ports_and_many_addresses, 1500)
{
	const unsigned int ports = self->ports, entries = self->entries;
	struct lab *lab = &self->lab;
	struct fdb fdb = {};
	unsigned int i;
	uint64_t before;

	/* many ports */
	EXPECT_EQ(ports, switch_value(&lab->gn, lab->sw,
				      NETEMU_SWITCH_A_PORTS));
	EXPECT_EQ(0, nl_talk(&lab->gn, nl_genl(&lab->gn, NETEMU_CMD_PORT_GET,
					       NLM_F_DUMP), NULL, NULL));
	EXPECT_EQ(ports, lab->gn.answers);
	before = sent(lab, self->last);
	EXPECT_EQ(AT(1) | AT(2) | AT(3) | AT(LAB_HOST),
		  to(lab, 0, mac_broadcast));
	EXPECT_EQ(before + 1, sent(lab, self->last));
	for (i = 1; i < 4; i++)
		lab_tx(lab, i, lab->sw_mac, HOST(i));
	EXPECT_EQ(AT(3), to(lab, 0, HOST(3)));
	EXPECT_EQ(before + 1, sent(lab, self->last));

	/* many addresses */
	ASSERT_EQ(0, port_set(&lab->gn, lab->p[0],
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 0))));
	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 0))));
	before = learned(lab);
	learn_all(lab, entries);
	EXPECT_EQ(before + entries, learned(lab) +
		  switch_value(&lab->gn, lab->sw,
			       NETEMU_SWITCH_A_LEARN_REFUSED));
	/* Until the table has grown, chains that are full refuse some. */
	EXPECT_TRUE(wait_for(learned(lab) == before + entries ||
			     (learn_all(lab, entries), false)));
	/* A table that grows at that moment interrupts the dump. */
	EXPECT_TRUE(wait_for(!fdb_dump(&lab->rt, lab->sw, &fdb) &&
			     fdb.n == before + entries + 1));
	for (i = 1; i < entries; i += entries / 50)
		EXPECT_TRUE(to(lab, 1, STATION(i)) & AT(0));
	EXPECT_EQ(AT(3), to(lab, 2, HOST(3)));

	/* a port without entries goes beside one with all of them */
	ASSERT_EQ(0, link_del(&lab->rt, self->last));
	EXPECT_EQ(ports - 1, switch_value(&lab->gn, lab->sw,
					  NETEMU_SWITCH_A_PORTS));
	ASSERT_EQ(0, port_del(&lab->gn, lab->p[0]));
	EXPECT_EQ(3, learned(lab));
	EXPECT_EQ(AT(3), to(lab, 2, HOST(3)));
	ASSERT_EQ(0, link_del(&lab->rt, lab->sw));
}

TEST_HARNESS_MAIN

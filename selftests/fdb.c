// SPDX-License-Identifier: GPL-2.0
/*
 * The forwarding database: entries, age, limits, and who is told.
 *
 * vm: timeout=300 debug=short plain=6.1
 */
#include "test.h"

#include <errno.h>
#include <net/if.h>
#include <linux/rtnetlink.h>

#define HOST(n)		mac((n) + 1)
#define STATION(n)	mac(0x10000 + (n))

FIXTURE(fdb) {
	struct lab lab;
	struct nl ear;
};

FIXTURE_SETUP(fdb)
{
	ASSERT_EQ(0, lab_open(&self->lab, 3, NO_OPTS));
	ASSERT_EQ(0, nl_open(&self->ear, NETLINK_ROUTE));
}

FIXTURE_TEARDOWN(fdb)
{
	nl_close(&self->ear);
	lab_close(&self->lab);
}

static int where(struct lab *lab, const uint8_t *m)
{
	return fdb_where(&lab->rt, lab->sw, m);
}

static int add(struct lab *lab, int n, const uint8_t *m)
{
	return fdb_add(&lab->rt, lab->sw, lab->p[n], m, NUD_NOARP,
		       NLM_F_CREATE | NLM_F_EXCL);
}

static unsigned int to(struct lab *lab, int from, const uint8_t *dst)
{
	return lab_who(lab, lab_tx(lab, from, dst, HOST(from)));
}

/* count stations begin to speak behind far end n */
static void speak(struct lab *lab, int n, unsigned int first,
		  unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		lab_tx(lab, n, lab->sw_mac, STATION(first + i));
		if (i % 64 == 63)
			lab_settle(lab);
	}
	lab_settle(lab);
}

static uint64_t learned(struct lab *lab)
{
	return switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_FDB_LEARNED);
}

static int set(struct lab *lab, uint16_t attr, uint32_t value)
{
	return link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
			   OPTS(OPT32(attr, value)));
}

/* ---- what the administrator does ---------------------------------------- */

LAB_TEST(fdb, static_entry_steers)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, add(lab, 1, mac(0x99)));
	EXPECT_EQ(AT(1), to(lab, 0, mac(0x99)));
	EXPECT_EQ(1, fdb_count(&lab->rt, lab->sw, lab->p[1], NUD_NOARP));
	ASSERT_EQ(0, fdb_del(&lab->rt, lab->sw, mac(0x99)));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, mac(0x99)) & ~AT(LAB_HOST));
}

LAB_TEST(fdb, exclusive_add_refuses_a_second)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, add(lab, 1, mac(0x99)));
	EXPECT_EQ(EEXIST, add(lab, 2, mac(0x99)));
	EXPECT_STRNE("", lab->rt.text);
	EXPECT_EQ(lab->p[1], where(lab, mac(0x99)));
}

LAB_TEST(fdb, replace_moves_the_entry)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, add(lab, 1, mac(0x99)));
	EXPECT_EQ(0, fdb_add(&lab->rt, lab->sw, lab->p[2], mac(0x99),
			     NUD_NOARP, NLM_F_CREATE | NLM_F_REPLACE));
	EXPECT_EQ(lab->p[2], where(lab, mac(0x99)));
	EXPECT_EQ(AT(2), to(lab, 0, mac(0x99)));
	EXPECT_EQ(2, switch_value(&lab->gn, lab->sw,
				  NETEMU_SWITCH_A_FDB_STATIC));
}

LAB_TEST(fdb, replace_of_nothing_needs_create)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(ENOENT, fdb_add(&lab->rt, lab->sw, lab->p[1], mac(0x99),
				  NUD_NOARP, NLM_F_REPLACE));
	EXPECT_EQ(0, where(lab, mac(0x99)));
}

LAB_TEST(fdb, static_replaces_learned)
{
	struct lab *lab = &self->lab;

	speak(lab, 0, 0, 1);
	ASSERT_EQ(lab->p[0], where(lab, STATION(0)));
	ASSERT_EQ(0, fdb_add(&lab->rt, lab->sw, lab->p[1], STATION(0),
			     NUD_NOARP, NLM_F_CREATE | NLM_F_REPLACE));
	EXPECT_EQ(lab->p[1], where(lab, STATION(0)));
	EXPECT_EQ(0, learned(lab));
}

LAB_TEST(fdb, static_entry_never_moves)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, add(lab, 1, STATION(0)));
	speak(lab, 0, 0, 1);
	EXPECT_EQ(lab->p[1], where(lab, STATION(0)));
	EXPECT_EQ(0, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_MOVES));
	EXPECT_EQ(AT(1), to(lab, 2, STATION(0)));
}

LAB_TEST(fdb, dynamic_entry_counts_as_learned)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, fdb_add(&lab->rt, lab->sw, lab->p[1], STATION(0),
			     NUD_REACHABLE, NLM_F_CREATE));
	EXPECT_EQ(1, learned(lab));
	speak(lab, 0, 0, 1);
	EXPECT_EQ(lab->p[0], where(lab, STATION(0)));
}

LAB_TEST(fdb, get_finds_one)
{
	struct lab *lab = &self->lab;
	struct fdb_entry e = {};

	ASSERT_EQ(0, add(lab, 1, mac(0x99)));
	ASSERT_EQ(0, fdb_get(&lab->rt, lab->sw, mac(0x99), &e));
	EXPECT_EQ(0, memcmp(e.mac, mac(0x99), 6));
	EXPECT_EQ(lab->sw, e.sw);
	EXPECT_EQ(lab->p[1], e.port);
	EXPECT_EQ(NUD_NOARP, e.state);
	EXPECT_TRUE(e.flags & NTF_SELF);
	EXPECT_EQ(ENOENT, fdb_get(&lab->rt, lab->sw, mac(0x98), &e));
}

LAB_TEST(fdb, delete_of_nothing_is_refused)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(ENOENT, fdb_del(&lab->rt, lab->sw, mac(0x99)));
	EXPECT_STRNE("", lab->rt.text);
}

LAB_TEST(fdb, refuses_what_makes_no_sense)
{
	struct lab *lab = &self->lab;
	uint64_t before = netemu_state(&lab->gn);

	EXPECT_NE(0, add(lab, 1, mac_multicast));
	EXPECT_NE(0, add(lab, 1, mac_broadcast));
	EXPECT_NE(0, add(lab, 1, mac_zero));
	EXPECT_NE(0, fdb_add(&lab->rt, lab->sw, lab->e[1], mac(0x99), NUD_NOARP,
			     NLM_F_CREATE));
	EXPECT_STRNE("", lab->rt.text);
	EXPECT_NE(0, fdb_add(&lab->rt, lab->sw, 0x7ffffff, mac(0x99), NUD_NOARP,
			     NLM_F_CREATE));
	EXPECT_NE(0, fdb_add(&lab->rt, lab->sw, lab->p[1], mac(0x99), NUD_NONE,
			     NLM_F_CREATE));
	EXPECT_EQ(before, netemu_state(&lab->gn));
}

LAB_TEST(fdb, host_entry_by_hand)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, fdb_add(&lab->rt, lab->sw, 0, mac(0x99), NUD_PERMANENT,
			     NLM_F_CREATE));
	EXPECT_EQ(-1, where(lab, mac(0x99)));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, mac(0x99)));
	EXPECT_EQ(0, fdb_del(&lab->rt, lab->sw, mac(0x99)));
}

/* ---- learning and age --------------------------------------------------- */

LAB_TEST(fdb, learned_entry_is_shown)
{
	struct lab *lab = &self->lab;

	speak(lab, 0, 0, 3);
	EXPECT_EQ(3, fdb_count(&lab->rt, lab->sw, lab->p[0], NUD_REACHABLE));
	EXPECT_EQ(3, learned(lab));
	EXPECT_EQ(3, port_value(&lab->gn, lab->p[0], NETEMU_PORT_A_FDB_LEARNED));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[1], NETEMU_PORT_A_FDB_LEARNED));
}

LAB_TEST(fdb, learned_entry_moves_with_its_station)
{
	struct lab *lab = &self->lab;

	speak(lab, 0, 0, 1);
	speak(lab, 1, 0, 1);
	EXPECT_EQ(lab->p[1], where(lab, STATION(0)));
	EXPECT_EQ(AT(1), to(lab, 2, STATION(0)));
	EXPECT_EQ(1, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_MOVES));
	EXPECT_EQ(1, port_value(&lab->gn, lab->p[1], NETEMU_PORT_A_MOVES));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[0], NETEMU_PORT_A_MOVES));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[0], NETEMU_PORT_A_FDB_LEARNED));
}

LAB_TEST(fdb, silent_station_is_forgotten)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_AGEING, 1));
	speak(lab, 0, 0, 5);
	ASSERT_EQ(0, add(lab, 1, mac(0x99)));
	EXPECT_TRUE(wait_for(learned(lab) == 0));
	EXPECT_EQ(0, where(lab, STATION(0)));
	EXPECT_EQ(lab->p[1], where(lab, mac(0x99)));
	EXPECT_EQ(-1, where(lab, lab->sw_mac));
}

LAB_TEST(fdb, shorter_age_holds_for_old_entries)
{
	struct lab *lab = &self->lab;

	speak(lab, 0, 0, 5);
	EXPECT_EQ(5, learned(lab));
	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_AGEING, 1));
	EXPECT_TRUE(wait_for(learned(lab) == 0));
}

/*
 * Station 0 goes on speaking until station 1, which fell silent with it, is
 * forgotten. Returns the longest time in milliseconds that the switch may not
 * have heard it while it was looked for, or UINT64_MAX if a machine that did
 * not pause that long saw it go.
 */
static uint64_t outlive(struct lab *lab, uint64_t pause)
{
	uint64_t last = now_ms(), end = last + 120000, longest = 0, start;
	bool silent_known;
	int port;

	speak(lab, 0, 0, 2);
	do {
		start = now_ms();
		speak(lab, 0, 0, 1);
		silent_known = where(lab, STATION(1)) != 0;
		port = where(lab, STATION(0));
		if (now_ms() - last > longest)
			longest = now_ms() - last;
		if (port != lab->p[0] && longest < pause)
			return UINT64_MAX;
		last = start;
	} while (silent_known && last < end);
	return silent_known ? UINT64_MAX : longest;
}

/*
 * A machine that stands still for a while makes every station silent: such a
 * round says nothing, and the next one gets more time.
 */
LAB_TEST(fdb, speaking_station_stays)
{
	struct lab *lab = &self->lab;
	uint64_t longest, age;

	for (age = 3; age <= 24; age *= 2) {
		ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_AGEING, age));
		longest = outlive(lab, age * 500);
		ASSERT_NE(UINT64_MAX, longest);
		if (longest < age * 500)
			break;
	}
	EXPECT_LT(longest, age * 500);
}

/* Without age the first stations outlive later ones that had one. */
LAB_TEST(fdb, age_zero_keeps_for_ever)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, sh("ip link add sw1 type netemu"));
	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_AGEING, 0));
	speak(lab, 0, 0, 5);
	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH,
				 if_nametoindex("sw1"),
				 OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 1))));
	ASSERT_EQ(0, fdb_add(&lab->rt, if_nametoindex("sw1"), 0, STATION(9),
			     NUD_REACHABLE, NLM_F_CREATE));
	EXPECT_TRUE(wait_for(fdb_where(&lab->rt, if_nametoindex("sw1"),
				       STATION(9)) == 0));
	EXPECT_EQ(5, learned(lab));
}

/* ---- limits ------------------------------------------------------------- */

LAB_TEST(fdb, port_limit)
{
	struct lab *lab = &self->lab;
	int p0 = lab->p[0];

	ASSERT_EQ(0, port_set(&lab->gn, p0,
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 10))));
	speak(lab, 0, 0, 30);
	EXPECT_EQ(10, port_value(&lab->gn, p0, NETEMU_PORT_A_FDB_LEARNED));
	EXPECT_EQ(20, port_value(&lab->gn, p0, NETEMU_PORT_A_LEARN_REFUSED));
	EXPECT_EQ(20, switch_value(&lab->gn, lab->sw,
				   NETEMU_SWITCH_A_LEARN_REFUSED));
	speak(lab, 1, 100, 30);
	EXPECT_EQ(30, port_value(&lab->gn, lab->p[1],
				 NETEMU_PORT_A_FDB_LEARNED));
	/* Not learned is not dropped. */
	EXPECT_EQ(AT(1) | AT(2) | AT(LAB_HOST),
		  lab_who(lab, lab_tx(lab, 0, mac_broadcast, STATION(29))));
}

LAB_TEST(fdb, zero_is_no_port_limit)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, port_set(&lab->gn, lab->p[0],
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 0))));
	speak(lab, 0, 0, NETEMU_FDB_PORT_LIMIT_DEFAULT + 100);
	EXPECT_EQ(NETEMU_FDB_PORT_LIMIT_DEFAULT + 100, learned(lab));
}

LAB_TEST(fdb, default_port_limit)
{
	struct lab *lab = &self->lab;

	speak(lab, 0, 0, NETEMU_FDB_PORT_LIMIT_DEFAULT + 100);
	EXPECT_EQ(NETEMU_FDB_PORT_LIMIT_DEFAULT, learned(lab));
	EXPECT_EQ(100, switch_value(&lab->gn, lab->sw,
				    NETEMU_SWITCH_A_LEARN_REFUSED));
}

/* A guest that fills the switch doesn't lock out one that comes later. */
LAB_TEST(fdb, full_switch_keeps_a_reserve_for_quiet_ports)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_FDB_LIMIT, 100));
	speak(lab, 0, 0, 150);
	EXPECT_EQ(100, learned(lab));
	EXPECT_EQ(50, port_value(&lab->gn, lab->p[0],
				 NETEMU_PORT_A_LEARN_REFUSED));
	speak(lab, 1, 1000, 50);
	EXPECT_EQ(NETEMU_FDB_PORT_RESERVE,
		  port_value(&lab->gn, lab->p[1], NETEMU_PORT_A_FDB_LEARNED));
	EXPECT_EQ(lab->p[1], where(lab, STATION(1000)));
	EXPECT_EQ(50 - NETEMU_FDB_PORT_RESERVE,
		  port_value(&lab->gn, lab->p[1], NETEMU_PORT_A_LEARN_REFUSED));
	EXPECT_EQ(100, port_value(&lab->gn, lab->p[0],
				  NETEMU_PORT_A_FDB_LEARNED));
}

LAB_TEST(fdb, limit_counts_what_is_learned_now)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, port_set(&lab->gn, lab->p[0],
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 10))));
	speak(lab, 0, 0, 20);
	ASSERT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, -1));
	speak(lab, 0, 50, 5);
	EXPECT_EQ(5, learned(lab));
	EXPECT_EQ(lab->p[0], where(lab, STATION(50)));
}

LAB_TEST(fdb, static_entries_are_not_limited)
{
	struct lab *lab = &self->lab;
	int i;

	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_FDB_LIMIT, 1));
	for (i = 0; i < 50; i++)
		EXPECT_EQ(0, add(lab, 0, STATION(i)));
	EXPECT_EQ(51, switch_value(&lab->gn, lab->sw,
				   NETEMU_SWITCH_A_FDB_STATIC));
}

/* ---- flush -------------------------------------------------------------- */

static void fill(struct lab *lab)
{
	int n, i;

	for (n = 0; n < 3; n++) {
		speak(lab, n, 100 * n, 5);
		for (i = 0; i < 4; i++)
			add(lab, n, STATION(1000 + 100 * n + i));
	}
}

/* learned and static entries, the host's own not counted */
static uint64_t both(struct lab *lab)
{
	return learned(lab) << 32 |
	       (switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_FDB_STATIC) - 1);
}

#define BOTH(l, s)	((uint64_t)(l) << 32 | (s))

LAB_TEST(fdb, flush_says_what_goes)
{
	struct lab *lab = &self->lab;

	fill(lab);
	EXPECT_EQ(BOTH(15, 12), both(lab));
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, lab->p[0], -1));
	EXPECT_EQ(BOTH(10, 12), both(lab));
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, lab->p[1],
			       NETEMU_FLUSH_STATIC));
	EXPECT_EQ(BOTH(10, 8), both(lab));
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, lab->p[2], NETEMU_FLUSH_ALL));
	EXPECT_EQ(BOTH(5, 4), both(lab));
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, NETEMU_FLUSH_LEARNED));
	EXPECT_EQ(BOTH(0, 4), both(lab));
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, NETEMU_FLUSH_STATIC));
	EXPECT_EQ(BOTH(0, 0), both(lab));
	EXPECT_EQ(-1, where(lab, lab->sw_mac));
}

LAB_TEST(fdb, flush_none_means_learned)
{
	struct lab *lab = &self->lab;

	fill(lab);
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, 0));
	EXPECT_EQ(BOTH(0, 12), both(lab));
}

LAB_TEST(fdb, flush_all)
{
	struct lab *lab = &self->lab;

	fill(lab);
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, NETEMU_FLUSH_ALL));
	EXPECT_EQ(BOTH(0, 0), both(lab));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, STATION(101)) & ~AT(LAB_HOST));
}

LAB_TEST(fdb, port_takes_its_entries_along)
{
	struct lab *lab = &self->lab;

	fill(lab);
	ASSERT_EQ(0, port_del(&lab->gn, lab->p[0]));
	EXPECT_EQ(BOTH(10, 8), both(lab));
	ASSERT_EQ(0, link_del(&lab->rt, lab->p[1]));
	EXPECT_EQ(BOTH(5, 4), both(lab));
}

/* ---- who is told -------------------------------------------------------- */

struct expect {
	uint16_t type;
	struct fdb_entry e;
};

static int match(const struct nlmsghdr *nlh, void *data)
{
	struct expect *x = data;
	struct fdb_entry e;

	if (!fdb_read(nlh, &e) || nlh->nlmsg_type != x->type)
		return 1;
	return memcmp(e.mac, x->e.mac, 6) || e.port != x->e.port ||
	       e.state != x->e.state || e.sw != x->e.sw;
}

static int told(struct nl *ear, struct lab *lab, uint16_t type,
		const uint8_t *m, int port, uint16_t state)
{
	struct expect x = {
		.type = type,
		.e = { .sw = lab->sw, .port = port, .state = state },
	};

	memcpy(x.e.mac, m, 6);
	return nl_wait(ear, match, &x);
}

LAB_TEST(fdb, listeners_hear_of_every_change)
{
	struct lab *lab = &self->lab;
	struct nl *ear = &self->ear;

	ASSERT_EQ(0, nl_join(ear, RTNLGRP_NEIGH));
	speak(lab, 0, 0, 1);
	EXPECT_EQ(0, told(ear, lab, RTM_NEWNEIGH, STATION(0), lab->p[0],
			  NUD_REACHABLE));
	speak(lab, 1, 0, 1);
	EXPECT_EQ(0, told(ear, lab, RTM_NEWNEIGH, STATION(0), lab->p[1],
			  NUD_REACHABLE));
	ASSERT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, -1));
	EXPECT_EQ(0, told(ear, lab, RTM_DELNEIGH, STATION(0), lab->p[1],
			  NUD_REACHABLE));
	ASSERT_EQ(0, add(lab, 2, mac(0x99)));
	EXPECT_EQ(0, told(ear, lab, RTM_NEWNEIGH, mac(0x99), lab->p[2],
			  NUD_NOARP));
	ASSERT_EQ(0, fdb_del(&lab->rt, lab->sw, mac(0x99)));
	EXPECT_EQ(0, told(ear, lab, RTM_DELNEIGH, mac(0x99), lab->p[2],
			  NUD_NOARP));
	ASSERT_EQ(0, link_mac(&lab->rt, lab->sw, mac(0x4242)));
	EXPECT_EQ(0, told(ear, lab, RTM_NEWNEIGH, mac(0x4242), 0,
			  NUD_PERMANENT));
}

LAB_TEST(fdb, listeners_hear_of_ageing)
{
	struct lab *lab = &self->lab;
	struct nl *ear = &self->ear;

	ASSERT_EQ(0, nl_join(ear, RTNLGRP_NEIGH));
	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_AGEING, 1));
	speak(lab, 0, 0, 1);
	EXPECT_EQ(0, told(ear, lab, RTM_NEWNEIGH, STATION(0), lab->p[0],
			  NUD_REACHABLE));
	EXPECT_EQ(0, told(ear, lab, RTM_DELNEIGH, STATION(0), lab->p[0],
			  NUD_STALE));
}

/* ---- many --------------------------------------------------------------- */

/* Stations with random addresses, the same ones each time, speak. */
static void speak_random(struct lab *lab, unsigned int count, uint8_t *probe)
{
	struct frame f = { .dst = lab->sw_mac };
	unsigned int i, seed = 4711;
	uint8_t m[6];

	for (i = 0; i < count; i++) {
		uint64_t r = (uint64_t)rand_r(&seed) << 31 | rand_r(&seed);

		memcpy(m, &r, 6);
		m[0] = (m[0] & 0xfe) | 0x02;
		if (i == count / 2)
			memcpy(probe, m, 6);
		f.src = m;
		lab_send(lab, lab->e[0], &f);
		if (i % 64 == 63)
			lab_settle(lab);
	}
	lab_settle(lab);
}

LAB_TEST(fdb, many_random_stations)
{
	struct lab *lab = &self->lab;
	unsigned int count = lab_short() ? 4000 : 20000;
	struct fdb fdb = {};
	uint8_t probe[6];

	ASSERT_EQ(0, set(lab, NETEMU_SWITCH_A_AGEING, 0));
	ASSERT_EQ(0, port_set(&lab->gn, lab->p[0],
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 0))));
	speak_random(lab, count, probe);
	EXPECT_EQ(count, learned(lab) +
		  switch_value(&lab->gn, lab->sw,
			       NETEMU_SWITCH_A_LEARN_REFUSED));
	/* Until the table has grown, chains that are full refuse some. */
	EXPECT_TRUE(wait_for((speak_random(lab, count, probe),
			      learned(lab) == count)));
	/* A table that grows at that moment interrupts the dump. */
	EXPECT_TRUE(wait_for(!fdb_dump(&lab->rt, lab->sw, &fdb) &&
			     fdb.n == count + 1));
	EXPECT_EQ(lab->p[0], where(lab, probe));
	EXPECT_EQ(AT(0), to(lab, 1, probe));
	ASSERT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, -1));
	EXPECT_EQ(0, learned(lab));
}

TEST_HARNESS_MAIN

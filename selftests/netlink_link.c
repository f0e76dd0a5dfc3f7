// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink: the blocks INFO_DATA of a switch and INFO_SLAVE_DATA of a port,
 * and bridge link. A block is taken as a whole or not at all.
 *
 * vm: timeout=180
 */
#include "test.h"
#include "refuse.h"

#include <errno.h>
#include <net/if.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>

FIXTURE(link) {
	struct lab lab;
	struct nl probe;
};

FIXTURE_SETUP(link)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
}

FIXTURE_TEARDOWN(link)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

#define EXPECT_REFUSED(what, nlh, ...)					\
do {									\
	struct refusal want_ = { __VA_ARGS__ };				\
	const char *why_ = refused(&self->lab.rt, &self->probe, nlh,	\
				   want_);				\
									\
	if (why_)							\
		TH_LOG("%s: %s", what, why_);				\
	EXPECT_EQ(NULL, why_);						\
} while (0)

/* ---- defaults ----------------------------------------------------------- */

LAB_TEST(link, defaults_of_a_switch)
{
	struct lab *lab = &self->lab;
	struct switch_info sw;

	ASSERT_EQ(0, switch_get(&lab->gn, lab->sw, &sw));
	EXPECT_EQ(lab->sw, sw.index);
	EXPECT_STREQ("sw0", sw.name);
	EXPECT_EQ(NETEMU_MODE_SWITCH, sw.v[NETEMU_SWITCH_A_MODE]);
	EXPECT_EQ(300, sw.v[NETEMU_SWITCH_A_AGEING]);
	EXPECT_EQ(1, sw.v[NETEMU_SWITCH_A_HOST_PORT]);
	EXPECT_EQ(1, sw.v[NETEMU_SWITCH_A_RESERVED_MASK]);
	EXPECT_EQ(NETEMU_FDB_LIMIT_DEFAULT, sw.v[NETEMU_SWITCH_A_FDB_LIMIT]);
	EXPECT_EQ(50, sw.v[NETEMU_SWITCH_A_LOOP_RATE]);
	EXPECT_EQ(10, sw.v[NETEMU_SWITCH_A_LOOP_HOLD]);
	EXPECT_EQ(1, sw.v[NETEMU_SWITCH_A_PORTS]);
	EXPECT_EQ(0, sw.v[NETEMU_SWITCH_A_FDB_LEARNED]);
	EXPECT_EQ(1, sw.v[NETEMU_SWITCH_A_FDB_STATIC]);
	EXPECT_EQ(0, sw.v[NETEMU_SWITCH_A_MOVES]);
	EXPECT_EQ(0, sw.v[NETEMU_SWITCH_A_LEARN_REFUSED]);
	EXPECT_EQ(0, sw.v[NETEMU_SWITCH_A_EVENTS_LOST]);
	EXPECT_EQ(1, sw.defaults[NETEMU_PORT_A_LEARNING]);
	EXPECT_EQ(0, sw.defaults[NETEMU_PORT_A_ISOLATED]);
	EXPECT_EQ(NETEMU_FDB_PORT_LIMIT_DEFAULT,
		  sw.defaults[NETEMU_PORT_A_FDB_LIMIT]);
}

LAB_TEST(link, defaults_of_a_port)
{
	struct lab *lab = &self->lab;
	struct port_info p;

	ASSERT_EQ(0, port_get(&lab->gn, lab->p[0], &p));
	EXPECT_EQ(lab->p[0], p.index);
	EXPECT_EQ(lab->sw, p.master);
	EXPECT_STREQ("p0", p.name);
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_LEARNING]);
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_FLOOD]);
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_MCAST_FLOOD]);
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_BCAST_FLOOD]);
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_ISOLATED]);
	EXPECT_EQ(NETEMU_FDB_PORT_LIMIT_DEFAULT, p.v[NETEMU_PORT_A_FDB_LIMIT]);
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_STORM_BCAST]);
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_STORM_MCAST]);
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_STORM_UNKNOWN]);
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, p.v[NETEMU_PORT_A_STATE]);
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_FDB_LEARNED]);
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_LOOP_BLOCKS]);
}

/* ---- INFO_DATA ---------------------------------------------------------- */

static const struct opt all_options[] = {
	OPT8(NETEMU_SWITCH_A_MODE, NETEMU_MODE_HUB),
	OPT32(NETEMU_SWITCH_A_AGEING, NETEMU_AGEING_MAX),
	OPT8(NETEMU_SWITCH_A_HOST_PORT, 0),
	OPT16(NETEMU_SWITCH_A_RESERVED_MASK, 0xfffd),
	OPT32(NETEMU_SWITCH_A_FDB_LIMIT, NETEMU_FDB_LIMIT_MAX),
	OPT32(NETEMU_SWITCH_A_LOOP_RATE, NETEMU_LOOP_RATE_MAX),
	OPT32(NETEMU_SWITCH_A_LOOP_HOLD, NETEMU_LOOP_HOLD_MAX),
	{ 0 }
};

static void check_all(struct __test_metadata *_metadata, struct nl *gn,
		      const char *name)
{
	const struct opt *o;
	struct switch_info sw;

	ASSERT_EQ(0, switch_get(gn, if_nametoindex(name), &sw));
	for (o = all_options; o->type; o++)
		EXPECT_EQ(o->value, sw.v[o->type]);
}

LAB_TEST(link, options_when_made_and_when_changed)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw1",
			      all_options));
	check_all(_metadata, &lab->gn, "sw1");
	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 all_options));
	check_all(_metadata, &lab->gn, "sw0");
}

LAB_TEST(link, smallest_values)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 0),
				      OPT16(NETEMU_SWITCH_A_RESERVED_MASK, 0),
				      OPT32(NETEMU_SWITCH_A_FDB_LIMIT, 1),
				      OPT32(NETEMU_SWITCH_A_LOOP_RATE, 0),
				      OPT32(NETEMU_SWITCH_A_LOOP_HOLD, 1))));
}

LAB_TEST(link, last_of_two_wins)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 5),
				      OPT32(NETEMU_SWITCH_A_AGEING, 7))));
	EXPECT_EQ(7, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_AGEING));
}

static const struct {
	const char *what;
	struct opt opt;
	int err, other;
} bad_options[] = {
	{ "mode 2", OPT8(NETEMU_SWITCH_A_MODE, 2), ERANGE },
	{ "mode 255", OPT8(NETEMU_SWITCH_A_MODE, 255), ERANGE },
	{ "ageing too large",
	  OPT32(NETEMU_SWITCH_A_AGEING, NETEMU_AGEING_MAX + 1), ERANGE },
	{ "ageing -1", OPT32(NETEMU_SWITCH_A_AGEING, UINT32_MAX), ERANGE },
	{ "host_port 2", OPT8(NETEMU_SWITCH_A_HOST_PORT, 2), ERANGE },
	{ "reserved_mask with PAUSE",
	  OPT16(NETEMU_SWITCH_A_RESERVED_MASK, 0xffff), ERANGE, EINVAL },
	{ "fdb_limit 0", OPT32(NETEMU_SWITCH_A_FDB_LIMIT, 0), ERANGE },
	{ "fdb_limit too large",
	  OPT32(NETEMU_SWITCH_A_FDB_LIMIT, NETEMU_FDB_LIMIT_MAX + 1), ERANGE },
	{ "loop_rate too large",
	  OPT32(NETEMU_SWITCH_A_LOOP_RATE, NETEMU_LOOP_RATE_MAX + 1), ERANGE },
	{ "loop_hold 0", OPT32(NETEMU_SWITCH_A_LOOP_HOLD, 0), ERANGE },
	{ "loop_hold too large",
	  OPT32(NETEMU_SWITCH_A_LOOP_HOLD, NETEMU_LOOP_HOLD_MAX + 1), ERANGE },
	{ "mode of no bytes", { NETEMU_SWITCH_A_MODE, 0, 0 }, EINVAL, ERANGE },
	{ "ageing of 1 byte", OPT8(NETEMU_SWITCH_A_AGEING, 1), EINVAL, ERANGE },
	{ "ageing of 2 bytes", OPT16(NETEMU_SWITCH_A_AGEING, 1), EINVAL, ERANGE },
	{ "ageing of 8 bytes", { NETEMU_SWITCH_A_AGEING, 8, 1 }, EINVAL, ERANGE },
	{ "reserved_mask of 1 byte",
	  OPT8(NETEMU_SWITCH_A_RESERVED_MASK, 1), EINVAL, ERANGE },
	{ "port_defaults not a nest",
	  OPT32(NETEMU_SWITCH_A_PORT_DEFAULTS, 1), EINVAL, ERANGE },
	{ "ports is read only", OPT32(NETEMU_SWITCH_A_PORTS, 1), EINVAL },
	{ "fdb_learned is read only", OPT32(NETEMU_SWITCH_A_FDB_LEARNED, 0), EINVAL },
	{ "fdb_static is read only", OPT32(NETEMU_SWITCH_A_FDB_STATIC, 0), EINVAL },
	{ "moves is read only", { NETEMU_SWITCH_A_MOVES, 8, 0 }, EINVAL },
	{ "learn_refused is read only",
	  { NETEMU_SWITCH_A_LEARN_REFUSED, 8, 0 }, EINVAL },
	{ "events_lost is read only",
	  { NETEMU_SWITCH_A_EVENTS_LOST, 8, 0 }, EINVAL },
	{ "drops is read only",
	  { NETEMU_SWITCH_A_DROPS | NLA_F_NESTED, 0, 0 }, EINVAL },
	{ "bindings is read only", OPT32(NETEMU_SWITCH_A_BINDINGS, 0), EINVAL },
	{ "unknown option", OPT32(NETEMU_SWITCH_A_MAX + 1, 1), EINVAL },
};

static struct nlmsghdr *switch_msg(struct nl *rt, int index, const char *name,
				   const struct opt *opts,
				   const struct opt *defaults)
{
	struct nlmsghdr *nlh;
	struct nlattr *linkinfo, *data, *nest;

	nlh = link_msg(rt, index ? 0 : NLM_F_CREATE | NLM_F_EXCL, index, name);
	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, NETEMU_KIND_SWITCH);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	opts_put(nlh, opts);
	if (defaults) {
		nest = mnl_attr_nest_start(nlh, NETEMU_SWITCH_A_PORT_DEFAULTS);
		opts_put(nlh, defaults);
		mnl_attr_nest_end(nlh, nest);
	}
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, linkinfo);
	return nlh;
}

/* A good option before and after: nothing of it may be taken over. */
LAB_TEST(link, bad_option_changes_nothing)
{
	struct lab *lab = &self->lab;
	unsigned int i;

	for (i = 0; i < sizeof(bad_options) / sizeof(bad_options[0]); i++) {
		const struct opt opts[] = {
			OPT8(NETEMU_SWITCH_A_MODE, NETEMU_MODE_HUB),
			bad_options[i].opt,
			OPT32(NETEMU_SWITCH_A_LOOP_RATE, 49),
			{ 0 }
		};
		/* The last of two wins: then the bad one has to be last. */
		const struct opt *from = bad_options[i].opt.type ==
					 NETEMU_SWITCH_A_LOOP_RATE ||
					 bad_options[i].opt.type ==
					 NETEMU_SWITCH_A_MODE ?
			OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 49),
			     bad_options[i].opt) : opts;

		EXPECT_REFUSED(bad_options[i].what,
			       switch_msg(&lab->rt, lab->sw, NULL, from, NULL),
			       bad_options[i].err, bad_options[i].other);
		EXPECT_REFUSED(bad_options[i].what,
			       switch_msg(&lab->rt, 0, "sw1", from, NULL),
			       bad_options[i].err, bad_options[i].other);
		EXPECT_EQ(0, if_nametoindex("sw1"));
	}
}

LAB_TEST(link, bad_port_defaults_change_nothing)
{
	struct lab *lab = &self->lab;
	const struct opt bad[] = {
		OPT8(NETEMU_PORT_A_ISOLATED, 2),
		OPT32(NETEMU_PORT_A_FDB_LIMIT, NETEMU_FDB_LIMIT_MAX + 1),
		OPT32(NETEMU_PORT_A_STORM_BCAST, NETEMU_STORM_MAX + 1),
		OPT8(NETEMU_PORT_A_STATE, 1),
		OPT32(NETEMU_PORT_A_MAX + 1, 1),
		OPT32(NETEMU_PORT_A_LEARNING, 1),
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_REFUSED("port default",
			       switch_msg(&lab->rt, lab->sw, NULL,
					  OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 9)),
					  OPTS(OPT8(NETEMU_PORT_A_FLOOD, 0),
					       bad[i])),
			       ERANGE, EINVAL);
}

LAB_TEST(link, port_defaults_are_what_ports_start_with)
{
	struct lab *lab = &self->lab;
	struct port_info p;
	int d0, d1;

	ASSERT_EQ(0, nl_talk(&lab->rt,
		switch_msg(&lab->rt, lab->sw, NULL, NO_OPTS,
			   OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1),
				OPT32(NETEMU_PORT_A_STORM_BCAST, 123),
				OPT32(NETEMU_PORT_A_FDB_LIMIT, 7))),
		NULL, NULL));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[0], NETEMU_PORT_A_ISOLATED));
	ASSERT_EQ(0, sh("ip link add d0 type dummy; ip link add d1 type dummy"));
	d0 = if_nametoindex("d0");
	d1 = if_nametoindex("d1");
	ASSERT_EQ(0, link_master(&lab->rt, d0, lab->sw));
	ASSERT_EQ(0, port_get(&lab->gn, d0, &p));
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_ISOLATED]);
	EXPECT_EQ(123, p.v[NETEMU_PORT_A_STORM_BCAST]);
	EXPECT_EQ(7, p.v[NETEMU_PORT_A_FDB_LIMIT]);
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_LEARNING]);
	ASSERT_EQ(0, port_new(&lab->gn, lab->sw, d1,
			      OPTS(OPT32(NETEMU_PORT_A_STORM_BCAST, 9))));
	ASSERT_EQ(0, port_get(&lab->gn, d1, &p));
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_ISOLATED]);
	EXPECT_EQ(9, p.v[NETEMU_PORT_A_STORM_BCAST]);
	/* The defaults not named in a change stay. */
	ASSERT_EQ(0, nl_talk(&lab->rt,
		switch_msg(&lab->rt, lab->sw, NULL, NO_OPTS,
			   OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 0))), NULL, NULL));
	ASSERT_EQ(0, link_master(&lab->rt, d0, 0));
	ASSERT_EQ(0, link_master(&lab->rt, d0, lab->sw));
	ASSERT_EQ(0, port_get(&lab->gn, d0, &p));
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_ISOLATED]);
	EXPECT_EQ(123, p.v[NETEMU_PORT_A_STORM_BCAST]);
}

/* ---- INFO_SLAVE_DATA ---------------------------------------------------- */

LAB_TEST(link, slave_data_sets_options)
{
	struct lab *lab = &self->lab;
	struct port_info p;

	ASSERT_EQ(0, link_change_slave(&lab->rt, NETEMU_KIND_SWITCH, lab->p[0],
				       OPTS(OPT8(NETEMU_PORT_A_LEARNING, 0),
					    OPT32(NETEMU_PORT_A_STORM_MCAST, 5))));
	ASSERT_EQ(0, port_get(&lab->gn, lab->p[0], &p));
	EXPECT_EQ(0, p.v[NETEMU_PORT_A_LEARNING]);
	EXPECT_EQ(5, p.v[NETEMU_PORT_A_STORM_MCAST]);
	EXPECT_EQ(1, p.v[NETEMU_PORT_A_FLOOD]);
}

LAB_TEST(link, bad_slave_data_changes_nothing)
{
	struct lab *lab = &self->lab;
	const struct opt bad[] = {
		OPT8(NETEMU_PORT_A_LEARNING, 2),
		OPT32(NETEMU_PORT_A_FDB_LIMIT, UINT32_MAX),
		OPT32(NETEMU_PORT_A_STORM_UNKNOWN, NETEMU_STORM_MAX + 1),
		OPT8(NETEMU_PORT_A_FDB_LIMIT, 1),
		OPT8(NETEMU_PORT_A_STATE, 1),
		OPT32(NETEMU_PORT_A_FDB_LEARNED, 1),
		{ NETEMU_PORT_A_DROPS | NLA_F_NESTED, 0, 0 },
		OPT32(NETEMU_PORT_A_MAX + 1, 1),
	};
	struct nlattr *linkinfo, *data;
	struct nlmsghdr *nlh;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		nlh = link_msg(&lab->rt, 0, lab->p[0], NULL);
		linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
		mnl_attr_put_strz(nlh, IFLA_INFO_SLAVE_KIND,
				  NETEMU_KIND_SWITCH);
		data = mnl_attr_nest_start(nlh, IFLA_INFO_SLAVE_DATA);
		opts_put(nlh, OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1), bad[i]));
		mnl_attr_nest_end(nlh, data);
		mnl_attr_nest_end(nlh, linkinfo);
		EXPECT_REFUSED("slave data", nlh, ERANGE, EINVAL);
	}
}

/* ---- bridge link -------------------------------------------------------- */

static struct nlmsghdr *bridge_msg(struct nl *rt, int index,
				   const struct opt *opts, bool nested)
{
	struct nlmsghdr *nlh = link_msg(rt, 0, index, NULL);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct nlattr *nest;

	nlh->nlmsg_type = RTM_SETLINK;
	ifi->ifi_family = AF_BRIDGE;
	nest = mnl_attr_nest_start(nlh, IFLA_PROTINFO);
	opts_put(nlh, opts);
	mnl_attr_nest_end(nlh, nest);
	if (!nested)
		nest->nla_type &= ~NLA_F_NESTED;
	return nlh;
}

LAB_TEST(link, bridge_link_sets_what_exists)
{
	struct lab *lab = &self->lab;
	const struct { uint16_t brport; int attr; } options[] = {
		{ IFLA_BRPORT_LEARNING, NETEMU_PORT_A_LEARNING },
		{ IFLA_BRPORT_UNICAST_FLOOD, NETEMU_PORT_A_FLOOD },
		{ IFLA_BRPORT_MCAST_FLOOD, NETEMU_PORT_A_MCAST_FLOOD },
		{ IFLA_BRPORT_BCAST_FLOOD, NETEMU_PORT_A_BCAST_FLOOD },
		{ IFLA_BRPORT_ISOLATED, NETEMU_PORT_A_ISOLATED },
	};
	unsigned int i, on;

	for (i = 0; i < 5; i++)
		for (on = 0; on < 2; on++) {
			EXPECT_EQ(0, nl_talk(&lab->rt,
				bridge_msg(&lab->rt, lab->p[0],
					   OPTS(OPT8(options[i].brport, on)),
					   true), NULL, NULL));
			EXPECT_EQ(on, port_value(&lab->gn, lab->p[0],
						 options[i].attr));
		}
}

LAB_TEST(link, bridge_link_refuses_the_rest)
{
	struct lab *lab = &self->lab;
	uint64_t before = netemu_state(&self->probe);
	int type;

	for (type = 1; type <= IFLA_BRPORT_MAX; type++) {
		int err;

		if (type == IFLA_BRPORT_LEARNING ||
		    type == IFLA_BRPORT_UNICAST_FLOOD ||
		    type == IFLA_BRPORT_MCAST_FLOOD ||
		    type == IFLA_BRPORT_BCAST_FLOOD ||
		    type == IFLA_BRPORT_ISOLATED)
			continue;
		err = nl_talk(&lab->rt,
			      bridge_msg(&lab->rt, lab->p[0],
					 OPTS(OPT8(IFLA_BRPORT_ISOLATED, 1),
					      OPT8(type, 1)), true),
			      NULL, NULL);
		if (!err)
			TH_LOG("attribute %d is taken", type);
		EXPECT_NE(0, err);
	}
	EXPECT_EQ(before, netemu_state(&self->probe));
	EXPECT_REFUSED("short", bridge_msg(&lab->rt, lab->p[0],
		OPTS({ IFLA_BRPORT_ISOLATED, 0, 0 }), true), EINVAL, ERANGE);
}

LAB_TEST(link, bridge_link_of_no_port)
{
	struct lab *lab = &self->lab;

	EXPECT_NE(0, nl_talk(&lab->rt,
			     bridge_msg(&lab->rt, lab->e[0],
					OPTS(OPT8(IFLA_BRPORT_ISOLATED, 1)),
					true), NULL, NULL));
}

/* ---- life --------------------------------------------------------------- */

LAB_TEST(link, name_in_use)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(EEXIST, link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw0",
				   NO_OPTS));
	EXPECT_EQ(EEXIST, link_add(&lab->rt, NETEMU_KIND_SWITCH, "e0",
				   NO_OPTS));
}

LAB_TEST(link, bad_addresses)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	const uint8_t *const bad[] = { mac_zero, mac_multicast, mac_broadcast };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		nlh = switch_msg(&lab->rt, 0, "sw1", NO_OPTS, NULL);
		mnl_attr_put(nlh, IFLA_ADDRESS, 6, bad[i]);
		EXPECT_REFUSED("address", nlh, EADDRNOTAVAIL, EINVAL);
		EXPECT_NE(0, link_mac(&lab->rt, lab->sw, bad[i]));
	}
	EXPECT_EQ(0, if_nametoindex("sw1"));
	nlh = switch_msg(&lab->rt, 0, "sw1", NO_OPTS, NULL);
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac(0x1234));
	EXPECT_EQ(0, nl_talk(&lab->rt, nlh, NULL, NULL));
	EXPECT_EQ(-1, fdb_where(&lab->rt, if_nametoindex("sw1"), mac(0x1234)));
}

LAB_TEST(link, switch_stays_in_its_namespace)
{
	struct lab *lab = &self->lab;
	struct link_info info;

	EXPECT_NE(0, sh("unshare -n sleep 100 & p=$!; for i in $(seq 500); do [ \"$(readlink /proc/$p/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ] && break; usleep 10000; done; ip link set sw0 netns $p 2>/dev/null; r=$?; kill $p; exit $r"));
	EXPECT_EQ(0, link_get(&lab->rt, lab->sw, &info));
	EXPECT_STREQ("sw0", info.name);
}

LAB_TEST(link, many_at_once)
{
	struct lab *lab = &self->lab;
	char name[16];
	int i;

	for (i = 1; i <= 50; i++) {
		snprintf(name, sizeof(name), "sw%d", i);
		EXPECT_EQ(0, link_add(&lab->rt, NETEMU_KIND_SWITCH, name,
				      NO_OPTS));
	}
	EXPECT_EQ(0, nl_talk(&lab->gn, nl_genl(&lab->gn, NETEMU_CMD_SWITCH_GET,
					       NLM_F_DUMP), NULL, NULL));
	EXPECT_EQ(51, lab->gn.answers);
}

TEST_HARNESS_MAIN

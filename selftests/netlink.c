// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink commands against wrong messages: each is refused with
 * the right errno and a text, and nothing has changed. Each test ends with the
 * message that is right, which shows that the damage was what was refused.
 *
 * vm: timeout=240
 */
#include "test.h"
#include "refuse.h"

#include <errno.h>
#include <net/if.h>

FIXTURE(netlink) {
	struct lab lab;
	struct nl probe;
	int spare;		/* a device that could be a port */
};

FIXTURE_SETUP(netlink)
{
	ASSERT_EQ(0, lab_open(&self->lab, 2, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
	ASSERT_EQ(0, link_add(&self->lab.rt, "dummy", "spare", NO_OPTS));
	self->spare = if_nametoindex("spare");
}

FIXTURE_TEARDOWN(netlink)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

#define EXPECT_REFUSED(what, nlh, ...)					\
do {									\
	struct refusal want_ = { __VA_ARGS__ };				\
	const char *why_ = refused(&self->lab.gn, &self->probe, nlh,	\
				   want_);				\
									\
	if (why_)							\
		TH_LOG("%s: %s", what, why_);				\
	EXPECT_EQ(NULL, why_);						\
} while (0)

/* The right message for a command. */
static struct nlmsghdr *right(struct lab *lab, int spare, uint8_t cmd)
{
	struct nlmsghdr *nlh = nl_genl(&lab->gn, cmd, 0);
	struct nlattr *nest;

	switch (cmd) {
	case NETEMU_CMD_SWITCH_GET:
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->sw);
		break;
	case NETEMU_CMD_PORT_GET:
	case NETEMU_CMD_PORT_DEL:
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->p[0]);
		break;
	case NETEMU_CMD_PORT_NEW:
		mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, spare);
		break;
	case NETEMU_CMD_PORT_SET:
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->p[0]);
		nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);
		mnl_attr_put_u8(nlh, NETEMU_PORT_A_LEARNING, 0);
		mnl_attr_nest_end(nlh, nest);
		break;
	case NETEMU_CMD_FDB_FLUSH:
		mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
		break;
	}
	return nlh;
}

static void damaged(struct __test_metadata *_metadata,
		    FIXTURE_DATA(netlink) *self, uint8_t cmd)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct refusal want;
	enum damage kind;

	for (kind = 0; kind < DAMAGES; kind++) {
		nlh = right(lab, self->spare, cmd);
		want = damage(nlh, kind);
		EXPECT_REFUSED(damage_names[kind], nlh, want.err, want.other);
	}
	nlh = right(lab, self->spare, cmd);
	EXPECT_EQ(0, nl_talk(&lab->gn, nlh, NULL, NULL));
	EXPECT_STREQ("", lab->gn.text);
}

LAB_TEST(netlink, damaged_switch_get)
{
	damaged(_metadata, self, NETEMU_CMD_SWITCH_GET);
}

LAB_TEST(netlink, damaged_port_get)
{
	damaged(_metadata, self, NETEMU_CMD_PORT_GET);
}

LAB_TEST(netlink, damaged_port_new)
{
	damaged(_metadata, self, NETEMU_CMD_PORT_NEW);
}

LAB_TEST(netlink, damaged_port_set)
{
	damaged(_metadata, self, NETEMU_CMD_PORT_SET);
}

LAB_TEST(netlink, damaged_port_del)
{
	damaged(_metadata, self, NETEMU_CMD_PORT_DEL);
}

LAB_TEST(netlink, damaged_fdb_flush)
{
	damaged(_metadata, self, NETEMU_CMD_FDB_FLUSH);
}

LAB_TEST(netlink, unknown_commands)
{
	struct lab *lab = &self->lab;
	const uint8_t cmds[] = {
		0, NETEMU_CMD_PORT_NTF, NETEMU_CMD_PORT_DEL_NTF,
		NETEMU_CMD_EVENT_NTF, NETEMU_CMD_MAX + 1, 255,
	};
	unsigned int i;

	for (i = 0; i < sizeof(cmds); i++)
		EXPECT_EQ(EOPNOTSUPP,
			  nl_talk(&lab->gn, nl_genl(&lab->gn, cmds[i], 0),
				  NULL, NULL));
}

LAB_TEST(netlink, changing_commands_do_not_dump)
{
	struct lab *lab = &self->lab;
	const uint8_t cmds[] = {
		NETEMU_CMD_PORT_NEW, NETEMU_CMD_PORT_SET, NETEMU_CMD_PORT_DEL,
		NETEMU_CMD_FDB_FLUSH,
	};
	uint64_t before = netemu_state(&self->probe);
	unsigned int i;

	for (i = 0; i < sizeof(cmds); i++) {
		struct nlmsghdr *nlh = right(lab, self->spare, cmds[i]);

		nlh->nlmsg_flags |= NLM_F_DUMP;
		EXPECT_EQ(EOPNOTSUPP, nl_talk(&lab->gn, nlh, NULL, NULL));
	}
	EXPECT_EQ(before, netemu_state(&self->probe));
}

/* ---- wrong objects ------------------------------------------------------ */

static struct nlmsghdr *on(struct lab *lab, uint8_t cmd, uint16_t attr,
			   int index)
{
	struct nlmsghdr *nlh = nl_genl(&lab->gn, cmd, 0);

	mnl_attr_put_u32(nlh, attr, index);
	return nlh;
}

LAB_TEST(netlink, not_a_switch)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;

	EXPECT_REFUSED("get of a port", on(lab, NETEMU_CMD_SWITCH_GET,
					   NETEMU_A_IFINDEX, lab->p[0]),
		       EOPNOTSUPP);
	EXPECT_REFUSED("get of a dummy", on(lab, NETEMU_CMD_SWITCH_GET,
					    NETEMU_A_IFINDEX, self->spare),
		       EOPNOTSUPP);
	EXPECT_REFUSED("flush of a port", on(lab, NETEMU_CMD_FDB_FLUSH,
					     NETEMU_A_MASTER, lab->p[0]),
		       EOPNOTSUPP);
	nlh = on(lab, NETEMU_CMD_PORT_NEW, NETEMU_A_MASTER, lab->p[0]);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->spare);
	EXPECT_REFUSED("port of a port", nlh, EOPNOTSUPP);
}

LAB_TEST(netlink, not_a_port)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	const int devices[] = { lab->sw, self->spare, lab->e[0] };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		EXPECT_REFUSED("get", on(lab, NETEMU_CMD_PORT_GET,
					 NETEMU_A_IFINDEX, devices[i]),
			       ENOENT);
		EXPECT_REFUSED("del", on(lab, NETEMU_CMD_PORT_DEL,
					 NETEMU_A_IFINDEX, devices[i]),
			       ENOENT);
		nlh = on(lab, NETEMU_CMD_PORT_SET, NETEMU_A_IFINDEX,
			 devices[i]);
		nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);
		mnl_attr_nest_end(nlh, nest);
		EXPECT_REFUSED("set", nlh, ENOENT);
	}
	nlh = on(lab, NETEMU_CMD_FDB_FLUSH, NETEMU_A_MASTER, lab->sw);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->spare);
	EXPECT_REFUSED("flush", nlh, ENOENT);
}

LAB_TEST(netlink, port_of_another_switch)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;

	ASSERT_EQ(0, link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw1", NO_OPTS));
	nlh = on(lab, NETEMU_CMD_FDB_FLUSH, NETEMU_A_MASTER,
		 if_nametoindex("sw1"));
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->p[0]);
	EXPECT_REFUSED("flush", nlh, ENOENT);
	nlh = on(lab, NETEMU_CMD_PORT_NEW, NETEMU_A_MASTER,
		 if_nametoindex("sw1"));
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->p[0]);
	EXPECT_REFUSED("new", nlh, EBUSY);
}

LAB_TEST(netlink, missing_attributes)
{
	struct lab *lab = &self->lab;

	EXPECT_REFUSED("new without device", on(lab, NETEMU_CMD_PORT_NEW,
						NETEMU_A_MASTER, lab->sw),
		       EINVAL);
	EXPECT_REFUSED("new without switch",
		       on(lab, NETEMU_CMD_PORT_NEW, NETEMU_A_IFINDEX,
			  self->spare), EINVAL);
	EXPECT_REFUSED("set without options",
		       on(lab, NETEMU_CMD_PORT_SET, NETEMU_A_IFINDEX,
			  lab->p[0]), EINVAL);
	EXPECT_REFUSED("flush without switch",
		       on(lab, NETEMU_CMD_FDB_FLUSH, NETEMU_A_IFINDEX,
			  lab->p[0]), EINVAL);
}

LAB_TEST(netlink, flush_flags)
{
	struct lab *lab = &self->lab;
	const uint32_t bad[] = { 4, 8, 0x80000000, UINT32_MAX };
	struct nlmsghdr *nlh;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		nlh = right(lab, self->spare, NETEMU_CMD_FDB_FLUSH);
		mnl_attr_put_u32(nlh, NETEMU_A_FLUSH, bad[i]);
		EXPECT_REFUSED("unknown flag", nlh, EINVAL, ERANGE);
	}
	nlh = right(lab, self->spare, NETEMU_CMD_FDB_FLUSH);
	mnl_attr_put_u16(nlh, NETEMU_A_FLUSH, 1);
	EXPECT_REFUSED("flags of 2 bytes", nlh, EINVAL, ERANGE);
}

/* ---- options of a port -------------------------------------------------- */

static const struct {
	const char *what;
	struct opt opt;
	int err, other;
} bad_options[] = {
	{ "learning 2", OPT8(NETEMU_PORT_A_LEARNING, 2), ERANGE },
	{ "flood 255", OPT8(NETEMU_PORT_A_FLOOD, 255), ERANGE },
	{ "mcast_flood 2", OPT8(NETEMU_PORT_A_MCAST_FLOOD, 2), ERANGE },
	{ "bcast_flood 2", OPT8(NETEMU_PORT_A_BCAST_FLOOD, 2), ERANGE },
	{ "isolated 2", OPT8(NETEMU_PORT_A_ISOLATED, 2), ERANGE },
	{ "guard 2", OPT8(NETEMU_PORT_A_GUARD, 2), ERANGE },
	{ "fdb_limit too large",
	  OPT32(NETEMU_PORT_A_FDB_LIMIT, NETEMU_FDB_LIMIT_MAX + 1), ERANGE },
	{ "fdb_limit -1", OPT32(NETEMU_PORT_A_FDB_LIMIT, UINT32_MAX), ERANGE },
	{ "storm_bcast too large",
	  OPT32(NETEMU_PORT_A_STORM_BCAST, NETEMU_STORM_MAX + 1), ERANGE },
	{ "storm_mcast too large",
	  OPT32(NETEMU_PORT_A_STORM_MCAST, NETEMU_STORM_MAX + 1), ERANGE },
	{ "storm_unknown -1",
	  OPT32(NETEMU_PORT_A_STORM_UNKNOWN, UINT32_MAX), ERANGE },
	{ "learning of 4 bytes", OPT32(NETEMU_PORT_A_LEARNING, 0), EINVAL, ERANGE },
	{ "isolated of no bytes", { NETEMU_PORT_A_ISOLATED, 0, 0 }, EINVAL, ERANGE },
	{ "fdb_limit of 1 byte", OPT8(NETEMU_PORT_A_FDB_LIMIT, 1), EINVAL, ERANGE },
	{ "storm_bcast of 8 bytes", { NETEMU_PORT_A_STORM_BCAST, 8, 1 }, EINVAL, ERANGE },
	{ "state is read only", OPT8(NETEMU_PORT_A_STATE, 1), EINVAL },
	{ "fdb_learned is read only", OPT32(NETEMU_PORT_A_FDB_LEARNED, 1), EINVAL },
	{ "moves is read only", { NETEMU_PORT_A_MOVES, 8, 1 }, EINVAL },
	{ "learn_refused is read only", { NETEMU_PORT_A_LEARN_REFUSED, 8, 1 }, EINVAL },
	{ "loop_blocks is read only", { NETEMU_PORT_A_LOOP_BLOCKS, 8, 1 }, EINVAL },
	{ "drops is read only", { NETEMU_PORT_A_DROPS | NLA_F_NESTED, 0, 0 }, EINVAL },
	{ "pad means nothing", { NETEMU_PORT_A_PAD, 0, 0 }, EINVAL },
	{ "unknown option", OPT32(NETEMU_PORT_A_MAX + 1, 1), EINVAL },
	{ "far unknown option", OPT32(1000, 1), EINVAL },
	{ "a number marked as a nest",
	  OPT8(NETEMU_PORT_A_ISOLATED | NLA_F_NESTED, 1), EINVAL },
};

/* A good option in front must not be taken over. */
static void bad_option(struct __test_metadata *_metadata,
		       FIXTURE_DATA(netlink) *self, uint8_t cmd,
		       uint16_t nest_type)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < sizeof(bad_options) / sizeof(bad_options[0]); i++) {
		nlh = nl_genl(&lab->gn, cmd, 0);
		if (cmd == NETEMU_CMD_PORT_NEW)
			mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX,
				 cmd == NETEMU_CMD_PORT_NEW ? self->spare :
							      lab->p[0]);
		nest = mnl_attr_nest_start(nlh, nest_type);
		mnl_attr_put_u32(nlh, NETEMU_PORT_A_STORM_MCAST, 77);
		opts_put(nlh, (struct opt[]){ bad_options[i].opt, { 0 } });
		mnl_attr_nest_end(nlh, nest);
		/* The good one is of the same type: then it is there twice. */
		if (bad_options[i].opt.type == NETEMU_PORT_A_STORM_MCAST)
			EXPECT_REFUSED(bad_options[i].what, nlh, EINVAL, ERANGE);
		else
			EXPECT_REFUSED(bad_options[i].what, nlh,
				       bad_options[i].err,
				       bad_options[i].other);
	}
}

LAB_TEST(netlink, bad_options_of_port_new)
{
	bad_option(_metadata, self, NETEMU_CMD_PORT_NEW, NETEMU_A_PORT);
	EXPECT_EQ(ENOENT, port_del(&self->lab.gn, self->spare));
}

LAB_TEST(netlink, bad_options_of_port_set)
{
	bad_option(_metadata, self, NETEMU_CMD_PORT_SET, NETEMU_A_PORT);
}

LAB_TEST(netlink, bad_nest)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = right(lab, self->spare, NETEMU_CMD_PORT_NEW);
	mnl_attr_put(nlh, NETEMU_A_PORT, 0, NULL);
	EXPECT_REFUSED("not marked as a nest", nlh, EINVAL);

	nlh = right(lab, self->spare, NETEMU_CMD_PORT_NEW);
	nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);
	mnl_attr_put_u8(nlh, NETEMU_PORT_A_LEARNING, 0);
	mnl_attr_put_u8(nlh, NETEMU_PORT_A_LEARNING, 1);
	mnl_attr_nest_end(nlh, nest);
	EXPECT_REFUSED("option twice", nlh, EINVAL);

	nlh = right(lab, self->spare, NETEMU_CMD_PORT_NEW);
	nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);
	mnl_attr_put_u8(nlh, NETEMU_PORT_A_LEARNING, 0);
	nlh->nlmsg_len += 4;
	mnl_attr_nest_end(nlh, nest);
	EXPECT_REFUSED("trailing bytes", nlh, EINVAL);

	nlh = right(lab, self->spare, NETEMU_CMD_PORT_NEW);
	nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);
	mnl_attr_put_u8(nlh, NETEMU_PORT_A_LEARNING, 0);
	mnl_attr_nest_end(nlh, nest);
	((struct nlattr *)mnl_attr_get_payload(nest))->nla_len = 100;
	EXPECT_REFUSED("option beyond the nest", nlh, EINVAL);

	nlh = right(lab, self->spare, NETEMU_CMD_PORT_NEW);
	mnl_attr_put(nlh, NETEMU_A_PORT | NLA_F_NESTED, 3, "abc");
	EXPECT_REFUSED("3 bytes", nlh, EINVAL, ERANGE);
}

LAB_TEST(netlink, refusal_points_at_the_attribute)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(ERANGE, port_set(&lab->gn, lab->p[0],
				   OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 9))));
	EXPECT_TRUE(lab->gn.attr_named);
	EXPECT_NE(NULL, strstr(lab->gn.text, "isolated"));
	EXPECT_EQ(ENODEV, port_del(&lab->gn, 0x7ffffffe));
	EXPECT_TRUE(lab->gn.attr_named);
	EXPECT_EQ(ERANGE, port_set(&lab->gn, lab->p[0],
				   OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT,
					      UINT32_MAX))));
	EXPECT_NE(NULL, strstr(lab->gn.text, "1048576"));
}

TEST_HARNESS_MAIN

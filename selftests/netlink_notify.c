// SPDX-License-Identifier: GPL-2.0
/*
 * What listeners hear, and dumps while things change.
 *
 * vm: timeout=240 plain=6.1
 */
#include "test.h"

#include <errno.h>
#include <net/if.h>
#include <linux/if_link.h>

FIXTURE(notify) {
	struct lab lab;
	struct nl ear;
};

FIXTURE_SETUP(notify)
{
	ASSERT_EQ(0, lab_open(&self->lab, 2, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->ear, NETEMU_GENL_NAME));
}

FIXTURE_TEARDOWN(notify)
{
	nl_close(&self->ear);
	lab_close(&self->lab);
}

static int keep(const struct nlmsghdr *nlh, void *data)
{
	netemu_read(nlh, data);
	return 0;
}

/* The next message of the group that was joined. */
static int next(struct nl *ear, struct netemu_msg *msg)
{
	return nl_wait(ear, keep, msg);
}

/* ---- configuration ------------------------------------------------------ */

LAB_TEST(notify, port_comes_changes_and_goes)
{
	struct lab *lab = &self->lab;
	struct netemu_msg msg;
	int d0;

	ASSERT_EQ(0, nl_join_name(&self->ear, NETEMU_GENL_GROUP_CONFIG));
	ASSERT_EQ(0, link_add(&lab->rt, "dummy", "d0", NO_OPTS));
	d0 = if_nametoindex("d0");

	ASSERT_EQ(0, port_new(&lab->gn, lab->sw, d0,
			      OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1))));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_NTF, msg.cmd);
	EXPECT_EQ(d0, msg.port.index);
	EXPECT_EQ(lab->sw, msg.port.master);
	EXPECT_STREQ("d0", msg.port.name);
	EXPECT_EQ(1, msg.port.v[NETEMU_PORT_A_ISOLATED]);

	ASSERT_EQ(0, port_set(&lab->gn, d0,
			      OPTS(OPT32(NETEMU_PORT_A_STORM_BCAST, 7))));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_NTF, msg.cmd);
	EXPECT_EQ(7, msg.port.v[NETEMU_PORT_A_STORM_BCAST]);

	ASSERT_EQ(0, sh("bridge link set dev d0 learning off"));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_NTF, msg.cmd);
	EXPECT_EQ(0, msg.port.v[NETEMU_PORT_A_LEARNING]);

	ASSERT_EQ(0, port_del(&lab->gn, d0));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_DEL_NTF, msg.cmd);
	EXPECT_EQ(d0, msg.port.index);
	EXPECT_EQ(lab->sw, msg.port.master);
	EXPECT_STREQ("d0", msg.port.name);
}

LAB_TEST(notify, every_way_a_port_can_go)
{
	struct lab *lab = &self->lab;
	struct netemu_msg msg;
	int d0;

	ASSERT_EQ(0, nl_join_name(&self->ear, NETEMU_GENL_GROUP_CONFIG));
	ASSERT_EQ(0, link_add(&lab->rt, "dummy", "d0", NO_OPTS));
	d0 = if_nametoindex("d0");

	ASSERT_EQ(0, link_master(&lab->rt, d0, lab->sw));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_NTF, msg.cmd);
	ASSERT_EQ(0, link_master(&lab->rt, d0, 0));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_DEL_NTF, msg.cmd);

	ASSERT_EQ(0, link_master(&lab->rt, d0, lab->sw));
	ASSERT_EQ(0, next(&self->ear, &msg));
	ASSERT_EQ(0, link_del(&lab->rt, d0));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_DEL_NTF, msg.cmd);
	EXPECT_EQ(d0, msg.port.index);

	ASSERT_EQ(0, link_del(&lab->rt, lab->sw));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_DEL_NTF, msg.cmd);
	EXPECT_EQ(lab->sw, msg.port.master);
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_PORT_DEL_NTF, msg.cmd);
}

LAB_TEST(notify, echo_shows_the_new_port)
{
	struct lab *lab = &self->lab;
	struct netemu_msg msg = {};
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	int d0;

	ASSERT_EQ(0, link_add(&lab->rt, "dummy", "d0", NO_OPTS));
	d0 = if_nametoindex("d0");
	nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_NEW, NLM_F_ECHO);
	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, d0);
	nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);
	mnl_attr_put_u8(nlh, NETEMU_PORT_A_FLOOD, 0);
	mnl_attr_nest_end(nlh, nest);
	ASSERT_EQ(0, nl_talk(&lab->gn, nlh, keep, &msg));
	EXPECT_EQ(1, lab->gn.answers);
	EXPECT_EQ(d0, msg.port.index);
	EXPECT_EQ(lab->sw, msg.port.master);
	EXPECT_EQ(0, msg.port.v[NETEMU_PORT_A_FLOOD]);
	EXPECT_EQ(1, msg.port.v[NETEMU_PORT_A_LEARNING]);
}

/* ---- events ------------------------------------------------------------- */

LAB_TEST(notify, moved_address)
{
	struct lab *lab = &self->lab;
	struct netemu_msg msg;

	ASSERT_EQ(0, nl_join_name(&self->ear, NETEMU_GENL_GROUP_EVENT));
	lab_tx(lab, 0, mac_broadcast, mac(0x99));
	lab_tx(lab, 1, mac_broadcast, mac(0x99));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_CMD_EVENT_NTF, msg.cmd);
	EXPECT_EQ(NETEMU_EVENT_MAC_MOVED, msg.event);
	EXPECT_EQ(lab->p[1], msg.port.index);
	EXPECT_EQ(lab->sw, msg.port.master);
	EXPECT_STREQ("p1", msg.port.name);
	ASSERT_TRUE(msg.has_lladdr);
	EXPECT_EQ(0, memcmp(msg.lladdr, mac(0x99), 6));
}

LAB_TEST(notify, learning_limit)
{
	struct lab *lab = &self->lab;
	struct netemu_msg msg;

	ASSERT_EQ(0, port_set(&lab->gn, lab->p[0],
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 1))));
	ASSERT_EQ(0, nl_join_name(&self->ear, NETEMU_GENL_GROUP_EVENT));
	lab_tx(lab, 0, mac_broadcast, mac(1));
	lab_tx(lab, 0, mac_broadcast, mac(2));
	ASSERT_EQ(0, next(&self->ear, &msg));
	EXPECT_EQ(NETEMU_EVENT_LEARN_LIMIT, msg.event);
	EXPECT_EQ(lab->p[0], msg.port.index);
	ASSERT_TRUE(msg.has_lladdr);
	EXPECT_EQ(0, memcmp(msg.lladdr, mac(2), 6));
}

struct wanted {
	uint32_t event;
	struct netemu_msg msg;
};

static int is_wanted(const struct nlmsghdr *nlh, void *data)
{
	struct wanted *w = data;

	netemu_read(nlh, &w->msg);
	return w->msg.event != w->event;
}

/* An address speaks from two ports in turn, the last time from port 1. */
static void flap(struct lab *lab, unsigned int times)
{
	while (times--)
		lab_tx(lab, ~times & 1, mac_broadcast, mac(0xf1a9));
	lab_settle(lab);
}

LAB_TEST(notify, loop_guard)
{
	struct lab *lab = &self->lab;
	struct wanted w = { .event = NETEMU_EVENT_LOOP_BLOCKED };

	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_LOOP_RATE, 20),
				      OPT32(NETEMU_SWITCH_A_LOOP_HOLD, 1))));
	ASSERT_EQ(0, nl_join_name(&self->ear, NETEMU_GENL_GROUP_EVENT));
	ASSERT_TRUE(wait_for((flap(lab, 50),
			      port_value(&lab->gn, lab->p[1],
					 NETEMU_PORT_A_LOOP_BLOCKS))));
	ASSERT_EQ(0, nl_wait(&self->ear, is_wanted, &w));
	EXPECT_EQ(lab->p[1], w.msg.port.index);
	EXPECT_EQ(lab->sw, w.msg.port.master);
	w.event = NETEMU_EVENT_LOOP_UNBLOCKED;
	ASSERT_EQ(0, nl_wait(&self->ear, is_wanted, &w));
	EXPECT_EQ(lab->p[1], w.msg.port.index);
}

static int count_moves(const struct nlmsghdr *nlh, void *data)
{
	struct netemu_msg msg;
	unsigned int *n = data;

	netemu_read(nlh, &msg);
	if (msg.event == NETEMU_EVENT_MAC_MOVED)
		++*n;
	return msg.event != NETEMU_EVENT_LEARN_LIMIT;
}

/* A guest can't flood the listeners: what is left out is counted. Moves come
 * until some were left out; then each one was either heard or counted.
 */
LAB_TEST(notify, events_are_limited_and_counted)
{
	struct lab *lab = &self->lab;
	uint64_t lost = 0, moves;
	unsigned int heard = 0;

	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_LOOP_RATE, 0))));
	ASSERT_EQ(0, nl_join_name(&self->ear, NETEMU_GENL_GROUP_EVENT));
	EXPECT_TRUE(wait_for((flap(lab, 64),
			      lost = switch_value(&lab->gn, lab->sw,
						  NETEMU_SWITCH_A_EVENTS_LOST),
			      lost >= 100)));
	moves = switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_MOVES);
	/* The last event of all closes the count. */
	ASSERT_EQ(0, port_set(&lab->gn, lab->p[0],
			      OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 1))));
	lab_tx(lab, 0, mac_broadcast, mac(1));
	lab_settle(lab);
	EXPECT_TRUE(wait_for((lab_tx(lab, 0, mac_broadcast, mac(2)),
			      lab_settle(lab),
			      switch_value(&lab->gn, lab->sw,
					   NETEMU_SWITCH_A_EVENTS_LOST) ==
			      lost) ||
			     (lost = switch_value(&lab->gn, lab->sw,
						  NETEMU_SWITCH_A_EVENTS_LOST),
			      moves++, false)));
	ASSERT_EQ(0, nl_wait(&self->ear, count_moves, &heard));
	EXPECT_EQ(moves, heard + lost);
}

/* ---- dumps -------------------------------------------------------------- */

static int ask_ports(struct lab *lab, int master, unsigned int *answers)
{
	struct nlmsghdr *nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_GET,
				       NLM_F_DUMP);
	int err;

	if (master)
		mnl_attr_put_u32(nlh, NETEMU_A_MASTER, master);
	err = nl_talk(&lab->gn, nlh, NULL, NULL);
	*answers = lab->gn.answers;
	return err;
}

LAB_TEST(notify, dump_of_the_ports_of_one_switch)
{
	struct lab *lab = &self->lab;
	unsigned int n;

	ASSERT_EQ(0, sh("ip link add sw1 type netemu; for i in 1 2 3; do ip link add d$i type dummy; ip link set d$i master sw1; done"));
	EXPECT_EQ(0, ask_ports(lab, 0, &n));
	EXPECT_EQ(5, n);
	EXPECT_EQ(0, ask_ports(lab, lab->sw, &n));
	EXPECT_EQ(2, n);
	EXPECT_EQ(0, ask_ports(lab, if_nametoindex("sw1"), &n));
	EXPECT_EQ(3, n);
}

/* A text can't come along here on 6.1: the kernel has no room for it. */
LAB_TEST(notify, dump_requests_are_strict)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;

	nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_GET, NLM_F_DUMP);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->p[0]);
	EXPECT_EQ(EINVAL, nl_talk(&lab->gn, nlh, NULL, NULL));
	nlh = nl_genl(&lab->gn, NETEMU_CMD_SWITCH_GET, NLM_F_DUMP);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->sw);
	EXPECT_EQ(EINVAL, nl_talk(&lab->gn, nlh, NULL, NULL));
	nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_GET, NLM_F_DUMP);
	mnl_attr_put_u32(nlh, 200, 1);
	EXPECT_EQ(EINVAL, nl_talk(&lab->gn, nlh, NULL, NULL));
	nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_GET, NLM_F_DUMP);
	mnl_attr_put_u16(nlh, NETEMU_A_MASTER, 1);
	EXPECT_NE(0, nl_talk(&lab->gn, nlh, NULL, NULL));
	nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_GET, NLM_F_DUMP);
	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
	EXPECT_EQ(EINVAL, nl_talk(&lab->gn, nlh, NULL, NULL));
}

static int add_dummies(struct lab *lab, int n)
{
	char name[16];
	int i, err = 0;

	for (i = 0; i < n && !err; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		err = link_add(&lab->rt, "dummy", name, NO_OPTS);
		if (!err)
			err = link_master(&lab->rt, if_nametoindex(name),
					  lab->sw);
	}
	return err;
}

LAB_TEST(notify, dump_of_many_ports_is_complete)
{
	struct lab *lab = &self->lab;
	unsigned int n;

	ASSERT_EQ(0, add_dummies(lab, 300));
	EXPECT_EQ(0, ask_ports(lab, lab->sw, &n));
	EXPECT_EQ(302, n);
	EXPECT_FALSE(lab->gn.interrupted);
}

struct meddler {
	struct lab *lab;
	bool done;
};

/* In the middle of the dump devices go and others come. */
static int meddle(const struct nlmsghdr *nlh, void *data)
{
	struct meddler *m = data;

	if (m->done)
		return 1;
	m->done = true;
	link_del(&m->lab->rt, if_nametoindex("d299"));
	link_del(&m->lab->rt, if_nametoindex("d1"));
	link_add(&m->lab->rt, "dummy", "x0", NO_OPTS);
	link_master(&m->lab->rt, if_nametoindex("x0"), m->lab->sw);
	return 1;
}

LAB_TEST(notify, dump_says_that_it_was_interrupted)
{
	struct lab *lab = &self->lab;
	struct meddler m = { .lab = lab };

	ASSERT_EQ(0, add_dummies(lab, 300));
	EXPECT_EQ(0, nl_talk(&lab->gn, nl_genl(&lab->gn, NETEMU_CMD_PORT_GET,
					       NLM_F_DUMP), meddle, &m));
	EXPECT_TRUE(lab->gn.interrupted);
	EXPECT_LT(290, lab->gn.answers);
}

/* The switch itself goes in the middle of the dump. */
static int pull(const struct nlmsghdr *nlh, void *data)
{
	struct meddler *m = data;

	if (!m->done)
		link_del(&m->lab->rt, m->lab->sw);
	m->done = true;
	return 1;
}

LAB_TEST(notify, dump_survives_the_end_of_the_switch)
{
	struct lab *lab = &self->lab;
	struct meddler m = { .lab = lab };

	ASSERT_EQ(0, add_dummies(lab, 300));
	EXPECT_EQ(0, nl_talk(&lab->gn, nl_genl(&lab->gn, NETEMU_CMD_PORT_GET,
					       NLM_F_DUMP), pull, &m));
	EXPECT_TRUE(lab->gn.interrupted);
}

TEST_HARNESS_MAIN

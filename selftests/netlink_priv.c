// SPDX-License-Identifier: GPL-2.0
/*
 * Who may change what: an ordinary user, and root of a user namespace.
 *
 * vm: timeout=120 plain=6.1
 */
#include "test.h"
#include "refuse.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <grp.h>
#include <linux/if_link.h>

FIXTURE(priv) {
	struct lab lab;
	struct nl probe;	/* opened with all rights */
	int spare;
};

FIXTURE_SETUP(priv)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
	ASSERT_EQ(0, link_add(&self->lab.rt, "dummy", "spare", NO_OPTS));
	self->spare = if_nametoindex("spare");
}

FIXTURE_TEARDOWN(priv)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

/* netlink looks at who opened a socket too: open them anew. */
static int reopen(struct lab *lab)
{
	nl_close(&lab->rt);
	nl_close(&lab->gn);
	return nl_open(&lab->rt, NETLINK_ROUTE) ?:
	       nl_open_family(&lab->gn, NETEMU_GENL_NAME);
}

static void expect_no_changes(struct __test_metadata *_metadata,
			      FIXTURE_DATA(priv) *self)
{
	struct lab *lab = &self->lab;
	uint64_t before = netemu_state(&self->probe);
	struct link_info info;

	EXPECT_EQ(EPERM, port_new(&lab->gn, lab->sw, self->spare, NO_OPTS));
	EXPECT_EQ(EPERM, port_set(&lab->gn, lab->p[0],
				  OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1))));
	EXPECT_EQ(EPERM, port_del(&lab->gn, lab->p[0]));
	EXPECT_EQ(EPERM, fdb_flush(&lab->gn, lab->sw, 0, -1));
	EXPECT_EQ(EPERM, link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw1",
				  NO_OPTS));
	EXPECT_EQ(EPERM, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				     OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 9))));
	EXPECT_EQ(EPERM, link_change_slave(&lab->rt, NETEMU_KIND_SWITCH,
					   lab->p[0],
					   OPTS(OPT8(NETEMU_PORT_A_ISOLATED,
						     1))));
	EXPECT_EQ(EPERM, link_master(&lab->rt, self->spare, lab->sw));
	EXPECT_EQ(EPERM, link_del(&lab->rt, lab->sw));
	EXPECT_EQ(EPERM, fdb_add(&lab->rt, lab->sw, lab->p[0], mac(9),
				 NUD_NOARP, NLM_F_CREATE));
	EXPECT_EQ(before, netemu_state(&self->probe));
	EXPECT_EQ(0, if_nametoindex("sw1"));
	/* Looking is free. */
	EXPECT_EQ(0, link_get(&lab->rt, lab->sw, &info));
	EXPECT_EQ(300, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_AGEING));
	EXPECT_NE(0, netemu_state(&lab->gn));
}

LAB_TEST(priv, ordinary_user)
{
	ASSERT_EQ(0, setgroups(0, NULL));
	ASSERT_EQ(0, setgid(1000));
	ASSERT_EQ(0, setuid(1000));
	ASSERT_EQ(0, reopen(&self->lab));
	expect_no_changes(_metadata, self);
}

/* Root of a user namespace, but the network is another's. */
LAB_TEST(priv, user_namespace_in_a_network_not_its_own)
{
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	ASSERT_EQ(0, reopen(&self->lab));
	expect_no_changes(_metadata, self);
}

/* The same, by a socket that its owner opened before. */
LAB_TEST(priv, socket_of_another)
{
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_no_changes(_metadata, self);
}

/* In a network of its own it may do everything. */
LAB_TEST(priv, user_namespace_in_its_own_network)
{
	struct lab *lab = &self->lab;
	int sw, d0;

	ASSERT_EQ(0, setgid(1000));
	ASSERT_EQ(0, setuid(1000));
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		SKIP(return, "no user namespaces for users");
	ASSERT_EQ(0, reopen(lab));
	EXPECT_EQ(0, if_nametoindex("sw0"));
	EXPECT_EQ(ENODEV, port_del(&lab->gn, lab->p[0] + 1000));
	ASSERT_EQ(0, link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw0", NO_OPTS));
	ASSERT_EQ(0, link_add(&lab->rt, "dummy", "d0", NO_OPTS));
	sw = if_nametoindex("sw0");
	d0 = if_nametoindex("d0");
	EXPECT_EQ(0, port_new(&lab->gn, sw, d0,
			      OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1))));
	EXPECT_EQ(0, port_set(&lab->gn, d0,
			      OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 0))));
	EXPECT_EQ(0, fdb_add(&lab->rt, sw, d0, mac(9), NUD_NOARP,
			     NLM_F_CREATE));
	EXPECT_EQ(0, fdb_flush(&lab->gn, sw, 0, NETEMU_FLUSH_ALL));
	EXPECT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 9))));
	EXPECT_EQ(0, port_del(&lab->gn, d0));
	EXPECT_EQ(0, link_del(&lab->rt, sw));
}

/* Messages about others' networks stay there. */
LAB_TEST(priv, groups_are_per_namespace)
{
	struct lab *lab = &self->lab;
	struct nl ear;
	struct switch_info sw;
	pid_t pid;
	int status;

	ASSERT_EQ(0, nl_open_family(&ear, NETEMU_GENL_NAME));
	ASSERT_EQ(0, nl_join_name(&ear, NETEMU_GENL_GROUP_CONFIG));
	pid = fork();
	if (!pid) {
		if (lab_enter() || reopen(lab) ||
		    link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw9", NO_OPTS) ||
		    link_add(&lab->rt, "dummy", "d9", NO_OPTS) ||
		    link_master(&lab->rt, if_nametoindex("d9"),
				if_nametoindex("sw9")))
			_exit(1);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_EQ(0, switch_get(&ear, lab->sw, &sw));
	EXPECT_EQ(-1, recv(mnl_socket_get_fd(ear.sock), ear.rx,
			   sizeof(ear.rx), MSG_DONTWAIT));
	nl_close(&ear);
}

TEST_HARNESS_MAIN

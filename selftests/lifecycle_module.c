// SPDX-License-Identifier: GPL-2.0
/*
 * The module goes and comes back under traffic, with switches, entries, timers
 * and listeners in place. Links without IFLA_MASTER are what is left.
 *
 * vm: timeout=300 debug=short
 */
#include "test.h"
#include "flood.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <linux/rtnetlink.h>

#define PORTS	3

FIXTURE(module) {
	struct lab lab;
	struct flood flood[PORTS];
	pid_t reader;
};

/* Somebody who looks at everything all the time, and listens. */
static void read_all(void)
{
	static struct nl rt, gn, ear;
	static struct fdb fdb;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (nl_open(&rt, NETLINK_ROUTE) || nl_open(&ear, NETLINK_ROUTE) ||
	    nl_join(&ear, RTNLGRP_NEIGH))
		_exit(1);
	for (;;) {
		int sw = if_nametoindex("sw0");

		fdb_dump(&rt, sw, &fdb);
		if (!nl_open_family(&gn, NETEMU_GENL_NAME)) {
			nl_join_name(&gn, NETEMU_GENL_GROUP_EVENT);
			nl_join_name(&gn, NETEMU_GENL_GROUP_CONFIG);
			netemu_state(&gn);
			fdb_flush(&gn, sw, 0, NETEMU_FLUSH_ALL);
		}
		nl_close(&gn);
		usleep(20000);
	}
}

FIXTURE_SETUP(module)
{
	cpu_set_t cpus;

	ASSERT_EQ(0, lab_open(&self->lab, PORTS, NO_OPTS));
	memset(&cpus, 0xff, sizeof(cpus));
	sched_setaffinity(0, sizeof(cpus), &cpus);
	ASSERT_EQ(0, flood_start(&self->flood[0], &self->lab.rt, "e0", true));
	ASSERT_EQ(0, flood_start(&self->flood[1], &self->lab.rt, "e1", true));
	ASSERT_EQ(0, flood_start(&self->flood[2], &self->lab.rt, "sw0", false));
	self->reader = fork();
	if (!self->reader)
		read_all();
}

FIXTURE_TEARDOWN(module)
{
	int i;

	for (i = 0; i < PORTS; i++)
		flood_stop(&self->flood[i]);
	if (self->reader > 0) {
		kill(self->reader, SIGKILL);
		waitpid(self->reader, NULL, 0);
	}
	lab_close(&self->lab);
}

static int rebuild(struct lab *lab)
{
	int i, err;

	/* The name of the kind is all that loads the module. */
	err = link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw0",
		       OPTS(OPT32(NETEMU_SWITCH_A_LOOP_RATE, 10),
			    OPT32(NETEMU_SWITCH_A_LOOP_HOLD, 1),
			    OPT32(NETEMU_SWITCH_A_AGEING, 1)));
	if (err)
		return err;
	lab->sw = if_nametoindex("sw0");
	err = link_up(&lab->rt, lab->sw, true);
	for (i = 0; i < PORTS && !err; i++)
		err = link_master(&lab->rt, lab->p[i], lab->sw);
	return err;
}

/* A request that is under way holds the module for a moment. */
static bool unload(void)
{
	return wait_for(!sh("rmmod netemu 2>/dev/null"));
}

TEST_F_TIMEOUT(module, unload_and_load_under_traffic, 900)
{
	struct lab *lab = &self->lab;
	int i, j, n = lab_short() ? 5 : 50;
	struct link_info info;

	for (i = 0; i < n; i++) {
		EXPECT_TRUE(flood_wait(&self->flood[0], 8));
		ASSERT_TRUE(unload());
		ASSERT_EQ(0, if_nametoindex("sw0"));
		for (j = 0; j < PORTS; j++) {
			ASSERT_EQ(0, link_get(&lab->rt, lab->p[j], &info));
			ASSERT_EQ(0, info.master);
		}
		ASSERT_EQ(0, rebuild(lab));
	}
	ASSERT_TRUE(unload());
}

TEST_HARNESS_MAIN

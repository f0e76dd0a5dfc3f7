// SPDX-License-Identifier: GPL-2.0
/*
 * Everything comes and goes while frames fly: ports, switches, namespaces, the
 * module. Nothing is checked here but that it works afterwards; what leaks or
 * breaks is found by the machine that runs this (kmemleak, KASAN, lockdep).
 *
 * vm: timeout=600 debug=short plain=6.1
 */
#include "test.h"
#include "flood.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <linux/if_link.h>

#define PORTS	3

FIXTURE(lifecycle) {
	struct lab lab;
	struct flood flood[PORTS + 1];
};

/* Two far ends in namespaces of their own, one here, and the host. */
static int start_floods(FIXTURE_DATA(lifecycle) *self)
{
	struct lab *lab = &self->lab;

	return flood_start(&self->flood[0], &lab->rt, "e0", true) ?:
	       flood_start(&self->flood[1], &lab->rt, "e1", true) ?:
	       flood_start(&self->flood[2], &lab->rt, "e2", false) ?:
	       flood_start(&self->flood[3], &lab->rt, "sw0", false);
}

static void stop_floods(FIXTURE_DATA(lifecycle) *self)
{
	int i;

	for (i = 0; i <= PORTS; i++)
		flood_stop(&self->flood[i]);
}

FIXTURE_SETUP(lifecycle)
{
	cpu_set_t cpus;

	ASSERT_EQ(0, lab_open(&self->lab, PORTS, NO_OPTS));
	/* Loops on purpose are not what this is about. */
	ASSERT_EQ(0, link_change(&self->lab.rt, NETEMU_KIND_SWITCH,
				 self->lab.sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_LOOP_RATE, 0))));
	memset(&cpus, 0xff, sizeof(cpus));
	sched_setaffinity(0, sizeof(cpus), &cpus);
	ASSERT_EQ(0, start_floods(self));
	ASSERT_TRUE(flood_wait(&self->flood[0], 16));
}

FIXTURE_TEARDOWN(lifecycle)
{
	stop_floods(self);
	lab_close(&self->lab);
}

static int cycles(int full)
{
	return lab_short() ? full / 10 : full;
}

/* A fresh switch between e0/p0 of another lab still forwards. */
static bool still_works(void)
{
	static struct lab lab;
	bool good;

	if (lab_open(&lab, 2, NO_OPTS))
		return false;
	good = lab_who(&lab, lab_tx(&lab, 0, mac_broadcast, mac(1))) ==
	       (AT(1) | AT(LAB_HOST));
	good &= lab_who(&lab, lab_tx(&lab, 1, mac(1), mac(2))) == AT(0);
	lab_close(&lab);
	return good;
}

/* The soak: ports and switches added, used, flushed and deleted. */
static int soak(struct lab *lab, int i)
{
	int sw1, d0, err;

	err = link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw1",
		       OPTS(OPT8(NETEMU_SWITCH_A_MODE, i % 2))) ?:
	      link_add(&lab->rt, "dummy", "d0", NO_OPTS);
	if (err)
		return err;
	sw1 = if_nametoindex("sw1");
	d0 = if_nametoindex("d0");
	err = link_up(&lab->rt, sw1, true) ?:
	      link_up(&lab->rt, d0, true) ?:
	      port_new(&lab->gn, lab->sw, d0,
		       OPTS(OPT8(NETEMU_PORT_A_ISOLATED, i % 3 == 0))) ?:
	      fdb_add(&lab->rt, lab->sw, d0, mac(0x1000 + i), NUD_NOARP,
		      NLM_F_CREATE) ?:
	      fdb_add(&lab->rt, lab->sw, d0, mac(0xf0000), NUD_NOARP,
		      NLM_F_CREATE | NLM_F_REPLACE) ?:
	      fdb_flush(&lab->gn, lab->sw, i % 4 ? 0 : d0, i % 4) ?:
	      link_master(&lab->rt, lab->p[i % PORTS], sw1) ?:
	      port_set(&lab->gn, lab->p[i % PORTS],
		       OPTS(OPT32(NETEMU_PORT_A_STORM_BCAST, 100))) ?:
	      link_master(&lab->rt, d0, sw1) ?:
	      link_master(&lab->rt, lab->p[i % PORTS], lab->sw);
	if (err)
		return err;
	/* The switch goes with a port, or the port goes first. */
	if (i & 1)
		return link_del(&lab->rt, d0) ?: link_del(&lab->rt, sw1);
	return link_del(&lab->rt, sw1) ?: link_del(&lab->rt, d0);
}

TEST_F_TIMEOUT(lifecycle, soak_of_ports_and_switches, 1500)
{
	struct lab *lab = &self->lab;
	int i, n = cycles(500);

	for (i = 0; i < n; i++)
		ASSERT_EQ(0, soak(lab, i));
	EXPECT_EQ(PORTS, switch_value(&lab->gn, lab->sw,
				      NETEMU_SWITCH_A_PORTS));
	EXPECT_TRUE(flood_wait(&self->flood[0], 64));
	EXPECT_TRUE(flood_wait(&self->flood[1], 64));
	EXPECT_TRUE(still_works());
}

LAB_TEST(lifecycle, device_goes_under_traffic)
{
	struct lab *lab = &self->lab;
	int i, n = cycles(50);

	for (i = 0; i < n; i++) {
		ASSERT_EQ(0, link_add_veth(&lab->rt, "x0", "x1"));
		ASSERT_EQ(0, sh("ip link set x1 up; ip link set x0 up master sw0"));
		flood_wait(&self->flood[2], 8);
		ASSERT_EQ(0, link_del(&lab->rt, if_nametoindex(i & 1 ? "x0" :
								       "x1")));
	}
	EXPECT_EQ(PORTS, switch_value(&lab->gn, lab->sw,
				      NETEMU_SWITCH_A_PORTS));
	EXPECT_TRUE(still_works());
}

LAB_TEST(lifecycle, device_moves_to_another_namespace_under_traffic)
{
	struct lab *lab = &self->lab;
	struct link_info info;
	pid_t pid = self->flood[0].pid;
	int i, n = cycles(50);

	for (i = 0; i < n; i++) {
		/* Into the namespace of a far end, and back to that of ours. */
		ASSERT_EQ(0, link_u32(&lab->rt, lab->p[2], IFLA_NET_NS_PID,
				      pid));
		EXPECT_NE(0, link_get(&lab->rt, lab->p[2], &info));
		EXPECT_EQ(PORTS - 1, switch_value(&lab->gn, lab->sw,
						  NETEMU_SWITCH_A_PORTS));
		ASSERT_EQ(0, sh("nsenter -t %d -n ip link set p2 netns %d",
				pid, getpid()));
		lab->p[2] = if_nametoindex("p2");
		ASSERT_NE(0, lab->p[2]);
		ASSERT_EQ(0, link_up(&lab->rt, lab->p[2], true));
		ASSERT_EQ(0, link_master(&lab->rt, lab->p[2], lab->sw));
		flood_wait(&self->flood[2], 8);
	}
	EXPECT_TRUE(still_works());
}

LAB_TEST(lifecycle, switch_goes_under_traffic)
{
	struct lab *lab = &self->lab;
	int i, j, n = cycles(50);

	for (i = 0; i < n; i++) {
		ASSERT_EQ(0, link_del(&lab->rt, lab->sw));
		ASSERT_EQ(0, link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw0",
				      NO_OPTS));
		lab->sw = if_nametoindex("sw0");
		ASSERT_EQ(0, link_up(&lab->rt, lab->sw, true));
		for (j = 0; j < PORTS; j++)
			ASSERT_EQ(0, port_new(&lab->gn, lab->sw, lab->p[j],
					      NO_OPTS));
		flood_wait(&self->flood[2], 8);
	}
	EXPECT_TRUE(still_works());
}

LAB_TEST(lifecycle, options_change_under_traffic)
{
	struct lab *lab = &self->lab;
	int i, n = cycles(200);

	for (i = 0; i < n; i++) {
		ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
			OPTS(OPT8(NETEMU_SWITCH_A_MODE, i & 1),
			     OPT8(NETEMU_SWITCH_A_HOST_PORT, i >> 1 & 1),
			     OPT32(NETEMU_SWITCH_A_AGEING, i % 3),
			     OPT32(NETEMU_SWITCH_A_LOOP_RATE, i % 5),
			     OPT32(NETEMU_SWITCH_A_LOOP_HOLD, 1),
			     OPT32(NETEMU_SWITCH_A_FDB_LIMIT, 1 + i % 100))));
		ASSERT_EQ(0, port_set(&lab->gn, lab->p[i % PORTS],
			OPTS(OPT8(NETEMU_PORT_A_ISOLATED, i & 1),
			     OPT8(NETEMU_PORT_A_LEARNING, i >> 1 & 1),
			     OPT32(NETEMU_PORT_A_FDB_LIMIT, i % 7),
			     OPT32(NETEMU_PORT_A_STORM_BCAST, i % 50))));
		ASSERT_EQ(0, link_mac(&lab->rt, lab->sw, mac(0x5000 + i)));
		ASSERT_EQ(0, link_up(&lab->rt, lab->sw, i & 1));
		ASSERT_EQ(0, link_up(&lab->rt, lab->p[i % PORTS], i >> 1 & 1));
	}
	EXPECT_TRUE(still_works());
}

/* The namespace with all in it ends at once. */
LAB_TEST(lifecycle, namespace_goes_under_traffic)
{
	int i, n = cycles(20), status;
	char byte;

	stop_floods(self);
	for (i = 0; i < n; i++) {
		int ready[2];
		pid_t pid;

		ASSERT_EQ(0, pipe(ready));
		pid = fork();
		if (!pid) {
			static struct lab inner;

			if (lab_open(&inner, PORTS, NO_OPTS))
				_exit(1);
			self->lab = inner;
			if (start_floods(self) ||
			    !flood_wait(&self->flood[0], 100) ||
			    write(ready[1], "", 1) != 1)
				_exit(1);
			/* The floods here go with the parent. */
			pause();
			_exit(0);
		}
		close(ready[1]);
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		close(ready[0]);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
	}
	EXPECT_TRUE(still_works());
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * Root of a user namespace can fill its own networks, not the machine: what
 * all switches of one namespace know is bounded.
 *
 * vm: timeout=240 debug=no
 */
#include "test.h"

#include <sched.h>
#include <net/if.h>

#define STATION(n)	mac(0x100000 + (n))

/* Namespaces of its own, and no limit but that of the namespace. */
static int enter(struct lab *lab)
{
	if (unshare(CLONE_NEWUSER))
		return -1;
	return lab_open(lab, 2,
			OPTS(OPT32(NETEMU_SWITCH_A_FDB_LIMIT,
				   NETEMU_FDB_LIMIT_MAX),
			     OPT32(NETEMU_SWITCH_A_AGEING, 0))) ?:
	       port_set(&lab->gn, lab->p[0],
			OPTS(OPT32(NETEMU_PORT_A_FDB_LIMIT, 0)));
}

static void speak(struct lab *lab, unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		lab_tx(lab, 0, lab->sw_mac, STATION(first + i));
		if (i % 64 == 63)
			lab_settle(lab);
	}
	lab_settle(lab);
}

static uint64_t entries(struct lab *lab)
{
	struct switch_info sw;

	if (switch_get(&lab->gn, lab->sw, &sw))
		return 0;
	return sw.v[NETEMU_SWITCH_A_FDB_LEARNED] +
	       sw.v[NETEMU_SWITCH_A_FDB_STATIC];
}

/* Another one, with an own network, waits until the first is full. */
static void neighbour(int start)
{
	static struct lab other;
	char byte;

	if (read(start, &byte, 1) != 1 || enter(&other))
		_exit(1);
	speak(&other, 0, 10);
	_exit(entries(&other) == 11 ? 0 : 2);
}

static bool neighbour_learns(pid_t pid, int start)
{
	int status;

	if (write(start, "", 1) != 1)
		return false;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

FIXTURE(netns) {
	struct lab lab;
	pid_t neighbour;
	int start;		/* a byte here starts the neighbour */
};

FIXTURE_SETUP(netns)
{
	int pipes[2];

	/* From in here nobody could make a user namespace beside this one. */
	ASSERT_EQ(0, pipe(pipes));
	self->start = pipes[1];
	self->neighbour = fork();
	if (!self->neighbour) {
		close(pipes[1]);
		neighbour(pipes[0]);
	}
	close(pipes[0]);
	ASSERT_EQ(0, enter(&self->lab));
}

FIXTURE_TEARDOWN(netns)
{
	close(self->start);
	lab_close(&self->lab);
}

TEST_F_TIMEOUT(netns, is_full_and_its_neighbours_are_not, 900)
{
	struct lab *lab = &self->lab;

	speak(lab, 0, NETEMU_FDB_NETNS_MAX + 5000);
	/* Until the table has grown, chains that are full refuse some. */
	EXPECT_TRUE(wait_for(entries(lab) >= NETEMU_FDB_NETNS_MAX ||
			     (speak(lab, 0, NETEMU_FDB_NETNS_MAX), false)));
	speak(lab, NETEMU_FDB_NETNS_MAX + 5000, 1000);
	EXPECT_EQ(NETEMU_FDB_NETNS_MAX, entries(lab));
	EXPECT_NE(0, fdb_add(&lab->rt, lab->sw, lab->p[1], mac(9), NUD_NOARP,
			     NLM_F_CREATE));
	EXPECT_STRNE("", lab->rt.text);
	EXPECT_TRUE(neighbour_learns(self->neighbour, self->start));
	ASSERT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, NETEMU_FLUSH_ALL));
	EXPECT_EQ(1, entries(lab));
	speak(lab, 0, 10);
	EXPECT_EQ(11, entries(lab));
	EXPECT_EQ(0, fdb_add(&lab->rt, lab->sw, lab->p[1], mac(9), NUD_NOARP,
			     NLM_F_CREATE));
}

TEST_HARNESS_MAIN

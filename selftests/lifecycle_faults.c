// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of an operation fails once: the operation is done or not
 * done, never half, and nothing leaks. Needs a kernel with fault injection.
 *
 * vm: timeout=240 debug=only
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <linux/if_link.h>

#define ALLOCATIONS	400	/* no operation has that many */

FIXTURE(faults) {
	struct lab lab;
	struct nl probe;
	int knob;
	int d0;
};

/* Before anything of the harness runs. */
static void __attribute__((constructor(101))) skip_without_knob(void)
{
	if (!access("/proc/thread-self/fail-nth", W_OK) &&
	    !access("/sys/kernel/debug/failslab/probability", W_OK))
		return;
	puts("TAP version 13\n1..0 # SKIP no fault injection in this kernel");
	exit(4);
}

FIXTURE_SETUP(faults)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
	ASSERT_EQ(0, link_add(&self->lab.rt, "dummy", "d0", NO_OPTS));
	self->d0 = if_nametoindex("d0");
	/* Also those that may wait, also single pages, and no word about it. */
	sysctl_write("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	sysctl_write("/sys/kernel/debug/failslab/verbose", "0");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	self->knob = open("/proc/thread-self/fail-nth", O_RDWR);
	ASSERT_LT(0, self->knob);
}

FIXTURE_TEARDOWN(faults)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

static void arm(int knob, int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", nth);
	if (pwrite(knob, text, strlen(text), 0) < 0)
		exit(1);
}

/* Disarms; true if a fault has struck. */
static bool struck(int knob)
{
	char text[16] = "";

	if (pread(knob, text, sizeof(text) - 1, 0) < 0)
		exit(1);
	arm(knob, 0);
	return atoi(text) == 0;
}

/* In a short run only some of the allocations fail. */
static int step(void)
{
	return lab_short() ? 4 : 1;
}

/* An operation and what takes it back. Both return an errno. */
struct operation {
	int (*act)(FIXTURE_DATA(faults) *self);
	int (*undo)(FIXTURE_DATA(faults) *self);
};

static void check(struct __test_metadata *_metadata,
		  FIXTURE_DATA(faults) *self, const struct operation *op)
{
	unsigned int refused = 0;
	uint64_t before, after;
	bool hit = true;
	int n, err;

	before = netemu_state(&self->probe);
	ASSERT_EQ(0, op->act(self));
	after = netemu_state(&self->probe);
	ASSERT_EQ(0, op->undo(self));
	ASSERT_EQ(before, netemu_state(&self->probe));

	for (n = 1; n < ALLOCATIONS && hit; n += step()) {
		uint64_t now;

		arm(self->knob, n);
		err = op->act(self);
		hit = struck(self->knob);
		now = netemu_state(&self->probe);
		if (now != before && now != after)
			TH_LOG("fault %d: half done, errno %d", n, err);
		EXPECT_TRUE(now == before || now == after);
		/* ENOBUFS: the answer was lost, not the operation. */
		if (err && err != ENOBUFS && now == after)
			TH_LOG("fault %d: done, but errno is %d", n, err);
		EXPECT_FALSE(err && err != ENOBUFS && now == after &&
			     before != after);
		EXPECT_FALSE(!err && now != after);
		refused += !!err;
		if (now == after && before != after)
			ASSERT_EQ(0, op->undo(self));
	}
	EXPECT_FALSE(hit);
	EXPECT_LE(1, refused);
	EXPECT_EQ(before, netemu_state(&self->probe));
}

static int add_switch(FIXTURE_DATA(faults) *self)
{
	return link_add(&self->lab.rt, NETEMU_KIND_SWITCH, "sw1",
			OPTS(OPT32(NETEMU_SWITCH_A_AGEING, 9)));
}

/* A new switch has a new index: only its existence can be compared. */
LAB_TEST(faults, add_switch)
{
	unsigned int n, refused = 0;
	bool hit = true;
	int err;

	for (n = 1; n < ALLOCATIONS && hit; n += step()) {
		uint64_t before = netemu_state(&self->probe);

		arm(self->knob, n);
		err = add_switch(self);
		hit = struck(self->knob);
		refused += !!err;
		if (err && err != ENOBUFS) {
			EXPECT_EQ(0, if_nametoindex("sw1"));
			EXPECT_EQ(before, netemu_state(&self->probe));
		}
		if (!err)
			EXPECT_NE(0, if_nametoindex("sw1"));
		if (if_nametoindex("sw1"))
			ASSERT_EQ(0, link_del(&self->lab.rt,
					      if_nametoindex("sw1")));
	}
	EXPECT_FALSE(hit);
	EXPECT_LE(1, refused);
}

static int new_port(FIXTURE_DATA(faults) *self)
{
	return port_new(&self->lab.gn, self->lab.sw, self->d0,
			OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1)));
}

static int del_port(FIXTURE_DATA(faults) *self)
{
	return port_del(&self->lab.gn, self->d0);
}

LAB_TEST(faults, port_new)
{
	check(_metadata, self, &(struct operation){ new_port, del_port });
}

static int set_master(FIXTURE_DATA(faults) *self)
{
	return link_master(&self->lab.rt, self->d0, self->lab.sw);
}

LAB_TEST(faults, master)
{
	check(_metadata, self, &(struct operation){ set_master, del_port });
}

static int set_port(FIXTURE_DATA(faults) *self)
{
	return port_set(&self->lab.gn, self->lab.p[0],
			OPTS(OPT32(NETEMU_PORT_A_STORM_BCAST, 5)));
}

static int reset_port(FIXTURE_DATA(faults) *self)
{
	return port_set(&self->lab.gn, self->lab.p[0],
			OPTS(OPT32(NETEMU_PORT_A_STORM_BCAST, 0)));
}

LAB_TEST(faults, port_set)
{
	check(_metadata, self, &(struct operation){ set_port, reset_port });
}

static int add_entry(FIXTURE_DATA(faults) *self)
{
	return fdb_add(&self->lab.rt, self->lab.sw, self->lab.p[0], mac(9),
		       NUD_NOARP, NLM_F_CREATE | NLM_F_EXCL);
}

static int del_entry(FIXTURE_DATA(faults) *self)
{
	return fdb_del(&self->lab.rt, self->lab.sw, mac(9));
}

LAB_TEST(faults, fdb_add)
{
	check(_metadata, self, &(struct operation){ add_entry, del_entry });
}

static int change_switch(FIXTURE_DATA(faults) *self)
{
	return link_change(&self->lab.rt, NETEMU_KIND_SWITCH, self->lab.sw,
			   OPTS(OPT8(NETEMU_SWITCH_A_MODE, NETEMU_MODE_HUB),
				OPT32(NETEMU_SWITCH_A_AGEING, 7)));
}

static int restore_switch(FIXTURE_DATA(faults) *self)
{
	return link_change(&self->lab.rt, NETEMU_KIND_SWITCH, self->lab.sw,
			   OPTS(OPT8(NETEMU_SWITCH_A_MODE, NETEMU_MODE_SWITCH),
				OPT32(NETEMU_SWITCH_A_AGEING, 300)));
}

LAB_TEST(faults, change_switch)
{
	check(_metadata, self,
	      &(struct operation){ change_switch, restore_switch });
}

/* The address of the switch is an FDB entry: either both change, or none. */
LAB_TEST(faults, switch_address)
{
	struct lab *lab = &self->lab;
	struct link_info info;
	bool hit = true;
	int n, err;

	for (n = 1; n < ALLOCATIONS && hit; n += step()) {
		arm(self->knob, n);
		err = link_mac(&lab->rt, lab->sw, mac(0x100 + n));
		hit = struck(self->knob);
		ASSERT_EQ(0, link_get(&lab->rt, lab->sw, &info));
		if (!err)
			EXPECT_EQ(0, memcmp(info.mac, mac(0x100 + n), 6));
		EXPECT_EQ(-1, fdb_where(&lab->rt, lab->sw, info.mac));
		EXPECT_EQ(1, fdb_count(&lab->rt, lab->sw, 0, NUD_PERMANENT));
	}
	EXPECT_FALSE(hit);
}

/* Frames while memory is short: lost perhaps, but counted, and no harm. */
LAB_TEST(faults, frames)
{
	struct lab *lab = &self->lab;
	uint32_t id;
	int n;

	ASSERT_EQ(0, set_master(self));
	ASSERT_EQ(0, link_up(&lab->rt, self->d0, true));
	for (n = 1; n < 40; n++) {
		arm(self->knob, n);
		lab_tx(lab, 0, mac_broadcast, mac(0x100 + n));
		struck(self->knob);
	}
	lab_settle(lab);
	id = lab_tx(lab, 0, mac_broadcast, mac(5));
	EXPECT_EQ(AT(LAB_HOST), lab_who(lab, id));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * What protects the ports from each other: storm limits and the loop guard.
 *
 * vm: timeout=240 plain=6.1
 */
#include "test.h"

#include <net/if.h>

#define HOST(n)	mac((n) + 1)
#define NOBODY	mac(0x7777)
#define BURST	300

FIXTURE(guard) {
	struct lab lab;
};

FIXTURE_SETUP(guard)
{
	ASSERT_EQ(0, lab_open(&self->lab, 3, NO_OPTS));
}

FIXTURE_TEARDOWN(guard)
{
	lab_close(&self->lab);
}

/* Sends BURST frames from far end 0; how many far end 1 heard. */
static unsigned int burst(struct lab *lab, const uint8_t *dst)
{
	unsigned int before, i;
	uint8_t to[6];

	memcpy(to, dst, 6);
	lab_settle(lab);
	ear_listen(&lab->ear[1]);
	before = lab->ear[1].n;
	for (i = 0; i < BURST; i++) {
		lab_tx(lab, 0, to, HOST(0));
		if (i % 64 == 63)
			lab_settle(lab);
	}
	lab_settle(lab);
	ear_listen(&lab->ear[1]);
	return lab->ear[1].n - before;
}

static int limit(struct lab *lab, uint16_t attr, uint32_t pps)
{
	return port_set(&lab->gn, lab->p[0], OPTS(OPT32(attr, pps)));
}

/* One frame a second: the burst takes less time than that, or a few more
 * frames pass; what did not pass was counted, whatever the speed.
 */
static void check_class(struct __test_metadata *_metadata, struct lab *lab,
			uint16_t attr, enum netemu_drop drop,
			const uint8_t *dst)
{
	unsigned int passed;
	uint8_t to[6];

	memcpy(to, dst, 6);
	EXPECT_EQ(BURST, burst(lab, to));
	ASSERT_EQ(0, limit(lab, attr, 1));
	passed = burst(lab, to);
	EXPECT_GE(passed, 1);
	EXPECT_LT(passed, BURST / 2);
	EXPECT_EQ(BURST - passed, port_drops(&lab->gn, lab->p[0], drop));
	EXPECT_EQ(BURST - passed, switch_drops(&lab->gn, lab->sw, drop));
	EXPECT_TRUE(wait_for(lab_who(lab, lab_tx(lab, 0, to, HOST(0)))));
	ASSERT_EQ(0, limit(lab, attr, 0));
	EXPECT_EQ(BURST, burst(lab, to));
}

LAB_TEST(guard, broadcast_limit)
{
	check_class(_metadata, &self->lab, NETEMU_PORT_A_STORM_BCAST,
		    NETEMU_DROP_STORM_BCAST, mac_broadcast);
}

LAB_TEST(guard, multicast_limit)
{
	check_class(_metadata, &self->lab, NETEMU_PORT_A_STORM_MCAST,
		    NETEMU_DROP_STORM_MCAST, mac_multicast);
}

LAB_TEST(guard, unknown_unicast_limit)
{
	check_class(_metadata, &self->lab, NETEMU_PORT_A_STORM_UNKNOWN,
		    NETEMU_DROP_STORM_UNKNOWN, NOBODY);
}

LAB_TEST(guard, limits_are_per_class_and_per_port)
{
	struct lab *lab = &self->lab;
	unsigned int i, heard = 0;

	lab_tx(lab, 1, mac_broadcast, HOST(1));
	lab_settle(lab);
	ASSERT_EQ(0, limit(lab, NETEMU_PORT_A_STORM_BCAST, 1));
	EXPECT_LT(burst(lab, mac_broadcast), BURST);
	EXPECT_EQ(BURST, burst(lab, mac_multicast));
	EXPECT_EQ(BURST, burst(lab, NOBODY));
	EXPECT_EQ(BURST, burst(lab, HOST(1)));
	for (i = 0; i < 20; i++)
		heard += !!(AT(1) & lab_who(lab, lab_tx(lab, 2, mac_broadcast,
							HOST(2))));
	EXPECT_EQ(20, heard);
}

LAB_TEST(guard, high_limit_lets_a_burst_pass)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, limit(lab, NETEMU_PORT_A_STORM_BCAST, NETEMU_STORM_MAX));
	EXPECT_EQ(BURST, burst(lab, mac_broadcast));
	/* A tenth of a second may come at once: 300 of 3,000 a second. */
	ASSERT_EQ(0, limit(lab, NETEMU_PORT_A_STORM_BCAST, 10 * BURST));
	EXPECT_EQ(BURST, burst(lab, mac_broadcast));
}

/* ---- loop guard --------------------------------------------------------- */

static int set_guard(struct lab *lab, uint32_t rate, uint32_t hold)
{
	return link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
			   OPTS(OPT32(NETEMU_SWITCH_A_LOOP_RATE, rate),
				OPT32(NETEMU_SWITCH_A_LOOP_HOLD, hold)));
}

/* The same address from two ports in turn; how many times. */
static void flap(struct lab *lab, int a, int b, unsigned int times)
{
	while (times--) {
		lab_tx(lab, times & 1 ? a : b, mac_broadcast, mac(0xf1a9));
		if (times % 64 == 0)
			lab_settle(lab);
	}
}

static uint64_t state(struct lab *lab, int n)
{
	return port_value(&lab->gn, lab->p[n], NETEMU_PORT_A_STATE);
}

static bool is_blocked(struct lab *lab, int n)
{
	return state(lab, n) == NETEMU_PORT_STATE_BLOCKED;
}

/* On a slow machine a second may pass before there were enough moves. */
static bool flap_until_blocked(struct lab *lab, int a, int b)
{
	return wait_for((flap(lab, a, b, 100),
			 is_blocked(lab, a) || is_blocked(lab, b)));
}

LAB_TEST(guard, loop_blocks_the_younger_port)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_guard(lab, 20, 3600));
	EXPECT_TRUE(flap_until_blocked(lab, 0, 1));
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 0));
	EXPECT_EQ(NETEMU_PORT_STATE_BLOCKED, state(lab, 1));
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 2));
	EXPECT_EQ(1, port_value(&lab->gn, lab->p[1], NETEMU_PORT_A_LOOP_BLOCKS));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[0], NETEMU_PORT_A_LOOP_BLOCKS));
}

LAB_TEST(guard, younger_is_by_time_of_attachment)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_master(&lab->rt, lab->p[0], 0));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[0], lab->sw));
	ASSERT_EQ(0, set_guard(lab, 20, 3600));
	EXPECT_TRUE(flap_until_blocked(lab, 0, 1));
	EXPECT_EQ(NETEMU_PORT_STATE_BLOCKED, state(lab, 0));
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 1));
}

LAB_TEST(guard, blocked_port_passes_nothing)
{
	struct lab *lab = &self->lab;
	uint64_t before;

	lab_tx(lab, 1, mac_broadcast, HOST(1));
	ASSERT_EQ(0, set_guard(lab, 20, 3600));
	ASSERT_TRUE(flap_until_blocked(lab, 0, 1));
	before = port_drops(&lab->gn, lab->p[1], NETEMU_DROP_PORT_BLOCKED);
	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 1, mac_broadcast, HOST(1))));
	EXPECT_EQ(before + 1, port_drops(&lab->gn, lab->p[1],
					 NETEMU_DROP_PORT_BLOCKED));
	EXPECT_EQ(AT(2) | AT(LAB_HOST),
		  lab_who(lab, lab_tx(lab, 0, mac_broadcast, HOST(0))));
	EXPECT_EQ(0, AT(1) & lab_who(lab, lab_tx(lab, 0, HOST(1), HOST(0))));
}

LAB_TEST(guard, block_ends_after_the_hold_time)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_guard(lab, 20, 1));
	ASSERT_TRUE(flap_until_blocked(lab, 0, 1));
	EXPECT_TRUE(wait_for(state(lab, 1) == NETEMU_PORT_STATE_FORWARDING));
	EXPECT_EQ(AT(0) | AT(2) | AT(LAB_HOST),
		  lab_who(lab, lab_tx(lab, 1, mac_broadcast, HOST(1))));
}

LAB_TEST(guard, rate_zero_is_off)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_guard(lab, 0, 10));
	flap(lab, 0, 1, 1000);
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 0));
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 1));
	EXPECT_EQ(999, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_MOVES));
}

LAB_TEST(guard, few_moves_block_nothing)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_guard(lab, 20, 3600));
	/* The first frame is learned, 20 moves follow: not more than 20. */
	flap(lab, 0, 1, 21);
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 0));
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 1));
	EXPECT_EQ(20, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_MOVES));
}

/* The same address from the host and from far end 0 in turn. */
static void flap_with_host(struct lab *lab, unsigned int times)
{
	struct frame f = { .dst = mac_broadcast };

	while (times--) {
		f.src = mac(0xf1a9);
		lab_send(lab, lab->sw, &f);
		lab_tx(lab, 0, mac_broadcast, mac(0xf1a9));
		lab_settle(lab);
	}
}

LAB_TEST(guard, host_port_is_never_blocked)
{
	struct lab *lab = &self->lab;
	struct frame f = { .dst = mac_broadcast, .src = mac(0xf1a9) };

	ASSERT_EQ(0, set_guard(lab, 20, 3600));
	EXPECT_TRUE(wait_for((flap_with_host(lab, 100), is_blocked(lab, 0))));
	f.src = mac(0xf1a9);
	EXPECT_TRUE(AT(1) & lab_who(lab, lab_send(lab, lab->sw, &f)));
}

/* A real loop: two ports of the switch joined outside of it. */
LAB_TEST(guard, real_loop_ends)
{
	struct lab *lab = &self->lab;
	unsigned int before;
	int l0, l1;

	ASSERT_EQ(0, set_guard(lab, 20, 3600));
	ASSERT_EQ(0, link_add_veth(&lab->rt, "l0", "l1"));
	l0 = if_nametoindex("l0");
	l1 = if_nametoindex("l1");
	ASSERT_EQ(0, sh("for l in l0 l1; do ip link set $l up master sw0; done"));
	EXPECT_TRUE(wait_for(lab_ready(lab, l0) && lab_ready(lab, l1)));
	lab_tx(lab, 0, mac_broadcast, HOST(0));
	EXPECT_TRUE(wait_for(port_value(&lab->gn, l0,
					NETEMU_PORT_A_LOOP_BLOCKS) +
			     port_value(&lab->gn, l1,
					NETEMU_PORT_A_LOOP_BLOCKS) >= 1));
	lab_settle(lab);
	ear_listen(&lab->ear[2]);
	before = lab->ear[2].n;
	EXPECT_EQ(AT(0) | AT(2) | AT(LAB_HOST),
		  lab_who(lab, lab_tx(lab, 1, mac_broadcast, HOST(1))));
	EXPECT_EQ(before + 1, lab->ear[2].n);
	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING, state(lab, 1));
}

TEST_HARNESS_MAIN

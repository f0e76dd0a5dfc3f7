// SPDX-License-Identifier: GPL-2.0
/*
 * Which port a frame leaves by, and which frames leave by none.
 *
 * vm: timeout=240
 */
#include "test.h"

/* The host behind far end N. */
#define HOST(n)	mac((n) + 1)
#define NOBODY	mac(0x7777)

FIXTURE(forward) {
	struct lab lab;
};

FIXTURE_SETUP(forward)
{
	ASSERT_EQ(0, lab_open(&self->lab, 4, NO_OPTS));
}

FIXTURE_TEARDOWN(forward)
{
	lab_close(&self->lab);
}

/* Make the switch know the host behind far end N. */
static void speak(struct lab *lab, int n)
{
	lab_tx(lab, n, mac_broadcast, HOST(n));
	lab_settle(lab);
}

static unsigned int to(struct lab *lab, int from, const uint8_t *dst)
{
	return lab_who(lab, lab_tx(lab, from, dst, HOST(from)));
}

/* Whether unknown unicast goes up to the host is the host's own business: its
 * stack does not take it.
 */
static unsigned int unknown(struct lab *lab, int from)
{
	return to(lab, from, NOBODY) & ~AT(LAB_HOST);
}

LAB_TEST(forward, unknown_unicast_goes_everywhere_but_back)
{
	EXPECT_EQ(AT(1) | AT(2) | AT(3), unknown(&self->lab, 0));
	EXPECT_EQ(AT(0) | AT(1) | AT(3), unknown(&self->lab, 2));
}

LAB_TEST(forward, broadcast_goes_everywhere_but_back)
{
	EXPECT_EQ(AT(1) | AT(2) | AT(3) | AT(LAB_HOST),
		  to(&self->lab, 0, mac_broadcast));
}

LAB_TEST(forward, multicast_goes_everywhere_but_back)
{
	EXPECT_EQ(AT(0) | AT(1) | AT(2) | AT(LAB_HOST),
		  to(&self->lab, 3, mac_multicast));
}

LAB_TEST(forward, known_unicast_goes_to_its_port_only)
{
	struct lab *lab = &self->lab;
	int i, j;

	for (i = 0; i < 4; i++)
		speak(lab, i);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++)
			if (i != j)
				EXPECT_EQ(AT(j), to(lab, i, HOST(j)));
}

LAB_TEST(forward, frame_arrives_unchanged)
{
	struct lab *lab = &self->lab;
	struct frame f = { .dst = HOST(1), .src = HOST(0), .len = 777 };
	const struct heard *h;
	uint32_t id;

	speak(lab, 1);
	id = lab_send(lab, lab->e[0], &f);
	ASSERT_EQ(AT(1), lab_who(lab, id));
	h = ear_find(&lab->ear[1], id);
	EXPECT_EQ(777, h->len);
	EXPECT_EQ(0, h->tci);
	EXPECT_EQ(0, memcmp(h->dst, HOST(1), 6));
	EXPECT_EQ(0, memcmp(h->src, HOST(0), 6));
}

LAB_TEST(forward, each_frame_arrives_once)
{
	struct lab *lab = &self->lab;
	unsigned int before;

	lab_settle(lab);
	ear_listen(&lab->ear[1]);
	before = lab->ear[1].n;
	EXPECT_TRUE(to(lab, 0, mac_broadcast) & AT(1));
	EXPECT_TRUE(unknown(lab, 0) & AT(1));
	EXPECT_EQ(before + 2, lab->ear[1].n);
}

LAB_TEST(forward, vlan_tag_passes_untouched)
{
	struct lab *lab = &self->lab;
	const uint16_t tags[] = { 1, 5, 4094, 4095, 0x2000, 0xe064 };
	const struct heard *h;
	unsigned int i;
	uint32_t id;

	speak(lab, 1);
	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		struct frame f = {
			.dst = HOST(1), .src = HOST(0), .vid = tags[i],
		};

		id = lab_send(lab, lab->e[0], &f);
		ASSERT_EQ(AT(1), lab_who(lab, id));
		h = ear_find(&lab->ear[1], id);
		EXPECT_EQ(tags[i] | 0x1000, h->tci | 0x1000);
		EXPECT_NE(0, h->tci);
	}
}

LAB_TEST(forward, invalid_source_is_dropped)
{
	struct lab *lab = &self->lab;
	int p0 = lab->p[0];

	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, mac_broadcast, mac_multicast)));
	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, NOBODY, mac_broadcast)));
	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, mac_broadcast, mac_zero)));
	EXPECT_EQ(3, port_drops(&lab->gn, p0, NETEMU_DROP_INVALID_SOURCE));
	EXPECT_EQ(3, switch_drops(&lab->gn, lab->sw, NETEMU_DROP_INVALID_SOURCE));
	EXPECT_EQ(0, port_value(&lab->gn, p0, NETEMU_PORT_A_FDB_LEARNED));
}

LAB_TEST(forward, own_source_is_dropped)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, mac_broadcast, lab->sw_mac)));
	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, NOBODY, lab->sw_mac)));
	EXPECT_EQ(2, port_drops(&lab->gn, lab->p[0], NETEMU_DROP_OWN_SOURCE));
	EXPECT_EQ(-1, fdb_where(&lab->rt, lab->sw, lab->sw_mac));
}

LAB_TEST(forward, neighbours_on_one_port_are_left_alone)
{
	struct lab *lab = &self->lab;

	speak(lab, 0);
	lab_tx(lab, 0, mac_broadcast, HOST(8));
	EXPECT_EQ(0, to(lab, 0, HOST(8)));
	EXPECT_EQ(1, port_drops(&lab->gn, lab->p[0], NETEMU_DROP_SAME_PORT));
}

LAB_TEST(forward, flood_switches_are_per_class)
{
	struct lab *lab = &self->lab;
	int p1 = lab->p[1], p2 = lab->p[2], p3 = lab->p[3];

	ASSERT_EQ(0, port_set(&lab->gn, p1, OPTS(OPT8(NETEMU_PORT_A_FLOOD, 0))));
	ASSERT_EQ(0, port_set(&lab->gn, p2,
			      OPTS(OPT8(NETEMU_PORT_A_MCAST_FLOOD, 0))));
	ASSERT_EQ(0, port_set(&lab->gn, p3,
			      OPTS(OPT8(NETEMU_PORT_A_BCAST_FLOOD, 0))));
	EXPECT_EQ(AT(2) | AT(3), unknown(&self->lab, 0));
	EXPECT_EQ(AT(1) | AT(3) | AT(LAB_HOST), to(lab, 0, mac_multicast));
	EXPECT_EQ(AT(1) | AT(2) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
	ASSERT_EQ(0, port_set(&lab->gn, p1, OPTS(OPT8(NETEMU_PORT_A_FLOOD, 1))));
	EXPECT_EQ(AT(1) | AT(2) | AT(3), unknown(lab, 0));
}

LAB_TEST(forward, flood_off_does_not_stop_known_unicast)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, port_set(&lab->gn, lab->p[1],
			      OPTS(OPT8(NETEMU_PORT_A_FLOOD, 0),
				   OPT8(NETEMU_PORT_A_MCAST_FLOOD, 0),
				   OPT8(NETEMU_PORT_A_BCAST_FLOOD, 0))));
	speak(lab, 1);
	EXPECT_EQ(AT(1), to(lab, 0, HOST(1)));
}

LAB_TEST(forward, flood_without_taker_is_counted)
{
	struct lab *lab = &self->lab;
	int i;

	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT8(NETEMU_SWITCH_A_HOST_PORT, 0))));
	for (i = 1; i < 4; i++)
		ASSERT_EQ(0, port_set(&lab->gn, lab->p[i],
				      OPTS(OPT8(NETEMU_PORT_A_FLOOD, 0))));
	EXPECT_EQ(0, unknown(lab, 0));
	EXPECT_EQ(1, port_drops(&lab->gn, lab->p[0], NETEMU_DROP_NO_TARGET));
}

LAB_TEST(forward, learning_off_learns_nothing)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, port_set(&lab->gn, lab->p[1],
			      OPTS(OPT8(NETEMU_PORT_A_LEARNING, 0))));
	speak(lab, 1);
	EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, HOST(1)));
	EXPECT_EQ(AT(1) | AT(2) | AT(3), to(lab, 0, HOST(1)) & ~AT(LAB_HOST));
}

LAB_TEST(forward, isolated_ports_do_not_meet)
{
	struct lab *lab = &self->lab;
	int i;

	for (i = 0; i < 4; i++)
		speak(lab, i);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, port_set(&lab->gn, lab->p[i],
				      OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1))));
	EXPECT_EQ(0, to(lab, 0, HOST(1)));
	EXPECT_EQ(0, to(lab, 1, HOST(0)));
	EXPECT_EQ(2, switch_drops(&lab->gn, lab->sw, NETEMU_DROP_ISOLATED));
	EXPECT_EQ(AT(2) | AT(3) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
	EXPECT_EQ(AT(2) | AT(3), unknown(lab, 1));
	EXPECT_EQ(AT(2), to(lab, 0, HOST(2)));
	EXPECT_EQ(AT(0), to(lab, 2, HOST(0)));
	EXPECT_EQ(AT(0) | AT(1) | AT(3) | AT(LAB_HOST),
		  to(lab, 2, mac_broadcast));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, lab->sw_mac));
}

/* ---- IEEE 802.1Q table 8-1 ---------------------------------------------- */

static const uint8_t *reserved(int n)
{
	static uint8_t m[6] = { 0x01, 0x80, 0xc2, 0, 0, 0 };

	m[5] = n;
	return m;
}

LAB_TEST(forward, reserved_addresses_stop_here)
{
	struct lab *lab = &self->lab;
	unsigned int all = AT(1) | AT(2) | AT(3);
	int n;

	EXPECT_EQ(0x0001, switch_value(&lab->gn, lab->sw,
				       NETEMU_SWITCH_A_RESERVED_MASK));
	EXPECT_EQ(all, to(lab, 0, reserved(0)) & ~AT(LAB_HOST));
	for (n = 1; n < 16; n++)
		EXPECT_EQ(0, to(lab, 0, reserved(n)));
	EXPECT_EQ(all, to(lab, 0, reserved(16)) & ~AT(LAB_HOST));
	EXPECT_EQ(15, port_drops(&lab->gn, lab->p[0], NETEMU_DROP_RESERVED));
}

LAB_TEST(forward, reserved_addresses_pass_as_the_mask_says)
{
	struct lab *lab = &self->lab;
	unsigned int all = AT(1) | AT(2) | AT(3);
	int n;

	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT16(NETEMU_SWITCH_A_RESERVED_MASK,
					    0xfffd))));
	for (n = 0; n < 16; n++)
		EXPECT_EQ(n == 1 ? 0 : all,
			  to(lab, 0, reserved(n)) & ~AT(LAB_HOST));
	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT16(NETEMU_SWITCH_A_RESERVED_MASK, 0))));
	EXPECT_EQ(0, to(lab, 0, reserved(0)));
}

LAB_TEST(forward, pause_can_not_be_let_through)
{
	struct lab *lab = &self->lab;

	EXPECT_NE(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT16(NETEMU_SWITCH_A_RESERVED_MASK, 3))));
	EXPECT_STRNE("", lab->rt.text);
	EXPECT_EQ(1, switch_value(&lab->gn, lab->sw,
				  NETEMU_SWITCH_A_RESERVED_MASK));
}

/* An LLDP or LACP daemon on the port device hears what stops there. */
LAB_TEST(forward, reserved_addresses_reach_a_socket_on_the_port)
{
	struct lab *lab = &self->lab;
	struct ear ear;
	uint32_t id;

	ASSERT_EQ(0, ear_open(&ear, lab->p[0], LAB_PROTO));
	id = lab_tx(lab, 0, reserved(0xe), HOST(0));
	lab_settle(lab);
	EXPECT_TRUE(ear_heard(&ear, id));
	id = lab_tx(lab, 0, reserved(1), HOST(0));
	lab_settle(lab);
	EXPECT_TRUE(ear_heard(&ear, id));
	id = lab_tx(lab, 0, mac_broadcast, HOST(0));
	lab_settle(lab);
	EXPECT_FALSE(ear_heard(&ear, id));
	ear_close(&ear);
}

/* ---- ports coming and going --------------------------------------------- */

LAB_TEST(forward, port_without_carrier_is_disabled)
{
	struct lab *lab = &self->lab;
	int p1 = lab->p[1];

	EXPECT_EQ(NETEMU_PORT_STATE_FORWARDING,
		  port_value(&lab->gn, p1, NETEMU_PORT_A_STATE));
	ASSERT_EQ(0, link_up(&lab->rt, lab->e[1], false));
	EXPECT_TRUE(wait_for(port_value(&lab->gn, p1, NETEMU_PORT_A_STATE) ==
			     NETEMU_PORT_STATE_DISABLED));
	EXPECT_EQ(AT(2) | AT(3) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
	ASSERT_EQ(0, link_up(&lab->rt, lab->e[1], true));
	EXPECT_TRUE(wait_for(port_value(&lab->gn, p1, NETEMU_PORT_A_STATE) ==
			     NETEMU_PORT_STATE_FORWARDING &&
			     lab_ready(lab, p1)));
	EXPECT_EQ(AT(1) | AT(2) | AT(3) | AT(LAB_HOST),
		  to(lab, 0, mac_broadcast));
}

LAB_TEST(forward, port_that_is_down_is_disabled)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_up(&lab->rt, lab->p[2], false));
	EXPECT_EQ(NETEMU_PORT_STATE_DISABLED,
		  port_value(&lab->gn, lab->p[2], NETEMU_PORT_A_STATE));
	EXPECT_EQ(AT(1) | AT(3) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
	ASSERT_EQ(0, link_up(&lab->rt, lab->p[2], true));
	EXPECT_TRUE(wait_for(port_value(&lab->gn, lab->p[2],
					NETEMU_PORT_A_STATE) ==
			     NETEMU_PORT_STATE_FORWARDING &&
			     lab_ready(lab, lab->p[2])));
	EXPECT_EQ(AT(1) | AT(2) | AT(3) | AT(LAB_HOST),
		  to(lab, 0, mac_broadcast));
}

LAB_TEST(forward, switch_that_is_down_passes_nothing)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_up(&lab->rt, lab->sw, false));
	EXPECT_EQ(0, to(lab, 0, mac_broadcast));
	EXPECT_EQ(0, unknown(lab, 1));
	EXPECT_EQ(2, switch_drops(&lab->gn, lab->sw, NETEMU_DROP_PORT_DISABLED));
	ASSERT_EQ(0, link_up(&lab->rt, lab->sw, true));
	EXPECT_EQ(AT(1) | AT(2) | AT(3), unknown(lab, 0));
}

LAB_TEST(forward, released_port_is_as_before)
{
	struct lab *lab = &self->lab;
	struct link_info info;

	speak(lab, 1);
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[1], 0));
	EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, HOST(1)));
	EXPECT_EQ(AT(2) | AT(3) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
	EXPECT_EQ(0, to(lab, 1, mac_broadcast));
	ASSERT_EQ(0, link_get(&lab->rt, lab->p[1], &info));
	EXPECT_EQ(0, info.master);
	EXPECT_EQ(1, sh("ip -d link show dev p1 | grep -q 'promiscuity [1-9]'"));
	ASSERT_EQ(0, port_new(&lab->gn, lab->sw, lab->p[1], NO_OPTS));
	EXPECT_EQ(0, sh("ip -d link show dev p1 | grep -q 'promiscuity 1'"));
	EXPECT_EQ(AT(0) | AT(2) | AT(3) | AT(LAB_HOST),
		  to(lab, 1, mac_broadcast));
}

LAB_TEST(forward, deleted_switch_leaves_its_ports)
{
	struct lab *lab = &self->lab;
	struct link_info info;
	int i;

	ASSERT_EQ(0, link_del(&lab->rt, lab->sw));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, link_get(&lab->rt, lab->p[i], &info));
		EXPECT_EQ(0, info.master);
	}
	EXPECT_EQ(0, to(lab, 0, mac_broadcast));
}

LAB_TEST(forward, counters_of_the_switch_device_count_its_own_traffic)
{
	struct lab *lab = &self->lab;
	struct link_info a, b;
	struct frame f = { .dst = mac_broadcast, .src = lab->sw_mac };

	speak(lab, 0);
	speak(lab, 1);
	ASSERT_EQ(0, link_get(&lab->rt, lab->sw, &a));
	EXPECT_EQ(AT(1), to(lab, 0, HOST(1)));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, lab->sw_mac));
	lab_send(lab, lab->sw, &f);
	lab_settle(lab);
	ASSERT_EQ(0, link_get(&lab->rt, lab->sw, &b));
	EXPECT_EQ(a.rx_packets + 1, b.rx_packets);
	EXPECT_EQ(a.tx_packets + 1, b.tx_packets);
}

TEST_HARNESS_MAIN

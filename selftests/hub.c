// SPDX-License-Identifier: GPL-2.0
/*
 * A hub: every frame to every other port, nothing learned.
 *
 * vm: timeout=120 plain=6.1
 */
#include "test.h"

#define HOST(n)	mac((n) + 1)

FIXTURE(hub) {
	struct lab lab;
};

FIXTURE_SETUP(hub)
{
	ASSERT_EQ(0, lab_open(&self->lab, 3,
			      OPTS(OPT8(NETEMU_SWITCH_A_MODE,
					NETEMU_MODE_HUB))));
}

FIXTURE_TEARDOWN(hub)
{
	lab_close(&self->lab);
}

static unsigned int to(struct lab *lab, int from, const uint8_t *dst)
{
	return lab_who(lab, lab_tx(lab, from, dst, HOST(from)));
}

static int set_mode(struct lab *lab, uint8_t mode)
{
	return link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
			   OPTS(OPT8(NETEMU_SWITCH_A_MODE, mode)));
}

static unsigned int others(int n)
{
	return (AT(0) | AT(1) | AT(2) | AT(LAB_HOST)) & ~AT(n);
}

LAB_TEST(hub, every_frame_goes_to_every_other_port)
{
	struct lab *lab = &self->lab;
	int i, j;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(others(i), to(lab, i, mac_broadcast));
		EXPECT_EQ(others(i), to(lab, i, mac_multicast));
		for (j = 0; j < 3; j++)
			EXPECT_EQ(others(i), to(lab, i, HOST(j)));
	}
	EXPECT_EQ(others(0), to(lab, 0, lab->sw_mac));
}

LAB_TEST(hub, host_frames_go_to_every_port)
{
	struct lab *lab = &self->lab;
	struct frame f = { .src = lab->sw_mac, .dst = HOST(1) };

	to(lab, 1, mac_broadcast);
	EXPECT_EQ(AT(0) | AT(1) | AT(2),
		  lab_who(lab, lab_send(lab, lab->sw, &f)));
}

LAB_TEST(hub, nothing_is_learned)
{
	struct lab *lab = &self->lab;
	int i;

	for (i = 0; i < 3; i++)
		to(lab, i, mac_broadcast);
	EXPECT_EQ(0, switch_value(&lab->gn, lab->sw,
				  NETEMU_SWITCH_A_FDB_LEARNED));
	EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, HOST(0)));
}

LAB_TEST(hub, static_entries_do_not_steer)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, fdb_add(&lab->rt, lab->sw, lab->p[1], HOST(1), NUD_NOARP,
			     NLM_F_CREATE));
	EXPECT_EQ(others(0), to(lab, 0, HOST(1)));
}

LAB_TEST(hub, isolated_ports_do_not_meet)
{
	struct lab *lab = &self->lab;
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, port_set(&lab->gn, lab->p[i],
				      OPTS(OPT8(NETEMU_PORT_A_ISOLATED, 1))));
	EXPECT_EQ(AT(2) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
	EXPECT_EQ(AT(0) | AT(1) | AT(LAB_HOST), to(lab, 2, mac_broadcast));
}

/* A hub knows no reserved addresses; only PAUSE stays on its wire. */
LAB_TEST(hub, reserved_addresses_pass)
{
	struct lab *lab = &self->lab;
	uint8_t dst[6] = { 0x01, 0x80, 0xc2 };
	int n;

	for (n = 0; n < 16; n++) {
		dst[5] = n;
		EXPECT_EQ(n == 1 ? 0 : others(0), to(lab, 0, dst));
	}
}

LAB_TEST(hub, invalid_source_is_dropped)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, mac_broadcast,
					 mac_multicast)));
	EXPECT_EQ(1, port_drops(&lab->gn, lab->p[0],
				NETEMU_DROP_INVALID_SOURCE));
}

/* Two copies of a frame could come back for ever, but nothing can tell. */
LAB_TEST(hub, flapping_address_blocks_nothing)
{
	struct lab *lab = &self->lab;
	int i;

	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT32(NETEMU_SWITCH_A_LOOP_RATE, 5))));
	for (i = 0; i < 100; i++)
		lab_tx(lab, i & 1, mac_broadcast, mac(0xf1a9));
	lab_settle(lab);
	EXPECT_EQ(0, switch_value(&lab->gn, lab->sw, NETEMU_SWITCH_A_MOVES));
	EXPECT_EQ(others(1), to(lab, 1, mac_broadcast));
}

LAB_TEST(hub, becoming_a_hub_forgets)
{
	struct lab *lab = &self->lab;
	int i;

	ASSERT_EQ(0, set_mode(lab, NETEMU_MODE_SWITCH));
	for (i = 0; i < 3; i++)
		to(lab, i, mac_broadcast);
	EXPECT_EQ(AT(1), to(lab, 0, HOST(1)));
	EXPECT_EQ(3, switch_value(&lab->gn, lab->sw,
				  NETEMU_SWITCH_A_FDB_LEARNED));
	ASSERT_EQ(0, set_mode(lab, NETEMU_MODE_HUB));
	EXPECT_EQ(0, switch_value(&lab->gn, lab->sw,
				  NETEMU_SWITCH_A_FDB_LEARNED));
	EXPECT_EQ(others(0), to(lab, 0, HOST(1)));
	ASSERT_EQ(0, set_mode(lab, NETEMU_MODE_SWITCH));
	EXPECT_EQ(others(0), to(lab, 0, HOST(1)) | AT(LAB_HOST));
	EXPECT_EQ(AT(0), to(lab, 1, HOST(0)));
}

LAB_TEST(hub, becoming_a_hub_keeps_static_entries)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_mode(lab, NETEMU_MODE_SWITCH));
	ASSERT_EQ(0, fdb_add(&lab->rt, lab->sw, lab->p[1], mac(0x99), NUD_NOARP,
			     NLM_F_CREATE));
	ASSERT_EQ(0, set_mode(lab, NETEMU_MODE_HUB));
	EXPECT_EQ(lab->p[1], fdb_where(&lab->rt, lab->sw, mac(0x99)));
	ASSERT_EQ(0, set_mode(lab, NETEMU_MODE_SWITCH));
	EXPECT_EQ(AT(1), to(lab, 0, mac(0x99)));
}

LAB_TEST(hub, host_port_off)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
				 OPTS(OPT8(NETEMU_SWITCH_A_HOST_PORT, 0))));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, mac_broadcast));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, lab->sw_mac));
}

TEST_HARNESS_MAIN

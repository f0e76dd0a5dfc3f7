// SPDX-License-Identifier: GPL-2.0
/*
 * The host's own port, and what the switch device shows of its ports: MTU,
 * carrier, addresses.
 *
 * vm: timeout=240 plain=6.1
 */
#include "test.h"

#include <errno.h>
#include <net/if.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>

#define HOST(n)	mac((n) + 1)
#define NOBODY	mac(0x7777)

FIXTURE(host) {
	struct lab lab;
};

FIXTURE_SETUP(host)
{
	ASSERT_EQ(0, lab_open(&self->lab, 3, NO_OPTS));
}

FIXTURE_TEARDOWN(host)
{
	lab_close(&self->lab);
}

static void speak(struct lab *lab, int n)
{
	lab_tx(lab, n, mac_broadcast, HOST(n));
	lab_settle(lab);
}

static unsigned int to(struct lab *lab, int from, const uint8_t *dst)
{
	return lab_who(lab, lab_tx(lab, from, dst, HOST(from)));
}

/* A frame that the host sends. */
static unsigned int host_to(struct lab *lab, const uint8_t *dst)
{
	struct frame f = { .dst = dst, .src = lab->sw_mac };

	return lab_who(lab, lab_send(lab, lab->sw, &f));
}

static int set_host_port(struct lab *lab, int on)
{
	return link_change(&lab->rt, NETEMU_KIND_SWITCH, lab->sw,
			   OPTS(OPT8(NETEMU_SWITCH_A_HOST_PORT, on)));
}

static uint32_t mtu_of(struct lab *lab, int index)
{
	struct link_info info;

	return link_get(&lab->rt, index, &info) ? 0 : info.mtu;
}

static bool carrier_of(struct lab *lab, int index)
{
	struct link_info info;

	return !link_get(&lab->rt, index, &info) && info.carrier;
}

/* ---- frames ------------------------------------------------------------- */

LAB_TEST(host, hears_what_is_for_it)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, lab->sw_mac));
	EXPECT_EQ(AT(1) | AT(2) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
}

LAB_TEST(host, sends_like_any_port)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(AT(0) | AT(1) | AT(2), host_to(lab, mac_broadcast));
	EXPECT_EQ(AT(0) | AT(1) | AT(2), host_to(lab, NOBODY));
	speak(lab, 1);
	EXPECT_EQ(AT(1), host_to(lab, HOST(1)));
}

LAB_TEST(host, learns_like_any_port)
{
	struct lab *lab = &self->lab;
	struct frame f = { .dst = mac_broadcast, .src = mac(0x99) };

	lab_send(lab, lab->sw, &f);
	lab_settle(lab);
	EXPECT_EQ(-1, fdb_where(&lab->rt, lab->sw, mac(0x99)));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, mac(0x99)));
}

LAB_TEST(host, port_off_hears_nothing)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_host_port(lab, 0));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, mac_broadcast));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, NOBODY));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, mac_multicast));
	EXPECT_EQ(0, to(lab, 0, lab->sw_mac) & AT(LAB_HOST));
	ASSERT_EQ(0, set_host_port(lab, 1));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, lab->sw_mac));
	EXPECT_EQ(AT(1) | AT(2) | AT(LAB_HOST), to(lab, 0, mac_broadcast));
}

LAB_TEST(host, port_off_sends_nothing)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, set_host_port(lab, 0));
	EXPECT_EQ(0, host_to(lab, mac_broadcast));
	EXPECT_EQ(0, host_to(lab, HOST(1)));
	EXPECT_EQ(2, switch_drops(&lab->gn, lab->sw,
				  NETEMU_DROP_HOST_PORT_OFF));
	ASSERT_EQ(0, set_host_port(lab, 1));
	EXPECT_EQ(AT(0) | AT(1) | AT(2), host_to(lab, mac_broadcast));
}

/* A promiscuous device with its port off would be a hole in the wall. */
LAB_TEST(host, port_off_beats_promiscuous)
{
	struct lab *lab = &self->lab;

	speak(lab, 1);
	ASSERT_EQ(0, set_host_port(lab, 0));
	ASSERT_EQ(0, sh("ip link set dev sw0 promisc on"));
	EXPECT_EQ(AT(1), to(lab, 0, HOST(1)));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, mac_broadcast));
	EXPECT_EQ(0, to(lab, 0, lab->sw_mac) & AT(LAB_HOST));
}

LAB_TEST(host, promiscuous_hears_everything)
{
	struct lab *lab = &self->lab;

	speak(lab, 0);
	speak(lab, 1);
	EXPECT_EQ(AT(1), to(lab, 0, HOST(1)));
	ASSERT_EQ(0, sh("ip link set dev sw0 promisc on"));
	EXPECT_EQ(AT(1) | AT(LAB_HOST), to(lab, 0, HOST(1)));
	EXPECT_EQ(AT(0) | AT(LAB_HOST), to(lab, 1, HOST(0)));
	EXPECT_EQ(AT(1) | AT(2) | AT(LAB_HOST), to(lab, 0, NOBODY));
	ASSERT_EQ(0, sh("ip link set dev sw0 promisc off"));
	EXPECT_EQ(AT(1), to(lab, 0, HOST(1)));
}

/* ---- addresses ---------------------------------------------------------- */

LAB_TEST(host, own_address_is_a_permanent_entry)
{
	struct lab *lab = &self->lab;
	struct fdb fdb = {};
	const struct fdb_entry *e;

	ASSERT_EQ(0, fdb_dump(&lab->rt, lab->sw, &fdb));
	e = fdb_find(&fdb, lab->sw_mac);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(NUD_PERMANENT, e->state);
	EXPECT_EQ(0, e->port);
	EXPECT_NE(0, fdb_del(&lab->rt, lab->sw, lab->sw_mac));
	EXPECT_STRNE("", lab->rt.text);
	EXPECT_EQ(0, fdb_flush(&lab->gn, lab->sw, 0, NETEMU_FLUSH_ALL));
	EXPECT_EQ(-1, fdb_where(&lab->rt, lab->sw, lab->sw_mac));
}

LAB_TEST(host, new_address_takes_the_place_of_the_old)
{
	struct lab *lab = &self->lab;
	uint8_t old[6];

	memcpy(old, lab->sw_mac, 6);
	ASSERT_EQ(0, link_mac(&lab->rt, lab->sw, mac(0x4242)));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, mac(0x4242)));
	EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, old));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, old) & ~AT(LAB_HOST));
	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 0, mac_broadcast, mac(0x4242))));
	EXPECT_NE(0, lab_who(lab, lab_tx(lab, 0, mac_broadcast, old)));
}

LAB_TEST(host, learned_address_can_become_its_own)
{
	struct lab *lab = &self->lab;

	speak(lab, 1);
	ASSERT_EQ(0, link_mac(&lab->rt, lab->sw, HOST(1)));
	EXPECT_EQ(-1, fdb_where(&lab->rt, lab->sw, HOST(1)));
	EXPECT_EQ(AT(LAB_HOST), to(lab, 0, HOST(1)));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[1], NETEMU_PORT_A_FDB_LEARNED));
}

LAB_TEST(host, address_does_not_follow_the_ports)
{
	struct lab *lab = &self->lab;
	struct link_info info;
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, link_master(&lab->rt, lab->p[i], 0));
	ASSERT_EQ(0, link_get(&lab->rt, lab->sw, &info));
	EXPECT_EQ(0, memcmp(info.mac, lab->sw_mac, 6));
}

static bool upper_hears(struct lab *lab, const char *upper)
{
	struct link_info info;
	struct ear ear;
	bool heard;
	uint32_t id;

	if (link_get(&lab->rt, if_nametoindex(upper), &info) ||
	    link_up(&lab->rt, info.index, true) ||
	    ear_open(&ear, info.index, ETH_P_ALL))
		return false;
	id = lab_tx(lab, 0, info.mac, HOST(0));
	heard = lab_who(lab, id) == AT(LAB_HOST) && ear_heard(&ear, id);
	ear_close(&ear);
	return heard && fdb_where(&lab->rt, lab->sw, info.mac) == -1;
}

LAB_TEST(host, macvlan_on_the_switch_has_an_entry)
{
	struct lab *lab = &self->lab;
	struct link_info info;

	ASSERT_EQ(0, link_add_macvlan(&lab->rt, "mv0", lab->sw));
	ASSERT_EQ(0, link_get(&lab->rt, if_nametoindex("mv0"), &info));
	EXPECT_TRUE(upper_hears(lab, "mv0"));
	EXPECT_EQ(0, lab_who(lab, lab_tx(lab, 1, mac_broadcast, info.mac)));
	ASSERT_EQ(0, link_del(&lab->rt, info.index));
	EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, info.mac));
	EXPECT_EQ(AT(1) | AT(2), to(lab, 0, info.mac) & ~AT(LAB_HOST));
}

LAB_TEST(host, vlan_on_the_switch_hears_its_tag)
{
	struct lab *lab = &self->lab;
	struct frame f = { .src = HOST(0), .dst = lab->sw_mac, .vid = 5 };
	struct ear ear;
	uint32_t id;

	ASSERT_EQ(0, link_add_vlan(&lab->rt, "sw0.5", lab->sw, 5));
	ASSERT_EQ(0, link_up(&lab->rt, if_nametoindex("sw0.5"), true));
	ASSERT_EQ(0, ear_open(&ear, if_nametoindex("sw0.5"), ETH_P_ALL));
	id = lab_send(lab, lab->e[0], &f);
	lab_settle(lab);
	EXPECT_TRUE(ear_heard(&ear, id));
	f.vid = 6;
	id = lab_send(lab, lab->e[0], &f);
	lab_settle(lab);
	EXPECT_FALSE(ear_heard(&ear, id));
	ear_close(&ear);
}

LAB_TEST(host, vlan_with_an_own_address_has_an_entry)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_add_vlan(&lab->rt, "sw0.5", lab->sw, 5));
	ASSERT_EQ(0, link_mac(&lab->rt, if_nametoindex("sw0.5"), mac(0x55)));
	ASSERT_EQ(0, link_up(&lab->rt, if_nametoindex("sw0.5"), true));
	EXPECT_EQ(-1, fdb_where(&lab->rt, lab->sw, mac(0x55)));
	ASSERT_EQ(0, link_del(&lab->rt, if_nametoindex("sw0.5")));
	EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, mac(0x55)));
}

/* ---- MTU ---------------------------------------------------------------- */

LAB_TEST(host, mtu_is_the_smallest_of_the_ports)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(1500, mtu_of(lab, lab->sw));
	ASSERT_EQ(0, link_u32(&lab->rt, lab->p[1], IFLA_MTU, 1400));
	EXPECT_EQ(1400, mtu_of(lab, lab->sw));
	ASSERT_EQ(0, link_u32(&lab->rt, lab->p[0], IFLA_MTU, 1300));
	EXPECT_EQ(1300, mtu_of(lab, lab->sw));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[0], 0));
	EXPECT_EQ(1400, mtu_of(lab, lab->sw));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[0], lab->sw));
	EXPECT_EQ(1300, mtu_of(lab, lab->sw));
	EXPECT_EQ(1300, mtu_of(lab, lab->p[0]));
	EXPECT_EQ(1400, mtu_of(lab, lab->p[1]));
	EXPECT_EQ(1500, mtu_of(lab, lab->p[2]));
}

LAB_TEST(host, mtu_grows_with_the_ports)
{
	struct lab *lab = &self->lab;
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, link_u32(&lab->rt, lab->p[i], IFLA_MTU, 9000));
	EXPECT_EQ(9000, mtu_of(lab, lab->sw));
}

LAB_TEST(host, mtu_set_by_hand_stays)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_u32(&lab->rt, lab->sw, IFLA_MTU, 1450));
	ASSERT_EQ(0, link_u32(&lab->rt, lab->p[1], IFLA_MTU, 1400));
	EXPECT_EQ(1450, mtu_of(lab, lab->sw));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[1], 0));
	EXPECT_EQ(1450, mtu_of(lab, lab->sw));
	EXPECT_EQ(1500, mtu_of(lab, lab->p[0]));
	EXPECT_EQ(1400, mtu_of(lab, lab->p[1]));
}

LAB_TEST(host, oversize_frame_is_dropped_where_it_does_not_fit)
{
	struct lab *lab = &self->lab;
	struct frame f = { .src = HOST(0), .dst = mac_broadcast, .len = 3014 };
	uint32_t id;
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, link_u32(&lab->rt, lab->p[i], IFLA_MTU, 3000));
		ASSERT_EQ(0, link_u32(&lab->rt, lab->e[i], IFLA_MTU, 3000));
	}
	id = lab_send(lab, lab->e[0], &f);
	EXPECT_EQ(AT(1), lab_who(lab, id));
	EXPECT_EQ(1, port_drops(&lab->gn, lab->p[2], NETEMU_DROP_OVERSIZE));
	EXPECT_EQ(0, port_drops(&lab->gn, lab->p[1], NETEMU_DROP_OVERSIZE));

	speak(lab, 2);
	f.dst = HOST(2);
	f.len = 1514;
	EXPECT_EQ(AT(2), lab_who(lab, lab_send(lab, lab->e[0], &f)));
	f.len = 1515;
	EXPECT_EQ(0, lab_who(lab, lab_send(lab, lab->e[0], &f)));
	EXPECT_EQ(2, port_drops(&lab->gn, lab->p[2], NETEMU_DROP_OVERSIZE));
	/* A tag is not part of the MTU. */
	f.len = 1514;
	f.vid = 7;
	EXPECT_EQ(AT(2), lab_who(lab, lab_send(lab, lab->e[0], &f)));
}

/* ---- carrier ------------------------------------------------------------ */

LAB_TEST(host, carrier_follows_the_ports)
{
	struct lab *lab = &self->lab;
	int i;

	EXPECT_TRUE(carrier_of(lab, lab->sw));
	for (i = 0; i < 3; i++) {
		EXPECT_TRUE(carrier_of(lab, lab->sw));
		ASSERT_EQ(0, link_up(&lab->rt, lab->p[i], false));
	}
	EXPECT_TRUE(wait_for(!carrier_of(lab, lab->sw)));
	ASSERT_EQ(0, link_up(&lab->rt, lab->p[1], true));
	EXPECT_TRUE(wait_for(carrier_of(lab, lab->sw)));
	ASSERT_EQ(0, link_up(&lab->rt, lab->e[1], false));
	EXPECT_TRUE(wait_for(!carrier_of(lab, lab->sw)));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[1], 0));
	EXPECT_FALSE(carrier_of(lab, lab->sw));
}

LAB_TEST(host, carrier_without_ports_is_the_host_port)
{
	struct lab *lab = &self->lab;
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, link_master(&lab->rt, lab->p[i], 0));
	EXPECT_TRUE(wait_for(carrier_of(lab, lab->sw)));
	ASSERT_EQ(0, set_host_port(lab, 0));
	EXPECT_TRUE(wait_for(!carrier_of(lab, lab->sw)));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[0], lab->sw));
	EXPECT_TRUE(wait_for(carrier_of(lab, lab->sw)));
	ASSERT_EQ(0, link_master(&lab->rt, lab->p[0], 0));
	ASSERT_EQ(0, set_host_port(lab, 1));
	EXPECT_TRUE(wait_for(carrier_of(lab, lab->sw)));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * Which devices can't be ports, by both doors: PORT_NEW and IFLA_MASTER.
 *
 * vm: timeout=180 plain=6.1
 */
#include "test.h"
#include "refuse.h"

#include <errno.h>
#include <net/if.h>
#include <linux/if_link.h>

FIXTURE(ports) {
	struct lab lab;
	struct nl probe;
};

FIXTURE_SETUP(ports)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
}

FIXTURE_TEARDOWN(ports)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

/* Both doors refuse with the same errno and a text. NULL = all is well. */
static const char *no_port(struct lab *lab, struct nl *probe, const char *name,
			   int err)
{
	static char why[600];
	int index = if_nametoindex(name);
	struct link_info info;
	struct nlmsghdr *nlh;
	const char *wrong;

	if (!index)
		return "there is no such device";
	nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_NEW, 0);
	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	wrong = refused(&lab->gn, probe, nlh, (struct refusal){ err });
	if (wrong) {
		snprintf(why, sizeof(why), "PORT_NEW: %s", wrong);
		return why;
	}
	if (link_get(&lab->rt, index, &info) || info.master)
		return info.master ? NULL : "the device is gone";
	nlh = link_msg(&lab->rt, 0, index, NULL);
	mnl_attr_put_u32(nlh, IFLA_MASTER, lab->sw);
	wrong = refused(&lab->rt, probe, nlh, (struct refusal){ err });
	if (wrong) {
		snprintf(why, sizeof(why), "IFLA_MASTER: %s", wrong);
		return why;
	}
	if (link_get(&lab->rt, index, &info) || info.master)
		return "the device has a master now";
	return NULL;
}

#define EXPECT_NO_PORT(name, err)					\
do {									\
	const char *why_ = no_port(&self->lab, &self->probe, name, err); \
									\
	if (why_)							\
		TH_LOG("%s: %s", name, why_);				\
	EXPECT_EQ(NULL, why_);						\
} while (0)

LAB_TEST(ports, loopback)
{
	EXPECT_NO_PORT("lo", EINVAL);
}

LAB_TEST(ports, not_ethernet)
{
	ASSERT_EQ(0, sh("ip tuntap add dev tun0 mode tun"));
	EXPECT_NO_PORT("tun0", EINVAL);
	if (!sh("ip link add gre1 type gre local 192.0.2.1 remote 192.0.2.2 2>/dev/null"))
		EXPECT_NO_PORT("gre1", EINVAL);
	if (!sh("ip link add ipip1 type ipip local 192.0.2.1 remote 192.0.2.2 2>/dev/null"))
		EXPECT_NO_PORT("ipip1", EINVAL);
}

LAB_TEST(ports, device_with_another_master)
{
	ASSERT_EQ(0, sh("ip link add v0 type vrf table 10; ip link add d0 type dummy; ip link set d0 master v0"));
	EXPECT_NO_PORT("d0", EBUSY);
	EXPECT_EQ(0, sh("ip link show d0 | grep -q 'master v0'"));
}

LAB_TEST(ports, device_with_a_receive_handler)
{
	ASSERT_EQ(0, sh("ip link add d0 type dummy; ip link add m0 link d0 type macvlan mode bridge"));
	EXPECT_NO_PORT("d0", EBUSY);
	ASSERT_EQ(0, sh("ip link add d1 type dummy; ip link set d1 up; ip link add i0 link d1 type ipvlan"));
	EXPECT_NO_PORT("d1", EBUSY);
}

LAB_TEST(ports, bond_member)
{
	if (sh("ip link add b0 type bond && ip link add d0 type dummy && ip link set d0 master b0"))
		SKIP(return, "no bonding");
	EXPECT_NO_PORT("d0", EBUSY);
}

LAB_TEST(ports, switch_in_switch)
{
	EXPECT_NO_PORT("sw0", ELOOP);
	ASSERT_EQ(0, sh("ip link add sw1 type netemu"));
	EXPECT_NO_PORT("sw1", ELOOP);
}

LAB_TEST(ports, device_on_top_of_the_switch)
{
	ASSERT_EQ(0, sh("ip link add link sw0 name sw0.5 type vlan id 5"));
	EXPECT_NO_PORT("sw0.5", ELOOP);
	ASSERT_EQ(0, sh("ip link add m0 link sw0 type macvlan mode bridge"));
	EXPECT_NO_PORT("m0", ELOOP);
	ASSERT_EQ(0, sh("ip link add link sw0.5 name sw0.5.6 type vlan id 6"));
	EXPECT_NO_PORT("sw0.5.6", ELOOP);
}

/* The far way round: switch under bridge, bridge as port of the switch. */
LAB_TEST(ports, bridge_on_top_of_the_switch)
{
	if (sh("ip link add br0 type bridge"))
		SKIP(return, "no bridge");
	ASSERT_EQ(0, sh("ip link set sw0 master br0"));
	EXPECT_NO_PORT("br0", ELOOP);
}

LAB_TEST(ports, port_already)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh = nl_genl(&lab->gn, NETEMU_CMD_PORT_NEW, 0);
	const char *why;

	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, lab->sw);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, lab->p[0]);
	why = refused(&lab->gn, &self->probe, nlh, (struct refusal){ EEXIST });
	if (why)
		TH_LOG("%s", why);
	EXPECT_EQ(NULL, why);
}

LAB_TEST(ports, nested_too_deep)
{
	char name[16] = "d0", next[16];
	int i;

	ASSERT_EQ(0, sh("ip link add d0 type dummy"));
	for (i = 1; i < 10; i++) {
		snprintf(next, sizeof(next), "d%d", i);
		if (sh("ip link add link %s name %s type vlan id %d 2>/dev/null",
		       name, next, i))
			break;
		strcpy(name, next);
	}
	ASSERT_LT(2, i);
	EXPECT_NO_PORT(name, EMLINK);
}

/* ---- what can be one ---------------------------------------------------- */

/* A device of another kind becomes a port, goes, and comes back. */
static const char *can_be_port(struct lab *lab, const char *name)
{
	int index = if_nametoindex(name);

	if (!index)
		return "there is no such device";
	if (port_new(&lab->gn, lab->sw, index, NO_OPTS))
		return lab->gn.text;
	if (port_del(&lab->gn, index))
		return lab->gn.text;
	if (link_master(&lab->rt, index, lab->sw))
		return lab->rt.text;
	if (link_master(&lab->rt, index, 0))
		return lab->rt.text;
	return NULL;
}

#define EXPECT_PORT(name)						\
do {									\
	const char *why_ = can_be_port(&self->lab, name);		\
									\
	if (why_)							\
		TH_LOG("%s: %s", name, why_);				\
	EXPECT_EQ(NULL, why_);						\
} while (0)

LAB_TEST(ports, kinds_that_can)
{
	ASSERT_EQ(0, sh("ip link add d0 type dummy"));
	EXPECT_PORT("d0");
	ASSERT_EQ(0, sh("ip link add link d0 name d0.5 type vlan id 5"));
	EXPECT_PORT("d0.5");
	ASSERT_EQ(0, sh("ip link add vx0 type vxlan id 5 dstport 4789 local 192.0.2.1"));
	EXPECT_PORT("vx0");
	ASSERT_EQ(0, sh("ip link add g0 type geneve id 5 remote 192.0.2.2"));
	EXPECT_PORT("g0");
	ASSERT_EQ(0, sh("ip link add d1 type dummy; ip link add m0 link d1 type macvlan mode bridge"));
	EXPECT_PORT("m0");
	ASSERT_EQ(0, sh("ip tuntap add dev t0 mode tap"));
	EXPECT_PORT("t0");
	if (!sh("ip link add b0 type bond"))
		EXPECT_PORT("b0");
	if (!sh("ip link add br0 type bridge"))
		EXPECT_PORT("br0");
	ASSERT_EQ(0, sh("ip link add ifb0 type ifb"));
	EXPECT_PORT("ifb0");
}

LAB_TEST(ports, vlan_on_a_port_takes_its_tag)
{
	struct lab *lab = &self->lab;
	struct frame f = {
		.src = mac(1), .dst = mac_broadcast, .vid = 5,
	};
	struct ear ear;
	uint32_t id;

	ASSERT_EQ(0, sh("ip link add link p0 name p0.5 type vlan id 5 && ip link set p0.5 up"));
	ASSERT_EQ(0, ear_open(&ear, if_nametoindex("p0.5"), ETH_P_ALL));
	id = lab_send(lab, lab->e[0], &f);
	lab_settle(lab);
	EXPECT_TRUE(ear_heard(&ear, id));
	ear_close(&ear);
}

TEST_HARNESS_MAIN

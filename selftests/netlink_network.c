// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about networks: what they refuse, and that nothing comes of it.
 *
 * vm: timeout=180 plain=6.1
 */
#include "test.h"
#include "refuse.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>

FIXTURE(network) {
	struct lab lab;
	struct nl probe;
};

FIXTURE_SETUP(network)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
}

FIXTURE_TEARDOWN(network)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

static struct nlmsghdr *named(struct nl *gn, uint8_t cmd, const char *name)
{
	struct nlmsghdr *nlh = nl_genl(gn, cmd, 0);

	mnl_attr_put_strz(nlh, NETEMU_A_IFNAME, name);
	return nlh;
}

static void put_u8(struct nlmsghdr *nlh, uint16_t nest, uint16_t type,
		   uint8_t value)
{
	struct nlattr *attr = mnl_attr_nest_start(nlh, nest);

	mnl_attr_put_u8(nlh, type, value);
	mnl_attr_nest_end(nlh, attr);
}

/* Refused, and neither a switch nor a gateway has come. */
#define EXPECT_REFUSED(err, nlh)					\
do {									\
	const char *why_ = refused(&self->lab.gn, &self->probe, nlh,	\
				   (struct refusal){ err });		\
									\
	if (why_)							\
		TH_LOG("%s", why_);					\
	EXPECT_EQ(NULL, why_);						\
	EXPECT_EQ(0, if_nametoindex("lab"));				\
	EXPECT_EQ(0, if_nametoindex("lab-gw"));				\
} while (0)

LAB_TEST(network, names_that_are_none)
{
	static const uint8_t commands[] = {
		NETEMU_CMD_NETWORK_NEW, NETEMU_CMD_NETWORK_DEL,
	};
	struct nl *gn = &self->lab.gn;
	struct nlmsghdr *nlh;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		EXPECT_REFUSED(EINVAL, nl_genl(gn, commands[i], 0));
		EXPECT_REFUSED(EINVAL, named(gn, commands[i],
					     "more-than-fifteen"));
		nlh = nl_genl(gn, commands[i], 0);
		mnl_attr_put(nlh, NETEMU_A_IFNAME, 3, "lab");
		EXPECT_REFUSED(EINVAL, nlh);
		nlh = named(gn, commands[i], "lab");
		mnl_attr_put_strz(nlh, NETEMU_A_IFNAME, "lab");
		EXPECT_REFUSED(EINVAL, nlh);
		nlh = named(gn, commands[i], "lab");
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->lab.sw);
		EXPECT_REFUSED(EINVAL, nlh);
	}
	EXPECT_REFUSED(EINVAL, named(gn, NETEMU_CMD_NETWORK_NEW, ""));
	EXPECT_REFUSED(EINVAL, named(gn, NETEMU_CMD_NETWORK_NEW, "."));
	EXPECT_REFUSED(EINVAL, named(gn, NETEMU_CMD_NETWORK_NEW, "a/b"));
	EXPECT_REFUSED(EINVAL, named(gn, NETEMU_CMD_NETWORK_NEW, "a b"));
	EXPECT_REFUSED(EINVAL, named(gn, NETEMU_CMD_NETWORK_NEW, "a%d"));
	EXPECT_REFUSED(EINVAL, named(gn, NETEMU_CMD_NETWORK_NEW,
				     "thirteen-long"));
	EXPECT_REFUSED(EEXIST, named(gn, NETEMU_CMD_NETWORK_NEW, "sw0"));
}

LAB_TEST(network, options_that_are_none)
{
	struct nl *gn = &self->lab.gn;
	struct nlmsghdr *nlh;

	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_NETWORK, NETEMU_NETWORK_A_MODE, 200);
	EXPECT_REFUSED(ERANGE, nlh);
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_NETWORK, NETEMU_NETWORK_A_MAX + 1, 0);
	EXPECT_REFUSED(EINVAL, nlh);
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	mnl_attr_put_u8(nlh, NETEMU_A_NETWORK, NETEMU_NETWORK_ISOLATED);
	EXPECT_REFUSED(EINVAL, nlh);
	/* Bad options of the one or the other: neither of them comes. */
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_SWITCH, NETEMU_SWITCH_A_MODE, 99);
	EXPECT_REFUSED(ERANGE, nlh);
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_GATEWAY, NETEMU_GW_A_MAX + 1, 0);
	EXPECT_REFUSED(EINVAL, nlh);
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_GATEWAY, NETEMU_GW_A_PREFIX, 31);
	EXPECT_REFUSED(ERANGE, nlh);
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_NETWORK, NETEMU_NETWORK_A_MODE,
	       NETEMU_NETWORK_ISOLATED);
	put_u8(nlh, NETEMU_A_GATEWAY, NETEMU_GW_A_DHCP, 1);
	EXPECT_REFUSED(EINVAL, nlh);
}

/* A network of a mode, with an uplink of a mode; 0 and -1 leave them out. */
static struct nlmsghdr *uplinked(struct nl *gn, uint8_t mode, uint32_t uplink,
				 int uplink_mode)
{
	struct nlmsghdr *nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	struct nlattr *nest = mnl_attr_nest_start(nlh, NETEMU_A_NETWORK);

	mnl_attr_put_u8(nlh, NETEMU_NETWORK_A_MODE, mode);
	if (uplink)
		mnl_attr_put_u32(nlh, NETEMU_NETWORK_A_UPLINK, uplink);
	if (uplink_mode >= 0)
		mnl_attr_put_u8(nlh, NETEMU_NETWORK_A_UPLINK_MODE, uplink_mode);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

LAB_TEST(network, uplinks_that_are_none)
{
	const uint8_t bridged = NETEMU_NETWORK_BRIDGED;
	struct nl *gn = &self->lab.gn;
	uint32_t sw = self->lab.sw;
	struct nlmsghdr *nlh;

	EXPECT_REFUSED(EINVAL, uplinked(gn, bridged, 0, -1));
	EXPECT_REFUSED(ELOOP, uplinked(gn, bridged, sw, -1));
	EXPECT_REFUSED(ELOOP, uplinked(gn, bridged, sw, 1));
	EXPECT_REFUSED(EINVAL, uplinked(gn, bridged, 0,
					NETEMU_UPLINK_EXCLUSIVE));
	EXPECT_REFUSED(ERANGE, uplinked(gn, bridged, sw, 200));
	EXPECT_REFUSED(ERANGE, uplinked(gn, bridged, 0x80000000, 1));
	EXPECT_REFUSED(ENODEV, uplinked(gn, bridged, 0x7fffffff, 1));
	EXPECT_REFUSED(EBUSY, uplinked(gn, bridged, self->lab.p[0], 1));
	EXPECT_REFUSED(EINVAL, uplinked(gn, NETEMU_NETWORK_NAT, sw, -1));
	EXPECT_REFUSED(EINVAL, uplinked(gn, NETEMU_NETWORK_ISOLATED, 0, 1));
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_NETWORK, NETEMU_NETWORK_A_FORCE, 1);
	EXPECT_REFUSED(EINVAL, nlh);
	nlh = named(gn, NETEMU_CMD_NETWORK_NEW, "lab");
	put_u8(nlh, NETEMU_A_NETWORK, NETEMU_NETWORK_A_FORCE, 2);
	EXPECT_REFUSED(ERANGE, nlh);
	nlh = uplinked(gn, bridged, sw, 1);
	put_u8(nlh, NETEMU_A_GATEWAY, NETEMU_GW_A_DHCP, 1);
	EXPECT_REFUSED(EINVAL, nlh);
}

/* The second device's name is taken: the first does not stay either. */
LAB_TEST(network, half_of_it_is_there)
{
	struct nl *gn = &self->lab.gn;
	const char *why;

	ASSERT_EQ(0, sh("ip link add lab-gw type dummy"));
	why = refused(gn, &self->probe,
		      named(gn, NETEMU_CMD_NETWORK_NEW, "lab"),
		      (struct refusal){ EEXIST });
	EXPECT_EQ(NULL, why);
	EXPECT_EQ(0, if_nametoindex("lab"));
	EXPECT_NE(0, if_nametoindex("lab-gw"));
}

LAB_TEST(network, a_switch_is_no_network)
{
	struct nl *gn = &self->lab.gn;

	EXPECT_REFUSED(ENODEV, named(gn, NETEMU_CMD_NETWORK_DEL, "sw0"));
	EXPECT_REFUSED(ENODEV, named(gn, NETEMU_CMD_NETWORK_DEL, "nobody"));
	EXPECT_REFUSED(ENODEV, named(gn, NETEMU_CMD_NETWORK_GET, "sw0"));
	EXPECT_NE(0, if_nametoindex("sw0"));
}

/* Root of a user namespace, but the network is another's. */
LAB_TEST(network, not_its_own)
{
	struct nl *gn = &self->lab.gn;

	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	EXPECT_EQ(EPERM, nl_talk(gn, named(gn, NETEMU_CMD_NETWORK_NEW, "lab"),
				 NULL, NULL));
	EXPECT_EQ(EPERM, nl_talk(gn, named(gn, NETEMU_CMD_NETWORK_DEL, "lab"),
				 NULL, NULL));
	EXPECT_EQ(0, if_nametoindex("lab"));
}

LAB_TEST(network, comes_and_goes)
{
	struct nl *gn = &self->lab.gn;

	EXPECT_EQ(0, nl_talk(gn, named(gn, NETEMU_CMD_NETWORK_NEW, "lab"),
			     NULL, NULL));
	EXPECT_NE(0, if_nametoindex("lab"));
	EXPECT_NE(0, if_nametoindex("lab-gw"));
	EXPECT_EQ(EEXIST, nl_talk(gn, named(gn, NETEMU_CMD_NETWORK_NEW, "lab"),
				  NULL, NULL));
	EXPECT_EQ(0, nl_talk(gn, named(gn, NETEMU_CMD_NETWORK_DEL, "lab"),
			     NULL, NULL));
	EXPECT_EQ(0, if_nametoindex("lab"));
	EXPECT_EQ(0, if_nametoindex("lab-gw"));
}

TEST_HARNESS_MAIN

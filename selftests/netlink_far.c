// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink: links over IP, and what may be said of those at the other end; what of
 * that is refused, with a reason, and makes nothing.
 *
 * vm: timeout=180 plain=6.1
 */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>

#define KIND(which)	OPT8(NETEMU_LINK_A_TRANSPORT, NETEMU_LINK_##which)
#define GROUP		OPT32(NETEMU_LINK_A_REMOTE, htonl(0xe6000001))
#define HOST		OPT32(NETEMU_LINK_A_REMOTE, htonl(0x7f000001))
#define PORT		OPT16(NETEMU_LINK_A_REMOTE_PORT, 1234)
#define LISTEN		OPT8(NETEMU_LINK_A_LISTEN, 1), OPT16(NETEMU_LINK_A_LOCAL_PORT, 1234)
#define LO		OPT32(NETEMU_LINK_A_DEV, if_nametoindex("lo"))
#define ALLOW		OPT32(NETEMU_LINK_A_ALLOW, htonl(0xc0000200))
#define BITS(n)		OPT8(NETEMU_LINK_A_ALLOW_PREFIX, n)
#define PEERS(n)	OPT16(NETEMU_LINK_A_MAX_PEERS, n)

FIXTURE(far) {
	struct lab lab;
};

FIXTURE_SETUP(far)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
}

FIXTURE_TEARDOWN(far)
{
	lab_close(&self->lab);
}

#define ADD(...)							\
	link_add(&self->lab.rt, NETEMU_KIND_LINK, "k", OPTS(__VA_ARGS__))

#define EXPECT_REFUSED(err, ...)					\
do {									\
	EXPECT_EQ(err, ADD(__VA_ARGS__));				\
	EXPECT_NE('\0', self->lab.rt.text[0]);				\
	EXPECT_EQ(0, if_nametoindex("k"));				\
} while (0)

LAB_TEST(far, a_bus_of_some_hosts)
{
	EXPECT_REFUSED(ERANGE, KIND(MCAST), GROUP, PORT, LO, ALLOW, BITS(33));
	EXPECT_REFUSED(EINVAL, KIND(MCAST), GROUP, PORT, LO, BITS(24));
	EXPECT_REFUSED(EINVAL, KIND(MCAST), GROUP, PORT, LO,
		       OPT16(NETEMU_LINK_A_ALLOW, 1));
	EXPECT_REFUSED(EINVAL, KIND(MCAST), GROUP, PORT, LO, PEERS(1));
	EXPECT_EQ(0, ADD(KIND(MCAST), GROUP, PORT, LO, ALLOW, BITS(24)));
	EXPECT_EQ(EOPNOTSUPP, link_change(&self->lab.rt, NETEMU_KIND_LINK,
					  if_nametoindex("k"),
					  OPTS(ALLOW, BITS(16))));
}

LAB_TEST(far, one_other_end)
{
	EXPECT_REFUSED(EINVAL, KIND(UDP), HOST, PORT, ALLOW);
	EXPECT_REFUSED(EINVAL, KIND(UDP), HOST, PORT, BITS(0));
	EXPECT_REFUSED(EINVAL, KIND(TCP), HOST, PORT, ALLOW, BITS(24));
	EXPECT_REFUSED(EINVAL, KIND(TCP), HOST, PORT, PEERS(2));
	EXPECT_EQ(0, ADD(KIND(UDP), HOST, PORT));
}

LAB_TEST(far, peers_of_some_hosts)
{
	EXPECT_REFUSED(ERANGE, KIND(TCP), LISTEN, ALLOW, BITS(33));
	EXPECT_REFUSED(ERANGE, KIND(TCP), LISTEN, PEERS(0));
	EXPECT_REFUSED(ERANGE, KIND(TCP), LISTEN, PEERS(NETEMU_LINK_PEERS_MAX + 1));
	EXPECT_EQ(0, ADD(KIND(TCP), LISTEN, ALLOW, BITS(0), PEERS(NETEMU_LINK_PEERS_MAX)));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink: links over descriptors, made before there are any, and given others;
 * what of that is refused, with a reason.
 *
 * vm: timeout=180 plain=6.1
 */
#include "test.h"

#include <errno.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#define FD(fd)		OPT32(NETEMU_LINK_A_FD, (uint32_t)(fd))
#define CONTROL(fd)	OPT32(NETEMU_LINK_A_CONTROL, (uint32_t)(fd))
#define KIND(which)	OPT8(NETEMU_LINK_A_TRANSPORT, NETEMU_LINK_##which)

FIXTURE(given) {
	struct lab lab;
	int stream[2];
	int dgram[2];
};

FIXTURE_SETUP(given)
{
	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, self->stream));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, self->dgram));
}

FIXTURE_TEARDOWN(given)
{
	int i;

	for (i = 0; i < 2; i++) {
		close(self->stream[i]);
		close(self->dgram[i]);
	}
	lab_close(&self->lab);
}

#define ADD(...)							\
	link_add(&self->lab.rt, NETEMU_KIND_LINK, "k", OPTS(__VA_ARGS__))
#define CHANGE(...)							\
	link_change(&self->lab.rt, NETEMU_KIND_LINK,			\
		    if_nametoindex("k"), OPTS(__VA_ARGS__))

/* The errno, and that there is a reason as well. */
#define EXPECT_WHY(err, call)						\
do {									\
	EXPECT_EQ(err, call);						\
	EXPECT_NE('\0', self->lab.rt.text[0]);				\
} while (0)

LAB_TEST(given, waits_for_its_first_descriptor)
{
	ASSERT_EQ(0, ADD(KIND(FD), FD(-1)));
	EXPECT_WHY(EBADF, CHANGE(FD(-1)));
	EXPECT_WHY(EOPNOTSUPP, CHANGE(FD(self->stream[0]),
				      CONTROL(self->stream[1])));
	EXPECT_EQ(0, CHANGE(FD(self->stream[0])));
	EXPECT_WHY(EBUSY, CHANGE(FD(self->stream[1])));
}

/* Of either kind the first may be. */
LAB_TEST(given, waits_for_any_kind)
{
	ASSERT_EQ(0, ADD(KIND(FD), FD(-1)));
	EXPECT_EQ(0, CHANGE(FD(self->dgram[0])));
}

LAB_TEST(given, vde_waits_for_both)
{
	EXPECT_WHY(EINVAL, ADD(KIND(VDE), FD(-1)));
	EXPECT_WHY(EINVAL, ADD(KIND(VDE), FD(-1), CONTROL(self->stream[0])));
	EXPECT_WHY(EINVAL, ADD(KIND(VDE), FD(self->dgram[0]), CONTROL(-1)));
	EXPECT_WHY(EINVAL, ADD(KIND(VDE), FD(-1), CONTROL(-1),
			       OPT8(NETEMU_LINK_A_SERVED, 1)));
	EXPECT_EQ(0, if_nametoindex("k"));
	ASSERT_EQ(0, ADD(KIND(VDE), FD(-1), CONTROL(-1)));
	EXPECT_WHY(EINVAL, CHANGE(FD(self->dgram[0])));
	EXPECT_WHY(EINVAL, CHANGE(CONTROL(self->stream[0])));
	EXPECT_WHY(EINVAL, CHANGE(FD(self->stream[0]),
				  CONTROL(self->stream[1])));
	EXPECT_WHY(EINVAL, CHANGE(FD(self->dgram[0]),
				  CONTROL(self->dgram[1])));
	EXPECT_WHY(EOPNOTSUPP, CHANGE(FD(self->dgram[0]),
				      CONTROL(self->stream[0]),
				      OPT8(NETEMU_LINK_A_SERVED, 1)));
	EXPECT_EQ(0, CHANGE(FD(self->dgram[0]), CONTROL(self->stream[0])));
	EXPECT_WHY(EBUSY, CHANGE(FD(self->dgram[1]),
				 CONTROL(self->stream[1])));
}

/* What is refused is given back as it was: another link can have it. */
LAB_TEST(given, what_is_refused_is_nobodys)
{
	struct nl *rt = &self->lab.rt;

	ASSERT_EQ(0, link_add(rt, NETEMU_KIND_LINK, "first",
			      OPTS(KIND(FD), FD(self->dgram[0]))));
	ASSERT_EQ(0, ADD(KIND(VDE), FD(-1), CONTROL(-1)));
	EXPECT_WHY(EBUSY, CHANGE(FD(self->dgram[0]),
				 CONTROL(self->stream[0])));
	EXPECT_EQ(4, write(self->stream[0], "word", 4));
	EXPECT_EQ(0, link_add(rt, NETEMU_KIND_LINK, "second",
			      OPTS(KIND(FD), FD(self->stream[0]))));
	EXPECT_WHY(EBUSY, CHANGE(FD(self->dgram[1]),
				 CONTROL(self->stream[0])));
	EXPECT_EQ(0, CHANGE(FD(self->dgram[1]), CONTROL(self->stream[1])));
}

TEST_HARNESS_MAIN

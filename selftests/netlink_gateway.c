// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about forwards, services and leases against wrong messages: each is
 * refused with the right errno and a text, and no rule and no lease has come,
 * gone or changed.
 *
 * vm: timeout=180 debug=no
 */
#include "test.h"
#include "bend.h"
#include "refuse.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

FIXTURE(gateway) {
	struct lab lab;
	struct nl probe;
	int gw;
};

FIXTURE_SETUP(gateway)
{
	struct nl *rt = &self->lab.rt;

	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	ASSERT_EQ(0, nl_open_family(&self->probe, NETEMU_GENL_NAME));
	ASSERT_EQ(0, link_add(rt, "netemu_gw", "gw0", NO_OPTS));
	self->gw = if_nametoindex("gw0");
	ASSERT_EQ(0, link_master(rt, self->gw, self->lab.sw));
	ASSERT_EQ(0, link_up(rt, self->gw, true));
	ASSERT_EQ(0, sh("ip addr add 198.51.100.1/24 dev e0"));
}

FIXTURE_TEARDOWN(gateway)
{
	nl_close(&self->probe);
	lab_close(&self->lab);
}

/* The right messages. */
static const struct opt forward[] = {
	OPT8(NETEMU_FORWARD_A_KIND, NETEMU_FORWARD_TO_GUEST),
	OPT8(NETEMU_FORWARD_A_PROTOCOL, IPPROTO_TCP),
	OPT32(NETEMU_FORWARD_A_ADDRESS, IP(198, 51, 100, 1)),
	OPT16(NETEMU_FORWARD_A_PORT, 8080),
	OPT16(NETEMU_FORWARD_A_PORTS, 2),
	OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 15)),
	OPT16(NETEMU_FORWARD_A_TO_PORT, 80),
	{ 0 }
};

static const struct opt service[] = {
	OPT8(NETEMU_FORWARD_A_KIND, NETEMU_FORWARD_SERVICE),
	OPT8(NETEMU_FORWARD_A_PROTOCOL, IPPROTO_UDP),
	OPT32(NETEMU_FORWARD_A_ADDRESS, IP(10, 0, 2, 100)),
	OPT16(NETEMU_FORWARD_A_PORT, 80),
	OPT32(NETEMU_FORWARD_A_TO, IP(127, 0, 0, 1)),
	{ 0 }
};

static const struct opt reservation[] = {
	OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 50)),
	{ NETEMU_LEASE_A_LLADDR, 6, MAC(0x50) },
	{ 0 }
};

static const struct opt lease[] = {
	OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 60)),
	{ NETEMU_LEASE_A_LLADDR, 6, MAC(0x60) },
	OPT32(NETEMU_LEASE_A_TIME_LEFT, UINT32_MAX),
	{ 0 }
};

static const struct {
	const char *name;
	uint8_t cmd;
	uint16_t nest;
	const struct opt *opts;
} commands[] = {
	{ "FORWARD_NEW", NETEMU_CMD_FORWARD_NEW, NETEMU_A_FORWARD, forward },
	{ "FORWARD_GET", NETEMU_CMD_FORWARD_GET, NETEMU_A_FORWARD, forward },
	{ "FORWARD_DEL", NETEMU_CMD_FORWARD_DEL, NETEMU_A_FORWARD, forward },
	{ "service NEW", NETEMU_CMD_FORWARD_NEW, NETEMU_A_FORWARD, service },
	{ "service GET", NETEMU_CMD_FORWARD_GET, NETEMU_A_FORWARD, service },
	{ "service DEL", NETEMU_CMD_FORWARD_DEL, NETEMU_A_FORWARD, service },
	{ "LEASE_NEW", NETEMU_CMD_LEASE_NEW, NETEMU_A_LEASE, reservation },
	{ "LEASE_DEL", NETEMU_CMD_LEASE_DEL, NETEMU_A_LEASE, reservation },
	{ "LEASE_NEW again", NETEMU_CMD_LEASE_NEW, NETEMU_A_LEASE, lease },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static struct nlmsghdr *message(FIXTURE_DATA(gateway) *self, uint8_t cmd,
				uint16_t nest, const struct opt *opts)
{
	struct nlmsghdr *nlh = nl_genl(&self->lab.gn, cmd, 0);
	struct nlattr *attr;

	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->gw);
	attr = mnl_attr_nest_start(nlh, nest);
	opts_put(nlh, opts);
	mnl_attr_nest_end(nlh, attr);
	return nlh;
}

#define EXPECT_REFUSED(what, nlh, ...)					\
do {									\
	struct refusal want_ = { __VA_ARGS__ };				\
	uint64_t before_ = gateway_rules(&self->probe);				\
	const char *why_ = refused(&self->lab.gn, &self->probe, nlh,	\
				   want_);				\
									\
	if (why_)							\
		TH_LOG("%s: %s", what, why_);				\
	EXPECT_EQ(NULL, why_);						\
	EXPECT_NE(0, before_);						\
	EXPECT_EQ(before_, gateway_rules(&self->probe)) {			\
		TH_LOG("%s: a rule or a lease changed", what);		\
	}								\
} while (0)

#define EXPECT_DONE(cmd, nest, opts)					\
	EXPECT_EQ(0, nl_talk(&self->lab.gn, message(self, cmd, nest, opts), \
			     NULL, NULL))

/* ---- messages that are none --------------------------------------------- */

/* Each command in turn, the right one last: what comes goes again. */
LAB_TEST(gateway, damaged)
{
	struct nlmsghdr *nlh;
	struct refusal want;
	enum damage kind;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		for (kind = 0; kind < DAMAGES; kind++) {
			nlh = message(self, commands[i].cmd, commands[i].nest,
				      commands[i].opts);
			want = damage(nlh, kind);
			EXPECT_REFUSED(damage_names[kind], nlh, want.err,
				       want.other);
		}
		EXPECT_DONE(commands[i].cmd, commands[i].nest, commands[i].opts) {
			TH_LOG("%s: %s", commands[i].name, self->lab.gn.text);
		}
	}
}

LAB_TEST(gateway, nests_that_are_none)
{
	struct nlmsghdr *nlh;
	struct nlattr *attr;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		nlh = nl_genl(&self->lab.gn, commands[i].cmd, 0);
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->gw);
		EXPECT_REFUSED("no nest", nlh, EINVAL);
		nlh = nl_genl(&self->lab.gn, commands[i].cmd, 0);
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->gw);
		mnl_attr_put_u32(nlh, commands[i].nest, 1);
		EXPECT_REFUSED("a number as nest", nlh, EINVAL);
		EXPECT_REFUSED("an empty nest",
			       message(self, commands[i].cmd, commands[i].nest,
				       NO_OPTS), EINVAL);
		nlh = message(self, commands[i].cmd, commands[i].nest,
			      commands[i].opts);
		attr = mnl_attr_nest_start(nlh, commands[i].nest);
		opts_put(nlh, commands[i].opts);
		mnl_attr_nest_end(nlh, attr);
		EXPECT_REFUSED("two nests", nlh, EINVAL);
		nlh = nl_genl(&self->lab.gn, commands[i].cmd, 0);
		attr = mnl_attr_nest_start(nlh, commands[i].nest);
		opts_put(nlh, commands[i].opts);
		mnl_attr_nest_end(nlh, attr);
		EXPECT_REFUSED("no gateway", nlh, EINVAL);
	}
}

LAB_TEST(gateway, devices_that_are_none)
{
	size_t i;
	int gw = self->gw;

	for (i = 0; i < COMMANDS; i++) {
		self->gw = self->lab.sw;
		EXPECT_REFUSED("a switch",
			       message(self, commands[i].cmd, commands[i].nest,
				       commands[i].opts), EOPNOTSUPP);
		self->gw = self->lab.p[0];
		EXPECT_REFUSED("a port",
			       message(self, commands[i].cmd, commands[i].nest,
				       commands[i].opts), EOPNOTSUPP);
		self->gw = gw;
	}
}

/* Every attribute of every wrong length, twice, and as a nest. */
LAB_TEST(gateway, attributes_that_are_none)
{
	const struct opt *opts;
	uint16_t nest, size;
	struct opt bent;
	uint8_t cmd;
	size_t i, k;

	for (i = 0; i < COMMANDS; i++) {
		cmd = commands[i].cmd;
		nest = commands[i].nest;
		opts = commands[i].opts;
		for (k = 0; opts[k].type; k++) {
			for (size = 0; size <= 8; size++) {
				if (size == opts[k].size)
					continue;
				bent = opts[k];
				bent.size = size;
				EXPECT_REFUSED("a wrong length",
					       message(self, cmd, nest,
						       opts_with(opts, OPTS(bent))),
					       EINVAL, ERANGE);
			}
			EXPECT_REFUSED("twice", message(self, cmd, nest,
							opts_twice(opts, k)),
				       EINVAL);
			bent = opts[k];
			bent.type |= NLA_F_NESTED;
			EXPECT_REFUSED("as a nest",
				       message(self, cmd, nest,
					       opts_with(opts_without(opts, k),
							 OPTS(bent))), EINVAL);
		}
	}
}

LAB_TEST(gateway, attributes_to_be_read)
{
	static const struct opt of_forwards[] = {
		{ NETEMU_FORWARD_A_CONNECTIONS, 8, 1 },
		{ NETEMU_FORWARD_A_PAD, 4, 0 },
		OPT32(NETEMU_FORWARD_A_MAX + 1, 1),
		{ 0 }
	}, of_leases[] = {
		OPT8(NETEMU_LEASE_A_STATE, NETEMU_LEASE_BOUND),
		OPT32(NETEMU_LEASE_A_IFINDEX, 1),
		OPT8(NETEMU_LEASE_A_RESERVED, NETEMU_LEASE_BY_MAC),
		OPT8(NETEMU_LEASE_A_HOSTNAME_GIVEN, 1),
		OPT8(NETEMU_LEASE_A_EVENT, NETEMU_LEASE_GRANTED),
		OPT32(NETEMU_LEASE_A_MAX + 1, 1),
		{ 0 }
	};
	const struct opt *more;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		more = commands[i].nest == NETEMU_A_LEASE ? of_leases :
							    of_forwards;
		for (; more->type; more++)
			EXPECT_REFUSED("a value to be read",
				       message(self, commands[i].cmd,
					       commands[i].nest,
					       opts_with(commands[i].opts,
							 OPTS(*more))), EINVAL);
	}
}

/* ---- values that make no sense ------------------------------------------ */

#define EXPECT_ALL_REFUSED(cmd, nest, opts, bends)			\
do {									\
	char what_[16];							\
	size_t i_;							\
									\
	for (i_ = 0; i_ < sizeof(bends) / sizeof((bends)[0]); i_++) {	\
		snprintf(what_, sizeof(what_), "bend %zu", i_);		\
		EXPECT_REFUSED(what_, message(self, cmd, nest,		\
					      opts_with(opts, (bends)[i_].bent)), \
			       (bends)[i_].err);			\
	}								\
} while (0)

LAB_TEST(gateway, forwards_without_sense)
{
	static const struct bend bends[] = {
		BEND(ERANGE, OPT8(NETEMU_FORWARD_A_KIND, 2)),
		BEND(ERANGE, OPT8(NETEMU_FORWARD_A_KIND, 255)),
		BEND(EINVAL, OPT8(NETEMU_FORWARD_A_PROTOCOL, 0)),
		BEND(EINVAL, OPT8(NETEMU_FORWARD_A_PROTOCOL, IPPROTO_ICMP)),
		BEND(EINVAL, OPT8(NETEMU_FORWARD_A_PROTOCOL, 255)),
		BEND(EADDRNOTAVAIL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(203, 0, 113, 9))),
		BEND(EADDRNOTAVAIL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(10, 0, 2, 2))),
		BEND(EADDRNOTAVAIL, OPT32(NETEMU_FORWARD_A_ADDRESS, UINT32_MAX)),
		BEND(EINVAL, OPT16(NETEMU_FORWARD_A_PORT, 0)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_PORT, 65535)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_PORTS, 0)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_PORTS, 65535)),
		BEND(ENOSPC, OPT16(NETEMU_FORWARD_A_PORTS, NETEMU_FORWARD_PORTS_MAX + 1)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_TO_PORT, 0)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_TO_PORT, 65535)),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, 0)),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 0))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 2))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 3))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 255))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 3, 15))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(127, 0, 0, 1))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, UINT32_MAX)),
	};
	const uint8_t cmd = NETEMU_CMD_FORWARD_NEW;

	EXPECT_ALL_REFUSED(cmd, NETEMU_A_FORWARD, forward, bends);
	EXPECT_REFUSED("no protocol", message(self, cmd, NETEMU_A_FORWARD,
					      opts_without(forward, 1)), EINVAL);
	EXPECT_REFUSED("nowhere", message(self, cmd, NETEMU_A_FORWARD,
					  opts_without(forward, 5)), EINVAL);
	EXPECT_DONE(cmd, NETEMU_A_FORWARD, forward);
}

LAB_TEST(gateway, services_without_sense)
{
	static const struct bend bends[] = {
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_ADDRESS, 0)),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(10, 0, 2, 2))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(10, 0, 2, 3))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(10, 0, 2, 255))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(10, 0, 3, 100))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_ADDRESS, IP(198, 51, 100, 1))),
		BEND(EINVAL, OPT16(NETEMU_FORWARD_A_PORT, 0)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_PORT, 65535),
		     OPT16(NETEMU_FORWARD_A_PORTS, 2)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_PORTS, 0)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_TO_PORT, 0)),
		BEND(ERANGE, OPT16(NETEMU_FORWARD_A_TO_PORT, 65535),
		     OPT16(NETEMU_FORWARD_A_PORTS, 2)),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, 0)),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 15))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 2))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, IP(224, 0, 0, 1))),
		BEND(EINVAL, OPT32(NETEMU_FORWARD_A_TO, UINT32_MAX)),
	};
	const uint8_t cmd = NETEMU_CMD_FORWARD_NEW;
	int i;

	EXPECT_ALL_REFUSED(cmd, NETEMU_A_FORWARD, service, bends);
	for (i = 1; i < 5; i++)
		EXPECT_REFUSED("a part is missing",
			       message(self, cmd, NETEMU_A_FORWARD,
				       opts_without(service, i)),
			       EINVAL, i == 3 ? ERANGE : 0);
	EXPECT_DONE(cmd, NETEMU_A_FORWARD, service);
}

/* There is one already, or none. */
LAB_TEST(gateway, rules_there_and_not)
{
	static const struct bend overlaps[] = {
		BEND(EEXIST, OPT16(NETEMU_FORWARD_A_PORTS, 2)),
		BEND(EEXIST, OPT16(NETEMU_FORWARD_A_PORT, 8081)),
		BEND(EEXIST, OPT16(NETEMU_FORWARD_A_PORT, 8079)),
		BEND(EEXIST, OPT32(NETEMU_FORWARD_A_ADDRESS, 0)),
		BEND(EEXIST, OPT32(NETEMU_FORWARD_A_TO, IP(10, 0, 2, 16))),
	}, others[] = {
		BEND(ENOENT, OPT8(NETEMU_FORWARD_A_PROTOCOL, IPPROTO_UDP)),
		BEND(ENOENT, OPT16(NETEMU_FORWARD_A_PORT, 8081)),
		BEND(ENOENT, OPT32(NETEMU_FORWARD_A_ADDRESS, 0)),
		BEND(ENOENT, OPT8(NETEMU_FORWARD_A_KIND, NETEMU_FORWARD_SERVICE)),
	};
	const uint16_t nest = NETEMU_A_FORWARD;
	struct nl *gn = &self->lab.gn;
	struct nlmsghdr *nlh;

	EXPECT_REFUSED("none to see", message(self, NETEMU_CMD_FORWARD_GET, nest,
					      forward), ENOENT);
	EXPECT_REFUSED("none to delete", message(self, NETEMU_CMD_FORWARD_DEL,
						 nest, service), ENOENT);
	EXPECT_DONE(NETEMU_CMD_FORWARD_NEW, nest, forward);
	EXPECT_ALL_REFUSED(NETEMU_CMD_FORWARD_NEW, nest, forward, overlaps);
	EXPECT_ALL_REFUSED(NETEMU_CMD_FORWARD_GET, nest, forward, others);
	EXPECT_ALL_REFUSED(NETEMU_CMD_FORWARD_DEL, nest, forward, others);
	EXPECT_REFUSED("a service at a guest's address",
		       message(self, NETEMU_CMD_FORWARD_NEW, nest,
			       opts_with(service,
				    OPTS(OPT32(NETEMU_FORWARD_A_ADDRESS,
					       IP(10, 0, 2, 15))))),
		       EBUSY);
	/* 6.1 has no text for a dump that does not begin. */
	nlh = nl_genl(gn, NETEMU_CMD_FORWARD_GET, NLM_F_DUMP);
	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, nest));
	EXPECT_EQ(EINVAL, nl_talk(gn, nlh, NULL, NULL));
}

/* The reservation with an attribute that is too long for an option. */
static struct nlmsghdr *long_message(FIXTURE_DATA(gateway) *self, uint16_t type,
				     size_t len, const void *data)
{
	struct nlmsghdr *nlh = nl_genl(&self->lab.gn, NETEMU_CMD_LEASE_NEW, 0);
	struct nlattr *attr;

	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, self->gw);
	attr = mnl_attr_nest_start(nlh, NETEMU_A_LEASE);
	opts_put(nlh, reservation);
	mnl_attr_put(nlh, type, len, data);
	mnl_attr_nest_end(nlh, attr);
	return nlh;
}

LAB_TEST(gateway, leases_without_sense)
{
	static const struct bend bends[] = {
		BEND(EINVAL, OPT32(NETEMU_LEASE_A_ADDRESS, 0)),
		BEND(EINVAL, OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 0))),
		BEND(EINVAL, OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 2))),
		BEND(EINVAL, OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 3))),
		BEND(EINVAL, OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 255))),
		BEND(EINVAL, OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 3, 50))),
		BEND(EINVAL, { NETEMU_LEASE_A_LLADDR, 6, 0 }),
		BEND(EINVAL, { NETEMU_LEASE_A_LLADDR, 6, 0x01 }),
		BEND(EINVAL, { NETEMU_LEASE_A_LLADDR, 6, UINT64_MAX }),
		BEND(EINVAL, { NETEMU_LEASE_A_CLIENT_ID, 0, 0 }),
		BEND(EINVAL, { NETEMU_LEASE_A_HOSTNAME, 1, 0 }),
		BEND(EINVAL, { NETEMU_LEASE_A_HOSTNAME, 3, '-' | 'a' << 8 }),
		BEND(EINVAL, { NETEMU_LEASE_A_HOSTNAME, 3, 'a' | '-' << 8 }),
		BEND(EINVAL, { NETEMU_LEASE_A_HOSTNAME, 4, 'a' | '.' << 8 | 'b' << 16 }),
		BEND(EINVAL, { NETEMU_LEASE_A_HOSTNAME, 3, 'a' | 0xe4 << 8 }),
		BEND(EINVAL, { NETEMU_LEASE_A_HOSTNAME, 2, 'a' | 'b' << 8 }),
		BEND(ERANGE, OPT32(NETEMU_LEASE_A_TIME_LEFT, 0)),
	};
	static const char long_id[NETEMU_LEASE_CLIENT_ID_MAX + 1];
	const uint8_t cmd = NETEMU_CMD_LEASE_NEW;
	char name[NETEMU_LEASE_HOSTNAME_MAX + 2];
	struct nlmsghdr *nlh;

	EXPECT_ALL_REFUSED(cmd, NETEMU_A_LEASE, reservation, bends);
	EXPECT_REFUSED("no address", message(self, cmd, NETEMU_A_LEASE,
					     opts_without(reservation, 0)), EINVAL);
	EXPECT_REFUSED("no client", message(self, cmd, NETEMU_A_LEASE,
					    opts_without(reservation, 1)), EINVAL);
	EXPECT_REFUSED("a lease without its client",
		       message(self, cmd, NETEMU_A_LEASE, opts_without(lease, 1)),
		       EINVAL);
	nlh = long_message(self, NETEMU_LEASE_A_CLIENT_ID, sizeof(long_id), long_id);
	EXPECT_REFUSED("a long client-id", nlh, ERANGE, EINVAL);
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	nlh = long_message(self, NETEMU_LEASE_A_HOSTNAME, sizeof(name), name);
	EXPECT_REFUSED("a long name", nlh, ERANGE, EINVAL);
	EXPECT_DONE(cmd, NETEMU_A_LEASE, reservation);
}

LAB_TEST(gateway, leases_there_and_not)
{
	static const struct bend taken[] = {
		BEND(EEXIST, { NETEMU_LEASE_A_LLADDR, 6, MAC(0x51) }),
		BEND(EEXIST, OPT32(NETEMU_LEASE_A_ADDRESS, IP(10, 0, 2, 51))),
		BEND(EADDRINUSE, OPT32(NETEMU_LEASE_A_TIME_LEFT, 60),
		     { NETEMU_LEASE_A_LLADDR, 6, MAC(0x51) }),
	};
	const uint16_t nest = NETEMU_A_LEASE;

	EXPECT_REFUSED("none to delete", message(self, NETEMU_CMD_LEASE_DEL,
						 nest, reservation), ENOENT);
	EXPECT_DONE(NETEMU_CMD_LEASE_NEW, nest, reservation);
	EXPECT_ALL_REFUSED(NETEMU_CMD_LEASE_NEW, nest, reservation, taken);
	EXPECT_DONE(NETEMU_CMD_LEASE_DEL, nest, reservation);
	EXPECT_REFUSED("it is gone", message(self, NETEMU_CMD_LEASE_DEL, nest,
					     reservation), ENOENT);
}

/* Root of a user namespace, but the gateway is another's. */
LAB_TEST(gateway, not_its_own)
{
	struct nl *gn = &self->lab.gn;
	uint64_t before;
	size_t i;

	EXPECT_DONE(NETEMU_CMD_FORWARD_NEW, NETEMU_A_FORWARD, forward);
	EXPECT_DONE(NETEMU_CMD_LEASE_NEW, NETEMU_A_LEASE, reservation);
	before = gateway_rules(&self->probe);
	ASSERT_NE(0, before);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	for (i = 0; i < COMMANDS; i++)
		EXPECT_EQ(EPERM, nl_talk(gn, message(self, commands[i].cmd,
						     commands[i].nest,
						     commands[i].opts),
					 NULL, NULL));
	EXPECT_EQ(EPERM, nl_talk(gn, nl_genl(gn, NETEMU_CMD_FORWARD_GET,
					     NLM_F_DUMP), NULL, NULL));
	EXPECT_EQ(EPERM, nl_talk(gn, nl_genl(gn, NETEMU_CMD_LEASE_GET,
					     NLM_F_DUMP), NULL, NULL));
}

TEST_HARNESS_MAIN

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink for tests: one request, its answers, its acknowledgement. Errors are
 * positive errno values; the kernel's text (extack) stays in the socket.
 * Messages are built by hand with libmnl, so that they can be wrong.
 */
#ifndef SELFTESTS_LIB_NL_H
#define SELFTESTS_LIB_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#define NL_GROUPS_MAX	8

struct nl {
	struct mnl_socket *sock;
	uint32_t seq;
	uint16_t family;	/* generic netlink family, 0 on rtnetlink */
	struct {
		char name[GENL_NAMSIZ];
		uint32_t id;
	} groups[NL_GROUPS_MAX];
	char text[256];		/* extack text of the last answer, or "" */
	bool attr_named;	/* the last answer pointed at an attribute */
	bool interrupted;	/* the last dump had NLM_F_DUMP_INTR */
	unsigned int answers;	/* messages of the last answer */
	char tx[65536];
	char rx[65536];
};

typedef int (*nl_cb)(const struct nlmsghdr *nlh, void *data);

int nl_open(struct nl *nl, int bus);
int nl_open_family(struct nl *nl, const char *name);
void nl_close(struct nl *nl);

/* A fresh message in nl->tx; the second form adds the generic header. */
struct nlmsghdr *nl_msg(struct nl *nl, uint16_t type, uint16_t flags);
struct nlmsghdr *nl_genl(struct nl *nl, uint8_t cmd, uint16_t flags);

/* Send and wait for the end of the answer; 0 or the errno the kernel gave. */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_cb cb, void *data);

/* Listen to a group; nl_wait() hands each message to cb until cb returns 0,
 * or fails with ETIMEDOUT.
 */
int nl_join(struct nl *nl, uint32_t group);
int nl_join_name(struct nl *nl, const char *group);
int nl_wait(struct nl *nl, nl_cb cb, void *data);

uint64_t nl_uint(const struct nlattr *attr);

#endif

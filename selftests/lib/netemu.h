/* SPDX-License-Identifier: GPL-2.0 */
/* The family "netemu" for tests. Errors are positive errno values. */
#ifndef SELFTESTS_LIB_NETEMU_H
#define SELFTESTS_LIB_NETEMU_H

#include <linux/netemu.h>

#include "link.h"

/* Values by attribute type; UINT64_MAX where the kernel gave none. */
struct switch_info {
	int index;
	char name[16];
	uint64_t v[NETEMU_SWITCH_A_MAX + 1];
	uint64_t defaults[NETEMU_PORT_A_MAX + 1];
	uint64_t drops[NETEMU_DROP_MAX + 1];	/* 0 where left out */
};

struct port_info {
	int index;
	int master;
	char name[16];
	uint64_t v[NETEMU_PORT_A_MAX + 1];
	uint64_t drops[NETEMU_DROP_MAX + 1];
};

int switch_get(struct nl *gn, int index, struct switch_info *info);
uint64_t switch_value(struct nl *gn, int index, int attr);
uint64_t switch_drops(struct nl *gn, int index, enum netemu_drop reason);

int port_get(struct nl *gn, int index, struct port_info *info);
uint64_t port_value(struct nl *gn, int index, int attr);
uint64_t port_drops(struct nl *gn, int index, enum netemu_drop reason);
int port_new(struct nl *gn, int master, int index, const struct opt *opts);
int port_set(struct nl *gn, int index, const struct opt *opts);
int port_del(struct nl *gn, int index);

/* index 0: of all ports; flags -1: attribute left out */
int fdb_flush(struct nl *gn, int master, int index, int flags);

/* What a message of the family says, for answers and notifications. */
struct netemu_msg {
	uint8_t cmd;
	struct port_info port;
	struct switch_info sw;
	uint32_t event;
	uint8_t lladdr[6];
	bool has_lladdr;
};

void netemu_read(const struct nlmsghdr *nlh, struct netemu_msg *msg);

/* The whole state of the family in this namespace as one number: options,
 * counts and attached ports of all switches. Equal before and after = nothing
 * changed. 0 if it could not be read.
 */
uint64_t netemu_state(struct nl *gn);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Net devices for tests, by rtnetlink. Errors are positive errno values. */
#ifndef SELFTESTS_LIB_LINK_H
#define SELFTESTS_LIB_LINK_H

#include "nl.h"

/* One attribute of a nest; a list ends with type 0. */
struct opt {
	uint16_t type;
	uint16_t size;
	uint64_t value;
};

#define OPT8(t, v)	{ (t), 1, (v) }
#define OPT16(t, v)	{ (t), 2, (v) }
#define OPT32(t, v)	{ (t), 4, (v) }
#define OPTS(...)	((const struct opt[]){ __VA_ARGS__, { 0 } })
#define NO_OPTS		((const struct opt[]){ { 0 } })

void opts_put(struct nlmsghdr *nlh, const struct opt *opts);

/* An RTM_NEWLINK to add attributes to; index 0 means by name. */
struct nlmsghdr *link_msg(struct nl *rt, uint16_t flags, int index,
			  const char *name);

int link_add(struct nl *rt, const char *kind, const char *name,
	     const struct opt *info);
int link_add_veth(struct nl *rt, const char *name, const char *peer);
int link_add_vlan(struct nl *rt, const char *name, int lower, uint16_t vid);
int link_add_macvlan(struct nl *rt, const char *name, int lower);
int link_change(struct nl *rt, const char *kind, int index,
		const struct opt *info);
int link_change_slave(struct nl *rt, const char *kind, int index,
		      const struct opt *info);
int link_del(struct nl *rt, int index);
int link_up(struct nl *rt, int index, bool up);
int link_master(struct nl *rt, int index, int master);
int link_u32(struct nl *rt, int index, uint16_t attr, uint32_t value);
int link_mac(struct nl *rt, int index, const uint8_t *mac);

struct link_info {
	char name[16];
	int index;
	unsigned int flags;
	uint32_t mtu;
	int master;
	uint8_t carrier;
	uint8_t operstate;	/* IF_OPER_* */
	uint8_t mac[6];
	uint64_t rx_packets, tx_packets, rx_dropped, tx_dropped;
};

int link_get(struct nl *rt, int index, struct link_info *info);

#endif

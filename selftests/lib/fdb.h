/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database of a switch, by rtnetlink, as bridge(8) does it. */
#ifndef SELFTESTS_LIB_FDB_H
#define SELFTESTS_LIB_FDB_H

#include <linux/neighbour.h>

#include "nl.h"

#define FDB_MAX	262144

struct fdb_entry {
	uint8_t mac[6];
	uint16_t state;		/* NUD_* */
	uint8_t flags;		/* NTF_* */
	int sw;			/* ndm_ifindex */
	int port;		/* NDA_IFINDEX, 0 if none */
};

struct fdb {
	unsigned int n;
	struct fdb_entry *e;	/* FDB_MAX of them, allocated once */
};

/* port 0: no NDA_IFINDEX in the message */
int fdb_add(struct nl *rt, int sw, int port, const uint8_t *mac,
	    uint16_t state, uint16_t nlflags);
int fdb_del(struct nl *rt, int sw, const uint8_t *mac);
int fdb_get(struct nl *rt, int sw, const uint8_t *mac, struct fdb_entry *e);
int fdb_dump(struct nl *rt, int sw, struct fdb *fdb);
const struct fdb_entry *fdb_find(const struct fdb *fdb, const uint8_t *mac);

/* Where the switch believes mac to be; 0 = nowhere, -1 = at the host. */
int fdb_where(struct nl *rt, int sw, const uint8_t *mac);
unsigned int fdb_count(struct nl *rt, int sw, int port, uint16_t state);

/* False if the message is no neighbour message of family AF_BRIDGE. */
bool fdb_read(const struct nlmsghdr *nlh, struct fdb_entry *e);

#endif

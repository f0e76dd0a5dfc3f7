// SPDX-License-Identifier: GPL-2.0
#include "fdb.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

static struct nlmsghdr *neigh_msg(struct nl *rt, uint16_t type, uint16_t flags,
				  int sw, const uint8_t *mac, uint16_t state)
{
	struct nlmsghdr *nlh = nl_msg(rt, type, flags);
	struct ndmsg *ndm;

	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_ifindex = sw;
	ndm->ndm_state = state;
	ndm->ndm_flags = NTF_SELF;
	if (mac)
		mnl_attr_put(nlh, NDA_LLADDR, 6, mac);
	return nlh;
}

int fdb_add(struct nl *rt, int sw, int port, const uint8_t *mac,
	    uint16_t state, uint16_t nlflags)
{
	struct nlmsghdr *nlh;

	nlh = neigh_msg(rt, RTM_NEWNEIGH, nlflags, sw, mac, state);
	if (port)
		mnl_attr_put_u32(nlh, NDA_IFINDEX, port);
	return nl_talk(rt, nlh, NULL, NULL);
}

int fdb_del(struct nl *rt, int sw, const uint8_t *mac)
{
	return nl_talk(rt, neigh_msg(rt, RTM_DELNEIGH, 0, sw, mac, 0),
		       NULL, NULL);
}

bool fdb_read(const struct nlmsghdr *nlh, struct fdb_entry *e)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWNEIGH && nlh->nlmsg_type != RTM_DELNEIGH)
		return false;
	if (ndm->ndm_family != AF_BRIDGE)
		return false;
	memset(e, 0, sizeof(*e));
	e->sw = ndm->ndm_ifindex;
	e->state = ndm->ndm_state;
	e->flags = ndm->ndm_flags;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		switch (mnl_attr_get_type(attr)) {
		case NDA_LLADDR:
			memcpy(e->mac, mnl_attr_get_payload(attr), 6);
			break;
		case NDA_IFINDEX:
			e->port = nl_uint(attr);
			break;
		}
	}
	return true;
}

static int keep_entry(const struct nlmsghdr *nlh, void *data)
{
	return !fdb_read(nlh, data);
}

/* A get wants the flags in ndm_flags and no state. */
int fdb_get(struct nl *rt, int sw, const uint8_t *mac, struct fdb_entry *e)
{
	return nl_talk(rt, neigh_msg(rt, RTM_GETNEIGH, 0, sw, mac, 0),
		       keep_entry, e);
}

static int append(const struct nlmsghdr *nlh, void *data)
{
	struct fdb *fdb = data;

	if (fdb->n < FDB_MAX && fdb_read(nlh, &fdb->e[fdb->n]))
		fdb->n++;
	return 1;
}

int fdb_dump(struct nl *rt, int sw, struct fdb *fdb)
{
	struct nlmsghdr *nlh = nl_msg(rt, RTM_GETNEIGH, NLM_F_DUMP);
	struct ndmsg *ndm;

	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_ifindex = sw;
	if (!fdb->e)
		fdb->e = calloc(FDB_MAX, sizeof(*fdb->e));
	fdb->n = 0;
	return nl_talk(rt, nlh, append, fdb);
}

const struct fdb_entry *fdb_find(const struct fdb *fdb, const uint8_t *mac)
{
	unsigned int i;

	for (i = 0; i < fdb->n; i++)
		if (!memcmp(fdb->e[i].mac, mac, 6))
			return &fdb->e[i];
	return NULL;
}

static struct fdb scratch;

int fdb_where(struct nl *rt, int sw, const uint8_t *mac)
{
	const struct fdb_entry *e;

	if (fdb_dump(rt, sw, &scratch))
		return 0;
	e = fdb_find(&scratch, mac);
	if (!e)
		return 0;
	return e->port ? e->port : -1;
}

unsigned int fdb_count(struct nl *rt, int sw, int port, uint16_t state)
{
	unsigned int i, n = 0;

	if (fdb_dump(rt, sw, &scratch))
		return 0;
	for (i = 0; i < scratch.n; i++)
		n += scratch.e[i].port == port && (scratch.e[i].state & state);
	return n;
}

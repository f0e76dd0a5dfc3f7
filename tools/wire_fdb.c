// SPDX-License-Identifier: GPL-2.0
/* The forwarding database: neighbours of the switch device, by rtnetlink. */
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

int parse_fdb(struct nlmsghdr *nlh, struct fdb_entry *entry)
{
	struct nlattr *tb[NDA_MAX + 1] = { 0 };
	struct ndmsg *ndm = nlmsg_data(nlh);
	struct nda_cacheinfo ci;

	memset(entry, 0, sizeof(*entry));
	if (nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL) < 0)
		return -EINVAL;
	entry->master = ndm->ndm_ifindex;
	entry->port = attr_uint(tb[NDA_IFINDEX]);
	if (entry->port == entry->master)
		entry->port = 0;
	if (!attr_mac(tb[NDA_LLADDR], entry->addr))
		return -EINVAL;
	if (ndm->ndm_state & NUD_PERMANENT)
		entry->type = FDB_HOST;
	else if (ndm->ndm_state & NUD_NOARP)
		entry->type = FDB_STATIC;
	else
		entry->type = FDB_LEARNED;
	entry->stale = ndm->ndm_state & NUD_STALE;
	/* The kernel counts ages in clock ticks of user space. */
	if (tb[NDA_CACHEINFO] && entry->type == FDB_LEARNED &&
	    nla_len(tb[NDA_CACHEINFO]) >= (int)sizeof(ci)) {
		memcpy(&ci, nla_data(tb[NDA_CACHEINFO]), sizeof(ci));
		entry->has_age = true;
		entry->age = ci.ndm_used / sysconf(_SC_CLK_TCK);
	}
	return 0;
}

struct fdb_read {
	struct fdb_list *list;
	int master;
};

static int read_fdb(struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = nlmsg_data(nlh);
	struct fdb_read *read = arg;

	if (nlh->nlmsg_type != RTM_NEWNEIGH ||
	    nlmsg_datalen(nlh) < (int)sizeof(*ndm) ||
	    ndm->ndm_family != AF_BRIDGE || ndm->ndm_ifindex != read->master)
		return 0;
	return parse_fdb(nlh, list_append(read->list));
}

static void join_names(struct fdb_list *list, const struct link_list *links)
{
	const struct link_info *link;
	size_t i;

	for (i = 0; i < list->n; i++) {
		struct fdb_entry *entry = &list->v[i];

		link = links_find(links, entry->master);
		if (link)
			strcpy(entry->master_name, link->name);
		link = links_find(links, entry->port);
		if (link)
			strcpy(entry->port_name, link->name);
	}
}

int wire_fdb_list(struct wire *w, int master, struct fdb_list *list)
{
	struct ndmsg ndm = { .ndm_family = AF_BRIDGE, .ndm_ifindex = master };
	struct fdb_read read = { .list = list, .master = master };
	struct link_list links = { 0 };
	int tries = WIRE_TRIES;
	struct request req;
	int ret;

	/*
	 * A database that learns all the time is never read in one piece; what
	 * has been read then is as good as any other answer.
	 */
	do {
		list->n = 0;
		request_rt(&req, RTM_GETNEIGH, NLM_F_DUMP, &ndm, sizeof(ndm));
		ret = wire_talk(w, w->rt, &req, read_fdb, &read);
	} while (ret == -EINTR && --tries);
	if (ret && ret != -EINTR)
		return ret;
	ret = wire_link_list(w, &links);
	if (!ret)
		join_names(list, &links);
	list_free(&links);
	return ret;
}

int wire_fdb_add(struct wire *w, const struct fdb_entry *entry)
{
	struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = entry->master,
		.ndm_flags = NTF_SELF,
		.ndm_state = NUD_NOARP,
	};
	struct request req;

	request_rt(&req, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, &ndm,
		   sizeof(ndm));
	request_put(&req, "address", NDA_LLADDR, entry->addr, MAC_LEN);
	if (entry->port)
		request_put_u32(&req, "port", NDA_IFINDEX, entry->port);
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

int wire_fdb_del(struct wire *w, int master, const uint8_t *addr)
{
	struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = master,
		.ndm_flags = NTF_SELF,
	};
	struct request req;

	request_rt(&req, RTM_DELNEIGH, 0, &ndm, sizeof(ndm));
	request_put(&req, "address", NDA_LLADDR, addr, MAC_LEN);
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

int wire_fdb_flush(struct wire *w, int master, int port, uint32_t flags)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_FDB_FLUSH, 0);
	if (ret)
		return ret;
	request_put_u32(&req, NULL, NETEMU_A_MASTER, master);
	if (port)
		request_put_u32(&req, "port", NETEMU_A_IFINDEX, port);
	request_put_u32(&req, NULL, NETEMU_A_FLUSH, flags);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

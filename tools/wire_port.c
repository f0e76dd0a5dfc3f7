// SPDX-License-Identifier: GPL-2.0
/* Ports, by generic netlink. */
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

const struct wire_opt wire_port_opts[PORT_OPT_COUNT] = {
	[PORT_OPT_LEARNING] = { NETEMU_PORT_A_LEARNING, 1 },
	[PORT_OPT_FLOOD] = { NETEMU_PORT_A_FLOOD, 1 },
	[PORT_OPT_MCAST_FLOOD] = { NETEMU_PORT_A_MCAST_FLOOD, 1 },
	[PORT_OPT_BCAST_FLOOD] = { NETEMU_PORT_A_BCAST_FLOOD, 1 },
	[PORT_OPT_ISOLATED] = { NETEMU_PORT_A_ISOLATED, 1 },
	[PORT_OPT_FDB_LIMIT] = { NETEMU_PORT_A_FDB_LIMIT, 4 },
	[PORT_OPT_STORM_BROADCAST] = { NETEMU_PORT_A_STORM_BCAST, 4 },
	[PORT_OPT_STORM_MULTICAST] = { NETEMU_PORT_A_STORM_MCAST, 4 },
	[PORT_OPT_STORM_UNKNOWN] = { NETEMU_PORT_A_STORM_UNKNOWN, 4 },
	[PORT_OPT_GUARD] = { NETEMU_PORT_A_GUARD, 1 },
	[PORT_OPT_SHARED] = { NETEMU_PORT_A_SHARED, 1 },
};

int parse_port(struct nlmsghdr *nlh, struct port_info *port)
{
	struct nlattr *opt[NETEMU_PORT_A_MAX + 1] = { 0 };
	struct nlattr *tb[NETEMU_A_MAX + 1] = { 0 };

	memset(port, 0, sizeof(*port));
	if (nlmsg_parse(nlh, GENL_HDRLEN, tb, NETEMU_A_MAX, NULL) < 0)
		return -EINVAL;
	port->link.ifindex = attr_uint(tb[NETEMU_A_IFINDEX]);
	port->link.master = attr_uint(tb[NETEMU_A_MASTER]);
	attr_name(tb[NETEMU_A_IFNAME], port->link.name,
		  sizeof(port->link.name));
	if (!tb[NETEMU_A_PORT])
		return 0;
	if (nla_parse_nested(opt, NETEMU_PORT_A_MAX, tb[NETEMU_A_PORT],
			     NULL) < 0)
		return -EINVAL;
	attr_opts(opt, wire_port_opts, PORT_OPT_COUNT, &port->opts);
	port->state = attr_uint(opt[NETEMU_PORT_A_STATE]);
	port->fdb_learned = attr_uint(opt[NETEMU_PORT_A_FDB_LEARNED]);
	port->moves = attr_uint(opt[NETEMU_PORT_A_MOVES]);
	port->learn_refused = attr_uint(opt[NETEMU_PORT_A_LEARN_REFUSED]);
	port->loop_blocks = attr_uint(opt[NETEMU_PORT_A_LOOP_BLOCKS]);
	attr_drops(opt[NETEMU_PORT_A_DROPS], &switch_drops, port->drops);
	return 0;
}

static int read_port(struct nlmsghdr *nlh, void *arg)
{
	return parse_port(nlh, arg);
}

int wire_port_get(struct wire *w, int ifindex, struct port_info *port)
{
	struct link_info link, master;
	struct request req;
	int ret;

	memset(port, 0, sizeof(*port));
	ret = request_ge(w, &req, NETEMU_CMD_PORT_GET, 0);
	if (ret)
		return ret;
	request_put_u32(&req, NULL, NETEMU_A_IFINDEX, ifindex);
	ret = wire_talk(w, w->ge, &req, read_port, port);
	if (ret)
		return ret;
	/* By name, for the name of the peer. */
	ret = wire_link_get(w, port->link.name, &link);
	if (ret)
		return ret;
	link.master = port->link.master;
	port->link = link;
	if (!wire_link_get_index(w, link.master, &master))
		strcpy(port->master_name, master.name);
	return 0;
}

static int read_port_list(struct nlmsghdr *nlh, void *arg)
{
	struct port_list *list = arg;

	return parse_port(nlh, list_append(list));
}

/* Ports whose device went between the two dumps are left out. */
static void join_links(struct port_list *list, const struct link_list *links)
{
	const struct link_info *link, *master;
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++) {
		struct port_info *port = &list->v[i];
		int ifindex = port->link.master;

		link = links_find(links, port->link.ifindex);
		master = links_find(links, ifindex);
		if (!link || !master)
			continue;
		port->link = *link;
		port->link.master = ifindex;
		strcpy(port->master_name, master->name);
		list->v[kept++] = *port;
	}
	list->n = kept;
}

int wire_port_list(struct wire *w, int master, struct port_list *list)
{
	struct link_list links = { 0 };
	int tries = WIRE_TRIES;
	struct request req;
	int ret;

	do {
		list->n = 0;
		ret = request_ge(w, &req, NETEMU_CMD_PORT_GET, NLM_F_DUMP);
		if (ret)
			return ret;
		if (master)
			request_put_u32(&req, NULL, NETEMU_A_MASTER, master);
		ret = wire_talk(w, w->ge, &req, read_port_list, list);
	} while (ret == -EINTR && --tries);
	if (ret)
		return ret;
	ret = wire_link_list(w, &links);
	if (!ret)
		join_links(list, &links);
	list_free(&links);
	return ret;
}

static void put_options(struct request *req, const struct opts *opts)
{
	struct nlattr *nest;

	if (!opts->given)
		return;
	nest = request_nest(req, NULL, NETEMU_A_PORT);
	request_put_opts(req, wire_port_opts, port_opts, PORT_OPT_COUNT, opts);
	request_nest_end(req, nest);
}

int wire_port_new(struct wire *w, int master, int ifindex,
		  const struct opts *opts)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_PORT_NEW, 0);
	if (ret)
		return ret;
	request_put_u32(&req, NULL, NETEMU_A_MASTER, master);
	request_put_u32(&req, NULL, NETEMU_A_IFINDEX, ifindex);
	put_options(&req, opts);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int wire_port_set(struct wire *w, int ifindex, const struct opts *opts)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_PORT_SET, 0);
	if (ret)
		return ret;
	request_put_u32(&req, NULL, NETEMU_A_IFINDEX, ifindex);
	put_options(&req, opts);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int wire_port_del(struct wire *w, int ifindex)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_PORT_DEL, 0);
	if (ret)
		return ret;
	request_put_u32(&req, NULL, NETEMU_A_IFINDEX, ifindex);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

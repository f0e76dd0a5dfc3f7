// SPDX-License-Identifier: GPL-2.0
/* Switches: made and changed by rtnetlink, read by generic netlink. */
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

static const struct wire_opt switch_map[SWITCH_OPT_COUNT] = {
	[SWITCH_OPT_MODE] = { NETEMU_SWITCH_A_MODE, 1 },
	[SWITCH_OPT_AGEING] = { NETEMU_SWITCH_A_AGEING, 4 },
	[SWITCH_OPT_HOST_PORT] = { NETEMU_SWITCH_A_HOST_PORT, 1 },
	[SWITCH_OPT_RESERVED_MASK] = { NETEMU_SWITCH_A_RESERVED_MASK, 2 },
	[SWITCH_OPT_FDB_LIMIT] = { NETEMU_SWITCH_A_FDB_LIMIT, 4 },
	[SWITCH_OPT_LOOP_RATE] = { NETEMU_SWITCH_A_LOOP_RATE, 4 },
	[SWITCH_OPT_LOOP_HOLD] = { NETEMU_SWITCH_A_LOOP_HOLD, 4 },
};

static void put_switch(struct request *req, const struct switch_spec *spec)
{
	struct nlattr *info, *data, *defaults;

	if (spec->has_mtu)
		request_put_u32(req, "mtu", IFLA_MTU, spec->mtu);
	if (spec->has_addr)
		request_put(req, "address", IFLA_ADDRESS, spec->addr, MAC_LEN);
	info = request_nest(req, NULL, IFLA_LINKINFO);
	request_put(req, NULL, IFLA_INFO_KIND, NETEMU_KIND_SWITCH,
		    strlen(NETEMU_KIND_SWITCH));
	if (spec->opts.given || spec->defaults.given) {
		data = request_nest(req, NULL, IFLA_INFO_DATA);
		request_put_opts(req, switch_map, switch_opts,
				 SWITCH_OPT_COUNT, &spec->opts);
		if (spec->defaults.given) {
			defaults = request_nest(req, "port defaults",
						NETEMU_SWITCH_A_PORT_DEFAULTS);
			request_put_opts(req, wire_port_opts, port_opts,
					 PORT_OPT_DEFAULTS, &spec->defaults);
			request_nest_end(req, defaults);
		}
		request_nest_end(req, data);
	}
	request_nest_end(req, info);
}

int wire_switch_new(struct wire *w, const struct switch_spec *spec)
{
	struct ifinfomsg ifi = {
		.ifi_flags = spec->up ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};
	struct request req;
	int ret;

	request_rt(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi,
		   sizeof(ifi));
	request_put(&req, NULL, IFLA_IFNAME, spec->name,
		    strlen(spec->name) + 1);
	put_switch(&req, spec);
	ret = wire_talk(w, w->rt, &req, NULL, NULL);
	/* What the kernel says where no module offers the kind. */
	if (ret == -EOPNOTSUPP)
		return wire_fail(w, ret, "the kernel module netemu is not loaded: run \"modprobe netemu\"");
	return ret;
}

int wire_switch_set(struct wire *w, int ifindex,
		    const struct switch_spec *spec)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = spec->up ? IFF_UP : 0,
		.ifi_change = spec->has_up ? IFF_UP : 0,
	};
	struct request req;

	request_rt(&req, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	put_switch(&req, spec);
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

void parse_switch(const struct nlattr *nest, struct switch_info *sw)
{
	struct nlattr *tb[NETEMU_SWITCH_A_MAX + 1] = { 0 };
	struct nlattr *def[NETEMU_PORT_A_MAX + 1] = { 0 };

	if (!nest || nla_parse_nested(tb, NETEMU_SWITCH_A_MAX,
				      (struct nlattr *)nest, NULL) < 0)
		return;
	attr_opts(tb, switch_map, SWITCH_OPT_COUNT, &sw->opts);
	if (tb[NETEMU_SWITCH_A_PORT_DEFAULTS]) {
		nla_parse_nested(def, NETEMU_PORT_A_MAX,
				 tb[NETEMU_SWITCH_A_PORT_DEFAULTS], NULL);
		attr_opts(def, wire_port_opts, PORT_OPT_DEFAULTS, &sw->defaults);
	}
	sw->ports = attr_uint(tb[NETEMU_SWITCH_A_PORTS]);
	sw->fdb_learned = attr_uint(tb[NETEMU_SWITCH_A_FDB_LEARNED]);
	sw->fdb_static = attr_uint(tb[NETEMU_SWITCH_A_FDB_STATIC]);
	sw->bindings = attr_uint(tb[NETEMU_SWITCH_A_BINDINGS]);
	sw->moves = attr_uint(tb[NETEMU_SWITCH_A_MOVES]);
	sw->learn_refused = attr_uint(tb[NETEMU_SWITCH_A_LEARN_REFUSED]);
	sw->events_lost = attr_uint(tb[NETEMU_SWITCH_A_EVENTS_LOST]);
	attr_drops(tb[NETEMU_SWITCH_A_DROPS], &switch_drops, sw->drops);
}

static int parse_switch_reply(struct nlmsghdr *nlh, struct switch_info *sw)
{
	struct nlattr *tb[NETEMU_A_MAX + 1] = { 0 };

	if (nlmsg_parse(nlh, GENL_HDRLEN, tb, NETEMU_A_MAX, NULL) < 0)
		return -EINVAL;
	sw->link.ifindex = attr_uint(tb[NETEMU_A_IFINDEX]);
	attr_name(tb[NETEMU_A_IFNAME], sw->link.name, sizeof(sw->link.name));
	parse_switch(tb[NETEMU_A_SWITCH], sw);
	return 0;
}

static int read_switch(struct nlmsghdr *nlh, void *arg)
{
	return parse_switch_reply(nlh, arg);
}

int wire_switch_get(struct wire *w, int ifindex, struct switch_info *sw)
{
	struct link_info link = sw->link;
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_SWITCH_GET, 0);
	if (ret)
		return ret;
	request_put_u32(&req, NULL, NETEMU_A_IFINDEX, ifindex);
	ret = wire_talk(w, w->ge, &req, read_switch, sw);
	sw->link = link;
	return ret;
}

static int read_switch_list(struct nlmsghdr *nlh, void *arg)
{
	struct switch_list *list = arg;

	return parse_switch_reply(nlh, list_append(list));
}

/* Switches whose device went between the two dumps are left out. */
static void join_links(struct switch_list *list, const struct link_list *links)
{
	const struct link_info *link;
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++) {
		link = links_find(links, list->v[i].link.ifindex);
		if (!link)
			continue;
		list->v[i].link = *link;
		list->v[kept++] = list->v[i];
	}
	list->n = kept;
}

int wire_switch_list(struct wire *w, struct switch_list *list,
		     struct link_list *links)
{
	struct link_list own = { 0 };
	int tries = WIRE_TRIES;
	struct request req;
	int ret;

	do {
		list->n = 0;
		ret = request_ge(w, &req, NETEMU_CMD_SWITCH_GET, NLM_F_DUMP);
		if (ret)
			return ret;
		ret = wire_talk(w, w->ge, &req, read_switch_list, list);
	} while (ret == -EINTR && --tries);
	if (ret)
		return ret;
	ret = wire_link_list(w, links ? links : &own);
	if (!ret)
		join_links(list, links ? links : &own);
	list_free(&own);
	return ret;
}

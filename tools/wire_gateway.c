// SPDX-License-Identifier: GPL-2.0
/* Gateways, by rtnetlink. */
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

static const struct wire_opt gateway_map[GATEWAY_OPT_COUNT] = {
	[GATEWAY_OPT_ADDRESS] = { NETEMU_GW_A_GATEWAY, 4 },
	[GATEWAY_OPT_DNS_ADDRESS] = { NETEMU_GW_A_DNS, 4 },
	[GATEWAY_OPT_DHCP] = { NETEMU_GW_A_DHCP, 1 },
	[GATEWAY_OPT_DHCP_START] = { NETEMU_GW_A_DHCP_START, 4 },
	[GATEWAY_OPT_DHCP_END] = { NETEMU_GW_A_DHCP_END, 4 },
	[GATEWAY_OPT_LEASE_TIME] = { NETEMU_GW_A_LEASE_TIME, 4 },
	[GATEWAY_OPT_GUEST_LEASES] = { NETEMU_GW_A_GUEST_LEASES, 4 },
	[GATEWAY_OPT_DHCP_MTU] = { NETEMU_GW_A_DHCP_MTU, 2 },
	[GATEWAY_OPT_HOST_ACCESS] = { NETEMU_GW_A_HOST_ACCESS, 1 },
	[GATEWAY_OPT_FASTPATH] = { NETEMU_GW_A_FASTPATH, 1 },
	[GATEWAY_OPT_LINK_LOCAL] = { NETEMU_GW_A_LINK_LOCAL, 1 },
	[GATEWAY_OPT_RESTRICT] = { NETEMU_GW_A_RESTRICT, 1 },
	[GATEWAY_OPT_CONNECTIONS] = { NETEMU_GW_A_CONNECTIONS_LIMIT, 4 },
	[GATEWAY_OPT_GUEST_CONNECTIONS] = { NETEMU_GW_A_GUEST_CONNECTIONS, 4 },
	[GATEWAY_OPT_CONNECTION_RATE] = { NETEMU_GW_A_CONNECTION_RATE, 4 },
	[GATEWAY_OPT_PORT_FIRST] = { NETEMU_GW_A_PORT_FIRST, 2 },
	[GATEWAY_OPT_PORT_LAST] = { NETEMU_GW_A_PORT_LAST, 2 },
};

/* Into an open nest, whichever it is. */
void put_gateway_data(struct request *req, const struct gateway_spec *spec)
{
	static const uint8_t on = 1;

	if (spec->has_subnet) {
		request_put_u32(req, "subnet", NETEMU_GW_A_SUBNET,
				spec->subnet.addr);
		request_put(req, "subnet", NETEMU_GW_A_PREFIX,
			    &spec->subnet.prefix, sizeof(spec->subnet.prefix));
	}
	request_put_opts(req, gateway_map, gateway_opts, GATEWAY_OPT_COUNT,
			 &spec->opts);
	put_dhcp_words(req, &spec->words);
	if (spec->has_resolvers) {
		request_put(req, "dns-server", NETEMU_GW_A_RESOLVERS,
			    spec->resolvers.v,
			    spec->resolvers.n * sizeof(*spec->resolvers.v));
		if (spec->resolvers_auto)
			request_put(req, "dns-server",
				    NETEMU_GW_A_RESOLVERS_AUTO, &on, 1);
	}
}

static void put_gateway(struct request *req, const struct gateway_spec *spec)
{
	struct nlattr *info, *data;

	if (spec->has_mtu)
		request_put_u32(req, "mtu", IFLA_MTU, spec->mtu);
	info = request_nest(req, NULL, IFLA_LINKINFO);
	request_put(req, NULL, IFLA_INFO_KIND, NETEMU_KIND_GATEWAY,
		    strlen(NETEMU_KIND_GATEWAY));
	data = request_nest(req, NULL, IFLA_INFO_DATA);
	put_gateway_data(req, spec);
	request_nest_end(req, data);
	request_nest_end(req, info);
}

int wire_gateway_new(struct wire *w, const struct gateway_spec *spec)
{
	struct ifinfomsg ifi = {
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct request req;
	int ret;

	request_rt(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi,
		   sizeof(ifi));
	request_put(&req, NULL, IFLA_IFNAME, spec->name,
		    strlen(spec->name) + 1);
	put_gateway(&req, spec);
	ret = wire_talk(w, w->rt, &req, NULL, NULL);
	/* What the kernel says where no module offers the kind. */
	if (ret == -EOPNOTSUPP)
		return wire_fail(w, ret, "the kernel module netemu_gw is not there: \"modprobe netemu_gw\" tells why");
	return ret;
}

int wire_gateway_set(struct wire *w, int ifindex,
		     const struct gateway_spec *spec)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = spec->up ? IFF_UP : 0,
		.ifi_change = spec->up ? IFF_UP : 0,
	};
	struct request req;

	request_rt(&req, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	put_gateway(&req, spec);
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

static void parse_resolvers(const struct nlattr *nla, struct resolvers *to)
{
	size_t len = nla ? nla_len(nla) : 0;

	if (len > sizeof(to->v))
		len = sizeof(to->v);
	to->n = len / sizeof(*to->v);
	if (to->n)
		memcpy(to->v, nla_data(nla), to->n * sizeof(*to->v));
}

void parse_gateway(const struct nlattr *nest, struct gateway_info *gw)
{
	struct nlattr *tb[NETEMU_GW_A_MAX + 1] = { 0 };

	if (!nest || nla_parse_nested(tb, NETEMU_GW_A_MAX,
				      (struct nlattr *)nest, NULL) < 0)
		return;
	gw->present = true;
	gw->subnet.addr = attr_uint(tb[NETEMU_GW_A_SUBNET]);
	gw->subnet.prefix = attr_uint(tb[NETEMU_GW_A_PREFIX]);
	attr_opts(tb, gateway_map, GATEWAY_OPT_COUNT, &gw->opts);
	parse_resolvers(tb[NETEMU_GW_A_RESOLVERS], &gw->resolvers);
	gw->resolvers_auto = attr_uint(tb[NETEMU_GW_A_RESOLVERS_AUTO]);
	gw->resolver = attr_uint(tb[NETEMU_GW_A_RESOLVER]);
	parse_dhcp_words(tb, &gw->words);
	gw->lease_events_lost =
		attr_uint(tb[NETEMU_GW_A_LEASE_EVENTS_LOST]);
	gw->pool_full = attr_uint(tb[NETEMU_GW_A_DHCP_POOL_FULL]);
	gw->forwards = attr_uint(tb[NETEMU_GW_A_FORWARDS]);
	gw->role = attr_uint(tb[NETEMU_GW_A_ROLE]);
	gw->zone = attr_uint(tb[NETEMU_GW_A_ZONE]);
	gw->leases = attr_uint(tb[NETEMU_GW_A_LEASES]);
	gw->guests = attr_uint(tb[NETEMU_GW_A_GUESTS]);
	gw->connections = attr_uint(tb[NETEMU_GW_A_CONNECTIONS]);
	attr_drops(tb[NETEMU_GW_A_DROPS], &gateway_drops, gw->drops);
}

int wire_gateway_get(struct wire *w, const char *name, struct link_info *link)
{
	struct link_info master;
	int ret;

	ret = wire_link_get(w, name, link);
	if (ret)
		return ret;
	if (link->master && !wire_link_get_index(w, link->master, &master))
		strcpy(link->gateway.master_name, master.name);
	return 0;
}

int wire_gateway_list(struct wire *w, struct link_list *list)
{
	struct link_list links = { 0 };
	const struct link_info *master;
	struct link_info *link;
	size_t i;
	int ret;

	ret = wire_link_list(w, &links);
	for (i = 0; !ret && i < links.n; i++) {
		if (!links.v[i].gateway.present)
			continue;
		link = list_append(list);
		*link = links.v[i];
		master = links_find(&links, link->master);
		if (master)
			strcpy(link->gateway.master_name, master->name);
	}
	list_free(&links);
	return ret;
}

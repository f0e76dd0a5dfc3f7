// SPDX-License-Identifier: GPL-2.0
/* Net devices of any kind, by rtnetlink. */
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>

static void parse_stats(const struct nlattr *nla, struct link_stats *stats)
{
	struct rtnl_link_stats64 s = { 0 };
	size_t len;

	if (!nla)
		return;
	len = nla_len(nla);
	memcpy(&s, nla_data(nla), len < sizeof(s) ? len : sizeof(s));
	stats->rx_packets = s.rx_packets;
	stats->rx_bytes = s.rx_bytes;
	stats->rx_errors = s.rx_errors;
	stats->rx_dropped = s.rx_dropped;
	stats->tx_packets = s.tx_packets;
	stats->tx_bytes = s.tx_bytes;
	stats->tx_errors = s.tx_errors;
	stats->tx_dropped = s.tx_dropped;
}

/* The kernel's kind "tun" is two things: only the Ethernet one is a tap. */
static void parse_tun(const struct nlattr *nest, struct link_info *link)
{
	struct nlattr *tb[IFLA_TUN_MAX + 1] = { 0 };
	struct tap_info *tap = &link->tap;

	if (!nest || nla_parse_nested(tb, IFLA_TUN_MAX, (struct nlattr *)nest,
				      NULL) < 0)
		return;
	if (attr_uint(tb[IFLA_TUN_TYPE]) != IFF_TAP)
		return;
	strcpy(link->kind, "tap");
	tap->present = true;
	tap->has_owner = tb[IFLA_TUN_OWNER];
	tap->owner = attr_uint(tb[IFLA_TUN_OWNER]);
	tap->has_group = tb[IFLA_TUN_GROUP];
	tap->group = attr_uint(tb[IFLA_TUN_GROUP]);
	tap->multi_queue = attr_uint(tb[IFLA_TUN_MULTI_QUEUE]);
	tap->vnet_hdr = attr_uint(tb[IFLA_TUN_VNET_HDR]);
	tap->persist = attr_uint(tb[IFLA_TUN_PERSIST]);
}

int parse_link(struct nlmsghdr *nlh, struct link_info *link,
	       struct nlattr **info_data)
{
	struct nlattr *info[IFLA_INFO_MAX + 1] = { 0 };
	struct nlattr *tb[IFLA_MAX + 1] = { 0 };
	struct ifinfomsg *ifi = nlmsg_data(nlh);

	memset(link, 0, sizeof(*link));
	if (nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0)
		return -EINVAL;
	if (tb[IFLA_LINKINFO])
		nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL);

	link->ifindex = ifi->ifi_index;
	link->up = ifi->ifi_flags & IFF_UP;
	link->carrier = ifi->ifi_flags & IFF_LOWER_UP;
	link->master = attr_uint(tb[IFLA_MASTER]);
	link->mtu = attr_uint(tb[IFLA_MTU]);
	link->min_mtu = attr_uint(tb[IFLA_MIN_MTU]);
	link->max_mtu = attr_uint(tb[IFLA_MAX_MTU]);
	link->peer = attr_uint(tb[IFLA_LINK]);
	link->peer_elsewhere = tb[IFLA_LINK_NETNSID];
	link->has_parent = tb[IFLA_PARENT_DEV_NAME];
	attr_mac(tb[IFLA_ADDRESS], link->addr);
	attr_name(tb[IFLA_IFNAME], link->name, sizeof(link->name));
	attr_name(tb[IFLA_IFALIAS], link->alias, sizeof(link->alias));
	attr_name(info[IFLA_INFO_KIND], link->kind, sizeof(link->kind));
	parse_stats(tb[IFLA_STATS64], &link->stats);
	if (!strcmp(link->kind, "tun"))
		parse_tun(info[IFLA_INFO_DATA], link);
	if (!strcmp(link->kind, NETEMU_KIND_GATEWAY))
		parse_gateway(info[IFLA_INFO_DATA], &link->gateway);
	if (!strcmp(link->kind, NETEMU_KIND_LINK)) {
		parse_far(info[IFLA_INFO_DATA], &link->far);
		link->far.dev_elsewhere = tb[IFLA_LINK_NETNSID];
	}
	if (info_data)
		*info_data = info[IFLA_INFO_DATA];
	return 0;
}

void link_peer_name(struct link_info *link, const struct link_list *links)
{
	const struct link_info *peer;

	if (!link->peer || link->peer_elsewhere)
		return;
	peer = links_find(links, link->peer);
	if (peer)
		strcpy(link->peer_name, peer->name);
}

static int read_link(struct nlmsghdr *nlh, void *arg)
{
	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	return parse_link(nlh, arg, NULL);
}

static int get_link(struct wire *w, int ifindex, const char *name,
		    struct link_info *link)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct request req;

	memset(link, 0, sizeof(*link));
	request_rt(&req, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	if (name)
		request_put(&req, NULL, IFLA_IFNAME, name, strlen(name) + 1);
	return wire_talk(w, w->rt, &req, read_link, link);
}

int wire_link_get_index(struct wire *w, int ifindex, struct link_info *link)
{
	return get_link(w, ifindex, NULL, link);
}

int wire_link_get(struct wire *w, const char *name, struct link_info *link)
{
	struct link_info peer;
	int ret;

	ret = get_link(w, 0, name, link);
	if (ret)
		return ret;
	if (link->peer && !link->peer_elsewhere &&
	    !get_link(w, link->peer, NULL, &peer))
		strcpy(link->peer_name, peer.name);
	return 0;
}

static int read_link_list(struct nlmsghdr *nlh, void *arg)
{
	struct link_list *links = arg;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	return parse_link(nlh, list_append(links), NULL);
}

int wire_link_list(struct wire *w, struct link_list *links)
{
	struct ifinfomsg ifi = { 0 };
	int tries = WIRE_TRIES;
	struct request req;
	size_t i;
	int ret;

	do {
		links->n = 0;
		request_rt(&req, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
		ret = wire_talk(w, w->rt, &req, read_link_list, links);
	} while (ret == -EINTR && --tries);
	links_sort(links);
	for (i = 0; i < links->n; i++)
		link_peer_name(&links->v[i], links);
	return ret;
}

int wire_link_del(struct wire *w, int ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct request req;

	request_rt(&req, RTM_DELLINK, 0, &ifi, sizeof(ifi));
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

int wire_link_up(struct wire *w, int ifindex)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct request req;

	request_rt(&req, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

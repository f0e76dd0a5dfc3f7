// SPDX-License-Identifier: GPL-2.0
#include "link.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

void opts_put(struct nlmsghdr *nlh, const struct opt *opts)
{
	for (; opts->type; opts++)
		mnl_attr_put(nlh, opts->type, opts->size, &opts->value);
}

struct nlmsghdr *link_msg(struct nl *rt, uint16_t flags, int index,
			  const char *name)
{
	struct nlmsghdr *nlh = nl_msg(rt, RTM_NEWLINK, flags);
	struct ifinfomsg *ifi;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = index;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nlh;
}

int link_add(struct nl *rt, const char *kind, const char *name,
	     const struct opt *info)
{
	struct nlmsghdr *nlh = link_msg(rt, NLM_F_CREATE | NLM_F_EXCL, 0, name);
	struct nlattr *linkinfo, *data;

	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	if (info->type) {
		data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
		opts_put(nlh, info);
		mnl_attr_nest_end(nlh, data);
	}
	mnl_attr_nest_end(nlh, linkinfo);
	return nl_talk(rt, nlh, NULL, NULL);
}

int link_add_veth(struct nl *rt, const char *name, const char *peer)
{
	struct nlmsghdr *nlh = link_msg(rt, NLM_F_CREATE | NLM_F_EXCL, 0, name);
	struct nlattr *linkinfo, *data, *nest;

	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	nest = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, peer);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, linkinfo);
	return nl_talk(rt, nlh, NULL, NULL);
}

static int add_upper(struct nl *rt, const char *kind, const char *name,
		     int lower, const struct opt *info)
{
	struct nlmsghdr *nlh = link_msg(rt, NLM_F_CREATE | NLM_F_EXCL, 0, name);
	struct nlattr *linkinfo, *data;

	mnl_attr_put_u32(nlh, IFLA_LINK, lower);
	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	opts_put(nlh, info);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, linkinfo);
	return nl_talk(rt, nlh, NULL, NULL);
}

int link_add_vlan(struct nl *rt, const char *name, int lower, uint16_t vid)
{
	return add_upper(rt, "vlan", name, lower,
			 OPTS(OPT16(IFLA_VLAN_ID, vid)));
}

int link_add_macvlan(struct nl *rt, const char *name, int lower)
{
	return add_upper(rt, "macvlan", name, lower,
			 OPTS(OPT32(IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE)));
}

static int change(struct nl *rt, int index, uint16_t kind_attr,
		  const char *kind, uint16_t data_attr, const struct opt *info)
{
	struct nlmsghdr *nlh = link_msg(rt, 0, index, NULL);
	struct nlattr *linkinfo, *data;

	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, kind_attr, kind);
	data = mnl_attr_nest_start(nlh, data_attr);
	opts_put(nlh, info);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, linkinfo);
	return nl_talk(rt, nlh, NULL, NULL);
}

int link_change(struct nl *rt, const char *kind, int index,
		const struct opt *info)
{
	return change(rt, index, IFLA_INFO_KIND, kind, IFLA_INFO_DATA, info);
}

int link_change_slave(struct nl *rt, const char *kind, int index,
		      const struct opt *info)
{
	return change(rt, index, IFLA_INFO_SLAVE_KIND, kind,
		      IFLA_INFO_SLAVE_DATA, info);
}

int link_del(struct nl *rt, int index)
{
	struct nlmsghdr *nlh = nl_msg(rt, RTM_DELLINK, 0);
	struct ifinfomsg *ifi;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = index;
	return nl_talk(rt, nlh, NULL, NULL);
}

int link_up(struct nl *rt, int index, bool up)
{
	struct nlmsghdr *nlh = link_msg(rt, 0, index, NULL);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_flags = up ? IFF_UP : 0;
	ifi->ifi_change = IFF_UP;
	return nl_talk(rt, nlh, NULL, NULL);
}

int link_u32(struct nl *rt, int index, uint16_t attr, uint32_t value)
{
	struct nlmsghdr *nlh = link_msg(rt, 0, index, NULL);

	mnl_attr_put_u32(nlh, attr, value);
	return nl_talk(rt, nlh, NULL, NULL);
}

int link_master(struct nl *rt, int index, int master)
{
	return link_u32(rt, index, IFLA_MASTER, master);
}

int link_mac(struct nl *rt, int index, const uint8_t *mac)
{
	struct nlmsghdr *nlh = link_msg(rt, 0, index, NULL);

	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac);
	return nl_talk(rt, nlh, NULL, NULL);
}

static int read_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_info *info = data;
	struct rtnl_link_stats64 st;
	const struct nlattr *attr;

	info->index = ifi->ifi_index;
	info->flags = ifi->ifi_flags;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			strncpy(info->name, mnl_attr_get_str(attr),
				sizeof(info->name) - 1);
			break;
		case IFLA_MTU:
			info->mtu = nl_uint(attr);
			break;
		case IFLA_MASTER:
			info->master = nl_uint(attr);
			break;
		case IFLA_CARRIER:
			info->carrier = nl_uint(attr);
			break;
		case IFLA_OPERSTATE:
			info->operstate = nl_uint(attr);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(attr) == 6)
				memcpy(info->mac, mnl_attr_get_payload(attr), 6);
			break;
		case IFLA_STATS64:
			memset(&st, 0, sizeof(st));
			memcpy(&st, mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr) < sizeof(st) ?
			       mnl_attr_get_payload_len(attr) : sizeof(st));
			info->rx_packets = st.rx_packets;
			info->tx_packets = st.tx_packets;
			info->rx_dropped = st.rx_dropped;
			info->tx_dropped = st.tx_dropped;
			break;
		}
	}
	return 1;
}

int link_get(struct nl *rt, int index, struct link_info *info)
{
	struct nlmsghdr *nlh = nl_msg(rt, RTM_GETLINK, 0);
	struct ifinfomsg *ifi;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = index;
	memset(info, 0, sizeof(*info));
	return nl_talk(rt, nlh, read_link, info);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * bridge link show|set: RTM_GETLINK and RTM_SETLINK of family AF_BRIDGE, which
 * rtnetlink hands to the master of a port.
 */
#include "switch.h"

#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

static const struct {
	int attr;
	unsigned long flag;
} brport_flags[] = {
	{ IFLA_BRPORT_LEARNING,		NEMU_PORT_LEARNING },
	{ IFLA_BRPORT_UNICAST_FLOOD,	NEMU_PORT_FLOOD },
	{ IFLA_BRPORT_MCAST_FLOOD,	NEMU_PORT_MCAST_FLOOD },
	{ IFLA_BRPORT_BCAST_FLOOD,	NEMU_PORT_BCAST_FLOOD },
	{ IFLA_BRPORT_ISOLATED,		NEMU_PORT_ISOLATED },
};

#define BRPORT_REFUSED	{ .type = NLA_REJECT,				\
	.reject_message = "netemu: of the options of a bridge port only learning, flood, mcast_flood, bcast_flood and isolated exist" }

static const struct nla_policy brport_policy[IFLA_BRPORT_MAX + 1] = {
	[IFLA_BRPORT_UNSPEC ... IFLA_BRPORT_PROTECT] = BRPORT_REFUSED,
	[IFLA_BRPORT_LEARNING]		= { .type = NLA_U8 },
	[IFLA_BRPORT_UNICAST_FLOOD]	= { .type = NLA_U8 },
	[IFLA_BRPORT_PROXYARP ... IFLA_BRPORT_MULTICAST_ROUTER] =
		BRPORT_REFUSED,
	[IFLA_BRPORT_PAD]		= BRPORT_REFUSED,
	[IFLA_BRPORT_MCAST_FLOOD]	= { .type = NLA_U8 },
	[IFLA_BRPORT_MCAST_TO_UCAST ... IFLA_BRPORT_VLAN_TUNNEL] =
		BRPORT_REFUSED,
	[IFLA_BRPORT_BCAST_FLOOD]	= { .type = NLA_U8 },
	[IFLA_BRPORT_GROUP_FWD_MASK ... IFLA_BRPORT_NEIGH_SUPPRESS] =
		BRPORT_REFUSED,
	[IFLA_BRPORT_ISOLATED]		= { .type = NLA_U8 },
	[IFLA_BRPORT_BACKUP_PORT ... IFLA_BRPORT_MAX] = BRPORT_REFUSED,
};

/* The states of 802.1D that our states amount to. */
static u8 brport_state(const struct nemu_port *port)
{
	if (!nemu_device_ready(port->dev))
		return BR_STATE_DISABLED;
	return READ_ONCE(port->flags) & NEMU_PORT_BLOCKED ?
	       BR_STATE_BLOCKING : BR_STATE_FORWARDING;
}

static int fill_device(struct sk_buff *skb, const struct net_device *dev,
		      const struct net_device *master)
{
	u8 operstate = netif_running(dev) ? READ_ONCE(dev->operstate) :
					    IF_OPER_DOWN;

	if (nla_put_string(skb, IFLA_IFNAME, dev->name) ||
	    nla_put_u32(skb, IFLA_MASTER, master->ifindex) ||
	    nla_put_u32(skb, IFLA_MTU, READ_ONCE(dev->mtu)) ||
	    nla_put_u8(skb, IFLA_OPERSTATE, operstate) ||
	    nla_put(skb, IFLA_ADDRESS, dev->addr_len, dev->dev_addr))
		return -EMSGSIZE;
	if (dev->ifindex != dev_get_iflink(dev) &&
	    nla_put_u32(skb, IFLA_LINK, dev_get_iflink(dev)))
		return -EMSGSIZE;
	return 0;
}

static int fill_options(struct sk_buff *skb, const struct nemu_port *port)
{
	unsigned long flags = READ_ONCE(port->flags);
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(skb, IFLA_PROTINFO);
	if (!nest || nla_put_u8(skb, IFLA_BRPORT_STATE, brport_state(port)))
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(brport_flags); i++)
		if (nla_put_u8(skb, brport_flags[i].attr,
			       !!(flags & brport_flags[i].flag)))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int nemu_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			struct net_device *dev, u32 filter_mask, int nlflags)
{
	struct nemu_port *port = nemu_port_get_rcu(dev);
	struct ifinfomsg *ifm;
	struct nlmsghdr *nlh;

	if (!port)
		return -EOPNOTSUPP;
	nlh = nlmsg_put(skb, pid, seq, RTM_NEWLINK, sizeof(*ifm), nlflags);
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	memset(ifm, 0, sizeof(*ifm));
	ifm->ifi_family = AF_BRIDGE;
	ifm->ifi_type = dev->type;
	ifm->ifi_index = dev->ifindex;
	ifm->ifi_flags = dev_get_flags(dev);
	if (fill_device(skb, dev, port->sw->dev) || fill_options(skb, port)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

int nemu_bridge_setlink(struct net_device *dev, struct nlmsghdr *nlh,
			u16 flags, struct netlink_ext_ack *extack)
{
	struct nemu_port *port = nemu_port_get_rtnl(dev);
	struct nlattr *tb[IFLA_BRPORT_MAX + 1];
	struct nemu_port_opts opts;
	struct nlattr *protinfo;
	int err, i;

	if (!port) {
		NL_SET_ERR_MSG(extack, "netemu: not a port of a switch");
		return -EINVAL;
	}
	protinfo = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
				   IFLA_PROTINFO);
	if (!protinfo || !(protinfo->nla_type & NLA_F_NESTED)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: no option of a port is given; VLANs are not filtered");
		return -EOPNOTSUPP;
	}
	err = nla_parse_nested(tb, IFLA_BRPORT_MAX, protinfo, brport_policy,
			       extack);
	if (err)
		return err;
	nemu_port_opts_get(&opts, port);
	for (i = 0; i < ARRAY_SIZE(brport_flags); i++) {
		struct nlattr *attr = tb[brport_flags[i].attr];

		if (!attr)
			continue;
		if (nla_get_u8(attr))
			opts.flags |= brport_flags[i].flag;
		else
			opts.flags &= ~brport_flags[i].flag;
	}
	err = nemu_port_set_opts(port, &opts, extack);
	if (!err)
		netdev_state_change(dev);
	return err;
}

int nemu_bridge_dellink(struct net_device *dev, struct nlmsghdr *nlh,
			u16 flags)
{
	/* Only VLANs are deleted this way, and there are none to delete. */
	return -EOPNOTSUPP;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The FDB through the kernel's standard window, RTM_*NEIGH of family
 * AF_BRIDGE on the switch device: bridge fdb show|add|del|get dev sw0.
 */
#include "fdb.h"
#include "switch.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>
#include <net/neighbour.h>

static size_t entry_size(void)
{
	return NLMSG_ALIGN(sizeof(struct ndmsg)) +
	       nla_total_size(ETH_ALEN) +		/* NDA_LLADDR */
	       nla_total_size(sizeof(u32)) +		/* NDA_IFINDEX */
	       nla_total_size(sizeof(struct nda_cacheinfo));
}

static u16 entry_state(const struct nemu_switch *sw,
		       const struct nemu_fdb_entry *e)
{
	unsigned long ageing = READ_ONCE(sw->fdb.ageing);

	if (e->flags & NEMU_FDB_HOST)
		return NUD_PERMANENT;
	if (e->flags & NEMU_FDB_STATIC)
		return NUD_NOARP;
	if (ageing && time_after_eq(jiffies, READ_ONCE(e->heard) + ageing))
		return NUD_STALE;
	return NUD_REACHABLE;
}

static struct nlmsghdr *entry_fill(struct sk_buff *skb,
				   const struct nemu_switch *sw,
				   const struct nemu_fdb_entry *e,
				   const struct nemu_port *port, int type,
				   u32 portid, u32 seq, int nlflags)
{
	struct nda_cacheinfo ci = {};
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;
	u8 addr[ETH_ALEN];

	nlh = nlmsg_put(skb, portid, seq, type, sizeof(*ndm), nlflags);
	if (!nlh)
		return NULL;
	ndm = nlmsg_data(nlh);
	memset(ndm, 0, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_flags = NTF_SELF;
	ndm->ndm_ifindex = sw->dev->ifindex;
	ndm->ndm_state = entry_state(sw, e);

	nemu_fdb_addr(e->key, addr);
	ci.ndm_used = jiffies_to_clock_t(jiffies - READ_ONCE(e->heard));
	ci.ndm_updated = jiffies_to_clock_t(jiffies - e->changed);
	if (nla_put(skb, NDA_LLADDR, ETH_ALEN, addr) ||
	    (port != &sw->host &&
	     nla_put_u32(skb, NDA_IFINDEX, port->dev->ifindex)) ||
	    nla_put(skb, NDA_CACHEINFO, sizeof(ci), &ci)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	return nlh;
}

/**
 * nemu_fdb_notify() - announce a change of an entry on RTNLGRP_NEIGH
 * @sw: switch
 * @e: entry
 * @port: where it lives or lived
 * @type: RTM_NEWNEIGH or RTM_DELNEIGH
 *
 * Under fdb->lock, so that the order of messages is the order of changes.
 */
void nemu_fdb_notify(struct nemu_switch *sw, const struct nemu_fdb_entry *e,
		     const struct nemu_port *port, int type)
{
	struct net *net = dev_net(sw->dev);
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	/* Not yet or no longer known to user space: nothing to tell. */
	if (sw->dev->reg_state != NETREG_REGISTERED ||
	    !rtnl_has_listeners(net, RTNLGRP_NEIGH))
		return;
	skb = nlmsg_new(entry_size(), GFP_ATOMIC);
	if (!skb) {
		rtnl_set_sk_err(net, RTNLGRP_NEIGH, -ENOBUFS);
		return;
	}
	nlh = entry_fill(skb, sw, e, port, type, 0, 0, 0);
	if (!nlh) {
		nlmsg_free(skb);
		return;
	}
	nlmsg_end(skb, nlh);
	rtnl_notify(skb, net, 0, RTNLGRP_NEIGH, NULL, GFP_ATOMIC);
}

/* The port that a request names; the host port if it names none. */
static struct nemu_port *request_port(struct nemu_switch *sw,
				      struct nlattr *tb[],
				      struct netlink_ext_ack *extack)
{
	struct nemu_port *port = NULL;
	struct net_device *dev;
	u32 ifindex;

	if (!tb[NDA_IFINDEX])
		return &sw->host;
	if (nla_len(tb[NDA_IFINDEX]) != sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NDA_IFINDEX],
				    "netemu: an interface index has 4 bytes");
		return ERR_PTR(-EINVAL);
	}
	ifindex = nla_get_u32(tb[NDA_IFINDEX]);
	if (ifindex == sw->dev->ifindex)
		return &sw->host;
	dev = __dev_get_by_index(dev_net(sw->dev), ifindex);
	if (dev)
		port = nemu_port_get_rtnl(dev);
	if (!port || port->sw != sw) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NDA_IFINDEX],
				    "netemu: not a port of this switch");
		return ERR_PTR(-EINVAL);
	}
	return port;
}

static int request_check(struct nemu_switch *sw, u16 vid, struct nlattr *tb[],
			 struct netlink_ext_ack *extack)
{
	if (vid) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the FDB is not kept by VLAN");
		return -EOPNOTSUPP;
	}
	if (tb[NDA_DST] || tb[NDA_PORT] || tb[NDA_VNI] || tb[NDA_SRC_VNI] ||
	    tb[NDA_NH_ID]) {
		NL_SET_ERR_MSG(extack,
			       "netemu: only 'via' a port, no remote destination");
		return -EOPNOTSUPP;
	}
	return 0;
}

int nemu_fdb_nl_add(struct ndmsg *ndm, struct nlattr *tb[],
		    struct net_device *dev, const unsigned char *addr,
		    u16 vid, u16 flags, struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_port *port;
	int err;

	err = request_check(sw, vid, tb, extack);
	if (err)
		return err;
	if (!(ndm->ndm_state & (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE))) {
		NL_SET_ERR_MSG(extack,
			       "netemu: state is permanent, static or dynamic");
		return -EINVAL;
	}
	port = request_port(sw, tb, extack);
	if (IS_ERR(port))
		return PTR_ERR(port);
	return nemu_fdb_set(port, addr,
			    ndm->ndm_state & (NUD_PERMANENT | NUD_NOARP) ?
			    NEMU_FDB_STATIC : 0, flags, extack);
}

int nemu_fdb_nl_del(struct ndmsg *ndm, struct nlattr *tb[],
		    struct net_device *dev, const unsigned char *addr,
		    u16 vid, struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_port *port = NULL;
	int err;

	err = request_check(sw, vid, tb, extack);
	if (err)
		return err;
	if (tb[NDA_IFINDEX]) {
		port = request_port(sw, tb, extack);
		if (IS_ERR(port))
			return PTR_ERR(port);
	}
	return nemu_fdb_unset(sw, port, addr, extack);
}

int nemu_fdb_nl_get(struct sk_buff *skb, struct nlattr *tb[],
		    struct net_device *dev, const unsigned char *addr,
		    u16 vid, u32 portid, u32 seq,
		    struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_fdb_entry *e;
	int err = -ENOENT;

	if (vid) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the FDB is not kept by VLAN");
		return -EOPNOTSUPP;
	}
	rcu_read_lock();
	e = nemu_fdb_find_rcu(&sw->fdb, nemu_fdb_key(addr));
	if (e) {
		struct nlmsghdr *nlh;

		nlh = entry_fill(skb, sw, e, rcu_dereference(e->port),
				 RTM_NEWNEIGH, portid, seq, 0);
		if (nlh)
			nlmsg_end(skb, nlh);
		err = nlh ? 0 : -EMSGSIZE;
	} else {
		NL_SET_ERR_MSG(extack, "netemu: no such FDB entry");
	}
	rcu_read_unlock();
	return err;
}

/*
 * rtnetlink's cursor is args[2], a running number for all windows of a device.
 * Walking up to it again for each buffer would be quadratic, so the chain is
 * kept too: args[3], and how many entries of it are done: args[4]. Both begin
 * anew with a device. A table that was replaced meanwhile marks the dump as
 * interrupted.
 */
int nemu_fdb_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     struct net_device *dev, struct net_device *filter_dev,
		     int *idx)
{
	struct nemu_switch *sw = netdev_priv(dev);
	const struct nemu_fdb_table *t;
	struct nemu_fdb_entry *e;
	struct nlmsghdr *nlh;
	int err = 0;
	u32 i;

	if (!cb->args[2]) {
		cb->args[3] = 0;
		cb->args[4] = 0;
	}
	*idx = cb->args[2];
	cb->seq = nemu_fdb_generation();

	rcu_read_lock();
	t = rcu_dereference(sw->fdb.table);
	for (i = cb->args[3]; i < 1U << (64 - t->shift); i++) {
		long skip = i == cb->args[3] ? cb->args[4] : 0;
		long done = 0;

		hlist_for_each_entry_rcu(e, &t->chains[i], node[t->node]) {
			if (done++ < skip)
				continue;
			nlh = entry_fill(skb, sw, e, rcu_dereference(e->port),
					 RTM_NEWNEIGH,
					 NETLINK_CB(cb->skb).portid,
					 cb->nlh->nlmsg_seq, NLM_F_MULTI);
			if (!nlh) {
				cb->args[3] = i;
				cb->args[4] = done - 1;
				err = -EMSGSIZE;
				goto out;
			}
			nl_dump_check_consistent(cb, nlh);
			nlmsg_end(skb, nlh);
			*idx += 1;
		}
	}
out:
	rcu_read_unlock();
	return err;
}

static const struct nla_policy bulk_policy[NDA_MAX + 1] = {
	[NDA_VLAN]	= { .type = NLA_U16 },
	[NDA_IFINDEX]	= NLA_POLICY_MIN(NLA_S32, 1),
	[NDA_NDM_STATE_MASK]	= { .type = NLA_U16 },
	[NDA_NDM_FLAGS_MASK]	= { .type = NLA_U8 },
};

/* bridge fdb flush dev sw0: all entries, or the static or the learned ones */
NEMU_FDB_BULK_FUNCTION(nemu_fdb_nl_bulk)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_port *port = NULL;
	u32 what = NETEMU_FLUSH_ALL;
	struct nemu_fdb_bulk bulk;
	struct nlattr **attrs = bulk.tb;
	int err;

	err = nemu_fdb_bulk_parse(&bulk, NEMU_FDB_BULK_MESSAGE, bulk_policy,
				  extack);
	if (err)
		return err;
	if (attrs[NDA_VLAN]) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[NDA_VLAN],
				    "netemu: the FDB is not kept by VLAN");
		return -EOPNOTSUPP;
	}
	if (attrs[NDA_IFINDEX]) {
		port = request_port(sw, attrs, extack);
		if (IS_ERR(port))
			return PTR_ERR(port);
	}
	/* With a mask the caller chooses: static or not. */
	if (attrs[NDA_NDM_STATE_MASK] &&
	    nla_get_u16(attrs[NDA_NDM_STATE_MASK]) &
	    (NUD_NOARP | NUD_PERMANENT))
		what = bulk.ndm->ndm_state & (NUD_NOARP | NUD_PERMANENT) ?
		       NETEMU_FLUSH_STATIC : NETEMU_FLUSH_LEARNED;
	if (port)
		nemu_fdb_flush_port(port, what);
	else
		nemu_fdb_flush(sw, what);
	return 0;
}

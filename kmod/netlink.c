// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: each command is parsed, becomes one call on one
 * object, and is answered. What the commands mean stands in the UAPI header.
 */
#include "netlink.h"
#include "netlink_policy.h"
#include "netlink_priv.h"
#include "compat.h"
#include "event.h"
#include "switch/switch.h"

#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/*
 * netlink takes the last of several attributes of a type. Nobody means that:
 * refuse it, in the message itself and in its nests of options.
 */
static int refuse_duplicates(const struct nlattr *head, int len,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		int type = nla_type(attr);

		if (type < 64 && seen & BIT_ULL(type)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "netemu: attribute given twice");
			return -EINVAL;
		}
		if (type < 64)
			seen |= BIT_ULL(type);
	}
	return 0;
}

/**
 * nemu_check_message() - refuse what the policy lets through and nobody means
 * @info: the request
 *
 * Return: 0 or -EINVAL.
 */
int nemu_check_message(struct genl_info *info)
{
	static const u16 nests[] = {
		NETEMU_A_SWITCH, NETEMU_A_PORT, NETEMU_A_NETWORK,
		NETEMU_A_GATEWAY, NETEMU_A_FORWARD, NETEMU_A_LEASE,
	};
	const struct nlattr *nest;
	int err, i;

	err = refuse_duplicates(genlmsg_data(info->genlhdr),
				genlmsg_len(info->genlhdr), info->extack);
	for (i = 0; !err && i < ARRAY_SIZE(nests); i++) {
		nest = info->attrs[nests[i]];
		if (nest)
			err = refuse_duplicates(nla_data(nest), nla_len(nest),
						info->extack);
	}
	return err;
}

/* A device by index; -ENODEV says which attribute named it. */
static struct net_device *named_device(struct genl_info *info, int attr)
{
	struct net_device *dev;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		nemu_extack_msg(info->extack, attr == NETEMU_A_MASTER ?
				"netemu: the switch (MASTER) is missing" :
				"netemu: the device (IFINDEX) is missing");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(genl_info_net(info),
				 nla_get_u32(info->attrs[attr]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "netemu: no device has this index");
		return ERR_PTR(-ENODEV);
	}
	return dev;
}

static struct nemu_switch *get_switch(struct genl_info *info, int attr)
{
	struct net_device *dev = named_device(info, attr);

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	if (!nemu_is_switch(dev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "netemu: device is not a netemu switch");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

static struct nemu_port *get_port(struct genl_info *info)
{
	struct net_device *dev = named_device(info, NETEMU_A_IFINDEX);
	struct nemu_port *port;

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	port = nemu_port_get_rtnl(dev);
	if (!port) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[NETEMU_A_IFINDEX],
				    "netemu: device is not a port of a netemu switch");
		return ERR_PTR(-ENOENT);
	}
	return port;
}

static int parse_port_opts(struct nemu_port_opts *opts,
			   struct genl_info *info)
{
	struct nlattr *tb[NETEMU_PORT_A_MAX + 1];
	int err;

	if (!info->attrs[NETEMU_A_PORT])
		return 0;
	err = nla_parse_nested(tb, NETEMU_PORT_A_MAX,
			       info->attrs[NETEMU_A_PORT],
			       nemu_port_nest_policy, info->extack);
	return err ?: nemu_port_opts_parse(opts, tb, info->extack);
}

static int fill_switch(struct sk_buff *skb, struct nemu_switch *sw,
		       u32 portid, u32 seq, int flags)
{
	struct nlattr *nest;
	void *hdr;

	hdr = genlmsg_put(skb, portid, seq, &nemu_genl_family, flags,
			  NETEMU_CMD_SWITCH_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NETEMU_A_IFINDEX, sw->dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, sw->dev->name))
		goto cancel;
	nest = nla_nest_start(skb, NETEMU_A_SWITCH);
	if (!nest || nemu_switch_fill(skb, sw, true))
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

static int fill_port(struct sk_buff *skb, struct nemu_port *port, u8 cmd,
		     u32 portid, u32 seq, int flags)
{
	struct nlattr *nest;
	void *hdr;

	hdr = genlmsg_put(skb, portid, seq, &nemu_genl_family, flags, cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NETEMU_A_IFINDEX, port->dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, port->dev->name) ||
	    nla_put_u32(skb, NETEMU_A_MASTER, port->sw->dev->ifindex))
		goto cancel;
	nest = nla_nest_start(skb, NETEMU_A_PORT);
	if (!nest || nemu_port_fill(skb, port, true))
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

/* One policy serves do and dump of a command; what is not meant is refused. */
static int refuse_attr(const struct nlattr *attr, const char *message,
		       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	NL_SET_BAD_ATTR(extack, attr);
	nemu_extack_msg(extack, message);
	return -EINVAL;
}

/**
 * nemu_check_dump() - the same for the request of a dump
 * @cb: the dump
 */
int nemu_check_dump(struct netlink_callback *cb)
{
	return refuse_duplicates(nlmsg_attrdata(cb->nlh, GENL_HDRLEN),
				 nlmsg_attrlen(cb->nlh, GENL_HDRLEN),
				 cb->extack);
}

static int switch_get_start(struct netlink_callback *cb)
{
	return nemu_check_dump(cb) ?:
	       refuse_attr(nemu_dump_attrs(cb)[NETEMU_A_IFINDEX],
			   "netemu: a dump shows all switches; IFINDEX is for a single request",
			   cb->extack);
}

static int port_get_start(struct netlink_callback *cb)
{
	return nemu_check_dump(cb) ?:
	       refuse_attr(nemu_dump_attrs(cb)[NETEMU_A_IFINDEX],
			   "netemu: a dump is limited by MASTER; IFINDEX is for a single request",
			   cb->extack);
}

/* A request answered by one message, which @fill writes with RTNL held. */
static int answer(struct genl_info *info,
		  int (*fill)(struct sk_buff *reply, struct genl_info *info))
{
	struct sk_buff *reply;
	int err;

	err = nemu_check_message(info);
	if (err)
		return err;
	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	rtnl_lock();
	err = fill(reply, info);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

static int switch_get(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_switch *sw = get_switch(info, NETEMU_A_IFINDEX);

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	return fill_switch(reply, sw, info->snd_portid, info->snd_seq, 0);
}

static int switch_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return answer(info, switch_get);
}

/*
 * Cursor of the dumps: position among the devices of the namespace. A change
 * of that list meanwhile marks the dump as interrupted.
 */
struct dump_cursor {
	int pos;
};

static void dump_consistent(struct sk_buff *skb, struct netlink_callback *cb,
			    unsigned int from)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)(skb->data + from);

	nl_dump_check_consistent(cb, nlh);
}

static int switch_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump_cursor *cursor = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	unsigned int from;
	int pos = 0;

	rtnl_lock();
	cb->seq = net->dev_base_seq;
	for_each_netdev(net, dev) {
		if (pos++ < cursor->pos || !nemu_is_switch(dev))
			continue;
		from = skb->len;
		if (fill_switch(skb, netdev_priv(dev),
				NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, NLM_F_MULTI)) {
			pos--;
			break;
		}
		dump_consistent(skb, cb, from);
	}
	cursor->pos = pos;
	rtnl_unlock();
	return skb->len;
}

static int port_get(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_port *port;
	int err;

	err = refuse_attr(info->attrs[NETEMU_A_MASTER],
			  "netemu: MASTER limits a dump; a single request has IFINDEX",
			  info->extack);
	if (err)
		return err;
	port = get_port(info);
	if (IS_ERR(port))
		return PTR_ERR(port);
	return fill_port(reply, port, NETEMU_CMD_PORT_GET, info->snd_portid,
			 info->snd_seq, 0);
}

static int port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return answer(info, port_get);
}

static int port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *master = nemu_dump_attrs(cb)[NETEMU_A_MASTER];
	struct dump_cursor *cursor = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct nemu_port *port;
	struct net_device *dev;
	unsigned int from;
	int pos = 0;

	rtnl_lock();
	cb->seq = net->dev_base_seq;
	for_each_netdev(net, dev) {
		if (pos++ < cursor->pos)
			continue;
		port = nemu_port_get_rtnl(dev);
		if (!port ||
		    (master && port->sw->dev->ifindex != nla_get_u32(master)))
			continue;
		from = skb->len;
		if (fill_port(skb, port, NETEMU_CMD_PORT_GET,
			      NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			      NLM_F_MULTI)) {
			pos--;
			break;
		}
		dump_consistent(skb, cb, from);
	}
	cursor->pos = pos;
	rtnl_unlock();
	return skb->len;
}

/* Called with RTNL held. Returns the new port. */
static struct nemu_port *port_new(struct genl_info *info)
{
	struct nemu_port_opts opts;
	struct net_device *dev;
	struct nemu_switch *sw;
	int err;

	sw = get_switch(info, NETEMU_A_MASTER);
	if (IS_ERR(sw))
		return ERR_CAST(sw);
	dev = named_device(info, NETEMU_A_IFINDEX);
	if (IS_ERR(dev))
		return ERR_CAST(dev);
	opts = sw->opts.port;
	err = parse_port_opts(&opts, info);
	if (!err)
		err = nemu_port_attach(sw, dev, &opts, info->extack);
	return err ? ERR_PTR(err) : nemu_port_get_rtnl(dev);
}

static int port_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = NULL;
	struct nemu_port *port;
	int err;

	err = nemu_check_message(info);
	if (err)
		return err;
	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO) {
		reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
		if (!reply)
			return -ENOMEM;
	}
	rtnl_lock();
	port = port_new(info);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
	} else if (reply && fill_port(reply, port, NETEMU_CMD_PORT_NEW,
				      info->snd_portid, info->snd_seq, 0)) {
		nlmsg_free(reply);
		reply = NULL;
	}
	rtnl_unlock();
	/* The port is there: an echo that does not arrive is no failure. */
	if (err)
		nlmsg_free(reply);
	else if (reply)
		genlmsg_reply(reply, info);
	return err;
}

/* A request that changes something, which @change does with RTNL held. */
static int apply(struct genl_info *info, int (*change)(struct genl_info *info))
{
	int err;

	err = nemu_check_message(info);
	if (err)
		return err;
	rtnl_lock();
	err = change(info);
	rtnl_unlock();
	return err;
}

static int port_set(struct genl_info *info)
{
	struct nemu_port_opts opts;
	struct nemu_port *port;
	int err;

	port = get_port(info);
	if (IS_ERR(port))
		return PTR_ERR(port);
	if (GENL_REQ_ATTR_CHECK(info, NETEMU_A_PORT)) {
		GENL_SET_ERR_MSG(info,
				 "netemu: the options (PORT) are missing");
		return -EINVAL;
	}
	nemu_port_opts_get(&opts, port);
	err = parse_port_opts(&opts, info);
	if (err)
		return err;
	nemu_port_set_opts(port, &opts);
	netdev_state_change(port->dev);
	return 0;
}

static int port_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return apply(info, port_set);
}

static int port_del(struct genl_info *info)
{
	struct nemu_port *port = get_port(info);

	if (IS_ERR(port))
		return PTR_ERR(port);
	nemu_port_detach(port);
	return 0;
}

static int port_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return apply(info, port_del);
}

static int fdb_flush(struct genl_info *info)
{
	u32 what = NETEMU_FLUSH_LEARNED;
	struct nemu_switch *sw;
	struct nemu_port *port;

	sw = get_switch(info, NETEMU_A_MASTER);
	if (IS_ERR(sw))
		return PTR_ERR(sw);
	if (info->attrs[NETEMU_A_FLUSH])
		what = nla_get_u32(info->attrs[NETEMU_A_FLUSH]) ?:
		       NETEMU_FLUSH_LEARNED;
	if (!info->attrs[NETEMU_A_IFINDEX]) {
		nemu_fdb_flush(sw, what);
		return 0;
	}
	if (nla_get_u32(info->attrs[NETEMU_A_IFINDEX]) == sw->dev->ifindex) {
		nemu_fdb_flush_port(&sw->host, what);
		return 0;
	}
	port = get_port(info);
	if (IS_ERR(port))
		return PTR_ERR(port);
	if (port->sw != sw) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[NETEMU_A_IFINDEX],
				    "netemu: device is a port of another switch");
		return -ENOENT;
	}
	nemu_fdb_flush_port(port, what);
	return 0;
}

static int fdb_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return apply(info, fdb_flush);
}

static const struct genl_ops ops[] = {
	{
		.cmd		= NETEMU_CMD_SWITCH_GET,
		.start		= switch_get_start,
		.policy		= nemu_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.doit		= switch_get_doit,
		.dumpit		= switch_get_dumpit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_GET,
		.start		= port_get_start,
		.policy		= nemu_port_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.doit		= port_get_doit,
		.dumpit		= port_get_dumpit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_NEW,
		.policy		= nemu_port_new_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= port_new_doit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_SET,
		.policy		= nemu_port_set_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= port_set_doit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_DEL,
		.policy		= nemu_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= port_del_doit,
	},
	{
		.cmd		= NETEMU_CMD_FDB_FLUSH,
		.policy		= nemu_flush_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= fdb_flush_doit,
	},
	/* Another module answers these. */
	{
		.cmd		= NETEMU_CMD_NETWORK_GET,
		.start		= nemu_part_start,
		.policy		= nemu_network_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.doit		= nemu_part_doit,
		.dumpit		= nemu_part_dumpit,
		.done		= nemu_part_done,
	},
	{
		.cmd		= NETEMU_CMD_NETWORK_NEW,
		.policy		= nemu_network_new_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_NETWORK_DEL,
		.policy		= nemu_network_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_FORWARD_GET,
		.start		= nemu_part_start,
		.policy		= nemu_forward_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
		.dumpit		= nemu_part_dumpit,
		.done		= nemu_part_done,
	},
	{
		.cmd		= NETEMU_CMD_FORWARD_NEW,
		.policy		= nemu_forward_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_FORWARD_DEL,
		.policy		= nemu_forward_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_LEASE_GET,
		.start		= nemu_part_start,
		.policy		= nemu_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.dumpit		= nemu_part_dumpit,
		.done		= nemu_part_done,
	},
	{
		.cmd		= NETEMU_CMD_LEASE_NEW,
		.policy		= nemu_lease_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_LEASE_DEL,
		.policy		= nemu_lease_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
};

static const struct genl_multicast_group groups[] = {
	[NEMU_GROUP_CONFIG]	= { .name = NETEMU_GENL_GROUP_CONFIG },
	[NEMU_GROUP_EVENT]	= { .name = NETEMU_GENL_GROUP_EVENT },
	[NEMU_GROUP_LEASE]	= {
		.name = NETEMU_GENL_GROUP_LEASE,
		.flags = NEMU_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family nemu_genl_family __ro_after_init = {
	.name		= NETEMU_GENL_NAME,
	.version	= NETEMU_GENL_VERSION,
	.maxattr	= NETEMU_A_MAX,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= ops,
	.n_ops		= ARRAY_SIZE(ops),
	.resv_start_op	= NETEMU_CMD_SWITCH_GET,
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
};

int __init nemu_netlink_init(void)
{
	int err;

	err = genl_register_family(&nemu_genl_family);
	if (!err)
		nemu_event_open(&nemu_genl_family);
	return err;
}

void nemu_netlink_exit(void)
{
	nemu_event_close();
	genl_unregister_family(&nemu_genl_family);
}

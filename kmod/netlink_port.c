// SPDX-License-Identifier: GPL-2.0
/* Commands about ports: each becomes one call on one port. */
#include "netlink_priv.h"
#include "netlink_policy.h"
#include "compat.h"
#include "part.h"
#include "switch/switch.h"

#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

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

/**
 * nemu_port_get_start() - NETEMU_CMD_PORT_GET of all begins
 * @cb: the dump
 */
int nemu_port_get_start(struct netlink_callback *cb)
{
	return nemu_check_dump(cb) ?:
	       nemu_refuse_attr(nemu_dump_attrs(cb)[NETEMU_A_IFINDEX],
			   "netemu: a dump is limited by MASTER; IFINDEX is for a single request",
			   cb->extack);
}

static int port_get(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_port *port;
	int err;

	err = nemu_refuse_attr(info->attrs[NETEMU_A_MASTER],
			  "netemu: MASTER limits a dump; a single request has IFINDEX",
			  info->extack);
	if (err)
		return err;
	port = nemu_named_port(info);
	if (IS_ERR(port))
		return PTR_ERR(port);
	return fill_port(reply, port, NETEMU_CMD_PORT_GET, info->snd_portid,
			 info->snd_seq, 0);
}

/**
 * nemu_port_get_doit() - NETEMU_CMD_PORT_GET of one port
 * @skb: message
 * @info: its parts
 */
int nemu_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_check_message(info) ?: nemu_answer(info, port_get);
}

/**
 * nemu_port_get_dumpit() - NETEMU_CMD_PORT_GET of all, or of a switch
 * @skb: message
 * @cb: the dump
 */
int nemu_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *master = nemu_dump_attrs(cb)[NETEMU_A_MASTER];
	struct nemu_dump_cursor *cursor = (void *)cb->ctx;
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
		nl_dump_check_consistent(cb, (void *)(skb->data + from));
	}
	cursor->pos = pos;
	rtnl_unlock();
	return skb->len;
}

static int port_new(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_port_opts opts;
	struct net_device *dev;
	struct nemu_switch *sw;
	int err;

	sw = nemu_named_switch(info, NETEMU_A_MASTER);
	if (IS_ERR(sw))
		return PTR_ERR(sw);
	dev = nemu_named_device(info, NETEMU_A_IFINDEX);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	opts = sw->opts.port;
	err = parse_port_opts(&opts, info) ?:
	      nemu_port_attach(sw, dev, &opts, info->extack);
	if (!err && reply)
		fill_port(reply, nemu_port_get_rtnl(dev), NETEMU_CMD_PORT_NEW,
			  info->snd_portid, info->snd_seq, 0);
	return err;
}

/**
 * nemu_port_new_doit() - NETEMU_CMD_PORT_NEW
 * @skb: message
 * @info: its parts
 */
int nemu_port_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_check_message(info) ?: nemu_make(info, port_new);
}

static int port_set(struct genl_info *info)
{
	struct nemu_port_opts opts;
	struct nemu_port *port;
	int err;

	port = nemu_named_port(info);
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
	err = nemu_port_set_opts(port, &opts, info->extack);
	if (!err)
		netdev_state_change(port->dev);
	return err;
}

/**
 * nemu_port_set_doit() - NETEMU_CMD_PORT_SET
 * @skb: message
 * @info: its parts
 */
int nemu_port_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_check_message(info) ?: nemu_apply(info, port_set);
}

static int port_del(struct genl_info *info)
{
	struct nemu_port *port = nemu_named_port(info);

	if (IS_ERR(port))
		return PTR_ERR(port);
	nemu_port_detach(port);
	return 0;
}

/**
 * nemu_port_del_doit() - NETEMU_CMD_PORT_DEL
 * @skb: message
 * @info: its parts
 */
int nemu_port_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_check_message(info) ?: nemu_apply(info, port_del);
}

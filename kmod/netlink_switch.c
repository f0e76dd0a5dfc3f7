// SPDX-License-Identifier: GPL-2.0
/* Commands about switches: each becomes one call on one switch. */
#include "netlink_priv.h"
#include "compat.h"
#include "part.h"
#include "switch/switch.h"

#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

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

/**
 * nemu_switch_get_start() - NETEMU_CMD_SWITCH_GET of all begins
 * @cb: the dump
 */
int nemu_switch_get_start(struct netlink_callback *cb)
{
	return nemu_check_dump(cb) ?:
	       nemu_refuse_attr(nemu_dump_attrs(cb)[NETEMU_A_IFINDEX],
			   "netemu: a dump shows all switches; IFINDEX is for a single request",
			   cb->extack);
}

static int switch_get(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_switch *sw = nemu_named_switch(info, NETEMU_A_IFINDEX);

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	return fill_switch(reply, sw, info->snd_portid, info->snd_seq, 0);
}

/**
 * nemu_switch_get_doit() - NETEMU_CMD_SWITCH_GET of one switch
 * @skb: message
 * @info: its parts
 */
int nemu_switch_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_check_message(info) ?: nemu_answer(info, switch_get);
}

/**
 * nemu_switch_get_dumpit() - NETEMU_CMD_SWITCH_GET of all
 * @skb: message
 * @cb: the dump
 */
int nemu_switch_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nemu_dump_cursor *cursor = (void *)cb->ctx;
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
		nl_dump_check_consistent(cb, (void *)(skb->data + from));
	}
	cursor->pos = pos;
	rtnl_unlock();
	return skb->len;
}

static int fdb_flush(struct genl_info *info)
{
	u32 what = NETEMU_FLUSH_LEARNED;
	struct nemu_switch *sw;
	struct nemu_port *port;

	sw = nemu_named_switch(info, NETEMU_A_MASTER);
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
	port = nemu_named_port(info);
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

/**
 * nemu_fdb_flush_doit() - NETEMU_CMD_FDB_FLUSH
 * @skb: message
 * @info: its parts
 */
int nemu_fdb_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_check_message(info) ?: nemu_apply(info, fdb_flush);
}

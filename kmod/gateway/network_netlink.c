// SPDX-License-Identifier: GPL-2.0
/* Commands about networks: each becomes one call on one network. */
#include "network.h"
#include "../event.h"
#include "../part.h"

#include <linux/netdevice.h>
#include <linux/netemu.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

static int fill(struct sk_buff *skb, const struct nemu_network *network,
		bool all)
{
	struct nlattr *nest;

	if (nla_put_u32(skb, NETEMU_A_IFINDEX, network->sw->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, network->sw->name))
		return -EMSGSIZE;
	if (!all)
		return 0;
	nest = nla_nest_start(skb, NETEMU_A_NETWORK);
	if (!nest || nla_put_u8(skb, NETEMU_NETWORK_A_MODE, network->mode) ||
	    (network->gw && nla_put_u32(skb, NETEMU_NETWORK_A_GATEWAY,
					network->gw->ifindex)) ||
	    nla_put_u32(skb, NETEMU_NETWORK_A_CHANGED, network->changed) ||
	    (network->uplink &&
	     (nla_put_u32(skb, NETEMU_NETWORK_A_UPLINK,
			  network->uplink->ifindex) ||
	      nla_put_u8(skb, NETEMU_NETWORK_A_UPLINK_MODE, network->uplink_mode))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put(struct sk_buff *skb, const struct nemu_network *network,
	       u32 portid, u32 seq, int flags, u8 cmd)
{
	void *hdr = nemu_part_put(skb, portid, seq, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (fill(skb, network, true)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_came(struct sk_buff *skb, void *network)
{
	return fill(skb, network, true);
}

static int fill_went(struct sk_buff *skb, void *network)
{
	return fill(skb, network, false);
}

/**
 * nemu_network_notify() - tell who listens what became of a network
 * @network: the network, still whole
 * @cmd: %NETEMU_CMD_NETWORK_NTF or %NETEMU_CMD_NETWORK_DEL_NTF
 *
 * Context: RTNL held.
 */
void nemu_network_notify(struct nemu_network *network, u8 cmd)
{
	nemu_event_tell(dev_net(network->sw), NEMU_GROUP_CONFIG, cmd,
			cmd == NETEMU_CMD_NETWORK_NTF ? fill_came : fill_went,
			network);
}

static const char *get_name(struct genl_info *info)
{
	if (!GENL_REQ_ATTR_CHECK(info, NETEMU_A_IFNAME))
		return nla_data(info->attrs[NETEMU_A_IFNAME]);
	GENL_SET_ERR_MSG(info,
			 "netemu: the name of the network (IFNAME) is missing");
	return ERR_PTR(-EINVAL);
}

static struct nemu_network *get_network(struct genl_info *info)
{
	const char *name = get_name(info);
	struct nemu_network *network;

	if (IS_ERR(name))
		return ERR_CAST(name);
	network = nemu_network_find(genl_info_net(info), name);
	if (network)
		return network;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NETEMU_A_IFNAME],
			    "netemu: no network has this name");
	return ERR_PTR(-ENODEV);
}

static int get(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_network *network = get_network(info);

	if (IS_ERR(network))
		return PTR_ERR(network);
	return put(reply, network, info->snd_portid, info->snd_seq, 0,
		   NETEMU_CMD_NETWORK_GET);
}

/**
 * nemu_network_get_doit() - NETEMU_CMD_NETWORK_GET of one network
 * @skb: message
 * @info: its parts
 */
int nemu_network_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_answer(info, get);
}

/**
 * nemu_network_get_dumpit() - NETEMU_CMD_NETWORK_GET of all
 * @skb: message
 * @cb: the dump
 */
int nemu_network_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nemu_part_cursor *cursor = nemu_part_cursor(cb);
	struct net *net = sock_net(skb->sk);
	struct nemu_network *network;
	unsigned long pos = 0;
	unsigned int from;

	rtnl_lock();
	/* Networks are devices: when none came or went, no network did. */
	cb->seq = net->dev_base_seq;
	list_for_each_entry(network, nemu_network_list(net), list) {
		if (pos++ < cursor->at[0])
			continue;
		from = skb->len;
		if (put(skb, network, NETLINK_CB(cb->skb).portid,
			cb->nlh->nlmsg_seq, NLM_F_MULTI,
			NETEMU_CMD_NETWORK_GET)) {
			pos--;
			break;
		}
		nl_dump_check_consistent(cb, (void *)(skb->data + from));
	}
	cursor->at[0] = pos;
	rtnl_unlock();
	return skb->len;
}

static int read_uplink(struct nemu_network_wish *wish, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *uplink = tb[NETEMU_NETWORK_A_UPLINK];
	struct nlattr *mode = tb[NETEMU_NETWORK_A_UPLINK_MODE];
	struct nlattr *force = tb[NETEMU_NETWORK_A_FORCE];
	struct nlattr *any = uplink ?: mode ?: force;

	if (wish->mode != NETEMU_NETWORK_BRIDGED) {
		if (!any)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, any,
				    "netemu: an uplink is for mode bridged");
		return -EINVAL;
	}
	if (!uplink) {
		NL_SET_ERR_MSG(extack, "netemu: mode bridged needs an uplink");
		return -EINVAL;
	}
	wish->uplink = nla_get_s32(uplink);
	wish->uplink_mode = mode ? nla_get_u8(mode) : NETEMU_UPLINK_SHARED;
	wish->force = force && nla_get_u8(force);
	if (wish->uplink_mode <= NETEMU_UPLINK_EXCLUSIVE)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, mode,
			    "netemu: the mode of the uplink is 0 (shared) or 1 (exclusive)");
	return -ERANGE;
}

static int read_wish(struct nemu_network_wish *wish, struct genl_info *info)
{
	struct nlattr *tb[NETEMU_NETWORK_A_MAX + 1] = { };
	struct nlattr *nest = info->attrs[NETEMU_A_NETWORK];
	struct nlattr *mode, *forwarding;

	wish->name = get_name(info);
	if (IS_ERR(wish->name))
		return PTR_ERR(wish->name);
	wish->sw = info->attrs[NETEMU_A_SWITCH];
	wish->gw = info->attrs[NETEMU_A_GATEWAY];
	/* The policy of the command has checked what is in the nest. */
	if (nest && nla_parse_nested(tb, NETEMU_NETWORK_A_MAX, nest, NULL,
				     info->extack))
		return -EINVAL;
	mode = tb[NETEMU_NETWORK_A_MODE];
	wish->mode = mode ? nla_get_u8(mode) : NETEMU_NETWORK_NAT;
	if (wish->mode > NETEMU_NETWORK_BRIDGED) {
		NL_SET_ERR_MSG_ATTR(info->extack, mode,
				    "netemu: the mode is 0 (nat), 1 (routed), 2 (host-only), 3 (isolated) or 4 (bridged)");
		return -ERANGE;
	}
	forwarding = tb[NETEMU_NETWORK_A_FORWARDING];
	wish->forwarding = forwarding && nla_get_u8(forwarding);
	if (forwarding && wish->mode != NETEMU_NETWORK_ROUTED) {
		NL_SET_ERR_MSG_ATTR(info->extack, forwarding,
				    "netemu: forwarding is for mode routed");
		return -EINVAL;
	}
	if (wish->gw && (wish->mode == NETEMU_NETWORK_ISOLATED ||
			 wish->mode == NETEMU_NETWORK_BRIDGED)) {
		NL_SET_ERR_MSG_ATTR(info->extack, wish->gw,
				    "netemu: a network of this mode has no gateway");
		return -EINVAL;
	}
	return read_uplink(wish, tb, info->extack);
}

static int make(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_network_wish wish;
	struct nemu_network *network;
	int err;

	err = read_wish(&wish, info);
	if (err)
		return err;
	network = nemu_network_add(genl_info_net(info), &wish, info->extack);
	if (IS_ERR(network))
		return PTR_ERR(network);
	if (reply)
		put(reply, network, info->snd_portid, info->snd_seq, 0,
		    NETEMU_CMD_NETWORK_NEW);
	return 0;
}

/**
 * nemu_network_new_doit() - NETEMU_CMD_NETWORK_NEW
 * @skb: message
 * @info: its parts
 */
int nemu_network_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_make(info, make);
}

static int del(struct genl_info *info)
{
	struct nemu_network *network = get_network(info);

	if (IS_ERR(network))
		return PTR_ERR(network);
	nemu_network_del(network);
	return 0;
}

/**
 * nemu_network_del_doit() - NETEMU_CMD_NETWORK_DEL
 * @skb: message
 * @info: its parts
 */
int nemu_network_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_apply(info, del);
}

// SPDX-License-Identifier: GPL-2.0
/* Commands about forwards and services: each becomes one call on one rule. */
#include "commands.h"
#include "forward.h"
#include "../compat.h"
#include "../event.h"
#include "../part.h"

#include <linux/in.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

static int fill(struct sk_buff *skb, const struct nemu_forward *rule)
{
	const struct nemu_forward_spec *spec = &rule->spec;
	struct nlattr *nest;

	if (nla_put_u32(skb, NETEMU_A_IFINDEX, rule->gw->dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, rule->gw->dev->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NETEMU_A_FORWARD);
	if (!nest || nla_put_u8(skb, NETEMU_FORWARD_A_KIND, spec->kind) ||
	    nla_put_u8(skb, NETEMU_FORWARD_A_PROTOCOL, spec->protocol) ||
	    nla_put_in_addr(skb, NETEMU_FORWARD_A_ADDRESS, spec->addr) ||
	    nla_put_u16(skb, NETEMU_FORWARD_A_PORT, spec->first) ||
	    nla_put_u16(skb, NETEMU_FORWARD_A_PORTS, rule->count) ||
	    nla_put_in_addr(skb, NETEMU_FORWARD_A_TO, spec->to) ||
	    nla_put_u16(skb, NETEMU_FORWARD_A_TO_PORT, spec->to_first) ||
	    nla_put_u64_64bit(skb, NETEMU_FORWARD_A_CONNECTIONS,
			      atomic64_read(&rule->connections),
			      NETEMU_FORWARD_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put(struct sk_buff *skb, const struct nemu_forward *rule, u32 portid,
	       u32 seq, int flags, u8 cmd)
{
	void *hdr = nemu_part_put(skb, portid, seq, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (fill(skb, rule)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_event(struct sk_buff *skb, void *rule)
{
	return fill(skb, rule);
}

/**
 * nemu_forward_notify() - tell who listens what became of a forward or service
 * @rule: the rule
 * @cmd: %NETEMU_CMD_FORWARD_NTF or %NETEMU_CMD_FORWARD_DEL_NTF
 *
 * Context: RTNL held.
 */
void nemu_forward_notify(struct nemu_forward *rule, u8 cmd)
{
	nemu_event_tell(dev_net(rule->gw->dev), NEMU_GROUP_FORWARD, cmd,
			fill_event, rule);
}

static int refuse(struct nlattr *attr, int err, const char *why,
		  struct netlink_ext_ack *extack)
{
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	nemu_extack_msg(extack, why);
	return err;
}

/* What names a rule. @tb: the attributes in FORWARD. */
static int parse_name(struct nemu_forward_spec *spec, struct nlattr **tb,
		      struct genl_info *info)
{
	struct nlattr *nest = info->attrs[NETEMU_A_FORWARD];
	struct nlattr *kind, *protocol;

	memset(spec, 0, sizeof(*spec));
	if (!nest)
		return refuse(NULL, -EINVAL,
			      "netemu: what the forward is (FORWARD) is missing",
			      info->extack);
	/* The policy of the command has checked what is in the nest. */
	if (nla_parse_nested(tb, NETEMU_FORWARD_A_MAX, nest, NULL,
			     info->extack))
		return -EINVAL;
	kind = tb[NETEMU_FORWARD_A_KIND];
	protocol = tb[NETEMU_FORWARD_A_PROTOCOL];
	if (kind)
		spec->kind = nla_get_u8(kind);
	if (spec->kind > NETEMU_FORWARD_SERVICE)
		return refuse(kind, -ERANGE,
			      "netemu: the kind is 0 (to a guest) or 1 (service)",
			      info->extack);
	if (protocol)
		spec->protocol = nla_get_u8(protocol);
	if (spec->protocol != IPPROTO_TCP && spec->protocol != IPPROTO_UDP)
		return refuse(protocol, -EINVAL,
			      "netemu: the protocol is 6 (TCP) or 17 (UDP)",
			      info->extack);
	if (tb[NETEMU_FORWARD_A_ADDRESS])
		spec->addr = nla_get_in_addr(tb[NETEMU_FORWARD_A_ADDRESS]);
	if (tb[NETEMU_FORWARD_A_PORT])
		spec->first = nla_get_u16(tb[NETEMU_FORWARD_A_PORT]);
	return 0;
}

/* All that a rule says. That the ports fit is told, what they are is not. */
static int parse_spec(struct nemu_forward_spec *spec, struct genl_info *info)
{
	struct nlattr *tb[NETEMU_FORWARD_A_MAX + 1] = { };
	struct nlattr *n, *to_port;
	u32 count = 1;
	int err;

	err = parse_name(spec, tb, info);
	if (err)
		return err;
	n = tb[NETEMU_FORWARD_A_PORTS];
	to_port = tb[NETEMU_FORWARD_A_TO_PORT];
	if (n)
		count = nla_get_u16(n);
	spec->automatic = !spec->first;
	if (!count || spec->first + count - 1 > U16_MAX)
		return refuse(n, -ERANGE,
			      "netemu: ports are 1 to 65535, and at least one",
			      info->extack);
	if (spec->automatic && count > 1)
		return refuse(n, -EINVAL,
			      "netemu: only one port can be chosen", info->extack);
	if (spec->automatic && spec->kind == NETEMU_FORWARD_SERVICE)
		return refuse(tb[NETEMU_FORWARD_A_PORT], -EINVAL,
			      "netemu: the port of a service is missing",
			      info->extack);
	spec->last = spec->first + count - 1;
	if (!tb[NETEMU_FORWARD_A_TO])
		return refuse(NULL, -EINVAL,
			      "netemu: where it goes (TO) is missing",
			      info->extack);
	spec->to = nla_get_in_addr(tb[NETEMU_FORWARD_A_TO]);
	spec->to_first = to_port ? nla_get_u16(to_port) : spec->first;
	if (!spec->to_first || spec->to_first + count - 1 > U16_MAX)
		return refuse(to_port, -ERANGE,
			      "netemu: ports where it goes are 1 to 65535",
			      info->extack);
	return 0;
}

/* The rule that a request names. */
static struct nemu_forward *get_rule(struct genl_info *info)
{
	struct nlattr *tb[NETEMU_FORWARD_A_MAX + 1] = { };
	struct nemu_gw *gw = nemu_gw_named(info);
	struct nemu_forward_spec spec;
	struct nemu_forward *rule;
	int err;

	if (IS_ERR(gw))
		return ERR_CAST(gw);
	err = parse_name(&spec, tb, info);
	if (err)
		return ERR_PTR(err);
	rule = nemu_forward_get(gw, &spec);
	if (rule)
		return rule;
	return ERR_PTR(refuse(info->attrs[NETEMU_A_FORWARD], -ENOENT,
			      spec.kind == NETEMU_FORWARD_SERVICE ?
			      "netemu: there is no such service" :
			      "netemu: there is no such forward",
			      info->extack));
}

static int get(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_forward *rule = get_rule(info);

	if (IS_ERR(rule))
		return PTR_ERR(rule);
	return put(reply, rule, info->snd_portid, info->snd_seq, 0,
		   NETEMU_CMD_FORWARD_GET);
}

/**
 * nemu_forward_get_doit() - NETEMU_CMD_FORWARD_GET of one rule
 * @skb: message
 * @info: its parts
 */
int nemu_forward_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_answer(info, get);
}

/**
 * nemu_forward_get_start() - NETEMU_CMD_FORWARD_GET of all begins
 * @cb: the dump
 */
int nemu_forward_get_start(struct netlink_callback *cb)
{
	struct nlattr *name = nemu_dump_attrs(cb)[NETEMU_A_FORWARD];

	return name ? refuse(name, -EINVAL,
			     "netemu: FORWARD is for a single request",
			     cb->extack) : 0;
}

/* Cursor: the device's place, and the rule's in its gateway. */
static bool dump_gateway(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct nemu_gw *gw)
{
	struct nemu_part_cursor *cursor = nemu_part_cursor(cb);
	const struct nemu_forward *rule;
	unsigned long pos = 0;
	unsigned int from;

	list_for_each_entry(rule, &gw->forwards, node) {
		if (pos++ < cursor->at[1])
			continue;
		from = skb->len;
		if (put(skb, rule, NETLINK_CB(cb->skb).portid,
			cb->nlh->nlmsg_seq, NLM_F_MULTI,
			NETEMU_CMD_FORWARD_GET)) {
			cursor->at[1] = pos - 1;
			return false;
		}
		nl_dump_check_consistent(cb, (void *)(skb->data + from));
	}
	cursor->at[1] = 0;
	return true;
}

/**
 * nemu_forward_get_dumpit() - NETEMU_CMD_FORWARD_GET of all
 * @skb: message
 * @cb: the dump
 */
int nemu_forward_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *only = nemu_dump_attrs(cb)[NETEMU_A_IFINDEX];
	struct nemu_part_cursor *cursor = nemu_part_cursor(cb);
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	unsigned long pos = 0;

	rtnl_lock();
	cb->seq = net->dev_base_seq + nemu_forward_changes();
	for_each_netdev(net, dev) {
		if (pos++ < cursor->at[0] ||
		    dev->rtnl_link_ops != &nemu_gw_link_ops ||
		    (only && dev->ifindex != nla_get_u32(only)))
			continue;
		if (!dump_gateway(skb, cb, netdev_priv(dev))) {
			pos--;
			break;
		}
	}
	cursor->at[0] = pos;
	rtnl_unlock();
	return skb->len;
}

static int make(struct sk_buff *reply, struct genl_info *info)
{
	struct nemu_forward_spec spec;
	struct nemu_forward *rule;
	struct nemu_gw *gw;
	int err;

	err = parse_spec(&spec, info);
	if (err)
		return err;
	gw = nemu_gw_named(info);
	if (IS_ERR(gw))
		return PTR_ERR(gw);
	rule = nemu_forward_add(gw, &spec, info->extack);
	if (IS_ERR(rule))
		return PTR_ERR(rule);
	if (reply)
		put(reply, rule, info->snd_portid, info->snd_seq, 0,
		    NETEMU_CMD_FORWARD_NEW);
	return 0;
}

/**
 * nemu_forward_new_doit() - NETEMU_CMD_FORWARD_NEW
 * @skb: message
 * @info: its parts
 */
int nemu_forward_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_make(info, make);
}

static int del(struct genl_info *info)
{
	struct nemu_forward *rule = get_rule(info);

	if (IS_ERR(rule))
		return PTR_ERR(rule);
	nemu_forward_del(rule);
	return 0;
}

/**
 * nemu_forward_del_doit() - NETEMU_CMD_FORWARD_DEL
 * @skb: message
 * @info: its parts
 */
int nemu_forward_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemu_apply(info, del);
}

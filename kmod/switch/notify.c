// SPDX-License-Identifier: GPL-2.0
/* What the switch tells its listeners beside rtnetlink's own messages. */
#include "switch.h"
#include "../event.h"

#include <net/genetlink.h>

/**
 * nemu_notify_allowed() - may a frame cause another notification?
 * @sw: switch
 *
 * Guests decide how often addresses move: listeners get a bounded number of
 * messages, the rest is counted.
 *
 * Context: any.
 */
bool nemu_notify_allowed(struct nemu_switch *sw)
{
	if (__ratelimit(&sw->event_limit))
		return true;
	atomic64_inc(&sw->events_lost);
	return false;
}

static int put_port(struct sk_buff *skb, const struct nemu_port *port)
{
	if (nla_put_u32(skb, NETEMU_A_IFINDEX, port->dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, port->dev->name) ||
	    nla_put_u32(skb, NETEMU_A_MASTER, port->sw->dev->ifindex))
		return -EMSGSIZE;
	return 0;
}

/**
 * nemu_notify_event() - tell that something happened on a port
 * @port: port
 * @event: what
 * @addr: the address it is about, or NULL
 *
 * Context: any; RCU read side or a lock keeps @port.
 */
void nemu_notify_event(struct nemu_port *port, enum netemu_event event,
		       const u8 *addr)
{
	struct net *net = dev_net(port->sw->dev);
	struct sk_buff *skb;
	void *hdr;

	if (!nemu_event_wanted(net, NEMU_GROUP_EVENT) ||
	    !nemu_notify_allowed(port->sw))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		goto lost;
	hdr = nemu_event_put(skb, NETEMU_CMD_EVENT_NTF);
	if (!hdr || put_port(skb, port) ||
	    nla_put_u32(skb, NETEMU_A_EVENT, event) ||
	    (addr && nla_put(skb, NETEMU_A_LLADDR, ETH_ALEN, addr))) {
		nlmsg_free(skb);
		goto lost;
	}
	nemu_event_send(net, skb, hdr, NEMU_GROUP_EVENT);
	return;
lost:
	atomic64_inc(&port->sw->events_lost);
}

static int fill_came(struct sk_buff *skb, void *port)
{
	struct nlattr *nest;

	if (put_port(skb, port))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NETEMU_A_PORT);
	if (!nest || nemu_port_fill(skb, port, false))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_went(struct sk_buff *skb, void *port)
{
	return put_port(skb, port);
}

/**
 * nemu_notify_port() - tell that a port came or that its options changed
 * @port: port
 *
 * Context: process, RTNL held.
 */
void nemu_notify_port(struct nemu_port *port)
{
	nemu_event_tell(dev_net(port->sw->dev), NEMU_GROUP_CONFIG,
			NETEMU_CMD_PORT_NTF, fill_came, port);
}

/**
 * nemu_notify_port_gone() - tell that a port went
 * @port: detached port
 *
 * Context: process, RTNL held.
 */
void nemu_notify_port_gone(struct nemu_port *port)
{
	nemu_event_tell(dev_net(port->sw->dev), NEMU_GROUP_CONFIG,
			NETEMU_CMD_PORT_DEL_NTF, fill_went, port);
}

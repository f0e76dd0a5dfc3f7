// SPDX-License-Identifier: GPL-2.0
/* What links tell their listeners beside rtnetlink's own messages. */
#include "stream.h"
#include "../event.h"

#include <net/genetlink.h>

static int put_event(struct sk_buff *skb, struct net_device *dev,
		     enum netemu_event event)
{
	struct net_device *master = netdev_master_upper_dev_get_rcu(dev);

	if (nla_put_u32(skb, NETEMU_A_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, dev->name) ||
	    (master && nla_put_u32(skb, NETEMU_A_MASTER, master->ifindex)) ||
	    nla_put_u32(skb, NETEMU_A_EVENT, event))
		return -EMSGSIZE;
	return 0;
}

/**
 * nemu_link_notify() - tell that a connection came or went
 * @stream: of which link
 * @event: what
 *
 * The other end decides how often: those who hear it get a bounded number. What
 * is left out is seen by the state and the number of connections.
 *
 * Context: process.
 */
void nemu_link_notify(struct nemu_stream *stream, enum netemu_event event)
{
	struct net_device *dev = stream->link->dev;
	struct sk_buff *skb;
	struct net *net;
	void *hdr;

	rcu_read_lock();
	net = dev_net(dev);
	if (!nemu_event_wanted(net, NEMU_GROUP_EVENT) ||
	    !__ratelimit(&stream->event_limit))
		goto out;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		goto out;
	hdr = nemu_event_put(skb, NETEMU_CMD_EVENT_NTF);
	if (hdr && !put_event(skb, dev, event))
		nemu_event_send(net, skb, hdr, NEMU_GROUP_EVENT);
	else
		nlmsg_free(skb);
out:
	rcu_read_unlock();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * How much of the host a guest may use: connections, the memory in which
 * fragments wait for each other, and places in the table of neighbours. Each
 * guest has a share, all of them together have less than the host: so no guest
 * takes it from another one, and all of them not from the host. What passes too
 * fast is dropped without a word: the guest tries again.
 */
#include "nat.h"
#include "nat_share.h"

#include <linux/jiffies.h>
#include <net/arp.h>
#include <net/inet_frag.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/route.h>

#define OPEN_PERIOD		(2 * HZ)
#define NEIGHBOUR_PERIOD	(8 * HZ)	/* they fail within 3 s, and may
						 * be replaced after 5 s
						 */

static u32 guest_limit(const struct nemu_gw_config *config)
{
	return config->guest_connections ?:
	       max(config->connections_limit / 2, 1U);
}

/* Is there room for one more connection of the gateway? */
static bool has_room(struct nemu_gw *gw, u32 limit)
{
	u32 others = refcount_read(&gw->template->ct_general.use) - 1;
	struct nemu_shares *shares = &gw->shares;
	unsigned long now = jiffies;
	u32 n;

	if (likely(atomic_read(&shares->most) + others < limit)) {
		atomic_inc(&shares->most);
		return true;
	}
	/* Many of them may be over: look, but not for each packet. */
	if (READ_ONCE(shares->counted) == now)
		return false;
	WRITE_ONCE(shares->counted, now);
	n = nemu_shares_connections(gw);
	atomic_set(&shares->most, n + 1);
	return n + others < limit;
}

/* The host needs some for itself: the last sixteenth. */
static bool has_host_room(const struct net *net)
{
	u32 max = READ_ONCE(nf_conntrack_max);

	return !max || nf_conntrack_count(net) <= max - max / 16;
}

/**
 * nemu_nat_may_open() - may a guest open a connection?
 * @gw: gateway
 * @config: its options
 * @ct: the connection, unconfirmed; it counts until it is freed
 * @port: where the guest is
 *
 * Context: RCU read side, BH off.
 * Return: 0, or why not.
 */
enum netemu_gw_drop nemu_nat_may_open(struct nemu_gw *gw,
				      const struct nemu_gw_config *config,
				      struct nf_conn *ct, u32 port)
{
	struct nemu_share *share = nemu_share_get(gw, port);

	if (unlikely(!share))
		return NETEMU_GW_DROP_NO_MEMORY;
	if (config->connection_rate &&
	    !nemu_meter_use(&share->opened, 1, 2 * config->connection_rate,
			    OPEN_PERIOD))
		return NETEMU_GW_DROP_CONNECTION_RATE;
	if (nemu_share_connections(share) >= guest_limit(config))
		return NETEMU_GW_DROP_GUEST_CONNECTIONS;
	if (!has_host_room(dev_net(gw->dev)))
		return NETEMU_GW_DROP_CONNTRACK_FULL;
	if (!has_room(gw, config->connections_limit))
		return NETEMU_GW_DROP_CONNECTIONS_FULL;
	if (!ct->master) {
		nf_conntrack_get(&share->template->ct_general);
		ct->master = share->template;
	}
	return NETEMU_GW_DROP_NONE;
}

/* Of an amount that the host has, a guest uses a sixteenth, all a quarter. */
static bool use(struct nemu_meter *guest, struct nemu_meter *pool, u32 amount,
		u32 all, u32 period)
{
	if (!nemu_meter_use(guest, amount, all / 16, period))
		return false;
	if (nemu_meter_use(pool, amount, all / 4, period))
		return true;
	nemu_meter_return(guest, amount);
	return false;
}

/**
 * nemu_nat_may_wait() - may a fragment wait for the others?
 * @gw: gateway
 * @skb: fragment
 * @port: where the guest is
 *
 * Fragments that are never complete wait as long as the host lets them: their
 * memory runs off the meter in that time. nemu_nat_waited() takes it off when
 * the packet is complete.
 *
 * Context: RCU read side, BH off.
 */
bool nemu_nat_may_wait(struct nemu_gw *gw, const struct sk_buff *skb, u32 port)
{
	struct net *net = dev_net(gw->dev);
	const struct fqdir *host = net->ipv4.fqdir;
	struct nemu_share *share = nemu_share_get(gw, port);
	long all = READ_ONCE(host->high_thresh);

	return share && all > 0 &&
	       use(&share->fragments, &nemu_pools(net)->fragments,
		   skb->truesize, min_t(long, all, INT_MAX),
		   READ_ONCE(host->timeout));
}

/**
 * nemu_nat_waited() - a packet is complete
 * @gw: gateway
 * @skb: the packet, all fragments of it
 * @port: where its last fragment came from
 *
 * Context: RCU read side, BH off.
 */
void nemu_nat_waited(struct nemu_gw *gw, const struct sk_buff *skb, u32 port)
{
	struct nemu_share *share = nemu_share_get(gw, port);

	if (likely(share))
		nemu_meter_return(&share->fragments, skb->truesize);
	nemu_meter_return(&nemu_pools(dev_net(gw->dev))->fragments,
			  skb->truesize);
}

/**
 * nemu_nat_may_ask() - may the host look for a neighbour on behalf of a guest?
 * @gw: gateway
 * @skb: packet that has its way already
 * @to: where it goes
 * @port: where the guest is
 *
 * A guest that calls every address of the host's network would fill the host's
 * table of neighbours with those that do not exist. Who has answered exists: so
 * this is asked as long as a connection has no answer.
 *
 * Context: RCU read side, BH off.
 */
bool nemu_nat_may_ask(struct nemu_gw *gw, const struct sk_buff *skb, __be32 to,
		      u32 port)
{
	const struct rtable *rt = skb_rtable(skb);
	struct net_device *dev = rt->dst.dev;
	struct nemu_share *share;

	if (rt->rt_uses_gateway || dev->flags & (IFF_NOARP | IFF_LOOPBACK))
		return true;
	if (__ipv4_neigh_lookup_noref(dev, (__force u32)to))
		return true;
	share = nemu_share_get(gw, port);
	return share && use(&share->neighbours,
			    &nemu_pools(dev_net(gw->dev))->neighbours, 1,
			    max(READ_ONCE(arp_tbl.gc_thresh3), 64),
			    NEIGHBOUR_PERIOD);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The one way that a frame takes: in by a port, learn, look up, decide once,
 * then out (transmit.c), or dropped with a reason.
 *
 * Everything here runs under RCU with bottom halves off. A function that takes
 * an skb consumes it, unless it says otherwise. Between the functions data
 * points behind the Ethernet header, as received.
 */
#include "switch.h"
#include "../drop.h"

static void deliver(struct nemu_port *out, struct sk_buff *skb)
{
	if (READ_ONCE(out->flags) & NEMU_PORT_HOST)
		nemu_host_rx(out->sw, skb);
	else
		nemu_port_xmit(out, skb);
}

/* A copy for one port of several; does not consume. */
static void deliver_copy(struct nemu_port *out, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (likely(copy))
		deliver(out, copy);
	else
		nemu_stats_drop(out->stats, NETEMU_DROP_NO_MEMORY);
}

/* May a frame from a port with flags @from go out here? */
static bool takes(const struct nemu_port *out, unsigned long from,
		  unsigned long need)
{
	unsigned long flags = READ_ONCE(out->flags);

	return (flags & (need | NEMU_PORT_BLOCKED)) == need &&
	       !(flags & from & NEMU_PORT_ISOLATED) &&
	       (flags & NEMU_PORT_HOST || nemu_device_ready(out->dev));
}

/*
 * To every port but the one it came from, if it has the flags @need. Each port
 * found sends the copy for the one before: the last one gets the frame itself.
 */
static void flood(struct nemu_switch *sw, struct nemu_port *in,
		  struct sk_buff *skb, unsigned long from, unsigned long need)
{
	struct nemu_port *last = NULL, *port;

	if (in != &sw->host && takes(&sw->host, from, need))
		last = &sw->host;
	list_for_each_entry_rcu(port, &sw->ports, list) {
		if (port == in || !takes(port, from, need))
			continue;
		if (last)
			deliver_copy(last, skb);
		last = port;
	}
	if (last)
		deliver(last, skb);
	else
		nemu_drop(in->stats, skb, NETEMU_DROP_NO_TARGET);
}

static void forward_known(struct nemu_switch *sw, struct nemu_port *in,
			  struct nemu_port *out, struct sk_buff *skb,
			  unsigned long from)
{
	unsigned long flags = READ_ONCE(out->flags);

	if (unlikely(sw->dev->flags & IFF_PROMISC) && in != &sw->host &&
	    out != &sw->host && takes(&sw->host, 0, NEMU_PORT_ON))
		deliver_copy(&sw->host, skb);
	if (unlikely(out == in))
		nemu_drop(in->stats, skb, NETEMU_DROP_SAME_PORT);
	else if (likely(takes(out, from, NEMU_PORT_ON)))
		deliver(out, skb);
	else if (flags & NEMU_PORT_BLOCKED)
		nemu_drop(out->stats, skb, NETEMU_DROP_PORT_BLOCKED);
	else if (flags & from & NEMU_PORT_ISOLATED)
		nemu_drop(in->stats, skb, NETEMU_DROP_ISOLATED);
	else
		nemu_drop(out->stats, skb, NETEMU_DROP_PORT_DISABLED);
}

static void forward_flood(struct nemu_switch *sw, struct nemu_port *in,
			  struct sk_buff *skb, unsigned long from,
			  enum nemu_storm_class class)
{
	static const struct {
		unsigned long need;
		enum netemu_drop drop;
	} classes[] = {
		[NEMU_STORM_BCAST] = {
			NEMU_PORT_BCAST_FLOOD, NETEMU_DROP_STORM_BCAST
		},
		[NEMU_STORM_MCAST] = {
			NEMU_PORT_MCAST_FLOOD, NETEMU_DROP_STORM_MCAST
		},
		[NEMU_STORM_UNKNOWN] = {
			NEMU_PORT_FLOOD, NETEMU_DROP_STORM_UNKNOWN
		},
	};

	if (unlikely(nemu_storm_exceeded(&in->storm[class]))) {
		nemu_drop(in->stats, skb, classes[class].drop);
		return;
	}
	flood(sw, in, skb, from, NEMU_PORT_ON | classes[class].need);
}

/* A hub repeats everything; only the limits of the port it came by count. */
static void forward_hub(struct nemu_switch *sw, struct nemu_port *in,
			struct sk_buff *skb, unsigned long from)
{
	const u8 *dest = eth_hdr(skb)->h_dest;

	if (is_broadcast_ether_addr(dest) &&
	    nemu_storm_exceeded(&in->storm[NEMU_STORM_BCAST]))
		nemu_drop(in->stats, skb, NETEMU_DROP_STORM_BCAST);
	else if (is_multicast_ether_addr(dest) &&
		 !is_broadcast_ether_addr(dest) &&
		 nemu_storm_exceeded(&in->storm[NEMU_STORM_MCAST]))
		nemu_drop(in->stats, skb, NETEMU_DROP_STORM_MCAST);
	else
		flood(sw, in, skb, from, NEMU_PORT_ON);
}

/* Returns false after dropping a frame whose source can't be true. */
static bool learn(struct nemu_switch *sw, struct nemu_port *in,
		  struct sk_buff *skb)
{
	u64 key = nemu_fdb_key(eth_hdr(skb)->h_source);
	struct nemu_fdb_entry *e = nemu_fdb_find_rcu(&sw->fdb, key);

	if (likely(e && rcu_access_pointer(e->port) == in)) {
		nemu_fdb_heard(e);
		return true;
	}
	if (likely(nemu_fdb_learn(in, key)))
		return true;
	nemu_drop(in->stats, skb, NETEMU_DROP_OWN_SOURCE);
	return false;
}

static void forward(struct nemu_switch *sw, struct nemu_port *in,
		    struct sk_buff *skb, unsigned long from)
{
	const u8 *dest = eth_hdr(skb)->h_dest;
	struct nemu_fdb_entry *e;

	if (unlikely(READ_ONCE(sw->opts.mode) == NETEMU_MODE_HUB)) {
		forward_hub(sw, in, skb, from);
		return;
	}
	if (unlikely(!learn(sw, in, skb)))
		return;
	if (is_multicast_ether_addr(dest)) {
		forward_flood(sw, in, skb, from,
			      is_broadcast_ether_addr(dest) ?
			      NEMU_STORM_BCAST : NEMU_STORM_MCAST);
		return;
	}
	e = nemu_fdb_find_rcu(&sw->fdb, nemu_fdb_key(dest));
	if (likely(e))
		forward_known(sw, in, rcu_dereference(e->port), skb, from);
	else
		forward_flood(sw, in, skb, from, NEMU_STORM_UNKNOWN);
}

/* Why a port may not send now, or NETEMU_DROP_NONE. */
static enum netemu_drop ingress_check(const struct nemu_switch *sw,
				      const struct sk_buff *skb,
				      unsigned long flags)
{
	if (unlikely(flags & NEMU_PORT_BLOCKED))
		return NETEMU_DROP_PORT_BLOCKED;
	if (unlikely(!READ_ONCE(sw->up)))
		return NETEMU_DROP_PORT_DISABLED;
	if (unlikely(!is_valid_ether_addr(eth_hdr(skb)->h_source)))
		return NETEMU_DROP_INVALID_SOURCE;
	return NETEMU_DROP_NONE;
}

/*
 * 01:80:c2:00:00:0X that is not to be forwarded (IEEE 802.1Q 8.6.3). A hub
 * knows no such addresses, but even there PAUSE ends at the wire it came from.
 */
static bool reserved(const struct nemu_switch *sw, const u8 *dest)
{
	u16 mask;

	if (likely(!is_link_local_ether_addr(dest)))
		return false;
	mask = READ_ONCE(sw->opts.mode) == NETEMU_MODE_HUB ?
	       (u16)~BIT(1) : READ_ONCE(sw->opts.reserved_mask);
	return !(mask & BIT(dest[5]));
}

/**
 * nemu_port_rx() - receive handler of the ports
 * @pskb: frame from the device of a port
 *
 * A reserved frame that is not forwarded still reaches sockets bound to the
 * device (LLDP, LACP), but not the host's protocol stacks: a guest must not
 * talk to them on a device that has no address.
 */
rx_handler_result_t nemu_port_rx(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct nemu_port *port = rcu_dereference(skb->dev->rx_handler_data);
	struct nemu_switch *sw = port->sw;
	unsigned long flags = READ_ONCE(port->flags);
	enum netemu_drop drop;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		nemu_stats_drop(port->stats, NETEMU_DROP_NO_MEMORY);
		return RX_HANDLER_CONSUMED;
	}
	drop = ingress_check(sw, skb, flags);
	if (unlikely(drop)) {
		nemu_drop(port->stats, skb, drop);
		return RX_HANDLER_CONSUMED;
	}
	if (reserved(sw, eth_hdr(skb)->h_dest)) {
		nemu_stats_drop(port->stats, NETEMU_DROP_RESERVED);
		*pskb = skb;
		return RX_HANDLER_EXACT;
	}
	forward(sw, port, skb, flags);
	return RX_HANDLER_CONSUMED;
}

/**
 * nemu_host_tx() - transmit of the switch device: frames from the host
 * @skb: frame
 * @dev: the switch device
 */
netdev_tx_t nemu_host_tx(struct sk_buff *skb, struct net_device *dev)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_port *host = &sw->host;
	unsigned long flags;
	enum netemu_drop drop;

	rcu_read_lock();
	if (unlikely(!pskb_may_pull(skb, ETH_HLEN))) {
		drop = NETEMU_DROP_TRUNCATED;
		goto drop;
	}
	skb_reset_mac_header(skb);
	flags = READ_ONCE(host->flags);
	drop = ingress_check(sw, skb, flags);
	if (unlikely(!READ_ONCE(sw->opts.host_port)))
		drop = NETEMU_DROP_HOST_PORT_OFF;
	else if (!drop && reserved(sw, eth_hdr(skb)->h_dest))
		drop = NETEMU_DROP_RESERVED;
	if (unlikely(drop))
		goto drop;
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	skb_pull(skb, ETH_HLEN);
	forward(sw, host, skb, flags);
	rcu_read_unlock();
	return NETDEV_TX_OK;

drop:
	dev_core_stats_tx_dropped_inc(dev);
	nemu_drop(host->stats, skb, drop);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

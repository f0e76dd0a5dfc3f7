// SPDX-License-Identifier: GPL-2.0
/*
 * The one way that a frame takes: in by a port, past its guard (inspect.c) if it
 * has one, learn, look up, decide once, then out (transmit.c), or dropped with a
 * reason.
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

/* A copy for the host, which is not the only one; does not consume. */
static void host_rx_copy(struct nemu_switch *sw, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (likely(copy))
		nemu_host_rx(sw, copy);
	else
		nemu_stats_drop(sw->host.stats, NETEMU_DROP_NO_MEMORY);
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
	bool host = !(from & NEMU_PORT_HOST) && takes(&sw->host, from, need);
	struct nemu_port *shared = rcu_dereference(sw->shared);
	struct nemu_port *last = NULL, *port;
	struct nemu_flood way;
	bool up;

	up = unlikely(shared) && shared != in &&
	     nemu_shared_up_copy(shared, skb, from, need);

	list_for_each_entry_rcu(port, &sw->ports, list) {
		if (port == in || !takes(port, from, need))
			continue;
		if (last) {
			nemu_flood_copy(&way, last);
		} else {
			if (host)
				host_rx_copy(sw, skb);
			if (unlikely(!nemu_flood_begin(&way, in, skb)))
				return;
		}
		last = port;
	}
	if (last)
		nemu_flood_end(&way, last);
	else if (host)
		nemu_host_rx(sw, skb);
	else if (up)
		consume_skb(skb);
	else
		nemu_drop(in->stats, skb, NETEMU_DROP_NO_TARGET);
}

/* The address is known, but the way there is not simply open. */
static noinline void forward_known(struct nemu_switch *sw,
				   struct nemu_port *in, struct nemu_port *out,
				   struct sk_buff *skb, unsigned long from)
{
	unsigned long flags = READ_ONCE(out->flags);
	bool up = flags & NEMU_PORT_SHARED &&
		  nemu_shared_owns(out, nemu_fdb_dest(eth_hdr(skb)));

	if (READ_ONCE(sw->state) & NEMU_SWITCH_WATCHED &&
	    !(from & NEMU_PORT_HOST) && out != &sw->host &&
	    takes(&sw->host, 0, NEMU_PORT_ON))
		host_rx_copy(sw, skb);
	if (unlikely(out == in || (up && from & NEMU_PORT_HOST)))
		nemu_drop(in->stats, skb, NETEMU_DROP_SAME_PORT);
	else if (up && nemu_shared_up(out, skb, from))
		return;
	else if (likely(!up && takes(out, from, NEMU_PORT_ON)))
		deliver(out, skb);
	else if (flags & NEMU_PORT_BLOCKED)
		nemu_drop(out->stats, skb, NETEMU_DROP_PORT_BLOCKED);
	else if (flags & from & NEMU_PORT_ISOLATED)
		nemu_drop(in->stats, skb, NETEMU_DROP_ISOLATED);
	else
		nemu_drop(out->stats, skb, NETEMU_DROP_PORT_DISABLED);
}

static noinline void forward_flood(struct nemu_switch *sw, struct nemu_port *in,
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
static noinline void forward_hub(struct nemu_switch *sw, struct nemu_port *in,
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

/* Can a frame for a known address go from one port to the other, and no more? */
static __always_inline bool is_open(const struct nemu_port *in,
				    const struct nemu_port *out,
				    unsigned long state, unsigned long from)
{
	unsigned long flags = READ_ONCE(out->flags);

	return (flags & (NEMU_PORT_ON | NEMU_PORT_BLOCKED | NEMU_PORT_HOST |
			 NEMU_PORT_SHARED)) ==
	       NEMU_PORT_ON && !(flags & from & NEMU_PORT_ISOLATED) &&
	       out != in && !(state & NEMU_SWITCH_WATCHED) &&
	       nemu_device_ready(out->dev);
}

/*
 * The heart of the switch. For a frame between two known addresses this is all:
 * two look-ups in one table, then the way out.
 */
static __always_inline void forward(struct nemu_switch *sw,
				    struct nemu_port *in, struct sk_buff *skb,
				    unsigned long state, unsigned long from)
{
	const struct ethhdr *eth = eth_hdr(skb);
	u64 source = nemu_fdb_source(eth), dest = nemu_fdb_dest(eth);
	const struct nemu_fdb_table *t;
	struct nemu_fdb_entry *e;
	struct nemu_port *out;

	if (unlikely(state & NEMU_SWITCH_HUB)) {
		forward_hub(sw, in, skb, from);
		return;
	}
	t = rcu_dereference(sw->fdb.table);
	e = nemu_fdb_find_in(t, source);
	if (likely(e && rcu_access_pointer(e->port) == in)) {
		nemu_fdb_heard(e);
	} else if (unlikely(!nemu_fdb_learn(in, source))) {
		nemu_drop(in->stats, skb, NETEMU_DROP_OWN_SOURCE);
		return;
	}
	if (unlikely(dest & NEMU_FDB_KEY_GROUP)) {
		forward_flood(sw, in, skb, from,
			      dest == NEMU_FDB_KEY_BROADCAST ?
			      NEMU_STORM_BCAST : NEMU_STORM_MCAST);
		return;
	}
	e = nemu_fdb_find_in(t, dest);
	if (unlikely(!e)) {
		forward_flood(sw, in, skb, from, NEMU_STORM_UNKNOWN);
		return;
	}
	out = rcu_dereference(e->port);
	if (likely(is_open(in, out, state, from)))
		nemu_port_xmit(out, skb);
	else
		forward_known(sw, in, out, skb, from);
}

/* Of a port that is blocked or guarded. */
static noinline enum netemu_drop guarded_check(const struct nemu_port *port,
					       unsigned long state,
					       const struct sk_buff *skb,
					       unsigned long flags)
{
	enum netemu_drop drop;

	if (flags & NEMU_PORT_BLOCKED)
		return NETEMU_DROP_PORT_BLOCKED;
	drop = nemu_ingress_check(state, skb);
	return drop ?: nemu_inspect(port, skb);
}

/**
 * nemu_forward() - let a frame take its way
 * @in: port it came in by
 * @skb: frame; consumed
 * @state: of the switch
 * @from: flags of @in; with %NEMU_PORT_HOST a frame of the host, which does not
 *	get it back
 */
void nemu_forward(struct nemu_port *in, struct sk_buff *skb,
		  unsigned long state, unsigned long from)
{
	forward(in->sw, in, skb, state, from);
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
	unsigned long state = READ_ONCE(sw->state);
	unsigned long flags = READ_ONCE(port->flags);
	enum netemu_drop drop;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	if (unlikely(flags & NEMU_PORT_SPECIAL)) {
		if (flags & NEMU_PORT_SHARED)
			return nemu_shared_rx(port, skb, flags);
		drop = guarded_check(port, state, skb, flags);
	} else {
		drop = nemu_ingress_check(state, skb);
	}
	if (unlikely(drop)) {
		nemu_drop(port->stats, skb, drop);
		return RX_HANDLER_CONSUMED;
	}
	if (unlikely(nemu_reserved(sw, state, skb))) {
		nemu_stats_drop(port->stats, NETEMU_DROP_RESERVED);
		return RX_HANDLER_EXACT;
	}
	forward(sw, port, skb, state, flags);
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
	unsigned long state = READ_ONCE(sw->state);
	unsigned long flags = READ_ONCE(host->flags);
	enum netemu_drop drop;

	rcu_read_lock();
	if (unlikely(!pskb_may_pull(skb, ETH_HLEN))) {
		drop = NETEMU_DROP_TRUNCATED;
		goto drop;
	}
	skb_reset_mac_header(skb);
	drop = nemu_ingress_check(state, skb);
	if (unlikely(!READ_ONCE(sw->opts.host_port)))
		drop = NETEMU_DROP_HOST_PORT_OFF;
	else if (!drop && nemu_reserved(sw, state, skb))
		drop = NETEMU_DROP_RESERVED;
	if (unlikely(drop))
		goto drop;
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	skb_pull(skb, ETH_HLEN);
	forward(sw, host, skb, state, flags);
	rcu_read_unlock();
	return NETDEV_TX_OK;

drop:
	dev_core_stats_tx_dropped_inc(dev);
	nemu_drop(host->stats, skb, drop);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

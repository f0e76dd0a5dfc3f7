// SPDX-License-Identifier: GPL-2.0
/*
 * A port whose device stays the host's: it keeps its addresses, and the host
 * its connections. What that means stands in the UAPI header.
 *
 * Two ways lead to the host here. The receive handler passes on what the wire
 * brings, and the egress hook of the device, behind all that the administrator
 * has put there, takes what the host sends.
 *
 * Frames of the switch itself come by both places too: one that goes up to the
 * host is received by the device once more, one that goes out passes its egress
 * hook. Both calls are synchronous with bottom halves off, so a note per CPU
 * tells these frames from others. The frame takes its note away: what the host
 * sends while it receives, or the driver while it sends, is theirs again. A copy
 * that a rule at egress makes of a frame on its way out comes before that frame.
 */
#include "switch.h"
#include "../compat.h"
#include "../drop.h"

#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>

struct shared_note {
	const struct nemu_port *up;	/* where a frame goes up to the host */
	const struct nemu_port *out;	/* ... or out to the wire, */
	const struct sk_buff *skb;	/* and which one */
};

static DEFINE_PER_CPU(struct shared_note, note);

/**
 * nemu_shared_owns() - is it an address that the host has by the device?
 * @port: shared port
 * @key: unicast address
 *
 * Context: RCU read side.
 */
bool nemu_shared_owns(const struct nemu_port *port, u64 key)
{
	const struct net_device *dev = port->dev;
	const struct netdev_hw_addr *ha;

	if (nemu_fdb_key(dev->dev_addr) == key)
		return true;
	list_for_each_entry_rcu(ha, &dev->uc.list, list)
		if (nemu_fdb_key(ha->addr) == key)
			return true;
	return false;
}

/* ---- from the switch to the host ---------------------------------------- */

/*
 * The carrier does not matter: it is about the wire. The host does not get back
 * what it sent: it may hold locks that receiving takes, too.
 */
static bool takes_up(const struct nemu_port *port, unsigned long from,
		     unsigned long need)
{
	unsigned long flags = READ_ONCE(port->flags);

	return (flags & (need | NEMU_PORT_BLOCKED)) == need &&
	       !(flags & from & NEMU_PORT_ISOLATED) &&
	       !(from & NEMU_PORT_HOST) && netif_running(port->dev);
}

static void go_up(struct nemu_port *port, struct sk_buff *skb)
{
	const struct nemu_port *outer = this_cpu_read(note.up);

	skb = nemu_receive_as(port, skb);
	if (unlikely(!skb))
		return;
	this_cpu_write(note.up, port);
	/* On this CPU, now: packet steering would lose the note. */
	netif_receive_skb_core(skb);
	this_cpu_write(note.up, outer);
}

/**
 * nemu_shared_up() - hand a frame to the host, as received by the device
 * @port: shared port
 * @skb: frame for an address of the host; consumed if true
 * @from: flags of the port it came from
 *
 * Return: false if the host can't have it now.
 */
bool nemu_shared_up(struct nemu_port *port, struct sk_buff *skb,
		    unsigned long from)
{
	if (!takes_up(port, from, NEMU_PORT_ON))
		return false;
	go_up(port, skb);
	return true;
}

/**
 * nemu_shared_up_copy() - hand the host a copy of a frame for many, if it is one
 * @port: shared port
 * @skb: frame; not consumed
 * @from: flags of the port it came from
 * @need: flags that a port needs to take it
 *
 * Return: true if it was for the host.
 */
bool nemu_shared_up_copy(struct nemu_port *port, struct sk_buff *skb,
			 unsigned long from, unsigned long need)
{
	u64 dest = nemu_fdb_dest(eth_hdr(skb));
	struct sk_buff *copy;

	if (!takes_up(port, from, need) ||
	    (!(dest & NEMU_FDB_KEY_GROUP) && !nemu_shared_owns(port, dest)))
		return false;
	copy = skb_clone(skb, GFP_ATOMIC);
	if (likely(copy))
		go_up(port, copy);
	else
		nemu_stats_drop(port->stats, NETEMU_DROP_NO_MEMORY);
	return true;
}

/* ---- from the wire ------------------------------------------------------- */

static void learn(struct nemu_port *port, u64 source)
{
	struct nemu_fdb_entry *e = nemu_fdb_find_rcu(&port->sw->fdb, source);

	if (likely(e && rcu_access_pointer(e->port) == port))
		nemu_fdb_heard(e);
	else
		nemu_fdb_learn(port, source);
}

/* Why the switch does not take a frame from the wire. */
static enum netemu_drop refuse(const struct nemu_port *port,
			       unsigned long state, const struct sk_buff *skb,
			       unsigned long flags)
{
	enum netemu_drop drop;

	if (flags & NEMU_PORT_BLOCKED)
		return NETEMU_DROP_PORT_BLOCKED;
	drop = nemu_ingress_check(state, skb);
	if (!drop && flags & NEMU_PORT_GUARD)
		drop = nemu_inspect(port, skb);
	if (drop)
		return drop;
	/* The host's own, come back from the wire. */
	if (nemu_shared_owns(port, nemu_fdb_source(eth_hdr(skb))))
		return NETEMU_DROP_OWN_SOURCE;
	return nemu_reserved(port->sw, state, skb) ? NETEMU_DROP_RESERVED :
						     NETEMU_DROP_NONE;
}

static void forward_copy(struct nemu_port *port, struct sk_buff *skb,
			 unsigned long state, unsigned long from,
			 unsigned int header)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (unlikely(!copy)) {
		nemu_stats_drop(port->stats, NETEMU_DROP_NO_MEMORY);
		return;
	}
	skb_pull(copy, header);
	nemu_forward(port, copy, state, from);
}

/**
 * nemu_shared_rx() - receive handler of a shared port
 * @port: port
 * @skb: frame from its device
 * @flags: of the port
 *
 * Whatever the switch makes of a frame, the host gets its own, and what is for
 * everybody, as if there were no switch.
 */
rx_handler_result_t nemu_shared_rx(struct nemu_port *port,
				   struct sk_buff *skb, unsigned long flags)
{
	unsigned long state = READ_ONCE(port->sw->state);
	u64 dest = nemu_fdb_dest(eth_hdr(skb));
	enum netemu_drop drop;

	if (this_cpu_read(note.up) == port) {
		this_cpu_write(note.up, NULL);
		return RX_HANDLER_PASS;
	}
	drop = refuse(port, state, skb, flags);
	if (dest & NEMU_FDB_KEY_GROUP) {
		if (unlikely(drop))
			nemu_stats_drop(port->stats, drop);
		else
			forward_copy(port, skb, state, flags, 0);
		return RX_HANDLER_PASS;
	}
	if (nemu_shared_owns(port, dest)) {
		if (likely(!drop))
			learn(port, nemu_fdb_source(eth_hdr(skb)));
		return RX_HANDLER_PASS;
	}
	if (unlikely(drop))
		nemu_drop(port->stats, skb, drop);
	else
		nemu_forward(port, skb, state, flags);
	return RX_HANDLER_CONSUMED;
}

/* ---- from the host ------------------------------------------------------- */

/* Does the switch know that the address is elsewhere than on the wire? */
static bool is_inside(const struct nemu_port *port,
		      const struct nemu_fdb_entry *e)
{
	const struct nemu_port *out = rcu_dereference(e->port);

	return out != port && !(READ_ONCE(out->flags) & NEMU_PORT_HOST);
}

/* It never reaches the driver: who captures on the device sees it here. */
static unsigned int steal(struct nemu_port *port, struct sk_buff *skb,
			  unsigned long state, unsigned long from)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		nemu_stats_drop(port->stats, NETEMU_DROP_NO_MEMORY);
		return NF_STOLEN;
	}
	if (dev_nit_active(port->dev))
		dev_queue_xmit_nit(skb, port->dev);
	skb_pull(skb, ETH_HLEN);
	nemu_forward(port, skb, state, from);
	return NF_STOLEN;
}

static unsigned int host_sends(struct nemu_port *port, struct sk_buff *skb)
{
	struct nemu_switch *sw = port->sw;
	unsigned long state = READ_ONCE(sw->state);
	unsigned long flags = READ_ONCE(port->flags);
	const struct nemu_fdb_entry *e;
	u64 dest;

	if (unlikely(flags & NEMU_PORT_BLOCKED ||
		     !pskb_may_pull(skb, ETH_HLEN) ||
		     nemu_ingress_check(state, skb) ||
		     nemu_reserved(sw, state, skb)))
		return NF_ACCEPT;
	flags |= NEMU_PORT_HOST;
	dest = nemu_fdb_dest(eth_hdr(skb));
	if (!(dest & NEMU_FDB_KEY_GROUP)) {
		e = nemu_fdb_find_rcu(&sw->fdb, dest);
		if (e)
			return is_inside(port, e) ?
			       steal(port, skb, state, flags) : NF_ACCEPT;
	}
	forward_copy(port, skb, state, flags, ETH_HLEN);
	return NF_ACCEPT;
}

/**
 * nemu_shared_egress() - egress hook of the device of a shared port
 * @priv: port
 * @skb: frame, data at its Ethernet header
 * @state: of netfilter
 *
 * Return: NF_ACCEPT, or NF_STOLEN for a frame that goes into the switch alone.
 */
unsigned int nemu_shared_egress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct nemu_port *port = priv;

	if (this_cpu_read(note.out) != port)
		return host_sends(port, skb);
	if (this_cpu_read(note.skb) == skb)
		this_cpu_write(note.out, NULL);
	return NF_ACCEPT;
}

/**
 * nemu_shared_queue() - send a frame of the switch out of the device
 * @port: shared port
 * @skb: frame, data at its Ethernet header; consumed
 *
 * Return: as dev_queue_xmit().
 */
int nemu_shared_queue(struct nemu_port *port, struct sk_buff *skb)
{
	const struct nemu_port *outer = this_cpu_read(note.out);
	const struct sk_buff *outer_skb = this_cpu_read(note.skb);
	int ret;

	this_cpu_write(note.out, port);
	this_cpu_write(note.skb, skb);
	ret = dev_queue_xmit(skb);
	this_cpu_write(note.out, outer);
	this_cpu_write(note.skb, outer_skb);
	return ret;
}

/**
 * nemu_shared_is_free() - is our own hook all there is at egress of the device?
 * @port: any port
 *
 * Context: BH off.
 */
bool nemu_shared_is_free(const struct nemu_port *port)
{
#ifdef CONFIG_NETFILTER_EGRESS
	const struct nf_hook_entries *hooks;

	if (!(READ_ONCE(port->flags) & NEMU_PORT_SHARED) ||
	    nemu_netdev_tc_egress_hooked(port->dev))
		return false;
	hooks = rcu_dereference_bh(port->dev->nf_hooks_egress);
	return hooks && hooks->num_hook_entries == 1 &&
	       hooks->hooks[0].hook == nemu_shared_egress;
#else
	return false;
#endif
}

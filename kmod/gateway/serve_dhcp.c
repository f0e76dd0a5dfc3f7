// SPDX-License-Identifier: GPL-2.0
/*
 * DHCP of a gateway: frames to and from the engine (dhcp.c), which knows
 * neither. Before an address that nobody had is offered, ARP asks for it; the
 * request waits here meanwhile.
 */
#include "gateway.h"
#include "dhcp_service.h"

#include <linux/ip.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <linux/workqueue.h>
#include <net/checksum.h>
#include <net/ip.h>

#define SERVER_PORT	67	/* RFC 2131, 4.1 */
#define CLIENT_PORT	68
#define PROBE_WAIT	(HZ / 2)
#define PROBES_MAX	512	/* at a time: a thousand new guests a second */
#define ROUNDS_MAX	3	/* taken addresses in a row, then the client asks again */
#define HEADERS		(sizeof(struct iphdr) + sizeof(struct udphdr))

/**
 * struct nemu_dhcp_waiting - a request whose address is asked for
 * @node: in &nemu_dhcp_service.waiting, the oldest first
 * @due: jiffies when the address counts as free
 * @addr: the address
 * @rounds: addresses that turned out to be taken before this one
 * @in: the request; its data is @data
 * @data: UDP payload
 */
struct nemu_dhcp_waiting {
	struct list_head node;
	unsigned long due;
	u32 addr;
	unsigned int rounds;
	struct nemu_dhcp_input in;
	u8 data[];
};

/* Puts the headers in front of the reply; its checksum is always complete. */
static void write_headers(struct sk_buff *skb, __be32 from, u32 to)
{
	unsigned int len = skb->len + sizeof(struct udphdr);
	struct udphdr *udp;
	struct iphdr *ip;

	udp = skb_push(skb, sizeof(*udp));
	udp->source = htons(SERVER_PORT);
	udp->dest = htons(CLIENT_PORT);
	udp->len = htons(len);
	udp->check = 0;
	udp->check = csum_tcpudp_magic(from, htonl(to), len, IPPROTO_UDP,
				       csum_partial(udp, len, 0));
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
	ip = skb_push(skb, sizeof(*ip));
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(skb->len);
	ip->saddr = from;
	ip->daddr = htonl(to);
	ip_send_check(ip);
}

/* Keeps a request until the verdict. Without room the client tries again. */
static void wait_for_probe(struct nemu_dhcp_service *dhcp,
			   const struct nemu_dhcp_input *in, u32 addr,
			   unsigned int rounds)
{
	struct nemu_dhcp_waiting *w;

	if (rounds >= ROUNDS_MAX)
		return;
	if (dhcp->count >= PROBES_MAX) {
		nemu_gw_count(dhcp->gw, NETEMU_GW_DROP_DHCP);
		return;
	}
	w = kmalloc(struct_size(w, data, in->len), GFP_ATOMIC | __GFP_NOWARN);
	if (!w) {
		nemu_gw_count(dhcp->gw, NETEMU_GW_DROP_NO_MEMORY);
		return;
	}
	memcpy(w->data, in->data, in->len);
	w->in = *in;
	w->in.data = w->data;
	w->addr = addr;
	w->rounds = rounds;
	w->due = jiffies + PROBE_WAIT;
	/* The first is due first: who comes later must not put it off. */
	if (list_empty(&dhcp->waiting))
		mod_delayed_work(system_wq, &dhcp->tick, PROBE_WAIT);
	list_add_tail(&w->node, &dhcp->waiting);
	WRITE_ONCE(dhcp->count, dhcp->count + 1);
}

static void forget(struct nemu_dhcp_service *dhcp, struct nemu_dhcp_waiting *w)
{
	list_del(&w->node);
	WRITE_ONCE(dhcp->count, dhcp->count - 1);
}

/* What got no answer, and should not look as if it got one. */
static void count_drop(struct nemu_dhcp_service *dhcp, enum nemu_dhcp_drop drop)
{
	switch (drop) {
	case NEMU_DHCP_DROP_NONE:
	case NEMU_DHCP_DROP_PROBING:
	case NEMU_DHCP_DROP_OTHER_SERVER:
		break;
	case NEMU_DHCP_DROP_POOL_FULL:
		nemu_gw_count(dhcp->gw, NETEMU_GW_DROP_POOL_FULL);
		break;
	default:
		nemu_gw_count(dhcp->gw, NETEMU_GW_DROP_DHCP);
	}
}

/*
 * Lets the engine answer a request. What is to be sent after the lock is
 * released: a reply with its destination in @mac, or an address to ask for.
 */
static struct sk_buff *answer(struct nemu_dhcp_service *dhcp,
			      const struct nemu_dhcp_input *in,
			      unsigned int rounds, u8 *mac, u32 *probe)
{
	struct nemu_dhcp_output out = { .size = NEMU_DHCP_LEN_MAX };
	struct sk_buff *skb;
	int i;

	*probe = 0;
	skb = alloc_skb(LL_MAX_HEADER + HEADERS + out.size,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb) {
		nemu_gw_count(dhcp->gw, NETEMU_GW_DROP_NO_MEMORY);
		return NULL;
	}
	skb_reserve(skb, LL_MAX_HEADER + HEADERS);
	out.reply = skb->data;
	nemu_dhcp_input(&dhcp->engine, in, &out);
	for (i = 0; i < out.event_count; i++) {
		nemu_binding_update(dhcp, htonl(out.events[i].addr));
		nemu_lease_tell(dhcp, &out.events[i]);
	}
	count_drop(dhcp, out.drop);
	if (out.action == NEMU_DHCP_REPLY) {
		skb_put(skb, out.len);
		write_headers(skb, htonl(dhcp->engine.config.server), out.dst);
		ether_addr_copy(mac, out.dst_mac);
		return skb;
	}
	kfree_skb(skb);
	if (out.action == NEMU_DHCP_PROBE) {
		*probe = out.probe;
		wait_for_probe(dhcp, in, out.probe, rounds);
	}
	return NULL;
}

static void give_answer(struct nemu_dhcp_service *dhcp, struct sk_buff *skb,
			const u8 *mac, u32 probe)
{
	struct nemu_gw *gw = dhcp->gw;

	if (skb)
		nemu_gw_send(gw, skb, ETH_P_IP, mac);
	if (probe)
		nemu_arp_probe(gw, rcu_dereference(gw->config), htonl(probe));
}

/* The whole datagram, checked; sets what the engine has to know of it. */
static enum netemu_gw_drop read_datagram(struct sk_buff *skb,
					 struct nemu_dhcp_input *in)
{
	const struct iphdr *ip;
	struct udphdr *udp;
	unsigned int len;

	if (skb->len > ETH_DATA_LEN || skb->len < HEADERS ||
	    skb_linearize(skb))
		return NETEMU_GW_DROP_TRUNCATED;
	ip = ip_hdr(skb);
	udp = (struct udphdr *)(ip + 1);
	len = ntohs(udp->len);
	if (len < sizeof(*udp) || len > skb->len - sizeof(*ip))
		return NETEMU_GW_DROP_TRUNCATED;
	if (udp->check && skb->ip_summed != CHECKSUM_PARTIAL &&
	    csum_tcpudp_magic(ip->saddr, ip->daddr, len, IPPROTO_UDP,
			      csum_partial(udp, len, 0)))
		return NETEMU_GW_DROP_IP_INVALID;
	in->data = (u8 *)(udp + 1);
	in->len = len - sizeof(*udp);
	in->src = ntohl(ip->saddr);
	ether_addr_copy(in->mac, eth_hdr(skb)->h_source);
	return NETEMU_GW_DROP_NONE;
}

static int has_parent(struct net_device *dev, struct netdev_nested_priv *priv)
{
	return !!dev->dev.parent;
}

/*
 * A network card of the host, or something on top of one: behind it are others,
 * who have a DHCP server of their own. Guests' devices have no parent.
 */
static bool is_uplink(const struct nemu_gw *gw, int ifindex)
{
	struct netdev_nested_priv priv = { };
	struct net_device *dev;

	dev = dev_get_by_index_rcu(dev_net(gw->dev), ifindex);
	return dev && (has_parent(dev, &priv) ||
		       netdev_walk_all_lower_dev_rcu(dev, has_parent, &priv));
}

/**
 * nemu_dhcp_is_request() - is a packet for the DHCP server?
 * @config: options of the gateway
 * @skb: whole or fragment, data at its checked IPv4 header
 *
 * A client without an address sends from 0.0.0.0 to all.
 */
bool nemu_dhcp_is_request(const struct nemu_gw_config *config,
			  const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	const struct udphdr *udp;
	struct udphdr buf;

	if (likely(ip->protocol != IPPROTO_UDP) || ip_is_fragment(ip) ||
	    (!ipv4_is_lbcast(ip->daddr) && ip->daddr != nemu_gw_self(config) &&
	     ip->daddr != (config->subnet | ~config->mask)))
		return false;
	udp = skb_header_pointer(skb, sizeof(*ip), sizeof(buf), &buf);
	return udp && udp->dest == htons(SERVER_PORT);
}

/**
 * nemu_dhcp_rx() - a guest asks the DHCP server
 * @gw: gateway
 * @config: its options
 * @skb: packet for the server; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_dhcp_rx(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  struct sk_buff *skb)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;
	struct nemu_dhcp_input in = { .now = nemu_dhcp_now() };
	struct sk_buff *reply;
	u8 mac[ETH_ALEN];
	u32 probe;
	int drop;

	/* The device that the frame came in by: the guest's port. */
	in.port = skb->skb_iif ?: gw->dev->ifindex;
	if (!config->dhcp)
		drop = NETEMU_GW_DROP_DESTINATION;
	else if (is_uplink(gw, in.port))
		drop = NETEMU_GW_DROP_UPLINK;
	else
		drop = read_datagram(skb, &in);
	if (drop) {
		nemu_gw_drop(gw, skb, drop);
		return;
	}
	spin_lock(&dhcp->lock);
	reply = answer(dhcp, &in, 0, mac, &probe);
	if (!delayed_work_pending(&dhcp->tick))
		schedule_delayed_work(&dhcp->tick, HZ);
	spin_unlock(&dhcp->lock);
	consume_skb(skb);
	give_answer(dhcp, reply, mac, probe);
}

/* A verdict on an address, and with it the answer to who waits for it. */
static void decide(struct nemu_dhcp_service *dhcp, struct nemu_dhcp_waiting *w,
		   bool taken, u32 port)
{
	struct sk_buff *reply = NULL;
	u8 mac[ETH_ALEN];
	u32 probe = 0;

	w->in.now = nemu_dhcp_now();
	spin_lock(&dhcp->lock);
	if (nemu_dhcp_verdict(&dhcp->engine, w->addr, taken, port, w->in.now))
		reply = answer(dhcp, &w->in, w->rounds + 1, mac, &probe);
	spin_unlock(&dhcp->lock);
	kfree(w);
	give_answer(dhcp, reply, mac, probe);
}

/**
 * nemu_dhcp_heard() - a host uses an address
 * @gw: gateway
 * @addr: the address
 * @mac: where
 * @port: where it came in
 *
 * Context: RCU read side, BH off.
 */
void nemu_dhcp_heard(struct nemu_gw *gw, __be32 addr, const u8 *mac, u32 port)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;
	struct nemu_dhcp_waiting *w, *found = NULL;

	if (likely(!READ_ONCE(dhcp->count)))
		return;
	spin_lock(&dhcp->lock);
	list_for_each_entry(w, &dhcp->waiting, node) {
		if (w->addr == ntohl(addr) &&
		    !ether_addr_equal(w->in.mac, mac)) {
			found = w;
			forget(dhcp, w);
			break;
		}
	}
	spin_unlock(&dhcp->lock);
	if (found)
		decide(dhcp, found, true, port);
}

/* The oldest request whose probe nobody answered in time. */
static struct nemu_dhcp_waiting *next_due(struct nemu_dhcp_service *dhcp)
{
	struct nemu_dhcp_waiting *w;

	spin_lock(&dhcp->lock);
	w = list_first_entry_or_null(&dhcp->waiting, typeof(*w), node);
	if (w && time_before(jiffies, w->due))
		w = NULL;
	if (w)
		forget(dhcp, w);
	spin_unlock(&dhcp->lock);
	return w;
}

/* Is there anything whose time comes? */
static bool has_leases(const struct nemu_lease_table *table)
{
	return table->count[NEMU_LEASE_PROBING] ||
	       table->count[NEMU_LEASE_OFFERED] ||
	       table->count[NEMU_LEASE_BOUND] ||
	       table->count[NEMU_LEASE_DECLINED];
}

/**
 * nemu_dhcp_tick() - end what is over
 * @work: of the service
 */
void nemu_dhcp_tick(struct work_struct *work)
{
	struct nemu_dhcp_service *dhcp =
		container_of(to_delayed_work(work), struct nemu_dhcp_service,
			     tick);
	struct nemu_dhcp_waiting *w;
	struct nemu_dhcp_event event;
	unsigned long again = HZ;
	u32 budget = 256;

	local_bh_disable();
	rcu_read_lock();
	while ((w = next_due(dhcp)))
		decide(dhcp, w, false, 0);
	spin_lock(&dhcp->lock);
	while (nemu_dhcp_expire(&dhcp->engine, nemu_dhcp_now(), &budget,
				&event)) {
		nemu_binding_update(dhcp, htonl(event.addr));
		nemu_lease_tell(dhcp, &event);
	}
	w = list_first_entry_or_null(&dhcp->waiting, typeof(*w), node);
	if (w)
		again = max_t(long, w->due - jiffies, 1);
	if (w || has_leases(dhcp->engine.leases))
		mod_delayed_work(system_wq, &dhcp->tick, again);
	spin_unlock(&dhcp->lock);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * nemu_dhcp_forget_waiting() - forget the requests whose address is asked for
 * @dhcp: service that takes no requests any more
 */
void nemu_dhcp_forget_waiting(struct nemu_dhcp_service *dhcp)
{
	struct nemu_dhcp_waiting *w, *next;

	list_for_each_entry_safe(w, next, &dhcp->waiting, node) {
		forget(dhcp, w);
		kfree(w);
	}
}

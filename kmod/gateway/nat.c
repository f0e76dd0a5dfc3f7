// SPDX-License-Identifier: GPL-2.0
/*
 * Network address translation on nf_conntrack: what a guest sends goes out as if
 * a local application of the host had sent it, and what comes back for it is
 * taken where the host would have delivered it. So the host's routes, its
 * OUTPUT and INPUT rules and its source addresses apply, and nothing else of it
 * changes.
 *
 * A connection that a guest opens is known to conntrack by two tuples: the one
 * of the guest in the zone of the gateway, and its answer in the zone of the
 * host. So any number of gateways may have guests of the same address, and no
 * connection of the host is mistaken for one of theirs. The translation is kept
 * in the tuples but done by us, not by the host's NAT hooks, before the packet
 * becomes the host's: the status bits that would make them do it are cleared.
 */
#include "nat.h"
#include "route.h"
#include "../compat.h"

#include <linux/icmp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include <net/route.h>
#include <net/xfrm.h>

/* A packet no longer wanted, and what the guest is told of it. */
static void refuse(struct nemu_gw *gw, const struct nemu_gw_config *config,
		   struct sk_buff *skb, enum netemu_gw_drop reason, u8 type,
		   u8 code, u32 info)
{
	/* The way back to the guest begins without its connection. */
	nf_reset_ct(skb);
	nemu_icmp_error(gw, config, skb, type, code, info);
	nemu_gw_drop(gw, skb, reason);
}

static bool set_up(const struct nemu_gw_config *config, struct nf_conn *ct,
		   enum nf_nat_manip_type what, __be32 addr, __be16 port)
{
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS,
		.min_addr.ip = addr,
		.max_addr.ip = addr,
	};
	u8 protocol = nf_ct_protonum(ct);

	if (port) {
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
		range.min_proto.all = port;
		range.max_proto.all = port;
	}
	/*
	 * Ports of the host that its own applications don't take by
	 * themselves, in no order that could be guessed (RFC 6056).
	 */
	if (what == NF_NAT_MANIP_SRC &&
	    (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)) {
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED |
			       NF_NAT_RANGE_PROTO_RANDOM_FULLY;
		range.min_proto.all = htons(config->port_first);
		range.max_proto.all = htons(config->port_last);
	}
	return nf_nat_setup_info(ct, &range, what) == NF_ACCEPT;
}

/**
 * nemu_nat_own() - a new connection becomes one of a gateway
 * @gw: gateway
 * @ct: unconfirmed connection whose translation is set up
 *
 * Its packets are translated by us, and by nobody else.
 */
void nemu_nat_own(struct nemu_gw *gw, struct nf_conn *ct)
{
	ct->status &= ~IPS_NAT_MASK;
	if (!ct->master) {
		nf_conntrack_get(&gw->template->ct_general);
		ct->master = gw->template;
	}
}

/*
 * A guest opens a connection. It is still unconfirmed: nobody else sees it.
 * Returns why it may not be.
 */
static enum netemu_gw_drop
open_connection(struct nemu_gw *gw, const struct nemu_gw_config *config,
		struct nf_conn *ct, u8 tos, u32 in_port)
{
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct nf_conntrack_zone zone;
	enum netemu_gw_drop drop;
	struct nemu_flow flow;
	struct rtable *rt;
	__be32 from, dest;
	__be16 port;

	nf_ct_zone_init(&zone, gw->zone, NF_CT_ZONE_DIR_ORIG, 0);
	nf_ct_zone_add(ct, &zone);
	drop = nemu_nat_destination(gw, config, tuple, &dest, &port);
	if (drop)
		return drop;
	drop = nemu_nat_may_open(gw, config, ct, in_port);
	if (drop)
		return drop;
	nemu_flow_open(&flow, tuple, dest, tos);
	rt = nemu_route_ask(dev_net(gw->dev), &flow, &from);
	if (IS_ERR(rt))
		return NETEMU_GW_DROP_NO_ROUTE;
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return NETEMU_GW_DROP_DESTINATION;
	}
	ip_rt_put(rt);
	if ((dest != tuple->dst.u3.ip &&
	     !set_up(config, ct, NF_NAT_MANIP_DST, dest, port)) ||
	    !set_up(config, ct, NF_NAT_MANIP_SRC, from, 0))
		return NETEMU_GW_DROP_CONNTRACK;
	/* The core takes a port that is not free if it finds none. */
	if (!nemu_nat_avoid_bound(dev_net(gw->dev), ct, config->port_first,
				  config->port_last) ||
	    nf_conntrack_tuple_taken(&ct->tuplehash[IP_CT_DIR_REPLY].tuple, ct))
		return NETEMU_GW_DROP_PORTS_FULL;
	nemu_nat_own(gw, ct);
	return NETEMU_GW_DROP_NONE;
}

static void refuse_connection(struct nemu_gw *gw,
			      const struct nemu_gw_config *config,
			      struct sk_buff *skb, enum netemu_gw_drop drop)
{
	u8 code = ICMP_PKT_FILTERED;

	if (drop == NETEMU_GW_DROP_CONNECTION_RATE) {
		/* Not for long. */
		nemu_gw_drop(gw, skb, drop);
		return;
	}
	if (drop == NETEMU_GW_DROP_NO_ROUTE)
		code = ICMP_NET_UNREACH;
	else if (drop == NETEMU_GW_DROP_NO_RESOLVER)
		code = ICMP_PORT_UNREACH;
	refuse(gw, config, skb, drop, ICMP_DEST_UNREACH, code, 0);
}

/*
 * Finds the packet's connection, or opens one. Returns NULL after the packet's
 * end.
 */
static struct nf_conn *track(struct nemu_gw *gw,
			     const struct nemu_gw_config *config,
			     struct sk_buff *skb, u32 in_port,
			     enum ip_conntrack_info *ctinfo)
{
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = NFPROTO_IPV4,
		.net = dev_net(gw->dev),
		.in = gw->dev,
	};
	enum netemu_gw_drop drop;
	struct nf_conn *ct;

	nf_conntrack_get(&gw->template->ct_general);
	nf_ct_set(skb, gw->template, IP_CT_NEW);
	if (nf_conntrack_in(skb, &state) != NF_ACCEPT) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_CONNTRACK);
		return NULL;
	}
	ct = nf_ct_get(skb, ctinfo);
	if (!ct || nf_ct_is_template(ct)) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_CONNTRACK);
		return NULL;
	}
	if (nf_ct_is_confirmed(ct) || ct->status & IPS_SRC_NAT_DONE ||
	    CTINFO2DIR(*ctinfo) != IP_CT_DIR_ORIGINAL)
		return ct;
	drop = open_connection(gw, config, ct, ip_hdr(skb)->tos, in_port);
	if (!drop)
		return ct;
	refuse_connection(gw, config, skb, drop);
	return NULL;
}

static void flow_of(struct nemu_flow *flow, const struct sk_buff *skb,
		    const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	nemu_flow_known(flow, &ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple,
			ip_hdr(skb)->tos);
}

/*
 * Gives the packet the route that was kept for it. Without one it looks whether
 * the host lost the address that the connection has used: while a route holds,
 * it has not.
 */
static bool has_moved(struct nemu_gw *gw, struct sk_buff *skb,
		      const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct nemu_flow flow;
	struct rtable *rt;

	flow_of(&flow, skb, ct, ctinfo);
	rt = nemu_route_kept(gw->routes, &flow);
	if (likely(rt)) {
		skb_dst_set_noref(skb, &rt->dst);
		return false;
	}
	return nf_ct_is_confirmed(ct) &&
	       inet_addr_type(dev_net(gw->dev), flow.from) != RTN_LOCAL;
}

/* Gives the packet a route that the host is asked for. */
static bool route_out(struct nemu_gw *gw, struct sk_buff *skb,
		      const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct nemu_flow flow;
	struct rtable *rt;
	__be32 from;

	flow_of(&flow, skb, ct, ctinfo);
	rt = nemu_route_ask(dev_net(gw->dev), &flow, &from);
	if (IS_ERR(rt))
		return false;
	if (nemu_route_keep(gw->routes, &flow, rt))
		skb_dst_set_noref(skb, &rt->dst);
	else
		skb_dst_set(skb, &rt->dst);
	return true;
}

/**
 * nemu_nat_is_too_big() - is a packet neither to pass nor to be fragmented?
 * @skb: packet, data at its IPv4 header
 * @mtu: of the way
 */
bool nemu_nat_is_too_big(const struct sk_buff *skb, unsigned int mtu)
{
	if (!(ip_hdr(skb)->frag_off & htons(IP_DF)) || skb->ignore_df)
		return false;
	return skb_is_gso(skb) ? !skb_gso_validate_network_len(skb, mtu) :
				 skb->len > mtu;
}

/* The connection is known: out with the packet as one of the host's. */
static void send_out(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     struct sk_buff *skb, u32 in_port, struct nf_conn *ct,
		     enum ip_conntrack_info ctinfo)
{
	unsigned int mtu;

	if (unlikely(!skb_dst(skb) && !route_out(gw, skb, ct, ctinfo))) {
		refuse_connection(gw, config, skb, NETEMU_GW_DROP_NO_ROUTE);
		return;
	}
	if (unlikely(!test_bit(IPS_SEEN_REPLY_BIT, &ct->status)) &&
	    !nemu_nat_may_ask(gw, skb, ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple.src.u3.ip, in_port)) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NEIGHBOURS_FULL);
		return;
	}
	mtu = dst_mtu(skb_dst(skb));
	if (unlikely(nemu_nat_is_too_big(skb, mtu))) {
		refuse(gw, config, skb, NETEMU_GW_DROP_TOO_BIG,
		       ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
		return;
	}
	if (unlikely(!nemu_tcp_clamp(skb, mtu) ||
		     skb_ensure_writable(skb, sizeof(struct iphdr)))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NO_MEMORY);
		return;
	}
	if (unlikely(!nemu_nat_translate(skb, ct, ctinfo))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_CONNTRACK);
		return;
	}
	ip_decrease_ttl(ip_hdr(skb));
	skb->dev = skb_dst(skb)->dev;
	if (nemu_fastpath_out(gw, config, skb, ct, ctinfo))
		ip_output(dev_net(gw->dev), NULL, skb);
	else
		ip_local_out(dev_net(gw->dev), NULL, skb);
}

/* Made by the administrator's word: a forward, or a guest's use of a service. */
static bool is_wanted(const struct nemu_gw_config *config,
		      const struct nf_conn *ct)
{
	return nemu_nat_is_inbound(ct) ||
	       nemu_gw_is_guest(config, ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u3.ip);
}

/**
 * nemu_nat_out() - a guest's packet for the gateway, the host or beyond
 * @gw: gateway
 * @config: its options
 * @skb: packet of a guest, data at its checked IPv4 header; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_nat_out(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  struct sk_buff *skb)
{
	struct net *net = dev_net(gw->dev);
	enum ip_conntrack_info ctinfo;
	u32 in_port = skb->skb_iif;
	struct nf_conn *ct;
	__be32 dest;

	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	nf_reset_ct(skb);
	/* Nobody's own input device: the host's rules see a local packet. */
	skb->dev = net->loopback_dev;
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	if (unlikely(ip_is_fragment(ip_hdr(skb)))) {
		if (!nemu_nat_may_wait(gw, skb, in_port)) {
			nemu_gw_drop(gw, skb, NETEMU_GW_DROP_FRAGMENTS_FULL);
			return;
		}
		if (ip_defrag(net, skb, IP_DEFRAG_CONNTRACK_IN + gw->zone))
			return;
		nemu_nat_waited(gw, skb, in_port);
		skb->ignore_df = 1;
		skb_clear_hash(skb);
	}
	skb_set_transport_header(skb, ip_hdrlen(skb));
	dest = ip_hdr(skb)->daddr;
	if (unlikely(nemu_gw_in_subnet(config, dest)) &&
	    nemu_gw_has(gw, config, dest) && nemu_icmp_echo(gw, config, skb))
		return;
	if (unlikely(ip_hdr(skb)->ttl <= 1)) {
		refuse(gw, config, skb, NETEMU_GW_DROP_TTL, ICMP_TIME_EXCEEDED,
		       ICMP_EXC_TTL, 0);
		return;
	}
	ct = track(gw, config, skb, in_port, &ctinfo);
	if (unlikely(!ct))
		return;
	if (unlikely(config->restricted && !is_wanted(config, ct))) {
		refuse_connection(gw, config, skb, NETEMU_GW_DROP_RESTRICTED);
		return;
	}
	if (unlikely((dest == config->dns &&
		      nemu_nat_dns_moves(gw, config, ct, ctinfo)) ||
		     has_moved(gw, skb, ct, ctinfo))) {
		bool inbound = nemu_nat_is_inbound(ct);

		nf_ct_kill(ct);
		nf_reset_ct(skb);
		if (inbound) {
			nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NO_ROUTE);
			return;
		}
		ct = track(gw, config, skb, in_port, &ctinfo);
		if (!ct)
			return;
	}
	send_out(gw, config, skb, in_port, ct, ctinfo);
}

/*
 * The host's own packets may be cut into pieces: a smaller MTU told to it would
 * hold for all that it sends to itself.
 */
static bool allow_pieces(struct sk_buff *skb)
{
	struct iphdr *ip;

	if (!(skb->dev->flags & IFF_LOOPBACK) || skb_is_gso(skb) ||
	    skb_ensure_writable(skb, sizeof(*ip)))
		return false;
	ip = ip_hdr(skb);
	csum_replace2(&ip->check, ip->frag_off,
		      ip->frag_off & ~htons(IP_DF));
	ip->frag_off &= ~htons(IP_DF);
	return true;
}

/**
 * nemu_nat_in() - take a packet that came for a guest
 * @gw: the guest's gateway
 * @skb: packet about to be delivered to the host, data at its IPv4 header;
 *	consumed
 * @ct: its connection
 * @ctinfo: the packet's part in it
 *
 * Context: RCU read side, BH off.
 */
void nemu_nat_in(struct nemu_gw *gw, struct sk_buff *skb, struct nf_conn *ct,
		 enum ip_conntrack_info ctinfo)
{
	const struct nemu_gw_config *config = rcu_dereference(gw->config);
	unsigned int mtu = READ_ONCE(gw->dev->mtu);

	if (unlikely(ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u3.ip ==
		     config->dns))
		nemu_nat_dns_heard(gw, config, skb, ct);
	if (unlikely(nemu_nat_is_too_big(skb, mtu)) && !allow_pieces(skb)) {
		/* The sender learns it from the host, as of any way. */
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			  htonl(mtu));
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_TOO_BIG);
		return;
	}
	if (unlikely(!nemu_tcp_clamp(skb, mtu))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NO_MEMORY);
		return;
	}
	if (unlikely(!nemu_nat_translate(skb, ct, ctinfo))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_CONNTRACK);
		return;
	}
	nf_reset_ct(skb);
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	nemu_gw_deliver(gw, skb);
}

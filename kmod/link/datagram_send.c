// SPDX-License-Identifier: GPL-2.0
/* The way out of links over UDP: to the stack of the host, as from a socket. */
#include "link.h"
#include "../compat.h"

#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include <net/udp.h>

/* Would what we send be sent by the link again, for ever? */
static bool leads_back(const struct nemu_link *link, struct net_device *way)
{
	return way == link->dev ||
	       netdev_has_upper_dev_all_rcu(link->dev, way);
}

static void count_fragments(struct nemu_link *link, const struct sk_buff *skb,
			    const struct dst_entry *dst, unsigned int headers)
{
	if (unlikely(skb->len + headers > dst_mtu(dst)))
		this_cpu_inc(link->stats->fragmented);
}

/* What is left for us to do to a frame, and room for headers. */
static int prepare(struct sk_buff *skb, const struct dst_entry *dst,
		   unsigned int headers)
{
	int err = 0;

	/* Who passes by the stack may leave this to us. */
	if (unlikely(skb->ip_summed == CHECKSUM_PARTIAL))
		err = skb_checksum_help(skb);
	if (!err)
		err = skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) +
					dst->header_len + headers);
	if (unlikely(err))
		return err;
	skb->encapsulation = 0;
	return 0;
}

/*
 * The functions that UDP tunnels share would do from here, but newer kernels
 * (6.12 in its stable series) take what passes by them for a nested transmission,
 * and IP does not let members on this host hear multicast of a nested sender.
 */
static void push_udp(const struct nemu_link *link, struct sk_buff *skb)
{
	struct udphdr *udp;

	skb_scrub_packet(skb, true);
	skb_clear_hash_if_not_l4(skb);
	udp = __skb_push(skb, sizeof(*udp));
	skb_reset_transport_header(skb);
	udp->source = link->tx_port;
	udp->dest = nemu_sockaddr_port(&link->config.remote);
	udp->len = htons(skb->len);
}

/* @len: of the frame; @err: what the stack made of it */
static void count_sent(struct nemu_link *link, unsigned int len, int err)
{
	if (likely(!net_xmit_eval(err)))
		dev_sw_netstats_tx_add(link->dev, 1, len);
	else
		dev_core_stats_tx_dropped_inc(link->dev);
}

static struct rtable *route4(struct nemu_link *link, __be32 *saddr)
{
	const struct nemu_link_config *config = &link->config;
	struct flowi4 fl4 = {
		.flowi4_oif = config->ifindex,
		.flowi4_proto = IPPROTO_UDP,
		.daddr = config->remote.v4.sin_addr.s_addr,
		.saddr = config->local.v4.sin_addr.s_addr,
		.fl4_dport = nemu_sockaddr_port(&config->remote),
		.fl4_sport = link->tx_port,
	};
	struct rtable *rt;

	rt = dst_cache_get_ip4(&link->routes, saddr);
	if (likely(rt))
		return rt;
	/* The stack chooses none for a bus within this host. */
	if (!fl4.saddr && config->ifindex == LOOPBACK_IFINDEX)
		fl4.saddr = htonl(INADDR_LOOPBACK);
	rt = ip_route_output_key(link->net, &fl4);
	if (IS_ERR(rt))
		return rt;
	if (leads_back(link, rt->dst.dev)) {
		ip_rt_put(rt);
		return ERR_PTR(-ELOOP);
	}
	dst_cache_set_ip4(&link->routes, &rt->dst, fl4.saddr);
	WRITE_ONCE(link->tx_saddr, fl4.saddr);
	*saddr = fl4.saddr;
	return rt;
}

static enum netemu_link_drop reason_of(int err)
{
	return err == -ELOOP ? NETEMU_LINK_DROP_LOOP :
			       NETEMU_LINK_DROP_NO_ROUTE;
}

/* Consumes @rt and @skb. RFC 791, without options. */
static void emit4(struct nemu_link *link, struct sk_buff *skb, struct rtable *rt,
		  __be32 saddr)
{
	__be32 daddr = link->config.remote.v4.sin_addr.s_addr;
	u8 ttl = READ_ONCE(link->config.ttl);
	unsigned int len = skb->len;
	struct iphdr *ip;

	push_udp(link, skb);
	udp_set_csum(false, skb, saddr, daddr, skb->len);
	skb_dst_set(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	*ip = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*ip) / 4,
		.ttl = ttl ?: ip4_dst_hoplimit(&rt->dst),
		.protocol = IPPROTO_UDP,
		.saddr = saddr,
		.daddr = daddr,
	};
	/* What nobody can cut needs no number, RFC 6864, 4.1. */
	if (rt->dst.dev->flags & IFF_LOOPBACK &&
	    skb->len <= dst_mtu(&rt->dst))
		ip->frag_off = htons(IP_DF);
	else
		__ip_select_ident(link->net, ip, 1);
	count_sent(link, len, ip_local_out(link->net, link->tx->sk, skb));
}

static void send4(struct nemu_link *link, struct sk_buff *skb)
{
	const unsigned int headers = sizeof(struct iphdr) +
				     sizeof(struct udphdr);
	struct rtable *rt;
	__be32 saddr;

	rt = route4(link, &saddr);
	if (IS_ERR(rt)) {
		nemu_link_drop_tx(link, skb, reason_of(PTR_ERR(rt)));
		return;
	}
	if (unlikely(prepare(skb, &rt->dst, headers))) {
		ip_rt_put(rt);
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_MEMORY);
		return;
	}
	count_fragments(link, skb, &rt->dst, headers);
	emit4(link, skb, rt, saddr);
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *route6(struct nemu_link *link, struct in6_addr *saddr)
{
	const struct nemu_link_config *config = &link->config;
	struct flowi6 fl6 = {
		.flowi6_oif = config->ifindex,
		.flowi6_proto = IPPROTO_UDP,
		.daddr = config->remote.v6.sin6_addr,
		.saddr = config->local.v6.sin6_addr,
		.fl6_dport = nemu_sockaddr_port(&config->remote),
		.fl6_sport = link->tx_port,
	};
	struct dst_entry *dst;

	dst = dst_cache_get_ip6(&link->routes, saddr);
	if (likely(dst))
		return dst;
	dst = ipv6_stub->ipv6_dst_lookup_flow(link->net, link->tx->sk, &fl6,
					      NULL);
	if (IS_ERR(dst))
		return dst;
	if (leads_back(link, dst->dev)) {
		dst_release(dst);
		return ERR_PTR(-ELOOP);
	}
	dst_cache_set_ip6(&link->routes, dst, &fl6.saddr);
	*saddr = fl6.saddr;
	return dst;
}

/* Consumes @dst and @skb. RFC 8200. */
static void emit6(struct nemu_link *link, struct sk_buff *skb,
		  struct dst_entry *dst, const struct in6_addr *saddr)
{
	const struct in6_addr *daddr = &link->config.remote.v6.sin6_addr;
	u8 ttl = READ_ONCE(link->config.ttl);
	unsigned int len = skb->len;
	struct ipv6hdr *ip;

	push_udp(link, skb);
	/* The host may cut it into fragments. */
	skb->ignore_df = 1;
	udp6_set_csum(false, skb, saddr, daddr, skb->len);
	skb_dst_set(skb, dst);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip, 0, 0);
	ip->payload_len = htons(skb->len - sizeof(*ip));
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = ttl ?: ip6_dst_hoplimit(dst);
	ip->saddr = *saddr;
	ip->daddr = *daddr;
	count_sent(link, len, ip6_local_out(link->net, link->tx->sk, skb));
}

static void send6(struct nemu_link *link, struct sk_buff *skb)
{
	const unsigned int headers = sizeof(struct ipv6hdr) +
				     sizeof(struct udphdr);
	struct in6_addr saddr;
	struct dst_entry *dst;

	dst = route6(link, &saddr);
	if (IS_ERR(dst)) {
		nemu_link_drop_tx(link, skb, reason_of(PTR_ERR(dst)));
		return;
	}
	if (unlikely(prepare(skb, dst, headers))) {
		dst_release(dst);
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_MEMORY);
		return;
	}
	count_fragments(link, skb, dst, headers);
	emit6(link, skb, dst, &saddr);
}
#else
static void send6(struct nemu_link *link, struct sk_buff *skb)
{
	nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_ROUTE);
}
#endif

/**
 * nemu_datagram_send() - send a frame
 * @link: link over UDP
 * @skb: frame; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_datagram_send(struct nemu_link *link, struct sk_buff *skb)
{
	skb_orphan(skb);
	if (link->config.remote.sa.sa_family == AF_INET6)
		send6(link, skb);
	else
		send4(link, skb);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP (RFC 792) of the gateway itself: it answers pings to its own addresses,
 * and says why a guest's packet goes no further (RFC 1812, 4.3).
 */
#include "gateway.h"

#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ratelimit.h>
#include <net/checksum.h>
#include <net/ip.h>

#define QUOTE_MAX	(576 - sizeof(struct iphdr) - sizeof(struct icmphdr))

static void write_ip(struct iphdr *ip, unsigned int len, __be32 from,
		     __be32 to)
{
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = IPPROTO_ICMP;
	ip->tot_len = htons(len);
	ip->saddr = from;
	ip->daddr = to;
	ip_send_check(ip);
}

/*
 * Nothing answers an error, a fragment but the first, or what went to many
 * (RFC 1122, 3.2.2). Of ICMP only requests are answered: all else may be an
 * error or become one.
 */
static bool may_answer(const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	const u8 *type;
	u8 buf;

	if (ip->frag_off & htons(IP_OFFSET))
		return false;
	if (skb->pkt_type != PACKET_HOST || ipv4_is_multicast(ip->daddr))
		return false;
	if (ip->protocol != IPPROTO_ICMP)
		return true;
	type = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	return type && (*type == ICMP_ECHO || *type == ICMP_TIMESTAMP);
}

/**
 * nemu_icmp_error() - tell a guest why its packet goes no further
 * @gw: gateway
 * @config: its options
 * @skb: the packet, data at its valid IPv4 header; stays the caller's
 * @type: of the error
 * @code: of the error
 * @info: for %ICMP_FRAG_NEEDED the MTU, else 0
 *
 * Context: RCU read side, BH off.
 */
void nemu_icmp_error(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     const struct sk_buff *skb, u8 type, u8 code, u32 info)
{
	unsigned int quote = min_t(unsigned int, skb->len, QUOTE_MAX);
	unsigned int len = sizeof(struct iphdr) + sizeof(struct icmphdr) +
			   quote;
	struct icmphdr *icmp;
	struct sk_buff *error;
	struct iphdr *ip;

	if (!may_answer(skb))
		return;
	error = alloc_skb(LL_MAX_HEADER + len, GFP_ATOMIC | __GFP_NOWARN);
	if (!error) {
		nemu_gw_count(gw, NETEMU_GW_DROP_NO_MEMORY);
		return;
	}
	skb_reserve(error, LL_MAX_HEADER);
	skb_reset_network_header(error);
	ip = skb_put_zero(error, sizeof(*ip));
	icmp = skb_put_zero(error, sizeof(*icmp));
	skb_copy_bits(skb, 0, skb_put(error, quote), quote);
	icmp->type = type;
	icmp->code = code;
	if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		icmp->un.frag.mtu = htons(min_t(u32, info, U16_MAX));
	icmp->checksum = ip_compute_csum(icmp, len - sizeof(*ip));
	write_ip(ip, len, nemu_gw_self(config), ip_hdr(skb)->saddr);
	nemu_gw_deliver(gw, error);
}

/**
 * nemu_icmp_echo() - answer a ping to one of the gateway's addresses
 * @gw: gateway
 * @config: its options
 * @skb: whole packet to such an address, data at its valid IPv4 header;
 *	consumed if true
 *
 * Context: RCU read side, BH off.
 * Return: false if it is no ping.
 */
bool nemu_icmp_echo(struct nemu_gw *gw, const struct nemu_gw_config *config,
		    struct sk_buff *skb)
{
	struct icmphdr *icmp;
	struct iphdr *ip;
	__be32 from;

	if (ip_hdr(skb)->protocol != IPPROTO_ICMP ||
	    !pskb_may_pull(skb, sizeof(*ip) + sizeof(*icmp)))
		return false;
	icmp = (struct icmphdr *)(ip_hdr(skb) + 1);
	if (icmp->type != ICMP_ECHO || icmp->code)
		return false;
	if (skb_ensure_writable(skb, sizeof(*ip) + sizeof(*icmp))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NO_MEMORY);
		return true;
	}
	ip = ip_hdr(skb);
	icmp = (struct icmphdr *)(ip + 1);
	icmp->type = ICMP_ECHOREPLY;
	csum_replace2(&icmp->checksum, htons(ICMP_ECHO << 8), 0);
	from = ip->saddr;
	ip->check = 0;
	ip->frag_off = 0;
	write_ip(ip, ntohs(ip->tot_len), ip->daddr, from);
	nemu_gw_deliver(gw, skb);
	return true;
}

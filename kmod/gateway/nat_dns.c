// SPDX-License-Identifier: GPL-2.0
/*
 * DNS through the NAT: what connections to the DNS address tell of resolvers,
 * and when one has to go to another resolver. Queries are only translated, so
 * whatever a guest asks, by UDP or TCP, is answered by the resolver itself.
 */
#include "nat.h"
#include "resolve.h"

#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>

/**
 * nemu_nat_dns_moves() - does a query have to go to another resolver?
 * @gw: gateway
 * @config: its options
 * @ct: connection of a guest with the DNS address
 * @ctinfo: the part in it of the guest's packet
 *
 * A TCP connection that stands can't be moved; a UDP query always can.
 *
 * Context: RCU read side, BH off.
 */
bool nemu_nat_dns_moves(struct nemu_gw *gw, const struct nemu_gw_config *config,
			const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo)
{
	if (!nf_ct_is_confirmed(ct) || ctinfo == IP_CT_RELATED ||
	    CTINFO2DIR(ctinfo) != IP_CT_DIR_ORIGINAL)
		return false;
	if (nf_ct_protonum(ct) != IPPROTO_UDP &&
	    test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		return false;
	return nemu_resolve_again(&gw->resolve, config,
				  ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3.ip);
}

static bool is_unreachable(const struct sk_buff *skb)
{
	const struct icmphdr *icmp;
	struct icmphdr buf;

	icmp = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	return icmp && icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code != ICMP_FRAG_NEEDED;
}

/* A reset ends many a good connection, but none begins with it. */
static bool is_reset(const struct sk_buff *skb, const struct nf_conn *ct)
{
	const struct tcphdr *tcp;
	struct tcphdr buf;

	if (test_bit(IPS_ASSURED_BIT, &ct->status))
		return false;
	tcp = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	return tcp && tcp->rst;
}

/**
 * nemu_nat_dns_heard() - a packet comes for a connection with the DNS address
 * @gw: gateway
 * @config: its options
 * @skb: the packet, data at its IPv4 header
 * @ct: the connection
 *
 * Context: RCU read side, BH off.
 */
void nemu_nat_dns_heard(struct nemu_gw *gw, const struct nemu_gw_config *config,
			const struct sk_buff *skb, const struct nf_conn *ct)
{
	bool refused = false;

	if (ip_hdr(skb)->protocol == IPPROTO_ICMP) {
		if (!is_unreachable(skb))
			return;
		refused = true;
	} else if (ip_hdr(skb)->protocol == IPPROTO_TCP) {
		refused = is_reset(skb, ct);
	}
	nemu_resolve_answered(&gw->resolve, config,
			      ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3.ip,
			      refused);
}

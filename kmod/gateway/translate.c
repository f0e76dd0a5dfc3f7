// SPDX-License-Identifier: GPL-2.0
/*
 * From one side's addresses to the other's: what a packet of a connection looks
 * like to whom it goes. TCP and UDP, which is nearly all, are rewritten here in
 * one go; nf_nat does the rest.
 */
#include "nat.h"

#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_nat.h>

/*
 * The sum of TCP or UDP, which is over the addresses too.
 * @addresses: by how much the addresses change the sum
 * @ports: by how much the ports do
 */
static void fix_sum(struct sk_buff *skb, __sum16 *sum, __wsum addresses,
		    __wsum ports)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		/* As yet it is of the addresses alone. */
		*sum = ~csum_fold(csum_add(addresses, csum_unfold(*sum)));
		return;
	}
	csum_replace_by_diff(sum, csum_add(addresses, ports));
	/* What changed behind the IPv4 header makes up for the addresses. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = ~csum_add(addresses, ~skb->csum);
}

static __wsum sum_of(__be32 a, __be32 b)
{
	return csum_add((__force __wsum)a, (__force __wsum)b);
}

static __wsum sum_of_ports(__be16 a, __be16 b)
{
	return (__force __wsum)((__force u32)a + (__force u32)b);
}

/* The packet of TCP or UDP becomes one that @answer is the answer to. */
static bool rewrite(struct sk_buff *skb,
		    const struct nf_conntrack_tuple *answer)
{
	unsigned int head = ip_hdrlen(skb);
	bool udp = ip_hdr(skb)->protocol == IPPROTO_UDP;
	__wsum addresses, change;
	struct tcphdr *tcp;
	struct iphdr *ip;
	__be16 *ports;
	__sum16 *sum;

	if (skb_ensure_writable(skb, head + (udp ? sizeof(struct udphdr) :
						   sizeof(struct tcphdr))))
		return false;
	ip = ip_hdr(skb);
	addresses = csum_sub(sum_of(answer->dst.u3.ip, answer->src.u3.ip),
			     sum_of(ip->saddr, ip->daddr));
	ip->saddr = answer->dst.u3.ip;
	ip->daddr = answer->src.u3.ip;
	csum_replace_by_diff(&ip->check, addresses);

	/* Both protocols begin with the ports. */
	tcp = (struct tcphdr *)(skb->data + head);
	ports = &tcp->source;
	change = csum_sub(sum_of_ports(answer->dst.u.all, answer->src.u.all),
			  sum_of_ports(ports[0], ports[1]));
	ports[0] = answer->dst.u.all;
	ports[1] = answer->src.u.all;
	if (!udp) {
		fix_sum(skb, &tcp->check, addresses, change);
		return true;
	}
	sum = &((struct udphdr *)tcp)->check;
	/* A datagram may have no sum. */
	if (!*sum && skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	fix_sum(skb, sum, addresses, change);
	if (!*sum)
		*sum = CSUM_MANGLED_0;
	return true;
}

/*
 * The core is given a copy of the tuples with just the bits of what differs:
 * with a bit too many the sender of an ICMP error would be rewritten too.
 */
static bool translate_by_core(struct sk_buff *skb, const struct nf_conn *ct,
			      enum ip_conntrack_info ctinfo)
{
	const struct nf_conntrack_tuple *orig;
	struct nf_conntrack_tuple inverse;
	struct nf_conn copy;

	memcpy(copy.tuplehash, ct->tuplehash, sizeof(copy.tuplehash));
	copy.status = IPS_NAT_DONE_MASK;
	orig = &copy.tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	if (!nf_ct_invert_tuple(&inverse,
				&copy.tuplehash[IP_CT_DIR_REPLY].tuple))
		return false;
	if (!nf_inet_addr_cmp(&inverse.src.u3, &orig->src.u3) ||
	    inverse.src.u.all != orig->src.u.all)
		copy.status |= IPS_SRC_NAT;
	if (!nf_inet_addr_cmp(&inverse.dst.u3, &orig->dst.u3) ||
	    inverse.dst.u.all != orig->dst.u.all)
		copy.status |= IPS_DST_NAT;

	if ((ctinfo == IP_CT_RELATED || ctinfo == IP_CT_RELATED_REPLY) &&
	    ip_hdr(skb)->protocol == IPPROTO_ICMP)
		return nf_nat_icmp_reply_translation(skb, &copy, ctinfo,
						     NF_INET_PRE_ROUTING) &&
		       nf_nat_icmp_reply_translation(skb, &copy, ctinfo,
						     NF_INET_POST_ROUTING);
	return nf_nat_packet(&copy, ctinfo, NF_INET_PRE_ROUTING, skb) ==
	       NF_ACCEPT &&
	       nf_nat_packet(&copy, ctinfo, NF_INET_POST_ROUTING, skb) ==
	       NF_ACCEPT;
}

/**
 * nemu_nat_translate() - rewrite a packet from one side's addresses to the other's
 * @skb: packet of the connection, data at its IPv4 header
 * @ct: the connection
 * @ctinfo: the packet's part in it
 *
 * Return: false if the packet can't be translated.
 */
bool nemu_nat_translate(struct sk_buff *skb, const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo)
{
	u8 protocol = ip_hdr(skb)->protocol;

	/* An ICMP error has a protocol other than its connection's. */
	if (likely(protocol == nf_ct_protonum(ct) &&
		   (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)))
		return rewrite(skb, &ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple);
	return translate_by_core(skb, ct, ctinfo);
}

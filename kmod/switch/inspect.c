// SPDX-License-Identifier: GPL-2.0
/*
 * The guard of a port: what a guest sends is looked into before it is learned
 * and forwarded. It may not use what is bound to another (binding.c), nor play
 * DHCP server or IPv6 router (RFC 6105, 7113, 7610).
 *
 * Headers are copied out, never pulled: others may hold the frame too. How far
 * is looked is bounded; what hides its payload behind more is dropped.
 */
#include "switch.h"

#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#define WRAPPINGS_MAX		8	/* tags and SNAP headers */
#define EXTENSIONS_MAX		16	/* IPv6 extension headers */

#define DHCP_CLIENT		68	/* RFC 2131, 4.1 */
#define DHCPV6_CLIENT		546	/* RFC 8415, 7.2 */
#define NEXTHDR_HIP		139	/* RFC 7401 */
#define NEXTHDR_SHIM6		140	/* RFC 5533 */

/**
 * struct frame - a frame on its way through this file
 * @port: where it came in
 * @skb: the frame
 * @source: key of its source MAC address
 * @here: its source address is bound to this very guest
 */
struct frame {
	const struct nemu_port *port;
	const struct sk_buff *skb;
	u64 source;
	bool here;
};

/* An LLC and SNAP header (IEEE 802) with an EtherType behind: RFC 1042. */
static bool read_snap(const struct sk_buff *skb, int offset, __be16 *proto)
{
	static const u8 snap[] = { 0xaa, 0xaa, 0x03, 0x00, 0x00 };
	const u8 *p;
	u8 buf[8];

	p = skb_header_pointer(skb, offset, sizeof(buf), buf);
	/* The last byte of the organization: 0xf8 is IEEE 802.1H. */
	if (!p || memcmp(p, snap, sizeof(snap)) || (p[5] && p[5] != 0xf8))
		return false;
	*proto = get_unaligned((const __be16 *)(p + 6));
	return true;
}

/*
 * Finds the protocol behind whatever tags there are, and its header: hosts
 * unwrap them too, so they must not hide anything.
 */
static bool unwrap(const struct sk_buff *skb, __be16 *proto, int *offset)
{
	const struct vlan_hdr *tag;
	struct vlan_hdr buf;
	int i;

	*proto = skb->protocol;
	*offset = 0;
	for (i = 0; i < WRAPPINGS_MAX; i++) {
		if (eth_type_vlan(*proto)) {
			tag = skb_header_pointer(skb, *offset, sizeof(buf),
						 &buf);
			if (!tag)
				return false;
			*proto = tag->h_vlan_encapsulated_proto;
			*offset += sizeof(buf);
		} else if (eth_proto_is_802_3(*proto)) {
			return true;
		} else if (read_snap(skb, *offset, proto)) {
			*offset += 8;
		} else {
			*proto = 0;
			return true;
		}
	}
	return false;
}

/* Is an IPv4 address another's? Without an address a guest asks for one. */
static bool is_others(struct frame *f, __be32 addr)
{
	struct in6_addr mapped;
	enum nemu_bound bound;

	if (!addr)
		return false;
	ipv6_addr_set_v4mapped(addr, &mapped);
	bound = nemu_binding_of_addr(f->port, &mapped, f->source);
	f->here = bound == NEMU_BOUND_HERE;
	return bound == NEMU_BOUND_OTHER;
}

static enum netemu_drop check_udp(const struct frame *f, int offset, u16 client)
{
	const struct udphdr *udp;
	struct udphdr buf;

	udp = skb_header_pointer(f->skb, offset, sizeof(buf), &buf);
	if (!udp)
		return NETEMU_DROP_GUARD_MALFORMED;
	/* Clients take an answer from any port. */
	return udp->dest == htons(client) ? NETEMU_DROP_GUARD_DHCP :
					    NETEMU_DROP_NONE;
}

static enum netemu_drop check_ipv4(struct frame *f, int offset)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(f->skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5)
		return NETEMU_DROP_GUARD_MALFORMED;
	if (is_others(f, ip->saddr))
		return NETEMU_DROP_GUARD_SOURCE;
	/* Ports are in the first fragment, which has to be long enough. */
	if (ip->protocol != IPPROTO_UDP || ip->frag_off & htons(IP_OFFSET))
		return NETEMU_DROP_NONE;
	return check_udp(f, offset + ip->ihl * 4, DHCP_CLIENT);
}

static enum netemu_drop check_arp(struct frame *f, int offset)
{
	/* RFC 826, for IPv4 on Ethernet */
	struct {
		struct arphdr head;
		u8 sender_mac[ETH_ALEN];
		__be32 sender;
	} __packed buf;
	const typeof(buf) *arp;

	/* It ends with the target's two addresses. */
	if (f->skb->len < offset + sizeof(buf) + ETH_ALEN + sizeof(__be32))
		return NETEMU_DROP_GUARD_ARP;
	arp = skb_header_pointer(f->skb, offset, sizeof(buf), &buf);
	if (!arp || arp->head.ar_hrd != htons(ARPHRD_ETHER) ||
	    arp->head.ar_pro != htons(ETH_P_IP) ||
	    arp->head.ar_hln != ETH_ALEN || arp->head.ar_pln != 4 ||
	    (arp->head.ar_op != htons(ARPOP_REQUEST) &&
	     arp->head.ar_op != htons(ARPOP_REPLY)) ||
	    nemu_fdb_key(arp->sender_mac) != f->source)
		return NETEMU_DROP_GUARD_ARP;
	/* A probe (RFC 5227) has no sender: whoever has the address answers. */
	return is_others(f, get_unaligned(&arp->sender)) ?
	       NETEMU_DROP_GUARD_ARP : NETEMU_DROP_NONE;
}

static enum netemu_drop check_icmpv6(const struct frame *f, int offset)
{
	const u8 *type;
	u8 buf;

	type = skb_header_pointer(f->skb, offset, sizeof(buf), &buf);
	if (!type)
		return NETEMU_DROP_GUARD_MALFORMED;
	return *type == NDISC_ROUTER_ADVERTISEMENT || *type == NDISC_REDIRECT ?
	       NETEMU_DROP_GUARD_RA : NETEMU_DROP_NONE;
}

/* Steps over one extension header. Returns false if it is not all there. */
static bool skip_extension(const struct frame *f, u8 *next, int *offset)
{
	const struct ipv6_opt_hdr *head;
	struct ipv6_opt_hdr buf;

	head = skb_header_pointer(f->skb, *offset, sizeof(buf), &buf);
	if (!head)
		return false;
	if (*next == NEXTHDR_AUTH)
		*offset += ipv6_authlen(head);
	else if (*next == NEXTHDR_FRAGMENT)
		*offset += sizeof(struct frag_hdr);
	else
		*offset += ipv6_optlen(head);
	*next = head->nexthdr;
	return true;
}

/* Not the first fragment: what it belongs to was decided with that one. */
static bool is_later_fragment(const struct frame *f, int offset)
{
	const struct frag_hdr *head;
	struct frag_hdr buf;

	head = skb_header_pointer(f->skb, offset, sizeof(buf), &buf);
	return head && head->frag_off & htons(IP6_OFFSET);
}

/* RFC 7113: the whole chain of headers, which the first fragment has to hold. */
static enum netemu_drop check_ipv6(const struct frame *f, int offset)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;
	u8 next;
	int i;

	ip = skb_header_pointer(f->skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 6)
		return NETEMU_DROP_GUARD_MALFORMED;
	next = ip->nexthdr;
	offset += sizeof(buf);
	for (i = 0; i < EXTENSIONS_MAX; i++) {
		switch (next) {
		case NEXTHDR_ICMP:
			return check_icmpv6(f, offset);
		case NEXTHDR_UDP:
			return check_udp(f, offset, DHCPV6_CLIENT);
		case NEXTHDR_FRAGMENT:
			if (is_later_fragment(f, offset))
				return NETEMU_DROP_NONE;
			fallthrough;
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_AUTH:
		case NEXTHDR_DEST:
		case NEXTHDR_MOBILITY:
		case NEXTHDR_HIP:
		case NEXTHDR_SHIM6:
			if (!skip_extension(f, &next, &offset))
				return NETEMU_DROP_GUARD_MALFORMED;
			break;
		default:
			return NETEMU_DROP_NONE;
		}
	}
	return NETEMU_DROP_GUARD_MALFORMED;
}

/**
 * nemu_inspect() - may a guest send this frame?
 * @port: guarded port that it came in by
 * @skb: frame, data behind the Ethernet header; stays as it is
 *
 * Return: %NETEMU_DROP_NONE, or why not.
 */
enum netemu_drop nemu_inspect(const struct nemu_port *port,
			      const struct sk_buff *skb)
{
	struct frame f = {
		.port = port,
		.skb = skb,
		.source = nemu_fdb_source(eth_hdr(skb)),
	};
	enum netemu_drop drop = NETEMU_DROP_NONE;
	__be16 proto;
	int offset;

	if (!unwrap(skb, &proto, &offset))
		return NETEMU_DROP_GUARD_MALFORMED;
	if (proto == htons(ETH_P_IP))
		drop = check_ipv4(&f, offset);
	else if (proto == htons(ETH_P_ARP))
		drop = check_arp(&f, offset);
	else if (proto == htons(ETH_P_IPV6))
		drop = check_ipv6(&f, offset);
	if (drop || f.here)
		return drop;
	return nemu_binding_of_mac(port, f.source) ? NETEMU_DROP_NONE :
						     NETEMU_DROP_GUARD_MAC;
}

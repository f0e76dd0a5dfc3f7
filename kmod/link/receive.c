// SPDX-License-Identifier: GPL-2.0
/* The way in, the same for every transport. */
#include "link.h"

#include <linux/etherdevice.h>
#include <net/ip.h>
#include <net/ipv6.h>

/* A tag is not counted in the MTU. */
static bool fits(const struct nemu_link *link, const struct sk_buff *skb)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	unsigned int room = READ_ONCE(link->dev->mtu) + ETH_HLEN;

	return skb->len <= room ||
	       (eth_type_vlan(eth->h_proto) && skb->len <= room + VLAN_HLEN);
}

/*
 * Makes a frame one that was received, data behind the Ethernet header; or drops
 * it and returns false.
 */
static bool accept(struct nemu_link *link, struct sk_buff *skb)
{
	struct net_device *dev = link->dev;

	if (unlikely(!netif_running(dev))) {
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_DOWN);
		return false;
	}
	if (unlikely(skb->len < ETH_HLEN)) {
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_RUNT);
		return false;
	}
	/*
	 * Other members of a bus, or who captures, may have the same data. Shared
	 * frames would go by another queue and overtake.
	 */
	if (unlikely(skb_unclone(skb, GFP_ATOMIC) ||
		     !pskb_may_pull(skb, ETH_HLEN))) {
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_NO_MEMORY);
		return false;
	}
	if (unlikely(!fits(link, skb))) {
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_OVERSIZE);
		return false;
	}
	dev_sw_netstats_rx_add(dev, skb->len);
	skb_reset_mac_header(skb);
	skb->protocol = eth_type_trans(skb, dev);
	skb_postpull_rcsum(skb, eth_hdr(skb), ETH_HLEN);
	return true;
}

/* Is the byte at @offset, behind the Ethernet header, TCP's number? */
static bool is_tcp_at(const struct sk_buff *skb, int offset)
{
	u8 buffer;
	const u8 *protocol = skb_header_pointer(skb, offset, 1, &buffer);

	return protocol && *protocol == IPPROTO_TCP;
}

/*
 * May it be merged with others of its flow? Only segments of TCP are, so nothing
 * else is worth the way. All frames of a flow give the same answer, its fragments
 * too: none overtakes another.
 */
static bool is_mergeable(const struct sk_buff *skb)
{
	const struct vlan_hdr *tag;
	struct vlan_hdr buffer;
	__be16 protocol = skb->protocol;
	int offset = 0;

	if (eth_type_vlan(protocol)) {
		tag = skb_header_pointer(skb, 0, sizeof(buffer), &buffer);
		if (!tag)
			return false;
		protocol = tag->h_vlan_encapsulated_proto;
		offset = sizeof(*tag);
	}
	if (protocol == htons(ETH_P_IP))
		return is_tcp_at(skb, offset +
				      offsetof(struct iphdr, protocol));
	if (protocol == htons(ETH_P_IPV6))
		return is_tcp_at(skb, offset +
				      offsetof(struct ipv6hdr, nexthdr));
	return false;
}

/*
 * How deep this CPU is in links that receive by links: as deep as somebody has
 * stacked them, but the kernel's stack is not.
 */
static DEFINE_PER_CPU(unsigned int, depth);

/**
 * nemu_link_receive() - let the device of a link receive a frame
 * @link: link
 * @skb: frame, as it came from the wire: data at the Ethernet header, nothing
 *	checked, nothing left of where it came from; consumed
 *
 * Context: softirq, on the CPU that all frames of the flow come to.
 */
void nemu_link_receive(struct nemu_link *link, struct sk_buff *skb)
{
	if (unlikely(!accept(link, skb)))
		return;
	if (is_mergeable(skb) || __this_cpu_read(depth)) {
		gro_cells_receive(&link->gro, skb);
		return;
	}
	__this_cpu_inc(depth);
	netif_receive_skb(skb);
	__this_cpu_dec(depth);
}

/**
 * nemu_link_receive_poll() - the same from the link's own poll
 * @link: link
 * @skb: as above
 *
 * Context: softirq.
 */
void nemu_link_receive_poll(struct nemu_link *link, struct sk_buff *skb)
{
	if (unlikely(!accept(link, skb)))
		return;
	if (is_mergeable(skb))
		napi_gro_receive(&link->napi, skb);
	else
		netif_receive_skb(skb);
}

/**
 * nemu_link_receive_now() - the same from a worker
 * @link: link
 * @skb: as above
 *
 * A worker may continue on another CPU, and what waits on this one would be
 * overtaken: so nothing waits.
 *
 * Context: process, BH off.
 */
void nemu_link_receive_now(struct nemu_link *link, struct sk_buff *skb)
{
	if (likely(accept(link, skb)))
		netif_receive_skb(skb);
}

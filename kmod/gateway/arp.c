// SPDX-License-Identifier: GPL-2.0
/*
 * ARP (RFC 826) of the gateway: answers for its own addresses and no others,
 * also to a guest that probes whether one is free (RFC 5227), and asks where a
 * guest is.
 */
#include "gateway.h"

#include <linux/if_arp.h>

/* An Ethernet/IPv4 ARP packet, RFC 826 */
struct arp_packet {
	struct arphdr head;
	u8 sender_mac[ETH_ALEN];
	u8 sender_addr[4];
	u8 target_mac[ETH_ALEN];
	u8 target_addr[4];
} __packed;

static void send_arp(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     u16 op, __be32 sender, __be32 target,
		     const u8 *target_mac, const u8 *dest)
{
	struct arp_packet *arp;
	struct sk_buff *skb;

	skb = alloc_skb(ETH_HLEN + sizeof(*arp) + NET_IP_ALIGN, GFP_ATOMIC);
	if (!skb) {
		nemu_gw_count(gw, NETEMU_GW_DROP_NO_MEMORY);
		return;
	}
	skb_reserve(skb, ETH_HLEN + NET_IP_ALIGN);
	arp = skb_put_zero(skb, sizeof(*arp));
	arp->head.ar_hrd = htons(ARPHRD_ETHER);
	arp->head.ar_pro = htons(ETH_P_IP);
	arp->head.ar_hln = ETH_ALEN;
	arp->head.ar_pln = sizeof(sender);
	arp->head.ar_op = htons(op);
	nemu_gw_mac(config, arp->sender_mac);
	memcpy(arp->sender_addr, &sender, sizeof(sender));
	memcpy(arp->target_mac, target_mac, ETH_ALEN);
	memcpy(arp->target_addr, &target, sizeof(target));
	nemu_gw_send(gw, skb, ETH_P_ARP, dest);
}

/**
 * nemu_arp_ask() - ask where a guest is
 * @gw: gateway
 * @config: its options
 * @addr: the guest's address
 *
 * Context: RCU read side, BH off.
 */
void nemu_arp_ask(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  __be32 addr)
{
	static const u8 unknown[ETH_ALEN];

	send_arp(gw, config, ARPOP_REQUEST, nemu_gw_self(config), addr, unknown,
		 gw->dev->broadcast);
}

/**
 * nemu_arp_probe() - ask whether somebody has an address (RFC 5227, 2.1.1)
 * @gw: gateway
 * @config: its options
 * @addr: the address
 *
 * Context: RCU read side, BH off.
 */
void nemu_arp_probe(struct nemu_gw *gw, const struct nemu_gw_config *config,
		    __be32 addr)
{
	static const u8 unknown[ETH_ALEN];

	send_arp(gw, config, ARPOP_REQUEST, 0, addr, unknown,
		 gw->dev->broadcast);
}

/* What it says about its sender has to be what its frame says. */
static bool is_valid(const struct arp_packet *arp, const struct ethhdr *eth)
{
	return arp->head.ar_hrd == htons(ARPHRD_ETHER) &&
	       arp->head.ar_pro == htons(ETH_P_IP) &&
	       arp->head.ar_hln == ETH_ALEN &&
	       arp->head.ar_pln == sizeof(arp->sender_addr) &&
	       (arp->head.ar_op == htons(ARPOP_REQUEST) ||
		arp->head.ar_op == htons(ARPOP_REPLY)) &&
	       ether_addr_equal_unaligned(arp->sender_mac, eth->h_source);
}

/* May a station of the network have this address? */
static bool is_station(const struct nemu_gw_config *config, __be32 addr)
{
	return nemu_gw_is_guest(config, addr) ||
	       (config->role != NETEMU_GW_ROLE_NAT && addr == config->gateway);
}

/**
 * nemu_arp_rx() - an ARP packet came from a guest
 * @gw: gateway
 * @config: its options
 * @skb: packet, data behind the Ethernet header; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_arp_rx(struct nemu_gw *gw, const struct nemu_gw_config *config,
		 struct sk_buff *skb)
{
	const struct arp_packet *arp;
	enum netemu_gw_drop drop;
	__be32 sender, target;
	u8 mac[ETH_ALEN];

	if (!pskb_may_pull(skb, sizeof(*arp))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_TRUNCATED);
		return;
	}
	arp = (const struct arp_packet *)skb->data;
	memcpy(&sender, arp->sender_addr, sizeof(sender));
	memcpy(&target, arp->target_addr, sizeof(target));
	if (!is_valid(arp, eth_hdr(skb)) ||
	    (sender && (!is_station(config, sender) ||
			nemu_gw_serves(gw, sender)))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_ARP_INVALID);
		return;
	}
	ether_addr_copy(mac, arp->sender_mac);
	if (sender)
		nemu_dhcp_heard(gw, sender, mac, skb->skb_iif);
	drop = nemu_gw_is_guest(config, sender) ?
	       nemu_guest_heard(gw, sender, mac, skb->skb_iif) :
	       NETEMU_GW_DROP_NONE;
	if (drop) {
		nemu_gw_drop(gw, skb, drop);
		return;
	}
	if (arp->head.ar_op == htons(ARPOP_REQUEST) &&
	    nemu_gw_has(gw, config, target))
		send_arp(gw, config, ARPOP_REPLY, target, sender, mac, mac);
	consume_skb(skb);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The way to the guests: what the gateway says is received by its device, so
 * the switch that it is a port of forwards it.
 */
#include "gateway.h"
#include "../compat.h"

#include <linux/icmp.h>
#include <linux/ip.h>
#include <net/dst.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>

/**
 * nemu_gw_send() - give a guest a frame
 * @gw: gateway
 * @skb: data behind the Ethernet header, with room for it; consumed
 * @protocol: of the data
 * @dest: MAC address
 *
 * Context: RCU read side, BH off.
 */
void nemu_gw_send(struct nemu_gw *gw, struct sk_buff *skb, u16 protocol,
		  const u8 *dest)
{
	const struct nemu_gw_config *config = rcu_dereference(gw->config);
	struct net_device *dev = gw->dev;
	struct ethhdr *eth;

	if (unlikely(!netif_running(dev))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_DOWN);
		return;
	}
	if (unlikely(skb_cow_head(skb, ETH_HLEN))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NO_MEMORY);
		return;
	}
	skb_reset_network_header(skb);
	eth = skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dest);
	nemu_gw_mac(config, eth->h_source);
	eth->h_proto = htons(protocol);
	skb->protocol = eth_type_trans(skb, dev);
	dev_sw_netstats_rx_add(dev, skb->len + ETH_HLEN);
	netif_receive_skb(skb);
}

static void deliver_one(struct nemu_gw *gw, struct sk_buff *skb)
{
	const struct nemu_gw_config *config = rcu_dereference(gw->config);
	__be32 addr = ip_hdr(skb)->daddr;
	u8 mac[ETH_ALEN];

	if (likely(nemu_guest_find(gw, addr, mac))) {
		nemu_gw_send(gw, skb, ETH_P_IP, mac);
		return;
	}
	nemu_arp_ask(gw, config, addr);
	nemu_gw_drop(gw, skb, NETEMU_GW_DROP_NO_GUEST);
}

static unsigned int way_mtu(const struct dst_entry *dst)
{
	return dst->dev->mtu;
}

static struct dst_ops way_ops = {
	.family = AF_UNSPEC,
	.mtu = way_mtu,
};

static int deliver_fragment(struct net *net, struct sock *sk,
			    struct sk_buff *skb)
{
	struct nemu_gw *gw = netdev_priv(skb_dst(skb)->dev);

	skb_dst_drop(skb);
	deliver_one(gw, skb);
	return 0;
}

/* ip_do_fragment() asks the route for the size: give it one for the moment. */
static void deliver_fragments(struct nemu_gw *gw, struct sk_buff *skb)
{
	struct rtable way = { };

	nemu_dst_init(&way.dst, &way_ops);
	way.dst.dev = gw->dev;
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb_dst_set_noref(skb, &way.dst);
	ip_do_fragment(dev_net(gw->dev), NULL, skb, deliver_fragment);
}

/**
 * nemu_gw_deliver() - give a guest an IPv4 packet
 * @gw: gateway
 * @skb: packet for a guest's address, without a route and a connection;
 *	consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_gw_deliver(struct nemu_gw *gw, struct sk_buff *skb)
{
	if (likely(skb_is_gso(skb) || skb->len <= READ_ONCE(gw->dev->mtu)))
		deliver_one(gw, skb);
	else
		deliver_fragments(gw, skb);
}

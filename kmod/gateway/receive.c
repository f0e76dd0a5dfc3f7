// SPDX-License-Identifier: GPL-2.0
/*
 * What guests send to the gateway: the transmit function of its device. A
 * header is believed only after it was checked here.
 */
#include "gateway.h"

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <net/ip.h>

/*
 * A checksum still to be computed lies behind the IPv4 header: the sender, who
 * says where, may be a guest that wants to have something else overwritten.
 */
static bool has_sane_checksum(const struct sk_buff *skb)
{
	int start;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	start = skb_checksum_start_offset(skb);
	return start >= (int)sizeof(struct iphdr) &&
	       start + skb->csum_offset + sizeof(__sum16) <= skb_headlen(skb);
}

/* Checks the IPv4 header and cuts off what the packet does not own. */
static enum netemu_gw_drop check_ip(struct sk_buff *skb)
{
	const struct iphdr *ip;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip)))
		return NETEMU_GW_DROP_TRUNCATED;
	ip = ip_hdr(skb);
	if (ip->version != 4 || ip->ihl < 5)
		return NETEMU_GW_DROP_IP_INVALID;
	/* Source routes and the like are of no use behind a NAT. */
	if (ip->ihl != 5)
		return NETEMU_GW_DROP_IP_OPTIONS;
	len = ntohs(ip->tot_len);
	if (len < sizeof(*ip) || ip_fast_csum(ip, ip->ihl))
		return NETEMU_GW_DROP_IP_INVALID;
	if (skb->len < len)
		return NETEMU_GW_DROP_TRUNCATED;
	/* Nothing follows a large frame that is to be cut into pieces. */
	if (skb_is_gso(skb) && skb->len != len)
		return NETEMU_GW_DROP_IP_INVALID;
	if (pskb_trim_rcsum(skb, len) || !has_sane_checksum(skb))
		return NETEMU_GW_DROP_IP_INVALID;
	return NETEMU_GW_DROP_NONE;
}

static void ip_rx(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  struct sk_buff *skb)
{
	enum netemu_gw_drop drop = check_ip(skb);
	__be32 source;

	if (unlikely(drop)) {
		nemu_gw_drop(gw, skb, drop);
		return;
	}
	if (unlikely(nemu_dhcp_is_request(config, skb))) {
		nemu_dhcp_rx(gw, config, skb);
		return;
	}
	source = ip_hdr(skb)->saddr;
	if (unlikely(!nemu_gw_is_guest(config, source) ||
		     nemu_gw_serves(gw, source))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_SOURCE);
		return;
	}
	/* Before a route is asked for: broadcasts of guests end here. */
	if (unlikely(skb->pkt_type != PACKET_HOST)) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_DESTINATION);
		return;
	}
	drop = nemu_guest_heard(gw, source, eth_hdr(skb)->h_source,
				skb->skb_iif);
	if (unlikely(drop)) {
		nemu_gw_drop(gw, skb, drop);
		return;
	}
	nemu_nat_out(gw, config, skb);
}

/* To the gateway, to all, or to somebody else? */
static bool is_for_us(struct sk_buff *skb, const struct nemu_gw_config *config)
{
	const struct ethhdr *eth = eth_hdr(skb);
	u8 mac[ETH_ALEN];

	nemu_gw_mac(config, mac);
	if (likely(ether_addr_equal(eth->h_dest, mac))) {
		skb->pkt_type = PACKET_HOST;
		return true;
	}
	if (!is_broadcast_ether_addr(eth->h_dest))
		return false;
	skb->pkt_type = PACKET_BROADCAST;
	return true;
}

/**
 * nemu_gw_xmit() - transmit of the gateway's device: a frame from a guest
 * @skb: frame
 * @dev: the device
 */
netdev_tx_t nemu_gw_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nemu_gw *gw = netdev_priv(dev);
	const struct nemu_gw_config *config;

	/* Everything below changes the frame. */
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		nemu_gw_count(gw, NETEMU_GW_DROP_NO_MEMORY);
		return NETDEV_TX_OK;
	}
	rcu_read_lock();
	config = rcu_dereference(gw->config);
	skb_reset_mac_header(skb);
	if (unlikely(!pskb_may_pull(skb, ETH_HLEN))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_TRUNCATED);
		goto out;
	}
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	skb->protocol = eth_hdr(skb)->h_proto;
	if (unlikely(!is_for_us(skb, config))) {
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_OTHER_HOST);
		goto out;
	}
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	if (unlikely(skb_vlan_tag_present(skb)))
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_PROTOCOL);
	else if (likely(skb->protocol == htons(ETH_P_IP)))
		ip_rx(gw, config, skb);
	else if (skb->protocol == htons(ETH_P_ARP))
		nemu_arp_rx(gw, config, skb);
	else
		nemu_gw_drop(gw, skb, NETEMU_GW_DROP_PROTOCOL);
out:
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

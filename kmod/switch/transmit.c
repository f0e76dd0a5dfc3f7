// SPDX-License-Identifier: GPL-2.0
/*
 * The way out: to the device of a port, or up into the host.
 *
 * Everything here runs under RCU with bottom halves off. Frames come with data
 * behind the Ethernet header, as received.
 */
#include "switch.h"
#include "../compat.h"
#include "../drop.h"

#include <linux/if_vlan.h>

static bool oversize(const struct sk_buff *skb, const struct net_device *dev)
{
	unsigned int room = READ_ONCE(dev->mtu);

	/* A tag that lies in the data is not part of what the MTU bounds. */
	if (eth_type_vlan(skb->protocol))
		room += VLAN_HLEN;
	if (likely(skb->len <= room))
		return false;
	/* A large frame is cut into pieces on the way out: do those fit? */
	return !skb_is_gso(skb) || !skb_transport_header_was_set(skb) ||
	       !skb_gso_validate_mac_len(skb, room + ETH_HLEN);
}

/**
 * nemu_port_xmit() - send a frame out of a port
 * @out: any port but the host's
 * @skb: frame; consumed
 */
void nemu_port_xmit(struct nemu_port *out, struct sk_buff *skb)
{
	struct net_device *dev = out->dev;
	int depth;

	if (unlikely(oversize(skb, dev))) {
		nemu_drop(out->stats, skb, NETEMU_DROP_OVERSIZE);
		return;
	}
	skb->dev = dev;
	skb_forward_csum(skb);
	/* More than ETH_HLEN from a VLAN device that keeps its tags. */
	skb_push(skb, -skb_mac_offset(skb));
	/* What completes the checksum looks for it behind the tags. */
	if (unlikely(skb->ip_summed == CHECKSUM_PARTIAL &&
		     eth_type_vlan(skb->protocol))) {
		if (!nemu_vlan_protocol(skb, &depth)) {
			nemu_drop(out->stats, skb, NETEMU_DROP_TRUNCATED);
			return;
		}
		skb_set_network_header(skb, depth);
	}
	skb_clear_tstamp(skb);
	if (unlikely(dev_queue_xmit(skb)))
		nemu_stats_drop(out->stats, NETEMU_DROP_TX_REFUSED);
}

/**
 * nemu_host_rx() - hand a frame to the host, as received by the switch device
 * @sw: switch
 * @skb: frame; consumed
 */
void nemu_host_rx(struct nemu_switch *sw, struct sk_buff *skb)
{
	struct net_device *dev = sw->dev;

	if (unlikely(oversize(skb, dev))) {
		nemu_drop(sw->host.stats, skb, NETEMU_DROP_OVERSIZE);
		return;
	}
	skb->dev = dev;
	if (!is_multicast_ether_addr(eth_hdr(skb)->h_dest))
		skb->pkt_type = ether_addr_equal(eth_hdr(skb)->h_dest,
						 dev->dev_addr) ?
				PACKET_HOST : PACKET_OTHERHOST;
	dev_sw_netstats_rx_add(dev, skb->len + ETH_HLEN);
	netif_receive_skb(skb);
}

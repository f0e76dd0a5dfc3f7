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
#include <linux/jump_label.h>
#include <linux/moduleparam.h>
#include <net/sch_generic.h>
#include <net/xfrm.h>

/*
 * @size bytes lie behind the Ethernet header and are more than the MTU bounds.
 * A tag that lies in the data is not among what it bounds, and a large frame is
 * cut into pieces on the way out: do those fit?
 */
static noinline bool still_fits(const struct sk_buff *skb, unsigned int size,
				unsigned int room)
{
	if (eth_type_vlan(skb->protocol))
		room += VLAN_HLEN;
	if (size <= room)
		return true;
	return skb_is_gso(skb) && skb_transport_header_was_set(skb) &&
	       skb_gso_validate_mac_len(skb, room + ETH_HLEN);
}

static bool fits(const struct sk_buff *skb, unsigned int size,
		 const struct net_device *dev)
{
	unsigned int mtu = READ_ONCE(dev->mtu);

	return likely(size <= mtu) || still_fits(skb, size, mtu);
}

/* What completes the checksum looks for it behind the tags. */
static noinline bool skip_tags(struct sk_buff *skb)
{
	int depth;

	if (!nemu_vlan_protocol(skb, &depth))
		return false;
	skb_set_network_header(skb, depth);
	return true;
}

/*
 * Makes a received frame one to send: data at the Ethernet header. Returns
 * false if the frame is cut short.
 */
static __always_inline bool turn_round(struct sk_buff *skb)
{
	skb_forward_csum(skb);
	/* More than ETH_HLEN from a VLAN device that keeps its tags. */
	__skb_push(skb, -skb_mac_offset(skb));
	skb_clear_tstamp(skb);
	if (likely(skb->ip_summed != CHECKSUM_PARTIAL ||
		   !eth_type_vlan(skb->protocol)))
		return true;
	return skip_tags(skb);
}

static DEFINE_STATIC_KEY_TRUE(straight_key);

static int set_straight(const char *value, const struct kernel_param *param)
{
	bool on;
	int err;

	err = kstrtobool(value, &on);
	if (err)
		return err;
	if (on)
		static_branch_enable(&straight_key);
	else
		static_branch_disable(&straight_key);
	return 0;
}

static int get_straight(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%c\n",
			  static_key_enabled(&straight_key) ? 'Y' : 'N');
}

static const struct kernel_param_ops straight_ops = {
	.set = set_straight,
	.get = get_straight,
};
module_param_cb(straight, &straight_ops, NULL, 0644);
MODULE_PARM_DESC(straight,
		 "Hand frames to a port's driver at once where nothing lies in between (default Y)");

#define NEEDS_MORE	(~(netdev_features_t)0)	/* which no device has */

/*
 * The features that a device needs to have so that dev_queue_xmit() would do
 * nothing with this frame but hand it to the driver. A frame of a socket has a
 * priority and time stamps to see to; below a tag, a label or a tunnel's
 * headers devices can less.
 */
static __always_inline netdev_features_t needs(const struct sk_buff *skb)
{
	netdev_features_t needs = 0;

	if (skb->sk || skb->_skb_refdst || secpath_exists(skb) ||
	    skb_vlan_tag_present(skb) || skb_is_gso(skb) ||
	    skb->encapsulation)
		return NEEDS_MORE;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		needs |= skb->csum_not_inet ? NETIF_F_SCTP_CRC :
					      NETIF_F_HW_CSUM;
	if (skb_is_nonlinear(skb))
		needs |= skb_has_frag_list(skb) ? NETIF_F_FRAGLIST : NETIF_F_SG;
	if (unlikely(needs) && skb->protocol != htons(ETH_P_IP) &&
	    skb->protocol != htons(ETH_P_IPV6))
		return NEEDS_MORE;
	return needs;
}

/*
 * May such a frame go to the driver at once? Only if nobody wants to see it
 * first: asked in the order of dev_queue_xmit() are queues, queueing
 * discipline, tc and nftables at egress, sockets that capture; and how deep
 * devices are stacked already.
 */
static __always_inline bool is_straight(const struct nemu_port *out,
					netdev_features_t needs)
{
	struct net_device *dev = out->dev;
	const struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	return static_branch_likely(&straight_key) &&
	       READ_ONCE(out->flags) & NEMU_PORT_UNLOCKED &&
	       (dev->features & needs) == needs &&
	       READ_ONCE(dev->real_num_tx_queues) == 1 &&
	       !rcu_dereference_bh(txq->qdisc)->enqueue &&
	       (!nemu_netdev_egress_hooked(dev) || nemu_shared_is_free(out)) &&
	       !dev_nit_active(dev) &&
	       !dev_xmit_recursion();
}

/* The last step, as dev_queue_xmit() ends for a device without a queue. */
static int xmit_straight(struct net_device *dev, struct sk_buff *skb)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);
	int ret = NETDEV_TX_BUSY;

	skb_set_queue_mapping(skb, 0);
	nemu_skb_leave_ingress(skb);
	if (likely(!netif_xmit_frozen_or_drv_stopped(txq))) {
		dev_xmit_recursion_inc();
		ret = netdev_start_xmit(skb, dev, txq, false);
		dev_xmit_recursion_dec();
	}
	if (unlikely(!dev_xmit_complete(ret)))
		kfree_skb(skb);
	return ret;
}

static int queue(struct nemu_port *out, struct sk_buff *skb)
{
	if (unlikely(READ_ONCE(out->flags) & NEMU_PORT_SHARED))
		return nemu_shared_queue(out, skb);
	return dev_queue_xmit(skb);
}

/* The frame is turned round; what the administrator put in its way sees it. */
static __always_inline void send(struct nemu_port *out, struct sk_buff *skb,
				 bool straight)
{
	struct net_device *dev = out->dev;
	int ret;

	skb->dev = dev;
	ret = straight ? xmit_straight(dev, skb) : queue(out, skb);
	if (unlikely(ret))
		nemu_stats_drop(out->stats, NETEMU_DROP_TX_REFUSED);
}

/* Returns NULL without memory: the frame is gone then. */
static struct sk_buff *unshare(struct nemu_port *port, struct sk_buff *skb)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb))
		nemu_stats_drop(port->stats, NETEMU_DROP_NO_MEMORY);
	return skb;
}

/*
 * Somebody else still refers to the sk_buff, as pktgen does until its frame is
 * sent: who wants to change it needs one of his own. A veth pair may have it as
 * it is if nothing lies between: it hands on just what its sender put in, so
 * the other end gets what that sender would have given it directly.
 */
static bool may_stay_shared(const struct nemu_port *out,
			    const struct sk_buff *skb, bool straight)
{
	return straight && READ_ONCE(out->flags) & NEMU_PORT_VETH &&
	       !skb_cloned(skb);
}

/**
 * nemu_port_xmit() - send a frame out of one port
 * @out: any port but the host's
 * @skb: frame; consumed
 */
void nemu_port_xmit(struct nemu_port *out, struct sk_buff *skb)
{
	bool straight = is_straight(out, needs(skb));

	if (unlikely(!fits(skb, skb->len, out->dev))) {
		nemu_drop(out->stats, skb, NETEMU_DROP_OVERSIZE);
		return;
	}
	if (unlikely(skb_shared(skb)) && !may_stay_shared(out, skb, straight)) {
		skb = unshare(out, skb);
		if (unlikely(!skb))
			return;
	}
	if (likely(turn_round(skb)))
		send(out, skb, straight);
	else
		nemu_drop(out->stats, skb, NETEMU_DROP_TRUNCATED);
}

/**
 * nemu_flood_begin() - make a frame ready for any number of ports
 * @flood: result, if true
 * @in: where the frame came from; what fails is counted there
 * @skb: frame; consumed if false, else by nemu_flood_end()
 *
 * Return: true if the frame can be sent.
 */
bool nemu_flood_begin(struct nemu_flood *flood, struct nemu_port *in,
		      struct sk_buff *skb)
{
	skb = unshare(in, skb);
	if (unlikely(!skb))
		return false;
	flood->skb = skb;
	flood->size = skb->len;
	flood->needs = needs(skb);
	if (likely(turn_round(skb)))
		return true;
	nemu_drop(in->stats, skb, NETEMU_DROP_TRUNCATED);
	return false;
}

/**
 * nemu_flood_copy() - send a copy out of one port of several
 * @flood: of nemu_flood_begin()
 * @out: any port but the host's
 */
void nemu_flood_copy(const struct nemu_flood *flood, struct nemu_port *out)
{
	struct sk_buff *copy;

	if (unlikely(!fits(flood->skb, flood->size, out->dev))) {
		nemu_stats_drop(out->stats, NETEMU_DROP_OVERSIZE);
		return;
	}
	copy = skb_clone(flood->skb, GFP_ATOMIC);
	if (likely(copy))
		send(out, copy, is_straight(out, flood->needs));
	else
		nemu_stats_drop(out->stats, NETEMU_DROP_NO_MEMORY);
}

/**
 * nemu_flood_end() - send the frame itself out of the last port
 * @flood: of nemu_flood_begin()
 * @out: any port but the host's
 */
void nemu_flood_end(const struct nemu_flood *flood, struct nemu_port *out)
{
	if (likely(fits(flood->skb, flood->size, out->dev)))
		send(out, flood->skb, is_straight(out, flood->needs));
	else
		nemu_drop(out->stats, flood->skb, NETEMU_DROP_OVERSIZE);
}

/**
 * nemu_receive_as() - make a frame one that the host receives from a device
 * @port: port of the device
 * @skb: frame; consumed if NULL is returned
 *
 * Return: the frame to receive, or NULL if the device could not have had it.
 */
struct sk_buff *nemu_receive_as(struct nemu_port *port, struct sk_buff *skb)
{
	struct net_device *dev = port->dev;

	if (unlikely(!fits(skb, skb->len, dev))) {
		nemu_drop(port->stats, skb, NETEMU_DROP_OVERSIZE);
		return NULL;
	}
	skb = unshare(port, skb);
	if (unlikely(!skb))
		return NULL;
	skb->dev = dev;
	if (!is_multicast_ether_addr(eth_hdr(skb)->h_dest))
		skb->pkt_type = ether_addr_equal(eth_hdr(skb)->h_dest,
						 dev->dev_addr) ?
				PACKET_HOST : PACKET_OTHERHOST;
	return skb;
}

/**
 * nemu_host_rx() - hand a frame to the host, as received by the switch device
 * @sw: switch
 * @skb: frame; consumed
 */
void nemu_host_rx(struct nemu_switch *sw, struct sk_buff *skb)
{
	skb = nemu_receive_as(&sw->host, skb);
	if (unlikely(!skb))
		return;
	dev_sw_netstats_rx_add(sw->dev, skb->len + ETH_HLEN);
	netif_receive_skb(skb);
}

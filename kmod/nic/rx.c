// SPDX-License-Identifier: GPL-2.0
/*
 * Frames to the guest: what the host sends out of the net device waits in a
 * bounded backlog, as in a card's packet memory, for the worker to put it into
 * the guest's buffers. The sender is never kept waiting: what finds no room is
 * dropped, and the card says so in its own counters.
 *
 * An emulated card receives plain frames. Super-frames are cut and checksums
 * completed here, by the worker, on the virtual machine's account.
 */
#include "card.h"
#include "../compat.h"

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>

struct nemu_rx {
	struct sk_buff *skb;
	u32 flags;
};

/* What is known of a frame lives in it while it waits for a descriptor. */
struct rx_cb {
	bool summed;	/* so much is sure of TCP and UDP */
};

#define RX_CB(skb)	((struct rx_cb *)(skb)->cb)

void nemu_rx_init(struct nemu_backlog *backlog)
{
	skb_queue_head_init(&backlog->queue);
}

/**
 * nemu_rx_enqueue() - a frame for the guest
 * @card: card
 * @skb: frame, its data at the MAC header; consumed
 *
 * Context: process or softirq.
 * Return: whether it was taken; else it was counted.
 */
bool nemu_rx_enqueue(struct nemu_card *card, struct sk_buff *skb)
{
	struct nemu_backlog *backlog = &card->backlog;
	enum nemu_nic_counter why;

	spin_lock_bh(&backlog->queue.lock);
	if (!backlog->open) {
		why = NEMU_NIC_DROP_CLOSED;
		goto drop;
	}
	if (backlog->bytes + skb->truesize > NEMU_NIC_BACKLOG) {
		atomic_inc(&backlog->missed);
		why = NEMU_NIC_DROP_BACKLOG;
		goto drop;
	}
	backlog->bytes += skb->truesize;
	__skb_queue_tail(&backlog->queue, skb);
	spin_unlock_bh(&backlog->queue.lock);
	nemu_worker_wake(card, NEMU_WAKE_FRAMES);
	return true;

drop:
	spin_unlock_bh(&backlog->queue.lock);
	nemu_nic_count(card, why);
	kfree_skb(skb);
	return false;
}

netdev_tx_t nemu_nic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nemu_nic *nic = netdev_priv(dev);

	/* It may wait as long as the guest likes: nobody else's part in it. */
	if (skb_orphan_frags(skb, GFP_ATOMIC)) {
		nemu_nic_count(nic->card, NEMU_NIC_DROP_PREPARE);
		kfree_skb(skb);
		dev_core_stats_tx_dropped_inc(dev);
		return NETDEV_TX_OK;
	}
	skb_tx_timestamp(skb);
	skb_orphan(skb);
	nf_reset_ct(skb);
	if (!nemu_rx_enqueue(nic->card, skb))
		dev_core_stats_tx_dropped_inc(dev);
	return NETDEV_TX_OK;
}

/**
 * nemu_rx_open() - take frames from now on
 * @card: card, being opened
 */
void nemu_rx_open(struct nemu_card *card)
{
	struct nemu_backlog *backlog = &card->backlog;

	spin_lock_bh(&backlog->queue.lock);
	backlog->open = true;
	backlog->held = false;
	spin_unlock_bh(&backlog->queue.lock);
}

/**
 * nemu_rx_close() - take no more frames
 * @card: card, being closed; a reset follows and drops those that wait
 */
void nemu_rx_close(struct nemu_card *card)
{
	struct nemu_backlog *backlog = &card->backlog;

	spin_lock_bh(&backlog->queue.lock);
	backlog->open = false;
	spin_unlock_bh(&backlog->queue.lock);
}

/* ---- what a model asks -------------------------------------------------- */

void nemu_card_forget(struct nemu_card *card)
{
	struct nemu_backlog *backlog = &card->backlog;
	struct sk_buff_head waiting;

	lockdep_assert_held(&card->ring);
	__skb_queue_head_init(&waiting);
	spin_lock_bh(&backlog->queue.lock);
	backlog->bytes = 0;
	skb_queue_splice_init(&backlog->queue, &waiting);
	spin_unlock_bh(&backlog->queue.lock);
	__skb_queue_purge(&waiting);
	kfree_skb_list(backlog->ready);
	backlog->ready = NULL;
	backlog->held = false;
}

u32 nemu_card_missed(struct nemu_card *card)
{
	atomic_t *missed = &card->backlog.missed;

	return atomic_read(missed) ? atomic_xchg(missed, 0) : 0;
}

u32 nemu_rx_len(const struct nemu_rx *rx)
{
	return rx->skb->len;
}

const u8 *nemu_rx_head(const struct nemu_rx *rx)
{
	return rx->skb->data;
}

u32 nemu_rx_flags(const struct nemu_rx *rx)
{
	return rx->flags;
}

struct rx_copy {
	const struct sk_buff *skb;
	u32 offset;
};

static void copy_frame(void *with, size_t at, void *guest, size_t len)
{
	const struct rx_copy *copy = with;

	/* Within the frame: it can't fail. */
	skb_copy_bits(copy->skb, copy->offset + at, guest, len);
}

int nemu_rx_copy(struct nemu_card *card, struct nemu_rx *rx, u32 offset,
		 u64 addr, u32 len)
{
	struct rx_copy copy = { rx->skb, offset };

	if (offset > rx->skb->len || len > rx->skb->len - offset)
		return -EFAULT;
	return nemu_memory_copy(card, addr, len, true, copy_frame, &copy);
}

/* ---- the worker's part -------------------------------------------------- */

static bool is_l4(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

/* What a card could say of the frame; @summed: so much is sure of TCP and UDP. */
static u32 frame_flags(struct sk_buff *skb, bool summed)
{
	const struct ethhdr *eth = (struct ethhdr *)skb->data;
	const struct ipv6hdr *ip6;
	const struct iphdr *ip;
	u32 flags = 0;

	if (eth->h_proto == htons(ETH_P_IP) &&
	    pskb_may_pull(skb, ETH_HLEN + sizeof(*ip))) {
		ip = (struct iphdr *)(skb->data + ETH_HLEN);
		if (ip->version != 4 || ip->ihl < 5 ||
		    !pskb_may_pull(skb, ETH_HLEN + ip->ihl * 4))
			return 0;
		ip = (struct iphdr *)(skb->data + ETH_HLEN);
		if (ip_fast_csum(ip, ip->ihl))
			return 0;
		flags = NEMU_RX_IP_OK;
		if (summed && !ip_is_fragment(ip) && is_l4(ip->protocol))
			flags |= NEMU_RX_L4_OK;
	} else if (eth->h_proto == htons(ETH_P_IPV6) &&
		   pskb_may_pull(skb, ETH_HLEN + sizeof(*ip6))) {
		ip6 = (struct ipv6hdr *)(skb->data + ETH_HLEN);
		if (summed && is_l4(ip6->nexthdr))
			flags = NEMU_RX_L4_OK;
	}
	return flags;
}

/* Makes plain frames of what the host sent; NULL if that fails. */
static struct sk_buff *cut(struct sk_buff *skb, bool *summed)
{
	struct sk_buff *list;

	*summed = skb->ip_summed == CHECKSUM_PARTIAL ||
		  skb->ip_summed == CHECKSUM_UNNECESSARY;
	if (skb_vlan_tag_present(skb)) {
		skb = __vlan_hwaccel_push_inside(skb);
		if (!skb)
			return NULL;
	}
	skb_reset_mac_header(skb);
	if (skb_is_gso(skb)) {
		list = skb_gso_segment(skb, NETIF_F_SG);
		if (IS_ERR_OR_NULL(list))
			goto err_free;
		consume_skb(skb);
		return list;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_csum_hwoffload_help(skb, 0))
		goto err_free;
	return skb;

err_free:
	kfree_skb(skb);
	return NULL;
}

static struct sk_buff *take(struct nemu_card *card)
{
	struct nemu_backlog *backlog = &card->backlog;
	struct sk_buff *skb;

	spin_lock_bh(&backlog->queue.lock);
	skb = __skb_dequeue(&backlog->queue);
	if (skb)
		backlog->bytes -= skb->truesize;
	spin_unlock_bh(&backlog->queue.lock);
	return skb;
}

/* Puts the next frames into @backlog->ready; false when there is none. */
static bool make_ready(struct nemu_card *card)
{
	struct nemu_backlog *backlog = &card->backlog;
	struct sk_buff *skb;
	bool summed;

	while (!backlog->ready) {
		skb = take(card);
		if (!skb)
			return false;
		backlog->ready = cut(skb, &summed);
		if (!backlog->ready)
			nemu_nic_count(card, NEMU_NIC_DROP_PREPARE);
		for (skb = backlog->ready; skb; skb = skb->next)
			RX_CB(skb)->summed = summed;
	}
	return true;
}

/* The first frame is done with. */
static void drop_ready(struct nemu_backlog *backlog, bool taken)
{
	struct sk_buff *skb = backlog->ready;

	backlog->ready = skb->next;
	skb_mark_not_on_list(skb);
	if (taken)
		consume_skb(skb);
	else
		kfree_skb(skb);
}

/* What a round brought the guest, for the net device's counters */
struct taken {
	unsigned int frames;
	unsigned int bytes;
};

/* Offers the first frame to the model; 0 when it is done with. */
static int offer(struct nemu_card *card, struct taken *taken)
{
	struct nemu_backlog *backlog = &card->backlog;
	struct nemu_rx rx = { .skb = backlog->ready };
	u32 len = rx.skb->len;
	int err;

	if (len < ETH_HLEN || len > card->model->max_frame ||
	    !pskb_may_pull(rx.skb, min_t(u32, len, NEMU_RX_HEAD))) {
		nemu_nic_count(card, NEMU_NIC_DROP_TOO_LONG);
		drop_ready(backlog, false);
		return 0;
	}
	rx.flags = frame_flags(rx.skb, RX_CB(rx.skb)->summed);
	/* One that came back to the card itself was never on the device. */
	if (!rx.skb->dev)
		rx.flags |= NEMU_RX_LOOPBACK;
	err = card->model->receive(card, &rx);
	if (err == -ENOBUFS || err == -EAGAIN)
		return err;
	if (rx.skb->dev) {
		taken->frames++;
		taken->bytes += len;
	}
	drop_ready(backlog, true);
	return 0;
}

static void tell_missed(struct nemu_card *card)
{
	u32 missed = nemu_card_missed(card);

	if (missed)
		card->model->missed(card, missed);
}

/**
 * nemu_rx_run() - offer frames to the model
 * @card: card, open; the ring mutex is held
 * @kicked: the guest may have given new descriptors
 * @budget: at most so many
 *
 * Return: how many it took, or -EAGAIN after a limit of the host.
 */
int nemu_rx_run(struct nemu_card *card, bool kicked, int budget)
{
	struct nemu_backlog *backlog = &card->backlog;
	struct taken taken = {};
	int done, err = 0;

	tell_missed(card);
	if (kicked)
		backlog->held = false;
	if (backlog->held)
		return 0;
	for (done = 0; done < budget && make_ready(card); done++) {
		err = offer(card, &taken);
		if (err) {
			backlog->held = true;
			break;
		}
	}
	card->model->received(card);
	if (taken.frames) {
		local_bh_disable();
		dev_sw_netstats_tx_add(card->dev, taken.frames, taken.bytes);
		local_bh_enable();
	}
	return err == -EAGAIN ? err : done;
}

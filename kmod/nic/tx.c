// SPDX-License-Identifier: GPL-2.0
/*
 * Frames from the guest: out of its memory into a packet buffer, and received
 * from the net device. Whatever the guest asks for is checked against the bytes
 * that were copied, never against its memory, which it may change meanwhile.
 */
#include "card.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/tcp.h>

/* Longer frames are put together of pages. */
#define LINEAR_MAX	2048

/*
 * Shorter ones get memory of their own: as parts of a larger piece they would hold
 * on to much more than they say.
 */
#define FRAG_MIN	1024

static struct sk_buff *build_frame(u32 room)
{
	struct sk_buff *skb;
	void *data;
	u32 size;

	size = SKB_DATA_ALIGN(room) +
	       SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	data = napi_alloc_frag(size);
	if (!data)
		return NULL;
	skb = napi_build_skb(data, size);
	if (!skb)
		skb_free_frag(data);
	return skb;
}

/* From the caches of receiving devices, which are used with BH off. */
static struct sk_buff *alloc_linear(u32 len)
{
	u32 room = NET_SKB_PAD + NET_IP_ALIGN + len;
	struct sk_buff *skb;

	local_bh_disable();
	if (len >= FRAG_MIN)
		skb = build_frame(room);
	else
		skb = __alloc_skb(room, GFP_NOWAIT | __GFP_NOWARN,
				  SKB_ALLOC_NAPI, NUMA_NO_NODE);
	local_bh_enable();
	if (!skb)
		skb = alloc_skb(room, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	skb_put(skb, len);
	return skb;
}

static struct sk_buff *alloc_frame(struct nemu_card *card, u32 len, u32 head)
{
	struct sk_buff *skb;
	int err;

	if (len <= LINEAR_MAX)
		return alloc_linear(len);
	head = max_t(u32, head, 128);
	skb = alloc_skb_with_frags(NET_SKB_PAD + NET_IP_ALIGN + head,
				   len - head, PAGE_ALLOC_COSTLY_ORDER, &err,
				   GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	skb_put(skb, head);
	skb->data_len = len - head;
	skb->len += len - head;
	return skb;
}

struct tx_copy {
	struct sk_buff *skb;
	u32 offset;
};

static void copy_frame(void *with, size_t at, void *guest, size_t len)
{
	const struct tx_copy *copy = with;

	if (!skb_is_nonlinear(copy->skb)) {
		memcpy(copy->skb->data + copy->offset + at, guest, len);
		return;
	}
	/* Within the frame: it can't fail. */
	skb_store_bits(copy->skb, copy->offset + at, guest, len);
}

static int fill_frame(struct nemu_card *card, struct sk_buff *skb,
		      const struct nemu_tx *tx)
{
	struct tx_copy copy = { skb, tx->head_len };
	unsigned int i;
	int err;

	if (tx->head_len)
		skb_store_bits(skb, 0, tx->head, tx->head_len);
	for (i = 0; i < tx->segs; i++) {
		err = nemu_memory_copy(card, tx->seg[i].addr, tx->seg[i].len,
				       false, copy_frame, &copy);
		if (err)
			return err;
		copy.offset += tx->seg[i].len;
	}
	return 0;
}

/* Do the pieces make up the frame? */
static bool is_whole(const struct nemu_tx *tx)
{
	u64 len = tx->head_len;
	unsigned int i;

	if (tx->segs > NEMU_TX_SEGS)
		return false;
	for (i = 0; i < tx->segs; i++)
		len += tx->seg[i].len;
	return len == tx->len && len >= ETH_HLEN && len <= NEMU_TX_LEN;
}

/* The checksum's place is asked for within the frame and its linear part. */
static bool set_csum(struct sk_buff *skb, const struct nemu_tx *tx)
{
	u32 end = (u32)tx->csum_start + tx->csum_offset + sizeof(__sum16);

	return tx->csum_start >= ETH_HLEN && end <= skb->len &&
	       pskb_may_pull(skb, end) &&
	       skb_partial_csum_set(skb, tx->csum_start, tx->csum_offset);
}

static bool set_gso(struct sk_buff *skb, const struct nemu_tx *tx)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	const struct tcphdr *tcp;

	if (!tx->csum || !tx->gso_size ||
	    tx->csum_offset != offsetof(struct tcphdr, check) ||
	    tx->hdr_len < tx->csum_start + sizeof(*tcp) ||
	    tx->hdr_len > skb->len || !pskb_may_pull(skb, tx->hdr_len))
		return false;
	tcp = (struct tcphdr *)(skb->data + tx->csum_start);
	if (tx->csum_start + tcp->doff * 4 != tx->hdr_len)
		return false;
	/* One frame's worth is no super-frame. */
	if (skb->len - tx->hdr_len <= tx->gso_size)
		return true;
	shinfo->gso_size = tx->gso_size;
	shinfo->gso_type = tx->gso == NEMU_GSO_TCPV4 ? SKB_GSO_TCPV4 :
						       SKB_GSO_TCPV6;
	if (tcp->cwr)
		shinfo->gso_type |= SKB_GSO_TCP_ECN;
	/* The stack checks the headers, and counts, before it trusts them. */
	shinfo->gso_type |= SKB_GSO_DODGY;
	shinfo->gso_segs = 0;
	return true;
}

static bool dress(struct sk_buff *skb, const struct nemu_tx *tx)
{
	if (tx->csum && !set_csum(skb, tx))
		return false;
	if (tx->gso != NEMU_GSO_NONE && !set_gso(skb, tx))
		return false;
	if (tx->vlan)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), tx->vlan_tci);
	return true;
}

static void drop(struct nemu_card *card, struct sk_buff *skb,
		 enum nemu_nic_counter why)
{
	nemu_nic_count(card, why);
	dev_core_stats_rx_dropped_inc(card->dev);
	kfree_skb(skb);
}

/**
 * nemu_tx_deliver() - receive from the net device what the guest sent
 * @card: card, the ring mutex is held
 */
void nemu_tx_deliver(struct nemu_card *card)
{
	struct pcpu_sw_netstats *stats;

	lockdep_assert_held(&card->ring);
	if (list_empty(&card->sent))
		return;
	local_bh_disable();
	stats = this_cpu_ptr(card->dev->tstats);
	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->rx_packets, card->sent_frames);
	u64_stats_add(&stats->rx_bytes, card->sent_bytes);
	u64_stats_update_end(&stats->syncp);
	card->sent_frames = 0;
	card->sent_bytes = 0;
	netif_receive_skb_list(&card->sent);
	INIT_LIST_HEAD(&card->sent);
	local_bh_enable();
}

/* From here on the frame is the host's. */
static void hand_on(struct nemu_card *card, struct sk_buff *skb)
{
	struct net_device *dev = card->dev;

	if (!netif_running(dev)) {
		drop(card, skb, NEMU_NIC_DROP_DOWN);
		return;
	}
	card->sent_frames++;
	card->sent_bytes += skb->len;
	skb->protocol = eth_type_trans(skb, dev);
	list_add_tail(&skb->list, &card->sent);
	if (card->sent_frames >= NEMU_NIC_BUDGET) {
		nemu_tx_deliver(card);
		cond_resched();	/* these may have been super-frames */
	}
}

int nemu_card_send(struct nemu_card *card, const struct nemu_tx *tx)
{
	struct sk_buff *skb;
	int err;

	lockdep_assert_held(&card->ring);
	if (!is_whole(tx)) {
		drop(card, NULL, NEMU_NIC_DROP_MALFORMED);
		return 0;
	}
	skb = alloc_frame(card, tx->len, tx->head_len);
	if (!skb) {
		nemu_nic_count(card, NEMU_NIC_NO_MEMORY);
		return -EAGAIN;
	}
	err = fill_frame(card, skb, tx);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	if (tx->dst)
		memcpy(tx->dst, skb->data, ETH_ALEN);
	if (!dress(skb, tx)) {
		drop(card, skb, NEMU_NIC_DROP_MALFORMED);
		return 0;
	}
	if (tx->loopback) {
		skb->protocol = ((struct ethhdr *)skb->data)->h_proto;
		nemu_rx_enqueue(card, skb);
	} else {
		hand_on(card, skb);
	}
	return 0;
}

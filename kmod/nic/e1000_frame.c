// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: a frame on its way out. Its pieces stay in guest memory until it is
 * whole; what the card must look at or change is pulled into tx.head first.
 *
 * Each step can be stopped by a limit of the host (-EAGAIN) and is then taken
 * again from where it was: what is done is noted at once.
 */
#include "e1000.h"

#define MIN_LEN		60	/* TCTL.PSP: 64 with FCS */

/**
 * nemu_e1000_frame_end() - forget the frame
 * @e: card
 */
void nemu_e1000_frame_end(struct nemu_e1000 *e)
{
	struct nemu_e1000_tx *tx = &e->tx;

	tx->open = false;
	tx->whole = false;
	tx->bad = false;
	tx->tse = false;
	tx->vlan = false;
	tx->popts = 0;
	tx->legacy = false;
	tx->len = 0;
	tx->head_len = 0;
	tx->first = 0;
	tx->segs = 0;
	tx->prepared = false;
	tx->cut = false;
	tx->frames = 0;
	tx->sent = 0;
}

/**
 * nemu_e1000_frame_pull() - copy the first bytes of the frame
 * @card: card
 * @e: its state
 * @len: how many are wanted in tx.head; not more than the frame has
 *
 * Return: 0; -EFAULT: a piece is not in guest memory; -EAGAIN.
 */
int nemu_e1000_frame_pull(struct nemu_card *card, struct nemu_e1000 *e, u32 len)
{
	struct nemu_e1000_tx *tx = &e->tx;
	struct nemu_seg *seg;
	u32 n;
	int ret;

	while (tx->head_len < len && tx->first < tx->segs) {
		seg = &tx->seg[tx->first];
		n = min_t(u32, seg->len, len - tx->head_len);
		n = min_t(u32, n, 65536);
		ret = nemu_dma_read(card, seg->addr, tx->head + tx->head_len, n);
		if (ret)
			return ret;
		tx->head_len += n;
		seg->addr += n;
		seg->len -= n;
		if (!seg->len)
			tx->first++;
	}
	if (tx->first == tx->segs) {
		tx->first = 0;
		tx->segs = 0;
	}
	return 0;
}

/**
 * nemu_e1000_frame_add() - a descriptor brought another piece
 * @card: card
 * @e: its state
 * @addr: where it is
 * @len: how long
 *
 * Return: 0; -EAGAIN: it was not added.
 */
int nemu_e1000_frame_add(struct nemu_card *card, struct nemu_e1000 *e, u64 addr,
			 u32 len)
{
	struct nemu_e1000_tx *tx = &e->tx;
	int ret;

	if (!len || tx->bad)
		return 0;
	if (len > (tx->tse ? NEMU_TX_LEN : E1000_TX_LEN_MAX) - tx->len) {
		tx->bad = true;
		return 0;
	}
	if (tx->segs == NEMU_TX_SEGS) {
		ret = nemu_e1000_frame_pull(card, e, tx->len);
		if (ret == -EAGAIN)
			return ret;
		if (ret) {
			tx->bad = true;
			return 0;
		}
	}
	tx->seg[tx->segs].addr = addr;
	tx->seg[tx->segs].len = len;
	tx->segs++;
	tx->len += len;
	return 0;
}

/**
 * nemu_e1000_sum() - the Internet checksum of some bytes
 * @data: bytes
 * @len: how many
 *
 * Return: their sum in one's complement, not inverted.
 */
u16 nemu_e1000_sum(const u8 *data, u32 len)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get_unaligned_be16(data + i);
	if (len & 1)
		sum += data[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/**
 * nemu_e1000_sum_put() - put a checksum in as the card does, 3.5
 * @data: frame
 * @len: its length
 * @start: where the sum starts
 * @at: where it is stored
 * @last: its last byte; 0 = the end of the frame
 *
 * Nothing happens if that does not fit in the frame. Zero, which means "none" in
 * UDP, is stored as its other form.
 */
void nemu_e1000_sum_put(u8 *data, u32 len, u32 start, u32 at, u32 last)
{
	u32 end = last && last < len ? last + 1 : len;
	u16 sum;

	if (at + 2 > len || start >= end)
		return;
	sum = ~nemu_e1000_sum(data + start, end - start);
	put_unaligned_be16(sum ? sum : 0xffff, data + at);
}

/**
 * nemu_e1000_frame_pass() - hand a frame to the core
 * @card: card
 * @e: its state
 * @tx: frame; VLAN and loopback are added
 *
 * Return: as nemu_card_send().
 */
int nemu_e1000_frame_pass(struct nemu_card *card, struct nemu_e1000 *e,
			  struct nemu_tx *tx)
{
	tx->vlan = e->tx.vlan;
	tx->vlan_tci = e->tx.vlan_tci;
	tx->loopback = nemu_e1000_loopback(e);
	/* The cable is out: the frame is lost. */
	if (!tx->loopback && !nemu_e1000_link(e))
		return -EFAULT;
	return nemu_card_send(card, tx);
}

/* A checksum that the core can't be told of is put in here. */
static int sum_here(struct nemu_card *card, struct nemu_e1000 *e, u32 start,
		    u32 at, u32 last)
{
	u32 need = e->tx.len;
	int ret;

	if (last)
		need = min_t(u32, need, max_t(u32, last + 1, at + 2));
	ret = nemu_e1000_frame_pull(card, e, need);
	if (!ret)
		nemu_e1000_sum_put(e->tx.head, e->tx.len, start, at, last);
	return ret;
}

/* Puts in the checksums of a frame that is not segmented, or tells the core to. */
static int checksums(struct nemu_card *card, struct nemu_e1000 *e,
		     struct nemu_tx *out)
{
	const struct nemu_e1000_context *c = &e->tx.context[0];
	struct nemu_e1000_tx *tx = &e->tx;
	u32 start = c->tucss, at = c->tucso, last = c->tucse;
	int ret;

	if (tx->legacy) {
		start = tx->css;
		at = tx->cso;
		last = 0;
	}
	if (tx->popts & E1000_TXD_TXSM) {
		if (!last && at >= start && at + 2 <= tx->len) {
			out->csum = true;
			out->csum_start = start;
			out->csum_offset = at - start;
		} else {
			ret = sum_here(card, e, start, at, last);
			if (ret)
				return ret;
			tx->popts &= ~E1000_TXD_TXSM;
		}
	}
	if (tx->popts & E1000_TXD_IXSM) {
		ret = sum_here(card, e, c->ipcss, c->ipcso, c->ipcse);
		if (ret)
			return ret;
		tx->popts &= ~E1000_TXD_IXSM;
	}
	return 0;
}

static int send_plain(struct nemu_card *card, struct nemu_e1000 *e)
{
	u8 dst[ETH_ALEN] = {};
	struct nemu_tx out = { .head = e->tx.head, .dst = dst };
	struct nemu_e1000_tx *tx = &e->tx;
	int ret = 0;

	if (tx->popts)
		ret = checksums(card, e, &out);
	if (ret)
		return ret;
	/* Zeros more or less make no difference to the checksum. */
	if (tx->len < MIN_LEN && nemu_e1000_get(e, E1000_TCTL) & E1000_TCTL_PSP) {
		ret = nemu_e1000_frame_pull(card, e, tx->len);
		if (ret)
			return ret;
		memset(tx->head + tx->len, 0, MIN_LEN - tx->len);
		tx->len = MIN_LEN;
		tx->head_len = MIN_LEN;
	}
	out.head_len = tx->head_len;
	out.seg = tx->seg + tx->first;
	out.segs = tx->segs - tx->first;
	out.len = tx->len;
	ret = nemu_e1000_frame_pass(card, e, &out);
	if (ret)
		return ret;
	spin_lock(&e->lock);
	nemu_e1000_stat_sent(e, dst,
			     tx->len + E1000_FCS_LEN + (tx->vlan ? 4 : 0), 1);
	spin_unlock(&e->lock);
	return 0;
}

/**
 * nemu_e1000_frame_send() - the frame is whole
 * @card: card
 * @e: its state
 * @budget: frames that may be sent; counted down
 *
 * Return: 0: it is gone, be it that it could not be sent; -EAGAIN; -EINPROGRESS:
 * the budget was used up before all segments were sent.
 */
int nemu_e1000_frame_send(struct nemu_card *card, struct nemu_e1000 *e,
			  int *budget)
{
	int ret = 0;

	if (!e->tx.bad && e->tx.len >= ETH_HLEN) {
		if (e->tx.tse)
			ret = nemu_e1000_tso_send(card, e, budget);
		else
			ret = send_plain(card, e);
		if (ret == -EAGAIN || ret == -EINPROGRESS)
			return ret;
	}
	nemu_e1000_frame_end(e);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the receive ring, section 3.2. Descriptors from the head up to the
 * tail are the card's. A frame is copied into the buffers of as many as it needs
 * before the first of them is handed over: what is stopped half-way is begun
 * again, and the driver has seen nothing.
 */
#include "e1000.h"

#define MIN_LEN		60	/* of a frame on the wire, without FCS */
#define ADDRESSES	(2 * ETH_ALEN)
#define FETCH		32	/* descriptors to read at once */

/**
 * struct delivery - a frame on its way into the ring
 * @rx: frame
 * @len: its length as the core has it
 * @strip: its VLAN tag goes into the descriptor
 * @tci: that
 * @status: status of its last descriptor
 * @size: bytes that are stored
 * @total: the same with FCS, if drivers see that; its bytes are not written
 * @buffer: bytes that a descriptor takes
 * @ring: descriptors of the ring
 * @head: first that is the card's
 * @avail: how many are
 * @used: how many the frame takes
 */
struct delivery {
	struct nemu_rx *rx;
	u32 len;
	bool strip;
	u16 tci;
	u8 status;
	u32 size;
	u32 total;
	u32 buffer;
	u32 ring;
	u32 head;
	u32 avail;
	u32 used;
};

/**
 * nemu_e1000_rx_ring_changed() - what was read of the ring is stale
 * @e: card
 */
void nemu_e1000_rx_ring_changed(struct nemu_e1000 *e)
{
	e->rx.ready = 0;
	e->rx.next = 0;
	e->rx.starved = false;
}

/**
 * nemu_e1000_rx_tail() - the driver gave descriptors
 * @card: card
 * @e: its state
 *
 * No lock: the other half is in wait_for_descs().
 */
void nemu_e1000_rx_tail(struct nemu_card *card, struct nemu_e1000 *e)
{
	smp_mb();	/* the tail is written before the flag is read */
	if (READ_ONCE(e->rx.waiting)) {
		WRITE_ONCE(e->rx.waiting, false);
		nemu_card_kick(card);
	}
}

/* 13.4.22: RCTL.BSIZE and BSEX */
static u32 buffer_size(u32 rctl)
{
	u32 size = 2048 >> (rctl >> E1000_RCTL_BSIZE_SHIFT & 3);

	/* 2048 has no larger form. */
	return rctl & E1000_RCTL_BSEX && size < 2048 ? size * 16 : size;
}

static u64 ring_base(const struct nemu_e1000 *e)
{
	return nemu_e1000_get(e, E1000_RDBAL) |
	       (u64)nemu_e1000_get(e, E1000_RDBAH) << 32;
}

/* False: the ring can't be. */
static bool look_at_ring(const struct nemu_e1000 *e, struct delivery *d)
{
	u32 tail = nemu_e1000_get(e, E1000_RDT);

	smp_rmb();	/* the tail is read before the descriptors in front of it */
	d->ring = nemu_e1000_get(e, E1000_RDLEN) / E1000_DESC_SIZE;
	d->head = nemu_e1000_get(e, E1000_RDH);
	if (d->head >= d->ring || tail >= d->ring)
		return false;
	d->avail = tail >= d->head ? tail - d->head : d->ring - d->head + tail;
	return true;
}

/* Makes descriptor @i of those in front of the tail ready to be looked at. */
static int fetch(struct nemu_card *card, struct nemu_e1000 *e,
		 const struct delivery *d, u32 i)
{
	struct nemu_e1000_rx *r = &e->rx;
	u32 at, n;
	int ret;

	if (r->next + i < r->ready)
		return 0;
	if (r->next) {
		r->ready -= r->next;
		memmove(r->desc, r->desc + r->next * E1000_DESC_SIZE,
			r->ready * E1000_DESC_SIZE);
		r->next = 0;
	}
	if (r->ready == E1000_RX_DESCS)
		return -ENOSPC;
	at = (d->head + r->ready) % d->ring;
	n = min_t(u32, d->avail - r->ready, FETCH);
	n = min_t(u32, n, d->ring - at);
	n = min_t(u32, n, E1000_RX_DESCS - r->ready);
	ret = nemu_dma_read(card, ring_base(e) + at * E1000_DESC_SIZE,
			    r->desc + r->ready * E1000_DESC_SIZE,
			    n * E1000_DESC_SIZE);
	if (!ret)
		r->ready += n;
	return ret;
}

static u64 buffer_of(const struct nemu_e1000 *e, u32 i)
{
	return get_unaligned_le64(e->rx.desc + (e->rx.next + i) * E1000_DESC_SIZE);
}

/*
 * Stores bytes of what the driver gets, from @offset on: the frame, perhaps
 * without its tag, perhaps padded. A buffer that is not in guest memory takes
 * nothing and is full all the same.
 */
static int copy(struct nemu_card *card, const struct delivery *d, u32 offset,
		u64 addr, u32 n)
{
	static const u8 zeros[MIN_LEN];
	u32 from, part;
	int ret;

	while (n) {
		part = n;
		from = offset;
		if (d->strip && offset < ADDRESSES)
			part = min_t(u32, part, ADDRESSES - offset);
		else if (d->strip)
			from += 4;
		if (from < d->len) {
			part = min_t(u32, part, d->len - from);
			ret = nemu_rx_copy(card, d->rx, from, addr, part);
		} else {
			part = min_t(u32, part, MIN_LEN);
			ret = nemu_dma_write(card, addr, zeros, part);
		}
		if (ret == -EAGAIN)
			return ret;
		offset += part;
		addr += part;
		n -= part;
	}
	return 0;
}

/* -ENOBUFS: there are not enough descriptors; -ENOSPC: it takes too many. */
static int fill_buffers(struct nemu_card *card, struct nemu_e1000 *e,
			struct delivery *d)
{
	u32 offset = 0, n;
	int ret = 0;
	u64 addr;

	for (d->used = 0; offset < d->total; d->used++) {
		if (d->used == d->avail)
			return -ENOBUFS;
		ret = fetch(card, e, d, d->used);
		if (ret)
			return ret;
		/* 3.2.5: a descriptor without a buffer is passed over. */
		addr = buffer_of(e, d->used);
		if (!addr)
			continue;
		n = min_t(u32, d->buffer, d->total - offset);
		if (offset < d->size)
			ret = copy(card, d, offset, addr, min_t(u32, n, d->size - offset));
		if (ret)
			return ret;
		offset += n;
	}
	return 0;
}

/* The driver gets the descriptors, one after the other, then the head. */
static void hand_over(struct nemu_card *card, struct nemu_e1000 *e,
		      const struct delivery *d)
{
	u32 rest = d->total, at = d->head, i, n;
	u64 high, status;

	for (i = 0; i < d->used; i++) {
		if (buffer_of(e, i)) {
			n = min_t(u32, d->buffer, rest);
			rest -= n;
			status = rest ? E1000_RXD_DD : d->status;
			high = n | status << E1000_RXD_STATUS_SHIFT |
			       (u64)d->tci << E1000_RXD_SPECIAL_SHIFT;
		} else {
			high = get_unaligned_le64(e->rx.desc + 8 +
						  (e->rx.next + i) * E1000_DESC_SIZE);
			high |= (u64)E1000_RXD_DD << E1000_RXD_STATUS_SHIFT;
		}
		nemu_dma_store64(card, ring_base(e) + at * E1000_DESC_SIZE + 8, high);
		at = at + 1 == d->ring ? 0 : at + 1;
	}
	e->rx.next += d->used;
	nemu_e1000_set_head(e, E1000_RDH, at);
}

/* Counts, and notes what the driver is to be told. */
static void finish(struct nemu_e1000 *e, const struct delivery *d, const u8 *dst)
{
	u32 rctl = nemu_e1000_get(e, E1000_RCTL), threshold, wire;

	threshold = d->ring >> (1 + min_t(u32, rctl >> E1000_RCTL_RDMTS_SHIFT & 3, 2));
	wire = max_t(u32, d->len, MIN_LEN) + E1000_FCS_LEN;
	spin_lock(&e->lock);
	nemu_e1000_stat_received(e, dst, wire);
	spin_unlock(&e->lock);
	e->rx.arrived = true;
	if (d->avail > threshold && d->avail - d->used <= threshold)
		e->rx.causes |= E1000_ICR_RXDMT0;
	if (wire <= nemu_e1000_get(e, E1000_RSRPD))
		e->rx.causes |= E1000_ICR_SRPD;
}

static int drop(struct nemu_e1000 *e, u32 counter)
{
	spin_lock(&e->lock);
	nemu_e1000_stat_add(e, counter, 1);
	spin_unlock(&e->lock);
	return 0;
}

/* The core keeps the frame, as the card's packet memory would. */
static int wait_for_descs(struct nemu_card *card, struct nemu_e1000 *e,
			  const struct delivery *d)
{
	struct delivery now;

	if (!e->rx.starved) {
		e->rx.starved = true;
		drop(e, E1000_RNBC);
	}
	WRITE_ONCE(e->rx.waiting, true);
	smp_mb();	/* the flag is written before the tail is read */
	if (!look_at_ring(e, &now) || now.avail != d->avail)
		nemu_card_kick(card);
	return -ENOBUFS;
}

static int deliver(struct nemu_card *card, struct nemu_e1000 *e,
		   struct delivery *d, const u8 *dst)
{
	int ret;

	if (!look_at_ring(e, d))
		return drop(e, E1000_MPC);
	ret = fill_buffers(card, e, d);
	if (ret == -EAGAIN)
		return ret;
	/* Who gave half of the ring, and has not enough, never will. */
	if (ret == -ENOBUFS && d->avail * 2 < d->ring)
		return wait_for_descs(card, e, d);
	if (ret)
		return drop(e, E1000_MPC);
	e->rx.starved = false;
	hand_over(card, e, d);
	finish(e, d, dst);
	return 0;
}

/* 8.7.4: MAC control frames, PAUSE among them. True: it is not for the driver. */
static bool is_control(struct nemu_e1000 *e, const u8 *frame)
{
	u32 rctl = nemu_e1000_get(e, E1000_RCTL), counter;

	if (get_unaligned_be16(frame + 12) != E1000_MAC_CONTROL)
		return false;
	if (get_unaligned_be16(frame + 14) != E1000_PAUSE)
		return !(rctl & E1000_RCTL_PMCF);
	if (!(nemu_e1000_get(e, E1000_CTRL) & E1000_CTRL_RFCE))
		counter = E1000_FCRUC;
	else if (get_unaligned_be16(frame + 16))
		counter = E1000_XOFFRXC;
	else
		counter = E1000_XONRXC;
	drop(e, counter);
	return rctl & E1000_RCTL_DPF;
}

/* 3.2.3 and 13.4.47: what was found out about checksums */
static u8 checksum_status(const struct nemu_e1000 *e, u32 known)
{
	u32 rxcsum = nemu_e1000_get(e, E1000_RXCSUM);
	u8 status = 0;

	if (known & NEMU_RX_IP_OK && rxcsum & E1000_RXCSUM_IPOFL)
		status |= E1000_RXD_IPCS;
	if (known & NEMU_RX_L4_OK && rxcsum & E1000_RXCSUM_TUOFL)
		status |= E1000_RXD_TCPCS;
	return status ? status : E1000_RXD_IXSM;
}

static bool hears(const struct nemu_e1000 *e, const struct nemu_rx *rx)
{
	bool own = nemu_rx_flags(rx) & NEMU_RX_LOOPBACK;

	return nemu_e1000_get(e, E1000_RCTL) & E1000_RCTL_EN &&
	       own == nemu_e1000_loopback(e) && (own || nemu_e1000_link(e));
}

static bool is_oversize(u32 rctl, u32 wire)
{
	if (wire > E1000_RX_LONG_MAX)
		return true;
	return wire > E1000_RX_LEN_MAX && !(rctl & (E1000_RCTL_LPE | E1000_RCTL_SBP));
}

/**
 * nemu_e1000_receive() - a frame for the driver
 * @card: card
 * @rx: frame
 *
 * Return: as &nemu_model.receive.
 */
int nemu_e1000_receive(struct nemu_card *card, struct nemu_rx *rx)
{
	struct nemu_e1000 *e = nemu_card_state(card);
	u32 rctl = nemu_e1000_get(e, E1000_RCTL);
	struct delivery d = { .rx = rx, .len = nemu_rx_len(rx) };
	u8 first[ETH_HLEN + 4] = {};
	enum nemu_e1000_match match;

	if (!hears(e, rx))
		return 0;
	if (is_oversize(rctl, d.len + E1000_FCS_LEN))
		return drop(e, E1000_ROC);
	memcpy(first, nemu_rx_head(rx), min_t(u32, d.len, sizeof(first)));
	match = nemu_e1000_filter(e, first);
	if (is_control(e, first) || match == E1000_MATCH_NONE)
		return 0;
	d.status = E1000_RXD_DD | E1000_RXD_EOP | checksum_status(e, nemu_rx_flags(rx));
	if (match == E1000_MATCH_INEXACT)
		d.status |= E1000_RXD_PIF;
	d.size = max_t(u32, d.len, MIN_LEN);
	if (nemu_e1000_get(e, E1000_CTRL) & E1000_CTRL_VME &&
	    nemu_e1000_is_vlan(e, first, d.len)) {
		d.strip = true;
		d.tci = get_unaligned_be16(first + 14);
		d.status |= E1000_RXD_VP;
		d.size -= 4;
	}
	d.total = d.size + (rctl & E1000_RCTL_SECRC ? 0 : E1000_FCS_LEN);
	d.buffer = buffer_size(rctl);
	return deliver(card, e, &d, first);
}

/**
 * nemu_e1000_received() - tell the driver of all that came
 * @card: card
 *
 * Once for many frames: a driver that was woken for the first of them would find no
 * more than that.
 */
void nemu_e1000_received(struct nemu_card *card)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	if (!e->rx.arrived)
		return;
	nemu_e1000_show_head(e, E1000_RDH);
	spin_lock(&e->lock);
	nemu_e1000_irq_delay(card, e, E1000_TIMER_RX);
	if (e->rx.causes)
		nemu_e1000_irq_cause(card, e, e->rx.causes);
	spin_unlock(&e->lock);
	e->rx.arrived = false;
	e->rx.causes = 0;
}

static void count_missed(struct nemu_card *card, struct nemu_e1000 *e, u32 frames)
{
	nemu_e1000_stat_add(e, E1000_MPC, frames);
	nemu_e1000_irq_cause(card, e, E1000_ICR_RXO);
}

/**
 * nemu_e1000_missed() - frames were lost for want of packet memory, 13.7.5
 * @card: card
 * @frames: how many
 */
void nemu_e1000_missed(struct nemu_card *card, u32 frames)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	spin_lock(&e->lock);
	count_missed(card, e, frames);
	spin_unlock(&e->lock);
}

/**
 * nemu_e1000_mpc_load() - the driver asks how many frames were lost
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Nobody may have come to tell of the last of them, as nothing else has to be done
 * while the ring is empty.
 *
 * Return: MPC, which is cleared.
 */
u32 nemu_e1000_mpc_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	u32 frames = nemu_card_missed(card);

	if (frames)
		count_missed(card, e, frames);
	return nemu_e1000_stat_load(card, e, offset);
}

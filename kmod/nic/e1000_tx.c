// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the transmit ring, sections 3.3 and 3.4. Descriptors from the head up
 * to the tail are the card's; each is read once.
 */
#include "e1000.h"

/**
 * nemu_e1000_tx_ring_changed() - what was read of the ring is stale
 * @e: card
 *
 * The driver has begun anew: what was half a frame never will be whole.
 */
void nemu_e1000_tx_ring_changed(struct nemu_e1000 *e)
{
	nemu_e1000_frame_end(e);
	e->tx.cached = 0;
	e->tx.next = 0;
}

/**
 * nemu_e1000_tx_reset() - forget everything
 * @e: card
 */
void nemu_e1000_tx_reset(struct nemu_e1000 *e)
{
	memset(e->tx.context, 0, sizeof(e->tx.context));
	nemu_e1000_tx_ring_changed(e);
}

static u64 ring_base(const struct nemu_e1000 *e)
{
	return nemu_e1000_get(e, E1000_TDBAL) |
	       (u64)nemu_e1000_get(e, E1000_TDBAH) << 32;
}

/* Reads descriptors ahead, up to the tail or the end of the ring. */
static int fetch(struct nemu_card *card, struct nemu_e1000 *e, u32 head, u32 tail,
		 u32 size)
{
	u32 n = (tail < head ? size : tail) - head;
	int ret;

	n = min_t(u32, n, E1000_TX_CACHE);
	ret = nemu_dma_read(card, ring_base(e) + head * E1000_DESC_SIZE,
			    e->tx.desc, n * E1000_DESC_SIZE);
	if (ret)
		return ret;
	e->tx.next = 0;
	e->tx.cached = n;
	return 0;
}

/* 3.3.6: there is one context for checksums and one for segmentation. */
static void set_context(struct nemu_e1000 *e, u64 low, u64 high)
{
	struct nemu_e1000_context *c;

	c = &e->tx.context[high & E1000_TXD_TSE ? 1 : 0];
	c->ipcss = low;
	c->ipcso = low >> 8;
	c->ipcse = low >> 16;
	c->tucss = low >> 32;
	c->tucso = low >> 40;
	c->tucse = low >> 48;
	c->tcp = high & E1000_TXD_TCP;
	c->ip = high & E1000_TXD_IP;
	c->hdr_len = high >> (32 + E1000_TXD_HDRLEN_SHIFT);
	c->mss = high >> 48;
}

/* What the first descriptor of a frame says, counts for all of it. */
static void open_frame(struct nemu_e1000_tx *tx, u32 lower, u32 upper)
{
	tx->open = true;
	tx->legacy = !(lower & E1000_TXD_DEXT);
	if (tx->legacy)
		return;
	tx->tse = lower & E1000_TXD_TSE;
	tx->popts = upper >> E1000_TXD_POPTS_SHIFT &
		    (E1000_TXD_IXSM | E1000_TXD_TXSM);
}

/* 3.3.3: legacy descriptors ask for the checksum at the end of the frame. */
static void close_frame(struct nemu_e1000_tx *tx, u32 lower, u32 upper)
{
	if (!tx->legacy || !(lower & E1000_TXD_IC))
		return;
	tx->popts = E1000_TXD_TXSM;
	tx->cso = lower >> E1000_TXD_CSO_SHIFT;
	tx->css = upper >> E1000_TXD_CSS_SHIFT;
}

/* One descriptor. 0: it is done; -EAGAIN, -EINPROGRESS: not yet. */
static int process(struct nemu_card *card, struct nemu_e1000 *e, u64 addr,
		   u64 high, int *budget)
{
	struct nemu_e1000_tx *tx = &e->tx;
	u32 lower = high, upper = high >> 32, len;
	int ret;

	if (lower & E1000_TXD_DEXT &&
	    (lower & E1000_TXD_TYPE) != E1000_TXD_TYPE_DATA) {
		if (!(lower & E1000_TXD_TYPE))
			set_context(e, addr, high);
		return 0;
	}
	/* A frame that could not be sent at once is complete already. */
	if (!tx->whole) {
		if (!tx->open)
			open_frame(tx, lower, upper);
		len = lower & (lower & E1000_TXD_DEXT ? E1000_TXD_LEN :
			       E1000_TXD_LEN_LEGACY);
		ret = nemu_e1000_frame_add(card, e, addr, len);
		if (ret)
			return ret;
		if (lower & E1000_TXD_VLE &&
		    nemu_e1000_get(e, E1000_CTRL) & E1000_CTRL_VME) {
			tx->vlan = true;
			tx->vlan_tci = upper >> E1000_TXD_SPECIAL_SHIFT;
		}
		if (!(lower & E1000_TXD_EOP))
			return 0;
		close_frame(tx, lower, upper);
		tx->whole = true;
	}
	return nemu_e1000_frame_send(card, e, budget);
}

/* 3.3.3: reports the descriptor done if it asks for that. */
static bool write_back(struct nemu_card *card, struct nemu_e1000 *e, u32 head,
		       u64 high)
{
	if (!(high & E1000_TXD_RS))
		return false;
	high |= (u64)E1000_TXD_DD << 32;
	/* Without such memory there is nobody to be told. */
	nemu_dma_store64(card, ring_base(e) + head * E1000_DESC_SIZE + 8, high);
	return true;
}

/* What the descriptors of one round have to say to the driver */
struct report {
	bool now;	/* TXDW at once */
	bool later;	/* TXDW may wait */
	bool low;	/* few are left */
	bool empty;	/* none */
};

static void tell(struct nemu_card *card, struct nemu_e1000 *e,
		 const struct report *report)
{
	u32 causes = 0;

	if (report->now)
		causes |= E1000_ICR_TXDW;
	if (report->low)
		causes |= E1000_ICR_TXD_LOW;
	if (report->empty)
		causes |= E1000_ICR_TXQE;
	spin_lock(&e->lock);
	if (report->later && !report->now)
		nemu_e1000_irq_delay(card, e, E1000_TIMER_TX);
	if (causes)
		nemu_e1000_irq_cause(card, e, causes);
	spin_unlock(&e->lock);
}

static int next_desc(struct nemu_card *card, struct nemu_e1000 *e, u32 head,
		     u32 size, struct report *report, int *budget)
{
	const u8 *desc = e->tx.desc + e->tx.next * E1000_DESC_SIZE;
	u64 low = get_unaligned_le64(desc), high = get_unaligned_le64(desc + 8);
	int ret;

	ret = process(card, e, low, high, budget);
	if (ret)
		return ret;
	if (write_back(card, e, head, high)) {
		if (high & E1000_TXD_IDE)
			report->later = true;
		else
			report->now = true;
	}
	e->tx.next++;
	nemu_e1000_set_head(e, E1000_TDH, head + 1 == size ? 0 : head + 1);
	return 0;
}

static u32 pending(const struct nemu_e1000 *e, u32 size)
{
	u32 head = nemu_e1000_get(e, E1000_TDH), tail = nemu_e1000_get(e, E1000_TDT);

	return tail >= head ? tail - head : size - head + tail;
}

/**
 * nemu_e1000_work() - transmit what is in the ring
 * @card: card
 * @budget: descriptors, or frames where one makes many
 *
 * A ring that can't be, because head or tail are beyond its end or because there
 * is no such memory, stands still.
 *
 * Return: as &nemu_model.work.
 */
int nemu_e1000_work(struct nemu_card *card, int budget)
{
	struct nemu_e1000 *e = nemu_card_state(card);
	u32 size = nemu_e1000_get(e, E1000_TDLEN) / E1000_DESC_SIZE;
	u32 threshold = 8 * (nemu_e1000_get(e, E1000_TXDCTL) >> E1000_TXDCTL_LWTHRESH_SHIFT);
	struct report report = {};
	int left = budget, ret = 0;
	u32 head, tail, before;

	if (!(nemu_e1000_get(e, E1000_TCTL) & E1000_TCTL_EN))
		return 0;
	before = pending(e, size);
	for (;;) {
		head = nemu_e1000_get(e, E1000_TDH);
		tail = nemu_e1000_get(e, E1000_TDT);
		smp_rmb();	/* the tail is read before the descriptors in front of it */
		if (head >= size || tail >= size)
			break;
		if (head == tail) {
			report.empty = left < budget;
			break;
		}
		if (left <= 0) {
			ret = -EINPROGRESS;
			break;
		}
		left--;
		if (e->tx.next == e->tx.cached)
			ret = fetch(card, e, head, tail, size);
		if (!ret)
			ret = next_desc(card, e, head, size, &report, &left);
		if (ret == -EFAULT)
			left++;
		if (ret)
			break;
	}
	nemu_e1000_show_head(e, E1000_TDH);
	report.low = before > threshold && pending(e, size) <= threshold;
	tell(card, e, &report);
	if (ret == -EAGAIN)
		return ret;
	return ret == -EINPROGRESS ? budget : budget - left;
}

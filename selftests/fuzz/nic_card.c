// SPDX-License-Identifier: GPL-2.0
/* The core of a card, for user space. */
#include "nic_card.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>

void *nemu_card_state(struct nemu_card *card)
{
	return card->state;
}

void nemu_card_lock(struct nemu_card *card)
{
	assert(!card->locked);
	card->locked = true;
}

void nemu_card_unlock(struct nemu_card *card)
{
	assert(card->locked);
	card->locked = false;
}

/* May this access be? Those of length 0 touch nothing. */
static int check_access(struct nemu_card *card, u64 addr, size_t len)
{
	assert(card->locked);
	assert(len <= 65536);
	if (card->again_every && ++card->accesses % card->again_every == 0)
		return -EAGAIN;
	if (card->no_master || addr > CARD_MEMORY || len > CARD_MEMORY - addr)
		return -EFAULT;
	return 0;
}

int nemu_dma_read(struct nemu_card *card, u64 addr, void *to, size_t len)
{
	int ret = check_access(card, addr, len);

	if (!ret)
		memcpy(to, card->memory + addr, len);
	return ret;
}

int nemu_dma_write(struct nemu_card *card, u64 addr, const void *from, size_t len)
{
	int ret = check_access(card, addr, len);

	if (!ret)
		memcpy(card->memory + addr, from, len);
	return ret;
}

int nemu_dma_store64(struct nemu_card *card, u64 addr, u64 value)
{
	value = cpu_to_le64(value);
	assert(addr % 8 == 0);
	return nemu_dma_write(card, addr, &value, sizeof(value));
}

void nemu_card_irq(struct nemu_card *card, bool level)
{
	assert(card->line != level);
	card->line = level;
	if (level)
		card->rises++;
	else
		card->falls++;
}

void nemu_card_kick(struct nemu_card *card)
{
	card->kicked = true;
}

void nemu_card_transmit(struct nemu_card *card)
{
	nemu_card_kick(card);
}

void nemu_card_timer(struct nemu_card *card, unsigned int index, u64 ns)
{
	assert(index < card->model->timers && index < CARD_TIMERS);
	card->timer[index] = ns ? card->now + ns : 0;
}

u64 nemu_card_now(struct nemu_card *card)
{
	return card->now;
}

bool nemu_card_link(struct nemu_card *card)
{
	return card->link;
}

void nemu_card_forget(struct nemu_card *card)
{
	unsigned int i;

	assert(card->locked);
	for (i = 0; i < card->looped_count; i++)
		free(card->looped[i].data);
	card->looped_count = 0;
	card->forgotten++;
}

u32 nemu_card_missed(struct nemu_card *card)
{
	u32 missed = card->missed;

	card->missed = 0;
	return missed;
}

u64 nemu_card_autoneg(struct nemu_card *card)
{
	return card->autoneg;
}

u32 *nemu_card_window(struct nemu_card *card)
{
	return card->window;
}

bool nemu_card_is_shared(const struct nemu_card *card)
{
	return card->shared;
}

void nemu_card_trapped(struct nemu_card *card, unsigned int index)
{
	assert(index < NEMU_TRAPS && card->model->traps[index]);
	card->trapped[index]++;
}

u32 nemu_rx_len(const struct nemu_rx *rx)
{
	return rx->len;
}

const u8 *nemu_rx_head(const struct nemu_rx *rx)
{
	return rx->data;
}

u32 nemu_rx_flags(const struct nemu_rx *rx)
{
	return rx->flags;
}

int nemu_rx_copy(struct nemu_card *card, struct nemu_rx *rx, u32 offset, u64 addr,
		 u32 len)
{
	assert(offset <= rx->len && len <= rx->len - offset);
	return nemu_dma_write(card, addr, rx->data + offset, len);
}

/* ---- what the core does to frames from the guest ------------------------- */

u16 card_sum(const u8 *data, u32 len, u32 start)
{
	u32 sum = 0, i;

	for (i = start; i < len; i++)
		sum += (i - start) & 1 ? data[i] : data[i] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	return sum + (sum >> 16);
}

static void keep(struct nemu_card *card, const struct nemu_tx *tx,
		 const u8 *data, u32 len)
{
	struct card_frame *frame;
	u32 tag = tx->vlan ? 4 : 0;

	if (tx->loopback) {
		if (card->looped_count == CARD_FRAMES)
			return;
		frame = &card->looped[card->looped_count++];
	} else {
		if (card->sent_count == CARD_FRAMES)
			return;
		frame = &card->sent[card->sent_count++];
	}
	frame->len = len + tag;
	frame->data = malloc(len + tag);
	assert(frame->data);
	memcpy(frame->data, data, 2 * ETH_ALEN);
	memcpy(frame->data + 2 * ETH_ALEN + tag, data + 2 * ETH_ALEN, len - 2 * ETH_ALEN);
	if (tag) {
		put_unaligned_be16(ETH_P_8021Q, frame->data + 12);
		put_unaligned_be16(tx->vlan_tci, frame->data + 14);
	}
	frame->csum = tx->csum;
	frame->gso = tx->gso;
	frame->gso_size = tx->gso_size;
	frame->vlan = tx->vlan;
}

static void put_sum(const struct nemu_tx *tx, u8 *data, u32 len)
{
	u16 sum = ~card_sum(data, len, tx->csum_start);

	put_unaligned_be16(sum ? sum : 0xffff, data + tx->csum_start + tx->csum_offset);
}

static void add16(u8 *p, u16 n)
{
	u32 sum = get_unaligned_be16(p) + n;

	put_unaligned_be16((sum & 0xffff) + (sum >> 16), p);
}

/* As the host's stack does it, from headers that are right for the whole. */
static void segment(struct nemu_card *card, const struct nemu_tx *tx,
		    const u8 *data)
{
	u32 at = tx->hdr_len, n, tcp = tx->csum_start, ip = ETH_HLEN, i = 0;
	static u8 frame[CARD_FRAME_MAX];

	assert(tx->csum && tx->gso_size && tx->hdr_len > tcp + 19);
	assert(tx->len > tx->hdr_len && tx->head_len >= tx->hdr_len);
	if (get_unaligned_be16(data + 12) == ETH_P_8021Q)
		ip += 4;
	for (; at < tx->len; at += n, i++) {
		n = min_t(u32, tx->gso_size, tx->len - at);
		memcpy(frame, data, tx->hdr_len);
		memcpy(frame + tx->hdr_len, data + at, n);
		if (tx->gso == NEMU_GSO_TCPV4) {
			put_unaligned_be16(tx->hdr_len - ip + n, frame + ip + 2);
			add16(frame + ip + 4, i);
			put_unaligned_be16(0, frame + ip + 10);
			put_unaligned_be16(~card_sum(frame, tcp, ip), frame + ip + 10);
		} else {
			put_unaligned_be16(tx->hdr_len - tcp + n, frame + ip + 4);
		}
		put_unaligned_be32(get_unaligned_be32(data + tcp + 4) + at - tx->hdr_len,
				   frame + tcp + 4);
		if (at + n < tx->len)
			frame[tcp + 13] &= ~9;
		/* The pseudo header's length is that of this frame. */
		add16(frame + tcp + 16, ~(tx->len - tcp));
		add16(frame + tcp + 16, tx->hdr_len - tcp + n);
		put_sum(tx, frame, tx->hdr_len + n);
		keep(card, tx, frame, tx->hdr_len + n);
	}
}

int nemu_card_send(struct nemu_card *card, const struct nemu_tx *tx)
{
	static u8 data[CARD_FRAME_MAX];
	u32 len = tx->head_len;
	unsigned int i;
	int ret;

	assert(tx->head_len <= tx->len && tx->len <= NEMU_TX_LEN);
	assert(tx->len >= ETH_HLEN && tx->segs <= NEMU_TX_SEGS);
	memcpy(data, tx->head, tx->head_len);
	for (i = 0; i < tx->segs; i++) {
		assert(tx->seg[i].len && tx->seg[i].len <= tx->len - len);
		ret = nemu_dma_read(card, tx->seg[i].addr, data + len,
				    min_t(u32, tx->seg[i].len, 65536));
		if (ret)
			return ret;
		len += tx->seg[i].len;
	}
	assert(len == tx->len);
	if (tx->dst)
		memcpy(tx->dst, data, ETH_ALEN);
	if (tx->csum)
		assert(tx->csum_start + tx->csum_offset + 2 <= tx->len);
	if (tx->gso != NEMU_GSO_NONE) {
		card->super_frames++;
		segment(card, tx, data);
		return 0;
	}
	if (tx->csum)
		put_sum(tx, data, len);
	keep(card, tx, data, len);
	return 0;
}

/* ---- the guest and the world ------------------------------------------- */

void card_init(struct nemu_card *card, const struct nemu_model *model, const u8 *mac)
{
	memset(card, 0, sizeof(*card));
	card->model = model;
	card->state = calloc(1, model->state_size);
	/* Not by malloc(): it is zeroed for each of a fuzzer's many cards. */
	card->memory = mmap(NULL, CARD_MEMORY, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	card->window = calloc(1, model->doorbell.size);
	assert(card->state && card->window && card->memory != MAP_FAILED);
	card->link = true;
	card->autoneg = 2 * 1000 * 1000;
	card->now = 1;
	card->locked = true;
	model->init(card, mac);
	model->reset(card);
	card->locked = false;
	card->kicked = false;
}

void card_forget(struct nemu_card *card)
{
	unsigned int i;

	for (i = 0; i < card->sent_count; i++)
		free(card->sent[i].data);
	for (i = 0; i < card->looped_count; i++)
		free(card->looped[i].data);
	card->sent_count = 0;
	card->looped_count = 0;
}

void card_free(struct nemu_card *card)
{
	card_forget(card);
	free(card->state);
	free(card->window);
	munmap(card->memory, CARD_MEMORY);
}

u32 card_read(struct nemu_card *card, u32 offset)
{
	return card->model->read(card, 0, offset, 4);
}

void card_write(struct nemu_card *card, u32 offset, u32 value)
{
	card->model->write(card, 0, offset, 4, value);
}

static u32 *window_at(struct nemu_card *card, u32 offset)
{
	assert(offset - card->model->doorbell.offset < card->model->doorbell.size);
	return card->window + (offset - card->model->doorbell.offset) / sizeof(u32);
}

u32 card_peek(struct nemu_card *card, u32 offset)
{
	return READ_ONCE(*window_at(card, offset));
}

void card_poke(struct nemu_card *card, u32 offset, u32 value)
{
	card->shared = true;
	WRITE_ONCE(*window_at(card, offset), value);
	if (card->model->rung(card))
		card_sync(card, false);
}

void card_sync(struct nemu_card *card, bool all)
{
	card->locked = true;
	card->model->sync(card, all);
	card->locked = false;
}

int card_give(struct nemu_card *card, const void *data, u32 len, u32 flags)
{
	struct nemu_rx rx = { data, len, flags };
	int ret;

	card->locked = true;
	ret = card->model->receive(card, &rx);
	card->model->received(card);
	card->locked = false;
	assert(ret == 0 || ret == -ENOBUFS || ret == -EAGAIN);
	return ret;
}

/* Its own frames come back to the card; what has no room is missed. */
static void take_back(struct nemu_card *card)
{
	unsigned int i, tries, refused = 0;
	int ret;

	for (i = 0; i < card->looped_count; i++) {
		ret = -EAGAIN;
		for (tries = 0; tries < 20 && ret == -EAGAIN; tries++)
			ret = card_give(card, card->looped[i].data,
					card->looped[i].len, NEMU_RX_LOOPBACK);
		refused += ret != 0;
		free(card->looped[i].data);
	}
	card->looped_count = 0;
	if (refused) {
		card->locked = true;
		card->model->missed(card, refused);
		card->locked = false;
	}
}

void card_run(struct nemu_card *card)
{
	unsigned int rounds;
	int ret;

	for (rounds = 0; card->kicked && rounds < 2000; rounds++) {
		card->kicked = false;
		card->locked = true;
		if (card->shared)
			card->model->sync(card, false);
		ret = card->model->work(card, 64);
		card->locked = false;
		assert(ret == -EAGAIN || (ret >= 0 && ret <= 64));
		if (ret == -EAGAIN || ret == 64)
			card->kicked = true;
		take_back(card);
	}
}

void card_wait(struct nemu_card *card, u64 ns)
{
	u64 end = card->now + ns;
	unsigned int i, next;

	for (;;) {
		next = CARD_TIMERS;
		for (i = 0; i < CARD_TIMERS; i++)
			if (card->timer[i] && card->timer[i] <= end &&
			    (next == CARD_TIMERS || card->timer[i] < card->timer[next]))
				next = i;
		if (next == CARD_TIMERS)
			break;
		card->now = max_t(u64, card->now, card->timer[next]);
		card->timer[next] = 0;
		card->locked = true;
		card->model->timer(card, next);
		card->locked = false;
		card_run(card);
	}
	card->now = end;
}

void card_plug(struct nemu_card *card, bool plugged)
{
	card->link = plugged;
	card->locked = true;
	card->model->set_link(card, plugged);
	card->locked = false;
	card_run(card);
}

void card_reset(struct nemu_card *card)
{
	card->locked = true;
	card->model->reset(card);
	card->model->publish(card);
	card->locked = false;
	card->kicked = false;
}

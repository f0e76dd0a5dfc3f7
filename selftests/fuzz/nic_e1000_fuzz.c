// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the 82540EM: a driver that does what the fuzzer's bytes
 * say, with registers, descriptors, frames from outside, time, the cable and
 * limits of the host. The harness checks what the model asks of it; here is
 * checked that the card stays a card.
 */
#include "e1000.h"
#include "nic_card.h"

#include <stdio.h>
#include <stdlib.h>

#define TX_RING		0x10000
#define RX_RING		0x20000
#define DATA		0x40000

/* What is left of the fuzzer's bytes; zeros when they are used up. */
struct bytes {
	const u8 *data;
	size_t left;
};

static u8 take(struct bytes *b)
{
	if (!b->left)
		return 0;
	b->left--;
	return *b->data++;
}

static u32 take32(struct bytes *b)
{
	u32 value = take(b);

	value |= take(b) << 8;
	value |= take(b) << 16;
	return value | (u32)take(b) << 24;
}

static void fail(const char *what)
{
	fprintf(stderr, "nic_e1000_fuzz: %s\n", what);
	abort();
}

/* Where something happens */
static const u32 offsets[] = {
	E1000_CTRL, E1000_STATUS, E1000_EECD, E1000_EERD, E1000_CTRL_EXT, E1000_MDIC,
	E1000_VET, E1000_ICR, E1000_ITR, E1000_ICS, E1000_IMS, E1000_IMC, E1000_RCTL,
	E1000_TCTL, E1000_PBA, E1000_RDBAL, E1000_RDBAH, E1000_RDLEN, E1000_RDH,
	E1000_RDT, E1000_RDTR, E1000_RADV, E1000_RSRPD, E1000_TDBAL, E1000_TDBAH,
	E1000_TDLEN, E1000_TDH, E1000_TDT, E1000_TIDV, E1000_TXDCTL, E1000_TADV,
	E1000_RXCSUM, E1000_RA, E1000_RA + 4, E1000_MTA, E1000_VFTA, E1000_GORCH,
};

static u32 offset(struct bytes *b)
{
	u8 n = take(b);

	return n < 250 ? offsets[n % ARRAY_SIZE(offsets)] : take32(b) % E1000_BAR0_SIZE;
}

static void write_register(struct nemu_card *card, struct bytes *b)
{
	u32 at = offset(b), width = take(b);

	if (width < 240) {
		card_write(card, at & ~3, take32(b));
		return;
	}
	width = 1 << width % 3;
	card->model->write(card, 0, at - at % width, width, take32(b));
}

static void small_write(struct nemu_card *card, struct bytes *b)
{
	card_write(card, offset(b) & ~3, take(b));
}

static void read_register(struct nemu_card *card, struct bytes *b)
{
	u32 width = 1 << take(b) % 3, at = offset(b);

	card->model->read(card, 0, at - at % width, width);
}

static void io_port(struct nemu_card *card, struct bytes *b)
{
	u32 at = take(b) % E1000_BAR1_SIZE & ~3;

	if (take(b) & 1)
		card->model->write(card, 1, at, 4, take32(b) % (2 * E1000_BAR0_SIZE));
	else
		card->model->read(card, 1, at, 4);
}

/* A driver that is ready to work */
static void rings(struct nemu_card *card, struct bytes *b)
{
	u32 size = (1 + take(b) % 16) * 128, i;

	card_write(card, E1000_TDBAL, TX_RING);
	card_write(card, E1000_TDBAH, 0);
	card_write(card, E1000_TDLEN, size);
	card_write(card, E1000_TDH, 0);
	card_write(card, E1000_TCTL, E1000_TCTL_EN | (take(b) & E1000_TCTL_PSP));
	for (i = 0; i < size; i += 16)
		put_unaligned_be32(htobe32(DATA + i * 1024), card->memory + RX_RING + i);
	card_write(card, E1000_RDBAL, RX_RING);
	card_write(card, E1000_RDBAH, 0);
	card_write(card, E1000_RDLEN, size);
	card_write(card, E1000_RDH, 0);
	card_write(card, E1000_RDT, size / 16 - 1);
	card_write(card, E1000_RCTL, take32(b) | E1000_RCTL_EN);
}

static void put64(struct nemu_card *card, u32 at, u64 value)
{
	value = htole64(value);
	memcpy(card->memory + at, &value, sizeof(value));
}

/* Any descriptor, of any kind, in either ring */
static void raw_descriptor(struct nemu_card *card, struct bytes *b)
{
	u32 at = (take(b) & 1 ? TX_RING : RX_RING) + take(b) % 128 * 16;
	u64 low, high;

	low = take32(b);
	low |= (u64)take32(b) << 32;
	high = take32(b);
	high |= (u64)take32(b) << 32;
	put64(card, at, low);
	put64(card, at + 8, high);
}

/* A context that is nearly right, and a frame that it fits nearly */
static void segmentation(struct nemu_card *card, struct bytes *b)
{
	u32 tail = card_read(card, E1000_TDT) % 128, v6 = take(b) & 1, cmd, i;
	u32 size = card_read(card, E1000_TDLEN) / 16, mss = take(b) * 8 + 1;
	u8 start = ETH_HLEN, tcp = start + (v6 ? 40 : 20), *p = card->memory + DATA;
	u64 low, high;

	put_unaligned_be16(v6 ? ETH_P_IPV6 : ETH_P_IP, p + 12);
	p[start] = v6 ? 0x60 : 0x45;
	p[start + (v6 ? 6 : 9)] = 6;
	put_unaligned_be16(0, p + start + 6 * !v6);
	p[start] = v6 ? 0x60 : 0x45;
	p[tcp + 12] = 0x50;
	for (i = take(b) % 4; i; i--)
		p[take(b)] = take(b);
	low = (u64)start | (u64)(start + 10) << 8 | (u64)(tcp - 1) << 16 |
	      (u64)tcp << 32 | (u64)(tcp + 16) << 40;
	for (i = take(b) % 2; i; i--)
		low ^= (u64)take(b) << take(b) % 56;
	high = take32(b) % 70000 | E1000_TXD_DEXT | E1000_TXD_TCP | E1000_TXD_TSE |
	       (v6 ? 0 : E1000_TXD_IP) | (u64)(tcp + 20) << 40 | (u64)mss << 48;
	for (i = take(b) % 2; i; i--)
		high ^= (u64)take(b) << take(b) % 56;
	put64(card, TX_RING + tail * 16, low);
	put64(card, TX_RING + tail * 16 + 8, high);
	for (i = take(b) % 60; ; i--) {
		tail = tail + 1 >= size ? 0 : tail + 1;
		cmd = E1000_TXD_DEXT | E1000_TXD_TYPE_DATA | E1000_TXD_TSE |
		      (take(b) & 1 ? E1000_TXD_RS : 0) | (i ? 0 : E1000_TXD_EOP);
		put64(card, TX_RING + tail % 128 * 16, DATA + (i ? 100 * take(b) : 0));
		put64(card, TX_RING + tail % 128 * 16 + 8,
		      cmd | (take(b) * (mss < 64 ? 1 : 64)) | (u64)(v6 ? 2 : 3) << 40);
		if (!i)
			break;
	}
	card_write(card, E1000_TDT, tail + 1 >= size ? 0 : tail + 1);
}

static void receive(struct nemu_card *card, struct bytes *b)
{
	static u8 frame[16384];
	u32 len = ETH_HLEN + take(b) * (take(b) & 1 ? 64 : 1), i;

	if (len > nemu_e1000.max_frame)
		len = nemu_e1000.max_frame;
	for (i = 0; i < 20; i++)
		frame[i] = take(b);
	if (take(b) & 1)
		memset(frame, 0xff, ETH_ALEN);
	if (take(b) & 1)
		put_unaligned_be16(ETH_P_8021Q, frame + 12);
	card_give(card, frame, len, take(b) % 8);
}

/* Into the registers that are memory, of any width, whatever the card does */
static void poke(struct nemu_card *card, struct bytes *b)
{
	u32 at = take(b) % 2 ? offset(b) : E1000_WINDOW + take32(b), width = 1 << take(b) % 3;
	u32 value = take(b) % 2 ? take(b) : take32(b);

	at = (at - at % width) % E1000_WINDOW_SIZE;
	card->shared = true;
	memcpy((u8 *)card->window + at, &value, width);
	if (take(b) % 4 == 0 || card->model->rung(card))
		card_sync(card, take(b) % 2);
}

static void run(struct nemu_card *card, struct bytes *b)
{
	card_run(card);
	card_forget(card);
}

static void pass_time(struct nemu_card *card, struct bytes *b)
{
	card_wait(card, (u64)take(b) << take(b) % 20);
}

static void world(struct nemu_card *card, struct bytes *b)
{
	u8 what = take(b);

	switch (what % 6) {
	case 0:
		card_plug(card, what & 0x80);
		break;
	case 1:
		card_reset(card);
		break;
	case 2:
		card->no_master = what & 0x80;
		break;
	case 3:
		card->again_every = what & 0x80 ? 5 + take(b) % 60 : 0;
		break;
	case 4:
		card->locked = true;
		card->model->missed(card, take(b));
		card->locked = false;
		break;
	default:
		card->model->set_mac(card, b->left >= ETH_ALEN ? b->data : (u8 *)"netemu");
	}
}

static void (*const steps[])(struct nemu_card *card, struct bytes *b) = {
	write_register, write_register, small_write, small_write, read_register, io_port,
	rings, raw_descriptor, raw_descriptor, segmentation, receive, receive, run, run,
	pass_time, world, poke, poke,
};

static void check(struct nemu_card *card)
{
	const struct nemu_e1000 *e = card->state;

	if (card->line && !(e->irq.icr & e->irq.ims))
		fail("the line is raised without a cause");
	if (card->line != e->irq.line)
		fail("the model is wrong about the line");
	if (e->tx.head_len > e->tx.len || e->tx.len > NEMU_TX_LEN)
		fail("a frame is longer than it can be");
	if (nemu_e1000_get(e, E1000_ICR) || nemu_e1000_get(e, E1000_STATUS))
		fail("a register that is made up was stored");
	if (!card->shared && memcmp(card->window, &e->reg[E1000_WINDOW / sizeof(u32)],
				    E1000_WINDOW_SIZE))
		fail("what the guest sees are not the registers");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct bytes b = { data, size };
	static struct nemu_card card;

	card_init(&card, &nemu_e1000, (const u8 *)"\x52\x54\0\x12\x34\x56");
	while (b.left) {
		steps[take(&b) % ARRAY_SIZE(steps)](&card, &b);
		check(&card);
	}
	card_free(&card);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An e1000 with rings set up, on the kernel's harness. Transmit ring: 64
 * descriptors; receive ring: 64 with buffers of 2048 bytes.
 */
#ifndef _FUZZ_NIC_RINGS_H
#define _FUZZ_NIC_RINGS_H

#include "e1000.h"
#include "nic_card.h"

#include <stdlib.h>

#include "kselftest_harness.h"

#define TX_RING		0x10000
#define RX_RING		0x20000
#define TX_DATA		0x40000		/* where tests put frames */
#define RX_DATA		0x100000
#define RX_BUFFER	0x4000		/* from one to the next */
#define RING		64

static const u8 mac[ETH_ALEN] __attribute__((unused)) = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static const u8 peer[ETH_ALEN] __attribute__((unused)) = { 0x52, 0x54, 0, 0xaa, 0xbb, 0xcc };

FIXTURE(card) {
	struct nemu_card *card;
	u32 tail;	/* of the transmit ring */
};

FIXTURE_SETUP(card)
{
	self->card = malloc(sizeof(*self->card));
	card_init(self->card, &nemu_e1000, mac);
}

FIXTURE_TEARDOWN(card)
{
	card_free(self->card);
	free(self->card);
}

static inline void put64(struct nemu_card *card, u32 addr, u64 value)
{
	value = htole64(value);
	memcpy(card->memory + addr, &value, sizeof(value));
}

static inline u64 get64(struct nemu_card *card, u32 addr)
{
	u64 value;

	memcpy(&value, card->memory + addr, sizeof(value));
	return le64toh(value);
}

static inline void tx_on(struct nemu_card *card)
{
	card_write(card, E1000_TDBAL, TX_RING);
	card_write(card, E1000_TDBAH, 0);
	card_write(card, E1000_TDLEN, RING * E1000_DESC_SIZE);
	card_write(card, E1000_TDH, 0);
	card_write(card, E1000_TDT, 0);
	card_write(card, E1000_TCTL, E1000_TCTL_EN | E1000_TCTL_PSP);
}

static inline void rx_on(struct nemu_card *card, u32 rctl)
{
	u32 i;

	for (i = 0; i < RING; i++) {
		put64(card, RX_RING + i * E1000_DESC_SIZE, RX_DATA + i * RX_BUFFER);
		put64(card, RX_RING + i * E1000_DESC_SIZE + 8, 0);
	}
	card_write(card, E1000_RDBAL, RX_RING);
	card_write(card, E1000_RDBAH, 0);
	card_write(card, E1000_RDLEN, RING * E1000_DESC_SIZE);
	card_write(card, E1000_RDH, 0);
	card_write(card, E1000_RDT, RING - 1);
	card_write(card, E1000_RCTL, rctl | E1000_RCTL_EN | E1000_RCTL_BAM);
}

/* A frame to @dst: after the addresses @type, then bytes that count up. */
static inline void make_frame(u8 *frame, u32 len, const u8 *dst, u16 type)
{
	u32 i;

	memcpy(frame, dst, ETH_ALEN);
	memcpy(frame + ETH_ALEN, mac, ETH_ALEN);
	put_unaligned_be16(type, frame + 12);
	for (i = ETH_HLEN; i < len; i++)
		frame[i] = i;
}

/* Status and errors of receive descriptor @i, then its length */
static inline u16 rx_status(struct nemu_card *card, u32 i)
{
	return get64(card, RX_RING + i * E1000_DESC_SIZE + 8) >> 32;
}

static inline u16 rx_len(struct nemu_card *card, u32 i)
{
	return get64(card, RX_RING + i * E1000_DESC_SIZE + 8);
}

static inline u8 *rx_data(struct nemu_card *card, u32 i)
{
	return card->memory + RX_DATA + i * RX_BUFFER;
}

static inline bool tx_done(struct nemu_card *card, u32 i)
{
	return get64(card, TX_RING + i * E1000_DESC_SIZE + 8) >> 32 & E1000_TXD_DD;
}

/* Puts a descriptor into the ring, without telling the card. */
static inline void tx_desc(FIXTURE_DATA(card) *self, u64 low, u64 high)
{
	put64(self->card, TX_RING + self->tail * E1000_DESC_SIZE, low);
	put64(self->card, TX_RING + self->tail * E1000_DESC_SIZE + 8, high);
	self->tail = (self->tail + 1) % RING;
}

static inline void tx_go(FIXTURE_DATA(card) *self)
{
	card_write(self->card, E1000_TDT, self->tail);
	card_run(self->card);
}

#define LEGACY(len, cmd)	((u64)(len) | (cmd))
#define DATA(len, cmd, popts, special) \
	((u64)(len) | E1000_TXD_TYPE_DATA | E1000_TXD_DEXT | (cmd) | \
	 (u64)(popts) << 40 | (u64)(special) << 48)
#define LAST	(E1000_TXD_EOP | E1000_TXD_RS)

/* The two halves of a context descriptor */
#define SUMS(ipcss, ipcso, ipcse, tucss, tucso, tucse) \
	((u64)(ipcss) | (u64)(ipcso) << 8 | (u64)(ipcse) << 16 | \
	 (u64)(tucss) << 32 | (u64)(tucso) << 40 | (u64)(tucse) << 48)
#define CONTEXT(paylen, cmd, hdr, mss) \
	((u64)(paylen) | E1000_TXD_DEXT | (cmd) | (u64)(hdr) << 40 | (u64)(mss) << 48)

#endif /* _FUZZ_NIC_RINGS_H */

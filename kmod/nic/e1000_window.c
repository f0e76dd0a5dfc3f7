// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the registers that the guest may have as memory, two pages with both
 * rings in them. What the guest wrote there is what differs from the registers.
 */
#include "e1000.h"

/* A ring's registers, base to tail, and the delays of its interrupts */
#define RING_SIZE	0x40

/* So much is compared at once where hardly anything differs. */
#define PIECE		0x100

/* The registers from @from on, in their order: the tail comes after the rest. */
static void scan(struct nemu_card *card, struct nemu_e1000 *e, u32 from, u32 size)
{
	u32 offset, old, word;

	for (offset = from; offset < from + size; offset += sizeof(u32)) {
		old = nemu_e1000_get(e, offset);
		smp_rmb();	/* the window is at least as new, see model.h */
		word = READ_ONCE(*nemu_e1000_window(e, offset));
		if (word != old)
			nemu_e1000_take_over(card, e, offset, old, word);
	}
}

/**
 * nemu_e1000_sync() - take over what the driver wrote into the window
 * @card: card
 * @all: all of it; else the rings'
 */
void nemu_e1000_sync(struct nemu_card *card, bool all)
{
	struct nemu_e1000 *e = nemu_card_state(card);
	u32 at;

	if (all) {
		for (at = E1000_WINDOW; at < E1000_WINDOW + E1000_WINDOW_SIZE; at += PIECE)
			if (memcmp(nemu_e1000_window(e, at), &e->reg[at / sizeof(u32)], PIECE))
				scan(card, e, at, PIECE);
		return;
	}
	scan(card, e, E1000_RDBAL, RING_SIZE);
	scan(card, e, E1000_TDBAL, RING_SIZE);
}

static bool differs(struct nemu_e1000 *e, u32 offset)
{
	return READ_ONCE(*nemu_e1000_window(e, offset)) != nemu_e1000_get(e, offset);
}

/**
 * nemu_e1000_rung() - has the driver written what can't wait?
 * @card: card
 *
 * Return: whether: a tail, or that interrupts are to be delayed no longer.
 */
bool nemu_e1000_rung(struct nemu_card *card)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	return differs(e, E1000_TDT) || differs(e, E1000_RDT) || differs(e, E1000_RDTR);
}

/**
 * nemu_e1000_publish() - the window shows the registers, whatever was written there
 * @card: card
 */
void nemu_e1000_publish(struct nemu_card *card)
{
	struct nemu_e1000 *e = nemu_card_state(card);
	u32 offset;

	for (offset = E1000_WINDOW; offset < E1000_WINDOW + E1000_WINDOW_SIZE;
	     offset += sizeof(u32))
		WRITE_ONCE(*nemu_e1000_window(e, offset), nemu_e1000_get(e, offset));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A card that does nothing but ring, for what the core offers and no card that is
 * shipped makes use of: MSI and MSI-X. Built into the module for the tests alone,
 * see Kbuild. Its registers, words of 32 bits:
 *
 *   0x0  write: send the message of this number
 *   0x4  write: the level of the interrupt line
 *   0x8  read:  1 with MSI or MSI-X on
 *   0xc  what was written to it
 *
 * The table of MSI-X and its pending bits are in the same region, at 0x800 and
 * 0xc00.
 */
#include "model.h"

#define REGION_SIZE	0x1000
#define SEND		0x0
#define LINE		0x4
#define MESSAGES	0x8
#define SCRATCH		0xc

struct bell {
	spinlock_t lock; /* keeps levels in order */
	u32 scratch;
};

static void bell_init(struct nemu_card *card, const u8 *mac)
{
	struct bell *bell = nemu_card_state(card);

	spin_lock_init(&bell->lock);
}

static void set_line(struct nemu_card *card, bool level)
{
	struct bell *bell = nemu_card_state(card);

	spin_lock(&bell->lock);
	nemu_card_irq(card, level);
	spin_unlock(&bell->lock);
}

static void bell_reset(struct nemu_card *card)
{
	struct bell *bell = nemu_card_state(card);

	WRITE_ONCE(bell->scratch, 0);
	set_line(card, false);
}

static u32 bell_read(struct nemu_card *card, unsigned int bar, u64 offset,
		     unsigned int width)
{
	struct bell *bell = nemu_card_state(card);

	if (offset == MESSAGES)
		return nemu_card_messages(card);
	return offset == SCRATCH ? READ_ONCE(bell->scratch) : 0;
}

static void bell_write(struct nemu_card *card, unsigned int bar, u64 offset,
		       unsigned int width, u32 value)
{
	struct bell *bell = nemu_card_state(card);

	if (offset == SEND)
		nemu_card_message(card, value);
	else if (offset == LINE)
		set_line(card, value);
	else if (offset == SCRATCH)
		WRITE_ONCE(bell->scratch, value);
}

/* It neither sends nor receives: what comes is gone. */
static int bell_work(struct nemu_card *card, int budget)
{
	return 0;
}

static int bell_receive(struct nemu_card *card, struct nemu_rx *rx)
{
	return 0;
}

static void bell_received(struct nemu_card *card)
{
}

static void bell_missed(struct nemu_card *card, u32 frames)
{
}

static void bell_timer(struct nemu_card *card, unsigned int index)
{
}

static void bell_set_link(struct nemu_card *card, bool up)
{
}

static void bell_set_mac(struct nemu_card *card, const u8 *mac)
{
}

static void bell_regs(struct nemu_card *card, u32 *words)
{
	words[0] = bell_read(card, 0, SCRATCH, sizeof(u32));
}

static void bell_rings(struct nemu_card *card, struct nemu_rings *rings)
{
}

const struct nemu_model nemu_bell = {
	.name = "bell",
	.description = "Card of the selftests",
	.pci = {
		.vendor = 0x1234,
		.device = 0xbe11,
		.class = 0xff0000,
		.bar = { [0] = { NEMU_BAR_MEM32, REGION_SIZE } },
		.msi = 8,
		.msix = { .vectors = 40, .bar = 0, .table = 0x800, .pba = 0xc00 },
	},
	.speed = 1000,
	.max_frame = 1518,
	.state_size = sizeof(struct bell),
	.regs_words = 1,
	.init = bell_init,
	.reset = bell_reset,
	.read = bell_read,
	.write = bell_write,
	.work = bell_work,
	.receive = bell_receive,
	.received = bell_received,
	.missed = bell_missed,
	.timer = bell_timer,
	.set_link = bell_set_link,
	.set_mac = bell_set_mac,
	.regs = bell_regs,
	.rings = bell_rings,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the card as the core sees it. Identity and size of regions are those
 * of QEMU's card of this name.
 */
#include "e1000.h"

/**
 * nemu_e1000_software_reset() - CTRL.RST, 13.4.1
 * @card: card
 * @e: its state
 *
 * The PHY keeps its link, the statistics and the packet buffer's division stay.
 * What is in the packet buffer is lost.
 */
void nemu_e1000_software_reset(struct nemu_card *card, struct nemu_e1000 *e)
{
	spin_lock(&e->lock);
	nemu_e1000_irq_reset(card, e);
	nemu_e1000_regs_reset(e, false);
	nemu_e1000_eeprom_load(e);
	spin_unlock(&e->lock);
	nemu_e1000_tx_reset(e);
	nemu_e1000_rx_ring_changed(e);
	WRITE_ONCE(e->rx.waiting, false);
	nemu_card_forget(card);
}

static void e1000_init(struct nemu_card *card, const u8 *mac)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	spin_lock_init(&e->lock);
	e->window = nemu_card_window(card);
	nemu_e1000_eeprom_init(e, mac);
}

static void e1000_reset(struct nemu_card *card)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	WRITE_ONCE(e->ioaddr, 0);
	spin_lock(&e->lock);
	nemu_e1000_regs_reset(e, true);
	nemu_e1000_phy_reset(card, e);
	/* The link that is there from the start is nothing to be told of. */
	nemu_e1000_irq_reset(card, e);
	nemu_e1000_eeprom_load(e);
	spin_unlock(&e->lock);
	nemu_e1000_tx_reset(e);
	nemu_e1000_rx_ring_changed(e);
	WRITE_ONCE(e->rx.waiting, false);
}

/* 13.1.2: an address and a window to what is there */
static u32 io_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	u32 addr = READ_ONCE(e->ioaddr);

	if (offset == E1000_IOADDR)
		return addr;
	return offset == E1000_IODATA && addr < E1000_BAR0_SIZE ?
		nemu_e1000_load(card, addr & ~3) : 0;
}

static void io_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		     u32 value)
{
	u32 addr = READ_ONCE(e->ioaddr);

	if (offset == E1000_IOADDR)
		WRITE_ONCE(e->ioaddr, value);
	else if (offset == E1000_IODATA && addr < E1000_BAR0_SIZE)
		nemu_e1000_store(card, addr & ~3, value);
}

/* 13.2: registers are words. Who reads less gets a part of one. */
static u32 e1000_read(struct nemu_card *card, unsigned int bar, u64 offset,
		      unsigned int width)
{
	struct nemu_e1000 *e = nemu_card_state(card);
	u32 word = offset & ~3, value;

	if (bar)
		value = io_load(card, e, word);
	else
		value = nemu_e1000_load(card, word);
	return value >> 8 * (offset & 3);
}

/* Who writes less, writes nothing. */
static void e1000_write(struct nemu_card *card, unsigned int bar, u64 offset,
			unsigned int width, u32 value)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	if (width != 4 || offset & 3)
		return;
	if (bar)
		io_store(card, e, offset, value);
	else
		nemu_e1000_store(card, offset, value);
}

static void e1000_timer(struct nemu_card *card, unsigned int index)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	spin_lock(&e->lock);
	switch (index) {
	case E1000_TIMER_RX:
	case E1000_TIMER_TX:
		nemu_e1000_irq_flush(card, e, index);
		break;
	case E1000_TIMER_ITR:
		nemu_e1000_irq_update(card, e);
		break;
	case E1000_TIMER_AUTONEG:
		nemu_e1000_phy_negotiated(card, e);
		break;
	}
	spin_unlock(&e->lock);
}

static void e1000_set_link(struct nemu_card *card, bool up)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	spin_lock(&e->lock);
	nemu_e1000_phy_cable(card, e, up);
	spin_unlock(&e->lock);
}

static void e1000_set_mac(struct nemu_card *card, const u8 *mac)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	spin_lock(&e->lock);
	nemu_e1000_eeprom_set_mac(e, mac);
	spin_unlock(&e->lock);
}

/* In the order in which the Linux driver dumps them in the guest */
static const u32 dumped[] = {
	E1000_CTRL, E1000_STATUS, E1000_RCTL, E1000_RDLEN, E1000_RDH, E1000_RDT,
	E1000_RDTR, E1000_TCTL, E1000_TDLEN, E1000_TDH, E1000_TDT, E1000_TIDV,
	E1000_ICS, E1000_IMS, E1000_ITR, E1000_RADV, E1000_TADV, E1000_RXCSUM,
	E1000_RDBAL, E1000_RDBAH, E1000_TDBAL, E1000_TDBAH, E1000_RA, E1000_RA + 4,
};

static void e1000_regs(struct nemu_card *card, u32 *words)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dumped); i++)
		words[i] = nemu_e1000_peek(card, dumped[i]);
}

static void e1000_rings(struct nemu_card *card, struct nemu_rings *rings)
{
	const struct nemu_e1000 *e = nemu_card_state(card);
	u32 low = nemu_e1000_get(e, E1000_RA);
	u32 high = nemu_e1000_get(e, E1000_RA + 4);
	int i;

	rings->rx_size = nemu_e1000_get(e, E1000_RDLEN) / E1000_DESC_SIZE;
	rings->tx_size = nemu_e1000_get(e, E1000_TDLEN) / E1000_DESC_SIZE;
	rings->rx_max = 4096;
	rings->tx_max = 4096;
	rings->rx_on = nemu_e1000_get(e, E1000_RCTL) & E1000_RCTL_EN;
	rings->tx_on = nemu_e1000_get(e, E1000_TCTL) & E1000_TCTL_EN;
	for (i = 0; i < 4; i++)
		rings->mac[i] = low >> 8 * i;
	rings->mac[4] = high;
	rings->mac[5] = high >> 8;
}

const struct nemu_model nemu_e1000 = {
	.name = "e1000",
	.description = "Intel 82540EM Gigabit Ethernet Controller",
	.pci = {
		.vendor = 0x8086,
		.device = 0x100e,
		.subsystem_vendor = 0x1af4,
		.subsystem = 0x1100,
		.class = 0x020000,
		.revision = 0x03,
		.bar = {
			[0] = { NEMU_BAR_MEM32, E1000_BAR0_SIZE },
			[1] = { NEMU_BAR_IO, E1000_BAR1_SIZE },
		},
	},
	.features = NEMU_MODEL_TSO | NEMU_MODEL_VLAN | NEMU_MODEL_CSUM,
	.speed = 1000,
	.max_frame = E1000_RX_LONG_MAX - E1000_FCS_LEN,
	.state_size = sizeof(struct nemu_e1000),
	.timers = E1000_TIMERS,
	.regs_words = ARRAY_SIZE(dumped),
	.doorbell = { 0, E1000_WINDOW, E1000_WINDOW_SIZE },
	.traps = nemu_e1000_traps,
	.init = e1000_init,
	.reset = e1000_reset,
	.read = e1000_read,
	.write = e1000_write,
	.work = nemu_e1000_work,
	.receive = nemu_e1000_receive,
	.received = nemu_e1000_received,
	.missed = nemu_e1000_missed,
	.timer = e1000_timer,
	.set_link = e1000_set_link,
	.set_mac = e1000_set_mac,
	.regs = e1000_regs,
	.rings = e1000_rings,
	.rung = nemu_e1000_rung,
	.sync = nemu_e1000_sync,
	.publish = nemu_e1000_publish,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the EEPROM, chapter 5: 64 words behind four pins, which drivers move
 * by hand (EECD), or which the card moves for them (EERD). It keeps what is
 * written for as long as the card exists.
 */
#include "e1000.h"

/* 5.6; those that are not named are not used: all ones, or zero in maps of bits */
static const u16 factory[E1000_EEPROM_WORDS] = {
	[0x04 ... 0x07] = 0xffff,
	[0x08 ... 0x09] = 0x0000,	/* PBA number */
	[0x0a] = 0x6403,		/* valid; IDs are loaded; full duplex */
	[0x0b] = 0x1100,		/* subsystem */
	[0x0c] = 0x1af4,		/* its vendor */
	[0x0d] = 0x100e,		/* device */
	[0x0e] = 0x8086,		/* vendor */
	[0x0f] = 0x3040,		/* PAUSE both ways, MAC clock from the PHY */
	[0x20] = 0x0000,		/* software defined pins: inputs */
	[0x21] = 0x7863,		/* circuit control */
	[0x22] = 0x280c,		/* power */
	[0x23] = 0x0000,		/* no management */
	[0x24] = 0x0000,		/* no wake-up */
	[0x2f] = 0x0602,		/* LEDs */
	[0x30 ... 0x3e] = 0xffff,	/* boot agent: none */
};

/* Opcodes behind the start bit, and extended ones in the upper address bits */
enum microwire {
	OP_EXTENDED,
	OP_WRITE,
	OP_READ,
	OP_ERASE,
};

enum microwire_extended {
	EXT_DISABLE,
	EXT_WRITE_ALL,
	EXT_ERASE_ALL,
	EXT_ENABLE,
};

/* 5.6: all words add up to a constant. */
static void set_checksum(struct nemu_e1000_eeprom *p)
{
	u16 sum = E1000_EEPROM_SUM;
	int i;

	for (i = 0; i < E1000_EEPROM_CHECKSUM; i++)
		sum -= p->word[i];
	p->word[E1000_EEPROM_CHECKSUM] = sum;
}

/**
 * nemu_e1000_eeprom_set_mac() - give the card another address
 * @e: card
 * @mac: address; takes effect when the EEPROM is loaded
 */
void nemu_e1000_eeprom_set_mac(struct nemu_e1000 *e, const u8 *mac)
{
	int i;

	for (i = 0; i < 3; i++)
		e->eeprom.word[i] = mac[2 * i] | mac[2 * i + 1] << 8;
	set_checksum(&e->eeprom);
}

/**
 * nemu_e1000_eeprom_init() - as it leaves the factory
 * @e: card
 * @mac: address
 */
void nemu_e1000_eeprom_init(struct nemu_e1000 *e, const u8 *mac)
{
	memcpy(e->eeprom.word, factory, sizeof(factory));
	e->eeprom.do_bit = true;
	nemu_e1000_eeprom_set_mac(e, mac);
}

/**
 * nemu_e1000_eeprom_load() - what the card does after a reset
 * @e: card
 */
void nemu_e1000_eeprom_load(struct nemu_e1000 *e)
{
	const u16 *word = e->eeprom.word;

	nemu_e1000_set(e, E1000_RA, word[0] | (u32)word[1] << 16);
	nemu_e1000_set(e, E1000_RA + 4, word[2] | E1000_RAH_VALID);
}

/* Start bit, opcode and address are in. */
static void command(struct nemu_e1000_eeprom *p)
{
	p->addr = p->in & (E1000_EEPROM_WORDS - 1);
	if ((p->in >> 6 & 3) == OP_READ) {
		p->reading = true;
		p->out = p->word[p->addr];
		p->out_bits = 16;
		p->do_bit = false;	/* the dummy bit */
	}
}

static void clock_in(struct nemu_e1000_eeprom *p, bool di)
{
	if (p->reading) {
		if (!p->out_bits) {
			p->addr = (p->addr + 1) & (E1000_EEPROM_WORDS - 1);
			p->out = p->word[p->addr];
			p->out_bits = 16;
		}
		p->do_bit = p->out >> --p->out_bits & 1;
		return;
	}
	if (!p->started) {
		p->started = di;
		return;
	}
	if (p->bits == 24)
		return;
	p->in = p->in << 1 | di;
	if (++p->bits == 8)
		command(p);
}

static void fill(struct nemu_e1000_eeprom *p, u16 value)
{
	int i;

	for (i = 0; i < E1000_EEPROM_WORDS; i++)
		p->word[i] = value;
}

static void extended(struct nemu_e1000_eeprom *p, bool has_data, u16 data)
{
	switch (p->addr >> 4) {
	case EXT_ENABLE:
		p->writable = true;
		break;
	case EXT_DISABLE:
		p->writable = false;
		break;
	case EXT_WRITE_ALL:
		if (p->writable && has_data)
			fill(p, data);
		break;
	case EXT_ERASE_ALL:
		if (p->writable)
			fill(p, 0xffff);
		break;
	}
}

/* What is not a read is done when the chip is deselected, in no time. */
static void deselect(struct nemu_e1000_eeprom *p)
{
	bool has_data = p->bits == 24;
	u8 opcode = p->in >> (has_data ? 22 : 6) & 3;

	if (p->bits == 8 || has_data) {
		if (opcode == OP_EXTENDED)
			extended(p, has_data, p->in);
		else if (opcode == OP_WRITE && p->writable && has_data)
			p->word[p->addr] = p->in;
		else if (opcode == OP_ERASE && p->writable)
			p->word[p->addr] = 0xffff;
	}
	p->started = false;
	p->reading = false;
	p->in = 0;
	p->bits = 0;
	p->do_bit = true;	/* pulled up; then: ready */
}

/**
 * nemu_e1000_eecd_store() - move the pins
 * @card: card
 * @e: its state
 * @offset: register
 * @value: EECD
 *
 * They are the driver's only while it holds the grant.
 */
void nemu_e1000_eecd_store(struct nemu_card *card, struct nemu_e1000 *e,
			   u32 offset, u32 value)
{
	u32 old = nemu_e1000_get(e, E1000_EECD);
	struct nemu_e1000_eeprom *p = &e->eeprom;

	value &= E1000_EECD_WRITE;
	nemu_e1000_set(e, E1000_EECD, value);
	if (!(old & E1000_EECD_REQ))
		old &= ~E1000_EECD_CS;
	if (!(value & E1000_EECD_REQ))
		value &= ~E1000_EECD_CS;
	if (!(value & E1000_EECD_CS)) {
		if (old & E1000_EECD_CS)
			deselect(p);
		return;
	}
	if (value & ~old & E1000_EECD_SK)
		clock_in(p, value & E1000_EECD_DI);
}

/**
 * nemu_e1000_eecd_load() - look at the pins
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Return: EECD.
 */
u32 nemu_e1000_eecd_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	u32 value = nemu_e1000_get(e, E1000_EECD) | E1000_EECD_PRES;

	if (value & E1000_EECD_REQ)
		value |= E1000_EECD_GNT;
	if (e->eeprom.do_bit)
		value |= E1000_EECD_DO;
	return value;
}

/**
 * nemu_e1000_eerd_store() - read a word
 * @card: card
 * @e: its state
 * @offset: register
 * @value: EERD
 */
void nemu_e1000_eerd_store(struct nemu_card *card, struct nemu_e1000 *e,
			   u32 offset, u32 value)
{
	u32 addr = value >> E1000_EERD_ADDR_SHIFT & 0xff;

	value = addr << E1000_EERD_ADDR_SHIFT |
		(nemu_e1000_get(e, E1000_EERD) & 0xffff0000) | (value & E1000_EERD_START);
	if (value & E1000_EERD_START) {
		addr %= E1000_EEPROM_WORDS;	/* it has no more address pins */
		value &= 0x0000ff00;
		value |= (u32)e->eeprom.word[addr] << E1000_EERD_DATA_SHIFT | E1000_EERD_DONE;
	}
	nemu_e1000_set(e, E1000_EERD, value);
}

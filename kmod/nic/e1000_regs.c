// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the registers, chapter 13. A row says what a register holds after a
 * reset, which of its bits can be written and what happens besides. What no row
 * names is reserved: it reads as zero and takes no notice of writes.
 */
#include "e1000.h"

enum reg_flags {
	REG_RING = 1,	/* a write must not meet a running ring */
	REG_KEEP = 2,	/* CTRL.RST leaves it alone */
	REG_RAM = 4,	/* nothing initialises it */
	REG_LOCK = 8,	/* accesses are serialised */
};

struct reg_row {
	u32 offset;
	u16 more;	/* registers of the same kind behind it */
	u8 step;	/* from one of them to the next, in bytes */
	u8 flags;
	u32 reset;
	u32 write;	/* bits that a write changes, unless there is @store */
	u32 (*load)(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
	/* Called with @value as it was written: instead of that, and after it. */
	void (*store)(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		      u32 value);
	void (*written)(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
			u32 value);
	const char *name;
};

static void set_masked(struct nemu_e1000 *e, u32 offset, u32 value, u32 mask)
{
	nemu_e1000_set(e, offset, (nemu_e1000_get(e, offset) & ~mask) | (value & mask));
}

/* ---- what happens besides ----------------------------------------------- */

static void ctrl_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		       u32 value)
{
	u32 old = nemu_e1000_get(e, E1000_CTRL);

	if (value & E1000_CTRL_RST) {
		nemu_e1000_software_reset(card, e);
		return;
	}
	set_masked(e, offset, value, 0xd8fc1be9);
	if ((old ^ value) & E1000_CTRL_PHY_RST) {
		spin_lock(&e->lock);
		nemu_e1000_phy_hold(card, e, value & E1000_CTRL_PHY_RST);
		spin_unlock(&e->lock);
	}
}

static void ctrl_ext_store(struct nemu_card *card, struct nemu_e1000 *e,
			   u32 offset, u32 value)
{
	set_masked(e, offset, value, 0x0002dcff);
	if (value & E1000_CTRL_EXT_EE_RST) {
		spin_lock(&e->lock);
		nemu_e1000_eeprom_load(e);
		spin_unlock(&e->lock);
	}
}

/* What the receiver does not get is the transmitter's. */
static void pba_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		      u32 value)
{
	value &= 0x7f;
	if (value > 64)
		value = 64;
	nemu_e1000_set(e, offset, value | (64 - value) << 16);
}

static void rctl_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		       u32 value)
{
	nemu_e1000_set(e, offset, value & 0x06dfb3fe);
	nemu_e1000_rx_ring_changed(e);
	nemu_card_kick(card);
}

static void tctl_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		       u32 value)
{
	nemu_e1000_set(e, offset, value & 0x013ffffa);
	nemu_card_kick(card);
}

/* Base, length and head of a ring; the tail is written all the time. */
static void tx_ring_written(struct nemu_card *card, struct nemu_e1000 *e,
			    u32 offset, u32 value)
{
	nemu_e1000_tx_ring_changed(e);
}

static void rx_ring_written(struct nemu_card *card, struct nemu_e1000 *e,
			    u32 offset, u32 value)
{
	nemu_e1000_rx_ring_changed(e);
	nemu_card_kick(card);
}

static void tdt_written(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
			u32 value)
{
	nemu_card_transmit(card);
}

static void rdt_written(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
			u32 value)
{
	nemu_e1000_rx_tail(card, e);
}

/* RAL and RAH by turns */
static void ra_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
		     u32 value)
{
	nemu_e1000_set(e, offset, offset & 4 ? value & 0x8003ffff : value);
}

/* ---- the table ---------------------------------------------------------- */

/*
 * ROW: its write mask says it all. HOOK: there is more to it. RING: there is, once
 * it was written. STAT: a counter. What is in the window has no hook but @written.
 */
#define ROW(reg, value, mask, ...) \
	{ .offset = E1000_##reg, .name = #reg, .reset = (value), .write = (mask), ##__VA_ARGS__ }
#define HOOK(reg, value, in, out, f) \
	{ .offset = E1000_##reg, .name = #reg, .reset = (value), .load = (in), .store = (out), \
	  .flags = (f) }
#define RING(reg, mask, after, f) \
	{ .offset = E1000_##reg, .name = #reg, .write = (mask), .written = (after), .flags = (f) }
#define STAT(reg, ...) \
	{ .offset = E1000_##reg, .name = #reg, .load = nemu_e1000_stat_load, \
	  .flags = REG_LOCK | REG_KEEP, ##__VA_ARGS__ }
#define MANY(n, s)	.more = (n) - 1, .step = (s)

#define CTRL_RESET	(E1000_CTRL_SDP0_DATA | E1000_CTRL_ADVD3WUC | \
			 E1000_CTRL_SPEED_1000 | E1000_CTRL_SLU | E1000_CTRL_FD)

static const struct reg_row rows[] = {
	HOOK(CTRL, CTRL_RESET, NULL, ctrl_store, REG_RING),		/* 13.4.1 */
	HOOK(STATUS, 0, nemu_e1000_status_load, NULL, REG_LOCK),	/* 13.4.2 */
	HOOK(EECD, E1000_EECD_FWE_DISABLED,
	     nemu_e1000_eecd_load, nemu_e1000_eecd_store, REG_LOCK),	/* 13.4.3 */
	HOOK(EERD, 0, NULL, nemu_e1000_eerd_store, REG_LOCK),		/* 13.4.4 */
	HOOK(CTRL_EXT, 0, NULL, ctrl_ext_store, 0),			/* 13.4.6 */
	HOOK(MDIC, 0, NULL, nemu_e1000_mdic_store, REG_LOCK),		/* 13.4.7 */
	ROW(FCAL, 0, 0xffffffff),					/* 13.4.8 */
	ROW(FCAH, 0, 0x0000ffff),					/* 13.4.9 */
	ROW(FCT, 0, 0x0000ffff),					/* 13.4.10 */
	ROW(VET, ETH_P_8021Q, 0x0000ffff),				/* 13.4.11 */
	HOOK(ICR, 0,
	     nemu_e1000_icr_load, nemu_e1000_icr_store, REG_LOCK),	/* 13.4.17 */
	HOOK(ITR, 0, NULL, nemu_e1000_itr_store, REG_LOCK),		/* 13.4.18 */
	HOOK(ICS, 0,
	     nemu_e1000_ics_load, nemu_e1000_ics_store, REG_LOCK),	/* 13.4.19 */
	HOOK(IMS, 0,
	     nemu_e1000_ims_load, nemu_e1000_ims_store, REG_LOCK),	/* 13.4.20 */
	HOOK(IMC, 0, NULL, nemu_e1000_imc_store, REG_LOCK),		/* 13.4.21 */
	HOOK(RCTL, 0, NULL, rctl_store, REG_RING),			/* 13.4.22 */
	ROW(FCTTV, 0, 0x0000ffff),					/* 13.4.12 */
	ROW(TXCW, 0, 0xc000ffff),					/* 13.4.13 */
	ROW(RXCW, 0, 0),						/* 13.4.14 */
	HOOK(TCTL, 0, NULL, tctl_store, REG_RING),			/* 13.4.33 */
	ROW(TIPG, 0, 0x3fffffff),					/* 13.4.34 */
	ROW(AIFS, 0, 0x0000ffff),					/* 13.4.35 */
	ROW(LEDCTL, 0x07068302, 0xcfcfcfcf),				/* 13.4.15 */
	HOOK(PBA, 0x00100030, NULL, pba_store, REG_KEEP),		/* 13.4.16 */
	ROW(FCRTL, 0, 0x8000fff8),					/* 13.4.23 */
	ROW(FCRTH, 0, 0x0000fff8),					/* 13.4.24 */
	ROW(RDFH, 0, 0x00001fff),					/* 13.8.1 */
	ROW(RDFT, 0, 0x00001fff),					/* 13.8.2 */
	ROW(RDFHS, 0, 0x00001fff),					/* 13.8.3 */
	ROW(RDFTS, 0, 0x00001fff),					/* 13.8.4 */
	ROW(RDFPC, 0, 0x00001fff),					/* 13.8.5 */
	RING(RDBAL, 0xfffffff0, rx_ring_written, REG_RING),		/* 13.4.25 */
	RING(RDBAH, 0xffffffff, rx_ring_written, REG_RING),		/* 13.4.26 */
	RING(RDLEN, 0x000fff80, rx_ring_written, REG_RING),		/* 13.4.27 */
	RING(RDH, 0x0000ffff, rx_ring_written, REG_RING),		/* 13.4.28 */
	RING(RDT, 0x0000ffff, rdt_written, 0),				/* 13.4.29 */
	RING(RDTR, 0x0000ffff, nemu_e1000_rdtr_written, REG_LOCK),	/* 13.4.30 */
	ROW(RXDCTL, 0x00010000, 0x013f3f3f),				/* 13.4.46 */
	ROW(RADV, 0, 0x0000ffff),					/* 13.4.31 */
	ROW(RSRPD, 0, 0x00000fff),					/* 13.4.32 */
	ROW(TXDMAC, 1, 0x00000001),					/* 13.4.42 */
	ROW(TDFH, 0, 0x000007ff),					/* 13.8.6 */
	ROW(TDFT, 0, 0x000007ff),					/* 13.8.7 */
	ROW(TDFHS, 0, 0x00001fff),					/* 13.8.8 */
	ROW(TDFTS, 0, 0x00001fff),					/* 13.8.9 */
	ROW(TDFPC, 0, 0x00001fff),					/* 13.8.10 */
	RING(TDBAL, 0xfffffff0, tx_ring_written, REG_RING),		/* 13.4.36 */
	RING(TDBAH, 0xffffffff, tx_ring_written, REG_RING),		/* 13.4.37 */
	RING(TDLEN, 0x000fff80, tx_ring_written, REG_RING),		/* 13.4.38 */
	RING(TDH, 0x0000ffff, tx_ring_written, REG_RING),		/* 13.4.39 */
	RING(TDT, 0x0000ffff, tdt_written, 0),				/* 13.4.40 */
	ROW(TIDV, 0, 0x0000ffff),					/* 13.4.41 */
	ROW(TXDCTL, 0, 0xff3f3f3f),					/* 13.4.43 */
	ROW(TADV, 0, 0x0000ffff),					/* 13.4.44 */
	ROW(TSPMT, 0x01000400, 0xffffffff),				/* 13.4.45 */
	STAT(CRCERRS),							/* 13.7.1 */
	STAT(ALGNERRC),							/* 13.7.2 */
	STAT(SYMERRS),							/* 13.7.3 */
	STAT(RXERRC),							/* 13.7.4 */
	HOOK(MPC, 0,
	     nemu_e1000_mpc_load, NULL, REG_LOCK | REG_KEEP),		/* 13.7.5 */
	STAT(SCC),							/* 13.7.6 */
	STAT(ECOL),							/* 13.7.7 */
	STAT(MCC),							/* 13.7.8 */
	STAT(LATECOL),							/* 13.7.9 */
	STAT(COLC),							/* 13.7.10 */
	STAT(DC),							/* 13.7.11 */
	STAT(TNCRS),							/* 13.7.12 */
	STAT(SEC),							/* 13.7.13 */
	STAT(CEXTERR),							/* 13.7.14 */
	STAT(RLEC),							/* 13.7.15 */
	STAT(XONRXC),							/* 13.7.16 */
	STAT(XONTXC),							/* 13.7.17 */
	STAT(XOFFRXC),							/* 13.7.18 */
	STAT(XOFFTXC),							/* 13.7.19 */
	STAT(FCRUC),							/* 13.7.20 */
	STAT(PRC64, MANY(E1000_SIZE_CLASSES, 4)),			/* 13.7.21 to 26 */
	STAT(GPRC),							/* 13.7.27 */
	STAT(BPRC),							/* 13.7.28 */
	STAT(MPRC),							/* 13.7.29 */
	STAT(GPTC),							/* 13.7.30 */
	STAT(GORCL),							/* 13.7.31 */
	STAT(GORCH),							/* 13.7.31 */
	STAT(GOTCL),							/* 13.7.32 */
	STAT(GOTCH),							/* 13.7.32 */
	STAT(RNBC),							/* 13.7.33 */
	STAT(RUC),							/* 13.7.34 */
	STAT(RFC),							/* 13.7.35 */
	STAT(ROC),							/* 13.7.36 */
	STAT(RJC),							/* 13.7.37 */
	STAT(MGTPRC),							/* 13.7.38 */
	STAT(MGTPDC),							/* 13.7.39 */
	STAT(MGTPTC),							/* 13.7.40 */
	STAT(TORL),							/* 13.7.41 */
	STAT(TORH),							/* 13.7.41 */
	STAT(TOTL),							/* 13.7.42 */
	STAT(TOTH),							/* 13.7.42 */
	STAT(TPR),							/* 13.7.43 */
	STAT(TPT),							/* 13.7.44 */
	STAT(PTC64, MANY(E1000_SIZE_CLASSES, 4)),			/* 13.7.45 to 50 */
	STAT(MPTC),							/* 13.7.51 */
	STAT(BPTC),							/* 13.7.52 */
	STAT(TSCTC),							/* 13.7.53 */
	STAT(TSCTFC),							/* 13.7.54 */
	ROW(RXCSUM, 0, 0x000007ff),					/* 13.4.47 */
	ROW(MTA, 0, 0xffffffff, MANY(E1000_MTA_WORDS, 4)),		/* 13.5.1 */
	ROW(RA, 0, 0, MANY(2 * E1000_RA_ENTRIES, 4), .store = ra_store),	/* 13.5.2, 3 */
	ROW(VFTA, 0, 0xffffffff, MANY(E1000_VFTA_WORDS, 4)),		/* 13.5.4 */
	ROW(WUC, 0, 0x0000000b),					/* 13.6.1 */
	ROW(WUFC, 0, 0x000f80ff),					/* 13.6.2 */
	ROW(WUS, 0, 0),							/* 13.6.3 */
	ROW(MANC, 0, 0xffffffff), /* no section; the Linux driver writes it */
	ROW(IPAV, 0, 0x0001000f),					/* 13.6.4 */
	ROW(IP4AT, 0, 0xffffffff, MANY(4, 8)),				/* 13.6.5 */
	ROW(IP6AT, 0, 0xffffffff, MANY(4, 4)),				/* 13.6.6 */
	ROW(WUPL, 0, 0),						/* 13.6.7 */
	ROW(WUPM, 0, 0, MANY(32, 4)),					/* 13.6.8 */
	ROW(FFLT, 0, 0x000007ff, MANY(4, 8)),				/* 13.6.9 */
	ROW(FFMT, 0, 0x0000000f, MANY(128, 8)),				/* 13.6.10 */
	ROW(FFVT, 0, 0xffffffff, MANY(128, 8)),				/* 13.6.11 */
	ROW(PBM, 0, 0xffffffff, MANY(E1000_PBM_WORDS, 4), .flags = REG_RAM),	/* 13.8.11 */
};

/* 13.2: where the 82542 had some of them, they are found as well. */
static const struct {
	u32 offset;
	u32 len;
	u32 reg;
} aliases[] = {
	{ 0x00040, 8 * E1000_RA_ENTRIES, E1000_RA },
	{ 0x00108, 4, E1000_RDTR },
	{ 0x00110, 12, E1000_RDBAL },
	{ 0x00120, 4, E1000_RDH },
	{ 0x00128, 4, E1000_RDT },
	{ 0x00160, 4, E1000_FCRTH },
	{ 0x00168, 4, E1000_FCRTL },
	{ 0x00200, 4 * E1000_MTA_WORDS, E1000_MTA },
	{ 0x00420, 12, E1000_TDBAL },
	{ 0x00430, 4, E1000_TDH },
	{ 0x00438, 4, E1000_TDT },
	{ 0x00440, 4, E1000_TIDV },
	{ 0x00600, 4 * E1000_VFTA_WORDS, E1000_VFTA },
	{ 0x08000, 4, E1000_RDFH },
	{ 0x08008, 4, E1000_RDFT },
	{ 0x08010, 4, E1000_TDFH },
	{ 0x08018, 4, E1000_TDFT },
};

static u32 resolve(u32 offset)
{
	unsigned int i;

	/* Most accesses are to registers that have no alias nearby. */
	if (offset >= 0x800 && offset - 0x8000 >= 0x20)
		return offset;
	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (offset - aliases[i].offset < aliases[i].len)
			return offset - aliases[i].offset + aliases[i].reg;
	return offset;
}

/* The row of a register, or NULL. Rows are in the order of their offsets. */
static const struct reg_row *find(u32 offset)
{
	unsigned int low = 0, high = ARRAY_SIZE(rows), mid;
	const struct reg_row *row;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (rows[mid].offset <= offset)
			low = mid;
		else
			high = mid;
	}
	row = &rows[low];
	offset -= row->offset;
	if (!offset)
		return row;
	return offset <= row->more * row->step && !(offset % row->step) ? row : NULL;
}

/* Accesses that take an exit, as they are counted */
enum reg_trap {
	TRAP_OTHER,
	TRAP_ICR,
	TRAP_IMS,
	TRAP_IMC,
	TRAP_RDT,
	TRAP_TDT,
};

const char *const nemu_e1000_traps[] = {
	"other", "icr", "ims", "imc", "rdt", "tdt", NULL
};

static enum reg_trap trap_of(u32 offset)
{
	switch (offset) {
	case E1000_ICR:
		return TRAP_ICR;
	case E1000_IMS:
		return TRAP_IMS;
	case E1000_IMC:
		return TRAP_IMC;
	case E1000_RDT:
		return TRAP_RDT;
	case E1000_TDT:
		return TRAP_TDT;
	default:
		return TRAP_OTHER;
	}
}

static u32 load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	const struct reg_row *row = find(offset);
	u32 value;

	if (!row)
		return 0;
	if (!row->load)
		return nemu_e1000_get(e, offset);
	if (!(row->flags & REG_LOCK))
		return row->load(card, e, offset);
	spin_lock(&e->lock);
	value = row->load(card, e, offset);
	spin_unlock(&e->lock);
	return value;
}

/**
 * nemu_e1000_load() - the driver reads a register
 * @card: card
 * @offset: a multiple of 4 in the memory BAR
 *
 * Return: its value.
 */
u32 nemu_e1000_load(struct nemu_card *card, u32 offset)
{
	struct nemu_e1000 *e = nemu_card_state(card);

	offset = resolve(offset);
	nemu_card_trapped(card, trap_of(offset));
	if (nemu_e1000_in_window(offset) && nemu_card_is_shared(card)) {
		nemu_card_lock(card);
		nemu_e1000_sync(card, true);
		nemu_card_unlock(card);
	}
	return load(card, e, offset);
}

/**
 * nemu_e1000_peek() - look at a register
 * @card: card
 * @offset: a multiple of 4 in the memory BAR; reading it changes nothing
 *
 * Return: its value, as far as the model has heard.
 */
u32 nemu_e1000_peek(struct nemu_card *card, u32 offset)
{
	return load(card, nemu_card_state(card), resolve(offset));
}

static void store(struct nemu_card *card, struct nemu_e1000 *e,
		  const struct reg_row *row, u32 offset, u32 value)
{
	if (row->store) {
		row->store(card, e, offset, value);
		return;
	}
	set_masked(e, offset, value, row->write);
	if (row->written)
		row->written(card, e, offset, value);
}

/**
 * nemu_e1000_store() - the driver writes a register
 * @card: card
 * @offset: a multiple of 4 in the memory BAR
 * @value: what is written
 *
 * What starts or stops a ring comes after all that the driver wrote into the
 * window before.
 */
void nemu_e1000_store(struct nemu_card *card, u32 offset, u32 value)
{
	struct nemu_e1000 *e = nemu_card_state(card);
	const struct reg_row *row;

	offset = resolve(offset);
	nemu_card_trapped(card, trap_of(offset));
	row = find(offset);
	if (!row || !(row->store || row->write))
		return;
	if (row->flags & REG_RING) {
		nemu_card_lock(card);
		if (nemu_card_is_shared(card))
			nemu_e1000_sync(card, true);
		store(card, e, row, offset, value);
		nemu_card_unlock(card);
	} else if (row->flags & REG_LOCK) {
		spin_lock(&e->lock);
		store(card, e, row, offset, value);
		spin_unlock(&e->lock);
	} else {
		store(card, e, row, offset, value);
	}
}

/**
 * nemu_e1000_take_over() - the driver has written into the window
 * @card: card
 * @e: its state
 * @offset: of a register in the window, or of none
 * @old: what the register held before the window was read
 * @word: what was in the window, not @old
 *
 * A write of the register that comes meanwhile wins, and is in the window already;
 * so is one into the window.
 */
void nemu_e1000_take_over(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
			  u32 old, u32 word)
{
	const struct reg_row *row = find(offset);
	u32 mask = row ? row->write : 0, value = (old & ~mask) | (word & mask);

	if (value != old &&
	    cmpxchg(&e->reg[offset / sizeof(u32)], old, value) != old)
		return;
	/* The bits that are not there. */
	if (value != word)
		cmpxchg(nemu_e1000_window(e, offset), word, value);
	if (!row || !row->written)
		return;
	if (row->flags & REG_LOCK) {
		spin_lock(&e->lock);
		row->written(card, e, offset, word);
		spin_unlock(&e->lock);
		return;
	}
	/*
	 * Of the transmitter, too: that the tail was written again is not seen where
	 * it is what it was in the ring before.
	 */
	nemu_card_kick(card);
	if (offset != E1000_TDT)
		row->written(card, e, offset, word);
}

/**
 * nemu_e1000_regs_reset() - give registers their initial values
 * @e: card
 * @power_on: all of them, not only those that CTRL.RST resets
 */
void nemu_e1000_regs_reset(struct nemu_e1000 *e, bool power_on)
{
	const struct reg_row *row;
	unsigned int n;

	for (row = rows; row < rows + ARRAY_SIZE(rows); row++) {
		if (row->flags & REG_RAM || (row->flags & REG_KEEP && !power_on))
			continue;
		for (n = 0; n <= row->more; n++)
			nemu_e1000_set(e, row->offset + n * row->step, row->reset);
	}
}

/**
 * nemu_e1000_reg_name() - what a register is called
 * @offset: its offset
 *
 * Return: name of the row it belongs to; NULL: it is reserved.
 */
const char *nemu_e1000_reg_name(u32 offset)
{
	const struct reg_row *row = find(resolve(offset));

	return row ? row->name : NULL;
}

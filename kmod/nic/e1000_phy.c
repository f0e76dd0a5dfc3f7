// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: the PHY, chapter 11 and section 13.4.7.1, behind MDIC; the link.
 * Behind the socket there is always a switch that speaks gigabit and negotiates:
 * what the guest offers decides.
 */
#include "e1000.h"

enum speed {
	SPEED_10,
	SPEED_100,
	SPEED_1000,
};

struct phy_row {
	u16 reset;
	u16 write;	/* bits that can be written */
};

static const struct phy_row rows[E1000_PHY_REGS] = {
	[E1000_PHY_CTRL] = { 0x1140, 0x7dc0 },
	[E1000_PHY_STATUS] = { 0x7949, 0 },
	[E1000_PHY_ID1] = { 0x0141, 0 },
	[E1000_PHY_ID2] = { 0x0c20, 0 },
	[E1000_PHY_ANA] = { 0x0de1, 0xafff },
	[E1000_PHY_LPA] = { 0, 0 },
	[E1000_PHY_ANE] = { 0x0004, 0 },
	[E1000_PHY_NPT] = { 0x2001, 0xb7ff },
	[E1000_PHY_LPN] = { 0, 0 },
	[E1000_PHY_GCON] = { 0x0e00, 0xff00 },
	[E1000_PHY_GSTATUS] = { 0, 0 },
	[E1000_PHY_ESTATUS] = { 0x3000, 0 },
	[E1000_PHY_PSCON] = { 0x0360, 0xffff },
	[E1000_PHY_PSSTAT] = { 0, 0 },
	[E1000_PHY_PINTE] = { 0, 0xffff },
	[E1000_PHY_PINTS] = { 0, 0 },
	[E1000_PHY_EPSCON1] = { 0x0d60, 0xffff },
	[E1000_PHY_PREC] = { 0, 0 },
	[E1000_PHY_LEDCON] = { 0x4100, 0xffff },
	[E1000_PHY_PAGE] = { 0, 0xffff },
	[E1000_PHY_PAGED] = { 0, 0xffff },
};

static bool negotiates(const struct nemu_e1000_phy *phy)
{
	return phy->reg[E1000_PHY_CTRL] & E1000_PHY_CTRL_ANE;
}

/* The best that the guest offers: the other end offers all. */
static enum speed offered(const struct nemu_e1000_phy *phy, bool *full)
{
	u16 gigabit = phy->reg[E1000_PHY_GCON], ana = phy->reg[E1000_PHY_ANA];

	if (gigabit & (BIT(9) | BIT(8))) {
		*full = gigabit & BIT(9);
		return SPEED_1000;
	}
	if (ana & (BIT(8) | BIT(7))) {
		*full = ana & BIT(8);
		return SPEED_100;
	}
	*full = ana & BIT(6);
	return SPEED_10;
}

static enum speed speed(const struct nemu_e1000_phy *phy, bool *full)
{
	u16 ctrl = phy->reg[E1000_PHY_CTRL];

	if (negotiates(phy))
		return offered(phy, full);
	*full = ctrl & E1000_PHY_CTRL_FD;
	if (ctrl & E1000_PHY_CTRL_SPEED_MSB)
		return SPEED_1000;
	return ctrl & E1000_PHY_CTRL_SPEED_LSB ? SPEED_100 : SPEED_10;
}

/**
 * nemu_e1000_loopback() - does the card hear itself and nothing else?
 * @e: card
 *
 * Return: yes, in the MAC (RCTL.LBM) or in the PHY.
 */
bool nemu_e1000_loopback(const struct nemu_e1000 *e)
{
	return nemu_e1000_get(e, E1000_RCTL) & E1000_RCTL_LBM ||
	       READ_ONCE(e->phy.reg[E1000_PHY_CTRL]) & E1000_PHY_CTRL_LOOPBACK;
}

/**
 * nemu_e1000_link() - is there a link?
 * @e: card
 *
 * Return: yes; the PHY's loopback is as good as one.
 */
bool nemu_e1000_link(const struct nemu_e1000 *e)
{
	return READ_ONCE(e->phy.link) ||
	       READ_ONCE(e->phy.reg[E1000_PHY_CTRL]) & E1000_PHY_CTRL_LOOPBACK;
}

/**
 * nemu_e1000_status_load() - what STATUS says, 13.4.2
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Return: the register.
 */
u32 nemu_e1000_status_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	u32 ctrl = nemu_e1000_get(e, E1000_CTRL), status = 0, rate;
	bool full;

	rate = speed(&e->phy, &full);
	status |= rate << E1000_STATUS_ASDV_SHIFT;
	if (ctrl & E1000_CTRL_FRCSPD)
		rate = ctrl >> E1000_CTRL_SPEED_SHIFT & 3;
	status |= rate << E1000_STATUS_SPEED_SHIFT;
	if (ctrl & E1000_CTRL_FRCDPX ? ctrl & E1000_CTRL_FD : full)
		status |= E1000_STATUS_FD;
	if (nemu_e1000_link(e))
		status |= E1000_STATUS_LU;
	return status;
}

/* @before: nemu_e1000_link() as it was */
static void link_changed(struct nemu_card *card, struct nemu_e1000 *e,
			 bool before)
{
	if (nemu_e1000_link(e) != before)
		nemu_e1000_irq_cause(card, e, E1000_ICR_LSC);
	/* Frames that waited for a link, or for nothing. */
	nemu_card_kick(card);
}

/*
 * Begins anew. @at_once: the other end has been waiting, nobody has seen the
 * link down.
 */
static void restart(struct nemu_card *card, struct nemu_e1000 *e, bool at_once)
{
	u16 off = E1000_PHY_CTRL_DOWN | E1000_PHY_CTRL_ISOLATE;
	struct nemu_e1000_phy *phy = &e->phy;
	bool before = nemu_e1000_link(e), able;

	able = phy->cable && !(phy->reg[E1000_PHY_CTRL] & off);
	nemu_card_timer(card, E1000_TIMER_AUTONEG, 0);
	phy->negotiated = able && negotiates(phy) && at_once;
	if (!able || (negotiates(phy) && !at_once)) {
		phy->was_down = true;
		WRITE_ONCE(phy->link, false);
	} else {
		WRITE_ONCE(phy->link, true);
	}
	if (able && negotiates(phy) && !at_once)
		nemu_card_timer(card, E1000_TIMER_AUTONEG, nemu_card_autoneg(card));
	link_changed(card, e, before);
}

/**
 * nemu_e1000_phy_negotiated() - autonegotiation has come to its end
 * @card: card
 * @e: its state
 */
void nemu_e1000_phy_negotiated(struct nemu_card *card, struct nemu_e1000 *e)
{
	u16 off = E1000_PHY_CTRL_DOWN | E1000_PHY_CTRL_ISOLATE;
	struct nemu_e1000_phy *phy = &e->phy;
	bool before = nemu_e1000_link(e);

	if (phy->link || !phy->cable || phy->reg[E1000_PHY_CTRL] & off)
		return;
	phy->negotiated = true;
	phy->page_received = true;
	WRITE_ONCE(phy->link, true);
	link_changed(card, e, before);
}

/**
 * nemu_e1000_phy_reset() - power on
 * @card: card
 * @e: its state
 *
 * The link is up at once if there is a cable.
 */
void nemu_e1000_phy_reset(struct nemu_card *card, struct nemu_e1000 *e)
{
	int i;

	for (i = 0; i < E1000_PHY_REGS; i++)
		WRITE_ONCE(e->phy.reg[i], rows[i].reset);
	e->phy.cable = nemu_card_link(card);
	e->phy.was_down = false;
	e->phy.page_received = true;
	restart(card, e, true);
}

/**
 * nemu_e1000_phy_hold() - the reset pin of the PHY, CTRL.PHY_RST
 * @card: card
 * @e: its state
 * @hold: it is asserted
 */
void nemu_e1000_phy_hold(struct nemu_card *card, struct nemu_e1000 *e, bool hold)
{
	int i;

	for (i = 0; i < E1000_PHY_REGS; i++)
		WRITE_ONCE(e->phy.reg[i], rows[i].reset);
	restart(card, e, false);
	if (hold)
		nemu_card_timer(card, E1000_TIMER_AUTONEG, 0);
}

/**
 * nemu_e1000_phy_cable() - the cable was plugged in or pulled
 * @card: card
 * @e: its state
 * @plugged: which
 */
void nemu_e1000_phy_cable(struct nemu_card *card, struct nemu_e1000 *e,
			  bool plugged)
{
	if (e->phy.cable == plugged)
		return;
	e->phy.cable = plugged;
	restart(card, e, false);
}

static u16 phy_status(struct nemu_e1000_phy *phy)
{
	u16 value = rows[E1000_PHY_STATUS].reset;

	/* A link that was lost is seen once. */
	if (phy->link && !phy->was_down)
		value |= E1000_PHY_STATUS_LINK;
	if (phy->negotiated)
		value |= E1000_PHY_STATUS_AN_DONE;
	phy->was_down = false;
	return value;
}

static u16 phy_expansion(struct nemu_e1000_phy *phy)
{
	u16 value = phy->reg[E1000_PHY_ANE];

	if (phy->negotiated)
		value |= BIT(0) | BIT(3) | (phy->page_received ? BIT(1) : 0);
	phy->page_received = false;
	return value;
}

static u16 phy_specific_status(const struct nemu_e1000_phy *phy)
{
	bool full;
	u16 rate = speed(phy, &full);

	if (!phy->link)
		return 0;
	return rate << 14 | full << 13 | BIT(11) | BIT(10);
}

static u16 phy_load(struct nemu_e1000_phy *phy, unsigned int n)
{
	switch (n) {
	case E1000_PHY_STATUS:
		return phy_status(phy);
	case E1000_PHY_LPA:		/* all of 10 and 100, no PAUSE */
		return phy->negotiated ? 0xc1e1 : 0;
	case E1000_PHY_ANE:
		return phy_expansion(phy);
	case E1000_PHY_LPN:
		return phy->negotiated ? 0x2001 : 0;
	case E1000_PHY_GSTATUS:		/* gigabit both ways, receivers fine */
		return phy->negotiated ? 0x3c00 : 0;
	case E1000_PHY_PSSTAT:
		return phy_specific_status(phy);
	default:
		return phy->reg[n];
	}
}

static void ctrl_store(struct nemu_card *card, struct nemu_e1000 *e, u16 value)
{
	u16 old = e->phy.reg[E1000_PHY_CTRL], anew;
	bool before = nemu_e1000_link(e);

	WRITE_ONCE(e->phy.reg[E1000_PHY_CTRL], value & rows[E1000_PHY_CTRL].write);
	if (nemu_e1000_link(e) != before)
		link_changed(card, e, before);
	/* 11.1.3: what changes speed and duplex waits for one of these. */
	anew = (old ^ value) & (E1000_PHY_CTRL_DOWN | E1000_PHY_CTRL_ISOLATE);
	if (anew || value & (E1000_PHY_CTRL_RESET | E1000_PHY_CTRL_RESTART))
		restart(card, e, false);
}

/**
 * nemu_e1000_mdic_store() - a driver talks to the PHY, 13.4.7
 * @card: card
 * @e: its state
 * @offset: register
 * @value: MDIC
 */
void nemu_e1000_mdic_store(struct nemu_card *card, struct nemu_e1000 *e,
			   u32 offset, u32 value)
{
	u32 n = value >> E1000_MDIC_REG_SHIFT & (E1000_PHY_REGS - 1);
	bool there = (value >> E1000_MDIC_PHY_SHIFT & 0x1f) == E1000_PHY_ADDRESS;

	value &= ~(E1000_MDIC_READY | E1000_MDIC_ERROR | BIT(31));
	if (value & E1000_MDIC_READ) {
		value &= 0xffff0000;
		/* Nobody answers: the line is pulled up. */
		value |= there ? phy_load(&e->phy, n) : E1000_MDIC_ERROR | 0xffff;
	} else if (value & E1000_MDIC_WRITE && there) {
		if (n == E1000_PHY_CTRL)
			ctrl_store(card, e, value);
		else
			WRITE_ONCE(e->phy.reg[n],
				   (e->phy.reg[n] & ~rows[n].write) |
				   (value & rows[n].write));
	}
	nemu_e1000_set(e, E1000_MDIC, value | E1000_MDIC_READY);
	if (value & E1000_MDIC_INTERRUPT)
		nemu_e1000_irq_cause(card, e, E1000_ICR_MDAC);
}

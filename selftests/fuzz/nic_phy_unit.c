// SPDX-License-Identifier: GPL-2.0
/* 82540EM: PHY, link and interrupts. */
#include "nic_rings.h"

#define LU	E1000_STATUS_LU

static u32 mdic(struct nemu_card *card, u32 value)
{
	card_write(card, E1000_MDIC, value | E1000_PHY_ADDRESS << E1000_MDIC_PHY_SHIFT);
	return card_read(card, E1000_MDIC);
}

static u16 phy_read(struct nemu_card *card, u32 reg)
{
	return mdic(card, E1000_MDIC_READ | reg << E1000_MDIC_REG_SHIFT);
}

static void phy_write(struct nemu_card *card, u32 reg, u16 value)
{
	mdic(card, E1000_MDIC_WRITE | reg << E1000_MDIC_REG_SHIFT | value);
}

static u32 status(struct nemu_card *card)
{
	return card_read(card, E1000_STATUS);
}

/* ---- 13.4.7 ------------------------------------------------------------- */

TEST_F(card, mdic)
{
	EXPECT_EQ(0x18220141, mdic(self->card, 0x08020000));
	EXPECT_EQ(0x18230c20, mdic(self->card, 0x08030000));
	/* Another address: nobody answers. */
	card_write(self->card, E1000_MDIC, 0x08420000);
	EXPECT_EQ(0x5842ffff, card_read(self->card, E1000_MDIC));
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
	mdic(self->card, 0x28020000);
	EXPECT_EQ(E1000_ICR_MDAC, card_read(self->card, E1000_ICR));
}

/* 13.4.7.1 */
TEST_F(card, phy_reset_values)
{
	static const u16 rows[][2] = {
		{ 0, 0x1140 }, { 1, 0x796d }, { 2, 0x0141 }, { 3, 0x0c20 },
		{ 4, 0x0de1 }, { 5, 0xc1e1 }, { 7, 0x2001 }, { 9, 0x0e00 },
		{ 10, 0x3c00 }, { 15, 0x3000 }, { 16, 0x0360 }, { 17, 0xac00 },
		{ 20, 0x0d60 }, { 21, 0 }, { 31, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i][1], phy_read(self->card, rows[i][0]));
	EXPECT_EQ(0x000f, phy_read(self->card, 6));
	EXPECT_EQ(0x000d, phy_read(self->card, 6));
}

/* The loopback test of the Linux driver */
TEST_F(card, phy_loopback)
{
	static const u16 values[] = { 0x9140, 0x8140, 0x4140 };
	size_t i;

	phy_write(self->card, 16, 0x0808);
	EXPECT_EQ(0x0808, phy_read(self->card, 16));
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		phy_write(self->card, 0, values[i]);
		EXPECT_EQ(values[i] & 0x7fff, phy_read(self->card, 0));
	}
	EXPECT_EQ(0x283, status(self->card));
	phy_write(self->card, 29, 0x001f);
	phy_write(self->card, 30, 0x8ffc);
	EXPECT_EQ(0x001f, phy_read(self->card, 29));
	EXPECT_EQ(0x8ffc, phy_read(self->card, 30));
	/* No cable is needed. */
	card_plug(self->card, false);
	EXPECT_TRUE(status(self->card) & LU);
	phy_write(self->card, 0, 0x0140);
	EXPECT_FALSE(status(self->card) & LU);
}

TEST_F(card, autonegotiation)
{
	card_write(self->card, E1000_IMS, E1000_ICR_LSC);
	phy_write(self->card, 0, 0x1340);
	EXPECT_EQ(0x1140, phy_read(self->card, 0));
	EXPECT_FALSE(status(self->card) & LU);
	EXPECT_EQ(E1000_ICR_LSC, card_read(self->card, E1000_ICR));
	EXPECT_EQ(0x7949, phy_read(self->card, 1));
	EXPECT_EQ(0, phy_read(self->card, 10));
	card_wait(self->card, 10 * 1000 * 1000);
	EXPECT_TRUE(self->card->line);
	EXPECT_EQ(E1000_ICR_LSC, card_read(self->card, E1000_ICR));
	EXPECT_TRUE(status(self->card) & LU);
	EXPECT_EQ(0x796d, phy_read(self->card, 1));
	/* As long as the administrator likes. */
	self->card->autoneg = 3000ULL * 1000 * 1000;
	phy_write(self->card, 0, 0x1340);
	card_wait(self->card, 2999ULL * 1000 * 1000);
	EXPECT_FALSE(status(self->card) & LU);
	card_wait(self->card, 1000 * 1000);
	EXPECT_TRUE(status(self->card) & LU);
}

/* 11.1.3: what is offered decides, from the next start on. */
TEST_F(card, speeds)
{
	static const struct {
		u16 gigabit, ana;
		u32 status;
	} rows[] = {
		{ 0x0200, 0x0001, 0x283 }, { 0x0100, 0x0001, 0x282 },
		{ 0, 0x01e1, 0x143 }, { 0, 0x00e1, 0x142 },
		{ 0, 0x0061, 0x003 }, { 0, 0x0021, 0x002 },
	};
	static const u32 forced[][2] = {
		{ 0x8140, 0x283 }, { 0xa100, 0x143 }, { 0xa000, 0x142 }, { 0x8100, 0x003 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		phy_write(self->card, 9, rows[i].gigabit);
		phy_write(self->card, 4, rows[i].ana);
		phy_write(self->card, 0, 0x1340);
		card_wait(self->card, 10 * 1000 * 1000);
		EXPECT_EQ(rows[i].status, status(self->card));
	}
	for (i = 0; i < ARRAY_SIZE(forced); i++) {
		phy_write(self->card, 0, forced[i][0]);
		EXPECT_EQ(forced[i][1], status(self->card));
	}
	card_write(self->card, E1000_CTRL, E1000_CTRL_FRCSPD | E1000_CTRL_FRCDPX |
		   E1000_CTRL_SLU | 0x101);
	EXPECT_EQ(0x043, status(self->card));
}

TEST_F(card, cable)
{
	card_write(self->card, E1000_IMS, E1000_ICR_LSC);
	card_plug(self->card, false);
	EXPECT_TRUE(self->card->line);
	EXPECT_EQ(E1000_ICR_LSC, card_read(self->card, E1000_ICR));
	EXPECT_FALSE(status(self->card) & LU);
	EXPECT_EQ(0, phy_read(self->card, 17));
	card_plug(self->card, false);
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
	card_wait(self->card, 1000 * 1000 * 1000);
	EXPECT_FALSE(status(self->card) & LU);
	card_plug(self->card, true);
	card_wait(self->card, 1000 * 1000 * 1000);
	EXPECT_EQ(E1000_ICR_LSC, card_read(self->card, E1000_ICR));
	EXPECT_TRUE(status(self->card) & LU);
	/* The loss is seen once, even when it is over. */
	EXPECT_EQ(0x7969, phy_read(self->card, 1));
	EXPECT_EQ(0x796d, phy_read(self->card, 1));
	/* Pulled while it negotiates */
	phy_write(self->card, 0, 0x1340);
	card_plug(self->card, false);
	card_wait(self->card, 1000 * 1000 * 1000);
	EXPECT_FALSE(status(self->card) & LU);
	card_reset(self->card);
	EXPECT_FALSE(status(self->card) & LU);
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
}

TEST_F(card, phy_power_and_reset)
{
	phy_write(self->card, 0, 0x1940);
	EXPECT_FALSE(status(self->card) & LU);
	card_wait(self->card, 1000 * 1000 * 1000);
	EXPECT_FALSE(status(self->card) & LU);
	phy_write(self->card, 0, 0x1140);
	card_wait(self->card, 1000 * 1000 * 1000);
	EXPECT_TRUE(status(self->card) & LU);
	phy_write(self->card, 16, 0x0808);
	card_write(self->card, E1000_CTRL, E1000_CTRL_SLU | E1000_CTRL_PHY_RST);
	card_wait(self->card, 1000 * 1000 * 1000);
	EXPECT_FALSE(status(self->card) & LU);
	EXPECT_EQ(0x0360, phy_read(self->card, 16));
	card_write(self->card, E1000_CTRL, E1000_CTRL_SLU);
	card_wait(self->card, 10 * 1000 * 1000);
	EXPECT_TRUE(status(self->card) & LU);
}

/* ---- 13.4.17 to 13.4.21 ------------------------------------------------- */

/* The interrupt test of the Linux driver: every cause, reserved ones as well */
TEST_F(card, ethtool_interrupt_test)
{
	u32 i, mask;

	card_write(self->card, E1000_IMC, 0xffffffff);
	for (i = 0; i < 10; i++) {
		mask = 1 << i;
		card_write(self->card, E1000_IMC, mask);
		card_write(self->card, E1000_ICS, mask);
		EXPECT_FALSE(self->card->line);
		card_write(self->card, E1000_IMS, mask);
		card_write(self->card, E1000_ICS, mask);
		EXPECT_TRUE(self->card->line);
		EXPECT_EQ(mask, card_read(self->card, E1000_ICR) & mask);
		EXPECT_FALSE(self->card->line);
		card_write(self->card, E1000_IMC, ~mask & 0x7fff);
		card_write(self->card, E1000_ICS, ~mask & 0x7fff);
		EXPECT_FALSE(self->card->line);
		card_read(self->card, E1000_ICR);
		card_write(self->card, E1000_IMC, 0xffffffff);
	}
}

TEST_F(card, causes)
{
	card_write(self->card, E1000_ICS, 0xffffffff);
	EXPECT_EQ(E1000_ICR_ALL, card_read(self->card, E1000_ICS));
	EXPECT_EQ(E1000_ICR_ALL, card_read(self->card, E1000_ICR));
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
	card_write(self->card, E1000_ICS, 0x95);
	card_write(self->card, E1000_ICR, 0x90);
	EXPECT_EQ(0x05, card_read(self->card, E1000_ICS));
	card_write(self->card, E1000_IMS, 0x01);
	EXPECT_TRUE(self->card->line);
	card_write(self->card, E1000_IMS, 0x04);
	EXPECT_EQ(0x05, card_read(self->card, E1000_IMS));
	EXPECT_EQ(1, self->card->rises);
	card_write(self->card, E1000_IMC, 0x01);
	EXPECT_TRUE(self->card->line);
	card_write(self->card, E1000_ICR, 0x04);
	EXPECT_FALSE(self->card->line);
	EXPECT_EQ(0, card_read(self->card, E1000_IMC));
}

/* 13.4.18: 256 ns each; a cause set by the driver does not wait. */
TEST_F(card, throttle)
{
	static u8 frame[60];

	make_frame(frame, sizeof(frame), mac, ETH_P_IP);
	rx_on(self->card, 0);
	card_write(self->card, E1000_ITR, 1000);
	card_write(self->card, E1000_IMS, E1000_ICR_RXT0 | E1000_ICR_LSC);
	EXPECT_EQ(0, card_give(self->card, frame, sizeof(frame), 0));
	EXPECT_TRUE(self->card->line);
	card_read(self->card, E1000_ICR);
	EXPECT_EQ(0, card_give(self->card, frame, sizeof(frame), 0));
	EXPECT_FALSE(self->card->line);
	card_wait(self->card, 255999);
	EXPECT_FALSE(self->card->line);
	card_wait(self->card, 1);
	EXPECT_TRUE(self->card->line);
	card_read(self->card, E1000_ICR);
	card_write(self->card, E1000_ICS, E1000_ICR_LSC);
	EXPECT_TRUE(self->card->line);
	card_read(self->card, E1000_ICR);
	/* Read before its time has come: nothing is left to be told. */
	EXPECT_EQ(0, card_give(self->card, frame, sizeof(frame), 0));
	EXPECT_EQ(E1000_ICR_RXT0, card_read(self->card, E1000_ICR));
	card_wait(self->card, 1000000);
	EXPECT_FALSE(self->card->line);
	/* Switched off, it holds nothing back any more. */
	card_give(self->card, frame, sizeof(frame), 0);
	card_read(self->card, E1000_ICR);
	card_give(self->card, frame, sizeof(frame), 0);
	EXPECT_FALSE(self->card->line);
	card_write(self->card, E1000_ITR, 0);
	EXPECT_TRUE(self->card->line);
}

/* 13.4.30, 13.4.31: 1.024 us each */
TEST_F(card, receive_delay)
{
	static u8 frame[60];
	int i;

	make_frame(frame, sizeof(frame), mac, ETH_P_IP);
	rx_on(self->card, 0);
	card_write(self->card, E1000_IMS, E1000_ICR_RXT0);
	card_write(self->card, E1000_RDTR, 100);
	card_give(self->card, frame, sizeof(frame), 0);
	card_wait(self->card, 90 * 1024);
	card_give(self->card, frame, sizeof(frame), 0);
	card_wait(self->card, 90 * 1024);
	EXPECT_FALSE(self->card->line);
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
	card_wait(self->card, 10 * 1024);
	EXPECT_TRUE(self->card->line);
	card_read(self->card, E1000_ICR);
	/* The absolute delay counts from the first. */
	card_write(self->card, E1000_RADV, 250);
	for (i = 0; i < 3; i++) {
		card_give(self->card, frame, sizeof(frame), 0);
		EXPECT_FALSE(self->card->line);
		card_wait(self->card, 80 * 1024);
	}
	card_wait(self->card, 10 * 1024);
	EXPECT_TRUE(self->card->line);
	card_read(self->card, E1000_ICR);
	/* FPD */
	card_give(self->card, frame, sizeof(frame), 0);
	card_write(self->card, E1000_RDTR, 0x80000000 | 100);
	EXPECT_TRUE(self->card->line);
	EXPECT_EQ(100, card_read(self->card, E1000_RDTR));
}

TEST_F(card, transmit_delay)
{
	tx_on(self->card);
	card_write(self->card, E1000_IMS, E1000_ICR_TXDW);
	card_write(self->card, E1000_TIDV, 100);
	card_write(self->card, E1000_TADV, 150);
	tx_desc(self, TX_DATA, LEGACY(60, LAST | E1000_TXD_IDE));
	tx_go(self);
	EXPECT_TRUE(tx_done(self->card, 0));
	EXPECT_FALSE(self->card->line);
	card_wait(self->card, 90 * 1024);
	tx_desc(self, TX_DATA, LEGACY(60, LAST | E1000_TXD_IDE));
	tx_go(self);
	card_wait(self->card, 59 * 1024);
	EXPECT_FALSE(self->card->line);
	card_wait(self->card, 1024);
	EXPECT_TRUE(self->card->line);
	EXPECT_EQ(E1000_ICR_TXDW, card_read(self->card, E1000_ICR) & E1000_ICR_TXDW);
	tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	EXPECT_TRUE(self->card->line);
}

TEST_HARNESS_MAIN

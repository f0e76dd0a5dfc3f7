// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: registers and EEPROM. Sections are those of the datasheet that
 * kmod/nic/e1000_hw.h names.
 */
#include "nic_rings.h"

/* What a driver that tests registers writes, and what is to be read then. */
struct pattern {
	u32 offset;
	u32 mask;
	u32 write;
};

/* The same rows as "ethtool -t" of the Linux driver */
static const struct pattern patterns[] = {
	{ E1000_FCAL, 0xffffffff, 0xffffffff },
	{ E1000_FCAH, 0x0000ffff, 0xffffffff },
	{ E1000_FCT, 0x0000ffff, 0xffffffff },
	{ E1000_VET, 0x0000ffff, 0xffffffff },
	{ E1000_RDTR, 0x0000ffff, 0xffffffff },
	{ E1000_RDBAH, 0xffffffff, 0xffffffff },
	{ E1000_RDLEN, 0x000fff80, 0x000fffff },
	{ E1000_RDH, 0x0000ffff, 0x0000ffff },
	{ E1000_RDT, 0x0000ffff, 0x0000ffff },
	{ E1000_FCRTH, 0x0000fff8, 0x0000fff8 },
	{ E1000_FCTTV, 0x0000ffff, 0x0000ffff },
	{ E1000_TIPG, 0x3fffffff, 0x3fffffff },
	{ E1000_TDBAH, 0xffffffff, 0xffffffff },
	{ E1000_TDLEN, 0x000fff80, 0x000fffff },
	{ E1000_RDBAL, 0xfffffff0, 0xffffffff },
	{ E1000_TXCW, 0xc000ffff, 0x0000ffff },
	{ E1000_TDBAL, 0xfffffff0, 0xffffffff },
	{ E1000_TIDV, 0x0000ffff, 0x0000ffff },
};

static bool pattern_holds(struct nemu_card *card, u32 offset, u32 mask, u32 write)
{
	static const u32 test[] = { 0x5a5a5a5a, 0xa5a5a5a5, 0, 0xffffffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(test); i++) {
		card_write(card, offset, write & test[i]);
		if (card_read(card, offset) != (write & test[i] & mask)) {
			printf("# %05x: wrote %08x, read %08x\n", offset, write & test[i],
			       card_read(card, offset));
			return false;
		}
	}
	return true;
}

TEST_F(card, ethtool_register_test)
{
	static const u32 rctl[] = { 0xffffffff, 0x06dfb3fe, 0x06dfb3fe };
	static const u32 write[] = { 0, 0x003ffffb, 0xffffffff };
	u32 before = card_read(self->card, E1000_STATUS);
	size_t i;

	card_write(self->card, E1000_STATUS, 0xfffff833);
	EXPECT_EQ(before, card_read(self->card, E1000_STATUS));
	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		EXPECT_TRUE(pattern_holds(self->card, patterns[i].offset, patterns[i].mask,
					  patterns[i].write));
	for (i = 0; i < ARRAY_SIZE(rctl); i++) {
		card_write(self->card, E1000_RCTL, write[i] & rctl[i]);
		EXPECT_EQ(write[i] & rctl[i], card_read(self->card, E1000_RCTL) & rctl[i]);
	}
	card_write(self->card, E1000_TCTL, 0);
	EXPECT_EQ(0, card_read(self->card, E1000_TCTL));
	for (i = 0; i < 15; i++)
		EXPECT_TRUE(pattern_holds(self->card, E1000_RA + 8 * i + 4,
					  0x8003ffff, 0xffffffff));
	for (i = 0; i < E1000_MTA_WORDS; i++)
		EXPECT_TRUE(pattern_holds(self->card, E1000_MTA + 4 * i,
					  0xffffffff, 0xffffffff));
}

TEST_F(card, reset_values)
{
	static const struct {
		u32 offset, value;
	} rows[] = {
		{ E1000_CTRL, 0x00140241 },
		{ E1000_STATUS, 0x00000283 },	/* gigabit, full duplex, link */
		{ E1000_EECD, 0x00000118 },
		{ E1000_VET, 0x8100 },
		{ E1000_LEDCTL, 0x07068302 },
		{ E1000_PBA, 0x00100030 },
		{ E1000_TSPMT, 0x01000400 },
		{ E1000_RXDCTL, 0x00010000 },
		{ E1000_RCTL, 0 }, { E1000_TCTL, 0 }, { E1000_ICR, 0 }, { E1000_IMS, 0 },
		{ E1000_RA, 0x12005452 }, { E1000_RA + 4, 0x80005634 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i].value, card_read(self->card, rows[i].offset));
}

/* 13.2: what is not named reads as zero and takes no writes, to the last word. */
TEST_F(card, reserved)
{
	u32 offset;

	for (offset = 0; offset < E1000_BAR0_SIZE; offset += 4) {
		if (nemu_e1000_reg_name(offset))
			continue;
		card_write(self->card, offset, 0xffffffff);
		if (card_read(self->card, offset))
			EXPECT_EQ(0, offset);
	}
	EXPECT_STREQ("PBM", nemu_e1000_reg_name(0x1fffc));
	EXPECT_STREQ("CTRL", nemu_e1000_reg_name(0));
	EXPECT_STREQ("FFVT", nemu_e1000_reg_name(E1000_FFVT + 127 * 8));
	EXPECT_EQ(NULL, nemu_e1000_reg_name(E1000_FFVT + 4));
	EXPECT_EQ(NULL, nemu_e1000_reg_name(E1000_FFVT + 128 * 8));
}

/* 13.2: the 82542's places */
TEST_F(card, aliases)
{
	static const u32 rows[][2] = {
		{ 0x00040, E1000_RA }, { 0x000bc, E1000_RA + 0x7c },
		{ 0x00108, E1000_RDTR }, { 0x00110, E1000_RDBAL },
		{ 0x00118, E1000_RDLEN }, { 0x00120, E1000_RDH },
		{ 0x00128, E1000_RDT }, { 0x00160, E1000_FCRTH },
		{ 0x00168, E1000_FCRTL }, { 0x003fc, E1000_MTA + 0x1fc },
		{ 0x00420, E1000_TDBAL }, { 0x00430, E1000_TDH },
		{ 0x00438, E1000_TDT }, { 0x00440, E1000_TIDV },
		{ 0x007fc, E1000_VFTA + 0x1fc }, { 0x08000, E1000_RDFH },
		{ 0x08018, E1000_TDFT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		card_write(self->card, rows[i][0], 0x80001280);
		EXPECT_NE(0, card_read(self->card, rows[i][1]));
		EXPECT_EQ(card_read(self->card, rows[i][1]), card_read(self->card, rows[i][0]));
	}
}

TEST_F(card, widths)
{
	const struct nemu_model *m = self->card->model;

	card_write(self->card, E1000_VET, 0x1234);
	EXPECT_EQ(0x34, m->read(self->card, 0, E1000_VET, 1) & 0xff);
	EXPECT_EQ(0x12, m->read(self->card, 0, E1000_VET + 1, 1) & 0xff);
	EXPECT_EQ(0x1234, m->read(self->card, 0, E1000_VET, 2) & 0xffff);
	EXPECT_EQ(0, m->read(self->card, 0, E1000_VET + 2, 2) & 0xffff);
	m->write(self->card, 0, E1000_VET, 2, 0xffff);
	m->write(self->card, 0, E1000_VET, 1, 0xff);
	m->write(self->card, 0, E1000_VET + 1, 1, 0xff);
	EXPECT_EQ(0x1234, card_read(self->card, E1000_VET));
}

/* 13.1.2 */
TEST_F(card, io_window)
{
	const struct nemu_model *m = self->card->model;
	u32 offset;

	m->write(self->card, 1, E1000_IOADDR, 4, E1000_VET);
	EXPECT_EQ(E1000_VET, m->read(self->card, 1, E1000_IOADDR, 4));
	EXPECT_EQ(0x8100, m->read(self->card, 1, E1000_IODATA, 4));
	EXPECT_EQ(0x81, m->read(self->card, 1, E1000_IODATA + 1, 1) & 0xff);
	m->write(self->card, 1, E1000_IODATA, 4, 0x9100);
	EXPECT_EQ(0x9100, card_read(self->card, E1000_VET));
	m->write(self->card, 1, E1000_IOADDR, 2, 0);
	EXPECT_EQ(E1000_VET, m->read(self->card, 1, E1000_IOADDR, 4));
	/* Flash is not there; what is beyond the two registers neither. */
	m->write(self->card, 1, E1000_IOADDR, 4, 0x80000);
	m->write(self->card, 1, E1000_IODATA, 4, 0xffffffff);
	EXPECT_EQ(0, m->read(self->card, 1, E1000_IODATA, 4));
	m->write(self->card, 1, E1000_IOADDR, 4, 0xffffffff);
	EXPECT_EQ(0, m->read(self->card, 1, E1000_IODATA, 4));
	for (offset = 8; offset < E1000_BAR1_SIZE; offset += 4) {
		m->write(self->card, 1, offset, 4, 0xffffffff);
		EXPECT_EQ(0, m->read(self->card, 1, offset, 4));
	}
	/* The Linux driver resets this card so. */
	m->write(self->card, 1, E1000_IOADDR, 4, E1000_CTRL);
	m->write(self->card, 1, E1000_IODATA, 4, E1000_CTRL_RST);
	EXPECT_EQ(0x8100, card_read(self->card, E1000_VET));
}

/* 13.4.1, 13.4.16 */
TEST_F(card, software_reset)
{
	card_write(self->card, E1000_PBA, 0x28);
	card_write(self->card, E1000_IMS, 0x1f);
	card_write(self->card, E1000_ICS, 0x04);
	EXPECT_TRUE(self->card->line);
	card_write(self->card, E1000_RA, 0);
	card_write(self->card, E1000_RA + 12, 0x80000001);
	tx_on(self->card);
	rx_on(self->card, 0);
	card_write(self->card, E1000_CTRL, E1000_CTRL_RST | 0xffff);
	EXPECT_FALSE(self->card->line);
	EXPECT_EQ(0x00140241, card_read(self->card, E1000_CTRL));
	EXPECT_EQ(0x00180028, card_read(self->card, E1000_PBA));
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
	EXPECT_EQ(0, card_read(self->card, E1000_IMS));
	EXPECT_EQ(0, card_read(self->card, E1000_RCTL));
	EXPECT_EQ(0, card_read(self->card, E1000_TDLEN));
	EXPECT_EQ(0x12005452, card_read(self->card, E1000_RA));
	EXPECT_EQ(0, card_read(self->card, E1000_RA + 12));
	EXPECT_EQ(1, self->card->forgotten);
	EXPECT_TRUE(card_read(self->card, E1000_STATUS) & E1000_STATUS_LU);
}

TEST_F(card, packet_buffer)
{
	card_write(self->card, E1000_PBA, 0xffff0030);
	EXPECT_EQ(0x00100030, card_read(self->card, E1000_PBA));
	card_write(self->card, E1000_PBA, 0x7f);
	EXPECT_EQ(0x00000040, card_read(self->card, E1000_PBA));
	card_write(self->card, E1000_PBM, 0xdeadbeef);
	card_write(self->card, 0x1fffc, 0x12345678);
	EXPECT_EQ(0xdeadbeef, card_read(self->card, E1000_PBM));
	EXPECT_EQ(0x12345678, card_read(self->card, 0x1fffc));
}

/* 13.7: they stick, and reading clears them; long ones by their upper half. */
TEST_F(card, statistics)
{
	struct nemu_e1000 *e = self->card->state;
	u32 offset;

	nemu_e1000_stat_add(e, E1000_MPC, 0xfffffff0);
	nemu_e1000_stat_add(e, E1000_MPC, 0x20);
	EXPECT_EQ(0xffffffff, card_read(self->card, E1000_MPC));
	EXPECT_EQ(0, card_read(self->card, E1000_MPC));
	nemu_e1000_stat_sent(e, mac, 0x80000000, 1);
	nemu_e1000_stat_sent(e, mac, 0x80000000, 1);
	nemu_e1000_stat_sent(e, mac, 64, 1);
	EXPECT_EQ(64, card_read(self->card, E1000_GOTCL));
	EXPECT_EQ(64, card_read(self->card, E1000_GOTCL));
	EXPECT_EQ(1, card_read(self->card, E1000_GOTCH));
	EXPECT_EQ(0, card_read(self->card, E1000_GOTCL));
	EXPECT_EQ(3, card_read(self->card, E1000_TPT));
	EXPECT_EQ(0, card_read(self->card, E1000_TPT));
	EXPECT_EQ(1, card_read(self->card, E1000_PTC64));
	for (offset = E1000_CRCERRS; offset <= E1000_TSCTFC; offset += 4) {
		card_write(self->card, offset, 0xffffffff);
		card_read(self->card, offset | 4);
		card_read(self->card, offset);
		EXPECT_EQ(0, card_read(self->card, offset));
	}
}

TEST_F(card, size_classes)
{
	static const u32 len[] = { 64, 127, 255, 511, 1023, 1522 };
	struct nemu_e1000 *e = self->card->state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(len); i++) {
		nemu_e1000_stat_received(e, mac, len[i]);
		EXPECT_EQ(1, card_read(self->card, E1000_PRC64 + 4 * i));
		nemu_e1000_stat_sent(e, mac, len[i] + (i < 5), 2);
		EXPECT_EQ(2, card_read(self->card, E1000_PTC64 + 4 * min_t(u32, i + 1, 5)));
	}
}

/* ---- chapter 5: the EEPROM, by pins ------------------------------------- */

static void pins(struct nemu_card *card, u32 value)
{
	card_write(card, E1000_EECD, value | E1000_EECD_REQ);
}

static void shift_out(struct nemu_card *card, u32 value, int bits)
{
	u32 di;

	while (bits--) {
		di = value >> bits & 1 ? E1000_EECD_DI : 0;
		pins(card, E1000_EECD_CS | di);
		pins(card, E1000_EECD_CS | di | E1000_EECD_SK);
		pins(card, E1000_EECD_CS | di);
	}
}

static u16 shift_in(struct nemu_card *card)
{
	u16 value = 0;
	int i;

	for (i = 0; i < 16; i++) {
		pins(card, E1000_EECD_CS | E1000_EECD_SK);
		value = value << 1 | !!(card_read(card, E1000_EECD) & E1000_EECD_DO);
		pins(card, E1000_EECD_CS);
	}
	return value;
}

static u16 read_word(struct nemu_card *card, u32 addr)
{
	u16 value;

	pins(card, E1000_EECD_CS);
	shift_out(card, 6, 3);
	shift_out(card, addr, 6);
	value = shift_in(card);
	pins(card, 0);
	return value;
}

static void write_word(struct nemu_card *card, u32 addr, u16 value)
{
	pins(card, E1000_EECD_CS);
	shift_out(card, 5, 3);
	shift_out(card, addr, 6);
	shift_out(card, value, 16);
	pins(card, 0);
	pins(card, E1000_EECD_CS);
}

static void command(struct nemu_card *card, u32 bits)
{
	pins(card, 0);
	pins(card, E1000_EECD_CS);
	shift_out(card, bits, 9);
	pins(card, 0);
}

TEST_F(card, eeprom_checksum)
{
	u16 sum = 0;
	u32 i;

	card_write(self->card, E1000_EECD, E1000_EECD_REQ);
	EXPECT_TRUE(card_read(self->card, E1000_EECD) & E1000_EECD_GNT);
	for (i = 0; i < E1000_EEPROM_WORDS; i++)
		sum += read_word(self->card, i);
	EXPECT_EQ(E1000_EEPROM_SUM, sum);
	EXPECT_EQ(0x5452, read_word(self->card, 0));
	EXPECT_EQ(0x1200, read_word(self->card, 1));
	EXPECT_EQ(0x5634, read_word(self->card, 2));
	EXPECT_EQ(0x100e, read_word(self->card, 0x0d));
	card_write(self->card, E1000_EECD, 0);
	EXPECT_FALSE(card_read(self->card, E1000_EECD) & E1000_EECD_GNT);
}

TEST_F(card, eeprom_in_sequence)
{
	pins(self->card, E1000_EECD_CS);
	shift_out(self->card, 0x180 | 0x3f, 9);
	shift_in(self->card);
	EXPECT_EQ(0x5452, shift_in(self->card));
	EXPECT_EQ(0x1200, shift_in(self->card));
}

TEST_F(card, eeprom_without_grant)
{
	card_write(self->card, E1000_EECD, E1000_EECD_CS);
	card_write(self->card, E1000_EECD, E1000_EECD_CS | E1000_EECD_DI | E1000_EECD_SK);
	EXPECT_TRUE(card_read(self->card, E1000_EECD) & E1000_EECD_DO);
	EXPECT_EQ(0x5452, read_word(self->card, 0));
}

TEST_F(card, eeprom_write)
{
	write_word(self->card, 5, 0x1234);
	EXPECT_EQ(0xffff, read_word(self->card, 5));
	command(self->card, 0x130);	/* enable */
	write_word(self->card, 5, 0x1234);
	EXPECT_TRUE(card_read(self->card, E1000_EECD) & E1000_EECD_DO);
	EXPECT_EQ(0x1234, read_word(self->card, 5));
	command(self->card, 0x1c0 | 5);	/* erase */
	EXPECT_EQ(0xffff, read_word(self->card, 5));
	write_word(self->card, 0, 0xbbaa);
	command(self->card, 0x100);	/* disable */
	write_word(self->card, 5, 0x4321);
	EXPECT_EQ(0xffff, read_word(self->card, 5));
	/* It stays over a reset, and the card takes its address from there. */
	card_reset(self->card);
	EXPECT_EQ(0x1200bbaa, card_read(self->card, E1000_RA));
	card_write(self->card, E1000_RA, 0);
	card_write(self->card, E1000_CTRL_EXT, E1000_CTRL_EXT_EE_RST);
	EXPECT_EQ(0x1200bbaa, card_read(self->card, E1000_RA));
	EXPECT_EQ(0, card_read(self->card, E1000_CTRL_EXT));
}

TEST_F(card, eeprom_all)
{
	command(self->card, 0x130);
	command(self->card, 0x120);
	EXPECT_EQ(0xffff, read_word(self->card, 0x3f));
	pins(self->card, E1000_EECD_CS);
	shift_out(self->card, 0x110, 9);
	shift_out(self->card, 0xa5a5, 16);
	pins(self->card, 0);
	EXPECT_EQ(0xa5a5, read_word(self->card, 0));
	EXPECT_EQ(0xa5a5, read_word(self->card, 0x3f));
}

/* 13.4.4 */
TEST_F(card, eerd)
{
	card_write(self->card, E1000_EERD, 0x0d00);
	EXPECT_EQ(0x0d00, card_read(self->card, E1000_EERD));
	card_write(self->card, E1000_EERD, 0x0d00 | E1000_EERD_START);
	EXPECT_EQ(0x100e0d10, card_read(self->card, E1000_EERD));
	card_write(self->card, E1000_EERD, 0x4d00 | E1000_EERD_START);
	EXPECT_EQ(0x100e4d10, card_read(self->card, E1000_EERD));
}

TEST_F(card, another_address)
{
	self->card->model->set_mac(self->card, peer);
	EXPECT_EQ(0x12005452, card_read(self->card, E1000_RA));
	card_write(self->card, E1000_CTRL, E1000_CTRL_RST);
	EXPECT_EQ(0xaa005452, card_read(self->card, E1000_RA));
	EXPECT_EQ(0x8000ccbb, card_read(self->card, E1000_RA + 4));
}

TEST_F(card, dump_and_rings)
{
	struct nemu_rings rings;
	u32 words[64];

	ASSERT_LE(self->card->model->regs_words, ARRAY_SIZE(words));
	rx_on(self->card, 0);
	card_write(self->card, E1000_ICS, 0x80);
	self->card->model->regs(self->card, words);
	EXPECT_EQ(0x00140241, words[0]);
	EXPECT_EQ(0x80, card_read(self->card, E1000_ICR));
	self->card->model->rings(self->card, &rings);
	EXPECT_EQ(RING, rings.rx_size);
	EXPECT_EQ(0, rings.tx_size);
	EXPECT_TRUE(rings.rx_on);
	EXPECT_FALSE(rings.tx_on);
	EXPECT_EQ(0, memcmp(rings.mac, mac, ETH_ALEN));
}

TEST_HARNESS_MAIN

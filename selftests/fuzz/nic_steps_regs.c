// SPDX-License-Identifier: GPL-2.0
/* Registers, EEPROM, PHY, interrupts. */
#include "nic_qtest.h"

struct named {
	const char *name;
	u32 offset;
	u32 write;	/* bits that may be tried; 0 = none */
};

#define R(reg, write)		{ #reg, E1000_##reg, write }
#define N(reg, n, write)	{ #reg "+" #n, E1000_##reg + (n), write }

/* All but those that read as what happened, or that make something happen */
static const struct named registers[] = {
	R(CTRL, 0x7bffffff), R(STATUS, ~0), R(EECD, 0), R(EERD, 0), R(CTRL_EXT, 0xffffdfff),
	R(MDIC, 0), R(FCAL, ~0), R(FCAH, ~0), R(FCT, ~0), R(VET, ~0), R(ICR, 0),
	R(ITR, ~0), R(ICS, 0), R(IMS, 0), R(IMC, 0), R(RCTL, 0xfffffffd), R(FCTTV, ~0),
	R(TXCW, ~0), R(RXCW, ~0), R(TCTL, 0xfffffffd), R(TIPG, ~0), R(AIFS, ~0),
	R(LEDCTL, ~0), R(PBA, 0x3f), R(FCRTL, ~0), R(FCRTH, ~0), R(RDFH, ~0),
	R(RDFT, ~0), R(RDFHS, ~0), R(RDFTS, ~0), R(RDFPC, ~0), R(RDBAL, ~0),
	R(RDBAH, ~0), R(RDLEN, ~0), R(RDH, ~0), R(RDT, ~0), R(RDTR, 0x7fffffff),
	R(RXDCTL, ~0), R(RADV, ~0), R(RSRPD, ~0), R(TXDMAC, ~0), R(TDFH, ~0),
	R(TDFT, ~0), R(TDFHS, ~0), R(TDFTS, ~0), R(TDFPC, ~0), R(TDBAL, ~0),
	R(TDBAH, ~0), R(TDLEN, ~0), R(TDH, ~0), R(TDT, ~0), R(TIDV, ~0), R(TXDCTL, ~0),
	R(TADV, ~0), R(TSPMT, ~0), R(CRCERRS, ~0), R(MPC, ~0), R(SCC, ~0), R(COLC, ~0),
	R(RLEC, ~0), R(XONRXC, ~0), R(XOFFTXC, ~0), R(FCRUC, ~0), R(PRC64, ~0),
	R(GPRC, ~0), R(GPTC, ~0), R(GORCL, ~0), R(GOTCH, ~0), R(RNBC, ~0), R(ROC, ~0),
	R(TORL, ~0), R(TPR, ~0), R(TPT, ~0), R(PTC64, ~0), R(BPTC, ~0), R(TSCTC, ~0),
	R(TSCTFC, ~0), R(RXCSUM, ~0), R(MTA, ~0), N(MTA, 508, ~0), R(RA, ~0),
	N(RA, 4, ~0), N(RA, 124, ~0), R(VFTA, ~0), N(VFTA, 508, ~0), R(WUC, ~0),
	R(WUFC, ~0), R(WUS, ~0), R(MANC, ~0), R(IPAV, ~0), R(IP4AT, ~0), N(IP4AT, 4, ~0),
	R(IP6AT, ~0), R(WUPL, ~0), R(WUPM, ~0), R(FFLT, ~0), N(FFLT, 4, ~0), R(FFMT, ~0),
	N(FFMT, 4, ~0), R(FFVT, ~0), N(FFVT, 4, ~0), R(PBM, ~0), N(PBM, 0xfffc, ~0),
	{ "82542 RDBAL", 0x00110, ~0 }, { "82542 TDBAL", 0x00420, ~0 },
	{ "82542 MTA", 0x00200, ~0 }, { "82542 RA", 0x00048, ~0 },
	{ "82542 VFTA", 0x00600, ~0 }, { "reserved 00004", 0x00004, ~0 },
	{ "reserved 0003c", 0x0003c, ~0 }, { "reserved 05b50", 0x05b50, ~0 },
	{ "reserved 0fffc", 0x0fffc, ~0 },
};

void steps_registers(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(registers); i++)
		note(reg_read(registers[i].offset), "reset: %s", registers[i].name);
	note(config_read(QTEST_SLOT, 0x00), "configuration: device");
	note(config_read(QTEST_SLOT, 0x08), "configuration: class, revision");
	note(config_read(QTEST_SLOT, 0x2c), "configuration: subsystem");
	config_write(QTEST_SLOT, 0x10, 0xffffffff);
	config_write(QTEST_SLOT, 0x14, 0xffffffff);
	note(config_read(QTEST_SLOT, 0x10), "configuration: size of memory");
	note(config_read(QTEST_SLOT, 0x14), "configuration: size of ports");
	config_write(QTEST_SLOT, 0x10, QTEST_BAR0);
	config_write(QTEST_SLOT, 0x14, QTEST_BAR1);
	/* The window of the ports, 13.1.2 */
	io_write(E1000_IOADDR, E1000_VET);
	note(io_read(E1000_IOADDR), "ports: address");
	note(io_read(E1000_IODATA), "ports: data");
	io_write(E1000_IODATA, 0x9100);
	note(reg_read(E1000_VET), "ports: write");
	/* The reset that drivers use */
	reg_write(E1000_VET, 0x1234);
	reg_write(E1000_RA, 0);
	reg_write(E1000_RCTL, E1000_RCTL_UPE);
	reg_write(E1000_IMS, 4);
	reg_write(E1000_CTRL, E1000_CTRL_RST);
	pass(10 * 1000 * 1000);
	note(reg_read(E1000_CTRL), "software reset: CTRL");
	note(reg_read(E1000_VET), "software reset: VET");
	note(reg_read(E1000_RA), "software reset: RAL");
	note(reg_read(E1000_RCTL), "software reset: RCTL");
	note(reg_read(E1000_IMS), "software reset: IMS");
}

/* Which bits can be set, and which can't be cleared */
void steps_masks(void)
{
	const struct named *r;
	u32 ones, zeros;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		r = &registers[i];
		if (!r->write)
			continue;
		reg_write(r->offset, r->write);
		ones = reg_read(r->offset);
		reg_write(r->offset, 0);
		zeros = reg_read(r->offset);
		note(ones, "ones: %s", r->name);
		note(zeros, "zeros: %s", r->name);
	}
}

/* ---- EEPROM ------------------------------------------------------------- */

static void pins(u32 value)
{
	reg_write(E1000_EECD, value | E1000_EECD_REQ);
}

static u16 eeprom_word(u32 addr)
{
	u32 out = 0x180 | addr, di;
	u16 value = 0;
	int i;

	pins(E1000_EECD_CS);
	for (i = 8; i >= 0; i--) {
		di = out >> i & 1 ? E1000_EECD_DI : 0;
		pins(E1000_EECD_CS | di);
		pins(E1000_EECD_CS | di | E1000_EECD_SK);
		pins(E1000_EECD_CS | di);
	}
	for (i = 0; i < 16; i++) {
		pins(E1000_EECD_CS | E1000_EECD_SK);
		value = value << 1 | !!(reg_read(E1000_EECD) & E1000_EECD_DO);
		pins(E1000_EECD_CS);
	}
	pins(0);
	return value;
}

void steps_eeprom(void)
{
	static const u8 words[] = { 0x00, 0x01, 0x02, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x24 };
	u16 sum = 0;
	size_t i;

	reg_write(E1000_EECD, 0);
	note(reg_read(E1000_EECD), "EECD: without request");
	reg_write(E1000_EECD, E1000_EECD_REQ);
	note(reg_read(E1000_EECD), "EECD: with request");
	for (i = 0; i < E1000_EEPROM_WORDS; i++)
		sum += eeprom_word(i);
	note(sum, "EEPROM: sum");
	for (i = 0; i < ARRAY_SIZE(words); i++)
		note(eeprom_word(words[i]), "EEPROM: word %02x", words[i]);
	for (i = 0; i < 3; i++) {
		reg_write(E1000_EERD, i << E1000_EERD_ADDR_SHIFT | E1000_EERD_START);
		note(reg_read(E1000_EERD), "EERD: word %02zx", i);
	}
	reg_write(E1000_EERD, 0x4000 | E1000_EERD_START);
	note(reg_read(E1000_EERD), "EERD: beyond the end");
}

/* ---- PHY ---------------------------------------------------------------- */

static u32 mdic(u32 value)
{
	reg_write(E1000_MDIC, value | 1 << E1000_MDIC_PHY_SHIFT);
	return reg_read(E1000_MDIC);
}

static u32 phy_read(u32 reg)
{
	return mdic(E1000_MDIC_READ | reg << E1000_MDIC_REG_SHIFT);
}

static u32 phy_write(u32 reg, u32 value)
{
	return mdic(E1000_MDIC_WRITE | reg << E1000_MDIC_REG_SHIFT | value);
}

void steps_phy(void)
{
	static const u8 writable[] = { 4, 7, 9, 16, 18, 20, 24, 29, 30 };
	static const u16 loopback[] = { 0x9140, 0x8140, 0x4140, 0x1140 };
	size_t i;

	for (i = 0; i < E1000_PHY_REGS; i++)
		note(phy_read(i), "PHY %zu: reset", i);
	for (i = 0; i < ARRAY_SIZE(writable); i++) {
		phy_write(writable[i], 0xffff);
		note(phy_read(writable[i]), "PHY %u: ones", writable[i]);
		phy_write(writable[i], 0);
		note(phy_read(writable[i]), "PHY %u: zeros", writable[i]);
	}
	reg_write(E1000_MDIC, 0x08420000);
	note(reg_read(E1000_MDIC), "MDIC: another PHY");
	reg_read(E1000_ICR);
	mdic(0x28020000);
	note(reg_read(E1000_ICR), "MDIC: interrupt");
	phy_write(E1000_PHY_ANA, 0x0de1);
	phy_write(E1000_PHY_GCON, 0x0e00);
	reg_read(E1000_ICR);
	phy_write(E1000_PHY_CTRL, 0x1340);
	note(reg_read(E1000_STATUS) & E1000_STATUS_LU, "negotiation: link at first");
	pass(600 * 1000 * 1000);
	note(reg_read(E1000_STATUS) & E1000_STATUS_LU, "negotiation: link");
	note(reg_read(E1000_ICR), "negotiation: ICR");
	phy_read(E1000_PHY_STATUS);
	for (i = 0; i < 11; i++)
		note(phy_read(i), "negotiation: PHY %zu", i);
	for (i = 0; i < ARRAY_SIZE(loopback); i++) {
		phy_write(E1000_PHY_CTRL, loopback[i]);
		note(phy_read(E1000_PHY_CTRL), "PHY control: %x", loopback[i]);
		note(reg_read(E1000_STATUS) & E1000_STATUS_LU,
		     "PHY control: link with %x", loopback[i]);
	}
}

/* ---- interrupts --------------------------------------------------------- */

static u32 line(void)
{
	pass(1000 * 1000);
	return config_read(QTEST_SLOT, 0x04) >> 19 & 1;
}

void steps_interrupts(void)
{
	u32 i;

	for (i = 0; i < 17; i++) {
		reg_write(E1000_IMC, ~0);
		reg_write(E1000_ICS, 1 << i);
		note(line(), "cause %u: line when masked", i);
		reg_write(E1000_IMS, 1 << i);
		note(line(), "cause %u: line", i);
		note(reg_read(E1000_ICS), "cause %u: ICS", i);
		note(reg_read(E1000_ICR), "cause %u: ICR", i);
		note(line(), "cause %u: line when read", i);
	}
	reg_write(E1000_ICS, ~0);
	note(reg_read(E1000_ICR), "all causes");
	reg_write(E1000_IMS, ~0);
	note(reg_read(E1000_IMS), "IMS: all");
	reg_write(E1000_IMC, 0xf0f0f0f0);
	note(reg_read(E1000_IMS), "IMS: without some");
	note(reg_read(E1000_IMC), "IMC: read");
	reg_write(E1000_ICS, 0x95);
	reg_write(E1000_ICR, 0x90);
	note(reg_read(E1000_ICR), "ICR: written");
	reg_write(E1000_IMC, ~0);
	reg_write(E1000_IMS, 5);
	reg_write(E1000_ICS, 5);
	reg_write(E1000_IMC, 1);
	note(line(), "two causes, one masked");
	reg_write(E1000_IMC, 4);
	note(line(), "two causes, both masked");
}

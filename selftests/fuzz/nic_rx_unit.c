// SPDX-License-Identifier: GPL-2.0
/* 82540EM: frames to the guest, and loopback. Sections are the datasheet's. */
#include "nic_rings.h"

#define DD	E1000_RXD_DD
#define EOP	E1000_RXD_EOP
#define IXSM	E1000_RXD_IXSM
#define VP	E1000_RXD_VP
#define PIF	E1000_RXD_PIF

static u8 frame[16384];

/* Receives and takes what is in descriptor @i away again. */
static u16 take(struct nemu_card *card, u32 i)
{
	u16 status = rx_status(card, i);

	put64(card, RX_RING + i * E1000_DESC_SIZE + 8, 0);
	return status;
}

/* 3.2.3 */
TEST_F(card, receive)
{
	rx_on(self->card, 0);
	make_frame(frame, 1514, mac, ETH_P_IP);
	EXPECT_EQ(0, card_give(self->card, frame, 1514, 0));
	EXPECT_EQ(DD | EOP | IXSM, rx_status(self->card, 0));
	EXPECT_EQ(1518, rx_len(self->card, 0));
	EXPECT_EQ(0, memcmp(frame, rx_data(self->card, 0), 1514));
	EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	EXPECT_EQ(E1000_ICR_RXT0, card_read(self->card, E1000_ICR));
	EXPECT_EQ(1518, card_read(self->card, E1000_GORCL));
	EXPECT_EQ(1, card_read(self->card, E1000_GPRC));
	EXPECT_EQ(1, card_read(self->card, E1000_TPR));
	EXPECT_EQ(0, card_read(self->card, E1000_BPRC));
}

TEST_F(card, padding)
{
	rx_on(self->card, E1000_RCTL_SECRC);
	memset(rx_data(self->card, 0), 0xff, 100);
	make_frame(frame, 42, mac, ETH_P_ARP);
	EXPECT_EQ(0, card_give(self->card, frame, 42, 0));
	EXPECT_EQ(60, rx_len(self->card, 0));
	EXPECT_EQ(0, memcmp(frame, rx_data(self->card, 0), 42));
	EXPECT_EQ(0, rx_data(self->card, 0)[42]);
	EXPECT_EQ(0, rx_data(self->card, 0)[59]);
	EXPECT_EQ(0xff, rx_data(self->card, 0)[60]);
	EXPECT_EQ(1, card_read(self->card, E1000_PRC64));
}

/* 13.4.22: all sizes of buffers, long packets, with FCS and without */
TEST_F(card, buffer_sizes)
{
	static const struct {
		u32 rctl, size;
	} rows[] = {
		{ 0, 2048 }, { 0x10000, 1024 }, { 0x20000, 512 }, { 0x30000, 256 },
		{ E1000_RCTL_BSEX | 0x10000, 16384 }, { E1000_RCTL_BSEX | 0x20000, 8192 },
		{ E1000_RCTL_BSEX | 0x30000, 4096 },
	};
	static const u32 lens[] = { 60, 252, 253, 256, 1022, 1514, 2044, 2045, 9000, 12000 };
	u32 i, n, at, total, part, d, sec;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (n = 0; n < 2 * ARRAY_SIZE(lens); n++) {
			sec = n & 1 ? E1000_RCTL_SECRC : 0;
			total = lens[n / 2] + (sec ? 0 : 4);
			rx_on(self->card, rows[i].rctl | E1000_RCTL_LPE | sec);
			make_frame(frame, lens[n / 2], mac, ETH_P_IP);
			ASSERT_EQ(0, card_give(self->card, frame, lens[n / 2], 0));
			for (at = 0, d = 0; at < total; at += part, d++) {
				part = min_t(u32, rows[i].size, total - at);
				EXPECT_EQ(part, rx_len(self->card, d));
				EXPECT_EQ(at + part < total ? DD : DD | EOP | IXSM,
					  rx_status(self->card, d));
				EXPECT_EQ(0, memcmp(frame + at, rx_data(self->card, d),
						    at < lens[n / 2] ?
						    min_t(u32, part, lens[n / 2] - at) : 0));
			}
			EXPECT_EQ(d, card_read(self->card, E1000_RDH));
		}
	}
}

TEST_F(card, oversize)
{
	make_frame(frame, 16380, mac, ETH_P_IP);
	rx_on(self->card, 0);
	card_give(self->card, frame, 1518, 0);
	EXPECT_EQ(1522, rx_len(self->card, 0));
	card_give(self->card, frame, 1519, 0);
	EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	EXPECT_EQ(1, card_read(self->card, E1000_ROC));
	card_write(self->card, E1000_RCTL, card_read(self->card, E1000_RCTL) | E1000_RCTL_LPE);
	card_give(self->card, frame, 16380, 0);
	EXPECT_EQ(1 + 8, card_read(self->card, E1000_RDH));
	EXPECT_EQ(2, card_read(self->card, E1000_GPRC));
}

/* ---- 13.5, chapter 9: the filter ------------------------------------------- */

static const u8 all[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const u8 group[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0x12, 0x34, 0x56 };

/* 0: not received; or else the status */
static u16 try_dst(struct nemu_card *card, const u8 *dst, u32 rctl)
{
	rx_on(card, rctl);
	card_write(card, E1000_RCTL, rctl | E1000_RCTL_EN);
	make_frame(frame, 60, dst, ETH_P_IP);
	card_give(card, frame, 60, 0);
	return rx_status(card, 0);
}

TEST_F(card, address_filter)
{
	EXPECT_EQ(DD | EOP | IXSM, try_dst(self->card, mac, 0));
	EXPECT_EQ(0, try_dst(self->card, peer, 0));
	EXPECT_EQ(DD | EOP | IXSM | PIF, try_dst(self->card, peer, E1000_RCTL_UPE));
	EXPECT_EQ(DD | EOP | IXSM, try_dst(self->card, mac, E1000_RCTL_UPE));
	EXPECT_EQ(0, try_dst(self->card, all, 0));
	EXPECT_EQ(DD | EOP | IXSM, try_dst(self->card, all, E1000_RCTL_BAM));
	EXPECT_EQ(0, try_dst(self->card, group, E1000_RCTL_UPE | E1000_RCTL_BAM));
	EXPECT_EQ(DD | EOP | IXSM | PIF, try_dst(self->card, group, E1000_RCTL_MPE));
	card_write(self->card, E1000_RA + 15 * 8, 0xaa005452);
	card_write(self->card, E1000_RA + 15 * 8 + 4, 0x0000ccbb);
	EXPECT_EQ(0, try_dst(self->card, peer, 0));
	card_write(self->card, E1000_RA + 15 * 8 + 4, 0x8000ccbb);
	EXPECT_EQ(DD | EOP | IXSM, try_dst(self->card, peer, 0));
	/* RAH.AS: the source counts. */
	card_write(self->card, E1000_RA + 15 * 8 + 4, 0x8001ccbb);
	EXPECT_EQ(0, try_dst(self->card, peer, 0));
	card_write(self->card, E1000_RA + 8, 0x12005452);
	card_write(self->card, E1000_RA + 12, 0x80015634);
	EXPECT_EQ(DD | EOP | IXSM, try_dst(self->card, peer, 0));
}

/* 13.5.1: which twelve bits of the address are looked up */
TEST_F(card, multicast_hash)
{
	static const u8 shift[] = { 4, 3, 2, 0 };
	u32 mo, hash;

	for (mo = 0; mo < 4; mo++) {
		hash = (group[5] << 8 | group[4]) >> shift[mo] & 0xfff;
		EXPECT_EQ(0, try_dst(self->card, group, mo << E1000_RCTL_MO_SHIFT));
		card_write(self->card, E1000_MTA + (hash >> 5) * 4, 1u << (hash & 31));
		EXPECT_EQ(DD | EOP | IXSM | PIF,
			  try_dst(self->card, group, mo << E1000_RCTL_MO_SHIFT));
		card_write(self->card, E1000_MTA + (hash >> 5) * 4, ~(1u << (hash & 31)));
		EXPECT_EQ(0, try_dst(self->card, group, mo << E1000_RCTL_MO_SHIFT));
		card_write(self->card, E1000_MTA + (hash >> 5) * 4, 0);
	}
}

static u32 make_vlan(u16 tci)
{
	make_frame(frame, 104, mac, ETH_P_8021Q);
	put_unaligned_be16(tci, frame + 14);
	put_unaligned_be16(ETH_P_IP, frame + 16);
	return 104;
}

TEST_F(card, vlan_strip)
{
	rx_on(self->card, E1000_RCTL_SECRC);
	card_give(self->card, frame, make_vlan(0x6123), 0);
	EXPECT_EQ(104, rx_len(self->card, 0));
	EXPECT_EQ(DD | EOP | IXSM, rx_status(self->card, 0));
	card_write(self->card, E1000_CTRL, E1000_CTRL_VME);
	card_give(self->card, frame, make_vlan(0x6123), 0);
	EXPECT_EQ(100, rx_len(self->card, 1));
	EXPECT_EQ(DD | EOP | IXSM | VP, rx_status(self->card, 1));
	EXPECT_EQ(0x6123, get64(self->card, RX_RING + E1000_DESC_SIZE + 8) >> 48);
	EXPECT_EQ(0, memcmp(frame, rx_data(self->card, 1), 12));
	EXPECT_EQ(0, memcmp(frame + 16, rx_data(self->card, 1) + 12, 88));
	EXPECT_EQ(2 * 108, card_read(self->card, E1000_TORL));
	/* VET decides what a tag is; a stripped short frame is shorter. */
	card_write(self->card, E1000_VET, 0x88a8);
	card_give(self->card, frame, make_vlan(0x6123), 0);
	EXPECT_EQ(104, rx_len(self->card, 2));
	card_write(self->card, E1000_VET, 0x8100);
	make_vlan(5);
	card_give(self->card, frame, 46, 0);
	EXPECT_EQ(56, rx_len(self->card, 3));
	EXPECT_EQ(0, rx_data(self->card, 3)[55]);
	card_give(self->card, frame, 17, 0);
	EXPECT_EQ(60, rx_len(self->card, 4));
}

TEST_F(card, vlan_filter)
{
	rx_on(self->card, E1000_RCTL_VFE);
	card_give(self->card, frame, make_vlan(0x0123), 0);
	EXPECT_EQ(0, rx_status(self->card, 0));
	make_frame(frame, 60, mac, ETH_P_IP);
	card_give(self->card, frame, 60, 0);
	EXPECT_EQ(DD | EOP | IXSM, take(self->card, 0));
	card_write(self->card, E1000_VFTA + (0x123 >> 5) * 4, 1 << (0x123 & 31));
	card_give(self->card, frame, make_vlan(0xf123), 0);
	EXPECT_EQ(DD | EOP | IXSM, take(self->card, 1));
	card_give(self->card, frame, make_vlan(0x0122), 0);
	EXPECT_EQ(0, take(self->card, 2));
	rx_on(self->card, E1000_RCTL_VFE | E1000_RCTL_CFIEN);
	card_give(self->card, frame, make_vlan(0x1123), 0);
	EXPECT_EQ(0, take(self->card, 0));
	card_give(self->card, frame, make_vlan(0x0123), 0);
	EXPECT_EQ(DD | EOP | IXSM, take(self->card, 0));
	rx_on(self->card, E1000_RCTL_VFE | E1000_RCTL_CFIEN | E1000_RCTL_CFI);
	card_give(self->card, frame, make_vlan(0x1123), 0);
	EXPECT_EQ(DD | EOP | IXSM, take(self->card, 0));
}

/* 13.4.47 */
TEST_F(card, checksum_flags)
{
	static const struct {
		u32 rxcsum, known, status;
	} rows[] = {
		{ 0, NEMU_RX_IP_OK | NEMU_RX_L4_OK, IXSM },
		{ 0x300, 0, IXSM },
		{ 0x300, NEMU_RX_IP_OK, E1000_RXD_IPCS },
		{ 0x300, NEMU_RX_L4_OK, E1000_RXD_TCPCS },
		{ 0x300, NEMU_RX_IP_OK | NEMU_RX_L4_OK, E1000_RXD_IPCS | E1000_RXD_TCPCS },
		{ 0x100, NEMU_RX_IP_OK | NEMU_RX_L4_OK, E1000_RXD_IPCS },
		{ 0x200, NEMU_RX_IP_OK | NEMU_RX_L4_OK, E1000_RXD_TCPCS },
	};
	size_t i;

	make_frame(frame, 60, mac, ETH_P_IP);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rx_on(self->card, 0);
		card_write(self->card, E1000_RXCSUM, rows[i].rxcsum);
		card_give(self->card, frame, 60, rows[i].known);
		EXPECT_EQ(DD | EOP | rows[i].status, rx_status(self->card, 0));
	}
}

/* 8.7.4 */
TEST_F(card, pause_frames)
{
	static const u8 pause[ETH_ALEN] = { 0x01, 0x80, 0xc2, 0, 0, 0x01 };

	make_frame(frame, 60, pause, E1000_MAC_CONTROL);
	put_unaligned_be16(1, frame + 14);
	rx_on(self->card, E1000_RCTL_MPE);
	card_give(self->card, frame, 60, 0);
	EXPECT_EQ(1, card_read(self->card, E1000_FCRUC));
	EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	card_write(self->card, E1000_CTRL, E1000_CTRL_RFCE);
	card_write(self->card, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_MPE | E1000_RCTL_DPF);
	card_give(self->card, frame, 60, 0);
	put_unaligned_be16(0, frame + 16);
	card_give(self->card, frame, 60, 0);
	EXPECT_EQ(1, card_read(self->card, E1000_XOFFRXC));
	EXPECT_EQ(1, card_read(self->card, E1000_XONRXC));
	put_unaligned_be16(2, frame + 14);
	card_give(self->card, frame, 60, 0);
	EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	card_write(self->card, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_MPE | E1000_RCTL_PMCF);
	card_give(self->card, frame, 60, 0);
	EXPECT_EQ(2, card_read(self->card, E1000_RDH));
}

/* ---- the ring ----------------------------------------------------------- */

TEST_F(card, no_descriptors)
{
	u32 i;

	make_frame(frame, 60, mac, ETH_P_IP);
	rx_on(self->card, 0);
	for (i = 0; i < RING - 1; i++)
		ASSERT_EQ(0, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(-ENOBUFS, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(-ENOBUFS, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(1, card_read(self->card, E1000_RNBC));
	EXPECT_EQ(0, card_read(self->card, E1000_MPC));
	self->card->kicked = false;
	card_write(self->card, E1000_RDT, 10);
	EXPECT_TRUE(self->card->kicked);
	EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(0, card_read(self->card, E1000_RDH));
	self->card->kicked = false;
	card_write(self->card, E1000_RDT, 11);
	EXPECT_FALSE(self->card->kicked);
	card_read(self->card, E1000_ICR);
	self->card->model->missed(self->card, 3);
	EXPECT_EQ(3, card_read(self->card, E1000_MPC));
	EXPECT_EQ(E1000_ICR_RXO, card_read(self->card, E1000_ICR));
	/* Who asks hears of those that the model was not told of. */
	self->card->missed = 5;
	self->card->model->missed(self->card, 2);
	EXPECT_EQ(7, card_read(self->card, E1000_MPC));
	EXPECT_EQ(E1000_ICR_RXO, card_read(self->card, E1000_ICR));
	EXPECT_EQ(0, card_read(self->card, E1000_MPC));
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
}

/* Some, but not enough: it waits for the rest, and nothing is seen of it. */
TEST_F(card, too_few_descriptors)
{
	make_frame(frame, 9000, mac, ETH_P_IP);
	rx_on(self->card, E1000_RCTL_LPE);
	card_write(self->card, E1000_RDT, 4);
	EXPECT_EQ(-ENOBUFS, card_give(self->card, frame, 9000, 0));
	EXPECT_EQ(0, card_read(self->card, E1000_RDH));
	EXPECT_EQ(0, rx_status(self->card, 0));
	card_write(self->card, E1000_RDT, 5);
	EXPECT_EQ(0, card_give(self->card, frame, 9000, 0));
	EXPECT_EQ(5, card_read(self->card, E1000_RDH));
	/* A ring that never has enough does not hold up the others. */
	card_write(self->card, E1000_RDLEN, 128);
	rx_on(self->card, E1000_RCTL_LPE | 0x30000);
	card_write(self->card, E1000_RDLEN, 256);
	card_write(self->card, E1000_RDT, 15);
	EXPECT_EQ(0, card_give(self->card, frame, 9000, 0));
	EXPECT_EQ(1, card_read(self->card, E1000_MPC));
	EXPECT_EQ(0, card_read(self->card, E1000_RDH));
}

/* 3.2.5 */
TEST_F(card, empty_descriptors)
{
	u32 i;

	make_frame(frame, 3000, mac, ETH_P_IP);
	rx_on(self->card, E1000_RCTL_LPE);
	put64(self->card, RX_RING, 0);
	put64(self->card, RX_RING + 8, 0x1234ull << 48);
	put64(self->card, RX_RING + 2 * E1000_DESC_SIZE, 0);
	EXPECT_EQ(0, card_give(self->card, frame, 3000, 0));
	EXPECT_EQ(4, card_read(self->card, E1000_RDH));
	EXPECT_EQ(0x1234000100000000, get64(self->card, RX_RING + 8));
	EXPECT_EQ(DD, rx_status(self->card, 1));
	EXPECT_EQ(2048, rx_len(self->card, 1));
	EXPECT_EQ(DD, rx_status(self->card, 2));
	EXPECT_EQ(0, rx_len(self->card, 2));
	EXPECT_EQ(DD | EOP | IXSM, rx_status(self->card, 3));
	EXPECT_EQ(3004 - 2048, rx_len(self->card, 3));
	EXPECT_EQ(0, memcmp(frame + 2048, rx_data(self->card, 3), 3000 - 2048));
	/* Nothing but empty ones */
	rx_on(self->card, 0);
	for (i = 0; i < RING; i++)
		put64(self->card, RX_RING + i * E1000_DESC_SIZE, 0);
	EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(1, card_read(self->card, E1000_MPC));
}

TEST_F(card, rings_that_cannot_be)
{
	static const struct {
		u32 len, head, tail;
	} rows[] = {
		{ 0, 0, 5 }, { 128, 0, 8 }, { 128, 8, 2 }, { 128, 0xffff, 0 },
		{ 0xfff80, 0, 0xffff },
	};
	size_t i;

	make_frame(frame, 60, mac, ETH_P_IP);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rx_on(self->card, 0);
		card_write(self->card, E1000_RDLEN, rows[i].len);
		card_write(self->card, E1000_RDH, rows[i].head);
		card_write(self->card, E1000_RDT, rows[i].tail);
		EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	}
	EXPECT_EQ(5, card_read(self->card, E1000_MPC));
}

TEST_F(card, memory_that_is_not_there)
{
	make_frame(frame, 60, mac, ETH_P_IP);
	rx_on(self->card, 0);
	put64(self->card, RX_RING, 0xfffffffffffff000);
	EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(DD | EOP | IXSM, rx_status(self->card, 0));
	card_write(self->card, E1000_RDBAH, 1);
	EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	EXPECT_EQ(1, card_read(self->card, E1000_MPC));
}

TEST_F(card, wraps)
{
	u32 i, head;

	rx_on(self->card, 0);
	for (i = 0; i < 4 * RING; i++) {
		make_frame(frame, 3000, mac, ETH_P_IP);
		card_write(self->card, E1000_RCTL, card_read(self->card, E1000_RCTL) | E1000_RCTL_LPE);
		head = card_read(self->card, E1000_RDH);
		put_unaligned_be32(i, frame + 20);
		ASSERT_EQ(0, card_give(self->card, frame, i & 1 ? 3000 : 60, 0));
		EXPECT_EQ(i, get_unaligned_be32(rx_data(self->card, head) + 20));
		EXPECT_EQ((head + (i & 1 ? 2 : 1)) % RING, card_read(self->card, E1000_RDH));
		card_write(self->card, E1000_RDT, head);
	}
}

/* RCTL.RDMTS: told once, when it is reached */
TEST_F(card, minimum_threshold)
{
	static const u32 left[] = { 32, 16, 8 };
	u32 i, n;

	make_frame(frame, 60, mac, ETH_P_IP);
	for (i = 0; i < ARRAY_SIZE(left); i++) {
		rx_on(self->card, i << E1000_RCTL_RDMTS_SHIFT);
		for (n = RING - 1; n > left[i] + 1; n--)
			card_give(self->card, frame, 60, 0);
		EXPECT_EQ(E1000_ICR_RXT0, card_read(self->card, E1000_ICR));
		card_give(self->card, frame, 60, 0);
		EXPECT_EQ(E1000_ICR_RXT0 | E1000_ICR_RXDMT0, card_read(self->card, E1000_ICR));
		card_give(self->card, frame, 60, 0);
		EXPECT_EQ(E1000_ICR_RXT0, card_read(self->card, E1000_ICR));
	}
}

/* 13.4.32 */
TEST_F(card, small_packets)
{
	rx_on(self->card, 0);
	card_write(self->card, E1000_RSRPD, 100);
	card_write(self->card, E1000_RDTR, 1000);
	make_frame(frame, 200, mac, ETH_P_IP);
	card_give(self->card, frame, 97, 0);
	EXPECT_EQ(0, card_read(self->card, E1000_ICR));
	card_give(self->card, frame, 96, 0);
	EXPECT_EQ(E1000_ICR_SRPD, card_read(self->card, E1000_ICR));
}

TEST_F(card, switched_off)
{
	make_frame(frame, 60, mac, ETH_P_IP);
	EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	rx_on(self->card, 0);
	card_plug(self->card, false);
	EXPECT_EQ(0, card_give(self->card, frame, 60, 0));
	EXPECT_EQ(0, card_read(self->card, E1000_RDH));
	EXPECT_EQ(0, card_read(self->card, E1000_TPR));
}

TEST_F(card, again)
{
	u32 every, i;
	int ret;

	make_frame(frame, 9000, mac, ETH_P_IP);
	for (every = 9; every < 20; every++) {
		rx_on(self->card, E1000_RCTL_LPE);
		self->card->again_every = every;
		for (i = 0; i < 20; i++) {
			u32 head = card_read(self->card, E1000_RDH);

			frame[100] = i;
			do
				ret = card_give(self->card, frame, 9000, 0);
			while (ret == -EAGAIN);
			ASSERT_EQ(0, ret);
			EXPECT_EQ((head + 5) % RING, card_read(self->card, E1000_RDH));
			EXPECT_EQ(i, rx_data(self->card, head)[100]);
			card_write(self->card, E1000_RDT, head);
		}
	}
}

/* ---- loopback ----------------------------------------------------------- */

static void loop_on(struct nemu_card *card, bool phy)
{
	tx_on(card);
	rx_on(card, phy ? 0 : 0x40);
	if (phy)
		card_write(card, E1000_MDIC, 0x04200000 | 0x4140);
}

TEST_F(card, loopback)
{
	u8 *data = self->card->memory + TX_DATA;
	int phy;

	for (phy = 0; phy < 2; phy++) {
		loop_on(self->card, phy);
		self->tail = 0;
		make_frame(data, 200, mac, ETH_P_IP);
		tx_desc(self, TX_DATA, LEGACY(200, LAST));
		tx_go(self);
		EXPECT_EQ(0, self->card->sent_count);
		EXPECT_EQ(DD | EOP | IXSM, rx_status(self->card, 0));
		EXPECT_EQ(0, memcmp(data, rx_data(self->card, 0), 200));
		/* Others are not heard. */
		EXPECT_EQ(0, card_give(self->card, data, 200, 0));
		EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	}
	card_write(self->card, E1000_MDIC, 0x04200000 | 0x0140);
	EXPECT_EQ(0, card_give(self->card, data, 200, NEMU_RX_LOOPBACK));
	EXPECT_EQ(1, card_read(self->card, E1000_RDH));
	EXPECT_EQ(0, card_give(self->card, data, 200, 0));
	EXPECT_EQ(2, card_read(self->card, E1000_RDH));
}

/* What "ethtool -t" sends: bursts of 64 frames to all, over the rings' ends */
TEST_F(card, ethtool_loopback_test)
{
	u8 *data = self->card->memory + TX_DATA;
	u32 burst, i, l = 0;

	memset(data, 0xff, 1024);
	memset(data + 512, 0xaa, 511);
	card_write(self->card, E1000_MDIC, 0x04200000 | 0x9140);
	card_write(self->card, E1000_MDIC, 0x04200000 | 0x8140);
	loop_on(self->card, true);
	for (burst = 0; burst < 10; burst++) {
		for (i = 0; i < RING - 1; i++)
			tx_desc(self, TX_DATA, LEGACY(1024, LAST));
		tx_go(self);
		for (i = 0; i < RING - 1; i++, l = (l + 1) % RING) {
			EXPECT_EQ(DD | EOP | IXSM, take(self->card, l));
			EXPECT_EQ(0, memcmp(data, rx_data(self->card, l), 1024));
		}
		card_write(self->card, E1000_RDT, (l + RING - 1) % RING);
	}
	EXPECT_EQ(0, self->card->sent_count);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* 82540EM: frames from the guest. Sections are those of the datasheet. */
#include "nic_rings.h"

#define IP_AT		ETH_HLEN
#define TCP_AT		(ETH_HLEN + 20)
#define HDR		(ETH_HLEN + 40)
#define TXSM		E1000_TXD_TXSM
#define IXSM		E1000_TXD_IXSM

static struct card_frame *sent(FIXTURE_DATA(card) *self, u32 i)
{
	static struct card_frame none = { .data = (u8 *)"" };

	return i < self->card->sent_count ? &self->card->sent[i] : &none;
}

/* An IPv4 or IPv6 frame with TCP as drivers prepare it for segmentation */
static void make_tcp(u8 *frame, bool v6, u32 payload, bool with_len)
{
	u32 tcp = ETH_HLEN + (v6 ? 40 : 20), len = tcp + 20 + payload, i, sum;
	u8 *ip = frame + ETH_HLEN;

	memset(frame, 0, tcp + 20);
	make_frame(frame, ETH_HLEN, peer, v6 ? ETH_P_IPV6 : ETH_P_IP);
	if (v6) {
		ip[0] = 0x60;
		ip[6] = 6;
		for (i = 8; i < 40; i++)
			ip[i] = i * 7;
		sum = card_sum(ip + 8, 32, 0);
	} else {
		ip[0] = 0x45;
		put_unaligned_be16(0x1234, ip + 4);
		ip[8] = 64;
		ip[9] = 6;
		for (i = 12; i < 20; i++)
			ip[i] = i * 7;
		sum = card_sum(ip + 12, 8, 0);
	}
	sum += 6 + (with_len ? 20 + payload : 0);
	put_unaligned_be16((sum & 0xffff) + (sum >> 16), frame + tcp + 16);
	put_unaligned_be32(0xfffff000, frame + tcp + 4);
	frame[tcp + 12] = 0x50;
	frame[tcp + 13] = 0x19;		/* ACK, PSH, FIN */
	for (i = tcp + 20; i < len; i++)
		frame[i] = i * 13;
}

/* The IP and TCP checksums of a frame are right. */
static bool sums_hold(const struct card_frame *frame, bool v6)
{
	u32 at = ETH_HLEN + (get_unaligned_be16(frame->data + 12) == ETH_P_8021Q ? 4 : 0);
	u32 tcp = at + (v6 ? 40 : 20), sum;
	const u8 *ip = frame->data + at;

	if (v6)
		sum = card_sum(ip + 8, 32, 0);
	else
		sum = card_sum(ip + 12, 8, 0);
	sum += 6 + frame->len - tcp + card_sum(frame->data, frame->len, tcp);
	sum = (sum & 0xffff) + (sum >> 16);
	if ((sum & 0xffff) + (sum >> 16) != 0xffff)
		return false;
	if (v6)
		return get_unaligned_be16(ip + 4) == frame->len - tcp;
	return card_sum(ip, 20, 0) == 0xffff &&
	       get_unaligned_be16(ip + 2) == frame->len - at;
}

/* ---- 3.3.3: legacy descriptors ------------------------------------------ */

TEST_F(card, legacy)
{
	u8 *data = self->card->memory + TX_DATA;

	tx_on(self->card);
	make_frame(data, 1514, peer, ETH_P_IP);
	tx_desc(self, TX_DATA, LEGACY(1514, LAST));
	tx_go(self);
	ASSERT_EQ(1, self->card->sent_count);
	EXPECT_EQ(1514, sent(self, 0)->len);
	EXPECT_EQ(0, memcmp(sent(self, 0)->data, data, 1514));
	EXPECT_TRUE(tx_done(self->card, 0));
	EXPECT_EQ(1, card_read(self->card, E1000_TDH));
	EXPECT_EQ(E1000_ICR_TXDW | E1000_ICR_TXQE | E1000_ICR_TXD_LOW,
		  card_read(self->card, E1000_ICR));
	EXPECT_EQ(1518, card_read(self->card, E1000_GOTCL));
	EXPECT_EQ(1, card_read(self->card, E1000_GPTC));
	EXPECT_EQ(1, card_read(self->card, E1000_PTC64 + 20));
}

TEST_F(card, pieces)
{
	u8 *data = self->card->memory + TX_DATA;
	u32 i, at;

	tx_on(self->card);
	make_frame(data, 600, peer, ETH_P_IP);
	for (i = 0, at = 0; at < 600; i++, at += 10)
		tx_desc(self, TX_DATA + at, LEGACY(10, at == 590 ? LAST : 0));
	tx_go(self);
	ASSERT_EQ(1, self->card->sent_count);
	EXPECT_EQ(600, sent(self, 0)->len);
	EXPECT_EQ(0, memcmp(sent(self, 0)->data, data, 600));
	EXPECT_FALSE(tx_done(self->card, 0));
	EXPECT_TRUE(tx_done(self->card, 59));
}

/* TCTL.PSP, 13.4.33 */
TEST_F(card, padding)
{
	u8 *data = self->card->memory + TX_DATA;

	tx_on(self->card);
	memset(data, 0xff, 100);
	tx_desc(self, TX_DATA, LEGACY(42, LAST));
	tx_go(self);
	EXPECT_EQ(60, sent(self, 0)->len);
	EXPECT_EQ(0xff, sent(self, 0)->data[41]);
	EXPECT_EQ(0, sent(self, 0)->data[42]);
	EXPECT_EQ(0, sent(self, 0)->data[59]);
	EXPECT_EQ(1, card_read(self->card, E1000_BPTC));
	EXPECT_EQ(0, card_read(self->card, E1000_MPTC));
	card_write(self->card, E1000_TCTL, E1000_TCTL_EN);
	tx_desc(self, TX_DATA, LEGACY(42, LAST));
	tx_go(self);
	EXPECT_EQ(42, sent(self, 1)->len);
}

/* CSS and CSO: to the end of the frame */
TEST_F(card, legacy_checksum)
{
	u8 *data = self->card->memory + TX_DATA;

	tx_on(self->card);
	make_frame(data, 101, peer, ETH_P_IP);
	tx_desc(self, TX_DATA, LEGACY(50, 0));
	tx_desc(self, TX_DATA + 50, LEGACY(51, LAST | E1000_TXD_IC) |
		(u64)50 << E1000_TXD_CSO_SHIFT | (u64)34 << 40);
	tx_go(self);
	EXPECT_EQ((u16)~card_sum(data, 101, 34), get_unaligned_be16(sent(self, 0)->data + 50));
	EXPECT_EQ(data[52], sent(self, 0)->data[52]);
}

TEST_F(card, vlan)
{
	u8 *data = self->card->memory + TX_DATA;

	tx_on(self->card);
	make_frame(data, 100, peer, ETH_P_IP);
	tx_desc(self, TX_DATA, LEGACY(100, LAST | E1000_TXD_VLE) | (u64)0x6123 << 48);
	tx_go(self);
	EXPECT_EQ(100, sent(self, 0)->len);
	card_write(self->card, E1000_CTRL, E1000_CTRL_VME);
	tx_desc(self, TX_DATA, LEGACY(100, LAST | E1000_TXD_VLE) | (u64)0x6123 << 48);
	tx_desc(self, TX_DATA, LEGACY(100, LAST));
	tx_go(self);
	EXPECT_EQ(104, sent(self, 1)->len);
	EXPECT_EQ(0x8100, get_unaligned_be16(sent(self, 1)->data + 12));
	EXPECT_EQ(0x6123, get_unaligned_be16(sent(self, 1)->data + 14));
	EXPECT_EQ(0, memcmp(sent(self, 1)->data + 16, data + 12, 88));
	EXPECT_EQ(100, sent(self, 2)->len);
	EXPECT_EQ(312 + 4, card_read(self->card, E1000_TOTL));
}

/* ---- the ring ----------------------------------------------------------- */

TEST_F(card, wraps)
{
	u32 i;

	tx_on(self->card);
	for (i = 0; i < 3 * RING; i++) {
		put_unaligned_be32(i, self->card->memory + TX_DATA + 32);
		tx_desc(self, TX_DATA, LEGACY(60, LAST));
		tx_go(self);
		ASSERT_EQ(i + 1, self->card->sent_count);
		EXPECT_EQ(i, get_unaligned_be32(sent(self, i)->data + 32));
	}
	EXPECT_EQ(0, card_read(self->card, E1000_TDH));
	/* All but one at once, over the end */
	for (i = 0; i < 30; i++)
		tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	for (i = 0; i < RING - 1; i++)
		tx_desc(self, TX_DATA, LEGACY(60, LAST));
	card_forget(self->card);
	tx_go(self);
	EXPECT_EQ(RING - 1, self->card->sent_count);
}

TEST_F(card, rings_that_cannot_be)
{
	static const struct {
		u32 len, head, tail;
	} rows[] = {
		{ 0, 0, 5 }, { 128, 0, 8 }, { 128, 8, 2 }, { 128, 0xffff, 2 },
		{ 128, 0, 0xffff }, { 0xfff80, 0xffff, 0xfffe },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		tx_on(self->card);
		card_write(self->card, E1000_TDLEN, rows[i].len);
		card_write(self->card, E1000_TDH, rows[i].head);
		card_write(self->card, E1000_TDT, rows[i].tail);
		card_run(self->card);
		EXPECT_FALSE(self->card->kicked);
		EXPECT_EQ(rows[i].head, card_read(self->card, E1000_TDH));
	}
	EXPECT_EQ(0, self->card->sent_count);
}

TEST_F(card, memory_that_is_not_there)
{
	tx_on(self->card);
	/* A piece: its frame is lost, the descriptor done. */
	tx_desc(self, 0xfffffffffffffff0, LEGACY(60, LAST));
	tx_desc(self, CARD_MEMORY - 10, LEGACY(60, LAST));
	tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	EXPECT_EQ(1, self->card->sent_count);
	EXPECT_TRUE(tx_done(self->card, 0));
	EXPECT_TRUE(tx_done(self->card, 1));
	/* The ring: it stands still. */
	card_write(self->card, E1000_TDBAH, 1);
	tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	EXPECT_EQ(3, card_read(self->card, E1000_TDH));
	EXPECT_FALSE(self->card->kicked);
	card_write(self->card, E1000_TDBAH, 0);
	self->card->no_master = true;
	tx_go(self);
	EXPECT_EQ(1, self->card->sent_count);
	self->card->no_master = false;
	tx_go(self);
	EXPECT_EQ(2, self->card->sent_count);
}

TEST_F(card, lengths)
{
	tx_on(self->card);
	tx_desc(self, TX_DATA, LEGACY(0, LAST));
	tx_desc(self, TX_DATA, LEGACY(13, LAST));
	tx_desc(self, TX_DATA, LEGACY(14, LAST));
	tx_desc(self, TX_DATA, LEGACY(16288, LAST));
	tx_desc(self, TX_DATA, LEGACY(16289, LAST));
	tx_desc(self, TX_DATA, DATA(0xfffff, LAST, 0, 0));
	tx_desc(self, TX_DATA, LEGACY(0, 0));
	tx_desc(self, TX_DATA, LEGACY(80, LAST));
	tx_go(self);
	ASSERT_EQ(3, self->card->sent_count);
	EXPECT_EQ(60, sent(self, 0)->len);
	EXPECT_EQ(16288, sent(self, 1)->len);
	EXPECT_EQ(80, sent(self, 2)->len);
	EXPECT_TRUE(tx_done(self->card, 5));
	EXPECT_EQ(8, card_read(self->card, E1000_TDH));
}

TEST_F(card, switched_off)
{
	tx_on(self->card);
	card_write(self->card, E1000_TCTL, 0);
	tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	EXPECT_EQ(0, self->card->sent_count);
	card_write(self->card, E1000_TCTL, E1000_TCTL_EN);
	card_run(self->card);
	EXPECT_EQ(1, self->card->sent_count);
	/* Without a link frames are lost. */
	card_plug(self->card, false);
	tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	EXPECT_EQ(1, self->card->sent_count);
	EXPECT_TRUE(tx_done(self->card, 1));
	EXPECT_EQ(1, card_read(self->card, E1000_GPTC));
}

TEST_F(card, half_a_frame_is_forgotten)
{
	tx_on(self->card);
	tx_desc(self, TX_DATA, LEGACY(100, 0));
	tx_go(self);
	tx_on(self->card);
	self->tail = 0;
	tx_desc(self, TX_DATA, LEGACY(64, LAST));
	tx_go(self);
	ASSERT_EQ(1, self->card->sent_count);
	EXPECT_EQ(64, sent(self, 0)->len);
}

/* TXDCTL.LWTHRESH, 13.4.43 */
TEST_F(card, few_are_left)
{
	u32 i;

	tx_on(self->card);
	card_write(self->card, E1000_TCTL, 0);
	card_write(self->card, E1000_TXDCTL, 2u << 25);
	for (i = 0; i < 16; i++)
		tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	card_write(self->card, E1000_TCTL, E1000_TCTL_EN);
	card_run(self->card);
	EXPECT_FALSE(card_read(self->card, E1000_ICR) & E1000_ICR_TXD_LOW);
	for (i = 0; i < 17; i++)
		tx_desc(self, TX_DATA, LEGACY(60, LAST));
	tx_go(self);
	EXPECT_TRUE(card_read(self->card, E1000_ICR) & E1000_ICR_TXD_LOW);
}

/* ---- 3.3.6, 3.3.7, 3.5: checksums --------------------------------------- */

TEST_F(card, checksums)
{
	u8 *data = self->card->memory + TX_DATA;

	tx_on(self->card);
	make_tcp(data, false, 101, true);
	put_unaligned_be16(141, data + IP_AT + 2);
	tx_desc(self, SUMS(14, 24, 33, 34, 50, 0), CONTEXT(0, E1000_TXD_TCP | E1000_TXD_IP, 0, 0));
	tx_desc(self, TX_DATA, DATA(60, 0, TXSM | IXSM, 0));
	tx_desc(self, TX_DATA + 60, DATA(HDR + 101 - 60, LAST, 0, 0));
	tx_go(self);
	ASSERT_EQ(1, self->card->sent_count);
	EXPECT_TRUE(sums_hold(sent(self, 0), false));
	EXPECT_TRUE(sent(self, 0)->csum);
	/* The context stays; only what POPTS asks for is done. */
	tx_desc(self, TX_DATA, DATA(HDR + 101, LAST, 0, 0));
	tx_go(self);
	EXPECT_EQ(0, memcmp(sent(self, 1)->data, data, HDR + 101));
	/* An end that is not the frame's: done here, trailing bytes left out. */
	put_unaligned_be16(131, data + IP_AT + 2);
	make_tcp(data, false, 91, true);
	put_unaligned_be16(131, data + IP_AT + 2);
	tx_desc(self, SUMS(14, 24, 33, 34, 50, HDR + 90),
		CONTEXT(0, E1000_TXD_TCP | E1000_TXD_IP, 0, 0));
	tx_desc(self, TX_DATA, DATA(HDR + 101, LAST, TXSM | IXSM, 0));
	tx_go(self);
	EXPECT_FALSE(sent(self, 2)->csum);
	sent(self, 2)->len = HDR + 91;
	EXPECT_TRUE(sums_hold(sent(self, 2), false));
}

/* An IP checksum alone leaves the rest of the frame where it is. */
TEST_F(card, checksum_of_ip)
{
	u8 *data = self->card->memory + TX_DATA;

	tx_on(self->card);
	make_tcp(data, false, 1400, true);
	put_unaligned_be16(1440, data + IP_AT + 2);
	tx_desc(self, SUMS(14, 24, 33, 0, 0, 0), CONTEXT(0, E1000_TXD_IP, 0, 0));
	tx_desc(self, TX_DATA, DATA(20, 0, IXSM, 0));
	tx_desc(self, TX_DATA + 20, DATA(HDR + 1380, LAST, 0, 0));
	tx_go(self);
	ASSERT_EQ(1, self->card->sent_count);
	EXPECT_EQ(HDR + 1400, sent(self, 0)->len);
	EXPECT_EQ(0xffff, card_sum(sent(self, 0)->data + IP_AT, 20, 0));
	EXPECT_EQ(0, memcmp(sent(self, 0)->data + 34, data + 34, 1420));
}

TEST_F(card, checksums_out_of_place)
{
	static const u8 rows[][2] = {	/* start, store */
		{ 200, 210 }, { 0, 99 }, { 99, 98 }, { 255, 255 }, { 50, 20 }, { 100, 100 },
	};
	u8 *data = self->card->memory + TX_DATA;
	size_t i;

	tx_on(self->card);
	make_frame(data, 100, peer, ETH_P_IP);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		tx_desc(self, SUMS(rows[i][0], rows[i][1], 0, rows[i][0], rows[i][1], 0),
			CONTEXT(0, 0, 0, 0));
		tx_desc(self, TX_DATA, DATA(100, LAST, TXSM | IXSM, 0));
		tx_go(self);
		ASSERT_EQ(i + 1, self->card->sent_count);
	}
	EXPECT_EQ(0, memcmp(sent(self, 0)->data, data, 100));
	EXPECT_EQ(0, memcmp(sent(self, 1)->data, data, 100));
	EXPECT_NE(0, memcmp(sent(self, 4)->data, data, 100));
}

/* ---- 3.5: segmentation -------------------------------------------------- */

static void send_tso(FIXTURE_DATA(card) *self, bool v6, u32 payload, u16 mss,
		     u64 sums, u32 cmd, u8 popts, u32 first)
{
	u32 hdr = ETH_HLEN + (v6 ? 60 : 40), at, n;

	make_tcp(self->card->memory + TX_DATA, v6, payload, false);
	tx_desc(self, sums, CONTEXT(payload, cmd | E1000_TXD_TSE, hdr, mss));
	for (at = 0; at < hdr + payload; at += n) {
		n = min_t(u32, at ? 4096 : first, hdr + payload - at);
		tx_desc(self, TX_DATA + at, DATA(n, E1000_TXD_TSE |
			(at + n == hdr + payload ? LAST : 0), popts, 0));
	}
	tx_go(self);
}

#define TSO4	SUMS(14, 24, 33, 34, 50, 0), E1000_TXD_TCP | E1000_TXD_IP, TXSM | IXSM
#define TSO6	SUMS(14, 0, 0, 54, 70, 0), E1000_TXD_TCP, TXSM

static void check_segments(struct __test_metadata *_metadata,
			   FIXTURE_DATA(card) *self, bool v6, u32 payload, u32 mss)
{
	u32 hdr = ETH_HLEN + (v6 ? 60 : 40), i, n, at = 0, tcp = hdr - 20;
	u8 *data = self->card->memory + TX_DATA;

	ASSERT_EQ((payload + mss - 1) / mss, self->card->sent_count);
	for (i = 0; i < self->card->sent_count; i++, at += n) {
		struct card_frame *f = sent(self, i);

		n = min_t(u32, mss, payload - at);
		EXPECT_EQ(hdr + n, f->len);
		EXPECT_TRUE(sums_hold(f, v6));
		EXPECT_EQ(0, memcmp(f->data + hdr, data + hdr + at, n));
		EXPECT_EQ(0xfffff000 + at, get_unaligned_be32(f->data + tcp + 4));
		EXPECT_EQ(at + n == payload ? 0x19 : 0x10, f->data[tcp + 13]);
		if (!v6)
			EXPECT_EQ(0x1234 + i, get_unaligned_be16(f->data + IP_AT + 4));
	}
	EXPECT_EQ(i, card_read(self->card, E1000_GPTC));
	EXPECT_EQ(1, card_read(self->card, E1000_TSCTC));
	EXPECT_EQ(payload + i * (hdr + 4), card_read(self->card, E1000_GOTCL));
	card_read(self->card, E1000_GOTCH);
}

/* Both ways must give the same frames. */
TEST_F(card, segmentation)
{
	static const u32 rows[][2] = {	/* payload, MSS */
		{ 1448 * 8, 1448 }, { 1448 * 8 + 1, 1448 }, { 65000, 1448 }, { 100, 1448 },
		{ 1448, 1448 }, { 10000, 8948 }, { 640, 64 },
	};
	size_t i;
	int v6;

	tx_on(self->card);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (v6 = 0; v6 < 2; v6++) {
			card_forget(self->card);
			self->card->super_frames = 0;
			if (v6)
				send_tso(self, true, rows[i][0], rows[i][1], TSO6, 74);
			else
				send_tso(self, false, rows[i][0], rows[i][1], TSO4, 54);
			check_segments(_metadata, self, v6, rows[i][0], rows[i][1]);
			EXPECT_EQ(rows[i][0] > rows[i][1], self->card->super_frames);
		}
	}
}

/* What the core can't cut: done frame by frame. An explicit end, here. */
TEST_F(card, segmentation_here)
{
	static const u32 rows[][2] = {
		{ 1448 * 8 + 1, 1448 }, { 100, 1448 }, { 1000, 10 }, { 60, 1 },
	};
	size_t i;

	tx_on(self->card);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		card_forget(self->card);
		send_tso(self, false, rows[i][0], rows[i][1],
			 SUMS(14, 24, 33, 34, 50, 0xffff), E1000_TXD_TCP | E1000_TXD_IP,
			 TXSM | IXSM, 200);
		check_segments(_metadata, self, false, rows[i][0], rows[i][1]);
		EXPECT_EQ(0, self->card->super_frames);
	}
}

TEST_F(card, segmentation_of_udp)
{
	u8 *data = self->card->memory + TX_DATA;
	u32 i, sum;

	tx_on(self->card);
	make_tcp(data, false, 2000, false);
	data[IP_AT + 9] = 17;
	sum = card_sum(data + IP_AT + 12, 8, 0) + 17;
	put_unaligned_be16((sum & 0xffff) + (sum >> 16), data + TCP_AT + 6);
	tx_desc(self, SUMS(14, 24, 33, 34, 40, 0), CONTEXT(2012, E1000_TXD_IP | E1000_TXD_TSE, 42, 1000));
	tx_desc(self, TX_DATA, DATA(2054, LAST | E1000_TXD_TSE, TXSM | IXSM, 0));
	tx_go(self);
	ASSERT_EQ(3, self->card->sent_count);
	for (i = 0; i < 3; i++) {
		const u8 *f = sent(self, i)->data;
		u32 len = sent(self, i)->len;

		EXPECT_EQ(len - TCP_AT, get_unaligned_be16(f + TCP_AT + 4));
		sum = card_sum(f + IP_AT + 12, 8, 0) + 17 + len - TCP_AT +
		      card_sum(f, len, TCP_AT);
		sum = (sum & 0xffff) + (sum >> 16);
		EXPECT_EQ(0xffff, (sum & 0xffff) + (sum >> 16));
		EXPECT_EQ(0xffff, card_sum(f + IP_AT, 20, 0));
	}
}

TEST_F(card, segmentation_that_cannot_be)
{
	static const struct {
		u8 hdr;
		u16 mss;
	} rows[] = { { 54, 0 }, { 0, 1448 }, { 13, 1448 }, { 255, 16288 }, { 54, 0xffff } };
	size_t i;

	tx_on(self->card);
	make_tcp(self->card->memory + TX_DATA, false, 5000, false);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		tx_desc(self, SUMS(14, 24, 33, 34, 50, 0),
			CONTEXT(5000, E1000_TXD_TCP | E1000_TXD_IP | E1000_TXD_TSE,
				rows[i].hdr, rows[i].mss));
		tx_desc(self, TX_DATA, DATA(5054, LAST | E1000_TXD_TSE, TXSM | IXSM, 0));
	}
	/* Headers only in part */
	tx_desc(self, TX_DATA, DATA(40, LAST | E1000_TXD_TSE, TXSM | IXSM, 0));
	tx_go(self);
	EXPECT_EQ(0, self->card->sent_count);
	EXPECT_EQ(11, card_read(self->card, E1000_TDH));
}

TEST_F(card, segments_with_vlan)
{
	u32 i;

	tx_on(self->card);
	card_write(self->card, E1000_CTRL, E1000_CTRL_VME);
	make_tcp(self->card->memory + TX_DATA, false, 3000, false);
	tx_desc(self, SUMS(14, 24, 33, 34, 50, 0),
		CONTEXT(3000, E1000_TXD_TCP | E1000_TXD_IP | E1000_TXD_TSE, HDR, 1000));
	tx_desc(self, TX_DATA, DATA(HDR + 3000, LAST | E1000_TXD_TSE | E1000_TXD_VLE,
				    TXSM | IXSM, 0x5005));
	tx_go(self);
	ASSERT_EQ(3, self->card->sent_count);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(HDR + 1004, sent(self, i)->len);
		EXPECT_EQ(0x5005, get_unaligned_be16(sent(self, i)->data + 14));
		EXPECT_TRUE(sums_hold(sent(self, i), false));
	}
}

/* ---- limits of the host: nothing is lost, nothing comes twice ------------ */

TEST_F(card, again)
{
	u8 *data = self->card->memory + TX_DATA;
	u32 every, i, at;

	for (every = 4; every < 12; every++) {
		self->card->again_every = 0;
		tx_on(self->card);
		self->tail = 0;
		card_forget(self->card);
		card_read(self->card, E1000_GOTCH);
		self->card->again_every = every;
		send_tso(self, false, 5000, 1000, TSO4, 54);
		check_segments(_metadata, self, false, 5000, 1000);
		card_forget(self->card);
		send_tso(self, false, 5000, 1000, SUMS(14, 24, 33, 34, 50, 0xffff),
			 E1000_TXD_TCP | E1000_TXD_IP, TXSM | IXSM, 54);
		check_segments(_metadata, self, false, 5000, 1000);
		card_forget(self->card);
		make_frame(data, 600, peer, ETH_P_IP);
		for (i = 0, at = 0; at < 600; i++, at += 12)
			tx_desc(self, TX_DATA + at, LEGACY(12, at == 588 ? LAST : 0));
		tx_go(self);
		ASSERT_EQ(1, self->card->sent_count);
		EXPECT_EQ(600, sent(self, 0)->len);
		EXPECT_EQ(0, memcmp(sent(self, 0)->data, data, 600));
		card_read(self->card, E1000_GPTC);
	}
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* Frames in both directions. */
#include "nic_qtest.h"

#include <poll.h>
#include <stdio.h>

#define TX_RING		0x10000
#define RX_RING		0x20000
#define TX_DATA		0x40000
#define RX_DATA		0x100000
#define RX_BUFFER	0x1000
#define RING		64

#define LAST		(E1000_TXD_EOP | E1000_TXD_RS)
#define DATA		(E1000_TXD_DEXT | E1000_TXD_TYPE_DATA)

static u8 frame[20000];
static u32 tail;

static const u8 mac[] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static const u8 peer[] = { 0x52, 0x54, 0, 0xaa, 0xbb, 0xcc };
static const u8 all[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static void make_frame(u32 len, const u8 *dst, u16 type)
{
	u32 i;

	memcpy(frame, dst, ETH_ALEN);
	memcpy(frame + ETH_ALEN, mac, ETH_ALEN);
	put_unaligned_be16(type, frame + 12);
	for (i = ETH_HLEN; i < len; i++)
		frame[i] = i * 7;
}

/* ---- transmit ----------------------------------------------------------- */

static void tx_on(void)
{
	reg_write(E1000_TDBAL, TX_RING);
	reg_write(E1000_TDBAH, 0);
	reg_write(E1000_TDLEN, RING * 16);
	reg_write(E1000_TDH, 0);
	reg_write(E1000_TDT, 0);
	reg_write(E1000_TCTL, E1000_TCTL_EN | E1000_TCTL_PSP);
	tail = 0;
}

static void put(u64 low, u64 high)
{
	mem_write64(TX_RING + tail * 16, low);
	mem_write64(TX_RING + tail * 16 + 8, high);
	tail = (tail + 1) % RING;
}

/* Tells the card, and gives it the time to do it. */
static void kick(void)
{
	reg_write(E1000_TDT, tail);
	settle();
}

/* Sends what is in the ring and notes what comes out. */
static void go(const char *name)
{
	static u8 got[70000];
	u32 len, i;

	kick();
	for (i = 0; (len = wire_receive(got, sizeof(got))); i++)
		note_bytes(got, len, "%s: frame %u", name, i);
	note(i, "%s: frames", name);
	note(reg_read(E1000_TDH) == tail, "%s: all taken", name);
	note(mem_read64(TX_RING + (tail + RING - 1) % RING * 16 + 8) >> 32 & 0xf,
	     "%s: status", name);
	note(reg_read(E1000_ICR) & ~E1000_ICR_TXD_LOW, "%s: ICR", name);
}

static void one(const char *name, u32 len, u64 cmd)
{
	mem_write(TX_DATA, frame, len);
	put(TX_DATA, len | cmd);
	go(name);
}

static void note_sent(void)
{
	static const u32 counters[] = {
		E1000_GPTC, E1000_TPT, E1000_MPTC, E1000_BPTC, E1000_TSCTC, E1000_TSCTFC,
		E1000_GOTCL, E1000_GOTCH, E1000_TOTL, E1000_TOTH,
	};
	size_t i;

	for (i = 0; i < 6; i++)
		note(reg_read(E1000_PTC64 + 4 * i), "statistics: size class %zu", i);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		note(reg_read(counters[i]), "statistics: %05x", counters[i]);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		note(reg_read(counters[i]), "statistics: %05x again", counters[i]);
}

void steps_transmit(void)
{
	static const u32 lens[] = { 60, 61, 123, 124, 252, 508, 1020, 1514, 1518, 9000, 16288 };
	size_t i;

	tx_on();
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		char name[32];

		make_frame(lens[i], i & 1 ? all : peer, ETH_P_IP);
		snprintf(name, sizeof(name), "legacy %u", lens[i]);
		one(name, lens[i], LAST);
	}
	note_sent();
	make_frame(42, peer, ETH_P_ARP);
	one("short, padded", 42, LAST);
	reg_write(E1000_TCTL, E1000_TCTL_EN);
	one("short", 42, LAST);
	one("very short", 10, LAST);
	make_frame(600, peer, ETH_P_IP);
	one("no report", 600, E1000_TXD_EOP);
	one("data descriptor", 600, LAST | DATA);
	mem_write(TX_DATA, frame, 600);
	for (i = 0; i < 600; i += 20)
		put(TX_DATA + i, 20 | (i == 580 ? LAST : 0));
	go("pieces");
	one("legacy checksum", 600, LAST | E1000_TXD_IC | 50 << E1000_TXD_CSO_SHIFT |
	    (u64)34 << 40);
	one("tag, not enabled", 600, LAST | E1000_TXD_VLE | (u64)0x6123 << 48);
	reg_write(E1000_CTRL, reg_read(E1000_CTRL) | E1000_CTRL_VME);
	one("tag", 600, LAST | E1000_TXD_VLE | (u64)0x6123 << 48);
	make_frame(16289, peer, ETH_P_IP);
	one("too long", 16289, LAST);
	reg_write(E1000_TCTL, 0);
	put(TX_DATA, 100 | LAST);
	kick();
	note(reg_read(E1000_TDH) == tail, "switched off: taken");
	reg_write(E1000_TCTL, E1000_TCTL_EN);
	go("switched on");
	put(TX_DATA, 100 | LAST);
	kick();
	note(reg_read(E1000_ICR) & E1000_ICR_TXD_LOW, "few descriptors left");
	wire_receive(frame, sizeof(frame));
	one("empty", 0, LAST);
}

static u16 add(u32 sum, const u8 *data, u32 len)
{
	u32 i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get_unaligned_be16(data + i);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static void make_ip(bool v6, u8 protocol, u32 l4_len, u32 pseudo_len)
{
	u32 l4 = ETH_HLEN + (v6 ? 40 : 20);
	u8 *ip = frame + ETH_HLEN;

	make_frame(l4 + l4_len, peer, v6 ? ETH_P_IPV6 : ETH_P_IP);
	memset(ip, 0, v6 ? 40 : 20);
	ip[0] = v6 ? 0x60 : 0x45;
	ip[v6 ? 6 : 9] = protocol;
	ip[v6 ? 7 : 8] = 64;
	memset(ip + (v6 ? 8 : 12), 0xa5, v6 ? 32 : 8);
	put_unaligned_be16(v6 ? l4_len : 20 + l4_len, ip + (v6 ? 4 : 2));
	memset(frame + l4, 0, protocol == 6 ? 20 : 8);
	if (protocol == 6) {
		frame[l4 + 12] = 0x50;
		frame[l4 + 13] = 0x19;
	}
	put_unaligned_be16(add(protocol + pseudo_len, ip + (v6 ? 8 : 12), v6 ? 32 : 8),
			   frame + l4 + (protocol == 6 ? 16 : 6));
}

static void context(u64 sums, u32 cmd, u32 paylen, u32 hdr, u32 mss)
{
	put(sums, paylen | E1000_TXD_DEXT | cmd | (u64)hdr << 40 | (u64)mss << 48);
}

#define SUMS(ipcss, ipcso, ipcse, tucss, tucso, tucse) \
	((u64)(ipcss) | (u64)(ipcso) << 8 | (u64)(ipcse) << 16 | \
	 (u64)(tucss) << 32 | (u64)(tucso) << 40 | (u64)(tucse) << 48)
#define V4TCP	SUMS(14, 24, 33, 34, 50, 0)
#define V4UDP	SUMS(14, 24, 33, 34, 40, 0)
#define V6TCP	SUMS(14, 0, 0, 54, 70, 0)
#define TCP	E1000_TXD_TCP
#define IP	E1000_TXD_IP
#define TSE	E1000_TXD_TSE
#define BOTH	((u64)(E1000_TXD_IXSM | E1000_TXD_TXSM) << 40)
#define L4	((u64)E1000_TXD_TXSM << 40)

void steps_offload(void)
{
	tx_on();
	make_ip(false, 6, 620, 620);
	context(V4TCP, TCP | IP, 0, 0, 0);
	one("checksums", 654, LAST | DATA | BOTH);
	one("the same context", 654, LAST | DATA | BOTH);
	one("TCP only", 654, LAST | DATA | L4);
	one("none", 654, LAST | DATA);
	make_ip(false, 17, 608, 608);
	context(V4UDP, IP, 0, 0, 0);
	one("UDP", 642, LAST | DATA | BOTH);
	context(SUMS(14, 24, 33, 34, 40, 400), IP, 0, 0, 0);
	one("an end of its own", 642, LAST | DATA | BOTH);
	make_ip(true, 6, 620, 620);
	context(V6TCP, TCP, 0, 0, 0);
	one("IPv6", 674, LAST | DATA | L4);
	make_ip(false, 6, 3520, 0);
	context(V4TCP, TCP | IP | TSE, 3500, 54, 1000);
	one("segments", 3554, LAST | DATA | TSE | BOTH);
	make_ip(false, 6, 520, 0);
	context(V4TCP, TCP | IP | TSE, 500, 54, 1000);
	one("one segment", 554, LAST | DATA | TSE | BOTH);
	make_ip(false, 17, 2008, 0);
	context(V4UDP, IP | TSE, 2000, 42, 1000);
	one("UDP segments", 2042, LAST | DATA | TSE | BOTH);
	make_ip(true, 6, 2520, 0);
	context(V6TCP, TCP | TSE, 2500, 74, 1000);
	one("IPv6 segments", 2574, LAST | DATA | TSE | L4);
	reg_write(E1000_CTRL, reg_read(E1000_CTRL) | E1000_CTRL_VME);
	make_ip(false, 6, 2020, 0);
	context(V4TCP, TCP | IP | TSE, 2000, 54, 1000);
	one("segments with a tag", 2054, LAST | DATA | TSE | E1000_TXD_VLE | BOTH |
	    (u64)0x2005 << 48);
	note_sent();
}

/* ---- receive ------------------------------------------------------------ */

static u32 seen;	/* first descriptor that was not yet looked at */

static void rx_on(u32 rctl)
{
	u32 i;

	reg_write(E1000_RCTL, 0);
	for (i = 0; i < RING; i++) {
		mem_write64(RX_RING + i * 16, RX_DATA + i * RX_BUFFER);
		mem_write64(RX_RING + i * 16 + 8, 0);
	}
	reg_write(E1000_RDBAL, RX_RING);
	reg_write(E1000_RDBAH, 0);
	reg_write(E1000_RDLEN, RING * 16);
	reg_write(E1000_RDH, 0);
	reg_write(E1000_RDT, RING - 1);
	reg_write(E1000_RCTL, rctl | E1000_RCTL_EN | E1000_RCTL_BAM);
	reg_read(E1000_ICR);
	seen = 0;
}

/*
 * Sends the frame, then one to all: frames arrive in order, so when that has come,
 * the first came or never will. Notes the descriptors before it.
 */
static void deliver(const char *name, u32 len)
{
	static u8 mark[60], data[RX_BUFFER];
	u64 high;
	u32 i, n;

	memset(mark, 0xff, ETH_ALEN);
	memcpy(mark + 14, name, min_t(u32, strlen(name), 40));
	wire_send(frame, len);
	wire_send(mark, sizeof(mark));
	for (i = 0, n = 0; i < 60000; ) {
		high = mem_read64(RX_RING + seen * 16 + 8);
		if (!(high >> 32 & E1000_RXD_DD)) {
			poll(NULL, 0, 1);
			i++;
			continue;
		}
		mem_read(RX_DATA + seen * RX_BUFFER, data, min_t(u32, high & 0xffff, RX_BUFFER));
		seen = (seen + 1) % RING;
		if (!memcmp(data, mark, 54))
			break;
		note(high >> 16, "%s: descriptor %u", name, n);
		note_bytes(data, min_t(u32, high & 0xffff, len), "%s: data %u", name, n);
		n++;
	}
	note(n, "%s: descriptors", name);
	settle();
	note(reg_read(E1000_ICR), "%s: ICR", name);
	reg_write(E1000_RDT, (seen + RING - 1) % RING);
}

static void note_received(void)
{
	static const u32 counters[] = {
		E1000_GPRC, E1000_TPR, E1000_BPRC, E1000_MPRC, E1000_ROC, E1000_RUC,
		E1000_RNBC, E1000_MPC, E1000_GORCL, E1000_GORCH, E1000_TORL, E1000_TORH,
	};
	size_t i;

	for (i = 0; i < 6; i++)
		note(reg_read(E1000_PRC64 + 4 * i), "statistics: size class %zu", i);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		note(reg_read(counters[i]), "statistics: %05x", counters[i]);
}

void steps_receive(void)
{
	static const u32 lens[] = { 60, 61, 123, 252, 508, 1020, 1514, 1518, 1519, 1522, 1523 };
	static const struct {
		const char *name;
		u32 rctl, len;
	} rows[] = {
		{ "256", 0x30000, 1000 }, { "512", 0x20000, 1000 }, { "1024", 0x10000, 1514 },
		{ "without FCS", E1000_RCTL_SECRC, 1000 },
		{ "FCS in one of its own", 0x30000, 256 },
		{ "long", E1000_RCTL_LPE, 9000 },
		{ "4096", E1000_RCTL_LPE | E1000_RCTL_BSEX | 0x30000, 9000 },
	};
	char name[32];
	size_t i;

	rx_on(0);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		make_frame(lens[i], mac, ETH_P_IP);
		snprintf(name, sizeof(name), "length %u", lens[i]);
		deliver(name, lens[i]);
	}
	note_received();
	make_frame(42, mac, ETH_P_ARP);
	deliver("short", 42);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rx_on(rows[i].rctl);
		make_frame(rows[i].len, mac, ETH_P_IP);
		deliver(rows[i].name, rows[i].len);
	}
	rx_on(0);
	mem_write64(RX_RING, 0);
	deliver("a descriptor without a buffer", 1000);
	make_frame(1000, mac, ETH_P_8021Q);
	put_unaligned_be16(0x6123, frame + 14);
	put_unaligned_be16(ETH_P_IP, frame + 16);
	deliver("tag", 1000);
	reg_write(E1000_CTRL, reg_read(E1000_CTRL) | E1000_CTRL_VME);
	deliver("tag taken out", 1000);
	deliver("tag taken out of a short one", 50);
	make_ip(false, 6, 100, 100);
	memcpy(frame, mac, ETH_ALEN);
	reg_write(E1000_RXCSUM, 0x300);
	deliver("checksums", 134);
}

void steps_filter(void)
{
	static const u8 group[] = { 0x01, 0x00, 0x5e, 0x12, 0x34, 0x56 };
	static const u8 shift[] = { 4, 3, 2, 0 };
	char name[32];
	u32 mo, hash;

	make_frame(100, peer, ETH_P_IP);
	rx_on(0);
	deliver("another's", 100);
	rx_on(E1000_RCTL_UPE);
	deliver("another's, promiscuous", 100);
	rx_on(0);
	reg_write(E1000_RA + 15 * 8, 0xaa005452);
	reg_write(E1000_RA + 15 * 8 + 4, 0x8000ccbb);
	deliver("in the last entry", 100);
	reg_write(E1000_RA + 15 * 8 + 4, 0x0000ccbb);
	deliver("in an entry that is not valid", 100);
	reg_write(E1000_RA + 14 * 8, 0x12005452);
	reg_write(E1000_RA + 14 * 8 + 4, 0x80015634);
	deliver("by its source", 100);
	reg_write(E1000_RA + 14 * 8 + 4, 0);
	make_frame(100, group, ETH_P_IP);
	deliver("group", 100);
	rx_on(E1000_RCTL_MPE);
	deliver("group, promiscuous", 100);
	for (mo = 0; mo < 4; mo++) {
		rx_on(mo << E1000_RCTL_MO_SHIFT);
		hash = (group[5] << 8 | group[4]) >> shift[mo] & 0xfff;
		reg_write(E1000_MTA + (hash >> 5) * 4, 1u << (hash & 31));
		snprintf(name, sizeof(name), "hash %u", mo);
		deliver(name, 100);
		reg_write(E1000_MTA + (hash >> 5) * 4, 0);
	}
	make_frame(100, mac, ETH_P_8021Q);
	put_unaligned_be16(0x0123, frame + 14);
	rx_on(E1000_RCTL_VFE);
	deliver("VLAN, not in the table", 100);
	reg_write(E1000_VFTA + (0x123 >> 5) * 4, 1u << (0x123 & 31));
	deliver("VLAN in the table", 100);
	rx_on(E1000_RCTL_VFE | E1000_RCTL_CFIEN | E1000_RCTL_CFI);
	deliver("VLAN, another CFI", 100);
	make_frame(60, (const u8 *)"\x01\x80\xc2\0\0\x01", E1000_MAC_CONTROL);
	put_unaligned_be16(E1000_PAUSE, frame + 14);
	rx_on(E1000_RCTL_MPE);
	deliver("PAUSE", 60);
	note(reg_read(E1000_FCRUC), "PAUSE: unsupported");
	note(reg_read(E1000_XOFFRXC), "PAUSE: received");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The e1000 as a driver finds it, by way of the kernel: each kind of descriptor,
 * rings that wrap, what the net device is told of checksums, segments and tags
 * and what comes back of that, each cause of interrupts, what a reset leaves and
 * what reading clears. nic_e1000 has the rest, without a kernel.
 *
 * vm: timeout=300 debug=short
 */
#include "test.h"
#include "e1000.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <linux/virtio_net.h>

#define CARD	1
#define INTX	VFIO_PCI_INTX_IRQ_INDEX

FIXTURE(card) {
	struct e1000 e;
	struct wire w;
	bool available;
};

FIXTURE_SETUP(card)
{
	self->available = nic_available();
	if (!self->available)
		return;
	ASSERT_EQ(0, e1000_open(&self->e, CARD));
	ASSERT_EQ(0, wire_open(&self->w, self->e.index));
}

FIXTURE_TEARDOWN(card)
{
	if (!self->available)
		return;
	wire_close(&self->w);
	e1000_close(&self->e, CARD);
}

#define CARD_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e, struct vfio *v,		\
			       struct wire *w);				\
	TEST_F_TIMEOUT(card, name, 240)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, &self->e, &self->e.v, &self->w);	\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e, struct vfio *v,		\
			       struct wire *w)

/* ---- transmit ----------------------------------------------------------- */

/* One descriptor of a kind of its own. */
static void put(struct e1000 *e, uint64_t addr, uint32_t lower, uint32_t upper)
{
	unsigned int at = e->tail;

	put_tx(e, addr, 0, false);
	tx_ring(&e->v)[at].lower = lower;
	tx_ring(&e->v)[at].upper = upper;
}

/* A frame at FREE_MEM of one descriptor. */
static void put_frame(struct e1000 *e, uint32_t len, uint32_t lower,
		      uint32_t upper)
{
	put(e, VFIO_MEM_IOVA + FREE_MEM,
	    len | TX_EOP | TX_IFCS | TX_RS | lower, upper);
	kick_tx(e);
}

/* Checksums of IP (14 to 33, at 24) and of what begins at 34, at 34 + @l4. */
static void put_context(struct e1000 *e, uint32_t l4, uint32_t lower,
			uint32_t mss)
{
	put(e, 24 << 8 | 14 | 33 << 16 | (uint64_t)(34 | (34 + l4) << 8) << 32,
	    TX_CONTEXT | TX_IP | lower, mss << 16 | 54 << 8);
}

CARD_TEST(legacy_descriptors)
{
	make_frame(v->mem + FREE_MEM, 900, 1);
	put_frame(e, 900, 0, 0);
	EXPECT_TRUE(hears(e, v->mem + FREE_MEM, 900));
	EXPECT_TRUE(wait_for(tx_ring(v)[0].upper & DONE));
	ASSERT_TRUE(wire_hear(w));
	/* With a checksum from byte 34 on, at 40. */
	put_frame(e, 900, TX_IC | 40 << 16, 34 << 8);
	ASSERT_TRUE(wire_hear(w));
	EXPECT_EQ(VIRTIO_NET_HDR_F_NEEDS_CSUM, w->hdr.flags);
	EXPECT_EQ(34, w->hdr.csum_start);
	EXPECT_EQ(6, w->hdr.csum_offset);
	EXPECT_EQ(VIRTIO_NET_HDR_GSO_NONE, w->hdr.gso_type);
}

CARD_TEST(checksums_of_a_context)
{
	make_ip(v->mem + FREE_MEM, IPPROTO_UDP, 600, 600 - 34);
	put_context(e, 6, 0, 0);
	put_frame(e, 600, TX_DATA, TX_SUMS);
	ASSERT_TRUE(wire_hear(w));
	EXPECT_EQ(600, w->len);
	EXPECT_EQ(VIRTIO_NET_HDR_F_NEEDS_CSUM, w->hdr.flags);
	EXPECT_EQ(34, w->hdr.csum_start);
	EXPECT_EQ(6, w->hdr.csum_offset);
	EXPECT_EQ(0xffff, inet_sum(w->frame + 14, 20, 0));
	/* None is asked for, the context is still there. */
	put_frame(e, 600, TX_DATA, 0);
	ASSERT_TRUE(wire_hear(w));
	EXPECT_EQ(0, w->hdr.flags);
	EXPECT_EQ(0, memcmp(w->frame, v->mem + FREE_MEM, 600));
}

/* The host gets it uncut, with all that it takes to cut it. */
CARD_TEST(segments_leave_the_net_device_in_one)
{
	make_ip(v->mem + FREE_MEM, IPPROTO_TCP, 54 + 20000, 0);
	put_context(e, 16, TX_TCP | TX_TSE, 1448);
	put_frame(e, 54 + 20000, TX_DATA | TX_TSE, TX_SUMS);
	ASSERT_TRUE(wire_hear(w));
	EXPECT_EQ(54 + 20000, w->len);
	EXPECT_EQ(VIRTIO_NET_HDR_F_NEEDS_CSUM, w->hdr.flags);
	EXPECT_EQ(VIRTIO_NET_HDR_GSO_TCPV4, w->hdr.gso_type);
	EXPECT_EQ(1448, w->hdr.gso_size);
	EXPECT_EQ(34, w->hdr.csum_start);
	EXPECT_EQ(16, w->hdr.csum_offset);
	EXPECT_EQ(40 + 20000, w->frame[16] << 8 | w->frame[17]);
	EXPECT_EQ(0xffff, inet_sum(w->frame + 14, 20, 0));
	EXPECT_EQ(0, memcmp(w->frame + 54, v->mem + FREE_MEM + 54, 20000));
}

/* So small ones the card cuts itself. */
CARD_TEST(small_segments_leave_one_by_one)
{
	unsigned int i;

	make_ip(v->mem + FREE_MEM, IPPROTO_TCP, 54 + 120, 0);
	put_context(e, 16, TX_TCP | TX_TSE, 50);
	put_frame(e, 54 + 120, TX_DATA | TX_TSE, TX_SUMS);
	for (i = 0; i < 3; i++) {
		uint32_t len = i < 2 ? 50 : 20, seq;

		ASSERT_TRUE(wire_hear(w));
		EXPECT_EQ(54 + len, w->len);
		EXPECT_EQ(0, w->hdr.flags);
		EXPECT_TRUE(sums_are_right(w->frame, w->len));
		memcpy(&seq, w->frame + 38, 4);
		EXPECT_EQ(i * 50, ntohl(seq));
		EXPECT_EQ(0, memcmp(w->frame + 54,
				    v->mem + FREE_MEM + 54 + i * 50, len));
	}
}

CARD_TEST(a_tag_is_put_in)
{
	make_frame(v->mem + FREE_MEM, 300, 2);
	put_frame(e, 300, TX_DATA | TX_VLE, 0x6123 << 16);
	ASSERT_TRUE(wire_hear(w));
	EXPECT_FALSE(w->tagged);
	reg_write(v, CTRL, reg_read(v, CTRL) | CTRL_VME);
	put_frame(e, 300, TX_DATA | TX_VLE, 0x6123 << 16);
	ASSERT_TRUE(wire_hear(w));
	EXPECT_TRUE(w->tagged);
	EXPECT_EQ(0x6123, w->tci);
	EXPECT_EQ(0, memcmp(w->frame, v->mem + FREE_MEM, 300));
}

/* In bursts that are no divisor of the ring, three times around. */
CARD_TEST(the_transmit_ring_wraps)
{
	unsigned int sent = 0, heard = 0, i;
	uint8_t frame[100];

	while (heard < (lab_short() ? RING + 10 : 3 * RING)) {
		for (i = 0; i < 25; i++, sent++) {
			uint32_t at = FREE_MEM + sent % RING * BUFFER;

			make_frame(v->mem + at, 100, sent);
			put_tx(e, VFIO_MEM_IOVA + at, 100, true);
		}
		kick_tx(e);
		for (i = 0; i < 25; i++, heard++) {
			make_frame(frame, 100, heard);
			ASSERT_TRUE(hears(e, frame, 100))
				TH_LOG("frame %u", heard);
		}
		ASSERT_TRUE(wait_for(all_sent(e)));
	}
	EXPECT_EQ(sent % RING, reg_read(v, TDH));
}

struct busy {
	struct e1000 *e;
	bool stop;
};

static void *keep_worker_busy(void *arg)
{
	struct busy *b = arg;
	uint8_t frame[60];

	make_frame(frame, sizeof(frame), 0);
	while (!__atomic_load_n(&b->stop, __ATOMIC_RELAXED))
		send_to_card(b->e, frame, sizeof(frame));
	return NULL;
}

/*
 * Who writes the tail sends, or the worker does, as it comes: frames of one never
 * overtake those of the other.
 */
CARD_TEST(frames_keep_their_order)
{
	unsigned int frames = lab_short() ? 640 : 6400, sent, heard = 0;
	struct busy busy = { .e = e };
	uint8_t frame[100];
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_worker_busy, &busy));
	for (sent = 0; sent < frames; ) {
		uint32_t at = FREE_MEM + sent % RING * BUFFER;

		make_frame(v->mem + at, 100, sent);
		transmit(e, VFIO_MEM_IOVA + at, 100);
		if (++sent % 32)
			continue;
		for (; heard < sent; heard++) {
			make_frame(frame, 100, heard);
			if (!hears(e, frame, 100))
				break;
		}
		EXPECT_EQ(sent, heard);
		if (sent != heard)
			break;
	}
	__atomic_store_n(&busy.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

/* ---- receive ------------------------------------------------------------ */

static uint32_t status_of(struct vfio *v, unsigned int n)
{
	volatile struct descriptor *d = &rx_ring(v)[n];

	return wait_for(d->upper & DONE) ? d->upper : 0;
}

static uint8_t *buffer_of(struct vfio *v, unsigned int n)
{
	return v->mem + RX_BUFFERS + n * BUFFER;
}

CARD_TEST(checksums_that_are_known)
{
	static const uint32_t both = RX_TCPCS | RX_IPCS;
	struct virtio_net_hdr none = { }, partial = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 34,
		.csum_offset = 6,
	};
	uint8_t frame[400];

	reg_write(v, RXCSUM, RXCSUM_BOTH);
	make_ip(frame, IPPROTO_UDP, sizeof(frame), sizeof(frame) - 34);
	fill_ip_sum(frame);
	ASSERT_TRUE(wire_send(w, &partial, frame, sizeof(frame)));
	EXPECT_EQ(both, status_of(v, 0) & (both | RX_IXSM));
	EXPECT_TRUE(sums_are_right(buffer_of(v, 0), sizeof(frame)));
	/* The sum of UDP is the host's to know, that of IP is looked at. */
	ASSERT_TRUE(wire_send(w, &none, frame, sizeof(frame)));
	EXPECT_EQ(RX_IPCS, status_of(v, 1) & (both | RX_IXSM));
	frame[24] ^= 1;
	ASSERT_TRUE(wire_send(w, &none, frame, sizeof(frame)));
	EXPECT_EQ(RX_IXSM, status_of(v, 2) & (both | RX_IXSM));
	reg_write(v, RXCSUM, 0);
	fill_ip_sum(frame);
	ASSERT_TRUE(wire_send(w, &partial, frame, sizeof(frame)));
	EXPECT_EQ(RX_IXSM, status_of(v, 3) & (both | RX_IXSM));
}

/* What hosts send that leave the cutting to cards. */
static const struct virtio_net_hdr uncut = {
	.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
	.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
	.hdr_len = 54,
	.gso_size = 1000,
	.csum_start = 34,
	.csum_offset = 16,
};

/* The guest gets plain frames of it. */
CARD_TEST(what_the_host_did_not_cut_arrives_cut)
{
	static uint8_t frame[54 + 9500];
	unsigned int i;

	make_ip(frame, IPPROTO_TCP, sizeof(frame), sizeof(frame) - 34);
	fill_ip_sum(frame);
	ASSERT_TRUE(wire_send(w, &uncut, frame, sizeof(frame)));
	for (i = 0; i < 10; i++) {
		uint32_t len = i < 9 ? 1000 : 500;

		ASSERT_NE(0, status_of(v, i));
		EXPECT_EQ(54 + len, rx_ring(v)[i].lower & 0xffff);
		EXPECT_TRUE(sums_are_right(buffer_of(v, i), 54 + len));
		EXPECT_EQ(0, memcmp(buffer_of(v, i) + 54, frame + 54 + i * 1000,
				    len));
	}
}

CARD_TEST(a_tag_is_taken_out)
{
	static const uint8_t tag[] = { 0x81, 0x00, 0x61, 0x23 };
	struct virtio_net_hdr none = { };
	uint8_t plain[300], frame[304];

	make_frame(plain, sizeof(plain), 3);
	memcpy(frame, plain, 12);
	memcpy(frame + 12, tag, 4);
	memcpy(frame + 16, plain + 12, sizeof(plain) - 12);
	ASSERT_TRUE(wire_send(w, &none, frame, sizeof(frame)));
	EXPECT_EQ(0, status_of(v, 0) & RX_VP);
	EXPECT_EQ(304, rx_ring(v)[0].lower & 0xffff);
	EXPECT_EQ(0, memcmp(buffer_of(v, 0), frame, sizeof(frame)));
	reg_write(v, CTRL, reg_read(v, CTRL) | CTRL_VME);
	ASSERT_TRUE(wire_send(w, &none, frame, sizeof(frame)));
	EXPECT_EQ(RX_VP, status_of(v, 1) & RX_VP);
	EXPECT_EQ(0x6123, rx_ring(v)[1].upper >> 16);
	EXPECT_EQ(300, rx_ring(v)[1].lower & 0xffff);
	EXPECT_EQ(0, memcmp(buffer_of(v, 1), plain, sizeof(plain)));
}

/* 1,000 bytes in buffers of 256: four descriptors, the last one says so. */
CARD_TEST(a_frame_over_several_buffers)
{
	uint8_t frame[1000];
	unsigned int i;

	reg_write(v, RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC | RCTL_256);
	make_frame(frame, sizeof(frame), 4);
	send_to_card(e, frame, sizeof(frame));
	ASSERT_NE(0, status_of(v, 3));
	for (i = 0; i < 4; i++) {
		uint32_t len = i < 3 ? 256 : 1000 - 3 * 256;

		EXPECT_EQ(len, rx_ring(v)[i].lower & 0xffff);
		EXPECT_EQ(i == 3, !!(rx_ring(v)[i].upper & RX_EOP));
		EXPECT_EQ(0, memcmp(buffer_of(v, i), frame + 256 * i, len));
	}
}

CARD_TEST(the_receive_ring_wraps)
{
	uint8_t frame[200];
	unsigned int i;

	for (i = 0; i < (lab_short() ? RING + 10 : 3 * RING); i++) {
		make_frame(frame, sizeof(frame), i);
		send_to_card(e, frame, sizeof(frame));
		ASSERT_TRUE(received(e, i % RING, frame, sizeof(frame)))
			TH_LOG("frame %u", i);
		rx_ring(v)[i % RING].upper = 0;
		reg_write(v, RDT, i % RING);
	}
}

/* They were for the driver before. Of VFIO and of the card itself. */
CARD_TEST(frames_that_wait_are_lost_in_a_reset)
{
	unsigned int kind, i;
	uint8_t frame[200];

	for (kind = 0; kind < 2; kind++) {
		reg_write(v, RDT, reg_read(v, RDH));
		make_frame(frame, sizeof(frame), 1);
		for (i = 0; i < 3; i++)
			send_to_card(e, frame, sizeof(frame));
		if (kind)
			reg_write(v, CTRL, CTRL_RST);
		else
			ASSERT_EQ(0, vfio_reset(v));
		ASSERT_TRUE(e1000_start(e));
		make_frame(frame, sizeof(frame), 2);
		send_to_card(e, frame, sizeof(frame));
		EXPECT_TRUE(received(e, 0, frame, sizeof(frame)))
			TH_LOG("reset of kind %u", kind);
	}
}

/* ---- interrupts --------------------------------------------------------- */

static void send_one(struct e1000 *e, struct wire *w)
{
	transmit(e, VFIO_MEM_IOVA + FREE_MEM, 60);
}

static void pull_cable(struct e1000 *e, struct wire *w)
{
	nic_set(CARD, "link", "down");
}

static void get_one(struct e1000 *e, struct wire *w)
{
	send_to_card(e, e->v.mem + FREE_MEM, 60);
}

/* Half of the ring is enough for the threshold that is set. */
static void get_many(struct e1000 *e, struct wire *w)
{
	unsigned int i;

	for (i = 0; i < RING / 2; i++)
		get_one(e, w);
}

/* Until one more is lost: there is nowhere to put them. */
static void fill_backlog(struct e1000 *e, struct wire *w)
{
	unsigned long before = counter(e, "drop_backlog");
	static uint8_t frame[54 + 60000];

	make_ip(frame, IPPROTO_TCP, sizeof(frame), sizeof(frame) - 34);
	reg_write(&e->v, RDT, reg_read(&e->v, RDH));
	while (counter(e, "drop_backlog") == before)
		wire_send(w, &uncut, frame, sizeof(frame));
}

/* When there is room again, the driver hears that some were lost. */
static void get_too_many(struct e1000 *e, struct wire *w)
{
	fill_backlog(e, w);
	reg_write(&e->v, RDT, (reg_read(&e->v, RDH) + RING - 1) % RING);
}

static void get_small(struct e1000 *e, struct wire *w)
{
	reg_write(&e->v, RSRPD, 64);
	get_one(e, w);
}

static void read_phy(struct e1000 *e, struct wire *w)
{
	reg_write(&e->v, MDIC, 0x28220000);
}

CARD_TEST(each_cause_interrupts)
{
	static const struct {
		uint32_t cause;
		void (*provoke)(struct e1000 *e, struct wire *w);
	} rows[] = {
		{ CAUSE_TXDW, send_one }, { CAUSE_TXQE, send_one },
		{ CAUSE_TXD_LOW, send_one }, { CAUSE_RXT0, get_one },
		{ CAUSE_RXDMT0, get_many }, { CAUSE_RXO, get_too_many },
		{ CAUSE_SRPD, get_small }, { CAUSE_MDAC, read_phy },
		{ CAUSE_LSC, pull_cable },
	};
	int trigger = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	unsigned int i;

	make_frame(v->mem + FREE_MEM, 60, 6);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ASSERT_EQ(0, vfio_reset(v));
		ASSERT_TRUE(e1000_start(e));
		make_frame(v->mem + FREE_MEM, 60, 6);
		reg_read(v, ICR);
		ASSERT_EQ(0, irq_set_event(v, INTX, VFIO_IRQ_SET_ACTION_TRIGGER,
					   trigger));
		ASSERT_EQ(0, event_count(trigger));
		reg_write(v, IMS, rows[i].cause);
		rows[i].provoke(e, w);
		EXPECT_TRUE(wait_for(event_count(trigger)))
			TH_LOG("cause 0x%x", rows[i].cause);
		EXPECT_EQ(rows[i].cause, reg_read(v, ICR) & rows[i].cause);
		EXPECT_EQ(0, reg_read(v, ICR) & CAUSE_LSC);
	}
	EXPECT_EQ(0, reg_read(v, STATUS) & STATUS_LU);
	close(trigger);
}

static void restart_autonegotiation(struct vfio *v)
{
	reg_write(v, MDIC, 0x04200000 | 0x1340);
}

/* The first one would not come to its end as long as anybody here waits. */
CARD_TEST(autonegotiation_takes_as_long_as_is_set)
{
	EXPECT_EQ(-EINVAL, nic_set(CARD, "autoneg_ms", "0"));
	EXPECT_EQ(-EINVAL, nic_set(CARD, "autoneg_ms", "60001"));
	EXPECT_EQ(-EINVAL, nic_set(CARD, "autoneg_ms", "fast"));
	ASSERT_EQ(0, nic_set(CARD, "autoneg_ms", "60000"));
	restart_autonegotiation(v);
	EXPECT_EQ(0, reg_read(v, STATUS) & STATUS_LU);
	ASSERT_EQ(0, nic_set(CARD, "autoneg_ms", "1"));
	EXPECT_EQ(0, reg_read(v, STATUS) & STATUS_LU);
	restart_autonegotiation(v);
	EXPECT_TRUE(wait_for(reg_read(v, STATUS) & STATUS_LU));
}

/* ---- registers ---------------------------------------------------------- */

static const struct {
	uint32_t offset, value;
} initial[] = {
	{ VET, 0x8100 }, { IMS, 0 }, { RCTL, 0 }, { TCTL, 0 },
	{ LEDCTL, 0x07068302 }, { PBA, 0x00100030 }, { RDLEN, 0 }, { RDT, 0 },
	{ RXDCTL, 0x00010000 }, { TDBAL, 0 }, { TDT, 0 }, { TSPMT, 0x01000400 },
	{ RXCSUM, 0 },
};

static void spoil(struct vfio *v)
{
	unsigned int i;

	for (i = 0; i < sizeof(initial) / sizeof(*initial); i++)
		if (initial[i].offset != PBA)
			reg_write(v, initial[i].offset, 0x50);
}

CARD_TEST(a_reset_of_either_kind)
{
	unsigned int i, kind;

	for (kind = 0; kind < 2; kind++) {
		spoil(v);
		reg_write(v, CTRL, kind ? 0 : CTRL_RST);
		EXPECT_EQ(0, kind ? vfio_reset(v) : 0);
		cfg_write(v, 4, 2, 7);
		for (i = 0; i < sizeof(initial) / sizeof(*initial); i++) {
			EXPECT_EQ(initial[i].value,
				  reg_read(v, initial[i].offset))
				TH_LOG("0x%x", initial[i].offset);
		}
		EXPECT_NE(0, reg_read(v, RAH) & 0x80000000);
	}
}

/* A counter may be a moment behind the frame: what is read adds up. */
CARD_TEST(counters_are_cleared_when_read)
{
	unsigned int sum = 0, i;

	make_frame(v->mem + FREE_MEM, 60, 7);
	for (i = 0; i < 5; i++) {
		send_one(e, w);
		get_one(e, w);
		ASSERT_TRUE(received(e, i, v->mem + FREE_MEM, 60));
	}
	ASSERT_TRUE(wait_for(all_sent(e)));
	EXPECT_EQ(5, reg_read(v, GPTC));
	EXPECT_EQ(0, reg_read(v, GPTC));
	EXPECT_TRUE(wait_for((sum += reg_read(v, GPRC)) >= 5));
	EXPECT_EQ(5, sum);
	EXPECT_EQ(0, reg_read(v, GPRC));
}

/* Those too that the card's worker had no reason to come for. */
CARD_TEST(each_frame_missed_is_counted)
{
	unsigned int rounds, sum = 0;

	for (rounds = 0; rounds < 3; rounds++) {
		fill_backlog(e, w);
		EXPECT_TRUE(wait_for((sum += reg_read(v, MPC)) ==
				     counter(e, "drop_backlog")));
	}
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that writes anything anywhere: registers, rings, descriptors, while
 * its memory comes and goes and the card is reset. The host bears it: a card
 * beside goes on working meanwhile, the worker comes to rest, no more memory is
 * pinned than is allowed, and after a reset the card works.
 *
 * vm: timeout=300 debug=short
 */
#include "test.h"
#include "e1000.h"
#include "proc.h"

#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define CARD	1
#define BESIDE	2

/* What each guest may cause to be pinned of its memory. */
#define PAGES_MAX	1024
#define KB_MAX		(2 * PAGES_MAX * 4)

FIXTURE(hostile) {
	struct e1000 bad, good;
	bool available;
};

/* Both cards' guests are this process: their memory is charged to it. */
static long locked_kb(void)
{
	return proc_status("self", "VmLck");
}

FIXTURE_SETUP(hostile)
{
	self->available = nic_available();
	if (!self->available)
		return;
	ASSERT_EQ(0, e1000_open(&self->bad, CARD));
	ASSERT_EQ(0, e1000_open(&self->good, BESIDE));
	/* The same each time: what fails can be repeated. */
	srandom(1);
}

FIXTURE_TEARDOWN(hostile)
{
	if (!self->available)
		return;
	e1000_close(&self->bad, CARD);
	e1000_close(&self->good, BESIDE);
	EXPECT_EQ(0, locked_kb());
}

/* ---- the card beside ---------------------------------------------------- */

static struct {
	struct e1000 *e;
	pthread_t thread;
	unsigned int rounds;
	bool stop, hurt;
} beside;

/* A frame out and one in, by the next descriptor of each ring. */
static bool there_and_back(struct e1000 *e, unsigned int n)
{
	uint8_t *frame = e->v.mem + FREE_MEM, in[800];
	unsigned int at = n % RING;

	make_frame(frame, 700, n);
	transmit(e, VFIO_MEM_IOVA + FREE_MEM, 700);
	if (!hears(e, frame, 700))
		return false;
	make_frame(in, sizeof(in), n + 1);
	send_to_card(e, in, sizeof(in));
	if (!received(e, at, in, sizeof(in)))
		return false;
	rx_ring(&e->v)[at].upper = 0;
	reg_write(&e->v, RDT, at);
	return true;
}

static void *work_beside(void *arg)
{
	while (!__atomic_load_n(&beside.stop, __ATOMIC_RELAXED)) {
		if (!there_and_back(beside.e, beside.rounds)) {
			__atomic_store_n(&beside.hurt, true, __ATOMIC_RELAXED);
			break;
		}
		__atomic_add_fetch(&beside.rounds, 1, __ATOMIC_RELAXED);
		usleep(1000);
	}
	return NULL;
}

static bool begin_beside(struct e1000 *e)
{
	beside.e = e;
	return !pthread_create(&beside.thread, NULL, work_beside, NULL);
}

static void end_beside(void)
{
	__atomic_store_n(&beside.stop, true, __ATOMIC_RELAXED);
	pthread_join(beside.thread, NULL);
}

/* ---- what has to hold --------------------------------------------------- */

static bool is_alive(struct e1000 *e, unsigned int seed)
{
	uint8_t *frame = e->v.mem + FREE_MEM + 0x800;
	uint8_t drained[64];

	while (recv(e->ear, drained, sizeof(drained), MSG_DONTWAIT) >= 0)
		;
	make_frame(frame, 700, seed);
	transmit(e, VFIO_MEM_IOVA + FREE_MEM + 0x800, 700);
	return hears(e, frame, 700);
}

/* Nothing is left but what a reset takes away. */
static bool survives(struct e1000 *e)
{
	unsigned long kept;

	if (vfio_reset(&e->v) || !e1000_start(e) || !is_alive(e, 77))
		return false;
	kept = counter(e, "pages_pinned") - counter(e, "pages_evicted") -
	       counter(e, "pages_unmapped");
	return kept <= PAGES_MAX;
}

static bool find_worker(struct e1000 *e, char *pid)
{
	char name[32] = "netemu-";

	return if_indextoname(e->index, name + strlen(name)) &&
	       proc_find(name, pid);
}

#define HOSTILE_TEST(name)						\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e);			\
	TEST_F_TIMEOUT(hostile, name, 240)				\
	{								\
		char pid[PROC_PID];					\
									\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		ASSERT_TRUE(find_worker(&self->bad, pid));		\
		ASSERT_TRUE(begin_beside(&self->good));			\
		run_##name(_metadata, &self->bad);			\
		end_beside();						\
		EXPECT_FALSE(beside.hurt);				\
		EXPECT_LT(0, beside.rounds);				\
		EXPECT_GE(KB_MAX, locked_kb());				\
		EXPECT_TRUE(wait_for(proc_rests(pid)));			\
		EXPECT_TRUE(survives(&self->bad));			\
		EXPECT_LT(0, locked_kb());				\
		EXPECT_TRUE(is_alive(&self->good, 78));			\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e)

/* Is the round @i to be gone, of @n? The card beside has to get its turn. */
static bool goes_on(unsigned int i, unsigned int n)
{
	if (__atomic_load_n(&beside.hurt, __ATOMIC_RELAXED))
		return false;
	return i < (lab_short() ? n / 10 : n) ||
	       !__atomic_load_n(&beside.rounds, __ATOMIC_RELAXED);
}

/* A number like those that break things. */
static uint32_t nasty(void)
{
	static const uint32_t usual[] = {
		0, 1, 0xf, 0x10, 0x7f, 0x80, 0xfff, 0x1000, 0xffff, 0x10000,
		0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
		VFIO_MEM_IOVA, VFIO_MEM_IOVA + VFIO_MEM_SIZE - 8,
	};

	if (random() % 2)
		return usual[random() % (sizeof(usual) / sizeof(*usual))];
	return random() << 1 ^ random();
}

static uint64_t nasty_address(void)
{
	if (random() % 4)
		return VFIO_MEM_IOVA + random() % VFIO_MEM_SIZE;
	return (uint64_t)nasty() << 32 | nasty();
}

/* Any region, any width, any place, some of it beyond the end. */
static void any_access(struct vfio *v)
{
	static const unsigned int regions[] = {
		VFIO_PCI_BAR0_REGION_INDEX, VFIO_PCI_BAR0_REGION_INDEX,
		VFIO_PCI_BAR0_REGION_INDEX, VFIO_PCI_BAR1_REGION_INDEX,
		VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_ROM_REGION_INDEX,
	};
	unsigned int region = regions[random() % 6];
	uint64_t offset = random() % (v->size[region] + 8);
	size_t len = 1 << random() % 4;
	uint32_t value[2] = { nasty(), nasty() };

	if (random() % 2)
		offset &= ~3ULL;
	if (random() % 64 == 0)
		offset = nasty_address() % (1ULL << 40);
	if (random() % 3)
		vfio_write(v, region, offset, value, len);
	else
		vfio_read(v, region, offset, value, len);
}

HOSTILE_TEST(registers)
{
	unsigned int i;

	for (i = 0; goes_on(i, 50000); i++) {
		any_access(&e->v);
		if (i % 100 == 0)
			cfg_write(&e->v, PCI_COMMAND, 2, PCI_COMMAND_IO |
				  PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
}

/* Rings anywhere, of any size, head and tail beyond them. */
HOSTILE_TEST(rings)
{
	static const uint32_t registers[] = {
		RDBAL, RDBAL + 4, RDLEN, RDH, RDT,
		TDBAL, TDBAL + 4, TDLEN, TDH, TDT,
	};
	uint8_t frame[1500];
	unsigned int i, j;

	make_frame(frame, sizeof(frame), 1);
	for (i = 0; goes_on(i, 2000); i++) {
		for (j = 0; j < sizeof(registers) / sizeof(*registers); j++)
			if (random() % 2)
				reg_write(&e->v, registers[j], nasty());
		reg_write(&e->v, TCTL, TCTL_EN | TCTL_PSP);
		reg_write(&e->v, RCTL, nasty() | RCTL_EN | RCTL_BAM);
		send_to_card(e, frame, 60 + random() % 1400);
	}
}

/* Bases, sizes, heads and tails at which something could go wrong. */
HOSTILE_TEST(rings_that_can_not_be)
{
	static const uint32_t bar = 0xfebc0000;
	const uint64_t bases[] = {
		VFIO_MEM_IOVA + FREE_MEM, VFIO_MEM_IOVA + VFIO_MEM_SIZE - 64,
		bar, 0, ~0ULL,
	};
	static const uint32_t sizes[] = { 0, 0x80, 0xfff80 };
	static const uint32_t places[] = { 0, 7, 8, 0xfff7, 0xffff };
	uint8_t frame[1000];
	unsigned int i;

	make_frame(frame, sizeof(frame), 5);
	cfg_write(&e->v, PCI_BASE_ADDRESS_0, 4, bar);
	for (i = 0; goes_on(i, 5 * 3 * 5 * 5); i++) {
		uint64_t base = bases[i % 5];
		uint32_t size = sizes[i / 5 % 3];

		reg_write(&e->v, TDBAL, base);
		reg_write(&e->v, TDBAL + 4, base >> 32);
		reg_write(&e->v, TDLEN, size);
		reg_write(&e->v, TDH, places[i / 15 % 5]);
		reg_write(&e->v, TDT, places[i / 75 % 5]);
		reg_write(&e->v, RDBAL, base);
		reg_write(&e->v, RDBAL + 4, base >> 32);
		reg_write(&e->v, RDLEN, size);
		reg_write(&e->v, RDH, places[i / 15 % 5]);
		reg_write(&e->v, RDT, places[i / 75 % 5]);
		send_to_card(e, frame, sizeof(frame));
	}
	EXPECT_NE(0, reg_read(&e->v, STATUS) & STATUS_LU);
}

/* What a frame is to be cut by: headers of 54 bytes, @mss of payload. */
static void put_context(struct e1000 *e, uint16_t mss)
{
	struct descriptor *d = &tx_ring(&e->v)[e->tail];

	put_tx(e, 0x0032220000002218ULL, 0, false);
	d->lower = TX_CONTEXT | TX_TSE | TX_TCP | TX_IP;
	d->upper = (uint32_t)mss << 16 | 54 << 8;
}

/* A frame of @pieces like this one; afterwards the ring is empty. */
static bool all_taken(struct e1000 *e, uint64_t addr, uint32_t len,
		      uint32_t kind, unsigned int pieces)
{
	while (pieces--) {
		struct descriptor *d = &tx_ring(&e->v)[e->tail];

		put_tx(e, addr, len, !pieces);
		d->lower |= kind;
		d->upper |= kind & TX_TSE ? TX_SUMS : 0;
	}
	kick_tx(e);
	return wait_for(all_sent(e));
}

/* The card takes what it can't send, and goes on behind it. */
HOSTILE_TEST(lengths)
{
	static const uint32_t lengths[] = {
		0, 1, 13, 14, 15, 53, 54, 55, 60, 4095, 4096, 16288, 16289,
		0xffff, 0x10000, 0x100ff, 0x10100, 0xfffff,
	};
	static const uint32_t kinds[] = { 0, TX_DATA, TX_DATA | TX_TSE };
	const uint64_t places[] = {
		VFIO_MEM_IOVA + FREE_MEM, VFIO_MEM_IOVA + VFIO_MEM_SIZE - 10,
		0, 1ULL << 63, ~0ULL - 10,
	};
	unsigned int i, n = sizeof(lengths) / sizeof(*lengths);

	for (i = 0; goes_on(i, n * 3 * 5); i++) {
		uint32_t len = lengths[i % n], kind = kinds[i / n % 3];

		if (i % n == 0)
			put_context(e, i / n / 3 % 2 ? 1 : 1460);
		if (!kind)
			len &= 0xffff;
		ASSERT_TRUE(all_taken(e, places[i / n / 3 % 5], len, kind,
				      i % 7 ? 1 + i % 2 : RING - 4))
			TH_LOG("%u bytes, kind 0x%x", len, kind);
	}
}

static void fill_ring(struct vfio *v, struct descriptor *ring)
{
	unsigned int i;

	for (i = 0; i < RING; i++) {
		ring[i].addr = random() % 8 ? nasty_address() : 0;
		ring[i].lower = nasty();
		ring[i].upper = nasty();
		/* Data and context descriptors, too. */
		if (random() % 2)
			ring[i].lower = (random() & 0xfffff) | TX_EOP * (random() % 2) |
					TX_RS * (random() % 2) |
					TX_TSE * (random() % 2) |
					(random() % 2 ? TX_DATA : TX_CONTEXT);
	}
}

/* Descriptors of any kind, which change while the card reads them. */
HOSTILE_TEST(descriptors)
{
	uint8_t frame[1500];
	unsigned int i;

	make_frame(frame, sizeof(frame), 2);
	for (i = 0; goes_on(i, 2000); i++) {
		fill_ring(&e->v, tx_ring(&e->v));
		reg_write(&e->v, TDT, random() % RING);
		fill_ring(&e->v, rx_ring(&e->v));
		reg_write(&e->v, RDT, random() % RING);
		send_to_card(e, frame, 60 + random() % 1400);
		if (i % 100)
			continue;
		EXPECT_GE(KB_MAX, locked_kb());
		vfio_reset(&e->v);
		e1000_start(e);
	}
}

/* Thousands of resets of either kind, under way or not. */
HOSTILE_TEST(resets)
{
	uint8_t frame[60];
	unsigned int i;

	make_frame(frame, sizeof(frame), 3);
	for (i = 0; goes_on(i, 3000); i++) {
		transmit(e, VFIO_MEM_IOVA + FREE_MEM, 60);
		send_to_card(e, frame, sizeof(frame));
		if (i % 2)
			reg_write(&e->v, CTRL, CTRL_RST);
		else
			vfio_reset(&e->v);
		cfg_write(&e->v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY |
			  (random() % 4 ? PCI_COMMAND_MASTER : 0));
		e->tail = 0;
		reg_write(&e->v, TDBAL, VFIO_MEM_IOVA + TX_RING);
		reg_write(&e->v, TDLEN, RING * sizeof(struct descriptor));
		reg_write(&e->v, TCTL, TCTL_EN);
	}
}

struct storm {
	struct vfio *v;
	bool stop;
};

static void *storm(void *arg)
{
	struct storm *s = arg;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED))
		any_access(s->v);
	return NULL;
}

/* Several processors at once, with the host's frames and memory that goes. */
HOSTILE_TEST(all_at_once)
{
	struct storm s = { .v = &e->v };
	uint8_t frame[1500];
	pthread_t threads[2];
	unsigned int i;

	make_frame(frame, sizeof(frame), 4);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, storm, &s));
	for (i = 0; goes_on(i, 1000); i++) {
		fill_ring(&e->v, tx_ring(&e->v));
		fill_ring(&e->v, rx_ring(&e->v));
		send_to_card(e, frame, 60 + random() % 1400);
		if (i % 10)
			continue;
		EXPECT_EQ(0, vfio_unmap(&e->v, VFIO_MEM_IOVA, VFIO_MEM_SIZE));
		EXPECT_EQ(0, vfio_map(&e->v, e->v.mem, VFIO_MEM_IOVA,
				      VFIO_MEM_SIZE, true));
		vfio_reset(&e->v);
		cfg_write(&e->v, PCI_COMMAND, 2, PCI_COMMAND_IO |
			  PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

TEST_HARNESS_MAIN

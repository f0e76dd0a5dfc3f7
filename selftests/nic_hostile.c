// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that writes anything anywhere: registers, rings, descriptors, while
 * its memory comes and goes and the card is reset. The host bears it, a card
 * beside is not hurt, and after a reset the card works.
 *
 * vm: timeout=300
 */
#include "test.h"
#include "e1000.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define CARD	1
#define BESIDE	2

/* What the guest may cause to be pinned of its memory. */
#define PAGES_MAX	1024

FIXTURE(hostile) {
	struct e1000 bad, good;
	bool available;
	unsigned int frames;
};

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
}

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

#define HOSTILE_TEST(name)						\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e);			\
	TEST_F_TIMEOUT(hostile, name, 240)				\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, &self->bad);			\
		EXPECT_TRUE(survives(&self->bad));			\
		EXPECT_TRUE(is_alive(&self->good, 78));			\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e)

static unsigned int rounds(unsigned int n)
{
	return lab_short() ? n / 10 : n;
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
	if (random() % 3)
		vfio_write(v, region, offset, value, len);
	else
		vfio_read(v, region, offset, value, len);
}

HOSTILE_TEST(registers)
{
	unsigned int i;

	for (i = 0; i < rounds(50000); i++) {
		any_access(&e->v);
		if (i % 1000 == 0)
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
	for (i = 0; i < rounds(2000); i++) {
		for (j = 0; j < sizeof(registers) / sizeof(*registers); j++)
			if (random() % 2)
				reg_write(&e->v, registers[j], nasty());
		reg_write(&e->v, TCTL, TCTL_EN | TCTL_PSP);
		reg_write(&e->v, RCTL, nasty() | RCTL_EN | RCTL_BAM);
		send_to_card(e, frame, 60 + random() % 1400);
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
					0x20000000 | 0x04000000 * (random() % 2) |
					0x00100000 * (random() % 2);
	}
}

/* Descriptors of any kind, which change while the card reads them. */
HOSTILE_TEST(descriptors)
{
	uint8_t frame[1500];
	unsigned int i;

	make_frame(frame, sizeof(frame), 2);
	for (i = 0; i < rounds(2000); i++) {
		fill_ring(&e->v, tx_ring(&e->v));
		reg_write(&e->v, TDT, random() % RING);
		fill_ring(&e->v, rx_ring(&e->v));
		reg_write(&e->v, RDT, random() % RING);
		send_to_card(e, frame, 60 + random() % 1400);
		if (i % 100)
			continue;
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
	for (i = 0; i < rounds(3000); i++) {
		transmit(e, VFIO_MEM_IOVA + FREE_MEM, 60);
		send_to_card(e, frame, sizeof(frame));
		if (i % 2)
			reg_write(&e->v, CTRL, 1 << 26);
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
	for (i = 0; i < rounds(1000); i++) {
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

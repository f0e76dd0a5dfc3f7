// SPDX-License-Identifier: GPL-2.0
/*
 * How cards reach memory: frames out of it and into it, whole at any address;
 * addresses that are nobody's; memory that is taken away meanwhile, can't be
 * locked, or may only be read.
 *
 * vm: timeout=300 debug=short
 */
#include "test.h"
#include "e1000.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/pci_regs.h>

#define CARD	1

FIXTURE(dma) {
	struct e1000 e;
	bool available;
};

FIXTURE_SETUP(dma)
{
	self->available = nic_available();
	if (self->available)
		ASSERT_EQ(0, e1000_open(&self->e, CARD));
}

FIXTURE_TEARDOWN(dma)
{
	if (self->available)
		e1000_close(&self->e, CARD);
}

#define DMA_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e, struct vfio *v);	\
	TEST_F_TIMEOUT(dma, name, 120)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, &self->e, &self->e.v);		\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct e1000 *e, struct vfio *v)

DMA_TEST(a_frame_in_pieces_across_pages)
{
	uint32_t at = FREE_MEM + 0x1000 - 100;

	make_frame(v->mem + at, 1000, 1);
	put_tx(e, VFIO_MEM_IOVA + at, 50, false);
	put_tx(e, VFIO_MEM_IOVA + at + 50, 51, false);
	put_tx(e, VFIO_MEM_IOVA + at + 101, 899, true);
	kick_tx(e);
	EXPECT_TRUE(hears(e, v->mem + at, 1000));
	EXPECT_TRUE(wait_for(all_sent(e)));
}

DMA_TEST(frames_come_in)
{
	uint8_t frame[1500];
	unsigned int i;

	for (i = 0; i < RING / 2; i++) {
		make_frame(frame, 60 + i * 40, i);
		send_to_card(e, frame, 60 + i * 40);
		ASSERT_TRUE(received(e, i, frame, 60 + i * 40))
			TH_LOG("frame %u", i);
	}
}

/* More pages than the card keeps pinned, and all frames unharmed. */
DMA_TEST(more_pages_than_are_kept)
{
	uint32_t at, n = 0;

	/* Two pages each. */
	for (at = FREE_MEM + 0xc00; at + 0x1000 < VFIO_MEM_SIZE; at += 0x4000) {
		make_frame(v->mem + at, 1400, ++n);
		transmit(e, VFIO_MEM_IOVA + at, 1400);
		ASSERT_TRUE(hears(e, v->mem + at, 1400))
			TH_LOG("frame %u", n);
	}
	EXPECT_LT(1024, counter(e, "pages_pinned"));
	EXPECT_LT(0, counter(e, "pages_evicted"));
	EXPECT_GE(1024, counter(e, "pages_pinned") - counter(e, "pages_evicted"));
}

DMA_TEST(addresses_that_are_nobodys)
{
	static const uint64_t nowhere[] = {
		0, VFIO_MEM_IOVA - 100, VFIO_MEM_IOVA + VFIO_MEM_SIZE - 20,
		VFIO_MEM_IOVA + VFIO_MEM_SIZE, 1ULL << 62, ~0ULL - 100, ~0ULL,
	};
	unsigned int i;

	for (i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		unsigned long before = counter(e, "bad_address");

		transmit(e, nowhere[i], 1000);
		EXPECT_TRUE(wait_for(counter(e, "bad_address") > before))
			TH_LOG("at 0x%llx", (unsigned long long)nowhere[i]);
		EXPECT_TRUE(hears_nothing(e));
		/* Whatever the card makes of it: it works after a reset. */
		ASSERT_EQ(0, vfio_reset(v));
		ASSERT_TRUE(e1000_start(e));
	}
	make_frame(v->mem + FREE_MEM, 500, 9);
	transmit(e, VFIO_MEM_IOVA + FREE_MEM, 500);
	EXPECT_TRUE(hears(e, v->mem + FREE_MEM, 500));
}

DMA_TEST(without_bus_mastering_no_memory)
{
	uint32_t command = cfg_read(v, PCI_COMMAND, 2);

	make_frame(v->mem + FREE_MEM, 500, 3);
	cfg_write(v, PCI_COMMAND, 2, command & ~PCI_COMMAND_MASTER);
	memset(v->mem + RX_BUFFERS, 0x5a, BUFFER);
	send_to_card(e, v->mem + FREE_MEM, 500);
	transmit(e, VFIO_MEM_IOVA + FREE_MEM, 500);
	usleep(100000);
	EXPECT_TRUE(hears_nothing(e));
	EXPECT_EQ(0x5a, v->mem[RX_BUFFERS]);
	ASSERT_EQ(0, vfio_reset(v));
	ASSERT_TRUE(e1000_start(e));
	transmit(e, VFIO_MEM_IOVA + FREE_MEM, 500);
	EXPECT_TRUE(hears(e, v->mem + FREE_MEM, 500));
}

/* When the call comes back, nothing of it is written any more. */
DMA_TEST(memory_taken_away_is_left_alone)
{
	uint64_t iova = 0x10000000, size = RING * BUFFER;
	uint8_t frame[1000];
	unsigned int i, round;
	uint8_t *mem;

	mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, vfio_map(v, mem, iova, size, true));
		ASSERT_EQ(0, vfio_reset(v));
		ASSERT_TRUE(e1000_start(e));
		for (i = 0; i < RING; i++)
			rx_ring(v)[i].addr = iova + i * BUFFER;
		make_frame(frame, sizeof(frame), round);
		/* Some are there, some under way, some come too late. */
		for (i = 0; i < RING / 2; i++)
			send_to_card(e, frame, sizeof(frame));
		ASSERT_EQ(0, vfio_unmap(v, iova, size));
		memset(mem, 0xa5, size);
		for (i = 0; i < RING / 2; i++)
			send_to_card(e, frame, sizeof(frame));
		usleep(1000);
		for (i = 0; i < size; i++)
			if (mem[i] != 0xa5)
				break;
		EXPECT_EQ(size, i);
	}
	munmap(mem, size);
}

struct shaker {
	struct vfio *v;
	uint64_t iova;
	uint64_t size;
	uint8_t *mem;
	unsigned int rounds;
	int err;
};

static void *shake(void *arg)
{
	struct shaker *s = arg;

	while (s->rounds-- && !s->err) {
		s->err = vfio_map(s->v, s->mem, s->iova, s->size, true);
		if (!s->err)
			s->err = vfio_unmap(s->v, s->iova, s->size);
	}
	return NULL;
}

/* A guest with an IOMMU of its own maps and unmaps for each frame. */
DMA_TEST(memory_comes_and_goes_under_traffic)
{
	struct shaker shaker = {
		.v = v,
		.iova = 0x10000000,
		.size = 1 << 20,
		.rounds = lab_short() ? 100 : 500,
	};
	pthread_t thread;
	unsigned int i;

	shaker.mem = mmap(NULL, shaker.size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, shaker.mem);
	for (i = 0; i < RING; i++)
		rx_ring(v)[i].addr = shaker.iova + i * BUFFER;
	ASSERT_EQ(0, pthread_create(&thread, NULL, shake, &shaker));
	while (shaker.rounds != -1u && !shaker.err) {
		send_to_card(e, v->mem + FREE_MEM, 60);
		put_tx(e, shaker.iova + (e->tail << 12), 60, true);
		kick_tx(e);
		if (reg_read(v, RDH) == RING - 1 ||
		    reg_read(v, TDH) != e->tail) {
			vfio_reset(v);
			e1000_start(e);
		}
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(0, shaker.err);
	munmap(shaker.mem, shaker.size);
}

static int forbid_locked_memory(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct rlimit limit = { 16 * 4096, 16 * 4096 };
	struct __user_cap_data_struct data[2];

	if (setrlimit(RLIMIT_MEMLOCK, &limit) ||
	    syscall(SYS_capget, &header, data))
		return -1;
	data[0].effective &= ~(1u << CAP_IPC_LOCK);
	return syscall(SYS_capset, &header, data);
}

/* It is slower then, but all the same. */
DMA_TEST(memory_that_can_not_be_locked)
{
	uint32_t at, n = 0;

	vfio_close(v);
	ASSERT_EQ(0, forbid_locked_memory());
	ASSERT_EQ(0, vfio_open(v, CARD));
	ASSERT_TRUE(e1000_start(e));
	for (at = FREE_MEM; at < FREE_MEM + 0x60000; at += 0x1800) {
		make_frame(v->mem + at, 1400, ++n);
		transmit(e, VFIO_MEM_IOVA + at, 1400);
		ASSERT_TRUE(hears(e, v->mem + at, 1400))
			TH_LOG("frame %u", n);
	}
	for (n = 0; n < RING / 2; n++) {
		send_to_card(e, v->mem + FREE_MEM, 1400);
		ASSERT_TRUE(received(e, n, v->mem + FREE_MEM, 1400));
	}
	EXPECT_LT(0, counter(e, "pin_refused"));
	EXPECT_LT(0, counter(e, "copies_bounced"));
	EXPECT_EQ(0, counter(e, "bad_address"));
}

DMA_TEST(memory_that_may_only_be_read)
{
	uint64_t iova = 0x10000000;
	unsigned long before;
	uint8_t *mem;

	mem = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	make_frame(mem, 600, 5);
	ASSERT_EQ(0, vfio_map(v, mem, iova, 0x1000, false));
	transmit(e, iova, 600);
	EXPECT_TRUE(hears(e, mem, 600));
	before = counter(e, "bad_address");
	rx_ring(v)[0].addr = iova;
	make_frame(v->mem + FREE_MEM, 600, 6);
	send_to_card(e, v->mem + FREE_MEM, 600);
	EXPECT_TRUE(wait_for(counter(e, "bad_address") > before));
	make_frame(v->mem + FREE_MEM, 600, 5);
	EXPECT_EQ(0, memcmp(mem, v->mem + FREE_MEM, 600));
	ASSERT_EQ(0, vfio_unmap(v, iova, 0x1000));
	munmap(mem, 0x1000);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * How cards reach memory: frames out of it and into it, whole at any address;
 * addresses that are nobody's; memory that is taken away meanwhile, can't be
 * locked, or may only be read.
 *
 * vm: timeout=300 debug=short
 */
#include "test.h"
#include "vfio.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/pci_regs.h>

#define CARD	1

/* An 82540EM's registers. */
#define CTRL	0x0000
#define CTRL_SLU	0x40
#define STATUS	0x0008
#define STATUS_LU	0x2
#define RCTL	0x0100
#define RCTL_EN		0x2
#define RCTL_BAM	0x8000
#define RCTL_SECRC	0x4000000
#define TCTL	0x0400
#define TCTL_EN		0x2
#define TCTL_PSP	0x8
#define RDBAL	0x2800
#define RDLEN	0x2808
#define RDH	0x2810
#define RDT	0x2818
#define TDBAL	0x3800
#define TDLEN	0x3808
#define TDH	0x3810
#define TDT	0x3818

#define TX_EOP	0x01000000
#define TX_IFCS	0x02000000
#define TX_RS	0x08000000
#define DONE	0x1

#define RING	64	/* descriptors of each ring */
#define BUFFER	2048

struct descriptor {
	uint64_t addr;
	uint32_t lower, upper;
};

/* Where things are in the card's memory. */
#define TX_RING		0
#define RX_RING		0x1000
#define RX_BUFFERS	0x2000
#define FREE_MEM	0x100000

FIXTURE(dma) {
	struct vfio v;
	bool available;
	int index, ear;
	unsigned int tail;
};

static struct descriptor *tx_ring(struct vfio *v)
{
	return (struct descriptor *)(v->mem + TX_RING);
}

static struct descriptor *rx_ring(struct vfio *v)
{
	return (struct descriptor *)(v->mem + RX_RING);
}

static int open_ear(int index)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(LAB_PROTO),
		.sll_ifindex = index,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			htons(LAB_PROTO));
	int size = 1 << 23;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return bind(fd, (void *)&addr, sizeof(addr)) ? -1 : fd;
}

/* The rings, empty; the link up. */
static bool start(struct vfio *v)
{
	unsigned int i;

	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
		  PCI_COMMAND_MASTER);
	memset(v->mem, 0, FREE_MEM);
	for (i = 0; i < RING; i++)
		rx_ring(v)[i].addr = VFIO_MEM_IOVA + RX_BUFFERS + i * BUFFER;
	reg_write(v, TDBAL, VFIO_MEM_IOVA + TX_RING);
	reg_write(v, TDLEN, RING * sizeof(struct descriptor));
	reg_write(v, RDBAL, VFIO_MEM_IOVA + RX_RING);
	reg_write(v, RDLEN, RING * sizeof(struct descriptor));
	reg_write(v, RDT, RING - 1);
	reg_write(v, TCTL, TCTL_EN | TCTL_PSP);
	reg_write(v, RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
	reg_write(v, CTRL, reg_read(v, CTRL) | CTRL_SLU);
	return wait_for(reg_read(v, STATUS) & STATUS_LU);
}

/* Until the host has noticed the carrier it sends nothing. */
static bool is_ready(struct nl *rt, int index)
{
	struct link_info info;

	return !link_get(rt, index, &info) && info.operstate == IF_OPER_UP;
}

FIXTURE_SETUP(dma)
{
	struct nl rt;

	self->available = nic_available();
	if (!self->available)
		return;
	ASSERT_EQ(0, nic_create(CARD));
	self->index = nic_netdev(CARD);
	ASSERT_EQ(0, sh("ip link set nemunic0 up"));
	self->ear = open_ear(self->index);
	ASSERT_LE(0, self->ear);
	ASSERT_EQ(0, vfio_open(&self->v, CARD));
	ASSERT_TRUE(start(&self->v));
	ASSERT_EQ(0, nl_open(&rt, NETLINK_ROUTE));
	EXPECT_TRUE(wait_for(is_ready(&rt, self->index)));
	nl_close(&rt);
}

FIXTURE_TEARDOWN(dma)
{
	if (!self->available)
		return;
	close(self->ear);
	vfio_close(&self->v);
	EXPECT_EQ(0, nic_remove(CARD));
}

#define DMA_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(dma) *self, struct vfio *v); \
	TEST_F_TIMEOUT(dma, name, 120)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, self, &self->v);			\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(dma) *self, struct vfio *v)

/* A frame that is known again by @seed. */
static void make_frame(uint8_t *frame, size_t len, unsigned int seed)
{
	size_t i;

	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\2\0\0\0\0\1", 6);
	frame[12] = LAB_PROTO >> 8;
	frame[13] = LAB_PROTO & 0xff;
	for (i = 14; i < len; i++)
		frame[i] = seed * 31 + i * 7 + (i >> 8);
}

/* A piece of a frame at @iova; the card is not told yet. */
static void put_tx(FIXTURE_DATA(dma) *self, uint64_t iova, uint32_t len,
		   bool last)
{
	struct descriptor *d = &tx_ring(&self->v)[self->tail];

	d->addr = iova;
	d->upper = 0;
	d->lower = len | TX_IFCS | (last ? TX_EOP | TX_RS : 0);
	self->tail = (self->tail + 1) % RING;
}

static void kick_tx(FIXTURE_DATA(dma) *self)
{
	reg_write(&self->v, TDT, self->tail);
}

static bool all_sent(FIXTURE_DATA(dma) *self)
{
	return reg_read(&self->v, TDH) == self->tail;
}

static void transmit(FIXTURE_DATA(dma) *self, uint64_t iova, uint32_t len)
{
	put_tx(self, iova, len, true);
	kick_tx(self);
}

/* Is the next frame that the ear hears this one? */
static bool hears(FIXTURE_DATA(dma) *self, const uint8_t *frame, size_t len)
{
	struct pollfd p = { .fd = self->ear, .events = POLLIN };
	static uint8_t heard[65536];

	if (poll(&p, 1, 60000) != 1)
		return false;
	return recv(self->ear, heard, sizeof(heard), 0) == (ssize_t)len &&
	       !memcmp(heard, frame, len);
}

static bool hears_nothing(FIXTURE_DATA(dma) *self)
{
	uint8_t heard[16];

	return recv(self->ear, heard, sizeof(heard), 0) < 0 && errno == EAGAIN;
}

static unsigned long counter(const char *name)
{
	unsigned long value = 0;
	char command[128];
	FILE *f;

	snprintf(command, sizeof(command),
		 "ethtool -S nemunic0 | sed -n 's/^ *%s: //p'", name);
	f = popen(command, "r");
	if (f && fscanf(f, "%lu", &value) != 1)
		value = 0;
	if (f)
		pclose(f);
	return value;
}

static void send_to_card(FIXTURE_DATA(dma) *self, const uint8_t *frame,
			 size_t len)
{
	struct pollfd p = { .fd = self->ear, .events = POLLOUT };

	poll(&p, 1, 60000);
	send(self->ear, frame, len, 0);
}

/* The descriptor @n of the receive ring is filled with @frame. */
static bool received(FIXTURE_DATA(dma) *self, unsigned int n,
		     const uint8_t *frame, size_t len)
{
	struct vfio *v = &self->v;
	volatile struct descriptor *d = &rx_ring(v)[n];

	/* Length and checksum, then status in the first byte. */
	if (!wait_for(d->upper & DONE) || (d->lower & 0xffff) != len)
		return false;
	return !memcmp(v->mem + RX_BUFFERS + n * BUFFER, frame, len);
}

DMA_TEST(a_frame_in_pieces_across_pages)
{
	uint32_t at = FREE_MEM + 0x1000 - 100;

	make_frame(v->mem + at, 1000, 1);
	put_tx(self, VFIO_MEM_IOVA + at, 50, false);
	put_tx(self, VFIO_MEM_IOVA + at + 50, 51, false);
	put_tx(self, VFIO_MEM_IOVA + at + 101, 899, true);
	kick_tx(self);
	EXPECT_TRUE(hears(self, v->mem + at, 1000));
	EXPECT_TRUE(wait_for(all_sent(self)));
}

DMA_TEST(frames_come_in)
{
	uint8_t frame[1500];
	unsigned int i;

	for (i = 0; i < RING / 2; i++) {
		make_frame(frame, 60 + i * 40, i);
		send_to_card(self, frame, 60 + i * 40);
		ASSERT_TRUE(received(self, i, frame, 60 + i * 40))
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
		transmit(self, VFIO_MEM_IOVA + at, 1400);
		ASSERT_TRUE(hears(self, v->mem + at, 1400))
			TH_LOG("frame %u", n);
	}
	EXPECT_LT(1024, counter("pages_pinned"));
	EXPECT_LT(0, counter("pages_evicted"));
	EXPECT_GE(1024, counter("pages_pinned") - counter("pages_evicted"));
}

DMA_TEST(addresses_that_are_nobodys)
{
	static const uint64_t nowhere[] = {
		0, VFIO_MEM_IOVA - 100, VFIO_MEM_IOVA + VFIO_MEM_SIZE - 20,
		VFIO_MEM_IOVA + VFIO_MEM_SIZE, 1ULL << 62, ~0ULL - 100, ~0ULL,
	};
	unsigned int i;

	for (i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		unsigned long before = counter("bad_address");

		transmit(self, nowhere[i], 1000);
		EXPECT_TRUE(wait_for(counter("bad_address") > before))
			TH_LOG("at 0x%llx", (unsigned long long)nowhere[i]);
		EXPECT_TRUE(hears_nothing(self));
		/* Whatever the card makes of it: it works after a reset. */
		ASSERT_EQ(0, vfio_reset(v));
		ASSERT_TRUE(start(v));
		self->tail = 0;
	}
	make_frame(v->mem + FREE_MEM, 500, 9);
	transmit(self, VFIO_MEM_IOVA + FREE_MEM, 500);
	EXPECT_TRUE(hears(self, v->mem + FREE_MEM, 500));
}

DMA_TEST(without_bus_mastering_no_memory)
{
	uint32_t command = cfg_read(v, PCI_COMMAND, 2);

	make_frame(v->mem + FREE_MEM, 500, 3);
	cfg_write(v, PCI_COMMAND, 2, command & ~PCI_COMMAND_MASTER);
	memset(v->mem + RX_BUFFERS, 0x5a, BUFFER);
	send_to_card(self, v->mem + FREE_MEM, 500);
	transmit(self, VFIO_MEM_IOVA + FREE_MEM, 500);
	usleep(100000);
	EXPECT_TRUE(hears_nothing(self));
	EXPECT_EQ(0x5a, v->mem[RX_BUFFERS]);
	ASSERT_EQ(0, vfio_reset(v));
	ASSERT_TRUE(start(v));
	self->tail = 0;
	transmit(self, VFIO_MEM_IOVA + FREE_MEM, 500);
	EXPECT_TRUE(hears(self, v->mem + FREE_MEM, 500));
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
		ASSERT_TRUE(start(v));
		for (i = 0; i < RING; i++)
			rx_ring(v)[i].addr = iova + i * BUFFER;
		make_frame(frame, sizeof(frame), round);
		/* Some are there, some under way, some come too late. */
		for (i = 0; i < RING / 2; i++)
			send_to_card(self, frame, sizeof(frame));
		ASSERT_EQ(0, vfio_unmap(v, iova, size));
		memset(mem, 0xa5, size);
		for (i = 0; i < RING / 2; i++)
			send_to_card(self, frame, sizeof(frame));
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
		send_to_card(self, v->mem + FREE_MEM, 60);
		put_tx(self, shaker.iova + (self->tail << 12), 60, true);
		kick_tx(self);
		if (reg_read(v, RDH) == RING - 1 ||
		    reg_read(v, TDH) != self->tail) {
			vfio_reset(v);
			start(v);
			self->tail = 0;
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
	ASSERT_TRUE(start(v));
	for (at = FREE_MEM; at < FREE_MEM + 0x60000; at += 0x1800) {
		make_frame(v->mem + at, 1400, ++n);
		transmit(self, VFIO_MEM_IOVA + at, 1400);
		ASSERT_TRUE(hears(self, v->mem + at, 1400))
			TH_LOG("frame %u", n);
	}
	for (n = 0; n < RING / 2; n++) {
		send_to_card(self, v->mem + FREE_MEM, 1400);
		ASSERT_TRUE(received(self, n, v->mem + FREE_MEM, 1400));
	}
	EXPECT_LT(0, counter("pin_refused"));
	EXPECT_LT(0, counter("copies_bounced"));
	EXPECT_EQ(0, counter("bad_address"));
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
	transmit(self, iova, 600);
	EXPECT_TRUE(hears(self, mem, 600));
	before = counter("bad_address");
	rx_ring(v)[0].addr = iova;
	make_frame(v->mem + FREE_MEM, 600, 6);
	send_to_card(self, v->mem + FREE_MEM, 600);
	EXPECT_TRUE(wait_for(counter("bad_address") > before));
	make_frame(v->mem + FREE_MEM, 600, 5);
	EXPECT_EQ(0, memcmp(mem, v->mem + FREE_MEM, 600));
	ASSERT_EQ(0, vfio_unmap(v, iova, 0x1000));
	munmap(mem, 0x1000);
}

TEST_HARNESS_MAIN

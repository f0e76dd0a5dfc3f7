// SPDX-License-Identifier: GPL-2.0
/*
 * Doorbells without exits: a driver in user space that writes to a card's registers
 * as memory. None is lost, whatever happens at the same time, with the races made
 * wide by delays in the module; registers are a card's, by either way.
 *
 * vm: timeout=420 plain=6.1 debug=short
 */
#include "test.h"
#include "doorbell.h"
#include "link.h"
#include "proc.h"

#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define CARD	1
#define BAR0	VFIO_PCI_BAR0_REGION_INDEX

FIXTURE(bell) {
	struct e1000 e;
	volatile uint32_t *window;
	bool available;
};

FIXTURE_SETUP(bell)
{
	self->available = nic_available();
	if (!self->available)
		return;
	/* The same each time: what fails can be repeated. */
	srandom(1);
	ASSERT_EQ(0, e1000_open(&self->e, CARD));
	self->window = window_map(&self->e.v);
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(bell)
{
	if (!self->available)
		return;
	test_delays(0, 0, 0, 0);
	test_no_check(false);
	test_patience(0);
	sh("echo 50 >/sys/module/netemu_nic/parameters/poll_percent");
	window_unmap(self->window);
	e1000_close(&self->e, CARD);
}

#define BELL_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(bell) *self,		\
			       struct e1000 *e, struct vfio *v);	\
	TEST_F_TIMEOUT(bell, name, 240)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, self, &self->e, &self->e.v);	\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(bell) *self,		\
			       struct e1000 *e, struct vfio *v)

#define REG(offset)	(*window_reg(self->window, offset))

/* On the debug kernel everything takes longer. */
static unsigned int times(unsigned int n)
{
	return lab_short() ? n / 10 : n;
}

/* The worker has not looked for longer than it is ever patient. */
static bool rests(struct e1000 *e)
{
	unsigned long looked = counter(e, "doorbell_poll_ns") + counter(e, "doorbell_naps");

	usleep(30000);
	return looked == counter(e, "doorbell_poll_ns") + counter(e, "doorbell_naps");
}

static bool can_map(struct vfio *v, unsigned int region, uint64_t offset, size_t size,
		    int flags)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, v->device,
			v->offset[region] + offset);

	if (at == MAP_FAILED)
		return false;
	munmap(at, size);
	return true;
}

BELL_TEST(only_pages_of_rings_can_be_mapped)
{
	uint64_t offset, size;
	unsigned int region;

	ASSERT_EQ(0, window_find(v, BAR0, &offset, &size));
	EXPECT_EQ(WINDOW, offset);
	EXPECT_EQ(WINDOW_SIZE, size);
	/* Who has no room is told how much it takes. */
	EXPECT_LT(sizeof(struct vfio_region_info), window_room(v));
	for (region = BAR0 + 1; region < VFIO_PCI_NUM_REGIONS; region++) {
		ASSERT_EQ(0, window_find(v, region, &offset, &size));
		EXPECT_EQ(0, size);
		EXPECT_FALSE(can_map(v, region, 0, 0x1000, MAP_SHARED));
		EXPECT_FALSE(can_map(v, region, WINDOW, 0x1000, MAP_SHARED));
	}
	EXPECT_TRUE(can_map(v, BAR0, 0x2000, 0x1000, MAP_SHARED));
	EXPECT_TRUE(can_map(v, BAR0, 0x3000, 0x1000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0x2000, 0x1000, MAP_PRIVATE));
	EXPECT_FALSE(can_map(v, BAR0, 0, 0x1000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0x1000, 0x2000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0x3000, 0x2000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0x4000, 0x1000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0x20000, 0x1000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0xfffffff000, 0x1000, MAP_SHARED));
	EXPECT_FALSE(can_map(v, BAR0, 0, 0x20000, MAP_SHARED));
}

BELL_TEST(a_card_that_traps_offers_none)
{
	uint64_t offset, size;

	EXPECT_EQ(-EBUSY, nic_set(CARD, "doorbell", "trap"));
	EXPECT_EQ(0, nic_set(CARD, "doorbell", "auto"));
	window_unmap(self->window);
	self->window = NULL;
	vfio_close(v);
	EXPECT_EQ(-EINVAL, nic_set(CARD, "doorbell", "never"));
	EXPECT_EQ(0, nic_set(CARD, "doorbell", "trap"));
	ASSERT_EQ(0, vfio_open(v, CARD));
	ASSERT_EQ(0, window_find(v, BAR0, &offset, &size));
	EXPECT_EQ(0, size);
	EXPECT_FALSE(can_map(v, BAR0, WINDOW, WINDOW_SIZE, MAP_SHARED));
	EXPECT_EQ(-EBUSY, nic_set(CARD, "doorbell", "auto"));
}

/* A guest that reads gets what it wrote; by the other way it is a card's register. */
BELL_TEST(registers_are_a_card_s_by_either_way)
{
	unsigned long trapped = counter(e, "trapped_tdt");

	reg_write(v, TCTL, 0);
	reg_write(v, RCTL, 0);
	REG(TDT) = 17;
	EXPECT_EQ(17, REG(TDT));
	EXPECT_EQ(trapped, counter(e, "trapped_tdt"));
	EXPECT_EQ(17, reg_read(v, TDT));
	EXPECT_EQ(trapped + 1, counter(e, "trapped_tdt"));
	reg_write(v, TDT, 18);
	EXPECT_EQ(18, REG(TDT));
	REG(RDBAL) = 0x12345678;
	REG(RDLEN) = 0xffffffff;
	REG(RDT) = 0x12345;
	/* Nothing is there. */
	REG(0x2ffc) = 0xffffffff;
	EXPECT_EQ(0x12345670, reg_read(v, RDBAL));
	EXPECT_EQ(0xfff80, reg_read(v, RDLEN));
	EXPECT_EQ(0x2345, reg_read(v, RDT));
	EXPECT_EQ(0, reg_read(v, 0x2ffc));
	EXPECT_EQ(0x12345670, REG(RDBAL));
	EXPECT_EQ(0xfff80, REG(RDLEN));
	EXPECT_EQ(0x2345, REG(RDT));
	EXPECT_EQ(0, REG(0x2ffc));
	/* By I/O ports, and where an older card had it. */
	REG(TDT) = 19;
	EXPECT_EQ(19, reg_read(v, 0x438));
	reg_write(v, 0x438, 20);
	EXPECT_EQ(20, REG(TDT));
}

/* All of a ring by memory, before it is switched on by an exit. */
static void start_by_window(struct e1000 *e, volatile uint32_t *window)
{
	struct vfio *v = &e->v;
	unsigned int i;

	reg_write(v, CTRL, reg_read(v, CTRL) | CTRL_RST);
	memset(v->mem, 0, FREE_MEM);
	e->tail = 0;
	for (i = 0; i < RING; i++)
		rx_ring(v)[i].addr = VFIO_MEM_IOVA + RX_BUFFERS + i * BUFFER;
	*window_reg(window, TDBAL) = VFIO_MEM_IOVA + TX_RING;
	*window_reg(window, TDLEN) = RING * sizeof(struct descriptor);
	*window_reg(window, TDH) = 0;
	*window_reg(window, TDT) = 0;
	*window_reg(window, RDBAL) = VFIO_MEM_IOVA + RX_RING;
	*window_reg(window, RDLEN) = RING * sizeof(struct descriptor);
	*window_reg(window, RDH) = 0;
	*window_reg(window, RDT) = RING - 1;
	reg_write(v, TCTL, TCTL_EN | TCTL_PSP);
	reg_write(v, RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
	reg_write(v, CTRL, reg_read(v, CTRL) | CTRL_SLU);
}

BELL_TEST(frames_both_ways)
{
	unsigned long trapped = counter(e, "trapped_tdt") + counter(e, "trapped_rdt");
	unsigned int i, next = 0;
	uint8_t frame[200];

	start_by_window(e, self->window);
	ASSERT_TRUE(wait_for(reg_read(v, STATUS) & STATUS_LU));
	for (i = 0; i < 200; i++) {
		make_frame(frame, sizeof(frame), i);
		memcpy(v->mem + FREE_MEM, frame, sizeof(frame));
		put_tx(e, VFIO_MEM_IOVA + FREE_MEM, sizeof(frame), true);
		REG(TDT) = e->tail;
		ASSERT_TRUE(hears(e, frame, sizeof(frame)))
			TH_LOG("frame %u", i);
		ASSERT_TRUE(wait_for(REG(TDH) == e->tail));
		send_to_card(e, frame, sizeof(frame));
		ASSERT_TRUE(received(e, next, frame, sizeof(frame)))
			TH_LOG("frame %u", i);
		rx_ring(v)[next].upper = 0;
		rx_ring(v)[next].lower = 0;
		REG(RDT) = next;
		next = (next + 1) % RING;
		ASSERT_TRUE(wait_for(REG(RDH) == next));
	}
	EXPECT_EQ(trapped, counter(e, "trapped_tdt") + counter(e, "trapped_rdt"));
	EXPECT_LT(0, counter(e, "doorbell_kicks"));
	EXPECT_LT(0, counter(e, "doorbell_polls"));
	EXPECT_TRUE(wait_for(rests(e)));
	EXPECT_LT(0, counter(e, "doorbell_mapped_ns"));
}

/* Where the ring was empty, a frame waits for what only the window says. */
BELL_TEST(a_frame_that_waits_gets_its_descriptor)
{
	uint8_t frame[100];
	unsigned int i;

	for (i = 0; i < 20; i++) {
		start_by_window(e, self->window);
		ASSERT_TRUE(wait_for(reg_read(v, STATUS) & STATUS_LU));
		REG(RDT) = 0;
		/* All of it: it is known that it has none. */
		ASSERT_EQ(0, reg_read(v, RDT));
		make_frame(frame, sizeof(frame), i);
		send_to_card(e, frame, sizeof(frame));
		if (i % 2)
			ASSERT_TRUE(wait_for(rests(e)));
		REG(RDT) = 8;
		ASSERT_TRUE(received(e, 0, frame, sizeof(frame)));
	}
}

BELL_TEST(none_is_lost)
{
	EXPECT_EQ(0, window_ring(e, self->window, times(2000), 300));
	EXPECT_EQ(0, window_ring(e, self->window, times(5000), 0));
	EXPECT_EQ(0, hears_nothing(e));
}

static const struct {
	unsigned int fault, zap, check, sleep;
} wide[] = {
	{ 400, 0, 0, 0 }, { 0, 400, 0, 0 }, { 0, 0, 400, 0 }, { 0, 0, 0, 400 },
	{ 200, 200, 200, 200 },
};

BELL_TEST(none_is_lost_in_wide_races)
{
	unsigned long zaps = counter(e, "doorbell_zaps");
	unsigned int i;

	ASSERT_TRUE(test_patience(200));
	for (i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
		ASSERT_TRUE(test_delays(wide[i].fault, wide[i].zap, wide[i].check,
					wide[i].sleep));
		EXPECT_EQ(0, window_ring(e, self->window, times(300), 800))
			TH_LOG("with delays %u", i);
	}
	EXPECT_LT(zaps + times(100), counter(e, "doorbell_zaps"));
}

/* The test above can fail: without the last look doorbells are lost. */
BELL_TEST(some_are_lost_without_the_last_look)
{
	unsigned int i, lost = 0;

	ASSERT_TRUE(test_no_check(true));
	ASSERT_TRUE(test_patience(200));
	ASSERT_TRUE(test_delays(0, 1000, 0, 0));
	for (i = 0; i < 100 && !lost; i++)
		lost = window_ring(e, self->window, 20, 1500);
	EXPECT_LT(0, lost);
}

/* As with QEMU, which takes the mapping away for a while. */
BELL_TEST(both_ways_by_turns)
{
	struct descriptor *ring = tx_ring(v);
	unsigned int i, at;

	for (i = 0; i < times(2000); i++) {
		at = e->tail;
		put_tx(e, VFIO_MEM_IOVA + FREE_MEM, 60, true);
		if (random() % 2)
			REG(TDT) = e->tail;
		else
			kick_tx(e);
		ASSERT_TRUE(wait_for(((volatile struct descriptor *)&ring[at])->upper & DONE))
			TH_LOG("doorbell %u", i);
		if (random() % 50 == 0) {
			window_unmap(self->window);
			self->window = window_map(v);
			ASSERT_NE(NULL, self->window);
		}
	}
}

/* A card whose worker must not spin sleeps between its looks. */
BELL_TEST(without_a_budget_it_naps)
{
	unsigned long polled;

	ASSERT_EQ(0, sh("echo 0 >/sys/module/netemu_nic/parameters/poll_percent"));
	EXPECT_EQ(0, window_ring(e, self->window, 100, 0));
	polled = counter(e, "doorbell_naps");
	EXPECT_LT(0, polled);
	EXPECT_EQ(0, window_ring(e, self->window, 200, 1000));
}

BELL_TEST(an_idle_card_does_nothing)
{
	unsigned long polled, naps;
	unsigned int i;

	EXPECT_EQ(0, window_ring(e, self->window, 50, 0));
	ASSERT_TRUE(wait_for(rests(e)));
	polled = counter(e, "doorbell_poll_ns");
	naps = counter(e, "doorbell_naps");
	/* So much happens meanwhile that it would have looked. */
	for (i = 0; i < 1000; i++)
		reg_read(v, STATUS);
	EXPECT_EQ(polled, counter(e, "doorbell_poll_ns"));
	EXPECT_EQ(naps, counter(e, "doorbell_naps"));
}

/* ---- the end of things, while doorbells ring ----------------------------- */

struct ringer {
	pthread_t thread;
	volatile uint32_t *window;
	volatile bool stop;
	volatile unsigned long rings;
};

static void *ring_for_ever(void *arg)
{
	struct ringer *r = arg;
	unsigned int tail = 0, seed = 7;

	while (!r->stop) {
		tail = (tail + 1) % RING;
		*window_reg(r->window, rand_r(&seed) % 2 ? TDT : RDT) = tail;
		r->rings++;
		if (rand_r(&seed) % 64 == 0)
			usleep(rand_r(&seed) % 500);
	}
	return NULL;
}

static bool start_ringer(struct ringer *r, volatile uint32_t *window)
{
	r->window = window;
	r->stop = false;
	r->rings = 0;
	return !pthread_create(&r->thread, NULL, ring_for_ever, r) && wait_for(r->rings);
}

static void stop_ringer(struct ringer *r)
{
	r->stop = true;
	pthread_join(r->thread, NULL);
}

static bool works(struct e1000 *e, volatile uint32_t *window)
{
	return e1000_start(e) && !window_ring(e, window, 20, 100);
}

BELL_TEST(a_reset_meanwhile)
{
	struct ringer r;
	unsigned int i;

	test_delays(100, 100, 100, 100);
	ASSERT_TRUE(start_ringer(&r, self->window));
	for (i = 0; i < times(100); i++) {
		if (i % 2) {
			ASSERT_EQ(0, vfio_reset(v));
			cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
		} else {
			reg_write(v, CTRL, CTRL_RST);
		}
		reg_write(v, TCTL, TCTL_EN);
	}
	stop_ringer(&r);
	ASSERT_EQ(0, vfio_reset(v));
	EXPECT_TRUE(works(e, self->window));
}

/* What is written while the card decodes no memory is not there. */
BELL_TEST(decoding_is_switched_off_and_on)
{
	struct ringer r;
	unsigned int i;

	reg_write(v, TCTL, 0);
	REG(TDT) = 5;
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	REG(TDT) = 6;
	REG(TDBAL) = 0x6660;
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT_EQ(5, REG(TDT));
	EXPECT_EQ(5, reg_read(v, TDT));
	EXPECT_EQ(VFIO_MEM_IOVA + TX_RING, reg_read(v, TDBAL));
	ASSERT_TRUE(start_ringer(&r, self->window));
	for (i = 0; i < times(200); i++) {
		cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
		cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
	stop_ringer(&r);
	EXPECT_TRUE(works(e, self->window));
}

BELL_TEST(memory_goes_meanwhile)
{
	struct ringer r;
	unsigned int i;

	ASSERT_TRUE(start_ringer(&r, self->window));
	for (i = 0; i < times(100); i++) {
		ASSERT_EQ(0, vfio_unmap(v, VFIO_MEM_IOVA, VFIO_MEM_SIZE));
		ASSERT_EQ(0, vfio_map(v, v->mem, VFIO_MEM_IOVA, VFIO_MEM_SIZE, true));
	}
	stop_ringer(&r);
	EXPECT_TRUE(works(e, self->window));
}

BELL_TEST(closed_with_the_pages_mapped)
{
	unsigned int i;

	for (i = 0; i < times(40); i++) {
		test_delays(0, 300 * (i % 2), 300 * (i % 3), 0);
		REG(TDT) = i;
		if (i % 4 < 2)
			vfio_close(v);
		window_unmap(self->window);
		self->window = NULL;
		vfio_close(v);
		ASSERT_EQ(0, vfio_open(v, CARD));
		self->window = window_map(v);
		ASSERT_NE(NULL, self->window);
		EXPECT_EQ(0, REG(TDT));
	}
	EXPECT_TRUE(works(e, self->window));
}

static bool can_open(struct vfio *v)
{
	return !vfio_open(v, CARD);
}

/* Runs in a process of its own, until it is killed. */
static void ring_until_killed(int ready)
{
	volatile uint32_t *window;
	struct ringer r;
	struct vfio v;

	if (vfio_open(&v, CARD))
		_exit(1);
	window = window_map(&v);
	if (!window || !start_ringer(&r, window) || write(ready, "", 1) != 1)
		_exit(1);
	pause();
}

BELL_TEST(its_owner_is_killed)
{
	int pipes[2], status;
	unsigned int i;
	pid_t child;
	char byte;

	window_unmap(self->window);
	self->window = NULL;
	vfio_close(v);
	for (i = 0; i < times(20); i++) {
		ASSERT_EQ(0, pipe(pipes));
		child = fork();
		if (!child)
			ring_until_killed(pipes[1]);
		ASSERT_EQ(1, read(pipes[0], &byte, 1));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		EXPECT_TRUE(WIFSIGNALED(status));
		close(pipes[0]);
		close(pipes[1]);
		ASSERT_TRUE(wait_for(can_open(v)));
		vfio_close(v);
	}
	ASSERT_EQ(0, vfio_open(v, CARD));
	self->window = window_map(v);
	ASSERT_NE(NULL, self->window);
	EXPECT_TRUE(works(e, self->window));
}

/* Has no file of ours: they are closed when it starts. */
static pid_t start_removal(void)
{
	pid_t child = fork();

	if (!child) {
		execl("/bin/sh", "sh", "-c",
		      "for card in /sys/bus/mdev/devices/*; do echo 1 >$card/remove; done",
		      NULL);
		_exit(1);
	}
	return child;
}

BELL_TEST(the_card_is_removed_meanwhile)
{
	int asked = eventfd(0, EFD_NONBLOCK), status;
	struct ringer r;
	pid_t child;

	ASSERT_EQ(0, irq_set_event(v, VFIO_PCI_REQ_IRQ_INDEX,
				   VFIO_IRQ_SET_ACTION_TRIGGER, asked));
	ASSERT_TRUE(start_ringer(&r, self->window));
	child = start_removal();
	ASSERT_TRUE(wait_for(event_count(asked)));
	/* It has to wait for us. */
	EXPECT_EQ(0, waitpid(child, &status, WNOHANG));
	stop_ringer(&r);
	window_unmap(self->window);
	self->window = NULL;
	vfio_close(v);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	close(asked);
	ASSERT_EQ(0, nic_create(CARD));
}

/* The host's end of the cable is elsewhere, and that is gone. */
BELL_TEST(its_namespace_goes)
{
	char name[IF_NAMESIZE];
	struct ringer r;
	unsigned int i;

	ASSERT_NE(NULL, if_indextoname(e->index, name));
	ASSERT_TRUE(start_ringer(&r, self->window));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, sh("ip netns add gone && ip link set %s netns gone", name));
		ASSERT_EQ(0, sh("ip -n gone link set %s up && ip netns del gone", name));
		ASSERT_TRUE(wait_for(nic_netdev(CARD)));
	}
	stop_ringer(&r);
	ASSERT_EQ(0, sh("ip link set %s up", name));
	EXPECT_TRUE(works(e, self->window));
}

TEST_HARNESS_MAIN

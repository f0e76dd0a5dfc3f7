// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that abuses what it has as memory: tails that change all the time, rings
 * that are changed under the worker, pages that are touched for ever to keep it
 * busy. The host bears it: a card beside goes on working, what is polled is within
 * the budget, and after a reset the card works.
 *
 * vm: timeout=300 plain=debug debug=short
 */
#include "test.h"
#include "doorbell.h"
#include "proc.h"

#include <net/if.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define BAD	1
#define GOOD	2
#define PERCENT	"/sys/module/netemu_nic/parameters/poll_percent"

FIXTURE(hostile) {
	struct e1000 bad, good;
	volatile uint32_t *bad_window, *good_window;
	bool available;
};

FIXTURE_SETUP(hostile)
{
	self->available = nic_available();
	if (!self->available)
		return;
	/* The same each time: what fails can be repeated. */
	srandom(1);
	ASSERT_EQ(0, e1000_open(&self->bad, BAD));
	ASSERT_EQ(0, e1000_open(&self->good, GOOD));
	self->bad_window = window_map(&self->bad.v);
	self->good_window = window_map(&self->good.v);
	ASSERT_NE(NULL, self->bad_window);
	ASSERT_NE(NULL, self->good_window);
}

FIXTURE_TEARDOWN(hostile)
{
	if (!self->available)
		return;
	sh("echo 50 >" PERCENT);
	window_unmap(self->bad_window);
	window_unmap(self->good_window);
	e1000_close(&self->bad, BAD);
	e1000_close(&self->good, GOOD);
}

/* ---- the card beside ----------------------------------------------------- */

static struct {
	struct e1000 *e;
	volatile uint32_t *window;
	pthread_t thread;
	unsigned int rounds;
	bool stop, hurt;
} beside;

static void *work_beside(void *arg)
{
	while (!__atomic_load_n(&beside.stop, __ATOMIC_RELAXED)) {
		if (window_ring(beside.e, beside.window, 1, 0)) {
			__atomic_store_n(&beside.hurt, true, __ATOMIC_RELAXED);
			break;
		}
		__atomic_add_fetch(&beside.rounds, 1, __ATOMIC_RELAXED);
		usleep(1000);
	}
	return NULL;
}

/* So long a test goes on: some rounds, and until the card beside had its turn. */
static bool goes_on(unsigned int i, unsigned int n)
{
	if (__atomic_load_n(&beside.hurt, __ATOMIC_RELAXED))
		return false;
	return i < (lab_short() ? n / 10 : n) ||
	       __atomic_load_n(&beside.rounds, __ATOMIC_RELAXED) < 20;
}

/* ---- the guest's other processors ----------------------------------------- */

struct vcpu {
	pthread_t thread;
	volatile uint32_t *window;
	bool stop;
	volatile unsigned long rounds;
};

static bool start(struct vcpu *c, void *(*run)(void *), volatile uint32_t *window)
{
	c->window = window;
	c->stop = false;
	c->rounds = 0;
	return !pthread_create(&c->thread, NULL, run, c) && wait_for(c->rounds);
}

static void stop(struct vcpu *c)
{
	__atomic_store_n(&c->stop, true, __ATOMIC_RELAXED);
	pthread_join(c->thread, NULL);
}

static bool is_stopped(struct vcpu *c)
{
	c->rounds++;
	return __atomic_load_n(&c->stop, __ATOMIC_RELAXED);
}

static void *flip_tails(void *arg)
{
	struct vcpu *c = arg;
	uint32_t value = 1;

	while (!is_stopped(c)) {
		value = value * 1664525 + 1013904223;
		*window_reg(c->window, TDT) = value >> 16;
		*window_reg(c->window, RDT) = value;
		*window_reg(c->window, TDT) = value & (RING - 1);
		*window_reg(c->window, RDT) = value >> 8 & (RING - 1);
	}
	return NULL;
}

static void *touch(void *arg)
{
	struct vcpu *c = arg;

	while (!is_stopped(c))
		(void)*window_reg(c->window, 0x2ffc);
	return NULL;
}

/* Never for long without, but it leaves the processor to others. */
static void *touch_often(void *arg)
{
	struct vcpu *c = arg;

	while (!is_stopped(c)) {
		(void)*window_reg(c->window, 0x2ffc);
		usleep(50);
	}
	return NULL;
}

/* All of both pages, the rings' bases among it. */
static void *scribble(void *arg)
{
	struct vcpu *c = arg;
	uint32_t value = 1;

	while (!is_stopped(c)) {
		value = value * 1664525 + 1013904223;
		c->window[value >> 8 & (WINDOW_SIZE / 4 - 1)] = value * 31;
		if (value >> 30 == 0)
			*window_reg(c->window, TDBAL + (value >> 20 & 0x1c)) = value;
		if (value >> 30 == 1)
			*window_reg(c->window, RDBAL + (value >> 20 & 0x1c)) = value;
	}
	return NULL;
}

/* ---- what has to hold ---------------------------------------------------- */

static bool survives(struct e1000 *e, volatile uint32_t *window)
{
	return !vfio_reset(&e->v) && e1000_start(e) && !window_ring(e, window, 20, 100);
}

static bool find_worker(struct e1000 *e, char *pid)
{
	char name[32] = "netemu-";

	return if_indextoname(e->index, name + strlen(name)) && proc_find(name, pid);
}

#define HOSTILE_TEST(name)						\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(hostile) *self,		\
			       struct e1000 *e);			\
	TEST_F_TIMEOUT(hostile, name, 240)				\
	{								\
		char pid[PROC_PID];					\
									\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		ASSERT_TRUE(find_worker(&self->bad, pid));		\
		beside.e = &self->good;					\
		beside.window = self->good_window;			\
		ASSERT_EQ(0, pthread_create(&beside.thread, NULL, work_beside, NULL)); \
		run_##name(_metadata, self, &self->bad);		\
		__atomic_store_n(&beside.stop, true, __ATOMIC_RELAXED);	\
		pthread_join(beside.thread, NULL);			\
		EXPECT_FALSE(beside.hurt);				\
		EXPECT_LT(0, beside.rounds);				\
		EXPECT_TRUE(wait_for(proc_rests(pid)));			\
		EXPECT_TRUE(survives(&self->bad, self->bad_window));	\
		EXPECT_TRUE(survives(&self->good, self->good_window));	\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(hostile) *self,		\
			       struct e1000 *e)

HOSTILE_TEST(tails_that_flip)
{
	struct vcpu c[2];
	uint8_t frame[1000];
	unsigned int i;

	make_frame(frame, sizeof(frame), 1);
	for (i = 0; i < 2; i++)
		ASSERT_TRUE(start(&c[i], flip_tails, self->bad_window));
	for (i = 0; goes_on(i, 1000); i++) {
		send_to_card(e, frame, 60 + i % 900);
		reg_read(&e->v, ICR);
		if (i % 100 == 0)
			reg_write(&e->v, TCTL, i % 200 ? TCTL_EN : 0);
	}
	for (i = 0; i < 2; i++)
		stop(&c[i]);
}

HOSTILE_TEST(rings_that_change_under_the_worker)
{
	struct vcpu flips, scribbles;
	uint8_t frame[1000];
	unsigned int i;

	make_frame(frame, sizeof(frame), 1);
	ASSERT_TRUE(start(&flips, flip_tails, self->bad_window));
	ASSERT_TRUE(start(&scribbles, scribble, self->bad_window));
	for (i = 0; goes_on(i, 1000); i++) {
		send_to_card(e, frame, 60 + i % 900);
		reg_read(&e->v, RDBAL + i % 32 * 4);
		if (i % 50 == 0)
			EXPECT_EQ(0, vfio_unmap(&e->v, VFIO_MEM_IOVA, VFIO_MEM_SIZE));
		if (i % 50 == 0)
			EXPECT_EQ(0, vfio_map(&e->v, e->v.mem, VFIO_MEM_IOVA,
					      VFIO_MEM_SIZE, true));
		if (i % 100)
			continue;
		vfio_reset(&e->v);
		cfg_write(&e->v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
		reg_write(&e->v, TCTL, TCTL_EN);
		reg_write(&e->v, RCTL, RCTL_EN | RCTL_BAM);
	}
	stop(&flips);
	stop(&scribbles);
}

/*
 * The card is told to put frames into its own registers, and to send them: its
 * worker has the page faults.
 */
HOSTILE_TEST(a_card_that_reaches_its_own_registers)
{
	const uint64_t at = VFIO_MEM_IOVA + VFIO_MEM_SIZE;
	uint8_t frame[1000];
	unsigned int i;

	make_frame(frame, sizeof(frame), 1);
	ASSERT_EQ(0, vfio_map(&e->v, (void *)self->bad_window, at, WINDOW_SIZE, true));
	for (i = 0; goes_on(i, 300); i++) {
		rx_ring(&e->v)[i % RING].addr = at + i * 64 % (WINDOW_SIZE - BUFFER);
		send_to_card(e, frame, sizeof(frame));
		put_tx(e, at + i * 8 % WINDOW_SIZE, 60 + i % 200, true);
		*window_reg(self->bad_window, TDT) = e->tail;
		*window_reg(self->bad_window, RDT) = (i - 1) % RING;
		if (i % 20)
			continue;
		vfio_reset(&e->v);
		e1000_start(e);
	}
	EXPECT_EQ(0, vfio_unmap(&e->v, at, WINDOW_SIZE));
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/*
 * It never writes what rings, and touches the page for ever: that costs the host no
 * more than it was given, a twentieth of its processors.
 */
HOSTILE_TEST(a_page_that_is_touched_for_ever)
{
	uint64_t start_ns, polled;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct vcpu c;
	unsigned int i;

	ASSERT_EQ(0, sh("echo 5 >" PERCENT));
	polled = counter(e, "doorbell_poll_ns");
	start_ns = now_ns();
	ASSERT_TRUE(start(&c, touch, self->bad_window));
	for (i = 0; goes_on(i, 1000); i++)
		usleep(1000);
	polled = counter(e, "doorbell_poll_ns") - polled;
	/* Twice as much for what it was interrupted meanwhile. */
	EXPECT_GT((now_ns() - start_ns) * processors / 10, polled);
	stop(&c);
	EXPECT_LT(0, counter(e, "doorbell_kicks"));
}

/*
 * Two of these share what the host gives them: together they have no more than that,
 * and neither is left without. How much each has depends on who else is busy.
 */
HOSTILE_TEST(two_share_what_there_is)
{
	uint64_t start_ns, bad, good;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct vcpu c[2];
	unsigned int i;

	ASSERT_EQ(0, sh("echo 5 >" PERCENT));
	bad = counter(e, "doorbell_poll_ns");
	good = counter(&self->good, "doorbell_poll_ns");
	start_ns = now_ns();
	ASSERT_TRUE(start(&c[0], touch_often, self->bad_window));
	ASSERT_TRUE(start(&c[1], touch_often, self->good_window));
	for (i = 0; goes_on(i, 2000); i++)
		usleep(1000);
	bad = counter(e, "doorbell_poll_ns") - bad;
	good = counter(&self->good, "doorbell_poll_ns") - good;
	TH_LOG("%lu and %lu us of %lu", bad / 1000, good / 1000,
	       (now_ns() - start_ns) / 1000);
	EXPECT_GT((now_ns() - start_ns) * processors / 10, bad + good);
	EXPECT_LT(0, bad);
	EXPECT_LT(0, good);
	stop(&c[0]);
	stop(&c[1]);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * MSI and MSI-X as eventfds, one for each vector, with a card that only rings
 * (model/bell.c): who masks what and what pends meanwhile, the table in a region,
 * one way of interrupts at a time, and a reset.
 *
 * vm: timeout=240 debug=no
 */
#include "test.h"
#include "vfio.h"

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define CARD	1
#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK

/* Registers of the card, and what is in the same region */
#define SEND		0x0
#define LINE		0x4
#define MESSAGES	0x8
#define SCRATCH		0xc
#define TABLE(n, word)	(0x800 + (n) * PCI_MSIX_ENTRY_SIZE + (word))
#define TABLE_END	TABLE(40, 0)
#define PBA		0xc00

#define EVENTS	6

FIXTURE(msi) {
	struct vfio v;
	bool available;
	uint32_t index;		/* MSI or MSI-X */
	uint32_t cap;		/* its capability */
	int event[EVENTS];
};

FIXTURE_VARIANT(msi) {
	uint32_t index;
	uint8_t cap;
};

FIXTURE_VARIANT_ADD(msi, plain) {
	.index = MSI,
	.cap = PCI_CAP_ID_MSI,
};

FIXTURE_VARIANT_ADD(msi, x) {
	.index = MSIX,
	.cap = PCI_CAP_ID_MSIX,
};

static uint32_t find_cap(struct vfio *v, uint8_t id)
{
	uint32_t at = cfg_read(v, PCI_CAPABILITY_LIST, 1);

	while (at && cfg_read(v, at, 1) != id)
		at = cfg_read(v, at + PCI_CAP_LIST_NEXT, 1);
	return at;
}

FIXTURE_SETUP(msi)
{
	int i;

	self->available = nic_available();
	if (!self->available)
		return;
	ASSERT_EQ(0, nic_create_model(CARD, "bell"));
	ASSERT_EQ(0, vfio_open(&self->v, CARD));
	self->index = variant->index;
	self->cap = find_cap(&self->v, variant->cap);
	ASSERT_NE(0, self->cap);
	for (i = 0; i < EVENTS; i++)
		self->event[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

FIXTURE_TEARDOWN(msi)
{
	int i;

	if (!self->available)
		return;
	for (i = 0; i < EVENTS; i++)
		close(self->event[i]);
	vfio_close(&self->v);
	EXPECT_EQ(0, nic_remove(CARD));
}

#define MSI_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(msi) *self, struct vfio *v); \
	TEST_F_TIMEOUT(msi, name, 120)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, self, &self->v);			\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(msi) *self, struct vfio *v)

/* Vectors from @start on. */
static int set_events(FIXTURE_DATA(msi) *self, unsigned int start,
		      unsigned int count, const int *event)
{
	struct vfio_irq_set set = {
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | TRIGGER,
		.index = self->index,
		.start = start,
		.count = count,
	};

	return irq_set(&self->v, &set, event, count * sizeof(*event));
}

static int act(FIXTURE_DATA(msi) *self, uint32_t action, unsigned int start,
	       unsigned int count)
{
	struct vfio_irq_set set = {
		.flags = VFIO_IRQ_SET_DATA_NONE | action,
		.index = self->index,
		.start = start,
		.count = count,
	};

	return irq_set(&self->v, &set, NULL, 0);
}

static void ring(struct vfio *v, unsigned int vector)
{
	reg_write(v, SEND, vector);
}

static uint32_t pending(FIXTURE_DATA(msi) *self)
{
	if (self->index == MSIX)
		return reg_read(&self->v, PBA);
	return cfg_read(&self->v, self->cap + PCI_MSI_PENDING_64, 4);
}

static bool is_enabled(FIXTURE_DATA(msi) *self)
{
	uint32_t flag = self->index == MSIX ? PCI_MSIX_FLAGS_ENABLE :
					      PCI_MSI_FLAGS_ENABLE;

	return cfg_read(&self->v, self->cap + PCI_MSI_FLAGS, 2) & flag;
}

/* As the guest does it. */
static void guest_masks(FIXTURE_DATA(msi) *self, unsigned int vector, bool masked)
{
	uint32_t bits;

	if (self->index == MSIX) {
		reg_write(&self->v, TABLE(vector, PCI_MSIX_ENTRY_VECTOR_CTRL), masked);
		return;
	}
	bits = cfg_read(&self->v, self->cap + PCI_MSI_MASK_64, 4) & ~(1 << vector);
	cfg_write(&self->v, self->cap + PCI_MSI_MASK_64, 4, bits | masked << vector);
}

/* How many vectors there are, and that they may be masked. */
MSI_TEST(vectors_are_told)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = self->index };

	ASSERT_EQ(0, ioctl(v->device, VFIO_DEVICE_GET_IRQ_INFO, &info));
	EXPECT_EQ(self->index == MSIX ? 40 : 8, info.count);
	EXPECT_EQ(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE, info.flags);
	EXPECT_EQ(0x10, cfg_read(v, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
}

MSI_TEST(each_vector_has_its_event)
{
	int i;

	EXPECT_EQ(0, reg_read(v, MESSAGES));
	EXPECT_FALSE(is_enabled(self));
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	EXPECT_EQ(1, reg_read(v, MESSAGES));
	EXPECT_TRUE(is_enabled(self));
	for (i = 0; i < EVENTS; i++) {
		ring(v, i);
		EXPECT_EQ(1, event_count(self->event[i]));
		ring(v, i);
		ring(v, i);
		EXPECT_EQ(2, event_count(self->event[i]));
	}
	/* Nobody listens; there is no such vector. */
	ring(v, EVENTS);
	ring(v, 63);
	ring(v, 64);
	ring(v, 0xffffffff);
	for (i = 0; i < EVENTS; i++)
		EXPECT_EQ(0, event_count(self->event[i]));
	ASSERT_EQ(0, act(self, TRIGGER, 0, 0));
	EXPECT_EQ(0, reg_read(v, MESSAGES));
	EXPECT_FALSE(is_enabled(self));
	ring(v, 0);
	EXPECT_EQ(0, event_count(self->event[0]));
}

/* The last ones of all, and one after the other. */
MSI_TEST(vectors_are_added)
{
	unsigned int last = self->index == MSIX ? 39 : 7;

	ASSERT_EQ(0, set_events(self, last, 1, &self->event[0]));
	ASSERT_EQ(0, set_events(self, 2, 2, &self->event[1]));
	ring(v, last);
	ring(v, 3);
	EXPECT_EQ(1, event_count(self->event[0]));
	EXPECT_EQ(0, event_count(self->event[1]));
	EXPECT_EQ(1, event_count(self->event[2]));
}

MSI_TEST(a_masked_one_is_pending)
{
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	ASSERT_EQ(0, act(self, MASK, 1, 2));
	ring(v, 1);
	ring(v, 1);
	ring(v, 2);
	ring(v, 3);
	EXPECT_EQ(0, event_count(self->event[1]));
	EXPECT_EQ(0, event_count(self->event[2]));
	EXPECT_EQ(1, event_count(self->event[3]));
	EXPECT_EQ(0x6, pending(self));
	ASSERT_EQ(0, act(self, UNMASK, 1, 1));
	EXPECT_EQ(1, event_count(self->event[1]));
	EXPECT_EQ(0, event_count(self->event[2]));
	EXPECT_EQ(0x4, pending(self));
	ASSERT_EQ(0, act(self, UNMASK, 0, EVENTS));
	EXPECT_EQ(1, event_count(self->event[2]));
	EXPECT_EQ(0, pending(self));
}

MSI_TEST(the_guest_masks)
{
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	guest_masks(self, 4, true);
	ring(v, 4);
	ring(v, 5);
	EXPECT_EQ(0, event_count(self->event[4]));
	EXPECT_EQ(1, event_count(self->event[5]));
	EXPECT_EQ(0x10, pending(self));
	/* It was masked by one, and is unmasked by the other. */
	ASSERT_EQ(0, act(self, UNMASK, 4, 1));
	EXPECT_EQ(1, event_count(self->event[4]));
	ASSERT_EQ(0, act(self, MASK, 4, 1));
	ring(v, 4);
	EXPECT_EQ(0, event_count(self->event[4]));
	guest_masks(self, 4, false);
	EXPECT_EQ(1, event_count(self->event[4]));
}

/* A message is a write to memory. */
MSI_TEST(without_bus_mastering_they_wait)
{
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	ring(v, 2);
	EXPECT_EQ(0, event_count(self->event[2]));
	EXPECT_EQ(0x4, pending(self));
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT_EQ(1, event_count(self->event[2]));
}

MSI_TEST(one_way_at_a_time)
{
	uint32_t other = self->index == MSI ? MSIX : MSI;
	int *event = self->event;

	ASSERT_EQ(0, irq_set_event(v, INTX, TRIGGER, event[5]));
	EXPECT_EQ(-EINVAL, set_events(self, 0, 2, event));
	reg_write(v, LINE, 1);
	EXPECT_EQ(1, event_count(event[5]));
	ASSERT_EQ(0, irq_set_none(v, INTX, TRIGGER, 0));
	/* The line is up: so that nobody waits in vain. */
	ASSERT_EQ(0, set_events(self, 0, 2, event));
	EXPECT_EQ(1, event_count(event[0]));
	EXPECT_EQ(-EINVAL, irq_set_event(v, INTX, TRIGGER, event[5]));
	EXPECT_EQ(-EINVAL, irq_set_event(v, other, TRIGGER, event[5]));
	/* What the line says is the first message, each time it rises. */
	reg_write(v, LINE, 1);
	EXPECT_EQ(0, event_count(event[0]));
	reg_write(v, LINE, 0);
	reg_write(v, LINE, 1);
	EXPECT_EQ(1, event_count(event[0]));
	EXPECT_EQ(0, event_count(event[5]));
	ASSERT_EQ(0, act(self, TRIGGER, 0, 0));
	ASSERT_EQ(0, irq_set_event(v, INTX, TRIGGER, event[5]));
	EXPECT_EQ(1, event_count(event[5]));
	EXPECT_EQ(0, event_count(event[0]));
}

MSI_TEST(an_event_for_a_test)
{
	struct vfio_irq_set set = {
		.flags = VFIO_IRQ_SET_DATA_BOOL | TRIGGER,
		.index = self->index,
		.start = 1,
		.count = 3,
	};
	uint8_t yes[] = { 1, 0, 1 };

	EXPECT_EQ(-EINVAL, irq_set(v, &set, yes, sizeof(yes)));
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	ASSERT_EQ(0, irq_set(v, &set, yes, sizeof(yes)));
	EXPECT_EQ(0, event_count(self->event[0]));
	EXPECT_EQ(1, event_count(self->event[1]));
	EXPECT_EQ(0, event_count(self->event[2]));
	EXPECT_EQ(1, event_count(self->event[3]));
	ASSERT_EQ(0, act(self, TRIGGER, 0, 2));
	EXPECT_EQ(1, event_count(self->event[0]));
	EXPECT_EQ(1, event_count(self->event[1]));
}

MSI_TEST(nonsense_is_refused)
{
	unsigned int count = self->index == MSIX ? 40 : 8;
	int event[] = { self->event[4], self->event[4], 1000 };
	struct vfio_irq_set by_event = {
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | MASK,
		.index = self->index,
		.count = 1,
	};

	EXPECT_EQ(-EINVAL, set_events(self, count, 1, event));
	EXPECT_EQ(-EINVAL, set_events(self, count - 1, 2, event));
	EXPECT_EQ(-EINVAL, set_events(self, 0xffffffff, 1, event));
	EXPECT_EQ(-EINVAL, set_events(self, 0, 0, event));
	EXPECT_EQ(-EINVAL, act(self, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, act(self, TRIGGER, 0, 1));
	EXPECT_EQ(-EINVAL, act(self, MASK, 0, 1));
	EXPECT_EQ(0, reg_read(v, MESSAGES));
	ASSERT_EQ(0, set_events(self, 0, 2, self->event));
	EXPECT_EQ(-EBADF, set_events(self, 0, 3, event));
	EXPECT_EQ(-EINVAL, act(self, MASK, count, 1));
	EXPECT_EQ(-EINVAL, act(self, MASK, 1, count));
	EXPECT_EQ(-EINVAL, act(self, MASK, 0, 0));
	EXPECT_EQ(-ENOTTY, irq_set(v, &by_event, event, sizeof(*event)));
	/* What was set before still holds. */
	ring(v, 0);
	ring(v, 1);
	EXPECT_EQ(1, event_count(self->event[0]));
	EXPECT_EQ(1, event_count(self->event[1]));
	EXPECT_EQ(0, event_count(self->event[4]));
}

/* The events stay, as user space gave them, all else is as at power-on. */
MSI_TEST(a_reset)
{
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	guest_masks(self, 1, true);
	reg_write(v, TABLE(1, PCI_MSIX_ENTRY_DATA), 0x1234);
	ring(v, 1);
	reg_write(v, LINE, 1);
	EXPECT_EQ(1, event_count(self->event[0]));
	EXPECT_EQ(0x2, pending(self));
	ASSERT_EQ(0, vfio_reset(v));
	EXPECT_EQ(0, cfg_read(v, PCI_COMMAND, 2));
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT_TRUE(is_enabled(self));
	EXPECT_EQ(0, pending(self));
	EXPECT_EQ(0, reg_read(v, TABLE(1, PCI_MSIX_ENTRY_DATA)));
	EXPECT_EQ(0, event_count(self->event[0]));
	EXPECT_EQ(0, event_count(self->event[1]));
	ring(v, 1);
	EXPECT_EQ(1, event_count(self->event[1]));
}

MSI_TEST(the_next_owner_finds_them_off)
{
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	ASSERT_EQ(0, act(self, MASK, 0, 1));
	ring(v, 0);
	vfio_close(v);
	ASSERT_EQ(0, vfio_open(v, CARD));
	EXPECT_EQ(0, reg_read(v, MESSAGES));
	EXPECT_FALSE(is_enabled(self));
	EXPECT_EQ(0, pending(self));
	ASSERT_EQ(0, set_events(self, 0, EVENTS, self->event));
	EXPECT_EQ(0, event_count(self->event[0]));
}

struct bell_ringer {
	struct vfio *v;
	bool stop;
};

static void *keep_ringing(void *arg)
{
	struct bell_ringer *r = arg;

	while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED))
		ring(r->v, 2);
	return NULL;
}

/* All that can be done to a vector, while it is sent. */
MSI_TEST(in_the_middle_of_it)
{
	struct bell_ringer r = { .v = v };
	int i, n = lab_short() ? 10 : 40, none = -1;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_ringing, &r));
	for (i = 0; i < n; i++) {
		EXPECT_EQ(0, set_events(self, 0, EVENTS, self->event));
		EXPECT_EQ(0, act(self, MASK, 2, 1));
		guest_masks(self, 2, false);
		EXPECT_EQ(0, set_events(self, 2, 1, &none));
		EXPECT_EQ(0, set_events(self, 2, 1, &self->event[i % EVENTS]));
		if (i % 8 == 0)
			EXPECT_EQ(0, act(self, TRIGGER, 0, 0));
	}
	__atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	ASSERT_EQ(0, act(self, TRIGGER, 0, 0));
	for (i = 0; i < EVENTS; i++)
		event_count(self->event[i]);
	ASSERT_EQ(0, set_events(self, 2, 1, &self->event[0]));
	ring(v, 2);
	EXPECT_EQ(1, event_count(self->event[0]));
}

/* ---- the table of MSI-X -------------------------------------------------- */

FIXTURE(table) {
	FIXTURE_DATA(msi) msi;
};

FIXTURE_SETUP(table)
{
	int i;

	self->msi.available = nic_available();
	if (!self->msi.available)
		return;
	self->msi.index = MSIX;
	ASSERT_EQ(0, nic_create_model(CARD, "bell"));
	ASSERT_EQ(0, vfio_open(&self->msi.v, CARD));
	self->msi.cap = find_cap(&self->msi.v, PCI_CAP_ID_MSIX);
	for (i = 0; i < EVENTS; i++)
		self->msi.event[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

FIXTURE_TEARDOWN(table)
{
	int i;

	if (!self->msi.available)
		return;
	for (i = 0; i < EVENTS; i++)
		close(self->msi.event[i]);
	vfio_close(&self->msi.v);
	EXPECT_EQ(0, nic_remove(CARD));
}

TEST_F_TIMEOUT(table, holds_what_is_written, 120)
{
	static const unsigned int entries[] = { 0, 1, 39 };
	struct vfio *v = &self->msi.v;
	uint64_t address = 0x1122334455667788;
	unsigned int i, n;
	uint8_t byte = 0;

	if (!self->msi.available)
		SKIP(return, "this kernel has no mediated devices");
	for (i = 0; i < 3; i++) {
		n = entries[i];
		EXPECT_EQ(1, reg_read(v, TABLE(n, PCI_MSIX_ENTRY_VECTOR_CTRL)));
		ASSERT_EQ(8, vfio_write(v, 0, TABLE(n, 0), &address, 8));
		reg_write(v, TABLE(n, PCI_MSIX_ENTRY_DATA), 0xabcd0000 + n);
		reg_write(v, TABLE(n, PCI_MSIX_ENTRY_VECTOR_CTRL), 0xfffffffe);
	}
	for (i = 0; i < 3; i++) {
		n = entries[i];
		EXPECT_EQ(0x55667788, reg_read(v, TABLE(n, 0)));
		EXPECT_EQ(0x11223344, reg_read(v, TABLE(n, 4)));
		EXPECT_EQ(0xabcd0000 + n, reg_read(v, TABLE(n, 8)));
		EXPECT_EQ(0, reg_read(v, TABLE(n, 12)));
	}
	/* Parts of a word are read, and not written. */
	ASSERT_EQ(1, vfio_read(v, 0, TABLE(1, 2), &byte, 1));
	EXPECT_EQ(0x66, byte);
	ASSERT_EQ(1, vfio_write(v, 0, TABLE(1, 8), &byte, 1));
	EXPECT_EQ(0xabcd0001, reg_read(v, TABLE(1, 8)));
	EXPECT_EQ(1, reg_read(v, TABLE(2, 12)));
	EXPECT_EQ(0, reg_read(v, TABLE(2, 0)));
	/* Around it, the region is the card's. */
	reg_write(v, TABLE_END, 0x5555);
	EXPECT_EQ(0, reg_read(v, TABLE_END));
	reg_write(v, SCRATCH, 0x6666);
	EXPECT_EQ(0x6666, reg_read(v, SCRATCH));
	reg_write(v, PBA, 0xffffffff);
	EXPECT_EQ(0, reg_read(v, PBA));
}

TEST_F_TIMEOUT(table, all_are_masked_at_once, 120)
{
	struct vfio *v = &self->msi.v;
	uint32_t control = self->msi.cap + PCI_MSIX_FLAGS;

	if (!self->msi.available)
		SKIP(return, "this kernel has no mediated devices");
	ASSERT_EQ(0, set_events(&self->msi, 0, EVENTS, self->msi.event));
	ASSERT_EQ(0, set_events(&self->msi, 38, 1, self->msi.event));
	cfg_write(v, control, 2, PCI_MSIX_FLAGS_MASKALL);
	ring(v, 5);
	ring(v, 38);
	EXPECT_EQ(0x20, reg_read(v, PBA));
	EXPECT_EQ(0x40, reg_read(v, PBA + 4));
	EXPECT_EQ(0, reg_read(v, TABLE(5, PCI_MSIX_ENTRY_VECTOR_CTRL)));
	EXPECT_EQ(0, event_count(self->msi.event[0]));
	EXPECT_EQ(0, event_count(self->msi.event[5]));
	cfg_write(v, control, 2, 0);
	EXPECT_EQ(1, event_count(self->msi.event[0]));
	EXPECT_EQ(1, event_count(self->msi.event[5]));
	EXPECT_EQ(0, reg_read(v, PBA));
	EXPECT_EQ(0, reg_read(v, PBA + 4));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * INTx as eventfds: an event masks the line, and when it is unmasked, by an
 * ioctl or by an event, the next one comes at once if the level is still high.
 *
 * vm: timeout=300 debug=short plain=6.1
 */
#include "test.h"
#include "vfio.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define CARD	1
#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK

/* An 82540EM's causes: read to clear, set, enable, disable. */
#define ICR	0xc0
#define ICS	0xc8
#define IMS	0xd0
#define IMC	0xd8
#define CAUSE	0x4	/* link status change: nothing mitigates it */

FIXTURE(irq) {
	struct vfio v;
	bool available;
	int trigger, unmask;
};

FIXTURE_SETUP(irq)
{
	self->available = nic_available();
	if (!self->available)
		return;
	ASSERT_EQ(0, nic_create(CARD));
	ASSERT_EQ(0, vfio_open(&self->v, CARD));
	self->trigger = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	self->unmask = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ASSERT_EQ(0, irq_set_event(&self->v, INTX, TRIGGER, self->trigger));
	/* What a card does by itself after power-on is no part of this. */
	reg_write(&self->v, IMC, 0xffffffff);
	reg_read(&self->v, ICR);
	reg_write(&self->v, IMS, CAUSE);
	event_count(self->trigger);
	ASSERT_EQ(0, irq_set_none(&self->v, INTX, UNMASK, 1));
}

FIXTURE_TEARDOWN(irq)
{
	if (!self->available)
		return;
	close(self->trigger);
	close(self->unmask);
	vfio_close(&self->v);
	EXPECT_EQ(0, nic_remove(CARD));
}

#define IRQ_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(irq) *self, struct vfio *v); \
	TEST_F_TIMEOUT(irq, name, 120)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, self, &self->v);			\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       FIXTURE_DATA(irq) *self, struct vfio *v)

IRQ_TEST(there_is_one_line)
{
	struct vfio_irq_info info = { .argsz = sizeof(info) };

	ASSERT_EQ(0, ioctl(v->device, VFIO_DEVICE_GET_IRQ_INFO, &info));
	EXPECT_EQ(1, info.count);
	EXPECT_EQ(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
		  VFIO_IRQ_INFO_AUTOMASKED, info.flags);
	info.index = VFIO_PCI_MSI_IRQ_INDEX;
	ASSERT_EQ(0, ioctl(v->device, VFIO_DEVICE_GET_IRQ_INFO, &info));
	EXPECT_EQ(0, info.count);
}

/* One event, whatever comes before it is acknowledged. */
IRQ_TEST(an_event_masks_the_line)
{
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(1, event_count(self->trigger));
	EXPECT_EQ(PCI_STATUS_INTERRUPT,
		  cfg_read(v, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	reg_read(v, ICR);
	EXPECT_EQ(0, cfg_read(v, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(0, event_count(self->trigger));
}

IRQ_TEST(unmasked_with_the_level_high_comes_the_next)
{
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(1, event_count(self->trigger));
	EXPECT_EQ(0, irq_set_none(v, INTX, UNMASK, 1));
	EXPECT_EQ(1, event_count(self->trigger));
	reg_read(v, ICR);
	EXPECT_EQ(0, irq_set_none(v, INTX, UNMASK, 1));
	EXPECT_EQ(0, event_count(self->trigger));
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(1, event_count(self->trigger));
}

static bool comes(int fd)
{
	return event_count(fd) == 1;
}

/* As KVM acknowledges. The next one is sent by a kernel worker. */
IRQ_TEST(unmasked_by_an_event)
{
	int i, n = lab_short() ? 100 : 2000;
	uint64_t one = 1;

	ASSERT_EQ(0, irq_set_event(v, INTX, UNMASK, self->unmask));
	for (i = 0; i < n; i++) {
		reg_write(v, ICS, CAUSE);
		ASSERT_TRUE(wait_for(comes(self->trigger)));
		/* The level is high: again. */
		ASSERT_EQ(8, write(self->unmask, &one, 8));
		ASSERT_TRUE(wait_for(comes(self->trigger)));
		reg_read(v, ICR);
		ASSERT_EQ(8, write(self->unmask, &one, 8));
		ASSERT_EQ(0, event_count(self->trigger));
	}
	ASSERT_EQ(0, irq_set_event(v, INTX, UNMASK, -1));
	ASSERT_EQ(8, write(self->unmask, &one, 8));
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(1, event_count(self->trigger));
	ASSERT_EQ(8, write(self->unmask, &one, 8));
	EXPECT_EQ(0, event_count(self->trigger));
}

IRQ_TEST(masked_by_hand)
{
	ASSERT_EQ(0, irq_set_none(v, INTX, MASK, 1));
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(0, event_count(self->trigger));
	ASSERT_EQ(0, irq_set_none(v, INTX, UNMASK, 1));
	EXPECT_EQ(1, event_count(self->trigger));
}

IRQ_TEST(the_command_register_holds_it_back)
{
	uint32_t command = cfg_read(v, PCI_COMMAND, 2);

	cfg_write(v, PCI_COMMAND, 2, command | PCI_COMMAND_INTX_DISABLE);
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(0, event_count(self->trigger));
	cfg_write(v, PCI_COMMAND, 2, command);
	EXPECT_EQ(1, event_count(self->trigger));
}

IRQ_TEST(nobody_listens_until_somebody_does)
{
	ASSERT_EQ(0, irq_set_none(v, INTX, TRIGGER, 0));
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(0, event_count(self->trigger));
	ASSERT_EQ(0, irq_set_event(v, INTX, TRIGGER, self->trigger));
	EXPECT_EQ(1, event_count(self->trigger));
}

IRQ_TEST(an_event_for_a_test)
{
	ASSERT_EQ(0, irq_set_none(v, INTX, TRIGGER, 1));
	EXPECT_EQ(1, event_count(self->trigger));
}

/* The same event as signal and as acknowledgment: no deadlock. */
IRQ_TEST(one_event_for_both)
{
	int i;

	ASSERT_EQ(0, irq_set_event(v, INTX, UNMASK, self->trigger));
	for (i = 0; i < 100; i++) {
		reg_write(v, ICS, CAUSE);
		reg_read(v, ICR);
	}
	ASSERT_EQ(0, irq_set_event(v, INTX, UNMASK, -1));
}

IRQ_TEST(an_acknowledging_event_is_closed)
{
	ASSERT_EQ(0, irq_set_event(v, INTX, UNMASK, self->unmask));
	EXPECT_EQ(-EBUSY, irq_set_event(v, INTX, UNMASK, self->unmask));
	close(self->unmask);
	self->unmask = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ASSERT_TRUE(wait_for(!irq_set_event(v, INTX, UNMASK, self->unmask)));
}

IRQ_TEST(nonsense_is_refused)
{
	EXPECT_EQ(-EINVAL, irq_set_none(v, INTX, TRIGGER, 2));
	EXPECT_EQ(-EINVAL, irq_set_none(v, VFIO_PCI_MSI_IRQ_INDEX, TRIGGER, 1));
	EXPECT_EQ(-EINVAL, irq_set_none(v, VFIO_PCI_NUM_IRQS, TRIGGER, 1));
	EXPECT_EQ(-ENOTTY, irq_set_event(v, INTX, MASK, self->unmask));
	EXPECT_EQ(-EBADF, irq_set_event(v, INTX, TRIGGER, 1000));
	EXPECT_EQ(-EINVAL, irq_set_event(v, INTX, TRIGGER, v->device));
	/* What was set before still holds. */
	reg_write(v, ICS, CAUSE);
	EXPECT_EQ(1, event_count(self->trigger));
}

TEST_HARNESS_MAIN

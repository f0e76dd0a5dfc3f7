// SPDX-License-Identifier: GPL-2.0
/*
 * A card's INTx in a virtual machine: the line stays high from the card's signal
 * to the guest's acknowledgment, that asks the card again, and if its level is
 * still high the next interrupt follows. Nothing is lost, nothing comes twice.
 *
 * vm: timeout=300 debug=short
 */
#include "test.h"
#include "kvm.h"
#include "vfio.h"

#include <sys/eventfd.h>
#include <unistd.h>

#define CARDS	2
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

struct card {
	struct vfio v;
	int trigger, resample;
};

FIXTURE(kvm) {
	struct kvm k;
	struct card card[CARDS];
	const char *missing;
};

/* The events of a card that has none, both ways. */
static bool connect_card(struct kvm *k, struct card *c)
{
	c->trigger = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->resample = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	/* A worker of the kernel removes the one that was closed. */
	return !kvm_connect(k, c->trigger, c->resample) &&
	       wait_for(!irq_set_event(&c->v, INTX, UNMASK, c->resample)) &&
	       !irq_set_event(&c->v, INTX, TRIGGER, c->trigger);
}

static int open_card(struct kvm *k, struct card *c, unsigned int n)
{
	int err = nic_create(n);

	if (!err)
		err = vfio_open(&c->v, n);
	if (err)
		return err;
	/* What a card does by itself after power-on is no part of this. */
	reg_write(&c->v, IMC, 0xffffffff);
	reg_read(&c->v, ICR);
	reg_write(&c->v, IMS, CAUSE);
	return connect_card(k, c) ? 0 : -1;
}

FIXTURE_SETUP(kvm)
{
	unsigned int i;

	if (!nic_available())
		self->missing = "this kernel has no mediated devices";
	else if (!kvm_available())
		self->missing = "this machine has no KVM";
	if (self->missing)
		return;
	ASSERT_EQ(0, kvm_open(&self->k));
	for (i = 0; i < CARDS; i++)
		ASSERT_EQ(0, open_card(&self->k, &self->card[i], i + 1));
}

FIXTURE_TEARDOWN(kvm)
{
	unsigned int i;

	if (self->missing)
		return;
	for (i = 0; i < CARDS; i++) {
		close(self->card[i].trigger);
		close(self->card[i].resample);
		vfio_close(&self->card[i].v);
		EXPECT_EQ(0, nic_remove(i + 1));
	}
	kvm_close(&self->k);
}

#define KVM_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct kvm *k, struct card *c);		\
	TEST_F_TIMEOUT(kvm, name, 240)					\
	{								\
		if (self->missing)					\
			SKIP(return, "%s", self->missing);		\
		run_##name(_metadata, &self->k, self->card);		\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct kvm *k, struct card *c)

static void cause(struct card *c)
{
	reg_write(&c->v, ICS, CAUSE);
}

/* As a driver's handler does: the level falls. */
static void handle(struct card *c)
{
	reg_read(&c->v, ICR);
}

/* Waits for the next interrupt; the guest is in it afterwards. */
static bool interrupts(struct kvm *k)
{
	return kvm_go(k, KVM_HALT) == KVM_INTERRUPTED;
}

/* The guest acknowledges the last interrupt, if any, and sees no other. */
static bool is_quiet(struct kvm *k)
{
	unsigned int i;

	for (i = 0; i < 50; i++) {
		if (kvm_go(k, KVM_SPIN) != KVM_IDLE)
			return false;
		if (i % 10 == 0)
			usleep(1000);
	}
	return true;
}

/*
 * Where more than one source or a worker of the kernel has a hand in it, an
 * interrupt may be under way that nobody has a reason for any more.
 */
static bool becomes_quiet(struct kvm *k)
{
	return wait_for(is_quiet(k));
}

KVM_TEST(a_cause_is_one_interrupt)
{
	unsigned int i;

	EXPECT_TRUE(is_quiet(k));
	for (i = 0; i < 5; i++) {
		cause(c);
		ASSERT_TRUE(interrupts(k));
		handle(c);
		ASSERT_TRUE(is_quiet(k));
	}
}

KVM_TEST(a_level_that_stays_interrupts_again)
{
	unsigned int i;

	cause(c);
	for (i = 0; i < 5; i++)
		ASSERT_TRUE(interrupts(k));
	handle(c);
	EXPECT_TRUE(is_quiet(k));
	cause(c);
	EXPECT_TRUE(interrupts(k));
	handle(c);
	EXPECT_TRUE(is_quiet(k));
}

/* What happens between the handler's look at the card and its end. */
KVM_TEST(a_cause_before_the_acknowledgment_is_not_lost)
{
	cause(c);
	ASSERT_TRUE(interrupts(k));
	handle(c);
	cause(c);
	ASSERT_TRUE(interrupts(k));
	handle(c);
	EXPECT_TRUE(is_quiet(k));
}

KVM_TEST(masked_in_the_controller_while_pending)
{
	ASSERT_EQ(KVM_IDLE, kvm_go(k, KVM_MASK));
	cause(c);
	EXPECT_TRUE(is_quiet(k));
	ASSERT_EQ(KVM_INTERRUPTED, kvm_go(k, KVM_UNMASK | KVM_HALT));
	handle(c);
	EXPECT_TRUE(is_quiet(k));
}

KVM_TEST(masked_in_the_card_while_pending)
{
	ASSERT_EQ(0, irq_set_none(&c->v, INTX, MASK, 1));
	cause(c);
	EXPECT_TRUE(is_quiet(k));
	ASSERT_EQ(0, irq_set_none(&c->v, INTX, UNMASK, 1));
	ASSERT_TRUE(interrupts(k));
	handle(c);
	EXPECT_TRUE(is_quiet(k));
}

/* Closed while the card is idle, and while an interrupt is under way. */
KVM_TEST(events_that_are_closed)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i % 2) {
			cause(c);
			ASSERT_TRUE(interrupts(k));
		}
		close(c->trigger);
		close(c->resample);
		handle(c);
		ASSERT_TRUE(becomes_quiet(k));
		cause(c);
		ASSERT_TRUE(becomes_quiet(k));
		/* Now there is somebody to be told. */
		ASSERT_TRUE(connect_card(k, c));
		ASSERT_TRUE(interrupts(k));
		handle(c);
		ASSERT_TRUE(becomes_quiet(k));
	}
}

KVM_TEST(two_cards_on_one_line)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		struct card *first = &c[i % 2], *second = &c[(i + 1) % 2];

		cause(first);
		cause(second);
		ASSERT_TRUE(interrupts(k));
		handle(first);
		ASSERT_TRUE(interrupts(k));
		handle(second);
		ASSERT_TRUE(becomes_quiet(k));
	}
}

KVM_TEST(a_line_shared_with_another_source)
{
	/* The other one's interrupt takes nothing from the card's. */
	ASSERT_EQ(0, kvm_level(k, true));
	ASSERT_TRUE(interrupts(k));
	cause(c);
	ASSERT_EQ(0, kvm_level(k, false));
	ASSERT_TRUE(interrupts(k));
	handle(c);
	EXPECT_TRUE(becomes_quiet(k));
	/* Nor the reverse. */
	cause(c);
	ASSERT_TRUE(interrupts(k));
	ASSERT_EQ(0, kvm_level(k, true));
	handle(c);
	ASSERT_TRUE(interrupts(k));
	ASSERT_TRUE(interrupts(k));
	ASSERT_EQ(0, kvm_level(k, false));
	EXPECT_TRUE(becomes_quiet(k));
}

/* Each third with two cards, each third with a level that stays for a while. */
KVM_TEST(many_cycles)
{
	unsigned int i, n = lab_short() ? 300 : 3000;

	for (i = 0; i < n; i++) {
		cause(c);
		if (i % 3 == 1)
			cause(c + 1);
		ASSERT_TRUE(interrupts(k));
		if (i % 3 == 2)
			ASSERT_TRUE(interrupts(k));
		handle(c);
		if (i % 3 == 1) {
			ASSERT_TRUE(interrupts(k));
			handle(c + 1);
		}
	}
	EXPECT_TRUE(becomes_quiet(k));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * A card's INTx in a virtual machine: the line stays high from the card's signal
 * to the guest's acknowledgment, that asks the card again, and if its level is
 * still high the next interrupt follows. Nothing is lost, nothing comes twice.
 *
 * vm: timeout=300 guests=yes debug=no
 */
#include "test.h"
#include "intx.h"

#include <unistd.h>

#define INTX	VFIO_PCI_INTX_IRQ_INDEX

FIXTURE(kvm) {
	struct intx x;
	const char *missing;
};

FIXTURE_SETUP(kvm)
{
	self->missing = intx_missing();
	if (!self->missing)
		ASSERT_EQ(0, intx_open(&self->x));
}

FIXTURE_TEARDOWN(kvm)
{
	if (!self->missing)
		intx_close(&self->x);
}

#define KVM_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct kvm *k, struct intx_card *c);	\
	TEST_F_TIMEOUT(kvm, name, 240)					\
	{								\
		if (self->missing)					\
			SKIP(return, "%s", self->missing);		\
		run_##name(_metadata, &self->x.k, self->x.card);	\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct kvm *k, struct intx_card *c)

/*
 * Where more than one source or a worker of the kernel has a hand in it, an
 * interrupt may be under way that nobody has a reason for any more.
 */
static bool becomes_quiet(struct kvm *k)
{
	return wait_for(intx_is_quiet(k));
}

KVM_TEST(a_cause_is_one_interrupt)
{
	unsigned int i;

	EXPECT_TRUE(intx_is_quiet(k));
	for (i = 0; i < 5; i++) {
		intx_cause(c);
		ASSERT_TRUE(intx_comes(k));
		intx_handle(c);
		ASSERT_TRUE(intx_is_quiet(k));
	}
}

KVM_TEST(a_level_that_stays_interrupts_again)
{
	unsigned int i;

	intx_cause(c);
	for (i = 0; i < 5; i++)
		ASSERT_TRUE(intx_comes(k));
	intx_handle(c);
	EXPECT_TRUE(intx_is_quiet(k));
	intx_cause(c);
	EXPECT_TRUE(intx_comes(k));
	intx_handle(c);
	EXPECT_TRUE(intx_is_quiet(k));
}

/* What happens between the handler's look at the card and its end. */
KVM_TEST(a_cause_before_the_acknowledgment_is_not_lost)
{
	intx_cause(c);
	ASSERT_TRUE(intx_comes(k));
	intx_handle(c);
	intx_cause(c);
	ASSERT_TRUE(intx_comes(k));
	intx_handle(c);
	EXPECT_TRUE(intx_is_quiet(k));
}

KVM_TEST(masked_in_the_controller_while_pending)
{
	ASSERT_EQ(KVM_IDLE, kvm_go(k, KVM_MASK));
	intx_cause(c);
	EXPECT_TRUE(intx_is_quiet(k));
	ASSERT_TRUE(kvm_go(k, KVM_UNMASK | KVM_HALT) == KVM_INTERRUPTED ||
		    intx_comes(k));
	intx_handle(c);
	EXPECT_TRUE(intx_is_quiet(k));
}

KVM_TEST(masked_in_the_card_while_pending)
{
	ASSERT_EQ(0, irq_set_none(&c->v, INTX, VFIO_IRQ_SET_ACTION_MASK, 1));
	intx_cause(c);
	EXPECT_TRUE(intx_is_quiet(k));
	ASSERT_EQ(0, irq_set_none(&c->v, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 1));
	ASSERT_TRUE(intx_comes(k));
	intx_handle(c);
	EXPECT_TRUE(intx_is_quiet(k));
}

/* Closed while the card is idle, and while an interrupt is under way. */
KVM_TEST(events_that_are_closed)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i % 2) {
			intx_cause(c);
			ASSERT_TRUE(intx_comes(k));
		}
		close(c->trigger);
		close(c->resample);
		intx_handle(c);
		ASSERT_TRUE(becomes_quiet(k));
		intx_cause(c);
		ASSERT_TRUE(becomes_quiet(k));
		/* Now there is somebody to be told. */
		ASSERT_TRUE(intx_connect(k, c));
		ASSERT_TRUE(intx_comes(k));
		intx_handle(c);
		ASSERT_TRUE(becomes_quiet(k));
	}
}

KVM_TEST(two_cards_on_one_line)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		struct intx_card *first = &c[i % 2], *second = &c[(i + 1) % 2];

		intx_cause(first);
		intx_cause(second);
		ASSERT_TRUE(intx_comes(k));
		intx_handle(first);
		ASSERT_TRUE(intx_comes(k));
		intx_handle(second);
		ASSERT_TRUE(becomes_quiet(k));
	}
}

KVM_TEST(a_line_shared_with_another_source)
{
	/* The other one's interrupt takes nothing from the card's. */
	ASSERT_EQ(0, kvm_level(k, true));
	ASSERT_TRUE(intx_comes(k));
	intx_cause(c);
	ASSERT_EQ(0, kvm_level(k, false));
	ASSERT_TRUE(intx_comes(k));
	intx_handle(c);
	EXPECT_TRUE(becomes_quiet(k));
	/* Nor the reverse. */
	intx_cause(c);
	ASSERT_TRUE(intx_comes(k));
	ASSERT_EQ(0, kvm_level(k, true));
	intx_handle(c);
	ASSERT_TRUE(intx_comes(k));
	ASSERT_TRUE(intx_comes(k));
	ASSERT_EQ(0, kvm_level(k, false));
	EXPECT_TRUE(becomes_quiet(k));
}

KVM_TEST(many_cycles)
{
	EXPECT_TRUE(intx_cycles(k, c, lab_short() ? 300 : 3000));
	EXPECT_TRUE(becomes_quiet(k));
}

TEST_HARNESS_MAIN

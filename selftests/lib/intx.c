// SPDX-License-Identifier: GPL-2.0
#include "intx.h"
#include "lab.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* An 82540EM's causes: read to clear, set, enable, disable. */
#define ICR	0xc0
#define ICS	0xc8
#define IMS	0xd0
#define IMC	0xd8
#define CAUSE	0x4	/* link status change: nothing mitigates it */

const char *intx_missing(void)
{
	if (!nic_available())
		return "this kernel has no mediated devices";
	return kvm_available() ? NULL : "this machine has no KVM";
}

bool intx_connect(struct kvm *k, struct intx_card *c)
{
	c->trigger = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->resample = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	/* A worker of the kernel removes the one that was closed. */
	return !kvm_connect(k, c->trigger, c->resample) &&
	       wait_for(!irq_set_event(&c->v, VFIO_PCI_INTX_IRQ_INDEX,
				       VFIO_IRQ_SET_ACTION_UNMASK,
				       c->resample)) &&
	       !irq_set_event(&c->v, VFIO_PCI_INTX_IRQ_INDEX,
			      VFIO_IRQ_SET_ACTION_TRIGGER, c->trigger);
}

static int open_card(struct kvm *k, struct intx_card *c, unsigned int n)
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
	return intx_connect(k, c) ? 0 : -EIO;
}

int intx_open(struct intx *x)
{
	int err = kvm_open(&x->k);
	unsigned int i;

	for (i = 0; !err && i < INTX_CARDS; i++)
		err = open_card(&x->k, &x->card[i], i + 1);
	return err;
}

void intx_close(struct intx *x)
{
	unsigned int i;

	for (i = 0; i < INTX_CARDS; i++) {
		close(x->card[i].trigger);
		close(x->card[i].resample);
		vfio_close(&x->card[i].v);
		nic_remove(i + 1);
	}
	kvm_close(&x->k);
}

void intx_cause(struct intx_card *c)
{
	reg_write(&c->v, ICS, CAUSE);
}

void intx_handle(struct intx_card *c)
{
	reg_read(&c->v, ICR);
}

/*
 * A processor may wake for an interrupt that is gone when it looks: the end of
 * the last one lowers the line for a moment. What is due comes all the same.
 */
bool intx_comes(struct kvm *k)
{
	enum kvm_place place;

	do {
		place = kvm_go(k, KVM_HALT);
		k->woken += place == KVM_IDLE;
	} while (place == KVM_IDLE);
	return place == KVM_INTERRUPTED;
}

bool intx_is_quiet(struct kvm *k)
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

static bool cycle(struct kvm *k, struct intx_card *c, unsigned int kind)
{
	intx_cause(c);
	if (kind == 1)
		intx_cause(c + 1);
	if (!intx_comes(k))
		return false;
	if (kind == 2 && !intx_comes(k))
		return false;
	intx_handle(c);
	if (kind != 1)
		return true;
	if (!intx_comes(k))
		return false;
	intx_handle(c + 1);
	return true;
}

bool intx_cycles(struct kvm *k, struct intx_card *c, unsigned int n)
{
	while (n--)
		if (!cycle(k, c, n % 3))
			return false;
	return true;
}

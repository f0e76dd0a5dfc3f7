// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of a card: eventfds that user space gave. Here the line, INTx;
 * messages.c has the other ways.
 *
 * An eventfd is an edge, INTx is a level. So a signal masks the line
 * (VFIO_IRQ_INFO_AUTOMASKED), and when it is unmasked and the level is still
 * high, the next signal follows at once. It is unmasked by an ioctl, or, with
 * KVM, by an event that comes when the guest has acknowledged the interrupt.
 * That event comes in the middle of a wakeup, with interrupts off, where no
 * other event may be sent: a kernel worker sends the next signal.
 */
#include "card.h"
#include "../compat.h"

#include <linux/eventfd.h>
#include <linux/rcupdate.h>

void nemu_irq_init(struct nemu_irq *irq)
{
	spin_lock_init(&irq->lock);
}

/**
 * nemu_irq_signal() - signal an event
 * @slot: where it is, or NULL is
 *
 * Nobody but the one who was given the event knows what hangs on it: no lock.
 */
void nemu_irq_signal(struct eventfd_ctx __rcu **slot)
{
	struct eventfd_ctx *event;

	rcu_read_lock();
	event = rcu_dereference(*slot);
	if (event)
		nemu_eventfd_signal(event);
	rcu_read_unlock();
}

/**
 * nemu_irq_update() - send what is due
 * @card: card
 *
 * To be called whenever the level rises or what holds it back goes. Any
 * context, but not within an eventfd's wakeup.
 */
void nemu_irq_update(struct nemu_card *card)
{
	struct nemu_irq *irq = &card->irq;
	unsigned long flags;
	bool send;

	spin_lock_irqsave(&irq->lock, flags);
	send = irq->level && !irq->masked && rcu_access_pointer(irq->intx) &&
	       nemu_pci_intx_enabled(&card->config);
	if (send)
		irq->masked = true;
	spin_unlock_irqrestore(&irq->lock, flags);
	if (!send)
		return;
	nemu_nic_count(card, NEMU_NIC_INTERRUPTS);
	nemu_irq_signal(&irq->intx);
}

void nemu_card_irq(struct nemu_card *card, bool level)
{
	struct nemu_irq *irq = &card->irq;
	unsigned long flags;

	/* Levels come in order, one at a time. */
	if (READ_ONCE(irq->level) == level)
		return;
	spin_lock_irqsave(&irq->lock, flags);
	WRITE_ONCE(irq->level, level);
	spin_unlock_irqrestore(&irq->lock, flags);
	if (!level)
		return;
	if (nemu_card_messages(card))
		nemu_card_message(card, 0);
	else
		nemu_irq_update(card);
}

bool nemu_irq_asserted(struct nemu_card *card)
{
	return READ_ONCE(card->irq.level);
}

static int unmask(struct nemu_irq *irq, bool masked)
{
	unsigned long flags;
	bool level;

	spin_lock_irqsave(&irq->lock, flags);
	irq->masked = masked;
	level = irq->level;
	spin_unlock_irqrestore(&irq->lock, flags);
	return level;
}

/* Within the wakeup of the event: says whether unmask_thread() has to come. */
static int unmask_event(void *opaque, void *data)
{
	struct nemu_card *card = opaque;

	return unmask(&card->irq, false);
}

static void unmask_thread(void *opaque, void *data)
{
	nemu_irq_update(opaque);
}

/* Takes over @event; what was there before is nobody's afterwards. */
static void replace(struct nemu_card *card, struct eventfd_ctx __rcu **slot,
		    struct eventfd_ctx *event)
{
	struct eventfd_ctx *old;

	old = rcu_replace_pointer(*slot, event,
				  lockdep_is_held(&card->config_lock));
	if (!old)
		return;
	synchronize_rcu();
	eventfd_ctx_put(old);
}

/**
 * nemu_irq_release() - forget all that user space set
 * @card: card, about to be closed
 */
void nemu_irq_release(struct nemu_card *card)
{
	struct nemu_irq *irq = &card->irq;

	mutex_lock(&card->config_lock);
	vfio_virqfd_disable(&irq->unmask);
	replace(card, &irq->intx, NULL);
	replace(card, &irq->request, NULL);
	unmask(irq, false);
	nemu_messages_release(card);
	mutex_unlock(&card->config_lock);
}

/* Asks whoever has the card to give it back. */
void nemu_irq_request(struct nemu_card *card)
{
	nemu_irq_signal(&card->irq.request);
}

/**
 * nemu_irq_info() - what there is
 * @card: card
 * @index: VFIO_PCI_*_IRQ_INDEX
 * @flags: result, VFIO_IRQ_INFO_*
 *
 * Return: how many of that kind.
 */
u32 nemu_irq_info(const struct nemu_card *card, unsigned int index, u32 *flags)
{
	const struct nemu_pci *pci = &card->model->pci;
	u32 vectors = 0;

	switch (index) {
	case VFIO_PCI_INTX_IRQ_INDEX:
		*flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
			 VFIO_IRQ_INFO_AUTOMASKED;
		return 1;
	case VFIO_PCI_REQ_IRQ_INDEX:
		*flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE;
		return 1;
	case VFIO_PCI_MSI_IRQ_INDEX:
		vectors = pci->msi;
		break;
	case VFIO_PCI_MSIX_IRQ_INDEX:
		vectors = pci->msix.vectors;
		break;
	}
	/* One by one if need be: they may be resized. */
	*flags = vectors ? VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE : 0;
	return vectors;
}

/* The event that @data names, or NULL for -1. */
static struct eventfd_ctx *get_event(const void *data)
{
	s32 fd;

	memcpy(&fd, data, sizeof(fd));
	return fd < 0 ? NULL : eventfd_ctx_fdget(fd);
}

static int set_trigger(struct nemu_card *card, struct eventfd_ctx __rcu **slot,
		       const struct vfio_irq_set *set, const void *data)
{
	struct eventfd_ctx *event = NULL;

	switch (set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_EVENTFD:
		/* A card interrupts in one way at a time. */
		if (slot == &card->irq.intx && nemu_card_messages(card))
			return -EINVAL;
		event = get_event(data);
		if (IS_ERR(event))
			return PTR_ERR(event);
		break;
	case VFIO_IRQ_SET_DATA_NONE:
		if (!set->count)
			break;
		nemu_irq_signal(slot);
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		if (*(const u8 *)data)
			nemu_irq_signal(slot);
		return 0;
	}
	if (slot == &card->irq.intx && !event)
		vfio_virqfd_disable(&card->irq.unmask);
	replace(card, slot, event);
	if (slot == &card->irq.intx) {
		unmask(&card->irq, false);
		nemu_irq_update(card);
	}
	return 0;
}

static int set_mask(struct nemu_card *card, const struct vfio_irq_set *set,
		    const void *data)
{
	bool masked = set->flags & VFIO_IRQ_SET_ACTION_MASK;
	s32 fd;

	switch (set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_EVENTFD:
		if (masked)
			return -ENOTTY;
		memcpy(&fd, data, sizeof(fd));
		if (fd >= 0)
			return vfio_virqfd_enable(card, unmask_event,
						  unmask_thread, NULL,
						  &card->irq.unmask, fd);
		vfio_virqfd_disable(&card->irq.unmask);
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		if (!*(const u8 *)data)
			return 0;
		break;
	}
	unmask(&card->irq, masked);
	if (!masked)
		nemu_irq_update(card);
	return 0;
}

/**
 * nemu_irq_set() - VFIO_DEVICE_SET_IRQS
 * @card: card
 * @set: what to do; start and count are within what nemu_irq_info() says
 * @data: the values that go with it, none if the count is 0
 *
 * Return: 0 or an error.
 */
int nemu_irq_set(struct nemu_card *card, const struct vfio_irq_set *set,
		 const void *data)
{
	u32 action = set->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;
	bool intx = set->index == VFIO_PCI_INTX_IRQ_INDEX;

	lockdep_assert_held(&card->config_lock);
	if (set->index == VFIO_PCI_MSI_IRQ_INDEX || set->index == VFIO_PCI_MSIX_IRQ_INDEX)
		return !data && !(set->flags & VFIO_IRQ_SET_DATA_NONE) ? -EINVAL :
		       nemu_messages_set(card, set, data);
	if (!intx && set->index != VFIO_PCI_REQ_IRQ_INDEX)
		return -ENOTTY;
	if (!data && !(set->flags & VFIO_IRQ_SET_DATA_NONE))
		return -EINVAL;
	if (action == VFIO_IRQ_SET_ACTION_TRIGGER)
		return set_trigger(card, intx ? &card->irq.intx :
						&card->irq.request, set, data);
	if (!set->count || !intx)
		return -EINVAL;
	return set_mask(card, set, data);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * MSI and MSI-X of a card: an eventfd for each vector, which user space gives as it
 * does for a card of the host's (vfio-pci), with the same rules. A card interrupts
 * in one way at a time: who has events for INTx has to take them back before he
 * gives some for vectors, and the reverse. With its first event a capability is on.
 *
 * A vector of MSI-X without an event is masked, one that is given an event is not.
 * So it is right for who leaves the table to us, and for QEMU, which keeps the
 * guest's table to itself and takes the event away while a vector is masked there.
 * Besides, the guest's writes to the table and to configuration space mask, and so
 * do VFIO's own calls. What is masked is pending and sent once afterwards; so is all
 * that a card wants to say before the guest allows it to master the bus.
 */
#include "card.h"

#include <linux/eventfd.h>
#include <linux/pci_regs.h>
#include <linux/rcupdate.h>

/* A vector's entry of the table, and one word of it */
#define ENTRY_SHIFT	4
#define WORD_SHIFT	2

/**
 * nemu_messages_init() - all is off
 * @messages: of a card
 */
void nemu_messages_init(struct nemu_messages *messages)
{
	spin_lock_init(&messages->lock);
	messages->table_mask = U64_MAX;
	messages->masked = U64_MAX;
}

static bool is_on(const struct nemu_messages *messages)
{
	return READ_ONCE(messages->kind);
}

bool nemu_card_messages(struct nemu_card *card)
{
	return is_on(&card->messages);
}

static void send(struct nemu_card *card, unsigned int vector)
{
	nemu_nic_count(card, NEMU_NIC_INTERRUPTS);
	nemu_irq_signal(&card->messages.event[vector]);
}

void nemu_card_message(struct nemu_card *card, unsigned int vector)
{
	struct nemu_messages *m = &card->messages;
	unsigned long flags;
	bool now = false;

	if (vector >= NEMU_VECTORS)
		return;
	spin_lock_irqsave(&m->lock, flags);
	if (m->kind && m->masked & BIT_ULL(vector))
		m->pending |= BIT_ULL(vector);
	else
		now = m->kind;
	spin_unlock_irqrestore(&m->lock, flags);
	if (now)
		send(card, vector);
}

static u64 mask_of(const struct nemu_card *card)
{
	const struct nemu_pci_config *config = &card->config;

	if (!nemu_pci_is_master(config))
		return U64_MAX;
	if (card->messages.kind == VFIO_PCI_MSI_IRQ_INDEX)
		return nemu_pci_msi_mask(config);
	if (card->messages.kind == VFIO_PCI_MSIX_IRQ_INDEX &&
	    !nemu_pci_msix_masked(config))
		return card->messages.table_mask;
	return U64_MAX;
}

/**
 * nemu_messages_update() - what masks vectors may have changed
 * @card: card, its configuration locked
 *
 * Sends what waited for that.
 */
void nemu_messages_update(struct nemu_card *card)
{
	struct nemu_messages *m = &card->messages;
	u64 masked = mask_of(card), due;
	unsigned int vector;

	lockdep_assert_held(&card->config_lock);
	spin_lock_irq(&m->lock);
	m->masked = masked;
	due = m->pending & ~masked;
	m->pending &= masked;
	spin_unlock_irq(&m->lock);
	for (vector = 0; due; vector++, due >>= 1)
		if (due & 1)
			send(card, vector);
}

static u64 pending(struct nemu_card *card, u32 kind)
{
	struct nemu_messages *m = &card->messages;
	u64 bits;

	spin_lock_irq(&m->lock);
	bits = m->kind == kind ? m->pending : 0;
	spin_unlock_irq(&m->lock);
	return bits;
}

/**
 * nemu_msi_pending() - which vectors of MSI would be sent but for a mask?
 * @card: card
 *
 * Return: a bit for each.
 */
u32 nemu_msi_pending(struct nemu_card *card)
{
	return pending(card, VFIO_PCI_MSI_IRQ_INDEX);
}

/* ---- the table and the pending bits, in a base address register ---------- */

static bool is_in(u64 offset, u32 start, u32 size)
{
	return offset >= start && offset - start < size;
}

/**
 * nemu_msix_owns() - is it a word of the table, or of the pending bits?
 * @card: card
 * @bar: base address register
 * @offset: in it
 *
 * Return: whether; else it is the model's.
 */
bool nemu_msix_owns(const struct nemu_card *card, unsigned int bar, u64 offset)
{
	const struct nemu_msix *msix = &card->model->pci.msix;
	const struct nemu_messages *m = &card->messages;

	return msix->vectors && bar == msix->bar &&
	       (is_in(offset, msix->table, msix->vectors << ENTRY_SHIFT) ||
		is_in(offset, msix->pba, sizeof(m->pending)));
}

/**
 * nemu_msix_read() - read what nemu_msix_owns()
 * @card: card
 * @offset: where
 *
 * Return: the word from there on; bits from the next word on are zero.
 */
u32 nemu_msix_read(struct nemu_card *card, u64 offset)
{
	const struct nemu_msix *msix = &card->model->pci.msix;
	struct nemu_messages *m = &card->messages;
	unsigned int vector, word;
	u32 value;

	if (!is_in(offset, msix->table, msix->vectors << ENTRY_SHIFT)) {
		offset -= msix->pba;
		return pending(card, VFIO_PCI_MSIX_IRQ_INDEX) >> 8 * offset;
	}
	offset -= msix->table;
	vector = offset >> ENTRY_SHIFT;
	word = offset >> WORD_SHIFT & 3;
	mutex_lock(&card->config_lock);
	if (word < NEMU_MSIX_WORDS)
		value = m->table[vector][word];
	else
		value = m->table_mask >> vector & PCI_MSIX_ENTRY_CTRL_MASKBIT;
	mutex_unlock(&card->config_lock);
	return value >> 8 * (offset & 3);
}

/**
 * nemu_msix_write() - write what nemu_msix_owns()
 * @card: card
 * @offset: where
 * @width: in bytes; only whole words count
 * @value: what
 */
void nemu_msix_write(struct nemu_card *card, u64 offset, unsigned int width,
		     u32 value)
{
	const struct nemu_msix *msix = &card->model->pci.msix;
	struct nemu_messages *m = &card->messages;
	unsigned int vector, word;

	if (width != sizeof(u32) ||
	    !is_in(offset, msix->table, msix->vectors << ENTRY_SHIFT))
		return;
	offset -= msix->table;
	vector = offset >> ENTRY_SHIFT;
	word = offset >> WORD_SHIFT & 3;
	mutex_lock(&card->config_lock);
	if (!word)
		value &= ~3;
	if (word < NEMU_MSIX_WORDS)
		m->table[vector][word] = value;
	else if (value & PCI_MSIX_ENTRY_CTRL_MASKBIT)
		m->table_mask |= BIT_ULL(vector);
	else
		m->table_mask &= ~BIT_ULL(vector);
	nemu_messages_update(card);
	mutex_unlock(&card->config_lock);
}

/* ---- what user space sets ----------------------------------------------- */

/* Takes over what is in @event, and leaves there what was before. */
static void exchange(struct nemu_card *card, struct eventfd_ctx **event,
		     unsigned int start, unsigned int count)
{
	struct nemu_messages *m = &card->messages;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (event[i])
			m->table_mask &= ~BIT_ULL(start + i);
		else
			m->table_mask |= BIT_ULL(start + i);
		event[i] = rcu_replace_pointer(m->event[start + i], event[i],
					       lockdep_is_held(&card->config_lock));
	}
	synchronize_rcu();
}

static void put_events(struct eventfd_ctx **event, unsigned int count)
{
	while (count--)
		if (event[count])
			eventfd_ctx_put(event[count]);
}

static void set_kind(struct nemu_card *card, u32 kind)
{
	struct nemu_messages *m = &card->messages;

	spin_lock_irq(&m->lock);
	WRITE_ONCE(m->kind, kind);
	m->pending = 0;
	spin_unlock_irq(&m->lock);
	if (card->config.msi)
		nemu_pci_msi_enable(&card->config, kind == VFIO_PCI_MSI_IRQ_INDEX);
	if (card->config.msix)
		nemu_pci_msix_enable(&card->config, kind == VFIO_PCI_MSIX_IRQ_INDEX);
}

/**
 * nemu_messages_release() - off, and forget the events
 * @card: card, its configuration locked
 */
void nemu_messages_release(struct nemu_card *card)
{
	struct eventfd_ctx *event[NEMU_VECTORS] = { };

	lockdep_assert_held(&card->config_lock);
	if (!is_on(&card->messages))
		return;
	set_kind(card, 0);
	exchange(card, event, 0, NEMU_VECTORS);
	put_events(event, NEMU_VECTORS);
}

/**
 * nemu_messages_reset() - as at power-on, but for the events
 * @card: card; its model was reset
 */
void nemu_messages_reset(struct nemu_card *card)
{
	struct nemu_messages *m = &card->messages;
	unsigned int i;

	mutex_lock(&card->config_lock);
	memset(m->table, 0, sizeof(m->table));
	for (i = 0; i < NEMU_VECTORS; i++) {
		if (rcu_access_pointer(m->event[i]))
			m->table_mask &= ~BIT_ULL(i);
		else
			m->table_mask |= BIT_ULL(i);
	}
	spin_lock_irq(&m->lock);
	m->pending = 0;
	spin_unlock_irq(&m->lock);
	nemu_messages_update(card);
	mutex_unlock(&card->config_lock);
}

/* All of them or none. */
static int set_events(struct nemu_card *card, const struct vfio_irq_set *set,
		      const s32 *fds)
{
	struct eventfd_ctx *event[NEMU_VECTORS];
	struct nemu_messages *m = &card->messages;
	unsigned int i;
	int err;

	for (i = 0; i < set->count; i++) {
		event[i] = fds[i] < 0 ? NULL : eventfd_ctx_fdget(fds[i]);
		if (IS_ERR(event[i])) {
			err = PTR_ERR(event[i]);
			put_events(event, i);
			return err;
		}
	}
	exchange(card, event, set->start, set->count);
	put_events(event, set->count);
	if (m->kind == set->index) {
		nemu_messages_update(card);
		return 0;
	}
	set_kind(card, set->index);
	nemu_messages_update(card);
	/* It rose when nobody could be told. */
	if (nemu_irq_asserted(card))
		nemu_card_message(card, 0);
	return 0;
}

/* The vectors that @data picks of those that @set names. */
static u64 picked(const struct vfio_irq_set *set, const void *data)
{
	const u8 *yes = set->flags & VFIO_IRQ_SET_DATA_BOOL ? data : NULL;
	u64 bits = 0;
	unsigned int i;

	for (i = 0; i < set->count; i++)
		if (!yes || yes[i])
			bits |= BIT_ULL(set->start + i);
	return bits;
}

static int set_trigger(struct nemu_card *card, const struct vfio_irq_set *set,
		       const void *data)
{
	struct nemu_messages *m = &card->messages;
	unsigned int vector;
	u64 bits;

	if (set->flags & VFIO_IRQ_SET_DATA_EVENTFD) {
		if (m->kind != set->index &&
		    (m->kind || rcu_access_pointer(card->irq.intx)))
			return -EINVAL;
		return set_events(card, set, data);
	}
	if (m->kind != set->index)
		return -EINVAL;
	if (!set->count) {
		nemu_messages_release(card);
		return 0;
	}
	/* To try the way, whatever is masked. */
	bits = picked(set, data);
	for (vector = 0; bits; vector++, bits >>= 1)
		if (bits & 1)
			nemu_irq_signal(&m->event[vector]);
	return 0;
}

static int set_mask(struct nemu_card *card, const struct vfio_irq_set *set,
		    const void *data)
{
	bool masks = set->flags & VFIO_IRQ_SET_ACTION_MASK;
	struct nemu_messages *m = &card->messages;
	u64 bits, mask;

	if (set->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return -ENOTTY;
	if (!set->count || m->kind != set->index)
		return -EINVAL;
	bits = picked(set, data);
	if (set->index == VFIO_PCI_MSI_IRQ_INDEX) {
		mask = nemu_pci_msi_mask(&card->config);
		nemu_pci_msi_set_mask(&card->config, masks ? mask | bits : mask & ~bits);
	} else {
		m->table_mask = masks ? m->table_mask | bits : m->table_mask & ~bits;
	}
	nemu_messages_update(card);
	return 0;
}

/**
 * nemu_messages_set() - VFIO_DEVICE_SET_IRQS for MSI and MSI-X
 * @card: card, its configuration locked
 * @set: what to do; start and count are within the vectors that there are
 * @data: the values that go with it, none if the count is 0
 *
 * Return: 0 or an error; then nothing has changed.
 */
int nemu_messages_set(struct nemu_card *card, const struct vfio_irq_set *set,
		      const void *data)
{
	lockdep_assert_held(&card->config_lock);
	if (set->flags & VFIO_IRQ_SET_ACTION_TRIGGER)
		return set_trigger(card, set, data);
	return set_mask(card, set, data);
}

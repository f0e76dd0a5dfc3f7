// SPDX-License-Identifier: GPL-2.0
/* The life of a card, and what a model asks of it. */
#include "card.h"

#include <linux/sched.h>
#include <linux/slab.h>

void *nemu_card_state(struct nemu_card *card)
{
	return card->state;
}

u32 *nemu_card_window(struct nemu_card *card)
{
	return card->doorbell.window;
}

void nemu_card_trapped(struct nemu_card *card, unsigned int index)
{
	if (index < NEMU_TRAPS)
		this_cpu_inc(card->stats->trapped[index]);
}

void nemu_card_lock(struct nemu_card *card)
{
	mutex_lock(&card->ring);
}

void nemu_card_unlock(struct nemu_card *card)
{
	mutex_unlock(&card->ring);
}

/* To take the net device down pulls the cable too. */
bool nemu_card_link(struct nemu_card *card)
{
	return READ_ONCE(card->link) && netif_running(card->dev);
}

u64 nemu_card_autoneg(struct nemu_card *card)
{
	return (u64)READ_ONCE(card->autoneg_ms) * NSEC_PER_MSEC;
}

/**
 * nemu_card_setup() - prepare a card
 * @card: card, zeroed; @card->mac is set
 * @model: what it is
 *
 * Return: 0 or an error; then nemu_card_free() is due all the same.
 */
int nemu_card_setup(struct nemu_card *card, const struct nemu_model *model)
{
	int err;

	card->model = model;
	card->link = true;
	card->autoneg_ms = NEMU_NIC_AUTONEG;
	card->owner[0] = -1;
	mutex_init(&card->life);
	mutex_init(&card->ring);
	mutex_init(&card->config_lock);
	nemu_irq_init(&card->irq);
	nemu_messages_init(&card->messages);
	nemu_rx_init(&card->backlog);
	nemu_worker_init(card);
	nemu_pci_config_init(&card->config, &model->pci);
	err = nemu_memory_init(&card->memory);
	if (err)
		return err;
	card->stats = __alloc_percpu_gfp(sizeof(*card->stats),
					 __alignof__(*card->stats),
					 GFP_KERNEL_ACCOUNT);
	card->state = kvzalloc(model->state_size, GFP_KERNEL_ACCOUNT);
	return card->stats && card->state ? nemu_doorbell_init(card) : -ENOMEM;
}

/**
 * nemu_card_free() - what nemu_card_setup() made
 * @card: card, closed
 */
void nemu_card_free(struct nemu_card *card)
{
	nemu_doorbell_free(card);
	nemu_memory_free(&card->memory);
	free_percpu(card->stats);
	kvfree(card->state);
}

/**
 * nemu_card_reset() - as at power-on
 * @card: card
 */
void nemu_card_reset(struct nemu_card *card)
{
	mutex_lock(&card->config_lock);
	nemu_pci_config_reset(&card->config);
	nemu_messages_update(card);
	mutex_unlock(&card->config_lock);
	/* It decodes no memory any more. */
	nemu_doorbell_zap(card);
	mutex_lock(&card->ring);
	card->model->reset(card);
	if (card->model->publish)
		card->model->publish(card);
	nemu_card_forget(card);
	nemu_card_missed(card);
	nemu_messages_reset(card);
	mutex_unlock(&card->ring);
}

/**
 * nemu_card_open() - a virtual machine gets the card
 * @card: card, closed; the caller is the virtual machine's process
 *
 * Return: 0; -EBUSY if it is about to be removed; or another error.
 */
int nemu_card_open(struct nemu_card *card)
{
	int err;

	mutex_lock(&card->life);
	if (card->leaving && time_before(jiffies, card->leaving_until)) {
		err = -EBUSY;
		goto out;
	}
	card->leaving = false;
	nemu_pci_config_init(&card->config, &card->model->pci);
	nemu_card_reset(card);
	nemu_poll_open(card);
	err = nemu_doorbell_open(card);
	if (err)
		goto out;
	err = nemu_worker_start(card);
	if (err) {
		nemu_doorbell_close(card);
		goto out;
	}
	card->open = true;
	card->opener = task_tgid_nr(current);
	get_task_comm(card->opener_name, current->group_leader);
	nemu_rx_open(card);
	nemu_nic_set_carrier(card);
	/* It may have changed since the reset. */
	nemu_worker_wake(card, NEMU_WAKE_LINK);
out:
	mutex_unlock(&card->life);
	return err;
}

/**
 * nemu_card_close() - the virtual machine is gone
 * @card: card, open; nothing reads or writes its regions any more
 */
void nemu_card_close(struct nemu_card *card)
{
	mutex_lock(&card->life);
	card->open = false;
	nemu_nic_set_carrier(card);
	nemu_worker_stop(card);
	nemu_poll_close(card);
	nemu_rx_close(card);
	/* A stopped card reaches no memory. */
	nemu_card_reset(card);
	nemu_doorbell_close(card);
	nemu_worker_cancel(card);
	nemu_memory_forget(card);
	nemu_irq_release(card);
	mutex_unlock(&card->life);
}

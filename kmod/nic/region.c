// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest reads and writes: configuration space and the registers behind
 * the base address registers. Every access has to lie in its region, and is cut
 * into naturally aligned ones of 1, 2 and 4 bytes, as a bus would.
 */
#include "card.h"
#include "../compat.h"

#include <linux/pci_regs.h>
#include <linux/uaccess.h>

static const struct nemu_bar *bar_of(const struct nemu_card *card,
				     unsigned int index)
{
	const struct nemu_bar *bar;

	if (index > VFIO_PCI_BAR5_REGION_INDEX)
		return NULL;
	bar = &card->model->pci.bar[index];
	return bar->kind == NEMU_BAR_NONE ? NULL : bar;
}

/**
 * nemu_region_size() - how large is a region?
 * @card: card
 * @index: VFIO_PCI_*_REGION_INDEX, or anything
 *
 * Return: bytes, 0 if there is no such region.
 */
u64 nemu_region_size(const struct nemu_card *card, unsigned int index)
{
	const struct nemu_bar *bar = bar_of(card, index);

	if (index == VFIO_PCI_CONFIG_REGION_INDEX)
		return NEMU_PCI_CONFIG_SIZE;
	return bar ? bar->size : 0;
}

static int read_config(struct nemu_card *card, u64 offset, u8 *to, size_t len)
{
	struct nemu_pci_live live = {
		.intx = nemu_irq_asserted(card),
		.msi_pending = nemu_msi_pending(card),
	};
	int err;

	mutex_lock(&card->config_lock);
	err = nemu_pci_config_read(&card->config, offset, to, len, &live);
	mutex_unlock(&card->config_lock);
	return err;
}

static int write_config(struct nemu_card *card, u64 offset, const u8 *from,
			size_t len)
{
	bool was_master, is_master, decoded, decodes;
	int err;

	mutex_lock(&card->config_lock);
	was_master = nemu_pci_is_master(&card->config);
	decoded = nemu_pci_decodes(&card->config, NEMU_BAR_MEM32);
	err = nemu_pci_config_write(&card->config, offset, from, len);
	is_master = nemu_pci_is_master(&card->config);
	decodes = nemu_pci_decodes(&card->config, NEMU_BAR_MEM32);
	nemu_messages_update(card);
	mutex_unlock(&card->config_lock);
	if (decodes != decoded)
		nemu_doorbell_decode(card, decodes);
	/* What the command register held back. */
	nemu_irq_update(card);
	if (is_master && !was_master)
		nemu_card_kick(card);
	return err;
}

/* A card that does not decode leaves the bus floating. */
static int read_one(struct nemu_card *card, unsigned int index, u64 offset,
		    u8 *to, size_t width)
{
	const struct nemu_bar *bar = bar_of(card, index);
	u32 value = U32_MAX;

	if (!bar)
		return read_config(card, offset, to, width);
	if (nemu_pci_decodes(&card->config, bar->kind))
		value = nemu_msix_owns(card, index, offset) ?
			nemu_msix_read(card, offset) :
			card->model->read(card, index, offset, width);
	put_unaligned_le32(value, to);
	return 0;
}

static int write_one(struct nemu_card *card, unsigned int index, u64 offset,
		     const u8 *from, size_t width)
{
	const struct nemu_bar *bar = bar_of(card, index);

	if (!bar)
		return write_config(card, offset, from, width);
	if (!nemu_pci_decodes(&card->config, bar->kind))
		return 0;
	if (nemu_msix_owns(card, index, offset))
		nemu_msix_write(card, offset, width, get_unaligned_le32(from));
	else
		card->model->write(card, index, offset, width,
				   get_unaligned_le32(from));
	return 0;
}

static size_t width_at(u64 offset, size_t left)
{
	if (left >= 4 && !(offset & 3))
		return 4;
	if (left >= 2 && !(offset & 1))
		return 2;
	return 1;
}

static bool is_inside(const struct nemu_card *card, unsigned int index,
		      u64 offset, size_t len)
{
	u64 size = nemu_region_size(card, index);

	return size && offset <= size && len <= size - offset;
}

/**
 * nemu_region_read() - read a region
 * @card: card, open
 * @index: which, or anything
 * @offset: in it, or anything
 * @to: result
 * @len: bytes
 *
 * Return: @len or an error.
 */
ssize_t nemu_region_read(struct nemu_card *card, unsigned int index,
			 u64 offset, char __user *to, size_t len)
{
	size_t done, width;
	u8 bytes[4];
	int err;

	if (!is_inside(card, index, offset, len))
		return -EINVAL;
	for (done = 0; done < len; done += width) {
		width = width_at(offset + done, len - done);
		err = read_one(card, index, offset + done, bytes, width);
		if (err)
			return err;
		if (copy_to_user(to + done, bytes, width))
			return -EFAULT;
		cond_resched();
	}
	return len;
}

/**
 * nemu_region_write() - write a region
 * @card: card, open
 * @index: which, or anything
 * @offset: in it, or anything
 * @from: bytes
 * @len: how many
 *
 * Return: @len or an error.
 */
ssize_t nemu_region_write(struct nemu_card *card, unsigned int index,
			  u64 offset, const char __user *from, size_t len)
{
	size_t done, width;
	int err;

	if (!is_inside(card, index, offset, len))
		return -EINVAL;
	for (done = 0; done < len; done += width) {
		u8 bytes[4] = { };

		width = width_at(offset + done, len - done);
		if (copy_from_user(bytes, from + done, width))
			return -EFAULT;
		err = write_one(card, index, offset + done, bytes, width);
		if (err)
			return err;
		cond_resched();
	}
	return len;
}

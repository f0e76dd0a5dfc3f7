// SPDX-License-Identifier: GPL-2.0
/*
 * Doorbells without exits: whole pages of registers as memory, which the guest
 * writes to while the card's worker looks (poll.c).
 *
 * Idle, the guest has none of the pages. Its next access is a page fault, here: the
 * guest gets the pages, then the worker is told, in this order. The worker looks for
 * as long as there is something to see. Then it takes the pages back, and looks once
 * more: what was written before that is in the window, what is written after it is
 * a page fault. So nothing is lost, and no lock is needed between the two:
 *
 *	guest				worker
 *	  fault: page table entries	  kicked = 0
 *	  kicked = 1, wake		  look ... look
 *	  write				  take the pages back
 *					  look
 *					  sleep until kicked
 *
 * A fault is served within the lock of the guest's address space, which is taken
 * inside the ring mutex and memory.lock when a page is pinned: it takes no lock of
 * ours. It must always find a page, too: a fault that fails kills a guest of KVM.
 * That is why what a card offered stays offered until it is closed.
 *
 * The pages are ordinary ones in a mapping that allows that (VM_MIXEDMAP), since KVM
 * takes references to them; there is no struct page to take one of with VM_PFNMAP.
 */
#include "card.h"
#include "delay.h"
#include "../compat.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vfio.h>

/**
 * nemu_doorbell_init() - the memory, whether a guest will be offered it or not
 * @card: card
 *
 * Return: 0 or an error.
 */
int nemu_doorbell_init(struct nemu_card *card)
{
	struct nemu_doorbell *d = &card->doorbell;

	if (!card->model->doorbell.size)
		return 0;
	d->window = alloc_pages_exact(card->model->doorbell.size,
				      GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	return d->window ? 0 : -ENOMEM;
}

/**
 * nemu_doorbell_free() - what nemu_doorbell_init() made
 * @card: card, closed
 */
void nemu_doorbell_free(struct nemu_card *card)
{
	struct nemu_doorbell *d = &card->doorbell;

	if (d->window)
		free_pages_exact(d->window, card->model->doorbell.size);
}

/**
 * nemu_doorbell_possible() - does the model have such registers?
 * @card: card
 *
 * Return: whether, and in pages of their own on this machine.
 */
bool nemu_doorbell_possible(const struct nemu_card *card)
{
	const struct nemu_window *w = &card->model->doorbell;

	return w->size && PAGE_ALIGNED(w->offset) && PAGE_ALIGNED(w->size);
}

static bool is_offered(const struct nemu_card *card, unsigned int index)
{
	return card->doorbell.offered && index == card->model->doorbell.bar;
}

/**
 * nemu_doorbell_info() - say which part of a region can be mapped
 * @card: card, open
 * @index: region
 * @caps: what there is to be said is added to it, nothing if nothing can
 *
 * Return: 0 or an error.
 */
int nemu_doorbell_info(const struct nemu_card *card, unsigned int index,
		       struct vfio_info_cap *caps)
{
	struct vfio_region_info_cap_sparse_mmap *sparse;
	size_t size = struct_size(sparse, areas, 1);
	int err;

	if (!is_offered(card, index))
		return 0;
	sparse = kzalloc(size, GFP_KERNEL);
	if (!sparse)
		return -ENOMEM;
	sparse->header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	sparse->header.version = 1;
	sparse->nr_areas = 1;
	sparse->areas[0].offset = card->model->doorbell.offset;
	sparse->areas[0].size = card->model->doorbell.size;
	err = vfio_info_add_capability(caps, &sparse->header, size);
	kfree(sparse);
	return err;
}

/* All that is mapped there, as one page seldom comes alone. */
static int give_pages(struct nemu_card *card, struct vm_area_struct *vma)
{
	/* Within the window: it was checked when it was mapped. */
	u64 at = NEMU_REGION_OFFSET((u64)vma->vm_pgoff << PAGE_SHIFT);
	void *page = (void *)card->doorbell.window + (at - card->model->doorbell.offset);
	unsigned long address;
	int err;

	for (address = vma->vm_start; address < vma->vm_end; address += PAGE_SIZE) {
		err = vm_insert_page(vma, address, virt_to_page(page));
		/* It has it, perhaps since another of its processors came first. */
		if (err && err != -EBUSY)
			return err;
		page += PAGE_SIZE;
	}
	return 0;
}

static vm_fault_t fault(struct vm_fault *vmf)
{
	struct nemu_card *card = vmf->vma->vm_private_data;
	struct nemu_doorbell *d = &card->doorbell;
	int err;

	WRITE_ONCE(d->shared, true);
	WRITE_ONCE(d->kicked_at, ktime_get_ns());
	smp_wmb();	/* before the guest can write */
	err = give_pages(card, vmf->vma);
	if (err)
		return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	nemu_delay(NEMU_DELAY_FAULT);
	nemu_nic_count(card, NEMU_NIC_KICKS);
	smp_store_mb(d->kicked, 1);	/* before the worker is looked for */
	wake_up(&card->wait);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct doorbell_vm_ops = {
	.fault = fault,
};

/**
 * nemu_doorbell_mmap() - the guest wants registers as memory
 * @card: card, open
 * @index: region, or anything
 * @offset: in it, or anything
 * @vma: where
 *
 * Return: 0 or an error.
 */
int nemu_doorbell_mmap(struct nemu_card *card, unsigned int index, u64 offset,
		       struct vm_area_struct *vma)
{
	const struct nemu_window *w = &card->model->doorbell;
	u64 len = vma->vm_end - vma->vm_start;
	int err;

	if (!is_offered(card, index) || !(vma->vm_flags & VM_SHARED) ||
	    offset < w->offset || offset - w->offset > w->size ||
	    len > w->size - (offset - w->offset))
		return -EINVAL;
	err = nemu_vma_set_mapping(vma, nemu_mapping(card));
	if (err)
		return err;
	nemu_vma_flags_set(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP |
			   VM_DONTCOPY);
	vma->vm_ops = &doorbell_vm_ops;
	vma->vm_private_data = card;
	return 0;
}

/**
 * nemu_doorbell_zap() - take the pages back
 * @card: card
 *
 * Afterwards whoever has them mapped needs a fault. May sleep.
 */
void nemu_doorbell_zap(struct nemu_card *card)
{
	const struct nemu_window *w = &card->model->doorbell;

	if (!READ_ONCE(card->doorbell.shared))
		return;
	unmap_mapping_range(nemu_mapping(card),
			    ((loff_t)w->bar << NEMU_REGION_SHIFT) + w->offset,
			    w->size, 1);
	nemu_nic_count(card, NEMU_NIC_ZAPS);
}

/* A card that does not decode takes no notice of what is written. */
bool nemu_card_is_shared(const struct nemu_card *card)
{
	return READ_ONCE(card->doorbell.shared) &&
	       nemu_pci_decodes(&card->config, NEMU_BAR_MEM32);
}

/**
 * nemu_doorbell_rung() - has the guest written what can't wait?
 * @card: card
 *
 * Context: any.
 * Return: whether.
 */
bool nemu_doorbell_rung(struct nemu_card *card)
{
	return nemu_card_is_shared(card) && card->model->rung(card);
}

/**
 * nemu_doorbell_sync() - take over what the guest has written
 * @card: card; the ring mutex is held
 * @all: all of it, not only what the rings need
 */
void nemu_doorbell_sync(struct nemu_card *card, bool all)
{
	lockdep_assert_held(&card->ring);
	if (nemu_card_is_shared(card))
		card->model->sync(card, all);
}

/**
 * nemu_doorbell_decode() - the guest switches the decoding of memory on or off
 * @card: card; its configuration says so already
 * @on: which
 *
 * What it writes between the two was never there. It gets a page all the same, see
 * above: who reads then, and is not kept from it as QEMU keeps a guest, finds the
 * registers instead of ones.
 */
void nemu_doorbell_decode(struct nemu_card *card, bool on)
{
	if (!READ_ONCE(card->doorbell.shared))
		return;
	if (!on)
		nemu_doorbell_zap(card);
	mutex_lock(&card->ring);
	if (on)
		card->model->publish(card);
	else
		card->model->sync(card, true);
	mutex_unlock(&card->ring);
}

/**
 * nemu_doorbell_open() - offer them, unless the administrator wants none
 * @card: card, being opened
 *
 * Return: 0 or an error.
 */
int nemu_doorbell_open(struct nemu_card *card)
{
	struct nemu_doorbell *d = &card->doorbell;
	int err;

	if (d->trap || !nemu_doorbell_possible(card))
		return 0;
	err = nemu_mapping_open(card);
	d->offered = !err;
	return err;
}

/**
 * nemu_doorbell_close() - nobody has it any more
 * @card: card, being closed: its file is, and so is every mapping of that
 */
void nemu_doorbell_close(struct nemu_card *card)
{
	struct nemu_doorbell *d = &card->doorbell;

	WRITE_ONCE(d->shared, false);
	WRITE_ONCE(d->kicked, 0);
	d->offered = false;
	nemu_mapping_close(card);
}

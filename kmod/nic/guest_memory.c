// SPDX-License-Identifier: GPL-2.0
/*
 * The only room that touches guest memory.
 *
 * Pages are pinned when the guest first names them and stay pinned, as to pin
 * one costs as much as many frames. Their number is bounded: the oldest that was
 * not used for a while goes. Where the host refuses to pin one (the limit on
 * locked memory of an ordinary user), bytes are copied by way of the owner's
 * page tables instead, and no pin is tried for a second: each attempt writes a
 * line to the kernel log.
 *
 * memory.lock is held from the lookup of a page to the end of the copy, and
 * while a page is pinned and put in. VFIO calls nemu_memory_unmap() with its
 * list of devices locked and needs every page of the range back: when that
 * has the lock, nobody copies and nothing is half pinned. Order: VFIO's list of
 * devices, memory.lock, VFIO's own lock of the container.
 */
#include "card.h"

#include <linux/highmem.h>
#include <linux/iommu.h>
#include <linux/slab.h>

struct nemu_page {
	struct list_head order;
	struct page *page;
	unsigned long number;	/* in the guest */
	bool writable;
	bool used;		/* since it was last the oldest */
};

int nemu_memory_init(struct nemu_memory *memory)
{
	mutex_init(&memory->lock);
	xa_init_flags(&memory->pages, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&memory->order);
	memory->bounce = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	return memory->bounce ? 0 : -ENOMEM;
}

void nemu_memory_free(struct nemu_memory *memory)
{
	free_page((unsigned long)memory->bounce);
	xa_destroy(&memory->pages);
}

static struct nemu_page **recent(struct nemu_memory *memory,
				 unsigned long number)
{
	return &memory->recent[number % NEMU_NIC_RECENT];
}

static void drop(struct nemu_card *card, struct nemu_page *entry)
{
	struct nemu_memory *memory = &card->memory;

	if (*recent(memory, entry->number) == entry)
		*recent(memory, entry->number) = NULL;
	xa_erase(&memory->pages, entry->number);
	list_del(&entry->order);
	memory->count--;
	vfio_unpin_pages(&card->vdev, (dma_addr_t)entry->number << PAGE_SHIFT,
			 1);
	kfree(entry);
}

/* Those in use are given a second round. */
static void make_room(struct nemu_card *card)
{
	struct nemu_memory *memory = &card->memory;
	struct nemu_page *entry;

	while (memory->count >= NEMU_NIC_PAGES) {
		entry = list_first_entry(&memory->order, struct nemu_page,
					 order);
		if (entry->used) {
			entry->used = false;
			list_move_tail(&entry->order, &memory->order);
			continue;
		}
		nemu_nic_count(card, NEMU_NIC_EVICTED);
		drop(card, entry);
	}
}

/*
 * Pins the page @entry->number, for reading only where the owner gave no more.
 * -EAGAIN: the host has no room.
 */
static int pin(struct nemu_card *card, struct nemu_page *entry)
{
	dma_addr_t addr = (dma_addr_t)entry->number << PAGE_SHIFT;
	int ret;

	entry->writable = true;
	ret = vfio_pin_pages(&card->vdev, addr, 1, IOMMU_READ | IOMMU_WRITE,
			     &entry->page);
	if (ret == -EPERM) {
		entry->writable = false;
		ret = vfio_pin_pages(&card->vdev, addr, 1, IOMMU_READ,
				     &entry->page);
	}
	if (ret == 1)
		return 0;
	if (ret == -ENOMEM || ret == -EINTR || ret == -EAGAIN)
		return -EAGAIN;
	return -EFAULT;
}

static struct nemu_page *add_page(struct nemu_card *card, unsigned long number)
{
	struct nemu_memory *memory = &card->memory;
	struct nemu_page *entry;
	int err;

	make_room(card);
	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return ERR_PTR(-EAGAIN);
	entry->number = number;
	err = pin(card, entry);
	if (err) {
		kfree(entry);
		return ERR_PTR(err);
	}
	err = xa_err(xa_store(&memory->pages, number, entry,
			      GFP_KERNEL_ACCOUNT));
	list_add_tail(&entry->order, &memory->order);
	memory->count++;
	if (err) {
		drop(card, entry);
		return ERR_PTR(-EAGAIN);
	}
	nemu_nic_count(card, NEMU_NIC_PINNED);
	return entry;
}

/* -EFAULT: there is none; -EAGAIN: it can't be pinned now. */
static struct nemu_page *find_new(struct nemu_card *card, unsigned long number)
{
	struct nemu_memory *memory = &card->memory;
	struct nemu_page *entry;

	if (memory->refused && time_before(jiffies, memory->no_pin_before))
		return ERR_PTR(-EAGAIN);
	entry = add_page(card, number);
	memory->refused = entry == ERR_PTR(-EAGAIN);
	if (memory->refused) {
		nemu_nic_count(card, NEMU_NIC_PIN_REFUSED);
		memory->no_pin_before = jiffies + HZ;
	}
	return entry;
}

static struct nemu_page *find_page(struct nemu_card *card, unsigned long number)
{
	struct nemu_memory *memory = &card->memory;
	struct nemu_page *entry = *recent(memory, number);

	if (entry && entry->number == number) {
		entry->used = true;
		return entry;
	}
	entry = xa_load(&memory->pages, number);
	if (!entry)
		entry = find_new(card, number);
	if (!IS_ERR(entry)) {
		entry->used = true;
		*recent(memory, number) = entry;
	}
	return entry;
}

static int copy_bounced(struct nemu_card *card, u64 addr, size_t len,
			bool write, nemu_memory_fn fn, void *with, size_t at)
{
	void *bounce = card->memory.bounce;
	int err;

	nemu_nic_count(card, NEMU_NIC_BOUNCED);
	if (write)
		fn(with, at, bounce, len);
	err = vfio_dma_rw(&card->vdev, addr, bounce, len, write);
	if (err)
		return err == -ENOMEM ? -EAGAIN : -EFAULT;
	if (!write)
		fn(with, at, bounce, len);
	return 0;
}

/* Within one page. */
static int copy_page_part(struct nemu_card *card, u64 addr, size_t len,
			  bool write, nemu_memory_fn fn, void *with, size_t at)
{
	struct nemu_page *entry = find_page(card, addr >> PAGE_SHIFT);
	void *guest;

	if (entry == ERR_PTR(-EAGAIN))
		return copy_bounced(card, addr, len, write, fn, with, at);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	if (write && !entry->writable)
		return -EFAULT;
	guest = kmap_local_page(entry->page);
	fn(with, at, guest + offset_in_page(addr), len);
	kunmap_local(guest);
	return 0;
}

/* What lies in one page that was used before: nearly all that is ever copied. */
static bool copy_recent(struct nemu_memory *memory, u64 addr, size_t len,
			bool write, nemu_memory_fn fn, void *with)
{
	struct nemu_page *entry = *recent(memory, addr >> PAGE_SHIFT);
	void *guest;

	if (!entry || entry->number != addr >> PAGE_SHIFT ||
	    len > PAGE_SIZE - offset_in_page(addr) ||
	    (write && !entry->writable))
		return false;
	entry->used = true;
	guest = kmap_local_page(entry->page);
	fn(with, 0, guest + offset_in_page(addr), len);
	kunmap_local(guest);
	return true;
}

/**
 * nemu_memory_copy() - copy from or to guest memory
 * @card: card, open
 * @addr: in the guest
 * @len: bytes
 * @write: to the guest
 * @fn: copies a piece; called with consecutive ones
 * @with: for @fn
 *
 * Return: as nemu_dma_read().
 */
int nemu_memory_copy(struct nemu_card *card, u64 addr, size_t len, bool write,
		     nemu_memory_fn fn, void *with)
{
	struct nemu_memory *memory = &card->memory;
	size_t at, part;
	int err = 0;

	if (!nemu_pci_is_master(&card->config))
		return -EFAULT;
	if (len && addr + (len - 1) < addr) {
		nemu_nic_count(card, NEMU_NIC_BAD_ADDRESS);
		return -EFAULT;
	}
	if (write)
		smp_wmb();	/* the guest sees earlier writes earlier */
	mutex_lock(&memory->lock);
	if (likely(copy_recent(memory, addr, len, write, fn, with))) {
		mutex_unlock(&memory->lock);
		return 0;
	}
	for (at = 0; at < len && !err; at += part, addr += part) {
		part = min_t(size_t, len - at, PAGE_SIZE - offset_in_page(addr));
		err = copy_page_part(card, addr, part, write, fn, with, at);
	}
	mutex_unlock(&memory->lock);
	if (err == -EFAULT)
		nemu_nic_count(card, NEMU_NIC_BAD_ADDRESS);
	else if (err)
		nemu_nic_count(card, NEMU_NIC_NO_MEMORY);
	return err;
}

static void copy_to_card(void *with, size_t at, void *guest, size_t len)
{
	memcpy(with + at, guest, len);
}

static void copy_to_guest(void *with, size_t at, void *guest, size_t len)
{
	memcpy(guest, with + at, len);
}

/* @guest is as aligned as the address. */
static void store_to_guest(void *with, size_t at, void *guest, size_t len)
{
	WRITE_ONCE(*(__le64 *)guest, *(__le64 *)with);
}

int nemu_dma_read(struct nemu_card *card, u64 addr, void *to, size_t len)
{
	return nemu_memory_copy(card, addr, len, false, copy_to_card, to);
}

int nemu_dma_write(struct nemu_card *card, u64 addr, const void *from,
		   size_t len)
{
	return nemu_memory_copy(card, addr, len, true, copy_to_guest,
				(void *)from);
}

int nemu_dma_store64(struct nemu_card *card, u64 addr, u64 value)
{
	__le64 word = cpu_to_le64(value);

	if (addr % sizeof(word))
		return nemu_dma_write(card, addr, &word, sizeof(word));
	return nemu_memory_copy(card, addr, sizeof(word), true, store_to_guest,
				&word);
}

static void drop_range(struct nemu_card *card, u64 addr, u64 len)
{
	struct nemu_memory *memory = &card->memory;
	struct nemu_page *entry;
	unsigned long number;

	mutex_lock(&memory->lock);
	xa_for_each_range(&memory->pages, number, entry, addr >> PAGE_SHIFT,
			  (addr + (len - 1)) >> PAGE_SHIFT) {
		nemu_nic_count(card, NEMU_NIC_UNMAPPED);
		drop(card, entry);
	}
	mutex_unlock(&memory->lock);
}

/**
 * nemu_memory_unmap() - the owner takes memory away
 * @card: card
 * @addr: in the guest
 * @len: bytes
 *
 * Afterwards nothing of it is pinned or being copied. Called by VFIO, with its
 * list of devices locked.
 *
 * VFIO locks that list within the container's lock, and expects us to take the
 * container's lock within the list's, to unpin. So two calls on one container at
 * once may wait for each other: VFIO's own, and no driver that pins can help it.
 * A process does that to itself only, and QEMU does one thing at a time. Told of
 * it, lockdep would report it and be of no use to anybody from then on.
 */
void nemu_memory_unmap(struct nemu_card *card, u64 addr, u64 len)
{
	if (!len)
		return;
	lockdep_off();
	drop_range(card, addr, len);
	lockdep_on();
}

/**
 * nemu_memory_forget() - give all pages back
 * @card: card, about to be closed
 */
void nemu_memory_forget(struct nemu_card *card)
{
	drop_range(card, 0, U64_MAX);
	card->memory.refused = false;
}

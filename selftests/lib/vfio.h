/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card of ours driven from user space, as QEMU drives it: the group, the
 * container, memory for the card to reach, regions and interrupts.
 */
#ifndef SELFTESTS_LIB_VFIO_H
#define SELFTESTS_LIB_VFIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/vfio.h>

/* The memory of the "guest": where the card sees it, and how much. */
#define VFIO_MEM_IOVA	0x100000
#define VFIO_MEM_SIZE	(16 << 20)

struct vfio {
	int container, group, device;
	uint64_t offset[VFIO_PCI_NUM_REGIONS];
	uint64_t size[VFIO_PCI_NUM_REGIONS];
	uint8_t *mem;
};

/* Does this kernel have mediated devices? Loads the module. */
bool nic_available(void);
/* Makes and removes card @n; the index of its net device, 0 if none. */
int nic_create(unsigned int n);
int nic_create_model(unsigned int n, const char *model);
int nic_remove(unsigned int n);
int nic_netdev(unsigned int n);
/* Writes an attribute; 0 or -errno. */
int nic_set(unsigned int n, const char *attribute, const char *value);

/*
 * Opens card @n with VFIO_MEM_SIZE bytes mapped; 0 or -errno. With memory
 * decoding, I/O and bus mastering on.
 */
int vfio_open(struct vfio *v, unsigned int n);
void vfio_close(struct vfio *v);
/* As vfio_open() up to the group: -EBUSY where somebody has it. */
int vfio_open_group(unsigned int n);

int vfio_map(struct vfio *v, void *mem, uint64_t iova, uint64_t size,
	     bool writable);
int vfio_unmap(struct vfio *v, uint64_t iova, uint64_t size);

/* As pread and pwrite on a region; bytes or -errno. */
ssize_t vfio_read(struct vfio *v, unsigned int region, uint64_t offset,
		  void *to, size_t len);
ssize_t vfio_write(struct vfio *v, unsigned int region, uint64_t offset,
		   const void *from, size_t len);

/* Configuration space, @width bytes. */
uint32_t cfg_read(struct vfio *v, unsigned int offset, unsigned int width);
void cfg_write(struct vfio *v, unsigned int offset, unsigned int width,
	       uint32_t value);

/* Registers of the first memory region. */
uint32_t reg_read(struct vfio *v, uint32_t offset);
void reg_write(struct vfio *v, uint32_t offset, uint32_t value);

int vfio_reset(struct vfio *v);

/* VFIO_DEVICE_SET_IRQS but for argsz, with at most 256 bytes; 0 or -errno. */
int irq_set(struct vfio *v, const struct vfio_irq_set *what, const void *data,
	    size_t size);
/* The same on vector 0 of @index. */
int irq_set_event(struct vfio *v, unsigned int index, uint32_t action, int fd);
int irq_set_none(struct vfio *v, unsigned int index, uint32_t action,
		 unsigned int count);

/* How often was an event signalled since the last look? */
uint64_t event_count(int fd);

#endif

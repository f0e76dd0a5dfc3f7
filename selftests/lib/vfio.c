// SPDX-License-Identifier: GPL-2.0
#include "vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define TYPES	"/sys/class/mdev_bus/netemu/mdev_supported_types"
#define TYPE	TYPES "/netemu-e1000"
#define DEVICES	"/sys/bus/mdev/devices"
#define UUID	"00000000-0000-4000-8000-%012x"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void attribute_path(char *path, size_t size, unsigned int n,
			   const char *attribute)
{
	snprintf(path, size, DEVICES "/" UUID "/%s", n, attribute);
}

bool nic_available(void)
{
	/* Not the applet of the shell, which knows no soft dependencies. */
	return !system("/sbin/modprobe -q mdev && /sbin/modprobe -q netemu_nic") &&
	       !access(TYPE, F_OK);
}

int nic_create_model(unsigned int n, const char *model)
{
	char path[128], uuid[40];

	snprintf(uuid, sizeof(uuid), UUID, n);
	snprintf(path, sizeof(path), TYPES "/netemu-%s/create", model);
	return write_file(path, uuid);
}

int nic_create(unsigned int n)
{
	return nic_create_model(n, "e1000");
}

int nic_set(unsigned int n, const char *attribute, const char *value)
{
	char path[128];

	attribute_path(path, sizeof(path), n, attribute);
	return write_file(path, value);
}

int nic_remove(unsigned int n)
{
	return nic_set(n, "remove", "1");
}

int nic_netdev(unsigned int n)
{
	char path[128], name[IF_NAMESIZE + 1] = "";
	ssize_t len;
	int fd;

	attribute_path(path, sizeof(path), n, "netdev");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = read(fd, name, IF_NAMESIZE);
	close(fd);
	if (len <= 0)
		return 0;
	name[strcspn(name, "\n")] = 0;
	return if_nametoindex(name);
}

int vfio_open_group(unsigned int n)
{
	char path[128], target[256], *slash;
	ssize_t len;
	int fd;

	attribute_path(path, sizeof(path), n, "iommu_group");
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = 0;
	slash = strrchr(target, '/');
	snprintf(path, sizeof(path), "/dev/vfio%s", slash ? slash : "");
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int vfio_map(struct vfio *v, void *mem, uint64_t iova, uint64_t size,
	     bool writable)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ |
			 (writable ? VFIO_DMA_MAP_FLAG_WRITE : 0),
		.vaddr = (uintptr_t)mem,
		.iova = iova,
		.size = size,
	};

	return ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

int vfio_unmap(struct vfio *v, uint64_t iova, uint64_t size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = size,
	};

	return ioctl(v->container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? -errno : 0;
}

/* The group into a container of its own, the device out of the group. */
static int connect_card(struct vfio *v, unsigned int n)
{
	char uuid[40];

	v->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (v->container < 0)
		return -errno;
	v->group = vfio_open_group(n);
	if (v->group < 0)
		return v->group;
	if (ioctl(v->group, VFIO_GROUP_SET_CONTAINER, &v->container) ||
	    ioctl(v->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -errno;
	snprintf(uuid, sizeof(uuid), UUID, n);
	v->device = ioctl(v->group, VFIO_GROUP_GET_DEVICE_FD, uuid);
	return v->device < 0 ? -errno : 0;
}

static int find_regions(struct vfio *v)
{
	struct vfio_region_info info;
	unsigned int i;

	for (i = 0; i < VFIO_PCI_NUM_REGIONS; i++) {
		memset(&info, 0, sizeof(info));
		info.argsz = sizeof(info);
		info.index = i;
		if (ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, &info))
			return -errno;
		v->offset[i] = info.offset;
		v->size[i] = info.size;
	}
	return 0;
}

int vfio_open(struct vfio *v, unsigned int n)
{
	int err;

	memset(v, 0, sizeof(*v));
	v->container = v->group = v->device = -1;
	v->mem = mmap(NULL, VFIO_MEM_SIZE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (v->mem == MAP_FAILED) {
		v->mem = NULL;
		return -errno;
	}
	err = connect_card(v, n);
	if (!err)
		err = find_regions(v);
	if (!err)
		err = vfio_map(v, v->mem, VFIO_MEM_IOVA, VFIO_MEM_SIZE, true);
	if (err) {
		vfio_close(v);
		return err;
	}
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
		  PCI_COMMAND_MASTER);
	return 0;
}

void vfio_close(struct vfio *v)
{
	if (v->device >= 0)
		close(v->device);
	if (v->group >= 0)
		close(v->group);
	if (v->container >= 0)
		close(v->container);
	if (v->mem)
		munmap(v->mem, VFIO_MEM_SIZE);
	v->container = v->group = v->device = -1;
	v->mem = NULL;
}

ssize_t vfio_read(struct vfio *v, unsigned int region, uint64_t offset,
		  void *to, size_t len)
{
	ssize_t ret = pread(v->device, to, len, v->offset[region] + offset);

	return ret < 0 ? -errno : ret;
}

ssize_t vfio_write(struct vfio *v, unsigned int region, uint64_t offset,
		   const void *from, size_t len)
{
	ssize_t ret = pwrite(v->device, from, len, v->offset[region] + offset);

	return ret < 0 ? -errno : ret;
}

uint32_t cfg_read(struct vfio *v, unsigned int offset, unsigned int width)
{
	uint32_t value = 0;

	vfio_read(v, VFIO_PCI_CONFIG_REGION_INDEX, offset, &value, width);
	return value;
}

void cfg_write(struct vfio *v, unsigned int offset, unsigned int width,
	       uint32_t value)
{
	vfio_write(v, VFIO_PCI_CONFIG_REGION_INDEX, offset, &value, width);
}

uint32_t reg_read(struct vfio *v, uint32_t offset)
{
	uint32_t value = 0;

	vfio_read(v, VFIO_PCI_BAR0_REGION_INDEX, offset, &value,
		  sizeof(value));
	return value;
}

void reg_write(struct vfio *v, uint32_t offset, uint32_t value)
{
	vfio_write(v, VFIO_PCI_BAR0_REGION_INDEX, offset, &value,
		   sizeof(value));
}

int vfio_reset(struct vfio *v)
{
	return ioctl(v->device, VFIO_DEVICE_RESET) ? -errno : 0;
}

int irq_set(struct vfio *v, const struct vfio_irq_set *what, const void *data,
	    size_t size)
{
	union {
		struct vfio_irq_set set;
		uint8_t bytes[sizeof(struct vfio_irq_set) + 256];
	} request = { .set = *what };

	if (size > 256)
		return -E2BIG;
	request.set.argsz = sizeof(request.set) + size;
	if (size)
		memcpy(request.set.data, data, size);
	return ioctl(v->device, VFIO_DEVICE_SET_IRQS, &request) ? -errno : 0;
}

int irq_set_event(struct vfio *v, unsigned int index, uint32_t action, int fd)
{
	struct vfio_irq_set set = {
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | action,
		.index = index,
		.count = 1,
	};

	return irq_set(v, &set, &fd, sizeof(fd));
}

int irq_set_none(struct vfio *v, unsigned int index, uint32_t action,
		 unsigned int count)
{
	struct vfio_irq_set set = {
		.flags = VFIO_IRQ_SET_DATA_NONE | action,
		.index = index,
		.count = count,
	};

	return irq_set(v, &set, NULL, 0);
}

uint64_t event_count(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

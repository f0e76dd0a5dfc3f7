// SPDX-License-Identifier: GPL-2.0
/*
 * Cards as mediated devices of VFIO: the parent device, one type for each model,
 * birth and death of a card, and the calls of the program that has it open.
 *
 * To create one is a write to the type's "create" in sysfs, by root of the
 * initial namespace. To remove one waits until it is closed; whoever has it is
 * asked for it meanwhile. An open card keeps the module.
 */
#include "card.h"
#include "../compat.h"

#include <linux/iommu.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mdev.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* Cards on a host. */
#define CARDS_MAX	1024

struct nemu_type {
	struct mdev_type type;
	const struct nemu_model *model;
};

static struct nemu_type types[] = {
	{ .model = &nemu_e1000 },
#ifdef NETEMU_NIC_TEST
	{ .model = &nemu_bell },
#endif
};

static struct mdev_type *type_list[ARRAY_SIZE(types)];
static struct mdev_parent parent;
static struct device *parent_device;
static atomic_t cards;

/* Type names begin with it. */
static struct class nemu_class = {
	.name = "netemu",
};

static struct nemu_card *card_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct nemu_card, vdev);
}

/* ---- the device file ---------------------------------------------------- */

static ssize_t card_read(struct vfio_device *vdev, char __user *to, size_t len,
			 loff_t *pos)
{
	ssize_t ret = nemu_region_read(card_of(vdev), NEMU_REGION_INDEX(*pos),
				       NEMU_REGION_OFFSET(*pos), to, len);

	if (ret > 0)
		*pos += ret;
	return ret;
}

static ssize_t card_write(struct vfio_device *vdev, const char __user *from,
			  size_t len, loff_t *pos)
{
	ssize_t ret = nemu_region_write(card_of(vdev), NEMU_REGION_INDEX(*pos),
					NEMU_REGION_OFFSET(*pos), from, len);

	if (ret > 0)
		*pos += ret;
	return ret;
}

static long get_info(void __user *arg)
{
	struct vfio_device_info info = { };
	size_t size = offsetofend(struct vfio_device_info, num_irqs);

	if (copy_from_user(&info, arg, size))
		return -EFAULT;
	if (info.argsz < size)
		return -EINVAL;
	info.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = VFIO_PCI_NUM_REGIONS;
	info.num_irqs = VFIO_PCI_NUM_IRQS;
	return copy_to_user(arg, &info, size) ? -EFAULT : 0;
}

/*
 * Who has room for them is told what else there is to know of a region; who has
 * not, how much that takes.
 */
static long put_caps(struct vfio_region_info *info, struct vfio_info_cap *caps,
		     void __user *arg)
{
	size_t size = sizeof(*info);
	long err = 0;

	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (info->argsz < size + caps->size) {
		info->argsz = size + caps->size;
	} else {
		vfio_info_cap_shift(caps, size);
		if (copy_to_user(arg + size, caps->buf, caps->size))
			err = -EFAULT;
		info->cap_offset = size;
	}
	return err;
}

static long get_region_info(const struct nemu_card *card, void __user *arg)
{
	size_t size = offsetofend(struct vfio_region_info, offset);
	struct vfio_info_cap caps = { };
	struct vfio_region_info info;
	long err;

	if (copy_from_user(&info, arg, size))
		return -EFAULT;
	if (info.argsz < size || info.index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	info.offset = (u64)info.index << NEMU_REGION_SHIFT;
	info.size = nemu_region_size(card, info.index);
	info.flags = info.size ? VFIO_REGION_INFO_FLAG_READ |
				 VFIO_REGION_INFO_FLAG_WRITE : 0;
	info.cap_offset = 0;
	err = nemu_doorbell_info(card, info.index, &caps);
	if (err)
		return err;
	if (caps.size) {
		info.flags |= VFIO_REGION_INFO_FLAG_MMAP;
		err = put_caps(&info, &caps, arg);
		kfree(caps.buf);
		if (err)
			return err;
	}
	return copy_to_user(arg, &info, size) ? -EFAULT : 0;
}

static long get_irq_info(const struct nemu_card *card, void __user *arg)
{
	struct vfio_irq_info info;
	size_t size = offsetofend(struct vfio_irq_info, count);

	if (copy_from_user(&info, arg, size))
		return -EFAULT;
	if (info.argsz < size || info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info.count = nemu_irq_info(card, info.index, &info.flags);
	/* QEMU warns of none of these, but takes no for an answer. */
	if (!info.count && info.index == VFIO_PCI_ERR_IRQ_INDEX)
		return -EINVAL;
	return copy_to_user(arg, &info, size) ? -EFAULT : 0;
}

static long set_irqs(struct nemu_card *card, void __user *arg)
{
	struct vfio_irq_set set;
	size_t size = offsetofend(struct vfio_irq_set, count), data_size = 0;
	void *data = NULL;
	u32 flags;
	int err;

	if (copy_from_user(&set, arg, size))
		return -EFAULT;
	err = vfio_set_irqs_validate_and_prepare(&set,
						 nemu_irq_info(card, set.index, &flags),
						 VFIO_PCI_NUM_IRQS, &data_size);
	if (err)
		return err;
	if (data_size) {
		data = memdup_user(arg + size, data_size);
		if (IS_ERR(data))
			return PTR_ERR(data);
	}
	mutex_lock(&card->config_lock);
	err = nemu_irq_set(card, &set, data);
	mutex_unlock(&card->config_lock);
	kfree(data);
	return err;
}

static long card_ioctl(struct vfio_device *vdev, unsigned int command,
		       unsigned long arg)
{
	struct nemu_card *card = card_of(vdev);
	void __user *user = (void __user *)arg;

	switch (command) {
	case VFIO_DEVICE_GET_INFO:
		return get_info(user);
	case VFIO_DEVICE_GET_REGION_INFO:
		return get_region_info(card, user);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return get_irq_info(card, user);
	case VFIO_DEVICE_SET_IRQS:
		return set_irqs(card, user);
	case VFIO_DEVICE_RESET:
		nemu_card_reset(card);
		return 0;
	default:
		return -ENOTTY;
	}
}

static int card_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	u64 pos = (u64)vma->vm_pgoff << PAGE_SHIFT;

	return nemu_doorbell_mmap(card_of(vdev), NEMU_REGION_INDEX(pos),
				  NEMU_REGION_OFFSET(pos), vma);
}

static int card_open(struct vfio_device *vdev)
{
	return nemu_card_open(card_of(vdev));
}

static void card_close(struct vfio_device *vdev)
{
	nemu_card_close(card_of(vdev));
}

static void card_dma_unmap(struct vfio_device *vdev, u64 addr, u64 len)
{
	nemu_memory_unmap(card_of(vdev), addr, len);
}

static void card_request(struct vfio_device *vdev, unsigned int count)
{
	nemu_irq_request(card_of(vdev));
}

/* ---- birth and death ---------------------------------------------------- */

/* The same card has the same address wherever it is made, unless it is told. */
static void derive_mac(struct nemu_card *card, const guid_t *uuid)
{
	u32 hash = jhash(uuid, sizeof(*uuid), 0);

	card->mac[0] = 0x52;
	card->mac[1] = 0x54;
	card->mac[2] = 0x00;
	card->mac[3] = hash >> 16;
	card->mac[4] = hash >> 8;
	card->mac[5] = hash;
}

static int card_init(struct vfio_device *vdev)
{
	struct nemu_card *card = card_of(vdev);
	struct mdev_device *mdev = to_mdev_device(vdev->dev);
	int err;

	derive_mac(card, &mdev->uuid);
	err = nemu_card_setup(card, container_of(mdev->type, struct nemu_type,
						 type)->model);
	if (err) {
		nemu_card_free(card);
		return err;
	}
	card->model->init(card, card->mac);
	return 0;
}

static void card_release(struct vfio_device *vdev)
{
	nemu_card_free(card_of(vdev));
	nemu_vfio_free(vdev);
}

static const struct vfio_device_ops card_ops = {
	.name		= "netemu",
	.init		= card_init,
	.release	= card_release,
	.open_device	= card_open,
	.close_device	= card_close,
	.read		= card_read,
	.write		= card_write,
	.ioctl		= card_ioctl,
	.mmap		= card_mmap,
	.dma_unmap	= card_dma_unmap,
	.request	= card_request,
	NEMU_VFIO_IOMMUFD_OPS
};

static int probe(struct mdev_device *mdev)
{
	struct nemu_card *card;
	int err;

	if (!atomic_add_unless(&cards, 1, CARDS_MAX))
		return -ENOSPC;
	card = vfio_alloc_device(nemu_card, vdev, &mdev->dev, &card_ops);
	if (IS_ERR(card)) {
		err = PTR_ERR(card);
		goto err_count;
	}
	err = nemu_nic_register(card);
	if (err)
		goto err_put;
	err = vfio_register_emulated_iommu_dev(&card->vdev);
	if (err)
		goto err_nic;
	dev_set_drvdata(&mdev->dev, card);
	return 0;

err_nic:
	nemu_nic_unregister(card);
err_put:
	vfio_put_device(&card->vdev);
err_count:
	atomic_dec(&cards);
	return err;
}

static void remove(struct mdev_device *mdev)
{
	struct nemu_card *card = dev_get_drvdata(&mdev->dev);

	/* Waits until it is closed. */
	vfio_unregister_group_dev(&card->vdev);
	nemu_nic_unregister(card);
	vfio_put_device(&card->vdev);
	atomic_dec(&cards);
}

static unsigned int get_available(struct mdev_type *type)
{
	return CARDS_MAX - atomic_read(&cards);
}

/* The name, and lines of "key: value". */
static ssize_t show_description(struct mdev_type *type, char *buf)
{
	const struct nemu_model *model = container_of(type, struct nemu_type,
						      type)->model;

	return sysfs_emit(buf, "%s\npci: %04x:%04x\nspeed: %u\ninterrupts: intx%s%s\nfeatures:%s%s%s\n",
			  model->description, model->pci.vendor,
			  model->pci.device, model->speed,
			  model->pci.msi ? " msi" : "",
			  model->pci.msix.vectors ? " msix" : "",
			  model->features & NEMU_MODEL_CSUM ? " checksum" : "",
			  model->features & NEMU_MODEL_TSO ? " tso" : "",
			  model->features & NEMU_MODEL_VLAN ? " vlan" : "");
}

static struct mdev_driver driver = {
	.device_api	= VFIO_DEVICE_API_PCI_STRING,
	.probe		= probe,
	.remove		= remove,
	.get_available	= get_available,
	.show_description = show_description,
	.driver = {
		.name		= "netemu_nic",
		.owner		= THIS_MODULE,
		.mod_name	= KBUILD_MODNAME,
		.dev_groups	= nemu_card_groups,
	},
};

/* Registers as memory: whole pages of a region of memory, and nothing of the core's. */
static bool fits_doorbell(const struct nemu_model *model)
{
	const struct nemu_window *doorbell = &model->doorbell;
	const struct nemu_bar *bar;

	if (!doorbell->size)
		return true;
	if (doorbell->bar >= NEMU_BARS || !model->rung || !model->sync ||
	    !model->publish || (doorbell->offset | doorbell->size) % SZ_4K)
		return false;
	bar = &model->pci.bar[doorbell->bar];
	return (bar->kind == NEMU_BAR_MEM32 || bar->kind == NEMU_BAR_MEM64) &&
	       (u64)doorbell->offset + doorbell->size <= bar->size &&
	       (!model->pci.msix.vectors || model->pci.msix.bar != doorbell->bar);
}

/* Is there room for all that a model asks for? */
static bool fits(const struct nemu_model *model)
{
	const struct nemu_msix *msix = &model->pci.msix;
	const struct nemu_bar *bar;

	if (!fits_doorbell(model) || model->timers > NEMU_TIMERS ||
	    model->pci.msi > 32 ||
	    (model->pci.msi && !is_power_of_2(model->pci.msi)))
		return false;
	if (!msix->vectors)
		return true;
	if (msix->vectors > NEMU_VECTORS || msix->bar >= NEMU_BARS ||
	    (msix->table | msix->pba) % 8)
		return false;
	bar = &model->pci.bar[msix->bar];
	return (bar->kind == NEMU_BAR_MEM32 || bar->kind == NEMU_BAR_MEM64) &&
	       msix->table + 16ULL * msix->vectors <= bar->size &&
	       msix->pba + 8ULL <= bar->size;
}

/**
 * nemu_mdev_register() - offer the models as types of mediated devices
 *
 * Return: 0 or an error.
 */
int nemu_mdev_register(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const struct nemu_model *model = types[i].model;

		if (!fits(model))
			return -EINVAL;
		types[i].type.sysfs_name = model->name;
		types[i].type.pretty_name = model->description;
		type_list[i] = &types[i].type;
	}
	err = class_register(&nemu_class);
	if (err)
		return err;
	parent_device = device_create(&nemu_class, NULL, MKDEV(0, 0), NULL,
				      "netemu");
	if (IS_ERR(parent_device)) {
		err = PTR_ERR(parent_device);
		goto err_class;
	}
	err = mdev_register_driver(&driver);
	if (err)
		goto err_device;
	err = mdev_register_parent(&parent, parent_device, &driver, type_list,
				   ARRAY_SIZE(type_list));
	if (err)
		goto err_driver;
	return 0;

err_driver:
	mdev_unregister_driver(&driver);
err_device:
	device_unregister(parent_device);
err_class:
	class_unregister(&nemu_class);
	return err;
}

/**
 * nemu_mdev_unregister() - remove all cards; none is open
 */
void nemu_mdev_unregister(void)
{
	mdev_unregister_parent(&parent);
	mdev_unregister_driver(&driver);
	device_unregister(parent_device);
	class_unregister(&nemu_class);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * To take pages back from a guest, the kernel looks for those who have them by the
 * file they are mapped of. From Linux 6.10 on each VFIO device's file has an inode
 * of its own. Before, all files of this kind share one, and each card gets one here,
 * of a file system that nobody mounts.
 */
#include "card.h"
#include "../compat.h"

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#ifdef nemu_vfio_mapping

int nemu_mapping_open(struct nemu_card *card)
{
	return 0;
}

void nemu_mapping_close(struct nemu_card *card)
{
}

struct address_space *nemu_mapping(struct nemu_card *card)
{
	return nemu_vfio_mapping(&card->vdev);
}

#else

static int init_fs_context(struct fs_context *context)
{
	return init_pseudo(context, 0x6e656d75) ? 0 : -ENOMEM;
}

static struct file_system_type file_system = {
	.name			= "netemu_nic",
	.owner			= THIS_MODULE,
	.init_fs_context	= init_fs_context,
	.kill_sb		= kill_anon_super,
};

static struct vfsmount *mount;
static int mount_count;

/**
 * nemu_mapping_open() - make an inode
 * @card: card, being opened
 *
 * The mount keeps the module, and so is there for open cards only.
 *
 * Return: 0 or an error.
 */
int nemu_mapping_open(struct nemu_card *card)
{
	struct inode *inode;
	int err;

	err = simple_pin_fs(&file_system, &mount, &mount_count);
	if (err)
		return err;
	inode = alloc_anon_inode(mount->mnt_sb);
	if (IS_ERR(inode)) {
		simple_release_fs(&mount, &mount_count);
		return PTR_ERR(inode);
	}
	card->doorbell.inode = inode;
	return 0;
}

/**
 * nemu_mapping_close() - what nemu_mapping_open() made, if it did
 * @card: card, being closed: nobody has it mapped
 */
void nemu_mapping_close(struct nemu_card *card)
{
	if (!card->doorbell.inode)
		return;
	iput(card->doorbell.inode);
	card->doorbell.inode = NULL;
	simple_release_fs(&mount, &mount_count);
}

/**
 * nemu_mapping() - whose pages the guest has
 * @card: card
 *
 * Return: what unmap_mapping_range() wants to know.
 */
struct address_space *nemu_mapping(struct nemu_card *card)
{
	return card->doorbell.inode->i_mapping;
}

#endif /* !nemu_vfio_mapping */

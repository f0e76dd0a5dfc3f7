// SPDX-License-Identifier: GPL-2.0
/* netemu_nic.ko: the order in which its parts come and go. */
#include "card.h"
#include "../version.h"

#include <linux/module.h>
#include <linux/netemu.h>
#include <net/rtnetlink.h>

static int __init netemu_nic_init(void)
{
	int err;

	err = rtnl_link_register(&nemu_nic_link_ops);
	if (err)
		return err;
	err = nemu_mdev_register();
	if (err)
		rtnl_link_unregister(&nemu_nic_link_ops);
	return err;
}

static void __exit netemu_nic_exit(void)
{
	nemu_mdev_unregister();
	rtnl_link_unregister(&nemu_nic_link_ops);
	rcu_barrier();
}

module_init(netemu_nic_init);
module_exit(netemu_nic_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Emulated network cards for virtual machines");
MODULE_VERSION(NETEMU_VERSION);
/* Without it nobody can open a card; VFIO itself asks for it too late. */
MODULE_SOFTDEP("pre: vfio_iommu_type1");
MODULE_ALIAS_RTNL_LINK(NETEMU_KIND_NIC);

// SPDX-License-Identifier: GPL-2.0
/* netemu_gw.ko: the order in which its parts come and go. */
#include "gateway.h"
#include "../version.h"

#include <linux/module.h>
#include <net/rtnetlink.h>

static int __init netemu_gw_init(void)
{
	int err;

	err = nemu_nat_init();
	if (err)
		return err;
	err = rtnl_link_register(&nemu_gw_link_ops);
	if (err)
		nemu_nat_exit();
	return err;
}

static void __exit netemu_gw_exit(void)
{
	/* Deletes every gateway. */
	rtnl_link_unregister(&nemu_gw_link_ops);
	nemu_nat_exit();
	rcu_barrier();
}

module_init(netemu_gw_init);
module_exit(netemu_gw_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("In-kernel gateway for virtual machines");
MODULE_VERSION(NETEMU_VERSION);
MODULE_ALIAS_RTNL_LINK(NETEMU_KIND_GATEWAY);

// SPDX-License-Identifier: GPL-2.0
/* The order in which the parts come and go, and nothing else. */
#include "netlink.h"
#include "switch/switch.h"
#include "version.h"

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

static int __init netemu_init(void)
{
	int err;

	err = nemu_switch_init();
	if (err)
		return err;
	err = nemu_netlink_init();
	if (err)
		nemu_switch_exit();
	return err;
}

static void __exit netemu_exit(void)
{
	nemu_netlink_exit();
	nemu_switch_exit();
}

module_init(netemu_init);
module_exit(netemu_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("In-kernel network for virtual machines");
MODULE_VERSION(NETEMU_VERSION);
MODULE_ALIAS_RTNL_LINK(NETEMU_KIND_SWITCH);
MODULE_ALIAS_GENL_FAMILY(NETEMU_GENL_NAME);

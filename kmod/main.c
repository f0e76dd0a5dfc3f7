// SPDX-License-Identifier: GPL-2.0
/* The order in which the parts come and go, and nothing else. */
#include "link/link.h"
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
	err = nemu_link_init();
	if (err)
		goto err_switch;
	err = nemu_netlink_init();
	if (err)
		goto err_link;
	return 0;

err_link:
	nemu_link_exit();
err_switch:
	nemu_switch_exit();
	return err;
}

static void __exit netemu_exit(void)
{
	nemu_netlink_exit();
	nemu_link_exit();
	nemu_switch_exit();
}

module_init(netemu_init);
module_exit(netemu_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("In-kernel network for virtual machines");
MODULE_VERSION(NETEMU_VERSION);
MODULE_ALIAS_RTNL_LINK(NETEMU_KIND_SWITCH);
MODULE_ALIAS_RTNL_LINK(NETEMU_KIND_LINK);
MODULE_ALIAS_GENL_FAMILY(NETEMU_GENL_NAME);

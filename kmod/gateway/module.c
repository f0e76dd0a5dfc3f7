// SPDX-License-Identifier: GPL-2.0
/* netemu_gw.ko: the order in which its parts come and go. */
#include "commands.h"
#include "gateway.h"
#include "network.h"
#include "../version.h"

#include <linux/module.h>
#include <net/rtnetlink.h>

static int __init netemu_gw_init(void)
{
	int err;

	err = nemu_nat_init();
	if (err)
		return err;
	err = nemu_binding_init();
	if (err)
		goto err_nat;
	err = nemu_network_init();
	if (err)
		goto err_binding;
	err = rtnl_link_register(&nemu_gw_link_ops);
	if (err)
		goto err_network;
	err = nemu_commands_register();
	if (err)
		goto err_link;
	return 0;

err_link:
	rtnl_link_unregister(&nemu_gw_link_ops);
err_network:
	nemu_network_exit();
err_binding:
	nemu_binding_exit();
err_nat:
	nemu_nat_exit();
	return err;
}

static void __exit netemu_gw_exit(void)
{
	nemu_commands_unregister();
	/* Deletes every gateway. */
	rtnl_link_unregister(&nemu_gw_link_ops);
	nemu_network_exit();
	nemu_binding_exit();
	nemu_nat_exit();
	rcu_barrier();
}

module_init(netemu_gw_init);
module_exit(netemu_gw_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("In-kernel gateway for virtual machines");
MODULE_VERSION(NETEMU_VERSION);
MODULE_ALIAS_RTNL_LINK(NETEMU_KIND_GATEWAY);

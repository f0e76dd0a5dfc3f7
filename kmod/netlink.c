// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: each command is parsed, becomes one call on one
 * object, and is answered. What the commands mean stands in the UAPI header.
 */
#include "netlink.h"
#include "netlink_policy.h"
#include "netlink_priv.h"
#include "compat.h"
#include "event.h"

#include <linux/module.h>
#include <net/genetlink.h>

static const struct genl_ops ops[] = {
	{
		.cmd		= NETEMU_CMD_SWITCH_GET,
		.start		= nemu_switch_get_start,
		.policy		= nemu_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.doit		= nemu_switch_get_doit,
		.dumpit		= nemu_switch_get_dumpit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_GET,
		.start		= nemu_port_get_start,
		.policy		= nemu_port_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.doit		= nemu_port_get_doit,
		.dumpit		= nemu_port_get_dumpit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_NEW,
		.policy		= nemu_port_new_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_port_new_doit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_SET,
		.policy		= nemu_port_set_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_port_set_doit,
	},
	{
		.cmd		= NETEMU_CMD_PORT_DEL,
		.policy		= nemu_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_port_del_doit,
	},
	{
		.cmd		= NETEMU_CMD_FDB_FLUSH,
		.policy		= nemu_flush_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_fdb_flush_doit,
	},
	/* Another module answers these. */
	{
		.cmd		= NETEMU_CMD_NETWORK_GET,
		.start		= nemu_part_start,
		.policy		= nemu_network_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.doit		= nemu_part_doit,
		.dumpit		= nemu_part_dumpit,
		.done		= nemu_part_done,
	},
	{
		.cmd		= NETEMU_CMD_NETWORK_NEW,
		.policy		= nemu_network_new_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_NETWORK_DEL,
		.policy		= nemu_network_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_FORWARD_GET,
		.start		= nemu_part_start,
		.policy		= nemu_forward_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
		.dumpit		= nemu_part_dumpit,
		.done		= nemu_part_done,
	},
	{
		.cmd		= NETEMU_CMD_FORWARD_NEW,
		.policy		= nemu_forward_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_FORWARD_DEL,
		.policy		= nemu_forward_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_LEASE_GET,
		.start		= nemu_part_start,
		.policy		= nemu_get_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.dumpit		= nemu_part_dumpit,
		.done		= nemu_part_done,
	},
	{
		.cmd		= NETEMU_CMD_LEASE_NEW,
		.policy		= nemu_lease_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
	{
		.cmd		= NETEMU_CMD_LEASE_DEL,
		.policy		= nemu_lease_policy,
		.maxattr	= NETEMU_A_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
		.doit		= nemu_part_doit,
	},
};

static const struct genl_multicast_group groups[] = {
	[NEMU_GROUP_CONFIG]	= { .name = NETEMU_GENL_GROUP_CONFIG },
	[NEMU_GROUP_EVENT]	= { .name = NETEMU_GENL_GROUP_EVENT },
	[NEMU_GROUP_LEASE]	= {
		.name = NETEMU_GENL_GROUP_LEASE,
		.flags = NEMU_MCAST_CAP_NET_ADMIN,
	},
	[NEMU_GROUP_FORWARD]	= {
		.name = NETEMU_GENL_GROUP_FORWARD,
		.flags = NEMU_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family nemu_genl_family __ro_after_init = {
	.name		= NETEMU_GENL_NAME,
	.version	= NETEMU_GENL_VERSION,
	.maxattr	= NETEMU_A_MAX,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= ops,
	.n_ops		= ARRAY_SIZE(ops),
	.resv_start_op	= NETEMU_CMD_SWITCH_GET,
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
};

int __init nemu_netlink_init(void)
{
	int err;

	err = genl_register_family(&nemu_genl_family);
	if (!err)
		nemu_event_open(&nemu_genl_family);
	return err;
}

void nemu_netlink_exit(void)
{
	nemu_event_close();
	genl_unregister_family(&nemu_genl_family);
}

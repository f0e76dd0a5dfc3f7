// SPDX-License-Identifier: GPL-2.0
/* Which command is answered by which room. */
#include "commands.h"
#include "forward.h"
#include "lease_netlink.h"
#include "network.h"
#include "../part.h"

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netemu.h>
#include <net/genetlink.h>

/**
 * nemu_gw_named() - the gateway that a command is for
 * @info: request; its IFINDEX names the gateway
 *
 * Context: RTNL held.
 * Return: the gateway, or an ERR_PTR, with the reason in the request.
 */
struct nemu_gw *nemu_gw_named(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NETEMU_A_IFINDEX];
	struct net_device *dev;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack,
			       "netemu: the gateway (IFINDEX) is missing");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(attr));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "netemu: no device has this index");
		return ERR_PTR(-ENODEV);
	}
	if (dev->rtnl_link_ops != &nemu_gw_link_ops) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "netemu: device is not a netemu gateway");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

static const struct nemu_part_op ops[] = {
	{
		.cmd	= NETEMU_CMD_NETWORK_GET,
		.doit	= nemu_network_get_doit,
		.dumpit	= nemu_network_get_dumpit,
	},
	{
		.cmd	= NETEMU_CMD_NETWORK_NEW,
		.doit	= nemu_network_new_doit,
	},
	{
		.cmd	= NETEMU_CMD_NETWORK_DEL,
		.doit	= nemu_network_del_doit,
	},
	{
		.cmd	= NETEMU_CMD_FORWARD_GET,
		.doit	= nemu_forward_get_doit,
		.start	= nemu_forward_get_start,
		.dumpit	= nemu_forward_get_dumpit,
	},
	{
		.cmd	= NETEMU_CMD_FORWARD_NEW,
		.doit	= nemu_forward_new_doit,
	},
	{
		.cmd	= NETEMU_CMD_FORWARD_DEL,
		.doit	= nemu_forward_del_doit,
	},
	{
		.cmd	= NETEMU_CMD_LEASE_GET,
		.dumpit	= nemu_lease_get_dumpit,
	},
	{
		.cmd	= NETEMU_CMD_LEASE_NEW,
		.doit	= nemu_lease_new_doit,
	},
	{
		.cmd	= NETEMU_CMD_LEASE_DEL,
		.doit	= nemu_lease_del_doit,
	},
};

static const struct nemu_part part = {
	.owner	= THIS_MODULE,
	.ops	= ops,
	.n_ops	= ARRAY_SIZE(ops),
};

/**
 * nemu_commands_register() - answer commands from now on
 *
 * Return: 0 or -errno.
 */
int nemu_commands_register(void)
{
	return nemu_part_register(&part);
}

/* Answer no more. */
void nemu_commands_unregister(void)
{
	nemu_part_unregister(&part);
}

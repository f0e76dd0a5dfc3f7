// SPDX-License-Identifier: GPL-2.0
/* Devices, switches and ports by what a request calls them. */
#include "netlink_priv.h"
#include "compat.h"
#include "switch/switch.h"

#include <linux/netdevice.h>
#include <net/genetlink.h>

/**
 * nemu_named_device() - find the device that a request names
 * @info: the request
 * @attr: where: %NETEMU_A_IFINDEX or %NETEMU_A_MASTER
 *
 * Context: RTNL held, as for those below.
 * Return: the device or an ERR_PTR, and then extack says why.
 */
struct net_device *nemu_named_device(struct genl_info *info, int attr)
{
	struct net_device *dev;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		nemu_extack_msg(info->extack, attr == NETEMU_A_MASTER ?
				"netemu: the switch (MASTER) is missing" :
				"netemu: the device (IFINDEX) is missing");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(genl_info_net(info),
				 nla_get_u32(info->attrs[attr]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "netemu: no device has this index");
		return ERR_PTR(-ENODEV);
	}
	return dev;
}

/**
 * nemu_named_switch() - find the switch that a request names
 * @info: the request
 * @attr: where
 */
struct nemu_switch *nemu_named_switch(struct genl_info *info, int attr)
{
	struct net_device *dev = nemu_named_device(info, attr);

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	if (!nemu_is_switch(dev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "netemu: device is not a netemu switch");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

/**
 * nemu_named_port() - find the port that a request names in %NETEMU_A_IFINDEX
 * @info: the request
 */
struct nemu_port *nemu_named_port(struct genl_info *info)
{
	struct net_device *dev = nemu_named_device(info, NETEMU_A_IFINDEX);
	struct nemu_port *port;

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	port = nemu_port_get_rtnl(dev);
	if (!port) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[NETEMU_A_IFINDEX],
				    "netemu: device is not a port of a netemu switch");
		return ERR_PTR(-ENOENT);
	}
	return port;
}

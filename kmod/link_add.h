/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_LINK_ADD_H
#define _NEMU_LINK_ADD_H

#include <linux/err.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

/**
 * nemu_link_add() - make a device of a kind of ours, as RTM_NEWLINK does
 * @net: where
 * @name: of the device
 * @ops: its kind
 * @data: its options, parsed
 * @extack: what is wrong
 *
 * Context: RTNL held.
 * Return: the device, which is down, or an error.
 */
static inline struct net_device *
nemu_link_add(struct net *net, const char *name, const struct rtnl_link_ops *ops,
	      struct nlattr **data, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IFLA_MAX + 1] = { };
	struct net_device *dev;
	int err;

	dev = rtnl_create_link(net, name, NET_NAME_USER, ops, tb, extack);
	if (IS_ERR(dev))
		return dev;
	err = ops->newlink(net, dev, tb, data, extack);
	if (err) {
		free_netdev(dev);
		return ERR_PTR(err);
	}
	err = rtnl_configure_link(dev, NULL, 0, NULL);
	if (err) {
		unregister_netdevice(dev);
		return ERR_PTR(err);
	}
	return dev;
}

#endif /* _NEMU_LINK_ADD_H */

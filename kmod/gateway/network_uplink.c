// SPDX-License-Identifier: GPL-2.0
/*
 * The uplink of a network in mode bridged: a device of the host that is a port,
 * shared with the host or for the guests alone. Nothing else of it changes, so
 * there is nothing to put back.
 */
#include "network.h"
#include "../door.h"

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>

/* Has the host an address by the device that others may know? */
static bool has_addresses(const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifp;
	bool found = false;

	if (in_dev && rtnl_dereference(in_dev->ifa_list))
		return true;
	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifp, &idev->addr_list, if_list)
		if (!(ipv6_addr_type(&ifp->addr) & IPV6_ADDR_LINKLOCAL))
			found = true;
	read_unlock_bh(&idev->lock);
	return found;
}

/**
 * nemu_network_add_uplink() - plug in the uplink
 * @network: network of mode bridged, with its switch
 * @wish: what it is to be
 * @extack: what is wrong
 *
 * Return: 0 or -errno.
 */
int nemu_network_add_uplink(struct nemu_network *network,
			    const struct nemu_network_wish *wish,
			    struct netlink_ext_ack *extack)
{
	bool shared = wish->uplink_mode == NETEMU_UPLINK_SHARED;
	struct net_device *dev;
	int err;

	dev = __dev_get_by_index(dev_net(network->sw), wish->uplink);
	if (!dev) {
		NL_SET_ERR_MSG(extack, "netemu: no such uplink");
		return -ENODEV;
	}
	if (!shared && !wish->force && has_addresses(dev)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the host has addresses by the uplink that it could not use any more; share it, or force takes it all the same");
		return -EBUSY;
	}
	err = nemu_door_port_add(network->sw, dev, shared, extack);
	if (err)
		return err;
	network->uplink = dev;
	network->uplink_mode = wish->uplink_mode;
	return 0;
}

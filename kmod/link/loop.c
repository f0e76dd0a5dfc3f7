// SPDX-License-Identifier: GPL-2.0
/*
 * What links have to know of other devices: whose port they become, as two of
 * one bus on one switch are a loop; and whether the device that they send by
 * is still there.
 */
#include "link.h"

#include <linux/notifier.h>
#include <net/ipv6.h>

static bool same_bus(const struct nemu_link *a, const struct nemu_link *b)
{
	const union nemu_sockaddr *x = &a->config.remote;
	const union nemu_sockaddr *y = &b->config.remote;

	if (a->config.transport != NETEMU_LINK_MCAST ||
	    b->config.transport != NETEMU_LINK_MCAST ||
	    a->config.ifindex != b->config.ifindex ||
	    x->sa.sa_family != y->sa.sa_family ||
	    nemu_sockaddr_port(x) != nemu_sockaddr_port(y))
		return false;
	if (x->sa.sa_family == AF_INET6)
		return ipv6_addr_equal(&x->v6.sin6_addr, &y->v6.sin6_addr);
	return x->v4.sin_addr.s_addr == y->v4.sin_addr.s_addr;
}

static int check_master(struct nemu_link *link,
			const struct netdev_notifier_changeupper_info *info)
{
	struct netlink_ext_ack *extack = info->info.extack;
	struct net_device *master = info->upper_dev;
	struct nemu_link *other;

	if (!info->linking || !info->master)
		return NOTIFY_DONE;
	if (link->config.ifindex == master->ifindex &&
	    net_eq(link->net, dev_net(master))) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the link sends by this switch: that would be a loop");
		return notifier_from_errno(-ELOOP);
	}
	list_for_each_entry(other, nemu_link_netns_list(link->net), list) {
		if (other == link || !same_bus(link, other) ||
		    netdev_master_upper_dev_get(other->dev) != master)
			continue;
		NL_SET_ERR_MSG(extack,
			       "netemu: the switch has a link to this bus already: a second one would be a loop");
		return notifier_from_errno(-ELOOP);
	}
	return NOTIFY_DONE;
}

static void changed_upper(struct nemu_link *link,
			  const struct netdev_notifier_changeupper_info *info)
{
	/* What leads back is another way now. */
	nemu_link_forget_route(link);
	if (info->linking && info->master)
		nemu_peers_plug_in(link);
}

/* Nothing is to be sent by it, or to be heard, any more. */
static void device_gone(struct net_device *dev)
{
	struct nemu_link *link;

	list_for_each_entry(link, nemu_link_netns_list(dev_net(dev)), list)
		if (link->config.ifindex == dev->ifindex)
			netif_carrier_off(link->dev);
}

static int link_event(struct notifier_block *nb, unsigned long event,
		      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		if (nemu_is_link(dev))
			return check_master(netdev_priv(dev), ptr);
		break;
	case NETDEV_CHANGEUPPER:
		if (nemu_is_link(dev))
			changed_upper(netdev_priv(dev), ptr);
		break;
	case NETDEV_UNREGISTER:
		device_gone(dev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = link_event,
};

int nemu_link_notifier_register(void)
{
	return register_netdevice_notifier(&notifier);
}

void nemu_link_notifier_unregister(void)
{
	unregister_netdevice_notifier(&notifier);
}

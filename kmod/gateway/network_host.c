// SPDX-License-Identifier: GPL-2.0
/*
 * The host in a network: modes host-only and routed, in which the switch device
 * has the address that is the gateway's in mode nat.
 */
#include "gateway.h"
#include "network.h"

#include <linux/rtnetlink.h>

static const struct nemu_gw_config *config_of(const struct nemu_network *network)
{
	const struct nemu_gw *gw = netdev_priv(network->gw);

	return rtnl_dereference(gw->config);
}

/**
 * nemu_network_check_forwarding() - does the host forward, if it has to?
 * @net: namespace
 * @wish: what a network is to be
 * @extack: what is wrong
 *
 * Return: 0, also if it may be turned on, or -ENETDOWN.
 */
int nemu_network_check_forwarding(struct net *net,
				  const struct nemu_network_wish *wish,
				  struct netlink_ext_ack *extack)
{
	if (wish->mode != NETEMU_NETWORK_ROUTED || wish->forwarding ||
	    nemu_host_forwarding_is_on(net))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "netemu: the host does not forward (net.ipv4.ip_forward is 0): \"forwarding on\" turns it on");
	return -ENETDOWN;
}

/**
 * nemu_network_prepare_host() - what guests may do to the host, and what not
 * @network: network whose switch was never up
 * @extack: what is wrong
 *
 * Return: 0 or -errno.
 */
int nemu_network_prepare_host(struct nemu_network *network,
			      struct netlink_ext_ack *extack)
{
	bool routed = network->mode == NETEMU_NETWORK_ROUTED;
	struct net *net = dev_net(network->sw);
	const struct nemu_gw_config *config;
	int err;

	if (!nemu_network_has_host(network->mode))
		return 0;
	config = config_of(network);
	err = nemu_host_address_check(net, config->subnet, config->mask,
				      extack);
	if (err)
		return err;
	nemu_host_no_ipv6(network->sw);
	nemu_host_forward_from(network->sw, routed);
	if (routed)
		return 0;
	err = nemu_host_fence(network->fence, network->sw);
	network->fenced = !err;
	return err;
}

static int turn_on_forwarding(struct nemu_network *network, struct net *net,
			      const struct nemu_network_wish *wish,
			      struct netlink_ext_ack *extack)
{
	int err = nemu_network_check_forwarding(net, wish, extack);

	if (err || wish->mode != NETEMU_NETWORK_ROUTED ||
	    nemu_host_forwarding_is_on(net))
		return err;
	err = nemu_host_forwarding_on(net, nemu_network_forwarding(net));
	if (!err)
		network->changed |= NETEMU_CHANGED_FORWARDING;
	return err;
}

/**
 * nemu_network_join_host() - give the host its address in a network
 * @network: network, prepared and listed
 * @net: its namespace
 * @wish: what it is to be
 * @extack: what is wrong
 *
 * Context: process, RTNL held; it is let go and taken again.
 * Return: 0 or -errno; -ENODEV if somebody has removed the network meanwhile.
 */
int nemu_network_join_host(struct nemu_network *network, struct net *net,
			   const struct nemu_network_wish *wish,
			   struct netlink_ext_ack *extack)
{
	const struct nemu_gw_config *config = config_of(network);
	int ifindex = network->sw->ifindex, err;
	__be32 addr = config->gateway;
	u8 prefix = config->prefix;

	rtnl_unlock();
	err = nemu_host_address_add(net, ifindex, addr, prefix, extack);
	rtnl_lock();
	if (nemu_network_find_index(net, ifindex) != network) {
		NL_SET_ERR_MSG(extack,
			       "netemu: somebody removed the network meanwhile");
		return -ENODEV;
	}
	if (err)
		return err == -ENODEV ? -EIO : err;
	network->changed |= NETEMU_CHANGED_ADDRESS;
	return turn_on_forwarding(network, net, wish, extack);
}

/**
 * nemu_network_leave_host() - undo what does not go with the switch
 * @network: network whose switch goes or is gone
 * @net: its namespace
 *
 * Context: RTNL held.
 */
void nemu_network_leave_host(struct nemu_network *network, struct net *net)
{
	struct nemu_network *other;

	if (network->fenced)
		nemu_host_unfence(network->fence, net);
	network->fenced = false;
	if (!(network->changed & NETEMU_CHANGED_FORWARDING))
		return;
	network->changed &= ~NETEMU_CHANGED_FORWARDING;
	list_for_each_entry(other, nemu_network_list(net), list) {
		if (other == network || other->mode != NETEMU_NETWORK_ROUTED)
			continue;
		/* It needs it too: from now on it is that one's. */
		other->changed |= NETEMU_CHANGED_FORWARDING;
		return;
	}
	nemu_host_forwarding_off(net, nemu_network_forwarding(net));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps the guests of a network, in which the host has a port, from being
 * more than its neighbours: they can't configure it, and of a network that has
 * no way out nothing is forwarded, whatever the host forwards else.
 */
#include "host.h"

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

/**
 * nemu_host_no_ipv6() - the host does not speak IPv6 on a device
 * @dev: device that was never up
 *
 * An address it would give itself could be reached by guests, whose router
 * advertisements could give it routes. Who turns it on again finds the latter
 * still off.
 *
 * Context: RTNL held.
 */
void nemu_host_no_ipv6(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (!idev)
		return;
	idev->cnf.accept_ra = 0;
	idev->cnf.accept_redirects = 0;
	idev->cnf.disable_ipv6 = 1;
}

/**
 * nemu_host_forward_from() - may the host forward what comes from a device?
 * @dev: device
 * @on: may it?
 *
 * Context: RTNL held.
 */
void nemu_host_forward_from(struct net_device *dev, bool on)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (in_dev)
		IN_DEV_CONF_SET(in_dev, FORWARDING, on);
}

/* Called under RCU. The device is that of @priv, or another: never followed. */
static unsigned int drop_passing(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (state->in == priv) {
		dev_core_stats_rx_dropped_inc(state->in);
		return NF_DROP;
	}
	if (state->out == priv) {
		dev_core_stats_tx_dropped_inc(state->out);
		return NF_DROP;
	}
	return NF_ACCEPT;
}

static const struct nf_hook_ops fence[NEMU_FENCE_HOOKS] = {
	{
		.hook		= drop_passing,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP_PRI_FIRST,
	},
	{
		.hook		= drop_passing,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP6_PRI_FIRST,
	},
};

/**
 * nemu_host_fence() - forward nothing from a device or to it
 * @hooks: %NEMU_FENCE_HOOKS of them; to be freed after a grace period
 * @dev: device
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int nemu_host_fence(struct nf_hook_ops *hooks, struct net_device *dev)
{
	int i;

	memcpy(hooks, fence, sizeof(fence));
	for (i = 0; i < NEMU_FENCE_HOOKS; i++)
		hooks[i].priv = dev;
	return nf_register_net_hooks(dev_net(dev), hooks, NEMU_FENCE_HOOKS);
}

/**
 * nemu_host_unfence() - end it
 * @hooks: from nemu_host_fence()
 * @net: namespace of the device
 *
 * Context: process, may sleep.
 */
void nemu_host_unfence(struct nf_hook_ops *hooks, struct net *net)
{
	nf_unregister_net_hooks(net, hooks, NEMU_FENCE_HOOKS);
}

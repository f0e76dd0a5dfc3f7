// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 forwarding of the host, net.ipv4.ip_forward: turned on for the first
 * network that needs it, and off again after the last one, with each device as
 * it was. What the sysctl does has no name that a module may call.
 */
#include "host.h"

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#define FOR_NEW_DEVICES(net)						\
	IPV4_DEVCONF(*(net)->ipv4.devconf_dflt, FORWARDING)

/**
 * nemu_host_forwarding_is_on() - does the host forward?
 * @net: namespace
 */
bool nemu_host_forwarding_is_on(struct net *net)
{
	return IPV4_DEVCONF_ALL(net, FORWARDING);
}

/* Devices that forward although the host as a whole does not. */
static int note_kept(struct net *net, struct nemu_host_forwarding *how)
{
	struct in_device *in_dev;
	struct net_device *dev;
	unsigned int n = 0;

	for_each_netdev(net, dev)
		n++;
	how->kept = kvmalloc_array(n, sizeof(*how->kept), GFP_KERNEL_ACCOUNT);
	if (!how->kept)
		return -ENOMEM;
	how->n_kept = 0;
	for_each_netdev(net, dev) {
		in_dev = __in_dev_get_rtnl(dev);
		if (in_dev && IN_DEV_FORWARD(in_dev))
			how->kept[how->n_kept++] = dev->ifindex;
	}
	return 0;
}

static bool is_kept(const struct nemu_host_forwarding *how,
		    const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < how->n_kept; i++)
		if (how->kept[i] == dev->ifindex)
			return true;
	return false;
}

static void set_all(struct net *net, const struct nemu_host_forwarding *how,
		    bool on)
{
	struct in_device *in_dev;
	struct net_device *dev;

	for_each_netdev(net, dev) {
		in_dev = __in_dev_get_rtnl(dev);
		if (!in_dev || is_kept(how, dev))
			continue;
		if (on)
			dev_disable_lro(dev);
		IN_DEV_CONF_SET(in_dev, FORWARDING, on);
	}
	rt_genid_bump_ipv4(net);
}

/**
 * nemu_host_forwarding_on() - turn it on
 * @net: namespace where it is off
 * @how: what it takes to undo it
 *
 * Context: RTNL held; may sleep.
 * Return: 0 or -ENOMEM.
 */
int nemu_host_forwarding_on(struct net *net, struct nemu_host_forwarding *how)
{
	int err;

	ASSERT_RTNL();
	kvfree(how->kept);
	err = note_kept(net, how);
	if (err)
		return err;
	how->dflt = FOR_NEW_DEVICES(net);
	how->redirects = IPV4_DEVCONF_ALL(net, ACCEPT_REDIRECTS);
	how->by_us = true;
	IPV4_DEVCONF_ALL(net, FORWARDING) = 1;
	IPV4_DEVCONF_ALL(net, ACCEPT_REDIRECTS) = 0;
	FOR_NEW_DEVICES(net) = 1;
	set_all(net, how, true);
	return 0;
}

/**
 * nemu_host_forwarding_off() - undo it, if it is still as we left it
 * @net: namespace
 * @how: what was noted
 *
 * Context: RTNL held.
 */
void nemu_host_forwarding_off(struct net *net,
			      struct nemu_host_forwarding *how)
{
	ASSERT_RTNL();
	if (how->by_us && nemu_host_forwarding_is_on(net)) {
		IPV4_DEVCONF_ALL(net, FORWARDING) = 0;
		if (!IPV4_DEVCONF_ALL(net, ACCEPT_REDIRECTS))
			IPV4_DEVCONF_ALL(net, ACCEPT_REDIRECTS) =
				how->redirects;
		FOR_NEW_DEVICES(net) = how->dflt;
		set_all(net, how, false);
	}
	kvfree(how->kept);
	*how = (struct nemu_host_forwarding) { };
}

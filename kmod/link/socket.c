// SPDX-License-Identifier: GPL-2.0
/* What the sockets of all transports share. */
#include "link.h"

#include <linux/inetdevice.h>
#include <net/ipv6.h>

/**
 * nemu_link_explain() - say in words why a socket can't be had
 * @err: -errno
 * @extack: where to say it
 *
 * Return: @err.
 */
int nemu_link_explain(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EAFNOSUPPORT:
		NL_SET_ERR_MSG(extack, "netemu: the host has IPv6 turned off");
		break;
	case -EADDRINUSE:
		NL_SET_ERR_MSG(extack,
			       "netemu: the local port is in use by another socket");
		break;
	case -EADDRNOTAVAIL:
		NL_SET_ERR_MSG(extack,
			       "netemu: the local address is not one of this host");
		break;
	case -EACCES:
		NL_SET_ERR_MSG(extack,
			       "netemu: a local port below 1024 needs CAP_NET_BIND_SERVICE");
		break;
	}
	return err;
}

/**
 * nemu_link_check_device() - is the device there that a link is to send by?
 * @link: link
 * @extack: if not
 *
 * Context: RTNL held.
 * Return: 0 or -ENODEV.
 */
int nemu_link_check_device(const struct nemu_link *link,
			   struct netlink_ext_ack *extack)
{
	if (!link->config.ifindex ||
	    __dev_get_by_index(link->net, link->config.ifindex))
		return 0;
	NL_SET_ERR_MSG(extack, "netemu: no such device to send by");
	return -ENODEV;
}

/**
 * nemu_link_allows() - may somebody from there join, or send?
 * @config: options of a listener, or of a bus
 * @from: address
 *
 * Context: any.
 * Return: whether.
 */
bool nemu_link_allows(const struct nemu_link_config *config,
		      const union nemu_sockaddr *from)
{
	const union nemu_sockaddr *allow = &config->allow;
	__be32 mask;

	if (!allow->sa.sa_family)
		return true;
	if (allow->sa.sa_family != from->sa.sa_family)
		return false;
	if (allow->sa.sa_family == AF_INET6)
		return ipv6_prefix_equal(&allow->v6.sin6_addr,
					 &from->v6.sin6_addr,
					 config->allow_prefix);
	mask = inet_make_mask(config->allow_prefix);
	return !((allow->v4.sin_addr.s_addr ^ from->v4.sin_addr.s_addr) & mask);
}

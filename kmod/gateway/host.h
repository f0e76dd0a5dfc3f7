/* SPDX-License-Identifier: GPL-2.0 */
/* What networks change on the host, and how it is undone. */
#ifndef _NEMU_GATEWAY_HOST_H
#define _NEMU_GATEWAY_HOST_H

#include <linux/netfilter.h>
#include <linux/types.h>

struct net;
struct net_device;
struct netlink_ext_ack;

/**
 * struct nemu_host_forwarding - that we turned on IPv4 forwarding; RTNL
 * @by_us: it was off, and is on since
 * @dflt: what it was for devices to come
 * @redirects: what net.ipv4.conf.all.accept_redirects was
 * @kept: indices of the devices for which it was on all the same
 * @n_kept: how many
 */
struct nemu_host_forwarding {
	bool by_us;
	int dflt;
	int redirects;
	int *kept;
	unsigned int n_kept;
};

#define NEMU_FENCE_HOOKS	2	/* IPv4 and IPv6 */

/* host_address.c */
int nemu_host_address_check(struct net *net, __be32 subnet, __be32 mask,
			    struct netlink_ext_ack *extack);
int nemu_host_address_add(struct net *net, int ifindex, __be32 addr,
			  unsigned int prefix, struct netlink_ext_ack *extack);

/* host_forwarding.c */
bool nemu_host_forwarding_is_on(struct net *net);
int nemu_host_forwarding_on(struct net *net, struct nemu_host_forwarding *how);
void nemu_host_forwarding_off(struct net *net,
			      struct nemu_host_forwarding *how);

/* host_fence.c */
void nemu_host_no_ipv6(struct net_device *dev);
void nemu_host_forward_from(struct net_device *dev, bool on);
int nemu_host_fence(struct nf_hook_ops *hooks, struct net_device *dev);
void nemu_host_unfence(struct nf_hook_ops *hooks, struct net *net);

#endif /* _NEMU_GATEWAY_HOST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the switch offers the other modules of netemu: they know no more of it.
 */
#ifndef _NEMU_DOOR_H
#define _NEMU_DOOR_H

#include <linux/types.h>

struct list_head;
struct net;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

/* switch/door.c: with RTNL held */
struct net_device *nemu_door_switch_add(struct net *net, const char *name,
					const struct nlattr *options,
					bool host_port,
					struct netlink_ext_ack *extack);
void nemu_door_switch_del(struct net_device *sw_dev, struct list_head *head);
void nemu_door_guard_ports(struct net_device *sw_dev,
			   const struct nlattr *options);
int nemu_door_port_add(struct net_device *sw_dev, struct net_device *dev,
		       bool shared, struct netlink_ext_ack *extack);

int nemu_door_port_like(const struct net_device *model, struct net_device *dev);

/*
 * switch/binding.c, which address belongs to whom: with BH off, from any
 * context. @master is any device: what is no switch of ours has no guard, and
 * the call does nothing. Before the owner of bindings leaves the switch it
 * takes them back.
 */
int nemu_door_bind(struct net_device *master, const void *owner, __be32 addr,
		   const u8 *mac, int ifindex);
void nemu_door_unbind(struct net_device *master, const void *owner,
		      __be32 addr);
void nemu_door_unbind_all(struct net_device *master, const void *owner);

#endif /* _NEMU_DOOR_H */

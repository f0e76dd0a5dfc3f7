/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the switch offers the other modules of netemu: they know no more of it.
 * All with RTNL held.
 */
#ifndef _NEMU_DOOR_H
#define _NEMU_DOOR_H

struct list_head;
struct net;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

/* switch/door.c */
struct net_device *nemu_door_switch_add(struct net *net, const char *name,
					const struct nlattr *options,
					struct netlink_ext_ack *extack);
void nemu_door_switch_del(struct net_device *sw_dev, struct list_head *head);
int nemu_door_port_add(struct net_device *sw_dev, struct net_device *dev,
		       struct netlink_ext_ack *extack);

#endif /* _NEMU_DOOR_H */

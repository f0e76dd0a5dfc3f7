/* SPDX-License-Identifier: GPL-2.0 */
/* Networks: a switch with what belongs to it. */
#ifndef _NEMU_GATEWAY_NETWORK_H
#define _NEMU_GATEWAY_NETWORK_H

#include <linux/list.h>
#include <linux/types.h>

struct genl_info;
struct net;
struct net_device;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/**
 * struct nemu_network - a network; RTNL
 * @list: of the namespace
 * @sw: the switch; NULL once it is gone
 * @gw: the gateway; NULL where there is none, or none any more
 * @mode: enum netemu_network_mode
 *
 * The devices are not held: a notifier clears what goes.
 */
struct nemu_network {
	struct list_head list;
	struct net_device *sw;
	struct net_device *gw;
	u8 mode;
};

/**
 * struct nemu_network_wish - what a network is to be
 * @name: of the switch
 * @mode: enum netemu_network_mode
 * @sw: nest of options of the switch, or NULL
 * @gw: nest of options of the gateway, or NULL
 */
struct nemu_network_wish {
	const char *name;
	u8 mode;
	const struct nlattr *sw;
	const struct nlattr *gw;
};

/* network.c: with RTNL held */
struct list_head *nemu_network_list(struct net *net);
struct nemu_network *nemu_network_find(struct net *net, const char *name);
struct nemu_network *nemu_network_add(struct net *net,
				      const struct nemu_network_wish *wish,
				      struct netlink_ext_ack *extack);
void nemu_network_del(struct nemu_network *network);
int nemu_network_init(void);
void nemu_network_exit(void);

/* network_netlink.c */
int nemu_network_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_network_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_network_new_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_network_del_doit(struct sk_buff *skb, struct genl_info *info);
void nemu_network_notify(const struct nemu_network *network, u8 cmd);

#endif /* _NEMU_GATEWAY_NETWORK_H */

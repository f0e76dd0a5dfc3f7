/* SPDX-License-Identifier: GPL-2.0 */
/* Networks: a switch with what belongs to it. */
#ifndef _NEMU_GATEWAY_NETWORK_H
#define _NEMU_GATEWAY_NETWORK_H

#include "host.h"

#include <linux/list.h>
#include <linux/netemu.h>
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
 * @uplink: the port that leads out, in mode bridged; NULL once it is no port
 * @mode: enum netemu_network_mode
 * @uplink_mode: enum netemu_uplink_mode
 * @fenced: are there hooks that let nothing pass?
 * @changed: NETEMU_CHANGED_* on the host
 * @fence: those hooks
 * @rcu: frees it
 *
 * The devices are not held: a notifier clears what goes.
 */
struct nemu_network {
	struct list_head list;
	struct net_device *sw;
	struct net_device *gw;
	struct net_device *uplink;
	u8 mode;
	u8 uplink_mode;
	bool fenced;
	u32 changed;
	struct nf_hook_ops fence[NEMU_FENCE_HOOKS];
	struct rcu_head rcu;
};

/**
 * struct nemu_network_wish - what a network is to be
 * @name: of the switch
 * @mode: enum netemu_network_mode
 * @forwarding: may the host's IPv4 forwarding be turned on?
 * @uplink_mode: enum netemu_uplink_mode
 * @force: take the uplink away from the host?
 * @uplink: interface index, or 0
 * @sw: nest of options of the switch, or NULL
 * @gw: nest of options of the gateway, or NULL
 */
struct nemu_network_wish {
	const char *name;
	u8 mode;
	bool forwarding;
	u8 uplink_mode;
	bool force;
	int uplink;
	const struct nlattr *sw;
	const struct nlattr *gw;
};

/* network.c: with RTNL held */
struct list_head *nemu_network_list(struct net *net);
struct nemu_host_forwarding *nemu_network_forwarding(struct net *net);
struct nemu_network *nemu_network_find(struct net *net, const char *name);
struct nemu_network *nemu_network_find_index(struct net *net, int ifindex);
struct nemu_network *nemu_network_add(struct net *net,
				      const struct nemu_network_wish *wish,
				      struct netlink_ext_ack *extack);
void nemu_network_del(struct nemu_network *network);
int nemu_network_init(void);
void nemu_network_exit(void);

/* network_uplink.c: with RTNL held */
int nemu_network_add_uplink(struct nemu_network *network,
			    const struct nemu_network_wish *wish,
			    struct netlink_ext_ack *extack);

/* network_host.c: with RTNL held */
int nemu_network_check_forwarding(struct net *net,
				  const struct nemu_network_wish *wish,
				  struct netlink_ext_ack *extack);
int nemu_network_prepare_host(struct nemu_network *network,
			      struct netlink_ext_ack *extack);
int nemu_network_join_host(struct nemu_network *network, struct net *net,
			   const struct nemu_network_wish *wish,
			   struct netlink_ext_ack *extack);
void nemu_network_leave_host(struct nemu_network *network, struct net *net);

/* Is the host in it, by an address of the guests' subnet? */
static inline bool nemu_network_has_host(u8 mode)
{
	return mode == NETEMU_NETWORK_ROUTED || mode == NETEMU_NETWORK_HOST_ONLY;
}

/* network_netlink.c */
int nemu_network_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_network_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_network_new_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_network_del_doit(struct sk_buff *skb, struct genl_info *info);
void nemu_network_notify(struct nemu_network *network, u8 cmd);

#endif /* _NEMU_GATEWAY_NETWORK_H */

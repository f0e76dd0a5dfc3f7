/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Port forwards and services of gateways.
 *
 * A forward leads from a port of the host to a guest, a service from a port of
 * an address that guests see to somewhere outside. Both are rules that say where
 * a new connection goes; nat_forward.c and nat.c make it go there.
 *
 * Life of a rule: nemu_forward_add() checks it, reserves its ports of the host
 * and makes it known. nemu_forward_del() makes it unknown, waits until nobody
 * opens a connection by it, removes those there are, and lets go of its ports.
 */
#ifndef _NEMU_FORWARD_H
#define _NEMU_FORWARD_H

#include "gateway.h"

struct genl_info;
struct netlink_callback;
struct nemu_forward;
struct socket;

/**
 * struct nemu_forward_spec - what a rule says
 * @kind: enum netemu_forward_kind
 * @protocol: %IPPROTO_TCP or %IPPROTO_UDP
 * @automatic: the port of the host was, or is to be, picked by us
 * @addr: where connections are opened to: an address of the host or zero, any of
 *	them; of a service an address that guests see
 * @first: first port there
 * @last: last one
 * @to: where they go
 * @to_first: port there that belongs to @first
 */
struct nemu_forward_spec {
	u8 kind;
	u8 protocol;
	bool automatic;
	__be32 addr;
	u16 first;
	u16 last;
	__be32 to;
	u16 to_first;
};

/**
 * struct nemu_forward_port - a port of a rule
 * @chain: in the table of ports; RTNL, read under RCU
 * @rule: the rule
 * @sock: keeps the port of the host; NULL of a service
 * @port: number
 */
struct nemu_forward_port {
	struct hlist_node chain;
	struct nemu_forward *rule;
	struct socket *sock;
	u16 port;
};

/**
 * struct nemu_forward - a forward or service of a gateway
 * @node: in &nemu_gw.forwards; RTNL
 * @by_addr: of a service: in the table of their addresses; RTNL, read under RCU
 * @gw: the gateway
 * @spec: what it says; never changes
 * @connections: opened by it
 * @count: of @ports
 * @ports: one by one
 */
struct nemu_forward {
	struct list_head node;
	struct hlist_node by_addr;
	struct nemu_gw *gw;
	struct nemu_forward_spec spec;
	atomic64_t connections;
	unsigned int count;
	struct nemu_forward_port ports[];
};

/* forward_rules.c */
struct nemu_forward *nemu_forward_add(struct nemu_gw *gw,
				      struct nemu_forward_spec *spec,
				      struct netlink_ext_ack *extack);
struct nemu_forward *nemu_forward_get(struct nemu_gw *gw,
				      const struct nemu_forward_spec *spec);
void nemu_forward_del(struct nemu_forward *rule);
struct nemu_forward *nemu_forward_find(struct net *net, u8 protocol,
				       __be32 addr, __be16 port);
struct nemu_forward *nemu_service_find(const struct nemu_gw *gw, u8 protocol,
				       __be32 addr, __be16 port);

unsigned int nemu_forward_changes(void);

/* Where a connection to a port of the rule goes. */
static inline __be16 nemu_forward_port(const struct nemu_forward *rule,
				       __be16 port)
{
	return htons(rule->spec.to_first + ntohs(port) - rule->spec.first);
}

/* forward_check.c */
int nemu_forward_check(const struct nemu_gw *gw,
		       const struct nemu_forward_spec *spec,
		       struct netlink_ext_ack *extack);

/* forward_netlink.c */
int nemu_forward_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_forward_get_start(struct netlink_callback *cb);
int nemu_forward_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_forward_new_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_forward_del_doit(struct sk_buff *skb, struct genl_info *info);
void nemu_forward_notify(struct nemu_forward *rule, u8 cmd);

/* reserve.c: ports of the host */
struct socket *nemu_reserve(struct net *net, u8 protocol, __be32 addr, u16 port);
struct socket *nemu_reserve_any(struct net *net, u8 protocol, __be32 addr,
				u16 *port);
void nemu_unreserve(struct socket *sock);
bool nemu_port_is_bound(struct net *net, u8 protocol, u16 port);

/* nat_forward.c */
int nemu_nat_forward_start(struct net *net);
void nemu_nat_forward_stop(struct net *net);
void nemu_nat_forward_flush(const struct nemu_forward *rule);

#endif /* _NEMU_FORWARD_H */

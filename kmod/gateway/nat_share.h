/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each guest uses of what all of them have together. A guest is whatever
 * is behind a port of the switch: addresses can be forged, ports can't.
 */
#ifndef _NEMU_NAT_SHARE_H
#define _NEMU_NAT_SHARE_H

#include "meter.h"

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

struct net;
struct nemu_gw;
struct nf_conn;

/**
 * struct nemu_share - what one guest uses
 * @port: interface index of the port its frames come in by; 0 for those of the
 *	host itself
 * @addresses: it has in the guest table; &nemu_guests.lock
 * @template: each of its connections holds a reference
 * @opened: connections it opened lately
 * @fragments: bytes of packets that it has not completed
 * @neighbours: that the host was made to ask for lately
 * @node: in &nemu_shares.departed
 * @rcu: frees it
 */
struct nemu_share {
	u32 port;
	u32 addresses;
	struct nf_conn *template;
	struct nemu_meter opened;
	struct nemu_meter fragments;
	struct nemu_meter neighbours;
	struct list_head node;
	struct rcu_head rcu;
};

/**
 * struct nemu_shares - the shares of a gateway
 *
 * A share lives as long as its port, and then until the last connection is over.
 *
 * @by_port: those of ports that are there; read under RCU
 * @departed: the others; RTNL, read under RCU
 * @node: in the list of the namespace
 * @most: no fewer than the connections of all shares; so they need not be added
 *	up for each new one
 * @counted: jiffies when it was exact
 */
struct nemu_shares {
	struct xarray by_port;
	struct list_head departed;
	struct list_head node;
	atomic_t most;
	unsigned long counted;
};

int nemu_shares_init(void);
void nemu_shares_exit(void);
void nemu_shares_attach(struct nemu_gw *gw);
void nemu_shares_detach(struct nemu_gw *gw);
struct nemu_share *nemu_share_get(struct nemu_gw *gw, u32 port);
u32 nemu_share_connections(const struct nemu_share *share);
u32 nemu_shares_connections(const struct nemu_gw *gw);

/**
 * struct nemu_pools - what all guests of a namespace use of the host
 * @fragments: bytes of packets not complete
 * @neighbours: that the host was made to ask for lately
 */
struct nemu_pools {
	struct nemu_meter fragments;
	struct nemu_meter neighbours;
};

struct nemu_pools *nemu_pools(const struct net *net);

#endif /* _NEMU_NAT_SHARE_H */

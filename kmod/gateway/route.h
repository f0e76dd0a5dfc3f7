/* SPDX-License-Identifier: GPL-2.0 */
/* The host's routes as the gateway uses them. */
#ifndef _NEMU_ROUTE_H
#define _NEMU_ROUTE_H

#include <linux/types.h>
#include <net/route.h>

struct nemu_routes;
struct nf_conntrack_tuple;

/**
 * struct nemu_flow - all of a packet that the choice of its route may depend on
 * @from: source address
 * @to: destination address
 * @sport: source port; of TCP and UDP, else 0
 * @dport: destination port; likewise
 * @protocol: above IPv4
 * @tos: type of service
 */
struct nemu_flow {
	__be32 from;
	__be32 to;
	__be16 sport;
	__be16 dport;
	u8 protocol;
	u8 tos;
};

void nemu_flow_open(struct nemu_flow *flow,
		    const struct nf_conntrack_tuple *tuple, __be32 dest,
		    u8 tos);
void nemu_flow_known(struct nemu_flow *flow,
		     const struct nf_conntrack_tuple *answer, u8 tos);
struct rtable *nemu_route_ask(struct net *net, const struct nemu_flow *flow,
			      __be32 *from);

struct nemu_routes __percpu *nemu_routes_alloc(void);
void nemu_routes_free(struct nemu_routes __percpu *routes);
struct rtable *nemu_route_kept(struct nemu_routes __percpu *routes,
			       const struct nemu_flow *flow);
bool nemu_route_keep(struct nemu_routes __percpu *routes,
		     const struct nemu_flow *flow, struct rtable *rt);

#endif /* _NEMU_ROUTE_H */

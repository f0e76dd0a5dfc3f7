// SPDX-License-Identifier: GPL-2.0
/*
 * Where the host would send a packet, asked as one of its sockets would ask, and
 * kept for the packets that follow, as a socket keeps its route.
 *
 * A kept route is told from a stale one by the kernel's own mark in it: any
 * change of routes, rules, addresses, path MTUs, IPsec policies or of the state
 * of a device makes it stale, and the next packet asks anew. When its device goes
 * away, the kernel takes the device out of the route; so what is kept holds no
 * device, and to drop it is not urgent.
 */
#include "route.h"

#include <linux/hash.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/sock.h>

#define ROUTE_BITS	8	/* flows whose route one CPU keeps */

/**
 * struct nemu_routes - routes that one CPU keeps for a gateway
 * @slots: each for the flow that had it last
 *
 * Only its CPU touches it, with bottom halves off, until it is freed.
 */
struct nemu_routes {
	struct {
		struct nemu_flow flow;
		struct rtable *rt;
	} slots[1 << ROUTE_BITS];
};

/* Ports of other protocols are no ports. */
static bool has_ports(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

/**
 * nemu_flow_open() - the flow of a connection's first packet
 * @flow: result, without a source address: the host is to choose one
 * @tuple: the connection as it is asked for
 * @dest: where it goes
 * @tos: of the packet
 */
void nemu_flow_open(struct nemu_flow *flow,
		    const struct nf_conntrack_tuple *tuple, __be32 dest, u8 tos)
{
	*flow = (struct nemu_flow) {
		.to = dest,
		.protocol = tuple->dst.protonum,
		.tos = RT_TOS(tos),
	};
	if (has_ports(flow->protocol)) {
		flow->sport = tuple->src.u.all;
		flow->dport = tuple->dst.u.all;
	}
}

/**
 * nemu_flow_known() - the flow of a packet of a known connection
 * @flow: result
 * @answer: tuple of the connection's other direction
 * @tos: of the packet
 */
void nemu_flow_known(struct nemu_flow *flow,
		     const struct nf_conntrack_tuple *answer, u8 tos)
{
	*flow = (struct nemu_flow) {
		.from = answer->dst.u3.ip,
		.to = answer->src.u3.ip,
		.protocol = answer->dst.protonum,
		.tos = RT_TOS(tos),
	};
	if (has_ports(flow->protocol)) {
		flow->sport = answer->dst.u.all;
		flow->dport = answer->src.u.all;
	}
}

/**
 * nemu_route_ask() - ask the host for a route
 * @net: its namespace
 * @flow: of the packet; without a source address the host chooses one
 * @from: result, the source address
 *
 * Return: the route with a reference, or an error pointer.
 */
struct rtable *nemu_route_ask(struct net *net, const struct nemu_flow *flow,
			      __be32 *from)
{
	struct flowi4 fl4 = {
		.saddr = flow->from,
		.daddr = flow->to,
		.fl4_sport = flow->sport,
		.fl4_dport = flow->dport,
		.flowi4_proto = flow->protocol,
		.flowi4_tos = flow->tos,
		.flowi4_uid = sock_net_uid(net, NULL),
	};
	struct rtable *rt = ip_route_output_flow(net, &fl4, NULL);

	*from = fl4.saddr;
	return rt;
}

/**
 * nemu_routes_alloc() - make room for routes
 *
 * Context: process.
 * Return: NULL without memory.
 */
struct nemu_routes __percpu *nemu_routes_alloc(void)
{
	return alloc_percpu_gfp(struct nemu_routes,
				GFP_KERNEL_ACCOUNT | __GFP_ZERO);
}

/**
 * nemu_routes_free() - drop all routes and their room
 * @routes: that no packet uses any more
 */
void nemu_routes_free(struct nemu_routes __percpu *routes)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct nemu_routes *of = per_cpu_ptr(routes, cpu);

		for (i = 0; i < ARRAY_SIZE(of->slots); i++)
			ip_rt_put(of->slots[i].rt);
	}
	free_percpu(routes);
}

static bool is_same(const struct nemu_flow *a, const struct nemu_flow *b)
{
	return a->from == b->from && a->to == b->to && a->sport == b->sport &&
	       a->dport == b->dport && a->protocol == b->protocol &&
	       a->tos == b->tos;
}

static unsigned int slot_of(const struct nemu_flow *flow)
{
	u32 ports = (__force u32)flow->sport << 16 | (__force u32)flow->dport;

	return hash_32((__force u32)flow->to ^ ports, ROUTE_BITS);
}

/**
 * nemu_route_kept() - the route of a flow, if it was kept and still holds
 * @routes: of the gateway
 * @flow: of the packet
 *
 * Context: RCU read side, BH off.
 * Return: the route, without a reference: good for the RCU read side. Or NULL.
 */
struct rtable *nemu_route_kept(struct nemu_routes __percpu *routes,
			       const struct nemu_flow *flow)
{
	struct nemu_routes *mine = this_cpu_ptr(routes);
	unsigned int slot = slot_of(flow);
	struct rtable *rt = mine->slots[slot].rt;

	if (!rt || !is_same(&mine->slots[slot].flow, flow) ||
	    !dst_check(&rt->dst, 0))
		return NULL;
	return rt;
}

/**
 * nemu_route_keep() - keep a route for the packets to come
 * @routes: of the gateway
 * @flow: what it was asked for
 * @rt: the route; if true, the caller's reference is consumed, and the route
 *	good for the RCU read side
 *
 * Routes through IPsec or an encapsulation hold more than memory: these are
 * never kept.
 *
 * Context: RCU read side, BH off.
 * Return: false if it was not kept.
 */
bool nemu_route_keep(struct nemu_routes __percpu *routes,
		     const struct nemu_flow *flow, struct rtable *rt)
{
	struct nemu_routes *mine = this_cpu_ptr(routes);
	unsigned int slot = slot_of(flow);

	if (dst_xfrm(&rt->dst) || rt->dst.lwtstate)
		return false;
	ip_rt_put(mine->slots[slot].rt);
	mine->slots[slot].flow = *flow;
	mine->slots[slot].rt = rt;
	return true;
}

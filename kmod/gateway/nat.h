/* SPDX-License-Identifier: GPL-2.0 */
/* Between the rooms that know netfilter: nat*.c, translate.c and fastpath.c. */
#ifndef _NEMU_NAT_H
#define _NEMU_NAT_H

#include "gateway.h"

#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

struct nf_hook_state;

/**
 * struct nemu_nat_net - the gateways of a namespace
 * @gateways: by zone; RTNL, read under RCU
 * @count: of them; RTNL
 * @forwards: of all of them; RTNL, read under RCU
 */
struct nemu_nat_net {
	struct xarray gateways;
	unsigned int count;
	unsigned int forwards;
};

/* Somebody else opens the connection to a guest; its answer is in our zone. */
static inline bool nemu_nat_is_inbound(const struct nf_conn *ct)
{
	return nf_ct_zone(ct)->dir == NF_CT_ZONE_DIR_REPL;
}

/* nat_hooks.c */
struct nemu_nat_net *nemu_nat_net(const struct net *net);
struct nemu_gw *nemu_nat_gateway_of(struct net *net, const struct nf_conn *ct,
				    enum ip_conntrack_dir dir);
unsigned int nemu_nat_take(struct nemu_gw *gw, struct sk_buff *skb);

/* nat_forward.c */
unsigned int nemu_nat_turn(struct sk_buff *skb, const struct nf_hook_state *state);
bool nemu_nat_is_forwarded(struct net *net, const struct nf_conn *ct);

/* nat_port.c */
bool nemu_nat_avoid_bound(struct net *net, struct nf_conn *ct, u16 first,
			  u16 last);

/* nat_policy.c */
enum netemu_gw_drop
nemu_nat_destination(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     const struct nf_conntrack_tuple *tuple, __be32 *dest,
		     __be16 *port);

/* nat.c */
void nemu_nat_own(struct nemu_gw *gw, struct nf_conn *ct);
void nemu_nat_in(struct nemu_gw *gw, struct sk_buff *skb, struct nf_conn *ct,
		 enum ip_conntrack_info ctinfo);
bool nemu_nat_is_too_big(const struct sk_buff *skb, unsigned int mtu);

/* fastpath.c */
void nemu_fastpath_learn(struct net *net);
bool nemu_fastpath_out(struct nemu_gw *gw, const struct nemu_gw_config *config,
		       struct sk_buff *skb, const struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo);
bool nemu_fastpath_in(struct nemu_gw *gw, struct sk_buff *skb,
		      const struct nf_conn *ct, enum ip_conntrack_info ctinfo);

/* translate.c */
bool nemu_nat_translate(struct sk_buff *skb, const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo);

/* nat_limit.c */
enum netemu_gw_drop nemu_nat_may_open(struct nemu_gw *gw,
				      const struct nemu_gw_config *config,
				      struct nf_conn *ct, u32 port);
bool nemu_nat_may_wait(struct nemu_gw *gw, const struct sk_buff *skb, u32 port);
void nemu_nat_waited(struct nemu_gw *gw, const struct sk_buff *skb, u32 port);
bool nemu_nat_may_ask(struct nemu_gw *gw, const struct sk_buff *skb, __be32 to,
		      u32 port);

/* nat_dns.c */
bool nemu_nat_dns_moves(struct nemu_gw *gw, const struct nemu_gw_config *config,
			const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo);
void nemu_nat_dns_heard(struct nemu_gw *gw, const struct nemu_gw_config *config,
			const struct sk_buff *skb, const struct nf_conn *ct);

#endif /* _NEMU_NAT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Between the rooms that know netfilter: nat*.c and translate.c. */
#ifndef _NEMU_NAT_H
#define _NEMU_NAT_H

#include "gateway.h"

#include <net/netfilter/nf_conntrack.h>

/* nat.c */
void nemu_nat_in(struct nemu_gw *gw, struct sk_buff *skb, struct nf_conn *ct,
		 enum ip_conntrack_info ctinfo);

/* translate.c */
bool nemu_nat_translate(struct sk_buff *skb, const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo);

/* nat_dns.c */
bool nemu_nat_dns_moves(struct nemu_gw *gw, const struct nemu_gw_config *config,
			const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo);
void nemu_nat_dns_heard(struct nemu_gw *gw, const struct nemu_gw_config *config,
			const struct sk_buff *skb, const struct nf_conn *ct);

#endif /* _NEMU_NAT_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * How a namespace knows its gateways: by the conntrack zone of a connection.
 * The hooks are there as long as one gateway is.
 */
#include "nat.h"

#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_nat.h>
#include <net/netns/generic.h>
#include <net/xfrm.h>

#define ZONES	4096	/* gateways of one namespace */

static ushort zone_base = 20480;
module_param(zone_base, ushort, 0444);
MODULE_PARM_DESC(zone_base,
		 "First conntrack zone of the gateways of a namespace, 1 to 61439 (default 20480)");

static unsigned int nat_net_id;

/**
 * nemu_nat_net() - the gateways of a namespace
 * @net: namespace
 */
struct nemu_nat_net *nemu_nat_net(const struct net *net)
{
	return net_generic(net, nat_net_id);
}

/**
 * nemu_nat_gateway_of() - the gateway whose guest a packet goes to
 * @net: namespace
 * @ct: connection of the packet
 * @dir: the packet's direction in it
 *
 * The guest's side of a connection is the one that is in the gateway's zone. A
 * zone alone says nothing: the administrator may use zones too.
 *
 * Context: RCU read side.
 * Return: the gateway, or NULL.
 */
struct nemu_gw *nemu_nat_gateway_of(struct net *net, const struct nf_conn *ct,
				    enum ip_conntrack_dir dir)
{
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);
	const struct nemu_gw_config *config;
	enum ip_conntrack_dir guests;
	struct nemu_gw *gw;

	if (likely(zone->dir == NF_CT_DEFAULT_ZONE_DIR))
		return NULL;
	guests = zone->dir == NF_CT_ZONE_DIR_ORIG ? IP_CT_DIR_ORIGINAL :
						    IP_CT_DIR_REPLY;
	if (dir == guests)
		return NULL;
	gw = xa_load(&nemu_nat_net(net)->gateways, zone->id);
	if (!gw)
		return NULL;
	config = rcu_dereference(gw->config);
	return nemu_gw_is_guest(config, ct->tuplehash[guests].tuple.src.u3.ip) ? gw : NULL;
}

/**
 * nemu_nat_take() - take a packet away from the host, for a guest
 * @gw: the guest's gateway
 * @skb: packet that the host would deliver, with its connection
 *
 * Context: hook, LOCAL_IN.
 * Return: verdict of the hook.
 */
unsigned int nemu_nat_take(struct nemu_gw *gw, struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;
	unsigned int ret;

	if (!xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		return NF_DROP;
	ret = nf_conntrack_confirm(skb);
	if (ret != NF_ACCEPT)
		return ret;
	/* The same flow may have been confirmed by another packet meanwhile. */
	ct = nf_ct_get(skb, &ctinfo);
	nemu_nat_in(gw, skb, ct, ctinfo);
	return NF_STOLEN;
}

/*
 * Last in LOCAL_IN: the host's own rules have let the packet in. Taken any
 * earlier it would pass them by.
 */
static unsigned int local_in(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct nemu_gw *gw;

	if (!ct || likely(nf_ct_zone(ct)->dir == NF_CT_DEFAULT_ZONE_DIR))
		return NF_ACCEPT;
	gw = nemu_nat_gateway_of(state->net, ct, CTINFO2DIR(ctinfo));
	if (!gw)
		return nemu_nat_turn(skb, state);
	if (ctinfo == IP_CT_NEW && nemu_nat_is_inbound(ct) &&
	    !nemu_nat_is_forwarded(state->net, ct)) {
		/* Its forward was removed while it was under way. */
		nf_ct_kill(ct);
		return NF_DROP;
	}
	return nemu_nat_take(gw, skb);
}

/* As soon as conntrack knows the packet: the fast way begins. */
static unsigned int pre_routing(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct nemu_gw *gw;

	if (!ct || likely(nf_ct_zone(ct)->dir == NF_CT_DEFAULT_ZONE_DIR))
		return NF_ACCEPT;
	gw = nemu_nat_gateway_of(state->net, ct, CTINFO2DIR(ctinfo));
	if (!gw || !nemu_fastpath_in(gw, skb, ct, ctinfo))
		return NF_ACCEPT;
	nemu_nat_in(gw, skb, ct, ctinfo);
	return NF_STOLEN;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook		= pre_routing,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_CONNTRACK + 1,
	},
	{
		.hook		= local_in,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= INT_MAX - 1,
	},
};

static unsigned int no_rules(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

/*
 * A NAT table without rules. With it the host's own connections move away from
 * a tuple that a guest's connection holds already, instead of failing.
 */
static const struct nf_hook_ops nat_table = {
	.hook		= no_rules,
	.pf		= NFPROTO_IPV4,
	.hooknum	= NF_INET_POST_ROUTING,
	.priority	= NF_IP_PRI_NAT_SRC,
};

static int hooks_get(struct net *net)
{
	int err;

	err = nf_ct_netns_get(net, NFPROTO_IPV4);
	if (err)
		return err;
	err = nf_nat_ipv4_register_fn(net, &nat_table);
	if (err)
		goto err_conntrack;
	err = nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
	if (err)
		goto err_nat;
	nemu_fastpath_learn(net);
	return 0;

err_nat:
	nf_nat_ipv4_unregister_fn(net, &nat_table);
err_conntrack:
	nf_ct_netns_put(net, NFPROTO_IPV4);
	return err;
}

/* Gives back what the last gateway of the namespace needed. */
static void hooks_put(struct net *net, struct nemu_nat_net *nn)
{
	if (--nn->count)
		return;
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
	nf_nat_ipv4_unregister_fn(net, &nat_table);
	nf_ct_netns_put(net, NFPROTO_IPV4);
	/* no_rules() is code of this module. */
	synchronize_net();
}

/**
 * nemu_nat_attach() - make a gateway known to its namespace
 * @gw: gateway
 *
 * Context: process, RTNL held.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_nat_attach(struct nemu_gw *gw)
{
	struct net *net = dev_net(gw->dev);
	struct nemu_nat_net *nn = nemu_nat_net(net);
	struct nf_conntrack_zone zone;
	u32 id;
	int err;

	ASSERT_RTNL();
	if (!nn->count) {
		err = hooks_get(net);
		if (err)
			return err;
	}
	nn->count++;
	err = xa_alloc(&nn->gateways, &id, NULL,
		       XA_LIMIT(zone_base, zone_base + ZONES - 1),
		       GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_hooks;
	gw->zone = id;
	nf_ct_zone_init(&zone, id, NF_CT_DEFAULT_ZONE_DIR, 0);
	gw->template = nf_ct_tmpl_alloc(net, &zone, GFP_KERNEL_ACCOUNT);
	if (!gw->template) {
		err = -ENOMEM;
		goto err_zone;
	}
	/* Can't fail: the place is reserved. */
	xa_store(&nn->gateways, id, gw, GFP_KERNEL_ACCOUNT);
	nemu_shares_attach(gw);
	return 0;

err_zone:
	xa_erase(&nn->gateways, id);
	gw->zone = 0;
err_hooks:
	hooks_put(net, nn);
	return err;
}

static int is_of_zone(struct nf_conn *ct, void *zone)
{
	return nf_ct_zone(ct)->dir != NF_CT_DEFAULT_ZONE_DIR &&
	       nf_ct_zone(ct)->id == *(const u16 *)zone;
}

/**
 * nemu_nat_detach() - forget a gateway and its connections
 * @gw: gateway whose device takes no more packets
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_nat_detach(struct nemu_gw *gw)
{
	struct net *net = dev_net(gw->dev);
	struct nemu_nat_net *nn = nemu_nat_net(net);
	struct nf_ct_iter_data iter = { .net = net, .data = &gw->zone };

	ASSERT_RTNL();
	xa_erase(&nn->gateways, gw->zone);
	synchronize_net();
	nf_ct_iterate_cleanup_net(is_of_zone, &iter);
	nemu_shares_detach(gw);
	/* Connections of packets under way may hold it a little longer. */
	nf_ct_put(gw->template);
	hooks_put(net, nn);
}

/**
 * nemu_nat_connections() - how many connections a gateway has
 * @gw: gateway
 *
 * Packets about to be tracked count too.
 */
u32 nemu_nat_connections(const struct nemu_gw *gw)
{
	return refcount_read(&gw->template->ct_general.use) - 1 +
	       nemu_shares_connections(gw);
}

static int __net_init nat_net_init(struct net *net)
{
	struct nemu_nat_net *nn = nemu_nat_net(net);

	xa_init_flags(&nn->gateways, XA_FLAGS_ALLOC);
	return 0;
}

static void __net_exit nat_net_exit(struct net *net)
{
	struct nemu_nat_net *nn = nemu_nat_net(net);

	xa_destroy(&nn->gateways);
}

static struct pernet_operations nat_net_ops = {
	.init	= nat_net_init,
	.exit	= nat_net_exit,
	.id	= &nat_net_id,
	.size	= sizeof(struct nemu_nat_net),
};

int nemu_nat_init(void)
{
	int err;

	if (!zone_base || zone_base > U16_MAX + 1 - ZONES)
		return -EINVAL;
	err = nemu_shares_init();
	if (err)
		return err;
	err = register_pernet_subsys(&nat_net_ops);
	if (err)
		nemu_shares_exit();
	return err;
}

void nemu_nat_exit(void)
{
	unregister_pernet_subsys(&nat_net_ops);
	nemu_shares_exit();
}

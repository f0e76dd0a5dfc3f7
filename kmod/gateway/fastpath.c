// SPDX-License-Identifier: GPL-2.0
/*
 * The fast way of packets that belong to an established connection: past the
 * host's netfilter hooks, which have let the connection in when it began.
 * Conntrack has seen the packet before, so its state, time-outs and counts are
 * kept; neighbours, queueing and the hooks that a device itself has follow.
 *
 * With "auto" this is done only while the hooks that are left out hold nothing
 * but functions of conntrack and NAT, which have no say in such a packet. These
 * are looked at for each packet, so a rule that is added acts on the next one.
 * To remember the arrays of hooks instead would not do: a new array may lie
 * where an old one was freed.
 */
#include "nat.h"
#include "route.h"
#include "../compat.h"

#include <linux/ip.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/xfrm.h>

/*
 * Hook functions that do nothing to a packet whose connection is confirmed, has
 * no helper and is not translated by the host; AppArmor's looks at packets of
 * local sockets alone. The kernel exports none of them, so they are told by
 * name, once. Each is in the module said, or in the kernel itself.
 */
static const struct {
	const char *name;
	const char *module;
} harmless_names[] = {
	{ "ipv4_conntrack_defrag", "[nf_defrag_ipv4]" },
	{ "ipv4_conntrack_in", "[nf_conntrack]" },
	{ "ipv4_conntrack_local", "[nf_conntrack]" },
	{ "ipv4_confirm", "[nf_conntrack]" },		/* 6.1 */
	{ "nf_confirm", "[nf_conntrack]" },		/* newer */
	{ "nf_nat_ipv4_pre_routing", "[nf_nat]" },
	{ "nf_nat_ipv4_local_in", "[nf_nat]" },
	{ "nf_nat_ipv4_local_fn", "[nf_nat]" },
	{ "nf_nat_ipv4_out", "[nf_nat]" },
	{ "apparmor_ip_postroute", "" },
};

#define HARMLESS_MAX	8

/*
 * Those that each hook had when the first gateway came, in its order. The modules
 * they are in stay as long as this one. Written once, before any packet of a
 * guest.
 */
static struct {
	unsigned int count;
	unsigned long functions[HARMLESS_MAX];	/* addresses */
} harmless[NF_INET_NUMHOOKS];

static const struct nf_hook_entries *entries_of(struct net *net,
						unsigned int hook)
{
	return rcu_dereference(net->nf.hooks_ipv4[hook]);
}

static unsigned long function_at(const struct nf_hook_entries *entries, int i)
{
	return (unsigned long)READ_ONCE(entries->hooks[i].hook);
}

static bool is_harmless(unsigned long function)
{
	char name[KSYM_SYMBOL_LEN], *module;
	int i;

	if (within_module(function, THIS_MODULE))
		return true;
	snprintf(name, sizeof(name), "%ps", (void *)function);
	module = name;
	strsep(&module, " ");
	for (i = 0; i < ARRAY_SIZE(harmless_names); i++)
		if (!strcmp(name, harmless_names[i].name))
			return !module || !strcmp(module, harmless_names[i].module);
	return false;
}

static void learn_hook(struct net *net, unsigned int hook)
{
	const struct nf_hook_entries *entries;
	unsigned long function;
	unsigned int n = 0;
	int i;

	rcu_read_lock();
	entries = entries_of(net, hook);
	for (i = 0; entries && i < entries->num_hook_entries; i++) {
		function = function_at(entries, i);
		if (n < HARMLESS_MAX && is_harmless(function))
			harmless[hook].functions[n++] = function;
	}
	harmless[hook].count = n;
	rcu_read_unlock();
}

/**
 * nemu_fastpath_learn() - get to know the hooks that every host has
 * @net: a namespace that has the hooks of a gateway, but no gateway yet
 *
 * Context: process, RTNL held.
 */
void nemu_fastpath_learn(struct net *net)
{
	unsigned int hook;

	ASSERT_RTNL();
	/* One of ours is there at least. */
	if (harmless[NF_INET_LOCAL_IN].count)
		return;
	for (hook = 0; hook < NF_INET_NUMHOOKS; hook++)
		learn_hook(net, hook);
}

/* Would the packet meet none but harmless functions? Both lists are in order. */
static bool is_free(struct net *net, unsigned int hook)
{
	const struct nf_hook_entries *entries = entries_of(net, hook);
	unsigned int i, at, next = 0;

	if (!entries)
		return true;
	for (i = 0; i < entries->num_hook_entries; i++) {
		unsigned long function = function_at(entries, i);

		for (at = next; at < harmless[hook].count; at++)
			if (harmless[hook].functions[at] == function)
				break;
		if (likely(at < harmless[hook].count))
			next = at + 1;
		else if (!within_module(function, THIS_MODULE))
			return false;
	}
	return true;
}

static bool may_pass(struct net *net, const struct nemu_gw_config *config,
		     unsigned int first, unsigned int second)
{
	return config->fastpath == NETEMU_FASTPATH_ON ||
	       (is_free(net, first) && is_free(net, second));
}

/* NAT's hook asks for the IPsec policies of a packet again. */
static bool has_ipsec(const struct net *net, int dir)
{
#ifdef CONFIG_XFRM
	return READ_ONCE(net->xfrm.policy_count[dir]) ||
	       READ_ONCE(net->xfrm.policy_default[dir]) != XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

/* What begins or ends a connection goes the slow way, and all that is rare. */
static bool is_plain(const struct sk_buff *skb, const struct nf_conn *ct,
		     enum ip_conntrack_info ctinfo)
{
	const struct tcphdr *tcp;
	struct tcphdr buf;

	if ((ctinfo != IP_CT_ESTABLISHED && ctinfo != IP_CT_ESTABLISHED_REPLY) ||
	    test_bit(IPS_SEQ_ADJUST_BIT, &ct->status) || nfct_help(ct) ||
	    ip_hdr(skb)->ihl != 5 || IPCB(skb)->frag_max_size || skb->mark)
		return false;
	if (ip_hdr(skb)->protocol == IPPROTO_UDP)
		return true;
	if (ip_hdr(skb)->protocol != IPPROTO_TCP)
		return false;
	tcp = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	return tcp && !tcp->syn && !tcp->fin && !tcp->rst;
}

/* NAT's hook asks for another way of what goes elsewhere than the guest said. */
static bool is_led_elsewhere(const struct nf_conn *ct,
			     enum ip_conntrack_info ctinfo)
{
	enum ip_conntrack_dir dir = CTINFO2DIR(ctinfo);

	return ct->tuplehash[dir].tuple.dst.u3.ip !=
	       ct->tuplehash[!dir].tuple.src.u3.ip;
}

/* Does the host itself send and receive here, not a VRF or loopback for it? */
static bool is_plain_device(const struct net_device *dev)
{
	return !(dev->flags & IFF_LOOPBACK) && !netif_is_l3_slave(dev) &&
	       !netif_is_l3_master(dev);
}

/**
 * nemu_fastpath_out() - may a guest's packet pass by the host's hooks?
 * @gw: the guest's gateway
 * @config: its options
 * @skb: the packet, translated, with its route
 * @ct: its connection
 * @ctinfo: the packet's part in it
 *
 * Context: RCU read side, BH off.
 * Return: true if ip_output() is to have it, which leaves out its hook then.
 */
bool nemu_fastpath_out(struct nemu_gw *gw, const struct nemu_gw_config *config,
		       struct sk_buff *skb, const struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo)
{
	const struct dst_entry *dst = skb_dst(skb);
	struct net *net = dev_net(gw->dev);

	if (config->fastpath == NETEMU_FASTPATH_OFF)
		return false;
	if (!is_plain(skb, ct, ctinfo) || dst->output != ip_output ||
	    !is_plain_device(dst->dev) || dst_xfrm(dst) ||
	    is_led_elsewhere(ct, ctinfo) ||
	    has_ipsec(net, XFRM_POLICY_OUT) ||
	    !may_pass(net, config, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING) ||
	    nf_conntrack_confirm(skb) != NF_ACCEPT)
		return false;
	IPCB(skb)->flags |= IPSKB_REROUTED;
	this_cpu_inc(gw->stats->fast_out);
	return true;
}

/*
 * Does the packet come from where the host would answer it to? Then the host
 * has the address that it is for, and no reverse path filter would mind.
 */
static bool comes_its_way(struct nemu_gw *gw, const struct sk_buff *skb,
			  const struct nf_conn *ct,
			  enum ip_conntrack_info ctinfo)
{
	struct nemu_flow flow;
	struct rtable *rt;
	__be32 from;

	nemu_flow_known(&flow, &ct->tuplehash[CTINFO2DIR(ctinfo)].tuple,
			ip_hdr(skb)->tos);
	rt = nemu_route_kept(gw->routes, &flow);
	if (unlikely(!rt)) {
		rt = nemu_route_ask(dev_net(gw->dev), &flow, &from);
		if (IS_ERR(rt))
			return false;
		if (!nemu_route_keep(gw->routes, &flow, rt)) {
			ip_rt_put(rt);
			return false;
		}
	}
	return rt->dst.dev == skb->dev && rt->rt_type == RTN_UNICAST;
}

/* Is a bridge asking for the host's rules, before it sends the packet on? */
static bool is_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return skb_ext_exist(skb, SKB_EXT_BRIDGE_NF);
#else
	return false;
#endif
}

/**
 * nemu_fastpath_in() - may a packet for a guest pass by the host?
 * @gw: the guest's gateway
 * @skb: packet that conntrack has just seen
 * @ct: its connection
 * @ctinfo: the packet's part in it
 *
 * Context: RCU read side, BH off.
 * Return: true if nemu_nat_in() is to have it.
 */
bool nemu_fastpath_in(struct nemu_gw *gw, struct sk_buff *skb,
		      const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	const struct nemu_gw_config *config = rcu_dereference(gw->config);
	unsigned int mtu = READ_ONCE(gw->dev->mtu);
	struct net *net = dev_net(gw->dev);

	if (config->fastpath == NETEMU_FASTPATH_OFF)
		return false;
	if (!is_plain(skb, ct, ctinfo) || skb->pkt_type != PACKET_HOST ||
	    skb_dst(skb) || is_bridged(skb) || !is_plain_device(skb->dev) ||
	    nemu_nat_is_too_big(skb, mtu) ||
	    (!skb_is_gso(skb) && skb->len > mtu) ||
	    has_ipsec(net, XFRM_POLICY_IN) || secpath_exists(skb) ||
	    !may_pass(net, config, NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN) ||
	    !comes_its_way(gw, skb, ct, ctinfo) ||
	    nf_conntrack_confirm(skb) != NF_ACCEPT)
		return false;
	this_cpu_inc(gw->stats->fast_in);
	return true;
}

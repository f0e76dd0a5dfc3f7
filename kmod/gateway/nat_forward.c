// SPDX-License-Identifier: GPL-2.0
/*
 * Port forwards on nf_conntrack: a connection that somebody opens to a port of
 * the host is turned to a guest before the host's own NAT sees it. It is known
 * by the tuple of its client in the zone of the host, and by the guest's answer
 * in the zone of the gateway. As with the guests' own connections the packets
 * keep the host's addresses on their way through it, so its routes and its INPUT
 * rules apply; the end of LOCAL_IN is where they leave it for the guest.
 *
 * The hooks are there as long as the namespace has a forward.
 */
#include "nat.h"
#include "forward.h"

#include <linux/icmp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_nat.h>
#include <net/route.h>

/*
 * What the guest sees as its peer: the client, unless the guest could not answer
 * it. The answer to a neighbour's address would never come to the gateway, nor
 * any where another one leads out, and 127.0.0.1 is the guest itself.
 */
static __be32 client_seen(struct net *net, const struct nemu_gw_config *config,
			  __be32 client)
{
	if (config->role != NETEMU_GW_ROLE_NAT ||
	    nemu_gw_in_subnet(config, client) ||
	    inet_addr_type(net, client) == RTN_LOCAL)
		return nemu_gw_self(config);
	return client;
}

static bool set_up(struct nf_conn *ct, struct nemu_gw *gw,
		   const struct nemu_forward *rule)
{
	const struct nemu_gw_config *config = rcu_dereference(gw->config);
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
		.min_addr.ip = rule->spec.to,
		.max_addr.ip = rule->spec.to,
		.min_proto.all = nemu_forward_port(rule, tuple->dst.u.all),
	};
	struct nf_conntrack_zone zone;

	nf_ct_zone_init(&zone, gw->zone, NF_CT_ZONE_DIR_REPL, 0);
	nf_ct_zone_add(ct, &zone);
	range.max_proto = range.min_proto;
	if (nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST) != NF_ACCEPT)
		return false;
	range = (struct nf_nat_range2) {
		.flags = NF_NAT_RANGE_MAP_IPS,
		.min_addr.ip = client_seen(dev_net(gw->dev), config,
					   tuple->src.u3.ip),
	};
	range.max_addr = range.min_addr;
	if (nf_nat_setup_info(ct, &range, NF_NAT_MANIP_SRC) != NF_ACCEPT)
		return false;
	nemu_nat_own(gw, ct);
	return true;
}

/*
 * Somebody opens a connection, which is still unconfirmed. Returns the gateway
 * that it is forwarded by, NULL if by none, or an ERR_PTR if it may not be.
 */
static struct nemu_gw *forward(struct net *net, struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nemu_gw_config *config;
	struct nemu_forward *rule;
	struct nemu_gw *gw;

	rule = nemu_forward_find(net, tuple->dst.protonum, tuple->dst.u3.ip,
				 tuple->dst.u.all);
	if (!rule)
		return NULL;
	gw = rule->gw;
	config = rcu_dereference(gw->config);
	if (nemu_nat_connections(gw) >= config->connections_limit) {
		nemu_gw_count(gw, NETEMU_GW_DROP_CONNECTIONS_FULL);
		return ERR_PTR(-ENOSPC);
	}
	if (!set_up(ct, gw, rule)) {
		nemu_gw_count(gw, NETEMU_GW_DROP_CONNTRACK);
		return ERR_PTR(-ENOMEM);
	}
	atomic64_inc(&rule->connections);
	return gw;
}

/* New, of the host's own zone, and of nobody else's translation. */
static bool is_open(const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return ctinfo == IP_CT_NEW && !nf_ct_is_confirmed(ct) &&
	       nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID &&
	       !(ct->status & IPS_NAT_DONE_MASK);
}

static unsigned int first_packet(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || !is_open(ct, ctinfo))
		return NF_ACCEPT;
	return IS_ERR(forward(state->net, ct)) ? NF_DROP : NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook		= first_packet,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_NAT_DST - 1,
	}, {
		.hook		= first_packet,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_NAT_DST - 1,
	},
};

/**
 * nemu_nat_is_forwarded() - is there still the forward of a connection?
 * @net: namespace
 * @ct: inbound connection
 *
 * Context: RCU read side.
 */
bool nemu_nat_is_forwarded(struct net *net, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nemu_forward *rule;

	rule = nemu_forward_find(net, tuple->dst.protonum, tuple->dst.u3.ip,
				 tuple->dst.u.all);
	return rule && rule->gw->zone == nf_ct_zone(ct)->id;
}

static bool is_icmp_error(const struct sk_buff *skb)
{
	const struct icmphdr *icmp;
	struct icmphdr buf;

	if (ip_hdr(skb)->protocol != IPPROTO_ICMP)
		return false;
	icmp = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	return icmp && icmp_is_err(icmp->type);
}

/*
 * Does a packet that a guest sent to the host belong to a forwarded connection,
 * or begin one?
 */
static bool has_turn(const struct sk_buff *skb, struct net *net)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;
	bool ret;

	if (is_icmp_error(skb))
		return true;
	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), NFPROTO_IPV4, net,
			       &tuple))
		return false;
	hash = nf_conntrack_find_get(net, &nf_ct_zone_dflt, &tuple);
	if (!hash)
		return nemu_forward_find(net, tuple.dst.protonum,
					 tuple.dst.u3.ip, tuple.dst.u.all);
	ct = nf_ct_tuplehash_to_ctrack(hash);
	ret = nemu_nat_gateway_of(net, ct, NF_CT_DIRECTION(hash));
	nf_ct_put(ct);
	return ret;
}

/**
 * nemu_nat_turn() - the turn of a packet from guest to guest through the host
 * @skb: packet of a guest's connection, about to be delivered to the host
 * @state: of the hook, LOCAL_IN
 *
 * It has been as far as the host on one connection; if a forward leads on from
 * there, it begins anew on the other.
 *
 * Return: verdict of the hook.
 */
unsigned int nemu_nat_turn(struct sk_buff *skb, const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nemu_gw *gw = NULL;
	struct nf_conn *ct;
	unsigned int ret;

	if (likely(!READ_ONCE(nemu_nat_net(state->net)->forwards)))
		return NF_ACCEPT;
	ct = nf_ct_get(skb, &ctinfo);
	if (!nemu_nat_gateway_of(state->net, ct, !CTINFO2DIR(ctinfo)) ||
	    !has_turn(skb, state->net))
		return NF_ACCEPT;
	ret = nf_conntrack_confirm(skb);
	if (ret != NF_ACCEPT)
		return ret;
	nf_reset_ct(skb);
	ret = nf_conntrack_in(skb, state);
	if (ret != NF_ACCEPT)
		return ret;
	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return NF_ACCEPT;
	if (is_open(ct, ctinfo))
		gw = forward(state->net, ct);
	if (IS_ERR(gw))
		return NF_DROP;
	if (!gw)
		gw = nemu_nat_gateway_of(state->net, ct, CTINFO2DIR(ctinfo));
	return gw ? nemu_nat_take(gw, skb) : NF_ACCEPT;
}

/**
 * nemu_nat_forward_start() - a namespace gets one more forward
 * @net: namespace
 *
 * Context: process, RTNL held.
 * Return: 0 or -errno.
 */
int nemu_nat_forward_start(struct net *net)
{
	struct nemu_nat_net *nn = nemu_nat_net(net);
	int err;

	if (!nn->forwards) {
		err = nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
		if (err)
			return err;
	}
	WRITE_ONCE(nn->forwards, nn->forwards + 1);
	return 0;
}

/**
 * nemu_nat_forward_stop() - a namespace loses a forward
 * @net: namespace
 *
 * The caller waits for a grace period before the module can go.
 *
 * Context: process, RTNL held.
 */
void nemu_nat_forward_stop(struct net *net)
{
	struct nemu_nat_net *nn = nemu_nat_net(net);

	WRITE_ONCE(nn->forwards, nn->forwards - 1);
	if (!nn->forwards)
		nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

/* Ports of rules don't overlap: this is enough to know the rule by. */
static int is_of_rule(struct nf_conn *ct, void *data)
{
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);
	const struct nemu_forward *rule = data;
	const struct nemu_forward_spec *spec = &rule->spec;
	u16 port = ntohs(tuple->dst.u.all);
	u8 dir = spec->kind == NETEMU_FORWARD_TO_GUEST ?
		 NF_CT_ZONE_DIR_REPL : NF_CT_ZONE_DIR_ORIG;

	return zone->dir == dir && zone->id == rule->gw->zone &&
	       tuple->dst.protonum == spec->protocol && port >= spec->first &&
	       port <= spec->last &&
	       (!spec->addr || spec->addr == tuple->dst.u3.ip);
}

/**
 * nemu_nat_forward_flush() - remove the connections of a rule
 * @rule: rule that nobody opens connections by any more
 *
 * Context: process, may sleep.
 */
void nemu_nat_forward_flush(const struct nemu_forward *rule)
{
	struct nf_ct_iter_data iter = {
		.net = dev_net(rule->gw->dev),
		.data = (void *)rule,
	};

	nf_ct_iterate_cleanup_net(is_of_rule, &iter);
}

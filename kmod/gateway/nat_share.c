// SPDX-License-Identifier: GPL-2.0
/*
 * Shares come with the first connection or fragment of a port and go when the
 * port is gone and its last connection over: so there are no more than ports and
 * connections. The connections hold a reference on a template of the share, so
 * they count themselves.
 */
#include "nat_share.h"
#include "nat.h"

#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netns/generic.h>

/**
 * struct share_net - of a namespace
 * @pools: what all guests use together
 * @gateways: &nemu_shares.node; RTNL
 */
struct share_net {
	struct nemu_pools pools;
	struct list_head gateways;
};

static unsigned int share_net_id;

/**
 * nemu_pools() - what the guests of a namespace use of the host
 * @net: namespace
 */
struct nemu_pools *nemu_pools(const struct net *net)
{
	struct share_net *sn = net_generic(net, share_net_id);

	return &sn->pools;
}

static void share_free(struct rcu_head *rcu)
{
	struct nemu_share *share = container_of(rcu, struct nemu_share, rcu);

	/* Connections may hold the template a little longer. */
	nf_ct_put(share->template);
	kfree(share);
}

static struct nemu_share *share_new(struct nemu_gw *gw, u32 port)
{
	struct nemu_share *share;

	share = kzalloc(sizeof(*share), GFP_ATOMIC | __GFP_NOWARN);
	if (!share)
		return NULL;
	share->template = nf_ct_tmpl_alloc(dev_net(gw->dev),
					   &nf_ct_zone_dflt,
					   GFP_ATOMIC | __GFP_NOWARN);
	if (!share->template) {
		kfree(share);
		return NULL;
	}
	share->port = port;
	nemu_meter_init(&share->opened);
	nemu_meter_init(&share->fragments);
	nemu_meter_init(&share->neighbours);
	return share;
}

/**
 * nemu_share_get() - the share of a guest
 * @gw: gateway
 * @port: interface index of the port its frames come in by
 *
 * Context: RCU read side, BH off.
 * Return: the share; NULL without memory for a new one.
 */
struct nemu_share *nemu_share_get(struct nemu_gw *gw, u32 port)
{
	struct nemu_share *share = xa_load(&gw->shares.by_port, port), *other;

	if (likely(share))
		return share;
	share = share_new(gw, port);
	if (!share)
		return NULL;
	other = xa_cmpxchg_bh(&gw->shares.by_port, port, NULL, share,
			      GFP_ATOMIC | __GFP_NOWARN);
	if (likely(!other))
		return share;
	/* Another CPU was faster, or there is no memory. */
	nf_ct_put(share->template);
	kfree(share);
	return xa_is_err(other) ? NULL : other;
}

/**
 * nemu_share_connections() - how many connections has a guest opened?
 * @share: of the guest
 */
u32 nemu_share_connections(const struct nemu_share *share)
{
	return refcount_read(&share->template->ct_general.use) - 1;
}

/**
 * nemu_shares_connections() - how many connections have the guests opened?
 * @gw: gateway
 *
 * Context: RTNL held, or RCU read side.
 */
u32 nemu_shares_connections(const struct nemu_gw *gw)
{
	struct xarray *by_port = (struct xarray *)&gw->shares.by_port;
	const struct nemu_share *share;
	unsigned long port;
	u32 n = 0;

	rcu_read_lock();
	xa_for_each(by_port, port, share)
		n += nemu_share_connections(share);
	list_for_each_entry_rcu(share, &gw->shares.departed, node)
		n += nemu_share_connections(share);
	rcu_read_unlock();
	return n;
}

static void reap(struct nemu_shares *shares)
{
	struct nemu_share *share, *next;

	list_for_each_entry_safe(share, next, &shares->departed, node) {
		if (nemu_share_connections(share))
			continue;
		list_del_rcu(&share->node);
		call_rcu(&share->rcu, share_free);
	}
}

static void depart(struct nemu_shares *shares, u32 port)
{
	struct nemu_share *share = xa_erase_bh(&shares->by_port, port);

	if (share)
		list_add_tail_rcu(&share->node, &shares->departed);
	reap(shares);
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nemu_shares *shares;
	struct share_net *sn;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	sn = net_generic(dev_net(dev), share_net_id);
	list_for_each_entry(shares, &sn->gateways, node)
		depart(shares, dev->ifindex);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * nemu_shares_attach() - a gateway comes, without shares
 * @gw: gateway
 *
 * Context: process, RTNL held.
 */
void nemu_shares_attach(struct nemu_gw *gw)
{
	struct share_net *sn = net_generic(dev_net(gw->dev), share_net_id);

	ASSERT_RTNL();
	xa_init_flags(&gw->shares.by_port, XA_FLAGS_LOCK_BH);
	INIT_LIST_HEAD(&gw->shares.departed);
	atomic_set(&gw->shares.most, 0);
	gw->shares.counted = jiffies - 1;
	list_add_tail(&gw->shares.node, &sn->gateways);
}

/**
 * nemu_shares_detach() - a gateway goes
 * @gw: gateway without packets under way
 *
 * Context: process, RTNL held.
 */
void nemu_shares_detach(struct nemu_gw *gw)
{
	struct nemu_share *share, *next;
	unsigned long port;

	ASSERT_RTNL();
	list_del(&gw->shares.node);
	xa_for_each(&gw->shares.by_port, port, share)
		call_rcu(&share->rcu, share_free);
	xa_destroy(&gw->shares.by_port);
	list_for_each_entry_safe(share, next, &gw->shares.departed, node) {
		list_del_rcu(&share->node);
		call_rcu(&share->rcu, share_free);
	}
}

static int __net_init share_net_init(struct net *net)
{
	struct share_net *sn = net_generic(net, share_net_id);

	INIT_LIST_HEAD(&sn->gateways);
	nemu_meter_init(&sn->pools.fragments);
	nemu_meter_init(&sn->pools.neighbours);
	return 0;
}

static struct pernet_operations share_net_ops = {
	.init	= share_net_init,
	.id	= &share_net_id,
	.size	= sizeof(struct share_net),
};

int nemu_shares_init(void)
{
	int err;

	err = register_pernet_subsys(&share_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		unregister_pernet_subsys(&share_net_ops);
	return err;
}

void nemu_shares_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_subsys(&share_net_ops);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The link as a net device of kind "netemu_link": its life and its options. What
 * is sent out of the device leaves by a socket, what comes in by that is received
 * by it; so it is a port of a switch, a Linux bridge or Open vSwitch.
 */
#include "link.h"
#include "../compat.h"

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/rtnetlink.h>

/* Checksums and segments are completed above: a datagram is one frame. */
#define NEMU_LINK_FEATURES	(NETIF_F_SG | NETIF_F_HIGHDMA)

static const struct nemu_link_ops *const transports[] = {
	[NETEMU_LINK_MCAST]	= &nemu_mcast_ops,
	[NETEMU_LINK_UDP]	= &nemu_udp_ops,
	[NETEMU_LINK_TCP]	= &nemu_tcp_ops,
	[NETEMU_LINK_FD]	= &nemu_given_ops,
	[NETEMU_LINK_VDE]	= &nemu_vde_ops,
};

/**
 * nemu_link_sum() - add up what the CPUs counted
 * @link: link
 * @sum: result
 */
void nemu_link_sum(const struct nemu_link *link, struct nemu_link_sum *sum)
{
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct nemu_link_stats *s =
			per_cpu_ptr(link->stats, cpu);

		for (i = 0; i < __NETEMU_LINK_DROP_MAX; i++)
			sum->drops[i] += READ_ONCE(s->drops[i]);
		sum->echoes += READ_ONCE(s->echoes);
		sum->fragmented += READ_ONCE(s->fragmented);
	}
}

/**
 * nemu_link_forget_route() - look for the way to the other end again
 * @link: link
 */
void nemu_link_forget_route(struct nemu_link *link)
{
	dst_cache_reset(&link->routes);
}

static int link_init(struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);
	int err;

	netdev_lockdep_set_classes(dev);
	err = nemu_tstats_alloc(dev);
	if (err)
		return err;
	err = -ENOMEM;
	link->stats = __alloc_percpu_gfp(sizeof(*link->stats),
					 __alignof__(*link->stats),
					 GFP_KERNEL_ACCOUNT);
	if (!link->stats)
		goto err_tstats;
	err = dst_cache_init(&link->routes, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_stats;
	err = gro_cells_init(&link->gro, dev);
	if (err)
		goto err_routes;
	err = link->ops->open(link, link->extack);
	if (err)
		goto err_gro;
	list_add_tail(&link->list, nemu_link_netns_list(link->net));
	return 0;

err_gro:
	gro_cells_destroy(&link->gro);
err_routes:
	dst_cache_destroy(&link->routes);
err_stats:
	free_percpu(link->stats);
	link->stats = NULL;
err_tstats:
	nemu_tstats_free(dev);
	return err;
}

static void link_uninit(struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);

	list_del(&link->list);
	link->ops->close(link);
	gro_cells_destroy(&link->gro);
	dst_cache_destroy(&link->routes);
}

/* What frames that came in meanwhile have counted goes last. */
static void link_free(struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);

	free_percpu(link->stats);
	nemu_tstats_free(dev);
}

static int link_poll(struct napi_struct *napi, int budget)
{
	struct nemu_link *link = container_of(napi, struct nemu_link, napi);
	int done;

	rcu_read_lock();
	done = link->ops->poll(link, budget);
	rcu_read_unlock();
	/* What came meanwhile has scheduled another poll. */
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}

static int link_open(struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);
	struct inet6_dev *idev = __in6_dev_get(dev);

	/* The host does not speak on this device by itself. */
	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	if (link->ops->up)
		link->ops->up(link);
	netif_start_queue(dev);
	return 0;
}

static int link_stop(struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);

	netif_stop_queue(dev);
	if (link->ops->down)
		link->ops->down(link);
	return 0;
}

static netdev_tx_t link_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);

	rcu_read_lock();
	link->ops->xmit(link, skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static const struct net_device_ops link_ops = {
	.ndo_init		= link_init,
	.ndo_uninit		= link_uninit,
	.ndo_open		= link_open,
	.ndo_stop		= link_stop,
	.ndo_start_xmit		= link_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_set_mac_address	= eth_mac_addr,
};

/**
 * nemu_is_link() - is the device of kind "netemu_link"?
 * @dev: any device
 */
bool nemu_is_link(const struct net_device *dev)
{
	return dev->netdev_ops == &link_ops;
}

static const struct device_type link_type = {
	.name = NETEMU_KIND_LINK,
};

static void link_setup(struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);

	ether_setup(dev);
	dev->netdev_ops = &link_ops;
	dev->ethtool_ops = &nemu_link_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = link_free;
	SET_NETDEV_DEVTYPE(dev, &link_type);
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->mtu = NETEMU_LINK_MTU_DEFAULT;
	dev->max_mtu = NETEMU_LINK_MTU_MAX;
	dev->features = NEMU_LINK_FEATURES;
	dev->hw_features = NEMU_LINK_FEATURES;
	dev->needed_headroom = LL_MAX_HEADER + sizeof(struct ipv6hdr) +
			       sizeof(struct udphdr);
	nemu_netdev_set_lltx(dev);
	link->dev = dev;
	INIT_LIST_HEAD(&link->list);
	netif_napi_add(dev, &link->napi, link_poll);
	nemu_queue_init(link);
}

static int link_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	if (!tb[IFLA_ADDRESS])
		return 0;
	if (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN ||
	    !is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS]))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "netemu: not a unicast MAC address");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

static int link_newlink(struct net *src_net, struct net_device *dev,
			struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	struct nemu_link *link = netdev_priv(dev);
	int err;

	if (!data) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a link needs options: use netemu-ctl link add");
		return -EINVAL;
	}
	err = nemu_link_config_parse(&link->config, data, extack);
	if (err)
		return err;
	link->net = src_net;
	link->ops = transports[link->config.transport];
	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	link->extack = extack;
	err = register_netdevice(dev);
	link->extack = NULL;
	return err;
}

static int link_changelink(struct net_device *dev, struct nlattr *tb[],
			   struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	struct nemu_link *link = netdev_priv(dev);

	if (!rtnl_dev_link_net_capable(dev, link->net))
		return -EPERM;
	if (!data)
		return 0;
	return nemu_link_config_change(link, data, extack);
}

static void link_dellink(struct net_device *dev, struct list_head *head)
{
	struct nemu_link *link = netdev_priv(dev);

	if (link->stream)
		nemu_peers_del(link->stream, head);
	unregister_netdevice_queue(dev, head);
}

static size_t link_get_size(const struct net_device *dev)
{
	return nemu_link_fill_size();
}

static int link_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	return nemu_link_fill(skb, netdev_priv(dev));
}

static struct net *link_get_net(const struct net_device *dev)
{
	const struct nemu_link *link = netdev_priv(dev);

	return link->net;
}

struct rtnl_link_ops nemu_link_link_ops = {
	.kind		= NETEMU_KIND_LINK,
	.priv_size	= sizeof(struct nemu_link),
	.setup		= link_setup,
	.maxtype	= NEMU_LINK_POLICY_MAX,
	.policy		= nemu_link_policy,
	.validate	= link_validate,
	.newlink	= link_newlink,
	.changelink	= link_changelink,
	.dellink	= link_dellink,
	.get_size	= link_get_size,
	.fill_info	= link_fill_info,
	.get_link_net	= link_get_net,
};

int nemu_link_init(void)
{
	int err;

	err = nemu_link_netns_register();
	if (err)
		return err;
	err = nemu_stream_init();
	if (err)
		goto err_netns;
	err = nemu_link_notifier_register();
	if (err)
		goto err_stream;
	err = rtnl_link_register(&nemu_link_link_ops);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	nemu_link_notifier_unregister();
err_stream:
	nemu_stream_exit();
err_netns:
	nemu_link_netns_unregister();
	return err;
}

void nemu_link_exit(void)
{
	/* Deletes every link. */
	rtnl_link_unregister(&nemu_link_link_ops);
	nemu_link_notifier_unregister();
	nemu_link_netns_unregister();
	nemu_stream_exit();
	rcu_barrier();
}

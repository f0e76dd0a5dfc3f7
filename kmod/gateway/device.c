// SPDX-License-Identifier: GPL-2.0
/*
 * The gateway as a net device of kind "netemu_gw": its life and its options.
 * What is sent out of the device comes from guests, what guests get is received
 * by it; so it is a port of a switch, a Linux bridge or Open vSwitch.
 */
#include "gateway.h"
#include "route.h"
#include "../compat.h"

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/rtnetlink.h>

#define NEMU_GW_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST |	\
				 NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |	\
				 NETIF_F_GSO_SOFTWARE)

/**
 * nemu_gw_sum() - add up what the CPUs counted
 * @gw: gateway
 * @drops: result, %__NETEMU_GW_DROP_MAX numbers
 */
void nemu_gw_sum(const struct nemu_gw *gw, u64 *drops)
{
	int cpu, i;

	memset(drops, 0, __NETEMU_GW_DROP_MAX * sizeof(*drops));
	for_each_possible_cpu(cpu) {
		const struct nemu_gw_stats *s = per_cpu_ptr(gw->stats, cpu);

		for (i = 0; i < __NETEMU_GW_DROP_MAX; i++)
			drops[i] += READ_ONCE(s->drops[i]);
	}
}

static int gw_init(struct net_device *dev)
{
	struct nemu_gw *gw = netdev_priv(dev);
	struct nemu_gw_config *config;
	int err = -ENOMEM;

	netdev_lockdep_set_classes(dev);
	config = kmemdup(&gw->first, sizeof(gw->first), GFP_KERNEL_ACCOUNT);
	if (!config)
		return -ENOMEM;
	RCU_INIT_POINTER(gw->config, config);
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		goto err_config;
	gw->stats = __alloc_percpu_gfp(sizeof(*gw->stats),
				       __alignof__(*gw->stats),
				       GFP_KERNEL_ACCOUNT);
	if (!gw->stats)
		goto err_tstats;
	gw->routes = nemu_routes_alloc();
	if (!gw->routes)
		goto err_stats;
	err = nemu_dhcp_start(gw, config);
	if (err)
		goto err_routes;
	err = nemu_nat_attach(gw);
	if (err)
		goto err_dhcp;
	return 0;

err_dhcp:
	nemu_dhcp_stop(gw);
err_routes:
	nemu_routes_free(gw->routes);
err_stats:
	free_percpu(gw->stats);
err_tstats:
	free_percpu(dev->tstats);
	dev->tstats = NULL;
err_config:
	RCU_INIT_POINTER(gw->config, NULL);
	kfree(config);
	return err;
}

static void gw_uninit(struct net_device *dev)
{
	struct nemu_gw *gw = netdev_priv(dev);

	nemu_gw_close_forwards(gw);
	nemu_nat_detach(gw);
	nemu_routes_free(gw->routes);
	nemu_dhcp_stop(gw);
	nemu_guests_free(gw);
}

static void gw_free(struct net_device *dev)
{
	struct nemu_gw *gw = netdev_priv(dev);

	kfree(rcu_dereference_protected(gw->config, 1));
	free_percpu(gw->stats);
	free_percpu(dev->tstats);
}

static int gw_open(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	/* The host does not speak on this device. */
	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	netif_start_queue(dev);
	return 0;
}

static int gw_stop(struct net_device *dev)
{
	netif_stop_queue(dev);
	return 0;
}

/* Guests learn of it with their next lease. */
static int gw_change_mtu(struct net_device *dev, int mtu)
{
	struct nemu_gw *gw = netdev_priv(dev);
	int err;

	err = nemu_dhcp_change(gw, rtnl_dereference(gw->config), mtu);
	if (!err)
		WRITE_ONCE(dev->mtu, mtu);
	return err;
}

static const struct net_device_ops gw_ops = {
	.ndo_init		= gw_init,
	.ndo_uninit		= gw_uninit,
	.ndo_open		= gw_open,
	.ndo_stop		= gw_stop,
	.ndo_start_xmit		= nemu_gw_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_change_mtu		= gw_change_mtu,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_features_check	= passthru_features_check,
};

static const struct device_type gw_type = {
	.name = NETEMU_KIND_GATEWAY,
};

static void gw_setup(struct net_device *dev)
{
	struct nemu_gw *gw = netdev_priv(dev);

	ether_setup(dev);
	dev->netdev_ops = &gw_ops;
	dev->ethtool_ops = &nemu_gw_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = gw_free;
	SET_NETDEV_DEVTYPE(dev, &gw_type);
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->max_mtu = ETH_MAX_MTU;
	dev->features = NEMU_GW_FEATURES;
	dev->hw_features = NEMU_GW_FEATURES;
	nemu_netdev_set_lltx(dev);
	nemu_netdev_set_netns_immutable(dev);
	gw->dev = dev;
	nemu_gw_config_init(&gw->first);
	nemu_guests_init(&gw->guests);
	nemu_resolve_init(&gw->resolve);
	INIT_LIST_HEAD(&gw->forwards);
}

static int gw_validate(struct nlattr *tb[], struct nlattr *data[],
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

static int gw_newlink(struct net *src_net, struct net_device *dev,
		      struct nlattr *tb[], struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	struct nemu_gw *gw = netdev_priv(dev);
	int err;

	if (data) {
		err = nemu_gw_config_parse(&gw->first, data, extack);
		if (err)
			return err;
	}
	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	return register_netdevice(dev);
}

static int gw_changelink(struct net_device *dev, struct nlattr *tb[],
			 struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct nemu_gw *gw = netdev_priv(dev);
	struct nemu_gw_config *old = rtnl_dereference(gw->config), *config;
	int err;

	if (!data)
		return 0;
	config = kmemdup(old, sizeof(*old), GFP_KERNEL_ACCOUNT);
	if (!config)
		return -ENOMEM;
	err = nemu_gw_config_parse(config, data, extack);
	if (!err && config->role != NETEMU_GW_ROLE_NAT &&
	    config->gateway != old->gateway) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the address is the host's, and can't change; make a new network");
		err = -EOPNOTSUPP;
	}
	if (!err && (config->subnet != old->subnet ||
		     config->mask != old->mask)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the subnet of a gateway can't change; make a new one");
		err = -EOPNOTSUPP;
	}
	if (!err && !nemu_gw_fits_forwards(gw, config)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: an address is one of a forward or service");
		err = -EBUSY;
	}
	if (!err)
		err = nemu_dhcp_change(gw, config, dev->mtu);
	if (err) {
		kfree(config);
		return err;
	}
	rcu_assign_pointer(gw->config, config);
	nemu_binding_own_changed(gw, old);
	if (memcmp(config->resolvers, old->resolvers, sizeof(old->resolvers)))
		nemu_resolve_reset(&gw->resolve);
	kfree_rcu(old, rcu);
	return 0;
}

static size_t gw_get_size(const struct net_device *dev)
{
	return nemu_gw_fill_size();
}

static int gw_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	return nemu_gw_fill(skb, netdev_priv(dev));
}

struct rtnl_link_ops nemu_gw_link_ops = {
	.kind		= NETEMU_KIND_GATEWAY,
	.priv_size	= sizeof(struct nemu_gw),
	.setup		= gw_setup,
	.maxtype	= NEMU_GW_POLICY_MAX,
	.policy		= nemu_gw_policy,
	.validate	= gw_validate,
	.newlink	= gw_newlink,
	.changelink	= gw_changelink,
	.get_size	= gw_get_size,
	.fill_info	= gw_fill_info,
};

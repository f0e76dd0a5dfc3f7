// SPDX-License-Identifier: GPL-2.0
/*
 * The switch as a net device of kind "netemu": its life, its options, its
 * carrier and MTU. The device itself is the host's port.
 */
#include "switch.h"
#include "../compat.h"

#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#define NEMU_SWITCH_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST |	\
				 NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |	\
				 NETIF_F_GSO_MASK |			\
				 NETIF_F_HW_VLAN_CTAG_TX |		\
				 NETIF_F_HW_VLAN_STAG_TX)

static const struct net_device_ops switch_ops;

static const struct device_type switch_type = {
	.name = NETEMU_KIND_SWITCH,
};

/**
 * nemu_is_switch() - is the device of kind "netemu"?
 * @dev: any device
 */
bool nemu_is_switch(const struct net_device *dev)
{
	return dev->netdev_ops == &switch_ops;
}

static void update_carrier(struct nemu_switch *sw)
{
	if (sw->n_active || (!sw->n_ports && sw->opts.host_port))
		netif_carrier_on(sw->dev);
	else
		netif_carrier_off(sw->dev);
}

/**
 * nemu_switch_port_activity() - ports came, went, or changed their activity
 * @sw: switch
 * @change: of the number of active ports
 *
 * Context: RTNL held.
 */
void nemu_switch_port_activity(struct nemu_switch *sw, int change)
{
	sw->n_active += change;
	update_carrier(sw);
}

/* Listeners may refuse: then the MTU stays, and oversize is a counted drop. */
static void follow_mtu(struct nemu_switch *sw, unsigned int mtu)
{
	if (sw->mtu_by_hand || mtu == sw->dev->mtu)
		return;
	sw->mtu_follows = true;
	dev_set_mtu(sw->dev, mtu);
	sw->mtu_follows = false;
}

/**
 * nemu_switch_mtu_lower() - a port came
 * @sw: switch
 * @mtu: of the new port
 *
 * Context: RTNL held.
 */
void nemu_switch_mtu_lower(struct nemu_switch *sw, unsigned int mtu)
{
	if (sw->n_ports == 1 || mtu < sw->dev->mtu)
		follow_mtu(sw, mtu);
}

/**
 * nemu_switch_mtu_update() - a port went or changed its MTU
 * @sw: switch
 *
 * Context: RTNL held.
 */
void nemu_switch_mtu_update(struct nemu_switch *sw)
{
	unsigned int mtu = sw->n_ports ? UINT_MAX : ETH_DATA_LEN;
	struct nemu_port *port;

	list_for_each_entry(port, &sw->ports, list)
		mtu = min(mtu, port->dev->mtu);
	follow_mtu(sw, mtu);
}

/**
 * nemu_switch_sum() - add up what the switch counted, ports included
 * @sw: switch
 * @sum: result
 *
 * Context: RTNL held.
 */
void nemu_switch_sum(struct nemu_switch *sw, struct nemu_stats_sum *sum)
{
	struct nemu_port *port;

	*sum = sw->gone;
	nemu_stats_add(sum, sw->host.stats);
	list_for_each_entry(port, &sw->ports, list)
		nemu_stats_add(sum, port->stats);
}

static void set_state(struct nemu_switch *sw, unsigned long mask, bool on)
{
	unsigned long old = READ_ONCE(sw->state);

	while (!try_cmpxchg(&sw->state, &old, on ? old | mask : old & ~mask))
		;
}

static void update_host_port(struct nemu_switch *sw)
{
	nemu_port_set_flags(&sw->host, NEMU_PORT_ON,
			    READ_ONCE(sw->state) & NEMU_SWITCH_UP &&
			    sw->opts.host_port ? NEMU_PORT_ON : 0);
	update_carrier(sw);
}

static void opts_apply(struct nemu_switch *sw,
		       const struct nemu_switch_opts *opts)
{
	bool forget = opts->mode == NETEMU_MODE_HUB &&
		      sw->opts.mode != NETEMU_MODE_HUB;

	sw->opts.mode = opts->mode;
	set_state(sw, NEMU_SWITCH_HUB, opts->mode == NETEMU_MODE_HUB);
	WRITE_ONCE(sw->opts.host_port, opts->host_port);
	WRITE_ONCE(sw->opts.reserved_mask, opts->reserved_mask);
	WRITE_ONCE(sw->opts.fdb_limit, opts->fdb_limit);
	WRITE_ONCE(sw->opts.loop_rate, opts->loop_rate);
	WRITE_ONCE(sw->opts.loop_hold, opts->loop_hold);
	sw->opts.port = opts->port;
	if (sw->opts.ageing != opts->ageing) {
		sw->opts.ageing = opts->ageing;
		nemu_fdb_set_ageing(sw, opts->ageing);
	}
	update_host_port(sw);
	if (forget) {
		/* No frame that began as in a switch learns afterwards. */
		synchronize_net();
		nemu_fdb_flush(sw, NETEMU_FLUSH_LEARNED);
	}
}

static int switch_init(struct net_device *dev)
{
	struct nemu_switch *sw = netdev_priv(dev);
	int err;

	netdev_lockdep_set_classes(dev);
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	err = nemu_host_port_init(sw);
	if (err)
		goto err_free_tstats;
	err = nemu_fdb_init(&sw->fdb);
	if (err)
		goto err_free_host;
	sw->fdb.ageing = (unsigned long)sw->opts.ageing * HZ;
	err = nemu_fdb_host_add(dev, dev->dev_addr);
	if (err)
		goto err_free_fdb;
	update_carrier(sw);
	return 0;

err_free_fdb:
	nemu_fdb_free(&sw->fdb);
err_free_host:
	nemu_host_port_free(sw);
err_free_tstats:
	free_percpu(dev->tstats);
	dev->tstats = NULL;
	return err;
}

static void switch_uninit(struct net_device *dev)
{
	nemu_fdb_stop(netdev_priv(dev));
}

static void switch_free(struct net_device *dev)
{
	struct nemu_switch *sw = netdev_priv(dev);

	nemu_bindings_free(sw);
	nemu_fdb_free(&sw->fdb);
	nemu_host_port_free(sw);
	free_percpu(dev->tstats);
}

static int switch_open(struct net_device *dev)
{
	struct nemu_switch *sw = netdev_priv(dev);

	set_state(sw, NEMU_SWITCH_UP, true);
	update_host_port(sw);
	netif_start_queue(dev);
	return 0;
}

static int switch_stop(struct net_device *dev)
{
	struct nemu_switch *sw = netdev_priv(dev);

	netif_stop_queue(dev);
	set_state(sw, NEMU_SWITCH_UP, false);
	update_host_port(sw);
	return 0;
}

static int switch_change_mtu(struct net_device *dev, int mtu)
{
	struct nemu_switch *sw = netdev_priv(dev);

	if (!sw->mtu_follows)
		sw->mtu_by_hand = true;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static int switch_set_mac(struct net_device *dev, void *p)
{
	const struct sockaddr *addr = p;
	int err;

	err = eth_prepare_mac_addr_change(dev, p);
	if (err)
		return err;
	if (ether_addr_equal(dev->dev_addr, addr->sa_data))
		return 0;
	return nemu_fdb_host_change(netdev_priv(dev), addr->sa_data);
}

/* What a shared port has already stays there; the others still come. */
static int sync_address(struct net_device *dev, const unsigned char *addr)
{
	int err = nemu_fdb_host_add(dev, addr);

	return err == -EADDRINUSE ? 0 : err;
}

/* Called with the lock of the address lists, also when the device comes up. */
static void switch_set_rx_mode(struct net_device *dev)
{
	set_state(netdev_priv(dev), NEMU_SWITCH_WATCHED,
		  dev->flags & IFF_PROMISC);
	__dev_uc_sync(dev, sync_address, nemu_fdb_host_del);
}

static int switch_add_slave(struct net_device *dev, struct net_device *slave,
			    struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(dev);

	return nemu_port_attach(sw, slave, &sw->opts.port, extack);
}

static int switch_del_slave(struct net_device *dev, struct net_device *slave)
{
	struct nemu_port *port = nemu_port_get_rtnl(slave);

	if (!port || port->sw != netdev_priv(dev))
		return -EINVAL;
	nemu_port_detach(port);
	return 0;
}

static const struct net_device_ops switch_ops = {
	.ndo_init		= switch_init,
	.ndo_uninit		= switch_uninit,
	.ndo_open		= switch_open,
	.ndo_stop		= switch_stop,
	.ndo_start_xmit		= nemu_host_tx,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_change_mtu		= switch_change_mtu,
	.ndo_set_mac_address	= switch_set_mac,
	.ndo_set_rx_mode	= switch_set_rx_mode,
	.ndo_add_slave		= switch_add_slave,
	.ndo_del_slave		= switch_del_slave,
	.ndo_fdb_add		= nemu_fdb_nl_add,
	.ndo_fdb_del		= nemu_fdb_nl_del,
	.ndo_fdb_del_bulk	= nemu_fdb_nl_bulk,
	.ndo_fdb_dump		= nemu_fdb_nl_dump,
	.ndo_fdb_get		= nemu_fdb_nl_get,
	.ndo_bridge_getlink	= nemu_bridge_getlink,
	.ndo_bridge_setlink	= nemu_bridge_setlink,
	.ndo_bridge_dellink	= nemu_bridge_dellink,
	.ndo_features_check	= passthru_features_check,
};

static void switch_setup(struct net_device *dev)
{
	struct nemu_switch *sw = netdev_priv(dev);

	ether_setup(dev);
	dev->netdev_ops = &switch_ops;
	dev->ethtool_ops = &nemu_switch_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = switch_free;
	SET_NETDEV_DEVTYPE(dev, &switch_type);
	/*
	 * Addresses of the unicast list are FDB entries: no need for
	 * promiscuity. Frames are rewritten on their way: never shared.
	 */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE |
			   IFF_UNICAST_FLT;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->max_mtu = ETH_MAX_MTU;
	dev->features = NEMU_SWITCH_FEATURES;
	dev->hw_features = NEMU_SWITCH_FEATURES;
	dev->vlan_features = NEMU_SWITCH_FEATURES & ~(NETIF_F_HW_VLAN_CTAG_TX |
						      NETIF_F_HW_VLAN_STAG_TX);
	nemu_netdev_set_lltx(dev);
	nemu_netdev_set_netns_immutable(dev);

	sw->dev = dev;
	INIT_LIST_HEAD(&sw->ports);
	nemu_switch_opts_init(&sw->opts);
	ratelimit_state_init(&sw->event_limit, HZ, NETEMU_EVENT_RATE);
	/* A guest makes these events: the kernel log is not for it. */
	ratelimit_set_flags(&sw->event_limit, RATELIMIT_MSG_ON_RELEASE);
}

static int switch_validate(struct nlattr *tb[], struct nlattr *data[],
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

static int switch_newlink(struct net *src_net, struct net_device *dev,
			  struct nlattr *tb[], struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(dev);
	int err;

	if (data) {
		err = nemu_switch_opts_parse(&sw->opts, data, extack);
		if (err)
			return err;
	}
	set_state(sw, NEMU_SWITCH_HUB, sw->opts.mode == NETEMU_MODE_HUB);
	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	sw->mtu_by_hand = tb[IFLA_MTU];
	return register_netdevice(dev);
}

static int switch_changelink(struct net_device *dev, struct nlattr *tb[],
			     struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_switch_opts opts = sw->opts;
	int err;

	if (!data)
		return 0;
	err = nemu_switch_opts_parse(&opts, data, extack) ?:
	      nemu_shared_check_mode(sw, opts.mode, extack);
	if (err)
		return err;
	opts_apply(sw, &opts);
	return 0;
}

static void switch_dellink(struct net_device *dev, struct list_head *head)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_port *port, *next;

	list_for_each_entry_safe(port, next, &sw->ports, list)
		nemu_port_detach(port);
	unregister_netdevice_queue(dev, head);
}

static size_t switch_get_size(const struct net_device *dev)
{
	return nemu_switch_fill_size();
}

static int switch_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	return nemu_switch_fill(skb, netdev_priv(dev), false);
}

struct rtnl_link_ops nemu_switch_link_ops = {
	.kind			= NETEMU_KIND_SWITCH,
	.priv_size		= sizeof(struct nemu_switch),
	.setup			= switch_setup,
	.maxtype		= NEMU_SWITCH_POLICY_MAX,
	.policy			= nemu_switch_policy,
	.validate		= switch_validate,
	.newlink		= switch_newlink,
	.changelink		= switch_changelink,
	.dellink		= switch_dellink,
	.get_size		= switch_get_size,
	.fill_info		= switch_fill_info,
	.slave_maxtype		= NEMU_PORT_POLICY_MAX,
	.slave_policy		= nemu_port_policy,
	.slave_changelink	= nemu_port_changelink,
	.get_slave_size		= nemu_port_get_size,
	.fill_slave_info	= nemu_port_fill_info,
};

int nemu_switch_init(void)
{
	int err;

	err = nemu_netns_register();
	if (err)
		return err;
	err = nemu_port_notifier_register();
	if (err)
		goto err_netns;
	err = rtnl_link_register(&nemu_switch_link_ops);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	nemu_port_notifier_unregister();
err_netns:
	nemu_netns_unregister();
	return err;
}

void nemu_switch_exit(void)
{
	/* Deletes every switch; frames under way are waited for. */
	rtnl_link_unregister(&nemu_switch_link_ops);
	nemu_port_notifier_unregister();
	nemu_netns_unregister();
	/* port_free_rcu() is code of this module. */
	rcu_barrier();
}

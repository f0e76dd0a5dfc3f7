// SPDX-License-Identifier: GPL-2.0
/*
 * Which address is whose. The leases say so; this room tells the guard of the
 * switch that the gateway is a port of (door.h), and the gateway's own table of
 * guests (guest.c). Under a master without a guard only the latter.
 *
 * What is bound follows from the lease table and the options alone: after all
 * that may change it, nemu_binding_update() looks at the address again.
 */
#include "gateway.h"
#include "dhcp_service.h"
#include "../door.h"

#include <linux/rtnetlink.h>

/**
 * struct binding - whose an address is
 * @mac: MAC address; zero while nobody has it, but somebody will
 * @port: ifindex, 0 = any
 */
struct binding {
	u8 mac[ETH_ALEN];
	u32 port;
};

static bool is_own(const struct nemu_gw *gw, __be32 addr)
{
	return nemu_gw_has(gw, rcu_dereference(gw->config), addr);
}

static bool find_binding(const struct nemu_dhcp_service *dhcp, __be32 addr,
			 struct binding *binding)
{
	const struct nemu_gw *gw = dhcp->gw;
	const struct nemu_gw_config *config = rcu_dereference(gw->config);
	const struct nemu_lease *l;

	if (is_own(gw, addr)) {
		nemu_gw_mac(config, binding->mac);
		binding->port = gw->dev->ifindex;
		return true;
	}
	l = nemu_lease_find(dhcp->engine.leases, ntohl(addr));
	if (!l || (l->state != NEMU_LEASE_BOUND && !nemu_lease_is_reserved(l)))
		return false;
	ether_addr_copy(binding->mac, l->mac);
	binding->port = l->state == NEMU_LEASE_BOUND ? l->port : 0;
	return true;
}

/**
 * nemu_binding_update() - see whose an address is, and tell
 * @dhcp: service of the gateway
 * @addr: address
 *
 * Without memory an address stays nobody's until its lease is renewed.
 *
 * Context: dhcp->lock held, RCU read side.
 */
void nemu_binding_update(struct nemu_dhcp_service *dhcp, __be32 addr)
{
	struct nemu_gw *gw = dhcp->gw;
	struct net_device *master = netdev_master_upper_dev_get_rcu(gw->dev);
	struct binding binding;
	bool bound;

	lockdep_assert_held(&dhcp->lock);
	bound = find_binding(dhcp, addr, &binding);
	if (bound && !is_own(gw, addr) &&
	    !is_zero_ether_addr(binding.mac))
		nemu_guest_bind(gw, addr, binding.mac);
	else
		nemu_guest_unbind(gw, addr);
	if (!master)
		return;
	if (bound)
		nemu_door_bind(master, gw, addr, binding.mac, binding.port);
	else
		nemu_door_unbind(master, gw, addr);
}

/**
 * nemu_binding_update_all() - the same for all addresses of a lease table
 * @dhcp: service of the gateway
 * @table: its own, or the one that it had
 *
 * Context: dhcp->lock held, RCU read side.
 */
void nemu_binding_update_all(struct nemu_dhcp_service *dhcp,
			     struct nemu_lease_table *table)
{
	const struct nemu_lease *l;
	u32 cursor = 0;

	while ((l = nemu_lease_next(table, &cursor)))
		nemu_binding_update(dhcp, htonl(l->addr));
}

static void update_own(struct nemu_dhcp_service *dhcp,
		       const struct nemu_gw_config *config)
{
	nemu_binding_update(dhcp, config->gateway);
	nemu_binding_update(dhcp, config->dns);
}

/**
 * nemu_binding_own_changed() - a gateway may have other addresses now
 * @gw: gateway
 * @old: its options before
 *
 * Context: process, RTNL held.
 */
void nemu_binding_own_changed(struct nemu_gw *gw,
			      const struct nemu_gw_config *old)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;

	rcu_read_lock();
	spin_lock_bh(&dhcp->lock);
	update_own(dhcp, old);
	update_own(dhcp, rcu_dereference(gw->config));
	spin_unlock_bh(&dhcp->lock);
	rcu_read_unlock();
}

/**
 * nemu_binding_service_changed() - an address came to be a service's, or ceased to
 * @gw: gateway
 * @addr: address
 *
 * Context: process, RTNL held.
 */
void nemu_binding_service_changed(struct nemu_gw *gw, __be32 addr)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;

	rcu_read_lock();
	spin_lock_bh(&dhcp->lock);
	nemu_binding_update(dhcp, addr);
	spin_unlock_bh(&dhcp->lock);
	rcu_read_unlock();
}

/* ---- ports and masters that come and go --------------------------------- */

/* Its guests may show up at any port, with the addresses that they have. */
static void port_gone(struct nemu_dhcp_service *dhcp, u32 port)
{
	struct nemu_lease_table *table = dhcp->engine.leases;
	struct net_device *master =
		netdev_master_upper_dev_get_rcu(dhcp->gw->dev);
	const struct nemu_lease *l = NULL;

	while (master && (l = nemu_lease_walk(table, NEMU_LEASE_CHAIN_PORT,
					      &port, sizeof(port), l)))
		if (l->state == NEMU_LEASE_BOUND)
			nemu_door_bind(master, dhcp->gw, htonl(l->addr), l->mac,
				       0);
	nemu_lease_port_gone(table, port, nemu_dhcp_now());
}

/* What was gone while the gateway was away, and could not be seen. */
static void forget_ports(struct nemu_dhcp_service *dhcp,
			 const struct net_device *master)
{
	struct net_device *dev;
	struct nemu_lease *l;
	u32 cursor = 0;

	while ((l = nemu_lease_next(dhcp->engine.leases, &cursor))) {
		if (!l->port)
			continue;
		dev = dev_get_by_index_rcu(dev_net(dhcp->gw->dev), l->port);
		if (!dev || netdev_master_upper_dev_get_rcu(dev) != master)
			nemu_lease_port_gone(dhcp->engine.leases, l->port,
					     nemu_dhcp_now());
	}
}

static void update_service(void *dhcp, __be32 addr)
{
	nemu_binding_update(dhcp, addr);
}

static void master_changed(struct nemu_gw *gw, struct net_device *master,
			   bool linking)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;

	spin_lock_bh(&dhcp->lock);
	if (linking) {
		forget_ports(dhcp, master);
		update_own(dhcp, rcu_dereference(gw->config));
		nemu_gw_each_service(gw, update_service, dhcp);
		nemu_binding_update_all(dhcp, dhcp->engine.leases);
	} else {
		nemu_door_unbind_all(master, gw);
	}
	spin_unlock_bh(&dhcp->lock);
}

static void port_left(struct net_device *master, u32 port)
{
	struct nemu_dhcp_service *dhcp;
	struct net_device *dev;
	struct list_head *iter;

	netdev_for_each_lower_dev(master, dev, iter) {
		if (dev->rtnl_link_ops != &nemu_gw_link_ops)
			continue;
		dhcp = ((struct nemu_gw *)netdev_priv(dev))->dhcp;
		spin_lock_bh(&dhcp->lock);
		port_gone(dhcp, port);
		spin_unlock_bh(&dhcp->lock);
	}
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	const struct netdev_notifier_changeupper_info *info = ptr;
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event != NETDEV_CHANGEUPPER || !info->master)
		return NOTIFY_DONE;
	rcu_read_lock();
	if (dev->rtnl_link_ops == &nemu_gw_link_ops)
		master_changed(netdev_priv(dev), info->upper_dev,
			       info->linking);
	else if (!info->linking)
		port_left(info->upper_dev, dev->ifindex);
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

int nemu_binding_init(void)
{
	return register_netdevice_notifier(&device_notifier);
}

void nemu_binding_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
}

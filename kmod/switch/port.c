// SPDX-License-Identifier: GPL-2.0
/* Ports: how a device joins a switch, what it may change, how it leaves. */
#include "switch.h"

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/dsa.h>
#include <net/rtnetlink.h>

static bool is_port(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) == nemu_port_rx;
}

/**
 * nemu_port_get_rtnl() - the port that a device is
 * @dev: any device
 *
 * Context: RTNL held.
 * Return: the port, or NULL if the device is none of ours.
 */
struct nemu_port *nemu_port_get_rtnl(const struct net_device *dev)
{
	return is_port(dev) ? rtnl_dereference(dev->rx_handler_data) : NULL;
}

/**
 * nemu_port_get_rcu() - the port that a device is
 * @dev: any device
 *
 * Context: RCU read side.
 * Return: the port, or NULL if the device is none of ours.
 */
struct nemu_port *nemu_port_get_rcu(const struct net_device *dev)
{
	return is_port(dev) ? rcu_dereference(dev->rx_handler_data) : NULL;
}

/**
 * nemu_port_set_flags() - change some flags of a port, all at once
 * @port: port
 * @mask: which
 * @value: what they become
 *
 * Context: any.
 */
void nemu_port_set_flags(struct nemu_port *port, unsigned long mask,
			 unsigned long value)
{
	unsigned long old = READ_ONCE(port->flags);

	while (!try_cmpxchg(&port->flags, &old, (old & ~mask) | value))
		;
}

static void opts_apply(struct nemu_port *port,
		       const struct nemu_port_opts *opts)
{
	unsigned long flags = opts->flags;
	int i;

	/* What a guarded port may not say is what a gateway is there for. */
	if (port->flags & NEMU_PORT_GATEWAY)
		flags &= ~NEMU_PORT_GUARD;
	WRITE_ONCE(port->fdb_limit, opts->fdb_limit);
	for (i = 0; i < __NEMU_STORM_MAX; i++)
		WRITE_ONCE(port->storm[i].pps, opts->storm[i]);
	nemu_port_set_flags(port, NEMU_PORT_OPT_FLAGS, flags);
}

/**
 * nemu_port_set_opts() - give a port other options
 * @port: port
 * @opts: all of them, validated
 * @extack: why not
 *
 * Context: RTNL held.
 * Return: 0, or -EBUSY for one that can't change.
 */
int nemu_port_set_opts(struct nemu_port *port,
		       const struct nemu_port_opts *opts,
		       struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if ((opts->flags ^ READ_ONCE(port->flags)) & NEMU_PORT_SHARED) {
		NL_SET_ERR_MSG(extack,
			       "netemu: whether a port is shared is chosen when it is made");
		return -EBUSY;
	}
	opts_apply(port, opts);
	nemu_notify_port(port);
	return 0;
}

static int port_init(struct nemu_port *port, struct nemu_switch *sw,
		     struct net_device *dev)
{
	int i;

	port->sw = sw;
	port->dev = dev;
	for (i = 0; i < __NEMU_FDB_KINDS; i++)
		INIT_LIST_HEAD(&port->fdb_list[i]);
	port->stats = __alloc_percpu_gfp(sizeof(struct nemu_stats),
					 __alignof__(struct nemu_stats),
					 GFP_KERNEL_ACCOUNT);
	return port->stats ? 0 : -ENOMEM;
}

/**
 * nemu_host_port_init() - make the host port, which is part of its switch
 * @sw: new switch
 *
 * Return: 0 or -ENOMEM.
 */
int nemu_host_port_init(struct nemu_switch *sw)
{
	sw->host.flags = NEMU_PORT_HOST | NEMU_PORT_LEARNING |
			 NEMU_PORT_FLOOD | NEMU_PORT_MCAST_FLOOD |
			 NEMU_PORT_BCAST_FLOOD;
	return port_init(&sw->host, sw, sw->dev);
}

/**
 * nemu_host_port_free() - give back what the host port owns
 * @sw: switch that nobody uses any more
 */
void nemu_host_port_free(struct nemu_switch *sw)
{
	free_percpu(sw->host.stats);
}

/* Keeps the count of active ports, and with it the carrier of the switch. */
static void update_activity(struct nemu_port *port, bool active)
{
	if (port->active == active)
		return;
	port->active = active;
	nemu_switch_port_activity(port->sw, active ? 1 : -1);
}

/* Why a device can't be a port of any switch, or of this one. */
static int check_device(struct nemu_switch *sw, struct net_device *dev,
			struct netlink_ext_ack *extack)
{
	struct nemu_port *port = nemu_port_get_rtnl(dev);

	if (port && port->sw == sw) {
		NL_SET_ERR_MSG(extack,
			       "netemu: device is a port of this switch already");
		return -EEXIST;
	}
	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the loopback device can't be a port");
		return -EINVAL;
	}
	if (dev == sw->dev) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a switch can't be a port of itself");
		return -ELOOP;
	}
	if (nemu_is_switch(dev)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a switch can't be a port of a switch; join them with a veth pair");
		return -ELOOP;
	}
	if (dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN ||
	    !is_valid_ether_addr(dev->dev_addr)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: not an Ethernet device with a unicast address");
		return -EINVAL;
	}
	if (!net_eq(dev_net(dev), dev_net(sw->dev))) {
		NL_SET_ERR_MSG(extack,
			       "netemu: device is in another network namespace");
		return -EINVAL;
	}
	if (netdev_uses_dsa(dev)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: device is the CPU port of a DSA switch");
		return -EINVAL;
	}
	if (dev->priv_flags & IFF_DONT_BRIDGE) {
		NL_SET_ERR_MSG(extack,
			       "netemu: this kind of device can't be bridged");
		return -EOPNOTSUPP;
	}
	if (netdev_master_upper_dev_get(dev)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: device has a master already");
		return -EBUSY;
	}
	if (netdev_is_rx_handler_busy(dev)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: another driver (macvlan, ipvlan, bond) takes the frames of the device");
		return -EBUSY;
	}
	if (netdev_has_upper_dev(sw->dev, dev)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: device lies on top of the switch: that would be a loop");
		return -ELOOP;
	}
	if (sw->n_ports >= NETEMU_PORTS_MAX) {
		NL_SET_ERR_MSG(extack, "netemu: a switch has at most "
			       __stringify(NETEMU_PORTS_MAX) " ports");
		return -ENOSPC;
	}
	return 0;
}

static int link_master(struct nemu_port *port, struct netlink_ext_ack *extack)
{
	int err;

	err = netdev_master_upper_dev_link(port->dev, port->sw->dev, NULL,
					   NULL, extack);
	if (err == -EMLINK)
		NL_SET_ERR_MSG(extack,
			       "netemu: too many devices on top of each other");
	return err;
}

/* What a device stays for as long as it lives. */
static unsigned long device_flags(const struct net_device *dev)
{
	const struct net_device_ops *driver = dev->netdev_ops;
	const struct rtnl_link_ops *ops = dev->rtnl_link_ops;
	unsigned long flags = 0;

	/* One that decides frame by frame what it can has to be asked. */
	if (nemu_netdev_is_lltx(dev) &&
	    (!driver->ndo_features_check ||
	     driver->ndo_features_check == passthru_features_check))
		flags |= NEMU_PORT_UNLOCKED;
	if (ops && !strcmp(ops->kind, "veth"))
		flags |= NEMU_PORT_VETH;
	if (ops && !strcmp(ops->kind, NETEMU_KIND_GATEWAY))
		flags |= NEMU_PORT_GATEWAY;
	return flags;
}

static void port_free_rcu(struct rcu_head *rcu)
{
	struct nemu_port *port = container_of(rcu, struct nemu_port, rcu);

	free_percpu(port->stats);
	kfree(port->hook);
	kfree(port);
}

static struct nemu_port *port_create(struct nemu_switch *sw,
				     struct net_device *dev,
				     const struct nemu_port_opts *opts)
{
	struct nemu_port *port;

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return NULL;
	if (port_init(port, sw, dev)) {
		kfree(port);
		return NULL;
	}
	port->flags = NEMU_PORT_ON | device_flags(dev);
	opts_apply(port, opts);
	nemu_guard_init(port);
	return port;
}

/* No frame comes in any more: nothing finds the port afterwards. */
static void forget_port(struct nemu_port *port)
{
	nemu_fdb_flush_port(port, NETEMU_FLUSH_ALL);
	nemu_guard_stop(port);
}

/* From here on frames come in: first, if it is shared, those of the host. */
static int open_port(struct nemu_port *port, struct netlink_ext_ack *extack)
{
	int err = 0;

	if (port->flags & NEMU_PORT_SHARED)
		err = nemu_shared_open(port, extack);
	if (err)
		return err;
	err = netdev_rx_handler_register(port->dev, nemu_port_rx, port);
	if (!err)
		return 0;
	NL_SET_ERR_MSG(extack, "netemu: device lets nobody take its frames");
	nemu_shared_close(port);
	synchronize_net();
	forget_port(port);
	return err;
}

/**
 * nemu_port_attach() - make a device a port
 * @sw: switch
 * @dev: device
 * @opts: options, in force before the first frame
 * @extack: why not
 *
 * Context: process, RTNL held; may sleep.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_port_attach(struct nemu_switch *sw, struct net_device *dev,
		     const struct nemu_port_opts *opts,
		     struct netlink_ext_ack *extack)
{
	struct nemu_port *port;
	int err;

	ASSERT_RTNL();
	err = check_device(sw, dev, extack) ?:
	      nemu_shared_check(sw, dev, opts->flags & NEMU_PORT_SHARED,
				extack);
	if (err)
		return err;
	port = port_create(sw, dev, opts);
	if (!port)
		return -ENOMEM;

	/* It tells of its guests as soon as it has a master. */
	err = port->flags & NEMU_PORT_GATEWAY ? nemu_bindings_prepare(sw) : 0;
	if (err)
		goto err_free;
	err = dev_set_promiscuity(dev, 1);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "netemu: device can't be made promiscuous");
		goto err_free;
	}
	err = link_master(port, extack);
	if (err)
		goto err_promiscuity;
	err = open_port(port, extack);
	if (err)
		goto err_unlink_master;

	/* A merged frame can't be taken apart again for another device. */
	dev_disable_lro(dev);
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	port->age = ++sw->port_age;
	list_add_tail_rcu(&port->list, &sw->ports);
	sw->n_ports++;
	update_activity(port, nemu_device_ready(dev));
	nemu_switch_port_activity(sw, 0);
	nemu_switch_mtu_lower(sw, dev->mtu);
	nemu_notify_port(port);
	return 0;

err_unlink_master:
	netdev_upper_dev_unlink(dev, sw->dev);
err_promiscuity:
	dev_set_promiscuity(dev, -1);
err_free:
	call_rcu(&port->rcu, port_free_rcu);
	return err;
}

/**
 * nemu_port_detach() - end a port
 * @port: port
 *
 * Its device stays as it was before, but for its options of LRO.
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_port_detach(struct nemu_port *port)
{
	struct nemu_switch *sw = port->sw;
	struct net_device *dev = port->dev;

	ASSERT_RTNL();
	nemu_shared_close(port);
	/* Waits for the frames under way: none comes in afterwards. */
	netdev_rx_handler_unregister(dev);
	/* Others still send here until they notice. */
	list_del_rcu(&port->list);
	sw->n_ports--;
	update_activity(port, false);
	forget_port(port);
	nemu_stats_add(&sw->gone, port->stats);

	netdev_upper_dev_unlink(dev, sw->dev);
	dev_set_promiscuity(dev, -1);
	nemu_switch_port_activity(sw, 0);
	if (dev->mtu == sw->dev->mtu)
		nemu_switch_mtu_update(sw);
	nemu_notify_port_gone(port);
	netdev_put(dev, &port->tracker);
	call_rcu(&port->rcu, port_free_rcu);
}

static int check_addr(struct nemu_port *port,
		      const struct netdev_notifier_pre_changeaddr_info *info)
{
	if (!(port->flags & NEMU_PORT_SHARED))
		return NOTIFY_DONE;
	return notifier_from_errno(nemu_shared_check_addr(port->sw, port,
							  info->dev_addr,
							  info->info.extack));
}

static int port_event(struct notifier_block *nb, unsigned long event,
		      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nemu_port *port = nemu_port_get_rtnl(dev);

	if (!port)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UP:
	case NETDEV_CHANGE:
		update_activity(port, nemu_device_ready(dev));
		break;
	case NETDEV_GOING_DOWN:
	case NETDEV_DOWN:
		update_activity(port, false);
		break;
	case NETDEV_CHANGEMTU:
		nemu_switch_mtu_update(port->sw);
		break;
	case NETDEV_PRE_CHANGEADDR:
		return check_addr(port, ptr);
	case NETDEV_CHANGEADDR:
		nemu_shared_follow_addr(port);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		/* A port stays Ethernet. */
		return NOTIFY_BAD;
	case NETDEV_UNREGISTER:
		/* Also when it moves to another namespace. */
		nemu_port_detach(port);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block port_notifier = {
	.notifier_call = port_event,
};

int nemu_port_notifier_register(void)
{
	return register_netdevice_notifier(&port_notifier);
}

void nemu_port_notifier_unregister(void)
{
	unregister_netdevice_notifier(&port_notifier);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * How a device comes to be a shared port and how it ends; what passes by it
 * meanwhile is in shared.c.
 */
#include "switch.h"

#include <linux/netfilter.h>
#include <linux/slab.h>

/**
 * nemu_shared_check_addr() - can the device have this address?
 * @sw: its switch
 * @port: shared port, or NULL for one to come
 * @addr: unicast MAC address
 * @extack: why not
 *
 * Context: process, RTNL held.
 * Return: 0 or -EADDRINUSE.
 */
int nemu_shared_check_addr(struct nemu_switch *sw, const struct nemu_port *port,
			   const u8 *addr, struct netlink_ext_ack *extack)
{
	struct nemu_fdb *fdb = &sw->fdb;
	struct nemu_fdb_entry *e;
	bool taken;

	spin_lock_bh(&fdb->lock);
	e = nemu_fdb_find_in(nemu_fdb_table_locked(fdb), nemu_fdb_key(addr));
	taken = e && e->flags & NEMU_FDB_HOST &&
		nemu_fdb_entry_port(fdb, e) != port;
	spin_unlock_bh(&fdb->lock);
	if (!taken)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "netemu: the switch device has the same address as the device of its shared port");
	return -EADDRINUSE;
}

/* May the device be a shared port of this switch? */
static int check_shared(struct nemu_switch *sw, struct net_device *dev,
			struct netlink_ext_ack *extack)
{
	struct nemu_port *port;

	if (sw->opts.mode == NETEMU_MODE_HUB) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a hub knows no addresses: it can't have a shared port");
		return -EINVAL;
	}
	if (rtnl_dereference(sw->shared)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the switch has a shared port already");
		return -EBUSY;
	}
	list_for_each_entry(port, &sw->ports, list) {
		if (!netdev_has_upper_dev(dev, port->dev))
			continue;
		NL_SET_ERR_MSG(extack,
			       "netemu: a port of the switch lies on top of the device: that would be a loop");
		return -ELOOP;
	}
	return nemu_shared_check_addr(sw, NULL, dev->dev_addr, extack);
}

/**
 * nemu_shared_check() - may the device be a port, as far as sharing goes?
 * @sw: switch
 * @dev: device that is to be a port of it
 * @shared: as a shared port?
 * @extack: why not
 *
 * What a device on top of the shared one sends comes by the shared one's hook:
 * it would be the host's and the switch's at once.
 *
 * Context: process, RTNL held.
 * Return: 0 or -errno.
 */
int nemu_shared_check(struct nemu_switch *sw, struct net_device *dev,
		      bool shared, struct netlink_ext_ack *extack)
{
	struct nemu_port *other = rtnl_dereference(sw->shared);

	if (shared)
		return check_shared(sw, dev, extack);
	if (!other || !netdev_has_upper_dev(other->dev, dev))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "netemu: device lies on top of the shared port: that would be a loop");
	return -ELOOP;
}

/**
 * nemu_shared_check_mode() - may the switch become this?
 * @sw: switch
 * @mode: enum netemu_mode
 * @extack: why not
 *
 * Context: RTNL held.
 * Return: 0 or -EBUSY.
 */
int nemu_shared_check_mode(struct nemu_switch *sw, u8 mode,
			   struct netlink_ext_ack *extack)
{
	if (mode != NETEMU_MODE_HUB || !rtnl_dereference(sw->shared))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "netemu: a hub can't have a shared port, and this switch has one");
	return -EBUSY;
}

/**
 * nemu_shared_open() - let the host share the device of a port
 * @port: port not yet known to its switch, of a device that may be shared
 * @extack: why not
 *
 * Context: process, RTNL held; may sleep.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_shared_open(struct nemu_port *port, struct netlink_ext_ack *extack)
{
	struct net_device *dev = port->dev;
	struct nf_hook_ops *hook;
	int err;

	hook = kzalloc(sizeof(*hook), GFP_KERNEL_ACCOUNT);
	if (!hook)
		return -ENOMEM;
	err = nemu_fdb_own_add(port, dev->dev_addr);
	if (err)
		goto err_free;
	hook->hook = nemu_shared_egress;
	hook->priv = port;
	hook->dev = dev;
	hook->pf = NFPROTO_NETDEV;
	hook->hooknum = NF_NETDEV_EGRESS;
	hook->priority = INT_MAX;
	err = nf_register_net_hook(dev_net(dev), hook);
	if (err) {
		if (err == -EOPNOTSUPP)
			NL_SET_ERR_MSG(extack,
				       "netemu: a shared port needs a kernel with CONFIG_NETFILTER_EGRESS");
		goto err_own;
	}
	port->hook = hook;
	rcu_assign_pointer(port->sw->shared, port);
	return 0;

err_own:
	nemu_fdb_own_del(port, dev->dev_addr);
err_free:
	kfree(hook);
	return err;
}

/* Its address, or in the middle of a change the one before. */
static void forget_own(struct nemu_port *port)
{
	struct nemu_fdb *fdb = &port->sw->fdb;
	struct nemu_fdb_entry *e, *next;

	spin_lock_bh(&fdb->lock);
	list_for_each_entry_safe(e, next, &port->fdb_list[NEMU_FDB_KIND_FIXED],
				 port_node)
		if (e->flags & NEMU_FDB_HOST)
			nemu_fdb_entry_remove(fdb, e);
	spin_unlock_bh(&fdb->lock);
}

/**
 * nemu_shared_close() - end what nemu_shared_open() began
 * @port: port, shared or not
 *
 * The hook may still run until a grace period is over.
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_shared_close(struct nemu_port *port)
{
	if (!port->hook)
		return;
	nf_unregister_net_hook(dev_net(port->dev), port->hook);
	RCU_INIT_POINTER(port->sw->shared, NULL);
	forget_own(port);
}

/**
 * nemu_shared_follow_addr() - the device of a port has another address
 * @port: port, shared or not
 *
 * Without memory the address is not in the FDB: frames for it are unknown
 * unicast then, and still reach the host.
 *
 * Context: process, RTNL held.
 */
void nemu_shared_follow_addr(struct nemu_port *port)
{
	if (!port->hook)
		return;
	forget_own(port);
	nemu_fdb_own_add(port, port->dev->dev_addr);
}

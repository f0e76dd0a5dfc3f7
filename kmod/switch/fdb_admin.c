// SPDX-License-Identifier: GPL-2.0
/*
 * Entries that frames don't make: those of the administrator and the host's
 * own addresses; and forgetting on demand.
 */
#include "fdb.h"
#include "switch.h"

#include <linux/rtnetlink.h>

#define NEMU_FDB_BATCH		256	/* entries between two breaths */

static int fdb_set_locked(struct nemu_port *port, u64 key,
			  unsigned long flags, u16 nlflags,
			  struct netlink_ext_ack *extack)
{
	struct nemu_fdb *fdb = &port->sw->fdb;
	struct nemu_fdb_entry *e = nemu_fdb_find_in(nemu_fdb_table_locked(fdb), key);

	if (!e) {
		if (!(nlflags & NLM_F_CREATE)) {
			NL_SET_ERR_MSG(extack, "netemu: no such FDB entry");
			return -ENOENT;
		}
		if (fdb->learned + fdb->fixed >= NETEMU_FDB_LIMIT_MAX) {
			NL_SET_ERR_MSG(extack,
				       "netemu: FDB is full: at most "
				       __stringify(NETEMU_FDB_LIMIT_MAX)
				       " entries");
			return -ENOSPC;
		}
		if (nemu_fdb_entry_add(fdb, port, key, flags,
			      GFP_ATOMIC | __GFP_ACCOUNT))
			return 0;
		NL_SET_ERR_MSG(extack,
			       "netemu: no memory, or too many FDB entries in this namespace");
		return -ENOMEM;
	}
	if (nlflags & NLM_F_EXCL) {
		NL_SET_ERR_MSG(extack, "netemu: FDB entry exists already");
		return -EEXIST;
	}
	if (e->flags & NEMU_FDB_HOST) {
		NL_SET_ERR_MSG(extack,
			       "netemu: address of the host: it follows its device");
		return -EBUSY;
	}
	nemu_fdb_entry_change(fdb, e, port, flags);
	nemu_fdb_notify(port->sw, e, port, RTM_NEWNEIGH);
	return 0;
}

/**
 * nemu_fdb_set() - add or replace an entry for the administrator
 * @port: where the address lives
 * @addr: unicast MAC address
 * @flags: %NEMU_FDB_STATIC, or 0 for one that ages
 * @nlflags: NLM_F_CREATE, NLM_F_EXCL as in the request
 * @extack: why not
 *
 * Context: process, RTNL held; may sleep.
 * Return: 0, -EINVAL, -EEXIST, -ENOENT, -EBUSY, -ENOSPC, -ENOMEM.
 */
int nemu_fdb_set(struct nemu_port *port, const u8 *addr, unsigned long flags,
		 u16 nlflags, struct netlink_ext_ack *extack)
{
	struct nemu_fdb *fdb = &port->sw->fdb;
	u64 key = nemu_fdb_key(addr);
	int err;

	ASSERT_RTNL();
	if (!is_valid_ether_addr(addr)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: an FDB entry needs a unicast address");
		return -EINVAL;
	}
	/* The administrator's entries don't wait for the worker. */
	err = nemu_fdb_grow(fdb);
	if (err)
		return err;
	spin_lock_bh(&fdb->lock);
	err = fdb_set_locked(port, key, flags, nlflags, extack);
	spin_unlock_bh(&fdb->lock);
	return err;
}

/**
 * nemu_fdb_unset() - remove an entry for the administrator
 * @sw: switch
 * @port: only if it lives there, or NULL
 * @addr: MAC address
 * @extack: why not
 *
 * Return: 0, -ENOENT, -EBUSY.
 */
int nemu_fdb_unset(struct nemu_switch *sw, const struct nemu_port *port,
		   const u8 *addr, struct netlink_ext_ack *extack)
{
	struct nemu_fdb *fdb = &sw->fdb;
	struct nemu_fdb_entry *e;
	int err = 0;

	spin_lock_bh(&fdb->lock);
	e = nemu_fdb_find_in(nemu_fdb_table_locked(fdb), nemu_fdb_key(addr));
	if (!e || (port && nemu_fdb_entry_port(fdb, e) != port)) {
		NL_SET_ERR_MSG(extack, "netemu: no such FDB entry");
		err = -ENOENT;
	} else if (e->flags & NEMU_FDB_HOST) {
		NL_SET_ERR_MSG(extack,
			       "netemu: address of the host: it follows its device");
		err = -EBUSY;
	} else {
		nemu_fdb_entry_remove(fdb, e);
	}
	spin_unlock_bh(&fdb->lock);
	return err;
}

static bool flush_match(const struct nemu_fdb_entry *e, u32 what)
{
	if (e->flags & NEMU_FDB_HOST)
		return false;
	if (e->flags & NEMU_FDB_STATIC)
		return what & NETEMU_FLUSH_STATIC;
	return what & NETEMU_FLUSH_LEARNED;
}

/*
 * Takes the entries there were at the start, oldest first, in batches: what is
 * learned meanwhile queues up behind and stays. What does not match goes to
 * the end of the line.
 */
static void flush_kind(struct nemu_port *port, enum nemu_fdb_kind kind,
		       u32 what)
{
	struct nemu_fdb *fdb = &port->sw->fdb;
	struct nemu_fdb_entry *e;
	u32 left, i;

	spin_lock_bh(&fdb->lock);
	left = port->fdb_count[kind];
	spin_unlock_bh(&fdb->lock);
	while (left) {
		spin_lock_bh(&fdb->lock);
		for (i = 0; i < NEMU_FDB_BATCH && left; i++, left--) {
			e = list_first_entry_or_null(&port->fdb_list[kind],
						     struct nemu_fdb_entry,
						     port_node);
			if (!e) {
				left = 0;
				break;
			}
			if (flush_match(e, what))
				nemu_fdb_entry_remove(fdb, e);
			else
				list_move_tail(&e->port_node,
					       &port->fdb_list[kind]);
		}
		spin_unlock_bh(&fdb->lock);
		cond_resched();
	}
}

/**
 * nemu_fdb_flush_port() - forget addresses of a port
 * @port: port
 * @what: NETEMU_FLUSH_*
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_fdb_flush_port(struct nemu_port *port, u32 what)
{
	if (what & NETEMU_FLUSH_LEARNED)
		flush_kind(port, NEMU_FDB_KIND_LEARNED, what);
	if (what & NETEMU_FLUSH_STATIC)
		flush_kind(port, NEMU_FDB_KIND_FIXED, what);
}

/**
 * nemu_fdb_flush() - forget addresses of all ports
 * @sw: switch
 * @what: NETEMU_FLUSH_*
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_fdb_flush(struct nemu_switch *sw, u32 what)
{
	struct nemu_port *port;

	ASSERT_RTNL();
	nemu_fdb_flush_port(&sw->host, what);
	list_for_each_entry(port, &sw->ports, list)
		nemu_fdb_flush_port(port, what);
}

/**
 * nemu_fdb_set_ageing() - change how long an address is kept
 * @sw: switch
 * @seconds: 0 = for ever
 *
 * Context: process, RTNL held.
 */
void nemu_fdb_set_ageing(struct nemu_switch *sw, u32 seconds)
{
	WRITE_ONCE(sw->fdb.ageing, (unsigned long)seconds * HZ);
	if (seconds)
		mod_delayed_work(system_power_efficient_wq, &sw->fdb.age_work,
				 0);
	else
		cancel_delayed_work(&sw->fdb.age_work);
}

/**
 * nemu_fdb_own_add() - an address of the host appeared
 * @port: where the host has it: the host port, or the shared one
 * @addr: unicast MAC address
 *
 * Overrides what was learned or set for the address.
 *
 * Context: process with BH off, or softirq.
 * Return: 0, -EADDRINUSE if the host has it elsewhere, -ENOMEM.
 */
int nemu_fdb_own_add(struct nemu_port *port, const u8 *addr)
{
	struct nemu_fdb *fdb = &port->sw->fdb;
	struct nemu_fdb_entry *e;
	u64 key = nemu_fdb_key(addr);
	int err = 0;

	spin_lock_bh(&fdb->lock);
	e = nemu_fdb_find_in(nemu_fdb_table_locked(fdb), key);
	if (e && e->flags & NEMU_FDB_HOST &&
	    nemu_fdb_entry_port(fdb, e) != port) {
		err = -EADDRINUSE;
	} else if (e) {
		nemu_fdb_entry_change(fdb, e, port, NEMU_FDB_HOST);
		nemu_fdb_notify(port->sw, e, port, RTM_NEWNEIGH);
	} else if (!nemu_fdb_entry_add(fdb, port, key, NEMU_FDB_HOST,
				       GFP_ATOMIC)) {
		err = -ENOMEM;
	}
	spin_unlock_bh(&fdb->lock);
	return err;
}

/**
 * nemu_fdb_own_del() - an address of the host went
 * @port: where the host had it
 * @addr: MAC address
 *
 * Context: process with BH off, or softirq.
 */
void nemu_fdb_own_del(struct nemu_port *port, const u8 *addr)
{
	struct nemu_fdb *fdb = &port->sw->fdb;
	struct nemu_fdb_entry *e;

	spin_lock_bh(&fdb->lock);
	e = nemu_fdb_find_in(nemu_fdb_table_locked(fdb), nemu_fdb_key(addr));
	if (e && e->flags & NEMU_FDB_HOST &&
	    nemu_fdb_entry_port(fdb, e) == port)
		nemu_fdb_entry_remove(fdb, e);
	spin_unlock_bh(&fdb->lock);
}

/**
 * nemu_fdb_host_add() - an address of the switch device appeared
 * @dev: the switch device
 * @addr: its own address, or one of its unicast list
 *
 * Context: process with BH off, or softirq.
 * Return: as nemu_fdb_own_add().
 */
int nemu_fdb_host_add(struct net_device *dev, const u8 *addr)
{
	struct nemu_switch *sw = netdev_priv(dev);

	return nemu_fdb_own_add(&sw->host, addr);
}

/**
 * nemu_fdb_host_del() - an address of the switch device went
 * @dev: the switch device
 * @addr: one of its unicast list; its own address stays
 *
 * Context: process with BH off, or softirq.
 * Return: 0.
 */
int nemu_fdb_host_del(struct net_device *dev, const u8 *addr)
{
	struct nemu_switch *sw = netdev_priv(dev);

	if (!ether_addr_equal(addr, dev->dev_addr))
		nemu_fdb_own_del(&sw->host, addr);
	return 0;
}

static bool in_unicast_list(struct net_device *dev, const u8 *addr)
{
	struct netdev_hw_addr *ha;
	bool found = false;

	netif_addr_lock_bh(dev);
	netdev_for_each_uc_addr(ha, dev)
		found |= ether_addr_equal(ha->addr, addr);
	netif_addr_unlock_bh(dev);
	return found;
}

/**
 * nemu_fdb_host_change() - give the switch device another address
 * @sw: switch
 * @to: the new one
 *
 * Context: process, RTNL held.
 * Return: as nemu_fdb_own_add(); unless 0 nothing changed.
 */
int nemu_fdb_host_change(struct nemu_switch *sw, const u8 *to)
{
	struct net_device *dev = sw->dev;
	u8 from[ETH_ALEN];
	int err;

	ether_addr_copy(from, dev->dev_addr);
	err = nemu_fdb_host_add(dev, to);
	if (err)
		return err;
	eth_hw_addr_set(dev, to);
	if (!in_unicast_list(dev, from))
		nemu_fdb_host_del(dev, from);
	return 0;
}

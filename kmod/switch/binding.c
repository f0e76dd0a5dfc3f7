// SPDX-License-Identifier: GPL-2.0
/*
 * Whose address is whose: the bindings that a gateway tells the guard of its
 * switch. They come from leases and reservations, so their number is bounded by
 * what the administrator allowed; the table has a bound of its own besides.
 */
#include "switch.h"
#include "../door.h"

#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#define CHAIN_BITS	10
#define CHAINS		BIT(CHAIN_BITS)

/**
 * struct nemu_binding - an address and who may use it
 * @by_addr: in &nemu_bindings.by_addr
 * @by_mac: in &nemu_bindings.by_mac
 * @addr: the address; IPv4 as a mapped IPv6 address (RFC 4291, 2.5.5.2)
 * @mac: key of the MAC address, see nemu_fdb_source()
 * @ifindex: of the port, 0 = any; a single word, changed in place
 * @owner: whoever told
 * @rcu: frees it
 */
struct nemu_binding {
	struct hlist_node by_addr;
	struct hlist_node by_mac;
	struct in6_addr addr;
	u64 mac;
	int ifindex;
	const void *owner;
	struct rcu_head rcu;
};

/**
 * struct nemu_bindings - the bindings of a switch
 * @seed: secret of the hashes
 * @lock: of what follows; readers walk the chains under RCU
 * @count: bindings
 * @by_addr: by address
 * @by_mac: by MAC address
 */
struct nemu_bindings {
	u32 seed;
	spinlock_t lock;
	u32 count;
	struct hlist_head by_addr[CHAINS];
	struct hlist_head by_mac[CHAINS];
};

/**
 * nemu_bindings_prepare() - make room for bindings before a gateway comes
 * @sw: switch
 *
 * Context: process, RTNL held; may sleep.
 * Return: 0 or -ENOMEM.
 */
int nemu_bindings_prepare(struct nemu_switch *sw)
{
	struct nemu_bindings *t;

	if (rtnl_dereference(sw->bindings))
		return 0;
	t = kvzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t)
		return -ENOMEM;
	t->seed = get_random_u32();
	spin_lock_init(&t->lock);
	rcu_assign_pointer(sw->bindings, t);
	return 0;
}

static struct hlist_head *addr_chain(struct nemu_bindings *t,
				     const struct in6_addr *addr)
{
	u32 hash = jhash2((const u32 __force *)addr->s6_addr32, 4, t->seed);

	return &t->by_addr[hash % CHAINS];
}

static struct hlist_head *mac_chain(struct nemu_bindings *t, u64 mac)
{
	return &t->by_mac[jhash_2words(mac, mac >> 32, t->seed) % CHAINS];
}

static void binding_remove(struct nemu_bindings *t, struct nemu_binding *b)
{
	hlist_del_rcu(&b->by_addr);
	hlist_del_rcu(&b->by_mac);
	WRITE_ONCE(t->count, t->count - 1);
	kfree_rcu(b, rcu);
}

static void remove_all(struct nemu_bindings *t, const void *owner)
{
	struct nemu_binding *b;
	struct hlist_node *tmp;
	int i;

	for (i = 0; i < CHAINS; i++)
		hlist_for_each_entry_safe(b, tmp, &t->by_addr[i], by_addr)
			if (!owner || b->owner == owner)
				binding_remove(t, b);
}

/**
 * nemu_bindings_free() - give back what the bindings of a switch take
 * @sw: switch that nobody uses any more
 */
void nemu_bindings_free(struct nemu_switch *sw)
{
	struct nemu_bindings *t = rcu_dereference_protected(sw->bindings, 1);

	if (!t)
		return;
	remove_all(t, NULL);
	RCU_INIT_POINTER(sw->bindings, NULL);
	kvfree(t);
}

/**
 * nemu_bindings_count() - how many there are
 * @sw: switch
 *
 * Context: RTNL held, or RCU read side.
 */
u32 nemu_bindings_count(const struct nemu_switch *sw)
{
	const struct nemu_bindings *t =
		rcu_dereference_check(sw->bindings, lockdep_rtnl_is_held());

	return t ? READ_ONCE(t->count) : 0;
}

/**
 * nemu_binding_of_addr() - may a port's guest use an address?
 * @port: port
 * @addr: address
 * @mac: key of the guest's MAC address
 *
 * Context: RCU read side.
 * Return: what the bindings of the address say; more than one where gateways
 * share a switch.
 */
enum nemu_bound nemu_binding_of_addr(const struct nemu_port *port,
				     const struct in6_addr *addr, u64 mac)
{
	struct nemu_bindings *t = rcu_dereference(port->sw->bindings);
	enum nemu_bound bound = NEMU_BOUND_NOBODY;
	const struct nemu_binding *b;
	int ifindex;

	if (!t)
		return NEMU_BOUND_NOBODY;
	hlist_for_each_entry_rcu(b, addr_chain(t, addr), by_addr) {
		if (!ipv6_addr_equal(&b->addr, addr))
			continue;
		ifindex = READ_ONCE(b->ifindex);
		if (b->mac == mac && ifindex == port->dev->ifindex)
			return NEMU_BOUND_HERE;
		if (b->mac == mac && !ifindex)
			bound = NEMU_BOUND_ANYWHERE;
		else if (bound == NEMU_BOUND_NOBODY)
			bound = NEMU_BOUND_OTHER;
	}
	return bound;
}

/* A port of the same switch that is in use. */
static bool is_in_use(const struct nemu_port *port, int ifindex)
{
	struct net_device *dev =
		dev_get_by_index_rcu(dev_net(port->sw->dev), ifindex);
	const struct nemu_port *other = dev ? nemu_port_get_rcu(dev) : NULL;

	return other && other->sw == port->sw && nemu_device_ready(dev);
}

/**
 * nemu_binding_of_mac() - may a port's guest use a MAC address?
 * @port: port
 * @mac: key of the address
 *
 * Frames of a MAC address draw those for it to their port, so one that is bound
 * elsewhere has to stay there, as long as somebody is there.
 *
 * Context: RCU read side.
 * Return: false if it belongs to another port.
 */
bool nemu_binding_of_mac(const struct nemu_port *port, u64 mac)
{
	struct nemu_bindings *t = rcu_dereference(port->sw->bindings);
	const struct nemu_binding *b;
	int ifindex, elsewhere = 0;

	if (!t)
		return true;
	hlist_for_each_entry_rcu(b, mac_chain(t, mac), by_mac) {
		if (b->mac != mac)
			continue;
		ifindex = READ_ONCE(b->ifindex);
		if (!ifindex || ifindex == port->dev->ifindex)
			return true;
		elsewhere = ifindex;
	}
	return !elsewhere || !is_in_use(port, elsewhere);
}

/* ---- the door ----------------------------------------------------------- */

static struct nemu_bindings *bindings_of(const struct net_device *master)
{
	const struct nemu_switch *sw = netdev_priv(master);

	if (!nemu_is_switch(master))
		return NULL;
	return rcu_dereference_bh_check(sw->bindings, lockdep_rtnl_is_held());
}

static struct nemu_binding *find(struct nemu_bindings *t, const void *owner,
				 const struct in6_addr *addr)
{
	struct nemu_binding *b;

	hlist_for_each_entry_rcu(b, addr_chain(t, addr), by_addr,
				 lockdep_is_held(&t->lock))
		if (b->owner == owner && ipv6_addr_equal(&b->addr, addr))
			return b;
	return NULL;
}

static int binding_add(struct nemu_bindings *t, const void *owner,
		       const struct in6_addr *addr, u64 mac, int ifindex)
{
	struct nemu_binding *b;

	b = kmalloc(sizeof(*b), GFP_ATOMIC | __GFP_NOWARN);
	if (!b)
		return -ENOMEM;
	b->addr = *addr;
	b->mac = mac;
	b->ifindex = ifindex;
	b->owner = owner;
	hlist_add_head_rcu(&b->by_addr, addr_chain(t, addr));
	hlist_add_head_rcu(&b->by_mac, mac_chain(t, mac));
	WRITE_ONCE(t->count, t->count + 1);
	return 0;
}

/**
 * nemu_door_bind() - say whose an address is
 * @master: master of the owner's device
 * @owner: who says so; each has its own opinion of an address
 * @addr: IPv4 address
 * @mac: MAC address of the guest
 * @ifindex: its port, 0 = any
 *
 * What the owner said of the address before is forgotten.
 *
 * Context: BH off.
 * Return: 0, -ENOSPC, -ENOMEM, or -EOPNOTSUPP without a guard.
 */
int nemu_door_bind(struct net_device *master, const void *owner, __be32 addr,
		    const u8 *mac, int ifindex)
{
	struct nemu_bindings *t = bindings_of(master);
	u64 key = nemu_fdb_key(mac);
	struct nemu_binding *old;
	struct in6_addr mapped;
	int err = 0;

	if (!t)
		return -EOPNOTSUPP;
	ipv6_addr_set_v4mapped(addr, &mapped);
	spin_lock(&t->lock);
	old = find(t, owner, &mapped);
	if (old && old->mac == key) {
		WRITE_ONCE(old->ifindex, ifindex);
	} else if (!old && t->count >= NETEMU_BINDINGS_MAX) {
		err = -ENOSPC;
	} else {
		err = binding_add(t, owner, &mapped, key, ifindex);
		/* At no time is the address nobody's. */
		if (old)
			binding_remove(t, old);
	}
	spin_unlock(&t->lock);
	return err;
}
EXPORT_SYMBOL_GPL(nemu_door_bind);

/**
 * nemu_door_unbind() - an address is nobody's any more
 * @master: master of the owner's device
 * @owner: who said whose it was
 * @addr: IPv4 address
 *
 * Context: BH off.
 */
void nemu_door_unbind(struct net_device *master, const void *owner,
		       __be32 addr)
{
	struct nemu_bindings *t = bindings_of(master);
	struct nemu_binding *b;
	struct in6_addr mapped;

	if (!t)
		return;
	ipv6_addr_set_v4mapped(addr, &mapped);
	spin_lock(&t->lock);
	b = find(t, owner, &mapped);
	if (b)
		binding_remove(t, b);
	spin_unlock(&t->lock);
}
EXPORT_SYMBOL_GPL(nemu_door_unbind);

/**
 * nemu_door_unbind_all() - forget all that an owner said
 * @master: master of the owner's device
 * @owner: who goes
 *
 * Context: BH off.
 */
void nemu_door_unbind_all(struct net_device *master, const void *owner)
{
	struct nemu_bindings *t = bindings_of(master);

	if (!t)
		return;
	spin_lock(&t->lock);
	remove_all(t, owner);
	spin_unlock(&t->lock);
}
EXPORT_SYMBOL_GPL(nemu_door_unbind_all);

// SPDX-License-Identifier: GPL-2.0
/*
 * What the switches of one network namespace may use together. Whoever makes
 * a user namespace is its administrator: there, addresses learned in softirq,
 * which no cgroup pays for, need a bound of their own.
 */
#include "switch.h"

#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct nemu_netns {
	atomic_t fdb_entries;
};

static unsigned int netns_id;

/**
 * nemu_netns_charge() - one FDB entry more
 * @net: namespace of the switch
 *
 * Context: any.
 * Return: false if the namespace has its fill.
 */
bool nemu_netns_charge(struct net *net)
{
	struct nemu_netns *nn = net_generic(net, netns_id);

	if (atomic_inc_return(&nn->fdb_entries) <= NETEMU_FDB_NETNS_MAX ||
	    net->user_ns == &init_user_ns)
		return true;
	atomic_dec(&nn->fdb_entries);
	return false;
}

/**
 * nemu_netns_uncharge() - one FDB entry less
 * @net: namespace of the switch
 */
void nemu_netns_uncharge(struct net *net)
{
	struct nemu_netns *nn = net_generic(net, netns_id);

	atomic_dec(&nn->fdb_entries);
}

static struct pernet_operations netns_ops = {
	.id	= &netns_id,
	.size	= sizeof(struct nemu_netns),
};

int nemu_netns_register(void)
{
	return register_pernet_subsys(&netns_ops);
}

void nemu_netns_unregister(void)
{
	unregister_pernet_subsys(&netns_ops);
}

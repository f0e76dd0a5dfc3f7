// SPDX-License-Identifier: GPL-2.0
/*
 * The DHCP service of a gateway: its life, its lease table, and its settings,
 * which come from the options of the gateway.
 */
#include "gateway.h"
#include "dhcp_service.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#define LEASES_MAX	4096	/* places in the table of a network */

static int set_options(struct nemu_dhcp_config *c,
		       const struct nemu_gw_config *config, unsigned int mtu)
{
	u32 mask = ntohl(config->mask), router = ntohl(config->gateway);
	u32 all = ntohl(config->subnet | ~config->mask);
	u32 dns = ntohl(config->dns);
	struct nemu_dhcp_options *o = &c->options;

	o->len = 0;
	return nemu_dhcp_option_set_addresses(o, NEMU_DHCP_OPT_MASK, &mask, 1) ?:
	       nemu_dhcp_option_set_addresses(o, NEMU_DHCP_OPT_ROUTER, &router, 1) ?:
	       nemu_dhcp_option_set_addresses(o, NEMU_DHCP_OPT_DNS, &dns, 1) ?:
	       nemu_dhcp_option_set_addresses(o, NEMU_DHCP_OPT_BROADCAST, &all, 1) ?:
	       nemu_dhcp_option_set_u16(o, NEMU_DHCP_OPT_MTU,
					min_t(unsigned int, mtu, U16_MAX));
}

static int configure(struct nemu_dhcp_config *c,
		     const struct nemu_gw_config *config, unsigned int mtu)
{
	c->subnet = ntohl(config->subnet);
	c->mask = ntohl(config->mask);
	c->server = ntohl(config->gateway);
	c->lease_time = config->lease_time;
	return set_options(c, config, mtu);
}

static struct nemu_lease_table *make_table(const struct nemu_gw_config *config)
{
	u32 start = ntohl(config->dhcp_start), end = ntohl(config->dhcp_end);
	u32 capacity = min_t(u32, end - start + 1, LEASES_MAX);
	struct nemu_lease_table *table;
	void *memory;

	memory = kvzalloc(nemu_lease_table_size(start, end, capacity),
			  GFP_KERNEL_ACCOUNT);
	if (!memory)
		return NULL;
	table = nemu_lease_table_init(memory, start, end, capacity,
				      get_random_u64());
	nemu_lease_table_bar(table, ntohl(config->gateway));
	nemu_lease_table_bar(table, ntohl(config->dns));
	return table;
}

/**
 * nemu_dhcp_start() - make the DHCP service of a gateway
 * @gw: gateway that takes no frames yet
 * @config: its options
 *
 * Return: 0 or -errno.
 */
int nemu_dhcp_start(struct nemu_gw *gw, const struct nemu_gw_config *config)
{
	struct nemu_dhcp_service *dhcp;
	int err;

	dhcp = kvzalloc(sizeof(*dhcp), GFP_KERNEL_ACCOUNT);
	if (!dhcp)
		return -ENOMEM;
	dhcp->gw = gw;
	spin_lock_init(&dhcp->lock);
	INIT_LIST_HEAD(&dhcp->waiting);
	INIT_DELAYED_WORK(&dhcp->tick, nemu_dhcp_tick);
	nemu_dhcp_defaults(&dhcp->engine.config);
	/*
	 * Leases are gone when the gateway is: who asks for one that nobody
	 * knows hears "no" at once.
	 */
	dhcp->engine.config.flags |= NEMU_DHCP_F_AUTHORITATIVE;
	err = configure(&dhcp->engine.config, config, gw->dev->mtu);
	if (err)
		goto err_free;
	err = -ENOMEM;
	dhcp->engine.leases = make_table(config);
	if (!dhcp->engine.leases)
		goto err_free;
	gw->dhcp = dhcp;
	return 0;

err_free:
	kvfree(dhcp);
	return err;
}

/**
 * nemu_dhcp_change() - give the DHCP service other options
 * @gw: gateway
 * @config: its new options, checked
 * @mtu: of its device
 *
 * Leases that fit the new range stay.
 *
 * Context: process, RTNL held; may sleep.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_dhcp_change(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     unsigned int mtu)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;
	struct nemu_lease_table *table, *old;
	struct nemu_dhcp_config *c;
	int err;

	c = kmemdup(&dhcp->engine.config, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	err = configure(c, config, mtu);
	table = err ? NULL : make_table(config);
	if (!table) {
		kfree(c);
		return err ?: -ENOMEM;
	}
	spin_lock_bh(&dhcp->lock);
	old = dhcp->engine.leases;
	nemu_lease_table_copy(table, old, nemu_dhcp_now());
	dhcp->engine.leases = table;
	dhcp->engine.config = *c;
	/* Some found no room in the new table. */
	rcu_read_lock();
	nemu_binding_update_all(dhcp, old);
	rcu_read_unlock();
	spin_unlock_bh(&dhcp->lock);
	kvfree(old);
	kfree(c);
	return 0;
}

/**
 * nemu_dhcp_stop() - end the DHCP service
 * @gw: gateway that takes no frames any more
 *
 * Context: process, may sleep.
 */
void nemu_dhcp_stop(struct nemu_gw *gw)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;

	cancel_delayed_work_sync(&dhcp->tick);
	nemu_dhcp_forget_waiting(dhcp);
	kvfree(dhcp->engine.leases);
	kvfree(dhcp);
	gw->dhcp = NULL;
}

/**
 * nemu_dhcp_leases() - how many addresses are leased
 * @gw: gateway
 */
u32 nemu_dhcp_leases(const struct nemu_gw *gw)
{
	return READ_ONCE(gw->dhcp->engine.leases->count[NEMU_LEASE_BOUND]);
}

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

static int set_addresses(struct nemu_dhcp_options *o, u8 code,
			 const __be32 *addrs, int max)
{
	u32 host[NETEMU_GW_NTP_MAX];
	int n;

	for (n = 0; n < max && addrs[n]; n++)
		host[n] = ntohl(addrs[n]);
	return nemu_dhcp_option_set_addresses(o, code, host, n);
}

static int set_search(struct nemu_dhcp_options *o, const char *search)
{
	const char *names[NETEMU_GW_SEARCH_COUNT];
	char text[NETEMU_GW_SEARCH_MAX + 1];
	char *rest = text, *name;
	int n = 0;

	strscpy(text, search, sizeof(text));
	while (n < ARRAY_SIZE(names) && (name = strsep(&rest, ",")) && *name)
		names[n++] = name;
	return nemu_dhcp_option_set_search(o, names, n);
}

static int set_routes(struct nemu_dhcp_options *o,
		      const struct nemu_gw_dhcp_words *words)
{
	struct nemu_dhcp_route routes[NETEMU_GW_ROUTES_MAX];
	int i;

	for (i = 0; i < words->route_count; i++)
		routes[i] = (struct nemu_dhcp_route) {
			.dest = ntohl(words->routes[i].dest),
			.prefix = words->routes[i].prefix,
			.gateway = ntohl(words->routes[i].gateway),
		};
	return nemu_dhcp_option_set_routes(o, routes, i);
}

static int set_by_number(struct nemu_dhcp_options *o,
			 const struct nemu_gw_dhcp_words *words)
{
	const u8 *p = words->options, *end = p + words->options_len;
	int err = 0;

	for (; p < end && !err; p += 2 + p[1])
		err = nemu_dhcp_option_set(o, p[0], p + 2, p[1], false);
	return err;
}

/* Where nothing is to be reached no way there is told. */
static int set_way_out(struct nemu_dhcp_options *o,
		       const struct nemu_gw_config *config)
{
	if (config->role == NETEMU_GW_ROLE_HOST_ONLY)
		return 0;
	return set_addresses(o, NEMU_DHCP_OPT_ROUTER, &config->gateway, 1) ?:
	       set_addresses(o, NEMU_DHCP_OPT_DNS, &config->dns, 1);
}

/* Numbers last: they replace what guests are told else. */
static int set_options(struct nemu_dhcp_options *o,
		       const struct nemu_gw_config *config, unsigned int mtu)
{
	const struct nemu_gw_dhcp_words *words = &config->words;
	__be32 all = config->subnet | ~config->mask;

	o->len = 0;
	mtu = words->mtu ?: min_t(unsigned int, mtu, U16_MAX);
	return set_addresses(o, NEMU_DHCP_OPT_MASK, &config->mask, 1) ?:
	       set_way_out(o, config) ?:
	       set_addresses(o, NEMU_DHCP_OPT_BROADCAST, &all, 1) ?:
	       nemu_dhcp_option_set_u16(o, NEMU_DHCP_OPT_MTU, mtu) ?:
	       nemu_dhcp_option_set_string(o, NEMU_DHCP_OPT_DOMAIN,
					   words->domain) ?:
	       set_search(o, words->search) ?:
	       set_addresses(o, NEMU_DHCP_OPT_NTP, words->ntp,
			     NETEMU_GW_NTP_MAX) ?:
	       set_routes(o, words) ?:
	       set_by_number(o, words);
}

static int configure(struct nemu_dhcp_config *c,
		     const struct nemu_gw_config *config, unsigned int mtu)
{
	c->subnet = ntohl(config->subnet);
	c->mask = ntohl(config->mask);
	c->server = ntohl(nemu_gw_self(config));
	c->lease_time = config->lease_time;
	c->port_max = config->guest_leases;
	c->next_server = ntohl(config->words.next_server);
	strscpy(c->bootfile, config->words.bootfile, sizeof(c->bootfile));
	return set_options(&c->options, config, mtu);
}

/* Changes when a gateway gets another table; RTNL. */
static u32 generation;

static void bar(void *table, __be32 addr)
{
	nemu_lease_table_bar(table, ntohl(addr));
}

static struct nemu_lease_table *make_table(const struct nemu_gw *gw,
					   const struct nemu_gw_config *config)
{
	u32 start = ntohl(config->dhcp_start), end = ntohl(config->dhcp_end);
	/* Reservations may lie outside of the range. */
	u32 capacity = min_t(u32, ~ntohl(config->mask), LEASES_MAX);
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
	nemu_gw_each_service(gw, bar, table);
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
	ratelimit_state_init(&dhcp->event_limit, HZ, NETEMU_EVENT_RATE);
	/* Nothing is logged: guests decide how often this happens. */
	ratelimit_set_flags(&dhcp->event_limit, RATELIMIT_MSG_ON_RELEASE);
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
	dhcp->engine.leases = make_table(gw, config);
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
	table = err ? NULL : make_table(gw, config);
	if (!table) {
		kfree(c);
		return err ?: -ENOMEM;
	}
	generation++;
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
 * nemu_dhcp_bar() - lease an address to nobody
 * @gw: gateway
 * @addr: address
 *
 * Return: 0, or -EBUSY if somebody has it leased or reserved.
 */
int nemu_dhcp_bar(struct nemu_gw *gw, __be32 addr)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;
	struct nemu_lease_table *table;
	struct nemu_lease *lease;
	int err = 0;

	spin_lock_bh(&dhcp->lock);
	table = dhcp->engine.leases;
	lease = nemu_lease_find(table, ntohl(addr));
	if (lease && (nemu_lease_is_live(lease, nemu_dhcp_now()) ||
		      nemu_lease_is_reserved(lease))) {
		err = -EBUSY;
	} else {
		if (lease)
			nemu_lease_delete(table, ntohl(addr));
		nemu_lease_table_bar(table, ntohl(addr));
	}
	spin_unlock_bh(&dhcp->lock);
	return err;
}

/**
 * nemu_dhcp_unbar() - an address can be leased again
 * @gw: gateway
 * @addr: address for which nemu_dhcp_bar() returned 0
 */
void nemu_dhcp_unbar(struct nemu_gw *gw, __be32 addr)
{
	struct nemu_dhcp_service *dhcp = gw->dhcp;

	spin_lock_bh(&dhcp->lock);
	nemu_lease_table_unbar(dhcp->engine.leases, ntohl(addr));
	spin_unlock_bh(&dhcp->lock);
}

/**
 * nemu_dhcp_leases() - how many addresses are leased
 * @gw: gateway
 */
u32 nemu_dhcp_leases(const struct nemu_gw *gw)
{
	return READ_ONCE(gw->dhcp->engine.leases->count[NEMU_LEASE_BOUND]);
}

/**
 * nemu_dhcp_pool_full() - did the last guest that needed an address get none?
 * @gw: gateway
 */
bool nemu_dhcp_pool_full(const struct nemu_gw *gw)
{
	return READ_ONCE(gw->dhcp->engine.pool_full);
}

/**
 * nemu_dhcp_lease_events_lost() - notifications left out
 * @gw: gateway
 */
u64 nemu_dhcp_lease_events_lost(const struct nemu_gw *gw)
{
	return READ_ONCE(gw->dhcp->events_lost);
}

/**
 * nemu_dhcp_generation() - as long as it is the same, no table was replaced
 *
 * Context: RTNL held.
 */
u32 nemu_dhcp_generation(void)
{
	return generation;
}

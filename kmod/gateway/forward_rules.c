// SPDX-License-Identifier: GPL-2.0
/*
 * The rules: port forwards and services of all gateways. Every port of a rule is
 * in one table, so that finding it costs the same however many there are.
 */
#include "forward.h"
#include "../compat.h"

#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/inetdevice.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netns/hash.h>
#include <net/route.h>

#define PORT_BITS	10
#define ADDR_BITS	6

/* Changed with RTNL held, read under RCU. */
static DEFINE_HASHTABLE(ports, PORT_BITS);
static DEFINE_HASHTABLE(service_addrs, ADDR_BITS);

/* Grows with every rule that comes or goes; RTNL. */
static unsigned int changes;

static u32 key_of_port(const struct net *net, u8 protocol, u16 port)
{
	return net_hash_mix(net) ^ (protocol << 16 | port);
}

static u32 key_of_addr(const struct nemu_gw *gw, __be32 addr)
{
	return hash_ptr(gw, 32) ^ ntohl(addr);
}

/**
 * nemu_forward_find() - the forward that takes a new connection
 * @net: namespace
 * @protocol: of the connection
 * @addr: where it is opened to
 * @port: port there
 *
 * Context: RCU read side, or RTNL held.
 * Return: the rule, or NULL.
 */
struct nemu_forward *nemu_forward_find(struct net *net, u8 protocol,
				       __be32 addr, __be16 port)
{
	const struct nemu_forward_port *p;
	u16 number = ntohs(port);

	hash_for_each_possible_rcu(ports, p, chain,
				   key_of_port(net, protocol, number),
				   lockdep_rtnl_is_held()) {
		const struct nemu_forward_spec *spec = &p->rule->spec;

		if (p->port != number || spec->protocol != protocol ||
		    spec->kind != NETEMU_FORWARD_TO_GUEST ||
		    !net_eq(dev_net(p->rule->gw->dev), net))
			continue;
		if (spec->addr ? spec->addr == addr :
				 inet_addr_type(net, addr) == RTN_LOCAL)
			return p->rule;
	}
	return NULL;
}

/**
 * nemu_service_find() - the service that takes a new connection of a guest
 * @gw: the guest's gateway
 * @protocol: of the connection
 * @addr: where it is opened to
 * @port: port there
 *
 * Context: RCU read side, or RTNL held.
 * Return: the rule, or NULL.
 */
struct nemu_forward *nemu_service_find(const struct nemu_gw *gw, u8 protocol,
				       __be32 addr, __be16 port)
{
	const struct nemu_forward_port *p;
	u16 number = ntohs(port);

	if (!READ_ONCE(gw->services))
		return NULL;
	hash_for_each_possible_rcu(ports, p, chain,
				   key_of_port(dev_net(gw->dev), protocol,
					       number),
				   lockdep_rtnl_is_held())
		if (p->port == number && p->rule->gw == gw &&
		    p->rule->spec.protocol == protocol &&
		    p->rule->spec.addr == addr &&
		    p->rule->spec.kind == NETEMU_FORWARD_SERVICE)
			return p->rule;
	return NULL;
}

/**
 * nemu_gw_serves() - is an address that of a service?
 * @gw: gateway
 * @addr: address
 *
 * Context: RCU read side, or RTNL held.
 */
bool nemu_gw_serves(const struct nemu_gw *gw, __be32 addr)
{
	const struct nemu_forward *rule;

	if (likely(!READ_ONCE(gw->services)))
		return false;
	hash_for_each_possible_rcu(service_addrs, rule, by_addr,
				   key_of_addr(gw, addr),
				   lockdep_rtnl_is_held())
		if (rule->gw == gw && rule->spec.addr == addr)
			return true;
	return false;
}

/**
 * nemu_gw_has() - does a gateway answer for an address?
 * @gw: gateway
 * @config: its options
 * @addr: address
 *
 * Context: RCU read side.
 */
bool nemu_gw_has(const struct nemu_gw *gw, const struct nemu_gw_config *config,
		 __be32 addr)
{
	return nemu_gw_owns(config, addr) || nemu_gw_serves(gw, addr);
}

static int refuse(int err, const char *why, struct netlink_ext_ack *extack)
{
	nemu_extack_msg(extack, why);
	return err;
}

static const char *why_not_reserved(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "netemu: the port is taken by another socket of the host";
	case -EADDRNOTAVAIL:
		return "netemu: the host has no such address";
	case -EACCES:
		return "netemu: a port below net.ipv4.ip_unprivileged_port_start needs CAP_NET_BIND_SERVICE";
	default:
		return "netemu: the port can't be reserved";
	}
}

static void unreserve(struct nemu_forward *rule)
{
	unsigned int i;

	for (i = 0; i < rule->count; i++)
		nemu_unreserve(rule->ports[i].sock);
}

static int reserve(struct nemu_forward *rule, struct netlink_ext_ack *extack)
{
	struct nemu_forward_spec *spec = &rule->spec;
	struct net *net = dev_net(rule->gw->dev);
	struct socket *sock;
	unsigned int i;

	for (i = 0; i < rule->count; i++) {
		if (spec->automatic)
			sock = nemu_reserve_any(net, spec->protocol, spec->addr,
						&spec->first);
		else
			sock = nemu_reserve(net, spec->protocol, spec->addr,
					    spec->first + i);
		if (IS_ERR(sock)) {
			unreserve(rule);
			return refuse(PTR_ERR(sock),
				      why_not_reserved(PTR_ERR(sock)), extack);
		}
		rule->ports[i].sock = sock;
	}
	if (spec->automatic)
		spec->last = spec->first;
	return 0;
}

/* Takes what the rule needs of the host or of the guests' addresses. */
static int acquire(struct nemu_forward *rule, struct netlink_ext_ack *extack)
{
	struct nemu_gw *gw = rule->gw;
	int err;

	if (rule->spec.kind == NETEMU_FORWARD_SERVICE) {
		err = nemu_gw_serves(gw, rule->spec.addr) ? 0 :
		      nemu_dhcp_bar(gw, rule->spec.addr);
		return err ? refuse(err, "netemu: a guest has the address of the service leased or reserved",
				    extack) : 0;
	}
	err = reserve(rule, extack);
	if (err)
		return err;
	err = nemu_nat_forward_start(dev_net(gw->dev));
	if (err) {
		unreserve(rule);
		return refuse(err, "netemu: no place at the host's hooks",
			      extack);
	}
	return 0;
}

static void publish(struct nemu_forward *rule)
{
	struct nemu_forward_spec *spec = &rule->spec;
	struct nemu_gw *gw = rule->gw;
	unsigned int i;

	changes++;
	gw->forward_count++;
	list_add_tail(&rule->node, &gw->forwards);
	if (spec->kind == NETEMU_FORWARD_SERVICE) {
		hash_add_rcu(service_addrs, &rule->by_addr,
			     key_of_addr(gw, spec->addr));
		WRITE_ONCE(gw->services, gw->services + 1);
	}
	for (i = 0; i < rule->count; i++) {
		rule->ports[i].rule = rule;
		rule->ports[i].port = spec->first + i;
		hash_add_rcu(ports, &rule->ports[i].chain,
			     key_of_port(dev_net(gw->dev), spec->protocol,
					 rule->ports[i].port));
	}
}

/**
 * nemu_forward_add() - make a forward or a service
 * @gw: gateway
 * @spec: what it says; if automatic, its ports are the result
 * @extack: why not
 *
 * Context: process, RTNL held; may sleep.
 * Return: the rule, or an ERR_PTR; then nothing changed.
 */
struct nemu_forward *nemu_forward_add(struct nemu_gw *gw,
				      struct nemu_forward_spec *spec,
				      struct netlink_ext_ack *extack)
{
	struct nemu_forward *rule;
	unsigned int n;
	int err;

	ASSERT_RTNL();
	err = nemu_forward_check(gw, spec, extack);
	if (err)
		return ERR_PTR(err);
	n = spec->last - spec->first + 1;
	rule = kvzalloc(struct_size(rule, ports, n), GFP_KERNEL_ACCOUNT);
	if (!rule)
		return ERR_PTR(-ENOMEM);
	rule->gw = gw;
	rule->spec = *spec;
	rule->count = n;
	err = acquire(rule, extack);
	if (err) {
		kvfree(rule);
		return ERR_PTR(err);
	}
	publish(rule);
	if (spec->kind == NETEMU_FORWARD_SERVICE)
		nemu_binding_service_changed(gw, spec->addr);
	nemu_forward_notify(rule, NETEMU_CMD_FORWARD_NTF);
	*spec = rule->spec;
	return rule;
}

/**
 * nemu_forward_get() - find a rule by what it is for
 * @gw: gateway
 * @spec: its kind, protocol, address and first port
 *
 * Context: RTNL held.
 * Return: the rule, or NULL.
 */
struct nemu_forward *nemu_forward_get(struct nemu_gw *gw,
				      const struct nemu_forward_spec *spec)
{
	struct nemu_forward *rule;

	list_for_each_entry(rule, &gw->forwards, node)
		if (rule->spec.kind == spec->kind &&
		    rule->spec.protocol == spec->protocol &&
		    rule->spec.addr == spec->addr &&
		    rule->spec.first == spec->first)
			return rule;
	return NULL;
}

static void hide(struct nemu_forward *rule)
{
	unsigned int i;

	nemu_forward_notify(rule, NETEMU_CMD_FORWARD_DEL_NTF);
	changes++;
	rule->gw->forward_count--;
	for (i = 0; i < rule->count; i++)
		hash_del_rcu(&rule->ports[i].chain);
	list_del(&rule->node);
	if (rule->spec.kind == NETEMU_FORWARD_SERVICE) {
		hash_del_rcu(&rule->by_addr);
		WRITE_ONCE(rule->gw->services, rule->gw->services - 1);
	} else {
		nemu_nat_forward_stop(dev_net(rule->gw->dev));
	}
}

/**
 * nemu_forward_del() - remove a rule and its connections
 * @rule: from nemu_forward_add()
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_forward_del(struct nemu_forward *rule)
{
	ASSERT_RTNL();
	hide(rule);
	synchronize_net();
	nemu_nat_forward_flush(rule);
	if (rule->spec.kind == NETEMU_FORWARD_SERVICE &&
	    !nemu_gw_serves(rule->gw, rule->spec.addr)) {
		nemu_dhcp_unbar(rule->gw, rule->spec.addr);
		nemu_binding_service_changed(rule->gw, rule->spec.addr);
	}
	unreserve(rule);
	kvfree(rule);
}

/**
 * nemu_forward_changes() - a number that differs when a rule came or went
 *
 * Context: RTNL held.
 */
unsigned int nemu_forward_changes(void)
{
	return changes;
}

/**
 * nemu_gw_fits_forwards() - could a gateway have these addresses?
 * @gw: gateway
 * @config: options of the same subnet
 *
 * Not those of a service, nor of a guest that a forward goes to.
 *
 * Context: RTNL held.
 */
bool nemu_gw_fits_forwards(const struct nemu_gw *gw,
			   const struct nemu_gw_config *config)
{
	const struct nemu_forward *rule;

	list_for_each_entry(rule, &gw->forwards, node) {
		const struct nemu_forward_spec *spec = &rule->spec;

		if (!nemu_gw_is_guest(config,
				      spec->kind == NETEMU_FORWARD_SERVICE ?
				      spec->addr : spec->to))
			return false;
	}
	return true;
}

/**
 * nemu_gw_each_service() - go through the addresses of services
 * @gw: gateway
 * @fn: is called for each of them, maybe more than once
 * @arg: its first argument
 *
 * Context: RTNL held.
 */
void nemu_gw_each_service(const struct nemu_gw *gw,
			  void (*fn)(void *arg, __be32 addr), void *arg)
{
	const struct nemu_forward *rule;

	list_for_each_entry(rule, &gw->forwards, node)
		if (rule->spec.kind == NETEMU_FORWARD_SERVICE)
			fn(arg, rule->spec.addr);
}

/**
 * nemu_gw_close_forwards() - remove all rules of a gateway
 * @gw: gateway whose connections are about to be removed
 *
 * Context: process, RTNL held; may sleep.
 */
void nemu_gw_close_forwards(struct nemu_gw *gw)
{
	struct nemu_forward *rule, *next;
	LIST_HEAD(gone);

	list_for_each_entry_safe(rule, next, &gw->forwards, node) {
		hide(rule);
		list_add(&rule->node, &gone);
	}
	if (list_empty(&gone))
		return;
	synchronize_net();
	list_for_each_entry_safe(rule, next, &gone, node) {
		unreserve(rule);
		kvfree(rule);
	}
}

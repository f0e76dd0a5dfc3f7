// SPDX-License-Identifier: GPL-2.0
/* What a forward or service may be, beside the others of its gateway. */
#include "forward.h"
#include "../compat.h"

#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/route.h>

static int refuse(int err, const char *why, struct netlink_ext_ack *extack)
{
	nemu_extack_msg(extack, why);
	return err;
}

static bool is_somewhere(struct net *net, __be32 addr)
{
	switch (inet_addr_type(net, addr)) {
	case RTN_UNICAST:
	case RTN_LOCAL:
		return !ipv4_is_zeronet(addr);
	default:
		return false;
	}
}

static int check_forward(const struct nemu_gw *gw,
			 const struct nemu_gw_config *config,
			 const struct nemu_forward_spec *spec,
			 struct netlink_ext_ack *extack)
{
	if (spec->addr &&
	    inet_addr_type(dev_net(gw->dev), spec->addr) != RTN_LOCAL)
		return refuse(-EADDRNOTAVAIL,
			      "netemu: the host has no such address", extack);
	if (!nemu_gw_is_guest(config, spec->to) ||
	    nemu_gw_serves(gw, spec->to))
		return refuse(-EINVAL,
			      "netemu: a forward goes to an address that a guest can have",
			      extack);
	return 0;
}

static int check_service(const struct nemu_gw *gw,
			 const struct nemu_gw_config *config,
			 const struct nemu_forward_spec *spec,
			 struct netlink_ext_ack *extack)
{
	const struct nemu_forward *rule;

	if (!nemu_gw_is_guest(config, spec->addr))
		return refuse(-EINVAL,
			      "netemu: the address of a service is of the subnet, and not the gateway's or that for DNS",
			      extack);
	if (nemu_gw_in_subnet(config, spec->to) ||
	    !is_somewhere(dev_net(gw->dev), spec->to))
		return refuse(-EINVAL,
			      "netemu: a service goes to an address outside the subnet",
			      extack);
	list_for_each_entry(rule, &gw->forwards, node)
		if (rule->spec.kind == NETEMU_FORWARD_TO_GUEST &&
		    rule->spec.to == spec->addr)
			return refuse(-EBUSY,
				      "netemu: a forward goes to this address: it is a guest's",
				      extack);
	return 0;
}

static bool is_overlap(const struct nemu_forward_spec *a,
		       const struct nemu_forward_spec *b)
{
	return a->kind == b->kind && a->protocol == b->protocol &&
	       a->first <= b->last && b->first <= a->last &&
	       (a->addr == b->addr ||
		(a->kind == NETEMU_FORWARD_TO_GUEST &&
		 (!a->addr || !b->addr)));
}

/* How many ports the rules of the gateway have. */
static int check_room(const struct nemu_gw *gw,
		      const struct nemu_forward_spec *spec,
		      struct netlink_ext_ack *extack)
{
	unsigned int rules = 0, n = spec->last - spec->first + 1;
	const struct nemu_forward *rule;

	list_for_each_entry(rule, &gw->forwards, node) {
		if (!spec->automatic && is_overlap(&rule->spec, spec))
			return refuse(-EEXIST,
				      "netemu: there is a rule for this port",
				      extack);
		rules++;
		n += rule->count;
	}
	if (rules >= NETEMU_FORWARDS_MAX)
		return refuse(-ENOSPC,
			      "netemu: a gateway has at most "
			      __stringify(NETEMU_FORWARDS_MAX) " forwards and services",
			      extack);
	if (n > NETEMU_FORWARD_PORTS_MAX)
		return refuse(-ENOSPC,
			      "netemu: forwards and services of a gateway have at most "
			      __stringify(NETEMU_FORWARD_PORTS_MAX) " ports",
			      extack);
	return 0;
}

/**
 * nemu_forward_check() - may there be such a rule?
 * @gw: gateway
 * @spec: what it says
 * @extack: why not
 *
 * Context: RTNL held.
 * Return: 0 or -errno.
 */
int nemu_forward_check(const struct nemu_gw *gw,
		       const struct nemu_forward_spec *spec,
		       struct netlink_ext_ack *extack)
{
	const struct nemu_gw_config *config = rtnl_dereference(gw->config);
	int err;

	if (!spec->automatic && (!spec->first || spec->last < spec->first))
		return refuse(-ERANGE,
			      "netemu: ports are 1 to 65535, the first not behind the last",
			      extack);
	if (!spec->to_first || spec->to_first + (spec->last - spec->first) > U16_MAX)
		return refuse(-ERANGE,
			      "netemu: ports where it goes are 1 to 65535",
			      extack);
	if (spec->kind == NETEMU_FORWARD_TO_GUEST)
		err = check_forward(gw, config, spec, extack);
	else
		err = check_service(gw, config, spec, extack);
	return err ?: check_room(gw, spec, extack);
}

// SPDX-License-Identifier: GPL-2.0
/* What guests may reach, and where it is. */
#include "nat.h"
#include "forward.h"

#include <linux/in.h>
#include <linux/inetdevice.h>
#include <net/route.h>

/* A port of an address of the subnet that the administrator leads elsewhere. */
static bool find_service(const struct nemu_gw *gw,
			 const struct nf_conntrack_tuple *tuple, __be32 *dest,
			 __be16 *port)
{
	struct nemu_forward *rule;

	rule = nemu_service_find(gw, tuple->dst.protonum, tuple->dst.u3.ip,
				 tuple->dst.u.all);
	if (!rule)
		return false;
	*dest = rule->spec.to;
	*port = nemu_forward_port(rule, tuple->dst.u.all);
	atomic64_inc(&rule->connections);
	return true;
}

/* What others reach of the host by a forward, guests may reach too. */
static bool is_forward(const struct nemu_gw *gw,
		       const struct nf_conntrack_tuple *tuple)
{
	return nemu_forward_find(dev_net(gw->dev), tuple->dst.protonum,
				 tuple->dst.u3.ip, tuple->dst.u.all);
}

/**
 * nemu_nat_destination() - where a guest's new connection goes, or why not
 * @gw: gateway
 * @config: its options
 * @tuple: what the guest asks for
 * @dest: result: address
 * @port: result: port, zero for the one that the guest asked for
 *
 * Context: RCU read side.
 * Return: %NETEMU_GW_DROP_NONE or why it may not be.
 */
enum netemu_gw_drop
nemu_nat_destination(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     const struct nf_conntrack_tuple *tuple, __be32 *dest,
		     __be16 *port)
{
	__be32 addr = tuple->dst.u3.ip;

	*dest = addr;
	*port = 0;
	if (find_service(gw, tuple, dest, port))
		return NETEMU_GW_DROP_NONE;
	/* The host leads out, or nobody: only names are asked for here. */
	if (unlikely(config->role != NETEMU_GW_ROLE_NAT) &&
	    (config->role != NETEMU_GW_ROLE_ROUTED || addr != config->dns))
		return NETEMU_GW_DROP_DESTINATION;
	if (config->restricted)
		return NETEMU_GW_DROP_RESTRICTED;
	if (addr == config->dns) {
		if ((tuple->dst.protonum != IPPROTO_UDP &&
		     tuple->dst.protonum != IPPROTO_TCP) ||
		    tuple->dst.u.all != htons(53))
			return NETEMU_GW_DROP_DESTINATION;
		*dest = nemu_resolve_pick(&gw->resolve, config);
		return *dest ? NETEMU_GW_DROP_NONE :
			       NETEMU_GW_DROP_NO_RESOLVER;
	}
	if (addr == config->gateway) {
		*dest = htonl(INADDR_LOOPBACK);
		return config->host_access == NETEMU_HOST_ACCESS_LOOPBACK ?
		       NETEMU_GW_DROP_NONE : NETEMU_GW_DROP_DESTINATION;
	}
	if (ipv4_is_loopback(addr) || ipv4_is_multicast(addr) ||
	    ipv4_is_zeronet(addr) || ipv4_is_lbcast(addr) ||
	    nemu_gw_in_subnet(config, addr) ||
	    (ipv4_is_linklocal_169(addr) && !config->link_local))
		return NETEMU_GW_DROP_DESTINATION;
	switch (inet_addr_type(dev_net(gw->dev), addr)) {
	case RTN_UNICAST:
		return NETEMU_GW_DROP_NONE;
	case RTN_LOCAL:
		return config->host_access == NETEMU_HOST_ACCESS_NO &&
		       !is_forward(gw, tuple) ? NETEMU_GW_DROP_DESTINATION :
						NETEMU_GW_DROP_NONE;
	default:
		return NETEMU_GW_DROP_DESTINATION;
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Options of gateways as attributes: what is allowed, how they are read, how
 * they are shown. Parsing only fills a structure; nothing changes before all of
 * it is known to be right.
 */
#include "gateway.h"
#include "config.h"
#include "../compat.h"

#include <linux/inetdevice.h>
#include <net/ip.h>

#define ADDRESS		NLA_POLICY_EXACT_LEN(sizeof(__be32))
#define TEXT(max)	{ .type = NLA_NUL_STRING, .len = (max) }
#define READ_ONLY	{ .type = NLA_REJECT,				\
			  .reject_message = "netemu: attribute is read only" }
#define UNKNOWN		{ .type = NLA_REJECT,				\
			  .reject_message = "netemu: unknown attribute" }

const struct nla_policy nemu_gw_policy[NEMU_GW_POLICY_MAX + 1] = {
	[0] = { .strict_start_type = 1 },
	[NETEMU_GW_A_SUBNET]		= ADDRESS,
	[NETEMU_GW_A_PREFIX]		= { .type = NLA_U8 },
	[NETEMU_GW_A_GATEWAY]		= ADDRESS,
	[NETEMU_GW_A_DNS]		= ADDRESS,
	[NETEMU_GW_A_RESOLVERS]		= {
		.type = NLA_BINARY,
		.len = NETEMU_GW_RESOLVERS_MAX * sizeof(__be32),
	},
	[NETEMU_GW_A_HOST_ACCESS]	= { .type = NLA_U8 },
	[NETEMU_GW_A_LINK_LOCAL]	= { .type = NLA_U8 },
	[NETEMU_GW_A_RESTRICT]		= { .type = NLA_U8 },
	[NETEMU_GW_A_CONNECTIONS_LIMIT]	= { .type = NLA_U32 },
	[NETEMU_GW_A_DHCP]		= { .type = NLA_U8 },
	[NETEMU_GW_A_DHCP_START]	= ADDRESS,
	[NETEMU_GW_A_DHCP_END]		= ADDRESS,
	[NETEMU_GW_A_LEASE_TIME]	= { .type = NLA_U32 },
	[NETEMU_GW_A_ZONE ... NETEMU_GW_A_PAD] = READ_ONLY,
	[NETEMU_GW_A_RESOLVERS_AUTO]	= { .type = NLA_U8 },
	[NETEMU_GW_A_RESOLVER]		= READ_ONLY,
	[NETEMU_GW_A_DHCP_DOMAIN]	= TEXT(NETEMU_GW_DOMAIN_MAX),
	[NETEMU_GW_A_DHCP_SEARCH]	= TEXT(NETEMU_GW_SEARCH_MAX),
	[NETEMU_GW_A_DHCP_NTP]		= {
		.type = NLA_BINARY,
		.len = NETEMU_GW_NTP_MAX * sizeof(__be32),
	},
	[NETEMU_GW_A_DHCP_NEXT_SERVER]	= ADDRESS,
	[NETEMU_GW_A_DHCP_BOOTFILE]	= TEXT(NETEMU_GW_BOOTFILE_MAX),
	[NETEMU_GW_A_DHCP_MTU]		= { .type = NLA_U16 },
	[NETEMU_GW_A_DHCP_ROUTES]	= {
		.type = NLA_BINARY,
		.len = NETEMU_GW_ROUTES_MAX * sizeof(struct netemu_gw_route),
	},
	[NETEMU_GW_A_DHCP_OPTIONS]	= {
		.type = NLA_BINARY,
		.len = NETEMU_GW_DHCP_OPTIONS_MAX,
	},
	[NETEMU_GW_A_DHCP_POOL_FULL]	= READ_ONLY,
	[NETEMU_GW_A_FORWARDS]		= READ_ONLY,
	[NETEMU_GW_A_GUEST_CONNECTIONS]	= { .type = NLA_U32 },
	[NETEMU_GW_A_CONNECTION_RATE]	= { .type = NLA_U32 },
	[NETEMU_GW_A_PORT_FIRST]	= { .type = NLA_U16 },
	[NETEMU_GW_A_PORT_LAST]		= { .type = NLA_U16 },
	[NETEMU_GW_A_LEASE_EVENTS_LOST]	= READ_ONLY,
	[NETEMU_GW_A_ROLE]		= READ_ONLY,
	[NETEMU_GW_A_GUEST_LEASES]	= { .type = NLA_U32 },
	[NETEMU_GW_A_FASTPATH]		= { .type = NLA_U8 },
	[NETEMU_GW_A_MAX + 1 ... NEMU_GW_POLICY_MAX] = UNKNOWN,
};

/**
 * nemu_gw_config_init() - the defaults
 * @config: result
 */
void nemu_gw_config_init(struct nemu_gw_config *config)
{
	*config = (struct nemu_gw_config) {
		.subnet = htonl(0x0a000200),
		.mask = inet_make_mask(24),
		.prefix = 24,
		.gateway = htonl(0x0a000202),
		.dns = htonl(0x0a000203),
		.dhcp = true,
		.dhcp_start = htonl(0x0a00020f),
		.dhcp_end = htonl(0x0a0002fe),
		.lease_time = NETEMU_GW_LEASE_TIME_DEFAULT,
		.connections_limit = NETEMU_GW_CONNECTIONS_DEFAULT,
		.connection_rate = NETEMU_GW_RATE_DEFAULT,
		.guest_leases = NETEMU_GW_GUEST_LEASES_DEFAULT,
		.port_first = NETEMU_GW_PORT_FIRST,
		.port_last = NETEMU_GW_PORT_LAST,
	};
}

/**
 * nemu_gw_refuse() - say what is wrong with an attribute
 * @attr: attribute
 * @err: -errno
 * @why: text that stays for ever
 * @extack: where to say it
 *
 * Return: @err.
 */
int nemu_gw_refuse(struct nlattr *attr, int err, const char *why,
		   struct netlink_ext_ack *extack)
{
	NL_SET_BAD_ATTR(extack, attr);
	nemu_extack_msg(extack, why);
	return err;
}

static int parse_subnet(struct nemu_gw_config *config, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	struct nlattr *subnet = tb[NETEMU_GW_A_SUBNET];
	struct nlattr *prefix = tb[NETEMU_GW_A_PREFIX];
	__be32 old = config->subnet;
	u8 old_prefix = config->prefix;

	if (prefix) {
		u8 bits = nla_get_u8(prefix);

		if (bits < NETEMU_GW_PREFIX_MIN || bits > NETEMU_GW_PREFIX_MAX)
			return nemu_gw_refuse(prefix, -ERANGE,
					      "netemu: the mask of the subnet has "
					      __stringify(NETEMU_GW_PREFIX_MIN) " to "
					      __stringify(NETEMU_GW_PREFIX_MAX) " bits",
					      extack);
		config->prefix = bits;
		config->mask = inet_make_mask(bits);
	}
	if (subnet)
		config->subnet = nla_get_be32(subnet);
	if (config->subnet & ~config->mask)
		return nemu_gw_refuse(subnet ?: prefix, -EINVAL,
				      "netemu: the subnet has bits set behind its mask",
				      extack);
	if (ipv4_is_loopback(config->subnet) ||
	    ipv4_is_multicast(config->subnet) ||
	    ipv4_is_zeronet(config->subnet) ||
	    ipv4_is_linklocal_169(config->subnet) ||
	    (config->subnet & htonl(0xf0000000)) == htonl(0xf0000000))
		return nemu_gw_refuse(subnet ?: prefix, -EINVAL,
				      "netemu: not a subnet that hosts can have", extack);
	/* Addresses that are not given move with the subnet. */
	if (config->subnet != old || config->prefix != old_prefix) {
		config->gateway = config->subnet | htonl(2);
		config->dns = config->subnet | htonl(3);
		config->dhcp_start = config->subnet |
				     htonl(config->prefix < 28 ? 15 : 4);
		config->dhcp_end = (config->subnet | ~config->mask) ^ htonl(1);
	}
	return 0;
}

/**
 * nemu_gw_check_host() - insist on the address of a host in the subnet
 * @config: options with the subnet
 * @addr: address
 * @attr: where it was given
 * @extack: what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int nemu_gw_check_host(const struct nemu_gw_config *config, __be32 addr,
		       struct nlattr *attr, struct netlink_ext_ack *extack)
{
	__be32 host = addr & ~config->mask;

	if (nemu_gw_in_subnet(config, addr) && host && host != ~config->mask)
		return 0;
	return nemu_gw_refuse(attr, -EINVAL,
			      "netemu: not the address of a host in the subnet", extack);
}

static int parse_addresses(struct nemu_gw_config *config, struct nlattr **tb,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *gateway = tb[NETEMU_GW_A_GATEWAY];
	struct nlattr *dns = tb[NETEMU_GW_A_DNS];
	int err = 0;

	if (gateway) {
		config->gateway = nla_get_be32(gateway);
		err = nemu_gw_check_host(config, config->gateway, gateway,
					 extack);
	}
	if (!err && dns) {
		config->dns = nla_get_be32(dns);
		err = nemu_gw_check_host(config, config->dns, dns, extack);
	}
	if (!err && config->gateway == config->dns)
		err = nemu_gw_refuse(gateway ?: dns, -EINVAL,
				     "netemu: gateway and DNS need different addresses",
				     extack);
	return err;
}

/**
 * nemu_gw_parse_flag() - read a number that is 0 or 1
 * @flag: result
 * @attr: u8, or NULL: @flag stays
 * @range: what to say to other numbers
 * @extack: where to say it
 *
 * Return: 0 or -ERANGE.
 */
int nemu_gw_parse_flag(bool *flag, struct nlattr *attr, const char *range,
		       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_get_u8(attr) > 1)
		return nemu_gw_refuse(attr, -ERANGE, range, extack);
	*flag = nla_get_u8(attr);
	return 0;
}

static int parse_resolvers(struct nemu_gw_config *config, struct nlattr **tb,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[NETEMU_GW_A_RESOLVERS];
	int i;

	if (attr)
		config->resolvers_auto = false;
	i = nemu_gw_parse_flag(&config->resolvers_auto,
			       tb[NETEMU_GW_A_RESOLVERS_AUTO],
			       "netemu: resolvers-auto is 0 or 1", extack);
	if (i || !attr)
		return i;
	if (nla_len(attr) % sizeof(__be32))
		return nemu_gw_refuse(attr, -EINVAL,
				      "netemu: resolvers are IPv4 addresses", extack);
	memset(config->resolvers, 0, sizeof(config->resolvers));
	memcpy(config->resolvers, nla_data(attr), nla_len(attr));
	for (i = 0; i < nla_len(attr) / sizeof(__be32); i++)
		if (ipv4_is_zeronet(config->resolvers[i]) ||
		    ipv4_is_multicast(config->resolvers[i]) ||
		    ipv4_is_lbcast(config->resolvers[i]))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: not the address of a resolver",
					      extack);
	return 0;
}

/* What is of no effect is not taken. */
static int check_role(const struct nemu_gw_config *config, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[NETEMU_GW_A_HOST_ACCESS] ?:
			      tb[NETEMU_GW_A_LINK_LOCAL] ?:
			      tb[NETEMU_GW_A_RESTRICT];

	if (config->role != NETEMU_GW_ROLE_NAT && attr)
		return nemu_gw_refuse(attr, -EINVAL,
				      "netemu: host-access, allow-link-local and restrict are for gateways that do NAT",
				      extack);
	attr = tb[NETEMU_GW_A_RESOLVERS];
	if (config->role == NETEMU_GW_ROLE_HOST_ONLY && attr)
		return nemu_gw_refuse(attr, -EINVAL,
				      "netemu: where guests reach only the host there is no DNS",
				      extack);
	return 0;
}

/**
 * nemu_gw_config_parse() - read the options of a gateway
 * @config: changed where an attribute is given
 * @tb: attributes, parsed by nemu_gw_policy; the role, which nobody else can
 *	give, comes from the network
 * @extack: what is wrong
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int nemu_gw_config_parse(struct nemu_gw_config *config, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int err;

	if (tb[NETEMU_GW_A_ROLE])
		config->role = nla_get_u8(tb[NETEMU_GW_A_ROLE]);
	err = check_role(config, tb, extack);
	if (!err)
		err = parse_subnet(config, tb, extack);
	if (!err)
		err = parse_addresses(config, tb, extack);
	if (!err)
		err = nemu_gw_dhcp_parse(config, tb, extack);
	if (!err)
		err = parse_resolvers(config, tb, extack);
	if (!err)
		err = nemu_gw_parse_flag(&config->link_local,
					 tb[NETEMU_GW_A_LINK_LOCAL],
					 "netemu: allow-link-local is 0 or 1", extack);
	if (!err)
		err = nemu_gw_parse_flag(&config->restricted,
					 tb[NETEMU_GW_A_RESTRICT],
					 "netemu: restrict is 0 or 1", extack);
	if (!err)
		err = nemu_gw_limits_parse(config, tb, extack);
	if (err)
		return err;
	attr = tb[NETEMU_GW_A_HOST_ACCESS];
	if (attr) {
		if (nla_get_u8(attr) > NETEMU_HOST_ACCESS_LOOPBACK)
			return nemu_gw_refuse(attr, -ERANGE,
					      "netemu: host access is 0 (no), 1 (host) or 2 (loopback)",
					      extack);
		config->host_access = nla_get_u8(attr);
	}
	attr = tb[NETEMU_GW_A_FASTPATH];
	if (attr) {
		if (nla_get_u8(attr) > NETEMU_FASTPATH_ON)
			return nemu_gw_refuse(attr, -ERANGE,
					      "netemu: the fast path is 0 (off), 1 (auto) or 2 (on)",
					      extack);
		config->fastpath = nla_get_u8(attr);
	}
	return 0;
}

/**
 * nemu_gw_fill_size() - room that nemu_gw_fill() may need
 */
size_t nemu_gw_fill_size(void)
{
	return nla_total_size(sizeof(__be32)) * 4 +
	       nla_total_size(sizeof(__be32) * NETEMU_GW_RESOLVERS_MAX) +
	       nla_total_size(sizeof(u8)) * 7 +
	       nla_total_size(sizeof(u16)) +
	       nla_total_size(sizeof(u32)) * 3 +
	       nemu_gw_dhcp_fill_size() +
	       nemu_gw_limits_fill_size() +
	       nla_total_size(0) +
	       nla_total_size_64bit(sizeof(u64)) * NETEMU_GW_DROP_MAX;
}

static int fill_drops(struct sk_buff *skb, const struct nemu_gw *gw)
{
	u64 drops[__NETEMU_GW_DROP_MAX];
	struct nlattr *nest;
	int i;

	nemu_gw_sum(gw, drops);
	nest = nla_nest_start(skb, NETEMU_GW_A_DROPS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < __NETEMU_GW_DROP_MAX; i++)
		if (drops[i] && nla_put_u64_64bit(skb, i, drops[i], 0))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nemu_gw_fill() - write the options and counts of a gateway
 * @skb: message
 * @gw: gateway
 *
 * Context: RTNL held.
 * Return: 0 or -EMSGSIZE.
 */
int nemu_gw_fill(struct sk_buff *skb, struct nemu_gw *gw)
{
	const struct nemu_gw_config *config = rtnl_dereference(gw->config);
	__be32 used = nemu_resolve_used(&gw->resolve, config);
	int n = 0;

	while (n < NETEMU_GW_RESOLVERS_MAX && config->resolvers[n])
		n++;
	if (nla_put_in_addr(skb, NETEMU_GW_A_SUBNET, config->subnet) ||
	    nla_put_u8(skb, NETEMU_GW_A_PREFIX, config->prefix) ||
	    nla_put_in_addr(skb, NETEMU_GW_A_GATEWAY, config->gateway) ||
	    nla_put_in_addr(skb, NETEMU_GW_A_DNS, config->dns) ||
	    nla_put(skb, NETEMU_GW_A_RESOLVERS, n * sizeof(__be32),
		    config->resolvers) ||
	    nla_put_u8(skb, NETEMU_GW_A_RESOLVERS_AUTO,
		       config->resolvers_auto) ||
	    (used && nla_put_in_addr(skb, NETEMU_GW_A_RESOLVER, used)) ||
	    nla_put_u8(skb, NETEMU_GW_A_ROLE, config->role) ||
	    nla_put_u8(skb, NETEMU_GW_A_HOST_ACCESS, config->host_access) ||
	    nla_put_u8(skb, NETEMU_GW_A_FASTPATH, config->fastpath) ||
	    nla_put_u8(skb, NETEMU_GW_A_LINK_LOCAL, config->link_local) ||
	    nla_put_u8(skb, NETEMU_GW_A_RESTRICT, config->restricted) ||
	    nemu_gw_limits_fill(skb, config) ||
	    nemu_gw_dhcp_fill(skb, gw, config) ||
	    nla_put_u16(skb, NETEMU_GW_A_ZONE, gw->zone) ||
	    nla_put_u32(skb, NETEMU_GW_A_GUESTS, READ_ONCE(gw->guests.count)) ||
	    nla_put_u32(skb, NETEMU_GW_A_CONNECTIONS, nemu_nat_connections(gw)) ||
	    nla_put_u32(skb, NETEMU_GW_A_FORWARDS, gw->forward_count))
		return -EMSGSIZE;
	return fill_drops(skb, gw);
}

// SPDX-License-Identifier: GPL-2.0
/* What limits guests, as attributes of their gateway. */
#include "config.h"

#include <net/netlink.h>

static int parse_number(u32 *number, struct nlattr *attr, u32 min, u32 max,
			const char *range, struct netlink_ext_ack *extack)
{
	u32 value;

	if (!attr)
		return 0;
	value = nla_get_u32(attr);
	if (value < min || value > max)
		return nemu_gw_refuse(attr, -ERANGE, range, extack);
	*number = value;
	return 0;
}

static int parse_ports(struct nemu_gw_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *first = tb[NETEMU_GW_A_PORT_FIRST];
	struct nlattr *last = tb[NETEMU_GW_A_PORT_LAST];

	if (first)
		config->port_first = nla_get_u16(first);
	if (last)
		config->port_last = nla_get_u16(last);
	if (!config->port_first)
		return nemu_gw_refuse(first, -ERANGE,
				      "netemu: ports are 1 to 65535", extack);
	if (config->port_first > config->port_last)
		return nemu_gw_refuse(last ?: first, -EINVAL,
				      "netemu: the range of ports is empty: it ends before it starts",
				      extack);
	return 0;
}

/**
 * nemu_gw_limits_parse() - read what limits guests
 * @config: changed where an attribute is given
 * @tb: attributes, by type
 * @extack: says what is wrong
 *
 * Return: 0 or -errno.
 */
int nemu_gw_limits_parse(struct nemu_gw_config *config, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	int err;

	err = parse_number(&config->connections_limit,
			   tb[NETEMU_GW_A_CONNECTIONS_LIMIT], 1,
			   NETEMU_GW_CONNECTIONS_MAX,
			   "netemu: connections are 1 to "
			   __stringify(NETEMU_GW_CONNECTIONS_MAX), extack);
	if (!err)
		err = parse_number(&config->guest_connections,
				   tb[NETEMU_GW_A_GUEST_CONNECTIONS], 0,
				   NETEMU_GW_CONNECTIONS_MAX,
				   "netemu: connections of a guest are 0 (half of all) to "
				   __stringify(NETEMU_GW_CONNECTIONS_MAX),
				   extack);
	if (!err)
		err = parse_number(&config->connection_rate,
				   tb[NETEMU_GW_A_CONNECTION_RATE], 0,
				   NETEMU_GW_RATE_MAX,
				   "netemu: new connections a second are 0 (no limit) to "
				   __stringify(NETEMU_GW_RATE_MAX), extack);
	if (!err)
		err = parse_number(&config->guest_leases,
				   tb[NETEMU_GW_A_GUEST_LEASES], 0,
				   NETEMU_GW_GUEST_LEASES_MAX,
				   "netemu: leases of a guest are 0 (any number) to "
				   __stringify(NETEMU_GW_GUEST_LEASES_MAX),
				   extack);
	return err ?: parse_ports(config, tb, extack);
}

/**
 * nemu_gw_limits_fill_size() - room that nemu_gw_limits_fill() may need
 */
size_t nemu_gw_limits_fill_size(void)
{
	return nla_total_size(sizeof(u32)) * 4 + nla_total_size(sizeof(u16)) * 2;
}

/**
 * nemu_gw_limits_fill() - write what limits guests
 * @skb: message
 * @config: options of the gateway
 *
 * Return: 0 or -EMSGSIZE.
 */
int nemu_gw_limits_fill(struct sk_buff *skb, const struct nemu_gw_config *config)
{
	if (nla_put_u32(skb, NETEMU_GW_A_CONNECTIONS_LIMIT,
			config->connections_limit) ||
	    nla_put_u32(skb, NETEMU_GW_A_GUEST_CONNECTIONS,
			config->guest_connections) ||
	    nla_put_u32(skb, NETEMU_GW_A_CONNECTION_RATE,
			config->connection_rate) ||
	    nla_put_u32(skb, NETEMU_GW_A_GUEST_LEASES, config->guest_leases) ||
	    nla_put_u16(skb, NETEMU_GW_A_PORT_FIRST, config->port_first) ||
	    nla_put_u16(skb, NETEMU_GW_A_PORT_LAST, config->port_last))
		return -EMSGSIZE;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What each command of the family takes. All of one length, so that a handler
 * may look at any attribute; what has no entry is refused.
 */
#include "netlink_policy.h"
#include "switch/switch.h"

#define NEMU_IFINDEX	NLA_POLICY_MIN(NLA_S32, 1)

const struct nla_policy nemu_get_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
};

const struct nla_policy nemu_port_get_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
	[NETEMU_A_MASTER]	= NEMU_IFINDEX,
};

const struct nla_policy nemu_port_new_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
	[NETEMU_A_MASTER]	= NEMU_IFINDEX,
	[NETEMU_A_PORT]		= NLA_POLICY_NESTED(nemu_port_nest_policy),
};

const struct nla_policy nemu_port_set_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
	[NETEMU_A_PORT]		= NLA_POLICY_NESTED(nemu_port_nest_policy),
};

const struct nla_policy nemu_flush_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
	[NETEMU_A_MASTER]	= NEMU_IFINDEX,
	[NETEMU_A_FLUSH]	= NLA_POLICY_MASK(NLA_U32, NETEMU_FLUSH_ALL),
};

#define NEMU_NAME	{ .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }

static const struct nla_policy network_nest[NETEMU_NETWORK_A_MAX + 1] = {
	[NETEMU_NETWORK_A_MODE]		= { .type = NLA_U8 },
	[NETEMU_NETWORK_A_FORWARDING]	= NLA_POLICY_MAX(NLA_U8, 1),
	[NETEMU_NETWORK_A_UPLINK]	= NEMU_IFINDEX,
	[NETEMU_NETWORK_A_UPLINK_MODE]	= { .type = NLA_U8 },
	[NETEMU_NETWORK_A_FORCE]	= NLA_POLICY_MAX(NLA_U8, 1),
};

#define NEMU_ADDRESS	NLA_POLICY_EXACT_LEN(sizeof(__be32))

static const struct nla_policy forward_nest[NETEMU_FORWARD_A_MAX + 1] = {
	[NETEMU_FORWARD_A_KIND]		= { .type = NLA_U8 },
	[NETEMU_FORWARD_A_PROTOCOL]	= { .type = NLA_U8 },
	[NETEMU_FORWARD_A_ADDRESS]	= NEMU_ADDRESS,
	[NETEMU_FORWARD_A_PORT]		= { .type = NLA_U16 },
	[NETEMU_FORWARD_A_PORTS]	= { .type = NLA_U16 },
	[NETEMU_FORWARD_A_TO]		= NEMU_ADDRESS,
	[NETEMU_FORWARD_A_TO_PORT]	= { .type = NLA_U16 },
};

const struct nla_policy nemu_network_get_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFNAME]	= NEMU_NAME,
};

/* The options of a gateway are parsed where they are known. */
const struct nla_policy nemu_network_new_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFNAME]	= NEMU_NAME,
	[NETEMU_A_SWITCH]	= { .type = NLA_NESTED },
	[NETEMU_A_NETWORK]	= NLA_POLICY_NESTED(network_nest),
	[NETEMU_A_GATEWAY]	= { .type = NLA_NESTED },
};

const struct nla_policy nemu_forward_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
	[NETEMU_A_FORWARD]	= NLA_POLICY_NESTED(forward_nest),
};

static const struct nla_policy lease_nest[NETEMU_LEASE_A_MAX + 1] = {
	[NETEMU_LEASE_A_ADDRESS]	= NLA_POLICY_EXACT_LEN(4),
	[NETEMU_LEASE_A_LLADDR]		= NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[NETEMU_LEASE_A_CLIENT_ID]	= {
		.type = NLA_BINARY,
		.len = NETEMU_LEASE_CLIENT_ID_MAX,
	},
	[NETEMU_LEASE_A_HOSTNAME]	= {
		.type = NLA_NUL_STRING,
		.len = NETEMU_LEASE_HOSTNAME_MAX,
	},
	[NETEMU_LEASE_A_TIME_LEFT]	= NLA_POLICY_MIN(NLA_U32, 1),
};

const struct nla_policy nemu_lease_policy[NETEMU_A_MAX + 1] = {
	[NETEMU_A_IFINDEX]	= NEMU_IFINDEX,
	[NETEMU_A_LEASE]	= NLA_POLICY_NESTED(lease_nest),
};

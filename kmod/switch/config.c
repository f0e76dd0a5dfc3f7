// SPDX-License-Identifier: GPL-2.0
/*
 * Options of switches and ports as attributes: what is allowed, how they are
 * read, how they are shown. Parsing only fills a structure; nothing changes
 * before all of it is known to be right.
 */
#include "switch.h"
#include "../compat.h"

#include <net/netlink.h>

#define READ_ONLY	{ .type = NLA_REJECT,				\
			  .reject_message = "netemu: attribute is read only" }
#define UNKNOWN		{ .type = NLA_REJECT,				\
			  .reject_message = "netemu: unknown attribute" }

#define PORT_POLICY							\
	[0] = { .strict_start_type = 1 },				\
	[NETEMU_PORT_A_LEARNING]	= { .type = NLA_U8 },		\
	[NETEMU_PORT_A_FLOOD]		= { .type = NLA_U8 },		\
	[NETEMU_PORT_A_MCAST_FLOOD]	= { .type = NLA_U8 },		\
	[NETEMU_PORT_A_BCAST_FLOOD]	= { .type = NLA_U8 },		\
	[NETEMU_PORT_A_ISOLATED]	= { .type = NLA_U8 },		\
	[NETEMU_PORT_A_FDB_LIMIT]	= { .type = NLA_U32 },		\
	[NETEMU_PORT_A_STORM_BCAST]	= { .type = NLA_U32 },		\
	[NETEMU_PORT_A_STORM_MCAST]	= { .type = NLA_U32 },		\
	[NETEMU_PORT_A_STORM_UNKNOWN]	= { .type = NLA_U32 },		\
	[NETEMU_PORT_A_STATE ... NETEMU_PORT_A_PAD] = READ_ONLY,	\
	[NETEMU_PORT_A_GUARD ... NETEMU_PORT_A_SHARED] = { .type = NLA_U8 }

/* For generic netlink and PORT_DEFAULTS: what is beyond is refused anyway. */
const struct nla_policy nemu_port_nest_policy[NETEMU_PORT_A_MAX + 1] = {
	PORT_POLICY,
};

/* rtnetlink parses liberally: refuse by name what it would pass over. */
const struct nla_policy nemu_port_policy[NEMU_PORT_POLICY_MAX + 1] = {
	PORT_POLICY,
	[NETEMU_PORT_A_MAX + 1 ... NEMU_PORT_POLICY_MAX] = UNKNOWN,
};

const struct nla_policy nemu_switch_policy[NEMU_SWITCH_POLICY_MAX + 1] = {
	[0] = { .strict_start_type = 1 },
	[NETEMU_SWITCH_A_MODE]		= { .type = NLA_U8 },
	[NETEMU_SWITCH_A_AGEING]	= { .type = NLA_U32 },
	[NETEMU_SWITCH_A_HOST_PORT]	= { .type = NLA_U8 },
	[NETEMU_SWITCH_A_RESERVED_MASK]	= { .type = NLA_U16 },
	[NETEMU_SWITCH_A_FDB_LIMIT]	= { .type = NLA_U32 },
	[NETEMU_SWITCH_A_LOOP_RATE]	= { .type = NLA_U32 },
	[NETEMU_SWITCH_A_LOOP_HOLD]	= { .type = NLA_U32 },
	[NETEMU_SWITCH_A_PORT_DEFAULTS]	=
		NLA_POLICY_NESTED(nemu_port_nest_policy),
	[NETEMU_SWITCH_A_PORTS ... NETEMU_SWITCH_A_BINDINGS] = READ_ONLY,
	[NETEMU_SWITCH_A_MAX + 1 ... NEMU_SWITCH_POLICY_MAX] = UNKNOWN,
};

static const struct {
	int attr;
	unsigned long flag;
	const char *range;
} port_flags[] = {
	{ NETEMU_PORT_A_LEARNING, NEMU_PORT_LEARNING,
	  "netemu: learning is 0 or 1" },
	{ NETEMU_PORT_A_FLOOD, NEMU_PORT_FLOOD, "netemu: flood is 0 or 1" },
	{ NETEMU_PORT_A_MCAST_FLOOD, NEMU_PORT_MCAST_FLOOD,
	  "netemu: multicast flood is 0 or 1" },
	{ NETEMU_PORT_A_BCAST_FLOOD, NEMU_PORT_BCAST_FLOOD,
	  "netemu: broadcast flood is 0 or 1" },
	{ NETEMU_PORT_A_ISOLATED, NEMU_PORT_ISOLATED,
	  "netemu: isolated is 0 or 1" },
	{ NETEMU_PORT_A_GUARD, NEMU_PORT_GUARD, "netemu: guard is 0 or 1" },
	{ NETEMU_PORT_A_SHARED, NEMU_PORT_SHARED, "netemu: shared is 0 or 1" },
};

static const int storm_attrs[__NEMU_STORM_MAX] = {
	[NEMU_STORM_BCAST]	= NETEMU_PORT_A_STORM_BCAST,
	[NEMU_STORM_MCAST]	= NETEMU_PORT_A_STORM_MCAST,
	[NEMU_STORM_UNKNOWN]	= NETEMU_PORT_A_STORM_UNKNOWN,
};

/* A number within limits, if it is given. The message is a constant. */
#define PARSE_NUMBER(type, target, attr, from, to, message) ({		\
	int err_ = 0;							\
									\
	if (attr) {							\
		type val_ = nla_get_##type(attr);			\
									\
		if (val_ - (type)(from) > (to) - (type)(from)) {	\
			NL_SET_ERR_MSG_ATTR(extack, attr, message);	\
			err_ = -ERANGE;					\
		} else {						\
			target = val_;					\
		}							\
	}								\
	err_;								\
})

/**
 * nemu_switch_opts_init() - the defaults
 * @opts: result
 */
void nemu_switch_opts_init(struct nemu_switch_opts *opts)
{
	*opts = (struct nemu_switch_opts) {
		.mode = NETEMU_MODE_SWITCH,
		.host_port = true,
		.reserved_mask = BIT(0),
		.ageing = 300,
		.fdb_limit = NETEMU_FDB_LIMIT_DEFAULT,
		.loop_rate = 50,
		.loop_hold = 10,
		.port = {
			.flags = NEMU_PORT_OPT_FLAGS & ~(NEMU_PORT_ISOLATED |
							 NEMU_PORT_GUARD |
							 NEMU_PORT_SHARED),
			.fdb_limit = NETEMU_FDB_PORT_LIMIT_DEFAULT,
		},
	};
}

/**
 * nemu_port_opts_parse() - read the options of a port
 * @opts: changed where an attribute is given
 * @tb: attributes, parsed by one of the port policies
 * @extack: what is wrong
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int nemu_port_opts_parse(struct nemu_port_opts *opts, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	int err, i;

	for (i = 0; i < ARRAY_SIZE(port_flags); i++) {
		struct nlattr *attr = tb[port_flags[i].attr];

		if (!attr)
			continue;
		if (nla_get_u8(attr) > 1) {
			NL_SET_BAD_ATTR(extack, attr);
			nemu_extack_msg(extack, port_flags[i].range);
			return -ERANGE;
		}
		if (nla_get_u8(attr))
			opts->flags |= port_flags[i].flag;
		else
			opts->flags &= ~port_flags[i].flag;
	}
	err = PARSE_NUMBER(u32, opts->fdb_limit, tb[NETEMU_PORT_A_FDB_LIMIT],
			   0, NETEMU_FDB_LIMIT_MAX,
			   "netemu: FDB limit of a port is 0 to "
			   __stringify(NETEMU_FDB_LIMIT_MAX));
	for (i = 0; !err && i < __NEMU_STORM_MAX; i++)
		err = PARSE_NUMBER(u32, opts->storm[i], tb[storm_attrs[i]],
				   0, NETEMU_STORM_MAX,
				   "netemu: storm limit is 0 to "
				   __stringify(NETEMU_STORM_MAX)
				   " frames a second");
	return err;
}

static int parse_port_defaults(struct nemu_port_opts *opts,
			       const struct nlattr *nest,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NETEMU_PORT_A_MAX + 1];
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested(tb, NETEMU_PORT_A_MAX, nest,
			       nemu_port_nest_policy, extack);
	err = err ?: nemu_port_opts_parse(opts, tb, extack);
	if (!err && opts->flags & NEMU_PORT_SHARED) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NETEMU_PORT_A_SHARED],
				    "netemu: one port of a switch can be shared, not all: no default");
		err = -EINVAL;
	}
	return err;
}

/**
 * nemu_switch_opts_parse() - read the options of a switch
 * @opts: changed where an attribute is given
 * @tb: attributes, parsed by nemu_switch_policy
 * @extack: what is wrong
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int nemu_switch_opts_parse(struct nemu_switch_opts *opts, struct nlattr **tb,
			   struct netlink_ext_ack *extack)
{
	int err;

	err = PARSE_NUMBER(u8, opts->mode, tb[NETEMU_SWITCH_A_MODE],
			   NETEMU_MODE_SWITCH, NETEMU_MODE_HUB,
			   "netemu: mode is 0 (switch) or 1 (hub)") ?:
	      PARSE_NUMBER(u32, opts->ageing, tb[NETEMU_SWITCH_A_AGEING],
			   0, NETEMU_AGEING_MAX, "netemu: ageing is 0 to "
			   __stringify(NETEMU_AGEING_MAX) " seconds") ?:
	      PARSE_NUMBER(u8, opts->host_port, tb[NETEMU_SWITCH_A_HOST_PORT],
			   0, 1, "netemu: host port is 0 or 1") ?:
	      PARSE_NUMBER(u32, opts->fdb_limit,
			   tb[NETEMU_SWITCH_A_FDB_LIMIT],
			   1, NETEMU_FDB_LIMIT_MAX, "netemu: FDB limit is 1 to "
			   __stringify(NETEMU_FDB_LIMIT_MAX)) ?:
	      PARSE_NUMBER(u32, opts->loop_rate,
			   tb[NETEMU_SWITCH_A_LOOP_RATE],
			   0, NETEMU_LOOP_RATE_MAX, "netemu: loop rate is 0 to "
			   __stringify(NETEMU_LOOP_RATE_MAX)
			   " moves a second") ?:
	      PARSE_NUMBER(u32, opts->loop_hold,
			   tb[NETEMU_SWITCH_A_LOOP_HOLD],
			   1, NETEMU_LOOP_HOLD_MAX, "netemu: loop hold is 1 to "
			   __stringify(NETEMU_LOOP_HOLD_MAX) " seconds");
	if (err)
		return err;
	if (tb[NETEMU_SWITCH_A_RESERVED_MASK]) {
		u16 mask = nla_get_u16(tb[NETEMU_SWITCH_A_RESERVED_MASK]);

		if (mask & BIT(1)) {
			NL_SET_ERR_MSG_ATTR(extack,
					    tb[NETEMU_SWITCH_A_RESERVED_MASK],
					    "netemu: 01:80:c2:00:00:01 (PAUSE) is never forwarded: bit 1 of the reserved mask must be 0");
			return -ERANGE;
		}
		opts->reserved_mask = mask;
	}
	return parse_port_defaults(&opts->port,
				   tb[NETEMU_SWITCH_A_PORT_DEFAULTS], extack);
}

/**
 * nemu_port_opts_get() - the options of a port as they are
 * @opts: result
 * @port: port
 *
 * Context: RTNL held.
 */
void nemu_port_opts_get(struct nemu_port_opts *opts,
			const struct nemu_port *port)
{
	int i;

	opts->flags = READ_ONCE(port->flags) & NEMU_PORT_OPT_FLAGS;
	opts->fdb_limit = READ_ONCE(port->fdb_limit);
	for (i = 0; i < __NEMU_STORM_MAX; i++)
		opts->storm[i] = READ_ONCE(port->storm[i].pps);
}

static size_t port_opts_size(void)
{
	return ARRAY_SIZE(port_flags) * nla_total_size(sizeof(u8)) +
	       (1 + __NEMU_STORM_MAX) * nla_total_size(sizeof(u32));
}

static int port_opts_fill(struct sk_buff *skb,
			  const struct nemu_port_opts *opts)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(port_flags); i++)
		if (nla_put_u8(skb, port_flags[i].attr,
			       !!(opts->flags & port_flags[i].flag)))
			return -EMSGSIZE;
	for (i = 0; i < __NEMU_STORM_MAX; i++)
		if (nla_put_u32(skb, storm_attrs[i], opts->storm[i]))
			return -EMSGSIZE;
	return nla_put_u32(skb, NETEMU_PORT_A_FDB_LIMIT, opts->fdb_limit);
}

static int drops_fill(struct sk_buff *skb, int attr, int pad,
		      const struct nemu_stats_sum *sum)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < __NETEMU_DROP_MAX; i++)
		if (sum->drops[i] &&
		    nla_put_u64_64bit(skb, i, sum->drops[i], pad))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t drops_size(void)
{
	return nla_total_size(0) +
	       __NETEMU_DROP_MAX * nla_total_size_64bit(sizeof(u64));
}

size_t nemu_port_fill_size(void)
{
	return port_opts_size() +
	       nla_total_size(sizeof(u8)) +		/* STATE */
	       nla_total_size(sizeof(u32)) +		/* FDB_LEARNED */
	       3 * nla_total_size_64bit(sizeof(u64)) +	/* counts */
	       drops_size();
}

static enum netemu_port_state port_state(const struct nemu_port *port)
{
	if (!nemu_device_ready(port->dev))
		return NETEMU_PORT_STATE_DISABLED;
	return READ_ONCE(port->flags) & NEMU_PORT_BLOCKED ?
	       NETEMU_PORT_STATE_BLOCKED : NETEMU_PORT_STATE_FORWARDING;
}

/**
 * nemu_port_fill() - show options, state and counts of a port
 * @skb: message; attributes of enum netemu_port_attr are appended
 * @port: port
 * @drops: also its drops?
 *
 * Context: RTNL held, or RCU read side.
 * Return: 0 or -EMSGSIZE.
 */
int nemu_port_fill(struct sk_buff *skb, const struct nemu_port *port,
		   bool drops)
{
	struct nemu_stats_sum sum = {};
	struct nemu_port_opts opts;

	nemu_port_opts_get(&opts, port);
	nemu_stats_add(&sum, port->stats);
	if (port_opts_fill(skb, &opts) ||
	    nla_put_u8(skb, NETEMU_PORT_A_STATE, port_state(port)) ||
	    nla_put_u32(skb, NETEMU_PORT_A_FDB_LEARNED,
			READ_ONCE(port->fdb_count[NEMU_FDB_KIND_LEARNED])) ||
	    nla_put_u64_64bit(skb, NETEMU_PORT_A_MOVES,
			      READ_ONCE(port->moves), NETEMU_PORT_A_PAD) ||
	    nla_put_u64_64bit(skb, NETEMU_PORT_A_LEARN_REFUSED,
			      sum.learn_refused, NETEMU_PORT_A_PAD) ||
	    nla_put_u64_64bit(skb, NETEMU_PORT_A_LOOP_BLOCKS,
			      READ_ONCE(port->loop_blocks),
			      NETEMU_PORT_A_PAD))
		return -EMSGSIZE;
	return drops ? drops_fill(skb, NETEMU_PORT_A_DROPS, NETEMU_PORT_A_PAD,
				  &sum) : 0;
}

size_t nemu_switch_fill_size(void)
{
	return 2 * nla_total_size(sizeof(u8)) +		/* MODE, HOST_PORT */
	       nla_total_size(sizeof(u16)) +		/* RESERVED_MASK */
	       8 * nla_total_size(sizeof(u32)) +	/* numbers, counts */
	       nla_total_size(port_opts_size()) +	/* PORT_DEFAULTS */
	       3 * nla_total_size_64bit(sizeof(u64)) +	/* counts */
	       drops_size();
}

static int switch_opts_fill(struct sk_buff *skb,
			    const struct nemu_switch_opts *opts)
{
	struct nlattr *nest;

	if (nla_put_u8(skb, NETEMU_SWITCH_A_MODE, opts->mode) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_AGEING, opts->ageing) ||
	    nla_put_u8(skb, NETEMU_SWITCH_A_HOST_PORT, opts->host_port) ||
	    nla_put_u16(skb, NETEMU_SWITCH_A_RESERVED_MASK,
			opts->reserved_mask) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_FDB_LIMIT, opts->fdb_limit) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_LOOP_RATE, opts->loop_rate) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_LOOP_HOLD, opts->loop_hold))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NETEMU_SWITCH_A_PORT_DEFAULTS);
	if (!nest || port_opts_fill(skb, &opts->port))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nemu_switch_fill() - show options and counts of a switch
 * @skb: message; attributes of enum netemu_switch_attr are appended
 * @sw: switch
 * @drops: also its sums over the ports?
 *
 * Context: RTNL held.
 * Return: 0 or -EMSGSIZE.
 */
int nemu_switch_fill(struct sk_buff *skb, struct nemu_switch *sw, bool drops)
{
	struct nemu_stats_sum sum;

	if (switch_opts_fill(skb, &sw->opts) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_PORTS, sw->n_ports) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_FDB_LEARNED,
			READ_ONCE(sw->fdb.learned)) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_FDB_STATIC,
			READ_ONCE(sw->fdb.fixed)) ||
	    nla_put_u32(skb, NETEMU_SWITCH_A_BINDINGS,
			nemu_bindings_count(sw)) ||
	    nla_put_u64_64bit(skb, NETEMU_SWITCH_A_MOVES, READ_ONCE(sw->moves),
			      NETEMU_SWITCH_A_PAD) ||
	    nla_put_u64_64bit(skb, NETEMU_SWITCH_A_EVENTS_LOST,
			      atomic64_read(&sw->events_lost),
			      NETEMU_SWITCH_A_PAD))
		return -EMSGSIZE;
	if (!drops)
		return 0;
	/* Walks all ports: not for each message of rtnetlink. */
	nemu_switch_sum(sw, &sum);
	if (nla_put_u64_64bit(skb, NETEMU_SWITCH_A_LEARN_REFUSED,
			      sum.learn_refused, NETEMU_SWITCH_A_PAD))
		return -EMSGSIZE;
	return drops_fill(skb, NETEMU_SWITCH_A_DROPS, NETEMU_SWITCH_A_PAD,
			  &sum);
}

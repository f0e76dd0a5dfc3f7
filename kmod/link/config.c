// SPDX-License-Identifier: GPL-2.0
/*
 * Options of links as attributes: what is allowed, how they are read. Parsing
 * only fills a structure. config_fill.c shows them.
 */
#include "link.h"
#include "../compat.h"

#include <net/ip.h>
#include <net/ipv6.h>

#define READ_ONLY	{ .type = NLA_REJECT,				\
			  .reject_message = "netemu: attribute is read only" }
#define UNKNOWN		{ .type = NLA_REJECT,				\
			  .reject_message = "netemu: unknown attribute" }
#define ADDRESS		{ .type = NLA_BINARY, .len = sizeof(struct in6_addr) }

const struct nla_policy nemu_link_policy[NEMU_LINK_POLICY_MAX + 1] = {
	[0] = { .strict_start_type = 1 },
	[NETEMU_LINK_A_TRANSPORT]	= { .type = NLA_U8 },
	[NETEMU_LINK_A_REMOTE]		= ADDRESS,
	[NETEMU_LINK_A_REMOTE_PORT]	= { .type = NLA_U16 },
	[NETEMU_LINK_A_LOCAL]		= ADDRESS,
	[NETEMU_LINK_A_LOCAL_PORT]	= { .type = NLA_U16 },
	[NETEMU_LINK_A_DEV]		= NLA_POLICY_MIN(NLA_S32, 1),
	[NETEMU_LINK_A_TTL]		= { .type = NLA_U8 },
	[NETEMU_LINK_A_ECHOES ... NETEMU_LINK_A_PAD] = READ_ONLY,
	[NETEMU_LINK_A_LISTEN]		= { .type = NLA_U8 },
	[NETEMU_LINK_A_MAX_PEERS]	= { .type = NLA_U16 },
	[NETEMU_LINK_A_ALLOW]		= ADDRESS,
	[NETEMU_LINK_A_ALLOW_PREFIX]	= { .type = NLA_U8 },
	[NETEMU_LINK_A_STATE ... NETEMU_LINK_A_LISTENER] = READ_ONLY,
	[NETEMU_LINK_A_FD]		= { .type = NLA_S32 },
	[NETEMU_LINK_A_PATH]		= {
		.type = NLA_NUL_STRING,
		.len = NETEMU_LINK_PATH_MAX,
	},
	[NETEMU_LINK_A_CONTROL]		= { .type = NLA_S32 },
	[NETEMU_LINK_A_SERVED]		= { .type = NLA_U8 },
	[NETEMU_LINK_A_MAX + 1 ... NEMU_LINK_POLICY_MAX] = UNKNOWN,
};

/* The message stays for ever. */
static int refuse(const struct nlattr *attr, int err, const char *why,
		  struct netlink_ext_ack *extack)
{
	NL_SET_BAD_ATTR(extack, attr);
	nemu_extack_msg(extack, why);
	return err;
}

static int parse_address(union nemu_sockaddr *addr, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	switch (nla_len(attr)) {
	case sizeof(__be32):
		addr->sa.sa_family = AF_INET;
		addr->v4.sin_addr.s_addr = nla_get_be32(attr);
		return 0;
	case sizeof(struct in6_addr):
		if (!IS_ENABLED(CONFIG_IPV6))
			return refuse(attr, -EAFNOSUPPORT,
				      "netemu: this kernel has no IPv6", extack);
		addr->sa.sa_family = AF_INET6;
		addr->v6.sin6_addr = nla_get_in6_addr(attr);
		return 0;
	}
	return refuse(attr, -EINVAL,
		      "netemu: an address has 4 bytes (IPv4) or 16 (IPv6)",
		      extack);
}

/* The place is the same in both families. */
static void set_port(union nemu_sockaddr *addr, u16 port)
{
	BUILD_BUG_ON(offsetof(struct sockaddr_in, sin_port) !=
		     offsetof(struct sockaddr_in6, sin6_port));
	addr->v4.sin_port = htons(port);
}

static bool is_multicast(const union nemu_sockaddr *addr)
{
	return addr->sa.sa_family == AF_INET6 ?
	       ipv6_addr_is_multicast(&addr->v6.sin6_addr) :
	       ipv4_is_multicast(addr->v4.sin_addr.s_addr);
}

/* The address of one host: not of several, and not one that stands for any. */
static bool is_host(const union nemu_sockaddr *addr)
{
	return !is_multicast(addr) && !nemu_sockaddr_any(addr) &&
	       (addr->sa.sa_family == AF_INET6 ||
		!ipv4_is_lbcast(addr->v4.sin_addr.s_addr));
}

static int parse_remote(struct nemu_link_config *config, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	struct nlattr *remote = tb[NETEMU_LINK_A_REMOTE];
	struct nlattr *port = tb[NETEMU_LINK_A_REMOTE_PORT];
	int err;

	if (config->listen) {
		if (remote || port)
			return refuse(remote ?: port, -EINVAL,
				      "netemu: who listens has no other end", extack);
		/* Until a local address says otherwise. */
		config->remote.sa.sa_family = AF_INET;
		return 0;
	}
	if (!remote || !port) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a link needs an address and a port of its other end");
		return -EINVAL;
	}
	err = parse_address(&config->remote, remote, extack);
	if (err)
		return err;
	if (!nla_get_u16(port))
		return refuse(port, -ERANGE, "netemu: a port is 1 to 65535",
			      extack);
	set_port(&config->remote, nla_get_u16(port));
	if (config->transport == NETEMU_LINK_MCAST &&
	    !is_multicast(&config->remote))
		return refuse(remote, -EINVAL,
			      "netemu: a bus needs a multicast group: 224.0.0.0 to 239.255.255.255, or ff00::/8",
			      extack);
	if (config->transport != NETEMU_LINK_MCAST && !is_host(&config->remote))
		return refuse(remote, -EINVAL,
			      "netemu: the other end is not the address of a host",
			      extack);
	return 0;
}

static int parse_local(struct nemu_link_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *local = tb[NETEMU_LINK_A_LOCAL];
	struct nlattr *port = tb[NETEMU_LINK_A_LOCAL_PORT];
	u16 number = ntohs(nemu_sockaddr_port(&config->remote));
	int err;

	config->local.sa.sa_family = config->remote.sa.sa_family;
	if (local) {
		err = parse_address(&config->local, local, extack);
		if (err)
			return err;
		if (!config->listen &&
		    config->local.sa.sa_family != config->remote.sa.sa_family)
			return refuse(local, -EINVAL,
				      "netemu: both ends are IPv4, or both IPv6",
				      extack);
		if (!nemu_sockaddr_any(&config->local) &&
		    !is_host(&config->local))
			return refuse(local, -EINVAL,
				      "netemu: the local address is not that of a host",
				      extack);
	} else if (config->listen) {
		config->local.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	if (config->transport == NETEMU_LINK_MCAST) {
		if (port)
			return refuse(port, -EINVAL,
				      "netemu: on a bus all listen at the port of the group",
				      extack);
		return 0;
	}
	if (port && !nla_get_u16(port))
		return refuse(port, -ERANGE, "netemu: a port is 1 to 65535",
			      extack);
	if (config->listen && !port) {
		NL_SET_ERR_MSG(extack, "netemu: who listens needs a local port");
		return -EINVAL;
	}
	/* Who connects comes from any port, unless told which. */
	if (port || config->transport == NETEMU_LINK_UDP)
		set_port(&config->local, port ? nla_get_u16(port) : number);
	return 0;
}

static int parse_allow(struct nemu_link_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *allow = tb[NETEMU_LINK_A_ALLOW];
	struct nlattr *prefix = tb[NETEMU_LINK_A_ALLOW_PREFIX];
	u8 bits;
	int err;

	if (!allow)
		return prefix ? refuse(prefix, -EINVAL,
				       "netemu: bits of what?", extack) : 0;
	err = parse_address(&config->allow, allow, extack);
	if (err)
		return err;
	if (config->allow.sa.sa_family != config->local.sa.sa_family)
		return refuse(allow, -EINVAL,
			      "netemu: both ends are IPv4, or both IPv6", extack);
	bits = 8 * nla_len(allow);
	config->allow_prefix = prefix ? nla_get_u8(prefix) : bits;
	if (config->allow_prefix > bits)
		return refuse(prefix, -ERANGE,
			      "netemu: an address has 32 bits (IPv4) or 128 (IPv6)",
			      extack);
	return 0;
}

static int parse_max_peers(struct nemu_link_config *config,
			   const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	config->max_peers = attr ? nla_get_u16(attr) :
				   NETEMU_LINK_PEERS_DEFAULT;
	if (!config->max_peers || config->max_peers > NETEMU_LINK_PEERS_MAX)
		return refuse(attr, -ERANGE, "netemu: peers are 1 to "
			      __stringify(NETEMU_LINK_PEERS_MAX), extack);
	return 0;
}

/* The others of a link that has more than one other end. */
static int parse_others(struct nemu_link_config *config, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	struct nlattr *peers = tb[NETEMU_LINK_A_MAX_PEERS];
	struct nlattr *allow = tb[NETEMU_LINK_A_ALLOW] ?:
			       tb[NETEMU_LINK_A_ALLOW_PREFIX];

	if (config->listen)
		return parse_max_peers(config, peers, extack) ?:
		       parse_allow(config, tb, extack);
	if (peers)
		return refuse(peers, -EINVAL,
			      "netemu: only who listens has peers", extack);
	if (allow && config->transport != NETEMU_LINK_MCAST)
		return refuse(allow, -EINVAL,
			      "netemu: only who listens, or a bus, can have more than one other end",
			      extack);
	return parse_allow(config, tb, extack);
}

static int parse_listen(struct nemu_link_config *config,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_get_u8(attr) > 1)
		return refuse(attr, -ERANGE, "netemu: listen is 0 or 1",
			      extack);
	config->listen = nla_get_u8(attr);
	if (config->listen && config->transport != NETEMU_LINK_TCP)
		return refuse(attr, -EINVAL,
			      "netemu: only tcp listens for peers", extack);
	return 0;
}

/* The index of a device is what makes such an address mean something. */
static int check_scope(const struct nemu_link_config *config,
		       const struct nlattr *remote,
		       struct netlink_ext_ack *extack)
{
	if (config->remote.sa.sa_family != AF_INET6 || config->ifindex)
		return 0;
	if (__ipv6_addr_needs_scope_id(__ipv6_addr_type(
					&config->remote.v6.sin6_addr)))
		return refuse(remote, -EINVAL,
			      "netemu: a link-local address needs a device",
			      extack);
	return 0;
}

/* It is that of the socket: one without has none. */
static int parse_path(struct nemu_link_config *config,
		      const struct nlattr *attr)
{
	config->path[0] = '\0';
	if (attr)
		nla_strscpy(config->path, attr, sizeof(config->path));
	return 0;
}

/* All is known by the socket itself. */
static int parse_given(struct nemu_link_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	int i;

	for (i = 1; i <= NETEMU_LINK_A_MAX; i++)
		if (tb[i] && i != NETEMU_LINK_A_TRANSPORT &&
		    i != NETEMU_LINK_A_FD && i != NETEMU_LINK_A_PATH &&
		    i != NETEMU_LINK_A_MAX_PEERS)
			return refuse(tb[i], -EINVAL,
				      "netemu: of a link over a descriptor the socket says this",
				      extack);
	if (!tb[NETEMU_LINK_A_FD]) {
		NL_SET_ERR_MSG(extack, "netemu: a descriptor is missing");
		return -EINVAL;
	}
	config->fd = nla_get_s32(tb[NETEMU_LINK_A_FD]);
	return parse_max_peers(config, tb[NETEMU_LINK_A_MAX_PEERS], extack) ?:
	       parse_path(config, tb[NETEMU_LINK_A_PATH]);
}

static int parse_vde(struct nemu_link_config *config, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *served = tb[NETEMU_LINK_A_SERVED];
	int i;

	for (i = 1; i <= NETEMU_LINK_A_MAX; i++)
		if (tb[i] && i != NETEMU_LINK_A_TRANSPORT &&
		    i != NETEMU_LINK_A_FD && i != NETEMU_LINK_A_PATH &&
		    i != NETEMU_LINK_A_CONTROL && i != NETEMU_LINK_A_SERVED)
			return refuse(tb[i], -EINVAL,
				      "netemu: of a link over a descriptor the socket says this",
				      extack);
	if (!tb[NETEMU_LINK_A_FD] || !tb[NETEMU_LINK_A_CONTROL]) {
		NL_SET_ERR_MSG(extack,
			       "netemu: vde needs two descriptors, of frames and of control");
		return -EINVAL;
	}
	if (served && nla_get_u8(served) > 1)
		return refuse(served, -ERANGE, "netemu: served is 0 or 1",
			      extack);
	config->served = served && nla_get_u8(served);
	config->fd = nla_get_s32(tb[NETEMU_LINK_A_FD]);
	config->control = nla_get_s32(tb[NETEMU_LINK_A_CONTROL]);
	if ((config->fd == -1) != (config->control == -1))
		return refuse(tb[NETEMU_LINK_A_CONTROL], -EINVAL,
			      "netemu: vde has two descriptors, or waits (-1) for both",
			      extack);
	if (config->served && config->fd == -1)
		return refuse(served, -EINVAL,
			      "netemu: the device of a client does not wait for another",
			      extack);
	return parse_path(config, tb[NETEMU_LINK_A_PATH]);
}

static int refuse_given(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[NETEMU_LINK_A_FD] ?: tb[NETEMU_LINK_A_PATH] ?:
			      tb[NETEMU_LINK_A_CONTROL] ?:
			      tb[NETEMU_LINK_A_SERVED];

	return attr ? refuse(attr, -EINVAL,
			     "netemu: a descriptor is for transports 4 (fd) and 5 (vde)",
			     extack) : 0;
}

/**
 * nemu_link_config_parse() - read the options of a new link
 * @config: result; zeroed
 * @tb: attributes, parsed by nemu_link_policy
 * @extack: what is wrong
 *
 * Return: 0 or -errno.
 */
int nemu_link_config_parse(struct nemu_link_config *config, struct nlattr **tb,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *transport = tb[NETEMU_LINK_A_TRANSPORT];
	int err;

	if (!transport) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a link needs a transport: 1 (mcast), 2 (udp), 3 (tcp), 4 (fd) or 5 (vde)");
		return -EINVAL;
	}
	config->transport = nla_get_u8(transport);
	if (!config->transport ||
	    config->transport > NETEMU_LINK_TRANSPORT_MAX)
		return refuse(transport, -ERANGE,
			      "netemu: transport is 1 (mcast), 2 (udp), 3 (tcp), 4 (fd) or 5 (vde)",
			      extack);
	if (config->transport == NETEMU_LINK_FD)
		return parse_given(config, tb, extack);
	if (config->transport == NETEMU_LINK_VDE)
		return parse_vde(config, tb, extack);
	err = refuse_given(tb, extack);
	if (err)
		return err;
	err = parse_listen(config, tb[NETEMU_LINK_A_LISTEN], extack) ?:
	      parse_remote(config, tb, extack) ?:
	      parse_local(config, tb, extack) ?:
	      parse_others(config, tb, extack);
	if (err)
		return err;
	if (tb[NETEMU_LINK_A_DEV])
		config->ifindex = nla_get_s32(tb[NETEMU_LINK_A_DEV]);
	err = check_scope(config, tb[NETEMU_LINK_A_REMOTE], extack);
	if (err)
		return err;
	if (config->transport == NETEMU_LINK_MCAST)
		config->ttl = 1;
	if (config->transport == NETEMU_LINK_TCP && tb[NETEMU_LINK_A_TTL])
		return refuse(tb[NETEMU_LINK_A_TTL], -EINVAL,
			      "netemu: the TTL of a connection is the host's",
			      extack);
	return nemu_link_config_ttl(config, tb[NETEMU_LINK_A_TTL], extack);
}

/**
 * nemu_link_config_ttl() - read the option that can change
 * @config: result
 * @attr: %NETEMU_LINK_A_TTL or NULL
 * @extack: what is wrong
 *
 * Return: 0 or -ERANGE.
 */
int nemu_link_config_ttl(struct nemu_link_config *config,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (config->transport == NETEMU_LINK_MCAST && !nla_get_u8(attr))
		return refuse(attr, -ERANGE,
			      "netemu: the TTL of a bus is 1 to 255", extack);
	WRITE_ONCE(config->ttl, nla_get_u8(attr));
	return 0;
}

static int change_given(struct nemu_link *link, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	bool vde = link->config.transport == NETEMU_LINK_VDE;
	struct nlattr *control = tb[NETEMU_LINK_A_CONTROL];
	struct nlattr *fd = tb[NETEMU_LINK_A_FD];
	int err = 0;
	int i;

	for (i = 1; i <= NETEMU_LINK_A_MAX; i++)
		if (tb[i] && i != NETEMU_LINK_A_FD && i != NETEMU_LINK_A_PATH &&
		    (!vde || i != NETEMU_LINK_A_CONTROL))
			return refuse(tb[i], -EOPNOTSUPP,
				      "netemu: only the descriptor of this link can change",
				      extack);
	if (vde && !fd != !control)
		return refuse(fd ?: control, -EINVAL,
			      "netemu: vde needs two descriptors, of frames and of control",
			      extack);
	if (fd)
		err = nemu_given_replace(link, nla_get_s32(fd),
					 control ? nla_get_s32(control) : -1,
					 extack);
	if (err || (!fd && !tb[NETEMU_LINK_A_PATH]))
		return err;
	return parse_path(&link->config, tb[NETEMU_LINK_A_PATH]);
}

/* Neither the device of a peer nor that of a client: they go with it. */
static bool may_be_given(const struct nemu_link *link)
{
	return (link->ops == &nemu_given_ops || link->ops == &nemu_vde_ops) &&
	       !link->config.served;
}

/**
 * nemu_link_config_change() - read a request to change a link
 * @link: link; changed, if all is well
 * @tb: attributes, parsed by nemu_link_policy
 * @extack: what is wrong
 *
 * Context: RTNL held.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_link_config_change(struct nemu_link *link, struct nlattr **tb,
			    struct netlink_ext_ack *extack)
{
	struct nemu_link_config *config = &link->config;
	bool has_ttl = config->transport == NETEMU_LINK_MCAST ||
		       config->transport == NETEMU_LINK_UDP;
	int i;

	if (may_be_given(link))
		return change_given(link, tb, extack);
	for (i = 1; i <= NETEMU_LINK_A_MAX; i++)
		if (tb[i] && (i != NETEMU_LINK_A_TTL || !has_ttl))
			return refuse(tb[i], -EOPNOTSUPP,
				      "netemu: of a link only the TTL can change; make a new one",
				      extack);
	return nemu_link_config_ttl(config, tb[NETEMU_LINK_A_TTL], extack);
}

// SPDX-License-Identifier: GPL-2.0
/* Options and counts of links as attributes: how they are shown. */
#include "link.h"

#include <net/ip.h>
#include <net/ipv6.h>

/**
 * nemu_link_fill_size() - room that nemu_link_fill() may need
 */
size_t nemu_link_fill_size(void)
{
	return nla_total_size(sizeof(u8)) * 6 +
	       nla_total_size(sizeof(u16)) * 3 +
	       nla_total_size(sizeof(u32)) * 4 +
	       nla_total_size(sizeof(struct in6_addr)) * 3 +
	       nla_total_size_64bit(sizeof(u64)) * 3 +
	       nla_total_size(NETEMU_LINK_PATH_MAX + 1) +
	       nla_total_size(0) +
	       nla_total_size_64bit(sizeof(u64)) * NETEMU_LINK_DROP_MAX;
}

/* Nothing, if there is none. */
static int put_address(struct sk_buff *skb, int attr,
		       const union nemu_sockaddr *addr)
{
	if (addr->sa.sa_family != AF_INET && addr->sa.sa_family != AF_INET6)
		return 0;
	if (addr->sa.sa_family == AF_INET6)
		return nla_put_in6_addr(skb, attr, &addr->v6.sin6_addr);
	return nla_put_in_addr(skb, attr, addr->v4.sin_addr.s_addr);
}

static int put_port(struct sk_buff *skb, int attr,
		    const union nemu_sockaddr *addr)
{
	__be16 port = addr->sa.sa_family == AF_UNIX ? 0 :
						      nemu_sockaddr_port(addr);

	return port ? nla_put_u16(skb, attr, ntohs(port)) : 0;
}

static int put_listener(struct sk_buff *skb,
			const struct nemu_link_config *config)
{
	return nla_put_u8(skb, NETEMU_LINK_A_LISTEN, 1) ?:
	       nla_put_u16(skb, NETEMU_LINK_A_MAX_PEERS, config->max_peers);
}

static int put_allow(struct sk_buff *skb, const struct nemu_link_config *config)
{
	if (!config->allow.sa.sa_family)
		return 0;
	return put_address(skb, NETEMU_LINK_A_ALLOW, &config->allow) ?:
	       nla_put_u8(skb, NETEMU_LINK_A_ALLOW_PREFIX,
			  config->allow_prefix);
}

static int put_stream(struct sk_buff *skb, const struct nemu_stream *stream)
{
	struct nemu_stream_info info;

	nemu_stream_get(stream, &info);
	if (nla_put_u8(skb, NETEMU_LINK_A_STATE, info.state) ||
	    nla_put_u32(skb, NETEMU_LINK_A_ERROR, info.error) ||
	    nla_put_u64_64bit(skb, NETEMU_LINK_A_CONNECTS, info.connects,
			      NETEMU_LINK_A_PAD) ||
	    nla_put_u32(skb, NETEMU_LINK_A_PEERS, info.peers) ||
	    (info.listener &&
	     nla_put_u32(skb, NETEMU_LINK_A_LISTENER, info.listener)))
		return -EMSGSIZE;
	return 0;
}

static int put_drops(struct sk_buff *skb, const u64 *drops)
{
	struct nlattr *nest = nla_nest_start(skb, NETEMU_LINK_A_DROPS);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < __NETEMU_LINK_DROP_MAX; i++)
		if (drops[i] && nla_put_u64_64bit(skb, i, drops[i], 0))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nemu_link_fill() - write the options and counts of a link
 * @skb: message
 * @link: link
 *
 * Context: RTNL held.
 * Return: 0 or -EMSGSIZE.
 */
int nemu_link_fill(struct sk_buff *skb, const struct nemu_link *link)
{
	const struct nemu_link_config *config = &link->config;
	struct nemu_link_sum sum;

	nemu_link_sum(link, &sum);
	if (nla_put_u8(skb, NETEMU_LINK_A_TRANSPORT, config->transport) ||
	    (!config->listen &&
	     put_address(skb, NETEMU_LINK_A_REMOTE, &config->remote)) ||
	    put_port(skb, NETEMU_LINK_A_REMOTE_PORT, &config->remote) ||
	    (!nemu_sockaddr_any(&config->local) &&
	     put_address(skb, NETEMU_LINK_A_LOCAL, &config->local)) ||
	    put_port(skb, NETEMU_LINK_A_LOCAL_PORT, &config->local) ||
	    (config->ifindex &&
	     nla_put_u32(skb, NETEMU_LINK_A_DEV, config->ifindex)) ||
	    nla_put_u8(skb, NETEMU_LINK_A_TTL, config->ttl) ||
	    nla_put_u64_64bit(skb, NETEMU_LINK_A_ECHOES, sum.echoes,
			      NETEMU_LINK_A_PAD) ||
	    nla_put_u64_64bit(skb, NETEMU_LINK_A_FRAGMENTED, sum.fragmented,
			      NETEMU_LINK_A_PAD) ||
	    (config->path[0] &&
	     nla_put_string(skb, NETEMU_LINK_A_PATH, config->path)) ||
	    (config->served && nla_put_u8(skb, NETEMU_LINK_A_SERVED, 1)) ||
	    (config->listen && put_listener(skb, config)) ||
	    put_allow(skb, config) ||
	    (link->stream && put_stream(skb, link->stream)))
		return -EMSGSIZE;
	return put_drops(skb, sum.drops);
}

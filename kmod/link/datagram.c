// SPDX-License-Identifier: GPL-2.0
/*
 * Links over UDP, one bare frame in each datagram: their sockets, and what comes
 * in by them.
 *
 * On a bus every QEMU of a host sends from the port of the group, and loopback
 * copies carry no socket, so a member with one socket can't tell its own frames
 * from others'. A link has two: one listens at the group, the other sends, from
 * a port that nobody else on the host has.
 */
#include "link.h"
#include "../compat.h"

#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/net.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

static bool is_v6(const struct nemu_link *link)
{
	return link->config.remote.sa.sa_family == AF_INET6;
}

static bool is_local_address(struct net *net, const union nemu_sockaddr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (addr->sa.sa_family == AF_INET6)
		return ipv6_chk_addr(net, &addr->v6.sin6_addr, NULL, 0);
#endif
	return inet_addr_type(net, addr->v4.sin_addr.s_addr) == RTN_LOCAL;
}

/* Who sent the datagram; its transport header is at the data. */
static void source_of(const struct sk_buff *skb, bool v6,
		      union nemu_sockaddr *source)
{
	if (v6) {
		source->sa.sa_family = AF_INET6;
		source->v6.sin6_addr = ipv6_hdr(skb)->saddr;
		source->v6.sin6_port = udp_hdr(skb)->source;
	} else {
		source->sa.sa_family = AF_INET;
		source->v4.sin_addr.s_addr = ip_hdr(skb)->saddr;
		source->v4.sin_port = udp_hdr(skb)->source;
	}
}

static bool is_remote(const struct nemu_link *link,
		      const union nemu_sockaddr *source)
{
	const union nemu_sockaddr *remote = &link->config.remote;

	if (nemu_sockaddr_port(source) != nemu_sockaddr_port(remote))
		return false;
	if (source->sa.sa_family == AF_INET6)
		return ipv6_addr_equal(&source->v6.sin6_addr,
				       &remote->v6.sin6_addr);
	return source->v4.sin_addr.s_addr == remote->v4.sin_addr.s_addr;
}

static void receive(struct nemu_link *link, struct sk_buff *skb)
{
	if (unlikely(skb->len < sizeof(struct udphdr) + ETH_HLEN)) {
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_RUNT);
		return;
	}
	/* Also takes away what the host's stack has noted. */
	if (unlikely(iptunnel_pull_header(skb, sizeof(struct udphdr),
					  htons(ETH_P_TEB), true))) {
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_NO_MEMORY);
		return;
	}
	nemu_link_receive(link, skb);
}

/* Nobody else on this host has our port. */
static bool is_own(const struct nemu_link *link,
		   const union nemu_sockaddr *source)
{
	if (nemu_sockaddr_port(source) != link->tx_port)
		return false;
	/* What we sent last is likely what comes back: that saves a lookup. */
	if (source->sa.sa_family == AF_INET &&
	    source->v4.sin_addr.s_addr == READ_ONCE(link->tx_saddr))
		return true;
	return is_local_address(link->net, source);
}

/* All of these are encap_rcv of a socket: they return 0 and consume the skb. */
static int rcv_bus(struct sock *sk, struct sk_buff *skb)
{
	struct nemu_link *link = rcu_dereference_sk_user_data(sk);
	union nemu_sockaddr source;

	if (unlikely(!link))
		goto drop;
	source_of(skb, is_v6(link), &source);
	if (is_own(link, &source)) {
		this_cpu_inc(link->stats->echoes);
		goto drop;
	}
	if (likely(nemu_link_allows(&link->config, &source)))
		receive(link, skb);
	else
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_SOURCE);
	return 0;
drop:
	kfree_skb(skb);
	return 0;
}

static int rcv_peer(struct sock *sk, struct sk_buff *skb)
{
	struct nemu_link *link = rcu_dereference_sk_user_data(sk);
	union nemu_sockaddr source;

	if (unlikely(!link)) {
		kfree_skb(skb);
		return 0;
	}
	source_of(skb, is_v6(link), &source);
	if (likely(is_remote(link, &source)))
		receive(link, skb);
	else
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_SOURCE);
	return 0;
}

/* The socket that a bus is sent to from: nothing is for it. */
static int rcv_nobody(struct sock *sk, struct sk_buff *skb)
{
	struct nemu_link *link = rcu_dereference_sk_user_data(sk);

	if (likely(link))
		nemu_link_drop_rx(link, skb, NETEMU_LINK_DROP_SOURCE);
	else
		kfree_skb(skb);
	return 0;
}

static int bind_to(struct socket *sock, union nemu_sockaddr *addr)
{
	return kernel_bind(sock, &addr->sa, addr->sa.sa_family == AF_INET6 ?
			   sizeof(addr->v6) : sizeof(addr->v4));
}

/*
 * A socket at @addr and, unless @ifindex is 0, of one device. @shared: others
 * may have the same.
 */
static struct socket *make_socket(struct nemu_link *link,
				  union nemu_sockaddr *addr, int ifindex,
				  bool shared,
				  int (*rcv)(struct sock *sk,
					     struct sk_buff *skb),
				  struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg cfg = {
		.sk_user_data = link,
		.encap_type = 1,	/* any but none */
		.encap_rcv = rcv,
	};
	struct socket *sock;
	int err;

	err = sock_create_kern(link->net, addr->sa.sa_family, SOCK_DGRAM,
			       IPPROTO_UDP, &sock);
	if (err)
		return ERR_PTR(nemu_link_explain(err, extack));
	if (addr->sa.sa_family == AF_INET6)
		err = ip6_sock_set_v6only(sock->sk);
	if (!err && ifindex)
		err = sock_bindtoindex(sock->sk, ifindex, true);
	if (shared)
		sock_set_reuseaddr(sock->sk);
	if (!err)
		err = bind_to(sock, addr);
	if (err) {
		sock_release(sock);
		return ERR_PTR(nemu_link_explain(err, extack));
	}
	setup_udp_tunnel_sock(link->net, sock, &cfg);
	return sock;
}

static int check_local(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	const union nemu_sockaddr *local = &link->config.local;

	if (nemu_sockaddr_any(local) || is_local_address(link->net, local))
		return 0;
	return nemu_link_explain(-EADDRNOTAVAIL, extack);
}

static int device_of_address(struct nemu_link *link)
{
	const union nemu_sockaddr *local = &link->config.local;
	struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
#if IS_ENABLED(CONFIG_IPV6)
	if (is_v6(link))
		dev = ipv6_dev_find(link->net, &local->v6.sin6_addr, NULL);
	else
#endif
		dev = __ip_dev_find(link->net, local->v4.sin_addr.s_addr,
				    false);
	if (dev)
		ifindex = dev->ifindex;
	rcu_read_unlock();
	return ifindex;
}

static int device_of_route(struct nemu_link *link)
{
	struct flowi4 fl4 = {
		.daddr = link->config.remote.v4.sin_addr.s_addr,
		.flowi4_proto = IPPROTO_UDP,
	};
	struct rtable *rt;
	int ifindex;

	/* In IPv6 there is one by each device: none of them is the one. */
	if (is_v6(link))
		return 0;
	rt = ip_route_output_key(link->net, &fl4);
	if (IS_ERR(rt))
		return 0;
	ifindex = rt->dst.dev->ifindex;
	ip_rt_put(rt);
	return ifindex;
}

/* Where the bus is: told, or where our address is, or where a route leads. */
static int find_bus(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	struct nemu_link_config *config = &link->config;
	int err;

	err = nemu_link_check_device(link, extack) ?: check_local(link, extack);
	if (err || config->ifindex)
		return err;
	if (nemu_sockaddr_any(&config->local))
		config->ifindex = device_of_route(link);
	else
		config->ifindex = device_of_address(link);
	if (config->ifindex)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "netemu: no route says where the bus is: name a device (lo: this host alone), or a local address");
	return -ENODEV;
}

static void membership(const struct nemu_link *link, struct ip_mreqn *mreq)
{
	*mreq = (struct ip_mreqn) {
		.imr_multiaddr = link->config.remote.v4.sin_addr,
		.imr_ifindex = link->config.ifindex,
	};
}

static int join(struct nemu_link *link)
{
	struct sock *sk = link->rx->sk;
	struct ip_mreqn mreq;
	int err;

	membership(link, &mreq);
	lock_sock(sk);
	if (is_v6(link))
		err = ipv6_stub->ipv6_sock_mc_join(sk, link->config.ifindex,
						   &link->config.remote.v6.sin6_addr);
	else
		err = ip_mc_join_group(sk, &mreq);
	release_sock(sk);
	return err;
}

/* A socket that is released as a member would take RTNL, which we hold. */
static void leave(struct nemu_link *link)
{
	struct sock *sk = link->rx->sk;
	struct ip_mreqn mreq;

	membership(link, &mreq);
	lock_sock(sk);
	if (is_v6(link))
		ipv6_stub->ipv6_sock_mc_drop(sk, link->config.ifindex,
					     &link->config.remote.v6.sin6_addr);
	else
		ip_mc_leave_group(sk, &mreq);
	release_sock(sk);
}

static void close_socket(struct socket **sock)
{
	if (*sock)
		udp_tunnel_sock_release(*sock);
	*sock = NULL;
}

static void mcast_close(struct nemu_link *link)
{
	if (link->rx)
		leave(link);
	close_socket(&link->rx);
	close_socket(&link->tx);
}

/* From any address, so that nobody else has the port at any of them. */
static int open_sender(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	union nemu_sockaddr any = {
		.sa.sa_family = link->config.remote.sa.sa_family,
	};
	struct socket *sock;

	sock = make_socket(link, &any, 0, false, rcv_nobody, extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	/* The others of this host are to hear us. */
	nemu_inet_set_mc_loop(sock->sk);
	link->tx = sock;
	link->tx_port = inet_sk(sock->sk)->inet_sport;
	return 0;
}

static int open_listener(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	union nemu_sockaddr group = link->config.remote;
	struct socket *sock;
	int err;

	if (is_v6(link))
		group.v6.sin6_scope_id = link->config.ifindex;
	sock = make_socket(link, &group, link->config.ifindex, true, rcv_bus,
			   extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	link->rx = sock;
	err = join(link);
	if (err) {
		close_socket(&link->rx);
		NL_SET_ERR_MSG(extack,
			       "netemu: can't join the group (is the device one for it? see net.ipv4.igmp_max_memberships)");
	}
	return err;
}

static int mcast_open(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	int err;

	err = find_bus(link, extack) ?: open_sender(link, extack);
	if (err)
		return err;
	err = open_listener(link, extack);
	if (err)
		mcast_close(link);
	return err;
}

static void udp_close(struct nemu_link *link)
{
	link->tx = NULL;
	close_socket(&link->rx);
}

static int udp_open(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	union nemu_sockaddr local = link->config.local;
	struct socket *sock;
	int err;

	err = nemu_link_check_device(link, extack);
	if (err)
		return err;
	if (is_v6(link))
		local.v6.sin6_scope_id = link->config.ifindex;
	sock = make_socket(link, &local, link->config.ifindex, false, rcv_peer,
			   extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	link->rx = sock;
	link->tx = sock;
	link->tx_port = nemu_sockaddr_port(&link->config.local);
	return 0;
}

static void mcast_up(struct nemu_link *link)
{
	napi_enable(&link->napi);
}

static void mcast_down(struct nemu_link *link)
{
	napi_disable(&link->napi);
	nemu_queue_purge(link);
}

/*
 * Through the loopback device all members hear what is sent, without IP's help. A
 * bus does not change its device, so no frame overtakes another.
 */
static void mcast_xmit(struct nemu_link *link, struct sk_buff *skb)
{
	if (link->config.ifindex == LOOPBACK_IFINDEX)
		nemu_datagram_send(link, skb);
	else
		nemu_queue_add(link, skb);
}

const struct nemu_link_ops nemu_mcast_ops = {
	.open	= mcast_open,
	.close	= mcast_close,
	.up	= mcast_up,
	.down	= mcast_down,
	.xmit	= mcast_xmit,
	.poll	= nemu_queue_poll,
};

const struct nemu_link_ops nemu_udp_ops = {
	.open	= udp_open,
	.close	= udp_close,
	.xmit	= nemu_datagram_send,
};

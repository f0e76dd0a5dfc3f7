// SPDX-License-Identifier: GPL-2.0
/*
 * Ports of the host that are kept for forwards: each by a socket that is bound
 * to it and does nothing else. So whoever binds to it too is told that it is
 * taken, and we are told if somebody has it already.
 */
#include "forward.h"
#include "../compat.h"

#include <linux/in.h>
#include <linux/net.h>
#include <linux/random.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/udp.h>

/**
 * nemu_reserve() - keep a port of the host
 * @net: namespace; the socket does not keep it alive
 * @protocol: %IPPROTO_TCP or %IPPROTO_UDP
 * @addr: an address of the host, or zero for all of them
 * @port: number; 0 = any that the host would give an application
 *
 * Context: process, may sleep.
 * Return: the socket, or an ERR_PTR: -EADDRINUSE, -EADDRNOTAVAIL, -EACCES...
 */
struct socket *nemu_reserve(struct net *net, u8 protocol, __be32 addr, u16 port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = addr,
		.sin_port = htons(port),
	};
	struct socket *sock;
	int err;

	err = sock_create_kern(net, AF_INET,
			       protocol == IPPROTO_TCP ? SOCK_STREAM :
							 SOCK_DGRAM,
			       protocol, &sock);
	if (err)
		return ERR_PTR(err);
	/* Nobody reads what it gets where conntrack is made to look away. */
	sock->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	WRITE_ONCE(sock->sk->sk_rcvbuf, 0);
	err = kernel_bind(sock, (struct sockaddr *)&sin, sizeof(sin));
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

/**
 * nemu_reserve_any() - keep some free port of the host
 * @net: namespace
 * @protocol: %IPPROTO_TCP or %IPPROTO_UDP
 * @addr: as nemu_reserve()
 * @port: result
 *
 * Preferred are ports that neither guests nor applications of the host are
 * given for connections of their own.
 *
 * Context: process, may sleep.
 * Return: as nemu_reserve().
 */
struct socket *nemu_reserve_any(struct net *net, u8 protocol, __be32 addr,
				u16 *port)
{
	const int first = NETEMU_GW_PORT_LAST + 1, n = U16_MAX + 1 - first;
	int low, high, i, start = get_random_u32() % n;
	struct socket *sock;

	inet_get_local_port_range(net, &low, &high);
	for (i = 0; i < n; i++) {
		int at = first + (start + i) % n;

		if ((at >= low && at <= high) ||
		    inet_is_local_reserved_port(net, at))
			continue;
		sock = nemu_reserve(net, protocol, addr, at);
		if (sock != ERR_PTR(-EADDRINUSE)) {
			*port = at;
			return sock;
		}
	}
	sock = nemu_reserve(net, protocol, addr, 0);
	if (!IS_ERR(sock))
		*port = inet_sk(sock->sk)->inet_num;
	return sock;
}

/**
 * nemu_unreserve() - let go of a port
 * @sock: from nemu_reserve(), or NULL
 *
 * Context: process, may sleep.
 */
void nemu_unreserve(struct socket *sock)
{
	if (sock)
		sock_release(sock);
}

static bool is_bound_tcp(struct net *net, u16 port)
{
	struct inet_hashinfo *hash = net->ipv4.tcp_death_row.hashinfo;
	struct inet_bind_hashbucket *head =
		&hash->bhash[inet_bhashfn(net, port, hash->bhash_size)];
	struct inet_bind_bucket *bucket;
	bool found = false;

	if (hlist_empty(&head->chain))
		return false;
	spin_lock_bh(&head->lock);
	inet_bind_bucket_for_each(bucket, &head->chain)
		if (bucket->port == port && net_eq(ib_net(bucket), net)) {
			found = true;
			break;
		}
	spin_unlock_bh(&head->lock);
	return found;
}

static bool is_bound_udp(struct net *net, u16 port)
{
	struct udp_hslot *slot = udp_hashslot(nemu_udp_table(net), net, port);
	const struct sock *sk;

	sk_for_each_rcu(sk, &slot->head)
		if (udp_sk(sk)->udp_port_hash == port &&
		    net_eq(sock_net(sk), net))
			return true;
	return false;
}

/**
 * nemu_port_is_bound() - has a socket of the host this port as its own?
 * @net: namespace
 * @protocol: of the port; all but TCP and UDP have none
 * @port: number
 *
 * Context: RCU read side.
 */
bool nemu_port_is_bound(struct net *net, u8 protocol, u16 port)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return is_bound_tcp(net, port);
	case IPPROTO_UDP:
		return is_bound_udp(net, port);
	default:
		return false;
	}
}

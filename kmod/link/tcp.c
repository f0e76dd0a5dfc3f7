// SPDX-License-Identifier: GPL-2.0
/* Links over TCP: one that connects, and one that listens. */
#include "stream.h"
#include "../compat.h"

#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/sock.h>

/* A peer that says nothing is found dead within half a minute. */
#define KEEP_IDLE	10	/* seconds */
#define KEEP_INTERVAL	5
#define KEEP_COUNT	4
#define SEND_TIMEOUT	30000	/* milliseconds */
#define CALLS		3	/* repeated, about 15 seconds */

#define BACKLOG		64

/**
 * nemu_tcp_tune() - make a socket one for frames
 * @sock: socket, connected or not
 */
void nemu_tcp_tune(struct socket *sock)
{
	struct sock *sk = sock->sk;

	nemu_sock_send_anywhere(sk);
	tcp_sock_set_nodelay(sk);
	tcp_sock_set_keepidle(sk, KEEP_IDLE);
	tcp_sock_set_keepintvl(sk, KEEP_INTERVAL);
	tcp_sock_set_keepcnt(sk, KEEP_COUNT);
	tcp_sock_set_user_timeout(sk, SEND_TIMEOUT);
	tcp_sock_set_syncnt(sk, CALLS);
	sock_set_keepalive(sk);
}

static int length_of(const union nemu_sockaddr *addr)
{
	return addr->sa.sa_family == AF_INET6 ? sizeof(addr->v6) :
						sizeof(addr->v4);
}

static struct socket *make_socket(const struct nemu_link *link)
{
	const struct nemu_link_config *config = &link->config;
	struct socket *sock;
	int err;

	err = sock_create_kern(link->net, config->local.sa.sa_family,
			       SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return ERR_PTR(err);
	if (config->ifindex)
		err = sock_bindtoindex(sock->sk, config->ifindex, true);
	if (!err && config->local.sa.sa_family == AF_INET6)
		err = ip6_sock_set_v6only(sock->sk);
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	nemu_tcp_tune(sock);
	return sock;
}

/**
 * nemu_tcp_dial() - call the other end
 * @stream: stream without a socket; has one afterwards, unless it failed before
 *	there was any
 * @sock: result: the socket
 *
 * Context: the worker.
 * Return: 0, -EINPROGRESS, or another -errno.
 */
int nemu_tcp_dial(struct nemu_stream *stream, struct socket **sock)
{
	struct nemu_link *link = stream->link;
	union nemu_sockaddr local = link->config.local;
	union nemu_sockaddr remote = link->config.remote;
	int err = 0;

	*sock = make_socket(link);
	if (IS_ERR(*sock))
		return PTR_ERR(*sock);
	/* Nobody else has it yet. */
	nemu_stream_hook(stream, *sock, NULL, NULL);
	stream->sock = *sock;
	if (remote.sa.sa_family == AF_INET6) {
		local.v6.sin6_scope_id = link->config.ifindex;
		remote.v6.sin6_scope_id = link->config.ifindex;
	}
	if (!nemu_sockaddr_any(&local))
		err = kernel_bind(*sock, &local.sa, length_of(&local));
	return err ?: kernel_connect(*sock, &remote.sa, length_of(&remote),
				     O_NONBLOCK);
}

static int listen_at(struct nemu_stream *stream, struct netlink_ext_ack *extack)
{
	struct nemu_link *link = stream->link;
	union nemu_sockaddr local = link->config.local;
	struct socket *sock;
	int err;

	sock = make_socket(link);
	if (IS_ERR(sock))
		return nemu_link_explain(PTR_ERR(sock), extack);
	/* Connections of an earlier one may still be on their way out. */
	sock_set_reuseaddr(sock->sk);
	if (local.sa.sa_family == AF_INET6)
		local.v6.sin6_scope_id = link->config.ifindex;
	err = kernel_bind(sock, &local.sa, length_of(&local));
	if (!err) {
		stream->sock = sock;
		nemu_stream_hook(stream, sock, NULL, nemu_peer_wake_listener);
		err = kernel_listen(sock, BACKLOG);
	}
	if (!err)
		return 0;
	if (stream->sock)
		nemu_stream_unhook(stream);
	stream->sock = NULL;
	sock_release(sock);
	return nemu_link_explain(err, extack);
}

/**
 * nemu_link_check_listener() - is there room for the names of peers?
 * @link: link that listens
 * @extack: if not
 *
 * Return: 0 or -EINVAL.
 */
int nemu_link_check_listener(const struct nemu_link *link,
			     struct netlink_ext_ack *extack)
{
	if (strlen(link->dev->name) <= NETEMU_LINK_LISTENER_NAME_MAX)
		return 0;
	NL_SET_ERR_MSG(extack, "netemu: the name of who listens has at most "
		       __stringify(NETEMU_LINK_LISTENER_NAME_MAX)
		       " characters");
	return -EINVAL;
}

static int tcp_open(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	struct nemu_stream *stream;
	int err;

	err = nemu_link_check_device(link, extack);
	if (err)
		return err;
	err = link->config.listen ? nemu_link_check_listener(link, extack) : 0;
	if (err)
		return err;
	stream = nemu_stream_create(link, extack);
	if (IS_ERR(stream))
		return PTR_ERR(stream);
	link->stream = stream;
	netif_carrier_off(link->dev);
	if (!link->config.listen)
		return 0;
	stream->state = NETEMU_LINK_LISTENING;
	err = listen_at(stream, extack);
	if (err) {
		link->stream = NULL;
		nemu_stream_destroy(stream);
	}
	return err;
}

static void tcp_close(struct nemu_link *link)
{
	nemu_stream_destroy(link->stream);
	link->stream = NULL;
}

const struct nemu_link_ops nemu_tcp_ops = {
	.open	= tcp_open,
	.close	= tcp_close,
	.up	= nemu_stream_up,
	.xmit	= nemu_stream_xmit,
	.poll	= nemu_stream_poll,
};

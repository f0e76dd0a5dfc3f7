// SPDX-License-Identifier: GPL-2.0
/*
 * Links over a socket that user space has opened and hands over: UNIX sockets,
 * whose paths the kernel never looks up, and whatever else somebody connected.
 *
 * Such a socket holds its namespace, and with it the link, which lasts until it
 * is deleted or the other end hangs up. Whoever has the descriptor open as well
 * finds it shut down then.
 */
#include "stream.h"
#include "../compat.h"

#include <linux/file.h>
#include <linux/net.h>
#include <linux/udp.h>
#include <net/af_unix.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

/* Frames can be sent by it, whoever is at the other end. */
static bool is_kind(const struct sock *sk)
{
	switch (sk->sk_family) {
	case AF_UNIX:
		return sk->sk_type == SOCK_STREAM ||
		       sk->sk_type == SOCK_DGRAM ||
		       sk->sk_type == SOCK_SEQPACKET;
	case AF_INET:
	case AF_INET6:
		return sk_is_tcp(sk) || sk_is_udp(sk);
	}
	return false;
}

static const char *why_not(const struct nemu_link *link, struct sock *sk)
{
	int state = READ_ONCE(sk->sk_state);

	if (!is_kind(sk))
		return "netemu: the descriptor is neither a UNIX nor a TCP nor a UDP socket";
	if (!net_eq(sock_net(sk), link->net))
		return "netemu: the socket is of another network namespace";
	/*
	 * What comes in by a listening TCP socket inherits our callbacks, also
	 * what others accept from it when we are gone.
	 */
	if (state == TCP_LISTEN && sk->sk_family != AF_UNIX)
		return "netemu: only UNIX sockets can listen here: see transport 3 (tcp)";
	if (state != TCP_ESTABLISHED &&
	    (state != TCP_LISTEN || sk->sk_type != SOCK_STREAM))
		return "netemu: the socket is neither connected nor listens";
	if (sk_is_tcp(sk) && inet_csk_has_ulp(sk))
		return "netemu: something (TLS, MPTCP) lies on top of the socket";
	if (sk_is_udp(sk) && READ_ONCE(udp_sk(sk)->encap_type))
		return "netemu: the socket is that of a tunnel";
	return NULL;
}

/* A socket of the caller, held; or an error, said. */
static struct socket *look_up(const struct nemu_link *link, int fd,
			      struct netlink_ext_ack *extack)
{
	struct socket *sock;
	const char *why;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock) {
		NL_SET_ERR_MSG(extack, "netemu: the descriptor is no socket");
		return ERR_PTR(err);
	}
	why = why_not(link, sock->sk);
	if (!why)
		return sock;
	nemu_extack_msg(extack, why);
	sockfd_put(sock);
	return ERR_PTR(-EINVAL);
}

/* The worker does nothing meanwhile: it was never started, or is stopped. */
static int take(struct nemu_stream *stream, struct socket *sock,
		struct netlink_ext_ack *extack)
{
	bool listens = READ_ONCE(sock->sk->sk_state) == TCP_LISTEN;
	int err;

	err = nemu_stream_hook(stream, sock, NULL,
			       listens ? nemu_peer_wake_listener : NULL);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the socket is in use by another part of the kernel");
		return err;
	}
	stream->sock = sock;
	stream->kind = sock->type;
	stream->framed = sock->type == SOCK_STREAM;
	WRITE_ONCE(stream->state, listens ? NETEMU_LINK_LISTENING :
					    NETEMU_LINK_CONNECTING);
	return 0;
}

/* A socket of the caller in @sock, or NULL: there will be one. */
static int look_for(const struct nemu_link *link, struct socket **sock,
		    struct netlink_ext_ack *extack)
{
	*sock = NULL;
	if (link->config.fd == -1)
		return 0;
	*sock = look_up(link, link->config.fd, extack);
	return PTR_ERR_OR_ZERO(*sock);
}

static int given_open(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	struct nemu_stream *stream;
	struct socket *sock;
	int err;

	err = look_for(link, &sock, extack);
	if (err)
		return err;
	link->config.listen = sock &&
			      READ_ONCE(sock->sk->sk_state) == TCP_LISTEN;
	err = link->config.listen ? nemu_link_check_listener(link, extack) : 0;
	if (err)
		goto err_sock;
	stream = nemu_stream_create(link, extack);
	err = PTR_ERR_OR_ZERO(stream);
	if (err)
		goto err_sock;
	stream->given = true;
	stream->is_peer = link->config.served;
	err = sock ? take(stream, sock, extack) : 0;
	if (err)
		goto err_stream;
	link->stream = stream;
	netif_carrier_off(link->dev);
	/* Some may have called already. */
	if (link->config.listen)
		nemu_control_ask(stream);
	return 0;

err_stream:
	nemu_stream_destroy(stream);
err_sock:
	if (sock)
		sockfd_put(sock);
	return err;
}

static void given_close(struct nemu_link *link)
{
	struct nemu_stream *stream = link->stream;

	link->stream = NULL;
	nemu_stream_destroy(stream);
}

static int put_in(struct nemu_link *link, struct socket *sock, int fd,
		  int control, struct netlink_ext_ack *extack)
{
	struct nemu_stream *stream = link->stream;
	int err;

	if (READ_ONCE(sock->sk->sk_state) == TCP_LISTEN ||
	    (stream->kind && sock->type != stream->kind)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the socket is of another kind than the one before");
		return -EINVAL;
	}
	err = link->vde ? nemu_vde_take(link, fd, control, extack) : 0;
	if (err)
		return err;
	err = take(stream, sock, extack);
	if (err && link->vde)
		nemu_vde_give_back(link);
	return err;
}

static int replace(struct nemu_link *link, int fd, int control,
		   struct netlink_ext_ack *extack)
{
	struct socket *sock;
	int err;

	if (link->stream->state != NETEMU_LINK_WAITING) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the link has a socket that is not over");
		return -EBUSY;
	}
	sock = look_up(link, fd, extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	err = put_in(link, sock, fd, control, extack);
	if (err)
		sockfd_put(sock);
	return err;
}

/**
 * nemu_given_replace() - another socket instead of one that is over
 * @link: link over a given socket
 * @fd: descriptor of the caller
 * @control: the same, of the stream of a VDE link
 * @extack: why not
 *
 * Context: RTNL held, as by all that let the worker begin: it does nothing
 * meanwhile, whoever wakes it.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_given_replace(struct nemu_link *link, int fd, int control,
		       struct netlink_ext_ack *extack)
{
	struct nemu_stream *stream = link->stream;
	bool started = stream->started;
	int err;

	WRITE_ONCE(stream->started, false);
	cancel_delayed_work_sync(&stream->work);
	err = replace(link, fd, control, extack);
	WRITE_ONCE(stream->started, started);
	nemu_stream_kick(stream);
	return err;
}

/**
 * nemu_given_is_silent() - does nobody say when the peer is gone?
 * @stream: connected stream
 *
 * Who sends datagrams by a UNIX socket finds that out; others do not. VDE has
 * another socket for that.
 *
 * Context: the worker.
 */
bool nemu_given_is_silent(const struct nemu_stream *stream)
{
	return stream->given && !stream->link->vde &&
	       stream->sock->sk->sk_family == AF_UNIX &&
	       stream->sock->sk->sk_type == SOCK_DGRAM;
}

/**
 * nemu_given_check() - is the other end of such a socket still there?
 * @stream: connected stream
 *
 * Context: the worker.
 * Return: 0, or -errno when it is gone.
 */
int nemu_given_check(const struct nemu_stream *stream)
{
	struct sock *peer = unix_peer_get(stream->sock->sk);
	bool gone;

	if (!peer)
		return -ECONNREFUSED;
	gone = sock_flag(peer, SOCK_DEAD);
	sock_put(peer);
	return gone ? -ECONNREFUSED : 0;
}

const struct nemu_link_ops nemu_given_ops = {
	.open	= given_open,
	.close	= given_close,
	.up	= nemu_stream_up,
	.xmit	= nemu_stream_xmit,
	.poll	= nemu_stream_poll,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes and messages to a socket and from it, by the worker. Neither strparser,
 * which can't read UNIX sockets and stops for good at the first error, nor a socket
 * buffer for each read: bytes are read by the buffer and frames cut from that.
 */
#include "stream.h"

#include <linux/net.h>
#include <net/sock.h>

#define ROUNDS	8	/* of the worker in a row, for one direction */
#define BATCH	32	/* frames that are sent together */
#define MESSAGES 64	/* one frame each, in a row */

static void take_bytes(struct nemu_stream *stream, size_t len)
{
	/* All of them. */
	size_t most = SIZE_MAX;

	local_bh_disable();
	nemu_stream_take(stream, stream->buffer, len, &most);
	local_bh_enable();
	/* They are received before they count. */
	smp_store_release(&stream->taken, stream->taken + len);
	if (test_bit(NEMU_STREAM_BROKEN, &stream->flags))
		stream->error = -EPROTO;
}

/*
 * Nothing is left of what we have been told of: it saves asking in vain. Not so for
 * UDP, which keeps a second queue.
 */
static bool is_drained(const struct socket *sock)
{
	return sock->sk->sk_family == AF_UNIX &&
	       skb_queue_empty_lockless(&sock->sk->sk_receive_queue) &&
	       !(READ_ONCE(sock->sk->sk_shutdown) & RCV_SHUTDOWN) &&
	       !READ_ONCE(sock->sk->sk_err);
}

static bool receive_bytes(struct nemu_stream *stream)
{
	struct kvec vec = { .iov_base = stream->buffer };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	int i, n;

	for (i = 0; i < ROUNDS && !stream->error; i++) {
		vec.iov_len = NEMU_STREAM_BUFFER;
		n = kernel_recvmsg(stream->sock, &msg, &vec, 1,
				   NEMU_STREAM_BUFFER, MSG_DONTWAIT);
		if (n == -EAGAIN)
			return false;
		if (n <= 0) {
			stream->error = n ?: -EPIPE;
			return false;
		}
		take_bytes(stream, n);
		if (is_drained(stream->sock))
			return false;
	}
	return true;
}

/* Of a UDP socket errors are about one datagram; a UNIX socket is over. */
static bool is_over(const struct nemu_stream *stream, int err)
{
	return err != -EAGAIN && err != -EINTR && err != -ENOBUFS &&
	       err != -ENOMEM && err != -EMSGSIZE &&
	       stream->sock->sk->sk_family == AF_UNIX;
}

static bool receive_messages(struct nemu_stream *stream)
{
	struct kvec vec = { .iov_base = stream->buffer };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	int i, n;

	for (i = 0; i < MESSAGES; i++) {
		vec.iov_len = NEMU_STREAM_BUFFER;
		/* The true length, also of what does not fit. */
		n = kernel_recvmsg(stream->sock, &msg, &vec, 1,
				   NEMU_STREAM_BUFFER,
				   MSG_DONTWAIT | MSG_TRUNC);
		if (n == -EAGAIN)
			return false;
		if (!n && stream->sock->type == SOCK_SEQPACKET)
			n = -EPIPE;
		if (n < 0 && is_over(stream, n)) {
			stream->error = n;
			return false;
		}
		if (n >= 0) {
			nemu_stream_take_message(stream, n);
			/* It is received before it counts. */
			smp_store_release(&stream->taken, stream->taken + n);
		}
		if (is_drained(stream->sock))
			return false;
	}
	return true;
}

/**
 * nemu_stream_receive() - take what has come in
 * @stream: connected stream; its error is set when that is over
 *
 * Return: true if there may be more.
 */
bool nemu_stream_receive(struct nemu_stream *stream)
{
	return stream->framed ? receive_bytes(stream) :
				receive_messages(stream);
}

static bool send_messages(struct nemu_stream *stream)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec vec;
	size_t len;
	int i, ret;

	for (i = 0; i < MESSAGES && !stream->error; i++) {
		if (!nemu_stream_gather(stream, &vec, 1, &len))
			return false;
		ret = kernel_sendmsg(stream->sock, &msg, &vec, 1, len);
		if (ret == -EAGAIN) {
			/* A UNIX peer that is full wakes no callback of ours. */
			nemu_stream_kick_later(stream);
			return false;
		}
		if (ret >= 0)
			nemu_stream_sent(stream, len);
		else if (is_over(stream, ret))
			stream->error = ret;
		else
			nemu_stream_drop_first(stream, len);
	}
	return true;
}

static bool send_bytes(struct nemu_stream *stream)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec vec[BATCH];
	size_t total;
	int i, n, ret;

	for (i = 0; i < ROUNDS && !stream->error; i++) {
		n = nemu_stream_gather(stream, vec, BATCH, &total);
		if (!n)
			return false;
		ret = kernel_sendmsg(stream->sock, &msg, vec, n, total);
		if (ret == -EAGAIN)
			return false;
		if (ret < 0) {
			stream->error = ret;
			return false;
		}
		nemu_stream_sent(stream, ret);
	}
	return true;
}

/**
 * nemu_stream_send() - send frames that wait
 * @stream: stream, which may be over already; its error is set when it is
 *
 * Return: true if there may be more, and room for it.
 */
bool nemu_stream_send(struct nemu_stream *stream)
{
	/* Who adds one afterwards wakes the worker again. */
	if (skb_queue_empty_lockless(&stream->tx))
		return false;
	return stream->framed ? send_bytes(stream) : send_messages(stream);
}

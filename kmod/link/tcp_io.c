// SPDX-License-Identifier: GPL-2.0
/*
 * Direct connections: frames to a TCP socket and from it without the worker. See
 * "Streams" in stream.h for who may do what, and for the locks.
 */
#include "stream.h"

#include <linux/net.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/tcp_states.h>

/**
 * nemu_direct_start() - from now on frames need no worker
 * @stream: stream that is connected by a TCP socket nobody else has
 *
 * Context: the worker.
 */
void nemu_direct_start(struct nemu_stream *stream)
{
	spin_lock_bh(&stream->send_lock);
	stream->direct = stream->sock->sk;
	spin_unlock_bh(&stream->send_lock);
}

/**
 * nemu_direct_stop() - they do again
 * @stream: stream, direct or not, that polls no more
 *
 * Nobody but the caller uses the socket when this returns.
 *
 * Context: the worker, or after it.
 */
void nemu_direct_stop(struct nemu_stream *stream)
{
	spin_lock_bh(&stream->send_lock);
	stream->direct = NULL;
	spin_unlock_bh(&stream->send_lock);
}

/**
 * nemu_direct_resume() - let the poll look at the socket
 * @stream: direct stream
 *
 * Context: process.
 */
void nemu_direct_resume(struct nemu_stream *stream)
{
	local_bh_disable();
	napi_schedule(&stream->link->napi);
	local_bh_enable();
}

/* Why nothing more can come in, once all that came is received; or 0. */
static int end_of(struct sock *sk, bool *waits)
{
	int err = 0;

	lock_sock(sk);
	if (sk->sk_err)
		err = -sk->sk_err;
	else if (sk->sk_shutdown & RCV_SHUTDOWN || sk->sk_state == TCP_CLOSE)
		err = -EPIPE;
	*waits = err && !skb_queue_empty(&sk->sk_receive_queue);
	release_sock(sk);
	return err;
}

/**
 * nemu_direct_check() - is the connection over?
 * @stream: direct stream
 *
 * Context: the worker.
 * Return: 0, or why.
 */
int nemu_direct_check(struct nemu_stream *stream)
{
	bool waits;
	int err;

	if (test_bit(NEMU_STREAM_BROKEN, &stream->flags))
		return -EPROTO;
	err = end_of(stream->direct, &waits);
	if (test_and_clear_bit(NEMU_STREAM_MISSED, &stream->flags) || waits)
		nemu_direct_resume(stream);
	if (!waits)
		return err;
	nemu_stream_kick_later(stream);
	return 0;
}

/* @sk is locked, and by no process. Returns how much of the frame was sent. */
static unsigned int send_locked(struct sock *sk, struct sk_buff *skb)
{
	struct kvec vec = { .iov_base = skb->data, .iov_len = skb->len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	int ret;

	/* More of a batch follows at once. */
	if (netdev_xmit_more())
		msg.msg_flags |= MSG_MORE;
	iov_iter_kvec(&msg.msg_iter, WRITE, &vec, 1, skb->len);
	ret = tcp_sendmsg_locked(sk, &msg, skb->len);
	/* An error is found by the worker, who shall see it. */
	return max(ret, 0);
}

/* Whoever has the socket now may be waiting for what we have. */
static unsigned int try_send(struct sock *sk, struct sk_buff *skb)
{
	unsigned int sent = 0;

	if (!spin_trylock(&sk->sk_lock.slock))
		return 0;
	if (!sock_owned_by_user(sk) && !sk->sk_err)
		sent = send_locked(sk, skb);
	spin_unlock(&sk->sk_lock.slock);
	return sent;
}

/**
 * nemu_direct_send() - send a frame now, if that can be
 * @stream: stream
 * @skb: frame, with its length in front
 *
 * Context: RCU read side, BH off.
 * Return: true: the frame is gone, or the worker sends the rest of it; false: it
 * has to wait.
 */
bool nemu_direct_send(struct nemu_stream *stream, struct sk_buff *skb)
{
	unsigned int sent = 0;

	if (!READ_ONCE(stream->direct) ||
	    !skb_queue_empty_lockless(&stream->tx) ||
	    !spin_trylock(&stream->send_lock))
		return false;
	/* Both may have changed meanwhile. */
	if (stream->direct && skb_queue_empty_lockless(&stream->tx))
		sent = try_send(stream->direct, skb);
	WRITE_ONCE(stream->sent, stream->sent + sent);
	if (sent && sent < skb->len) {
		skb_orphan(skb);
		nemu_stream_wait(stream, skb, sent);
		spin_unlock(&stream->send_lock);
		return true;
	}
	spin_unlock(&stream->send_lock);
	if (!sent)
		return false;
	nemu_stream_count_sent(stream, skb);
	consume_skb(skb);
	return true;
}

/* May be called again for the same data, until nothing is wanted. */
static int take(read_descriptor_t *desc, struct sk_buff *skb,
		unsigned int offset, size_t len)
{
	struct nemu_stream *stream = desc->arg.data;
	struct skb_seq_state state;
	unsigned int done = 0;
	const u8 *data;
	size_t part;

	if (!desc->count)
		return 0;
	skb_prepare_seq_read(skb, offset, offset + len, &state);
	while ((part = skb_seq_read(done, &data, &state))) {
		done += nemu_stream_take(stream, data, part, &desc->count);
		if (test_bit(NEMU_STREAM_BROKEN, &stream->flags))
			desc->count = 0;
		if (!desc->count) {
			skb_abort_seq_read(&state);
			break;
		}
	}
	stream->unread += done;
	return done;
}

/**
 * nemu_direct_read() - cut frames out of what came in
 * @stream: direct stream; they are added to its rx
 * @budget: so many frames, or parts of one, at most
 *
 * Context: softirq, the link's poll.
 * Return: whether there may be more.
 */
bool nemu_direct_read(struct nemu_stream *stream, int budget)
{
	read_descriptor_t desc = {
		.arg.data = stream,
		.count = budget,
	};
	struct sock *sk = stream->direct;
	bool more = false;

	bh_lock_sock(sk);
	if (sock_owned_by_user(sk)) {
		set_bit(NEMU_STREAM_MISSED, &stream->flags);
		nemu_stream_kick(stream);
	} else {
		tcp_read_sock(sk, &desc, take);
		more = !desc.count;
	}
	bh_unlock_sock(sk);
	return more;
}

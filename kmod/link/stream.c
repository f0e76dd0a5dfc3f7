// SPDX-License-Identifier: GPL-2.0
/* Streams: their worker, how they connect and end. */
#include "stream.h"

#include <linux/file.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#define WAIT_FIRST	(HZ / 2)
#define WAIT_MOST	(HZ * 10)
#define WATCH_EVERY	HZ

static struct workqueue_struct *workers;

/**
 * nemu_stream_kick() - wake the worker
 * @stream: stream
 *
 * Context: any.
 */
void nemu_stream_kick(struct nemu_stream *stream)
{
	queue_delayed_work(workers, &stream->work, 0);
}

/**
 * nemu_stream_kick_later() - wake the worker at the next tick
 * @stream: stream
 */
void nemu_stream_kick_later(struct nemu_stream *stream)
{
	queue_delayed_work(workers, &stream->work, 1);
}

/*
 * The callbacks of a connected socket. Who takes them back waits for those that
 * run here.
 */
static void data_ready(struct sock *sk)
{
	struct nemu_stream *stream;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	stream = rcu_dereference_sk_user_data(sk);
	if (stream && READ_ONCE(stream->direct)) {
		napi_schedule(&stream->link->napi);
	} else if (stream) {
		set_bit(NEMU_STREAM_DATA, &stream->flags);
		nemu_stream_kick(stream);
	}
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

/* There may be data before the end. */
static void state_change(struct sock *sk)
{
	struct nemu_stream *stream;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	stream = rcu_dereference_sk_user_data(sk);
	if (stream) {
		set_bit(NEMU_STREAM_DATA, &stream->flags);
		nemu_stream_kick(stream);
	}
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

static void write_space(struct sock *sk)
{
	struct nemu_stream *stream;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	stream = rcu_dereference_sk_user_data(sk);
	if (stream) {
		/* Says that nobody waits for room any more. */
		stream->hooks.write_space(sk);
		/* UNIX sockets say so each time that something was read. */
		if (!skb_queue_empty_lockless(&stream->tx))
			nemu_stream_kick(stream);
	}
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

/*
 * Who has a given TCP socket open as well may put something on top, such as TLS,
 * that goes on to call what it found. So such a link keeps the module.
 */
static bool can_be_covered(const struct nemu_stream *stream,
			   const struct sock *sk)
{
	return stream->given && sk_is_tcp(sk);
}

/**
 * nemu_stream_hook() - hear what happens at a socket
 * @stream: stream
 * @sock: socket
 * @like: a stream whose socket this one inherited its callbacks from, or NULL
 * @wake: the callback for data and state instead of the worker's, or NULL
 *
 * Return: 0, or -EBUSY if somebody else hears it already.
 */
int nemu_stream_hook(struct nemu_stream *stream, struct socket *sock,
		     const struct nemu_stream *like,
		     void (*wake)(struct sock *sk))
{
	struct sock *sk = sock->sk;

	if (can_be_covered(stream, sk) && !try_module_get(THIS_MODULE))
		return -EBUSY;
	write_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_user_data) {
		write_unlock_bh(&sk->sk_callback_lock);
		if (can_be_covered(stream, sk))
			module_put(THIS_MODULE);
		return -EBUSY;
	}
	if (like) {
		stream->hooks = like->hooks;
	} else {
		stream->hooks.data_ready = sk->sk_data_ready;
		stream->hooks.write_space = sk->sk_write_space;
		stream->hooks.state_change = sk->sk_state_change;
	}
	/* Sockets that a listener makes do not inherit the pointer. */
	__rcu_assign_sk_user_data_with_flags(sk, stream, SK_USER_DATA_NOCOPY);
	stream->data_ready = wake ?: data_ready;
	stream->state_change = wake ?: state_change;
	sk->sk_data_ready = stream->data_ready;
	sk->sk_state_change = stream->state_change;
	sk->sk_write_space = write_space;
	write_unlock_bh(&sk->sk_callback_lock);
	return 0;
}

/* Are they still ours? */
static bool is_hooked(const struct nemu_stream *stream, const struct sock *sk)
{
	return sk->sk_data_ready == stream->data_ready &&
	       sk->sk_state_change == stream->state_change &&
	       sk->sk_write_space == write_space;
}

/**
 * nemu_stream_unhook() - hear no more; no callback runs when this returns
 * @stream: stream with a socket that was hooked
 *
 * Context: process, may sleep.
 */
void nemu_stream_unhook(struct nemu_stream *stream)
{
	struct sock *sk = stream->sock->sk;
	bool covered;

	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	covered = can_be_covered(stream, sk) && !is_hooked(stream, sk);
	if (!covered) {
		sk->sk_data_ready = stream->hooks.data_ready;
		sk->sk_write_space = stream->hooks.write_space;
		sk->sk_state_change = stream->hooks.state_change;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
	/* Ours are called as long as there is the socket: they have to stay. */
	if (can_be_covered(stream, sk) && !covered)
		module_put(THIS_MODULE);
}

/**
 * nemu_stream_end() - end a connection at once
 * @sock: socket; gone afterwards
 *
 * Nothing of it may stay: the kernel's sockets hold no reference to their
 * namespace, and what would linger outlives it.
 */
void nemu_stream_end(struct socket *sock)
{
	sock_no_linger(sock->sk);
	sock_release(sock);
}

static void set_state(struct nemu_stream *stream, u8 state)
{
	WRITE_ONCE(stream->state, state);
}

/* Nobody else may put anything on top of the socket, or own it for long. */
static bool can_be_direct(const struct nemu_stream *stream)
{
	return !stream->given && sk_is_tcp(stream->sock->sk);
}

static void connected(struct nemu_stream *stream)
{
	nemu_frame_init(&stream->parser);
	clear_bit(NEMU_STREAM_BROKEN, &stream->flags);
	/* Some may have come before we heard of it. */
	set_bit(NEMU_STREAM_DATA, &stream->flags);
	WRITE_ONCE(stream->sent, 0);
	WRITE_ONCE(stream->taken, 0);
	/* What somebody was late to add to the last connection. */
	nemu_stream_flush(stream);
	stream->wait = 0;
	WRITE_ONCE(stream->error, 0);
	WRITE_ONCE(stream->connects, stream->connects + 1);
	set_state(stream, NETEMU_LINK_CONNECTED);
	netif_carrier_on(stream->link->dev);
	nemu_link_notify(stream, NETEMU_EVENT_CONNECTED);
	if (can_be_direct(stream))
		nemu_direct_start(stream);
	if (!stream->link->vde)
		nemu_shortcut_start(stream);
	napi_enable(&stream->link->napi);
	stream->polls = true;
	/* What has come already has called nobody. */
	nemu_direct_resume(stream);
	if (nemu_given_is_silent(stream))
		queue_delayed_work(workers, &stream->watch, WATCH_EVERY);
}

/* Nobody says when the peer of such a socket is gone: look now and then. */
static void watch(struct work_struct *work)
{
	struct nemu_stream *stream = container_of(to_delayed_work(work),
						  struct nemu_stream, watch);

	if (READ_ONCE(stream->state) != NETEMU_LINK_CONNECTED)
		return;
	nemu_stream_kick(stream);
	queue_delayed_work(workers, &stream->watch, WATCH_EVERY);
}

static void let_go(struct nemu_stream *stream)
{
	struct socket *sock = stream->sock;

	if (stream->polls) {
		nemu_shortcut_stop(stream);
		/* What was handed over is received, or at least much of it. */
		napi_disable(&stream->link->napi);
		skb_queue_purge(&stream->handed);
		stream->handed_bytes = 0;
		stream->polls = false;
		nemu_direct_stop(stream);
	}
	nemu_stream_unhook(stream);
	stream->sock = NULL;
	if (stream->link->vde)
		nemu_vde_hang_up(stream->link);
	if (!stream->given) {
		nemu_stream_end(sock);
		return;
	}
	/* Also for others that have it open: half a frame may have been sent. */
	if (stream->state != NETEMU_LINK_LISTENING)
		kernel_sock_shutdown(sock, SHUT_RDWR);
	sockfd_put(sock);
}

static void hang_up(struct nemu_stream *stream)
{
	let_go(stream);
	kfree_skb(stream->frame);
	stream->frame = NULL;
	nemu_stream_flush(stream);
}

/* The connection is over, or there was none: try again, or be removed. */
static void lost(struct nemu_stream *stream, int error)
{
	bool was_there = stream->state == NETEMU_LINK_CONNECTED;

	WRITE_ONCE(stream->error, error);
	set_state(stream, NETEMU_LINK_WAITING);
	netif_carrier_off(stream->link->dev);
	if (stream->sock)
		hang_up(stream);
	if (was_there)
		nemu_link_notify(stream, NETEMU_EVENT_DISCONNECTED);
	if (stream->is_peer) {
		nemu_control_ask(stream);
		return;
	}
	/* Somebody will give another one. */
	if (stream->given)
		return;
	stream->wait = clamp(stream->wait * 2, (unsigned long)WAIT_FIRST,
			     (unsigned long)WAIT_MOST);
	queue_delayed_work(workers, &stream->work, stream->wait);
}

static void dial(struct nemu_stream *stream)
{
	struct socket *sock;
	int err;

	set_state(stream, NETEMU_LINK_CONNECTING);
	err = nemu_tcp_dial(stream, &sock);
	if (err && err != -EINPROGRESS)
		lost(stream, err);
}

/* Is there an answer to the call? */
static bool is_answered(struct nemu_stream *stream)
{
	struct sock *sk = stream->sock->sk;

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
		connected(stream);
		return true;
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return false;
	}
	lost(stream, sock_error(sk) ?: -ECONNRESET);
	return false;
}

static void run(struct work_struct *work)
{
	struct nemu_stream *stream = container_of(to_delayed_work(work),
						  struct nemu_stream, work);
	bool more = false;

	/* A listener has no worker, but its socket may say that there is room. */
	if (!READ_ONCE(stream->started) ||
	    stream->state == NETEMU_LINK_LISTENING)
		return;
	if (!stream->sock) {
		/* Neither a peer nor what was given comes back by itself. */
		if (!stream->given && !stream->is_peer)
			dial(stream);
		if (!stream->sock)
			return;
	}
	if (stream->state != NETEMU_LINK_CONNECTED && !is_answered(stream))
		return;
	if (stream->direct)
		stream->error = nemu_direct_check(stream);
	else if (test_and_clear_bit(NEMU_STREAM_DATA, &stream->flags))
		more = nemu_stream_receive(stream);
	if (more)
		set_bit(NEMU_STREAM_DATA, &stream->flags);
	if (!stream->error)
		more |= nemu_stream_send(stream);
	if (stream->link->vde && !stream->error)
		stream->error = nemu_vde_check(stream->link);
	/* Not before all it sent is here. */
	if (!more && !stream->error && nemu_given_is_silent(stream))
		stream->error = nemu_given_check(stream);
	if (stream->error)
		lost(stream, stream->error);
	else if (more)
		nemu_stream_kick(stream);
}

/* Who listens receives nothing, and what comes by TCP is cut where it is. */
static bool needs_buffer(const struct nemu_link *link)
{
	return !link->config.listen &&
	       link->config.transport != NETEMU_LINK_TCP;
}

/**
 * nemu_stream_create() - make the stream of a new link
 * @link: link; whether it listens is known
 * @extack: why not
 *
 * Context: RTNL held.
 * Return: the stream, without a socket; or an error.
 */
struct nemu_stream *nemu_stream_create(struct nemu_link *link,
				       struct netlink_ext_ack *extack)
{
	struct nemu_stream *stream;
	int err;

	err = nemu_link_netns_charge(link->net, extack);
	if (err)
		return ERR_PTR(err);
	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		goto err_charge;
	/* Not in the worker, whose memory nobody accounts for. */
	if (needs_buffer(link)) {
		stream->buffer = kvmalloc(NEMU_STREAM_BUFFER,
					  GFP_KERNEL_ACCOUNT);
		if (!stream->buffer)
			goto err_stream;
	}
	stream->link = link;
	stream->framed = true;
	stream->state = NETEMU_LINK_WAITING;
	INIT_DELAYED_WORK(&stream->work, run);
	INIT_DEFERRABLE_WORK(&stream->watch, watch);
	spin_lock_init(&stream->send_lock);
	__skb_queue_head_init(&stream->rx);
	skb_queue_head_init(&stream->handed);
	INIT_LIST_HEAD(&stream->connected);
	skb_queue_head_init(&stream->tx);
	stream->tx_room = nemu_link_netns_queue_bytes(link->net);
	INIT_LIST_HEAD(&stream->peers);
	INIT_LIST_HEAD(&stream->sibling);
	INIT_LIST_HEAD(&stream->todo);
	ratelimit_state_init(&stream->event_limit, HZ, NETEMU_EVENT_RATE);
	/* The log is not told, neither now nor at the end. */
	ratelimit_set_flags(&stream->event_limit, RATELIMIT_MSG_ON_RELEASE);
	return stream;

err_stream:
	kfree(stream);
err_charge:
	nemu_link_netns_uncharge(link->net);
	return ERR_PTR(-ENOMEM);
}

/**
 * nemu_stream_up() - let the worker begin, or call at once
 * @link: link whose device comes up, the first time or again
 *
 * Not before: what the other end has sent already is received then.
 */
void nemu_stream_up(struct nemu_link *link)
{
	struct nemu_stream *stream = link->stream;

	WRITE_ONCE(stream->started, true);
	mod_delayed_work(workers, &stream->work, 0);
}

/**
 * nemu_stream_destroy() - end a stream
 * @stream: stream whose device sends nothing any more
 *
 * Context: process, RTNL held; waits for the worker.
 */
void nemu_stream_destroy(struct nemu_stream *stream)
{
	/* Whoever wakes the worker from here on, it does nothing. */
	WRITE_ONCE(stream->started, false);
	cancel_delayed_work_sync(&stream->work);
	cancel_delayed_work_sync(&stream->watch);
	if (stream->sock)
		hang_up(stream);
	cancel_delayed_work_sync(&stream->work);
	nemu_peers_orphan(stream);
	nemu_control_forget(stream);
	nemu_stream_flush(stream);
	nemu_link_netns_uncharge(stream->link->net);
	kvfree(stream->buffer);
	kfree(stream);
}

/**
 * nemu_stream_get() - what is to be shown
 * @stream: stream
 * @info: result
 *
 * Context: RTNL held.
 */
void nemu_stream_get(const struct nemu_stream *stream,
		     struct nemu_stream_info *info)
{
	const struct nemu_stream *listener = stream->listener;

	info->state = READ_ONCE(stream->state);
	info->error = -READ_ONCE(stream->error);
	info->connects = READ_ONCE(stream->connects);
	info->peers = stream->n_peers;
	info->listener = listener ? listener->link->dev->ifindex : 0;
}

int nemu_stream_init(void)
{
	workers = alloc_workqueue("netemu_link", WQ_UNBOUND, 0);
	return workers ? 0 : -ENOMEM;
}

/* After the last link is gone. */
void nemu_stream_exit(void)
{
	nemu_peer_exit();
	destroy_workqueue(workers);
}

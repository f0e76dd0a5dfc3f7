/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links over a stream of bytes: what their files share.
 *
 * DOC: Streams
 *
 * Each stream has a worker, woken by the callbacks of its socket and by frames that
 * wait. It connects, and finds out that a connection is over; who stops it for good
 * has the socket alone then. It never takes RTNL, so it can be waited for with RTNL
 * held.
 *
 * Sending by a UNIX socket sleeps, and so does receiving: that is the worker's, too.
 * TCP can do both without sleeping while nobody owns the socket. So a connection
 * over a TCP socket that nobody else has, a direct one, sends in the transmit
 * function and receives in the link's poll (tcp_io.c). What finds the socket owned,
 * or full, is left to the worker, and all that comes behind it as well, until
 * nothing waits any more: frames keep their order.
 *
 * Locks: send_lock is taken within the locks of whoever transmits, by trying only:
 * the way of what is sent may lead back here. So is the socket's lock within it, as
 * the transmit function may be called with another socket's held. The lock of @tx
 * comes last.
 *
 * What needs RTNL, to make the device of a new peer and to remove that of one
 * that is gone, is done by the control work (peer.c), which nobody waits for with
 * RTNL held. Streams wait for it in a list; with RTNL held none of that list
 * goes away.
 *
 * A listener's device carries no frames. Each peer has a device of its own,
 * NAME.N, a port of what the listener is a port of.
 */
#ifndef _NEMU_LINK_STREAM_H
#define _NEMU_LINK_STREAM_H

#include "link.h"
#include "frame_parser.h"

#include <linux/ratelimit.h>
#include <linux/workqueue.h>

struct sock;

/**
 * struct nemu_stream - what a link over a stream has
 * @link: the link
 * @work: the worker
 * @watch: wakes it now and then, where nobody says that the peer is gone
 * @sock: connected, connecting or listening; the worker's, and while @direct is
 *	set the poll's
 * @given: @sock is a descriptor of user space: put, not released
 * @kind: socket type that a given @sock has to have; 0 = any, until there was one
 * @started: the device was up once, and is not going away: else the worker does
 *	nothing
 * @polls: the link's NAPI is enabled; the worker's
 * @framed: frames have their length in front; else each is a message
 * @send_lock: BH; whoever sends by @direct has it
 * @direct: the connection, if it is a direct one; written with @send_lock held, and
 *	while nothing polls
 * @flags: NEMU_STREAM_*
 * @hooks: what the callbacks of @sock were
 * @data_ready: what that callback of it is
 * @state_change: the same
 * @other: the stream that this one is connected to, if it is one of ours; RCU
 * @had_other: since it was connected; shortcut_lock
 * @connected: among those that are; shortcut_lock
 * @handed: frames that @other has handed over; its lock protects @handed_bytes
 * @handed_bytes: of memory that they take
 * @sent: bytes that the socket has taken since it was connected; changed by the
 *	worker while something waits, else with @send_lock held
 * @taken: bytes that came out of it and were received; of whoever receives
 * @unread: bytes that came out of it and are not received yet; the poll's
 * @parser: what comes in; of whoever receives
 * @frame: the one that is coming in; the same
 * @buffer: where it comes in; the worker's. Listeners and TCP have none
 * @rx: frames that came in while the socket is locked; the poll's
 * @tx: frames that wait to be sent, each with its length in front; its lock
 *	protects @tx_bytes and @tx_done
 * @tx_bytes: of memory that they take
 * @tx_room: how many there may be: changes
 * @tx_done: bytes of the first of them that were sent
 * @state: enum netemu_link_state; written by the worker, or before it is there
 * @wait: until the next try to connect, in jiffies; the worker's
 * @error: why the last connection ended, or none came, -errno
 * @connects: how often there was one
 * @event_limit: how many notifications may leave
 * @is_peer: of a listener, or a VDE client: its device goes with the connection
 * @listener: of a peer; NULL if that goes first; RTNL
 * @peers: of a listener; RTNL
 * @sibling: among the peers of @listener; RTNL
 * @n_peers: of a listener; RTNL
 * @plug_in: of a listener, which is a port now: so are the peers to be that came
 *	before; RTNL
 * @todo: in the list of the control work; its lock
 */
struct nemu_stream {
	struct nemu_link *link;
	struct delayed_work work;
	struct delayed_work watch;
	struct socket *sock;
	bool given;
	short kind;
	bool started;
	bool polls;
	bool framed;
	spinlock_t send_lock;
	struct sock *direct;
	unsigned long flags;
	struct {
		void (*data_ready)(struct sock *sk);
		void (*write_space)(struct sock *sk);
		void (*state_change)(struct sock *sk);
	} hooks;
	void (*data_ready)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	struct nemu_stream __rcu *other;
	bool had_other;
	struct list_head connected;
	struct sk_buff_head handed;
	unsigned int handed_bytes;
	unsigned long sent;
	unsigned long taken;
	unsigned long unread;
	struct nemu_frame_parser parser;
	struct sk_buff *frame;
	void *buffer;
	struct sk_buff_head rx;
	struct sk_buff_head tx;
	unsigned int tx_bytes;
	const unsigned int *tx_room;
	unsigned int tx_done;
	u8 state;
	unsigned long wait;
	int error;
	u64 connects;
	struct ratelimit_state event_limit;
	bool is_peer;
	struct nemu_stream *listener;
	struct list_head peers;
	struct list_head sibling;
	unsigned int n_peers;
	bool plug_in;
	struct list_head todo;
};

#define NEMU_STREAM_BUFFER	65536	/* bytes that are read together */

/* Bits of &struct nemu_stream.flags */
#define NEMU_STREAM_DATA	0	/* something came in for the worker */
#define NEMU_STREAM_MISSED	1	/* the poll found the socket owned */
#define NEMU_STREAM_BROKEN	2	/* the poll found no frames */

static inline void nemu_stream_count_sent(const struct nemu_stream *stream,
					  const struct sk_buff *skb)
{
	dev_sw_netstats_tx_add(stream->link->dev, 1, stream->framed ?
			       skb->len - NEMU_FRAME_HEADER : skb->len);
}

/* stream.c */
struct nemu_stream *nemu_stream_create(struct nemu_link *link,
				       struct netlink_ext_ack *extack);
void nemu_stream_destroy(struct nemu_stream *stream);
void nemu_stream_kick_later(struct nemu_stream *stream);
void nemu_stream_kick(struct nemu_stream *stream);
int nemu_stream_hook(struct nemu_stream *stream, struct socket *sock,
		     const struct nemu_stream *like,
		     void (*wake)(struct sock *sk));
void nemu_stream_unhook(struct nemu_stream *stream);
void nemu_stream_end(struct socket *sock);

/* stream_frame.c */
size_t nemu_stream_take(struct nemu_stream *stream, const u8 *data, size_t len,
			size_t *most);
void nemu_stream_take_message(struct nemu_stream *stream, size_t len);

/* stream_io.c: of the worker; true: there may be more */
bool nemu_stream_receive(struct nemu_stream *stream);
bool nemu_stream_send(struct nemu_stream *stream);

/* stream_queue.c */
int nemu_stream_gather(struct nemu_stream *stream, struct kvec *vec, int most,
		       size_t *total);
void nemu_stream_sent(struct nemu_stream *stream, size_t bytes);
void nemu_stream_drop_first(struct nemu_stream *stream, size_t len);
void nemu_stream_wait(struct nemu_stream *stream, struct sk_buff *skb,
		      unsigned int done);
void nemu_stream_xmit(struct nemu_link *link, struct sk_buff *skb);
void nemu_stream_flush(struct nemu_stream *stream);

/* tcp_io.c: direct connections */
void nemu_direct_start(struct nemu_stream *stream);
void nemu_direct_stop(struct nemu_stream *stream);
int nemu_direct_check(struct nemu_stream *stream);
void nemu_direct_resume(struct nemu_stream *stream);
bool nemu_direct_send(struct nemu_stream *stream, struct sk_buff *skb);
bool nemu_direct_read(struct nemu_stream *stream, int budget);

/* shortcut.c: between streams that are connected to each other */
void nemu_shortcut_start(struct nemu_stream *stream);
void nemu_shortcut_stop(struct nemu_stream *stream);
bool nemu_shortcut_xmit(struct nemu_stream *stream, struct sk_buff *skb);
int nemu_shortcut_poll(struct nemu_stream *stream, int budget);

/* stream_poll.c */
int nemu_stream_poll(struct nemu_link *link, int budget);

/* notify.c */
void nemu_link_notify(struct nemu_stream *stream, enum netemu_event event);

/* tcp.c */
int nemu_link_check_listener(const struct nemu_link *link,
			     struct netlink_ext_ack *extack);
int nemu_tcp_dial(struct nemu_stream *stream, struct socket **sock);
void nemu_tcp_tune(struct socket *sock);

/* given.c: of connected ones */
bool nemu_given_is_silent(const struct nemu_stream *stream);
int nemu_given_check(const struct nemu_stream *stream);

/* vde.c: of links that have link->vde */
int nemu_vde_take(struct nemu_link *link, int fd, int control,
		  struct netlink_ext_ack *extack);
void nemu_vde_give_back(struct nemu_link *link);
void nemu_vde_hang_up(struct nemu_link *link);
int nemu_vde_check(struct nemu_link *link);

/* peer.c */
extern const struct nemu_link_ops nemu_peer_ops;
void nemu_peer_exit(void);
void nemu_control_ask(struct nemu_stream *stream);
void nemu_control_forget(struct nemu_stream *stream);
void nemu_peer_wake_listener(struct sock *sk);
void nemu_peers_orphan(struct nemu_stream *stream);

#endif /* _NEMU_LINK_STREAM_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Frames to a stream and from it. Neither strparser, which can't read UNIX
 * sockets and stops for good at the first error, nor a socket buffer for each
 * read: bytes are read by the buffer and frames cut from that.
 */
#include "stream.h"
#include "../compat.h"

#include <linux/etherdevice.h>
#include <linux/net.h>
#include <net/sock.h>

#define ROUNDS	8	/* of the worker in a row, for one direction */
#define BATCH	32	/* frames that are sent together */
#define MESSAGES 64	/* one frame each, in a row */

static enum netemu_link_drop reason_of(enum nemu_frame_kind kind)
{
	return kind == NEMU_FRAME_SHORT ? NETEMU_LINK_DROP_RUNT :
					  NETEMU_LINK_DROP_OVERSIZE;
}

static void begin_frame(struct nemu_stream *stream,
			const struct nemu_frame_piece *piece)
{
	struct nemu_link *link = stream->link;

	/* Large frames may be too much to ask for: no reason to tell the log. */
	stream->frame = __netdev_alloc_skb_ip_align(link->dev, piece->frame_len,
						    GFP_ATOMIC | __GFP_NOWARN);
	if (unlikely(!stream->frame)) {
		nemu_link_count(link, NETEMU_LINK_DROP_NO_MEMORY);
		dev_core_stats_rx_dropped_inc(link->dev);
	}
}

static void take_data(struct nemu_stream *stream,
		      const struct nemu_frame_piece *piece)
{
	struct sk_buff *skb;

	if (piece->first)
		begin_frame(stream, piece);
	skb = stream->frame;
	if (unlikely(!skb))
		return;
	skb_put_data(skb, piece->data, piece->len);
	if (!piece->last)
		return;
	stream->frame = NULL;
	nemu_link_receive_now(stream->link, skb);
}

/* Returns false when this is no stream of frames. */
static bool take_bytes(struct nemu_stream *stream, size_t len)
{
	struct nemu_link *link = stream->link;
	const u8 *data = stream->buffer;
	struct nemu_frame_piece piece;
	size_t used;
	u32 max;

	for (; len; data += used, len -= used) {
		/* What is tagged or not is seen when all of it is there. */
		max = READ_ONCE(link->dev->mtu) + ETH_HLEN + VLAN_HLEN;
		used = nemu_frame_next(&stream->parser, max, data, len, &piece);
		switch (piece.kind) {
		case NEMU_FRAME_DATA:
			take_data(stream, &piece);
			break;
		case NEMU_FRAME_SHORT:
		case NEMU_FRAME_LONG:
			nemu_link_count(link, reason_of(piece.kind));
			dev_core_stats_rx_dropped_inc(link->dev);
			break;
		case NEMU_FRAME_BROKEN:
			nemu_link_count(link, NETEMU_LINK_DROP_FRAMING);
			return false;
		case NEMU_FRAME_SKIP:
		case NEMU_FRAME_NONE:
			break;
		}
	}
	return true;
}

static bool receive_bytes(struct nemu_stream *stream)
{
	struct kvec vec = { .iov_base = stream->buffer };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	bool good;
	int i, n;

	for (i = 0; i < ROUNDS; i++) {
		vec.iov_len = NEMU_STREAM_BUFFER;
		n = kernel_recvmsg(stream->sock, &msg, &vec, 1,
				   NEMU_STREAM_BUFFER, MSG_DONTWAIT);
		if (n == -EAGAIN)
			return false;
		if (n <= 0) {
			stream->error = n ?: -EPIPE;
			return false;
		}
		local_bh_disable();
		good = take_bytes(stream, n);
		local_bh_enable();
		if (!good) {
			stream->error = -EPROTO;
			return false;
		}
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

static void take_message(struct nemu_stream *stream, size_t len)
{
	struct nemu_frame_piece piece = {
		.kind = NEMU_FRAME_DATA,
		.data = stream->buffer,
		.len = len,
		.frame_len = len,
		.first = true,
		.last = true,
	};

	if (len > NEMU_STREAM_BUFFER) {
		nemu_link_count(stream->link, NETEMU_LINK_DROP_OVERSIZE);
		dev_core_stats_rx_dropped_inc(stream->link->dev);
		return;
	}
	local_bh_disable();
	take_data(stream, &piece);
	local_bh_enable();
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
		if (n >= 0)
			take_message(stream, n);
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

/* The frames that wait; only the worker takes them away. */
static int gather(struct nemu_stream *stream, struct kvec *vec, int most,
		  size_t *total)
{
	unsigned int done = stream->tx_done;
	struct sk_buff *skb;
	int n = 0;

	*total = 0;
	spin_lock_bh(&stream->tx.lock);
	skb_queue_walk(&stream->tx, skb) {
		vec[n].iov_base = skb->data + done;
		vec[n].iov_len = skb->len - done;
		*total += vec[n].iov_len;
		done = 0;
		if (++n == most)
			break;
	}
	spin_unlock_bh(&stream->tx.lock);
	return n;
}

/* Takes the first frame away if @bytes hold all of it. */
static struct sk_buff *take_sent(struct nemu_stream *stream, size_t bytes)
{
	struct sk_buff *skb;

	spin_lock(&stream->tx.lock);
	skb = skb_peek(&stream->tx);
	if (skb && skb->len <= bytes) {
		__skb_unlink(skb, &stream->tx);
		stream->tx_bytes -= skb->truesize;
	} else {
		skb = NULL;
	}
	spin_unlock(&stream->tx.lock);
	return skb;
}

static void sent(struct nemu_stream *stream, size_t bytes)
{
	struct sk_buff *skb;

	bytes += stream->tx_done;
	local_bh_disable();
	while ((skb = take_sent(stream, bytes))) {
		bytes -= skb->len;
		dev_sw_netstats_tx_add(stream->link->dev, 1,
				       stream->framed ?
				       skb->len - NEMU_FRAME_HEADER : skb->len);
		consume_skb(skb);
	}
	local_bh_enable();
	stream->tx_done = bytes;
}

static void drop_first(struct nemu_stream *stream, size_t len)
{
	struct sk_buff *skb;

	local_bh_disable();
	skb = take_sent(stream, len);
	if (skb)
		nemu_link_drop_tx(stream->link, skb, NETEMU_LINK_DROP_NO_PEER);
	local_bh_enable();
}

static bool send_messages(struct nemu_stream *stream)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec vec;
	size_t len;
	int i, ret;

	for (i = 0; i < MESSAGES && !stream->error; i++) {
		if (!gather(stream, &vec, 1, &len))
			return false;
		ret = kernel_sendmsg(stream->sock, &msg, &vec, 1, len);
		if (ret == -EAGAIN) {
			/* A UNIX peer that is full wakes no callback of ours. */
			nemu_stream_kick_later(stream);
			return false;
		}
		if (ret >= 0)
			sent(stream, len);
		else if (is_over(stream, ret))
			stream->error = ret;
		else
			drop_first(stream, len);
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
		n = gather(stream, vec, BATCH, &total);
		if (!n)
			return false;
		ret = kernel_sendmsg(stream->sock, &msg, vec, n, total);
		if (ret == -EAGAIN)
			return false;
		if (ret < 0) {
			stream->error = ret;
			return false;
		}
		sent(stream, ret);
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
	return stream->framed ? send_bytes(stream) : send_messages(stream);
}

/**
 * nemu_stream_flush() - drop the frames that wait
 * @stream: stream
 */
void nemu_stream_flush(struct nemu_stream *stream)
{
	spin_lock_bh(&stream->tx.lock);
	__skb_queue_purge(&stream->tx);
	stream->tx_bytes = 0;
	stream->tx_done = 0;
	spin_unlock_bh(&stream->tx.lock);
}

static bool add(struct nemu_stream *stream, struct sk_buff *skb)
{
	bool room;

	spin_lock(&stream->tx.lock);
	room = skb_queue_len(&stream->tx) < NETEMU_LINK_QUEUE_MAX &&
	       stream->tx_bytes + skb->truesize <= NETEMU_LINK_QUEUE_BYTES;
	if (likely(room)) {
		stream->tx_bytes += skb->truesize;
		__skb_queue_tail(&stream->tx, skb);
	}
	spin_unlock(&stream->tx.lock);
	return room;
}

/**
 * nemu_stream_add() - the transmit function: let a frame wait for the worker
 * @link: link
 * @skb: frame; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_stream_add(struct nemu_link *link, struct sk_buff *skb)
{
	struct nemu_stream *stream = link->stream;
	u32 len = skb->len;

	if (unlikely(READ_ONCE(stream->state) != NETEMU_LINK_CONNECTED)) {
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_PEER);
		return;
	}
	if (unlikely((skb->ip_summed == CHECKSUM_PARTIAL &&
		      skb_checksum_help(skb)) ||
		     skb_linearize(skb) ||
		     skb_cow_head(skb, NEMU_FRAME_HEADER))) {
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_MEMORY);
		return;
	}
	skb_orphan(skb);
	if (stream->framed)
		put_unaligned_be32(len, skb_push(skb, NEMU_FRAME_HEADER));
	if (likely(add(stream, skb)))
		nemu_stream_kick(stream);
	else
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_QUEUE_FULL);
}

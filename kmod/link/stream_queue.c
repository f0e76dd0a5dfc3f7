// SPDX-License-Identifier: GPL-2.0
/* Frames that wait to be sent to a stream, and the transmit function. */
#include "stream.h"
#include "../compat.h"

/**
 * nemu_stream_gather() - look at the frames that wait
 * @stream: stream
 * @vec: result
 * @most: at most so many
 * @total: bytes of them
 *
 * Context: the worker, which alone takes them away.
 * Return: how many.
 */
int nemu_stream_gather(struct nemu_stream *stream, struct kvec *vec, int most,
		       size_t *total)
{
	struct sk_buff *skb;
	unsigned int done;
	int n = 0;

	*total = 0;
	spin_lock_bh(&stream->tx.lock);
	done = stream->tx_done;
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

/* Takes the first frame away if @bytes hold all of it; else so many are sent. */
static struct sk_buff *take_sent(struct nemu_stream *stream, size_t bytes)
{
	struct sk_buff *skb;

	spin_lock(&stream->tx.lock);
	skb = skb_peek(&stream->tx);
	stream->tx_done = 0;
	if (skb && skb->len <= bytes) {
		__skb_unlink(skb, &stream->tx);
		stream->tx_bytes -= skb->truesize;
	} else {
		if (skb)
			stream->tx_done = bytes;
		skb = NULL;
	}
	spin_unlock(&stream->tx.lock);
	return skb;
}

/**
 * nemu_stream_sent() - the socket has taken something
 * @stream: stream
 * @bytes: how many, of those gathered
 *
 * Context: the worker.
 */
void nemu_stream_sent(struct nemu_stream *stream, size_t bytes)
{
	struct sk_buff *skb;

	/* Nobody else changes these while something waits. */
	WRITE_ONCE(stream->sent, stream->sent + bytes);
	bytes += stream->tx_done;
	local_bh_disable();
	while ((skb = take_sent(stream, bytes))) {
		bytes -= skb->len;
		nemu_stream_count_sent(stream, skb);
		consume_skb(skb);
	}
	local_bh_enable();
}

/**
 * nemu_stream_drop_first() - the socket does not take a frame
 * @stream: stream
 * @len: length of the frame
 *
 * Context: the worker.
 */
void nemu_stream_drop_first(struct nemu_stream *stream, size_t len)
{
	struct sk_buff *skb;

	local_bh_disable();
	skb = take_sent(stream, len);
	if (skb)
		nemu_link_drop_tx(stream->link, skb, NETEMU_LINK_DROP_NO_PEER);
	local_bh_enable();
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

static bool add(struct nemu_stream *stream, struct sk_buff *skb,
		unsigned int done)
{
	bool room;

	spin_lock(&stream->tx.lock);
	/* There is always room for one, and what was begun has to be ended. */
	room = done || skb_queue_empty(&stream->tx) ||
	       (skb_queue_len(&stream->tx) < NETEMU_LINK_QUEUE_MAX &&
		stream->tx_bytes + skb->truesize <=
		READ_ONCE(*stream->tx_room));
	if (likely(room)) {
		stream->tx_bytes += skb->truesize;
		__skb_queue_tail(&stream->tx, skb);
		if (done)
			stream->tx_done = done;
	}
	spin_unlock(&stream->tx.lock);
	return room;
}

/**
 * nemu_stream_wait() - let a frame wait for the worker
 * @stream: stream
 * @skb: frame, with its length in front if it has one; consumed
 * @done: so much of it was sent; not 0 only if none waits
 *
 * Context: BH off.
 */
void nemu_stream_wait(struct nemu_stream *stream, struct sk_buff *skb,
		      unsigned int done)
{
	if (likely(add(stream, skb, done)))
		nemu_stream_kick(stream);
	else
		nemu_link_drop_tx(stream->link, skb,
				  NETEMU_LINK_DROP_QUEUE_FULL);
}

/* In one piece, with a checksum and the length in front. */
static bool prepare(struct nemu_stream *stream, struct sk_buff *skb)
{
	u32 len = skb->len;

	if ((skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb)) ||
	    skb_linearize(skb) || skb_cow_head(skb, NEMU_FRAME_HEADER))
		return false;
	if (stream->framed)
		put_unaligned_be32(len, skb_push(skb, NEMU_FRAME_HEADER));
	return true;
}

/**
 * nemu_stream_xmit() - the transmit function
 * @link: link
 * @skb: frame; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_stream_xmit(struct nemu_link *link, struct sk_buff *skb)
{
	struct nemu_stream *stream = link->stream;

	if (unlikely(READ_ONCE(stream->state) != NETEMU_LINK_CONNECTED)) {
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_PEER);
		return;
	}
	if (nemu_shortcut_xmit(stream, skb))
		return;
	if (unlikely(!prepare(stream, skb))) {
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_NO_MEMORY);
		return;
	}
	if (nemu_direct_send(stream, skb))
		return;
	skb_orphan(skb);
	nemu_stream_wait(stream, skb, 0);
}

// SPDX-License-Identifier: GPL-2.0
/* From the bytes that came in to frames. */
#include "stream.h"
#include "../compat.h"

#include <linux/etherdevice.h>

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
	/* Nothing is received with a socket locked: the host may want it. */
	if (stream->direct)
		__skb_queue_tail(&stream->rx, skb);
	else
		nemu_link_receive_now(stream->link, skb);
}

static void count_bad(struct nemu_link *link, enum nemu_frame_kind kind)
{
	nemu_link_count(link, reason_of(kind));
	dev_core_stats_rx_dropped_inc(link->dev);
}

/**
 * nemu_stream_take() - cut frames out of a stream
 * @stream: stream
 * @data: bytes that came in
 * @len: how many
 * @most: how many frames, or parts of one, may be taken; as many fewer on return
 *
 * Sets NEMU_STREAM_BROKEN if this is no stream of frames.
 *
 * Context: BH off; the one who receives.
 * Return: how many bytes are done.
 */
size_t nemu_stream_take(struct nemu_stream *stream, const u8 *data, size_t len,
			size_t *most)
{
	struct nemu_link *link = stream->link;
	struct nemu_frame_piece piece;
	size_t done = 0;
	u32 max;

	for (; done < len && *most; --*most) {
		/* What is tagged or not is seen when all of it is there. */
		max = READ_ONCE(link->dev->mtu) + ETH_HLEN + VLAN_HLEN;
		done += nemu_frame_next(&stream->parser, max, data + done,
					len - done, &piece);
		switch (piece.kind) {
		case NEMU_FRAME_DATA:
			take_data(stream, &piece);
			break;
		case NEMU_FRAME_SHORT:
		case NEMU_FRAME_LONG:
			count_bad(link, piece.kind);
			break;
		case NEMU_FRAME_BROKEN:
			nemu_link_count(link, NETEMU_LINK_DROP_FRAMING);
			set_bit(NEMU_STREAM_BROKEN, &stream->flags);
			return done;
		case NEMU_FRAME_SKIP:
		case NEMU_FRAME_NONE:
			break;
		}
	}
	return done;
}

/**
 * nemu_stream_take_message() - a message is a frame
 * @stream: stream; the message is in its buffer
 * @len: length of the message, which may be more than the buffer
 *
 * Context: the worker.
 */
void nemu_stream_take_message(struct nemu_stream *stream, size_t len)
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
		count_bad(stream->link, NEMU_FRAME_LONG);
		return;
	}
	local_bh_disable();
	take_data(stream, &piece);
	local_bh_enable();
}

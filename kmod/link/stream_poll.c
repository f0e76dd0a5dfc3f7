// SPDX-License-Identifier: GPL-2.0
/* The poll of a link over a stream: what comes in without the worker. */
#include "stream.h"

/* Returns whether there may be more. */
static bool read(struct nemu_stream *stream, int budget)
{
	bool more;

	if (!stream->direct ||
	    test_bit(NEMU_STREAM_BROKEN, &stream->flags))
		return false;
	more = nemu_direct_read(stream, budget);
	/* The worker hangs up. */
	if (unlikely(test_bit(NEMU_STREAM_BROKEN, &stream->flags))) {
		nemu_stream_kick(stream);
		return false;
	}
	return more;
}

/**
 * nemu_stream_poll() - receive what came in
 * @link: link over a stream
 * @budget: so many frames at most
 *
 * What was handed over came before what is read from the socket at the same time.
 *
 * Context: RCU read side, softirq.
 * Return: how many, @budget if there may be more.
 */
int nemu_stream_poll(struct nemu_link *link, int budget)
{
	struct nemu_stream *stream = READ_ONCE(link->stream);
	struct sk_buff *skb;
	int n, came = 0;
	bool more;

	if (unlikely(!stream))
		return 0;
	more = read(stream, budget);
	n = nemu_shortcut_poll(stream, budget);
	while ((skb = __skb_dequeue(&stream->rx))) {
		nemu_link_receive_poll(link, skb);
		came++;
	}
	if (stream->unread) {
		/* Received before they count: others may overtake then. */
		smp_store_release(&stream->taken,
				  stream->taken + stream->unread);
		stream->unread = 0;
	}
	if (more || n == budget)
		return budget;
	return min(n + came, budget - 1);
}

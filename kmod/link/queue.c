// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that wait to be sent by a transport that can't send in the transmit
 * function. A bus over a network is one: IP does not loop multicast back to the
 * sockets of this host for a sender inside a device's transmit function. So the
 * frames leave from the link's poll, in the order in which they came.
 */
#include "link.h"

static struct sk_buff *take(struct nemu_link_queue *queue)
{
	struct sk_buff *skb;

	spin_lock(&queue->frames.lock);
	skb = __skb_dequeue(&queue->frames);
	if (skb)
		queue->bytes -= skb->truesize;
	spin_unlock(&queue->frames.lock);
	return skb;
}

/**
 * nemu_queue_poll() - send frames that wait
 * @link: link
 * @budget: how many at most
 *
 * Return: how many.
 */
int nemu_queue_poll(struct nemu_link *link, int budget)
{
	struct sk_buff *skb;
	int sent = 0;

	while (sent < budget) {
		skb = take(&link->queue);
		if (!skb)
			break;
		nemu_datagram_send(link, skb);
		sent++;
	}
	return sent;
}

/**
 * nemu_queue_init() - make the queue of a new link
 * @link: link
 */
void nemu_queue_init(struct nemu_link *link)
{
	skb_queue_head_init(&link->queue.frames);
}

/**
 * nemu_queue_purge() - drop the frames that wait
 * @link: link that neither transmits nor polls any more
 */
void nemu_queue_purge(struct nemu_link *link)
{
	skb_queue_purge(&link->queue.frames);
	link->queue.bytes = 0;
}

/**
 * nemu_queue_add() - let a frame wait
 * @link: link
 * @skb: frame; consumed
 *
 * Context: RCU read side, BH off.
 */
void nemu_queue_add(struct nemu_link *link, struct sk_buff *skb)
{
	struct nemu_link_queue *queue = &link->queue;
	bool room;

	spin_lock(&queue->frames.lock);
	room = skb_queue_len(&queue->frames) < NETEMU_LINK_QUEUE_MAX &&
	       queue->bytes + skb->truesize <= NETEMU_LINK_QUEUE_BYTES;
	if (likely(room)) {
		queue->bytes += skb->truesize;
		__skb_queue_tail(&queue->frames, skb);
	}
	spin_unlock(&queue->frames.lock);
	if (likely(room))
		napi_schedule(&link->napi);
	else
		nemu_link_drop_tx(link, skb, NETEMU_LINK_DROP_QUEUE_FULL);
}

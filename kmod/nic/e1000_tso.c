// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: TCP segmentation, section 3.5. Super-frames as real drivers make them
 * go on as they are, for the host to cut or to deliver uncut. What else the
 * datasheet allows is cut here, frame by frame, exactly as it says.
 */
#include "e1000.h"

/* Smaller segments are cut here, where the budget counts them. */
#define GSO_SIZE_MIN	64

#define PROTO_TCP	6
#define IPV4_LEN	2	/* offsets in headers */
#define IPV4_ID		4
#define IPV4_FRAGMENT	6
#define IPV4_PROTOCOL	9
#define IPV4_CHECKSUM	10
#define IPV6_LEN	4
#define IPV6_NEXT	6
#define IPV6_HLEN	40
#define TCP_SEQ		4
#define TCP_OFFSET	12
#define TCP_FLAGS	13
#define TCP_CHECKSUM	16
#define TCP_HLEN	20
#define TCP_FIN_PSH	0x09
#define UDP_LEN		4

/* The IP header is what the context says, and what the core will take it for. */
static bool usual_ip(const struct nemu_e1000_tx *tx,
		     const struct nemu_e1000_context *c)
{
	const u8 *ip = tx->head + c->ipcss;
	u16 type = get_unaligned_be16(ip - 2);

	if (!c->ip)
		return type == ETH_P_IPV6 && ip[0] >> 4 == 6 &&
		       ip[IPV6_NEXT] == PROTO_TCP &&
		       c->tucss == c->ipcss + IPV6_HLEN &&
		       !(tx->popts & E1000_TXD_IXSM);
	return type == ETH_P_IP && ip[0] >> 4 == 4 &&
	       c->tucss == c->ipcss + (ip[0] & 15) * 4 &&
	       ip[IPV4_PROTOCOL] == PROTO_TCP &&
	       !(get_unaligned_be16(ip + IPV4_FRAGMENT) & 0x3fff) &&
	       tx->popts & E1000_TXD_IXSM &&
	       c->ipcso == c->ipcss + IPV4_CHECKSUM && c->ipcse == c->tucss - 1;
}

/* Can the core cut it? The headers are in tx.head. */
static bool usual(const struct nemu_e1000_tx *tx,
		  const struct nemu_e1000_context *c)
{
	return c->tcp && tx->popts & E1000_TXD_TXSM && !c->tucse &&
	       c->mss >= GSO_SIZE_MIN &&
	       c->ipcss >= ETH_HLEN && c->tucss >= c->ipcss + 20 &&
	       c->hdr_len >= c->tucss + TCP_HLEN &&
	       c->tucso == c->tucss + TCP_CHECKSUM &&
	       c->hdr_len == c->tucss + (tx->head[c->tucss + TCP_OFFSET] >> 4) * 4 &&
	       tx->len - c->ipcss <= U16_MAX &&
	       usual_ip(tx, c);
}

/* The pseudo header's sum lacks the length, 3.5. */
static void add_pseudo_len(u8 *sum, u32 len)
{
	u32 value = get_unaligned_be16(sum) + (len & 0xffff) + (len >> 16);

	value = (value & 0xffff) + (value >> 16);
	put_unaligned_be16((value & 0xffff) + (value >> 16), sum);
}

/* Makes the headers fit the super-frame as if it were one frame. */
static void whole_headers(struct nemu_e1000_tx *tx,
			  const struct nemu_e1000_context *c)
{
	u8 *ip = tx->head + c->ipcss;

	if (c->ip) {
		put_unaligned_be16(tx->len - c->ipcss, ip + IPV4_LEN);
		put_unaligned_be16(0, ip + IPV4_CHECKSUM);
		nemu_e1000_sum_put(tx->head, tx->len, c->ipcss, c->ipcso, c->ipcse);
	} else {
		put_unaligned_be16(tx->len - c->tucss, ip + IPV6_LEN);
	}
	add_pseudo_len(tx->head + c->tucso, tx->len - c->tucss);
}

static void count(struct nemu_e1000 *e, u32 hdr_len, u32 payload, u32 mss)
{
	u32 more = E1000_FCS_LEN + (e->tx.vlan ? 4 : 0) + hdr_len;
	u32 rest = payload % mss;

	spin_lock(&e->lock);
	if (payload / mss)
		nemu_e1000_stat_sent(e, e->tx.head, mss + more, payload / mss);
	if (rest || !payload)
		nemu_e1000_stat_sent(e, e->tx.head, rest + more, 1);
	nemu_e1000_stat_add(e, E1000_TSCTC, 1);
	spin_unlock(&e->lock);
}

static int send_whole(struct nemu_card *card, struct nemu_e1000 *e,
		      const struct nemu_e1000_context *c)
{
	struct nemu_e1000_tx *tx = &e->tx;
	u32 payload = tx->len - c->hdr_len;
	struct nemu_tx out = {
		.head = tx->head,
		.head_len = tx->head_len,
		.seg = tx->seg + tx->first,
		.segs = tx->segs - tx->first,
		.len = tx->len,
		.csum = true,
		.csum_start = c->tucss,
		.csum_offset = TCP_CHECKSUM,
	};
	int ret;

	if (payload > c->mss) {
		out.gso = c->ip ? NEMU_GSO_TCPV4 : NEMU_GSO_TCPV6;
		out.gso_size = c->mss;
		out.hdr_len = c->hdr_len;
	}
	ret = nemu_e1000_frame_pass(card, e, &out);
	if (!ret)
		count(e, c->hdr_len, payload, c->mss);
	return ret;
}

/* A field of two bytes, if it is in the frame */
static u8 *field(u8 *frame, u32 len, u32 at)
{
	return at + 2 <= len ? frame + at : NULL;
}

static void put(u8 *frame, u32 len, u32 at, u16 value)
{
	u8 *p = field(frame, len, at);

	if (p)
		put_unaligned_be16(value, p);
}

/* 3.5.8: what differs from segment to segment. */
static void segment_headers(struct nemu_e1000_tx *tx, u8 *frame, u32 len,
			    const struct nemu_e1000_context *c, bool last)
{
	u8 *p;

	if (c->ip) {
		put(frame, len, c->ipcss + IPV4_LEN, len - c->ipcss);
		p = field(frame, len, c->ipcss + IPV4_ID);
		if (p)
			put_unaligned_be16(get_unaligned_be16(p) + tx->frames, p);
	} else {
		put(frame, len, c->ipcss + IPV6_LEN, len - c->ipcss - IPV6_HLEN);
	}
	if (c->tcp) {
		if (c->tucss + TCP_SEQ + 4 <= len) {
			p = frame + c->tucss + TCP_SEQ;
			put_unaligned_be32(get_unaligned_be32(p) + tx->sent, p);
		}
		if (!last && c->tucss + TCP_FLAGS < len)
			frame[c->tucss + TCP_FLAGS] &= ~TCP_FIN_PSH;
	} else {
		put(frame, len, c->tucss + UDP_LEN, len - c->tucss);
	}
	if (tx->popts & E1000_TXD_TXSM) {
		p = field(frame, len, c->tucso);
		if (p)
			add_pseudo_len(p, len - c->tucss);
		nemu_e1000_sum_put(frame, len, c->tucss, c->tucso, c->tucse);
	}
	if (tx->popts & E1000_TXD_IXSM)
		nemu_e1000_sum_put(frame, len, c->ipcss, c->ipcso, c->ipcse);
}

/*
 * Sends the next segment. The whole super-frame is in tx.head; the headers go in
 * front of the segment's payload, over what was sent before.
 */
static int send_segment(struct nemu_card *card, struct nemu_e1000 *e,
			const struct nemu_e1000_context *c)
{
	struct nemu_e1000_tx *tx = &e->tx;
	u32 payload = tx->len - c->hdr_len - tx->sent;
	u32 n = min_t(u32, payload, c->mss);
	u8 *frame = tx->head + tx->sent;
	struct nemu_tx out = {
		.head = frame,
		.head_len = c->hdr_len + n,
		.len = c->hdr_len + n,
	};
	int ret;

	memcpy(frame, tx->hdr, c->hdr_len);
	segment_headers(tx, frame, out.len, c, n == payload);
	ret = nemu_e1000_frame_pass(card, e, &out);
	if (ret == -EAGAIN)
		return ret;
	if (!ret) {
		spin_lock(&e->lock);
		nemu_e1000_stat_sent(e, frame, out.len + E1000_FCS_LEN +
				     (tx->vlan ? 4 : 0), 1);
		if (n == payload)
			nemu_e1000_stat_add(e, E1000_TSCTC, 1);
		spin_unlock(&e->lock);
	}
	tx->sent += n;
	tx->frames++;
	return 0;
}

static int send_segments(struct nemu_card *card, struct nemu_e1000 *e,
			 const struct nemu_e1000_context *c, int *budget)
{
	struct nemu_e1000_tx *tx = &e->tx;
	int ret;

	for (;;) {
		ret = send_segment(card, e, c);
		if (ret || tx->sent >= tx->len - c->hdr_len)
			return ret;
		if (--*budget <= 0)
			return -EINPROGRESS;
	}
}

/**
 * nemu_e1000_tso_send() - send a frame that is to be segmented
 * @card: card
 * @e: its state; the frame has at least %ETH_HLEN bytes
 * @budget: frames that may be sent one by one; counted down
 *
 * Return: 0; -EFAULT: it can't be sent; -EAGAIN; -EINPROGRESS.
 */
int nemu_e1000_tso_send(struct nemu_card *card, struct nemu_e1000 *e, int *budget)
{
	const struct nemu_e1000_context *c = &e->tx.context[1];
	struct nemu_e1000_tx *tx = &e->tx;
	int ret;

	if (!c->mss || c->hdr_len < ETH_HLEN || c->hdr_len > tx->len ||
	    c->hdr_len + c->mss > E1000_TX_LEN_MAX)
		return -EFAULT;
	ret = nemu_e1000_frame_pull(card, e, c->hdr_len);
	if (ret)
		return ret;
	if (tx->prepared && tx->cut)
		return send_segments(card, e, c, budget);
	if (!tx->prepared && usual(tx, c)) {
		whole_headers(tx, c);
		tx->prepared = true;
	}
	if (tx->prepared)
		return send_whole(card, e, c);
	ret = nemu_e1000_frame_pull(card, e, tx->len);
	if (ret)
		return ret;
	memcpy(tx->hdr, tx->head, c->hdr_len);
	tx->prepared = true;
	tx->cut = true;
	return send_segments(card, e, c, budget);
}

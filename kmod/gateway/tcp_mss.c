// SPDX-License-Identifier: GPL-2.0
/*
 * The largest segment that two ends of a TCP connection agree on is bounded by
 * the way between them (RFC 9293, 3.7.1): hosts on the way that drop ICMP then
 * do no harm.
 */
#include "gateway.h"

#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/tcp.h>

/* Where the value of the MSS option lies in the options, or 0. */
static unsigned int find_mss(const u8 *options, unsigned int len)
{
	unsigned int i = 0;

	while (i < len && options[i] != TCPOPT_EOL) {
		if (options[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (i + 1 >= len || options[i + 1] < 2 ||
		    i + options[i + 1] > len)
			return 0;
		if (options[i] == TCPOPT_MSS)
			return options[i + 1] == TCPOLEN_MSS ? i + 2 : 0;
		i += options[i + 1];
	}
	return 0;
}

/**
 * nemu_tcp_clamp() - bound the segment size that a SYN offers
 * @skb: IPv4 packet, data at its header, whole or the first fragment
 * @mtu: of the way
 *
 * Return: false without memory.
 */
bool nemu_tcp_clamp(struct sk_buff *skb, unsigned int mtu)
{
	unsigned int head = ip_hdrlen(skb), len, at;
	struct tcphdr *tcp, buf;
	u16 old, new;
	u8 *options;

	if (likely(ip_hdr(skb)->protocol != IPPROTO_TCP) ||
	    mtu <= sizeof(struct iphdr) + sizeof(struct tcphdr))
		return true;
	tcp = skb_header_pointer(skb, head, sizeof(buf), &buf);
	if (!tcp || likely(!tcp->syn) || tcp->doff * 4 <= sizeof(*tcp))
		return true;
	len = tcp->doff * 4;
	if (skb->len < head + len)
		return true;
	if (skb_ensure_writable(skb, head + len))
		return false;
	tcp = (struct tcphdr *)(skb->data + head);
	options = (u8 *)(tcp + 1);
	at = find_mss(options, len - sizeof(*tcp));
	if (!at)
		return true;
	old = options[at] << 8 | options[at + 1];
	new = min_t(unsigned int, mtu - sizeof(struct iphdr) - sizeof(*tcp),
		    U16_MAX);
	if (old <= new)
		return true;
	options[at] = new >> 8;
	options[at + 1] = new;
	/* The sum is over words: an option may begin in the middle of one. */
	if (at & 1) {
		old = swab16(old);
		new = swab16(new);
	}
	inet_proto_csum_replace2(&tcp->check, skb, htons(old), htons(new),
				 false);
	return true;
}

// SPDX-License-Identifier: GPL-2.0
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#define L4	34	/* where TCP and UDP begin */

int wire_open(struct wire *w, int index)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = index,
	};
	int on = 1, size = 1 << 23;

	memset(w, 0, sizeof(*w));
	w->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return -errno;
	setsockopt(w->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (setsockopt(w->fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) ||
	    setsockopt(w->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(w->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    bind(w->fd, (void *)&addr, sizeof(addr)))
		return -errno;
	return 0;
}

void wire_close(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static void find_tag(struct wire *w, struct msghdr *msg)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *c;

	w->tagged = false;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		w->tagged = aux.tp_status & TP_STATUS_VLAN_VALID;
		w->tci = aux.tp_vlan_tci;
	}
}

bool wire_hear(struct wire *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	struct iovec iov[] = {
		{ &w->hdr, sizeof(w->hdr) },
		{ w->frame, sizeof(w->frame) },
	};
	char control[256];
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len;

	if (poll(&p, 1, 60000) != 1)
		return false;
	len = recvmsg(w->fd, &msg, 0);
	if (len < (ssize_t)sizeof(w->hdr))
		return false;
	w->len = len - sizeof(w->hdr);
	find_tag(w, &msg);
	return true;
}

bool wire_send(struct wire *w, const struct virtio_net_hdr *hdr,
	       const uint8_t *frame, size_t len)
{
	struct iovec iov[] = {
		{ (void *)hdr, sizeof(*hdr) },
		{ (void *)frame, len },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	return sendmsg(w->fd, &msg, 0) == (ssize_t)(sizeof(*hdr) + len);
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

uint16_t inet_sum(const uint8_t *data, uint32_t len, uint32_t sum)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Where TCP and UDP keep their checksum. */
static uint32_t sum_at(const uint8_t *frame)
{
	return L4 + (frame[23] == IPPROTO_TCP ? 16 : 6);
}

static uint16_t pseudo_sum(const uint8_t *frame, uint32_t len)
{
	return inet_sum(frame + 26, 8, frame[23] + len);
}

void make_ip(uint8_t *frame, uint8_t protocol, uint32_t len, uint32_t l4_len)
{
	static const uint8_t start[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, 0, 0, 1, 0, 0, 64, 0, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2, 0, 9, 0, 9,
	};
	uint32_t i;

	for (i = 0; i < len; i++)
		frame[i] = i * 7 + (i >> 8);
	memset(frame, 0, L4 + (protocol == IPPROTO_TCP ? 20 : 8));
	memcpy(frame, start, sizeof(start));
	frame[23] = protocol;
	put16(frame + 16, len - ETH_HLEN);
	if (protocol == IPPROTO_TCP) {
		frame[L4 + 12] = 5 << 4;
		frame[L4 + 13] = 0x18;
	} else {
		put16(frame + L4 + 4, len - L4);
	}
	put16(frame + sum_at(frame), pseudo_sum(frame, l4_len));
}

void fill_ip_sum(uint8_t *frame)
{
	put16(frame + 24, 0);
	put16(frame + 24, ~inet_sum(frame + ETH_HLEN, 20, 0));
}

bool sums_are_right(const uint8_t *frame, uint32_t len)
{
	return inet_sum(frame + ETH_HLEN, 20, 0) == 0xffff &&
	       inet_sum(frame + L4, len - L4,
			pseudo_sum(frame, len - L4)) == 0xffff;
}

// SPDX-License-Identifier: GPL-2.0
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define ETH_LEN	14
#define IP_LEN	20
#define TCP_LEN	20

int tap_open(const char *name, unsigned int flags)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | flags };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

ssize_t tap_write(int fd, const struct packet *packet, bool vnet)
{
	struct iovec iov[2] = {
		{ (void *)&packet->vnet, sizeof(packet->vnet) },
		{ (void *)packet->frame, packet->len },
	};
	ssize_t n = vnet ? writev(fd, iov, 2) : writev(fd, iov + 1, 1);

	if (n < 0)
		return -errno;
	return vnet ? n - (ssize_t)sizeof(packet->vnet) : n;
}

ssize_t tap_read(int fd, struct packet *packet, bool vnet)
{
	struct iovec iov[2] = {
		{ &packet->vnet, sizeof(packet->vnet) },
		{ packet->frame, sizeof(packet->frame) },
	};
	ssize_t n = vnet ? readv(fd, iov, 2) : readv(fd, iov + 1, 1);

	if (n < 0)
		return -errno;
	packet->len = vnet ? n - sizeof(packet->vnet) : n;
	return packet->len;
}

static uint32_t add_sum(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t pseudo_sum(const uint8_t *ip, size_t tcp_len)
{
	return add_sum(ip + 12, 8, IPPROTO_TCP + tcp_len);
}

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = value >> 8;
	p[1] = value;
}

void packet_tcp4(struct packet *packet, const uint8_t *dst,
		 const uint8_t *src, uint16_t vid, size_t payload,
		 uint16_t mss)
{
	uint8_t *p = packet->frame, *ip, *tcp;
	size_t i;

	memset(&packet->vnet, 0, sizeof(packet->vnet));
	memcpy(p, dst, 6);
	memcpy(p + 6, src, 6);
	p += 12;
	if (vid & PACKET_QINQ) {
		put16(p, 0x88a8);
		put16(p + 2, 7);
		p += 4;
	}
	if (vid) {
		put16(p, 0x8100);
		put16(p + 2, vid & ~PACKET_QINQ);
		p += 4;
	}
	put16(p, 0x0800);
	ip = p + 2;
	tcp = ip + IP_LEN;
	memset(ip, 0, IP_LEN + TCP_LEN);
	ip[0] = 0x45;
	put16(ip + 2, IP_LEN + TCP_LEN + payload);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, "\xc0\x00\x02\x01\xc0\x00\x02\x02", 8);
	put16(ip + 10, ~add_sum(ip, IP_LEN, 0));
	put16(tcp, 1000);
	put16(tcp + 2, 2000);
	tcp[12] = 0x50;
	tcp[13] = 0x10;
	put16(tcp + 14, 0xffff);
	put16(tcp + 16, pseudo_sum(ip, TCP_LEN + payload));
	for (i = 0; i < payload; i++)
		tcp[TCP_LEN + i] = i * 7 + i / 256;
	packet->len = tcp + TCP_LEN + payload - packet->frame;
	packet->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	packet->vnet.csum_start = tcp - packet->frame;
	packet->vnet.csum_offset = 16;
	if (mss) {
		packet->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		packet->vnet.gso_size = mss;
		packet->vnet.hdr_len = tcp + TCP_LEN - packet->frame;
	}
}

static const uint8_t *find_ip(const struct packet *packet)
{
	const uint8_t *p = packet->frame + 12;

	if (p[0] == 0x88 && p[1] == 0xa8)
		p += 4;
	if (p[0] == 0x81 && p[1] == 0)
		p += 4;
	return p + 2;
}

size_t packet_payload(const struct packet *packet)
{
	const uint8_t *ip = find_ip(packet);

	return (ip[2] << 8 | ip[3]) - IP_LEN - TCP_LEN;
}

bool packet_tcp4_ok(const struct packet *packet)
{
	const uint8_t *ip = find_ip(packet);
	size_t len = (ip[2] << 8 | ip[3]) - IP_LEN;

	if (add_sum(ip, IP_LEN, 0) != 0xffff)
		return false;
	return add_sum(ip + IP_LEN, len, pseudo_sum(ip, len)) == 0xffff;
}

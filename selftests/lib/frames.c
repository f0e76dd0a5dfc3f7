// SPDX-License-Identifier: GPL-2.0
#include "frames.h"
#include "lab.h"

#include <string.h>
#include <netinet/in.h>
#include <linux/if_ether.h>

struct frame_guest frame_guest = {
	.mac = { 0x02, 0, 0, 0, 0, 0x15 },
	.ip = { 10, 0, 2, 15 },
};

const uint8_t frame_gw_mac[6] = { 0x52, 0x55, 10, 0, 2, 2 };
const uint8_t frame_gw_ip[4] = { 10, 0, 2, 2 };
const uint8_t frame_world_ip[4] = { 198, 51, 100, 2 };

void frame_put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

uint16_t frame_sum16(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	if (len & 1)
		sum += p[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

uint8_t *frame_start(struct packet *p, const uint8_t *dst, uint16_t proto)
{
	memset(&p->vnet, 0, sizeof(p->vnet));
	memset(p->frame, 0, 2048);
	memcpy(p->frame, dst, 6);
	memcpy(p->frame + 6, frame_guest.mac, 6);
	frame_put16(p->frame + 12, proto);
	return p->frame + ETH_HEAD;
}

void frame_finish_ip(struct packet *p)
{
	uint8_t *ip = p->frame + ETH_HEAD;

	frame_put16(ip + 10, 0);
	frame_put16(ip + 10, frame_sum16(ip, IP_HEAD));
}

uint8_t *frame_ipv4(struct packet *p, uint8_t protocol, const uint8_t *dst,
		    size_t payload)
{
	uint8_t *ip = frame_start(p, frame_gw_mac, ETH_P_IP);

	ip[0] = 0x45;
	frame_put16(ip + 2, IP_HEAD + payload);
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, frame_guest.ip, 4);
	memcpy(ip + 16, dst, 4);
	p->len = ETH_HEAD + IP_HEAD + payload;
	frame_finish_ip(p);
	return ip + IP_HEAD;
}

void frame_ping(struct packet *p, const uint8_t *dst)
{
	uint8_t *icmp = frame_ipv4(p, IPPROTO_ICMP, dst, 64);

	icmp[0] = 8;
	frame_put16(icmp + 2, frame_sum16(icmp, 64));
}

void frame_arp_request(struct packet *p, const uint8_t *target)
{
	uint8_t *arp = frame_start(p, mac_broadcast, ETH_P_ARP);

	memcpy(arp, "\0\1\10\0\6\4\0\1", 8);
	memcpy(arp + 8, frame_guest.mac, 6);
	memcpy(arp + 14, frame_guest.ip, 4);
	memcpy(arp + 24, target, 4);
	p->len = ETH_HEAD + 28;
}

void frame_syn(struct packet *p, uint16_t port)
{
	uint8_t *tcp = frame_ipv4(p, IPPROTO_TCP, frame_world_ip, 24);

	frame_put16(tcp, port);
	frame_put16(tcp + 2, 80);
	tcp[12] = 6 << 4;
	tcp[13] = 2;
	frame_put16(tcp + 14, 65535);
	memcpy(tcp + 20, "\2\4\377\377", 4);	/* MSS 65535 */
	p->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	p->vnet.csum_start = ETH_HEAD + IP_HEAD;
	p->vnet.csum_offset = 16;
}

void frame_datagram(struct packet *p, uint16_t to, size_t len)
{
	uint8_t *udp = frame_ipv4(p, IPPROTO_UDP, frame_world_ip, 8 + len);

	frame_put16(udp, 4000);
	frame_put16(udp + 2, to);
	frame_put16(udp + 4, 8 + len);
}

void frame_discover(struct packet *p, uint8_t n)
{
	uint8_t *udp = frame_ipv4(p, IPPROTO_UDP, (uint8_t[]){ 255, 255, 255, 255 },
			    8 + 300);
	uint8_t *dhcp = udp + 8;

	memset(p->frame, 0xff, 6);
	memset(p->frame + ETH_HEAD + 12, 0, 4);
	frame_finish_ip(p);
	frame_put16(udp, 68);
	frame_put16(udp + 2, 67);
	frame_put16(udp + 4, 308);
	memcpy(dhcp, "\1\1\6", 3);
	memcpy(dhcp + 28, frame_guest.mac, 6);
	dhcp[33] = n;
	p->frame[11] = n;
	memcpy(dhcp + 236, "\143\202\123\143\65\1\1\377", 8);
}

void frame_fragment(struct packet *p, uint16_t id, uint16_t offset, bool more)
{
	frame_ipv4(p, IPPROTO_UDP, frame_world_ip, 64);
	frame_put16(p->frame + ETH_HEAD + 4, id);
	frame_put16(p->frame + ETH_HEAD + 6, offset / 8 | (more ? 0x2000 : 0));
	frame_finish_ip(p);
}

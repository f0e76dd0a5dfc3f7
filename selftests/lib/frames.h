/* SPDX-License-Identifier: GPL-2.0 */
/* Frames that a guest sends to a gateway with default addresses. */
#ifndef SELFTESTS_LIB_FRAMES_H
#define SELFTESTS_LIB_FRAMES_H

#include "tap.h"

#define ETH_HEAD	14
#define IP_HEAD		20

/* Who sends them: at first 02:00:00:00:00:15, 10.0.2.15. */
extern struct frame_guest {
	uint8_t mac[6];
	uint8_t ip[4];
} frame_guest;

extern const uint8_t frame_gw_mac[6];
extern const uint8_t frame_gw_ip[4];
extern const uint8_t frame_world_ip[4];	/* 198.51.100.2 */

void frame_put16(uint8_t *p, uint16_t v);
uint16_t frame_sum16(const uint8_t *p, size_t len);

/* A frame with no more than its head; returns where its payload goes. */
uint8_t *frame_start(struct packet *p, const uint8_t *dst, uint16_t proto);

/* An IPv4 packet; returns where its payload goes. */
uint8_t *frame_ipv4(struct packet *p, uint8_t protocol, const uint8_t *dst,
		    size_t payload);

/* After its header changed. */
void frame_finish_ip(struct packet *p);

void frame_ping(struct packet *p, const uint8_t *dst);
void frame_arp_request(struct packet *p, const uint8_t *target);
void frame_syn(struct packet *p, uint16_t port);
void frame_datagram(struct packet *p, uint16_t to, size_t len);
void frame_discover(struct packet *p, uint8_t n);
void frame_fragment(struct packet *p, uint16_t id, uint16_t offset, bool more);

#endif

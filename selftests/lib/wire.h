/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A socket on a net device that hears and says what goes with a frame inside the
 * host: checksums yet to be made, segments yet to be cut, a tag beside it.
 */
#ifndef SELFTESTS_LIB_WIRE_H
#define SELFTESTS_LIB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/virtio_net.h>

struct wire {
	int fd;
	/* What was heard last */
	struct virtio_net_hdr hdr;
	uint8_t frame[70000];
	uint32_t len;
	bool tagged;
	uint16_t tci;
};

/* Hears what the device receives; 0 or -errno. */
int wire_open(struct wire *w, int index);
void wire_close(struct wire *w);
/* Waits for the next frame. */
bool wire_hear(struct wire *w);
bool wire_send(struct wire *w, const struct virtio_net_hdr *hdr,
	       const uint8_t *frame, size_t len);

/*
 * A frame to all, of @len bytes with IPv4 and @protocol, TCP or UDP, without
 * options. There is no checksum of IP yet, and for that of @protocol the sum of
 * the pseudo header, with the length @l4_len: cards that cut want 0.
 */
void make_ip(uint8_t *frame, uint8_t protocol, uint32_t len, uint32_t l4_len);
void fill_ip_sum(uint8_t *frame);
/* One's complement, not inverted. */
uint16_t inet_sum(const uint8_t *data, uint32_t len, uint32_t sum);
/* Are both checksums of such a frame complete and right? */
bool sums_are_right(const uint8_t *frame, uint32_t len);

#endif

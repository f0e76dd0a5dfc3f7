/* SPDX-License-Identifier: GPL-2.0 */
/* Taps as a virtual machine opens them, and TCP frames as one sends them. */
#ifndef SELFTESTS_LIB_TAP_H
#define SELFTESTS_LIB_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>

/* Opens, or makes, a tap; a descriptor that does not block, or -errno. */
int tap_open(const char *name, unsigned int flags);

struct packet {
	struct virtio_net_hdr vnet;
	uint8_t frame[66000];
	size_t len;		/* of the frame */
};

/* Both with the virtio header if vnet is set. Bytes of the frame, or -errno. */
ssize_t tap_write(int fd, const struct packet *packet, bool vnet);
ssize_t tap_read(int fd, struct packet *packet, bool vnet);

/* A second tag around the first. */
#define PACKET_QINQ	0x8000

/*
 * A TCP segment with this much payload. The checksum is left to the device, as
 * guests do: NEEDS_CSUM; with mss it is also left to cut it into pieces.
 */
void packet_tcp4(struct packet *packet, const uint8_t *dst,
		 const uint8_t *src, uint16_t vid, size_t payload,
		 uint16_t mss);

/* Is the TCP checksum of a whole frame right? Untagged or tagged. */
bool packet_tcp4_ok(const struct packet *packet);
size_t packet_payload(const struct packet *packet);

#endif

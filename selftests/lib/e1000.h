/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An 82540EM of ours driven by its registers and rings from user space, and the
 * host's end of its cable.
 */
#ifndef SELFTESTS_LIB_E1000_H
#define SELFTESTS_LIB_E1000_H

#include "vfio.h"

#define CTRL	0x0000
#define CTRL_SLU	0x40
#define STATUS	0x0008
#define STATUS_LU	0x2
#define RCTL	0x0100
#define RCTL_EN		0x2
#define RCTL_BAM	0x8000
#define RCTL_SECRC	0x4000000
#define TCTL	0x0400
#define TCTL_EN		0x2
#define TCTL_PSP	0x8
#define RDBAL	0x2800
#define RDLEN	0x2808
#define RDH	0x2810
#define RDT	0x2818
#define TDBAL	0x3800
#define TDLEN	0x3808
#define TDH	0x3810
#define TDT	0x3818

#define TX_EOP	0x01000000
#define TX_IFCS	0x02000000
#define TX_RS	0x08000000
#define DONE	0x1

#define RING	64	/* descriptors of each ring */
#define BUFFER	2048

struct descriptor {
	uint64_t addr;
	uint32_t lower, upper;
};

/* Where things are in the card's memory. */
#define TX_RING		0
#define RX_RING		0x1000
#define RX_BUFFERS	0x2000
#define FREE_MEM	0x100000

struct e1000 {
	struct vfio v;
	int index;		/* of the net device */
	int ear;		/* socket on it, for LAB_PROTO */
	unsigned int tail;	/* of the transmit ring */
};

/* Makes card @n and opens it, with the link up; 0 or -errno. */
int e1000_open(struct e1000 *e, unsigned int n);
void e1000_close(struct e1000 *e, unsigned int n);
/* Empty rings, link up; after a reset, too. */
bool e1000_start(struct e1000 *e);

struct descriptor *tx_ring(struct vfio *v);
struct descriptor *rx_ring(struct vfio *v);

/* A frame that is known again by @seed. */
void make_frame(uint8_t *frame, size_t len, unsigned int seed);
/* A piece of a frame at @iova; the card is not told yet. */
void put_tx(struct e1000 *e, uint64_t iova, uint32_t len, bool last);
void kick_tx(struct e1000 *e);
bool all_sent(struct e1000 *e);
void transmit(struct e1000 *e, uint64_t iova, uint32_t len);

/* Is the next frame that the host hears this one? */
bool hears(struct e1000 *e, const uint8_t *frame, size_t len);
bool hears_nothing(struct e1000 *e);
void send_to_card(struct e1000 *e, const uint8_t *frame, size_t len);
/* Is the descriptor @n of the receive ring filled with @frame? */
bool received(struct e1000 *e, unsigned int n, const uint8_t *frame,
	      size_t len);

/* A counter of "ethtool -S". */
unsigned long counter(struct e1000 *e, const char *name);

#endif

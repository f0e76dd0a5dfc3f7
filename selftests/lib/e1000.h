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
#define CTRL_RST	0x4000000
#define CTRL_VME	0x40000000
#define STATUS	0x0008
#define STATUS_LU	0x2
#define MDIC	0x0020
#define VET	0x0038
#define ICR	0x00c0
#define ICS	0x00c8
#define IMS	0x00d0
#define IMC	0x00d8
#define RCTL	0x0100
#define RCTL_EN		0x2
#define RCTL_BAM	0x8000
#define RCTL_256	0x30000
#define RCTL_SECRC	0x4000000
#define TCTL	0x0400
#define TCTL_EN		0x2
#define TCTL_PSP	0x8
#define LEDCTL	0x0e00
#define PBA	0x1000
#define RDBAL	0x2800
#define RDLEN	0x2808
#define RDH	0x2810
#define RDT	0x2818
#define RXDCTL	0x2828
#define RSRPD	0x2c00
#define TDBAL	0x3800
#define TDLEN	0x3808
#define TDH	0x3810
#define TDT	0x3818
#define TSPMT	0x3830
#define MPC	0x4010
#define GPRC	0x4074
#define GPTC	0x4080
#define RXCSUM	0x5000
#define RXCSUM_BOTH	0x300
#define RAH	0x5404

/* Causes of interrupts */
#define CAUSE_TXDW	(1 << 0)
#define CAUSE_TXQE	(1 << 1)
#define CAUSE_LSC	(1 << 2)
#define CAUSE_RXDMT0	(1 << 4)
#define CAUSE_RXO	(1 << 6)
#define CAUSE_RXT0	(1 << 7)
#define CAUSE_MDAC	(1 << 9)
#define CAUSE_TXD_LOW	(1 << 15)
#define CAUSE_SRPD	(1 << 16)

/* Transmit descriptors: legacy, or context and data */
#define TX_EOP	0x01000000
#define TX_IFCS	0x02000000
#define TX_RS	0x08000000
#define TX_IC	0x04000000
#define TX_CONTEXT	0x20000000
#define TX_DATA	0x20100000
#define TX_TSE	0x04000000
#define TX_TCP	0x01000000	/* of a context */
#define TX_IP	0x02000000	/* of a context */
#define TX_VLE	0x40000000
#define TX_SUMS	0x300		/* in the upper word: both checksums */

/* Receive descriptors, the upper word */
#define DONE	0x1
#define RX_EOP	0x2
#define RX_IXSM	0x4
#define RX_VP	0x8
#define RX_TCPCS	0x20
#define RX_IPCS	0x40

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

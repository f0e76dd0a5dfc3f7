/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of a card of ours as memory, as a guest of QEMU has them: written
 * without a call into the kernel, but for page faults.
 */
#ifndef SELFTESTS_LIB_DOORBELL_H
#define SELFTESTS_LIB_DOORBELL_H

#include "e1000.h"

#define WINDOW		0x2000	/* of an e1000's registers */
#define WINDOW_SIZE	0x2000

/* What VFIO says of a region: which part can be mapped; 0, or -errno. */
int window_find(struct vfio *v, unsigned int region, uint64_t *offset, uint64_t *size);
/* What it says of the room that takes, to who has none; 0 if it does not. */
uint32_t window_room(struct vfio *v);
/* Maps it; NULL: it can't be. */
volatile uint32_t *window_map(struct vfio *v);
void window_unmap(volatile uint32_t *window);

static inline volatile uint32_t *window_reg(volatile uint32_t *window, uint32_t offset)
{
	return window + (offset - WINDOW) / sizeof(*window);
}

/*
 * @n frames, one at a time, by writes to the window, with pauses at random that no
 * patience of the card's worker is always longer or always shorter than. That a
 * frame is gone is seen in memory: no access to the card could wake its worker. How
 * many doorbells were lost; it gives up after the fifth.
 */
unsigned int window_ring(struct e1000 *e, volatile uint32_t *window, unsigned int n,
			 unsigned int pause_us);

/* Delays in the module that the tests run with, in microseconds: see kmod/nic/delay.h. */
bool test_delays(unsigned int fault, unsigned int zap, unsigned int check,
		 unsigned int sleep);
bool test_no_check(bool on);
/* Workers are no more patient than that; 0: as patient as they are. */
bool test_patience(unsigned int us);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Where races are, the selftests make them wide; in a module that is shipped, nothing. */
#ifndef _NEMU_NIC_DELAY_H
#define _NEMU_NIC_DELAY_H

#include <linux/types.h>

enum nemu_delay {
	NEMU_DELAY_FAULT,	/* the guest has the page, the worker does not know */
	NEMU_DELAY_ZAP,		/* the guest is idle, it has the page still */
	NEMU_DELAY_CHECK,	/* it has not, and nobody has looked what it wrote */
	NEMU_DELAY_SLEEP,	/* before the worker sleeps */
	NEMU_DELAYS,
};

#ifdef NETEMU_NIC_TEST
void nemu_delay(enum nemu_delay where);
bool nemu_delay_breaks(void);
u64 nemu_delay_patience(u64 ns);
#else
static inline void nemu_delay(enum nemu_delay where) { }
/* The selftests show that they see what is lost without the second look. */
static inline bool nemu_delay_breaks(void) { return false; }
/* How patient a worker is; the selftests want it to lose patience often. */
static inline u64 nemu_delay_patience(u64 ns) { return ns; }
#endif

#endif /* _NEMU_NIC_DELAY_H */

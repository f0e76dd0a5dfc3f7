/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traffic in the background: a process that sends frames of all sorts on a
 * device, in a namespace of its own if wanted, until it is stopped. It opens
 * the device anew when that went away.
 */
#ifndef SELFTESTS_LIB_FLOOD_H
#define SELFTESTS_LIB_FLOOD_H

#include <stdbool.h>
#include <sys/types.h>

#include "nl.h"

struct flood {
	pid_t pid;
	volatile unsigned long *sent;	/* frames, shared with the process */
};

/* own_netns: the device is moved into a new namespace, and dies with it. */
int flood_start(struct flood *flood, struct nl *rt, const char *device,
		bool own_netns);
/* Wait until this many more frames went out. */
bool flood_wait(struct flood *flood, unsigned long frames);
void flood_stop(struct flood *flood);

#endif

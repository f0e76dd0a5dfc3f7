/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says of processes and kernel threads. */
#ifndef SELFTESTS_LIB_PROC_H
#define SELFTESTS_LIB_PROC_H

#include <stdbool.h>

#define PROC_PID	16	/* bytes of a process id as text */

/* A number in /proc/@pid/status, which may be "self"; -1 if it is not there. */
long proc_status(const char *pid, const char *field);
/* The process called @name, of which 15 bytes count. */
bool proc_find(const char *name, char *pid);
/* Is it asleep, and was not run for a moment? */
bool proc_rests(const char *pid);

#endif

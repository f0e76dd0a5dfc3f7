// SPDX-License-Identifier: GPL-2.0
/*
 * Linked into every C test. The harness prints with stdio, whose buffer would
 * keep the results back until the end, and lose them when a test is killed.
 */
#include <stdio.h>

static void __attribute__((constructor)) line_buffer(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}

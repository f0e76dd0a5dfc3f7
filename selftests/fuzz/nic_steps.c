// SPDX-License-Identifier: GPL-2.0
/*
 * Takes a card through its paces without a guest and writes down what is seen:
 * one line each, name and value. Two records of the same steps, with different
 * programs behind the protocol, are compared by nic_qtest.sh.
 *
 * Usage: nic_steps STEPS COMMAND...
 */
#include "nic_qtest.h"

#include <err.h>
#include <stdio.h>

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "registers", steps_registers },
	{ "masks", steps_masks },
	{ "eeprom", steps_eeprom },
	{ "phy", steps_phy },
	{ "interrupts", steps_interrupts },
	{ "transmit", steps_transmit },
	{ "offload", steps_offload },
	{ "receive", steps_receive },
	{ "filter", steps_filter },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 3)
		errx(2, "usage: nic_steps STEPS COMMAND...");
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (strcmp(steps[i].name, argv[1]))
			continue;
		qtest_start(argv + 2);
		steps[i].run();
		qtest_stop();
		return 0;
	}
	errx(2, "no such steps: %s", argv[1]);
}

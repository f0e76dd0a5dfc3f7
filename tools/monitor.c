// SPDX-License-Identifier: GPL-2.0
/* What happens, as it happens. */
#include "ctl.h"

#include <string.h>

static const struct {
	const char *name;
	unsigned int objects;
} subjects[] = {
	{ "all", 1U << MONITOR_SWITCH | 1U << MONITOR_PORT |
		 1U << MONITOR_FDB | 1U << MONITOR_EVENT |
		 1U << MONITOR_NETWORK | 1U << MONITOR_FORWARD |
		 1U << MONITOR_LEASE },
	{ "network", 1U << MONITOR_NETWORK },
	{ "forward", 1U << MONITOR_FORWARD },
	{ "switch", 1U << MONITOR_SWITCH },
	{ "hub", 1U << MONITOR_SWITCH },
	{ "port", 1U << MONITOR_PORT },
	{ "fdb", 1U << MONITOR_FDB },
	{ "lease", 1U << MONITOR_LEASE },
	{ "event", 1U << MONITOR_EVENT },
};

static void print_item(const struct monitor_item *item, void *arg)
{
	print_monitor_item(arg, item);
}

static int parse_subject(const char *word, unsigned int *objects)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subjects); i++) {
		if (!strcmp(word, subjects[i].name)) {
			*objects |= subjects[i].objects;
			return EXIT_OK;
		}
	}
	return usage_error("cannot monitor \"%s\": try \"netemu-ctl monitor help\"",
			   word);
}

static int run_monitor(struct ctl *ctl, struct args *args)
{
	unsigned int objects = 0;
	const char *word;

	while ((word = args_next(args)))
		if (parse_subject(word, &objects))
			return EXIT_USAGE;
	if (!objects)
		objects = subjects[0].objects;
	if (wire_monitor(ctl->wire, objects, print_item, &ctl->format))
		return refused(ctl, "cannot monitor");
	return EXIT_OK;
}

static const struct verb verbs[] = {
	{
		.name = "", .run = run_monitor,
		.synopsis = "[all|network|forward|switch|hub|port|fdb|lease|event]...",
		.help = "print what comes, changes and goes until interrupted",
	}, { .name = NULL }
};

const struct object monitor_object = {
	.name = "monitor",
	.help = "what happens, as it happens",
	.verbs = verbs,
	.more = "With -j: one JSON object a line.\n",
};

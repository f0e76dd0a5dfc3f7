// SPDX-License-Identifier: GPL-2.0
/* Hubs: switches that learn nothing. A number names one as QEMU's vlan=N. */
#include "ctl.h"

static int run_add(struct ctl *ctl, struct args *args)
{
	return switch_add(ctl, args, NETEMU_MODE_HUB);
}

static int run_set(struct ctl *ctl, struct args *args)
{
	return switch_set(ctl, args, NETEMU_MODE_HUB);
}

static int run_del(struct ctl *ctl, struct args *args)
{
	return switch_del(ctl, args, NETEMU_MODE_HUB);
}

static int run_show(struct ctl *ctl, struct args *args)
{
	return switch_show(ctl, args, NETEMU_MODE_HUB);
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME|NUMBER [down] [mtu N] [address MAC] [KEY VALUE]...",
		.help = "make a hub and bring it up; NUMBER 3 makes \"hub3\"",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME|NUMBER [up|down] [mtu N] [address MAC] [KEY VALUE]...",
		.help = "change what is given; \"mode switch\" makes it a switch",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME|NUMBER",
		.help = "remove a hub; the devices that were its ports stay",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME|NUMBER]",
		.help = "show one hub or all of them",
	}, { .name = NULL }
};

const struct object hub_object = {
	.name = "hub",
	.help = "sends every frame to every other port",
	.verbs = verbs,
	.more = "Keys are those of \"netemu-ctl switch help\".\n",
};

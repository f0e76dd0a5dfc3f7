// SPDX-License-Identifier: GPL-2.0
/* Connections: what of the guests is tracked just now. */
#include "ctl.h"

#include <stdlib.h>

static int run_show(struct ctl *ctl, struct args *args)
{
	struct link_list gateways = { 0 };
	struct connection_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the network", name);
		if (!ret)
			ret = no_more(args);
		if (!ret)
			ret = find_gateway_of(ctl, name, list_append(&gateways));
	} else if (wire_gateway_list(ctl->wire, &gateways)) {
		ret = refused(ctl, "cannot list gateways");
	}
	if (!ret && wire_connection_list(ctl->wire, &gateways, &list))
		ret = refused(ctl, "cannot list connections");
	if (!ret)
		print_connections(&ctl->format, &list);
	list_free(&gateways);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show those of one network or gateway, or of all of them",
	}, { .name = NULL }
};

const struct object connection_object = {
	.name = "connection",
	.help = "what guests are connected to",
	.verbs = verbs,
	.more = "NAME is that of a network or of a gateway. See netemu-ctl-forward(8).\n",
};

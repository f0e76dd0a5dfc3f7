// SPDX-License-Identifier: GPL-2.0
/* The whole picture. */
#include "ctl.h"

#include <stdlib.h>
#include <string.h>

static void find_unplugged(const struct link_list *links,
			   struct link_list *unplugged)
{
	size_t i;

	for (i = 0; i < links->n; i++)
		if (!links->v[i].master &&
		    (link_is_our_tap(&links->v[i]) ||
		     link_is_nic(&links->v[i]) ||
		     links->v[i].gateway.present || links->v[i].far.present))
			*list_append(unplugged) = links->v[i];
}

static void keep_switch(struct switch_list *list, int ifindex)
{
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++)
		if (list->v[i].link.ifindex == ifindex)
			list->v[kept++] = list->v[i];
	list->n = kept;
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct link_list links = { 0 }, unplugged = { 0 };
	struct network_list networks = { 0 };
	struct switch_list switches = { 0 };
	struct port_list ports = { 0 };
	struct switch_info one = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the switch", name);
		if (!ret)
			ret = no_more(args);
		if (!ret)
			ret = find_switch(ctl, name, ANY_MODE, &one);
		if (ret)
			return ret;
	}
	if (wire_network_list(ctl->wire, &networks) ||
	    wire_switch_list(ctl->wire, &switches, &links) ||
	    wire_port_list(ctl->wire, one.link.ifindex, &ports)) {
		ret = refused(ctl, "cannot read the picture");
	} else {
		if (one.link.ifindex)
			keep_switch(&switches, one.link.ifindex);
		else
			find_unplugged(&links, &unplugged);
		print_picture(&ctl->format, &networks, &switches, &ports, &unplugged);
	}
	list_free(&networks);
	list_free(&links);
	list_free(&unplugged);
	list_free(&switches);
	list_free(&ports);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "", .run = run_show,
		.synopsis = "[SWITCH]",
		.help = "draw switches, hubs and their ports as a tree",
	}, { .name = NULL }
};

const struct object show_object = {
	.name = "show",
	.help = "the whole picture",
	.verbs = verbs,
};

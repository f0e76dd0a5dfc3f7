// SPDX-License-Identifier: GPL-2.0
/* VDE sockets of switches: QEMU's "-netdev vde" and vde_plug plug in there. */
#include "vde.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int parse_mode(struct args *args, uint32_t *mode)
{
	const char *word;
	char *end;

	if (parse_word(args, "mode", &word))
		return EXIT_USAGE;
	*mode = strtoul(word, &end, 8);
	if (*word < '0' || *word > '7' || *end || *mode > 0777)
		return usage_error("mode: \"%s\" is not allowed (allowed: 0 to 777, octal, as of chmod)",
				   word);
	return EXIT_OK;
}

static bool is_key(const char *word)
{
	return word && (!strcmp(word, "user") || !strcmp(word, "group") ||
			!strcmp(word, "mode") || !strcmp(word, "max-peers"));
}

static int parse_key(struct args *args, struct vde_spec *spec)
{
	const char *word = args_next(args);

	if (!strcmp(word, "user"))
		return parse_user(args, &spec->uid);
	if (!strcmp(word, "group"))
		return parse_group(args, &spec->gid);
	if (!strcmp(word, "mode"))
		return parse_mode(args, &spec->mode);
	return parse_number(args, word, 1, VDE_PEERS_MAX, NULL,
			    &spec->max_peers);
}

int vde_parse(struct args *args, struct vde_words *words)
{
	struct vde_spec *spec = &words->spec;
	const char *word;
	int ret;

	if (once(&words->given, "vde-socket") ||
	    parse_word(args, "directory of the VDE socket", &word))
		return EXIT_USAGE;
	words->off = !strcmp(word, "off");
	if (words->off)
		return EXIT_OK;
	if (!*word || strlen(word) >= sizeof(spec->dir))
		return usage_error("vde-socket: \"%s\" is no directory for sockets (allowed: 1 to %zu bytes)",
				   word, sizeof(spec->dir) - 1);
	strcpy(spec->dir, word);
	spec->uid = geteuid();
	spec->gid = getegid();
	spec->mode = VDE_MODE_DEFAULT;
	spec->max_peers = VDE_PEERS_DEFAULT;
	ret = EXIT_OK;
	while (!ret && is_key(args_peek(args)))
		ret = parse_key(args, spec);
	return ret;
}

static int start(const struct link_info *sw, const struct vde_spec *spec,
		 bool background)
{
	struct vde_info vde = { .ifindex = sw->ifindex, .spec = *spec };

	strcpy(vde.switch_name, sw->name);
	return vde_start(&vde, background);
}

int vde_set(const struct link_info *sw, const struct vde_words *words)
{
	if (!words->off)
		return start(sw, &words->spec, true);
	if (vde_stop(sw->ifindex))
		return refused_because("\"%s\" has no VDE socket", sw->name);
	return EXIT_OK;
}

static int run_serve(struct ctl *ctl, struct args *args)
{
	struct vde_words words = { .given = false };
	struct switch_info sw;
	char name[NAME_SIZE];
	int ret;

	ret = parse_name(args, "name of the switch", name) ?:
	      vde_parse(args, &words) ?: no_more(args);
	if (ret)
		return ret;
	if (words.off)
		return usage_error("\"off\" is no directory: try \"netemu-ctl vde help\"");
	ret = find_switch(ctl, name, ANY_MODE, &sw);
	return ret ?: start(&sw.link, &words.spec, false);
}

/* What they know themselves, and how the switch is called now. */
static void look_up(struct ctl *ctl, struct vde_list *list)
{
	struct link_list links = { 0 };
	const struct link_info *sw;
	size_t i, j;

	wire_link_list(ctl->wire, &links);
	for (i = 0; i < list->n; i++) {
		sw = links_find(&links, list->v[i].ifindex);
		if (sw)
			strcpy(list->v[i].switch_name, sw->name);
		list->v[i].peers = 0;
		for (j = 0; j < links.n; j++)
			list->v[i].peers += links.v[j].far.served &&
				links.v[j].master == list->v[i].ifindex;
	}
	list_free(&links);
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct vde_list list = { 0 };
	struct switch_info sw;
	char name[NAME_SIZE];
	struct vde_info vde;
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the switch", name) ?:
		      no_more(args) ?: find_switch(ctl, name, ANY_MODE, &sw);
		if (!ret && vde_ask(sw.link.ifindex, &vde))
			*list_append(&list) = vde;
	} else {
		vde_list(&list);
	}
	look_up(ctl, &list);
	if (!ret)
		print_vdes(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "serve", .run = run_serve,
		.synopsis = "SWITCH DIR [user USER] [group GROUP] [mode MODE] [max-peers N]",
		.help = "serve a VDE socket until the switch goes or a signal comes",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[SWITCH]",
		.help = "show the VDE socket of one switch or all of them",
	}, { .name = NULL }
};

const struct object vde_object = {
	.name = "vde",
	.help = "lets VDE programs plug into a switch",
	.verbs = verbs,
	.more = "In the background: netemu-ctl switch set SWITCH vde-socket DIR [KEY VALUE]...\n"
		"and, to end it, netemu-ctl switch set SWITCH vde-socket off.\n"
		"To join a switch of vde_switch: netemu-ctl link add NAME vde DIR.\n"
		"See netemu-ctl-vde(8).\n",
};

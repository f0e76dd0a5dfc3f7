// SPDX-License-Identifier: GPL-2.0
/* Switches; and what hubs share with them. */
#include "ctl.h"
#include "vde.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int find_switch(struct ctl *ctl, const char *name, uint32_t mode,
		struct switch_info *sw)
{
	uint32_t is;
	int ret;

	memset(sw, 0, sizeof(*sw));
	if (wire_link_get(ctl->wire, name, &sw->link))
		return refused(ctl, "cannot find %s \"%s\"",
			       mode == ANY_MODE ? "switch" : mode_name(mode),
			       name);
	ret = check_kind(&sw->link, NETEMU_KIND_SWITCH, "switch or hub");
	if (ret)
		return ret;
	if (wire_switch_get(ctl->wire, sw->link.ifindex, sw))
		return refused(ctl, "cannot read \"%s\"", name);
	is = sw->opts.value[SWITCH_OPT_MODE];
	if (mode != ANY_MODE && is != mode)
		return refused_because("\"%s\" is a %s, not a %s: use \"netemu-ctl %s\"",
				       name, mode_name(is), mode_name(mode),
				       mode_name(is));
	return EXIT_OK;
}

bool is_switch_key(const char *word)
{
	return !strcmp(word, "switch") || !strcmp(word, "hub") ||
	       !strcmp(word, "network");
}

int parse_switch_key(struct args *args, const char *word, bool *given,
		     char *name, uint32_t *mode)
{
	bool hub = !strcmp(word, "hub");

	if (once(given, "switch"))
		return EXIT_USAGE;
	*mode = hub ? NETEMU_MODE_HUB : NETEMU_MODE_SWITCH;
	return hub ? parse_hub_name(args, "name of the hub", name) :
		     parse_name(args, "name of the switch", name);
}

static int parse_up_down(struct switch_spec *spec, const char *word)
{
	if (once(&spec->has_up, "up or down"))
		return EXIT_USAGE;
	spec->up = !strcmp(word, "up");
	return EXIT_OK;
}

static int parse_key(struct args *args, const char *word, uint32_t mode,
		     struct switch_spec *spec)
{
	bool found;
	int ret;

	if (!strcmp(word, "up") || !strcmp(word, "down"))
		return parse_up_down(spec, word);
	if (!strcmp(word, "mtu"))
		return once(&spec->has_mtu, word) ?:
		       parse_mtu(args, word, &spec->mtu);
	if (!strcmp(word, "address"))
		return once(&spec->has_addr, word) ?:
		       parse_mac(args, word, spec->addr);
	ret = parse_opt(args, word, "", switch_opts, SWITCH_OPT_COUNT,
			&spec->opts, &found);
	if (found)
		return ret;
	ret = parse_opt(args, word, "default-", port_opts, PORT_OPT_DEFAULTS,
			&spec->defaults, &found);
	if (found)
		return ret;
	return usage_error("unknown key \"%s\": try \"netemu-ctl %s help\"",
			   word, mode_name(mode));
}

static int parse_keys(struct args *args, uint32_t mode,
		      struct switch_spec *spec)
{
	const char *word;
	int ret;

	while ((word = args_next(args))) {
		ret = parse_key(args, word, mode, spec);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

/* A process of its own, so there is nothing to undo if all else fails. */
static int set_vde(struct ctl *ctl, struct args *args, const char *name,
		   uint32_t mode)
{
	struct vde_words words = { .given = false };
	struct switch_info sw;
	int ret;

	args_next(args);
	ret = vde_parse(args, &words);
	if (!ret && args->n)
		ret = usage_error("\"%s\" does not go with vde-socket (allowed: user, group, mode, max-peers)",
				  args_peek(args));
	ret = ret ?: find_switch(ctl, name, mode, &sw);
	return ret ?: vde_set(&sw.link, &words);
}

static bool changes_something(const struct switch_spec *spec)
{
	return spec->opts.given || spec->defaults.given || spec->has_mtu ||
	       spec->has_addr || spec->has_up;
}

/* --may-exist, and it does: it has to be the same thing. */
static int add_existing(struct ctl *ctl, uint32_t mode,
			struct switch_spec *spec)
{
	struct switch_info sw;
	int ret;

	ret = find_switch(ctl, spec->name, mode, &sw);
	if (ret)
		return ret;
	spec->opts.given &= ~(1U << SWITCH_OPT_MODE);
	if (!changes_something(spec))
		return EXIT_OK;
	ret = spec->has_mtu ? check_mtu(spec->mtu, &sw.link) : EXIT_OK;
	if (ret)
		return ret;
	if (wire_switch_set(ctl->wire, sw.link.ifindex, spec))
		return refused(ctl, "cannot change %s \"%s\"", mode_name(mode),
			       spec->name);
	return EXIT_OK;
}

int switch_add(struct ctl *ctl, struct args *args, uint32_t mode)
{
	struct switch_spec spec = { .opts.given = 0 };
	uint32_t *wanted = &spec.opts.value[SWITCH_OPT_MODE];
	struct link_info link;
	int ret;

	ret = mode == NETEMU_MODE_HUB ?
		parse_new_hub_name(args, "name of the hub", spec.name) :
		parse_new_name(args, "name of the switch", spec.name);
	if (!ret)
		ret = parse_keys(args, mode, &spec);
	if (ret)
		return ret;
	if (!(spec.opts.given & (1U << SWITCH_OPT_MODE)))
		*wanted = mode;
	else if (mode == NETEMU_MODE_HUB && *wanted != mode)
		return usage_error("mode switch makes no hub: use \"netemu-ctl switch add\"");
	mode = *wanted;
	spec.opts.given |= 1U << SWITCH_OPT_MODE;

	if (!wire_link_get(ctl->wire, spec.name, &link)) {
		if (ctl->may_exist)
			return add_existing(ctl, mode, &spec);
		return refused_because("cannot add %s \"%s\": a device of this name exists already",
				       mode_name(mode), spec.name);
	}
	if (!spec.has_up)
		spec.up = true;
	if (wire_switch_new(ctl->wire, &spec))
		return refused(ctl, "cannot add %s \"%s\"", mode_name(mode),
			       spec.name);
	return EXIT_OK;
}

static int parse_own_name(struct args *args, uint32_t mode, char *name)
{
	return mode == NETEMU_MODE_HUB ?
		parse_hub_name(args, "name of the hub", name) :
		parse_name(args, "name of the switch", name);
}

int switch_set(struct ctl *ctl, struct args *args, uint32_t mode)
{
	struct switch_spec spec = { .opts.given = 0 };
	struct switch_info sw;
	int ret;

	ret = parse_own_name(args, mode, spec.name);
	if (!ret && args->n && !strcmp(args_peek(args), "vde-socket"))
		return set_vde(ctl, args, spec.name, mode);
	if (!ret)
		ret = parse_keys(args, mode, &spec);
	if (ret)
		return ret;
	if (!changes_something(&spec))
		return usage_error("nothing to change: try \"netemu-ctl %s help\"",
				   mode_name(mode));
	ret = find_switch(ctl, spec.name, mode, &sw);
	if (!ret && spec.has_mtu)
		ret = check_mtu(spec.mtu, &sw.link);
	if (ret)
		return ret;
	if (wire_switch_set(ctl->wire, sw.link.ifindex, &spec))
		return refused(ctl, "cannot change %s \"%s\"", mode_name(mode),
			       spec.name);
	return EXIT_OK;
}

int switch_del(struct ctl *ctl, struct args *args, uint32_t mode)
{
	struct switch_info sw;
	char name[NAME_SIZE];
	struct link_info link;
	int ret;

	ret = parse_own_name(args, mode, name);
	if (!ret)
		ret = no_more(args);
	if (ret)
		return ret;
	if (ctl->if_exists &&
	    wire_link_get(ctl->wire, name, &link) == -ENODEV)
		return EXIT_OK;
	ret = find_switch(ctl, name, mode, &sw);
	if (ret)
		return ret;
	return delete_link(ctl, &sw.link, mode_name(mode));
}

static void keep_mode(struct switch_list *list, uint32_t mode)
{
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++)
		if (list->v[i].opts.value[SWITCH_OPT_MODE] == mode)
			list->v[kept++] = list->v[i];
	list->n = kept;
}

int switch_show(struct ctl *ctl, struct args *args, uint32_t mode)
{
	struct switch_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_own_name(args, mode, name);
		if (!ret)
			ret = no_more(args);
		if (!ret)
			ret = find_switch(ctl, name, mode, list_append(&list));
	} else if (wire_switch_list(ctl->wire, &list, NULL)) {
		ret = refused(ctl, "cannot list switches");
	} else {
		keep_mode(&list, mode);
	}
	if (!ret)
		print_switches(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	return switch_add(ctl, args, NETEMU_MODE_SWITCH);
}

static int run_set(struct ctl *ctl, struct args *args)
{
	return switch_set(ctl, args, NETEMU_MODE_SWITCH);
}

static int run_del(struct ctl *ctl, struct args *args)
{
	return switch_del(ctl, args, NETEMU_MODE_SWITCH);
}

static int run_show(struct ctl *ctl, struct args *args)
{
	return switch_show(ctl, args, NETEMU_MODE_SWITCH);
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME [down] [mtu N] [address MAC] [KEY VALUE]...",
		.help = "make a switch and bring it up, unless \"down\"",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME [up|down] [mtu N] [address MAC] [KEY VALUE]...",
		.help = "change what is given; the rest stays",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME vde-socket DIR [user USER] [group GROUP] [mode MODE] [max-peers N] | NAME vde-socket off",
		.help = "let VDE programs plug in by sockets in DIR; or no more",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME",
		.help = "remove a switch; the devices that were its ports stay",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show one switch or all of them",
	}, { .name = NULL }
};

static const struct key_group keys[] = {
	{ "Keys, with what is allowed and [what it is at first]", "",
	  switch_opts, SWITCH_OPT_COUNT },
	{ "What new ports start with", "default-", port_opts, PORT_OPT_DEFAULTS },
	{ .title = NULL }
};

const struct object switch_object = {
	.name = "switch",
	.help = "learns who is where and forwards",
	.verbs = verbs,
	.keys = keys,
};

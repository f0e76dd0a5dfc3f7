// SPDX-License-Identifier: GPL-2.0
/* Ports: taps that we make, and devices that were there before. */
#include "ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct port_words {
	char name[NAME_SIZE];
	char master[NAME_SIZE];
	uint32_t mode;
	bool has_master;
	bool tap;
	bool has_vnet_hdr;
	bool force;
	const char *tap_key;	/* a key that only a tap has, if given */
	struct tap_spec spec;
	struct opts opts;
};

static int parse_tap_key(struct args *args, const char *word,
			 struct port_words *words, bool *found)
{
	struct tap_spec *spec = &words->spec;

	*found = true;
	if (!strcmp(word, "user"))
		return once(&spec->has_owner, word) ?:
		       parse_user(args, &spec->owner);
	if (!strcmp(word, "group"))
		return once(&spec->has_group, word) ?:
		       parse_group(args, &spec->group);
	if (!strcmp(word, "multi-queue"))
		return once(&spec->multi_queue, word);
	if (!strcmp(word, "vnet-hdr"))
		return once(&words->has_vnet_hdr, word) ?:
		       parse_bool(args, word, &spec->vnet_hdr);
	if (!strcmp(word, "mtu"))
		return once(&spec->has_mtu, word) ?:
		       parse_mtu(args, word, &spec->mtu);
	if (!strcmp(word, "address"))
		return once(&spec->has_addr, word) ?:
		       parse_mac(args, word, spec->addr);
	*found = false;
	return EXIT_OK;
}

static int parse_add_key(struct args *args, const char *word,
			 struct port_words *words)
{
	bool found;
	int ret;

	if (!strcmp(word, "tap"))
		return once(&words->tap, word);
	if (!strcmp(word, "force"))
		return once(&words->force, word);
	if (is_switch_key(word))
		return parse_switch_key(args, word, &words->has_master,
					words->master, &words->mode);
	ret = parse_tap_key(args, word, words, &found);
	if (found) {
		words->tap_key = word;
		return ret;
	}
	ret = parse_opt(args, word, "", port_opts, PORT_OPT_COUNT,
			&words->opts, &found);
	if (found)
		return ret;
	return usage_error("unknown key \"%s\": try \"netemu-ctl port help\"",
			   word);
}

static int parse_add(struct args *args, struct port_words *words)
{
	const char *word;
	int ret;

	ret = parse_name(args, "name of the port", words->name);
	while (!ret && (word = args_next(args)))
		ret = parse_add_key(args, word, words);
	if (ret)
		return ret;
	if (!words->has_master)
		return usage_error("port \"%s\" of what? \"switch NAME\" or \"hub NAME\" is missing",
				   words->name);
	if (words->tap_key && !words->tap)
		return usage_error("\"%s\" is for new taps only: write \"tap\" too",
				   words->tap_key);
	if (words->force && words->tap)
		return usage_error("\"force\" is for devices that are there, not for new taps");
	if (words->tap) {
		struct args name = { 1, (char *[]){ words->name } };

		ret = parse_new_name(&name, "name of the port", words->name);
	}
	return ret;
}

static int add_tap(struct ctl *ctl, struct port_words *words,
		   const struct switch_info *sw)
{
	struct tap_spec *spec = &words->spec;
	int fd, ifindex, ret;

	/* Without an owner and a group the kernel lets everybody open it. */
	if (!spec->has_owner && !spec->has_group) {
		spec->has_owner = true;
		spec->owner = getuid();
	}
	if (!words->has_vnet_hdr)
		spec->vnet_hdr = true;
	fd = wire_tap_new(ctl->wire, words->name, spec, &ifindex);
	if (fd < 0)
		return refused(ctl, "cannot make tap \"%s\"", words->name);
	ret = wire_port_new(ctl->wire, sw->link.ifindex, ifindex,
			    &words->opts);
	if (!ret)
		ret = wire_link_up(ctl->wire, ifindex);
	if (!ret)
		ret = wire_tap_keep(ctl->wire, fd);
	if (ret)
		ret = refused(ctl, "cannot add port \"%s\" to \"%s\"",
			      words->name, words->master);
	close(fd);
	return ret;
}

/* The device is a port already: --may-exist then means "like this". */
static int add_again(struct ctl *ctl, const struct port_words *words,
		     const struct link_info *link)
{
	if (words->tap && !link->tap.present)
		return refused_because("cannot add tap \"%s\": a device of this name exists and is no tap",
				       words->name);
	if (words->opts.given &&
	    wire_port_set(ctl->wire, link->ifindex, &words->opts))
		return refused(ctl, "cannot change port \"%s\"", words->name);
	if (!link->up && wire_link_up(ctl->wire, link->ifindex))
		return refused(ctl, "cannot bring up \"%s\"", words->name);
	return EXIT_OK;
}

/* So many devices may be on top of each other: the kernel's own limit. */
#define STACK_MAX	8

/* A network card of the host, or something on top of one. */
static bool is_card(const struct link_list *links, const struct link_info *link,
		    int depth)
{
	const struct link_info *lower;
	size_t i;

	if (!link || depth > STACK_MAX)
		return false;
	if (link->has_parent)
		return true;
	/* The peer of a veth is beside it. */
	if (link->peer && !link->peer_elsewhere && strcmp(link->kind, "veth")) {
		lower = links_find(links, link->peer);
		if (is_card(links, lower, depth + 1))
			return true;
	}
	for (i = 0; i < links->n; i++)
		if (links->v[i].master == link->ifindex &&
		    is_card(links, &links->v[i], depth + 1))
			return true;
	return false;
}

/*
 * Behind a card of the host there are others, who have a DHCP server of their
 * own. The gateway never answers them; here it is said before somebody waits.
 */
static int check_card(struct ctl *ctl, const struct port_words *words,
		      const struct switch_info *sw,
		      const struct link_info *link)
{
	const struct link_info *gw;
	struct link_list links = { 0 };
	int ret = EXIT_OK;
	size_t i;

	if (words->force)
		return EXIT_OK;
	if (wire_link_list(ctl->wire, &links)) {
		ret = refused(ctl, "cannot list devices");
	} else if (is_card(&links, link, 0)) {
		for (i = 0; i < links.n && !ret; i++) {
			gw = &links.v[i];
			if (gw->master != sw->link.ifindex ||
			    !gw->gateway.present ||
			    !gw->gateway.opts.value[GATEWAY_OPT_DHCP])
				continue;
			ret = refused_because("cannot add port \"%s\" to \"%s\": it leads to a network card of the host, and \"%s\" gives addresses by DHCP, which it never does there (\"force\" adds it all the same)",
					      words->name, words->master,
					      gw->name);
		}
	}
	list_free(&links);
	return ret;
}

static int add_device(struct ctl *ctl, const struct port_words *words,
		      const struct switch_info *sw,
		      const struct link_info *link)
{
	int ret = check_card(ctl, words, sw, link);

	if (ret)
		return ret;
	if (wire_port_new(ctl->wire, sw->link.ifindex, link->ifindex,
			  &words->opts))
		return refused(ctl, "cannot add port \"%s\" to \"%s\"",
			       words->name, words->master);
	if (link->up || !wire_link_up(ctl->wire, link->ifindex))
		return EXIT_OK;
	refused(ctl, "cannot bring up \"%s\"", words->name);
	wire_port_del(ctl->wire, link->ifindex);
	return EXIT_REFUSED;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct port_words words = { .has_master = false };
	struct switch_info sw;
	struct link_info link;
	int missing, ret;

	ret = parse_add(args, &words);
	if (!ret)
		ret = find_switch(ctl, words.master, words.mode, &sw);
	if (ret)
		return ret;
	missing = wire_link_get(ctl->wire, words.name, &link);
	if (missing && !words.tap)
		return refused(ctl, "cannot add port \"%s\" to \"%s\"",
			       words.name, words.master);
	if (missing)
		return add_tap(ctl, &words, &sw);
	if (ctl->may_exist && link.master == sw.link.ifindex)
		return add_again(ctl, &words, &link);
	if (words.tap && !(ctl->may_exist && link_is_our_tap(&link)))
		return refused_because("cannot add tap \"%s\": a device of this name exists already",
				       words.name);
	return add_device(ctl, &words, &sw, &link);
}

static int run_set(struct ctl *ctl, struct args *args)
{
	struct opts opts = { .given = 0 };
	struct link_info link;
	char name[NAME_SIZE];
	const char *word;
	bool found;
	int ret;

	ret = parse_name(args, "name of the port", name);
	while (!ret && (word = args_next(args))) {
		ret = parse_opt(args, word, "", port_opts, PORT_OPT_COUNT,
				&opts, &found);
		if (!ret && !found)
			ret = usage_error("unknown key \"%s\": try \"netemu-ctl port help\"",
					  word);
	}
	if (ret)
		return ret;
	if (!opts.given)
		return usage_error("nothing to change: try \"netemu-ctl port help\"");
	if (wire_link_get(ctl->wire, name, &link) ||
	    wire_port_set(ctl->wire, link.ifindex, &opts))
		return refused(ctl, "cannot change port \"%s\"", name);
	return EXIT_OK;
}

/* A tap of ours may have moved on to somebody else's master. */
static bool is_elsewhere(struct ctl *ctl, const struct link_info *link,
			 struct link_info *master)
{
	return link->master &&
	       !wire_link_get_index(ctl->wire, link->master, master) &&
	       strcmp(master->kind, NETEMU_KIND_SWITCH);
}

static int run_del(struct ctl *ctl, struct args *args)
{
	struct link_info link, master;
	char name[NAME_SIZE];
	int ret;

	ret = parse_name(args, "name of the port", name);
	if (!ret)
		ret = no_more(args);
	if (ret)
		return ret;
	ret = wire_link_get(ctl->wire, name, &link);
	if (ret == -ENODEV && ctl->if_exists)
		return EXIT_OK;
	if (ret)
		return refused(ctl, "cannot delete port \"%s\"", name);
	if (is_elsewhere(ctl, &link, &master))
		return refused_because("cannot delete port \"%s\": it belongs to \"%s\", which is no switch of netemu",
				       name, master.name);
	if (link_is_our_tap(&link))
		ret = wire_link_del(ctl->wire, link.ifindex);
	else
		ret = wire_port_del(ctl->wire, link.ifindex);
	if ((ret == -ENOENT || ret == -ENODEV) && ctl->if_exists)
		return EXIT_OK;
	if (ret)
		return refused(ctl, "cannot delete port \"%s\"", name);
	return EXIT_OK;
}

static int show_one(struct ctl *ctl, const char *name, struct port_list *list)
{
	struct link_info link;

	if (wire_link_get(ctl->wire, name, &link) ||
	    wire_port_get(ctl->wire, link.ifindex, list_append(list)))
		return refused(ctl, "cannot show port \"%s\"", name);
	return EXIT_OK;
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct port_list list = { 0 };
	const char *word = args_peek(args);
	struct switch_info sw = { 0 };
	char name[NAME_SIZE];
	bool given = false;
	uint32_t mode;
	int ret = EXIT_OK;

	if (word && is_switch_key(word)) {
		args_next(args);
		ret = parse_switch_key(args, word, &given, name, &mode);
	} else if (word) {
		ret = parse_name(args, "name of the port", name);
	}
	if (!ret)
		ret = no_more(args);
	if (!ret && given)
		ret = find_switch(ctl, name, mode, &sw);
	if (ret)
		return ret;
	if (word && !given)
		ret = show_one(ctl, name, &list);
	else if (wire_port_list(ctl->wire, sw.link.ifindex, &list))
		ret = refused(ctl, "cannot list ports");
	if (!ret)
		print_ports(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME tap switch|hub|network SWITCH [user USER] [group GROUP] [multi-queue] [vnet-hdr on|off] [mtu N] [address MAC] [KEY VALUE]...",
		.help = "make a tap that USER or GROUP may open, and plug it in",
	}, {
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME switch|hub|network SWITCH [force] [KEY VALUE]...",
		.help = "plug in a device that is there, and bring it up",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME KEY VALUE [KEY VALUE]...",
		.help = "change what is given; the rest stays",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME",
		.help = "remove a tap that \"add\" made, unplug any other device",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME | switch|hub|network SWITCH]",
		.help = "show one port, those of a switch, or all of them",
	}, { .name = NULL }
};

static const struct key_group keys[] = {
	{ "Keys, with what is allowed and [what it is at first]", "",
	  port_opts, PORT_OPT_COUNT },
	{ .title = NULL }
};

const struct object port_object = {
	.name = "port",
	.help = "a device plugged into a switch or hub",
	.verbs = verbs,
	.keys = keys,
	.more = "A new port starts with the default-... keys of its switch.\n"
		"A tap without user and group belongs to whoever makes it.\n",
};

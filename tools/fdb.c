// SPDX-License-Identifier: GPL-2.0
/* The forwarding database: which address is where. */
#include "ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fdb_words {
	char master[NAME_SIZE];
	char port[NAME_SIZE];
	uint32_t mode;
	bool has_master;
	bool has_port;
	bool host;
	bool has_type;
	const char *type;
};

enum {
	TAKES_HOST = 1,
	TAKES_TYPE = 2,
	TAKES_BARE_NAME = 4,	/* SWITCH may stand without "switch" */
	TAKES_PORT = 8,
};

static bool is_type(const char *word, bool flush)
{
	if (!strcmp(word, "learned") || !strcmp(word, "static"))
		return true;
	return !strcmp(word, flush ? "all" : "host");
}

static int parse_key(struct args *args, const char *word, unsigned int takes,
		     bool flush, struct fdb_words *words)
{
	if (!strcmp(word, "switch") || !strcmp(word, "hub"))
		return parse_switch_key(args, word, &words->has_master,
					words->master, &words->mode);
	if ((takes & TAKES_PORT) && !strcmp(word, "port"))
		return once(&words->has_port, word) ?:
		       parse_name(args, "name of the port", words->port);
	if ((takes & TAKES_HOST) && !strcmp(word, "host"))
		return once(&words->host, word);
	if ((takes & TAKES_TYPE) && is_type(word, flush)) {
		words->type = word;
		return once(&words->has_type, "learned, static or all");
	}
	if ((takes & TAKES_BARE_NAME) && !words->has_master) {
		struct args name = { 1, (char *[]){ (char *)word } };

		words->has_master = true;
		words->mode = ANY_MODE;
		return parse_name(&name, "name of the switch", words->master);
	}
	return usage_error("unknown key \"%s\": try \"netemu-ctl fdb help\"",
			   word);
}

static int parse_keys(struct args *args, unsigned int takes, bool flush,
		      struct fdb_words *words)
{
	const char *word;
	int ret = EXIT_OK;

	while (!ret && (word = args_next(args)))
		ret = parse_key(args, word, takes, flush, words);
	return ret;
}

static int need_master(const struct fdb_words *words)
{
	if (words->has_master)
		return EXIT_OK;
	return usage_error("of what? \"switch NAME\" is missing");
}

/* Finds the switch and the port that the words name. */
static int resolve(struct ctl *ctl, const struct fdb_words *words,
		   struct switch_info *sw, int *port)
{
	struct link_info link;
	int ret;

	*port = 0;
	ret = find_switch(ctl, words->master, words->mode, sw);
	if (ret || !words->has_port)
		return ret;
	if (wire_link_get(ctl->wire, words->port, &link))
		return refused(ctl, "cannot find port \"%s\"", words->port);
	if (link.master != sw->link.ifindex)
		return refused_because("\"%s\" is not a port of \"%s\"",
				       words->port, words->master);
	*port = link.ifindex;
	return EXIT_OK;
}

static int parse_address(struct args *args, const char **text, uint8_t *addr)
{
	if (parse_word(args, "MAC address", text))
		return EXIT_USAGE;
	return check_mac("address", *text, addr);
}

/* Whether just this entry is there already, made by hand. */
static bool is_there(struct ctl *ctl, const struct fdb_entry *entry)
{
	struct fdb_list list = { 0 };
	bool found = false;
	size_t i;

	if (!wire_fdb_list(ctl->wire, entry->master, &list))
		for (i = 0; i < list.n && !found; i++)
			found = !memcmp(list.v[i].addr, entry->addr, MAC_LEN) &&
				list.v[i].port == entry->port &&
				list.v[i].type != FDB_LEARNED;
	list_free(&list);
	return found;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct fdb_words words = { .has_master = false };
	struct fdb_entry entry = { 0 };
	struct switch_info sw;
	const char *text;
	int ret;

	ret = parse_address(args, &text, entry.addr);
	if (!ret)
		ret = parse_keys(args, TAKES_PORT | TAKES_HOST, false, &words);
	if (!ret)
		ret = need_master(&words);
	if (ret)
		return ret;
	if (words.has_port == words.host)
		return usage_error("%s is where? Give either \"port NAME\" or \"host\"",
				   text);
	ret = resolve(ctl, &words, &sw, &entry.port);
	if (ret)
		return ret;
	entry.master = sw.link.ifindex;
	ret = wire_fdb_add(ctl->wire, &entry);
	if (ret == -EEXIST && ctl->may_exist && is_there(ctl, &entry))
		return EXIT_OK;
	if (ret)
		return refused(ctl, "cannot add %s to \"%s\"", text,
			       words.master);
	return EXIT_OK;
}

static int run_del(struct ctl *ctl, struct args *args)
{
	struct fdb_words words = { .has_master = false };
	struct switch_info sw;
	uint8_t addr[MAC_LEN];
	const char *text;
	int ret, port;

	ret = parse_address(args, &text, addr);
	if (!ret)
		ret = parse_keys(args, 0, false, &words);
	if (!ret)
		ret = need_master(&words);
	if (!ret)
		ret = resolve(ctl, &words, &sw, &port);
	if (ret)
		return ret;
	ret = wire_fdb_del(ctl->wire, sw.link.ifindex, addr);
	if (ret == -ENOENT && ctl->if_exists)
		return EXIT_OK;
	if (ret)
		return refused(ctl, "cannot delete %s from \"%s\"", text,
			       words.master);
	return EXIT_OK;
}

static int run_flush(struct ctl *ctl, struct args *args)
{
	struct fdb_words words = { .has_master = false };
	uint32_t flags = NETEMU_FLUSH_LEARNED;
	struct switch_info sw;
	int port, ret;

	ret = parse_keys(args, TAKES_BARE_NAME | TAKES_PORT | TAKES_TYPE, true,
			 &words);
	if (!ret)
		ret = need_master(&words);
	if (!ret)
		ret = resolve(ctl, &words, &sw, &port);
	if (ret)
		return ret;
	if (words.has_type && !strcmp(words.type, "static"))
		flags = NETEMU_FLUSH_STATIC;
	else if (words.has_type && !strcmp(words.type, "all"))
		flags = NETEMU_FLUSH_ALL;
	if (wire_fdb_flush(ctl->wire, sw.link.ifindex, port, flags))
		return refused(ctl, "cannot flush \"%s\"", words.master);
	return EXIT_OK;
}

static void keep_wanted(struct fdb_list *list, size_t from, int port,
			const char *type)
{
	size_t i, kept = from;

	for (i = from; i < list->n; i++) {
		if (port && list->v[i].port != port)
			continue;
		if (type && strcmp(type, fdb_type_name(list->v[i].type)))
			continue;
		list->v[kept++] = list->v[i];
	}
	list->n = kept;
}

static int list_all(struct ctl *ctl, struct fdb_list *list, const char *type)
{
	struct switch_list switches = { 0 };
	struct fdb_list one;
	int ret = EXIT_OK;
	size_t i, j;

	if (wire_switch_list(ctl->wire, &switches, NULL))
		ret = refused(ctl, "cannot list switches");
	for (i = 0; i < switches.n && !ret; i++) {
		int error;

		memset(&one, 0, sizeof(one));
		error = wire_fdb_list(ctl->wire, switches.v[i].link.ifindex,
				      &one);
		/* A switch that went meanwhile has no addresses. */
		if (error && error != -ENODEV)
			ret = refused(ctl, "cannot list addresses of \"%s\"",
				      switches.v[i].link.name);
		keep_wanted(&one, 0, 0, type);
		for (j = 0; j < one.n; j++)
			*list_append(list) = one.v[j];
		list_free(&one);
	}
	list_free(&switches);
	return ret;
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct fdb_words words = { .has_master = false };
	struct fdb_list list = { 0 };
	struct switch_info sw;
	int port, ret;

	ret = parse_keys(args, TAKES_BARE_NAME | TAKES_PORT | TAKES_TYPE, false,
			 &words);
	if (!ret && words.has_port)
		ret = need_master(&words);
	if (ret)
		return ret;
	if (!words.has_master) {
		ret = list_all(ctl, &list, words.type);
	} else {
		ret = resolve(ctl, &words, &sw, &port);
		if (!ret && wire_fdb_list(ctl->wire, sw.link.ifindex, &list))
			ret = refused(ctl, "cannot list addresses of \"%s\"",
				      words.master);
		keep_wanted(&list, 0, port, words.type);
	}
	if (!ret)
		print_fdb(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[SWITCH] [port PORT] [learned|static|host]",
		.help = "show the addresses of a switch or of all of them",
	}, {
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "MAC switch SWITCH port PORT|host",
		.help = "say where an address is; it never ages or moves",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "MAC switch SWITCH",
		.help = "forget an address",
	}, {
		.name = "flush", .run = run_flush, .exact = true,
		.synopsis = "SWITCH [port PORT] [learned|static|all]",
		.help = "forget many: the learned ones unless told otherwise",
	}, { .name = NULL }
};

const struct object fdb_object = {
	.name = "fdb",
	.help = "the forwarding database: which address is where",
	.verbs = verbs,
};

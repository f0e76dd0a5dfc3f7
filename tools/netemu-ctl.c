// SPDX-License-Identifier: GPL-2.0
/* netemu-ctl: switches, hubs, their ports, links, and gateways. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NETNS_DIR	"/run/netns"

struct settings {
	struct ctl ctl;
	const char *netns;
	const char *batch;
	bool help;
	bool version;
};

/* Where "-b FILE" and "-n NAME" put their word; the others are flags. */
struct option_def {
	const char *name;	/* after one dash or two */
	const char *alias;
	size_t flag;		/* offset of a bool in struct settings, or */
	size_t word;		/* of a string, if not 0 */
};

#define AT(member)	offsetof(struct settings, member)

static const struct option_def options[] = {
	{ "j", "json", .flag = AT(ctl.format.json) },
	{ "p", "pretty", .flag = AT(ctl.format.pretty) },
	{ "s", "statistics", .flag = AT(ctl.format.stats) },
	{ "stats", NULL, .flag = AT(ctl.format.stats) },
	{ "d", "details", .flag = AT(ctl.format.details) },
	{ "br", "brief", .flag = AT(ctl.format.brief) },
	{ "n", "netns", .word = AT(netns) },
	{ "b", "batch", .word = AT(batch) },
	{ "force", NULL, .flag = AT(ctl.force) },
	{ "V", "version", .flag = AT(version) },
	{ "h", "help", .flag = AT(help) },
	{ "may-exist", NULL, .flag = AT(ctl.may_exist) },
	{ "if-exists", NULL, .flag = AT(ctl.if_exists) },
};

static const struct option_def *find_option(const char *word)
{
	size_t i;

	word += word[1] == '-' ? 2 : 1;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(word, options[i].name) ||
		    (options[i].alias && !strcmp(word, options[i].alias)))
			return &options[i];
	return NULL;
}

static int parse_options(struct settings *set, struct args *args)
{
	const struct option_def *option;
	const char *word;

	while ((word = args_peek(args)) && word[0] == '-' && word[1]) {
		args_next(args);
		option = find_option(word);
		if (!option)
			return usage_error("unknown option \"%s\": try \"netemu-ctl help\"",
					   word);
		if (!option->word) {
			*(bool *)((char *)set + option->flag) = true;
			continue;
		}
		if (!args_peek(args))
			return usage_error("option \"%s\" needs a value", word);
		*(const char **)((char *)set + option->word) = args_next(args);
	}
	return EXIT_OK;
}

/* A name as "ip netns" gives it, or the path of a namespace file. */
static int enter_netns(const char *name)
{
	char path[PATH_MAX];
	int fd, ret = EXIT_OK;

	if (!*name)
		return usage_error("the name of the network namespace is empty");
	if (snprintf(path, sizeof(path), "%s%s%s",
		     strchr(name, '/') ? "" : NETNS_DIR,
		     strchr(name, '/') ? "" : "/", name) >= (int)sizeof(path))
		return usage_error("the name of the network namespace is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refused_because("cannot open network namespace \"%s\": %s",
				       name, strerror(errno));
	if (setns(fd, CLONE_NEWNET) < 0)
		ret = refused_because("cannot enter network namespace \"%s\": %s",
				      name, strerror(errno));
	close(fd);
	return ret;
}

static int run(struct settings *set, struct args *args)
{
	int ret;

	if (set->help) {
		print_usage(stdout);
		return EXIT_OK;
	}
	if (set->version) {
		puts("netemu-ctl " NETEMU_CTL_VERSION);
		return EXIT_OK;
	}
	if (set->batch) {
		ret = no_more(args);
		if (ret)
			return ret;
	}
	if (set->netns) {
		ret = enter_netns(set->netns);
		if (ret)
			return ret;
	}
	set->ctl.netns = set->netns;
	set->ctl.wire = wire_open();
	ret = set->batch ? run_batch(&set->ctl, set->batch) :
			   run_command(&set->ctl, args);
	wire_close(set->ctl.wire);
	return ret;
}

int main(int argc, char **argv)
{
	struct args args = { .n = argc ? argc - 1 : 0, .v = argv + 1 };
	struct settings set = { 0 };
	int ret;

	/* Only the character set: numbers and sentences stay as they are. */
	setlocale(LC_CTYPE, "");
	ret = parse_options(&set, &args);
	if (!ret)
		ret = run(&set, &args);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "netemu-ctl: cannot write: %s\n",
			strerror(errno));
		return EXIT_REFUSED;
	}
	return ret;
}

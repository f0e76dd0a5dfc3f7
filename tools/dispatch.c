// SPDX-License-Identifier: GPL-2.0
/* Finds what a command means in the tables, and writes help from them. */
#include "ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct object *const objects[] = {
	&network_object, &switch_object, &hub_object, &port_object,
	&link_object, &vde_object, &nic_object,
	&gateway_object, &forward_object, &service_object, &connection_object,
	&lease_object, &fdb_object, &monitor_object, &show_object,
};

void print_usage(FILE *out)
{
	unsigned int i;

	fputs("Usage: netemu-ctl [OPTION]... OBJECT VERB [NAME] [KEY VALUE]...\n"
	      "       netemu-ctl [OPTION]...            the picture: as \"show\"\n"
	      "       netemu-ctl [OPTION]... -b FILE    commands from FILE, - = stdin\n"
	      "\nObjects:\n", out);
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		fprintf(out, "  %-10s %s\n", objects[i]->name,
			objects[i]->help);
	fputs("\nOptions:\n"
	      "  -j, -json            print JSON\n"
	      "  -p, -pretty          print JSON over several lines\n"
	      "  -s, -statistics      with counters and drop reasons\n"
	      "  -d, -details         with every option\n"
	      "  -br, -brief          one line each\n"
	      "  -n, -netns NAME      work in this network namespace\n"
	      "  -b, -batch FILE      read commands from FILE\n"
	      "  -force               of a batch: go on after a failure;\n"
	      "                       of nic del: ask the virtual machine for it\n"
	      "  -V, -version         print the version\n"
	      "  -h, -help            print this\n"
	      "  --may-exist          of add: it may be there already\n"
	      "  --if-exists          of del: it may be gone already\n"
	      "\nMore: netemu-ctl OBJECT help, netemu-ctl(8)\n", out);
}

static void word_range(const struct opt_def *def, char *range, size_t size)
{
	size_t n = 0;
	uint32_t i;

	for (i = def->min; i <= def->max && n < size; i++)
		n += snprintf(range + n, size - n, "%s%s",
			      i == def->min ? "" : "|", def->words[i]);
	if (n < size)
		snprintf(range + n, size - n, " [%s]", def->words[def->def]);
}

static void print_keys(FILE *out, const struct key_group *group)
{
	const struct opt_def *def;
	char key[40], range[64];
	unsigned int i;

	fprintf(out, "\n%s:\n", group->title);
	for (i = 0; i < group->n; i++) {
		def = &group->defs[i];
		snprintf(key, sizeof(key), "%s%s", group->prefix, def->key);
		switch (def->kind) {
		case OPT_BOOL:
			snprintf(range, sizeof(range), "on|off [%s]",
				 def->def ? "on" : "off");
			break;
		case OPT_WORD:
			word_range(def, range, sizeof(range));
			break;
		case OPT_IPV4:
			snprintf(range, sizeof(range), "IPv4 address");
			break;
		case OPT_MASK:
			snprintf(range, sizeof(range), "0x0 to 0x%x [0x%x]",
				 def->max, def->def);
			break;
		case OPT_NUMBER:
			snprintf(range, sizeof(range), "%u to %u [%u]%s%s",
				 def->min, def->max, def->def,
				 def->unit ? " " : "",
				 def->unit ? def->unit : "");
			break;
		}
		fprintf(out, "  %-16s %s\n  %-16s     %s\n", key, range, "",
			def->help);
	}
}

static void print_object_help(FILE *out, const struct object *object)
{
	const struct key_group *group;
	const struct verb *verb;

	fprintf(out, "%s: %s\n\n", object->name, object->help);
	for (verb = object->verbs; verb->name; verb++)
		fprintf(out, "  netemu-ctl %s%s%s%s%s\n      %s\n",
			object->name, *verb->name ? " " : "", verb->name,
			*verb->synopsis ? " " : "", verb->synopsis,
			verb->help);
	for (group = object->keys; group && group->title; group++)
		print_keys(out, group);
	if (object->more)
		fprintf(out, "\n%s", object->more);
}

static bool is_prefix(const char *word, const char *name)
{
	return *word && !strncmp(word, name, strlen(word));
}

/* The object @word names or begins alone; else says what is wrong. */
static const struct object *find_object(const char *word)
{
	const struct object *match = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		if (!strcmp(word, objects[i]->name))
			return objects[i];
		if (!is_prefix(word, objects[i]->name))
			continue;
		if (match) {
			usage_error("\"%s\" may mean %s or %s", word,
				    match->name, objects[i]->name);
			return NULL;
		}
		match = objects[i];
	}
	if (!match)
		usage_error("unknown object \"%s\": try \"netemu-ctl help\"",
			    word);
	return match;
}

static const struct verb *find_verb(const struct object *object,
				    const char *word)
{
	const struct verb *verb, *match = NULL;

	for (verb = object->verbs; verb->name; verb++) {
		if (!strcmp(word, verb->name))
			return verb;
		if (!is_prefix(word, verb->name))
			continue;
		if (verb->exact) {
			usage_error("\"%s %s\": write \"%s\" in full, it deletes",
				    object->name, word, verb->name);
			return NULL;
		}
		/* A verb with two synopses stands in the table twice. */
		if (match && strcmp(match->name, verb->name)) {
			usage_error("\"%s %s\" may mean %s or %s",
				    object->name, word, match->name,
				    verb->name);
			return NULL;
		}
		match = verb;
	}
	if (!match)
		usage_error("unknown verb \"%s\": try \"netemu-ctl %s help\"",
			    word, object->name);
	return match;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "--help") ||
	       !strcmp(word, "-help") || !strcmp(word, "-h");
}

/* Flags that have to fit the verb. */
struct flags {
	bool may_exist;
	bool if_exists;
};

/*
 * Takes the flags out of the words, wherever they stand. Those that stand
 * before a batch are not meant for every line of it.
 */
static void take_flags(struct flags *flags, struct args *args)
{
	int i, kept = 0;

	for (i = 0; i < args->n; i++) {
		if (!strcmp(args->v[i], "--may-exist"))
			flags->may_exist = true;
		else if (!strcmp(args->v[i], "--if-exists"))
			flags->if_exists = true;
		else
			args->v[kept++] = args->v[i];
	}
	args->n = kept;
}

static int run_verb(const struct ctl *outer, const struct flags *flags,
		    const struct object *object, const struct verb *verb,
		    struct args *args)
{
	const char *gap = *verb->name ? " " : "";
	struct ctl ctl = *outer;

	if (flags->may_exist && !verb->may_exist)
		return usage_error("--may-exist means nothing to \"%s%s%s\"",
				   object->name, gap, verb->name);
	if (flags->if_exists && !verb->if_exists)
		return usage_error("--if-exists means nothing to \"%s%s%s\"",
				   object->name, gap, verb->name);
	ctl.may_exist |= flags->may_exist;
	ctl.if_exists |= flags->if_exists;
	return verb->run(&ctl, args);
}

static int help_command(struct args *args)
{
	const char *word = args_next(args);
	const struct object *object;

	if (!word) {
		print_usage(stdout);
		return EXIT_OK;
	}
	object = find_object(word);
	if (!object)
		return EXIT_USAGE;
	print_object_help(stdout, object);
	return EXIT_OK;
}

int run_command(struct ctl *ctl, struct args *args)
{
	struct flags flags = { false, false };
	const struct object *object;
	const struct verb *verb;
	const char *word;

	if (!ctl->batch) {
		flags.may_exist = ctl->may_exist;
		flags.if_exists = ctl->if_exists;
	}
	take_flags(&flags, args);
	word = args_next(args);
	if (!word)
		word = show_object.name;
	if (is_help(word))
		return help_command(args);
	object = find_object(word);
	if (!object)
		return EXIT_USAGE;

	word = args_peek(args);
	if (word && is_help(word)) {
		print_object_help(stdout, object);
		return EXIT_OK;
	}
	/* An object without verbs has one, without a name. */
	if (!*object->verbs->name)
		return run_verb(ctl, &flags, object, object->verbs, args);
	if (word) {
		args_next(args);
		verb = find_verb(object, word);
		if (!verb)
			return EXIT_USAGE;
		word = args_peek(args);
		if (word && (!strcmp(word, "--help") || !strcmp(word, "-h"))) {
			print_object_help(stdout, object);
			return EXIT_OK;
		}
		return run_verb(ctl, &flags, object, verb, args);
	}
	for (verb = object->verbs; !verb->alone; verb++)
		;
	return run_verb(ctl, &flags, object, verb, args);
}

static __attribute__((format(printf, 2, 0)))
int refused_va(const char *why, const char *fmt, va_list ap)
{
	fputs("netemu-ctl: ", stderr);
	vfprintf(stderr, fmt, ap);
	if (why)
		fprintf(stderr, ": %s", why);
	fputc('\n', stderr);
	return EXIT_REFUSED;
}

int refused(const struct ctl *ctl, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = refused_va(wire_why(ctl->wire), fmt, ap);
	va_end(ap);
	return ret;
}

int refused_because(const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = refused_va(NULL, fmt, ap);
	va_end(ap);
	return ret;
}

int no_more(const struct args *args)
{
	if (!args->n)
		return EXIT_OK;
	return usage_error("\"%s\" is one word too many", args->v[0]);
}

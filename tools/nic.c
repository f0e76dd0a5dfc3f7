// SPDX-License-Identifier: GPL-2.0
/* Emulated cards: mediated devices that QEMU and its like take for hardware. */
#include "ctl.h"
#include "print_nic.h"
#include "wire_nic.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* In milliseconds, as the kernel's. */
#define AUTONEG_MAX	60000

/* So long "-force" waits for a virtual machine to give a card back. */
#define EJECT_SECONDS	10

struct nic_words {
	char name[NAME_SIZE];
	char master[NAME_SIZE];
	uint32_t mode;
	bool has_master;
	bool has_model;
	bool has_uuid;
	struct nic_spec spec;
};

static bool is_uuid(const char *word)
{
	size_t i;

	for (i = 0; i < UUID_TEXT_SIZE - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (word[i] != '-')
				return false;
		} else if (!isxdigit((unsigned char)word[i])) {
			return false;
		}
	}
	return !word[i];
}

static int parse_uuid(struct args *args, char *uuid)
{
	const char *word;

	if (parse_word(args, "uuid", &word))
		return EXIT_USAGE;
	if (!is_uuid(word))
		return usage_error("uuid: \"%s\" is no UUID like 01234567-89ab-4cde-8f01-23456789abcd",
				   word);
	strcpy(uuid, word);
	return EXIT_OK;
}

/* A random one, RFC 4122 version 4. */
static int make_uuid(char *uuid)
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return refused_because("no random numbers: %s",
				       strerror(errno));
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(uuid, UUID_TEXT_SIZE,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		 b[10], b[11], b[12], b[13], b[14], b[15]);
	return EXIT_OK;
}

static int parse_model(struct args *args, char *model)
{
	const char *word;

	if (parse_word(args, "model", &word))
		return EXIT_USAGE;
	if (strlen(word) >= KIND_SIZE || strchr(word, '/'))
		return usage_error("model: there is no model \"%s\"", word);
	strcpy(model, word);
	return EXIT_OK;
}

static int parse_cable(struct args *args, bool *cable)
{
	const char *word;

	if (parse_word(args, "link", &word))
		return EXIT_USAGE;
	*cable = !strcmp(word, "up");
	if (!*cable && strcmp(word, "down"))
		return usage_error("link: \"%s\" is neither up nor down", word);
	return EXIT_OK;
}

static int parse_doorbell(struct args *args, bool *trap)
{
	const char *word;

	if (parse_word(args, "doorbell", &word))
		return EXIT_USAGE;
	*trap = !strcmp(word, "trap");
	if (!*trap && strcmp(word, "auto"))
		return usage_error("doorbell: \"%s\" is neither auto nor trap", word);
	return EXIT_OK;
}

/* What may be given at any time. */
static int parse_set_key(struct args *args, const char *word,
			 struct nic_spec *spec)
{
	if (!strcmp(word, "mac"))
		return once(&spec->has_addr, word) ?:
		       parse_mac(args, word, spec->addr);
	if (!strcmp(word, "link"))
		return once(&spec->has_cable, word) ?:
		       parse_cable(args, &spec->cable);
	if (!strcmp(word, "autoneg-ms"))
		return once(&spec->has_autoneg, word) ?:
		       parse_number(args, word, 1, AUTONEG_MAX, "milliseconds",
				    &spec->autoneg_ms);
	if (!strcmp(word, "doorbell"))
		return once(&spec->has_trap, word) ?:
		       parse_doorbell(args, &spec->trap);
	if (!strcmp(word, "user"))
		return once(&spec->has_owner, word) ?:
		       parse_user(args, &spec->owner);
	if (!strcmp(word, "group"))
		return once(&spec->has_group, word) ?:
		       parse_group(args, &spec->group);
	return usage_error("unknown key \"%s\": try \"netemu-ctl nic help\"",
			   word);
}

static int parse_add_key(struct args *args, const char *word,
			 struct nic_words *words)
{
	if (!strcmp(word, "model"))
		return once(&words->has_model, word) ?:
		       parse_model(args, words->spec.model);
	if (!strcmp(word, "uuid"))
		return once(&words->has_uuid, word) ?:
		       parse_uuid(args, words->spec.uuid);
	if (is_switch_key(word))
		return parse_switch_key(args, word, &words->has_master,
					words->master, &words->mode);
	return parse_set_key(args, word, &words->spec);
}

static int check_netns(const struct ctl *ctl)
{
	if (!ctl->netns)
		return EXIT_OK;
	return usage_error("a NIC is made in the initial namespace; \"ip link set dev NAME netns %s\" then moves its host's end",
			   ctl->netns);
}

/* Two cards of one address on one network: neither would work. */
static void warn_duplicate(struct ctl *ctl, const char *name)
{
	struct nic_list list = { 0 };
	struct nic_info nic;
	size_t i;

	if (wire_nic_get(ctl->wire, name, &nic) ||
	    wire_nic_list(ctl->wire, &list))
		return;
	for (i = 0; i < list.n; i++)
		if (strcmp(list.v[i].uuid, nic.uuid) &&
		    !memcmp(list.v[i].addr, nic.addr, MAC_LEN))
			fprintf(stderr, "netemu-ctl: NIC \"%s\" has the same MAC address\n",
				list.v[i].name);
	list_free(&list);
}

static int plug_in(struct ctl *ctl, const struct nic_words *words,
		   const struct switch_info *sw)
{
	struct opts opts = { .given = 0 };
	struct link_info link;

	if (wire_link_get(ctl->wire, words->name, &link) ||
	    (words->has_master &&
	     wire_port_new(ctl->wire, sw->link.ifindex, link.ifindex, &opts)) ||
	    wire_link_up(ctl->wire, link.ifindex))
		return refused(ctl, "cannot plug in NIC \"%s\"", words->name);
	return EXIT_OK;
}

/* A net device may have gone, or to another namespace: then it has none. */
static void add_counters(struct ctl *ctl, struct nic_info *nic)
{
	struct link_info link;

	if (wire_link_get(ctl->wire, nic->name, &link) ||
	    !link_is_nic(&link))
		return;
	nic->stats = link.stats;
	nic->has_stats = !wire_nic_counters(ctl->wire, nic->name,
					    &nic->counters);
}

static void print_all(struct ctl *ctl, struct nic_list *list)
{
	size_t i;

	for (i = 0; i < list->n && ctl->format.stats; i++)
		add_counters(ctl, &list->v[i]);
	print_nics(&ctl->format, list);
	for (i = 0; i < list->n; i++)
		list_free(&list->v[i].counters);
}

static int print_nic(struct ctl *ctl, const char *name)
{
	struct nic_list list = { 0 };
	int ret = EXIT_OK;

	if (wire_nic_get(ctl->wire, name, list_append(&list)))
		ret = refused(ctl, "cannot show NIC \"%s\"", name);
	else
		print_all(ctl, &list);
	list_free(&list);
	return ret;
}

static int add_nic(struct ctl *ctl, const struct nic_words *words,
		   const struct switch_info *sw)
{
	struct nic_info nic;
	int ret;

	if (wire_nic_new(ctl->wire, words->name, &words->spec))
		return refused(ctl, "cannot make NIC \"%s\"", words->name);
	ret = plug_in(ctl, words, sw);
	if (ret) {
		if (!wire_nic_get(ctl->wire, words->name, &nic))
			wire_nic_del(ctl->wire, &nic, 0);
		return ret;
	}
	warn_duplicate(ctl, words->name);
	/* Its UUID is what the virtual machine needs. */
	if (ctl->format.json || ctl->format.details)
		return print_nic(ctl, words->name);
	puts(words->spec.uuid);
	return EXIT_OK;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct nic_words words = { .has_master = false };
	struct switch_info sw = { 0 };
	struct nic_info nic;
	const char *word;
	int ret;

	ret = parse_new_name(args, "name of the NIC", words.name);
	while (!ret && (word = args_next(args)))
		ret = parse_add_key(args, word, &words);
	if (ret)
		return ret;
	if (!words.has_model)
		return usage_error("NIC \"%s\": \"model MODEL\" is missing: see \"netemu-ctl nic models\"",
				   words.name);
	ret = check_netns(ctl);
	if (!ret && words.has_master)
		ret = find_switch(ctl, words.master, words.mode, &sw);
	if (ret)
		return ret;
	if (ctl->may_exist && !wire_nic_get(ctl->wire, words.name, &nic)) {
		if (strcmp(nic.model, words.spec.model))
			return refused_because("cannot make NIC \"%s\": there is one of model %s",
					       words.name, nic.model);
		if (wire_nic_set(ctl->wire, &nic, &words.spec))
			return refused(ctl, "cannot change NIC \"%s\"",
				       words.name);
		return EXIT_OK;
	}
	if (!words.has_uuid)
		ret = make_uuid(words.spec.uuid);
	return ret ?: add_nic(ctl, &words, &sw);
}

static int run_set(struct ctl *ctl, struct args *args)
{
	struct nic_spec spec = { .has_addr = false };
	char name[NAME_SIZE];
	struct nic_info nic;
	const char *word;
	int ret;

	ret = parse_name(args, "name of the NIC", name);
	if (!ret && !args_peek(args))
		return usage_error("nothing to change: try \"netemu-ctl nic help\"");
	while (!ret && (word = args_next(args)))
		ret = parse_set_key(args, word, &spec);
	if (ret)
		return ret;
	if (wire_nic_get(ctl->wire, name, &nic) ||
	    wire_nic_set(ctl->wire, &nic, &spec))
		return refused(ctl, "cannot change NIC \"%s\"", name);
	if (spec.has_addr)
		warn_duplicate(ctl, name);
	return EXIT_OK;
}

static int run_del(struct ctl *ctl, struct args *args)
{
	/* Of a batch it says something else. */
	bool force = ctl->force && !ctl->batch;
	char name[NAME_SIZE];
	struct nic_info nic;
	int ret;

	ret = parse_name(args, "name of the NIC", name);
	if (!ret)
		ret = no_more(args);
	if (ret)
		return ret;
	ret = wire_nic_get(ctl->wire, name, &nic);
	if (ret == -ENODEV && ctl->if_exists)
		return EXIT_OK;
	if (ret ||
	    wire_nic_del(ctl->wire, &nic, force ? EJECT_SECONDS : 0))
		return refused(ctl, "cannot delete NIC \"%s\"", name);
	return EXIT_OK;
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct nic_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the NIC", name) ?:
		      no_more(args);
		return ret ?: print_nic(ctl, name);
	}
	if (wire_nic_list(ctl->wire, &list))
		ret = refused(ctl, "cannot list NICs");
	else
		print_all(ctl, &list);
	list_free(&list);
	return ret;
}

static int run_models(struct ctl *ctl, struct args *args)
{
	struct nic_model_list list = { 0 };
	int ret = no_more(args);

	if (ret)
		return ret;
	if (wire_nic_load(ctl->wire) || wire_nic_models(ctl->wire, &list))
		ret = refused(ctl, "cannot list models");
	else
		print_nic_models(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME model MODEL [switch|hub|network SWITCH] [mac MAC] [uuid UUID] [link up|down] [autoneg-ms MS] [doorbell auto|trap] [user USER] [group GROUP]",
		.help = "make a card, plug it in, and print its UUID (-d: how to use it)",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME [link up|down] [mac MAC] [autoneg-ms MS] [doorbell auto|trap] [user USER] [group GROUP]",
		.help = "change what is given; \"link down\" pulls the guest's cable",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME",
		.help = "remove a card that no virtual machine has open (-force: ask it to give it back)",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show one card or all of them (-d: how to use them; -s: what they counted)",
	}, {
		.name = "models", .run = run_models,
		.synopsis = "",
		.help = "show what kinds of cards there are",
	}, { .name = NULL }
};

const struct object nic_object = {
	.name = "nic",
	.help = "an emulated card for a virtual machine",
	.verbs = verbs,
	.more = "USER or GROUP may open the card's device file; without, only root may.\n"
		"Without \"mac\" the address is 52:54:00 and three bytes that follow from the UUID.\n"
		"MS: so long autonegotiation takes, 1 to 60000 milliseconds, 2 if it is not said.\n"
		"doorbell: \"auto\" lets a guest send without leaving it; \"trap\" never does.\n",
};

// SPDX-License-Identifier: GPL-2.0
/* Leases: which guest has which address, and which are kept for whom. */
#include "ctl.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_gateway(struct ctl *ctl, struct args *args, int *gateway)
{
	char name[NAME_SIZE];

	return parse_name(args, "name of the network", name) ?:
	       find_gateway_index(ctl, name, gateway);
}

static int parse_id(struct args *args, const char *key,
		    struct lease_info *lease)
{
	const char *word = args_next(args);
	char byte[3] = "";
	size_t i, len;

	if (!word)
		return usage_error("%s: its value is missing", key);
	len = strlen(word);
	for (i = 0; i < len && isxdigit((unsigned char)word[i]); i++)
		;
	if (!len || i < len || len % 2 || len / 2 > sizeof(lease->id))
		return usage_error("%s: \"%s\" is not 1 to %zu pairs of hexadecimal digits",
				   key, word, sizeof(lease->id));
	for (i = 0; i < len; i += 2) {
		memcpy(byte, word + i, 2);
		lease->id[i / 2] = strtoul(byte, NULL, 16);
	}
	lease->id_len = len / 2;
	lease->reserved = NETEMU_LEASE_BY_CLIENT_ID;
	return EXIT_OK;
}

static int parse_hostname(struct args *args, const char *key,
			  struct lease_info *lease)
{
	const char *word = args_next(args);

	if (!word)
		return usage_error("%s: its value is missing", key);
	if (!*word || strlen(word) >= sizeof(lease->hostname))
		return usage_error("%s: \"%s\" is no host name (allowed: 1 to %zu characters)",
				   key, word, sizeof(lease->hostname) - 1);
	strcpy(lease->hostname, word);
	lease->hostname_given = true;
	return EXIT_OK;
}

static int parse_add(struct args *args, struct lease_info *lease)
{
	bool has_mac = false, has_id = false, has_addr = false, named = false;
	const char *word;
	int ret = EXIT_OK;

	while (!ret && (word = args_next(args))) {
		if (!strcmp(word, "mac"))
			ret = once(&has_mac, word) ?:
			      parse_mac(args, word, lease->mac);
		else if (!strcmp(word, "client-id"))
			ret = once(&has_id, word) ?:
			      parse_id(args, word, lease);
		else if (!strcmp(word, "address"))
			ret = once(&has_addr, word) ?:
			      parse_ipv4(args, word, &lease->addr);
		else if (!strcmp(word, "hostname"))
			ret = once(&named, word) ?:
			      parse_hostname(args, word, lease);
		else
			ret = usage_error("unknown key \"%s\": try \"netemu-ctl lease help\"",
					  word);
	}
	if (ret)
		return ret;
	if (has_mac == has_id)
		return usage_error("for whom? One of \"mac\" and \"client-id\" is needed");
	if (!has_addr)
		return usage_error("\"address\" is missing");
	if (has_mac)
		lease->reserved = NETEMU_LEASE_BY_MAC;
	return EXIT_OK;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct lease_info lease = { .gateway = 0 };
	char name[NAME_SIZE], addr[IPV4_TEXT_SIZE];
	int gateway, ret;

	ret = parse_name(args, "name of the network", name) ?:
	      parse_add(args, &lease) ?:
	      find_gateway_index(ctl, name, &gateway);
	if (ret)
		return ret;
	ipv4_text(lease.addr, addr);
	if (wire_lease_reserve(ctl->wire, gateway, &lease))
		return refused(ctl, "cannot reserve %s", addr);
	return EXIT_OK;
}

static int del(struct ctl *ctl, int gateway, uint32_t addr, bool if_exists)
{
	char text[IPV4_TEXT_SIZE];
	int ret;

	ret = wire_lease_del(ctl->wire, gateway, addr);
	if (!ret || (if_exists && ret == -ENOENT))
		return EXIT_OK;
	ipv4_text(addr, text);
	return refused(ctl, "cannot delete lease %s", text);
}

/* Also those that are over. One that goes meanwhile by itself is no failure. */
static int del_all(struct ctl *ctl, int gateway)
{
	struct lease_list leases = { 0 };
	int ret = EXIT_OK;
	size_t i;

	if (wire_lease_list(ctl->wire, gateway, &leases))
		ret = refused(ctl, "cannot list leases");
	for (i = 0; i < leases.n && !ret; i++)
		ret = del(ctl, gateway, leases.v[i].addr, true);
	list_free(&leases);
	return ret;
}

static int run_del(struct ctl *ctl, struct args *args)
{
	char name[NAME_SIZE];
	uint32_t addr = 0;
	int gateway, ret;
	bool all = false;

	ret = parse_name(args, "name of the network", name);
	if (!ret && args_peek(args) && !strcmp(args_peek(args), "all"))
		all = args_next(args);
	else if (!ret)
		ret = parse_ipv4(args, "address", &addr);
	ret = ret ?: no_more(args) ?: find_gateway_index(ctl, name, &gateway);
	if (ret)
		return ret;
	return all ? del_all(ctl, gateway) :
		     del(ctl, gateway, addr, ctl->if_exists);
}

static bool is_any(const struct lease_info *lease)
{
	(void)lease;
	return true;
}

static bool is_current(const struct lease_info *lease)
{
	return lease->reserved || (lease->state != NETEMU_LEASE_RELEASED &&
				   lease->state != NETEMU_LEASE_EXPIRED);
}

static bool is_worth_saving(const struct lease_info *lease)
{
	return lease->reserved || lease->state == NETEMU_LEASE_BOUND;
}

static int by_address(const void *a, const void *b)
{
	const struct lease_info *x = a, *y = b;
	const uint8_t *p = (const uint8_t *)&x->addr;
	const uint8_t *q = (const uint8_t *)&y->addr;

	if (x->gateway != y->gateway)
		return x->gateway < y->gateway ? -1 : 1;
	return memcmp(p, q, sizeof(x->addr));
}

/* Drops what @wanted refuses, and puts the rest in order. */
static void arrange(struct lease_list *leases,
		    bool (*wanted)(const struct lease_info *lease))
{
	size_t i, kept = 0;

	for (i = 0; i < leases->n; i++)
		if (wanted(&leases->v[i]))
			leases->v[kept++] = leases->v[i];
	leases->n = kept;
	if (kept)
		qsort(leases->v, kept, sizeof(*leases->v), by_address);
}

int lease_list_get(struct ctl *ctl, int gateway, struct lease_list *leases)
{
	int ret = wire_lease_list(ctl->wire, gateway, leases);

	if (!ret)
		arrange(leases, ctl->format.details ? is_any : is_current);
	return ret;
}

/* The gateway that is named, or 0 for all. */
static int parse_which(struct ctl *ctl, struct args *args, int *gateway)
{
	*gateway = 0;
	if (!args_peek(args))
		return EXIT_OK;
	return parse_gateway(ctl, args, gateway) ?: no_more(args);
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct lease_list leases = { 0 };
	int gateway, ret;

	ret = parse_which(ctl, args, &gateway);
	if (!ret && lease_list_get(ctl, gateway, &leases))
		ret = refused(ctl, "cannot list leases");
	if (!ret)
		print_leases(&ctl->format, &leases);
	list_free(&leases);
	return ret;
}

static int run_save(struct ctl *ctl, struct args *args)
{
	struct format json = { .json = true, .pretty = true };
	struct lease_list leases = { 0 };
	int gateway, ret;

	ret = parse_which(ctl, args, &gateway);
	if (!ret && wire_lease_list(ctl->wire, gateway, &leases))
		ret = refused(ctl, "cannot list leases");
	if (!ret) {
		arrange(&leases, is_worth_saving);
		print_leases(&json, &leases);
	}
	list_free(&leases);
	return ret;
}

/* A reservation first: it waits for the lease of its client. */
static int restore(struct ctl *ctl, int gateway, const struct lease_info *lease)
{
	char addr[IPV4_TEXT_SIZE];
	int ret = 0;

	if (lease->reserved)
		ret = wire_lease_reserve(ctl->wire, gateway, lease);
	if (ctl->may_exist && ret == -EEXIST)
		ret = 0;
	if (!ret && lease->state == NETEMU_LEASE_BOUND && lease->has_mac)
		ret = wire_lease_restore(ctl->wire, gateway, lease);
	if (!ret || (ctl->may_exist && ret == -EADDRINUSE))
		return EXIT_OK;
	ipv4_text(lease->addr, addr);
	return refused(ctl, "cannot restore %s", addr);
}

static int run_restore(struct ctl *ctl, struct args *args)
{
	struct lease_list leases = { 0 };
	const char *word, *file = "-";
	bool has_file = false;
	int only = 0, gateway, ret = EXIT_OK;
	size_t i, n;

	while (!ret && (word = args_peek(args))) {
		if (strcmp(word, "file")) {
			ret = only ? no_more(args) :
			      parse_gateway(ctl, args, &only);
			continue;
		}
		args_next(args);
		ret = once(&has_file, word) ?:
		      parse_word(args, "name of the file", &file);
	}
	if (!ret)
		ret = lease_file_read(file, &leases);
	/* What can be restored is. */
	for (i = 0, n = ret ? 0 : leases.n; i < n; i++) {
		gateway = only;
		if ((!only && find_gateway_index(ctl, leases.v[i].gateway_name,
					   &gateway)) ||
		    restore(ctl, gateway, &leases.v[i]))
			ret = EXIT_REFUSED;
	}
	list_free(&leases);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add,
		.synopsis = "NETWORK mac MAC|client-id HEX address ADDRESS [hostname NAME]",
		.help = "keep an address for a guest",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NETWORK ADDRESS|all",
		.help = "forget a lease or all, and for whom they are kept",
	}, {
		.name = "save", .run = run_save,
		.synopsis = "[NETWORK]",
		.help = "write what is leased and kept, as JSON",
	}, {
		.name = "restore", .run = run_restore, .may_exist = true,
		.synopsis = "[NETWORK] [file FILE]",
		.help = "read it back, from standard input if there is no FILE",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NETWORK]",
		.help = "show the leases of one network or all; -d with those that are over",
	}, { .name = NULL }
};

const struct object lease_object = {
	.name = "lease",
	.help = "addresses of guests, and for whom they are kept",
	.verbs = verbs,
	.more = "NETWORK is the name of a network, or of a gateway.\n",
};

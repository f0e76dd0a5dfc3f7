// SPDX-License-Identifier: GPL-2.0
/* Gateways: ports of a switch that give guests addresses and the world. */
#include "ctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gateway_words {
	struct gateway_spec spec;
	char master[NAME_SIZE];
	uint32_t mode;
	bool has_master;
};

static int find_gateway(struct ctl *ctl, const char *name,
			struct link_info *link)
{
	if (wire_gateway_get(ctl->wire, name, link))
		return refused(ctl, "cannot find gateway \"%s\"", name);
	return check_kind(link, NETEMU_KIND_GATEWAY, "gateway");
}

int find_gateway_of(struct ctl *ctl, const char *name, struct link_info *link)
{
	struct network_info network;

	if (!wire_network_get(ctl->wire, name, &network)) {
		if (!network.gateway_ifindex)
			return refused_because("network \"%s\" has no gateway",
					       name);
		*link = network.gateway;
		return EXIT_OK;
	}
	if (wire_gateway_get(ctl->wire, name, link))
		return refused(ctl, "cannot find network or gateway \"%s\"",
			       name);
	if (link->gateway.present)
		return EXIT_OK;
	return refused_because("cannot find network or gateway \"%s\"", name);
}

int find_gateway_index(struct ctl *ctl, const char *name, int *ifindex)
{
	struct link_info link;
	int ret;

	ret = find_gateway_of(ctl, name, &link);
	if (!ret)
		*ifindex = link.ifindex;
	return ret;
}

/* "A", "A,B", "A,B,C", "none", or "auto": what the host uses. */
static int parse_resolvers(struct ctl *ctl, struct args *args, const char *key,
			   struct gateway_spec *spec)
{
	struct resolvers *resolvers = &spec->resolvers;
	char text[IPV4_TEXT_SIZE];
	const char *word;
	size_t n;

	word = args_next(args);
	if (!word)
		return usage_error("%s: its value is missing", key);
	resolvers->n = 0;
	if (!strcmp(word, "none"))
		return EXIT_OK;
	if (!strcmp(word, "auto")) {
		host_resolvers(ctl->netns, resolvers);
		spec->resolvers_auto = true;
		return EXIT_OK;
	}
	for (;; word += n + 1) {
		n = strcspn(word, ",");
		if (resolvers->n == NETEMU_GW_RESOLVERS_MAX)
			return usage_error("%s: too many addresses (allowed: 1 to %d, none, auto)",
					   key, NETEMU_GW_RESOLVERS_MAX);
		snprintf(text, sizeof(text), "%.*s", (int)n, word);
		if (n >= sizeof(text) ||
		    inet_pton(AF_INET, text, &resolvers->v[resolvers->n]) != 1)
			return usage_error("%s: \"%.*s\" is neither an IPv4 address nor none nor auto",
					   key, (int)n, word);
		resolvers->n++;
		if (!word[n])
			return EXIT_OK;
	}
}

int gateway_key(struct ctl *ctl, struct args *args, const char *word,
		const char *object, struct gateway_spec *spec)
{
	bool found;
	int ret;

	if (!strcmp(word, "subnet"))
		return once(&spec->has_subnet, word) ?:
		       parse_subnet(args, word, &spec->subnet);
	if (!strcmp(word, "dns-server"))
		return once(&spec->has_resolvers, word) ?:
		       parse_resolvers(ctl, args, word, spec);
	ret = parse_opt(args, word, "", gateway_opts, GATEWAY_OPT_COUNT,
			&spec->opts, &found);
	if (!found)
		ret = dhcp_key(args, word, &spec->words, &found);
	if (found)
		return ret;
	return usage_error("unknown key \"%s\": try \"netemu-ctl %s help\"",
			   word, object);
}

static int parse_key(struct ctl *ctl, struct args *args, const char *word,
		     struct gateway_words *words)
{
	struct gateway_spec *spec = &words->spec;

	if (!strcmp(word, "mtu"))
		return once(&spec->has_mtu, word) ?:
		       parse_mtu(args, word, &spec->mtu);
	return gateway_key(ctl, args, word, "gateway", spec);
}

static int parse_add(struct ctl *ctl, struct args *args,
		     struct gateway_words *words)
{
	const char *word;
	int ret;

	ret = parse_new_name(args, "name of the gateway", words->spec.name);
	while (!ret && (word = args_next(args))) {
		if (!strcmp(word, "switch") || !strcmp(word, "hub"))
			ret = parse_switch_key(args, word, &words->has_master,
					       words->master, &words->mode);
		else
			ret = parse_key(ctl, args, word, words);
	}
	return ret;
}

bool gateway_changes(const struct gateway_spec *spec)
{
	return spec->opts.given || spec->words.given || spec->has_subnet || spec->has_resolvers ||
	       spec->has_mtu || spec->up;
}

int gateway_change(struct ctl *ctl, struct gateway_spec *spec,
		   const struct link_info *link)
{
	const struct subnet *is = &link->gateway.subnet;
	int ret;

	/* To the kernel a subnet moves all addresses that don't come along. */
	if (spec->has_subnet && spec->subnet.addr == is->addr &&
	    spec->subnet.prefix == is->prefix)
		spec->has_subnet = false;
	ret = spec->has_mtu ? check_mtu(spec->mtu, link) : EXIT_OK;
	if (ret || !gateway_changes(spec))
		return ret;
	if (wire_gateway_set(ctl->wire, link->ifindex, spec))
		return refused(ctl, "cannot change gateway \"%s\"",
			       spec->name);
	return EXIT_OK;
}

static int plug_in(struct ctl *ctl, const struct link_info *link,
		   const struct switch_info *sw)
{
	struct opts none = { .given = 0 };

	if (wire_port_new(ctl->wire, sw->link.ifindex, link->ifindex, &none))
		return refused(ctl, "cannot add gateway \"%s\" to \"%s\"",
			       link->name, sw->link.name);
	return EXIT_OK;
}

/* --may-exist, and it does: it has to be the same thing. */
static int add_existing(struct ctl *ctl, struct gateway_words *words,
			const struct switch_info *sw,
			const struct link_info *link)
{
	bool plug = words->has_master && link->master != sw->link.ifindex;
	int ret;

	ret = check_kind(link, NETEMU_KIND_GATEWAY, "gateway");
	if (!ret && plug)
		ret = plug_in(ctl, link, sw);
	if (ret)
		return ret;
	words->spec.up = !link->up;
	ret = gateway_change(ctl, &words->spec, link);
	if (ret && plug)
		wire_port_del(ctl->wire, link->ifindex);
	return ret;
}

static int add_new(struct ctl *ctl, struct gateway_words *words,
		   const struct switch_info *sw)
{
	struct gateway_spec *spec = &words->spec;
	struct link_info link;
	int ret;

	if (!spec->has_resolvers) {
		spec->has_resolvers = true;
		spec->resolvers_auto = true;
		host_resolvers(ctl->netns, &spec->resolvers);
	}
	if (wire_gateway_new(ctl->wire, spec))
		return refused(ctl, "cannot add gateway \"%s\"", spec->name);
	if (!words->has_master)
		return EXIT_OK;
	if (wire_link_get(ctl->wire, spec->name, &link))
		return refused(ctl, "cannot add gateway \"%s\"", spec->name);
	ret = plug_in(ctl, &link, sw);
	if (ret)
		wire_link_del(ctl->wire, link.ifindex);
	return ret;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct gateway_words words = { .has_master = false };
	struct switch_info sw;
	struct link_info link;
	int ret;

	ret = parse_add(ctl, args, &words);
	if (!ret && words.has_master)
		ret = find_switch(ctl, words.master, words.mode, &sw);
	if (ret)
		return ret;
	if (wire_link_get(ctl->wire, words.spec.name, &link))
		return add_new(ctl, &words, &sw);
	if (ctl->may_exist)
		return add_existing(ctl, &words, &sw, &link);
	return refused_because("cannot add gateway \"%s\": a device of this name exists already",
			       words.spec.name);
}

static int run_set(struct ctl *ctl, struct args *args)
{
	struct gateway_words words = { .has_master = false };
	struct link_info link;
	const char *word;
	int ret;

	ret = parse_name(args, "name of the gateway", words.spec.name);
	while (!ret && (word = args_next(args)))
		ret = parse_key(ctl, args, word, &words);
	if (ret)
		return ret;
	if (!gateway_changes(&words.spec))
		return usage_error("nothing to change: try \"netemu-ctl gateway help\"");
	return find_gateway(ctl, words.spec.name, &link) ?:
	       gateway_change(ctl, &words.spec, &link);
}

/* Gives one gateway the resolvers that the host has now, if it follows them. */
static int refresh(struct ctl *ctl, const struct link_info *link,
		   const struct resolvers *resolvers)
{
	const struct resolvers *is = &link->gateway.resolvers;
	struct gateway_spec spec = {
		.has_resolvers = true,
		.resolvers_auto = true,
		.resolvers = *resolvers,
	};
	int ret;

	if (!link->gateway.resolvers_auto ||
	    (is->n == resolvers->n &&
	     !memcmp(is->v, resolvers->v, is->n * sizeof(*is->v))))
		return EXIT_OK;
	/* One that has just gone needs nothing any more. */
	ret = wire_gateway_set(ctl->wire, link->ifindex, &spec);
	if (ret && ret != -ENODEV)
		return refused(ctl, "cannot change gateway \"%s\"", link->name);
	return EXIT_OK;
}

static int run_refresh(struct ctl *ctl, struct args *args)
{
	struct link_list list = { 0 };
	struct resolvers resolvers;
	size_t i;
	int ret;

	ret = no_more(args);
	if (ret)
		return ret;
	host_resolvers(ctl->netns, &resolvers);
	if (wire_gateway_list(ctl->wire, &list))
		ret = refused(ctl, "cannot list gateways");
	for (i = 0; i < list.n; i++)
		if (refresh(ctl, &list.v[i], &resolvers))
			ret = EXIT_REFUSED;
	list_free(&list);
	return ret;
}

static int run_del(struct ctl *ctl, struct args *args)
{
	struct link_info link;
	char name[NAME_SIZE];
	int ret;

	ret = parse_name(args, "name of the gateway", name);
	if (!ret)
		ret = no_more(args);
	if (ret)
		return ret;
	if (ctl->if_exists && wire_link_get(ctl->wire, name, &link) == -ENODEV)
		return EXIT_OK;
	return find_gateway(ctl, name, &link) ?:
	       delete_link(ctl, &link, "gateway");
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct link_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the gateway", name);
		if (!ret)
			ret = no_more(args);
		if (!ret)
			ret = find_gateway(ctl, name, list_append(&list));
	} else if (wire_gateway_list(ctl->wire, &list)) {
		ret = refused(ctl, "cannot list gateways");
	}
	if (!ret)
		print_gateways(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME [switch|hub SWITCH] [subnet SUBNET] [dns-server SERVERS] [mtu N] [KEY VALUE]...",
		.help = "make a gateway, bring it up, and plug it in",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME [dns-server SERVERS] [mtu N] [KEY VALUE]...",
		.help = "change what is given; the rest stays",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME",
		.help = "remove a gateway, its leases and its connections",
	}, {
		.name = "refresh", .run = run_refresh,
		.synopsis = "",
		.help = "re-read the host's resolvers, for gateways that follow them",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show one gateway or all of them",
	}, { .name = NULL }
};

static const struct key_group keys[] = {
	{ "Keys, with what is allowed and [what it is at first]", "",
	  gateway_opts, GATEWAY_OPT_COUNT },
	{ .title = NULL }
};

const struct object gateway_object = {
	.name = "gateway",
	.help = "gives guests addresses by DHCP and the world by NAT",
	.verbs = verbs,
	.keys = keys,
	.more = "SUBNET is like 10.0.2.0/24, which it is at first; its mask has 16 to 29 bits.\n"
		"SERVERS are up to three resolvers of the host, as in 192.0.2.1,192.0.2.2;\n"
		"\"none\"; or \"auto\", those of /etc/resolv.conf, which it is at first:\n"
		"only these are changed by \"refresh\".\n" DHCP_HELP,
};

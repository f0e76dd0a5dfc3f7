// SPDX-License-Identifier: GPL-2.0
/* Networks: a switch with its gateway, in one command. */
#include "ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_mode(struct args *args, const char *key, uint32_t *mode)
{
	const char *word;
	int ret;

	ret = parse_word(args, key, &word);
	if (ret || network_mode_parse(word, mode))
		return ret;
	return usage_error("%s: \"%s\" is none of nat, routed, host-only, isolated, bridged",
			   key, word);
}

static int parse_uplink_mode(struct args *args, const char *key,
			     struct network_spec *spec)
{
	const char *word;
	int ret;

	ret = once(&spec->has_uplink_mode, key) ?:
	      parse_word(args, key, &word);
	if (ret)
		return ret;
	if (uplink_mode_parse(word, &spec->uplink_mode))
		return EXIT_OK;
	return usage_error("%s: \"%s\" is neither shared nor exclusive", key,
			   word);
}

static int check_uplink(const struct network_spec *spec)
{
	bool bridged = spec->mode == NETEMU_NETWORK_BRIDGED;

	if (bridged && !spec->uplink[0])
		return usage_error("a network of mode bridged needs \"uplink DEVICE\"");
	if (!bridged &&
	    (spec->uplink[0] || spec->has_uplink_mode || spec->force))
		return usage_error("uplink, uplink-mode and force are for mode bridged");
	return EXIT_OK;
}

/* The keys of some modes; @found is false for others. */
static int mode_key(struct args *args, const char *word,
		    struct network_spec *spec, bool *found)
{
	bool has_uplink = spec->uplink[0];

	*found = true;
	if (!strcmp(word, "forwarding"))
		return once(&spec->has_forwarding, word) ?:
		       parse_bool(args, word, &spec->forwarding);
	if (!strcmp(word, "uplink"))
		return once(&has_uplink, word) ?:
		       parse_name(args, "name of the uplink", spec->uplink);
	if (!strcmp(word, "uplink-mode"))
		return parse_uplink_mode(args, word, spec);
	if (!strcmp(word, "force"))
		return once(&spec->force, word);
	*found = false;
	return EXIT_OK;
}

static int parse_add(struct ctl *ctl, struct args *args,
		     struct network_spec *spec)
{
	struct gateway_spec *gateway = &spec->gateway;
	bool has_mode = false, found;
	const char *word;
	int ret;

	ret = parse_new_name(args, "name of the network", spec->name);
	if (!ret && strlen(spec->name) > NETEMU_NETWORK_NAME_MAX)
		ret = usage_error("name of the network: \"%s\" is too long (allowed: 1 to %d characters)",
				  spec->name, NETEMU_NETWORK_NAME_MAX);
	while (!ret && (word = args_next(args))) {
		if (!strcmp(word, "mode")) {
			ret = once(&has_mode, word) ?:
			      parse_mode(args, word, &spec->mode);
			continue;
		}
		ret = mode_key(args, word, spec, &found);
		if (!found)
			ret = gateway_key(ctl, args, word, "network", gateway);
	}
	if (!ret && spec->has_forwarding && spec->mode != NETEMU_NETWORK_ROUTED)
		ret = usage_error("forwarding: only a network of mode routed needs it");
	if (!ret)
		ret = check_uplink(spec);
	if (!ret && !network_mode_has_gateway(spec->mode) &&
	    gateway_changes(gateway))
		ret = usage_error("a network of mode %s has no gateway: it takes no other key",
				  network_mode_name(spec->mode));
	return ret;
}

static int find_network(struct ctl *ctl, const char *name,
			struct network_info *network)
{
	if (wire_network_get(ctl->wire, name, network))
		return refused(ctl, "cannot find network \"%s\"", name);
	return EXIT_OK;
}

static int change(struct ctl *ctl, struct gateway_spec *spec,
		  const struct network_info *network)
{
	if (!network->gateway_ifindex)
		return refused_because("network \"%s\" has no gateway",
				       network->name);
	strcpy(spec->name, network->gateway.name);
	return gateway_change(ctl, spec, &network->gateway);
}

/* --may-exist, and it does: it has to be the same thing. */
static int add_existing(struct ctl *ctl, struct network_spec *spec,
			const struct network_info *network)
{
	if (network->mode != spec->mode)
		return refused_because("network \"%s\" has mode %s, not %s",
				       spec->name,
				       network_mode_name(network->mode),
				       network_mode_name(spec->mode));
	if (spec->uplink[0] && (!network->uplink_ifindex ||
				strcmp(network->uplink.name, spec->uplink) ||
				network->uplink_mode != spec->uplink_mode))
		return refused_because("network \"%s\" has another uplink, or none any more",
				       spec->name);
	return gateway_changes(&spec->gateway) ?
	       change(ctl, &spec->gateway, network) : EXIT_OK;
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct network_spec spec = { .mode = NETEMU_NETWORK_NAT };
	struct gateway_spec *gateway = &spec.gateway;
	struct network_info network;
	struct link_info uplink;
	int ret;

	ret = parse_add(ctl, args, &spec);
	if (ret)
		return ret;
	if (ctl->may_exist &&
	    !wire_network_get(ctl->wire, spec.name, &network))
		return add_existing(ctl, &spec, &network);
	if (spec.uplink[0]) {
		if (wire_link_get(ctl->wire, spec.uplink, &uplink))
			return refused(ctl, "cannot find uplink \"%s\"",
				       spec.uplink);
		spec.uplink_ifindex = uplink.ifindex;
	}
	if (!gateway->has_resolvers && spec.mode != NETEMU_NETWORK_HOST_ONLY) {
		gateway->has_resolvers = true;
		gateway->resolvers_auto = true;
		host_resolvers(ctl->netns, &gateway->resolvers);
	}
	if (wire_network_new(ctl->wire, &spec))
		return refused(ctl, "cannot add network \"%s\"", spec.name);
	return EXIT_OK;
}

static int run_set(struct ctl *ctl, struct args *args)
{
	struct gateway_spec spec = { .has_mtu = false };
	struct network_info network;
	char name[NAME_SIZE];
	const char *word;
	int ret;

	ret = parse_name(args, "name of the network", name);
	while (!ret && (word = args_next(args)))
		ret = gateway_key(ctl, args, word, "network", &spec);
	if (ret)
		return ret;
	if (!gateway_changes(&spec))
		return usage_error("nothing to change: try \"netemu-ctl network help\"");
	return find_network(ctl, name, &network) ?:
	       change(ctl, &spec, &network);
}

static int run_del(struct ctl *ctl, struct args *args)
{
	char name[NAME_SIZE];
	int ret;

	ret = parse_name(args, "name of the network", name);
	if (!ret)
		ret = no_more(args);
	if (ret)
		return ret;
	ret = wire_network_del(ctl->wire, name);
	if (!ret || (ctl->if_exists && ret == -ENODEV))
		return EXIT_OK;
	return refused(ctl, "cannot delete network \"%s\"", name);
}

/*
 * What only JSON shows of a network, as it would be too much for a line. Without
 * CAP_NET_ADMIN nobody sees it.
 */
static int get_lists(struct ctl *ctl, struct network_info *network)
{
	struct wire *w = ctl->wire;
	int gateway = network->gateway_ifindex;
	int ret;

	if (!gateway)
		return EXIT_OK;
	ret = lease_list_get(ctl, gateway, &network->leases) ?:
	      wire_forward_list(w, gateway, NETEMU_FORWARD_TO_GUEST,
				&network->forwards) ?:
	      wire_forward_list(w, gateway, NETEMU_FORWARD_SERVICE,
				&network->services);
	/* Gone since it was listed. */
	if (ret == -EPERM || ret == -ENODEV)
		return EXIT_OK;
	network->has_lists = !ret;
	return ret ? refused(ctl, "cannot list what network \"%s\" has",
			     network->name) : EXIT_OK;
}

static void free_networks(struct network_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		list_free(&list->v[i].leases);
		list_free(&list->v[i].forwards);
		list_free(&list->v[i].services);
	}
	list_free(list);
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct network_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;
	size_t i;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the network", name);
		if (!ret)
			ret = no_more(args);
		if (!ret)
			ret = find_network(ctl, name, list_append(&list));
	} else if (wire_network_list(ctl->wire, &list)) {
		ret = refused(ctl, "cannot list networks");
	}
	for (i = 0; !ret && ctl->format.json && i < list.n; i++)
		ret = get_lists(ctl, &list.v[i]);
	if (!ret)
		print_networks(&ctl->format, &list);
	free_networks(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME [mode nat|routed|host-only|isolated|bridged] [forwarding on|off] [uplink DEVICE [uplink-mode shared|exclusive] [force]] [subnet SUBNET] [dns-server SERVERS] [KEY VALUE]...",
		.help = "make a switch and its gateway, and bring them up",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME [dns-server SERVERS] [KEY VALUE]...",
		.help = "change what is given; the rest stays",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME",
		.help = "remove both; devices that were ports stay",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show one network or all of them",
	}, { .name = NULL }
};

static const struct key_group keys[] = {
	{ "Keys of networks with a gateway, with what is allowed and [what it is at first]", "",
	  gateway_opts, GATEWAY_OPT_COUNT },
	{ .title = NULL }
};

const struct object network_object = {
	.name = "network",
	.help = "a switch with a gateway: DHCP, DNS and NAT for its guests",
	.verbs = verbs,
	.keys = keys,
	.more = "Mode nat, which it is at first, has a gateway, the device NAME-gw, by which\n"
		"guests reach the world as the host; mode isolated has none. In mode host-only\n"
		"and routed the host is in the network too, at the gateway's address, and in\n"
		"mode routed it forwards; \"forwarding on\" turns that on where it is off. In mode\n"
		"bridged the DEVICE is a port: shared with the host, which it is at first, or\n"
		"exclusive; \"force\" takes it then although the host has addresses by it.\n"
		"SUBNET and SERVERS are those of \"gateway add\".\n"
		DHCP_HELP,
};

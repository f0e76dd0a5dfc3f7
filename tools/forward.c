// SPDX-License-Identifier: GPL-2.0
/*
 * Port forwards: ports of the host that lead to a guest. And services, the other
 * way round: ports that guests see, which lead outside.
 */
#include "ctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#define PORT_MAX	65535

/* Exactly @len digits. */
static bool to_port(const char *word, size_t len, uint32_t *port)
{
	size_t i;

	*port = 0;
	if (!len || len > 5)
		return false;
	for (i = 0; i < len; i++) {
		if (word[i] < '0' || word[i] > '9')
			return false;
		*port = *port * 10 + word[i] - '0';
	}
	return *port && *port <= PORT_MAX;
}

/* "PORT", "PORT-PORT", or "auto" for port 0. */
static int parse_ports(const char *what, const char *word, uint32_t *port,
		       uint32_t *ports)
{
	size_t first = strcspn(word, "-");
	uint32_t last;

	*port = 0;
	*ports = 1;
	if (!strcmp(word, "auto"))
		return EXIT_OK;
	if (!to_port(word, first, port))
		return usage_error("%s: \"%s\" is not a port (allowed: 1 to %d)",
				   what, word, PORT_MAX);
	if (!word[first])
		return EXIT_OK;
	if (!to_port(word + first + 1, strlen(word + first + 1), &last) ||
	    last < *port)
		return usage_error("%s: \"%s\" is not a range of ports like 8000-8009",
				   what, word);
	*ports = last - *port + 1;
	return EXIT_OK;
}

/* The @len characters at @word are an address. */
static int parse_address(const char *what, const char *word, size_t len,
			 uint32_t *addr)
{
	char text[IPV4_TEXT_SIZE] = "";
	struct in_addr in;

	if (len < sizeof(text))
		memcpy(text, word, len);
	if (inet_pton(AF_INET, text, &in) != 1)
		return usage_error("%s: \"%.*s\" is not an IPv4 address like 10.0.2.15",
				   what, (int)len, word);
	*addr = in.s_addr;
	return EXIT_OK;
}

/* "[ADDRESS:]PORT[-PORT]" or "auto"; a service has an address and no auto. */
static int parse_from(struct args *args, struct forward *forward)
{
	const char *word, *colon, *ports;
	int ret;

	ret = parse_word(args, "port", &word);
	if (ret)
		return ret;
	colon = strchr(word, ':');
	ports = colon ? colon + 1 : word;
	if (colon)
		ret = parse_address("port", word, colon - word, &forward->addr);
	else if (forward->kind == NETEMU_FORWARD_SERVICE)
		ret = usage_error("port: \"%s\" has no address: a service is ADDRESS:PORT",
				  word);
	if (!ret)
		ret = parse_ports("port", ports, &forward->port,
				  &forward->ports);
	if (!ret && !forward->port && forward->kind == NETEMU_FORWARD_SERVICE)
		ret = usage_error("port: a service has a port of its own, not auto");
	return ret;
}

/* "to ADDRESS[:PORT]": the first one of as many ports. */
static int parse_to(struct args *args, struct forward *forward)
{
	const char *word;
	size_t len;
	int ret;

	ret = parse_word(args, "\"to\"", &word);
	if (!ret && strcmp(word, "to"))
		ret = usage_error("\"%s\" is not \"to\"", word);
	if (!ret)
		ret = parse_word(args, "where it goes", &word);
	if (ret)
		return ret;
	len = strcspn(word, ":");
	ret = parse_address("to", word, len, &forward->to);
	if (ret)
		return ret;
	if (!word[len] && !forward->port)
		return usage_error("to: \"%s\" has no port, and auto says none",
				   word);
	forward->to_port = forward->port;
	if (word[len] && !to_port(word + len + 1, strlen(word + len + 1),
				  &forward->to_port))
		return usage_error("to: \"%s\" is not a port (allowed: 1 to %d)",
				   word + len + 1, PORT_MAX);
	if (forward->to_port + forward->ports - 1 > PORT_MAX)
		return usage_error("to: %u ports from %u on are too many (allowed: up to %d)",
				   forward->ports, forward->to_port, PORT_MAX);
	return EXIT_OK;
}

static int parse_protocol(struct args *args, uint32_t *protocol)
{
	const char *word;
	int ret;

	ret = parse_word(args, "protocol", &word);
	if (ret)
		return ret;
	if (!strcmp(word, "tcp"))
		*protocol = IPPROTO_TCP;
	else if (!strcmp(word, "udp"))
		*protocol = IPPROTO_UDP;
	else
		return usage_error("protocol: \"%s\" is neither tcp nor udp",
				   word);
	return EXIT_OK;
}

/* All words of "add", or those of "del"; @name is of a network or gateway. */
static int parse_forward_words(struct args *args, bool add, char *name,
			       struct forward *forward)
{
	int ret;

	ret = parse_name(args, "name of the network", name);
	if (!ret)
		ret = parse_protocol(args, &forward->protocol);
	if (!ret)
		ret = parse_from(args, forward);
	if (!ret && add)
		ret = parse_to(args, forward);
	return ret ? ret : no_more(args);
}

static bool shares_port(const struct forward *a, const struct forward *b)
{
	return a->protocol == b->protocol &&
	       (!a->addr || !b->addr || a->addr == b->addr) &&
	       a->port < b->port + b->ports && b->port < a->port + a->ports;
}

/* The port is taken: by a forward of another gateway, or by a program. */
static int taken(struct ctl *ctl, const char *name,
		 const struct forward *forward)
{
	struct forward_list list = { 0 };
	struct port_holder holder;
	char why[128], text[FORWARD_TEXT_SIZE];
	bool found = false;
	size_t i;

	snprintf(why, sizeof(why), "%s", wire_why(ctl->wire));
	forward_text(forward, text);
	if (!wire_forward_list(ctl->wire, 0, NETEMU_FORWARD_TO_GUEST, &list))
		for (i = 0; i < list.n && !found; i++)
			if (shares_port(forward, &list.v[i])) {
				found = true;
				snprintf(why, sizeof(why),
					 "the port is taken by a forward of gateway \"%s\"",
					 list.v[i].gateway_name);
			}
	list_free(&list);
	if (!found)
		find_port_holder(forward, &holder);
	if (found || !holder.pid)
		return refused_because("cannot add forward %s to \"%s\": %s",
				       text, name, why);
	return refused_because("cannot add forward %s to \"%s\": the port is taken by process %d (%s)",
			       text, name, holder.pid, holder.name);
}

static bool is_there(struct ctl *ctl, const struct forward *forward)
{
	struct forward known;

	return !wire_forward_get(ctl->wire, forward, &known) &&
	       known.ports == forward->ports && known.to == forward->to &&
	       known.to_port == forward->to_port;
}

/* A script wants to know which port it is. */
static void print_chosen(const struct ctl *ctl, struct forward *forward)
{
	struct forward_list list = { forward, 1, 1 };

	if (ctl->format.json)
		print_forwards(&ctl->format, &list);
	else
		printf("%u\n", forward->port);
}

static int add(struct ctl *ctl, struct args *args, uint32_t kind)
{
	struct forward forward = { .kind = kind }, chosen;
	char text[FORWARD_TEXT_SIZE];
	char name[NAME_SIZE];
	int ret;

	ret = parse_forward_words(args, true, name, &forward);
	if (!ret)
		ret = find_gateway_index(ctl, name, &forward.gateway);
	if (ret)
		return ret;
	if (ctl->may_exist && forward.port && is_there(ctl, &forward))
		return EXIT_OK;
	ret = wire_forward_new(ctl->wire, &forward,
			       forward.port ? NULL : &chosen);
	if (ret == -EADDRINUSE)
		return taken(ctl, name, &forward);
	forward_text(&forward, text);
	if (ret)
		return refused(ctl, "cannot add %s %s to \"%s\"",
			       forward_kind_name(kind), text, name);
	if (!forward.port)
		print_chosen(ctl, &chosen);
	return EXIT_OK;
}

static int del(struct ctl *ctl, struct args *args, uint32_t kind)
{
	struct forward forward = { .kind = kind };
	char text[FORWARD_TEXT_SIZE];
	char name[NAME_SIZE];
	int ret;

	ret = parse_forward_words(args, false, name, &forward);
	if (!ret && !forward.port)
		ret = usage_error("port: which one? \"forward show\" lists them");
	if (!ret)
		ret = find_gateway_index(ctl, name, &forward.gateway);
	if (ret)
		return ret;
	ret = wire_forward_del(ctl->wire, &forward);
	if (!ret || (ret == -ENOENT && ctl->if_exists))
		return EXIT_OK;
	forward.ports = 1;
	forward_text(&forward, text);
	return refused(ctl, "cannot delete %s %s of \"%s\"",
		       forward_kind_name(kind), text, name);
}

static int show(struct ctl *ctl, struct args *args, uint32_t kind)
{
	struct forward_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK, gateway = 0;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the network", name);
		if (!ret)
			ret = no_more(args);
		if (!ret)
			ret = find_gateway_index(ctl, name, &gateway);
	}
	if (!ret && wire_forward_list(ctl->wire, gateway, kind, &list))
		ret = refused(ctl, "cannot list %ss",
			      forward_kind_name(kind));
	if (!ret)
		print_forwards(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static int forward_add(struct ctl *ctl, struct args *args)
{
	return add(ctl, args, NETEMU_FORWARD_TO_GUEST);
}

static int forward_del(struct ctl *ctl, struct args *args)
{
	return del(ctl, args, NETEMU_FORWARD_TO_GUEST);
}

static int forward_show(struct ctl *ctl, struct args *args)
{
	return show(ctl, args, NETEMU_FORWARD_TO_GUEST);
}

static int service_add(struct ctl *ctl, struct args *args)
{
	return add(ctl, args, NETEMU_FORWARD_SERVICE);
}

static int service_del(struct ctl *ctl, struct args *args)
{
	return del(ctl, args, NETEMU_FORWARD_SERVICE);
}

static int service_show(struct ctl *ctl, struct args *args)
{
	return show(ctl, args, NETEMU_FORWARD_SERVICE);
}

static const struct verb forward_verbs[] = {
	{
		.name = "add", .run = forward_add, .may_exist = true,
		.synopsis = "NAME tcp|udp [ADDRESS:]PORT[-PORT]|auto to GUEST[:PORT]",
		.help = "a port of the host leads to a guest; auto prints which one",
	}, {
		.name = "del", .run = forward_del, .exact = true, .if_exists = true,
		.synopsis = "NAME tcp|udp [ADDRESS:]PORT",
		.help = "remove it, and the connections made by it",
	}, {
		.name = "show", .run = forward_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show those of one network or gateway, or all of them",
	}, { .name = NULL }
};

const struct object forward_object = {
	.name = "forward",
	.help = "ports of the host that lead to a guest",
	.verbs = forward_verbs,
	.more = "NAME is that of a network or of a gateway. See netemu-ctl-forward(8).\n",
};

static const struct verb service_verbs[] = {
	{
		.name = "add", .run = service_add, .may_exist = true,
		.synopsis = "NAME tcp|udp ADDRESS:PORT[-PORT] to HOST[:PORT]",
		.help = "guests reach HOST by an address of their subnet",
	}, {
		.name = "del", .run = service_del, .exact = true, .if_exists = true,
		.synopsis = "NAME tcp|udp ADDRESS:PORT",
		.help = "remove it, and the connections made by it",
	}, {
		.name = "show", .run = service_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show those of one network or gateway, or all of them",
	}, { .name = NULL }
};

const struct object service_object = {
	.name = "service",
	.help = "addresses of the guests' subnet that lead outside",
	.verbs = service_verbs,
	.more = "NAME is that of a network or of a gateway. See netemu-ctl-forward(8).\n",
};

// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <stdio.h>

static void add_string(json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

static void add_number(json_object *to, const char *key, uint64_t number)
{
	json_object_object_add(to, key, json_object_new_int64(number));
}

static void add_addr(json_object *to, const char *key, uint32_t addr)
{
	char text[IPV4_TEXT_SIZE];

	ipv4_text(addr, text);
	add_string(to, key, text);
}

json_object *json_forward(const struct forward *forward)
{
	char protocol[PROTOCOL_TEXT_SIZE];
	json_object *o = json_object_new_object();

	protocol_text(forward->protocol, protocol);
	add_string(o, "gateway_device", forward->gateway_name);
	add_string(o, "protocol", protocol);
	add_addr(o, "address", forward->addr);
	add_number(o, "port", forward->port);
	add_number(o, "ports", forward->ports);
	add_addr(o, "to_address", forward->to);
	add_number(o, "to_port", forward->to_port);
	add_number(o, "connections_opened", forward->connections);
	return o;
}

static json_object *json_one(const struct format *f,
			     const struct forward *forward)
{
	(void)f;
	return json_forward(forward);
}

/* As the command that makes it. */
void text_forward(const struct forward *forward)
{
	struct forward to = {
		.addr = forward->to, .port = forward->to_port,
		.ports = forward->ports,
	};
	char text[FORWARD_TEXT_SIZE];
	char protocol[PROTOCOL_TEXT_SIZE];

	protocol_text(forward->protocol, protocol);
	forward_text(forward, text);
	printf("%s %s %s", forward->gateway_name, protocol, text);
	forward_text(&to, text);
	printf(" to %s", text);
}

static void brief_forward(const struct forward *forward)
{
	text_forward(forward);
	putchar('\n');
}

static void text_one(const struct format *f, const struct forward *forward)
{
	(void)f;
	text_forward(forward);
	printf(" opened %llu\n", (unsigned long long)forward->connections);
}

void print_forwards(const struct format *f, const struct forward_list *list)
{
	print_list(f, list, json_one, brief_forward, text_one);
}

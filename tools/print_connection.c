// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <netinet/in.h>
#include <stdio.h>

static void add_side(json_object *o, const struct connection *c,
		     const char *side, uint32_t addr, uint32_t port)
{
	char text[IPV4_TEXT_SIZE], key[32];

	ipv4_text(addr, text);
	snprintf(key, sizeof(key), "%s_address", side);
	json_object_object_add(o, key, json_object_new_string(text));
	if (c->protocol != IPPROTO_TCP && c->protocol != IPPROTO_UDP)
		return;
	snprintf(key, sizeof(key), "%s_port", side);
	json_object_object_add(o, key, json_object_new_int64(port));
}

static void add_count(json_object *o, const char *way,
		      const struct connection_count *count)
{
	char key[32];

	snprintf(key, sizeof(key), "packets_%s_guest", way);
	json_object_object_add(o, key, json_object_new_int64(count->packets));
	snprintf(key, sizeof(key), "bytes_%s_guest", way);
	json_object_object_add(o, key, json_object_new_int64(count->bytes));
}

static json_object *json_connection(const struct format *f,
				    const struct connection *c)
{
	char protocol[PROTOCOL_TEXT_SIZE];
	json_object *o = json_object_new_object();

	(void)f;
	protocol_text(c->protocol, protocol);
	json_object_object_add(o, "gateway_device",
			       json_object_new_string(c->gateway_name));
	json_object_object_add(o, "protocol", json_object_new_string(protocol));
	json_object_object_add(o, "direction",
			       json_object_new_string(c->inbound ? "in" : "out"));
	add_side(o, c, "guest", c->guest, c->guest_port);
	add_side(o, c, "remote", c->remote, c->remote_port);
	add_side(o, c, "host", c->host, c->host_port);
	if (c->protocol == IPPROTO_ICMP)
		json_object_object_add(o, "icmp_id",
				       json_object_new_int64(c->id));
	json_object_object_add(o, "state",
			       json_object_new_string(connection_state(c)));
	json_object_object_add(o, "seconds_left",
			       json_object_new_int64(c->seconds));
	if (c->has_counts) {
		add_count(o, "from", &c->from_guest);
		add_count(o, "to", &c->to_guest);
	}
	return o;
}

static void text_side(const struct connection *c, uint32_t addr, uint32_t port)
{
	char text[IPV4_TEXT_SIZE];

	ipv4_text(addr, text);
	printf(" %s", text);
	if (c->protocol == IPPROTO_TCP || c->protocol == IPPROTO_UDP)
		printf(":%u", port);
}

static void text_ways(const struct connection *c)
{
	char protocol[PROTOCOL_TEXT_SIZE];

	protocol_text(c->protocol, protocol);
	printf("%s %s %s", c->gateway_name, c->inbound ? "in" : "out", protocol);
	text_side(c, c->guest, c->guest_port);
	printf(c->inbound ? " from" : " to");
	text_side(c, c->remote, c->remote_port);
}

static void brief_connection(const struct connection *c)
{
	text_ways(c);
	putchar('\n');
}

static void text_connection(const struct format *f, const struct connection *c)
{
	(void)f;
	text_ways(c);
	printf(" host");
	text_side(c, c->host, c->host_port);
	printf(" %s %u s", connection_state(c), c->seconds);
	if (c->has_counts)
		printf(" bytes %llu out %llu in",
		       (unsigned long long)c->from_guest.bytes,
		       (unsigned long long)c->to_guest.bytes);
	putchar('\n');
}

void print_connections(const struct format *f,
		       const struct connection_list *list)
{
	print_list(f, list, json_connection, brief_connection, text_connection);
}

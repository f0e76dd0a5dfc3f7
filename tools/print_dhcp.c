// SPDX-License-Identifier: GPL-2.0
/* What DHCP tells guests, as part of their gateway. */
#include "print_priv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static json_object *json_text(const char *text)
{
	return *text ? json_object_new_string(text) : NULL;
}

static json_object *json_ipv4(uint32_t addr)
{
	char text[IPV4_TEXT_SIZE];

	if (!addr)
		return NULL;
	ipv4_text(addr, text);
	return json_object_new_string(text);
}

static json_object *json_search(const char *search)
{
	json_object *array = json_object_new_array();
	int len;

	while (*search) {
		len = strcspn(search, ",");
		json_object_array_add(array,
				      json_object_new_string_len(search, len));
		search += len + !!search[len];
	}
	return array;
}

static void route_text(const struct dhcp_route *route, char *text, size_t size)
{
	char dest[IPV4_TEXT_SIZE];

	ipv4_text(route->dest, dest);
	snprintf(text, size, "%s/%u", dest, route->prefix);
}

static json_object *json_routes(const struct dhcp_words *words)
{
	json_object *array = json_object_new_array();
	char dest[IPV4_TEXT_SIZE + 4];
	unsigned int i;

	for (i = 0; i < words->n_routes; i++) {
		json_object *o = json_object_new_object();

		route_text(&words->routes[i], dest, sizeof(dest));
		json_object_object_add(o, "destination",
				       json_object_new_string(dest));
		json_object_object_add(o, "gateway",
				       json_ipv4(words->routes[i].gateway));
		json_object_array_add(array, o);
	}
	return array;
}

static void hex_text(const uint8_t *data, size_t len, char *text)
{
	size_t i;

	*text = '\0';
	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
}

/* Calls for each option, as long as they are whole. */
#define for_each_option(p, words)					\
	for (p = (words)->options;					\
	     p + 2 <= (words)->options + (words)->options_len &&	\
	     p + 2 + p[1] <= (words)->options + (words)->options_len;	\
	     p += 2 + p[1])

static json_object *json_options(const struct dhcp_words *words)
{
	json_object *array = json_object_new_array();
	char text[2 * 255 + 1];
	const uint8_t *p;

	for_each_option(p, words) {
		json_object *o = json_object_new_object();

		hex_text(p + 2, p[1], text);
		json_object_object_add(o, "code", json_object_new_int(p[0]));
		json_object_object_add(o, "hex", json_object_new_string(text));
		json_object_array_add(array, o);
	}
	return array;
}

void json_dhcp_words(json_object *to, const struct dhcp_words *words)
{
	json_object *ntp = json_object_new_array();
	unsigned int i;

	for (i = 0; i < words->n_ntp; i++)
		json_object_array_add(ntp, json_ipv4(words->ntp[i]));
	json_object_object_add(to, "domain", json_text(words->domain));
	json_object_object_add(to, "search", json_search(words->search));
	json_object_object_add(to, "ntp_server", ntp);
	json_object_object_add(to, "next_server",
			       json_ipv4(words->next_server));
	json_object_object_add(to, "bootfile", json_text(words->bootfile));
	json_object_object_add(to, "dhcp_routes", json_routes(words));
	json_object_object_add(to, "dhcp_options", json_options(words));
}

static void text_options(const struct dhcp_words *words)
{
	char text[2 * 255 + 1];
	const uint8_t *p;
	unsigned int i;

	for_each_option(p, words) {
		for (i = 0; i < p[1] && isgraph(p[2 + i]); i++)
			;
		if (p[1] && i == p[1]) {
			printf(" dhcp-option %u=%.*s", p[0], p[1], p + 2);
			continue;
		}
		hex_text(p + 2, p[1], text);
		printf(" dhcp-option %u:%s", p[0], text);
	}
}

void text_dhcp_words(const struct dhcp_words *words)
{
	char addr[IPV4_TEXT_SIZE], dest[IPV4_TEXT_SIZE + 4];
	unsigned int i;

	if (words->domain[0])
		printf(" domain %s", words->domain);
	if (words->search[0])
		printf(" search %s", words->search);
	for (i = 0; i < words->n_ntp; i++) {
		ipv4_text(words->ntp[i], addr);
		printf("%s%s", i ? "," : " ntp-server ", addr);
	}
	if (words->next_server) {
		ipv4_text(words->next_server, addr);
		printf(" next-server %s", addr);
	}
	if (words->bootfile[0])
		printf(" bootfile %s", words->bootfile);
	for (i = 0; i < words->n_routes; i++) {
		route_text(&words->routes[i], dest, sizeof(dest));
		ipv4_text(words->routes[i].gateway, addr);
		printf("%s%s=%s", i ? "," : " dhcp-route ", dest, addr);
	}
	text_options(words);
}

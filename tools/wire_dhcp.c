// SPDX-License-Identifier: GPL-2.0
/* What DHCP tells guests, as attributes of a gateway. */
#include "wire_priv.h"

#include <string.h>

static void put_text(struct request *req, const char *key, int attr,
		     const char *text)
{
	request_put(req, key, attr, text, strlen(text) + 1);
}

static void put_routes(struct request *req, const struct dhcp_words *words)
{
	struct netemu_gw_route routes[NETEMU_GW_ROUTES_MAX] = { 0 };
	unsigned int i;

	for (i = 0; i < words->n_routes; i++) {
		routes[i].dest = words->routes[i].dest;
		routes[i].gateway = words->routes[i].gateway;
		routes[i].prefix = words->routes[i].prefix;
	}
	request_put(req, "dhcp-route", NETEMU_GW_A_DHCP_ROUTES, routes,
		    words->n_routes * sizeof(*routes));
}

void put_dhcp_words(struct request *req, const struct dhcp_words *words)
{
	if (words->given & 1U << DHCP_WORD_DOMAIN)
		put_text(req, "domain", NETEMU_GW_A_DHCP_DOMAIN,
			 words->domain);
	if (words->given & 1U << DHCP_WORD_SEARCH)
		put_text(req, "search", NETEMU_GW_A_DHCP_SEARCH,
			 words->search);
	if (words->given & 1U << DHCP_WORD_NTP)
		request_put(req, "ntp-server", NETEMU_GW_A_DHCP_NTP,
			    words->ntp, words->n_ntp * sizeof(*words->ntp));
	if (words->given & 1U << DHCP_WORD_NEXT_SERVER)
		request_put_u32(req, "next-server",
				NETEMU_GW_A_DHCP_NEXT_SERVER,
				words->next_server);
	if (words->given & 1U << DHCP_WORD_BOOTFILE)
		put_text(req, "bootfile", NETEMU_GW_A_DHCP_BOOTFILE,
			 words->bootfile);
	if (words->given & 1U << DHCP_WORD_ROUTES)
		put_routes(req, words);
	if (words->given & 1U << DHCP_WORD_OPTIONS)
		request_put(req, "dhcp-option", NETEMU_GW_A_DHCP_OPTIONS,
			    words->options, words->options_len);
}

/* How many bytes an attribute has for an array of @size bytes. */
static size_t read_array(const struct nlattr *nla, void *to, size_t size)
{
	size_t len = nla ? nla_len(nla) : 0;

	if (len > size)
		len = size;
	if (len)
		memcpy(to, nla_data(nla), len);
	return len;
}

void parse_dhcp_words(struct nlattr **tb, struct dhcp_words *words)
{
	struct netemu_gw_route routes[NETEMU_GW_ROUTES_MAX];
	unsigned int i;

	attr_name(tb[NETEMU_GW_A_DHCP_DOMAIN], words->domain,
		  sizeof(words->domain));
	attr_name(tb[NETEMU_GW_A_DHCP_SEARCH], words->search,
		  sizeof(words->search));
	attr_name(tb[NETEMU_GW_A_DHCP_BOOTFILE], words->bootfile,
		  sizeof(words->bootfile));
	words->next_server = attr_uint(tb[NETEMU_GW_A_DHCP_NEXT_SERVER]);
	words->n_ntp = read_array(tb[NETEMU_GW_A_DHCP_NTP], words->ntp,
				  sizeof(words->ntp)) / sizeof(*words->ntp);
	words->n_routes = read_array(tb[NETEMU_GW_A_DHCP_ROUTES], routes,
				     sizeof(routes)) / sizeof(*routes);
	for (i = 0; i < words->n_routes; i++) {
		words->routes[i].dest = routes[i].dest;
		words->routes[i].gateway = routes[i].gateway;
		words->routes[i].prefix = routes[i].prefix;
	}
	words->options_len = read_array(tb[NETEMU_GW_A_DHCP_OPTIONS],
					words->options, sizeof(words->options));
}

// SPDX-License-Identifier: GPL-2.0
#include "model.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(sym, name, text)	[NETEMU_LINK_DROP_##sym] = { name, text },
static const struct drop_reason link_reasons[] = {
	NETEMU_LINK_DROP_REASONS(X)
};
#undef X

const struct drop_table link_drops = { link_reasons, NETEMU_LINK_DROP_MAX };

static const char *const transports[] = {
	[NETEMU_LINK_MCAST] = "mcast",
	[NETEMU_LINK_UDP] = "udp",
	[NETEMU_LINK_TCP] = "tcp",
	[NETEMU_LINK_FD] = "fd",
	[NETEMU_LINK_VDE] = "vde",
};

static const char *const states[] = {
	[NETEMU_LINK_READY] = "ready",
	[NETEMU_LINK_CONNECTED] = "connected",
	[NETEMU_LINK_CONNECTING] = "connecting",
	[NETEMU_LINK_WAITING] = "waiting",
	[NETEMU_LINK_LISTENING] = "listening",
};

const char *link_state_name(uint32_t state)
{
	return state < ARRAY_SIZE(states) ? states[state] : "unknown";
}

const char *transport_name(uint32_t transport)
{
	return transport && transport < ARRAY_SIZE(transports) ?
	       transports[transport] : "unknown";
}

bool transport_parse(const char *word, uint32_t *transport)
{
	uint32_t i;

	for (i = 1; i < ARRAY_SIZE(transports); i++) {
		if (!strcmp(transports[i], word)) {
			*transport = i;
			return true;
		}
	}
	return false;
}

uint32_t transport_ttl(uint32_t transport)
{
	return transport == NETEMU_LINK_MCAST ? 1 : 0;
}

const char *allow_key(bool listen)
{
	return listen ? "allow" : "source-filter";
}

void endpoint_text(const struct endpoint *endpoint,
		   char text[ENDPOINT_TEXT_SIZE])
{
	char addr[INET6_ADDRSTRLEN] = "";

	if (endpoint->family)
		inet_ntop(endpoint->family, endpoint->addr, addr, sizeof(addr));
	if (!endpoint->port)
		snprintf(text, ENDPOINT_TEXT_SIZE, "%s", addr);
	else if (endpoint->family == AF_INET6)
		snprintf(text, ENDPOINT_TEXT_SIZE, "[%s]:%u", addr,
			 endpoint->port);
	else
		snprintf(text, ENDPOINT_TEXT_SIZE, "%s%s%u", addr,
			 endpoint->family ? ":" : "", endpoint->port);
}

static bool parse_port(const char *word, uint32_t *port)
{
	char *end;

	if (!isdigit((unsigned char)*word) || strlen(word) > 5)
		return false;
	*port = strtoul(word, &end, 10);
	return !*end && *port >= 1 && *port <= 65535;
}

static bool parse_addr(const char *word, size_t n, struct endpoint *endpoint)
{
	char text[INET6_ADDRSTRLEN];

	if (n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)n, word);
	endpoint->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(endpoint->family, text, endpoint->addr) == 1;
}

bool endpoint_parse(const char *word, struct endpoint *endpoint)
{
	const char *end;

	memset(endpoint, 0, sizeof(*endpoint));
	if (parse_port(word, &endpoint->port))
		return true;
	endpoint->port = 0;
	if (*word == '[') {
		end = strchr(word, ']');
		if (!end || !parse_addr(word + 1, end - word - 1, endpoint) ||
		    endpoint->family != AF_INET6)
			return false;
		end++;
	} else {
		end = strchrnul(word, ':');
		/* Several colons: all of it is an address. */
		if (*end && strchr(end + 1, ':'))
			end = word + strlen(word);
		if (!parse_addr(word, end - word, endpoint))
			return false;
	}
	return !*end || (*end == ':' && parse_port(end + 1, &endpoint->port));
}

bool prefix_parse(const char *word, struct endpoint *addr, uint32_t *bits)
{
	const char *slash = strchrnul(word, '/');
	uint32_t most;
	char *end;

	memset(addr, 0, sizeof(*addr));
	if (!parse_addr(word, slash - word, addr))
		return false;
	most = addr->family == AF_INET6 ? 128 : 32;
	*bits = most;
	if (!*slash)
		return true;
	if (!isdigit((unsigned char)slash[1]) || strlen(slash) > 4)
		return false;
	*bits = strtoul(slash + 1, &end, 10);
	return !*end && *bits <= most;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->family == b->family && a->port == b->port &&
	       !memcmp(a->addr, b->addr, sizeof(a->addr));
}

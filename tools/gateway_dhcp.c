// SPDX-License-Identifier: GPL-2.0
/* Keys of gateways and networks: what DHCP tells guests besides addresses. */
#include "ctl.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_MAX	255	/* bytes of one option */

static int copy_text(const char *key, const char *word, char *text, size_t size)
{
	if (strlen(word) >= size)
		return usage_error("%s: \"%s\" is too long (allowed: up to %zu characters)",
				   key, word, size - 1);
	strcpy(text, word);
	return EXIT_OK;
}

static int parse_domain(const char *key, const char *word,
			struct dhcp_words *words)
{
	return copy_text(key, word, words->domain, sizeof(words->domain));
}

static int parse_search(const char *key, const char *word,
			struct dhcp_words *words)
{
	return copy_text(key, word, words->search, sizeof(words->search));
}

static int parse_bootfile(const char *key, const char *word,
			  struct dhcp_words *words)
{
	return copy_text(key, word, words->bootfile, sizeof(words->bootfile));
}

/* The first @len characters of @word. */
static int to_ipv4(const char *key, const char *word, size_t len,
		   uint32_t *addr)
{
	char text[IPV4_TEXT_SIZE];

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	if (len >= sizeof(text) || inet_pton(AF_INET, text, addr) != 1)
		return usage_error("%s: \"%.*s\" is neither an IPv4 address nor none",
				   key, (int)len, word);
	return EXIT_OK;
}

static int parse_ntp(const char *key, const char *word,
		     struct dhcp_words *words)
{
	size_t len;
	int ret;

	for (;; word += len + 1) {
		len = strcspn(word, ",");
		if (words->n_ntp == NETEMU_GW_NTP_MAX)
			return usage_error("%s: too many addresses (allowed: 1 to %d, none)",
					   key, NETEMU_GW_NTP_MAX);
		ret = to_ipv4(key, word, len, &words->ntp[words->n_ntp++]);
		if (ret || !word[len])
			return ret;
	}
}

static int parse_next_server(const char *key, const char *word,
			     struct dhcp_words *words)
{
	return to_ipv4(key, word, strlen(word), &words->next_server);
}

/* "NETWORK/BITS=NEXT-HOP" */
static int parse_route(const char *key, const char *word, size_t len,
		       struct dhcp_route *route)
{
	size_t hop = strcspn(word, "="), slash = strcspn(word, "/");
	unsigned long bits;
	char *end;

	if (slash > hop || hop >= len || !isdigit((unsigned char)word[slash + 1]))
		return usage_error("%s: \"%.*s\" is not a route like 192.0.2.0/24=10.0.2.9",
				   key, (int)len, word);
	bits = strtoul(word + slash + 1, &end, 10);
	if (end != word + hop || bits > 32)
		return usage_error("%s: the mask in \"%.*s\" is wrong (allowed: 0 to 32 bits)",
				   key, (int)len, word);
	route->prefix = bits;
	return to_ipv4(key, word, slash, &route->dest) ?:
	       to_ipv4(key, word + hop + 1, len - hop - 1, &route->gateway);
}

static int parse_routes(const char *key, const char *word,
			struct dhcp_words *words)
{
	size_t len;
	int ret;

	for (;; word += len + 1) {
		len = strcspn(word, ",");
		if (words->n_routes == NETEMU_GW_ROUTES_MAX)
			return usage_error("%s: too many routes (allowed: 1 to %d, none)",
					   key, NETEMU_GW_ROUTES_MAX);
		ret = parse_route(key, word, len,
				  &words->routes[words->n_routes++]);
		if (ret || !word[len])
			return ret;
	}
}

static unsigned int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static int hex_to_bytes(const char *key, const char *hex, uint8_t *data,
			size_t *len)
{
	for (*len = 0; *hex; hex += 2, ++*len) {
		if (*len == OPTION_MAX)
			return usage_error("%s: more than %d bytes", key,
					   OPTION_MAX);
		if (!isxdigit((unsigned char)hex[0]) ||
		    !isxdigit((unsigned char)hex[1]))
			return usage_error("%s: \"%s\" is not pairs of hexadecimal digits",
					   key, hex);
		data[*len] = digit(hex[0]) << 4 | digit(hex[1]);
	}
	return EXIT_OK;
}

/* "CODE=TEXT" or "CODE:HEX"; each one more. */
static int parse_option(const char *key, const char *word,
			struct dhcp_words *words)
{
	uint8_t data[OPTION_MAX], *to = words->options + words->options_len;
	unsigned long code;
	const char *value;
	size_t len;
	char *end;
	int ret;

	code = strtoul(word, &end, 10);
	if (!isdigit((unsigned char)*word) || (*end != '=' && *end != ':'))
		return usage_error("%s: \"%s\" is neither CODE=TEXT nor CODE:HEX",
				   key, word);
	if (code < 1 || code > 254)
		return usage_error("%s: the code in \"%s\" is out of range (allowed: 1 to 254)",
				   key, word);
	value = end + 1;
	if (*end == ':') {
		ret = hex_to_bytes(key, value, data, &len);
		if (ret)
			return ret;
	} else {
		len = strlen(value);
		if (len > OPTION_MAX)
			return usage_error("%s: more than %d bytes", key,
					   OPTION_MAX);
		memcpy(data, value, len);
	}
	if (words->options_len + 2 + len > sizeof(words->options))
		return usage_error("%s: all of them have more than %zu bytes",
				   key, sizeof(words->options));
	*to++ = code;
	*to++ = len;
	memcpy(to, data, len);
	words->options_len += 2 + len;
	return EXIT_OK;
}

static const struct {
	const char *key;
	int (*parse)(const char *key, const char *word,
		     struct dhcp_words *words);
} keys[DHCP_WORD_COUNT] = {
	[DHCP_WORD_DOMAIN] = { "domain", parse_domain },
	[DHCP_WORD_SEARCH] = { "search", parse_search },
	[DHCP_WORD_NTP] = { "ntp-server", parse_ntp },
	[DHCP_WORD_NEXT_SERVER] = { "next-server", parse_next_server },
	[DHCP_WORD_BOOTFILE] = { "bootfile", parse_bootfile },
	[DHCP_WORD_ROUTES] = { "dhcp-route", parse_routes },
	[DHCP_WORD_OPTIONS] = { "dhcp-option", parse_option },
};

int dhcp_key(struct args *args, const char *word, struct dhcp_words *words,
	     bool *found)
{
	const char *value;
	unsigned int i;

	for (i = 0; i < DHCP_WORD_COUNT; i++)
		if (!strcmp(word, keys[i].key))
			break;
	*found = i < DHCP_WORD_COUNT;
	if (!*found)
		return EXIT_OK;
	/* Only options come one by one. */
	if (i != DHCP_WORD_OPTIONS && words->given & 1U << i)
		return usage_error("\"%s\" is given twice", word);
	words->given |= 1U << i;
	value = args_next(args);
	if (!value)
		return usage_error("%s: its value is missing", word);
	if (!*value)
		return usage_error("%s: its value is empty; \"none\" takes it away",
				   word);
	return strcmp(value, "none") ? keys[i].parse(word, value, words) :
	       EXIT_OK;
}

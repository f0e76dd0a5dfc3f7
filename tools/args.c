// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int usage_error(const char *fmt, ...)
{
	va_list ap;

	fputs("netemu-ctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

const char *args_peek(const struct args *args)
{
	return args->n ? args->v[0] : NULL;
}

const char *args_next(struct args *args)
{
	if (!args->n)
		return NULL;
	args->n--;
	return *args->v++;
}

int parse_word(struct args *args, const char *what, const char **word)
{
	*word = args_next(args);
	if (!*word)
		return usage_error("%s is missing", what);
	return EXIT_OK;
}

/* The word after a key. */
static int value_word(struct args *args, const char *key, const char **word)
{
	*word = args_next(args);
	if (!*word)
		return usage_error("%s: its value is missing", key);
	return EXIT_OK;
}

/* strtoul() takes signs and blanks and wraps around: none of that here. */
static int to_number(const char *word, unsigned long long *value)
{
	int base = 10;
	char *end;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
		word += 2;
		base = 16;
	}
	if (!isxdigit((unsigned char)*word))
		return -1;
	errno = 0;
	*value = strtoull(word, &end, base);
	if (end == word || *end)
		return -1;
	if (errno)
		*value = ~0ULL;
	return 0;
}

int parse_number(struct args *args, const char *what, uint32_t min,
		 uint32_t max, const char *unit, uint32_t *value)
{
	unsigned long long number;
	const char *word;
	int ret;

	ret = value_word(args, what, &word);
	if (ret)
		return ret;
	if (to_number(word, &number))
		return usage_error("%s: \"%s\" is not a number (allowed: %u to %u%s%s)",
				   what, word, min, max, unit ? " " : "",
				   unit ? unit : "");
	if (number < min || number > max)
		return usage_error("%s: %s is out of range (allowed: %u to %u%s%s)",
				   what, word, min, max, unit ? " " : "",
				   unit ? unit : "");
	*value = number;
	return EXIT_OK;
}

int parse_mtu(struct args *args, const char *what, uint32_t *mtu)
{
	return parse_number(args, what, 68, 65535, "bytes", mtu);
}

int parse_bool(struct args *args, const char *what, bool *value)
{
	const char *word;
	int ret;

	ret = value_word(args, what, &word);
	if (ret)
		return ret;
	if (!strcmp(word, "on") || !strcmp(word, "yes"))
		*value = true;
	else if (!strcmp(word, "off") || !strcmp(word, "no"))
		*value = false;
	else
		return usage_error("%s: \"%s\" is neither on nor off", what,
				   word);
	return EXIT_OK;
}

int check_mac(const char *what, const char *word, uint8_t *addr)
{
	unsigned int i;

	for (i = 0; i < MAC_LEN; i++) {
		const char *byte = word + 3 * i;

		if (!isxdigit((unsigned char)byte[0]) ||
		    !isxdigit((unsigned char)byte[1]) ||
		    byte[2] != (i == MAC_LEN - 1 ? '\0' : ':'))
			return usage_error("%s: \"%s\" is not a MAC address like 52:54:00:12:34:56",
					   what, word);
		addr[i] = strtoul(byte, NULL, 16);
	}
	if (addr[0] & 1)
		return usage_error("%s: %s is a multicast address", what,
				   word);
	if (!memcmp(addr, "\0\0\0\0\0\0", MAC_LEN))
		return usage_error("%s: %s is nobody's address", what, word);
	return EXIT_OK;
}

int parse_mac(struct args *args, const char *what, uint8_t *addr)
{
	const char *word;
	int ret;

	ret = value_word(args, what, &word);
	if (ret)
		return ret;
	return check_mac(what, word, addr);
}

int parse_ipv4(struct args *args, const char *what, uint32_t *addr)
{
	struct in_addr in;
	const char *word;
	int ret;

	ret = value_word(args, what, &word);
	if (ret)
		return ret;
	if (inet_pton(AF_INET, word, &in) != 1)
		return usage_error("%s: \"%s\" is not an IPv4 address like 10.0.2.2",
				   what, word);
	*addr = in.s_addr;
	return EXIT_OK;
}

int parse_subnet(struct args *args, const char *what, struct subnet *subnet)
{
	char text[IPV4_TEXT_SIZE] = "";
	unsigned long long prefix;
	const char *word, *slash;
	struct in_addr in;
	int ret;

	ret = value_word(args, what, &word);
	if (ret)
		return ret;
	slash = strchrnul(word, '/');
	if (slash - word < IPV4_TEXT_SIZE)
		memcpy(text, word, slash - word);
	if (inet_pton(AF_INET, text, &in) != 1 || !*slash ||
	    to_number(slash + 1, &prefix))
		return usage_error("%s: \"%s\" is not a subnet like 10.0.2.0/24",
				   what, word);
	if (prefix < NETEMU_GW_PREFIX_MIN || prefix > NETEMU_GW_PREFIX_MAX)
		return usage_error("%s: the mask of %s is out of range (allowed: %u to %u bits)",
				   what, word, NETEMU_GW_PREFIX_MIN,
				   NETEMU_GW_PREFIX_MAX);
	subnet->addr = in.s_addr;
	subnet->prefix = prefix;
	ipv4_text(subnet->addr & subnet_mask(subnet), text);
	if (subnet->addr & ~subnet_mask(subnet))
		return usage_error("%s: %s has bits set behind its mask: it would be %s/%u",
				   what, word, text, subnet->prefix);
	return EXIT_OK;
}

static int copy_name(const char *what, const char *word, char *name)
{
	if (!*word)
		return usage_error("%s is empty", what);
	if (strlen(word) >= NAME_SIZE)
		return usage_error("%s: \"%s\" is too long (%zu characters, allowed: 1 to %d)",
				   what, word, strlen(word), NAME_SIZE - 1);
	strcpy(name, word);
	return EXIT_OK;
}

/* '%' would be filled in with a number by the kernel. */
static int check_new_name(const char *what, const char *name)
{
	const char *p;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return usage_error("%s: \"%s\" can't name a device", what,
				   name);
	for (p = name; *p; p++)
		if (*p == '/' || *p == ':' || *p == '%' || *p == '"' ||
		    !isgraph((unsigned char)*p))
			return usage_error("%s: \"%s\" has a character that a device name can't have",
					   what, name);
	return EXIT_OK;
}

int parse_name(struct args *args, const char *what, char *name)
{
	const char *word;
	int ret;

	ret = parse_word(args, what, &word);
	if (ret)
		return ret;
	return copy_name(what, word, name);
}

int parse_new_name(struct args *args, const char *what, char *name)
{
	int ret = parse_name(args, what, name);

	return ret ? ret : check_new_name(what, name);
}

int parse_hub_name(struct args *args, const char *what, char *name)
{
	char text[64];
	const char *word;
	int ret;

	ret = parse_word(args, what, &word);
	if (ret)
		return ret;
	if (*word && strspn(word, "0123456789") == strlen(word) &&
	    snprintf(text, sizeof(text), "hub%s", word) < (int)sizeof(text))
		word = text;
	return copy_name(what, word, name);
}

int parse_new_hub_name(struct args *args, const char *what, char *name)
{
	int ret = parse_hub_name(args, what, name);

	return ret ? ret : check_new_name(what, name);
}

int once(bool *given, const char *key)
{
	if (*given)
		return usage_error("\"%s\" is given twice", key);
	*given = true;
	return EXIT_OK;
}

static int parse_choice(struct args *args, const char *what,
			const struct opt_def *def, uint32_t *value)
{
	char allowed[128] = "";
	const char *word;
	uint32_t i;
	int ret;

	ret = value_word(args, what, &word);
	if (ret)
		return ret;
	for (i = def->min; i <= def->max; i++) {
		size_t n = strlen(allowed);

		if (!strcmp(word, def->words[i])) {
			*value = i;
			return EXIT_OK;
		}
		snprintf(allowed + n, sizeof(allowed) - n, "%s%s",
			 i == def->min ? "" : i == def->max ? " nor " : ", ",
			 def->words[i]);
	}
	return usage_error("%s: \"%s\" is neither %s", what, word, allowed);
}

static int parse_value(struct args *args, const char *what,
		       const struct opt_def *def, uint32_t *value)
{
	bool on;
	int ret;

	switch (def->kind) {
	case OPT_BOOL:
		ret = parse_bool(args, what, &on);
		if (!ret)
			*value = on;
		return ret;
	case OPT_WORD:
		return parse_choice(args, what, def, value);
	case OPT_MASK:
		ret = parse_number(args, what, def->min, def->max, def->unit,
				   value);
		if (!ret && (*value & 2))
			return usage_error("%s: 0x%x has bit 1, and PAUSE frames (01:80:c2:00:00:01) are never forwarded",
					   what, *value);
		return ret;
	case OPT_IPV4:
		return parse_ipv4(args, what, value);
	case OPT_NUMBER:
		break;
	}
	return parse_number(args, what, def->min, def->max, def->unit, value);
}

int parse_opt(struct args *args, const char *word, const char *prefix,
	      const struct opt_def *defs, unsigned int n, struct opts *opts,
	      bool *found)
{
	size_t skip = strlen(prefix);
	unsigned int i;
	int ret;

	*found = false;
	if (strncmp(word, prefix, skip))
		return EXIT_OK;
	for (i = 0; i < n; i++) {
		if (strcmp(word + skip, defs[i].key))
			continue;
		*found = true;
		if (opts->given & (1U << i))
			return usage_error("\"%s\" is given twice", word);
		ret = parse_value(args, word, &defs[i], &opts->value[i]);
		if (!ret)
			opts->given |= 1U << i;
		return ret;
	}
	return EXIT_OK;
}

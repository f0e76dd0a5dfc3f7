// SPDX-License-Identifier: GPL-2.0
/* The options of a configuration, kept as the bytes that clients get. */
#include "dhcp.h"

#define ENTRY_HEAD	4	/* code, unasked, length */
#define NAME_MAX_LEN	255	/* RFC 1035 section 2.3.4 */

/**
 * nemu_dhcp_option_next() - the options one by one
 * @options: options
 * @pos: 0 at first; where to go on
 * @view: set to the option
 *
 * Return: false after the last.
 */
bool nemu_dhcp_option_next(const struct nemu_dhcp_options *options, u16 *pos,
			   struct nemu_dhcp_option_view *view)
{
	const u8 *entry = options->data + *pos;

	if (*pos >= options->len)
		return false;
	view->code = entry[0];
	view->unasked = entry[1];
	view->len = get_unaligned_be16(entry + 2);
	view->data = entry + ENTRY_HEAD;
	*pos += ENTRY_HEAD + view->len;
	return true;
}

/**
 * nemu_dhcp_option_find() - one option
 * @options: options
 * @code: its code
 * @view: set to the option
 *
 * Return: false if it is not there.
 */
bool nemu_dhcp_option_find(const struct nemu_dhcp_options *options, u8 code,
			   struct nemu_dhcp_option_view *view)
{
	u16 pos = 0;

	while (nemu_dhcp_option_next(options, &pos, view))
		if (view->code == code)
			return true;
	return false;
}

/**
 * nemu_dhcp_option_is_settable() - may an option be set?
 * @code: its code
 *
 * Return: false for what the server says by itself, and for what is no option.
 */
bool nemu_dhcp_option_is_settable(u8 code)
{
	switch (code) {
	case NEMU_DHCP_OPT_PAD:
	case NEMU_DHCP_OPT_REQUESTED:
	case NEMU_DHCP_OPT_LEASE_TIME:
	case NEMU_DHCP_OPT_OVERLOAD:
	case NEMU_DHCP_OPT_TYPE:
	case NEMU_DHCP_OPT_SERVER:
	case NEMU_DHCP_OPT_PARAMETERS:
	case NEMU_DHCP_OPT_MESSAGE:
	case NEMU_DHCP_OPT_MAX_SIZE:
	case NEMU_DHCP_OPT_T1:
	case NEMU_DHCP_OPT_T2:
	case NEMU_DHCP_OPT_CLIENT_ID:
	case NEMU_DHCP_OPT_END:
		return false;
	}
	return true;
}

/**
 * nemu_dhcp_option_set() - set an option, or take it away
 * @options: options
 * @code: its code
 * @data: its bytes, NULL = take it away
 * @len: how many; an option may be empty
 * @unasked: send it to clients that did not ask for it too
 *
 * Return: 0; -EINVAL if the server sets this one itself or it is too long;
 * -ENOSPC. Nothing changes then.
 */
int nemu_dhcp_option_set(struct nemu_dhcp_options *options, u8 code,
			 const void *data, size_t len, bool unasked)
{
	struct nemu_dhcp_option_view old;
	size_t old_size = 0;
	u8 *entry;

	if (!nemu_dhcp_option_is_settable(code) || len > NEMU_DHCP_OPTION_LEN_MAX)
		return -EINVAL;
	if (nemu_dhcp_option_find(options, code, &old))
		old_size = ENTRY_HEAD + old.len;
	if (data && options->len - old_size + ENTRY_HEAD + len > sizeof(options->data))
		return -ENOSPC;
	if (old_size) {
		entry = options->data + (old.data - ENTRY_HEAD - options->data);
		memmove(entry, entry + old_size,
			options->data + options->len - (entry + old_size));
		options->len -= old_size;
	}
	if (!data)
		return 0;
	entry = options->data + options->len;
	entry[0] = code;
	entry[1] = unasked;
	put_unaligned_be16(len, entry + 2);
	memcpy(entry + ENTRY_HEAD, data, len);
	options->len += ENTRY_HEAD + len;
	return 0;
}

/**
 * nemu_dhcp_option_set_addresses() - set an option that is a list of addresses
 * @options: options
 * @code: its code
 * @addrs: addresses
 * @count: how many, 0 = take the option away
 *
 * Return: as nemu_dhcp_option_set().
 */
int nemu_dhcp_option_set_addresses(struct nemu_dhcp_options *options, u8 code,
				   const u32 *addrs, size_t count)
{
	u8 data[64];
	size_t i;

	if (count > sizeof(data) / sizeof(*addrs))
		return -EINVAL;
	for (i = 0; i < count; i++)
		put_unaligned_be32(addrs[i], data + i * sizeof(*addrs));
	return nemu_dhcp_option_set(options, code, count ? data : NULL,
				    count * sizeof(*addrs), false);
}

/**
 * nemu_dhcp_option_set_u16() - set an option that is a number, such as the MTU
 * @options: options
 * @code: its code
 * @value: number, 0 = take the option away
 *
 * Return: as nemu_dhcp_option_set().
 */
int nemu_dhcp_option_set_u16(struct nemu_dhcp_options *options, u8 code,
			     u16 value)
{
	u8 data[sizeof(value)];

	put_unaligned_be16(value, data);
	return nemu_dhcp_option_set(options, code, value ? data : NULL,
				    sizeof(data), false);
}

/**
 * nemu_dhcp_option_set_string() - set an option that is text
 * @options: options
 * @code: its code
 * @text: text, sent without its final zero; "" = take the option away
 *
 * Return: as nemu_dhcp_option_set().
 */
int nemu_dhcp_option_set_string(struct nemu_dhcp_options *options, u8 code,
				const char *text)
{
	return nemu_dhcp_option_set(options, code, *text ? text : NULL,
				    strlen(text), false);
}

/* ---- search list, RFC 3397 ---------------------------------------------- */

struct search_list {
	u8 data[NEMU_DHCP_OPTION_LEN_MAX];
	size_t len;
};

/*
 * Wire form of a name, RFC 1035 section 3.1; a dot at its end is fine.
 * Returns its length, or 0 if it is no name.
 */
static size_t name_to_wire(const char *name, u8 *wire)
{
	size_t len = 0, label;

	do {
		label = len++;
		while (*name && *name != '.') {
			if (len >= NAME_MAX_LEN - 1)
				return 0;
			wire[len++] = *name++;
		}
		wire[label] = len - label - 1;
		if (!wire[label] || wire[label] > NEMU_LEASE_NAME_MAX)
			return 0;
		if (*name)
			name++;
	} while (*name);
	wire[len++] = 0;
	return len;
}

/*
 * Does the list spell this name from pos on, perhaps by pointers? Every place in
 * it can be pointed at: it is shorter than the 14 bits of RFC 1035 section 4.1.4.
 */
static bool spells(const struct search_list *list, size_t pos, const u8 *name)
{
	for (;;) {
		/* Pointers go back only, and never to another. */
		if (list->data[pos] >= 0xc0)
			pos = (list->data[pos] & 0x3f) << 8 | list->data[pos + 1];
		if (list->data[pos] != *name ||
		    memcmp(list->data + pos + 1, name + 1, *name))
			return false;
		if (!*name)
			return true;
		pos += *name + 1;
		name += *name + 1;
	}
}

/* Where a name that ends like this one stands in the list. */
static bool find_suffix(const struct search_list *list, const u8 *name,
			size_t *pos)
{
	const u8 *p = list->data;

	while (p < list->data + list->len) {
		*pos = p - list->data;
		if (*p >= 0xc0) {
			p += 2;
			continue;
		}
		if (*p && spells(list, *pos, name))
			return true;
		p += *p + 1;
	}
	return false;
}

static bool append_name(struct search_list *list, const u8 *name)
{
	size_t known = list->len, pos;

	for (; *name; name += *name + 1) {
		if (find_suffix(list, name, &pos)) {
			if (known + 2 > sizeof(list->data))
				return false;
			put_unaligned_be16(0xc000 | pos, list->data + known);
			list->len = known + 2;
			return true;
		}
		if (known + *name + 2 > sizeof(list->data))
			return false;
		memcpy(list->data + known, name, *name + 1);
		known += *name + 1;
	}
	list->data[known++] = 0;
	list->len = known;
	return true;
}

/**
 * nemu_dhcp_option_set_search() - set the domain search list
 * @options: options
 * @names: domains
 * @count: how many, 0 = take the option away
 *
 * Return: -EINVAL if one is no domain; else as nemu_dhcp_option_set().
 */
int nemu_dhcp_option_set_search(struct nemu_dhcp_options *options,
				const char *const *names, size_t count)
{
	struct search_list list;
	u8 wire[NAME_MAX_LEN];
	size_t i;

	list.len = 0;
	for (i = 0; i < count; i++) {
		if (!name_to_wire(names[i], wire))
			return -EINVAL;
		if (!append_name(&list, wire))
			return -ENOSPC;
	}
	return nemu_dhcp_option_set(options, NEMU_DHCP_OPT_SEARCH,
				    count ? list.data : NULL, list.len, false);
}

/* ---- classless routes, RFC 3442 ----------------------------------------- */

static size_t put_route(u8 *data, const struct nemu_dhcp_route *route)
{
	size_t significant = DIV_ROUND_UP(route->prefix, 8);
	u8 dest[4];

	put_unaligned_be32(route->dest, dest);
	data[0] = route->prefix;
	memcpy(data + 1, dest, significant);
	put_unaligned_be32(route->gateway, data + 1 + significant);
	return 1 + significant + 4;
}

/**
 * nemu_dhcp_option_set_routes() - set the classless static routes
 * @options: options; the router option is set before
 * @routes: routes
 * @count: how many, 0 = take the option away
 *
 * A client that takes these ignores the router option, so the first router
 * becomes the default route where the list has none. Windows asks for the same
 * bytes by another number.
 *
 * Return: -EINVAL if a prefix is over 32 or there are too many; else as
 * nemu_dhcp_option_set().
 */
int nemu_dhcp_option_set_routes(struct nemu_dhcp_options *options,
				const struct nemu_dhcp_route *routes,
				size_t count)
{
	struct nemu_dhcp_route fallback = { .prefix = 0 };
	struct nemu_dhcp_option_view router;
	bool has_default = false;
	size_t i, len = 0;
	u8 data[255];
	int err;

	for (i = 0; i < count; i++) {
		if (routes[i].prefix > 32 || len + 9 > sizeof(data))
			return -EINVAL;
		has_default |= !routes[i].prefix;
		len += put_route(data + len, &routes[i]);
	}
	if (count && !has_default && len + 9 <= sizeof(data) &&
	    nemu_dhcp_option_find(options, NEMU_DHCP_OPT_ROUTER, &router) &&
	    router.len >= sizeof(fallback.gateway)) {
		fallback.gateway = get_unaligned_be32(router.data);
		len += put_route(data + len, &fallback);
	}
	err = nemu_dhcp_option_set(options, NEMU_DHCP_OPT_ROUTES,
				   count ? data : NULL, len, false);
	if (err)
		return err;
	return nemu_dhcp_option_set(options, NEMU_DHCP_OPT_MS_ROUTES,
				    count ? data : NULL, len, false);
}

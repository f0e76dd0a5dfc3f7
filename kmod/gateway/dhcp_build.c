// SPDX-License-Identifier: GPL-2.0
/*
 * DHCP builder: answer to bytes. Options go where there is room: behind the
 * header as far as the client takes it, then into the fields file and sname
 * where no boot file and no server name stand (option overload, RFC 2132
 * section 9.3). One that finds no room is left out, and the caller told.
 */
#include "dhcp.h"

#define OVERLOAD_SIZE	3	/* kept free behind the header: code, length, value */

enum area_name {
	AREA_MAIN,
	AREA_FILE,
	AREA_SNAME,
	__AREAS,
};

struct area {
	u8 *data;
	size_t size;		/* without the END of the area */
	size_t len;
};

struct writer {
	const struct nemu_dhcp *dhcp;
	const struct nemu_dhcp_answer *answer;
	struct area area[__AREAS];
	u8 done[32];		/* a bit for each option that was dealt with */
	bool truncated;
};

/* Is this the first time that somebody asks for it? */
static bool first_time(struct writer *w, u8 code)
{
	u8 *byte = &w->done[code / 8];
	u8 bit = BIT(code % 8);

	if (*byte & bit)
		return false;
	*byte |= bit;
	return true;
}

/* Long options come in parts of at most 255 bytes, RFC 3396 section 5. */
static void put(struct writer *w, u8 code, const void *data, size_t len)
{
	size_t size = len + 2 * (len ? DIV_ROUND_UP(len, 255) : 1);
	const u8 *from = data;
	struct area *area;
	size_t part;
	u8 *to;

	for (area = w->area; area < w->area + __AREAS; area++)
		if (size <= area->size - area->len)
			break;
	if (area == w->area + __AREAS) {
		w->truncated = true;
		return;
	}
	to = area->data + area->len;
	area->len += size;
	do {
		part = min_t(size_t, len, 255);
		*to++ = code;
		*to++ = part;
		memcpy(to, from, part);
		to += part;
		from += part;
		len -= part;
	} while (len);
}

static void put_u8(struct writer *w, u8 code, u8 value)
{
	if (first_time(w, code))
		put(w, code, &value, sizeof(value));
}

static void put_u32(struct writer *w, u8 code, u32 value)
{
	u8 data[sizeof(value)];

	put_unaligned_be32(value, data);
	if (first_time(w, code))
		put(w, code, data, sizeof(data));
}

static void put_text(struct writer *w, u8 code, const char *text)
{
	if (*text && first_time(w, code))
		put(w, code, text, strlen(text));
}

/* RFC 2131 section 4.4.5: T1 is half of the lease, T2 seven eighths. */
static void put_times(struct writer *w)
{
	const struct nemu_dhcp_config *config = &w->dhcp->config;
	u32 lease = w->answer->lease_time;
	u32 t1 = config->t1, t2 = config->t2;

	put_u32(w, NEMU_DHCP_OPT_LEASE_TIME, lease);
	if (lease == NEMU_DHCP_INFINITE)
		return;
	/* A client that asked for a short lease has to renew in time. */
	if (!t2 || t2 >= lease)
		t2 = lease - lease / 8;
	if (!t1 || t1 >= t2)
		t1 = lease / 2 < t2 ? lease / 2 : t2 / 2;
	put_u32(w, NEMU_DHCP_OPT_T1, t1);
	put_u32(w, NEMU_DHCP_OPT_T2, t2);
}

/* One option that the client asked for, or that goes to all. */
static void put_configured(struct writer *w, u8 code)
{
	const struct nemu_dhcp_config *config = &w->dhcp->config;
	struct nemu_dhcp_option_view view;

	if (nemu_dhcp_option_find(&config->options, code, &view)) {
		/* A reservation's own name goes before one for all. */
		if (code == NEMU_DHCP_OPT_HOSTNAME && w->answer->name[0])
			put_text(w, code, w->answer->name);
		else if (first_time(w, code))
			put(w, code, view.data, view.len);
		return;
	}
	switch (code) {
	case NEMU_DHCP_OPT_MASK:
		put_u32(w, code, config->mask);
		break;
	case NEMU_DHCP_OPT_BROADCAST:
		put_u32(w, code, config->subnet | ~config->mask);
		break;
	case NEMU_DHCP_OPT_HOSTNAME:
		put_text(w, code, w->answer->name);
		break;
	case NEMU_DHCP_OPT_SERVER_NAME:
		put_text(w, code, config->server_name);
		break;
	case NEMU_DHCP_OPT_BOOTFILE:
		put_text(w, code, config->bootfile);
		break;
	}
}

static bool is_wanted(const struct writer *w, u8 code)
{
	const struct nemu_dhcp_request *req = &w->dhcp->request;

	return req->wanted_len && memchr(req->wanted, code, req->wanted_len);
}

/* As the client asks, in its order; all there is for one that does not ask. */
static void put_parameters(struct writer *w)
{
	const struct nemu_dhcp_request *req = &w->dhcp->request;
	struct nemu_dhcp_option_view view;
	u16 pos = 0;
	size_t i;

	/* Must stand before the router: RFC 2132 section 3.3, RFC 3442. */
	if (!req->wanted_len || is_wanted(w, NEMU_DHCP_OPT_MASK))
		put_configured(w, NEMU_DHCP_OPT_MASK);
	if (is_wanted(w, NEMU_DHCP_OPT_ROUTES))
		put_configured(w, NEMU_DHCP_OPT_ROUTES);
	for (i = 0; i < req->wanted_len; i++)
		put_configured(w, req->wanted[i]);
	while (nemu_dhcp_option_next(&w->dhcp->config.options, &pos, &view))
		/* The Microsoft number is for those who know it. */
		if (view.unasked || (!req->wanted_len &&
				     view.code != NEMU_DHCP_OPT_MS_ROUTES))
			put_configured(w, view.code);
	if (req->wanted_len)
		return;
	put_configured(w, NEMU_DHCP_OPT_BROADCAST);
	put_configured(w, NEMU_DHCP_OPT_HOSTNAME);
}

/* RFC 2131 table 3 says what belongs into which reply. */
static void put_options(struct writer *w)
{
	const struct nemu_dhcp_request *req = &w->dhcp->request;
	const struct nemu_dhcp_answer *answer = w->answer;

	if (answer->type != NEMU_DHCP_BOOTP) {
		put_u8(w, NEMU_DHCP_OPT_TYPE, answer->type);
		put_u32(w, NEMU_DHCP_OPT_SERVER, w->dhcp->config.server);
		/* RFC 6842: the client-id comes back as it was. */
		if (req->id_len)
			put(w, NEMU_DHCP_OPT_CLIENT_ID, req->id, req->id_len);
	}
	if (answer->message)
		put_text(w, NEMU_DHCP_OPT_MESSAGE, answer->message);
	if (answer->type == NEMU_DHCP_NAK)
		return;
	if (answer->type != NEMU_DHCP_BOOTP && answer->lease_time)
		put_times(w);
	put_parameters(w);
}

static void build_header(const struct nemu_dhcp *dhcp,
			 const struct nemu_dhcp_answer *answer, u8 *reply)
{
	const struct nemu_dhcp_config *config = &dhcp->config;
	const struct nemu_dhcp_request *req = &dhcp->request;

	reply[NEMU_DHCP_OP] = NEMU_DHCP_BOOTREPLY;
	reply[NEMU_DHCP_HTYPE] = 1;
	reply[NEMU_DHCP_HLEN] = ETH_ALEN;
	put_unaligned_be32(req->xid, reply + NEMU_DHCP_XID);
	if (req->broadcast)
		put_unaligned_be16(NEMU_DHCP_BROADCAST, reply + NEMU_DHCP_FLAGS);
	memcpy(reply + NEMU_DHCP_CHADDR, req->chaddr, ETH_ALEN);
	if (answer->type == NEMU_DHCP_NAK)
		return;
	if (answer->type != NEMU_DHCP_OFFER)
		put_unaligned_be32(req->ciaddr, reply + NEMU_DHCP_CIADDR);
	put_unaligned_be32(answer->yiaddr, reply + NEMU_DHCP_YIADDR);
	put_unaligned_be32(config->next_server, reply + NEMU_DHCP_SIADDR);
	memcpy(reply + NEMU_DHCP_SNAME, config->server_name,
	       strnlen(config->server_name, NEMU_DHCP_SNAME_LEN - 1));
	memcpy(reply + NEMU_DHCP_FILE, config->bootfile,
	       strnlen(config->bootfile, NEMU_DHCP_FILE_LEN - 1));
}

/* Closes the areas in use and says which they are. */
static size_t finish(struct writer *w)
{
	struct area *main = &w->area[AREA_MAIN];
	u8 overload = 0;
	int i;

	if (w->area[AREA_FILE].len)
		overload |= NEMU_DHCP_OVERLOAD_FILE;
	if (w->area[AREA_SNAME].len)
		overload |= NEMU_DHCP_OVERLOAD_SNAME;
	if (overload) {
		main->size += OVERLOAD_SIZE;
		put_u8(w, NEMU_DHCP_OPT_OVERLOAD, overload);
	}
	for (i = 0; i < __AREAS; i++)
		if (i == AREA_MAIN || w->area[i].len)
			w->area[i].data[w->area[i].len++] = NEMU_DHCP_OPT_END;
	return NEMU_DHCP_OPTIONS + main->len;
}

/**
 * nemu_dhcp_destination() - where a reply goes: RFC 2131 section 4.1
 * @req: request; it came through no relay
 * @answer: reply
 * @src: source address of the request
 *
 * Return: an address, or all ones.
 */
u32 nemu_dhcp_destination(const struct nemu_dhcp_request *req,
			  const struct nemu_dhcp_answer *answer, u32 src)
{
	if (answer->type == NEMU_DHCP_NAK)
		return U32_MAX;
	if (answer->type != NEMU_DHCP_OFFER && req->ciaddr)
		return req->ciaddr;
	if (!answer->yiaddr)
		return src;
	return req->broadcast ? U32_MAX : answer->yiaddr;
}

/**
 * nemu_dhcp_build() - write a reply to the request at hand
 * @dhcp: server
 * @answer: what to say
 * @reply: buffer
 * @size: its size
 * @truncated: set if options were left out
 *
 * Return: length of the reply, or 0 if the buffer is too small for any.
 */
size_t nemu_dhcp_build(const struct nemu_dhcp *dhcp,
		       const struct nemu_dhcp_answer *answer, u8 *reply,
		       size_t size, bool *truncated)
{
	const struct nemu_dhcp_request *req = &dhcp->request;
	struct writer w = { .dhcp = dhcp, .answer = answer };
	size_t len;

	size = min_t(size_t, size, req->max_len);
	if (size < NEMU_DHCP_LEN_MIN)
		return 0;
	memset(reply, 0, size);
	build_header(dhcp, answer, reply);
	len = NEMU_DHCP_OPTIONS;
	if (req->cookie) {
		put_unaligned_be32(NEMU_DHCP_MAGIC, reply + NEMU_DHCP_COOKIE);
		w.area[AREA_MAIN].data = reply + NEMU_DHCP_OPTIONS;
		/* BOOTP knows no overload, and reads 64 bytes: RFC 1542. */
		w.area[AREA_MAIN].size = answer->type == NEMU_DHCP_BOOTP ?
			NEMU_DHCP_LEN_MIN - NEMU_DHCP_OPTIONS - 1 :
			size - NEMU_DHCP_OPTIONS - 1 - OVERLOAD_SIZE;
		if (answer->type != NEMU_DHCP_BOOTP &&
		    !reply[NEMU_DHCP_FILE]) {
			w.area[AREA_FILE].data = reply + NEMU_DHCP_FILE;
			w.area[AREA_FILE].size = NEMU_DHCP_FILE_LEN - 1;
		}
		if (answer->type != NEMU_DHCP_BOOTP &&
		    !reply[NEMU_DHCP_SNAME]) {
			w.area[AREA_SNAME].data = reply + NEMU_DHCP_SNAME;
			w.area[AREA_SNAME].size = NEMU_DHCP_SNAME_LEN - 1;
		}
		put_options(&w);
		len = finish(&w);
	}
	*truncated = w.truncated;
	return len < NEMU_DHCP_LEN_MIN ? NEMU_DHCP_LEN_MIN : len;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * DHCP parser: bytes from a guest to a request. Every length is checked here;
 * what comes out can be believed in form, not in content.
 */
#include "dhcp.h"

/* An option of fixed length: comes once, RFC 3396 section 5 leaves no other way. */
static bool option_u32(u32 *value, const u8 *data, u8 len)
{
	if (len != sizeof(*value) || *value)
		return false;
	*value = get_unaligned_be32(data);
	return true;
}

/* Parts of a long option are one after the other, RFC 3396 section 7. */
static void append_id(struct nemu_dhcp_request *req, const u8 *data, u8 len)
{
	len = min_t(size_t, len, sizeof(req->id) - req->id_len);
	memcpy(req->id + req->id_len, data, len);
	req->id_len += len;
}

static void append_wanted(struct nemu_dhcp_request *req, const u8 *data, u8 len)
{
	while (len--) {
		if (*data != NEMU_DHCP_OPT_PAD && *data != NEMU_DHCP_OPT_END &&
		    (!req->wanted_len ||
		     !memchr(req->wanted, *data, req->wanted_len)))
			req->wanted[req->wanted_len++] = *data;
		data++;
	}
}

static bool is_label_char(u8 c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

/* People will see it: only what RFC 1123 section 2.1 allows, up to a dot. */
static void set_name(struct nemu_dhcp_request *req, const u8 *data, u8 len)
{
	u8 n = 0;

	while (n < len && n < NEMU_LEASE_NAME_MAX && is_label_char(data[n]))
		n++;
	memcpy(req->name, data, n);
	req->name[n] = '\0';
}

/* One option; false if it can't be. Those that no server reads are skipped. */
static bool parse_option(struct nemu_dhcp_request *req, u8 code, const u8 *data,
			 u8 len, u8 *overload)
{
	u16 size;

	switch (code) {
	case NEMU_DHCP_OPT_TYPE:
		if (len != 1 || req->type || !data[0])
			return false;
		req->type = data[0];
		return true;
	case NEMU_DHCP_OPT_REQUESTED:
		return option_u32(&req->requested, data, len);
	case NEMU_DHCP_OPT_SERVER:
		return option_u32(&req->server, data, len);
	case NEMU_DHCP_OPT_LEASE_TIME:
		return option_u32(&req->lease_time, data, len);
	case NEMU_DHCP_OPT_MAX_SIZE:
		if (len != 2)
			return false;
		/* The size of the IP datagram; less than 576 is not allowed. */
		size = get_unaligned_be16(data);
		size = size > 28 ? size - 28 : 0;
		if (size > NEMU_DHCP_LEN_DEFAULT)
			req->max_len = size;
		return true;
	case NEMU_DHCP_OPT_OVERLOAD:
		if (len != 1 || data[0] < 1 || data[0] > 3 || *overload)
			return false;
		*overload = data[0];
		return true;
	case NEMU_DHCP_OPT_CLIENT_ID:
		append_id(req, data, len);
		return true;
	case NEMU_DHCP_OPT_PARAMETERS:
		append_wanted(req, data, len);
		return true;
	case NEMU_DHCP_OPT_HOSTNAME:
		set_name(req, data, len);
		return true;
	default:
		return true;
	}
}

/* An area of options ends by END or, as some clients do, where it ends. */
static bool parse_area(struct nemu_dhcp_request *req, const u8 *area,
		       size_t size, u8 *overload)
{
	size_t pos = 0;
	u8 code, len;

	while (pos < size) {
		code = area[pos++];
		if (code == NEMU_DHCP_OPT_PAD)
			continue;
		if (code == NEMU_DHCP_OPT_END)
			return true;
		if (pos == size)
			return false;
		len = area[pos++];
		if (len > size - pos ||
		    !parse_option(req, code, area + pos, len, overload))
			return false;
		pos += len;
	}
	return true;
}

/* Options first, then file, then sname: RFC 2131 section 4.1. */
static bool parse_options(struct nemu_dhcp_request *req, const u8 *data,
			  size_t len)
{
	u8 overload = 0, nested = 3;	/* an overload in an overload is none */

	if (!parse_area(req, data + NEMU_DHCP_OPTIONS, len - NEMU_DHCP_OPTIONS,
			&overload))
		return false;
	if (overload & NEMU_DHCP_OVERLOAD_FILE &&
	    !parse_area(req, data + NEMU_DHCP_FILE, NEMU_DHCP_FILE_LEN, &nested))
		return false;
	return !(overload & NEMU_DHCP_OVERLOAD_SNAME) ||
	       parse_area(req, data + NEMU_DHCP_SNAME, NEMU_DHCP_SNAME_LEN, &nested);
}

/**
 * nemu_dhcp_parse() - read a message
 * @req: filled in
 * @data: UDP payload
 * @len: its length
 *
 * Return: 0, or why it can't be answered.
 */
enum nemu_dhcp_drop nemu_dhcp_parse(struct nemu_dhcp_request *req,
				    const u8 *data, size_t len)
{
	memset(req, 0, sizeof(*req));
	if (len < NEMU_DHCP_COOKIE || data[NEMU_DHCP_OP] != NEMU_DHCP_BOOTREQUEST)
		return NEMU_DHCP_DROP_MALFORMED;
	req->xid = get_unaligned_be32(data + NEMU_DHCP_XID);
	req->broadcast = get_unaligned_be16(data + NEMU_DHCP_FLAGS) &
			 NEMU_DHCP_BROADCAST;
	req->ciaddr = get_unaligned_be32(data + NEMU_DHCP_CIADDR);
	req->giaddr = get_unaligned_be32(data + NEMU_DHCP_GIADDR);
	memcpy(req->chaddr, data + NEMU_DHCP_CHADDR, ETH_ALEN);
	req->max_len = NEMU_DHCP_LEN_DEFAULT;

	if (len >= NEMU_DHCP_OPTIONS &&
	    get_unaligned_be32(data + NEMU_DHCP_COOKIE) == NEMU_DHCP_MAGIC) {
		req->cookie = true;
		if (!parse_options(req, data, len))
			return NEMU_DHCP_DROP_MALFORMED;
	}
	if (data[NEMU_DHCP_HTYPE] != 1 || data[NEMU_DHCP_HLEN] != ETH_ALEN ||
	    !is_valid_ether_addr(req->chaddr))
		return NEMU_DHCP_DROP_HARDWARE;
	/* RFC 2132 section 9.14: at least a type and a byte. */
	if (req->id_len < 2)
		req->id_len = 0;
	return NEMU_DHCP_DROP_NONE;
}

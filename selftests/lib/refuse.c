// SPDX-License-Identifier: GPL-2.0
#include "refuse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *refused(struct nl *nl, struct nl *probe, struct nlmsghdr *nlh,
		    struct refusal want)
{
	static char why[400];
	uint64_t before = netemu_state(probe);
	int err = nl_talk(nl, nlh, NULL, NULL);

	if (!before || before != netemu_state(probe)) {
		snprintf(why, sizeof(why), "the state changed (errno %d, '%s')",
			 err, nl->text);
		return why;
	}
	if (err != want.err && !(want.other && err == want.other)) {
		snprintf(why, sizeof(why), "errno is %d, not %d ('%s')", err,
			 want.err, nl->text);
		return why;
	}
	/* A text has at least a word in it. */
	if (strlen(nl->text) < 5) {
		snprintf(why, sizeof(why), "errno %d has no text", err);
		return why;
	}
	return NULL;
}

const char *const damage_names[DAMAGES] = {
	[DAMAGE_UNKNOWN] = "unknown attribute",
	[DAMAGE_FOREIGN] = "attribute of another command",
	[DAMAGE_DUPLICATE] = "attribute twice",
	[DAMAGE_TRAILING] = "trailing bytes",
	[DAMAGE_SHORT_HEADER] = "attribute shorter than its header",
	[DAMAGE_BEYOND] = "attribute beyond the message",
	[DAMAGE_SHORT] = "number of 2 bytes",
	[DAMAGE_LONG] = "number of 8 bytes",
	[DAMAGE_EMPTY] = "number of no bytes",
	[DAMAGE_ZERO] = "index 0",
	[DAMAGE_NEGATIVE] = "index -1",
	[DAMAGE_NESTED] = "number marked as a nest",
	[DAMAGE_NOWHERE] = "index of no device",
	[DAMAGE_RESERVED] = "reserved bits set",
	[DAMAGE_BARE] = "no attributes",
};

/* The first attribute of a message of the family, a u32. */
static struct nlattr *first(struct nlmsghdr *nlh)
{
	return mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr));
}

/* Gives the first attribute another size; the others move. */
static void resize_first(struct nlmsghdr *nlh, uint16_t size)
{
	struct nlattr *attr = first(nlh);
	char *rest = (char *)attr + MNL_ALIGN(attr->nla_len);
	size_t len = (char *)nlh + nlh->nlmsg_len - rest;
	char *to = (char *)attr + MNL_ALIGN(MNL_ATTR_HDRLEN + size);

	memmove(to, rest, len);
	attr->nla_len = MNL_ATTR_HDRLEN + size;
	nlh->nlmsg_len = to + len - (char *)nlh;
}

static void set_first(struct nlmsghdr *nlh, uint32_t value)
{
	memcpy(mnl_attr_get_payload(first(nlh)), &value, sizeof(value));
}

static void append_attr(struct nlmsghdr *nlh, uint16_t len, uint16_t type)
{
	struct nlattr *attr = (void *)((char *)nlh + nlh->nlmsg_len);

	attr->nla_len = len;
	attr->nla_type = type;
	nlh->nlmsg_len += 8;
}

struct refusal damage(struct nlmsghdr *nlh, enum damage kind)
{
	const struct refusal bad = { EINVAL, 0 }, range = { ERANGE, EINVAL };

	switch (kind) {
	case DAMAGE_UNKNOWN:
		mnl_attr_put_u32(nlh, 200, 1);
		return bad;
	case DAMAGE_FOREIGN:
		mnl_attr_put_u32(nlh, NETEMU_A_EVENT, 1);
		return bad;
	case DAMAGE_DUPLICATE:
		mnl_attr_put_u32(nlh, mnl_attr_get_type(first(nlh)),
				 nl_uint(first(nlh)));
		return bad;
	case DAMAGE_TRAILING:
		nlh->nlmsg_len += 4;
		return bad;
	case DAMAGE_SHORT_HEADER:
		append_attr(nlh, 3, NETEMU_A_IFINDEX);
		return bad;
	case DAMAGE_BEYOND:
		append_attr(nlh, 64, NETEMU_A_IFINDEX);
		return bad;
	case DAMAGE_SHORT:
		resize_first(nlh, 2);
		return range;
	case DAMAGE_LONG:
		resize_first(nlh, 8);
		return range;
	case DAMAGE_EMPTY:
		resize_first(nlh, 0);
		return range;
	case DAMAGE_ZERO:
		set_first(nlh, 0);
		return range;
	case DAMAGE_NEGATIVE:
		set_first(nlh, UINT32_MAX);
		return range;
	case DAMAGE_NESTED:
		first(nlh)->nla_type |= NLA_F_NESTED;
		return bad;
	case DAMAGE_NOWHERE:
		set_first(nlh, 0x7ffffffe);
		return (struct refusal){ ENODEV };
	case DAMAGE_RESERVED:
		((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->reserved = 1;
		return bad;
	case DAMAGE_BARE:
		nlh->nlmsg_len = (char *)first(nlh) - (char *)nlh;
		return bad;
	case DAMAGES:
		break;
	}
	return bad;
}

// SPDX-License-Identifier: GPL-2.0
#include "nl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* A lost answer must end the test, not hang it; long enough for a slow VM. */
#define ANSWER_SECONDS	60

int nl_open(struct nl *nl, int bus)
{
	struct timeval timeout = { .tv_sec = ANSWER_SECONDS };
	int on = 1, size = 8 << 20;

	memset(nl, 0, sizeof(*nl));
	nl->sock = mnl_socket_open(bus);
	if (!nl->sock)
		return errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID))
		return errno;
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVTIMEO,
		   &timeout, sizeof(timeout));
	setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVBUFFORCE,
		   &size, sizeof(size));
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

struct nlmsghdr *nl_msg(struct nl *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh;

	memset(nl->tx, 0, sizeof(nl->tx));
	nlh = mnl_nlmsg_put_header(nl->tx);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

struct nlmsghdr *nl_genl(struct nl *nl, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = nl_msg(nl, nl->family, flags);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

uint64_t nl_uint(const struct nlattr *attr)
{
	const void *data = mnl_attr_get_payload(attr);
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (mnl_attr_get_payload_len(attr)) {
	case 1:
		return *(const uint8_t *)data;
	case 2:
		memcpy(&u16, data, sizeof(u16));
		return u16;
	case 4:
		memcpy(&u32, data, sizeof(u32));
		return u32;
	case 8:
		memcpy(&u64, data, sizeof(u64));
		return u64;
	}
	return UINT64_MAX;
}

/* The TLVs after an error or, at the end of a dump, after its code. */
static void read_extack(struct nl *nl, const struct nlmsghdr *nlh,
			size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			strncpy(nl->text, mnl_attr_get_str(attr),
				sizeof(nl->text) - 1);
			break;
		case NLMSGERR_ATTR_OFFS:
		case NLMSGERR_ATTR_MISS_TYPE:
			nl->attr_named = true;
			break;
		}
	}
}

/* Returns true at the end of the answer, with the result in *err. */
static bool take(struct nl *nl, const struct nlmsghdr *nlh, nl_cb cb,
		 void *data, int *err)
{
	const struct nlmsgerr *e;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		nl->interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		e = mnl_nlmsg_get_payload(nlh);
		read_extack(nl, nlh, sizeof(*e));
		*err = -e->error;
		return true;
	case NLMSG_DONE:
		read_extack(nl, nlh, sizeof(int));
		*err = -*(const int *)mnl_nlmsg_get_payload(nlh);
		return true;
	}
	nl->answers++;
	if (cb)
		cb(nlh, data);
	return false;
}

int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_cb cb, void *data)
{
	const struct nlmsghdr *in;
	ssize_t got;
	int err, len;

	nl->text[0] = '\0';
	nl->attr_named = false;
	nl->interrupted = false;
	nl->answers = 0;
	nlh->nlmsg_seq = ++nl->seq;
	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return errno;
	for (;;) {
		got = mnl_socket_recvfrom(nl->sock, nl->rx, sizeof(nl->rx));
		if (got < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		len = got;
		for (in = (void *)nl->rx; mnl_nlmsg_ok(in, len);
		     in = mnl_nlmsg_next(in, &len)) {
			if (in->nlmsg_seq != nl->seq)
				continue;
			if (take(nl, in, cb, data, &err))
				return err;
		}
	}
}

int nl_join(struct nl *nl, uint32_t group)
{
	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)))
		return errno;
	return 0;
}

int nl_join_name(struct nl *nl, const char *group)
{
	int i;

	for (i = 0; i < NL_GROUPS_MAX; i++)
		if (!strcmp(nl->groups[i].name, group))
			return nl_join(nl, nl->groups[i].id);
	return ENOENT;
}

int nl_wait(struct nl *nl, nl_cb cb, void *data)
{
	const struct nlmsghdr *in;
	ssize_t got;
	int len;

	for (;;) {
		got = mnl_socket_recvfrom(nl->sock, nl->rx, sizeof(nl->rx));
		if (got < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		len = got;
		for (in = (void *)nl->rx; mnl_nlmsg_ok(in, len);
		     in = mnl_nlmsg_next(in, &len))
			if (!cb(in, data))
				return 0;
	}
}

static void read_groups(struct nl *nl, const struct nlattr *nest)
{
	const struct nlattr *group, *attr;
	int n = 0;

	mnl_attr_for_each_nested(group, nest) {
		if (n == NL_GROUPS_MAX)
			return;
		mnl_attr_for_each_nested(attr, group) {
			switch (mnl_attr_get_type(attr)) {
			case CTRL_ATTR_MCAST_GRP_NAME:
				strncpy(nl->groups[n].name,
					mnl_attr_get_str(attr),
					GENL_NAMSIZ - 1);
				break;
			case CTRL_ATTR_MCAST_GRP_ID:
				nl->groups[n].id = nl_uint(attr);
				break;
			}
		}
		n++;
	}
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct nl *nl = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			nl->family = nl_uint(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			read_groups(nl, attr);
			break;
		}
	}
	return 1;
}

int nl_open_family(struct nl *nl, const char *name)
{
	struct nlmsghdr *nlh;
	int err;

	err = nl_open(nl, NETLINK_GENERIC);
	if (err)
		return err;
	nl->family = GENL_ID_CTRL;
	nlh = nl_genl(nl, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	return nl_talk(nl, nlh, read_family, nl);
}

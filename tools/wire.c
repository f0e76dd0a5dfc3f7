// SPDX-License-Identifier: GPL-2.0
/*
 * Requests, answers and refusals.
 *
 * libnl builds the messages and owns the sockets; the receive loop is ours,
 * because libnl's throws away what the kernel says about a refusal (extended
 * acknowledgement) and the errors a dump ends with.
 */
#include "wire_priv.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#define OUR_PREFIX	NETEMU_GENL_NAME ": "

struct nl_sock *wire_socket(int protocol)
{
	struct nl_sock *sock = nl_socket_alloc();
	int one = 1;
	int ret;

	if (!sock)
		errx(2, "out of memory");
	ret = nl_connect(sock, protocol);
	if (ret < 0)
		errx(2, "cannot open a netlink socket: %s", nl_geterror(ret));
	/* genl_ctrl_resolve() uses libnl's loop, which counts for itself. */
	nl_socket_disable_seq_check(sock);
	/* Older kernels than ours lack some of these; none is vital. */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_GET_STRICT_CHK,
		   &one, sizeof(one));
	return sock;
}

struct wire *wire_open(void)
{
	struct wire *w = calloc(1, sizeof(*w));

	if (!w)
		errx(2, "out of memory");
	w->rt = wire_socket(NETLINK_ROUTE);
	return w;
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	nl_socket_free(w->rt);
	nl_socket_free(w->ge);
	free(w);
}

const char *wire_why(const struct wire *w)
{
	return w->why;
}

int wire_fail(struct wire *w, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, ap);
	va_end(ap);
	return error;
}

static void *check_memory(void *p)
{
	if (!p)
		errx(2, "out of memory");
	return p;
}

void request_rt(struct request *req, int type, int flags, const void *header,
		size_t size)
{
	req->n_marks = 0;
	req->msg = check_memory(nlmsg_alloc_simple(type,
						   NLM_F_REQUEST | flags));
	if (nlmsg_append(req->msg, (void *)header, size, NLMSG_ALIGNTO) < 0)
		errx(2, "out of memory");
}

/*
 * Asking for the family by name makes the kernel load the module; so it is
 * missing only where it isn't installed or modules may not be loaded.
 */
static int find_family(struct wire *w)
{
	if (!w->ge)
		w->ge = wire_socket(NETLINK_GENERIC);
	if (w->family)
		return 0;
	w->family = genl_ctrl_resolve(w->ge, NETEMU_GENL_NAME);
	if (w->family > 0)
		return 0;
	w->family = 0;
	return wire_fail(w, -EPROTONOSUPPORT,
			 "the kernel module netemu is not loaded: %s\"modprobe netemu\"",
			 geteuid() ? "as root, run " : "run ");
}

int request_ge(struct wire *w, struct request *req, int cmd, int flags)
{
	int ret = find_family(w);

	if (ret)
		return ret;
	req->n_marks = 0;
	req->msg = check_memory(nlmsg_alloc());
	check_memory(genlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ,
				 w->family, 0, NLM_F_REQUEST | flags, cmd,
				 NETEMU_GENL_VERSION));
	return 0;
}

void request_free(struct request *req)
{
	nlmsg_free(req->msg);
	req->msg = NULL;
}

static void mark(struct request *req, const char *key)
{
	if (!key || req->n_marks == WIRE_MARKS_MAX)
		return;
	req->marks[req->n_marks].key = key;
	req->marks[req->n_marks++].offset = nlmsg_hdr(req->msg)->nlmsg_len;
}

void request_put(struct request *req, const char *key, int attr,
		 const void *data, size_t size)
{
	mark(req, key);
	if (nla_put(req->msg, attr, size, data) < 0)
		errx(2, "request too long");
}

void request_put_u32(struct request *req, const char *key, int attr,
		     uint32_t value)
{
	request_put(req, key, attr, &value, sizeof(value));
}

struct nlattr *request_nest(struct request *req, const char *key, int attr)
{
	mark(req, key);
	return check_memory(nla_nest_start(req->msg, NLA_F_NESTED | attr));
}

void request_nest_end(struct request *req, struct nlattr *nest)
{
	nla_nest_end(req->msg, nest);
}

void request_put_opts(struct request *req, const struct wire_opt *map,
		      const struct opt_def *defs, unsigned int n,
		      const struct opts *opts)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t u32 = opts->value[i];
		uint16_t u16 = u32;
		uint8_t u8 = u32;

		if (!(opts->given & (1U << i)))
			continue;
		request_put(req, defs[i].key, map[i].attr,
			    map[i].size == 1 ? (void *)&u8 :
			    map[i].size == 2 ? (void *)&u16 : (void *)&u32,
			    map[i].size);
	}
}

static const char *error_text(int error)
{
	switch (error) {
	case EPERM:
		return "not permitted: this needs CAP_NET_ADMIN, as root has it";
	case ENODEV:
		return "no such device";
	case EEXIST:
		return "exists already";
	default:
		return strerror(error);
	}
}

/* The text of a refusal: @tlv is what follows the error code, if anything. */
static int refusal(struct wire *w, const struct request *req, int error,
		   const struct nlattr *tlv, int tlv_len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { 0 };
	const char *text = error_text(-error);
	const char *key = NULL;
	unsigned int i;

	if (tlv_len > 0)
		nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)tlv, tlv_len,
			  NULL);
	if (tb[NLMSGERR_ATTR_MSG] && nla_len(tb[NLMSGERR_ATTR_MSG]) > 0) {
		text = nla_data(tb[NLMSGERR_ATTR_MSG]);
		/* The module says its name first; the user knows it. */
		if (!strncmp(text, OUR_PREFIX, strlen(OUR_PREFIX)))
			text += strlen(OUR_PREFIX);
	}
	if (tb[NLMSGERR_ATTR_OFFS])
		for (i = 0; i < req->n_marks; i++)
			if (req->marks[i].offset ==
			    attr_uint(tb[NLMSGERR_ATTR_OFFS]))
				key = req->marks[i].key;
	if (key)
		return wire_fail(w, error, "%s: %.400s", key, text);
	return wire_fail(w, error, "%.400s", text);
}

/* NLMSG_ERROR and NLMSG_DONE both end an exchange, with 0 or an error. */
static int conclusion(struct wire *w, const struct request *req,
		      struct nlmsghdr *nlh)
{
	int skip = sizeof(int);
	int error = 0;

	if (nlmsg_datalen(nlh) < (int)sizeof(int))
		return 0;
	memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error >= 0)
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		struct nlmsgerr *e = nlmsg_data(nlh);

		skip = sizeof(*e);
		if (nlmsg_datalen(nlh) < skip)
			return refusal(w, req, error, NULL, 0);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return refusal(w, req, error, NULL, 0);
	return refusal(w, req, error,
		       (void *)((char *)nlmsg_data(nlh) + skip),
		       nlmsg_datalen(nlh) - skip);
}

/* Returns 1 when the exchange goes on, else how it ended. */
static int read_answers(struct wire *w, const struct request *req,
			unsigned char *buf, int len, bool *intr,
			reply_fn fn, void *arg)
{
	uint32_t seq = nlmsg_hdr(req->msg)->nlmsg_seq;
	struct nlmsghdr *nlh;
	int ret;

	for (nlh = (void *)buf; nlmsg_ok(nlh, len);
	     nlh = nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*intr = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return conclusion(w, req, nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || !fn)
			continue;
		ret = fn(nlh, arg);
		if (ret < 0)
			return wire_fail(w, ret, "answer not understood");
	}
	return 1;
}

int wire_talk(struct wire *w, struct nl_sock *sock, struct request *req,
	      reply_fn fn, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(req->msg);
	struct sockaddr_nl from;
	unsigned char *buf;
	bool intr = false;
	int ret;

	/* A dump ends by itself; every other request is acknowledged. */
	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	ret = nl_send_auto(sock, req->msg);
	if (ret < 0) {
		ret = wire_fail(w, -EIO, "cannot send: %s", nl_geterror(ret));
		goto out;
	}
	do {
		int len = nl_recv(sock, &from, &buf, NULL);

		if (len <= 0) {
			ret = wire_fail(w, -EIO, "cannot receive: %s",
					nl_geterror(len));
			break;
		}
		ret = read_answers(w, req, buf, len, &intr, fn, arg);
		free(buf);
	} while (ret > 0);
	if (!ret && intr)
		ret = wire_fail(w, -EINTR, "it changes too fast to be read");
out:
	request_free(req);
	return ret;
}

uint64_t attr_uint(const struct nlattr *nla)
{
	uint64_t u64 = 0;
	uint32_t u32 = 0;
	uint16_t u16 = 0;
	uint8_t u8 = 0;

	if (!nla)
		return 0;
	switch (nla_len(nla)) {
	case sizeof(u8):
		memcpy(&u8, nla_data(nla), sizeof(u8));
		return u8;
	case sizeof(u16):
		memcpy(&u16, nla_data(nla), sizeof(u16));
		return u16;
	case sizeof(u32):
		memcpy(&u32, nla_data(nla), sizeof(u32));
		return u32;
	case sizeof(u64):
		memcpy(&u64, nla_data(nla), sizeof(u64));
		return u64;
	}
	return 0;
}

void attr_name(const struct nlattr *nla, char *buf, size_t size)
{
	buf[0] = '\0';
	if (nla)
		nla_strlcpy(buf, nla, size);
}

bool attr_mac(const struct nlattr *nla, uint8_t *addr)
{
	if (!nla || nla_len(nla) != MAC_LEN)
		return false;
	memcpy(addr, nla_data(nla), MAC_LEN);
	return true;
}

void attr_opts(struct nlattr **tb, const struct wire_opt *map, unsigned int n,
	       struct opts *opts)
{
	unsigned int i;

	opts->given = 0;
	for (i = 0; i < n; i++) {
		if (!tb[map[i].attr])
			continue;
		opts->given |= 1U << i;
		opts->value[i] = attr_uint(tb[map[i].attr]);
	}
}

void attr_drops(const struct nlattr *nest, const struct drop_table *table,
		uint64_t *drops)
{
	struct nlattr *nla;
	int rem;

	if (!nest)
		return;
	nla_for_each_nested(nla, (struct nlattr *)nest, rem)
		if (nla_type(nla) > 0 && nla_type(nla) <= (int)table->max)
			drops[nla_type(nla)] = attr_uint(nla);
}

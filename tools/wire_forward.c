// SPDX-License-Identifier: GPL-2.0
/* Port forwards and services, by generic netlink. */
#include "wire_priv.h"

#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>

static void put_u8(struct request *req, const char *key, int attr,
		   uint8_t value)
{
	request_put(req, key, attr, &value, sizeof(value));
}

static void put_u16(struct request *req, const char *key, int attr,
		    uint16_t value)
{
	request_put(req, key, attr, &value, sizeof(value));
}

/* What names a forward; leaves the nest open. */
static struct nlattr *put_name(struct request *req,
			       const struct forward *forward)
{
	struct nlattr *nest;

	request_put_u32(req, NULL, NETEMU_A_IFINDEX, forward->gateway);
	nest = request_nest(req, NULL, NETEMU_A_FORWARD);
	put_u8(req, NULL, NETEMU_FORWARD_A_KIND, forward->kind);
	put_u8(req, NULL, NETEMU_FORWARD_A_PROTOCOL, forward->protocol);
	request_put_u32(req, NULL, NETEMU_FORWARD_A_ADDRESS, forward->addr);
	put_u16(req, NULL, NETEMU_FORWARD_A_PORT, forward->port);
	return nest;
}

int parse_forward(struct nlmsghdr *nlh, struct forward *forward)
{
	struct nlattr *opt[NETEMU_FORWARD_A_MAX + 1] = { 0 };
	struct nlattr *tb[NETEMU_A_MAX + 1] = { 0 };

	memset(forward, 0, sizeof(*forward));
	if (nlmsg_parse(nlh, GENL_HDRLEN, tb, NETEMU_A_MAX, NULL) < 0 ||
	    !tb[NETEMU_A_FORWARD] ||
	    nla_parse_nested(opt, NETEMU_FORWARD_A_MAX, tb[NETEMU_A_FORWARD],
			     NULL) < 0)
		return -EINVAL;
	forward->gateway = attr_uint(tb[NETEMU_A_IFINDEX]);
	attr_name(tb[NETEMU_A_IFNAME], forward->gateway_name,
		  sizeof(forward->gateway_name));
	forward->kind = attr_uint(opt[NETEMU_FORWARD_A_KIND]);
	forward->protocol = attr_uint(opt[NETEMU_FORWARD_A_PROTOCOL]);
	forward->addr = attr_uint(opt[NETEMU_FORWARD_A_ADDRESS]);
	forward->port = attr_uint(opt[NETEMU_FORWARD_A_PORT]);
	forward->ports = attr_uint(opt[NETEMU_FORWARD_A_PORTS]);
	forward->to = attr_uint(opt[NETEMU_FORWARD_A_TO]);
	forward->to_port = attr_uint(opt[NETEMU_FORWARD_A_TO_PORT]);
	forward->connections = attr_uint(opt[NETEMU_FORWARD_A_CONNECTIONS]);
	return 0;
}


static int read_forward(struct nlmsghdr *nlh, void *arg)
{
	return parse_forward(nlh, arg);
}

int wire_forward_new(struct wire *w, const struct forward *forward,
		     struct forward *chosen)
{
	struct request req;
	struct nlattr *nest;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_FORWARD_NEW,
			 chosen ? NLM_F_ECHO : 0);
	if (ret)
		return ret;
	nest = put_name(&req, forward);
	put_u16(&req, NULL, NETEMU_FORWARD_A_PORTS, forward->ports);
	request_put_u32(&req, NULL, NETEMU_FORWARD_A_TO, forward->to);
	put_u16(&req, NULL, NETEMU_FORWARD_A_TO_PORT, forward->to_port);
	request_nest_end(&req, nest);
	return wire_talk(w, w->ge, &req, chosen ? read_forward : NULL, chosen);
}

int wire_forward_del(struct wire *w, const struct forward *forward)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_FORWARD_DEL, 0);
	if (ret)
		return ret;
	request_nest_end(&req, put_name(&req, forward));
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int wire_forward_get(struct wire *w, const struct forward *name,
		     struct forward *forward)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_FORWARD_GET, 0);
	if (ret)
		return ret;
	request_nest_end(&req, put_name(&req, name));
	return wire_talk(w, w->ge, &req, read_forward, forward);
}

static int read_forward_list(struct nlmsghdr *nlh, void *arg)
{
	struct forward_list *list = arg;

	return parse_forward(nlh, list_append(list));
}

int wire_forward_list(struct wire *w, int gateway, uint32_t kind,
		      struct forward_list *list)
{
	int tries = WIRE_TRIES;
	struct request req;
	size_t i, kept = 0;
	int ret;

	do {
		list->n = 0;
		ret = request_ge(w, &req, NETEMU_CMD_FORWARD_GET, NLM_F_DUMP);
		if (ret)
			return ret;
		if (gateway)
			request_put_u32(&req, NULL, NETEMU_A_IFINDEX, gateway);
		ret = wire_talk(w, w->ge, &req, read_forward_list, list);
	} while (ret == -EINTR && --tries);
	for (i = 0; i < list->n; i++)
		if (list->v[i].kind == kind)
			list->v[kept++] = list->v[i];
	list->n = kept;
	return ret;
}

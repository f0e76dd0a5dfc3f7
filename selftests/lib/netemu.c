// SPDX-License-Identifier: GPL-2.0
#include "netemu.h"

#include <errno.h>
#include <string.h>

static void read_uints(const struct nlattr *nest, uint64_t *v, int max)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) <= max)
			v[mnl_attr_get_type(attr)] = nl_uint(attr);
}

static void read_switch(const struct nlattr *nest, struct switch_info *sw)
{
	const struct nlattr *attr;

	read_uints(nest, sw->v, NETEMU_SWITCH_A_MAX);
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == NETEMU_SWITCH_A_DROPS)
			read_uints(attr, sw->drops, NETEMU_DROP_MAX);
		if (mnl_attr_get_type(attr) == NETEMU_SWITCH_A_PORT_DEFAULTS)
			read_uints(attr, sw->defaults, NETEMU_PORT_A_MAX);
	}
}

static void read_port(const struct nlattr *nest, struct port_info *port)
{
	const struct nlattr *attr;

	read_uints(nest, port->v, NETEMU_PORT_A_MAX);
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == NETEMU_PORT_A_DROPS)
			read_uints(attr, port->drops, NETEMU_DROP_MAX);
}

static void msg_init(struct netemu_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	memset(msg->port.v, 0xff, sizeof(msg->port.v));
	memset(msg->sw.v, 0xff, sizeof(msg->sw.v));
	memset(msg->sw.defaults, 0xff, sizeof(msg->sw.defaults));
}

void netemu_read(const struct nlmsghdr *nlh, struct netemu_msg *msg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	msg_init(msg);
	msg->cmd = genl->cmd;
	mnl_attr_for_each(attr, nlh, sizeof(*genl)) {
		switch (mnl_attr_get_type(attr)) {
		case NETEMU_A_IFINDEX:
			msg->port.index = nl_uint(attr);
			msg->sw.index = nl_uint(attr);
			break;
		case NETEMU_A_MASTER:
			msg->port.master = nl_uint(attr);
			break;
		case NETEMU_A_IFNAME:
			strncpy(msg->port.name, mnl_attr_get_str(attr), 15);
			strncpy(msg->sw.name, mnl_attr_get_str(attr), 15);
			break;
		case NETEMU_A_SWITCH:
			read_switch(attr, &msg->sw);
			break;
		case NETEMU_A_PORT:
			read_port(attr, &msg->port);
			break;
		case NETEMU_A_EVENT:
			msg->event = nl_uint(attr);
			break;
		case NETEMU_A_LLADDR:
			msg->has_lladdr = mnl_attr_get_payload_len(attr) == 6;
			if (msg->has_lladdr)
				memcpy(msg->lladdr,
				       mnl_attr_get_payload(attr), 6);
			break;
		}
	}
}

static int keep_switch(const struct nlmsghdr *nlh, void *data)
{
	struct netemu_msg msg;

	netemu_read(nlh, &msg);
	*(struct switch_info *)data = msg.sw;
	return 1;
}

static int keep_port(const struct nlmsghdr *nlh, void *data)
{
	struct netemu_msg msg;

	netemu_read(nlh, &msg);
	*(struct port_info *)data = msg.port;
	return 1;
}

int switch_get(struct nl *gn, int index, struct switch_info *info)
{
	struct nlmsghdr *nlh = nl_genl(gn, NETEMU_CMD_SWITCH_GET, 0);

	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	return nl_talk(gn, nlh, keep_switch, info);
}

uint64_t switch_value(struct nl *gn, int index, int attr)
{
	struct switch_info info;

	return switch_get(gn, index, &info) ? UINT64_MAX : info.v[attr];
}

uint64_t switch_drops(struct nl *gn, int index, enum netemu_drop reason)
{
	struct switch_info info;

	return switch_get(gn, index, &info) ? UINT64_MAX : info.drops[reason];
}

int port_get(struct nl *gn, int index, struct port_info *info)
{
	struct nlmsghdr *nlh = nl_genl(gn, NETEMU_CMD_PORT_GET, 0);

	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	return nl_talk(gn, nlh, keep_port, info);
}

uint64_t port_value(struct nl *gn, int index, int attr)
{
	struct port_info info;

	return port_get(gn, index, &info) ? UINT64_MAX : info.v[attr];
}

uint64_t port_drops(struct nl *gn, int index, enum netemu_drop reason)
{
	struct port_info info;

	return port_get(gn, index, &info) ? UINT64_MAX : info.drops[reason];
}

static void put_port(struct nlmsghdr *nlh, const struct opt *opts)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NETEMU_A_PORT);

	opts_put(nlh, opts);
	mnl_attr_nest_end(nlh, nest);
}

int port_new(struct nl *gn, int master, int index, const struct opt *opts)
{
	struct nlmsghdr *nlh = nl_genl(gn, NETEMU_CMD_PORT_NEW, 0);

	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, master);
	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	if (opts->type)
		put_port(nlh, opts);
	return nl_talk(gn, nlh, NULL, NULL);
}

int port_set(struct nl *gn, int index, const struct opt *opts)
{
	struct nlmsghdr *nlh = nl_genl(gn, NETEMU_CMD_PORT_SET, 0);

	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	put_port(nlh, opts);
	return nl_talk(gn, nlh, NULL, NULL);
}

int port_del(struct nl *gn, int index)
{
	struct nlmsghdr *nlh = nl_genl(gn, NETEMU_CMD_PORT_DEL, 0);

	mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	return nl_talk(gn, nlh, NULL, NULL);
}

int fdb_flush(struct nl *gn, int master, int index, int flags)
{
	struct nlmsghdr *nlh = nl_genl(gn, NETEMU_CMD_FDB_FLUSH, 0);

	mnl_attr_put_u32(nlh, NETEMU_A_MASTER, master);
	if (index)
		mnl_attr_put_u32(nlh, NETEMU_A_IFINDEX, index);
	if (flags >= 0)
		mnl_attr_put_u32(nlh, NETEMU_A_FLUSH, flags);
	return nl_talk(gn, nlh, NULL, NULL);
}

/* FNV-1a over the attributes of every answer. */
static int hash_msg(const struct nlmsghdr *nlh, void *data)
{
	const uint8_t *p = mnl_nlmsg_get_payload(nlh);
	size_t i, len = mnl_nlmsg_get_payload_len(nlh);
	uint64_t *hash = data;

	for (i = 0; i < len; i++)
		*hash = (*hash ^ p[i]) * 0x100000001b3ULL;
	return 1;
}

uint64_t netemu_state(struct nl *gn)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	if (nl_talk(gn, nl_genl(gn, NETEMU_CMD_SWITCH_GET, NLM_F_DUMP),
		    hash_msg, &hash))
		return 0;
	if (nl_talk(gn, nl_genl(gn, NETEMU_CMD_PORT_GET, NLM_F_DUMP),
		    hash_msg, &hash))
		return 0;
	return hash;
}

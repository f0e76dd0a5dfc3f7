// SPDX-License-Identifier: GPL-2.0
/* Networks, by generic netlink. */
#include "wire_priv.h"

#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>

static void put_name(struct request *req, const char *name)
{
	request_put(req, NULL, NETEMU_A_IFNAME, name, strlen(name) + 1);
}

int wire_network_new(struct wire *w, const struct network_spec *spec)
{
	uint8_t forwarding = spec->forwarding, force = spec->force;
	uint8_t mode = spec->mode, uplink_mode = spec->uplink_mode;
	struct request req;
	struct nlattr *nest;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_NETWORK_NEW, 0);
	if (ret)
		return ret;
	put_name(&req, spec->name);
	nest = request_nest(&req, NULL, NETEMU_A_NETWORK);
	request_put(&req, "mode", NETEMU_NETWORK_A_MODE, &mode, sizeof(mode));
	if (spec->has_forwarding)
		request_put(&req, "forwarding", NETEMU_NETWORK_A_FORWARDING,
			    &forwarding, sizeof(forwarding));
	if (spec->uplink_ifindex)
		request_put_u32(&req, "uplink", NETEMU_NETWORK_A_UPLINK,
				spec->uplink_ifindex);
	if (spec->has_uplink_mode)
		request_put(&req, "uplink-mode", NETEMU_NETWORK_A_UPLINK_MODE,
			    &uplink_mode, sizeof(uplink_mode));
	if (spec->force)
		request_put(&req, "force", NETEMU_NETWORK_A_FORCE, &force,
			    sizeof(force));
	request_nest_end(&req, nest);
	if (network_mode_has_gateway(spec->mode)) {
		nest = request_nest(&req, NULL, NETEMU_A_GATEWAY);
		put_gateway_data(&req, &spec->gateway);
		request_nest_end(&req, nest);
	}
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int wire_network_del(struct wire *w, const char *name)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_NETWORK_DEL, 0);
	if (ret)
		return ret;
	put_name(&req, name);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int parse_network(struct nlmsghdr *nlh, struct network_info *network)
{
	struct nlattr *opt[NETEMU_NETWORK_A_MAX + 1] = { 0 };
	struct nlattr *tb[NETEMU_A_MAX + 1] = { 0 };

	memset(network, 0, sizeof(*network));
	if (nlmsg_parse(nlh, GENL_HDRLEN, tb, NETEMU_A_MAX, NULL) < 0)
		return -EINVAL;
	/* One that is gone has no more than its name. */
	if (tb[NETEMU_A_NETWORK] &&
	    nla_parse_nested(opt, NETEMU_NETWORK_A_MAX, tb[NETEMU_A_NETWORK],
			     NULL) < 0)
		return -EINVAL;
	network->ifindex = attr_uint(tb[NETEMU_A_IFINDEX]);
	attr_name(tb[NETEMU_A_IFNAME], network->name, sizeof(network->name));
	network->mode = attr_uint(opt[NETEMU_NETWORK_A_MODE]);
	network->gateway_ifindex = attr_uint(opt[NETEMU_NETWORK_A_GATEWAY]);
	network->changed = attr_uint(opt[NETEMU_NETWORK_A_CHANGED]);
	network->uplink_ifindex = attr_uint(opt[NETEMU_NETWORK_A_UPLINK]);
	network->uplink_mode = attr_uint(opt[NETEMU_NETWORK_A_UPLINK_MODE]);
	return 0;
}

static int read_network(struct nlmsghdr *nlh, void *arg)
{
	return parse_network(nlh, arg);
}

static int read_network_list(struct nlmsghdr *nlh, void *arg)
{
	struct network_list *list = arg;

	return parse_network(nlh, list_append(list));
}

/* Devices that went meanwhile leave their fields empty. */
int network_join_links(struct wire *w, struct network_info *network)
{
	int ret;

	ret = wire_link_get_index(w, network->ifindex, &network->link);
	if (!ret && network->gateway_ifindex &&
	    wire_link_get_index(w, network->gateway_ifindex,
				&network->gateway))
		network->gateway_ifindex = 0;
	if (!ret && network->uplink_ifindex &&
	    wire_link_get_index(w, network->uplink_ifindex, &network->uplink))
		network->uplink_ifindex = 0;
	return ret;
}

int wire_network_get(struct wire *w, const char *name,
		     struct network_info *network)
{
	struct request req;
	int ret;

	ret = request_ge(w, &req, NETEMU_CMD_NETWORK_GET, 0);
	if (ret)
		return ret;
	put_name(&req, name);
	ret = wire_talk(w, w->ge, &req, read_network, network);
	/* Nobody answers before the first network has loaded the module. */
	if (ret == -EOPNOTSUPP)
		return wire_fail(w, -ENODEV, "no network has this name");
	return ret ?: network_join_links(w, network);
}

int wire_network_list(struct wire *w, struct network_list *list)
{
	int tries = WIRE_TRIES;
	struct request req;
	size_t i, kept = 0;
	int ret;

	do {
		list->n = 0;
		ret = request_ge(w, &req, NETEMU_CMD_NETWORK_GET, NLM_F_DUMP);
		if (ret)
			return ret;
		ret = wire_talk(w, w->ge, &req, read_network_list, list);
	} while (ret == -EINTR && --tries);
	for (i = 0; !ret && i < list->n; i++) {
		ret = network_join_links(w, &list->v[i]);
		if (!ret)
			list->v[kept++] = list->v[i];
		else if (ret == -ENODEV)
			ret = 0;
	}
	list->n = kept;
	return ret;
}

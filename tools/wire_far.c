// SPDX-License-Identifier: GPL-2.0
/* Links, by rtnetlink. */
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

static size_t addr_size(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

static void put_endpoint(struct request *req, const char *key, int addr_attr,
			 int port_attr, const struct endpoint *endpoint)
{
	uint16_t port = endpoint->port;

	if (endpoint->family)
		request_put(req, key, addr_attr, endpoint->addr,
			    addr_size(endpoint->family));
	if (port)
		request_put(req, key, port_attr, &port, sizeof(port));
}

static void put_far(struct request *req, const struct far_spec *spec)
{
	struct nlattr *info, *data;
	uint8_t byte = spec->transport;
	uint16_t peers = spec->max_peers;
	int32_t control = spec->control;
	int32_t fd = spec->fd;

	if (spec->master)
		request_put_u32(req, NULL, IFLA_MASTER, spec->master);
	if (spec->has_mtu)
		request_put_u32(req, "mtu", IFLA_MTU, spec->mtu);
	info = request_nest(req, NULL, IFLA_LINKINFO);
	request_put(req, NULL, IFLA_INFO_KIND, NETEMU_KIND_LINK,
		    strlen(NETEMU_KIND_LINK));
	data = request_nest(req, NULL, IFLA_INFO_DATA);
	if (spec->transport) {
		const char *key = transport_name(spec->transport);

		request_put(req, key, NETEMU_LINK_A_TRANSPORT, &byte, 1);
		put_endpoint(req, key, NETEMU_LINK_A_REMOTE,
			     NETEMU_LINK_A_REMOTE_PORT, &spec->remote);
		put_endpoint(req, "local", NETEMU_LINK_A_LOCAL,
			     NETEMU_LINK_A_LOCAL_PORT, &spec->local);
	}
	byte = 1;
	if (spec->listen)
		request_put(req, "listen", NETEMU_LINK_A_LISTEN, &byte, 1);
	if (spec->has_max_peers)
		request_put(req, "max-peers", NETEMU_LINK_A_MAX_PEERS, &peers,
			    sizeof(peers));
	byte = spec->allow_prefix;
	if (spec->has_allow) {
		const char *key = allow_key(spec->listen);

		request_put(req, key, NETEMU_LINK_A_ALLOW, spec->allow.addr,
			    addr_size(spec->allow.family));
		request_put(req, key, NETEMU_LINK_A_ALLOW_PREFIX, &byte, 1);
	}
	if (spec->has_fd)
		request_put(req, "fd", NETEMU_LINK_A_FD, &fd, sizeof(fd));
	if (spec->has_control)
		request_put(req, NULL, NETEMU_LINK_A_CONTROL, &control,
			    sizeof(control));
	byte = spec->served;
	if (spec->served)
		request_put(req, NULL, NETEMU_LINK_A_SERVED, &byte, 1);
	if (spec->path[0])
		request_put(req, NULL, NETEMU_LINK_A_PATH, spec->path,
			    strlen(spec->path) + 1);
	if (spec->dev)
		request_put_u32(req, "dev", NETEMU_LINK_A_DEV, spec->dev);
	byte = spec->ttl;
	if (spec->has_ttl)
		request_put(req, "ttl", NETEMU_LINK_A_TTL, &byte, 1);
	request_nest_end(req, data);
	request_nest_end(req, info);
}

int wire_far_new(struct wire *w, const struct far_spec *spec)
{
	struct ifinfomsg ifi = {
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct request req;
	int ret;

	request_rt(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi,
		   sizeof(ifi));
	request_put(&req, NULL, IFLA_IFNAME, spec->name,
		    strlen(spec->name) + 1);
	put_far(&req, spec);
	ret = wire_talk(w, w->rt, &req, NULL, NULL);
	/* What the kernel says where no module offers the kind. */
	if (ret == -EOPNOTSUPP)
		return wire_fail(w, ret, "the kernel module netemu is not there: \"modprobe netemu\" tells why");
	return ret;
}

int wire_far_set(struct wire *w, int ifindex, const struct far_spec *spec)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = spec->up ? IFF_UP : 0,
		.ifi_change = spec->up ? IFF_UP : 0,
	};
	struct request req;

	request_rt(&req, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	put_far(&req, spec);
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

static void parse_endpoint(const struct nlattr *addr, const struct nlattr *port,
			   struct endpoint *endpoint)
{
	size_t len = addr ? nla_len(addr) : 0;

	if (len == 4 || len == 16) {
		endpoint->family = len == 16 ? AF_INET6 : AF_INET;
		memcpy(endpoint->addr, nla_data(addr), len);
	}
	endpoint->port = attr_uint(port);
}

void parse_far(const struct nlattr *nest, struct far_info *far)
{
	struct nlattr *tb[NETEMU_LINK_A_MAX + 1] = { 0 };

	if (!nest || nla_parse_nested(tb, NETEMU_LINK_A_MAX,
				      (struct nlattr *)nest, NULL) < 0)
		return;
	far->present = true;
	far->transport = attr_uint(tb[NETEMU_LINK_A_TRANSPORT]);
	parse_endpoint(tb[NETEMU_LINK_A_REMOTE],
		       tb[NETEMU_LINK_A_REMOTE_PORT], &far->remote);
	parse_endpoint(tb[NETEMU_LINK_A_LOCAL], tb[NETEMU_LINK_A_LOCAL_PORT],
		       &far->local);
	far->listen = attr_uint(tb[NETEMU_LINK_A_LISTEN]);
	far->max_peers = attr_uint(tb[NETEMU_LINK_A_MAX_PEERS]);
	parse_endpoint(tb[NETEMU_LINK_A_ALLOW], NULL, &far->allow);
	far->allow_prefix = attr_uint(tb[NETEMU_LINK_A_ALLOW_PREFIX]);
	far->has_state = tb[NETEMU_LINK_A_STATE];
	far->state = attr_uint(tb[NETEMU_LINK_A_STATE]);
	far->error = attr_uint(tb[NETEMU_LINK_A_ERROR]);
	far->connects = attr_uint(tb[NETEMU_LINK_A_CONNECTS]);
	far->peers = attr_uint(tb[NETEMU_LINK_A_PEERS]);
	far->listener = attr_uint(tb[NETEMU_LINK_A_LISTENER]);
	attr_name(tb[NETEMU_LINK_A_PATH], far->path, sizeof(far->path));
	far->served = attr_uint(tb[NETEMU_LINK_A_SERVED]);
	far->dev = attr_uint(tb[NETEMU_LINK_A_DEV]);
	far->ttl = attr_uint(tb[NETEMU_LINK_A_TTL]);
	far->echoes = attr_uint(tb[NETEMU_LINK_A_ECHOES]);
	far->fragmented = attr_uint(tb[NETEMU_LINK_A_FRAGMENTED]);
	attr_drops(tb[NETEMU_LINK_A_DROPS], &link_drops, far->drops);
}

static void name_neighbours(struct link_info *link,
			    const struct link_list *links)
{
	const struct link_info *other;

	other = links_find(links, link->master);
	if (other)
		strcpy(link->far.master_name, other->name);
	other = link->far.dev_elsewhere ? NULL :
					  links_find(links, link->far.dev);
	if (other)
		strcpy(link->far.dev_name, other->name);
}

int wire_far_get(struct wire *w, const char *name, struct link_info *link)
{
	struct link_list links = { 0 };
	int ret;

	ret = wire_link_get(w, name, link);
	if (ret)
		return ret;
	ret = wire_link_list(w, &links);
	if (!ret)
		name_neighbours(link, &links);
	list_free(&links);
	return ret;
}

int wire_far_list(struct wire *w, struct link_list *list)
{
	struct link_list links = { 0 };
	struct link_info *link;
	size_t i;
	int ret;

	ret = wire_link_list(w, &links);
	for (i = 0; !ret && i < links.n; i++) {
		if (!links.v[i].far.present)
			continue;
		link = list_append(list);
		*link = links.v[i];
		name_neighbours(link, &links);
	}
	list_free(&links);
	return ret;
}

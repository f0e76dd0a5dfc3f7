// SPDX-License-Identifier: GPL-2.0
/* Leases, by generic netlink. */
#include "wire_priv.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <linux/genetlink.h>

static void read_id(const struct nlattr *nla, struct lease_info *lease)
{
	size_t len = nla ? nla_len(nla) : 0;

	if (len > sizeof(lease->id))
		len = sizeof(lease->id);
	if (len)
		memcpy(lease->id, nla_data(nla), len);
	lease->id_len = len;
}

int parse_lease(struct nlmsghdr *nlh, struct lease_info *lease,
		uint32_t *event)
{
	struct nlattr *opt[NETEMU_LEASE_A_MAX + 1] = { 0 };
	struct nlattr *tb[NETEMU_A_MAX + 1] = { 0 };

	memset(lease, 0, sizeof(*lease));
	if (nlmsg_parse(nlh, GENL_HDRLEN, tb, NETEMU_A_MAX, NULL) < 0 ||
	    !tb[NETEMU_A_LEASE] ||
	    nla_parse_nested(opt, NETEMU_LEASE_A_MAX, tb[NETEMU_A_LEASE],
			     NULL) < 0)
		return -EINVAL;
	lease->gateway = attr_uint(tb[NETEMU_A_IFINDEX]);
	attr_name(tb[NETEMU_A_IFNAME], lease->gateway_name,
		  sizeof(lease->gateway_name));
	lease->addr = attr_uint(opt[NETEMU_LEASE_A_ADDRESS]);
	lease->has_mac = attr_mac(opt[NETEMU_LEASE_A_LLADDR], lease->mac);
	read_id(opt[NETEMU_LEASE_A_CLIENT_ID], lease);
	attr_name(opt[NETEMU_LEASE_A_HOSTNAME], lease->hostname,
		  sizeof(lease->hostname));
	lease->hostname_given =
		attr_uint(opt[NETEMU_LEASE_A_HOSTNAME_GIVEN]);
	lease->state = attr_uint(opt[NETEMU_LEASE_A_STATE]);
	lease->reserved = attr_uint(opt[NETEMU_LEASE_A_RESERVED]);
	lease->has_time = opt[NETEMU_LEASE_A_TIME_LEFT];
	lease->time_left = attr_uint(opt[NETEMU_LEASE_A_TIME_LEFT]);
	lease->port = attr_uint(opt[NETEMU_LEASE_A_IFINDEX]);
	if (lease->port && !if_indextoname(lease->port, lease->port_name))
		lease->port_name[0] = '\0';
	if (event)
		*event = attr_uint(opt[NETEMU_LEASE_A_EVENT]);
	return 0;
}

static int read_lease(struct nlmsghdr *nlh, void *arg)
{
	struct lease_list *list = arg;

	return parse_lease(nlh, list_append(list), NULL);
}

int wire_lease_list(struct wire *w, int gateway, struct lease_list *list)
{
	int tries = WIRE_TRIES;
	struct request req;
	int ret;

	do {
		list->n = 0;
		ret = request_ge(w, &req, NETEMU_CMD_LEASE_GET, NLM_F_DUMP);
		if (ret)
			return ret;
		if (gateway)
			request_put_u32(&req, NULL, NETEMU_A_IFINDEX, gateway);
		ret = wire_talk(w, w->ge, &req, read_lease, list);
	} while (ret == -EINTR && --tries);
	return ret;
}

static int start(struct wire *w, struct request *req, int cmd, int gateway,
		 uint32_t addr, struct nlattr **nest)
{
	int ret;

	ret = request_ge(w, req, cmd, 0);
	if (ret)
		return ret;
	request_put_u32(req, NULL, NETEMU_A_IFINDEX, gateway);
	*nest = request_nest(req, NULL, NETEMU_A_LEASE);
	request_put_u32(req, "address", NETEMU_LEASE_A_ADDRESS, addr);
	return 0;
}

static void put_hostname(struct request *req, const struct lease_info *lease)
{
	if (lease->hostname[0])
		request_put(req, "hostname", NETEMU_LEASE_A_HOSTNAME,
			    lease->hostname, strlen(lease->hostname) + 1);
}

int wire_lease_reserve(struct wire *w, int gateway,
		       const struct lease_info *lease)
{
	struct nlattr *nest;
	struct request req;
	int ret;

	ret = start(w, &req, NETEMU_CMD_LEASE_NEW, gateway, lease->addr, &nest);
	if (ret)
		return ret;
	if (lease->reserved == NETEMU_LEASE_BY_CLIENT_ID)
		request_put(&req, "client-id", NETEMU_LEASE_A_CLIENT_ID,
			    lease->id, lease->id_len);
	else
		request_put(&req, "mac", NETEMU_LEASE_A_LLADDR, lease->mac,
			    sizeof(lease->mac));
	if (lease->hostname_given)
		put_hostname(&req, lease);
	request_nest_end(&req, nest);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int wire_lease_restore(struct wire *w, int gateway,
		       const struct lease_info *lease)
{
	struct nlattr *nest;
	struct request req;
	int ret;

	ret = start(w, &req, NETEMU_CMD_LEASE_NEW, gateway, lease->addr, &nest);
	if (ret)
		return ret;
	request_put(&req, "mac", NETEMU_LEASE_A_LLADDR, lease->mac,
		    sizeof(lease->mac));
	if (lease->id_len)
		request_put(&req, "client-id", NETEMU_LEASE_A_CLIENT_ID,
			    lease->id, lease->id_len);
	put_hostname(&req, lease);
	request_put_u32(&req, NULL, NETEMU_LEASE_A_TIME_LEFT,
			lease->time_left);
	request_nest_end(&req, nest);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

int wire_lease_del(struct wire *w, int gateway, uint32_t addr)
{
	struct nlattr *nest;
	struct request req;
	int ret;

	ret = start(w, &req, NETEMU_CMD_LEASE_DEL, gateway, addr, &nest);
	if (ret)
		return ret;
	request_nest_end(&req, nest);
	return wire_talk(w, w->ge, &req, NULL, NULL);
}

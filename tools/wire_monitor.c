// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel announces, told as changes of switches, networks, forwards, ports
 * and addresses.
 *
 * Two sockets listen: rtnetlink for switches and addresses, generic netlink
 * for networks, ports and events. The kernel announces the same device many times for
 * reasons nobody sees here, so what is known is remembered, and only a
 * difference is told. Listening begins before the first look, so nothing falls
 * between the two.
 */
#include "wire_priv.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/genl/ctrl.h>

#define MONITOR_BUFFER	(4 << 20)

struct monitor {
	struct wire *w;
	struct nl_sock *rt;
	struct nl_sock *ge;
	unsigned int objects;
	wire_monitor_fn fn;
	void *arg;
	struct switch_list switches;
	struct port_list ports;
};

static void tell(struct monitor *m, struct monitor_item *item,
		 enum monitor_object object, enum monitor_change change)
{
	item->object = object;
	item->change = change;
	if (object == MONITOR_LOST || (m->objects & (1U << object)))
		m->fn(item, m->arg);
}

static struct switch_info *known_switch(struct monitor *m, int ifindex)
{
	size_t i;

	for (i = 0; i < m->switches.n; i++)
		if (m->switches.v[i].link.ifindex == ifindex)
			return &m->switches.v[i];
	return NULL;
}

static struct port_info *known_port(struct monitor *m, int ifindex)
{
	size_t i;

	for (i = 0; i < m->ports.n; i++)
		if (m->ports.v[i].link.ifindex == ifindex)
			return &m->ports.v[i];
	return NULL;
}

static void index_name(struct monitor *m, int ifindex, char *name)
{
	const struct port_info *port = known_port(m, ifindex);
	const struct switch_info *sw = known_switch(m, ifindex);

	/* What was known helps where the device is gone by now. */
	if (!ifindex || if_indextoname(ifindex, name))
		return;
	if (port)
		strcpy(name, port->link.name);
	else if (sw)
		strcpy(name, sw->link.name);
}

static bool same_link(const struct link_info *a, const struct link_info *b)
{
	return !strcmp(a->name, b->name) && a->up == b->up &&
	       a->carrier == b->carrier && a->mtu == b->mtu &&
	       !memcmp(a->addr, b->addr, MAC_LEN);
}

static bool same_opts(const struct opts *a, const struct opts *b)
{
	return a->given == b->given &&
	       !memcmp(a->value, b->value, sizeof(a->value));
}

static void switch_came(struct monitor *m, const struct link_info *link)
{
	struct switch_info *known = known_switch(m, link->ifindex);
	struct monitor_item item = { .sw.link = *link };

	/* Gone again already: its removal is on the way. */
	if (wire_switch_get(m->w, link->ifindex, &item.sw))
		return;
	if (!known) {
		*list_append(&m->switches) = item.sw;
		tell(m, &item, MONITOR_SWITCH, CHANGE_ADD);
		return;
	}
	if (same_link(&known->link, link) &&
	    same_opts(&known->opts, &item.sw.opts) &&
	    same_opts(&known->defaults, &item.sw.defaults))
		return;
	*known = item.sw;
	tell(m, &item, MONITOR_SWITCH, CHANGE_SET);
}

static void switch_went(struct monitor *m, int ifindex)
{
	struct switch_info *known = known_switch(m, ifindex);
	struct monitor_item item = { 0 };

	if (!known)
		return;
	item.sw = *known;
	*known = m->switches.v[--m->switches.n];
	tell(m, &item, MONITOR_SWITCH, CHANGE_DEL);
}

static bool same_port(const struct port_info *a, const struct port_info *b)
{
	return same_link(&a->link, &b->link) && a->state == b->state &&
	       a->link.master == b->link.master && same_opts(&a->opts, &b->opts);
}

static void port_came(struct monitor *m, int ifindex)
{
	struct port_info *known = known_port(m, ifindex);
	struct monitor_item item = { 0 };

	if (wire_port_get(m->w, ifindex, &item.port))
		return;
	if (!known) {
		*list_append(&m->ports) = item.port;
		tell(m, &item, MONITOR_PORT, CHANGE_ADD);
		return;
	}
	if (same_port(known, &item.port))
		return;
	*known = item.port;
	tell(m, &item, MONITOR_PORT, CHANGE_SET);
}

static void port_went(struct monitor *m, int ifindex)
{
	struct port_info *known = known_port(m, ifindex);
	struct monitor_item item = { 0 };

	if (!known)
		return;
	item.port = *known;
	*known = m->ports.v[--m->ports.n];
	tell(m, &item, MONITOR_PORT, CHANGE_DEL);
}

static void link_changed(struct monitor *m, struct nlmsghdr *nlh)
{
	struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct link_info link;

	/* Bridges announce their ports in a family of their own. */
	if (ifi->ifi_family != AF_UNSPEC || parse_link(nlh, &link, NULL))
		return;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		switch_went(m, link.ifindex);
		return;
	}
	if (!strcmp(link.kind, NETEMU_KIND_SWITCH))
		switch_came(m, &link);
	if (known_port(m, link.ifindex))
		port_came(m, link.ifindex);
}

static void neigh_changed(struct monitor *m, struct nlmsghdr *nlh)
{
	struct ndmsg *ndm = nlmsg_data(nlh);
	struct monitor_item item = { 0 };

	if (ndm->ndm_family != AF_BRIDGE || !known_switch(m, ndm->ndm_ifindex) ||
	    parse_fdb(nlh, &item.fdb))
		return;
	index_name(m, item.fdb.master, item.fdb.master_name);
	index_name(m, item.fdb.port, item.fdb.port_name);
	tell(m, &item, MONITOR_FDB, nlh->nlmsg_type == RTM_DELNEIGH ?
	     CHANGE_DEL : nlh->nlmsg_flags & NLM_F_REPLACE ? CHANGE_SET :
	     CHANGE_ADD);
}

static void event_came(struct monitor *m, struct nlmsghdr *nlh)
{
	struct nlattr *tb[NETEMU_A_MAX + 1] = { 0 };
	struct monitor_item item = { 0 };

	if (nlmsg_parse(nlh, GENL_HDRLEN, tb, NETEMU_A_MAX, NULL) < 0)
		return;
	item.event = attr_uint(tb[NETEMU_A_EVENT]);
	item.has_addr = attr_mac(tb[NETEMU_A_LLADDR], item.addr);
	attr_name(tb[NETEMU_A_IFNAME], item.port.link.name,
		  sizeof(item.port.link.name));
	index_name(m, attr_uint(tb[NETEMU_A_MASTER]), item.port.master_name);
	tell(m, &item, MONITOR_EVENT, CHANGE_SET);
	/* Blocked or not is a state of the port, too. */
	port_came(m, attr_uint(tb[NETEMU_A_IFINDEX]));
}

/* Announced only when they come and go. */
static void network_changed(struct monitor *m, struct nlmsghdr *nlh, bool gone)
{
	struct monitor_item item = { 0 };

	/* Gone again already: its removal is on the way. */
	if (parse_network(nlh, &item.network) ||
	    (!gone && network_join_links(m->w, &item.network)))
		return;
	tell(m, &item, MONITOR_NETWORK, gone ? CHANGE_DEL : CHANGE_ADD);
}

static void lease_came(struct monitor *m, struct nlmsghdr *nlh)
{
	struct monitor_item item = { 0 };

	if (!parse_lease(nlh, &item.lease, &item.lease_event))
		tell(m, &item, MONITOR_LEASE, CHANGE_SET);
}

static void forward_changed(struct monitor *m, struct nlmsghdr *nlh, bool gone)
{
	struct monitor_item item = { 0 };

	if (!parse_forward(nlh, &item.forward))
		tell(m, &item, MONITOR_FORWARD, gone ? CHANGE_DEL : CHANGE_ADD);
}

static int join(struct nl_sock *sock, const char *family, const char *group)
{
	int id = genl_ctrl_resolve_grp(sock, family, group);

	return id < 0 ? id : nl_socket_add_membership(sock, id);
}

/*
 * Looking at leases and forwards is not for everybody: who wants all does
 * without.
 */
static bool needs(const struct monitor *m, const char *group)
{
	if (!strcmp(group, NETEMU_GENL_GROUP_LEASE))
		return m->objects == 1U << MONITOR_LEASE;
	if (!strcmp(group, NETEMU_GENL_GROUP_FORWARD))
		return m->objects == 1U << MONITOR_FORWARD;
	return true;
}

static int join_ours(struct monitor *m)
{
	/* Answers of the lookup must not mix with what is announced. */
	struct nl_sock *ask = wire_socket(NETLINK_GENERIC);
	static const char *const groups[] = {
		NETEMU_GENL_GROUP_CONFIG, NETEMU_GENL_GROUP_EVENT,
		NETEMU_GENL_GROUP_LEASE, NETEMU_GENL_GROUP_FORWARD,
	};
	int id, ret = 0;
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]) && !ret; i++) {
		id = genl_ctrl_resolve_grp(ask, NETEMU_GENL_NAME, groups[i]);
		if (id >= 0)
			id = nl_socket_add_membership(m->ge, id);
		if (id < 0 && needs(m, groups[i]))
			ret = wire_fail(m->w, -EIO, "cannot listen: %s",
					nl_geterror(id));
	}
	nl_socket_free(ask);
	return ret;
}

/* A module that is loaded again has a new family and new groups. */
static void family_came(struct monitor *m, struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1] = { 0 };
	struct genlmsghdr *genl = nlmsg_data(nlh);

	if (genl->cmd != CTRL_CMD_NEWFAMILY ||
	    nlmsg_parse(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX, NULL) < 0 ||
	    !tb[CTRL_ATTR_FAMILY_NAME] || !tb[CTRL_ATTR_FAMILY_ID] ||
	    nla_strcmp(tb[CTRL_ATTR_FAMILY_NAME], NETEMU_GENL_NAME))
		return;
	m->w->family = attr_uint(tb[CTRL_ATTR_FAMILY_ID]);
	join_ours(m);
}

static void genl_changed(struct monitor *m, struct nlmsghdr *nlh)
{
	struct genlmsghdr *genl = nlmsg_data(nlh);
	struct port_info port;

	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		family_came(m, nlh);
		return;
	}
	if (nlh->nlmsg_type != m->w->family)
		return;
	switch (genl->cmd) {
	case NETEMU_CMD_PORT_NTF:
		if (!parse_port(nlh, &port))
			port_came(m, port.link.ifindex);
		return;
	case NETEMU_CMD_PORT_DEL_NTF:
		if (!parse_port(nlh, &port))
			port_went(m, port.link.ifindex);
		return;
	case NETEMU_CMD_EVENT_NTF:
		event_came(m, nlh);
		return;
	case NETEMU_CMD_NETWORK_NTF:
	case NETEMU_CMD_NETWORK_DEL_NTF:
		network_changed(m, nlh,
				genl->cmd == NETEMU_CMD_NETWORK_DEL_NTF);
		return;
	case NETEMU_CMD_LEASE_NTF:
		lease_came(m, nlh);
		return;
	case NETEMU_CMD_FORWARD_NTF:
	case NETEMU_CMD_FORWARD_DEL_NTF:
		forward_changed(m, nlh,
				genl->cmd == NETEMU_CMD_FORWARD_DEL_NTF);
		return;
	}
}

static void handle(struct monitor *m, struct nlmsghdr *nlh, bool rt)
{
	if (!rt) {
		if (nlmsg_datalen(nlh) >= (int)GENL_HDRLEN)
			genl_changed(m, nlh);
		return;
	}
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (nlmsg_datalen(nlh) >= (int)sizeof(struct ifinfomsg))
			link_changed(m, nlh);
		return;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		if (nlmsg_datalen(nlh) >= (int)sizeof(struct ndmsg))
			neigh_changed(m, nlh);
		return;
	}
}

static int look(struct monitor *m)
{
	int ret = wire_switch_list(m->w, &m->switches, NULL);

	return ret ? ret : wire_port_list(m->w, 0, &m->ports);
}

static int read_socket(struct monitor *m, struct nl_sock *sock)
{
	struct monitor_item lost = { .object = MONITOR_LOST };
	struct sockaddr_nl from;
	struct nlmsghdr *nlh;
	unsigned char *buf;
	int len;

	len = nl_recv(sock, &from, &buf, NULL);
	/* libnl's word for ENOBUFS: too slow a reader. Look again. */
	if (len == -NLE_NOMEM) {
		tell(m, &lost, MONITOR_LOST, CHANGE_SET);
		return look(m);
	}
	if (len <= 0)
		return wire_fail(m->w, -EIO, "cannot receive: %s",
				 nl_geterror(len));
	/* Only the kernel speaks here. */
	if (!from.nl_pid)
		for (nlh = (void *)buf; nlmsg_ok(nlh, len);
		     nlh = nlmsg_next(nlh, &len))
			handle(m, nlh, sock == m->rt);
	free(buf);
	return 0;
}

static int start(struct monitor *m)
{
	int ret;

	nl_socket_set_buffer_size(m->rt, MONITOR_BUFFER, 0);
	nl_socket_set_buffer_size(m->ge, MONITOR_BUFFER, 0);
	/* The first look also loads the module, if that is needed. */
	ret = look(m);
	if (ret)
		return ret;
	if (nl_socket_add_memberships(m->rt, RTNLGRP_LINK, RTNLGRP_NEIGH, 0) ||
	    join(m->ge, "nlctrl", "notify"))
		return wire_fail(m->w, -EIO, "cannot listen");
	ret = join_ours(m);
	return ret ? ret : look(m);
}

int wire_monitor(struct wire *w, unsigned int objects, wire_monitor_fn fn,
		 void *arg)
{
	struct monitor m = {
		.w = w, .objects = objects, .fn = fn, .arg = arg,
		.rt = wire_socket(NETLINK_ROUTE),
		.ge = wire_socket(NETLINK_GENERIC),
	};
	struct pollfd fds[] = {
		{ .fd = nl_socket_get_fd(m.rt), .events = POLLIN },
		{ .fd = nl_socket_get_fd(m.ge), .events = POLLIN },
	};
	int ret;

	ret = start(&m);
	while (!ret) {
		if (poll(fds, 2, -1) < 0) {
			ret = wire_fail(w, -errno, "%s", strerror(errno));
			break;
		}
		/* A switch has to be known before what happens to its ports. */
		if (fds[0].revents)
			ret = read_socket(&m, m.rt);
		if (!ret && fds[1].revents)
			ret = read_socket(&m, m.ge);
	}
	nl_socket_free(m.rt);
	nl_socket_free(m.ge);
	list_free(&m.switches);
	list_free(&m.ports);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * ip link set|show of a port: IFLA_INFO_SLAVE_DATA, which rtnetlink hands to the
 * kind of its master. All of it is called under RTNL.
 */
#include "switch.h"

#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>

/*
 * rtnetlink hands us whatever IFLA_INFO_SLAVE_DATA it finds, also when it was
 * written for a port of a bridge, whose numbers mean something else. Who wrote
 * it says so in IFLA_INFO_SLAVE_KIND, or as iproute2 does by "bridge_slave" in
 * place of the kind of the device.
 */
static bool for_other_kind(struct nlattr *tb[])
{
	const struct nlattr *attr;
	char kind[32];
	char *slave;

	if (!tb[IFLA_LINKINFO])
		return false;
	attr = nla_find_nested(tb[IFLA_LINKINFO], IFLA_INFO_SLAVE_KIND);
	if (attr)
		return nla_strcmp(attr, NETEMU_KIND_SWITCH);
	attr = nla_find_nested(tb[IFLA_LINKINFO], IFLA_INFO_KIND);
	if (!attr)
		return false;
	nla_strscpy(kind, attr, sizeof(kind));
	slave = strstr(kind, "_slave");
	if (!slave)
		return false;
	*slave = '\0';
	return strcmp(kind, NETEMU_KIND_SWITCH);
}

int nemu_port_changelink(struct net_device *dev, struct net_device *slave,
			 struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	struct nemu_port *port = nemu_port_get_rtnl(slave);
	struct nemu_port_opts opts;
	int err;

	if (!data || !port)
		return 0;
	if (for_other_kind(tb)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: options of another kind of port; this one belongs to a netemu switch");
		return -EOPNOTSUPP;
	}
	nemu_port_opts_get(&opts, port);
	err = nemu_port_opts_parse(&opts, data, extack);
	return err ?: nemu_port_set_opts(port, &opts, extack);
}

size_t nemu_port_get_size(const struct net_device *dev,
			  const struct net_device *slave)
{
	return nemu_port_fill_size();
}

int nemu_port_fill_info(struct sk_buff *skb, const struct net_device *dev,
			const struct net_device *slave)
{
	const struct nemu_port *port = nemu_port_get_rtnl(slave);

	return port ? nemu_port_fill(skb, port, false) : 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Commands about leases: each becomes one call on the table of a gateway. */
#include "gateway.h"
#include "dhcp_service.h"
#include "commands.h"
#include "lease_netlink.h"
#include "../compat.h"
#include "../part.h"

#include <linux/ctype.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

/* ---- looking ------------------------------------------------------------ */

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct nemu_gw *gw, const struct nemu_lease *l)
{
	unsigned int from = skb->len;
	struct nlattr *nest;
	void *hdr;

	hdr = nemu_part_put(skb, NETLINK_CB(cb->skb).portid,
			    cb->nlh->nlmsg_seq, NLM_F_MULTI,
			    NETEMU_CMD_LEASE_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NETEMU_A_IFINDEX, gw->dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, gw->dev->name))
		goto err_cancel;
	nest = nla_nest_start(skb, NETEMU_A_LEASE);
	if (!nest || nemu_lease_fill(skb, l, nemu_dhcp_now()))
		goto err_cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	nl_dump_check_consistent(cb, (void *)(skb->data + from));
	return 0;

err_cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

/* Return: 0 when all leases of the gateway are written. */
static int dump_leases(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct nemu_gw *gw)
{
	struct nemu_part_cursor *cursor = nemu_part_cursor(cb);
	struct nemu_dhcp_service *dhcp = gw->dhcp;
	u32 pos = cursor->at[1];
	struct nemu_lease *l;
	int err = 0;

	spin_lock_bh(&dhcp->lock);
	while (!err && (l = nemu_lease_next(dhcp->engine.leases, &pos)))
		err = put(skb, cb, gw, l);
	spin_unlock_bh(&dhcp->lock);
	cursor->at[1] = err ? pos - 1 : 0;
	return err;
}

/* The gateway with the lowest index from @ifindex on. */
static struct nemu_gw *next_gateway(struct net *net, int ifindex)
{
	struct net_device *dev, *next = NULL;

	for_each_netdev(net, dev)
		if (dev->rtnl_link_ops == &nemu_gw_link_ops &&
		    dev->ifindex >= ifindex &&
		    (!next || dev->ifindex < next->ifindex))
			next = dev;
	return next ? netdev_priv(next) : NULL;
}

static int asked_for(struct netlink_callback *cb)
{
	const struct nlattr *attr = nemu_dump_attrs(cb)[NETEMU_A_IFINDEX];

	return attr ? nla_get_u32(attr) : 0;
}

/**
 * nemu_lease_get_dumpit() - NETEMU_CMD_LEASE_GET
 * @skb: message
 * @cb: the dump
 */
int nemu_lease_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nemu_part_cursor *cursor = nemu_part_cursor(cb);
	struct net *net = sock_net(skb->sk);
	int only = asked_for(cb);
	struct nemu_gw *gw;

	rtnl_lock();
	/* Between two messages a gateway may go, or get another table. */
	cb->seq = net->dev_base_seq + nemu_dhcp_generation();
	if (!cursor->at[0])
		cursor->at[0] = only ?: 1;
	while ((gw = next_gateway(net, cursor->at[0]))) {
		if (only && gw->dev->ifindex != only)
			break;
		if (cursor->at[0] != gw->dev->ifindex)
			cursor->at[1] = 0;
		cursor->at[0] = gw->dev->ifindex;
		if (dump_leases(skb, cb, gw))
			break;
		cursor->at[0]++;
	}
	rtnl_unlock();
	return skb->len;
}

/* ---- changing ----------------------------------------------------------- */

/* What a command says of a lease; NULL or 0 where it says nothing. */
struct wish {
	struct nlattr *attr[NETEMU_LEASE_A_MAX + 1];
	u32 addr;
	const u8 *mac;
	const u8 *id;
	u8 id_len;
	const char *name;
};

static int refuse(struct genl_info *info, struct nlattr *attr, int err,
		  const char *why)
{
	NL_SET_BAD_ATTR(info->extack, attr);
	nemu_extack_msg(info->extack, why);
	return err;
}

/* A label, RFC 1123 section 2.1. */
static bool is_hostname(const char *name)
{
	if (!*name || *name == '-')
		return false;
	for (; *name; name++)
		if (!isascii(*name) || (!isalnum(*name) && *name != '-'))
			return false;
	return name[-1] != '-';
}

static int read_client(struct wish *wish, struct genl_info *info)
{
	struct nlattr *mac = wish->attr[NETEMU_LEASE_A_LLADDR];
	struct nlattr *id = wish->attr[NETEMU_LEASE_A_CLIENT_ID];
	struct nlattr *name = wish->attr[NETEMU_LEASE_A_HOSTNAME];

	if (mac) {
		wish->mac = nla_data(mac);
		if (!is_valid_ether_addr(wish->mac))
			return refuse(info, mac, -EINVAL,
				      "netemu: not a unicast MAC address");
	}
	if (id) {
		wish->id = nla_data(id);
		wish->id_len = nla_len(id);
		if (!wish->id_len)
			return refuse(info, id, -EINVAL,
				      "netemu: the client-id is empty");
	}
	if (name) {
		wish->name = nla_data(name);
		if (!is_hostname(wish->name))
			return refuse(info, name, -EINVAL,
				      "netemu: a host name is letters, digits and hyphens, with no hyphen at its ends");
	}
	return 0;
}

/* The policy of the command has checked what is in the nest. */
static int read_wish(struct wish *wish, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[NETEMU_A_LEASE];
	struct nlattr *addr;

	memset(wish, 0, sizeof(*wish));
	if (nest && nla_parse_nested(wish->attr, NETEMU_LEASE_A_MAX, nest, NULL,
				     info->extack))
		return -EINVAL;
	addr = wish->attr[NETEMU_LEASE_A_ADDRESS];
	if (!addr)
		return refuse(info, nest, -EINVAL,
			      "netemu: the address of the lease is missing");
	wish->addr = ntohl(nla_get_in_addr(addr));
	return read_client(wish, info);
}

static int check_address(const struct nemu_gw *gw, const struct wish *wish,
			 struct genl_info *info)
{
	const struct nemu_gw_config *config = rtnl_dereference(gw->config);
	struct nlattr *attr = wish->attr[NETEMU_LEASE_A_ADDRESS];
	__be32 addr = htonl(wish->addr), host = addr & ~config->mask;
	bool own;

	if (!nemu_gw_in_subnet(config, addr) || !host || host == ~config->mask)
		return refuse(info, attr, -EINVAL,
			      "netemu: not the address of a host in the subnet");
	rcu_read_lock();
	own = nemu_gw_has(gw, config, addr);
	rcu_read_unlock();
	if (own)
		return refuse(info, attr, -EINVAL,
			      "netemu: the address is the gateway's own");
	return 0;
}

/* Puts back what was leased: the client has the address already. */
static int restore(struct nemu_lease_table *leases, const struct wish *wish,
		   u64 now)
{
	u32 left = nla_get_u32(wish->attr[NETEMU_LEASE_A_TIME_LEFT]);
	struct nemu_lease l = {
		.addr = wish->addr,
		.state = NEMU_LEASE_BOUND,
		.since = now,
		.until = left == NEMU_DHCP_INFINITE ? NEMU_LEASE_FOREVER :
						      now + left,
	};

	if (!wish->mac || wish->id_len > sizeof(l.id))
		return -EINVAL;
	ether_addr_copy(l.mac, wish->mac);
	if (wish->id_len)
		memcpy(l.id, wish->id, wish->id_len);
	l.id_len = wish->id_len;
	if (wish->name)
		strscpy(l.name, wish->name, sizeof(l.name));
	return nemu_lease_insert(leases, &l, now);
}

static int explain(struct genl_info *info, int err)
{
	const char *why = NULL;

	switch (err) {
	case -EEXIST:
		why = "netemu: the address or the client has a reservation already";
		break;
	case -EBUSY:
		why = "netemu: another client has the address now";
		break;
	case -EADDRINUSE:
		why = "netemu: the address is leased, reserved or in use already";
		break;
	case -ENOSPC:
		why = "netemu: the gateway has no room for more leases";
		break;
	case -EINVAL:
		why = "netemu: a lease needs a MAC address, a reservation a MAC address or a client-id of 1 to "
		      __stringify(NETEMU_LEASE_CLIENT_ID_MAX) " bytes";
		break;
	case -ENOENT:
		why = "netemu: the address is neither leased nor reserved";
		break;
	}
	if (why)
		nemu_extack_msg(info->extack, why);
	return err;
}

/* Return: 0 or -errno; the guard and the listeners know it then. */
static int add(struct nemu_dhcp_service *dhcp, const struct wish *wish)
{
	struct nemu_lease_table *leases = dhcp->engine.leases;
	bool again = wish->attr[NETEMU_LEASE_A_TIME_LEFT];
	u64 now = nemu_dhcp_now();
	int err;

	rcu_read_lock();
	spin_lock_bh(&dhcp->lock);
	if (again)
		err = restore(leases, wish, now);
	else
		err = nemu_lease_reserve(leases, wish->addr, wish->mac,
					 wish->id, wish->id_len, wish->name,
					 now);
	if (!err) {
		nemu_binding_update(dhcp, htonl(wish->addr));
		nemu_lease_notify(dhcp, nemu_lease_find(leases, wish->addr),
				  again ? NETEMU_LEASE_RESTORED :
					  NETEMU_LEASE_KEPT);
		/* Its time runs. */
		schedule_delayed_work(&dhcp->tick, HZ);
	}
	spin_unlock_bh(&dhcp->lock);
	rcu_read_unlock();
	return err;
}

/**
 * nemu_lease_new_doit() - NETEMU_CMD_LEASE_NEW
 * @skb: message
 * @info: its parts
 */
int nemu_lease_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemu_gw *gw;
	struct wish wish;
	int err;

	err = read_wish(&wish, info);
	if (err)
		return err;
	rtnl_lock();
	gw = nemu_gw_named(info);
	err = PTR_ERR_OR_ZERO(gw);
	if (!err)
		err = check_address(gw, &wish, info);
	if (!err)
		err = explain(info, add(gw->dhcp, &wish));
	rtnl_unlock();
	return err;
}

static int del(struct nemu_dhcp_service *dhcp, u32 addr)
{
	struct nemu_lease_table *leases = dhcp->engine.leases;
	struct nemu_lease *l;
	int err = -ENOENT;

	rcu_read_lock();
	spin_lock_bh(&dhcp->lock);
	l = nemu_lease_find(leases, addr);
	if (l) {
		err = 0;
		nemu_lease_notify(dhcp, l, NETEMU_LEASE_REMOVED);
		/* What nobody uses goes with its reservation. */
		nemu_lease_unreserve(leases, addr, nemu_dhcp_now());
		nemu_lease_delete(leases, addr);
		nemu_binding_update(dhcp, htonl(addr));
	}
	spin_unlock_bh(&dhcp->lock);
	rcu_read_unlock();
	return err;
}

/**
 * nemu_lease_del_doit() - NETEMU_CMD_LEASE_DEL
 * @skb: message
 * @info: its parts
 */
int nemu_lease_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemu_gw *gw;
	struct wish wish;
	int err;

	err = read_wish(&wish, info);
	if (err)
		return err;
	rtnl_lock();
	gw = nemu_gw_named(info);
	err = PTR_ERR_OR_ZERO(gw);
	if (!err)
		err = explain(info, del(gw->dhcp, wish.addr));
	rtnl_unlock();
	return err;
}

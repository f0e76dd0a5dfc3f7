/* SPDX-License-Identifier: GPL-2.0 */
/* Commands about leases. */
#ifndef _NEMU_GATEWAY_LEASE_NETLINK_H
#define _NEMU_GATEWAY_LEASE_NETLINK_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

int nemu_lease_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_lease_new_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_lease_del_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* _NEMU_GATEWAY_LEASE_NETLINK_H */

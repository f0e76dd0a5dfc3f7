/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the netlink room share. */
#ifndef _NEMU_NETLINK_PRIV_H
#define _NEMU_NETLINK_PRIV_H

struct genl_family;
struct genl_info;
struct netlink_callback;
struct sk_buff;

/* netlink.c */
extern struct genl_family nemu_genl_family;
int nemu_check_message(struct genl_info *info);
int nemu_check_dump(struct netlink_callback *cb);

/* netlink_part.c */
int nemu_part_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_part_start(struct netlink_callback *cb);
int nemu_part_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_part_done(struct netlink_callback *cb);

#endif /* _NEMU_NETLINK_PRIV_H */

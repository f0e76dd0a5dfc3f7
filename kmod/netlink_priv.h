/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the netlink room share. */
#ifndef _NEMU_NETLINK_PRIV_H
#define _NEMU_NETLINK_PRIV_H

struct genl_family;
struct genl_info;
struct nemu_port;
struct nemu_switch;
struct net_device;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/* netlink.c */
extern struct genl_family nemu_genl_family;

/* netlink_check.c */
int nemu_check_message(struct genl_info *info);
int nemu_check_dump(struct netlink_callback *cb);
int nemu_refuse_attr(const struct nlattr *attr, const char *message,
		     struct netlink_ext_ack *extack);

/* netlink_named.c */
struct net_device *nemu_named_device(struct genl_info *info, int attr);
struct nemu_switch *nemu_named_switch(struct genl_info *info, int attr);
struct nemu_port *nemu_named_port(struct genl_info *info);

/*
 * Cursor of the dumps: position among the devices of the namespace. A change
 * of that list meanwhile marks the dump as interrupted.
 */
struct nemu_dump_cursor {
	int pos;
};

/* netlink_switch.c */
int nemu_switch_get_start(struct netlink_callback *cb);
int nemu_switch_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_switch_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_fdb_flush_doit(struct sk_buff *skb, struct genl_info *info);

/* netlink_port.c */
int nemu_port_get_start(struct netlink_callback *cb);
int nemu_port_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_port_new_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_port_set_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_port_del_doit(struct sk_buff *skb, struct genl_info *info);

/* netlink_part.c */
int nemu_part_doit(struct sk_buff *skb, struct genl_info *info);
int nemu_part_start(struct netlink_callback *cb);
int nemu_part_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemu_part_done(struct netlink_callback *cb);

#endif /* _NEMU_NETLINK_PRIV_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the config*.c files only. */
#ifndef _NEMU_GATEWAY_CONFIG_H
#define _NEMU_GATEWAY_CONFIG_H

#include "gateway.h"

/* config.c */
int nemu_gw_refuse(struct nlattr *attr, int err, const char *why,
		   struct netlink_ext_ack *extack);
int nemu_gw_check_host(const struct nemu_gw_config *config, __be32 addr,
		       struct nlattr *attr, struct netlink_ext_ack *extack);
int nemu_gw_parse_flag(bool *flag, struct nlattr *attr, const char *range,
		       struct netlink_ext_ack *extack);

/* config_dhcp.c */
int nemu_gw_dhcp_parse(struct nemu_gw_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack);
size_t nemu_gw_dhcp_fill_size(void);
int nemu_gw_dhcp_fill(struct sk_buff *skb, const struct nemu_gw *gw,
		      const struct nemu_gw_config *config);

/* config_limits.c */
int nemu_gw_limits_parse(struct nemu_gw_config *config, struct nlattr **tb,
			 struct netlink_ext_ack *extack);
size_t nemu_gw_limits_fill_size(void);
int nemu_gw_limits_fill(struct sk_buff *skb, const struct nemu_gw_config *config);

#endif /* _NEMU_GATEWAY_CONFIG_H */

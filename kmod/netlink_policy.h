/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_NETLINK_POLICY_H
#define _NEMU_NETLINK_POLICY_H

#include <net/netlink.h>
#include <linux/netemu.h>

extern const struct nla_policy nemu_get_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_port_get_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_port_new_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_port_set_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_flush_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_network_get_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_network_new_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_forward_policy[NETEMU_A_MAX + 1];
extern const struct nla_policy nemu_lease_policy[NETEMU_A_MAX + 1];

#endif /* _NEMU_NETLINK_POLICY_H */

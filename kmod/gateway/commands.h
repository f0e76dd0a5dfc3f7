/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of the generic netlink family that this module answers. */
#ifndef _NEMU_GATEWAY_COMMANDS_H
#define _NEMU_GATEWAY_COMMANDS_H

struct genl_info;
struct nemu_gw;

struct nemu_gw *nemu_gw_named(struct genl_info *info);
int nemu_commands_register(void);
void nemu_commands_unregister(void);

#endif /* _NEMU_GATEWAY_COMMANDS_H */

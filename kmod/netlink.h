/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_NETLINK_H
#define _NEMU_NETLINK_H

int nemu_netlink_init(void);
void nemu_netlink_exit(void);

#endif /* _NEMU_NETLINK_H */

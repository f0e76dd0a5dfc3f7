/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NETEMU_CTL_UNIX_H
#define NETEMU_CTL_UNIX_H

int unix_connect(const char *path);
int unix_listen(const char *path);
/* Bound to @path, connected to @peer. */
int unix_dgram(const char *path, const char *peer);

#endif /* NETEMU_CTL_UNIX_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NETEMU_CTL_UNIX_H
#define NETEMU_CTL_UNIX_H

/* All of these return a descriptor or -errno; and never wait for anybody. */
int unix_connect(const char *path);
int unix_listen(const char *path);
/* Bound to @path, connected to @peer. */
int unix_dgram(const char *path, const char *peer);
/* Says why one of them failed, @peer may be NULL; returns EXIT_REFUSED. */
int unix_refused(int err, const char *path, const char *peer);

#endif /* NETEMU_CTL_UNIX_H */

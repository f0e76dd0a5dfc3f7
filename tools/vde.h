/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VDE: a switch is a directory with a stream socket "ctl". Who connects to that
 * sends a request with the address of a datagram socket of his, gets the address
 * of another in reply, and from then on each datagram is a frame. Nothing more is
 * said on the stream: who closes it hangs up.
 */
#ifndef NETEMU_CTL_VDE_H
#define NETEMU_CTL_VDE_H

#include <sys/socket.h>
#include <sys/un.h>

#include "ctl.h"

#define VDE_MAGIC		0xfeedface
#define VDE_TYPE_MASK		0xff	/* of the type; above it a port number */
#define VDE_NEW_CONTROL		0
#define VDE_NEW_PORT0		1	/* whatever port is free */
#define VDE_DESCRIPTION_MAX	128

/* Numbers are those of the host. */
struct vde_request_v1 {
	uint32_t magic;
	uint32_t version;
	uint32_t type;
	uint8_t addr[MAC_LEN];
	struct sockaddr_un sock;
} __attribute__((packed));

/* The description is as long as it is. */
struct vde_request_v3 {
	uint32_t magic;
	uint32_t version;
	uint32_t type;
	struct sockaddr_un sock;
	char description[VDE_DESCRIPTION_MAX];
} __attribute__((packed));

/* vde_socket.c */

/* False if @path, of @len bytes, is no path of a socket. */
bool vde_address(struct sockaddr_un *addr, const char *path, size_t len);
/*
 * Gives the socket a path, whose file belongs to @uid and @gid and is made with
 * their rights. 0 or -errno.
 */
int vde_bind(int fd, const struct sockaddr_un *addr, uint32_t uid,
	     uint32_t gid, uint32_t mode);
/* Has nobody a socket of this kind open at the path any more? */
bool vde_is_stale(const struct sockaddr_un *addr, int type);
/* 0 or -errno; -EADDRINUSE if somebody has it who is alive. */
int vde_bind_again(int fd, const struct sockaddr_un *addr, int type,
		   uint32_t uid, uint32_t gid, uint32_t mode);
/* Connects to the socket that is there if it belongs to @uid. 0 or -errno. */
int vde_connect_owned(int fd, const char *path, uint32_t uid);

/* vde_client.c: joins the switch at a path. */
int vde_parse_path(struct args *args, struct far_spec *spec,
		   const char **path);
/* 0 or -errno; -EPROTO = it does not answer as a VDE switch does. */
int vde_connect(const char *path, int *data, int *control);
/* Says why it failed; returns EXIT_REFUSED. */
int vde_refused(int err, const char *path);

/* vde_dir.c: the directory of a switch of ours */
/* A listening socket; or -1, said. Makes spec->dir absolute. */
int vde_dir_open(struct vde_spec *spec);
void vde_dir_close(const struct vde_spec *spec);
/* A datagram socket in it, and its address. A descriptor or -errno. */
int vde_dir_socket(const struct vde_spec *spec, struct sockaddr_un *addr);

/* vde_serve.c: what the helper and its supervisor share. */
struct vde_shared {
	uint64_t accepted;
	uint64_t refused;
};

/* The helper; the status it exits with, 0 when the switch is gone. */
int vde_serve(const struct vde_info *vde, int listener,
	      struct vde_shared *shared);

/* vde_supervise.c */
/* Serves the switch until told to stop, in the background or here. */
int vde_start(const struct vde_info *vde, bool background);
int vde_stop(int ifindex);
/* Of the switch; false if it has none. */
bool vde_ask(int ifindex, struct vde_info *vde);
void vde_list(struct vde_list *list);

/* vde.c: "vde-socket DIR [KEY VALUE]..." of "switch set" */
struct vde_words {
	struct vde_spec spec;
	bool given;
	bool off;
};

int vde_parse(struct args *args, struct vde_words *words);
int vde_set(const struct link_info *sw, const struct vde_words *words);

#endif /* NETEMU_CTL_VDE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* VDE sockets: where VDE programs plug into a switch. Part of model.h. */
#ifndef NETEMU_CTL_MODEL_VDE_H
#define NETEMU_CTL_MODEL_VDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Behind it "/ctl", "/NNN.0" and a client's own name fit a socket's address. */
#define VDE_DIR_SIZE		91	/* with its end */
#define VDE_MODE_DEFAULT	0600
#define VDE_PEERS_DEFAULT	64
#define VDE_PEERS_MAX		1000

/* What a VDE socket is to be. */
struct vde_spec {
	char dir[VDE_DIR_SIZE];
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	uint32_t max_peers;
};

/* One that is there. */
struct vde_info {
	char switch_name[NAME_SIZE];
	int ifindex;		/* of the switch */
	struct vde_spec spec;
	int supervisor;		/* process */
	int helper;		/* process, 0 = none at the moment */
	uint32_t peers;		/* that are plugged in now */
	uint64_t accepted;
	uint64_t refused;
};

struct vde_list {
	struct vde_info *v;
	size_t n, room;
};

#endif /* NETEMU_CTL_MODEL_VDE_H */

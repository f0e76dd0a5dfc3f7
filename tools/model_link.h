/* SPDX-License-Identifier: GPL-2.0 */
/* Links: devices whose far side is a socket. Part of model.h. */
#ifndef NETEMU_CTL_MODEL_LINK_H
#define NETEMU_CTL_MODEL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/netemu.h>

/* An address with a port; either may be missing. */
struct endpoint {
	int family;		/* AF_INET, AF_INET6, 0 = no address */
	uint8_t addr[16];
	uint32_t port;		/* 0 = none */
};

/* The far side of a link. */
struct far_info {
	bool present;		/* the device is a link */
	char master_name[NAME_SIZE]; /* only of wire_far_*(); may be "" */
	char dev_name[NAME_SIZE];    /* the same */
	uint32_t transport;	/* enum netemu_link_transport */
	struct endpoint remote;
	struct endpoint local;
	int dev;		/* interface index, 0 = anywhere */
	bool dev_elsewhere;	/* sockets and @dev are in another namespace */
	uint32_t ttl;
	bool listen;		/* for peers; there is no @remote */
	uint32_t max_peers;
	struct endpoint allow;
	uint32_t allow_prefix;
	char path[NETEMU_LINK_PATH_MAX + 1];
	bool served;		/* goes with the client that it is for */
	int keeper;		/* process that reopens it, 0 = none; keep_look_up() */
	bool has_state;
	uint32_t state;		/* enum netemu_link_state */
	uint32_t error;		/* errno, 0 = none */
	uint64_t connects;
	uint32_t peers;
	int listener;		/* interface index, 0 = it is no peer */
	uint64_t echoes;
	uint64_t fragmented;
	uint64_t drops[NETEMU_LINK_DROP_MAX + 1];
};

/* What a link is made with, or changed to. */
struct far_spec {
	char name[NAME_SIZE];
	uint32_t transport;
	struct endpoint remote;
	struct endpoint local;
	char dev_name[NAME_SIZE];
	int dev;
	bool has_fd;
	int fd;			/* NETEMU_LINK_FD, NETEMU_LINK_VDE */
	bool has_control;
	int control;		/* NETEMU_LINK_VDE */
	bool served;		/* the same: goes with the client */
	int master;		/* interface index, 0 = none */
	char path[NETEMU_LINK_PATH_MAX + 1]; /* what it is; may be "" */
	bool listen;
	bool has_max_peers;
	uint32_t max_peers;
	bool has_allow;
	struct endpoint allow;
	uint32_t allow_prefix;
	bool has_local;
	bool has_dev;
	bool has_ttl;
	bool has_mtu;
	bool up;		/* false: as it is */
	uint32_t ttl;
	uint32_t mtu;
};

extern const struct drop_table link_drops;

const char *link_state_name(uint32_t state);
const char *transport_name(uint32_t transport);
/* The option that says where others may be, of who listens or of a bus. */
const char *allow_key(bool listen);
bool transport_parse(const char *word, uint32_t *transport);
/* The TTL that a link of the transport has when nobody sets it. */
uint32_t transport_ttl(uint32_t transport);

#define ENDPOINT_TEXT_SIZE	64
/* "ADDRESS:PORT", "[ADDRESS]:PORT", or what there is of it. */
void endpoint_text(const struct endpoint *endpoint,
		   char text[ENDPOINT_TEXT_SIZE]);
/* The opposite; false if it is none. A bare number is a port. */
bool endpoint_parse(const char *word, struct endpoint *endpoint);
/* "ADDRESS/BITS", or an address alone */
bool prefix_parse(const char *word, struct endpoint *addr, uint32_t *bits);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

#endif /* NETEMU_CTL_MODEL_LINK_H */

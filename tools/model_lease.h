/* SPDX-License-Identifier: GPL-2.0 */
/* Leases, as plain structures: a part of model.h, which includes it. */
#ifndef NETEMU_CTL_MODEL_LEASE_H
#define NETEMU_CTL_MODEL_LEASE_H

#define LEASE_FOREVER	UINT32_MAX

struct lease_info {
	int gateway;		/* interface index */
	char gateway_name[NAME_SIZE];
	uint32_t addr;		/* in network order */
	bool has_mac;
	uint8_t mac[MAC_LEN];
	unsigned int id_len;	/* 0 = no client-id */
	uint8_t id[NETEMU_LEASE_CLIENT_ID_MAX];
	char hostname[NETEMU_LEASE_HOSTNAME_MAX + 1];
	bool hostname_given;	/* the client is told it */
	uint32_t state;		/* enum netemu_lease_state */
	uint32_t reserved;	/* enum netemu_lease_reserved */
	bool has_time;
	uint32_t time_left;	/* seconds, or LEASE_FOREVER */
	int port;		/* interface index, 0 = not known */
	char port_name[NAME_SIZE];
};

struct lease_list {
	struct lease_info *v;
	size_t n, room;
};

const char *lease_state_name(uint32_t state);
const char *lease_reserved_name(uint32_t reserved);
const char *lease_event_name(uint32_t event);

#endif /* NETEMU_CTL_MODEL_LEASE_H */

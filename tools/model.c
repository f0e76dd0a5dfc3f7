// SPDX-License-Identifier: GPL-2.0
#include "model.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[] = {
	[NETEMU_MODE_SWITCH] = "switch",
	[NETEMU_MODE_HUB] = "hub",
};

const struct opt_def switch_opts[SWITCH_OPT_COUNT] = {
	[SWITCH_OPT_MODE] = {
		"mode", "mode", OPT_WORD, NETEMU_MODE_SWITCH,
		NETEMU_MODE_HUB, NETEMU_MODE_SWITCH, NULL,
		"learn and forward, or send every frame to every port",
		mode_names,
	},
	[SWITCH_OPT_AGEING] = {
		"ageing", "ageing", OPT_NUMBER, 0, NETEMU_AGEING_MAX, 300,
		"seconds", "forget an address not heard for so long; 0 = never",
	},
	[SWITCH_OPT_HOST_PORT] = {
		"host-port", "host_port", OPT_BOOL, 0, 1, 1, NULL,
		"the host itself is plugged in",
	},
	[SWITCH_OPT_RESERVED_MASK] = {
		"reserved-mask", "reserved_mask", OPT_MASK, 0, 0xffff, 0x0001,
		NULL, "bit X: forward 01:80:c2:00:00:0X; bit 1 can't be set",
	},
	[SWITCH_OPT_FDB_LIMIT] = {
		"fdb-limit", "fdb_limit", OPT_NUMBER, 1, NETEMU_FDB_LIMIT_MAX,
		NETEMU_FDB_LIMIT_DEFAULT, "addresses",
		"how many addresses are learned in all",
	},
	[SWITCH_OPT_LOOP_RATE] = {
		"loop-rate", "loop_rate", OPT_NUMBER, 0, NETEMU_LOOP_RATE_MAX,
		50, "moves a second",
		"an address that moves more often blocks a port; 0 = never",
	},
	[SWITCH_OPT_LOOP_HOLD] = {
		"loop-hold", "loop_hold", OPT_NUMBER, 1, NETEMU_LOOP_HOLD_MAX,
		10, "seconds", "how long a port stays blocked",
	},
};

const struct opt_def port_opts[PORT_OPT_COUNT] = {
	[PORT_OPT_LEARNING] = {
		"learning", "learning", OPT_BOOL, 0, 1, 1, NULL,
		"source addresses are learned",
	},
	[PORT_OPT_FLOOD] = {
		"flood", "flood", OPT_BOOL, 0, 1, 1, NULL,
		"unknown unicast goes out here",
	},
	[PORT_OPT_MCAST_FLOOD] = {
		"mcast-flood", "mcast_flood", OPT_BOOL, 0, 1, 1, NULL,
		"multicast goes out here",
	},
	[PORT_OPT_BCAST_FLOOD] = {
		"bcast-flood", "bcast_flood", OPT_BOOL, 0, 1, 1, NULL,
		"broadcast goes out here",
	},
	[PORT_OPT_ISOLATED] = {
		"isolated", "isolated", OPT_BOOL, 0, 1, 0, NULL,
		"no frame passes between two isolated ports",
	},
	[PORT_OPT_FDB_LIMIT] = {
		"fdb-limit", "fdb_limit", OPT_NUMBER, 0, NETEMU_FDB_LIMIT_MAX,
		NETEMU_FDB_PORT_LIMIT_DEFAULT, "addresses",
		"how many addresses are learned here; 0 = as many as the switch",
	},
	[PORT_OPT_STORM_BROADCAST] = {
		"storm-broadcast", "storm_broadcast", OPT_NUMBER, 0,
		NETEMU_STORM_MAX, 0, "frames a second",
		"broadcast taken from here; 0 = no limit",
	},
	[PORT_OPT_STORM_MULTICAST] = {
		"storm-multicast", "storm_multicast", OPT_NUMBER, 0,
		NETEMU_STORM_MAX, 0, "frames a second",
		"multicast taken from here; 0 = no limit",
	},
	[PORT_OPT_STORM_UNKNOWN] = {
		"storm-unknown", "storm_unknown", OPT_NUMBER, 0,
		NETEMU_STORM_MAX, 0, "frames a second",
		"unknown unicast taken from here; 0 = no limit",
	},
	[PORT_OPT_GUARD] = {
		"guard", "guard", OPT_BOOL, 0, 1, 0, NULL,
		"drop forged addresses, DHCP answers, router advertisements",
	},
	[PORT_OPT_SHARED] = {
		"shared", "shared", OPT_BOOL, 0, 1, 0, NULL,
		"the host keeps the device; only \"add\" can set it",
	},
};

static const char *const host_access_names[] = {
	[NETEMU_HOST_ACCESS_NO] = "no",
	[NETEMU_HOST_ACCESS_HOST] = "host",
	[NETEMU_HOST_ACCESS_LOOPBACK] = "loopback",
};

static const char *const fastpath_names[] = {
	[NETEMU_FASTPATH_OFF] = "off",
	[NETEMU_FASTPATH_AUTO] = "auto",
	[NETEMU_FASTPATH_ON] = "on",
};

const struct opt_def gateway_opts[GATEWAY_OPT_COUNT] = {
	[GATEWAY_OPT_ADDRESS] = {
		"gateway-address", "gateway_address", OPT_IPV4, .help =
		"the gateway; at first the second address of the subnet",
	},
	[GATEWAY_OPT_DNS_ADDRESS] = {
		"dns-address", "dns_address", OPT_IPV4, .help =
		"where guests ask for names; at first the third address",
	},
	[GATEWAY_OPT_DHCP] = {
		"dhcp", "dhcp", OPT_BOOL, 0, 1, 1, NULL,
		"guests get addresses by DHCP",
	},
	[GATEWAY_OPT_DHCP_START] = {
		"dhcp-start", "dhcp_start", OPT_IPV4, .help =
		"first address of the leases; at first the 15th, or the 4th",
	},
	[GATEWAY_OPT_DHCP_END] = {
		"dhcp-end", "dhcp_end", OPT_IPV4, .help =
		"last address of the leases; at first the last for a host",
	},
	[GATEWAY_OPT_LEASE_TIME] = {
		"lease-time", "lease_time", OPT_NUMBER,
		NETEMU_GW_LEASE_TIME_MIN, UINT32_MAX,
		NETEMU_GW_LEASE_TIME_DEFAULT, "seconds",
		"how long a lease lasts; 4294967295 = for ever",
	},
	[GATEWAY_OPT_GUEST_LEASES] = {
		"guest-leases", "guest_leases", OPT_NUMBER, 0,
		NETEMU_GW_GUEST_LEASES_MAX, NETEMU_GW_GUEST_LEASES_DEFAULT,
		"leases", "how many one guest has; 0 = any number",
	},
	[GATEWAY_OPT_DHCP_MTU] = {
		"dhcp-mtu", "dhcp_mtu", OPT_NUMBER, 0, UINT16_MAX, 0, "bytes",
		"the MTU that guests are told; 0 = that of the gateway",
	},
	[GATEWAY_OPT_HOST_ACCESS] = {
		"host-access", "host_access", OPT_WORD, NETEMU_HOST_ACCESS_NO,
		NETEMU_HOST_ACCESS_LOOPBACK, NETEMU_HOST_ACCESS_NO, NULL,
		"what of the host guests reach: its addresses, also 127.0.0.1",
		host_access_names,
	},
	[GATEWAY_OPT_FASTPATH] = {
		"fastpath", "fastpath", OPT_WORD, NETEMU_FASTPATH_OFF,
		NETEMU_FASTPATH_ON, NETEMU_FASTPATH_OFF, NULL,
		"may established connections pass by the host's rules?",
		fastpath_names,
	},
	[GATEWAY_OPT_LINK_LOCAL] = {
		"allow-link-local", "allow_link_local", OPT_BOOL, 0, 1, 0, NULL,
		"guests reach 169.254.0.0/16, as the host does",
	},
	[GATEWAY_OPT_RESTRICT] = {
		"restrict", "restrict", OPT_BOOL, 0, 1, 0, NULL,
		"nothing leaves the subnet",
	},
	[GATEWAY_OPT_CONNECTIONS] = {
		"connections", "connections", OPT_NUMBER, 1,
		NETEMU_GW_CONNECTIONS_MAX, NETEMU_GW_CONNECTIONS_DEFAULT,
		"connections", "how many are tracked for the guests",
	},
	[GATEWAY_OPT_GUEST_CONNECTIONS] = {
		"guest-connections", "guest_connections", OPT_NUMBER, 0,
		NETEMU_GW_CONNECTIONS_MAX, 0,
		"connections", "how many one guest opens; 0 = half of all",
	},
	[GATEWAY_OPT_CONNECTION_RATE] = {
		"connection-rate", "connection_rate", OPT_NUMBER, 0,
		NETEMU_GW_RATE_MAX, NETEMU_GW_RATE_DEFAULT,
		"a second", "how fast one guest opens them; 0 = no limit",
	},
	[GATEWAY_OPT_PORT_FIRST] = {
		"port-first", "port_first", OPT_NUMBER, 1, 65535,
		NETEMU_GW_PORT_FIRST, NULL,
		"first port of the host that connections leave from",
	},
	[GATEWAY_OPT_PORT_LAST] = {
		"port-last", "port_last", OPT_NUMBER, 1, 65535,
		NETEMU_GW_PORT_LAST, NULL,
		"last port of the host that connections leave from",
	},
};

/* Values the kernel may add later than this tool was built read "unknown". */
static const char *name_in(const char *const *names, size_t n, size_t i)
{
	return i < n && names[i] ? names[i] : "unknown";
}

#define NAME_IN(names, i)	name_in(names, ARRAY_SIZE(names), i)

const char *mode_name(uint32_t mode)
{
	return NAME_IN(mode_names, mode);
}

const char *port_state_name(uint32_t state)
{
	static const char *const names[] = {
		[NETEMU_PORT_STATE_DISABLED] = "disabled",
		[NETEMU_PORT_STATE_FORWARDING] = "forwarding",
		[NETEMU_PORT_STATE_BLOCKED] = "blocked",
	};

	return NAME_IN(names, state);
}

const char *fdb_type_name(enum fdb_type type)
{
	static const char *const names[] = {
		[FDB_LEARNED] = "learned",
		[FDB_STATIC] = "static",
		[FDB_HOST] = "host",
	};

	return NAME_IN(names, type);
}

const char *gateway_role_name(uint32_t role)
{
	static const char *const names[] = {
		[NETEMU_GW_ROLE_NAT] = "nat",
		[NETEMU_GW_ROLE_ROUTED] = "routed",
		[NETEMU_GW_ROLE_HOST_ONLY] = "host-only",
	};

	return NAME_IN(names, role);
}

const char *event_name(uint32_t event)
{
	static const char *const names[] = {
		[NETEMU_EVENT_LOOP_BLOCKED] = "loop_blocked",
		[NETEMU_EVENT_LOOP_UNBLOCKED] = "loop_unblocked",
		[NETEMU_EVENT_MAC_MOVED] = "mac_moved",
		[NETEMU_EVENT_LEARN_LIMIT] = "learn_limit",
		[NETEMU_EVENT_CONNECTED] = "connected",
		[NETEMU_EVENT_DISCONNECTED] = "disconnected",
	};

	return NAME_IN(names, event);
}

const char *event_text(uint32_t event)
{
	static const char *const names[] = {
		[NETEMU_EVENT_LOOP_BLOCKED] = "blocked by the loop guard",
		[NETEMU_EVENT_LOOP_UNBLOCKED] = "no longer blocked",
		[NETEMU_EVENT_MAC_MOVED] = "address moved here",
		[NETEMU_EVENT_LEARN_LIMIT] =
			"address not learned: limit reached",
		[NETEMU_EVENT_CONNECTED] = "the other end is there",
		[NETEMU_EVENT_DISCONNECTED] = "the other end is gone",
	};

	return NAME_IN(names, event);
}

#define X(sym, name, text)	[NETEMU_DROP_##sym] = { name, text },
static const struct drop_reason switch_reasons[] = { NETEMU_DROP_REASONS(X) };
#undef X

const struct drop_table switch_drops = { switch_reasons, NETEMU_DROP_MAX };

#define X(sym, name, text)	[NETEMU_GW_DROP_##sym] = { name, text },
static const struct drop_reason gateway_reasons[] = {
	NETEMU_GW_DROP_REASONS(X)
};
#undef X

const struct drop_table gateway_drops = {
	gateway_reasons, NETEMU_GW_DROP_MAX
};

void mac_text(const uint8_t *addr, char text[MAC_TEXT_SIZE])
{
	snprintf(text, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x",
		 addr[0], addr[1], addr[2], addr[3], addr[4], addr[5]);
}

void ipv4_text(uint32_t addr, char text[IPV4_TEXT_SIZE])
{
	inet_ntop(AF_INET, &addr, text, IPV4_TEXT_SIZE);
}

uint32_t subnet_mask(const struct subnet *subnet)
{
	return subnet->prefix ? htonl(~0U << (32 - subnet->prefix)) : 0;
}

bool link_is_our_tap(const struct link_info *link)
{
	return link->tap.present && !strcmp(link->alias, TAP_MARK);
}

bool link_is_nic(const struct link_info *link)
{
	return !strcmp(link->kind, NETEMU_KIND_NIC);
}

void *list_grow(void *v, size_t n, size_t *room, size_t size)
{
	if (n == *room) {
		*room = *room ? *room * 2 : 16;
		v = reallocarray(v, *room, size);
		if (!v)
			err(2, "netemu-ctl");
	}
	memset((char *)v + n * size, 0, size);
	return v;
}

static int compare_index(const void *a, const void *b)
{
	const struct link_info *la = a, *lb = b;

	return (la->ifindex > lb->ifindex) - (la->ifindex < lb->ifindex);
}

void links_sort(struct link_list *links)
{
	if (links->n)
		qsort(links->v, links->n, sizeof(*links->v), compare_index);
}

const struct link_info *links_find(const struct link_list *links, int ifindex)
{
	struct link_info key = { .ifindex = ifindex };

	if (!links->n)
		return NULL;
	return bsearch(&key, links->v, links->n, sizeof(*links->v),
		       compare_index);
}

static const struct {
	uint32_t mode;
	const char *name;
} network_modes[] = {
	{ NETEMU_NETWORK_NAT, "nat" },
	{ NETEMU_NETWORK_ROUTED, "routed" },
	{ NETEMU_NETWORK_HOST_ONLY, "host-only" },
	{ NETEMU_NETWORK_ISOLATED, "isolated" },
	{ NETEMU_NETWORK_BRIDGED, "bridged" },
};

const char *network_mode_name(uint32_t mode)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(network_modes); i++)
		if (network_modes[i].mode == mode)
			return network_modes[i].name;
	return NULL;
}

static const char *const uplink_modes[] = {
	[NETEMU_UPLINK_SHARED] = "shared",
	[NETEMU_UPLINK_EXCLUSIVE] = "exclusive",
};

const char *uplink_mode_name(uint32_t mode)
{
	return NAME_IN(uplink_modes, mode);
}

bool uplink_mode_parse(const char *word, uint32_t *mode)
{
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(uplink_modes); i++) {
		if (!strcmp(uplink_modes[i], word)) {
			*mode = i;
			return true;
		}
	}
	return false;
}

bool network_mode_has_gateway(uint32_t mode)
{
	return mode == NETEMU_NETWORK_NAT || mode == NETEMU_NETWORK_ROUTED ||
	       mode == NETEMU_NETWORK_HOST_ONLY;
}

/* Also the words that other products have for the same. */
bool network_mode_parse(const char *word, uint32_t *mode)
{
	unsigned int i;

	if (!strcmp(word, "natnetwork"))
		word = "nat";
	else if (!strcmp(word, "internal"))
		word = "isolated";
	else if (!strcmp(word, "hostonly"))
		word = "host-only";
	for (i = 0; i < ARRAY_SIZE(network_modes); i++) {
		if (!strcmp(network_modes[i].name, word)) {
			*mode = network_modes[i].mode;
			return true;
		}
	}
	return false;
}

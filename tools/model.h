/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What netemu-ctl talks about, as plain structures: no netlink, no output.
 *
 * Options of switches, ports and gateways are vectors indexed by the enums
 * below; one table per kind (switch_opts, port_opts, gateway_opts) says how an
 * option is written, what it may be and what it is when nobody sets it.
 * Parsing, help and printing all read these tables.
 */
#ifndef NETEMU_CTL_MODEL_H
#define NETEMU_CTL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netemu.h>

#define NAME_SIZE	16	/* IFNAMSIZ: 15 characters and the end */
#define KIND_SIZE	32
#define ALIAS_SIZE	256
#define MAC_LEN		6
#define MAC_TEXT_SIZE	18
#define IPV4_TEXT_SIZE	16

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * The interface alias of a tap that netemu-ctl made. "port del" removes a
 * device only if it is a tap and carries this mark.
 */
#define TAP_MARK	"netemu-ctl"

enum switch_opt {
	SWITCH_OPT_MODE,
	SWITCH_OPT_AGEING,
	SWITCH_OPT_HOST_PORT,
	SWITCH_OPT_RESERVED_MASK,
	SWITCH_OPT_FDB_LIMIT,
	SWITCH_OPT_LOOP_RATE,
	SWITCH_OPT_LOOP_HOLD,
	SWITCH_OPT_COUNT,
};

enum port_opt {
	PORT_OPT_LEARNING,
	PORT_OPT_FLOOD,
	PORT_OPT_MCAST_FLOOD,
	PORT_OPT_BCAST_FLOOD,
	PORT_OPT_ISOLATED,
	PORT_OPT_FDB_LIMIT,
	PORT_OPT_STORM_BROADCAST,
	PORT_OPT_STORM_MULTICAST,
	PORT_OPT_STORM_UNKNOWN,
	PORT_OPT_GUARD,
	PORT_OPT_SHARED,
	PORT_OPT_COUNT,
};

/* Those before it have defaults in the switch. */
#define PORT_OPT_DEFAULTS	PORT_OPT_SHARED

enum gateway_opt {
	GATEWAY_OPT_ADDRESS,
	GATEWAY_OPT_DNS_ADDRESS,
	GATEWAY_OPT_DHCP,
	GATEWAY_OPT_DHCP_START,
	GATEWAY_OPT_DHCP_END,
	GATEWAY_OPT_LEASE_TIME,
	GATEWAY_OPT_GUEST_LEASES,
	GATEWAY_OPT_DHCP_MTU,
	GATEWAY_OPT_HOST_ACCESS,
	GATEWAY_OPT_FASTPATH,
	GATEWAY_OPT_LINK_LOCAL,
	GATEWAY_OPT_RESTRICT,
	GATEWAY_OPT_CONNECTIONS,
	GATEWAY_OPT_GUEST_CONNECTIONS,
	GATEWAY_OPT_CONNECTION_RATE,
	GATEWAY_OPT_PORT_FIRST,
	GATEWAY_OPT_PORT_LAST,
	GATEWAY_OPT_COUNT,
};

/* Nobody has more than a gateway. */
#define OPTS_MAX	GATEWAY_OPT_COUNT

enum opt_kind {
	OPT_BOOL,	/* on or off */
	OPT_NUMBER,
	OPT_MASK,	/* a number, shown in hexadecimal */
	OPT_WORD,	/* one of some words */
	OPT_IPV4,	/* an address, in network order; no usual value */
};

struct opt_def {
	const char *key;	/* on the command line */
	const char *json;
	enum opt_kind kind;
	uint32_t min;
	uint32_t max;
	uint32_t def;
	const char *unit;	/* may be NULL */
	const char *help;
	const char *const *words;	/* OPT_WORD: min to max */
};

struct opts {
	uint32_t given;		/* bit n: value[n] is meant */
	uint32_t value[OPTS_MAX];
};

extern const struct opt_def switch_opts[SWITCH_OPT_COUNT];
extern const struct opt_def port_opts[PORT_OPT_COUNT];
extern const struct opt_def gateway_opts[GATEWAY_OPT_COUNT];

/* Why frames are dropped: @max reasons, from 1. */
struct drop_reason {
	const char *name;
	const char *text;
};

struct drop_table {
	const struct drop_reason *reasons;
	unsigned int max;
};

extern const struct drop_table switch_drops;
extern const struct drop_table gateway_drops;

struct link_stats {
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t rx_errors;
	uint64_t rx_dropped;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t tx_errors;
	uint64_t tx_dropped;
};

struct tap_info {
	bool present;		/* the device is a tap */
	bool has_owner;
	bool has_group;
	bool multi_queue;
	bool vnet_hdr;
	bool persist;
	uint32_t owner;
	uint32_t group;
};

/* IPv4 addresses are in network order. */
struct subnet {
	uint32_t addr;
	uint8_t prefix;
};

struct resolvers {
	unsigned int n;
	uint32_t v[NETEMU_GW_RESOLVERS_MAX];
};

enum dhcp_word {
	DHCP_WORD_DOMAIN,
	DHCP_WORD_SEARCH,
	DHCP_WORD_NTP,
	DHCP_WORD_NEXT_SERVER,
	DHCP_WORD_BOOTFILE,
	DHCP_WORD_ROUTES,
	DHCP_WORD_OPTIONS,
	DHCP_WORD_COUNT,
};

struct dhcp_route {
	uint32_t dest;
	uint32_t gateway;	/* 0 = on the link */
	uint8_t prefix;
};

/* What DHCP tells guests besides addresses; all of it may be empty. */
struct dhcp_words {
	uint32_t given;		/* bit n: enum dhcp_word n is meant */
	char domain[NETEMU_GW_DOMAIN_MAX + 1];
	char search[NETEMU_GW_SEARCH_MAX + 1];	/* commas between */
	char bootfile[NETEMU_GW_BOOTFILE_MAX + 1];
	unsigned int n_ntp;
	uint32_t ntp[NETEMU_GW_NTP_MAX];
	uint32_t next_server;	/* 0 = none */
	unsigned int n_routes;
	struct dhcp_route routes[NETEMU_GW_ROUTES_MAX];
	unsigned int options_len;
	uint8_t options[NETEMU_GW_DHCP_OPTIONS_MAX]; /* code, length, bytes */
};

struct gateway_info {
	bool present;		/* the device is a gateway */
	char master_name[NAME_SIZE]; /* only of wire_gateway_*(); may be "" */
	struct subnet subnet;
	struct opts opts;
	struct resolvers resolvers;
	bool resolvers_auto;	/* they are the host's, and follow them */
	uint32_t resolver;	/* the one in use; 0 = none answers */
	struct dhcp_words words;
	uint64_t lease_events_lost;
	bool pool_full;		/* who asked last for an address got none */
	uint32_t role;		/* enum netemu_gw_role */
	uint32_t zone;
	uint32_t forwards;
	uint32_t leases;
	uint32_t guests;
	uint32_t connections;
	uint64_t drops[NETEMU_GW_DROP_MAX + 1];
};

#include "model_link.h"
#include "model_vde.h"

struct link_info {
	int ifindex;
	int master;		/* interface index, 0 = none */
	char name[NAME_SIZE];
	char kind[KIND_SIZE];	/* "tap", "veth", ... or "" */
	char alias[ALIAS_SIZE];
	uint8_t addr[MAC_LEN];
	uint32_t mtu;
	uint32_t min_mtu;
	uint32_t max_mtu;
	bool up;
	bool carrier;
	bool has_parent;	/* it is on a bus of the host: a card */
	bool peer_elsewhere;	/* peer lives in another namespace */
	int peer;		/* interface index, 0 = none */
	char peer_name[NAME_SIZE];
	struct tap_info tap;
	struct gateway_info gateway;
	struct far_info far;
	struct link_stats stats;
};

struct switch_info {
	struct link_info link;
	struct opts opts;
	struct opts defaults;	/* of new ports: PORT_OPT_DEFAULTS of port_opts */
	uint32_t ports;
	uint32_t fdb_learned;
	uint32_t fdb_static;
	uint32_t bindings;
	uint64_t moves;
	uint64_t learn_refused;
	uint64_t events_lost;
	uint64_t drops[NETEMU_DROP_MAX + 1];
};

struct port_info {
	struct link_info link;
	char master_name[NAME_SIZE];
	struct opts opts;
	uint32_t state;		/* enum netemu_port_state */
	uint32_t fdb_learned;
	uint64_t moves;
	uint64_t learn_refused;
	uint64_t loop_blocks;
	uint64_t drops[NETEMU_DROP_MAX + 1];
};

enum fdb_type {
	FDB_LEARNED,
	FDB_STATIC,		/* made by hand */
	FDB_HOST,		/* an address of the host's own devices */
	FDB_TYPE_COUNT,
};

struct fdb_entry {
	int master;
	int port;		/* interface index, 0 = the host */
	char master_name[NAME_SIZE];
	char port_name[NAME_SIZE];
	uint8_t addr[MAC_LEN];
	enum fdb_type type;
	bool stale;
	bool has_age;
	uint32_t age;		/* seconds since the address was last heard */
};

struct link_list {
	struct link_info *v;
	size_t n, room;
};

struct switch_list {
	struct switch_info *v;
	size_t n, room;
};

struct port_list {
	struct port_info *v;
	size_t n, room;
};

struct fdb_list {
	struct fdb_entry *v;
	size_t n, room;
};

/* What a switch is made with, or changed to. */
struct switch_spec {
	char name[NAME_SIZE];
	struct opts opts;
	struct opts defaults;
	bool has_mtu;
	bool has_addr;
	bool has_up;
	bool up;
	uint32_t mtu;
	uint8_t addr[MAC_LEN];
};

struct tap_spec {
	bool has_owner;
	bool has_group;
	bool has_mtu;
	bool has_addr;
	bool multi_queue;
	bool vnet_hdr;
	uint32_t owner;
	uint32_t group;
	uint32_t mtu;
	uint8_t addr[MAC_LEN];
};

/* What a gateway is made with, or changed to. */
struct gateway_spec {
	char name[NAME_SIZE];
	struct opts opts;
	bool has_subnet;
	bool has_resolvers;
	bool resolvers_auto;
	bool has_mtu;
	bool up;		/* false: as it is */
	struct subnet subnet;
	struct resolvers resolvers;
	struct dhcp_words words;
	uint32_t mtu;
};

/* What a network is made as. */
struct network_spec {
	char name[NAME_SIZE];
	uint32_t mode;		/* enum netemu_network_mode */
	bool has_forwarding;
	bool forwarding;	/* may it be turned on? */
	char uplink[NAME_SIZE];	/* "" = none */
	int uplink_ifindex;
	bool has_uplink_mode;
	uint32_t uplink_mode;	/* enum netemu_uplink_mode */
	bool force;		/* take it although the host has addresses by it */
	struct gateway_spec gateway;
};

#include "model_lease.h"

/* NULL for a mode that nobody knows. */
const char *network_mode_name(uint32_t mode);
bool network_mode_parse(const char *word, uint32_t *mode);
const char *uplink_mode_name(uint32_t mode);
bool uplink_mode_parse(const char *word, uint32_t *mode);
/* Has a network of this mode a gateway? */
bool network_mode_has_gateway(uint32_t mode);

/* A port forward, or a service: the other way round. */
struct forward {
	char gateway_name[NAME_SIZE];
	int gateway;
	uint32_t kind;		/* enum netemu_forward_kind */
	uint32_t protocol;	/* IPPROTO_* */
	uint32_t addr;		/* where connections are opened to; 0 = any */
	uint32_t port;		/* 0 = one that the kernel chooses */
	uint32_t ports;		/* how many */
	uint32_t to;		/* where they go */
	uint32_t to_port;
	uint64_t connections;	/* opened by it */
};

struct forward_list {
	struct forward *v;
	size_t n, room;
};

struct network_info {
	char name[NAME_SIZE];
	uint32_t mode;
	int ifindex;		/* of the switch */
	int gateway_ifindex;	/* 0 = none */
	uint32_t changed;	/* NETEMU_CHANGED_* */
	int uplink_ifindex;	/* 0 = none */
	uint32_t uplink_mode;	/* enum netemu_uplink_mode */
	struct link_info uplink;
	struct link_info link;	/* the switch, as any device */
	struct link_info gateway;
	bool has_lists;		/* with what is below, which not everybody may see */
	struct lease_list leases;
	struct forward_list forwards;
	struct forward_list services;
};

struct network_list {
	struct network_info *v;
	size_t n, room;
};

/* "forward" or "service" */
const char *forward_kind_name(uint32_t kind);
/* "tcp" or "udp"; NULL for others. */
const char *protocol_name(uint32_t protocol);
/* "[ADDRESS:]PORT[-PORT]" as it is written in commands. */
#define FORWARD_TEXT_SIZE	32
void forward_text(const struct forward *forward, char text[FORWARD_TEXT_SIZE]);

struct connection_count {
	uint64_t packets;
	uint64_t bytes;
};

/* A connection of a guest, as conntrack knows it. */
struct connection {
	char gateway_name[NAME_SIZE];
	bool inbound;		/* somebody else opened it, by a forward */
	uint32_t protocol;
	uint32_t guest, guest_port;
	uint32_t remote, remote_port;	/* with whom */
	uint32_t host, host_port;	/* the host's side, as the remote sees it */
	uint32_t id;		/* of ICMP */
	int tcp_state;		/* -1 = not TCP */
	bool replied;
	bool assured;
	uint32_t seconds;	/* until it is forgotten */
	bool has_counts;
	struct connection_count from_guest;
	struct connection_count to_guest;
};

struct connection_list {
	struct connection *v;
	size_t n, room;
};

const char *connection_state(const struct connection *connection);
/* The name of a protocol, or its number. */
#define PROTOCOL_TEXT_SIZE	8
void protocol_text(uint32_t protocol, char text[PROTOCOL_TEXT_SIZE]);

/* Who has a port of the host. */
struct port_holder {
	int pid;		/* 0 = nobody that could be found */
	char name[KIND_SIZE];
};

enum monitor_object {
	MONITOR_SWITCH,
	MONITOR_PORT,
	MONITOR_FDB,
	MONITOR_EVENT,
	MONITOR_NETWORK,
	MONITOR_LEASE,
	MONITOR_FORWARD,	/* and services */
	MONITOR_LOST,		/* the kernel had to leave messages out */
};

enum monitor_change {
	CHANGE_ADD,
	CHANGE_SET,
	CHANGE_DEL,
};

struct monitor_item {
	enum monitor_object object;
	enum monitor_change change;
	struct switch_info sw;	/* MONITOR_SWITCH */
	struct port_info port;	/* MONITOR_PORT; names also MONITOR_EVENT */
	struct fdb_entry fdb;	/* MONITOR_FDB */
	struct network_info network; /* MONITOR_NETWORK */
	struct forward forward;	/* MONITOR_FORWARD */
	uint32_t event;		/* MONITOR_EVENT: enum netemu_event */
	struct lease_info lease; /* MONITOR_LEASE */
	uint32_t lease_event;	/* enum netemu_lease_event */
	bool has_addr;
	uint8_t addr[MAC_LEN];
};

const char *mode_name(uint32_t mode);
const char *port_state_name(uint32_t state);
const char *fdb_type_name(enum fdb_type type);
const char *gateway_role_name(uint32_t role);
const char *event_name(uint32_t event);
const char *event_text(uint32_t event);

void mac_text(const uint8_t *addr, char text[MAC_TEXT_SIZE]);
void ipv4_text(uint32_t addr, char text[IPV4_TEXT_SIZE]);
/* The bits of a subnet's addresses that are the same, in network order. */
uint32_t subnet_mask(const struct subnet *subnet);
bool link_is_our_tap(const struct link_info *link);
bool link_is_nic(const struct link_info *link);

/* Room for one more element at the end of a list; exits if memory is out. */
void *list_grow(void *v, size_t n, size_t *room, size_t size);

#define list_append(list)						\
	((list)->v = list_grow((list)->v, (list)->n, &(list)->room,	\
			       sizeof(*(list)->v)),			\
	 &(list)->v[(list)->n++])
#define list_free(list)		free((list)->v)

/* Links sorted by index, so that names are found without asking again. */
void links_sort(struct link_list *links);
const struct link_info *links_find(const struct link_list *links, int ifindex);

#endif /* NETEMU_CTL_MODEL_H */

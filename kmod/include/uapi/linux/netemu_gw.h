/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * netemu: user API of what the module netemu_gw does
 *
 * linux/netemu.h includes it; that is where the commands and their manual are.
 */
#ifndef _UAPI_LINUX_NETEMU_GW_H
#define _UAPI_LINUX_NETEMU_GW_H

#include <linux/types.h>

/* Limits of networks, all inclusive. */
#define NETEMU_NETWORK_NAME_MAX		12	/* characters */

enum netemu_network_mode {
	NETEMU_NETWORK_NAT = 0,		/* guests leave as the host */
	NETEMU_NETWORK_ROUTED = 1,	/* ... as themselves, by way of the host */
	NETEMU_NETWORK_HOST_ONLY = 2,	/* guests and the host */
	NETEMU_NETWORK_ISOLATED = 3,	/* guests among themselves */
	NETEMU_NETWORK_BRIDGED = 4,	/* guests are in the uplink's network */
};

/* NETEMU_NETWORK_A_UPLINK_MODE: whose the uplink is */
enum netemu_uplink_mode {
	NETEMU_UPLINK_SHARED = 0,	/* the host's too: a shared port */
	NETEMU_UPLINK_EXCLUSIVE = 1,	/* the guests': a port like others */
};

/**
 * enum netemu_network_attr - what a network is
 * @NETEMU_NETWORK_A_MODE: u8, enum netemu_network_mode, default nat
 * @NETEMU_NETWORK_A_GATEWAY: u32, interface index of the gateway; in replies,
 *	where there is one
 * @NETEMU_NETWORK_A_FORWARDING: u8, 0/1, default 0: mode routed turns on the
 *	host's IPv4 forwarding where it is off; without this it refuses
 * @NETEMU_NETWORK_A_CHANGED: u32, NETEMU_CHANGED_* flags; in replies: what was
 *	changed on the host and is undone in the end
 * @NETEMU_NETWORK_A_UPLINK: u32, interface index: the device by which guests are
 *	in its network. Mode bridged needs one, no other takes one; in replies as
 *	long as it is a port
 * @NETEMU_NETWORK_A_UPLINK_MODE: u8, enum netemu_uplink_mode, default shared;
 *	goes with UPLINK
 * @NETEMU_NETWORK_A_FORCE: u8, 0/1, default 0: take an exclusive uplink from the
 *	host although it has addresses, which the host can't use meanwhile; without
 *	this it refuses (-EBUSY). IPv6 addresses of the link do not matter
 */
enum netemu_network_attr {
	NETEMU_NETWORK_A_MODE = 1,
	NETEMU_NETWORK_A_GATEWAY,
	NETEMU_NETWORK_A_FORWARDING,
	NETEMU_NETWORK_A_CHANGED,
	NETEMU_NETWORK_A_UPLINK,
	NETEMU_NETWORK_A_UPLINK_MODE,
	NETEMU_NETWORK_A_FORCE,

	__NETEMU_NETWORK_A_MAX,
};

#define NETEMU_NETWORK_A_MAX (__NETEMU_NETWORK_A_MAX - 1)

/* NETEMU_NETWORK_A_CHANGED */
#define NETEMU_CHANGED_ADDRESS		0x1	/* the switch got an address */
#define NETEMU_CHANGED_FORWARDING	0x2	/* net.ipv4.ip_forward was 0 */

/* NETEMU_FORWARD_A_KIND */
enum netemu_forward_kind {
	NETEMU_FORWARD_TO_GUEST = 0,	/* ports of the host lead to a guest */
	NETEMU_FORWARD_SERVICE = 1,	/* ports that guests see lead outside */
};

#define NETEMU_FORWARDS_MAX		1024	/* of one gateway, services too */
#define NETEMU_FORWARD_PORTS_MAX	4096	/* of all of them */

/**
 * enum netemu_forward_attr - a forward or a service
 *
 * Addresses are 4 bytes in network order, ports are in host order. KIND,
 * PROTOCOL, ADDRESS and PORT together name one.
 *
 * @NETEMU_FORWARD_A_KIND: u8, enum netemu_forward_kind, default to a guest
 * @NETEMU_FORWARD_A_PROTOCOL: u8, IPPROTO_TCP or IPPROTO_UDP
 * @NETEMU_FORWARD_A_ADDRESS: where connections are opened to. To a guest: an
 *	address of the host, default 0.0.0.0: any of them. Service: an address of
 *	the subnet that nobody else has; the gateway answers for it
 * @NETEMU_FORWARD_A_PORT: u16, first port there; default or 0: the kernel chooses
 *	one (to a guest only, and only one)
 * @NETEMU_FORWARD_A_PORTS: u16, how many ports, default 1
 * @NETEMU_FORWARD_A_TO: where they go: the guest. Service: any address outside the
 *	subnet that the host reaches, 127.0.0.1 too
 * @NETEMU_FORWARD_A_TO_PORT: u16, 1 to 65535, first port there; default PORT
 * @NETEMU_FORWARD_A_CONNECTIONS: u64, read only: connections opened by it
 * @NETEMU_FORWARD_A_PAD: alignment
 */
enum netemu_forward_attr {
	NETEMU_FORWARD_A_KIND = 1,
	NETEMU_FORWARD_A_PROTOCOL,
	NETEMU_FORWARD_A_ADDRESS,
	NETEMU_FORWARD_A_PORT,
	NETEMU_FORWARD_A_PORTS,
	NETEMU_FORWARD_A_TO,
	NETEMU_FORWARD_A_TO_PORT,
	NETEMU_FORWARD_A_CONNECTIONS,
	NETEMU_FORWARD_A_PAD,

	__NETEMU_FORWARD_A_MAX,
};

#define NETEMU_FORWARD_A_MAX (__NETEMU_FORWARD_A_MAX - 1)

/* Limits of leases, all inclusive. */
#define NETEMU_LEASE_CLIENT_ID_MAX	135	/* bytes, RFC 4361 */
#define NETEMU_LEASE_HOSTNAME_MAX	63	/* characters */

/* NETEMU_LEASE_A_STATE */
enum netemu_lease_state {
	NETEMU_LEASE_RESERVED = 0,	/* kept for a client, not in use */
	NETEMU_LEASE_OFFERED = 1,
	NETEMU_LEASE_BOUND = 2,
	NETEMU_LEASE_RELEASED = 3,	/* its client gave it back */
	NETEMU_LEASE_EXPIRED = 4,
	NETEMU_LEASE_DECLINED = 5,	/* in use by somebody else: it rests */
};

/* NETEMU_LEASE_A_RESERVED: what an address is kept for */
enum netemu_lease_reserved {
	NETEMU_LEASE_BY_NOTHING = 0,	/* it is not */
	NETEMU_LEASE_BY_MAC = 1,
	NETEMU_LEASE_BY_CLIENT_ID = 2,
};

/* NETEMU_LEASE_A_EVENT */
enum netemu_lease_event {
	NETEMU_LEASE_GRANTED = 1,
	NETEMU_LEASE_RENEWED,
	NETEMU_LEASE_GIVEN_BACK,
	NETEMU_LEASE_RAN_OUT,
	NETEMU_LEASE_CONFLICT,		/* declined: in use by somebody else */
	NETEMU_LEASE_POOL_FULL,		/* no address is left */
	NETEMU_LEASE_KEPT,		/* by the administrator, as the rest */
	NETEMU_LEASE_RESTORED,
	NETEMU_LEASE_REMOVED,
};

/**
 * enum netemu_lease_attr - an address and its client
 * @NETEMU_LEASE_A_ADDRESS: 4 bytes, in network order
 * @NETEMU_LEASE_A_LLADDR: 6 bytes, MAC address of the client
 * @NETEMU_LEASE_A_CLIENT_ID: 1 to %NETEMU_LEASE_CLIENT_ID_MAX bytes: DHCP option
 *	61 as the client sends it, its type first
 * @NETEMU_LEASE_A_HOSTNAME: string, 1 to %NETEMU_LEASE_HOSTNAME_MAX letters,
 *	digits and hyphens: what the client calls itself, or is told to
 * @NETEMU_LEASE_A_STATE: u8, read only: enum netemu_lease_state
 * @NETEMU_LEASE_A_TIME_LEFT: u32, seconds until the state ends, at least 1;
 *	0xffffffff = for ever
 * @NETEMU_LEASE_A_IFINDEX: u32, read only: port of the client, where it is known
 * @NETEMU_LEASE_A_RESERVED: u8, read only: enum netemu_lease_reserved
 * @NETEMU_LEASE_A_HOSTNAME_GIVEN: u8, read only: 1 = the client is told HOSTNAME
 * @NETEMU_LEASE_A_EVENT: u8, enum netemu_lease_event; in notifications
 */
enum netemu_lease_attr {
	NETEMU_LEASE_A_ADDRESS = 1,
	NETEMU_LEASE_A_LLADDR,
	NETEMU_LEASE_A_CLIENT_ID,
	NETEMU_LEASE_A_HOSTNAME,
	NETEMU_LEASE_A_STATE,
	NETEMU_LEASE_A_TIME_LEFT,
	NETEMU_LEASE_A_IFINDEX,
	NETEMU_LEASE_A_RESERVED,
	NETEMU_LEASE_A_HOSTNAME_GIVEN,
	NETEMU_LEASE_A_EVENT,

	__NETEMU_LEASE_A_MAX,
};

#define NETEMU_LEASE_A_MAX (__NETEMU_LEASE_A_MAX - 1)

/* Limits of gateways, all inclusive. */
#define NETEMU_GW_PREFIX_MIN		16	/* bits of the subnet's mask */
#define NETEMU_GW_PREFIX_MAX		29
#define NETEMU_GW_GUESTS_MAX		4096	/* guest addresses known, besides
						 * those leased or reserved
						 */
#define NETEMU_GW_CONNECTIONS_MAX	1048576	/* tracked connections */
#define NETEMU_GW_CONNECTIONS_DEFAULT	16384
#define NETEMU_GW_RESOLVERS_MAX		3
#define NETEMU_GW_LEASE_TIME_MIN	60	/* seconds */
#define NETEMU_GW_LEASE_TIME_DEFAULT	86400
#define NETEMU_GW_DOMAIN_MAX		253	/* characters */
#define NETEMU_GW_SEARCH_MAX		450	/* characters, and ... */
#define NETEMU_GW_SEARCH_COUNT		32	/* ... domains */
#define NETEMU_GW_BOOTFILE_MAX		127	/* characters */
#define NETEMU_GW_NTP_MAX		4	/* servers */
#define NETEMU_GW_ROUTES_MAX		16
#define NETEMU_GW_DHCP_OPTIONS_MAX	1024	/* bytes */
#define NETEMU_GW_MTU_MIN		68
#define NETEMU_GW_RATE_MAX		1000000	/* new connections a second */
#define NETEMU_GW_RATE_DEFAULT		10000
#define NETEMU_GW_GUEST_LEASES_MAX	4096	/* leases of one guest */
#define NETEMU_GW_GUEST_LEASES_DEFAULT	16
#define NETEMU_GW_PORT_FIRST		1024	/* of the host, for guests */
#define NETEMU_GW_PORT_LAST		32767

/* NETEMU_GW_A_HOST_ACCESS: what of the host guests may reach */
enum netemu_host_access {
	NETEMU_HOST_ACCESS_NO = 0,	/* nothing */
	NETEMU_HOST_ACCESS_HOST = 1,	/* services on the host's addresses */
	NETEMU_HOST_ACCESS_LOOPBACK = 2, /* ... and on 127.0.0.1, by the
					  * address of the gateway
					  */
};

/*
 * NETEMU_GW_A_FASTPATH: may packets of established connections of TCP and UDP
 * pass by the host's hooks of netfilter? Never those that begin or end a
 * connection, fragments, packets with IPv4 options or of helpers, those to
 * services, those between guests and the host itself, and those of a host with
 * IPsec policies. What a device has at its ingress and egress is never passed by.
 */
enum netemu_fastpath {
	NETEMU_FASTPATH_OFF = 0,	/* no */
	NETEMU_FASTPATH_AUTO = 1,	/* while these hooks hold nothing but
					 * conntrack and NAT: no rule is passed
					 * by, one added acts on the next packet
					 */
	NETEMU_FASTPATH_ON = 2,		/* always: rules behind conntrack see no
					 * more than the beginning and the end of
					 * a connection
					 */
};

/* NETEMU_GW_A_ROLE: who leads out of the subnet */
enum netemu_gw_role {
	NETEMU_GW_ROLE_NAT = 0,		/* the gateway, by NAT */
	NETEMU_GW_ROLE_ROUTED = 1,	/* the host; DNS is the gateway's */
	NETEMU_GW_ROLE_HOST_ONLY = 2,	/* nobody; the gateway gives addresses */
};

/**
 * struct netemu_gw_route - a route that guests are told, RFC 3442
 * @dest: network, in network order, without bits behind its mask
 * @gateway: next hop in the subnet, in network order; 0 = on the link
 * @prefix: bits of the mask, up to 32
 * @pad: zero
 */
struct netemu_gw_route {
	__be32 dest;
	__be32 gateway;
	__u8 prefix;
	__u8 pad[3];
};

/**
 * enum netemu_gw_attr - options and counts of a gateway
 *
 * Addresses are 4 bytes in network order. The gateway's and the DNS address are
 * distinct hosts of the subnet, neither its first nor its last address.
 *
 * @NETEMU_GW_A_SUBNET: first address of the guests' subnet; default 10.0.2.0
 * @NETEMU_GW_A_PREFIX: u8, bits of its mask, %NETEMU_GW_PREFIX_MIN to
 *	%NETEMU_GW_PREFIX_MAX, default 24
 * @NETEMU_GW_A_GATEWAY: where guests send what is not for the subnet; default
 *	the second address (10.0.2.2)
 * @NETEMU_GW_A_DNS: where guests send DNS queries; default the third address
 *	(10.0.2.3)
 * @NETEMU_GW_A_RESOLVERS: up to %NETEMU_GW_RESOLVERS_MAX addresses of the
 *	host's resolvers; queries go to the first that answers. Default none:
 *	queries are answered by "port unreachable".
 * @NETEMU_GW_A_HOST_ACCESS: u8, enum netemu_host_access, default no
 * @NETEMU_GW_A_LINK_LOCAL: u8, 0/1, default 0: guests may reach
 *	169.254.0.0/16, as the host does
 * @NETEMU_GW_A_RESTRICT: u8, 0/1, default 0: with 1 nothing leaves the subnet but
 *	answers of forwards and what is for a service
 * @NETEMU_GW_A_CONNECTIONS_LIMIT: u32, connections tracked for the guests; 1 to
 *	%NETEMU_GW_CONNECTIONS_MAX, default %NETEMU_GW_CONNECTIONS_DEFAULT
 * @NETEMU_GW_A_DHCP: u8, 0/1, default 1: guests get addresses by DHCP
 * @NETEMU_GW_A_DHCP_START: first address of the leases; default the fifteenth
 *	(10.0.2.15), in subnets of less than 32 addresses the fourth
 * @NETEMU_GW_A_DHCP_END: last one; default the last of the subnet
 * @NETEMU_GW_A_LEASE_TIME: u32, seconds, at least %NETEMU_GW_LEASE_TIME_MIN;
 *	0xffffffff = for ever; default %NETEMU_GW_LEASE_TIME_DEFAULT
 * @NETEMU_GW_A_LEASES: u32, read only: addresses leased
 * @NETEMU_GW_A_ZONE: u16, read only: conntrack zone of its connections
 * @NETEMU_GW_A_GUESTS: u32, read only: guest addresses known
 * @NETEMU_GW_A_CONNECTIONS: u32, read only: connections tracked
 * @NETEMU_GW_A_DROPS: nest, read only: attribute type = enum netemu_gw_drop,
 *	u64 each; reasons that never struck are left out
 * @NETEMU_GW_A_PAD: alignment
 * @NETEMU_GW_A_RESOLVERS_AUTO: u8, 0/1, default 0: RESOLVERS are those that the
 *	host uses and may be changed when the host changes them. The kernel only
 *	notes it. RESOLVERS without it make it 0.
 * @NETEMU_GW_A_RESOLVER: address, read only: the one of RESOLVERS that queries
 *	go to; left out if there is none or none answers
 *
 * What guests are told by DHCP besides; by default none of it, and an empty
 * attribute takes it away. Guests that have a lease hear of a change when they
 * renew it.
 *
 * @NETEMU_GW_A_DHCP_DOMAIN: string, the guests' domain, up to
 *	%NETEMU_GW_DOMAIN_MAX letters, digits, hyphens, underscores and dots
 * @NETEMU_GW_A_DHCP_SEARCH: string, domains where guests look for names, with
 *	commas between; up to %NETEMU_GW_SEARCH_MAX characters and
 *	%NETEMU_GW_SEARCH_COUNT domains
 * @NETEMU_GW_A_DHCP_NTP: up to %NETEMU_GW_NTP_MAX addresses of time servers
 * @NETEMU_GW_A_DHCP_NEXT_SERVER: address of the boot server; 0.0.0.0 = none
 * @NETEMU_GW_A_DHCP_BOOTFILE: string, the file that guests boot, up to
 *	%NETEMU_GW_BOOTFILE_MAX characters
 * @NETEMU_GW_A_DHCP_MTU: u16, the MTU that guests are told, at least
 *	%NETEMU_GW_MTU_MIN; 0 = that of the gateway's device
 * @NETEMU_GW_A_DHCP_ROUTES: array of struct netemu_gw_route, up to
 *	%NETEMU_GW_ROUTES_MAX. The gateway stays the default route unless the
 *	array has one.
 * @NETEMU_GW_A_DHCP_OPTIONS: any other option, up to
 *	%NETEMU_GW_DHCP_OPTIONS_MAX bytes: code, length, and that many bytes,
 *	each code once. Guests get those that they ask for. Refused are the
 *	codes that the server fills in itself, and those of the attributes
 *	above; 3 (routers) and 6 (DNS) replace what guests are told of the
 *	gateway.
 * @NETEMU_GW_A_DHCP_POOL_FULL: u8, read only: 1 while no address is left: the
 *	last guest that needed one got none
 *
 * @NETEMU_GW_A_FORWARDS: u32, read only: how many forwards and services it has
 *
 * @NETEMU_GW_A_GUEST_CONNECTIONS: u32, connections that one guest may open; up to
 *	%NETEMU_GW_CONNECTIONS_MAX; 0 = half of CONNECTIONS_LIMIT, the default. A
 *	guest is what is behind a port of the switch.
 * @NETEMU_GW_A_CONNECTION_RATE: u32, connections that one guest may open in a
 *	second; twice as many in a burst; 0 = no limit, up to
 *	%NETEMU_GW_RATE_MAX, default %NETEMU_GW_RATE_DEFAULT
 * @NETEMU_GW_A_PORT_FIRST: u16, first port of the host that connections of guests
 *	leave from; 1 to PORT_LAST, default %NETEMU_GW_PORT_FIRST. Ports that the
 *	host's applications take by themselves (ip_local_port_range) are
 *	better left to them.
 * @NETEMU_GW_A_PORT_LAST: u16, the last one; default %NETEMU_GW_PORT_LAST
 *
 * @NETEMU_GW_A_LEASE_EVENTS_LOST: u64, read only: notifications left out
 * @NETEMU_GW_A_ROLE: u8, read only, enum netemu_gw_role: that of a network in
 *	which the host has the address GATEWAY. The gateway does not answer for it
 *	then and serves at the address DNS; no HOST_ACCESS, LINK_LOCAL or RESTRICT,
 *	and for guests that reach only the host no RESOLVERS
 * @NETEMU_GW_A_GUEST_LEASES: u32, addresses that one guest may lease; up to
 *	%NETEMU_GW_GUEST_LEASES_MAX; 0 = any number; default
 *	%NETEMU_GW_GUEST_LEASES_DEFAULT. Reservations do not count. Leases that a
 *	guest has already stay.
 * @NETEMU_GW_A_FASTPATH: u8, enum netemu_fastpath, default off
 */
enum netemu_gw_attr {
	NETEMU_GW_A_SUBNET = 1,
	NETEMU_GW_A_PREFIX,
	NETEMU_GW_A_GATEWAY,
	NETEMU_GW_A_DNS,
	NETEMU_GW_A_RESOLVERS,
	NETEMU_GW_A_HOST_ACCESS,
	NETEMU_GW_A_LINK_LOCAL,
	NETEMU_GW_A_RESTRICT,
	NETEMU_GW_A_CONNECTIONS_LIMIT,
	NETEMU_GW_A_DHCP,
	NETEMU_GW_A_DHCP_START,
	NETEMU_GW_A_DHCP_END,
	NETEMU_GW_A_LEASE_TIME,
	NETEMU_GW_A_ZONE,
	NETEMU_GW_A_LEASES,
	NETEMU_GW_A_GUESTS,
	NETEMU_GW_A_CONNECTIONS,
	NETEMU_GW_A_DROPS,
	NETEMU_GW_A_PAD,
	NETEMU_GW_A_RESOLVERS_AUTO,
	NETEMU_GW_A_RESOLVER,
	NETEMU_GW_A_DHCP_DOMAIN,
	NETEMU_GW_A_DHCP_SEARCH,
	NETEMU_GW_A_DHCP_NTP,
	NETEMU_GW_A_DHCP_NEXT_SERVER,
	NETEMU_GW_A_DHCP_BOOTFILE,
	NETEMU_GW_A_DHCP_MTU,
	NETEMU_GW_A_DHCP_ROUTES,
	NETEMU_GW_A_DHCP_OPTIONS,
	NETEMU_GW_A_DHCP_POOL_FULL,
	NETEMU_GW_A_FORWARDS,
	NETEMU_GW_A_GUEST_CONNECTIONS,
	NETEMU_GW_A_CONNECTION_RATE,
	NETEMU_GW_A_PORT_FIRST,
	NETEMU_GW_A_PORT_LAST,
	NETEMU_GW_A_LEASE_EVENTS_LOST,
	NETEMU_GW_A_ROLE,
	NETEMU_GW_A_GUEST_LEASES,
	NETEMU_GW_A_FASTPATH,

	__NETEMU_GW_A_MAX,
};

#define NETEMU_GW_A_MAX (__NETEMU_GW_A_MAX - 1)

/* Why a gateway dropped a frame. As NETEMU_DROP_REASONS; new ones at the end. */
#define NETEMU_GW_DROP_REASONS(X)					\
	X(TRUNCATED, "truncated", "shorter than its headers say")	\
	X(OTHER_HOST, "other_host", "not for the gateway")		\
	X(PROTOCOL, "protocol", "neither ARP nor IPv4")			\
	X(ARP_INVALID, "arp_invalid", "malformed or untrue ARP")	\
	X(IP_INVALID, "ip_invalid", "malformed IPv4 header")		\
	X(IP_OPTIONS, "ip_options", "IPv4 header with options")		\
	X(SOURCE, "source", "source address is not a guest's")		\
	X(GUESTS_FULL, "guests_full", "too many guest addresses")	\
	X(TTL, "ttl", "time to live is over")				\
	X(DESTINATION, "destination",					\
	  "destination that guests may not reach")			\
	X(RESTRICTED, "restricted", "nothing may leave")		\
	X(NO_RESOLVER, "no_resolver", "DNS query, but no resolver is set") \
	X(CONNECTIONS_FULL, "connections_full", "too many connections")	\
	X(CONNTRACK, "conntrack", "connection tracking took no more, or found the packet invalid") \
	X(NO_ROUTE, "no_route", "the host has no route")		\
	X(TOO_BIG, "too_big", "larger than the way, and not to be fragmented") \
	X(NO_GUEST, "no_guest", "for a guest whose MAC address is not known") \
	X(NO_MEMORY, "no_memory", "no memory")				\
	X(DOWN, "down", "for a guest, while the gateway is down")	\
	X(FORGED, "forged", "source address that is leased to another")	\
	X(DHCP, "dhcp", "DHCP request that gets no answer")		\
	X(POOL_FULL, "pool_full", "DHCP request, and no address is left") \
	X(UPLINK, "uplink", "DHCP request from a network card of the host") \
	X(CONNECTION_RATE, "connection_rate",				\
	  "a guest opens connections too fast")				\
	X(GUEST_CONNECTIONS, "guest_connections",			\
	  "too many connections of one guest")				\
	X(CONNTRACK_FULL, "conntrack_full",				\
	  "the host's connection table is nearly full")			\
	X(PORTS_FULL, "ports_full", "no port of the host is left")	\
	X(FRAGMENTS_FULL, "fragments_full",				\
	  "too many fragments that wait for others")			\
	X(NEIGHBOURS_FULL, "neighbours_full",				\
	  "too many hosts called that the host does not know")

#define NETEMU_GW_DROP_ENUM(sym, name, text)	NETEMU_GW_DROP_##sym,
enum netemu_gw_drop {
	NETEMU_GW_DROP_NONE = 0,
	NETEMU_GW_DROP_REASONS(NETEMU_GW_DROP_ENUM)

	__NETEMU_GW_DROP_MAX,
};
#undef NETEMU_GW_DROP_ENUM

#define NETEMU_GW_DROP_MAX (__NETEMU_GW_DROP_MAX - 1)

#endif /* _UAPI_LINUX_NETEMU_GW_H */

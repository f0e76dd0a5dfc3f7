/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * netemu: in-kernel network for virtual machines; user API
 *
 * Two doors lead to the module:
 *
 * rtnetlink
 *   A switch (or hub) is a net device of kind "netemu". RTM_NEWLINK makes and
 *   changes it, RTM_DELLINK removes it; its options are %NETEMU_SWITCH_A_* in
 *   IFLA_INFO_DATA. A device becomes a port by IFLA_MASTER and then carries
 *   %NETEMU_PORT_A_* in IFLA_INFO_SLAVE_DATA; it starts with the port defaults
 *   of its switch (%NETEMU_SWITCH_A_PORT_DEFAULTS).
 *
 *   The forwarding database is read and written on the switch device:
 *   RTM_GETNEIGH/NEWNEIGH/DELNEIGH, family AF_BRIDGE, NTF_SELF, ndm_ifindex =
 *   the switch, NDA_IFINDEX = the port. NUD_REACHABLE is a learned entry,
 *   NUD_STALE one past its age, NUD_NOARP a static one, NUD_PERMANENT an address
 *   of the host, with a port if it is that of a shared port. Changes are
 *   announced on RTNLGRP_NEIGH.
 *
 *   RTM_GETLINK/SETLINK of family AF_BRIDGE on a port show and set isolated,
 *   learning and the flood switches, as `bridge link` does.
 *
 *   A gateway is a net device of kind "netemu_gw" (module netemu_gw), a port
 *   like any other; what is sent out of it reaches the gateway. Its options are
 *   %NETEMU_GW_A_* in IFLA_INFO_DATA.
 *
 *   A link is a net device of kind "netemu_link", a port like any other, whose far
 *   side is a socket. Its options are %NETEMU_LINK_A_* in IFLA_INFO_DATA.
 *
 * generic netlink, family %NETEMU_GENL_NAME, version %NETEMU_GENL_VERSION
 *   For what has to be atomic or has no rtnetlink word. Every message is
 *   parsed strictly: unknown, malformed, duplicate or trailing attributes are
 *   refused with -EINVAL and an extack text, and nothing is changed.
 *
 *   %NETEMU_CMD_SWITCH_GET   do: %NETEMU_A_IFINDEX; dump: all of the namespace
 *       reply: IFINDEX IFNAME SWITCH{all options, counts, DROPS}
 *   %NETEMU_CMD_PORT_GET     do: %NETEMU_A_IFINDEX;
 *                            dump: all, or those of %NETEMU_A_MASTER
 *       reply: IFINDEX IFNAME MASTER PORT{all options, state, counts, DROPS}
 *   %NETEMU_CMD_PORT_NEW     MASTER, IFINDEX, [PORT{options}]
 *       Attaches a device. Options are in force before its first frame.
 *       Options not given take the port defaults of the switch.
 *       Reply (with NLM_F_ECHO): as PORT_GET.
 *   %NETEMU_CMD_PORT_SET     IFINDEX, PORT{options}
 *       Changes the given options of a port; the others stay.
 *   %NETEMU_CMD_PORT_DEL     IFINDEX
 *       Detaches a port from its switch. The device itself stays.
 *   %NETEMU_CMD_FDB_FLUSH    MASTER, [IFINDEX], [FLUSH]
 *       Removes entries of the switch, or of one port of it: the learned ones,
 *       the static ones, or both (%NETEMU_FLUSH_*, default learned). Addresses
 *       of the host are never removed.
 *
 *   Shared ports
 *   A port made with %NETEMU_PORT_A_SHARED leaves its device to the host:
 *   addresses, routes and connections stay, and nothing has to be put back
 *   when the port goes. The host is a station of the switch by the device's
 *   own address, and so is what lies at the device's wire.
 *     - Frames that the device receives for its own address (or another of its
 *       unicast list) go up as ever and no further; broadcast and multicast go
 *       up and into the switch; unicast for others goes into the switch only.
 *     - Frames that the host sends out of the device reach ports of the switch
 *       too: unicast to an address known there goes there instead, broadcast,
 *       multicast and unknown unicast goes there as well. Taken at the end of
 *       the device's netfilter egress hook; what bypasses that hook (AF_XDP,
 *       PACKET_QDISC_BYPASS, redirects of tc to the device) bypasses the
 *       switch.
 *     - Frames of the switch for the device's own address are received by the
 *       host as if from that device, broadcast and multicast goes up and out.
 *     - The device's address is a permanent entry of the FDB that nobody else
 *       can use as source; it follows the device.
 *   VLAN devices on top of the device take the frames of their VLAN off the
 *   wire before the switch sees them: guests can reach the host in such a VLAN,
 *   but get nothing from the wire there. A switch has at most one shared port,
 *   a hub none.
 *
 *   The changing commands need CAP_NET_ADMIN in the user namespace that owns
 *   the network namespace of the switch.
 *
 *   Networks and forwards belong to the module netemu_gw, which is loaded when the
 *   first of their commands comes; -EOPNOTSUPP without it.
 *
 *   A network is a switch with what belongs to it, made and removed as one. It
 *   has the name of its switch; its gateway, where it has one, is the device
 *   NAME-gw. Both can be used and changed like any others; when the switch goes,
 *   the gateway goes with it. Ports that come to a network with a gateway are
 *   guarded unless SWITCH says otherwise.
 *       nat        a gateway; the host has no port
 *       isolated   neither
 *       host-only  the host has a port, and the address that is the gateway's
 *                  else; the gateway gives addresses at the DNS address.
 *                  Nothing is forwarded from the switch or to it.
 *       routed     the same, but the host is the guests' router; DNS is served
 *   In these two the host does not speak IPv6 on the switch, its address goes
 *   with the switch, and the network with the module.
 *       bridged    no gateway, and the host has no port; a device of the host,
 *                  the uplink, is a port
 *
 *   %NETEMU_CMD_NETWORK_GET  do: %NETEMU_A_IFNAME; dump: all of the namespace
 *       reply: IFNAME IFINDEX NETWORK{all}
 *   %NETEMU_CMD_NETWORK_NEW  IFNAME, [NETWORK{options}], [GATEWAY{options}],
 *                            [SWITCH{options}]
 *       Makes all of it or nothing. Reply (with NLM_F_ECHO): as NETWORK_GET.
 *   %NETEMU_CMD_NETWORK_DEL  IFNAME
 *       Removes the switch and the gateway, and undoes what was changed on the
 *       host if it is still as it was left. Devices that were ports stay.
 *
 *   A forward leads what is sent to ports of the host to a guest; a service leads
 *   what guests send to ports of an address of their subnet somewhere outside.
 *   Both belong to a gateway and go with it. All commands need CAP_NET_ADMIN.
 *
 *   %NETEMU_CMD_FORWARD_GET  do: %NETEMU_A_IFINDEX (gateway), FORWARD{KIND
 *                            PROTOCOL ADDRESS PORT}; dump: all of the namespace,
 *                            or those of the gateway %NETEMU_A_IFINDEX
 *       reply: IFINDEX IFNAME FORWARD{all}
 *   %NETEMU_CMD_FORWARD_NEW  IFINDEX, FORWARD{options}
 *       The ports of a forward are reserved: nobody else can bind to them.
 *       -EADDRINUSE if somebody has. Reply (with NLM_F_ECHO): as FORWARD_GET,
 *       with the port that was chosen.
 *   %NETEMU_CMD_FORWARD_DEL  IFINDEX, FORWARD{KIND PROTOCOL ADDRESS PORT}
 *       Removes it and its connections.
 *
 *   Leases are those of a gateway, %NETEMU_A_IFINDEX. Also looking at them needs
 *   CAP_NET_ADMIN.
 *
 *   %NETEMU_CMD_LEASE_GET    dump: all of the namespace, or those of IFINDEX
 *       reply: IFINDEX IFNAME LEASE{all}
 *   %NETEMU_CMD_LEASE_NEW    IFINDEX, LEASE{ADDRESS, LLADDR or CLIENT_ID,
 *                            [HOSTNAME]}
 *       Keeps an address for a client: one that asks with this MAC address, or
 *       if none is given with this client-id. It is a host of the subnet, in
 *       the range of the leases or not.
 *       With TIME_LEFT, and always LLADDR, puts a lease back that was saved.
 *   %NETEMU_CMD_LEASE_DEL    IFINDEX, LEASE{ADDRESS}
 *       Removes the lease and the reservation. The client hears of it when it
 *       renews.
 *
 *   Errors: -ENODEV no such device; -EINVAL bad attribute or a device that
 *   can't be a port; -ERANGE a number out of its range; -EBUSY device has a master or a receive handler;
 *   -EEXIST is a port of this switch already; -ENOENT is not a port;
 *   -ELOOP would make a loop; -EADDRINUSE the host is in this subnet already, or
 *   has this MAC address; -ENETDOWN the host does not forward; -EMLINK nested too
 *   deep; -ENOSPC too many ports;
 *   -EOPNOTSUPP not a netemu switch; -EPERM.
 *
 *   Notifications
 *   group %NETEMU_GENL_GROUP_CONFIG:
 *       %NETEMU_CMD_PORT_NTF      a port came or its options changed
 *       %NETEMU_CMD_PORT_DEL_NTF  a port went: IFINDEX IFNAME MASTER
 *       %NETEMU_CMD_NETWORK_NTF   a network came: as NETWORK_GET
 *       %NETEMU_CMD_NETWORK_DEL_NTF  a network went: IFNAME IFINDEX
 *   group %NETEMU_GENL_GROUP_EVENT (at most %NETEMU_EVENT_RATE a second and
 *   switch; what is left out is counted in EVENTS_LOST; and so many a second and
 *   link):
 *       %NETEMU_CMD_EVENT_NTF     MASTER IFINDEX IFNAME EVENT, and LLADDR
 *                                 where the event is about an address; no
 *                                 MASTER of a link that is no port
 *   group %NETEMU_GENL_GROUP_LEASE, needs CAP_NET_ADMIN to join (of what guests
 *   cause at most %NETEMU_EVENT_RATE a second and gateway; what is left out is
 *   counted in LEASE_EVENTS_LOST):
 *       %NETEMU_CMD_LEASE_NTF     IFINDEX IFNAME LEASE{EVENT, and all of it,
 *                                 where the event is about a lease}
 *   group %NETEMU_GENL_GROUP_FORWARD, needs CAP_NET_ADMIN to join:
 *       %NETEMU_CMD_FORWARD_NTF   a forward or service came: as FORWARD_GET
 *       %NETEMU_CMD_FORWARD_DEL_NTF  one went: as FORWARD_GET
 */
#ifndef _UAPI_LINUX_NETEMU_H
#define _UAPI_LINUX_NETEMU_H

#include <linux/types.h>

#define NETEMU_GENL_NAME		"netemu"
#define NETEMU_GENL_VERSION		1
#define NETEMU_GENL_GROUP_CONFIG	"config"
#define NETEMU_GENL_GROUP_EVENT		"event"
#define NETEMU_GENL_GROUP_LEASE		"lease"
#define NETEMU_GENL_GROUP_FORWARD	"forward"

#define NETEMU_KIND_SWITCH		"netemu"
#define NETEMU_KIND_GATEWAY		"netemu_gw"
#define NETEMU_KIND_NIC			"netemu_nic"
#define NETEMU_KIND_LINK		"netemu_link"

/* Limits, all inclusive. */
#define NETEMU_PORTS_MAX		4096	/* ports of one switch */
#define NETEMU_AGEING_MAX		10000000 /* seconds */
#define NETEMU_FDB_LIMIT_MAX		1048576	/* entries */
#define NETEMU_FDB_LIMIT_DEFAULT	131072	/* learned by a switch */
#define NETEMU_FDB_NETNS_MAX	262144	/* entries of all switches of a
					 * namespace that is not of the
					 * initial user namespace
					 */
#define NETEMU_FDB_PORT_LIMIT_DEFAULT	4096	/* learned on a port */
#define NETEMU_FDB_PORT_RESERVE		16	/* see PORT_A_FDB_LIMIT */
#define NETEMU_LOOP_RATE_MAX		1000000	/* moves a second */
#define NETEMU_LOOP_HOLD_MAX		86400	/* seconds */
#define NETEMU_STORM_MAX		100000000 /* frames a second */
#define NETEMU_EVENT_RATE		100	/* events a second */
#define NETEMU_BINDINGS_MAX		8192	/* addresses a guard knows */

enum netemu_cmd {
	NETEMU_CMD_SWITCH_GET = 1,
	NETEMU_CMD_PORT_GET,
	NETEMU_CMD_PORT_NEW,
	NETEMU_CMD_PORT_SET,
	NETEMU_CMD_PORT_DEL,
	NETEMU_CMD_FDB_FLUSH,
	NETEMU_CMD_PORT_NTF,
	NETEMU_CMD_PORT_DEL_NTF,
	NETEMU_CMD_EVENT_NTF,
	NETEMU_CMD_NETWORK_GET,
	NETEMU_CMD_NETWORK_NEW,
	NETEMU_CMD_NETWORK_DEL,
	NETEMU_CMD_NETWORK_NTF,
	NETEMU_CMD_NETWORK_DEL_NTF,
	NETEMU_CMD_FORWARD_GET,
	NETEMU_CMD_FORWARD_NEW,
	NETEMU_CMD_FORWARD_DEL,
	NETEMU_CMD_FORWARD_NTF,
	NETEMU_CMD_FORWARD_DEL_NTF,
	NETEMU_CMD_LEASE_GET,
	NETEMU_CMD_LEASE_NEW,
	NETEMU_CMD_LEASE_DEL,
	NETEMU_CMD_LEASE_NTF,

	__NETEMU_CMD_MAX,
};

#define NETEMU_CMD_MAX (__NETEMU_CMD_MAX - 1)

/**
 * enum netemu_attr - top-level attributes of the family
 * @NETEMU_A_IFINDEX: u32, the switch or port meant (> 0)
 * @NETEMU_A_IFNAME: string, its name; in replies
 * @NETEMU_A_MASTER: u32, interface index of the switch (> 0)
 * @NETEMU_A_SWITCH: nest of enum netemu_switch_attr; in replies
 * @NETEMU_A_PORT: nest of enum netemu_port_attr
 * @NETEMU_A_FLUSH: u32, NETEMU_FLUSH_* flags
 * @NETEMU_A_EVENT: u32, enum netemu_event
 * @NETEMU_A_LLADDR: 6 bytes, a MAC address
 * @NETEMU_A_NETWORK: nest of enum netemu_network_attr
 * @NETEMU_A_GATEWAY: nest of enum netemu_gw_attr
 * @NETEMU_A_FORWARD: nest of enum netemu_forward_attr
 * @NETEMU_A_LEASE: nest of enum netemu_lease_attr
 */
enum netemu_attr {
	NETEMU_A_IFINDEX = 1,
	NETEMU_A_IFNAME,
	NETEMU_A_MASTER,
	NETEMU_A_SWITCH,
	NETEMU_A_PORT,
	NETEMU_A_FLUSH,
	NETEMU_A_EVENT,
	NETEMU_A_LLADDR,
	NETEMU_A_NETWORK,
	NETEMU_A_GATEWAY,
	NETEMU_A_FORWARD,
	NETEMU_A_LEASE,

	__NETEMU_A_MAX,
};

#define NETEMU_A_MAX (__NETEMU_A_MAX - 1)

/* NETEMU_A_FLUSH; none set or no attribute means learned entries only. */
#define NETEMU_FLUSH_LEARNED	0x1
#define NETEMU_FLUSH_STATIC	0x2
#define NETEMU_FLUSH_ALL	(NETEMU_FLUSH_LEARNED | NETEMU_FLUSH_STATIC)

enum netemu_mode {
	NETEMU_MODE_SWITCH = 0,	/* learns and forwards */
	NETEMU_MODE_HUB = 1,	/* every frame to every other port */
};

/**
 * enum netemu_switch_attr - options and counts of a switch
 * @NETEMU_SWITCH_A_MODE: u8, enum netemu_mode; default switch. Becoming a hub
 *	forgets the learned addresses.
 * @NETEMU_SWITCH_A_AGEING: u32, seconds until an address not heard again is
 *	forgotten; 0 = never; up to %NETEMU_AGEING_MAX; default 300
 * @NETEMU_SWITCH_A_HOST_PORT: u8, 0/1, default 1: the device itself is a port.
 *	With 0 nothing goes up to the host and what the host sends is dropped.
 * @NETEMU_SWITCH_A_RESERVED_MASK: u16, bit X set: frames to 01:80:c2:00:00:0X
 *	(IEEE 802.1Q table 8-1) are forwarded like other multicast. Bit 1
 *	(PAUSE) can't be set. Default 0x0001, as a bridge without STP. A hub
 *	forwards all but PAUSE, whatever the mask.
 * @NETEMU_SWITCH_A_FDB_LIMIT: u32, how many addresses are learned in all;
 *	1 to %NETEMU_FDB_LIMIT_MAX, default %NETEMU_FDB_LIMIT_DEFAULT
 * @NETEMU_SWITCH_A_LOOP_RATE: u32, an address that moves between ports more
 *	than this often in a second blocks the younger port; 0 = off, up to
 *	%NETEMU_LOOP_RATE_MAX, default 50
 * @NETEMU_SWITCH_A_LOOP_HOLD: u32, seconds a port stays blocked; 1 to
 *	%NETEMU_LOOP_HOLD_MAX, default 10
 * @NETEMU_SWITCH_A_PORT_DEFAULTS: nest of the options of enum netemu_port_attr
 *	that a new port starts with
 * @NETEMU_SWITCH_A_PORTS: u32, read only: number of ports
 * @NETEMU_SWITCH_A_FDB_LEARNED: u32, read only: learned entries
 * @NETEMU_SWITCH_A_FDB_STATIC: u32, read only: static and host entries
 * @NETEMU_SWITCH_A_MOVES: u64, read only: addresses seen on another port
 * @NETEMU_SWITCH_A_LEARN_REFUSED: u64, read only: addresses not learned
 *	because a limit was reached
 * @NETEMU_SWITCH_A_EVENTS_LOST: u64, read only: notifications left out
 * @NETEMU_SWITCH_A_DROPS: nest, read only: attribute type = enum netemu_drop,
 *	u64 each: frames dropped by the switch, over its ports and its host
 *	port, since they came; reasons that never struck are left out
 * @NETEMU_SWITCH_A_PAD: alignment
 * @NETEMU_SWITCH_A_BINDINGS: u32, read only: addresses that its gateways told
 *	the guard to be a guest's or their own; up to %NETEMU_BINDINGS_MAX
 */
enum netemu_switch_attr {
	NETEMU_SWITCH_A_MODE = 1,
	NETEMU_SWITCH_A_AGEING,
	NETEMU_SWITCH_A_HOST_PORT,
	NETEMU_SWITCH_A_RESERVED_MASK,
	NETEMU_SWITCH_A_FDB_LIMIT,
	NETEMU_SWITCH_A_LOOP_RATE,
	NETEMU_SWITCH_A_LOOP_HOLD,
	NETEMU_SWITCH_A_PORT_DEFAULTS,
	NETEMU_SWITCH_A_PORTS,
	NETEMU_SWITCH_A_FDB_LEARNED,
	NETEMU_SWITCH_A_FDB_STATIC,
	NETEMU_SWITCH_A_MOVES,
	NETEMU_SWITCH_A_LEARN_REFUSED,
	NETEMU_SWITCH_A_EVENTS_LOST,
	NETEMU_SWITCH_A_DROPS,
	NETEMU_SWITCH_A_PAD,
	NETEMU_SWITCH_A_BINDINGS,

	__NETEMU_SWITCH_A_MAX,
};

#define NETEMU_SWITCH_A_MAX (__NETEMU_SWITCH_A_MAX - 1)

enum netemu_port_state {
	NETEMU_PORT_STATE_DISABLED = 0,	/* down or without carrier */
	NETEMU_PORT_STATE_FORWARDING = 1,
	NETEMU_PORT_STATE_BLOCKED = 2,	/* by the loop guard, for a while */
};

/**
 * enum netemu_port_attr - options and counts of a port
 * @NETEMU_PORT_A_LEARNING: u8, 0/1, default 1: source addresses are learned
 * @NETEMU_PORT_A_FLOOD: u8, 0/1, default 1: unknown unicast goes out here
 * @NETEMU_PORT_A_MCAST_FLOOD: u8, 0/1, default 1: multicast goes out here
 * @NETEMU_PORT_A_BCAST_FLOOD: u8, 0/1, default 1: broadcast goes out here
 * @NETEMU_PORT_A_ISOLATED: u8, 0/1, default 0: no frame passes between two
 *	isolated ports
 * @NETEMU_PORT_A_FDB_LIMIT: u32, how many addresses are learned here; up to
 *	%NETEMU_FDB_LIMIT_MAX, 0 = only the limit of the switch; default
 *	%NETEMU_FDB_PORT_LIMIT_DEFAULT. The first %NETEMU_FDB_PORT_RESERVE
 *	addresses of a port are learned even when the switch is full, so no
 *	port can push out another.
 * @NETEMU_PORT_A_STORM_BCAST: u32, broadcast frames a second taken from here;
 *	0 = no limit, up to %NETEMU_STORM_MAX; a burst of a tenth of a second
 *	(at least one frame) passes
 * @NETEMU_PORT_A_STORM_MCAST: u32, the same for multicast
 * @NETEMU_PORT_A_STORM_UNKNOWN: u32, the same for unknown unicast
 * @NETEMU_PORT_A_STATE: u8, read only: enum netemu_port_state
 * @NETEMU_PORT_A_FDB_LEARNED: u32, read only: learned entries
 * @NETEMU_PORT_A_MOVES: u64, read only: addresses that moved here
 * @NETEMU_PORT_A_LEARN_REFUSED: u64, read only: addresses not learned
 *	because a limit was reached
 * @NETEMU_PORT_A_LOOP_BLOCKS: u64, read only: times blocked by the loop guard
 * @NETEMU_PORT_A_DROPS: nest, read only, as %NETEMU_SWITCH_A_DROPS; counted at
 *	the port a frame came in by, or at the one it could not leave by
 * @NETEMU_PORT_A_PAD: alignment
 * @NETEMU_PORT_A_GUARD: u8, 0/1, default 0: drop what an honest guest does not
 *	send. IPv4 and ARP with a source address that a gateway of the switch
 *	leased, reserved or has itself, from another MAC address or port than
 *	it told; any frame of such a MAC address, while the port that it is
 *	bound to is in use; ARP that is malformed or whose sender is not the
 *	frame's; answers of DHCP servers (UDP to port 68, in IPv6 546); IPv6
 *	router advertisements and redirects; headers too short to tell.
 *	Addresses that nobody has are free. The port of a gateway itself is
 *	never guarded: there it stays 0.
 * @NETEMU_PORT_A_SHARED: u8, 0/1, default 0: the host keeps the device, see
 *	"Shared ports" above. Chosen when the port is made, by PORT_NEW; neither
 *	among the port defaults nor changed later.
 */
enum netemu_port_attr {
	NETEMU_PORT_A_LEARNING = 1,
	NETEMU_PORT_A_FLOOD,
	NETEMU_PORT_A_MCAST_FLOOD,
	NETEMU_PORT_A_BCAST_FLOOD,
	NETEMU_PORT_A_ISOLATED,
	NETEMU_PORT_A_FDB_LIMIT,
	NETEMU_PORT_A_STORM_BCAST,
	NETEMU_PORT_A_STORM_MCAST,
	NETEMU_PORT_A_STORM_UNKNOWN,
	NETEMU_PORT_A_STATE,
	NETEMU_PORT_A_FDB_LEARNED,
	NETEMU_PORT_A_MOVES,
	NETEMU_PORT_A_LEARN_REFUSED,
	NETEMU_PORT_A_LOOP_BLOCKS,
	NETEMU_PORT_A_DROPS,
	NETEMU_PORT_A_PAD,
	NETEMU_PORT_A_GUARD,
	NETEMU_PORT_A_SHARED,

	__NETEMU_PORT_A_MAX,
};

#define NETEMU_PORT_A_MAX (__NETEMU_PORT_A_MAX - 1)

/* What happened, in NETEMU_CMD_EVENT_NTF. IFINDEX is the port, or the link. */
enum netemu_event {
	NETEMU_EVENT_LOOP_BLOCKED = 1,	/* loop guard blocked the port */
	NETEMU_EVENT_LOOP_UNBLOCKED,	/* hold time over */
	NETEMU_EVENT_MAC_MOVED,		/* LLADDR moved to the port */
	NETEMU_EVENT_LEARN_LIMIT,	/* LLADDR not learned: limit reached */
	NETEMU_EVENT_CONNECTED,		/* a link reached its other end */
	NETEMU_EVENT_DISCONNECTED,	/* and lost it */
};

/*
 * Why a frame was dropped: one list for the module, ethtool -S and netemu-ctl.
 * X(symbol, name, meaning). New reasons go to the end.
 */
#define NETEMU_DROP_REASONS(X)						\
	X(INVALID_SOURCE, "invalid_source",				\
	  "source address is multicast or zero")			\
	X(OWN_SOURCE, "own_source",					\
	  "source address is one of the host's own")			\
	X(PORT_DISABLED, "port_disabled",				\
	  "port down, without carrier, or switch down")			\
	X(PORT_BLOCKED, "port_blocked", "port blocked by the loop guard") \
	X(RESERVED, "reserved",						\
	  "reserved destination 01:80:c2:00:00:0X not forwarded")	\
	X(SAME_PORT, "same_port", "destination is where it came from")	\
	X(ISOLATED, "isolated", "both ports are isolated")		\
	X(NO_TARGET, "no_target", "flooded, but no port takes it")	\
	X(STORM_BCAST, "storm_bcast", "broadcast limit of the port")	\
	X(STORM_MCAST, "storm_mcast", "multicast limit of the port")	\
	X(STORM_UNKNOWN, "storm_unknown",				\
	  "unknown unicast limit of the port")				\
	X(OVERSIZE, "oversize", "frame is larger than the MTU of the port") \
	X(HOST_PORT_OFF, "host_port_off",				\
	  "sent by the host while its port is off")			\
	X(TRUNCATED, "truncated", "shorter than an Ethernet header")	\
	X(NO_MEMORY, "no_memory", "no memory to copy the frame")	\
	X(TX_REFUSED, "tx_refused",					\
	  "the device of the port, or its queue, refused the frame")	\
	X(GUARD_MALFORMED, "guard_malformed",				\
	  "guard: headers that are cut short or hide what follows")	\
	X(GUARD_MAC, "guard_mac",					\
	  "guard: MAC address of a guest at another port")		\
	X(GUARD_SOURCE, "guard_source",					\
	  "guard: IPv4 source address of another guest")		\
	X(GUARD_ARP, "guard_arp",					\
	  "guard: ARP that is malformed, or for another's address")	\
	X(GUARD_DHCP, "guard_dhcp", "guard: answer of a DHCP server")	\
	X(GUARD_RA, "guard_ra",						\
	  "guard: IPv6 router advertisement or redirect")

#define NETEMU_DROP_ENUM(sym, name, text)	NETEMU_DROP_##sym,
enum netemu_drop {
	NETEMU_DROP_NONE = 0,
	NETEMU_DROP_REASONS(NETEMU_DROP_ENUM)

	__NETEMU_DROP_MAX,
};
#undef NETEMU_DROP_ENUM

#define NETEMU_DROP_MAX (__NETEMU_DROP_MAX - 1)

/* Networks, forwards, leases and gateways. */
#include <linux/netemu_gw.h>

/* Links. */
#include <linux/netemu_link.h>

#endif /* _UAPI_LINUX_NETEMU_H */

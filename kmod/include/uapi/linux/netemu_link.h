/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * netemu: user API of links, net devices of kind "netemu_link"
 *
 * What is sent out of a link leaves by a socket, in a format that QEMU and other
 * programs speak; what comes in by the socket is received by the device.
 * linux/netemu.h includes this file; that is where the manual begins.
 */
#ifndef _UAPI_LINUX_NETEMU_LINK_H
#define _UAPI_LINUX_NETEMU_LINK_H

#include <linux/types.h>

/* Limits of links, all inclusive. */
#define NETEMU_LINK_MTU_DEFAULT		1500
#define NETEMU_LINK_MTU_MAX		65489	/* bytes; with headers a datagram */
#define NETEMU_LINK_QUEUE_MAX		1024	/* frames that wait to be sent */
#define NETEMU_LINK_QUEUE_BYTES		4194304	/* of memory that they take */
#define NETEMU_LINK_QUEUES_BYTES	536870912 /* all streams of a namespace */
#define NETEMU_LINK_PEERS_MAX		1000	/* of one listener */
#define NETEMU_LINK_PEERS_DEFAULT	64
#define NETEMU_LINK_STREAMS_MAX		4096	/* of a network namespace; see below */
#define NETEMU_LINK_PATH_MAX		255	/* bytes */
#define NETEMU_LINK_LISTENER_NAME_MAX	11	/* characters */

/**
 * enum netemu_link_transport - what the far side of a link is
 * @NETEMU_LINK_MCAST: a UDP multicast group, one bare frame in each datagram: a
 *	bus. Every member hears every frame of the others; QEMU's
 *	"-netdev socket,mcast=" is one
 * @NETEMU_LINK_UDP: one other socket, one bare frame in each datagram, as in
 *	"-netdev socket,udp=,localaddr=" and "-netdev dgram"
 * @NETEMU_LINK_TCP: a connection; each frame has its length in front, 32 bits in
 *	network order, as in "-netdev socket,listen=/connect=" and "-netdev stream".
 *	The link connects, again and again; or it listens: then it carries no
 *	frames itself, but each peer has a device of its own, NAME.0, NAME.1 and so
 *	on, a port of what the link is a port of, with the same options. It comes
 *	and goes with the peer
 * @NETEMU_LINK_FD: a socket that the caller has open: a connected one, or a
 *	UNIX stream socket that listens. Of a stream (TCP, UNIX) each frame has its
 *	length in front; of others (UNIX datagram and seqpacket, UDP) each message
 *	is a frame. The link keeps the socket, and the socket its namespace: with
 *	a link of this kind in it, a namespace does not go by itself. Over a TCP
 *	socket it keeps the module, too
 * @NETEMU_LINK_VDE: two sockets that the caller has open, as VDE programs have
 *	them: a connected UNIX datagram socket, each message a frame, and a
 *	connected UNIX stream socket beside it, on which nothing is said any
 *	more; who closes that hangs up. Kept as of NETEMU_LINK_FD. When the
 *	connection is over the link has no carrier any more, until it is given
 *	two others
 *
 * Those of the last three, connected, waiting or listening, and the peers of who
 * listens need buffers. Together a network namespace has at most
 * %NETEMU_LINK_STREAMS_MAX of them, counted where their sockets are: then
 * RTM_NEWLINK fails with -ENOSPC, and peers are turned away (drop reason "peer").
 * When there are many, each has only its share of %NETEMU_LINK_QUEUES_BYTES for the
 * frames that wait; there is always room for one frame.
 */
enum netemu_link_transport {
	NETEMU_LINK_MCAST = 1,
	NETEMU_LINK_UDP = 2,
	NETEMU_LINK_TCP = 3,
	NETEMU_LINK_FD = 4,
	NETEMU_LINK_VDE = 5,

	__NETEMU_LINK_TRANSPORT_MAX,
};

#define NETEMU_LINK_TRANSPORT_MAX (__NETEMU_LINK_TRANSPORT_MAX - 1)

/* NETEMU_LINK_A_STATE */
enum netemu_link_state {
	NETEMU_LINK_READY = 0,		/* nothing has to be connected */
	NETEMU_LINK_CONNECTED = 1,
	NETEMU_LINK_CONNECTING = 2,
	NETEMU_LINK_WAITING = 3,	/* until the next try */
	NETEMU_LINK_LISTENING = 4,
};

/**
 * enum netemu_link_attr - options and counts of a link
 *
 * Addresses are 4 bytes (IPv4) or 16 bytes (IPv6) in network order, all of one
 * link of the same family; ports are in host order. Sockets are made in the
 * network namespace that the link is made in and stay there; the link goes when
 * that namespace goes. All but TTL, and what can be given anew (FD, CONTROL,
 * PATH), is chosen when the link is made.
 *
 * @NETEMU_LINK_A_TRANSPORT: u8, enum netemu_link_transport; needed
 * @NETEMU_LINK_A_REMOTE: address of the group or of the other end; needed
 * @NETEMU_LINK_A_REMOTE_PORT: u16, 1 to 65535; needed
 * @NETEMU_LINK_A_LOCAL: an address of the host. mcast: the bus is where this
 *	address is, and what we send comes from it. udp: we listen only here;
 *	default any
 * @NETEMU_LINK_A_LOCAL_PORT: u16, udp: where we listen and send from; default
 *	REMOTE_PORT. mcast: none
 * @NETEMU_LINK_A_DEV: u32, interface index. mcast: where the bus is; default: of
 *	LOCAL, else where a route leads to the group. udp: we send and hear only
 *	here; default anywhere
 * @NETEMU_LINK_A_TTL: u8, of what we send; mcast: default 1, it stays on the
 *	wire; udp: default 0, as the host does otherwise. Can be changed
 * @NETEMU_LINK_A_ECHOES: u64, read only, mcast: frames of our own that came back,
 *	which are not received
 * @NETEMU_LINK_A_FRAGMENTED: u64, read only: frames that left in several IP
 *	packets, as the way was too narrow for one
 * @NETEMU_LINK_A_DROPS: nest, read only: attribute type = enum
 *	netemu_link_drop, u64 each; reasons that never struck are left out
 * @NETEMU_LINK_A_PAD: alignment
 * @NETEMU_LINK_A_LISTEN: u8, 0/1, default 0, tcp: listen at LOCAL, default
 *	127.0.0.1, and LOCAL_PORT; there is no REMOTE then. The name of such a
 *	device has at most %NETEMU_LINK_LISTENER_NAME_MAX characters
 * @NETEMU_LINK_A_MAX_PEERS: u16, 1 to %NETEMU_LINK_PEERS_MAX, default
 *	%NETEMU_LINK_PEERS_DEFAULT, of a listener: more are turned away
 * @NETEMU_LINK_A_ALLOW: an address, of a listener: peers from elsewhere are turned
 *	away; mcast: frames of members elsewhere are dropped; default: none is
 * @NETEMU_LINK_A_ALLOW_PREFIX: u8, how many bits of ALLOW count; default all
 * @NETEMU_LINK_A_STATE: u8, read only: enum netemu_link_state
 * @NETEMU_LINK_A_ERROR: u32, read only: errno of why the last connection ended or
 *	could not be made; 0 while there is one
 * @NETEMU_LINK_A_CONNECTS: u64, read only: how often there was a connection
 * @NETEMU_LINK_A_PEERS: u32, read only, of a listener: how many there are
 * @NETEMU_LINK_A_FD: s32, fd and vde: descriptor of the sender of the message. Of
 *	the network namespace of the link, with nothing (TLS, a tunnel) on top.
 *	Needed for a new link; -1 = there will be one: the link waits for it. A link
 *	that waits, also as its connection is over, can be given another one, of the
 *	same kind as the one before, by RTM_NEWLINK. Not in replies
 * @NETEMU_LINK_A_PATH: string, fd and vde: what the socket is, for those who look;
 *	up to %NETEMU_LINK_PATH_MAX bytes. The kernel does nothing with it. It goes
 *	with the socket: where FD comes without it there is none any more
 * @NETEMU_LINK_A_CONTROL: s32, vde: descriptor of the stream, as FD is that of the
 *	datagrams. Both are needed, always; both are -1, or none. Not in replies
 * @NETEMU_LINK_A_SERVED: u8, 0/1, default 0, vde: the other end is a client, and the
 *	device is removed when the client hangs up. Chosen when the link is made
 * @NETEMU_LINK_A_LISTENER: u32, read only, of a peer: interface index of its
 *	listener
 */
enum netemu_link_attr {
	NETEMU_LINK_A_TRANSPORT = 1,
	NETEMU_LINK_A_REMOTE,
	NETEMU_LINK_A_REMOTE_PORT,
	NETEMU_LINK_A_LOCAL,
	NETEMU_LINK_A_LOCAL_PORT,
	NETEMU_LINK_A_DEV,
	NETEMU_LINK_A_TTL,
	NETEMU_LINK_A_ECHOES,
	NETEMU_LINK_A_FRAGMENTED,
	NETEMU_LINK_A_DROPS,
	NETEMU_LINK_A_PAD,
	NETEMU_LINK_A_LISTEN,
	NETEMU_LINK_A_MAX_PEERS,
	NETEMU_LINK_A_ALLOW,
	NETEMU_LINK_A_ALLOW_PREFIX,
	NETEMU_LINK_A_STATE,
	NETEMU_LINK_A_ERROR,
	NETEMU_LINK_A_CONNECTS,
	NETEMU_LINK_A_PEERS,
	NETEMU_LINK_A_LISTENER,
	NETEMU_LINK_A_FD,
	NETEMU_LINK_A_PATH,
	NETEMU_LINK_A_CONTROL,
	NETEMU_LINK_A_SERVED,

	__NETEMU_LINK_A_MAX,
};

#define NETEMU_LINK_A_MAX (__NETEMU_LINK_A_MAX - 1)

/*
 * Why a link dropped a frame, as NETEMU_DROP_REASONS of linux/netemu.h.
 * X(symbol, name, meaning). New reasons go to the end.
 */
#define NETEMU_LINK_DROP_REASONS(X)					\
	X(DOWN, "down", "came in while the link was down")		\
	X(RUNT, "runt", "came in shorter than an Ethernet header")	\
	X(OVERSIZE, "oversize", "came in larger than the MTU")		\
	X(SOURCE, "source", "came in from somebody else")		\
	X(NO_MEMORY, "no_memory", "no memory for the frame")		\
	X(QUEUE_FULL, "queue_full", "too many frames wait to be sent")	\
	X(NO_ROUTE, "no_route", "no way leads to the other end")	\
	X(LOOP, "loop", "the way to the other end leads through the link") \
	X(NO_PEER, "no_peer", "nobody is connected")			\
	X(FRAMING, "framing",						\
	  "not a stream of frames: the connection was closed")		\
	X(PEER, "peer",							\
	  "no frame: somebody who wanted to connect was turned away")

#define NETEMU_LINK_DROP_ENUM(sym, name, text)	NETEMU_LINK_DROP_##sym,
enum netemu_link_drop {
	NETEMU_LINK_DROP_NONE = 0,
	NETEMU_LINK_DROP_REASONS(NETEMU_LINK_DROP_ENUM)

	__NETEMU_LINK_DROP_MAX,
};
#undef NETEMU_LINK_DROP_ENUM

#define NETEMU_LINK_DROP_MAX (__NETEMU_LINK_DROP_MAX - 1)

#endif /* _UAPI_LINUX_NETEMU_LINK_H */

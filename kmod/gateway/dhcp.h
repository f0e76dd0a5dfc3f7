/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DHCP server of a network, RFC 2131 and 2132: bytes in, bytes out.
 *
 * nemu_dhcp_input() takes the UDP payload of a frame that a guest sent to the
 * server port, changes the lease table, and either builds a reply, or asks for
 * a probe, or says why there is no answer. A probe: the caller keeps the frame,
 * asks by ARP who has the address (RFC 5227), gives the verdict to
 * nemu_dhcp_verdict() and the same frame to nemu_dhcp_input() again. A client
 * has one probe at a time, and probes are leases that count for their port, so
 * the caller never keeps more frames than that.
 *
 * Addresses are numbers in host byte order, times are seconds since boot.
 *
 * Context of every function: the network's lock held; none sleeps.
 */
#ifndef _NEMU_DHCP_H
#define _NEMU_DHCP_H

#include "lease.h"
#include "../pure.h"

/* RFC 2131 section 2, figure 1 */
#define NEMU_DHCP_OP		0
#define NEMU_DHCP_HTYPE		1
#define NEMU_DHCP_HLEN		2
#define NEMU_DHCP_XID		4
#define NEMU_DHCP_FLAGS		10
#define NEMU_DHCP_CIADDR	12
#define NEMU_DHCP_YIADDR	16
#define NEMU_DHCP_SIADDR	20
#define NEMU_DHCP_GIADDR	24
#define NEMU_DHCP_CHADDR	28
#define NEMU_DHCP_SNAME		44
#define NEMU_DHCP_SNAME_LEN	64
#define NEMU_DHCP_FILE		108
#define NEMU_DHCP_FILE_LEN	128
#define NEMU_DHCP_COOKIE	236
#define NEMU_DHCP_OPTIONS	240

#define NEMU_DHCP_MAGIC		0x63825363
#define NEMU_DHCP_BROADCAST	0x8000
#define NEMU_DHCP_LEN_MIN	300	/* RFC 1542 section 2.1 */
#define NEMU_DHCP_LEN_DEFAULT	548	/* RFC 2131 section 2: 576 less IP and UDP */
#define NEMU_DHCP_LEN_MAX	1472	/* fits Ethernet */
#define NEMU_DHCP_INFINITE	U32_MAX	/* RFC 2131 section 3.3 */

enum nemu_dhcp_op {
	NEMU_DHCP_BOOTREQUEST = 1,
	NEMU_DHCP_BOOTREPLY,
};

/* RFC 2132 section 9.6; 0 is a BOOTP client */
enum nemu_dhcp_type {
	NEMU_DHCP_BOOTP,
	NEMU_DHCP_DISCOVER,
	NEMU_DHCP_OFFER,
	NEMU_DHCP_REQUEST,
	NEMU_DHCP_DECLINE,
	NEMU_DHCP_ACK,
	NEMU_DHCP_NAK,
	NEMU_DHCP_RELEASE,
	NEMU_DHCP_INFORM,
	__NEMU_DHCP_TYPES,
};

/* RFC 2132, 3397, 3442 */
enum nemu_dhcp_option {
	NEMU_DHCP_OPT_PAD = 0,
	NEMU_DHCP_OPT_MASK = 1,
	NEMU_DHCP_OPT_ROUTER = 3,
	NEMU_DHCP_OPT_DNS = 6,
	NEMU_DHCP_OPT_HOSTNAME = 12,
	NEMU_DHCP_OPT_DOMAIN = 15,
	NEMU_DHCP_OPT_MTU = 26,
	NEMU_DHCP_OPT_BROADCAST = 28,
	NEMU_DHCP_OPT_NTP = 42,
	NEMU_DHCP_OPT_REQUESTED = 50,
	NEMU_DHCP_OPT_LEASE_TIME = 51,
	NEMU_DHCP_OPT_OVERLOAD = 52,
	NEMU_DHCP_OPT_TYPE = 53,
	NEMU_DHCP_OPT_SERVER = 54,
	NEMU_DHCP_OPT_PARAMETERS = 55,
	NEMU_DHCP_OPT_MESSAGE = 56,
	NEMU_DHCP_OPT_MAX_SIZE = 57,
	NEMU_DHCP_OPT_T1 = 58,
	NEMU_DHCP_OPT_T2 = 59,
	NEMU_DHCP_OPT_CLIENT_ID = 61,
	NEMU_DHCP_OPT_SERVER_NAME = 66,
	NEMU_DHCP_OPT_BOOTFILE = 67,
	NEMU_DHCP_OPT_SEARCH = 119,
	NEMU_DHCP_OPT_ROUTES = 121,
	NEMU_DHCP_OPT_MS_ROUTES = 249,
	NEMU_DHCP_OPT_END = 255,
};

#define NEMU_DHCP_OVERLOAD_FILE		1	/* RFC 2132 section 9.3 */
#define NEMU_DHCP_OVERLOAD_SNAME	2

#define NEMU_DHCP_OPTIONS_MAX	4096
#define NEMU_DHCP_OPTION_LEN_MAX 510	/* two parts, RFC 3396 */

/**
 * struct nemu_dhcp_options - what clients are told besides their address
 * @len: bytes of @data
 * @data: for each option its code, whether it is sent unasked, its length in
 *	two bytes, and its bytes
 */
struct nemu_dhcp_options {
	u16 len;
	u8 data[NEMU_DHCP_OPTIONS_MAX];
};

/**
 * struct nemu_dhcp_route - classless route, RFC 3442
 * @dest: network
 * @prefix: bits of its mask
 * @gateway: next hop
 */
struct nemu_dhcp_route {
	u32 dest;
	u8 prefix;
	u32 gateway;
};

#define NEMU_DHCP_F_PROBE	BIT(0)	/* probe an address before it is offered */
#define NEMU_DHCP_F_BOOTP	BIT(1)	/* BOOTP clients get addresses of the pool */
#define NEMU_DHCP_F_AUTHORITATIVE BIT(2) /* refuse what RFC 2131 ignores */

/**
 * struct nemu_dhcp_config - settings of a server
 * @subnet: network address
 * @mask: its mask
 * @server: the server's own address
 * @lease_time: seconds, or %NEMU_DHCP_INFINITE; a client may ask for less
 * @t1: renewal time in seconds, 0 = half of the lease
 * @t2: rebinding time, 0 = seven eighths of the lease
 * @offer_time: seconds that an offer is kept
 * @decline_time: seconds that a declined address rests
 * @port_max: leases and offers of one port, 0 = any number
 * @flags: NEMU_DHCP_F_*
 * @next_server: boot server, 0 = none
 * @server_name: its name, "" = none
 * @bootfile: boot file, "" = none
 * @options: what else clients are told
 */
struct nemu_dhcp_config {
	u32 subnet;
	u32 mask;
	u32 server;
	u32 lease_time;
	u32 t1;
	u32 t2;
	u32 offer_time;
	u32 decline_time;
	u32 port_max;
	u32 flags;
	u32 next_server;
	char server_name[NEMU_DHCP_SNAME_LEN];
	char bootfile[NEMU_DHCP_FILE_LEN];
	struct nemu_dhcp_options options;
};

/**
 * struct nemu_dhcp_request - what a client sent, parsed
 * @type: &enum nemu_dhcp_type
 * @cookie: it has options
 * @broadcast: the client can't take unicast yet
 * @xid: transaction
 * @ciaddr: the address the client says it has
 * @giaddr: relay
 * @chaddr: MAC address
 * @requested: option 50, 0 = none
 * @server: option 54, 0 = none
 * @lease_time: option 51, 0 = none
 * @max_len: longest reply the client takes, in bytes of UDP payload
 * @id_len: bytes of @id, 0 = none
 * @id: option 61
 * @wanted_len: bytes of @wanted
 * @wanted: option 55, each code once
 * @name: host name, as far as it is one
 */
struct nemu_dhcp_request {
	u8 type;
	bool cookie;
	bool broadcast;
	u32 xid;
	u32 ciaddr;
	u32 giaddr;
	u8 chaddr[ETH_ALEN];
	u32 requested;
	u32 server;
	u32 lease_time;
	u16 max_len;
	u8 id_len;
	u8 id[255];
	u8 wanted_len;
	u8 wanted[255];
	char name[NEMU_LEASE_NAME_MAX + 1];
};

/* Why a request is not answered: symbol, name, text. */
#define NEMU_DHCP_DROPS(X)						\
	X(MALFORMED,	"malformed",	"not a DHCP or BOOTP request")	\
	X(HARDWARE,	"hardware",	"not from an Ethernet address")	\
	X(FORGED,	"forged",	"client address is not the sender's") \
	X(RELAYED,	"relayed",	"comes through a relay")	\
	X(TYPE,		"type",		"not a message for servers")	\
	X(OTHER_SERVER,	"other_server",	"meant for another server")	\
	X(UNKNOWN,	"unknown",	"no such lease")		\
	X(PROBING,	"probing",	"its address is being probed")	\
	X(RESTING,	"resting",	"its reserved address is in use by another host") \
	X(OTHER_PORT,	"other_port",	"its reserved address is bound at another port") \
	X(PORT_FULL,	"port_full",	"the port has as many leases as it may") \
	X(POOL_FULL,	"pool_full",	"no address is free")		\
	X(BOOTP,	"bootp",	"BOOTP client without reservation") \
	X(SPACE,	"space",	"the reply does not fit")

#define NEMU_DHCP_DROP_ENUM(sym, name, text)	NEMU_DHCP_DROP_##sym,
enum nemu_dhcp_drop {
	NEMU_DHCP_DROP_NONE,
	NEMU_DHCP_DROPS(NEMU_DHCP_DROP_ENUM)
	__NEMU_DHCP_DROP_MAX,
};
#undef NEMU_DHCP_DROP_ENUM

enum nemu_dhcp_event_type {
	NEMU_DHCP_EVENT_BOUND,
	NEMU_DHCP_EVENT_RENEWED,
	NEMU_DHCP_EVENT_RELEASED,
	NEMU_DHCP_EVENT_EXPIRED,
	NEMU_DHCP_EVENT_DECLINED,
	NEMU_DHCP_EVENT_POOL_FULL,	/* once, until there is room again */
};

/**
 * struct nemu_dhcp_event - something to tell
 * @type: what happened
 * @addr: address
 * @mac: MAC address of its client
 * @port: where the client is
 * @until: end of the lease
 */
struct nemu_dhcp_event {
	enum nemu_dhcp_event_type type;
	u32 addr;
	u8 mac[ETH_ALEN];
	u32 port;
	u64 until;
};

#define NEMU_DHCP_EVENTS_MAX	3

/**
 * struct nemu_dhcp_input - a message and what its frame says
 * @data: UDP payload
 * @len: its length
 * @mac: source of the frame
 * @src: source address in its IP header
 * @port: port it came from, never 0
 * @now: seconds since boot
 */
struct nemu_dhcp_input {
	const u8 *data;
	size_t len;
	u8 mac[ETH_ALEN];
	u32 src;
	u32 port;
	u64 now;
};

enum nemu_dhcp_action {
	NEMU_DHCP_NO_REPLY,	/* see drop */
	NEMU_DHCP_REPLY,	/* send the reply */
	NEMU_DHCP_PROBE,	/* ask who has the address */
};

/**
 * struct nemu_dhcp_output - what to do
 * @reply: buffer of the caller
 * @size: its size, at least %NEMU_DHCP_LEN_MIN
 * @action: what to do
 * @drop: why nothing; %NEMU_DHCP_DROP_NONE if the message wants no answer
 * @probe: address to ask for
 * @type: type of the reply
 * @len: length of the reply; it goes out on the port that the request came from
 * @dst: where to: an address, which the guest may not answer ARP for yet, or
 *	all ones
 * @dst_mac: its MAC address, or all ones
 * @truncated: options did not fit and were left out
 * @events: what to tell
 * @event_count: how many
 */
struct nemu_dhcp_output {
	u8 *reply;
	size_t size;
	enum nemu_dhcp_action action;
	enum nemu_dhcp_drop drop;
	u32 probe;
	u8 type;
	size_t len;
	u32 dst;
	u8 dst_mac[ETH_ALEN];
	bool truncated;
	struct nemu_dhcp_event events[NEMU_DHCP_EVENTS_MAX];
	u8 event_count;
};

/**
 * struct nemu_dhcp - DHCP server of a network
 * @config: settings; the caller changes them under the lock
 * @leases: lease table; the caller makes and replaces it
 * @pool_full: no address was free for the last client that needed one
 * @drops: requests without an answer, by reason
 * @received: requests by type
 * @sent: replies by type
 * @probes: probes asked for
 * @truncated: replies with options left out
 * @request: scratch: the request at hand
 */
struct nemu_dhcp {
	struct nemu_dhcp_config config;
	struct nemu_lease_table *leases;
	bool pool_full;
	u64 drops[__NEMU_DHCP_DROP_MAX];
	u64 received[__NEMU_DHCP_TYPES];
	u64 sent[__NEMU_DHCP_TYPES];
	u64 probes;
	u64 truncated;
	struct nemu_dhcp_request request;
};

/* dhcp.c: requests and leases */
void nemu_dhcp_input(struct nemu_dhcp *dhcp, const struct nemu_dhcp_input *in,
		     struct nemu_dhcp_output *out);

/* dhcp_server.c: what happens besides requests */
void nemu_dhcp_defaults(struct nemu_dhcp_config *config);
const char *nemu_dhcp_config_error(const struct nemu_dhcp_config *config,
				   u32 start, u32 end);
const char *nemu_dhcp_address_error(const struct nemu_dhcp_config *config,
				    u32 addr);
bool nemu_dhcp_verdict(struct nemu_dhcp *dhcp, u32 addr, bool taken, u32 port,
		       u64 now);
bool nemu_dhcp_expire(struct nemu_dhcp *dhcp, u64 now, u32 *budget,
		      struct nemu_dhcp_event *event);

/* dhcp_parse.c: bytes to request */
enum nemu_dhcp_drop nemu_dhcp_parse(struct nemu_dhcp_request *req,
				    const u8 *data, size_t len);

/* dhcp_build.c: reply to bytes */
struct nemu_dhcp_answer {
	u8 type;		/* reply; a BOOTP client gets NEMU_DHCP_BOOTP */
	u32 yiaddr;
	u32 lease_time;		/* 0 = no lease */
	const char *name;	/* host name, "" = none */
	const char *message;	/* of a refusal, or NULL */
};

u32 nemu_dhcp_destination(const struct nemu_dhcp_request *req,
			  const struct nemu_dhcp_answer *answer, u32 src);
size_t nemu_dhcp_build(const struct nemu_dhcp *dhcp,
		       const struct nemu_dhcp_answer *answer, u8 *reply,
		       size_t size, bool *truncated);

/* dhcp_option.c: the options of the configuration */
struct nemu_dhcp_option_view {
	const u8 *data;
	u16 len;
	u8 code;
	bool unasked;
};

bool nemu_dhcp_option_next(const struct nemu_dhcp_options *options, u16 *pos,
			   struct nemu_dhcp_option_view *view);
bool nemu_dhcp_option_find(const struct nemu_dhcp_options *options, u8 code,
			   struct nemu_dhcp_option_view *view);
bool nemu_dhcp_option_is_settable(u8 code);
int nemu_dhcp_option_set(struct nemu_dhcp_options *options, u8 code,
			 const void *data, size_t len, bool unasked);
int nemu_dhcp_option_set_addresses(struct nemu_dhcp_options *options, u8 code,
				   const u32 *addrs, size_t count);
int nemu_dhcp_option_set_u16(struct nemu_dhcp_options *options, u8 code,
			     u16 value);
int nemu_dhcp_option_set_string(struct nemu_dhcp_options *options, u8 code,
				const char *text);
int nemu_dhcp_option_set_search(struct nemu_dhcp_options *options,
				const char *const *names, size_t count);
int nemu_dhcp_option_set_routes(struct nemu_dhcp_options *options,
				const struct nemu_dhcp_route *routes,
				size_t count);

#endif /* _NEMU_DHCP_H */

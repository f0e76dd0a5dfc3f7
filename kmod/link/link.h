/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links: what the files of the room share.
 *
 * DOC: Locking
 *
 * RTNL protects the life of links, their options, and the list of those that
 * have their sockets in a namespace. The data path runs under RCU with bottom
 * halves off and reads options that change with READ_ONCE().
 *
 * Life of a link: its sockets are opened by ndo_init, so what is wrong with them
 * can be said, and closed by ndo_uninit, when the device is down for good and
 * sends nothing any more. A frame that comes in finds its
 * link by the socket's user data, under RCU: closing clears that, and the device
 * is freed at least a grace period later. The sockets are the kernel's and hold
 * no reference to their namespace: when that goes, netns_exit()
 * removes the link, wherever its device was moved.
 */
#ifndef _NEMU_LINK_H
#define _NEMU_LINK_H

#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netemu.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/dst_cache.h>
#include <net/gro_cells.h>
#include <net/netlink.h>

struct nemu_stream;
struct nemu_vde;
struct socket;

/* An address and a port of either family. */
union nemu_sockaddr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/**
 * struct nemu_link_config - options of a link
 * @transport: enum netemu_link_transport
 * @remote: group, or the other end
 * @local: where we are; of the same family, the address may be any
 * @ifindex: where; 0 = anywhere
 * @ttl: of what we send; 0 = as the route says. Changes
 * @listen: for peers, at @local; there is no @remote
 * @allow_prefix: bits of @allow that count
 * @max_peers: as many at a time
 * @fd: descriptor of who makes the link, -1 = none yet; of no meaning afterwards
 * @control: the same, of the stream of a VDE link
 * @served: the device goes with the connection
 * @path: what user space has opened, for those who look; or ""
 * @allow: where peers, or members of a bus, may be; family 0 = anywhere
 */
struct nemu_link_config {
	u8 transport;
	u8 ttl;
	int ifindex;
	union nemu_sockaddr remote;
	union nemu_sockaddr local;
	bool listen;
	u8 allow_prefix;
	u16 max_peers;
	int fd;
	int control;
	bool served;
	char path[NETEMU_LINK_PATH_MAX + 1];
	union nemu_sockaddr allow;
};

/**
 * struct nemu_link_stats - what a link counts besides its device's counters
 * @drops: frames dropped, by reason
 * @echoes: frames of our own that came back
 * @fragmented: frames that left in several IP packets
 *
 * One per CPU.
 */
struct nemu_link_stats {
	unsigned long drops[__NETEMU_LINK_DROP_MAX];
	unsigned long echoes;
	unsigned long fragmented;
};

/**
 * struct nemu_link_sum - counters added up over the CPUs
 * @drops: as in &struct nemu_link_stats
 * @echoes: as in &struct nemu_link_stats
 * @fragmented: as in &struct nemu_link_stats
 */
struct nemu_link_sum {
	u64 drops[__NETEMU_LINK_DROP_MAX];
	u64 echoes;
	u64 fragmented;
};

/**
 * struct nemu_stream_info - what is to be shown of a stream
 * @state: enum netemu_link_state
 * @error: why the last connection ended, errno; 0 = there is one, or none yet
 * @connects: how often there was one
 * @peers: of a listener
 * @listener: of a peer: interface index; else 0
 */
struct nemu_stream_info {
	u8 state;
	u32 error;
	u64 connects;
	u32 peers;
	int listener;
};

/**
 * struct nemu_link_queue - frames that wait to be sent
 * @frames: they; its lock protects @bytes
 * @bytes: of memory that they take
 */
struct nemu_link_queue {
	struct sk_buff_head frames;
	unsigned int bytes;
};

/**
 * struct nemu_link - a link
 * @dev: its device
 * @net: where its sockets are; no reference, the link goes first
 * @list: among the links of @net; RTNL
 * @config: options
 * @ops: its transport
 * @extack: while the device is registered: for what is wrong with the sockets
 * @stats: counters
 * @gro: merges what comes in by sockets that have no poll
 * @napi: of transports that do something in a poll of their own
 * @rx: socket that frames come in by
 * @tx: socket that they leave by; the same but for mcast
 * @tx_port: source port of what we send
 * @tx_saddr: source address of what was sent last over IPv4; changes
 * @routes: the way to the other end
 * @queue: of transports that can't send at once
 * @stream: of transports over a stream
 * @vde: of a VDE link
 * @listener: of a peer, while its device is registered: whose it is
 * @adopt: the same: its connection, until somebody else closes it
 */
struct nemu_link {
	struct net_device *dev;
	struct net *net;
	struct list_head list;
	struct nemu_link_config config;
	const struct nemu_link_ops *ops;
	struct netlink_ext_ack *extack;
	struct nemu_link_stats __percpu *stats;
	struct gro_cells gro;
	struct napi_struct napi;
	struct socket *rx;
	struct socket *tx;
	__be16 tx_port;
	__be32 tx_saddr;
	struct dst_cache routes;
	struct nemu_link_queue queue;
	struct nemu_stream *stream;
	struct nemu_vde *vde;
	struct nemu_stream *listener;
	struct socket *adopt;
};

/**
 * struct nemu_link_ops - a transport
 * @open: makes the sockets. RTNL held, may sleep. 0 or -errno with a reason
 *	in extack; then nothing is left behind
 * @close: the opposite; also of a link that was never opened. RTNL held, may
 *	sleep; the device sends nothing any more
 * @up: the device comes up, the first time or again. RTNL held, may sleep
 * @down: the device goes down and sends nothing any more. RTNL held, may sleep
 * @xmit: sends a frame, which is linear or has pages, with its checksum in it.
 *	RCU read side, BH off; consumes skb
 * @poll: of a transport that enables the link's NAPI: at most @budget frames;
 *	returns how many, @budget if there may be more. RCU read side, softirq
 */
struct nemu_link_ops {
	int (*open)(struct nemu_link *link, struct netlink_ext_ack *extack);
	void (*close)(struct nemu_link *link);
	void (*up)(struct nemu_link *link);
	void (*down)(struct nemu_link *link);
	void (*xmit)(struct nemu_link *link, struct sk_buff *skb);
	int (*poll)(struct nemu_link *link, int budget);
};

static inline void nemu_link_count(struct nemu_link *link,
				   enum netemu_link_drop reason)
{
	this_cpu_inc(link->stats->drops[reason]);
}

/**
 * nemu_link_drop_rx() - end a frame that came in
 * @link: link
 * @skb: frame; consumed
 * @reason: why
 */
static inline void nemu_link_drop_rx(struct nemu_link *link,
				     struct sk_buff *skb,
				     enum netemu_link_drop reason)
{
	nemu_link_count(link, reason);
	dev_core_stats_rx_dropped_inc(link->dev);
	kfree_skb(skb);
}

/**
 * nemu_link_drop_tx() - end a frame that can't be sent
 * @link: link
 * @skb: frame; consumed
 * @reason: why
 */
static inline void nemu_link_drop_tx(struct nemu_link *link,
				     struct sk_buff *skb,
				     enum netemu_link_drop reason)
{
	nemu_link_count(link, reason);
	dev_core_stats_tx_dropped_inc(link->dev);
	kfree_skb(skb);
}

static inline bool nemu_sockaddr_any(const union nemu_sockaddr *addr)
{
	return addr->sa.sa_family == AF_INET6 ?
	       ipv6_addr_any(&addr->v6.sin6_addr) : !addr->v4.sin_addr.s_addr;
}

static inline __be16 nemu_sockaddr_port(const union nemu_sockaddr *addr)
{
	return addr->sa.sa_family == AF_INET6 ? addr->v6.sin6_port :
						addr->v4.sin_port;
}

/* device.c */
extern struct rtnl_link_ops nemu_link_link_ops;
bool nemu_is_link(const struct net_device *dev);
void nemu_link_forget_route(struct nemu_link *link);
void nemu_link_sum(const struct nemu_link *link, struct nemu_link_sum *sum);

/* stream.c: streams of any transport */
int nemu_stream_init(void);
void nemu_stream_exit(void);
void nemu_stream_up(struct nemu_link *link);
void nemu_stream_get(const struct nemu_stream *stream,
		     struct nemu_stream_info *info);
void nemu_peers_del(struct nemu_stream *stream, struct list_head *head);
void nemu_peers_plug_in(struct nemu_link *link);
extern const struct nemu_link_ops nemu_tcp_ops;

/* given.c */
extern const struct nemu_link_ops nemu_given_ops;
int nemu_given_replace(struct nemu_link *link, int fd, int control,
		       struct netlink_ext_ack *extack);

/* vde.c */
extern const struct nemu_link_ops nemu_vde_ops;

/* config.c */
#define NEMU_LINK_POLICY_MAX	50	/* what rtnetlink parses at most */
extern const struct nla_policy nemu_link_policy[NEMU_LINK_POLICY_MAX + 1];
int nemu_link_config_parse(struct nemu_link_config *config, struct nlattr **tb,
			   struct netlink_ext_ack *extack);
int nemu_link_config_ttl(struct nemu_link_config *config,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
int nemu_link_config_change(struct nemu_link *link, struct nlattr **tb,
			    struct netlink_ext_ack *extack);

/* config_fill.c */
size_t nemu_link_fill_size(void);
int nemu_link_fill(struct sk_buff *skb, const struct nemu_link *link);

/* ethtool.c */
extern const struct ethtool_ops nemu_link_ethtool_ops;

/* netns.c */
int nemu_link_netns_register(void);
void nemu_link_netns_unregister(void);
struct list_head *nemu_link_netns_list(struct net *net);
int nemu_link_netns_charge(struct net *net, struct netlink_ext_ack *extack);
void nemu_link_netns_uncharge(struct net *net);
const unsigned int *nemu_link_netns_queue_bytes(struct net *net);

/* loop.c */
int nemu_link_notifier_register(void);
void nemu_link_notifier_unregister(void);

/* receive.c */
void nemu_link_receive(struct nemu_link *link, struct sk_buff *skb);
void nemu_link_receive_now(struct nemu_link *link, struct sk_buff *skb);
void nemu_link_receive_poll(struct nemu_link *link, struct sk_buff *skb);

/* socket.c */
int nemu_link_explain(int err, struct netlink_ext_ack *extack);
int nemu_link_check_device(const struct nemu_link *link,
			   struct netlink_ext_ack *extack);
bool nemu_link_allows(const struct nemu_link_config *config,
		      const union nemu_sockaddr *from);

/* queue.c */
void nemu_queue_init(struct nemu_link *link);
void nemu_queue_purge(struct nemu_link *link);
void nemu_queue_add(struct nemu_link *link, struct sk_buff *skb);
int nemu_queue_poll(struct nemu_link *link, int budget);

/* datagram.c: mcast and udp */
extern const struct nemu_link_ops nemu_mcast_ops;
extern const struct nemu_link_ops nemu_udp_ops;

/* datagram_send.c */
void nemu_datagram_send(struct nemu_link *link, struct sk_buff *skb);

/* device.c: init and exit of the room */
int nemu_link_init(void);
void nemu_link_exit(void);

#endif /* _NEMU_LINK_H */

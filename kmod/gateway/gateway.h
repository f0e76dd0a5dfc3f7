/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gateway: what its rooms share.
 *
 * DOC: Locking
 *
 * RTNL protects the life of gateways and every option. Options that packets
 * read are replaced as a whole (&struct nemu_gw_config) and read under RCU.
 * Packets run under RCU with bottom halves off.
 *
 * guests->lock (BH) protects the guest table of one gateway; readers walk it
 * under RCU. resolve->lock (BH) protects what is known of its resolvers. Both
 * nest inside everything and outside nothing. dhcp->lock (BH) protects the DHCP
 * service of one gateway; inside it guests->lock is taken, and by the door that
 * of the bindings of the switch. A meter has a lock (BH) of its own that nests
 * inside everything.
 *
 * Life of a gateway: nemu_nat_attach() makes it known to its namespace and puts
 * the hooks there for the first one. nemu_nat_detach() takes it away again when
 * its device is down for good: no packet of a guest comes any more; then it is
 * forgotten, a grace period lets those that go to guests end, and its
 * connections are removed.
 */
#ifndef _NEMU_GATEWAY_H
#define _NEMU_GATEWAY_H

#include "nat_share.h"
#include "resolve.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/netemu.h>
#include <linux/spinlock.h>
#include <net/netlink.h>

struct nemu_dhcp_service;
struct nemu_routes;
struct nf_conn;

/**
 * struct nemu_gw_dhcp_words - what guests are told by DHCP besides addresses
 * @domain: "" = none
 * @search: domains with commas between
 * @bootfile: "" = none
 * @ntp: zero where there is none
 * @next_server: zero = none
 * @mtu: 0 = that of the device
 * @route_count: routes
 * @routes: they
 * @options_len: bytes of @options
 * @options: code, length, bytes; checked
 */
struct nemu_gw_dhcp_words {
	char domain[NETEMU_GW_DOMAIN_MAX + 1];
	char search[NETEMU_GW_SEARCH_MAX + 1];
	char bootfile[NETEMU_GW_BOOTFILE_MAX + 1];
	__be32 ntp[NETEMU_GW_NTP_MAX];
	__be32 next_server;
	u16 mtu;
	u8 route_count;
	struct netemu_gw_route routes[NETEMU_GW_ROUTES_MAX];
	u16 options_len;
	u8 options[NETEMU_GW_DHCP_OPTIONS_MAX];
};

/**
 * struct nemu_gw_config - options of a gateway, replaced as a whole
 * @subnet: first address of the guests' subnet
 * @mask: its mask
 * @gateway: the gateway's address
 * @dns: where guests send DNS queries
 * @resolvers: of the host; zero where there is none
 * @dhcp_start: first address that DHCP leases
 * @dhcp_end: last one
 * @lease_time: seconds
 * @connections_limit: tracked connections
 * @guest_connections: of them, for each guest; 0 = half of them
 * @connection_rate: new ones a second, for each guest; 0 = no limit
 * @guest_leases: addresses that each guest may lease; 0 = any number
 * @port_first: of the host's ports, the first that connections leave from
 * @port_last: the last one
 * @prefix: bits of the mask
 * @role: enum netemu_gw_role
 * @resolvers_auto: they are what the host uses; only noted for user space
 * @host_access: enum netemu_host_access
 * @fastpath: enum netemu_fastpath
 * @link_local: may guests reach 169.254.0.0/16?
 * @restricted: nothing leaves
 * @dhcp: guests get addresses
 * @rcu: frees it
 * @words: what else DHCP tells; packets do not read it
 */
struct nemu_gw_config {
	__be32 subnet;
	__be32 mask;
	__be32 gateway;
	__be32 dns;
	__be32 resolvers[NETEMU_GW_RESOLVERS_MAX];
	__be32 dhcp_start;
	__be32 dhcp_end;
	u32 lease_time;
	u32 connections_limit;
	u32 guest_connections;
	u32 connection_rate;
	u32 guest_leases;
	u16 port_first;
	u16 port_last;
	u8 prefix;
	u8 role;
	u8 host_access;
	u8 fastpath;
	bool link_local;
	bool restricted;
	bool dhcp;
	bool resolvers_auto;
	struct rcu_head rcu;
	struct nemu_gw_dhcp_words words;
};

#define NEMU_GUEST_BITS		8

/**
 * struct nemu_guests - where the guests of a gateway are
 * @chains: by address; read under RCU
 * @list: those that say themselves who they are, the oldest first; @lock
 * @count: guests; written under @lock
 * @bound: of them those whose address is leased or reserved; @lock
 * @lock: see DOC: Locking
 */
struct nemu_guests {
	struct hlist_head chains[1 << NEMU_GUEST_BITS];
	struct list_head list;
	u32 count;
	u32 bound;
	spinlock_t lock;
};

/**
 * struct nemu_gw_stats - what a gateway counts beside its device's counters
 * @drops: frames dropped, by reason
 * @fast_out: packets of guests that took the fast way
 * @fast_in: packets for guests that did
 */
struct nemu_gw_stats {
	unsigned long fast_out;
	unsigned long fast_in;
	unsigned long drops[__NETEMU_GW_DROP_MAX];
};

/**
 * struct nemu_gw - private data of a device of kind netemu_gw
 * @dev: the device
 * @config: options; RTNL, read under RCU
 * @stats: per-CPU drops
 * @zone: conntrack zone; 0 until it has one
 * @template: finds connections of the zone; those that no guest opened hold a
 *	reference, so they count themselves
 * @shares: what each guest uses
 * @guests: where the guests are
 * @resolve: which resolver is asked
 * @routes: where its guests' flows go; per CPU
 * @dhcp: DHCP service
 * @forwards: forwards and services; RTNL
 * @forward_count: how many; RTNL
 * @services: how many of them are services; RTNL, read under RCU
 * @first: options before the device is registered
 */
struct nemu_gw {
	struct net_device *dev;
	struct nemu_gw_config __rcu *config;
	struct nemu_gw_stats __percpu *stats;
	u16 zone;
	struct nf_conn *template;
	struct nemu_shares shares;
	struct nemu_guests guests;
	struct nemu_resolve resolve;
	struct nemu_routes __percpu *routes;
	struct nemu_dhcp_service *dhcp;
	struct list_head forwards;
	u32 forward_count;
	u32 services;
	struct nemu_gw_config first;
};

static inline void nemu_gw_count(const struct nemu_gw *gw,
				 enum netemu_gw_drop reason)
{
	this_cpu_inc(gw->stats->drops[reason]);
}

static inline void nemu_gw_drop(const struct nemu_gw *gw, struct sk_buff *skb,
				enum netemu_gw_drop reason)
{
	nemu_gw_count(gw, reason);
	kfree_skb(skb);
}

static inline bool nemu_gw_in_subnet(const struct nemu_gw_config *config,
				     __be32 addr)
{
	return !((addr ^ config->subnet) & config->mask);
}

/* An address that a guest can have. */
static inline bool nemu_gw_is_guest(const struct nemu_gw_config *config,
				    __be32 addr)
{
	__be32 host = addr & ~config->mask;

	return nemu_gw_in_subnet(config, addr) && host &&
	       host != ~config->mask && addr != config->gateway &&
	       addr != config->dns;
}

/* The address that it speaks from: its own, or that of DNS if the host has it. */
static inline __be32 nemu_gw_self(const struct nemu_gw_config *config)
{
	return likely(config->role == NETEMU_GW_ROLE_NAT) ? config->gateway :
							    config->dns;
}

/* Is it an address of the gateway? */
static inline bool nemu_gw_owns(const struct nemu_gw_config *config,
				__be32 addr)
{
	return addr == config->dns || addr == nemu_gw_self(config);
}

/* The gateway's own MAC address: 52:55 and its IPv4 address, as slirp has it. */
static inline void nemu_gw_mac(const struct nemu_gw_config *config, u8 *mac)
{
	__be32 self = nemu_gw_self(config);

	mac[0] = 0x52;
	mac[1] = 0x55;
	memcpy(mac + 2, &self, sizeof(self));
}

/* device.c */
extern struct rtnl_link_ops nemu_gw_link_ops;
void nemu_gw_sum(const struct nemu_gw *gw, u64 *drops);

/* config.c */
#define NEMU_GW_POLICY_MAX	50	/* what rtnetlink parses at most */
extern const struct nla_policy nemu_gw_policy[NEMU_GW_POLICY_MAX + 1];
void nemu_gw_config_init(struct nemu_gw_config *config);
int nemu_gw_config_parse(struct nemu_gw_config *config, struct nlattr **tb,
			 struct netlink_ext_ack *extack);
size_t nemu_gw_fill_size(void);
int nemu_gw_fill(struct sk_buff *skb, struct nemu_gw *gw);

/* ethtool.c */
extern const struct ethtool_ops nemu_gw_ethtool_ops;

/* receive.c: from guests */
netdev_tx_t nemu_gw_xmit(struct sk_buff *skb, struct net_device *dev);

/* deliver.c: to guests */
void nemu_gw_send(struct nemu_gw *gw, struct sk_buff *skb, u16 protocol,
		  const u8 *dest);
void nemu_gw_deliver(struct nemu_gw *gw, struct sk_buff *skb);

/* guest.c */
void nemu_guests_init(struct nemu_guests *guests);
void nemu_guests_free(struct nemu_gw *gw);
enum netemu_gw_drop nemu_guest_heard(struct nemu_gw *gw, __be32 addr,
				     const u8 *mac, u32 port);
void nemu_guest_bind(struct nemu_gw *gw, __be32 addr, const u8 *mac);
void nemu_guest_unbind(struct nemu_gw *gw, __be32 addr);
bool nemu_guest_find(const struct nemu_gw *gw, __be32 addr, u8 *mac);

/* arp.c */
void nemu_arp_rx(struct nemu_gw *gw, const struct nemu_gw_config *config,
		 struct sk_buff *skb);
void nemu_arp_ask(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  __be32 addr);
void nemu_arp_probe(struct nemu_gw *gw, const struct nemu_gw_config *config,
		    __be32 addr);

/* icmp.c */
bool nemu_icmp_echo(struct nemu_gw *gw, const struct nemu_gw_config *config,
		    struct sk_buff *skb);
void nemu_icmp_error(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     const struct sk_buff *skb, u8 type, u8 code, u32 info);

/* serve_dhcp.c */
bool nemu_dhcp_is_request(const struct nemu_gw_config *config,
			  const struct sk_buff *skb);
void nemu_dhcp_rx(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  struct sk_buff *skb);
void nemu_dhcp_heard(struct nemu_gw *gw, __be32 addr, const u8 *mac, u32 port);

/* dhcp_service.c */
int nemu_dhcp_start(struct nemu_gw *gw, const struct nemu_gw_config *config);
int nemu_dhcp_change(struct nemu_gw *gw, const struct nemu_gw_config *config,
		     unsigned int mtu);
void nemu_dhcp_stop(struct nemu_gw *gw);
u32 nemu_dhcp_leases(const struct nemu_gw *gw);
bool nemu_dhcp_pool_full(const struct nemu_gw *gw);
int nemu_dhcp_bar(struct nemu_gw *gw, __be32 addr);
void nemu_dhcp_unbar(struct nemu_gw *gw, __be32 addr);

/* forward_rules.c; the rest of it in forward.h */
bool nemu_gw_serves(const struct nemu_gw *gw, __be32 addr);
bool nemu_gw_has(const struct nemu_gw *gw, const struct nemu_gw_config *config,
		 __be32 addr);
bool nemu_gw_fits_forwards(const struct nemu_gw *gw,
			   const struct nemu_gw_config *config);
void nemu_gw_each_service(const struct nemu_gw *gw,
			  void (*fn)(void *arg, __be32 addr), void *arg);
void nemu_gw_close_forwards(struct nemu_gw *gw);
u64 nemu_dhcp_lease_events_lost(const struct nemu_gw *gw);

/* binding.c */
int nemu_binding_init(void);
void nemu_binding_exit(void);
void nemu_binding_own_changed(struct nemu_gw *gw,
			      const struct nemu_gw_config *old);
void nemu_binding_service_changed(struct nemu_gw *gw, __be32 addr);

/* tcp_mss.c */
bool nemu_tcp_clamp(struct sk_buff *skb, unsigned int mtu);

/* nat*.c: the only rooms that know netfilter */
int nemu_nat_init(void);
void nemu_nat_exit(void);
int nemu_nat_attach(struct nemu_gw *gw);
void nemu_nat_detach(struct nemu_gw *gw);
u32 nemu_nat_connections(const struct nemu_gw *gw);
void nemu_nat_out(struct nemu_gw *gw, const struct nemu_gw_config *config,
		  struct sk_buff *skb);

#endif /* _NEMU_GATEWAY_H */

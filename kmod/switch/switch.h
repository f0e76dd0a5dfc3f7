/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The switch: what its rooms share.
 *
 * DOC: Locking
 *
 * RTNL protects the life of switches and ports and every option. The list of
 * ports and all that a frame reads (options, flags, FDB) is read under RCU
 * with bottom halves off; options are single words, written once.
 *
 * fdb->lock (BH) protects the entries of one FDB: hash chains, the lists per
 * port, the counts, the moves of an entry. It nests inside RTNL and inside the
 * address list lock of the switch device (ndo_set_rx_mode), and outside
 * nothing but the locks of the allocator and of netlink delivery.
 *
 * Life of a port: nemu_port_attach() makes it and registers the receive
 * handler last; from then on frames come in. nemu_port_detach() takes it apart
 * in reverse: receive handler (waits for the frames under way), list, FDB
 * entries, timer, then the master link; its memory goes after a grace period,
 * because other CPUs may still be sending to it. Nothing but RCU readers
 * refers to a port without holding RTNL or fdb->lock.
 */
#ifndef _NEMU_SWITCH_H
#define _NEMU_SWITCH_H

#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/timer.h>
#include <net/netlink.h>
#include <linux/netemu.h>

#include "fdb.h"
#include "../stats.h"

struct nf_hook_ops;
struct nf_hook_state;

/* nemu_port.flags; all changed by atomic operations. */
#define NEMU_PORT_ON		BIT(0)	/* takes part */
#define NEMU_PORT_BLOCKED	BIT(1)	/* by the loop guard */
#define NEMU_PORT_LEARNING	BIT(2)
#define NEMU_PORT_FLOOD		BIT(3)	/* takes unknown unicast */
#define NEMU_PORT_MCAST_FLOOD	BIT(4)
#define NEMU_PORT_BCAST_FLOOD	BIT(5)
#define NEMU_PORT_ISOLATED	BIT(6)
#define NEMU_PORT_HOST		BIT(7)	/* the switch device itself */
#define NEMU_PORT_UNLOCKED	BIT(8)	/* its driver takes frames as they are,
					 * from all CPUs at once
					 */
#define NEMU_PORT_VETH		BIT(9)	/* one end of a veth pair */
#define NEMU_PORT_GUARD		BIT(10)	/* what comes in is inspected */
#define NEMU_PORT_GATEWAY	BIT(11)	/* a gateway: never guarded */
#define NEMU_PORT_SHARED	BIT(12)	/* the host keeps the device */

#define NEMU_PORT_OPT_FLAGS	(NEMU_PORT_LEARNING | NEMU_PORT_FLOOD | \
				 NEMU_PORT_MCAST_FLOOD | \
				 NEMU_PORT_BCAST_FLOOD | NEMU_PORT_ISOLATED | \
				 NEMU_PORT_GUARD | NEMU_PORT_SHARED)

/* What comes in by such a port does not go the usual way. */
#define NEMU_PORT_SPECIAL	(NEMU_PORT_BLOCKED | NEMU_PORT_GUARD | \
				 NEMU_PORT_SHARED)

/* nemu_switch.state, read by every frame; changed by atomic operations. */
#define NEMU_SWITCH_UP		BIT(0)	/* the device is up: frames pass */
#define NEMU_SWITCH_HUB		BIT(1)	/* repeats, learns nothing */
#define NEMU_SWITCH_WATCHED	BIT(2)	/* the device is promiscuous */

enum nemu_storm_class {
	NEMU_STORM_BCAST,
	NEMU_STORM_MCAST,
	NEMU_STORM_UNKNOWN,
	__NEMU_STORM_MAX,
};

/**
 * struct nemu_storm - frames a second of one class that a port may send
 * @pps: limit, 0 = none
 * @tat: nanoseconds; theoretical arrival time of the next frame (GCRA)
 */
struct nemu_storm {
	u32 pps;
	atomic64_t tat;
};

/**
 * struct nemu_port_opts - the settable options of a port
 * @flags: within %NEMU_PORT_OPT_FLAGS
 * @fdb_limit: addresses learned here, 0 = no limit of its own
 * @storm: frames a second per class, 0 = no limit
 */
struct nemu_port_opts {
	unsigned long flags;
	u32 fdb_limit;
	u32 storm[__NEMU_STORM_MAX];
};

/**
 * struct nemu_port - a device that takes part in a switch
 * @sw: its switch; fixed
 * @dev: its device; held while the port is attached
 * @flags: NEMU_PORT_*
 * @list: among the ports of the switch; RTNL, read under RCU
 * @stats: per-CPU drops
 * @storm: limits on what comes in here
 * @fdb_limit: addresses learned here, 0 = no limit of its own
 * @fdb_count: entries of this port: learned, fixed; fdb->lock
 * @fdb_list: the entries, oldest first: learned, fixed; fdb->lock
 * @moves: addresses that moved here; fdb->lock
 * @loop_blocks: times blocked by the loop guard; fdb->lock
 * @age: order of attachment; the host port is 0, the oldest
 * @active: counted as up with carrier; RTNL
 * @unblock: ends a block by the loop guard
 * @tracker: of the hold on @dev
 * @hook: where the host's frames are taken, of a shared port; RTNL
 * @rcu: frees the port
 *
 * The first cache line is all that a frame reads of the ports it comes and goes
 * by; no frame writes it, nor does learning. Limits, where there are any, are
 * written by the frames they count, learning writes the rest.
 */
struct nemu_port {
	struct nemu_switch *sw;
	struct net_device *dev;
	unsigned long flags;
	struct list_head list;
	struct nemu_stats __percpu *stats;

	struct nemu_storm storm[__NEMU_STORM_MAX] ____cacheline_aligned_in_smp;

	u32 fdb_limit ____cacheline_aligned_in_smp;
	u32 fdb_count[__NEMU_FDB_KINDS];
	struct list_head fdb_list[__NEMU_FDB_KINDS];
	u64 moves;
	u64 loop_blocks;
	u64 age;
	bool active;
	struct timer_list unblock;
	netdevice_tracker tracker;
	struct nf_hook_ops *hook;
	struct rcu_head rcu;
};

/**
 * struct nemu_switch_opts - the settable options of a switch
 * @mode: enum netemu_mode
 * @host_port: does the device itself take part?
 * @reserved_mask: bit X: 01:80:c2:00:00:0X is forwarded
 * @ageing: seconds, 0 = never
 * @fdb_limit: addresses learned in all
 * @loop_rate: moves of an address in a second that block a port, 0 = off
 * @loop_hold: seconds a port stays blocked
 * @port: what a new port starts with
 */
struct nemu_switch_opts {
	u8 mode;
	bool host_port;
	u16 reserved_mask;
	u32 ageing;
	u32 fdb_limit;
	u32 loop_rate;
	u32 loop_hold;
	struct nemu_port_opts port;
};

/**
 * struct nemu_switch - private data of a device of kind netemu
 * @dev: the device
 * @state: NEMU_SWITCH_*
 * @opts: options; RTNL, words read under RCU
 * @ports: ports, without the host port; RTNL, read under RCU
 * @shared: the port among them that is shared with the host, or NULL; RTNL,
 *	read under RCU
 * @fdb: forwarding database
 * @host: the host port
 * @n_ports: length of @ports
 * @n_active: ports that are up with carrier; RTNL
 * @port_age: source of nemu_port.age; RTNL
 * @mtu_by_hand: the administrator set the MTU: it no longer follows the ports
 * @mtu_follows: a change of the MTU under way is our own
 * @gone: drops and refusals of ports that left, so sums never go back; RTNL
 * @moves: addresses that moved; fdb->lock
 * @events_lost: notifications left out
 * @event_limit: keeps a guest from flooding the listeners
 * @bindings: whose address is whose; made for the first gateway, freed with
 *	the switch
 *
 * Up to the first lines of @fdb and @host no frame writes anything.
 */
struct nemu_switch {
	struct net_device *dev;
	unsigned long state;
	struct list_head ports;
	struct nemu_port __rcu *shared;
	struct nemu_switch_opts opts;
	struct nemu_fdb fdb;
	struct nemu_port host;

	u32 n_ports;
	u32 n_active;
	u64 port_age;
	bool mtu_by_hand;
	bool mtu_follows;
	struct nemu_stats_sum gone;
	u64 moves;
	atomic64_t events_lost;
	struct ratelimit_state event_limit;
	struct nemu_bindings __rcu *bindings;
};

#ifdef CONFIG_SMP
/* What one CPU writes for a frame must not push out what the others read. */
static_assert(offsetofend(struct nemu_port, stats) <= SMP_CACHE_BYTES);
static_assert(offsetof(struct nemu_port, storm) >= SMP_CACHE_BYTES);
static_assert(offsetof(struct nemu_port, fdb_limit) >=
	      offsetofend(struct nemu_port, storm));
static_assert(offsetofend(struct nemu_switch, shared) <= SMP_CACHE_BYTES);
static_assert(offsetof(struct nemu_switch, fdb) % SMP_CACHE_BYTES == 0);
static_assert(offsetof(struct nemu_fdb, lock) >= SMP_CACHE_BYTES);
static_assert(offsetofend(struct nemu_fdb_entry, heard) <= SMP_CACHE_BYTES);
#endif

/* device.c */
extern struct rtnl_link_ops nemu_switch_link_ops;
bool nemu_is_switch(const struct net_device *dev);
void nemu_switch_port_activity(struct nemu_switch *sw, int change);
void nemu_switch_sum(struct nemu_switch *sw, struct nemu_stats_sum *sum);
void nemu_switch_mtu_lower(struct nemu_switch *sw, unsigned int mtu);
void nemu_switch_mtu_update(struct nemu_switch *sw);
int nemu_switch_init(void);
void nemu_switch_exit(void);

/* config.c */
#define NEMU_SWITCH_POLICY_MAX	50	/* what rtnetlink parses at most */
#define NEMU_PORT_POLICY_MAX	40
extern const struct nla_policy nemu_switch_policy[NEMU_SWITCH_POLICY_MAX + 1];
extern const struct nla_policy nemu_port_policy[NEMU_PORT_POLICY_MAX + 1];
extern const struct nla_policy nemu_port_nest_policy[NETEMU_PORT_A_MAX + 1];
void nemu_switch_opts_init(struct nemu_switch_opts *opts);
int nemu_switch_opts_parse(struct nemu_switch_opts *opts, struct nlattr **tb,
			   struct netlink_ext_ack *extack);
int nemu_port_opts_parse(struct nemu_port_opts *opts, struct nlattr **tb,
			 struct netlink_ext_ack *extack);
void nemu_port_opts_get(struct nemu_port_opts *opts,
			const struct nemu_port *port);
size_t nemu_switch_fill_size(void);
int nemu_switch_fill(struct sk_buff *skb, struct nemu_switch *sw, bool drops);
size_t nemu_port_fill_size(void);
int nemu_port_fill(struct sk_buff *skb, const struct nemu_port *port,
		   bool drops);

/* port.c */
struct nemu_port *nemu_port_get_rtnl(const struct net_device *dev);
struct nemu_port *nemu_port_get_rcu(const struct net_device *dev);
int nemu_port_attach(struct nemu_switch *sw, struct net_device *dev,
		     const struct nemu_port_opts *opts,
		     struct netlink_ext_ack *extack);
void nemu_port_detach(struct nemu_port *port);
int nemu_port_set_opts(struct nemu_port *port,
		       const struct nemu_port_opts *opts,
		       struct netlink_ext_ack *extack);
int nemu_host_port_init(struct nemu_switch *sw);
void nemu_host_port_free(struct nemu_switch *sw);
void nemu_port_set_flags(struct nemu_port *port, unsigned long mask,
			 unsigned long value);
int nemu_port_notifier_register(void);
void nemu_port_notifier_unregister(void);

/*
 * Up, with carrier? Asked of the device itself for each frame: the notifier
 * hears of a carrier late.
 */
static inline bool nemu_device_ready(const struct net_device *dev)
{
	unsigned long state = READ_ONCE(dev->state);

	return (state & (BIT(__LINK_STATE_START) |
			 BIT(__LINK_STATE_NOCARRIER))) ==
	       BIT(__LINK_STATE_START);
}

/*
 * 01:80:c2:00:00:0X that is not to be forwarded (IEEE 802.1Q 8.6.3). A hub
 * knows no such addresses, but even there PAUSE ends at the wire it came from.
 */
static __always_inline bool nemu_reserved(const struct nemu_switch *sw,
					  unsigned long state,
					  const struct sk_buff *skb)
{
	u64 dest = nemu_fdb_dest(eth_hdr(skb));
	u16 mask;

	if (likely(!(dest & NEMU_FDB_KEY_GROUP)) ||
	    !nemu_fdb_key_is_reserved(dest))
		return false;
	mask = state & NEMU_SWITCH_HUB ? (u16)~BIT(1) :
					 READ_ONCE(sw->opts.reserved_mask);
	return !(mask & BIT(nemu_fdb_key_last(dest)));
}

/* Why nothing may come in now, or not this frame, or NETEMU_DROP_NONE. */
static __always_inline enum netemu_drop
nemu_ingress_check(unsigned long state, const struct sk_buff *skb)
{
	u64 source = nemu_fdb_source(eth_hdr(skb));

	if (unlikely(!(state & NEMU_SWITCH_UP)))
		return NETEMU_DROP_PORT_DISABLED;
	if (unlikely(source & NEMU_FDB_KEY_GROUP || !source))
		return NETEMU_DROP_INVALID_SOURCE;
	return NETEMU_DROP_NONE;
}

/* forward.c */
void nemu_forward(struct nemu_port *in, struct sk_buff *skb,
		  unsigned long state, unsigned long from);
rx_handler_result_t nemu_port_rx(struct sk_buff **pskb);
netdev_tx_t nemu_host_tx(struct sk_buff *skb, struct net_device *dev);

/* transmit.c: called under RCU with BH off */

/**
 * struct nemu_flood - a frame on its way out of several ports
 * @skb: the frame, data at its Ethernet header
 * @size: bytes behind the Ethernet header
 * @needs: features that a device needs to have to take it as it is
 */
struct nemu_flood {
	struct sk_buff *skb;
	unsigned int size;
	netdev_features_t needs;
};

void nemu_port_xmit(struct nemu_port *out, struct sk_buff *skb);
bool nemu_flood_begin(struct nemu_flood *flood, struct nemu_port *in,
		      struct sk_buff *skb);
void nemu_flood_copy(const struct nemu_flood *flood, struct nemu_port *out);
void nemu_flood_end(const struct nemu_flood *flood, struct nemu_port *out);
struct sk_buff *nemu_receive_as(struct nemu_port *port, struct sk_buff *skb);
void nemu_host_rx(struct nemu_switch *sw, struct sk_buff *skb);

/* shared.c: what passes by a port whose device stays the host's */
bool nemu_shared_owns(const struct nemu_port *port, u64 key);
rx_handler_result_t nemu_shared_rx(struct nemu_port *port,
				   struct sk_buff *skb, unsigned long flags);
unsigned int nemu_shared_egress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state);
bool nemu_shared_up(struct nemu_port *port, struct sk_buff *skb,
		    unsigned long from);
bool nemu_shared_up_copy(struct nemu_port *port, struct sk_buff *skb,
			 unsigned long from, unsigned long need);
int nemu_shared_queue(struct nemu_port *port, struct sk_buff *skb);
bool nemu_shared_is_free(const struct nemu_port *port);

/* shared_life.c */
int nemu_shared_check(struct nemu_switch *sw, struct net_device *dev,
		      bool shared, struct netlink_ext_ack *extack);
int nemu_shared_check_mode(struct nemu_switch *sw, u8 mode,
			   struct netlink_ext_ack *extack);
int nemu_shared_check_addr(struct nemu_switch *sw, const struct nemu_port *port,
			   const u8 *addr, struct netlink_ext_ack *extack);
int nemu_shared_open(struct nemu_port *port, struct netlink_ext_ack *extack);
void nemu_shared_close(struct nemu_port *port);
void nemu_shared_follow_addr(struct nemu_port *port);

/* guard.c */
bool nemu_storm_exceeded(struct nemu_storm *storm);
void nemu_guard_init(struct nemu_port *port);
void nemu_guard_stop(struct nemu_port *port);
struct nemu_port *nemu_guard_moved(struct nemu_switch *sw,
				   struct nemu_fdb_entry *entry,
				   struct nemu_port *from,
				   struct nemu_port *to);

/* inspect.c: called under RCU with BH off */
enum netemu_drop nemu_inspect(const struct nemu_port *port,
			      const struct sk_buff *skb);

/* binding.c, besides the door */
enum nemu_bound {
	NEMU_BOUND_NOBODY,	/* the address is not bound */
	NEMU_BOUND_HERE,	/* to this guest at this port */
	NEMU_BOUND_ANYWHERE,	/* to this guest, whatever its port */
	NEMU_BOUND_OTHER,	/* to somebody else */
};

int nemu_bindings_prepare(struct nemu_switch *sw);
void nemu_bindings_free(struct nemu_switch *sw);
u32 nemu_bindings_count(const struct nemu_switch *sw);
enum nemu_bound nemu_binding_of_addr(const struct nemu_port *port,
				     const struct in6_addr *addr, u64 mac);
bool nemu_binding_of_mac(const struct nemu_port *port, u64 mac);

/* notify.c */
bool nemu_notify_allowed(struct nemu_switch *sw);
void nemu_notify_event(struct nemu_port *port, enum netemu_event event,
		       const u8 *addr);
void nemu_notify_port(struct nemu_port *port);
void nemu_notify_port_gone(struct nemu_port *port);

/* netns.c */
bool nemu_netns_charge(struct net *net);
void nemu_netns_uncharge(struct net *net);
int nemu_netns_register(void);
void nemu_netns_unregister(void);

/* ethtool.c */
extern const struct ethtool_ops nemu_switch_ethtool_ops;

/* port_link.c: called under RTNL */
int nemu_port_changelink(struct net_device *dev, struct net_device *slave,
			 struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack);
size_t nemu_port_get_size(const struct net_device *dev,
			  const struct net_device *slave);
int nemu_port_fill_info(struct sk_buff *skb, const struct net_device *dev,
			const struct net_device *slave);

/* bridge_link.c: called under RTNL, getlink under RCU */
int nemu_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			struct net_device *dev, u32 filter_mask, int nlflags);
int nemu_bridge_setlink(struct net_device *dev, struct nlmsghdr *nlh,
			u16 flags, struct netlink_ext_ack *extack);
int nemu_bridge_dellink(struct net_device *dev, struct nlmsghdr *nlh,
			u16 flags);

#endif /* _NEMU_SWITCH_H */

// SPDX-License-Identifier: GPL-2.0
/* Leases as attributes, and what is told of them. */
#include "gateway.h"
#include "dhcp_service.h"
#include "../event.h"

#include <net/genetlink.h>

static u8 uapi_state(const struct nemu_lease *l, u64 now)
{
	switch (l->state) {
	case NEMU_LEASE_BOUND:
		return l->until > now ? NETEMU_LEASE_BOUND :
					NETEMU_LEASE_EXPIRED;
	case NEMU_LEASE_PROBING:
	case NEMU_LEASE_OFFERED:
		return NETEMU_LEASE_OFFERED;
	case NEMU_LEASE_RELEASED:
		return NETEMU_LEASE_RELEASED;
	case NEMU_LEASE_EXPIRED:
		return NETEMU_LEASE_EXPIRED;
	case NEMU_LEASE_DECLINED:
		return NETEMU_LEASE_DECLINED;
	}
	return NETEMU_LEASE_RESERVED;
}

static u8 uapi_reserved(const struct nemu_lease *l)
{
	if (l->flags & NEMU_LEASE_BY_MAC)
		return NETEMU_LEASE_BY_MAC;
	return l->flags & NEMU_LEASE_BY_ID ? NETEMU_LEASE_BY_CLIENT_ID :
					     NETEMU_LEASE_BY_NOTHING;
}

static int put_time(struct sk_buff *skb, const struct nemu_lease *l, u64 now)
{
	u64 left = l->until > now ? l->until - now : 0;

	/* What is over, or has not begun, has no time. */
	if (l->state == NEMU_LEASE_FREE || l->state == NEMU_LEASE_RELEASED ||
	    l->state == NEMU_LEASE_EXPIRED)
		return 0;
	return nla_put_u32(skb, NETEMU_LEASE_A_TIME_LEFT,
			   min_t(u64, left, NEMU_DHCP_INFINITE));
}

/**
 * nemu_lease_fill() - write a lease
 * @skb: message, in the nest %NETEMU_A_LEASE
 * @l: lease
 * @now: seconds since boot
 *
 * Return: 0 or -EMSGSIZE.
 */
int nemu_lease_fill(struct sk_buff *skb, const struct nemu_lease *l, u64 now)
{
	if (nla_put_in_addr(skb, NETEMU_LEASE_A_ADDRESS, htonl(l->addr)) ||
	    (!is_zero_ether_addr(l->mac) &&
	     nla_put(skb, NETEMU_LEASE_A_LLADDR, ETH_ALEN, l->mac)) ||
	    (l->id_len &&
	     nla_put(skb, NETEMU_LEASE_A_CLIENT_ID, l->id_len, l->id)) ||
	    (l->name[0] &&
	     nla_put_string(skb, NETEMU_LEASE_A_HOSTNAME, l->name)) ||
	    nla_put_u8(skb, NETEMU_LEASE_A_STATE, uapi_state(l, now)) ||
	    put_time(skb, l, now) ||
	    (l->port &&
	     nla_put_u32(skb, NETEMU_LEASE_A_IFINDEX, l->port)) ||
	    nla_put_u8(skb, NETEMU_LEASE_A_RESERVED, uapi_reserved(l)) ||
	    nla_put_u8(skb, NETEMU_LEASE_A_HOSTNAME_GIVEN,
		       !!(l->flags & NEMU_LEASE_NAMED)))
		return -EMSGSIZE;
	return 0;
}

static u8 uapi_event(enum nemu_dhcp_event_type type)
{
	static const u8 events[] = {
		[NEMU_DHCP_EVENT_BOUND]		= NETEMU_LEASE_GRANTED,
		[NEMU_DHCP_EVENT_RENEWED]	= NETEMU_LEASE_RENEWED,
		[NEMU_DHCP_EVENT_RELEASED]	= NETEMU_LEASE_GIVEN_BACK,
		[NEMU_DHCP_EVENT_EXPIRED]	= NETEMU_LEASE_RAN_OUT,
		[NEMU_DHCP_EVENT_DECLINED]	= NETEMU_LEASE_CONFLICT,
		[NEMU_DHCP_EVENT_POOL_FULL]	= NETEMU_LEASE_POOL_FULL,
	};

	return events[type];
}

static bool is_allowed(struct nemu_dhcp_service *dhcp)
{
	if (__ratelimit(&dhcp->event_limit))
		return true;
	dhcp->events_lost++;
	return false;
}

static int fill_event(struct sk_buff *skb, struct nemu_dhcp_service *dhcp,
		      const struct nemu_lease *l, u8 event)
{
	const struct net_device *dev = dhcp->gw->dev;
	struct nlattr *nest;

	if (nla_put_u32(skb, NETEMU_A_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, NETEMU_A_IFNAME, dev->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NETEMU_A_LEASE);
	if (!nest || nla_put_u8(skb, NETEMU_LEASE_A_EVENT, event) ||
	    (l && nemu_lease_fill(skb, l, nemu_dhcp_now())))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nemu_lease_notify() - tell what became of a lease
 * @dhcp: service
 * @l: lease, or NULL
 * @event: enum netemu_lease_event
 *
 * Context: dhcp->lock held.
 */
void nemu_lease_notify(struct nemu_dhcp_service *dhcp,
		       const struct nemu_lease *l, u8 event)
{
	struct net *net = dev_net(dhcp->gw->dev);
	struct sk_buff *skb;
	void *hdr;

	if (!nemu_event_wanted(net, NEMU_GROUP_LEASE))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	hdr = skb ? nemu_event_put(skb, NETEMU_CMD_LEASE_NTF) : NULL;
	if (!hdr || fill_event(skb, dhcp, l, event)) {
		nlmsg_free(skb);
		dhcp->events_lost++;
		return;
	}
	nemu_event_send(net, skb, hdr, NEMU_GROUP_LEASE);
}

/**
 * nemu_lease_tell() - tell what a guest did
 * @dhcp: service
 * @event: from the engine
 *
 * Guests decide how often it happens: listeners get a bounded number of
 * messages, the rest is counted.
 *
 * Context: dhcp->lock held.
 */
void nemu_lease_tell(struct nemu_dhcp_service *dhcp,
		     const struct nemu_dhcp_event *event)
{
	const struct nemu_lease *now;
	struct nemu_lease l = {
		.addr = event->addr,
		.port = event->port,
		.until = event->until,
	};

	lockdep_assert_held(&dhcp->lock);
	if (!nemu_event_wanted(dev_net(dhcp->gw->dev), NEMU_GROUP_LEASE) ||
	    !is_allowed(dhcp))
		return;
	if (!event->addr) {
		nemu_lease_notify(dhcp, NULL, uapi_event(event->type));
		return;
	}
	now = nemu_lease_find(dhcp->engine.leases, event->addr);
	/* What is gone, or another's by now, has no more than the event says. */
	if (!now || !ether_addr_equal(now->mac, event->mac)) {
		ether_addr_copy(l.mac, event->mac);
		now = &l;
	}
	nemu_lease_notify(dhcp, now, uapi_event(event->type));
}

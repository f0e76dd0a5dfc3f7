// SPDX-License-Identifier: GPL-2.0
/* DHCP server: settings, the verdict of a probe, and time. */
#include "dhcp.h"

/**
 * nemu_dhcp_defaults() - settings of a new network
 * @config: zeroed; addresses are the caller's
 */
void nemu_dhcp_defaults(struct nemu_dhcp_config *config)
{
	config->lease_time = 24 * 60 * 60;	/* as slirp's */
	config->offer_time = 60;
	config->decline_time = 600;
	config->port_max = 16;
	config->flags = NEMU_DHCP_F_PROBE | NEMU_DHCP_F_BOOTP;
}

/**
 * nemu_dhcp_address_error() - can a client have this address?
 * @config: settings
 * @addr: address
 *
 * Return: NULL if so, else why not, for the user.
 */
const char *nemu_dhcp_address_error(const struct nemu_dhcp_config *config,
				    u32 addr)
{
	if ((addr & config->mask) != config->subnet)
		return "the address is outside the subnet";
	if (addr == config->server)
		return "the address is the gateway's";
	/* RFC 3021: a /31 has neither. */
	if (~config->mask > 1 && addr == config->subnet)
		return "the address is the network's";
	if (~config->mask > 1 && addr == (config->subnet | ~config->mask))
		return "the address is the broadcast address";
	return NULL;
}

/**
 * nemu_dhcp_config_error() - do settings make sense?
 * @config: settings
 * @start: first address of the pool
 * @end: last one
 *
 * The server's address may lie in the pool: the caller bars it.
 *
 * Return: NULL if so, else why not, for the user.
 */
const char *nemu_dhcp_config_error(const struct nemu_dhcp_config *config,
				   u32 start, u32 end)
{
	if (~config->mask & (~config->mask + 1))
		return "the subnet mask has holes";
	if (config->subnet & ~config->mask)
		return "the subnet has bits beyond its mask";
	if ((config->server & config->mask) != config->subnet)
		return "the gateway address is outside the subnet";
	if (end < start)
		return "the DHCP range is empty";
	if (end - start >= NEMU_LEASE_POOL_MAX)
		return "the DHCP range has more than 65536 addresses";
	if (start == end && start == config->server)
		return "the DHCP range has no address but the gateway's";
	if ((start != config->server && nemu_dhcp_address_error(config, start)) ||
	    (end != config->server && nemu_dhcp_address_error(config, end)))
		return "the DHCP range is not inside the subnet";
	if (config->lease_time < 60)
		return "the lease time is under 60 seconds";
	if (config->t2 && config->t2 >= config->lease_time)
		return "T2 is not before the end of the lease";
	if (config->t1 && config->t1 >= (config->t2 ? config->t2 : config->lease_time))
		return "T1 is not before T2";
	return NULL;
}

/**
 * nemu_dhcp_verdict() - say what a probe found
 * @dhcp: server
 * @addr: address that was probed
 * @taken: somebody answered
 * @port: where, 0 = not known; the rest of the address counts for that port
 * @now: seconds since boot
 *
 * Return: true if the frame that asked shall be given to nemu_dhcp_input()
 * again, false if nobody waits for this any more.
 */
bool nemu_dhcp_verdict(struct nemu_dhcp *dhcp, u32 addr, bool taken, u32 port,
		       u64 now)
{
	struct nemu_lease *l = nemu_lease_find(dhcp->leases, addr);

	if (!l || l->state != NEMU_LEASE_PROBING)
		return false;
	if (taken)
		nemu_lease_rest(dhcp->leases, l, port, now,
				now + dhcp->config.decline_time,
				dhcp->config.port_max);
	else
		nemu_lease_set_state(dhcp->leases, l, NEMU_LEASE_OFFERED, now,
				     now + dhcp->config.offer_time);
	return true;
}

/**
 * nemu_dhcp_expire() - end what is over
 * @dhcp: server
 * @now: seconds since boot
 * @budget: how many leases to look at; counts down
 * @event: set to what to tell
 *
 * Called about once a second, again and again until it returns false.
 *
 * Return: true if a lease expired.
 */
bool nemu_dhcp_expire(struct nemu_dhcp *dhcp, u64 now, u32 *budget,
		      struct nemu_dhcp_event *event)
{
	struct nemu_lease *l = nemu_lease_due(dhcp->leases, now, budget);

	if (!l)
		return false;
	memset(event, 0, sizeof(*event));
	event->type = NEMU_DHCP_EVENT_EXPIRED;
	event->addr = l->addr;
	memcpy(event->mac, l->mac, sizeof(event->mac));
	event->port = l->port;
	event->until = l->until;
	nemu_lease_end(dhcp->leases, l, NEMU_LEASE_EXPIRED, now);
	return true;
}

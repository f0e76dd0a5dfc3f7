// SPDX-License-Identifier: GPL-2.0
/*
 * DHCP server: what a request does to the leases, and what the answer is.
 * Sections are those of RFC 2131 unless another is named.
 */
#include "dhcp.h"

#define PROBE_TIME	5	/* seconds after which a probe is given up as lost */
#define LEASE_TIME_MIN	60	/* seconds; nobody renews more often */

/* One request on its way through this file. */
struct call {
	struct nemu_dhcp *dhcp;
	const struct nemu_dhcp_config *config;
	const struct nemu_dhcp_request *req;
	const struct nemu_dhcp_input *in;
	struct nemu_dhcp_output *out;
	struct nemu_lease_table *leases;
	struct nemu_lease_client client;
};

static void tell(struct call *c, enum nemu_dhcp_event_type type,
		 const struct nemu_lease *l)
{
	struct nemu_dhcp_event *event;

	if (c->out->event_count == NEMU_DHCP_EVENTS_MAX)
		return;
	event = &c->out->events[c->out->event_count++];
	memset(event, 0, sizeof(*event));
	event->type = type;
	if (!l)
		return;
	event->addr = l->addr;
	memcpy(event->mac, l->mac, sizeof(event->mac));
	event->port = l->port;
	event->until = l->until;
}

static bool in_subnet(const struct call *c, u32 addr)
{
	return (addr & c->config->mask) == c->config->subnet;
}

/* ---- answers ------------------------------------------------------------ */

static enum nemu_dhcp_drop reply(struct call *c,
				 const struct nemu_dhcp_answer *answer)
{
	struct nemu_dhcp_output *out = c->out;

	out->len = nemu_dhcp_build(c->dhcp, answer, out->reply, out->size,
				   &out->truncated);
	if (!out->len)
		return NEMU_DHCP_DROP_SPACE;
	out->type = answer->type;
	out->dst = nemu_dhcp_destination(c->req, answer, c->in->src);
	if (out->dst == U32_MAX)
		memset(out->dst_mac, 0xff, ETH_ALEN);
	else
		memcpy(out->dst_mac, c->req->chaddr, ETH_ALEN);
	out->action = NEMU_DHCP_REPLY;
	c->dhcp->sent[answer->type]++;
	c->dhcp->truncated += out->truncated;
	return NEMU_DHCP_DROP_NONE;
}

static enum nemu_dhcp_drop refuse(struct call *c, const char *message)
{
	struct nemu_dhcp_answer answer = {
		.type = NEMU_DHCP_NAK,
		.name = "",
		.message = message,
	};

	return reply(c, &answer);
}

/* The host name that the administrator chose, not what the client says. */
static const char *given_name(const struct nemu_lease *l)
{
	return l->flags & NEMU_LEASE_NAMED ? l->name : "";
}

/* A client may ask for less than it would get: section 4.3.1 leaves it to us. */
static u32 lease_time(const struct call *c)
{
	u32 most = c->config->lease_time;
	u32 wish = c->req->lease_time;

	if (c->req->type == NEMU_DHCP_BOOTP)
		return NEMU_DHCP_INFINITE;
	if (!wish || wish >= most)
		return most;
	if (wish < LEASE_TIME_MIN)
		wish = min_t(u32, LEASE_TIME_MIN, most);
	return wish;
}

static enum nemu_dhcp_drop grant(struct call *c, const struct nemu_lease *l,
				 enum nemu_dhcp_type type)
{
	struct nemu_dhcp_answer answer = {
		.type = type,
		.yiaddr = l->addr,
		.lease_time = lease_time(c),
		.name = given_name(l),
	};

	return reply(c, &answer);
}

/* ---- leases ------------------------------------------------------------- */

static struct nemu_lease *own_lease(const struct call *c)
{
	return nemu_lease_of_client(c->leases, &c->client, c->in->now);
}

/* A reservation that a client at another port uses now. */
static bool is_elsewhere(const struct call *c, const struct nemu_lease *l)
{
	return nemu_lease_is_live(l, c->in->now) && l->port &&
	       l->port != c->in->port;
}

static enum nemu_dhcp_drop pick(struct call *c, struct nemu_lease **lease)
{
	int err = nemu_lease_pick(c->leases, &c->client, c->req->requested,
				  c->in->now, c->config->port_max,
				  c->config->flags & NEMU_DHCP_F_PROBE, lease);

	if (err == -EDQUOT)
		return NEMU_DHCP_DROP_PORT_FULL;
	if (err) {
		if (!c->dhcp->pool_full)
			tell(c, NEMU_DHCP_EVENT_POOL_FULL, NULL);
		c->dhcp->pool_full = true;
		return NEMU_DHCP_DROP_POOL_FULL;
	}
	c->dhcp->pool_full = false;
	return NEMU_DHCP_DROP_NONE;
}

static void forget(struct call *c, struct nemu_lease *l)
{
	if (l->state == NEMU_LEASE_BOUND)
		tell(c, nemu_lease_is_live(l, c->in->now) ?
			NEMU_DHCP_EVENT_RELEASED : NEMU_DHCP_EVENT_EXPIRED, l);
	nemu_lease_put_back(c->leases, l);
}

/* May the lease count for the port that the client is at? */
static bool fits_port(struct call *c, const struct nemu_lease *l)
{
	return nemu_lease_is_reserved(l) || l->port == c->in->port ||
	       nemu_lease_make_room(c->leases, c->in->port, c->in->now,
				    c->config->port_max);
}

/* Section 4.3.1: the address the client has, had, wants; else any. */
static enum nemu_dhcp_drop find_or_pick(struct call *c,
					struct nemu_lease **lease)
{
	struct nemu_lease *l = own_lease(c);

	/* The pool may have moved since. */
	if (l && !nemu_lease_is_reserved(l) && !nemu_lease_in_pool(c->leases, l->addr)) {
		forget(c, l);
		l = NULL;
	}
	if (!l)
		return pick(c, lease);
	if (is_elsewhere(c, l))
		return NEMU_DHCP_DROP_OTHER_PORT;
	if (!fits_port(c, l))
		return NEMU_DHCP_DROP_PORT_FULL;
	*lease = l;
	return NEMU_DHCP_DROP_NONE;
}

static enum nemu_dhcp_drop probe(struct call *c, struct nemu_lease *l)
{
	nemu_lease_set_state(c->leases, l, NEMU_LEASE_PROBING, c->in->now,
			     c->in->now + PROBE_TIME);
	c->out->probe = l->addr;
	c->out->action = NEMU_DHCP_PROBE;
	c->dhcp->probes++;
	return NEMU_DHCP_DROP_NONE;
}

/*
 * Makes sure that an address can be given to its client: what it never had is
 * probed first, RFC 2131 section 2.2. Sets action if there is more to do before
 * the answer.
 */
static enum nemu_dhcp_drop make_ready(struct call *c, struct nemu_lease *l)
{
	bool probing = c->config->flags & NEMU_DHCP_F_PROBE && !nemu_lease_is_reserved(l);

	switch (l->state) {
	case NEMU_LEASE_FREE:
		return probing ? probe(c, l) : NEMU_DHCP_DROP_NONE;
	case NEMU_LEASE_PROBING:
		if (l->until > c->in->now)
			return NEMU_DHCP_DROP_PROBING;
		return probing ? probe(c, l) : NEMU_DHCP_DROP_NONE;
	case NEMU_LEASE_DECLINED:
		if (l->until > c->in->now)
			return NEMU_DHCP_DROP_RESTING;
		return NEMU_DHCP_DROP_NONE;
	default:
		return NEMU_DHCP_DROP_NONE;
	}
}

/* One client, one lease: a new reservation takes the place of what was. */
static void forget_others(struct call *c, const struct nemu_lease *l)
{
	struct nemu_lease *other;

	if (!nemu_lease_is_reserved(l))
		return;
	other = nemu_lease_of_client_dynamic(c->leases, &c->client, c->in->now);
	if (other && other != l)
		forget(c, other);
}

static enum nemu_dhcp_drop bind_lease(struct call *c, struct nemu_lease *l,
				      enum nemu_dhcp_type type)
{
	bool renewed = nemu_lease_is_live(l, c->in->now);
	u32 seconds = lease_time(c);

	if (!fits_port(c, l))
		return NEMU_DHCP_DROP_PORT_FULL;
	nemu_lease_set_client(c->leases, l, &c->client);
	if (!(l->flags & NEMU_LEASE_NAMED))
		memcpy(l->name, c->req->name, sizeof(l->name));
	nemu_lease_set_state(c->leases, l, NEMU_LEASE_BOUND, c->in->now,
			     seconds == NEMU_DHCP_INFINITE ?
			     NEMU_LEASE_FOREVER : c->in->now + seconds);
	forget_others(c, l);
	tell(c, renewed ? NEMU_DHCP_EVENT_RENEWED : NEMU_DHCP_EVENT_BOUND, l);
	return grant(c, l, type);
}

/* ---- messages ----------------------------------------------------------- */

static enum nemu_dhcp_drop discover(struct call *c)
{
	enum nemu_dhcp_drop drop;
	struct nemu_lease *l;

	drop = find_or_pick(c, &l);
	if (drop)
		return drop;
	drop = make_ready(c, l);
	if (drop || c->out->action == NEMU_DHCP_PROBE)
		return drop;
	/* A client that starts again still has what it had bound. */
	if (!nemu_lease_is_live(l, c->in->now)) {
		if (l->state == NEMU_LEASE_BOUND)
			tell(c, NEMU_DHCP_EVENT_EXPIRED, l);
		nemu_lease_set_client(c->leases, l, &c->client);
		nemu_lease_set_state(c->leases, l, NEMU_LEASE_OFFERED, c->in->now,
				     c->in->now + c->config->offer_time);
	}
	return grant(c, l, NEMU_DHCP_OFFER);
}

/* The client's lease, if it is for this address and can be bound. */
static enum nemu_dhcp_drop bind_if(struct call *c, struct nemu_lease *l,
				   u32 addr)
{
	if (l->addr != addr)
		return refuse(c, "the client has another address");
	if (is_elsewhere(c, l))
		return NEMU_DHCP_DROP_OTHER_PORT;
	if (!nemu_lease_is_reserved(l) && !nemu_lease_in_pool(c->leases, addr))
		return refuse(c, "the address is not given out any more");
	if (l->state == NEMU_LEASE_PROBING)
		return NEMU_DHCP_DROP_PROBING;
	if (l->state == NEMU_LEASE_DECLINED)
		return refuse(c, "the address was declined");
	return bind_lease(c, l, NEMU_DHCP_ACK);
}

/* Section 4.3.2, SELECTING: an answer to our offer, or to another server's. */
static enum nemu_dhcp_drop request_selecting(struct call *c,
					     struct nemu_lease *l)
{
	u32 addr = c->req->requested ? c->req->requested : c->req->ciaddr;

	if (c->req->server != c->config->server) {
		/* Section 3.1 (4): a notice that our offer was declined. */
		if (l && l->port == c->in->port &&
		    (l->state == NEMU_LEASE_OFFERED ||
		     l->state == NEMU_LEASE_PROBING))
			nemu_lease_end(c->leases, l, NEMU_LEASE_EXPIRED,
				       c->in->now);
		return NEMU_DHCP_DROP_OTHER_SERVER;
	}
	if (!l)
		return refuse(c, "no offer for this client");
	return bind_if(c, l, addr);
}

/* Section 4.3.2, INIT-REBOOT: is the address I remember still mine? */
static enum nemu_dhcp_drop request_reboot(struct call *c, struct nemu_lease *l)
{
	if (!in_subnet(c, c->req->requested))
		return refuse(c, "the address is not of this network");
	if (l)
		return bind_if(c, l, c->req->requested);
	/* Without a record of the client the server must be silent. */
	if (c->config->flags & NEMU_DHCP_F_AUTHORITATIVE)
		return refuse(c, "no lease of this client");
	return NEMU_DHCP_DROP_UNKNOWN;
}

/* Section 4.3.2, RENEWING and REBINDING: let me keep what I have. */
static enum nemu_dhcp_drop request_renew(struct call *c, struct nemu_lease *l)
{
	const struct nemu_lease *holder;

	if (!in_subnet(c, c->req->ciaddr))
		return refuse(c, "the address is not of this network");
	if (l)
		return bind_if(c, l, c->req->ciaddr);
	holder = nemu_lease_find(c->leases, c->req->ciaddr);
	if (holder && nemu_lease_is_live(holder, c->in->now))
		return refuse(c, "another client has the address");
	if (c->config->flags & NEMU_DHCP_F_AUTHORITATIVE)
		return refuse(c, "no lease of this client");
	return NEMU_DHCP_DROP_UNKNOWN;
}

static enum nemu_dhcp_drop request(struct call *c)
{
	struct nemu_lease *l = own_lease(c);

	if (c->req->server)
		return request_selecting(c, l);
	if (c->req->ciaddr)
		return request_renew(c, l);
	if (c->req->requested)
		return request_reboot(c, l);
	return NEMU_DHCP_DROP_MALFORMED;
}

/* The lease of an address that the client says it holds, here, from us. */
static enum nemu_dhcp_drop held(struct call *c, u32 addr,
				struct nemu_lease **lease)
{
	bool silent = !c->req->server && c->req->type == NEMU_DHCP_RELEASE;
	struct nemu_lease *l = own_lease(c);

	/* systemd-networkd does not say whose lease it gives back. */
	if (c->req->server != c->config->server && !silent)
		return NEMU_DHCP_DROP_OTHER_SERVER;
	/* Port 0: restored, and not renewed since. */
	if (!l || l->addr != addr ||
	    (l->port && l->port != c->in->port))
		return NEMU_DHCP_DROP_UNKNOWN;
	*lease = l;
	return NEMU_DHCP_DROP_NONE;
}

/* Section 4.3.3: somebody has the address already, the client says. */
static enum nemu_dhcp_drop decline(struct call *c)
{
	struct nemu_lease *l;
	enum nemu_dhcp_drop drop = held(c, c->req->requested, &l);

	if (drop)
		return drop;
	if (l->state != NEMU_LEASE_OFFERED && l->state != NEMU_LEASE_BOUND)
		return NEMU_DHCP_DROP_UNKNOWN;
	tell(c, NEMU_DHCP_EVENT_DECLINED, l);
	nemu_lease_rest(c->leases, l, c->in->port, c->in->now,
			c->in->now + c->config->decline_time,
			c->config->port_max);
	return NEMU_DHCP_DROP_NONE;
}

/* Section 4.3.4 */
static enum nemu_dhcp_drop release(struct call *c)
{
	struct nemu_lease *l;
	enum nemu_dhcp_drop drop = held(c, c->req->ciaddr, &l);

	if (drop)
		return drop;
	if (l->state != NEMU_LEASE_BOUND)
		return NEMU_DHCP_DROP_UNKNOWN;
	tell(c, NEMU_DHCP_EVENT_RELEASED, l);
	nemu_lease_end(c->leases, l, NEMU_LEASE_RELEASED, c->in->now);
	return NEMU_DHCP_DROP_NONE;
}

/* Section 4.3.5: parameters only, no lease is looked at or made. */
static enum nemu_dhcp_drop inform(struct call *c)
{
	struct nemu_dhcp_answer answer = { .type = NEMU_DHCP_ACK, .name = "" };
	u32 addr = c->req->ciaddr ? c->req->ciaddr : c->in->src;

	if (!addr || !in_subnet(c, addr))
		return NEMU_DHCP_DROP_UNKNOWN;
	return reply(c, &answer);
}

/* RFC 1534: a BOOTP client keeps its address for ever. */
static enum nemu_dhcp_drop bootp(struct call *c)
{
	enum nemu_dhcp_drop drop;
	struct nemu_lease *l = own_lease(c);

	if (!(l && nemu_lease_is_reserved(l)) && !(c->config->flags & NEMU_DHCP_F_BOOTP))
		return NEMU_DHCP_DROP_BOOTP;
	drop = find_or_pick(c, &l);
	if (drop)
		return drop;
	drop = make_ready(c, l);
	if (drop || c->out->action == NEMU_DHCP_PROBE)
		return drop;
	return bind_lease(c, l, NEMU_DHCP_BOOTP);
}

static enum nemu_dhcp_drop (*const handlers[__NEMU_DHCP_TYPES])(struct call *) = {
	[NEMU_DHCP_BOOTP] = bootp,
	[NEMU_DHCP_DISCOVER] = discover,
	[NEMU_DHCP_REQUEST] = request,
	[NEMU_DHCP_DECLINE] = decline,
	[NEMU_DHCP_RELEASE] = release,
	[NEMU_DHCP_INFORM] = inform,
};

static enum nemu_dhcp_drop handle(struct call *c)
{
	struct nemu_dhcp_request *req = &c->dhcp->request;
	enum nemu_dhcp_drop drop;

	if (c->out->size < NEMU_DHCP_LEN_MIN)
		return NEMU_DHCP_DROP_SPACE;
	drop = nemu_dhcp_parse(req, c->in->data, c->in->len);
	if (drop)
		return drop;
	if (req->giaddr)
		return NEMU_DHCP_DROP_RELAYED;
	if (!ether_addr_equal(req->chaddr, c->in->mac))
		return NEMU_DHCP_DROP_FORGED;
	if (req->type >= __NEMU_DHCP_TYPES || !handlers[req->type])
		return NEMU_DHCP_DROP_TYPE;
	c->dhcp->received[req->type]++;
	memcpy(c->client.mac, req->chaddr, ETH_ALEN);
	/* Longer than any that RFC 4361 makes: known by its MAC address then. */
	if (req->id_len <= NEMU_LEASE_ID_MAX) {
		c->client.id = req->id;
		c->client.id_len = req->id_len;
	}
	return handlers[req->type](c);
}

/**
 * nemu_dhcp_input() - take a message from a guest
 * @dhcp: server
 * @in: message
 * @out: reply and size are set by the caller, the rest here
 */
void nemu_dhcp_input(struct nemu_dhcp *dhcp, const struct nemu_dhcp_input *in,
		     struct nemu_dhcp_output *out)
{
	struct call c = {
		.dhcp = dhcp,
		.config = &dhcp->config,
		.req = &dhcp->request,
		.in = in,
		.out = out,
		.leases = dhcp->leases,
		.client.port = in->port,
	};

	out->action = NEMU_DHCP_NO_REPLY;
	out->len = 0;
	out->truncated = false;
	out->event_count = 0;
	out->drop = handle(&c);
	if (out->drop)
		dhcp->drops[out->drop]++;
}

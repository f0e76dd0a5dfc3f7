// SPDX-License-Identifier: GPL-2.0
/*
 * Connections of guests, by ctnetlink. One is ours if a gateway's zone is that of
 * one of its directions, whose sender then is the guest.
 */
#include "wire_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

struct endpoints {
	uint32_t src, dst;
	uint32_t sport, dport;
	uint32_t protocol;
	uint32_t id;
	uint32_t zone;		/* 0 = none of its own */
};

/* What is looked for. */
struct search {
	const struct link_list *gateways;
	struct connection_list *list;
};

static bool parse_nest(struct nlattr **tb, int max, struct nlattr *nest)
{
	memset(tb, 0, (max + 1) * sizeof(*tb));
	return nest && !nla_parse_nested(tb, max, nest, NULL);
}

static uint32_t be16(const struct nlattr *nla)
{
	return ntohs(attr_uint(nla));
}

static bool parse_tuple(struct nlattr *nest, struct endpoints *e)
{
	struct nlattr *tb[CTA_TUPLE_MAX + 1];
	struct nlattr *ip[CTA_IP_MAX + 1];
	struct nlattr *proto[CTA_PROTO_MAX + 1];

	if (!parse_nest(tb, CTA_TUPLE_MAX, nest) ||
	    !parse_nest(ip, CTA_IP_MAX, tb[CTA_TUPLE_IP]) ||
	    !parse_nest(proto, CTA_PROTO_MAX, tb[CTA_TUPLE_PROTO]))
		return false;
	e->src = attr_uint(ip[CTA_IP_V4_SRC]);
	e->dst = attr_uint(ip[CTA_IP_V4_DST]);
	e->protocol = attr_uint(proto[CTA_PROTO_NUM]);
	e->sport = be16(proto[CTA_PROTO_SRC_PORT]);
	e->dport = be16(proto[CTA_PROTO_DST_PORT]);
	e->id = be16(proto[CTA_PROTO_ICMP_ID]);
	e->zone = be16(tb[CTA_TUPLE_ZONE]);
	return true;
}

static uint64_t be64(const struct nlattr *nla)
{
	uint32_t half[2];

	if (!nla || nla_len(nla) != sizeof(half))
		return 0;
	memcpy(half, nla_data(nla), sizeof(half));
	return (uint64_t)ntohl(half[0]) << 32 | ntohl(half[1]);
}

static void parse_counters(struct nlattr *nest, struct connection_count *count)
{
	struct nlattr *tb[CTA_COUNTERS_MAX + 1];

	if (!parse_nest(tb, CTA_COUNTERS_MAX, nest))
		return;
	count->packets = be64(tb[CTA_COUNTERS_PACKETS]);
	count->bytes = be64(tb[CTA_COUNTERS_BYTES]);
}

static int tcp_state(struct nlattr *nest)
{
	struct nlattr *info[CTA_PROTOINFO_MAX + 1];
	struct nlattr *tcp[CTA_PROTOINFO_TCP_MAX + 1];

	if (!parse_nest(info, CTA_PROTOINFO_MAX, nest) ||
	    !parse_nest(tcp, CTA_PROTOINFO_TCP_MAX, info[CTA_PROTOINFO_TCP]) ||
	    !tcp[CTA_PROTOINFO_TCP_STATE])
		return -1;
	return attr_uint(tcp[CTA_PROTOINFO_TCP_STATE]);
}

static const struct link_info *gateway_of(const struct link_list *gateways,
					  uint32_t zone)
{
	size_t i;

	for (i = 0; zone && i < gateways->n; i++)
		if (gateways->v[i].gateway.zone == zone)
			return &gateways->v[i];
	return NULL;
}

static void fill_sides(struct connection *c, const struct endpoints *orig,
		       const struct endpoints *reply)
{
	const struct endpoints *guest = c->inbound ? reply : orig;

	c->protocol = orig->protocol;
	c->id = orig->id;
	c->guest = guest->src;
	c->guest_port = guest->sport;
	if (c->inbound) {
		c->remote = orig->src;
		c->remote_port = orig->sport;
		c->host = orig->dst;
		c->host_port = orig->dport;
	} else {
		c->remote = reply->src;
		c->remote_port = reply->sport;
		c->host = reply->dst;
		c->host_port = reply->dport;
	}
}

static int read_connection(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[CTA_MAX + 1] = { 0 };
	struct endpoints orig, reply;
	struct search *search = arg;
	const struct link_info *gw;
	struct connection *c;
	bool inbound = false;
	uint32_t status;

	if (nlmsg_parse(nlh, sizeof(struct nfgenmsg), tb, CTA_MAX, NULL) < 0 ||
	    !parse_tuple(tb[CTA_TUPLE_ORIG], &orig) ||
	    !parse_tuple(tb[CTA_TUPLE_REPLY], &reply))
		return 0;
	gw = gateway_of(search->gateways, orig.zone);
	if (!gw) {
		gw = gateway_of(search->gateways, reply.zone);
		inbound = true;
	}
	if (!gw)
		return 0;
	c = list_append(search->list);
	strcpy(c->gateway_name, gw->name);
	c->inbound = inbound;
	fill_sides(c, &orig, &reply);
	c->tcp_state = tcp_state(tb[CTA_PROTOINFO]);
	status = ntohl(attr_uint(tb[CTA_STATUS]));
	c->replied = status & IPS_SEEN_REPLY;
	c->assured = status & IPS_ASSURED;
	c->seconds = ntohl(attr_uint(tb[CTA_TIMEOUT]));
	c->has_counts = tb[CTA_COUNTERS_ORIG];
	parse_counters(tb[CTA_COUNTERS_ORIG],
		       inbound ? &c->to_guest : &c->from_guest);
	parse_counters(tb[CTA_COUNTERS_REPLY],
		       inbound ? &c->from_guest : &c->to_guest);
	return 0;
}

int wire_connection_list(struct wire *w, const struct link_list *gateways,
			 struct connection_list *list)
{
	struct nfgenmsg nf = {
		.nfgen_family = AF_INET,
		.version = NFNETLINK_V0,
	};
	struct search search = { gateways, list };
	struct nl_sock *sock = wire_socket(NETLINK_NETFILTER);
	int tries = WIRE_TRIES;
	struct request req;
	int ret;

	do {
		list->n = 0;
		request_rt(&req, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
			   NLM_F_DUMP, &nf, sizeof(nf));
		ret = wire_talk(w, sock, &req, read_connection, &search);
	} while (ret == -EINTR && --tries);
	nl_socket_free(sock);
	if (ret == -EOPNOTSUPP || ret == -EINVAL)
		return wire_fail(w, ret, "the kernel does not list connections: is nf_conntrack_netlink there?");
	return ret;
}

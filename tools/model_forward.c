// SPDX-License-Identifier: GPL-2.0
/* Names and texts of forwards and connections. */
#include "model.h"

#include <netinet/in.h>
#include <stdio.h>

#include <linux/netfilter/nf_conntrack_tcp.h>

const char *forward_kind_name(uint32_t kind)
{
	return kind == NETEMU_FORWARD_SERVICE ? "service" : "forward";
}

const char *protocol_name(uint32_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	default:
		return NULL;
	}
}

void forward_text(const struct forward *forward, char text[FORWARD_TEXT_SIZE])
{
	char addr[IPV4_TEXT_SIZE] = "";
	char last[8] = "";

	if (forward->addr)
		ipv4_text(forward->addr, addr);
	if (forward->ports > 1)
		snprintf(last, sizeof(last), "-%u",
			 (forward->port + forward->ports - 1) & 0xffff);
	snprintf(text, FORWARD_TEXT_SIZE, "%s%s%u%s", addr, *addr ? ":" : "",
		 forward->port & 0xffff, last);
}

const char *connection_state(const struct connection *connection)
{
	static const char *const names[] = {
		[TCP_CONNTRACK_NONE] = "none",
		[TCP_CONNTRACK_SYN_SENT] = "syn_sent",
		[TCP_CONNTRACK_SYN_RECV] = "syn_recv",
		[TCP_CONNTRACK_ESTABLISHED] = "established",
		[TCP_CONNTRACK_FIN_WAIT] = "fin_wait",
		[TCP_CONNTRACK_CLOSE_WAIT] = "close_wait",
		[TCP_CONNTRACK_LAST_ACK] = "last_ack",
		[TCP_CONNTRACK_TIME_WAIT] = "time_wait",
		[TCP_CONNTRACK_CLOSE] = "close",
		[TCP_CONNTRACK_SYN_SENT2] = "syn_sent2",
	};

	if (connection->tcp_state >= 0)
		return connection->tcp_state < (int)ARRAY_SIZE(names) ?
		       names[connection->tcp_state] : "unknown";
	if (connection->assured)
		return "assured";
	return connection->replied ? "replied" : "unreplied";
}

void protocol_text(uint32_t protocol, char text[PROTOCOL_TEXT_SIZE])
{
	const char *name = protocol_name(protocol);

	if (protocol == IPPROTO_ICMP)
		name = "icmp";
	if (name)
		snprintf(text, PROTOCOL_TEXT_SIZE, "%s", name);
	else
		snprintf(text, PROTOCOL_TEXT_SIZE, "%u", protocol & 0xff);
}

// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <stdio.h>

/* What a line of text says at its own place. */
#define ADDRESSES	(1U << GATEWAY_OPT_ADDRESS |			\
			 1U << GATEWAY_OPT_DNS_ADDRESS |		\
			 1U << GATEWAY_OPT_DHCP_START |			\
			 1U << GATEWAY_OPT_DHCP_END)
#define SAID_APART	(ADDRESSES | 1U << GATEWAY_OPT_CONNECTIONS)

static void add_string(json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

static json_object *json_resolver(uint32_t resolver)
{
	char addr[IPV4_TEXT_SIZE];

	if (!resolver)
		return NULL;
	ipv4_text(resolver, addr);
	return json_object_new_string(addr);
}

static void fill_gateway(json_object *o, const struct gateway_info *gw)
{
	json_object *array = json_object_new_array();
	char addr[IPV4_TEXT_SIZE], text[IPV4_TEXT_SIZE + 4];
	unsigned int i;

	ipv4_text(gw->subnet.addr, addr);
	snprintf(text, sizeof(text), "%s/%u", addr, gw->subnet.prefix);
	add_string(o, "role", gateway_role_name(gw->role));
	add_string(o, "subnet", text);
	json_opts(o, gateway_opts, GATEWAY_OPT_COUNT, &gw->opts);
	for (i = 0; i < gw->resolvers.n; i++) {
		ipv4_text(gw->resolvers.v[i], addr);
		json_object_array_add(array, json_object_new_string(addr));
	}
	json_object_object_add(o, "dns_server", array);
	json_object_object_add(o, "dns_server_auto",
			       json_object_new_boolean(gw->resolvers_auto));
	json_object_object_add(o, "resolver", json_resolver(gw->resolver));
	json_dhcp_words(o, &gw->words);
	json_object_object_add(o, "pool_full",
			       json_object_new_boolean(gw->pool_full));
	json_object_object_add(o, "lease_events_lost",
			       json_object_new_uint64(gw->lease_events_lost));
	json_object_object_add(o, "zone", json_object_new_int64(gw->zone));
	json_object_object_add(o, "lease_count",
			       json_object_new_int64(gw->leases));
	json_object_object_add(o, "guest_count",
			       json_object_new_int64(gw->guests));
	json_object_object_add(o, "forward_count",
			       json_object_new_int64(gw->forwards));
	json_object_object_add(o, "connection_count",
			       json_object_new_int64(gw->connections));
}

void json_gateway(json_object *to, const struct gateway_info *gw)
{
	json_object *o;

	if (!gw->present)
		return;
	o = json_object_new_object();
	fill_gateway(o, gw);
	json_object_object_add(to, "gateway", o);
}

static json_object *json_gateway_link(const struct format *f,
				      const struct link_info *link)
{
	const struct gateway_info *gw = &link->gateway;
	json_object *o = json_object_new_object();

	json_link(o, link);
	if (gw->master_name[0])
		add_string(o, "switch", gw->master_name);
	fill_gateway(o, gw);
	if (!f->stats)
		return o;
	json_stats(o, &link->stats);
	json_drops(o, &gateway_drops, gw->drops);
	return o;
}

void text_subnet(const struct gateway_info *gw)
{
	char addr[IPV4_TEXT_SIZE];

	ipv4_text(gw->subnet.addr, addr);
	printf(" subnet %s/%u", addr, gw->subnet.prefix);
}

void text_counts(const struct gateway_info *gw)
{
	printf(" leases %u%s guests %u connections %u of %u", gw->leases,
	       gw->pool_full ? " (no address left)" : "", gw->guests, gw->connections,
	       gw->opts.value[GATEWAY_OPT_CONNECTIONS]);
}

void text_resolvers(const struct gateway_info *gw)
{
	const struct resolvers *resolvers = &gw->resolvers;
	char addr[IPV4_TEXT_SIZE];
	unsigned int i;

	/* Where nothing is to be reached there is nothing to ask. */
	if (gw->role == NETEMU_GW_ROLE_HOST_ONLY)
		return;
	if (!resolvers->n) {
		printf(" no resolver");
		return;
	}
	for (i = 0; i < resolvers->n; i++) {
		ipv4_text(resolvers->v[i], addr);
		printf("%s%s", i ? "," : " dns-server ", addr);
	}
	if (!gw->resolver) {
		printf(" (no resolver answers)");
	} else if (gw->resolver != resolvers->v[0]) {
		ipv4_text(gw->resolver, addr);
		printf(" (%s answers)", addr);
	}
}

static void text_gateway(const struct format *f, const struct link_info *link)
{
	const struct gateway_info *gw = &link->gateway;
	uint32_t range = 1U << GATEWAY_OPT_DHCP_START |
			 1U << GATEWAY_OPT_DHCP_END;
	char mac[MAC_TEXT_SIZE];

	printf("%s: gateway ", link->name);
	if (gw->master_name[0])
		printf("on %s ", gw->master_name);
	else
		printf("(no switch) ");
	printf("%s mtu %u", text_state(link), link->mtu);
	if (gw->role != NETEMU_GW_ROLE_NAT)
		printf(" role %s", gateway_role_name(gw->role));
	text_subnet(gw);
	if (gw->opts.value[GATEWAY_OPT_DHCP])
		range = 0;
	text_opts(gateway_opts, GATEWAY_OPT_COUNT, &gw->opts, true,
		  ~ADDRESSES | range);
	text_resolvers(gw);
	text_counts(gw);
	if (!f->details)
		text_opts(gateway_opts, GATEWAY_OPT_COUNT, &gw->opts, false,
			  SAID_APART);
	text_dhcp_words(&gw->words);
	putchar('\n');
	if (f->details) {
		mac_text(link->addr, mac);
		printf("    mac %s zone %u", mac, gw->zone);
		text_opts(gateway_opts, GATEWAY_OPT_COUNT, &gw->opts, true,
			  SAID_APART);
		putchar('\n');
	}
	if (f->stats) {
		text_stats("    ", &link->stats);
		text_drops("    ", &gateway_drops, gw->drops);
	}
}

static void brief_gateway(const struct link_info *link)
{
	const struct gateway_info *gw = &link->gateway;
	char addr[IPV4_TEXT_SIZE];

	ipv4_text(gw->opts.value[GATEWAY_OPT_ADDRESS], addr);
	printf("%-16s %-16s %-10s %s/%u %u leases\n", link->name,
	       gw->master_name[0] ? gw->master_name : "-", text_state(link),
	       addr, gw->subnet.prefix, gw->leases);
}

void print_gateways(const struct format *f, const struct link_list *list)
{
	print_list(f, list, json_gateway_link, brief_gateway, text_gateway);
}

// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <stdio.h>

static const char *mode_text(const struct network_info *network)
{
	const char *name = network_mode_name(network->mode);

	return name ? name : "?";
}

static const struct {
	uint32_t flag;
	const char *name;
} changes[] = {
	{ NETEMU_CHANGED_ADDRESS, "address" },
	{ NETEMU_CHANGED_FORWARDING, "forwarding" },
};

static json_object *json_changed(uint32_t changed)
{
	json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++)
		if (changed & changes[i].flag)
			json_object_array_add(array,
				json_object_new_string(changes[i].name));
	return array;
}

static void text_changed(uint32_t changed)
{
	const char *before = " changed ";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		if (!(changed & changes[i].flag))
			continue;
		printf("%s%s", before, changes[i].name);
		before = ",";
	}
}

static const char *uplink_mode_text(const struct network_info *network)
{
	const char *name = uplink_mode_name(network->uplink_mode);

	return name ? name : "?";
}

static void json_uplink(json_object *o, const struct network_info *network)
{
	json_object_object_add(o, "uplink",
			       json_object_new_string(network->uplink.name));
	json_object_object_add(o, "uplink_mode",
			       json_object_new_string(uplink_mode_text(network)));
}

static json_object *json_leases(const struct format *f,
				const struct lease_list *list)
{
	json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < list->n; i++)
		json_object_array_add(array, json_lease(f, &list->v[i]));
	return array;
}

static json_object *json_forwards(const struct forward_list *list)
{
	json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < list->n; i++)
		json_object_array_add(array, json_forward(&list->v[i]));
	return array;
}

static void json_lists(const struct format *f, json_object *o,
		       const struct network_info *network)
{
	if (!network->has_lists)
		return;
	json_object_object_add(o, "leases", json_leases(f, &network->leases));
	json_object_object_add(o, "forwards",
			       json_forwards(&network->forwards));
	json_object_object_add(o, "services",
			       json_forwards(&network->services));
}

json_object *json_network(const struct format *f,
			  const struct network_info *network)
{
	const struct link_info *gateway = &network->gateway;
	json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(network->name));
	json_object_object_add(o, "mode",
			       json_object_new_string(mode_text(network)));
	json_object_object_add(o, "up",
			       json_object_new_boolean(network->link.up));
	json_object_object_add(o, "switch",
			       json_object_new_string(network->link.name));
	json_object_object_add(o, "changed", json_changed(network->changed));
	if (network->uplink_ifindex)
		json_uplink(o, network);
	if (!network->gateway_ifindex)
		return o;
	json_object_object_add(o, "gateway_device",
			       json_object_new_string(gateway->name));
	json_gateway(o, &gateway->gateway);
	json_lists(f, o, network);
	if (f->stats)
		json_drops(o, &gateway_drops, gateway->gateway.drops);
	return o;
}

static void text_network(const struct format *f,
			 const struct network_info *network)
{
	printf("%s: network %s %s", network->name, mode_text(network),
	       text_state(&network->link));
	if (network->gateway_ifindex) {
		printf(" gateway %s", network->gateway.name);
		text_subnet(&network->gateway.gateway);
		text_resolvers(&network->gateway.gateway);
		text_counts(&network->gateway.gateway);
	}
	if (network->uplink_ifindex)
		printf(" uplink %s uplink-mode %s", network->uplink.name,
		       uplink_mode_text(network));
	text_changed(network->changed);
	putchar('\n');
	if (f->stats && network->gateway_ifindex)
		text_drops("    ", &gateway_drops,
			   network->gateway.gateway.drops);
}

static void brief_network(const struct network_info *network)
{
	printf("%-16s %-10s %-10s %s\n", network->name, mode_text(network),
	       text_state(&network->link),
	       network->gateway_ifindex ? network->gateway.name : "-");
}

void print_networks(const struct format *f, const struct network_list *list)
{
	print_list(f, list, json_network, brief_network, text_network);
}

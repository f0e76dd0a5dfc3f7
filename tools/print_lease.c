// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static json_object *json_word(const char *word)
{
	return *word ? json_object_new_string(word) : NULL;
}

static json_object *json_id(const struct lease_info *lease)
{
	char text[2 * NETEMU_LEASE_CLIENT_ID_MAX + 1] = "";
	unsigned int i;

	for (i = 0; i < lease->id_len; i++)
		sprintf(text + 2 * i, "%02x", lease->id[i]);
	return json_word(text);
}

/* Seconds since 1970: what is saved is read at another time. */
static json_object *json_expires(const struct lease_info *lease)
{
	if (!lease->has_time || lease->time_left == LEASE_FOREVER)
		return NULL;
	return json_object_new_int64((int64_t)time(NULL) + lease->time_left);
}

json_object *json_lease(const struct format *f, const struct lease_info *lease)
{
	json_object *o = json_object_new_object();
	char addr[IPV4_TEXT_SIZE];

	(void)f;
	ipv4_text(lease->addr, addr);
	json_object_object_add(o, "gateway", json_word(lease->gateway_name));
	/* That no address is left is about none. */
	if (!lease->addr)
		return o;
	json_object_object_add(o, "address", json_word(addr));
	if (lease->has_mac)
		json_mac(o, "mac", lease->mac);
	else
		json_object_object_add(o, "mac", NULL);
	json_object_object_add(o, "client_id", json_id(lease));
	json_object_object_add(o, "hostname", json_word(lease->hostname));
	json_object_object_add(o, "hostname_given",
			       json_object_new_boolean(lease->hostname_given));
	json_object_object_add(o, "state",
			       json_word(lease_state_name(lease->state)));
	json_object_object_add(o, "seconds_left", lease->has_time ?
			       json_object_new_int64(lease->time_left) : NULL);
	json_object_object_add(o, "expires", json_expires(lease));
	json_object_object_add(o, "port", json_word(lease->port_name));
	json_object_object_add(o, "reserved",
			       json_word(lease_reserved_name(lease->reserved)));
	return o;
}

void text_lease(const struct format *f, const struct lease_info *lease)
{
	char addr[IPV4_TEXT_SIZE], mac[MAC_TEXT_SIZE];
	unsigned int i;

	(void)f;
	if (!lease->addr) {
		printf("gateway %s\n", lease->gateway_name);
		return;
	}
	ipv4_text(lease->addr, addr);
	printf("%s gateway %s %s", addr, lease->gateway_name,
	       lease_state_name(lease->state));
	if (lease->has_time && lease->time_left == LEASE_FOREVER)
		printf(" for ever");
	else if (lease->has_time)
		printf(" %u seconds", lease->time_left);
	if (lease->has_mac) {
		mac_text(lease->mac, mac);
		printf(" mac %s", mac);
	}
	if (lease->id_len)
		printf(" client-id ");
	for (i = 0; i < lease->id_len; i++)
		printf("%02x", lease->id[i]);
	if (lease->hostname[0])
		printf(" hostname %s", lease->hostname);
	if (lease->port_name[0])
		printf(" port %s", lease->port_name);
	if (lease->reserved && lease->state != NETEMU_LEASE_RESERVED)
		printf(" reserved");
	if (lease->reserved)
		printf(" by %s", lease_reserved_name(lease->reserved));
	putchar('\n');
}

static void brief_lease(const struct lease_info *lease)
{
	char addr[IPV4_TEXT_SIZE], mac[MAC_TEXT_SIZE] = "-";

	ipv4_text(lease->addr, addr);
	if (lease->has_mac)
		mac_text(lease->mac, mac);
	printf("%-16s %-10s %-18s %-16s %s\n", addr,
	       lease_state_name(lease->state), mac, lease->gateway_name,
	       lease->hostname[0] ? lease->hostname : "-");
}

void print_leases(const struct format *f, const struct lease_list *list)
{
	print_list(f, list, json_lease, brief_lease, text_lease);
}

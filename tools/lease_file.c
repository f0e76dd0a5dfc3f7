// SPDX-License-Identifier: GPL-2.0
/* Reads back what "lease save" has written. */
#include "ctl.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

static const char *get_text(json_object *o, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(o, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static bool get_flag(json_object *o, const char *key)
{
	json_object *value;

	return json_object_object_get_ex(o, key, &value) &&
	       json_object_get_boolean(value);
}

static bool read_id(struct lease_info *lease, const char *hex)
{
	unsigned int i, len = strlen(hex);
	char byte[3] = "";

	if (len % 2 || len / 2 > sizeof(lease->id))
		return false;
	for (i = 0; i < len; i += 2) {
		if (!isxdigit((unsigned char)hex[i]) ||
		    !isxdigit((unsigned char)hex[i + 1]))
			return false;
		memcpy(byte, hex + i, 2);
		lease->id[i / 2] = strtoul(byte, NULL, 16);
	}
	lease->id_len = len / 2;
	return true;
}

/* What is over by now is not bound any more. */
static void read_time(json_object *o, struct lease_info *lease)
{
	json_object *value;
	int64_t left;

	lease->time_left = LEASE_FOREVER;
	if (!json_object_object_get_ex(o, "expires", &value) || !value)
		return;
	left = json_object_get_int64(value) - (int64_t)time(NULL);
	if (left <= 0)
		lease->state = NETEMU_LEASE_EXPIRED;
	lease->time_left = left <= 0 ? 0 : left < LEASE_FOREVER ? left :
			   LEASE_FOREVER - 1;
}

static bool read_lease(json_object *o, struct lease_info *lease)
{
	const char *addr = get_text(o, "address"), *mac = get_text(o, "mac");
	const char *id = get_text(o, "client_id");
	const char *name = get_text(o, "hostname");
	const char *gateway = get_text(o, "gateway");
	const char *state = get_text(o, "state");
	const char *reserved = get_text(o, "reserved");

	memset(lease, 0, sizeof(*lease));
	if (!addr || inet_pton(AF_INET, addr, &lease->addr) != 1 || !state ||
	    (mac && check_mac("mac", mac, lease->mac)) ||
	    (id && !read_id(lease, id)) ||
	    (name && strlen(name) >= sizeof(lease->hostname)) ||
	    (gateway && strlen(gateway) >= sizeof(lease->gateway_name)))
		return false;
	lease->has_mac = mac;
	if (name)
		strcpy(lease->hostname, name);
	if (gateway)
		strcpy(lease->gateway_name, gateway);
	lease->hostname_given = get_flag(o, "hostname_given");
	if (!strcmp(state, "bound"))
		lease->state = NETEMU_LEASE_BOUND;
	if (reserved && !strcmp(reserved, "mac"))
		lease->reserved = NETEMU_LEASE_BY_MAC;
	else if (reserved && !strcmp(reserved, "client-id"))
		lease->reserved = NETEMU_LEASE_BY_CLIENT_ID;
	if (lease->state == NETEMU_LEASE_BOUND)
		read_time(o, lease);
	return (mac || lease->reserved == NETEMU_LEASE_BY_CLIENT_ID) &&
	       (id || lease->reserved != NETEMU_LEASE_BY_CLIENT_ID);
}

int lease_file_read(const char *file, struct lease_list *list)
{
	json_object *array;
	size_t i, n;

	array = strcmp(file, "-") ? json_object_from_file(file) :
				    json_object_from_fd(STDIN_FILENO);
	if (!array || !json_object_is_type(array, json_type_array)) {
		json_object_put(array);
		return refused_because("cannot read leases from \"%s\": %s",
				       file, array || !errno ?
				       "not a JSON array" : strerror(errno));
	}
	n = json_object_array_length(array);
	for (i = 0; i < n; i++) {
		if (read_lease(json_object_array_get_idx(array, i),
			       list_append(list)))
			continue;
		json_object_put(array);
		return refused_because("cannot read leases from \"%s\": number %zu is none",
				       file, i + 1);
	}
	json_object_put(array);
	return EXIT_OK;
}

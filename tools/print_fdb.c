// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

/* By the switch device, or by that of a shared port. */
static bool is_hosts(const struct fdb_entry *entry)
{
	return !entry->port || entry->type == FDB_HOST;
}

json_object *json_fdb(const struct fdb_entry *entry)
{
	json_object *o = json_object_new_object();

	json_mac(o, "address", entry->addr);
	json_object_object_add(o, "switch",
			       json_object_new_string(entry->master_name));
	if (entry->port)
		json_object_object_add(o, "port",
				       json_object_new_string(entry->port_name));
	json_object_object_add(o, "host",
			       json_object_new_boolean(is_hosts(entry)));
	json_object_object_add(o, "type",
		json_object_new_string(fdb_type_name(entry->type)));
	if (entry->has_age)
		json_object_object_add(o, "age",
				       json_object_new_int64(entry->age));
	if (entry->stale)
		json_object_object_add(o, "stale",
				       json_object_new_boolean(true));
	return o;
}

static void text_entry(const struct format *f, const struct fdb_entry *entry)
{
	char addr[MAC_TEXT_SIZE];

	mac_text(entry->addr, addr);
	if (f->brief) {
		printf("%s %s %s\n", addr, entry->master_name,
		       entry->port ? entry->port_name : "host");
		return;
	}
	printf("%s switch %s", addr, entry->master_name);
	if (entry->port)
		printf(" port %s", entry->port_name);
	if (is_hosts(entry))
		printf(" host");
	if (entry->type != FDB_HOST)
		printf(" %s", fdb_type_name(entry->type));
	if (entry->has_age)
		printf(" age %u", entry->age);
	if (entry->stale)
		printf(" stale");
	putchar('\n');
}

void print_fdb(const struct format *f, const struct fdb_list *list)
{
	json_object *array;
	size_t i;

	if (f->json) {
		array = json_object_new_array();
		for (i = 0; i < list->n; i++)
			json_object_array_add(array, json_fdb(&list->v[i]));
		print_json(f, array);
		return;
	}
	for (i = 0; i < list->n; i++)
		text_entry(f, &list->v[i]);
}

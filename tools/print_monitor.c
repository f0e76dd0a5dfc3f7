// SPDX-License-Identifier: GPL-2.0
/* One line for each thing that happens. */
#include "print_priv.h"

static const char *change_name(enum monitor_change change)
{
	static const char *const names[] = {
		[CHANGE_ADD] = "add",
		[CHANGE_SET] = "set",
		[CHANGE_DEL] = "del",
	};

	return names[change];
}

/* Readers of a line need to know first what the line is about. */
static json_object *with_head(json_object *body, const char *object,
			      const char *event)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "object", json_object_new_string(object));
	json_object_object_add(o, "event", json_object_new_string(event));
	json_object_object_foreach(body, key, value)
		json_object_object_add(o, key, json_object_get(value));
	json_object_put(body);
	return o;
}

static json_object *json_event(const struct monitor_item *item)
{
	json_object *o = json_object_new_object();

	/* A link may be no port. */
	json_object_object_add(o, "switch", item->port.master_name[0] ?
		json_object_new_string(item->port.master_name) : NULL);
	json_object_object_add(o, "port",
		json_object_new_string(item->port.link.name));
	if (item->has_addr)
		json_mac(o, "address", item->addr);
	return o;
}

/* What is gone has only a name. */
static json_object *json_gone(const char *name, const char *master)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "ifname", json_object_new_string(name));
	if (master)
		json_object_object_add(o, "switch",
				       json_object_new_string(master));
	return o;
}

static json_object *json_gone_network(const struct network_info *network)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "name",
			       json_object_new_string(network->name));
	return o;
}

static json_object *json_item(const struct format *f,
			      const struct monitor_item *item)
{
	const char *change = change_name(item->change);
	bool gone = item->change == CHANGE_DEL;

	switch (item->object) {
	case MONITOR_SWITCH:
		return with_head(gone ? json_gone(item->sw.link.name, NULL) :
				 json_switch(f, &item->sw), "switch", change);
	case MONITOR_PORT:
		return with_head(gone ? json_gone(item->port.link.name,
						  item->port.master_name) :
				 json_port(f, &item->port), "port", change);
	case MONITOR_FDB:
		return with_head(json_fdb(&item->fdb), "fdb", change);
	case MONITOR_EVENT:
		return with_head(json_event(item), "event",
				 event_name(item->event));
	case MONITOR_NETWORK:
		return with_head(gone ? json_gone_network(&item->network) :
				 json_network(f, &item->network), "network",
				 change);
	case MONITOR_LEASE:
		return with_head(json_lease(f, &item->lease), "lease",
				 lease_event_name(item->lease_event));
	case MONITOR_FORWARD:
		return with_head(json_forward(&item->forward),
				 forward_kind_name(item->forward.kind), change);
	case MONITOR_LOST:
		break;
	}
	return with_head(json_object_new_object(), "monitor", "lost");
}

static void text_item(const struct format *f, const struct monitor_item *item)
{
	const char *change = change_name(item->change);
	struct switch_list sw = { (struct switch_info *)&item->sw, 1, 1 };
	struct port_list port = { (struct port_info *)&item->port, 1, 1 };
	struct network_list network = {
		(struct network_info *)&item->network, 1, 1
	};
	struct fdb_list fdb = { (struct fdb_entry *)&item->fdb, 1, 1 };
	char addr[MAC_TEXT_SIZE];

	switch (item->object) {
	case MONITOR_SWITCH:
		printf("switch %s ", change);
		if (item->change == CHANGE_DEL)
			puts(item->sw.link.name);
		else
			print_switches(f, &sw);
		return;
	case MONITOR_PORT:
		printf("port %s ", change);
		if (item->change == CHANGE_DEL)
			printf("%s on %s\n", item->port.link.name,
			       item->port.master_name);
		else
			print_ports(f, &port);
		return;
	case MONITOR_FDB:
		printf("fdb %s ", change);
		print_fdb(f, &fdb);
		return;
	case MONITOR_EVENT:
		printf("event %s switch %s port %s", event_name(item->event),
		       item->port.master_name[0] ? item->port.master_name : "-",
		       item->port.link.name);
		if (item->has_addr) {
			mac_text(item->addr, addr);
			printf(" address %s", addr);
		}
		printf(": %s\n", event_text(item->event));
		return;
	case MONITOR_NETWORK:
		printf("network %s ", change);
		if (item->change == CHANGE_DEL)
			puts(item->network.name);
		else
			print_networks(f, &network);
		return;
	case MONITOR_LEASE:
		printf("lease %s ", lease_event_name(item->lease_event));
		text_lease(f, &item->lease);
		return;
	case MONITOR_FORWARD:
		printf("%s %s ", forward_kind_name(item->forward.kind), change);
		text_forward(&item->forward);
		putchar('\n');
		return;
	case MONITOR_LOST:
		puts("monitor lost: some messages did not fit");
		return;
	}
}

void print_monitor_item(const struct format *f,
			const struct monitor_item *item)
{
	struct format line = *f;

	if (f->json) {
		line.pretty = false;
		print_json(&line, json_item(f, item));
	} else {
		text_item(f, item);
	}
	fflush(stdout);
}

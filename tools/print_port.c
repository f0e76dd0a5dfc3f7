// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <inttypes.h>

json_object *json_port(const struct format *f, const struct port_info *port)
{
	json_object *o = json_object_new_object();

	json_link(o, &port->link);
	json_object_object_add(o, "switch",
			       json_object_new_string(port->master_name));
	json_object_object_add(o, "state",
		json_object_new_string(port_state_name(port->state)));
	json_opts(o, port_opts, PORT_OPT_COUNT, &port->opts);
	json_object_object_add(o, "fdb_learned",
			       json_object_new_int64(port->fdb_learned));
	json_object_object_add(o, "managed",
		json_object_new_boolean(link_is_our_tap(&port->link)));
	json_tap(o, &port->link.tap);
	json_gateway(o, &port->link.gateway);
	json_far(o, &port->link.far);
	if (!f->stats)
		return o;
	json_object_object_add(o, "moves", json_object_new_uint64(port->moves));
	json_object_object_add(o, "learn_refused",
			       json_object_new_uint64(port->learn_refused));
	json_object_object_add(o, "loop_blocks",
			       json_object_new_uint64(port->loop_blocks));
	json_stats(o, &port->link.stats);
	json_drops(o, &switch_drops, port->drops);
	return o;
}

static void text_port(const struct format *f, const struct port_info *port)
{
	char addr[MAC_TEXT_SIZE];

	mac_text(port->link.addr, addr);
	printf("%s: %s on %s ", port->link.name, text_kind(&port->link),
	       port->master_name);
	text_port_state(port);
	printf(" mtu %u address %s learned %u", port->link.mtu, addr,
	       port->fdb_learned);
	text_peer(&port->link);
	text_far(&port->link.far);
	if (!f->details)
		text_opts(port_opts, PORT_OPT_COUNT, &port->opts, false, 0);
	putchar('\n');
	if (f->details) {
		printf("   ");
		text_opts(port_opts, PORT_OPT_COUNT, &port->opts, true, 0);
		putchar('\n');
		if (port->link.tap.present) {
			printf("    tap");
			text_tap(&port->link.tap);
			if (link_is_our_tap(&port->link))
				printf(" made by netemu-ctl");
			putchar('\n');
		}
	}
	if (f->stats) {
		text_stats("    ", &port->link.stats);
		printf("    moves %" PRIu64 " learn-refused %" PRIu64
		       " loop-blocks %" PRIu64 "\n", port->moves,
		       port->learn_refused, port->loop_blocks);
		text_drops("    ", &switch_drops, port->drops);
	}
}

static void brief_port(const struct port_info *port)
{
	printf("%-16s %-16s %-10s %-10s %u addresses\n", port->link.name,
	       port->master_name, text_kind(&port->link),
	       port_state_name(port->state), port->fdb_learned);
}

void print_ports(const struct format *f, const struct port_list *list)
{
	print_list(f, list, json_port, brief_port, text_port);
}

// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <inttypes.h>

json_object *json_switch(const struct format *f, const struct switch_info *sw)
{
	json_object *o = json_object_new_object();
	json_object *defaults = json_object_new_object();

	json_link(o, &sw->link);
	json_opts(o, switch_opts, SWITCH_OPT_COUNT, &sw->opts);
	json_opts(defaults, port_opts, PORT_OPT_DEFAULTS, &sw->defaults);
	json_object_object_add(o, "port_defaults", defaults);
	json_object_object_add(o, "port_count",
			       json_object_new_int64(sw->ports));
	json_object_object_add(o, "fdb_learned",
			       json_object_new_int64(sw->fdb_learned));
	json_object_object_add(o, "fdb_static",
			       json_object_new_int64(sw->fdb_static));
	json_object_object_add(o, "bindings",
			       json_object_new_int64(sw->bindings));
	if (!f->stats)
		return o;
	json_object_object_add(o, "moves", json_object_new_uint64(sw->moves));
	json_object_object_add(o, "learn_refused",
			       json_object_new_uint64(sw->learn_refused));
	json_object_object_add(o, "events_lost",
			       json_object_new_uint64(sw->events_lost));
	json_stats(o, &sw->link.stats);
	json_drops(o, &switch_drops, sw->drops);
	return o;
}

static void text_switch(const struct format *f, const struct switch_info *sw)
{
	char addr[MAC_TEXT_SIZE];

	mac_text(sw->link.addr, addr);
	printf("%s: %s %s mtu %u address %s ports %u learned %u static %u",
	       sw->link.name, mode_name(sw->opts.value[SWITCH_OPT_MODE]),
	       text_state(&sw->link), sw->link.mtu, addr, sw->ports,
	       sw->fdb_learned, sw->fdb_static);
	if (sw->bindings)
		printf(" bindings %u", sw->bindings);
	if (!f->details)
		text_opts(switch_opts, SWITCH_OPT_COUNT, &sw->opts, false,
			  1U << SWITCH_OPT_MODE);
	putchar('\n');
	if (f->details) {
		printf("   ");
		text_opts(switch_opts, SWITCH_OPT_COUNT, &sw->opts, true,
			  1U << SWITCH_OPT_MODE);
		printf("\n    new ports:");
		text_opts(port_opts, PORT_OPT_DEFAULTS, &sw->defaults, true, 0);
		putchar('\n');
	}
	if (f->stats) {
		text_stats("    ", &sw->link.stats);
		printf("    moves %" PRIu64 " learn-refused %" PRIu64
		       " events-lost %" PRIu64 "\n", sw->moves,
		       sw->learn_refused, sw->events_lost);
		text_drops("    ", &switch_drops, sw->drops);
	}
}

static void brief_switch(const struct switch_info *sw)
{
	printf("%-16s %-6s %-10s %u ports %u addresses\n", sw->link.name,
	       mode_name(sw->opts.value[SWITCH_OPT_MODE]),
	       text_state(&sw->link), sw->ports, sw->fdb_learned);
}

void print_switches(const struct format *f, const struct switch_list *list)
{
	print_list(f, list, json_switch, brief_switch, text_switch);
}

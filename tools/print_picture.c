// SPDX-License-Identifier: GPL-2.0
/* The picture that "show" draws. */
#include "print_priv.h"

#include <langinfo.h>
#include <string.h>

struct branches {
	const char *middle;
	const char *last;
};

static struct branches branches(void)
{
	if (!strcmp(nl_langinfo(CODESET), "UTF-8"))
		return (struct branches){ "\u251c\u2500 ", "\u2514\u2500 " };
	return (struct branches){ "|- ", "`- " };
}

json_object *json_unplugged(const struct link_info *link)
{
	json_object *o = json_object_new_object();

	json_link(o, link);
	json_object_object_add(o, "managed",
		json_object_new_boolean(link_is_our_tap(link)));
	json_tap(o, &link->tap);
	json_gateway(o, &link->gateway);
	json_far(o, &link->far);
	return o;
}

/* The mode of the network that a switch belongs to, or NULL. */
static const char *network_of(const struct network_list *networks,
			      const struct switch_info *sw)
{
	const char *name;
	size_t i;

	for (i = 0; i < networks->n; i++) {
		if (networks->v[i].ifindex != sw->link.ifindex)
			continue;
		name = network_mode_name(networks->v[i].mode);
		return name ? name : "?";
	}
	return NULL;
}

static void json_picture(const struct format *f,
			 const struct network_list *networks,
			 const struct switch_list *switches,
			 const struct port_list *ports,
			 const struct link_list *unplugged)
{
	json_object *array = json_object_new_array();
	json_object *o, *members;
	const char *network;
	size_t i, j;

	for (i = 0; i < switches->n; i++) {
		o = json_switch(f, &switches->v[i]);
		network = network_of(networks, &switches->v[i]);
		json_object_object_add(o, "network", network ?
				       json_object_new_string(network) : NULL);
		members = json_object_new_array();
		for (j = 0; j < ports->n; j++)
			if (ports->v[j].link.master ==
			    switches->v[i].link.ifindex)
				json_object_array_add(members,
					json_port(f, &ports->v[j]));
		json_object_object_add(o, "ports", members);
		json_object_array_add(array, o);
	}
	if (unplugged->n) {
		o = json_object_new_object();
		members = json_object_new_array();
		for (i = 0; i < unplugged->n; i++)
			json_object_array_add(members,
				json_unplugged(&unplugged->v[i]));
		json_object_object_add(o, "unplugged",
				       json_object_new_boolean(true));
		json_object_object_add(o, "ports", members);
		json_object_array_add(array, o);
	}
	print_json(f, array);
}

static void draw_gateway(const struct gateway_info *gw)
{
	if (!gw->present)
		return;
	text_subnet(gw);
	text_counts(gw);
}

static void draw_port(const struct format *f, const char *branch,
		      const struct port_info *port, int width)
{
	char addr[MAC_TEXT_SIZE];

	mac_text(port->link.addr, addr);
	printf("%s%-*s  %s ", branch, width, port->link.name,
	       text_kind(&port->link));
	text_port_state(port);
	printf(" address %s learned %u", addr, port->fdb_learned);
	text_peer(&port->link);
	text_tap(&port->link.tap);
	draw_gateway(&port->link.gateway);
	text_far(&port->link.far);
	text_opts(port_opts, PORT_OPT_COUNT, &port->opts, f->details, 0);
	putchar('\n');
	if (f->stats)
		text_drops("      ", &switch_drops, port->drops);
}

static void draw_switch(const struct format *f, const char *network,
			const struct switch_info *sw,
			const struct port_list *ports)
{
	const struct port_info *last = NULL;
	struct branches b = branches();
	int width = 0;
	size_t i;

	printf("%s  %s %s mtu %u host-port %s learned %u", sw->link.name,
	       mode_name(sw->opts.value[SWITCH_OPT_MODE]),
	       text_state(&sw->link), sw->link.mtu,
	       sw->opts.value[SWITCH_OPT_HOST_PORT] ? "on" : "off",
	       sw->fdb_learned);
	if (network)
		printf(" network %s", network);
	text_opts(switch_opts, SWITCH_OPT_COUNT, &sw->opts, f->details,
		  1U << SWITCH_OPT_MODE | 1U << SWITCH_OPT_HOST_PORT);
	putchar('\n');
	if (f->stats)
		text_drops("   ", &switch_drops, sw->drops);
	for (i = 0; i < ports->n; i++) {
		int length = strlen(ports->v[i].link.name);

		if (ports->v[i].link.master != sw->link.ifindex)
			continue;
		last = &ports->v[i];
		if (length > width)
			width = length;
	}
	for (i = 0; i < ports->n; i++)
		if (ports->v[i].link.master == sw->link.ifindex)
			draw_port(f, &ports->v[i] == last ? b.last : b.middle,
				  &ports->v[i], width);
}

void print_picture(const struct format *f, const struct network_list *networks,
		   const struct switch_list *switches,
		   const struct port_list *ports,
		   const struct link_list *unplugged)
{
	struct branches b = branches();
	size_t i;

	if (f->json) {
		json_picture(f, networks, switches, ports, unplugged);
		return;
	}
	for (i = 0; i < switches->n; i++)
		draw_switch(f, network_of(networks, &switches->v[i]),
			    &switches->v[i], ports);
	if (!unplugged->n)
		return;
	puts("(no switch)");
	for (i = 0; i < unplugged->n; i++) {
		printf("%s%s  %s", i + 1 == unplugged->n ? b.last : b.middle,
		       unplugged->v[i].name, text_kind(&unplugged->v[i]));
		text_tap(&unplugged->v[i].tap);
		draw_gateway(&unplugged->v[i].gateway);
		text_far(&unplugged->v[i].far);
		putchar('\n');
	}
}

// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ALLOW_TEXT_SIZE	(ENDPOINT_TEXT_SIZE + 8)

static json_object *json_text(const char *text)
{
	return text[0] ? json_object_new_string(text) : NULL;
}

static void allow_text(const struct far_info *far, char text[ALLOW_TEXT_SIZE])
{
	char addr[ENDPOINT_TEXT_SIZE];

	endpoint_text(&far->allow, addr);
	snprintf(text, ALLOW_TEXT_SIZE, "%s/%u", addr, far->allow_prefix);
}

static json_object *json_allow(const struct far_info *far)
{
	char text[ALLOW_TEXT_SIZE];

	if (!far->allow.family)
		return NULL;
	allow_text(far, text);
	return json_object_new_string(text);
}

static void fill_far(json_object *o, const struct far_info *far)
{
	char text[ENDPOINT_TEXT_SIZE];

	json_object_object_add(o, "transport",
			       json_text(transport_name(far->transport)));
	json_object_object_add(o, "path", json_text(far->path));
	endpoint_text(&far->remote, text);
	json_object_object_add(o, "remote", json_text(text));
	endpoint_text(&far->local, text);
	json_object_object_add(o, "local", json_text(text));
	if (far->has_state) {
		json_object_object_add(o, "state",
			json_text(link_state_name(far->state)));
		json_object_object_add(o, "error", far->error ?
			json_object_new_string(strerror(far->error)) : NULL);
		json_object_object_add(o, "connects",
			json_object_new_uint64(far->connects));
	}
	if (far->listen) {
		json_object_object_add(o, "max_peers",
			json_object_new_int64(far->max_peers));
		json_object_object_add(o, "peers",
			json_object_new_int64(far->peers));
		json_object_object_add(o, "allow", json_allow(far));
	}
	if (far->transport == NETEMU_LINK_MCAST)
		json_object_object_add(o, "source_filter", json_allow(far));
	if (far->transport == NETEMU_LINK_VDE)
		json_object_object_add(o, "served",
			json_object_new_boolean(far->served));
	if (far->listener)
		json_object_object_add(o, "listener_ifindex",
			json_object_new_int64(far->listener));
	json_object_object_add(o, "dev_ifindex", far->dev ?
			       json_object_new_int64(far->dev) : NULL);
	json_object_object_add(o, "ttl", json_object_new_int64(far->ttl));
}

void json_far(json_object *to, const struct far_info *far)
{
	json_object *o;

	if (!far->present)
		return;
	o = json_object_new_object();
	fill_far(o, far);
	json_object_object_add(to, "link", o);
}

static json_object *json_far_link(const struct format *f,
				  const struct link_info *link)
{
	const struct far_info *far = &link->far;
	json_object *o = json_object_new_object();

	json_link(o, link);
	if (far->master_name[0])
		json_object_object_add(o, "switch",
				       json_text(far->master_name));
	fill_far(o, far);
	if (far->transport == NETEMU_LINK_FD ||
	    far->transport == NETEMU_LINK_VDE)
		json_object_object_add(o, "keeper", far->keeper ?
			json_object_new_int64(far->keeper) : NULL);
	json_object_object_add(o, "dev", json_text(far->dev_name));
	json_object_object_add(o, "echoes",
			       json_object_new_uint64(far->echoes));
	json_object_object_add(o, "fragmented",
			       json_object_new_uint64(far->fragmented));
	if (!f->stats)
		return o;
	json_stats(o, &link->stats);
	json_drops(o, &link_drops, far->drops);
	return o;
}

void text_far(const struct far_info *far)
{
	char text[ENDPOINT_TEXT_SIZE];

	if (!far->present)
		return;
	endpoint_text(far->listen ? &far->local : &far->remote, text);
	if (far->transport == NETEMU_LINK_FD)
		printf(" %s", far->path[0] ? far->path : "fd");
	else if (far->transport == NETEMU_LINK_VDE)
		printf(" vde%s %s", far->served ? " client" : "", far->path);
	else
		printf(" %s%s %s", transport_name(far->transport),
		       far->listen ? " listen" : far->listener ? " peer" :
		       far->has_state ? " connect" : "", text);
	if (far->listen)
		printf(" peers %u of %u", far->peers, far->max_peers);
	else if (far->has_state)
		printf(" %s", link_state_name(far->state));
	if (far->error)
		printf(" (%s)", strerror(far->error));
}

static void text_link(const struct format *f, const struct link_info *link)
{
	const struct far_info *far = &link->far;
	char text[ENDPOINT_TEXT_SIZE], mac[MAC_TEXT_SIZE];
	char allow[ALLOW_TEXT_SIZE];

	printf("%s: link ", link->name);
	if (far->master_name[0])
		printf("on %s ", far->master_name);
	else
		printf("(no switch) ");
	printf("%s mtu %u", text_state(link), link->mtu);
	text_far(far);
	endpoint_text(&far->local, text);
	if (text[0] && !far->listen && !far->listener)
		printf(" local %s", text);
	if (far->keeper)
		printf(" keep on");
	if (far->dev_name[0])
		printf(" dev %s", far->dev_name);
	if (far->allow.family) {
		allow_text(far, allow);
		printf(" %s %s", allow_key(far->listen), allow);
	}
	if (f->details || far->ttl != transport_ttl(far->transport))
		printf(" ttl %u", far->ttl);
	putchar('\n');
	if (f->details) {
		mac_text(link->addr, mac);
		printf("    mac %s\n", mac);
	}
	if (!f->stats)
		return;
	text_stats("    ", &link->stats);
	printf("    echoes %" PRIu64 " fragmented %" PRIu64 "\n", far->echoes,
	       far->fragmented);
	text_drops("    ", &link_drops, far->drops);
}

static void brief_link(const struct link_info *link)
{
	const struct far_info *far = &link->far;
	char text[ENDPOINT_TEXT_SIZE];

	endpoint_text(far->listen ? &far->local : &far->remote, text);
	printf("%-16s %-16s %-10s %s %s\n", link->name,
	       far->master_name[0] ? far->master_name : "-", text_state(link),
	       transport_name(far->transport), text);
}

void print_links(const struct format *f, const struct link_list *list)
{
	print_list(f, list, json_far_link, brief_link, text_link);
}

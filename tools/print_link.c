// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <inttypes.h>
#include <stdio.h>

static json_object *json_text(const char *text)
{
	return text[0] ? json_object_new_string(text) : NULL;
}

static void fill_far(json_object *o, const struct far_info *far)
{
	char text[ENDPOINT_TEXT_SIZE];

	json_object_object_add(o, "transport",
			       json_text(transport_name(far->transport)));
	endpoint_text(&far->remote, text);
	json_object_object_add(o, "remote", json_text(text));
	endpoint_text(&far->local, text);
	json_object_object_add(o, "local", json_text(text));
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
	endpoint_text(&far->remote, text);
	printf(" %s %s", transport_name(far->transport), text);
}

static void text_link(const struct format *f, const struct link_info *link)
{
	const struct far_info *far = &link->far;
	char text[ENDPOINT_TEXT_SIZE], mac[MAC_TEXT_SIZE];

	printf("%s: link ", link->name);
	if (far->master_name[0])
		printf("on %s ", far->master_name);
	else
		printf("(no switch) ");
	printf("%s mtu %u", text_state(link), link->mtu);
	text_far(far);
	endpoint_text(&far->local, text);
	if (text[0])
		printf(" local %s", text);
	if (far->dev_name[0])
		printf(" dev %s", far->dev_name);
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

	endpoint_text(&far->remote, text);
	printf("%-16s %-16s %-10s %s %s\n", link->name,
	       far->master_name[0] ? far->master_name : "-", text_state(link),
	       transport_name(far->transport), text);
}

void print_links(const struct format *f, const struct link_list *list)
{
	print_list(f, list, json_far_link, brief_link, text_link);
}

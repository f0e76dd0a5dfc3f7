// SPDX-License-Identifier: GPL-2.0
/* What several objects print alike. */
#include "print_priv.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

void print_json(const struct format *f, json_object *value)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	flags |= f->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
			     JSON_C_TO_STRING_PLAIN;
	puts(json_object_to_json_string_ext(value, flags));
	json_object_put(value);
}

void json_mac(json_object *to, const char *key, const uint8_t *addr)
{
	char text[MAC_TEXT_SIZE];

	mac_text(addr, text);
	json_object_object_add(to, key, json_object_new_string(text));
}

/* The kernel may know words that came after this tool. */
static const char *word_of(const struct opt_def *def, uint32_t value)
{
	return value <= def->max ? def->words[value] : "unknown";
}

static json_object *json_value(const struct opt_def *def, uint32_t value)
{
	char addr[IPV4_TEXT_SIZE];

	switch (def->kind) {
	case OPT_BOOL:
		return json_object_new_boolean(value);
	case OPT_WORD:
		return json_object_new_string(word_of(def, value));
	case OPT_IPV4:
		ipv4_text(value, addr);
		return json_object_new_string(addr);
	case OPT_NUMBER:
	case OPT_MASK:
		break;
	}
	return json_object_new_int64(value);
}

void json_opts(json_object *to, const struct opt_def *defs, unsigned int n,
	       const struct opts *opts)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (opts->given & (1U << i))
			json_object_object_add(to, defs[i].json,
					       json_value(&defs[i],
							  opts->value[i]));
}

const char *link_kind(const struct link_info *link)
{
	return link->kind[0] ? link->kind : "ether";
}

const char *text_kind(const struct link_info *link)
{
	if (link_is_nic(link))
		return "nic";
	if (link->gateway.present)
		return "gateway";
	return link->far.present ? "link" : link_kind(link);
}

static bool is_pair(const struct link_info *link)
{
	return !strcmp(link->kind, "veth") || !strcmp(link->kind, "netkit");
}

void json_link(json_object *to, const struct link_info *link)
{
	json_object_object_add(to, "ifindex",
			       json_object_new_int64(link->ifindex));
	json_object_object_add(to, "ifname",
			       json_object_new_string(link->name));
	json_object_object_add(to, "kind",
			       json_object_new_string(link_kind(link)));
	json_mac(to, "address", link->addr);
	json_object_object_add(to, "mtu", json_object_new_int64(link->mtu));
	json_object_object_add(to, "up", json_object_new_boolean(link->up));
	json_object_object_add(to, "carrier",
			       json_object_new_boolean(link->carrier));
	if (is_pair(link) && link->peer_name[0])
		json_object_object_add(to, "peer",
				       json_object_new_string(link->peer_name));
}

void json_tap(json_object *to, const struct tap_info *tap)
{
	json_object *o;

	if (!tap->present)
		return;
	o = json_object_new_object();
	if (tap->has_owner)
		json_object_object_add(o, "user",
				       json_object_new_int64(tap->owner));
	if (tap->has_group)
		json_object_object_add(o, "group",
				       json_object_new_int64(tap->group));
	json_object_object_add(o, "multi_queue",
			       json_object_new_boolean(tap->multi_queue));
	json_object_object_add(o, "vnet_hdr",
			       json_object_new_boolean(tap->vnet_hdr));
	json_object_object_add(o, "persist",
			       json_object_new_boolean(tap->persist));
	json_object_object_add(to, "tap", o);
}

static json_object *json_count(uint64_t count)
{
	return json_object_new_uint64(count);
}

void json_stats(json_object *to, const struct link_stats *stats)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "rx_packets", json_count(stats->rx_packets));
	json_object_object_add(o, "rx_bytes", json_count(stats->rx_bytes));
	json_object_object_add(o, "rx_errors", json_count(stats->rx_errors));
	json_object_object_add(o, "rx_dropped", json_count(stats->rx_dropped));
	json_object_object_add(o, "tx_packets", json_count(stats->tx_packets));
	json_object_object_add(o, "tx_bytes", json_count(stats->tx_bytes));
	json_object_object_add(o, "tx_errors", json_count(stats->tx_errors));
	json_object_object_add(o, "tx_dropped", json_count(stats->tx_dropped));
	json_object_object_add(to, "stats", o);
}

void json_drops(json_object *to, const struct drop_table *table,
		const uint64_t *drops)
{
	json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 1; i <= table->max; i++) {
		const struct drop_reason *reason = &table->reasons[i];
		json_object *o;

		if (!drops[i])
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "reason",
				       json_object_new_string(reason->name));
		json_object_object_add(o, "frames", json_count(drops[i]));
		json_object_object_add(o, "meaning",
				       json_object_new_string(reason->text));
		json_object_array_add(array, o);
	}
	json_object_object_add(to, "drops", array);
}

static void text_value(const struct opt_def *def, uint32_t value)
{
	char addr[IPV4_TEXT_SIZE];

	switch (def->kind) {
	case OPT_BOOL:
		printf(" %s %s", def->key, value ? "on" : "off");
		return;
	case OPT_WORD:
		printf(" %s %s", def->key, word_of(def, value));
		return;
	case OPT_IPV4:
		ipv4_text(value, addr);
		printf(" %s %s", def->key, addr);
		return;
	case OPT_MASK:
		printf(" %s 0x%04x", def->key, value);
		return;
	case OPT_NUMBER:
		printf(" %s %u", def->key, value);
		return;
	}
}

void text_opts(const struct opt_def *defs, unsigned int n,
	       const struct opts *opts, bool all, uint32_t skip)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!(opts->given & (1U << i)) || (skip & (1U << i)))
			continue;
		if (all || opts->value[i] != defs[i].def)
			text_value(&defs[i], opts->value[i]);
	}
}

void text_stats(const char *indent, const struct link_stats *stats)
{
	printf("%sreceived %" PRIu64 " packets %" PRIu64 " bytes %" PRIu64
	       " errors %" PRIu64 " dropped\n", indent, stats->rx_packets,
	       stats->rx_bytes, stats->rx_errors, stats->rx_dropped);
	printf("%ssent %" PRIu64 " packets %" PRIu64 " bytes %" PRIu64
	       " errors %" PRIu64 " dropped\n", indent, stats->tx_packets,
	       stats->tx_bytes, stats->tx_errors, stats->tx_dropped);
}

void text_drops(const char *indent, const struct drop_table *table,
		const uint64_t *drops)
{
	unsigned int i;

	for (i = 1; i <= table->max; i++)
		if (drops[i])
			printf("%sdropped %" PRIu64 " %s: %s\n", indent,
			       drops[i], table->reasons[i].name,
			       table->reasons[i].text);
}

void text_tap(const struct tap_info *tap)
{
	struct passwd *user;
	struct group *group;

	if (!tap->present)
		return;
	if (tap->has_owner) {
		user = getpwuid(tap->owner);
		if (user)
			printf(" user %s", user->pw_name);
		else
			printf(" user %u", tap->owner);
	}
	if (tap->has_group) {
		group = getgrgid(tap->group);
		if (group)
			printf(" group %s", group->gr_name);
		else
			printf(" group %u", tap->group);
	}
	if (tap->multi_queue)
		printf(" multi-queue");
}

const char *text_state(const struct link_info *link)
{
	if (!link->up)
		return "down";
	return link->carrier ? "up" : "no-carrier";
}

void text_peer(const struct link_info *link)
{
	if (!is_pair(link))
		return;
	if (link->peer_elsewhere)
		printf(" peer in another namespace");
	else if (link->peer_name[0])
		printf(" peer %s", link->peer_name);
}

/* A disabled port says what is missing. */
void text_port_state(const struct port_info *port)
{
	fputs(port_state_name(port->state), stdout);
	if (port->state != NETEMU_PORT_STATE_DISABLED)
		return;
	if (!port->link.up)
		printf(" (down)");
	else if (!port->link.carrier)
		printf(" (no carrier)");
}

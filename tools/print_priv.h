/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the print*.c files only. */
#ifndef NETEMU_CTL_PRINT_PRIV_H
#define NETEMU_CTL_PRINT_PRIV_H

#include <json-c/json.h>

#include "print.h"

/* Prints and frees. */
void print_json(const struct format *f, struct json_object *value);

/* A list as @f asks for; each of the functions is for one element. */
#define print_list(f, list, json_one, brief_one, text_one)		\
do {									\
	json_object *_array = (f)->json ? json_object_new_array() : NULL; \
	size_t _i;							\
									\
	for (_i = 0; _i < (list)->n; _i++)				\
		if (_array)						\
			json_object_array_add(_array,			\
				json_one(f, &(list)->v[_i]));		\
		else if ((f)->brief)					\
			brief_one(&(list)->v[_i]);			\
		else							\
			text_one(f, &(list)->v[_i]);			\
	if (_array)							\
		print_json(f, _array);					\
} while (0)

json_object *json_switch(const struct format *f, const struct switch_info *sw);
json_object *json_port(const struct format *f, const struct port_info *port);
json_object *json_fdb(const struct fdb_entry *entry);
json_object *json_forward(const struct forward *forward);
void text_forward(const struct forward *forward);
json_object *json_network(const struct format *f,
			  const struct network_info *network);
json_object *json_lease(const struct format *f, const struct lease_info *lease);
void text_lease(const struct format *f, const struct lease_info *lease);
json_object *json_unplugged(const struct link_info *link);

void json_opts(json_object *to, const struct opt_def *defs, unsigned int n,
	       const struct opts *opts);
void json_link(json_object *to, const struct link_info *link);
void json_mac(json_object *to, const char *key, const uint8_t *addr);
void json_tap(json_object *to, const struct tap_info *tap);
void json_gateway(json_object *to, const struct gateway_info *gw);
void json_far(json_object *to, const struct far_info *far);
void json_dhcp_words(json_object *to, const struct dhcp_words *words);
void json_stats(json_object *to, const struct link_stats *stats);
void json_drops(json_object *to, const struct drop_table *table,
		const uint64_t *drops);

/* " key value" for each option, or only for those that aren't the usual. */
void text_opts(const struct opt_def *defs, unsigned int n,
	       const struct opts *opts, bool all, uint32_t skip);
void text_stats(const char *indent, const struct link_stats *stats);
void text_drops(const char *indent, const struct drop_table *table,
		const uint64_t *drops);
void text_tap(const struct tap_info *tap);
void text_subnet(const struct gateway_info *gw);
/* " TRANSPORT ADDRESS", if it is a link */
void text_far(const struct far_info *far);
void text_dhcp_words(const struct dhcp_words *words);
void text_counts(const struct gateway_info *gw);
void text_resolvers(const struct gateway_info *gw);
const char *text_state(const struct link_info *link);
const char *link_kind(const struct link_info *link);
/* The same for people: the kernel's kind, or what we call it. */
const char *text_kind(const struct link_info *link);
/* Who is at the other end, "" if unknown. */
void text_peer(const struct link_info *link);
void text_port_state(const struct port_info *port);

#endif /* NETEMU_CTL_PRINT_PRIV_H */

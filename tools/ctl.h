/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands: each object is a table of verbs, from which commands are found
 * and help is written. An object's file turns words into the model, calls the
 * wire and hands the answer to printing.
 */
#ifndef NETEMU_CTL_CTL_H
#define NETEMU_CTL_CTL_H

#include "args.h"
#include "print.h"
#include "wire.h"

struct ctl {
	struct format format;
	bool batch;		/* flags before it are for the verbs they fit */
	bool force;		/* of a batch: go on after a failure */
	bool may_exist;
	bool if_exists;
	const char *netns;	/* -n: name of a namespace, or NULL */
	struct wire *wire;
};

struct verb {
	const char *name;
	/* Takes the words after the verb; returns EXIT_*. */
	int (*run)(struct ctl *ctl, struct args *args);
	const char *synopsis;
	const char *help;
	bool exact;		/* deletes: never abbreviated */
	bool may_exist;		/* takes --may-exist */
	bool if_exists;		/* takes --if-exists */
	bool alone;		/* the verb is optional: this one is meant */
};

/* A group of option keys shown by help, each with @prefix before its key. */
struct key_group {
	const char *title;
	const char *prefix;
	const struct opt_def *defs;
	unsigned int n;
};

struct object {
	const char *name;
	const char *help;
	const struct verb *verbs;	/* ends with a NULL name */
	const struct key_group *keys;	/* ends with a NULL title; or NULL */
	const char *more;		/* further lines of help; or NULL */
};

extern const struct object switch_object;
extern const struct object hub_object;
extern const struct object port_object;
extern const struct object nic_object;
extern const struct object gateway_object;
extern const struct object link_object;
extern const struct object vde_object;
extern const struct object network_object;
extern const struct object forward_object;
extern const struct object service_object;
extern const struct object lease_object;
extern const struct object connection_object;
extern const struct object fdb_object;
extern const struct object monitor_object;
extern const struct object show_object;

/* dispatch.c: runs the command in @args. */
int run_command(struct ctl *ctl, struct args *args);
void print_usage(FILE *out);

/* batch.c: runs each line of @file, "-" = standard input. */
int run_batch(struct ctl *ctl, const char *file);

/*
 * "netemu-ctl: <what>: <why>" on stderr, the why from the wire; returns
 * EXIT_REFUSED.
 */
int refused(const struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same where the reason is ours. */
int refused_because(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
/* An error unless all words are used up. */
int no_more(const struct args *args);

/*
 * resolv.c: the IPv4 resolvers that programs of the host use, or those of the
 * namespace @netns; as many as fit.
 */
void host_resolvers(const char *netns, struct resolvers *resolvers);

/* owner.c: who may open a device; numbers always work. */
int parse_user(struct args *args, uint32_t *id);
int parse_group(struct args *args, uint32_t *id);

/* device.c: for objects that are devices of their own. */

/* Insists on a kind; @what names it. */
int check_kind(const struct link_info *link, const char *kind,
	       const char *what);
int check_mtu(uint32_t mtu, const struct link_info *link);
/* Is content with --if-exists and a device that just went. */
int delete_link(struct ctl *ctl, const struct link_info *link,
		const char *what);

/*
 * gateway_dhcp.c: takes the value of the key @word; *found says whether it is
 * one of DHCP_HELP at all.
 */
int dhcp_key(struct args *args, const char *word, struct dhcp_words *words,
	     bool *found);

#define DHCP_HELP							\
	"\n"								\
	"What guests are told by DHCP besides; \"none\" takes it away:\n" \
	"  domain       NAME\n"						\
	"  search       NAME,...\n"					\
	"  ntp-server   ADDRESS,...\n"					\
	"  next-server  ADDRESS, of the boot server\n"			\
	"  bootfile     NAME\n"						\
	"  dhcp-route   SUBNET=NEXT-HOP,...\n"				\
	"  dhcp-option  CODE=TEXT or CODE:HEX; several times for several, all of them\n" \
	"               together\n"

/*
 * lease.c: the leases of a gateway, 0 = of all, in order; without those that are
 * over, unless details are asked for. 0 or -errno.
 */
int lease_list_get(struct ctl *ctl, int gateway, struct lease_list *leases);

/* lease_file.c: what "lease save" wrote; "-" = standard input. */
int lease_file_read(const char *file, struct lease_list *list);

/* gateway.c: for networks, which have one. */

/* Takes the value of the key @word; @object is the one whose help is offered. */
int gateway_key(struct ctl *ctl, struct args *args, const char *word,
		const char *object, struct gateway_spec *spec);
bool gateway_changes(const struct gateway_spec *spec);
int gateway_change(struct ctl *ctl, struct gateway_spec *spec,
		   const struct link_info *link);

/* Finds the gateway of this name, or that of the network of this name. */
int find_gateway_of(struct ctl *ctl, const char *name, struct link_info *link);
int find_gateway_index(struct ctl *ctl, const char *name, int *ifindex);

/* holder.c: who has one of the ports of the host that a forward is to have? */
void find_port_holder(const struct forward *forward,
		      struct port_holder *holder);

/* switch.c: shared by the objects that name a switch. */
#define ANY_MODE	UINT32_MAX

/* Finds the switch @name and, unless ANY_MODE, insists on its mode. */
int find_switch(struct ctl *ctl, const char *name, uint32_t mode,
		struct switch_info *sw);
/* Does it announce a switch? A network has the name of its switch. */
bool is_switch_key(const char *word);
/* Takes "switch NAME", "network NAME" or "hub NAME|NUMBER" if it comes next. */
int parse_switch_key(struct args *args, const char *word, bool *given,
		     char *name, uint32_t *mode);
int switch_add(struct ctl *ctl, struct args *args, uint32_t mode);
int switch_set(struct ctl *ctl, struct args *args, uint32_t mode);
int switch_del(struct ctl *ctl, struct args *args, uint32_t mode);
int switch_show(struct ctl *ctl, struct args *args, uint32_t mode);

#endif /* NETEMU_CTL_CTL_H */

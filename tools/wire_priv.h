/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the wire_*.c files only. */
#ifndef NETEMU_CTL_WIRE_PRIV_H
#define NETEMU_CTL_WIRE_PRIV_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "wire.h"

#define WIRE_WHY_SIZE	512
#define WIRE_MARKS_MAX	32

struct wire {
	struct nl_sock *rt;	/* rtnetlink */
	struct nl_sock *ge;	/* generic netlink; opened when first needed */
	int family;
	char why[WIRE_WHY_SIZE];
};

/*
 * A request under construction. The kernel points at a refused attribute by
 * its offset; the marks translate that into the word the user typed.
 */
struct request {
	struct nl_msg *msg;
	unsigned int n_marks;
	struct {
		size_t offset;
		const char *key;
	} marks[WIRE_MARKS_MAX];
};

/* Where an option travels; size in bytes. */
struct wire_opt {
	uint16_t attr;
	uint8_t size;
};

/* A reply message; a negative return ends the exchange with that error. */
typedef int (*reply_fn)(struct nlmsghdr *nlh, void *arg);

/* Both exit if memory is out: nothing was sent by then. */
void request_rt(struct request *req, int type, int flags, const void *header,
		size_t size);
int request_ge(struct wire *w, struct request *req, int cmd, int flags);
void request_free(struct request *req);

void request_put(struct request *req, const char *key, int attr,
		 const void *data, size_t size);
void request_put_u32(struct request *req, const char *key, int attr,
		     uint32_t value);
struct nlattr *request_nest(struct request *req, const char *key, int attr);
void request_nest_end(struct request *req, struct nlattr *nest);
void request_put_opts(struct request *req, const struct wire_opt *map,
		      const struct opt_def *defs, unsigned int n,
		      const struct opts *opts);

/*
 * Sends and waits for the end of the answer. Frees the request. A dump that
 * the kernel calls inconsistent is reported as -EINTR: the caller drops what
 * it collected and asks again (see WIRE_TRIES).
 */
int wire_talk(struct wire *w, struct nl_sock *sock, struct request *req,
	      reply_fn fn, void *arg);
#define WIRE_TRIES	16

struct nl_sock *wire_socket(int protocol);
int wire_fail(struct wire *w, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Readers of attributes; a missing or short one reads as 0. */
uint64_t attr_uint(const struct nlattr *nla);
void attr_name(const struct nlattr *nla, char *buf, size_t size);
bool attr_mac(const struct nlattr *nla, uint8_t *addr);
void attr_opts(struct nlattr **tb, const struct wire_opt *map, unsigned int n,
	       struct opts *opts);
void attr_drops(const struct nlattr *nest, const struct drop_table *table,
		uint64_t *drops);

/* Parsers shared with the monitor. */
int parse_link(struct nlmsghdr *nlh, struct link_info *link,
	       struct nlattr **info_data);
void parse_switch(const struct nlattr *nest, struct switch_info *sw);
void put_gateway_data(struct request *req, const struct gateway_spec *spec);
void put_dhcp_words(struct request *req, const struct dhcp_words *words);
void parse_dhcp_words(struct nlattr **tb, struct dhcp_words *words);
void parse_gateway(const struct nlattr *nest, struct gateway_info *gw);
void parse_far(const struct nlattr *nest, struct far_info *far);
int parse_port(struct nlmsghdr *nlh, struct port_info *port);
int parse_network(struct nlmsghdr *nlh, struct network_info *network);
int network_join_links(struct wire *w, struct network_info *network);
int parse_lease(struct nlmsghdr *nlh, struct lease_info *lease,
		uint32_t *event);
int parse_fdb(struct nlmsghdr *nlh, struct fdb_entry *entry);
int parse_forward(struct nlmsghdr *nlh, struct forward *forward);
void link_peer_name(struct link_info *link, const struct link_list *links);

extern const struct wire_opt wire_port_opts[PORT_OPT_COUNT];

#endif /* NETEMU_CTL_WIRE_PRIV_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only door to the kernel. Everything returns 0 or -errno; wire_why() then
 * says why in words, the kernel's own where it gave any. A call that fails has
 * changed nothing.
 */
#ifndef NETEMU_CTL_WIRE_H
#define NETEMU_CTL_WIRE_H

#include "model.h"

struct wire;

struct wire *wire_open(void);
void wire_close(struct wire *w);
/* The reason of the last failure; valid until the next call. */
const char *wire_why(const struct wire *w);

/* wire_link.c: any net device */
int wire_link_get(struct wire *w, const char *name, struct link_info *link);
int wire_link_get_index(struct wire *w, int ifindex, struct link_info *link);
int wire_link_list(struct wire *w, struct link_list *links);
int wire_link_del(struct wire *w, int ifindex);
int wire_link_up(struct wire *w, int ifindex);

/*
 * wire_watch.c: a descriptor that can be read when something changed at any
 * device, or some of that was lost; or -errno. What is read from it is of no use.
 */
int wire_watch(void);

/* wire_switch.c */
int wire_switch_new(struct wire *w, const struct switch_spec *spec);
int wire_switch_set(struct wire *w, int ifindex,
		    const struct switch_spec *spec);
/* Fills all but sw->link. */
int wire_switch_get(struct wire *w, int ifindex, struct switch_info *sw);
/* @links may be NULL; else the caller frees it too. */
int wire_switch_list(struct wire *w, struct switch_list *list,
		     struct link_list *links);

/* wire_port.c; @master 0 = the ports of every switch */
int wire_port_get(struct wire *w, int ifindex, struct port_info *port);
int wire_port_list(struct wire *w, int master, struct port_list *list);
int wire_port_new(struct wire *w, int master, int ifindex,
		  const struct opts *opts);
int wire_port_set(struct wire *w, int ifindex, const struct opts *opts);
int wire_port_del(struct wire *w, int ifindex);

/* wire_gateway.c; a gateway is known by link->gateway.present */
int wire_gateway_new(struct wire *w, const struct gateway_spec *spec);
int wire_gateway_set(struct wire *w, int ifindex,
		     const struct gateway_spec *spec);
/* Any device of this name. */
int wire_gateway_get(struct wire *w, const char *name, struct link_info *link);
int wire_gateway_list(struct wire *w, struct link_list *list);

/* wire_far.c; a link is known by link->far.present */
int wire_far_new(struct wire *w, const struct far_spec *spec);
int wire_far_set(struct wire *w, int ifindex, const struct far_spec *spec);
/* Any device of this name. */
int wire_far_get(struct wire *w, const char *name, struct link_info *link);
int wire_far_list(struct wire *w, struct link_list *list);

/* wire_network.c */
int wire_network_new(struct wire *w, const struct network_spec *spec);
int wire_network_del(struct wire *w, const char *name);
int wire_network_get(struct wire *w, const char *name,
		     struct network_info *network);
int wire_network_list(struct wire *w, struct network_list *list);

/* wire_forward.c; @chosen: the same as the kernel made it, may be NULL */
int wire_forward_new(struct wire *w, const struct forward *forward,
		     struct forward *chosen);
int wire_forward_del(struct wire *w, const struct forward *forward);
/* The one of its gateway, kind, protocol, address and port. */
int wire_forward_get(struct wire *w, const struct forward *name,
		     struct forward *forward);
/* Those of @kind; @gateway 0 = of every gateway */
int wire_forward_list(struct wire *w, int gateway, uint32_t kind,
		      struct forward_list *list);

/* wire_connection.c: connections of the guests of @gateways */
int wire_connection_list(struct wire *w, const struct link_list *gateways,
			 struct connection_list *list);

/*
 * wire_sock.c: the inode of a socket that has one of the ports as its own, 0 if
 * none is found.
 */
uint32_t wire_sock_holder(uint32_t protocol, uint32_t addr, uint32_t port,
			  uint32_t ports);

/* wire_lease.c; @gateway 0 = the leases of all of them */
int wire_lease_list(struct wire *w, int gateway, struct lease_list *list);
/* Keeps the address for the MAC address, or as lease->reserved says. */
int wire_lease_reserve(struct wire *w, int gateway,
		       const struct lease_info *lease);
/* Puts back a lease that was saved. */
int wire_lease_restore(struct wire *w, int gateway,
		       const struct lease_info *lease);
int wire_lease_del(struct wire *w, int gateway, uint32_t addr);

/* wire_fdb.c */
int wire_fdb_list(struct wire *w, int master, struct fdb_list *list);
int wire_fdb_add(struct wire *w, const struct fdb_entry *entry);
int wire_fdb_del(struct wire *w, int master, const uint8_t *addr);
/* @flags: NETEMU_FLUSH_*; @port 0 = all ports */
int wire_fdb_flush(struct wire *w, int master, int port, uint32_t flags);

/*
 * wire_tap.c: a tap lives only as long as the descriptor that made it is open,
 * until wire_tap_keep(). So whatever fails before that leaves nothing behind.
 */
int wire_tap_new(struct wire *w, const char *name, const struct tap_spec *spec,
		 int *ifindex);	/* returns a descriptor or -errno */
int wire_tap_keep(struct wire *w, int fd);

/* wire_monitor.c: calls @fn for each item of @objects (bits), until it fails */
typedef void (*wire_monitor_fn)(const struct monitor_item *item, void *arg);
int wire_monitor(struct wire *w, unsigned int objects, wire_monitor_fn fn,
		 void *arg);

#endif /* NETEMU_CTL_WIRE_H */

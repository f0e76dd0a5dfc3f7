/* SPDX-License-Identifier: GPL-2.0 */
/* The model as text or JSON on standard output. */
#ifndef NETEMU_CTL_PRINT_H
#define NETEMU_CTL_PRINT_H

#include <stdio.h>

#include "model.h"

struct format {
	bool json;
	bool pretty;		/* JSON over several lines */
	bool stats;
	bool details;
	bool brief;		/* one line each */
};

void print_switches(const struct format *f, const struct switch_list *list);
void print_ports(const struct format *f, const struct port_list *list);
/* Of links that are gateways. */
void print_gateways(const struct format *f, const struct link_list *list);
/* Of those that are links of ours. */
void print_links(const struct format *f, const struct link_list *list);
/* VDE sockets of switches. */
void print_vdes(const struct format *f, const struct vde_list *list);
void print_networks(const struct format *f, const struct network_list *list);
void print_connections(const struct format *f,
		       const struct connection_list *list);
void print_forwards(const struct format *f, const struct forward_list *list);
void print_leases(const struct format *f, const struct lease_list *list);
void print_fdb(const struct format *f, const struct fdb_list *list);
void print_monitor_item(const struct format *f,
			const struct monitor_item *item);

/*
 * The picture: every switch with its ports, then our taps, the cards, the
 * gateways and the links without a switch.
 */
void print_picture(const struct format *f, const struct network_list *networks,
		   const struct switch_list *switches,
		   const struct port_list *ports,
		   const struct link_list *unplugged);

#endif /* NETEMU_CTL_PRINT_H */

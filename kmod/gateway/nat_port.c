// SPDX-License-Identifier: GPL-2.0
/* The port of the host that a guest's connection goes out by. */
#include "nat.h"
#include "forward.h"

#include <linux/in.h>
#include <linux/random.h>
#include <net/netfilter/nf_conntrack_core.h>

#define TRIES	64

/**
 * nemu_nat_avoid_bound() - keep off the ports that the host uses itself
 * @net: namespace
 * @ct: unconfirmed connection of a guest, its port just chosen from a range
 * @first: of the range
 * @last: of the range
 *
 * conntrack only knows what has been sent. A socket of the host that is bound and
 * silent would later meet the guest's peer as its own; so does a forward.
 *
 * Context: RCU read side, BH off.
 * Return: false if the host uses nearly all ports of the range.
 */
bool nemu_nat_avoid_bound(struct net *net, struct nf_conn *ct, u16 first,
			  u16 last)
{
	struct nf_conntrack_tuple reply =
		ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	u32 count = last - first + 1;
	int i;

	for (i = 0; i < TRIES; i++) {
		if (!nemu_port_is_bound(net, reply.dst.protonum,
					ntohs(reply.dst.u.all)) &&
		    (!i || !nf_conntrack_tuple_taken(&reply, ct))) {
			if (i)
				nf_conntrack_alter_reply(ct, &reply);
			return true;
		}
		reply.dst.u.all = htons(first + get_random_u32() % count);
	}
	return false;
}

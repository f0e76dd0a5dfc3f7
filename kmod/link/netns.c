// SPDX-License-Identifier: GPL-2.0
/*
 * The links that have their sockets in a network namespace: they go when it
 * goes, even those whose device was moved away. And how many of them there may
 * be, of those that need much memory.
 */
#include "link.h"

#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct nemu_link_netns {
	struct list_head links;	/* RTNL */
	unsigned int streams;	/* RTNL */
	unsigned int queue_bytes; /* that each of them may have; RTNL to write */
};

static unsigned int netns_id;

/**
 * nemu_link_netns_list() - the links of a namespace
 * @net: where their sockets are
 *
 * Context: RTNL held.
 */
struct list_head *nemu_link_netns_list(struct net *net)
{
	struct nemu_link_netns *nn = net_generic(net, netns_id);

	return &nn->links;
}

/*
 * What is in the queues already stays: who fills them while there are few and makes
 * more of them then has more than the sum, but not without bound.
 */
static void share_out(struct nemu_link_netns *nn)
{
	WRITE_ONCE(nn->queue_bytes,
		   min(NETEMU_LINK_QUEUES_BYTES / max(nn->streams, 1U),
		       (unsigned int)NETEMU_LINK_QUEUE_BYTES));
}

/**
 * nemu_link_netns_queue_bytes() - the room for frames that wait
 * @net: where the socket of a stream is
 *
 * Return: where it stands, as long as there are links; to be read by READ_ONCE().
 */
const unsigned int *nemu_link_netns_queue_bytes(struct net *net)
{
	struct nemu_link_netns *nn = net_generic(net, netns_id);

	return &nn->queue_bytes;
}

/**
 * nemu_link_netns_charge() - may there be one more stream?
 * @net: where its socket is
 * @extack: why not
 *
 * Peers are streams as well, and who may connect decides how many there are: a
 * limit of each listener does not bound what many listeners cause.
 *
 * Context: RTNL held.
 * Return: 0, counted until nemu_link_netns_uncharge(); or -ENOSPC.
 */
int nemu_link_netns_charge(struct net *net, struct netlink_ext_ack *extack)
{
	struct nemu_link_netns *nn = net_generic(net, netns_id);

	if (nn->streams >= NETEMU_LINK_STREAMS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the network namespace has "
			       __stringify(NETEMU_LINK_STREAMS_MAX)
			       " links and peers over connections, and may have no more");
		return -ENOSPC;
	}
	nn->streams++;
	share_out(nn);
	return 0;
}

/**
 * nemu_link_netns_uncharge() - there is one stream less
 * @net: where its socket was
 *
 * Context: RTNL held.
 */
void nemu_link_netns_uncharge(struct net *net)
{
	struct nemu_link_netns *nn = net_generic(net, netns_id);

	nn->streams--;
	share_out(nn);
}

static int __net_init netns_init(struct net *net)
{
	INIT_LIST_HEAD(nemu_link_netns_list(net));
	return 0;
}

/*
 * Before the devices and the protocols go, as these are operations of a device and
 * the last ones to be registered. The routes that sockets have cached hold the
 * namespace's loopback device: it would wait for the sockets of a device that was
 * moved away for ever. And the other ends can still be told.
 */
static void __net_exit netns_exit(struct list_head *nets)
{
	struct nemu_link *link, *next;
	LIST_HEAD(gone);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list)
		list_for_each_entry_safe(link, next, nemu_link_netns_list(net),
					 list)
			unregister_netdevice_queue(link->dev, &gone);
	unregister_netdevice_many(&gone);
	rtnl_unlock();
}

static struct pernet_operations netns_ops = {
	.init		= netns_init,
	.exit_batch	= netns_exit,
	.id		= &netns_id,
	.size		= sizeof(struct nemu_link_netns),
};

int nemu_link_netns_register(void)
{
	return register_pernet_device(&netns_ops);
}

void nemu_link_netns_unregister(void)
{
	unregister_pernet_device(&netns_ops);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The peers of a listener: each has a net device of its own, made when it comes
 * and removed when it goes. Both needs RTNL, which no worker and no callback may
 * wait for: the control work does it.
 */
#include "stream.h"
#include "../door.h"

#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

/*
 * So many come or go with RTNL held; then it is somebody else's turn. Whoever may
 * connect decides how often: RTNL is the whole host's, so those who come too fast
 * wait in the backlog of their listener.
 */
#define CONTROL_BATCH	16
#define CONTROL_PAUSE	(HZ / 10)

static void control(struct work_struct *work);

static LIST_HEAD(todo);
static DEFINE_SPINLOCK(todo_lock);	/* BH; protects @todo */
static DECLARE_DELAYED_WORK(control_work, control);

static void control_add(struct nemu_stream *stream)
{
	spin_lock_bh(&todo_lock);
	if (list_empty(&stream->todo))
		list_add_tail(&stream->todo, &todo);
	spin_unlock_bh(&todo_lock);
}

/**
 * nemu_control_ask() - there is something to do that needs RTNL
 * @stream: a listener that has a new peer, or a peer that is gone
 *
 * Context: any. The stream is not destroyed meanwhile.
 */
void nemu_control_ask(struct nemu_stream *stream)
{
	control_add(stream);
	/* Not sooner than the pause that may be under way. */
	schedule_delayed_work(&control_work, 0);
}

/**
 * nemu_control_forget() - a stream goes
 * @stream: stream; nobody asks for it any more
 */
void nemu_control_forget(struct nemu_stream *stream)
{
	spin_lock_bh(&todo_lock);
	list_del_init(&stream->todo);
	spin_unlock_bh(&todo_lock);
}

static struct nemu_stream *control_next(void)
{
	struct nemu_stream *stream;

	spin_lock_bh(&todo_lock);
	stream = list_first_entry_or_null(&todo, struct nemu_stream, todo);
	if (stream)
		list_del_init(&stream->todo);
	spin_unlock_bh(&todo_lock);
	return stream;
}

/**
 * nemu_peer_wake_listener() - callback of a listening socket
 * @sk: it
 */
void nemu_peer_wake_listener(struct sock *sk)
{
	struct nemu_stream *stream;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	stream = rcu_dereference_sk_user_data(sk);
	if (stream)
		nemu_control_ask(stream);
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

/* The lowest number that no peer has: few have many. */
static int free_name(struct nemu_stream *listener, char *name)
{
	struct net_device *dev = listener->link->dev;
	struct net *net = dev_net(dev);
	unsigned int i;

	for (i = 0; i < listener->link->config.max_peers; i++) {
		if (snprintf(name, IFNAMSIZ, "%s.%u", dev->name, i) >= IFNAMSIZ)
			return -ENAMETOOLONG;
		if (!__dev_get_by_name(net, name))
			return 0;
	}
	return -ENOSPC;
}

static int plug_in(struct nemu_stream *listener, struct net_device *dev)
{
	struct net_device *at = listener->link->dev;
	struct net_device *master = netdev_master_upper_dev_get(at);
	int err;

	if (!master)
		return 0;
	err = nemu_door_port_like(at, dev);
	if (err != -EOPNOTSUPP)
		return err;
	/* Not a switch of ours: it has its own defaults. */
	if (!master->netdev_ops->ndo_add_slave)
		return -EOPNOTSUPP;
	return master->netdev_ops->ndo_add_slave(master, dev, NULL);
}

static void config_peer(struct nemu_link *link, struct nemu_stream *listener,
			const union nemu_sockaddr *from, struct socket *sock)
{
	link->net = listener->link->net;
	link->ops = &nemu_peer_ops;
	link->config.transport = listener->link->config.transport;
	link->config.fd = -1;
	link->config.remote = *from;
	link->config.local = listener->link->config.local;
	link->listener = listener;
	link->adopt = sock;
}

static int register_peer(struct nemu_stream *listener, struct net_device *dev)
{
	struct nemu_link *link = netdev_priv(dev);
	struct socket *sock;
	int err;

	eth_hw_addr_random(dev);
	dev->mtu = listener->link->dev->mtu;
	err = register_netdevice(dev);
	if (err) {
		sock = link->adopt;
		free_netdev(dev);
		if (sock)
			nemu_stream_end(sock);
		return err;
	}
	err = rtnl_configure_link(dev, NULL, 0, NULL) ?:
	      plug_in(listener, dev) ?: dev_open(dev, NULL);
	if (err)
		unregister_netdevice(dev);
	return err;
}

/* @sock is the device's, or is closed. */
static int add_peer(struct nemu_stream *listener, struct socket *sock,
		    const union nemu_sockaddr *from)
{
	struct nlattr *tb[IFLA_MAX + 1] = { };
	struct net_device *dev;
	struct nemu_link *link;
	char name[IFNAMSIZ];
	int err;

	err = free_name(listener, name);
	if (err)
		goto err_sock;
	dev = rtnl_create_link(dev_net(listener->link->dev), name, NET_NAME_ENUM,
			       &nemu_link_link_ops, tb, NULL);
	if (IS_ERR(dev)) {
		err = PTR_ERR(dev);
		goto err_sock;
	}
	link = netdev_priv(dev);
	config_peer(link, listener, from, sock);
	return register_peer(listener, dev);

err_sock:
	nemu_stream_end(sock);
	return err;
}

/* Who is at the other end? Of a UNIX socket whoever could open its path. */
static bool who(struct socket *sock, union nemu_sockaddr *from)
{
	if (sock->sk->sk_family != AF_UNIX)
		return kernel_getpeername(sock, &from->sa) > 0;
	from->sa.sa_family = AF_UNIX;
	return true;
}

/* Takes one connection; returns false when there is none. */
static bool take_one(struct nemu_stream *listener)
{
	union nemu_sockaddr from = { };
	struct socket *sock;
	int err = -EACCES;

	if (kernel_accept(listener->sock, &sock, O_NONBLOCK))
		return false;
	if (who(sock, &from) &&
	    nemu_link_allows(&listener->link->config, &from) &&
	    listener->n_peers < listener->link->config.max_peers) {
		if (from.sa.sa_family != AF_UNIX)
			nemu_tcp_tune(sock);
		err = add_peer(listener, sock, &from);
	} else {
		nemu_stream_end(sock);
	}
	if (err)
		nemu_link_count(listener->link, NETEMU_LINK_DROP_PEER);
	return true;
}

static void remove(struct list_head *gone)
{
	unregister_netdevice_many(gone);
	INIT_LIST_HEAD(gone);
}

/* Not those that somebody has made a port of something else, or moved away. */
static void plug_in_early(struct nemu_stream *listener)
{
	struct nemu_stream *peer;

	listener->plug_in = false;
	list_for_each_entry(peer, &listener->peers, sibling) {
		struct net_device *dev = peer->link->dev;

		if (!netdev_master_upper_dev_get(dev) &&
		    net_eq(dev_net(dev), dev_net(listener->link->dev)))
			plug_in(listener, dev);
	}
}

/**
 * nemu_peers_plug_in() - a link has become a port
 * @link: link; if it listens its peers follow it, once it is a whole port
 *
 * Context: RTNL held.
 */
void nemu_peers_plug_in(struct nemu_link *link)
{
	if (!link->stream || !link->config.listen)
		return;
	link->stream->plug_in = true;
	nemu_control_ask(link->stream);
}

static void control(struct work_struct *work)
{
	struct nemu_stream *stream;
	int left = CONTROL_BATCH;
	LIST_HEAD(gone);

	rtnl_lock();
	while (left && (stream = control_next())) {
		if (stream->is_peer) {
			unregister_netdevice_queue(stream->link->dev, &gone);
			left--;
			continue;
		}
		/* First those that went: who comes may come in their place. */
		remove(&gone);
		if (stream->plug_in)
			plug_in_early(stream);
		while (left && take_one(stream))
			left--;
		if (!left)
			control_add(stream);
	}
	remove(&gone);
	rtnl_unlock();
	/* Also when all is done: who asks next is to wait, too. */
	if (left < CONTROL_BATCH)
		mod_delayed_work(system_wq, &control_work, CONTROL_PAUSE);
}

static int peer_open(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	struct nemu_stream *stream;
	bool inherited;

	stream = nemu_stream_create(link, extack);
	if (IS_ERR(stream))
		return PTR_ERR(stream);
	stream->is_peer = true;
	stream->state = NETEMU_LINK_CONNECTING;
	stream->listener = link->listener;
	stream->sock = link->adopt;
	link->adopt = NULL;
	/* A TCP socket has the callbacks of the one it was accepted from. */
	inherited = stream->sock->sk->sk_family != AF_UNIX;
	nemu_stream_hook(stream, stream->sock,
			 inherited ? stream->listener : NULL, NULL);
	list_add_tail(&stream->sibling, &stream->listener->peers);
	stream->listener->n_peers++;
	link->stream = stream;
	return 0;
}

/* The listener keeps what its peers have counted: they are soon forgotten. */
static void hand_over_drops(const struct nemu_link *link,
			    struct nemu_link *listener)
{
	struct nemu_link_sum sum;
	int i;

	nemu_link_sum(link, &sum);
	for (i = 0; i < __NETEMU_LINK_DROP_MAX; i++)
		this_cpu_add(listener->stats->drops[i], sum.drops[i]);
}

static void peer_close(struct nemu_link *link)
{
	struct nemu_stream *stream = link->stream;
	struct nemu_stream *listener = stream->listener;

	list_del(&stream->sibling);
	nemu_stream_destroy(stream);
	link->stream = NULL;
	if (!listener)
		return;
	listener->n_peers--;
	hand_over_drops(link, listener->link);
}

const struct nemu_link_ops nemu_peer_ops = {
	.open	= peer_open,
	.close	= peer_close,
	.up	= nemu_stream_up,
	.xmit	= nemu_stream_xmit,
	.poll	= nemu_stream_poll,
};

/**
 * nemu_peers_del() - the peers of a listener go before it
 * @stream: listener
 * @head: for unregister_netdevice_many()
 */
void nemu_peers_del(struct nemu_stream *stream, struct list_head *head)
{
	struct nemu_stream *peer;

	list_for_each_entry(peer, &stream->peers, sibling)
		unregister_netdevice_queue(peer->link->dev, head);
}

/**
 * nemu_peers_orphan() - a listener is gone, its peers are on their way
 * @stream: listener, or any other stream
 */
void nemu_peers_orphan(struct nemu_stream *stream)
{
	struct nemu_stream *peer, *next;

	list_for_each_entry_safe(peer, next, &stream->peers, sibling) {
		list_del_init(&peer->sibling);
		peer->listener = NULL;
	}
}

/* All links are gone, and with them all that could ask. */
void nemu_peer_exit(void)
{
	cancel_delayed_work_sync(&control_work);
}

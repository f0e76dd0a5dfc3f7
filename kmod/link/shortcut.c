// SPDX-License-Identifier: GPL-2.0
/*
 * Two links of this host may be each other's far side: a TCP connection between them,
 * or a pair of UNIX sockets. Then a frame need not become bytes and a frame again: it
 * is handed over as it is. The sockets stay what they are: who connects, notices
 * silence and hangs up does not know of it.
 *
 * Nobody can tell the difference, or it is not done: a TCP connection within a
 * namespace goes by its loopback device, and while anybody may look at that, or
 * change what passes, all goes there. The administrator can switch it off at any
 * time: /sys/module/netemu/parameters/shortcut.
 *
 * A frame overtakes none that went by the socket: each end counts the bytes that the
 * socket took, and those that came out of it and were received. Who sends looks at
 * both, and takes the shortcut only while they are equal. The other way round the
 * poll has received what came by the shortcut before it receives what it read from
 * the socket. (The worker of a UNIX socket does not wait for that: what is on its way
 * when the administrator switches the shortcut off can be overtaken.)
 *
 * Locks: shortcut_lock protects the list of streams, and who is whose other. Frames
 * find the other under RCU; nemu_shortcut_stop() waits for them.
 */
#include "stream.h"
#include "../compat.h"

#include <linux/bpf-cgroup.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/tcp.h>
#include <net/af_unix.h>
#include <net/ipv6.h>
#include <net/sch_generic.h>
#include <net/sock.h>
#include <net/tcp.h>

static bool shortcut = true;
module_param(shortcut, bool, 0644);
MODULE_PARM_DESC(shortcut,
		 "Hand frames over between links that are connected to each other");

static DEFINE_SPINLOCK(shortcut_lock);	/* BH */
static LIST_HEAD(streams);		/* connected; by &nemu_stream.connected */

/* ---- who is connected to whom ------------------------------------------- */

static bool is_mirror(const struct sock *a, const struct sock *b)
{
	if (inet_sk(a)->inet_sport != inet_sk(b)->inet_dport)
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (a->sk_family == AF_INET6)
		return ipv6_addr_equal(&a->sk_v6_rcv_saddr, &b->sk_v6_daddr);
#endif
	return a->sk_rcv_saddr == b->sk_daddr;
}

/*
 * Has @a received what @b has sent, as far as it can have? Numbers begin at random:
 * connections that only look alike (addresses may be translated) do not pass.
 */
static bool is_in_step(const struct sock *a, const struct sock *b)
{
	u32 next = READ_ONCE(tcp_sk(a)->rcv_nxt);

	return !before(next, READ_ONCE(tcp_sk(b)->snd_una)) &&
	       !after(next, READ_ONCE(tcp_sk(b)->snd_nxt));
}

static bool are_connected_tcp(const struct sock *a, const struct sock *b)
{
	return a->sk_family == b->sk_family &&
	       net_eq(sock_net(a), sock_net(b)) &&
	       is_mirror(a, b) && is_mirror(b, a) &&
	       is_in_step(a, b) && is_in_step(b, a);
}

/* Of these kinds, once connected, the other end is the same for ever. */
static bool are_connected_unix(struct sock *a, struct sock *b)
{
	return a->sk_type != SOCK_DGRAM &&
	       READ_ONCE(unix_sk(a)->peer) == b &&
	       READ_ONCE(unix_sk(b)->peer) == a;
}

static bool are_connected(const struct nemu_stream *x,
			  const struct nemu_stream *y)
{
	struct sock *a = x->sock->sk, *b = y->sock->sk;

	if (a->sk_family == AF_UNIX)
		return b->sk_family == AF_UNIX && are_connected_unix(a, b);
	/* Who has a descriptor of it may have put something on top. */
	return x->direct && y->direct && are_connected_tcp(a, b);
}

/**
 * nemu_shortcut_start() - look for the other end
 * @stream: stream that is connected now
 *
 * Context: the worker.
 */
void nemu_shortcut_start(struct nemu_stream *stream)
{
	struct nemu_stream *other;

	spin_lock_bh(&shortcut_lock);
	list_for_each_entry(other, &streams, connected) {
		if (rcu_access_pointer(other->other) ||
		    !are_connected(stream, other))
			continue;
		other->had_other = true;
		stream->had_other = true;
		rcu_assign_pointer(other->other, stream);
		rcu_assign_pointer(stream->other, other);
		break;
	}
	list_add(&stream->connected, &streams);
	spin_unlock_bh(&shortcut_lock);
}

/**
 * nemu_shortcut_stop() - the connection is over
 * @stream: stream, which may never have been connected
 *
 * Nobody hands a frame to it any more when this returns.
 *
 * Context: process, may sleep.
 */
void nemu_shortcut_stop(struct nemu_stream *stream)
{
	struct nemu_stream *other;
	bool had_other;

	spin_lock_bh(&shortcut_lock);
	list_del_init(&stream->connected);
	other = rcu_dereference_protected(stream->other,
					  lockdep_is_held(&shortcut_lock));
	if (other) {
		RCU_INIT_POINTER(other->other, NULL);
		RCU_INIT_POINTER(stream->other, NULL);
	}
	had_other = stream->had_other;
	stream->had_other = false;
	spin_unlock_bh(&shortcut_lock);
	/* Also if that has ended it: it may not have waited yet. */
	if (had_other)
		synchronize_net();
}

/* ---- may anybody look? -------------------------------------------------- */

/*
 * Security modules have a hook on every host, at priorities of their own. They look
 * at labels, which nobody but another hook gives to a packet.
 */
static bool is_label_check(const struct nf_hook_ops *ops)
{
	return ops->priority == NF_IP_PRI_SELINUX_FIRST ||
	       ops->priority == NF_IP_PRI_SELINUX_LAST;
}

static bool is_hook_used(struct nf_hook_entries __rcu *const *hook)
{
	const struct nf_hook_entries *entries = rcu_dereference(*hook);
	struct nf_hook_ops **ops;
	unsigned int i;

	if (likely(!entries))
		return false;
	ops = nf_hook_entries_get_hook_ops(entries);
	for (i = 0; i < entries->num_hook_entries; i++)
		if (!is_label_check(ops[i]))
			return true;
	return false;
}

static bool is_hooked(const struct net *net, u8 family)
{
	static const u8 hooks[] = {
		NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING,
		NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
#if IS_ENABLED(CONFIG_IPV6)
		if (family == AF_INET6) {
			if (is_hook_used(&net->nf.hooks_ipv6[hooks[i]]))
				return true;
			continue;
		}
#endif
		if (is_hook_used(&net->nf.hooks_ipv4[hooks[i]]))
			return true;
	}
	return false;
}

/* A program of a control group may be about the kernel's sockets as well. */
static bool is_in_bpf(void)
{
#ifdef CONFIG_CGROUP_BPF
	return cgroup_bpf_enabled(CGROUP_INET_EGRESS) ||
	       cgroup_bpf_enabled(CGROUP_INET_INGRESS);
#else
	return false;
#endif
}

/* The way of a TCP connection within a namespace. */
static bool is_watched(const struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct net_device *lo = net->loopback_dev;

	return !(lo->flags & IFF_UP) || dev_nit_active(lo) ||
	       nemu_netdev_ingress_hooked(lo) ||
	       nemu_netdev_egress_hooked(lo) ||
	       rcu_access_pointer(lo->xdp_prog) ||
	       rcu_dereference_bh(netdev_get_tx_queue(lo, 0)->qdisc)->enqueue ||
	       is_hooked(net, sk->sk_family) || is_in_bpf();
}

/* ---- a frame's way ------------------------------------------------------ */

/* Nothing is under way by the socket, and nothing waits for it. */
static bool is_idle(const struct nemu_stream *stream,
		    const struct nemu_stream *other)
{
	if (!skb_queue_empty_lockless(&stream->tx))
		return false;
	smp_rmb();	/* what is sent counts before it leaves the queue */
	return READ_ONCE(stream->sent) == smp_load_acquire(&other->taken);
}

static bool may_pass(const struct nemu_stream *stream,
		     const struct nemu_stream *other)
{
	const struct sock *direct = READ_ONCE(stream->direct);

	return READ_ONCE(shortcut) && is_idle(stream, other) &&
	       !(direct && is_watched(direct));
}

/* As if it had just come from the wire. */
static void strip(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	nemu_skb_leave_ingress(skb);
	skb->priority = 0;
	skb->encapsulation = 0;
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		skb->ip_summed = CHECKSUM_NONE;
}

static bool add(struct nemu_stream *other, struct sk_buff *skb)
{
	struct sk_buff_head *handed = &other->handed;
	bool room;

	spin_lock(&handed->lock);
	room = skb_queue_len(handed) < NETEMU_LINK_QUEUE_MAX &&
	       (other->handed_bytes + skb->truesize <=
		READ_ONCE(*other->tx_room) || skb_queue_empty(handed));
	if (likely(room)) {
		other->handed_bytes += skb->truesize;
		__skb_queue_tail(handed, skb);
	}
	spin_unlock(&handed->lock);
	return room;
}

/**
 * nemu_shortcut_xmit() - hand a frame over, if that can be
 * @stream: connected stream
 * @skb: frame
 *
 * Context: RCU read side, BH off.
 * Return: true: it is gone; false: it has to go by the socket.
 */
bool nemu_shortcut_xmit(struct nemu_stream *stream, struct sk_buff *skb)
{
	struct nemu_stream *other = rcu_dereference(stream->other);
	unsigned int len = skb->len;

	if (!other || !may_pass(stream, other))
		return false;
	strip(skb);
	if (unlikely(!add(other, skb))) {
		nemu_link_drop_tx(stream->link, skb,
				  NETEMU_LINK_DROP_QUEUE_FULL);
		return true;
	}
	dev_sw_netstats_tx_add(stream->link->dev, 1, len);
	napi_schedule(&other->link->napi);
	return true;
}

static struct sk_buff *next(struct nemu_stream *stream)
{
	struct sk_buff *skb;

	if (skb_queue_empty_lockless(&stream->handed))
		return NULL;
	spin_lock(&stream->handed.lock);
	skb = __skb_dequeue(&stream->handed);
	if (skb)
		stream->handed_bytes -= skb->truesize;
	spin_unlock(&stream->handed.lock);
	return skb;
}

/**
 * nemu_shortcut_poll() - receive what was handed over
 * @stream: stream
 * @budget: so many frames at most
 *
 * Context: softirq, the link's poll.
 * Return: how many.
 */
int nemu_shortcut_poll(struct nemu_stream *stream, int budget)
{
	struct sk_buff *skb;
	int n;

	for (n = 0; n < budget; n++) {
		skb = next(stream);
		if (!skb)
			break;
		nemu_link_receive_poll(stream->link, skb);
	}
	return n;
}

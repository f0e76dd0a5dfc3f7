// SPDX-License-Identifier: GPL-2.0
/*
 * Links over VDE: two sockets that user space has connected and hands over. Frames
 * go by the one for datagrams, as by any given socket. On the stream beside it
 * nothing is said any more; it is there for its end, which is a hang-up.
 */
#include "stream.h"
#include "../compat.h"

#include <linux/file.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#define ROUNDS	8	/* of the worker in a row, over what nobody should say */

/**
 * struct nemu_vde - what a link over VDE has besides its datagrams
 * @control: the stream; NULL when the connection is over
 * @data_ready: what this callback of it was
 * @state_change: the same
 *
 * The worker's, as the socket of its stream is.
 */
struct nemu_vde {
	struct socket *control;
	void (*data_ready)(struct sock *sk);
	void (*state_change)(struct sock *sk);
};

/* Who takes the callbacks back waits for those that run here. */
static void wake(struct sock *sk)
{
	struct nemu_stream *stream;
	struct nemu_link *link;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	link = rcu_dereference_sk_user_data(sk);
	/* Whoever sets it has the worker look at the socket afterwards. */
	smp_mb();
	stream = link ? READ_ONCE(link->stream) : NULL;
	if (stream)
		nemu_stream_kick(stream);
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

static int hook(struct nemu_link *link, struct nemu_vde *vde)
{
	struct sock *sk = vde->control->sk;
	int err = 0;

	write_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_user_data) {
		err = -EBUSY;
	} else {
		vde->data_ready = sk->sk_data_ready;
		vde->state_change = sk->sk_state_change;
		rcu_assign_sk_user_data(sk, link);
		sk->sk_data_ready = wake;
		sk->sk_state_change = wake;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	return err;
}

static void unhook(struct nemu_vde *vde)
{
	struct sock *sk = vde->control->sk;

	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	sk->sk_data_ready = vde->data_ready;
	sk->sk_state_change = vde->state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

/**
 * nemu_vde_give_back() - undo nemu_vde_take()
 * @link: link over VDE
 *
 * Context: instead of the worker.
 */
void nemu_vde_give_back(struct nemu_link *link)
{
	struct nemu_vde *vde = link->vde;

	if (!vde->control)
		return;
	unhook(vde);
	sockfd_put(vde->control);
	vde->control = NULL;
}

/**
 * nemu_vde_hang_up() - close the stream beside the datagrams
 * @link: link over VDE
 *
 * Context: the worker, or instead of it.
 */
void nemu_vde_hang_up(struct nemu_link *link)
{
	if (link->vde->control)
		kernel_sock_shutdown(link->vde->control, SHUT_RDWR);
	nemu_vde_give_back(link);
}

/**
 * nemu_vde_check() - is the other end still there?
 * @link: link over VDE that is connected
 *
 * Context: the worker.
 * Return: 0, or -errno when it hung up.
 */
int nemu_vde_check(struct nemu_link *link)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	u8 buffer[64];
	int i, n;

	for (i = 0; i < ROUNDS; i++) {
		struct kvec vec = {
			.iov_base = buffer,
			.iov_len = sizeof(buffer),
		};

		n = kernel_recvmsg(link->vde->control, &msg, &vec, 1,
				   sizeof(buffer), MSG_DONTWAIT);
		if (n == -EAGAIN || n == -EINTR)
			return 0;
		if (n <= 0)
			return n ?: -EPIPE;
	}
	nemu_stream_kick(link->stream);
	return 0;
}

/* Both, each of the kind it has to be, are one connection for all we know. */
static const char *why_not(const struct socket *sock, int type)
{
	if (!sock)
		return "netemu: vde needs two sockets";
	if (sock->sk->sk_family != AF_UNIX || sock->type != type)
		return "netemu: vde needs a UNIX datagram socket, and a UNIX stream socket beside it";
	if (READ_ONCE(sock->sk->sk_state) != TCP_ESTABLISHED)
		return "netemu: the socket is not connected";
	return NULL;
}

/* A socket of the caller, held; or an error, said. */
static struct socket *look_up(int fd, int type, struct netlink_ext_ack *extack)
{
	struct socket *sock;
	const char *why;
	int err;

	sock = sockfd_lookup(fd, &err);
	why = why_not(sock, type);
	if (!why)
		return sock;
	nemu_extack_msg(extack, why);
	if (sock)
		sockfd_put(sock);
	return ERR_PTR(sock ? -EINVAL : err);
}

static int check_data(int fd, struct netlink_ext_ack *extack)
{
	struct socket *sock;

	sock = look_up(fd, SOCK_DGRAM, extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	sockfd_put(sock);
	return 0;
}

/**
 * nemu_vde_take() - take the stream beside the datagrams
 * @link: link over VDE that has none
 * @fd: descriptor of the caller, of the datagrams, which are taken next
 * @control: the same, of the stream
 * @extack: why not
 *
 * Context: RTNL held, instead of the worker.
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_vde_take(struct nemu_link *link, int fd, int control,
		  struct netlink_ext_ack *extack)
{
	struct nemu_vde *vde = link->vde;
	struct socket *sock;
	int err;

	err = check_data(fd, extack);
	if (err)
		return err;
	sock = look_up(control, SOCK_STREAM, extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	vde->control = sock;
	err = hook(link, vde);
	if (!err)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "netemu: the socket is in use by another part of the kernel");
	vde->control = NULL;
	sockfd_put(sock);
	return err;
}

static int vde_open(struct nemu_link *link, struct netlink_ext_ack *extack)
{
	const struct nemu_link_config *config = &link->config;
	int err = 0;

	link->vde = kzalloc(sizeof(*link->vde), GFP_KERNEL_ACCOUNT);
	if (!link->vde)
		return -ENOMEM;
	/* Without: there will be some. */
	if (config->fd != -1)
		err = nemu_vde_take(link, config->fd, config->control, extack);
	if (err)
		goto err_vde;
	err = nemu_given_ops.open(link, extack);
	if (!err)
		return 0;
	nemu_vde_give_back(link);
err_vde:
	kfree(link->vde);
	link->vde = NULL;
	return err;
}

/* The stream hangs up, if that is not done. */
static void vde_close(struct nemu_link *link)
{
	nemu_given_ops.close(link);
	kfree(link->vde);
	link->vde = NULL;
}

const struct nemu_link_ops nemu_vde_ops = {
	.open	= vde_open,
	.close	= vde_close,
	.up	= nemu_stream_up,
	.xmit	= nemu_stream_xmit,
	.poll	= nemu_stream_poll,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The host's address in a network. The kernel exports no function that gives a
 * device an address: it is asked for by rtnetlink, as user space does, and goes
 * with the device.
 */
#include "host.h"

#include <linux/inetdevice.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

/* Is there an address whose subnet has addresses in common with this one? */
static bool is_used(const struct in_device *in_dev, __be32 subnet, __be32 mask)
{
	const struct in_ifaddr *ifa;

	in_dev_for_each_ifa_rtnl(ifa, in_dev)
		if (!((ifa->ifa_address ^ subnet) & ifa->ifa_mask & mask))
			return true;
	return false;
}

/**
 * nemu_host_address_check() - may the host have an address of this subnet?
 * @net: namespace
 * @subnet: first address
 * @mask: its mask
 * @extack: why not
 *
 * Context: RTNL held.
 * Return: 0 or -EADDRINUSE.
 */
int nemu_host_address_check(struct net *net, __be32 subnet, __be32 mask,
			    struct netlink_ext_ack *extack)
{
	const struct in_device *in_dev;
	struct net_device *dev;

	for_each_netdev(net, dev) {
		in_dev = __in_dev_get_rtnl(dev);
		if (!in_dev || !is_used(in_dev, subnet, mask))
			continue;
		NL_SET_ERR_MSG(extack,
			       "netemu: the host has an address of this subnet already: choose another subnet");
		return -EADDRINUSE;
	}
	return 0;
}

static int put_request(struct sk_buff *skb, int ifindex, __be32 addr,
		       unsigned int prefix)
{
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, 0, 0, RTM_NEWADDR, sizeof(*ifa),
			NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	if (!nlh)
		return -EMSGSIZE;
	ifa = nlmsg_data(nlh);
	*ifa = (struct ifaddrmsg) {
		.ifa_family = AF_INET,
		.ifa_prefixlen = prefix,
		.ifa_scope = RT_SCOPE_UNIVERSE,
		.ifa_index = ifindex,
	};
	if (nla_put_in_addr(skb, IFA_LOCAL, addr) ||
	    nla_put_in_addr(skb, IFA_ADDRESS, addr) ||
	    nla_put_in_addr(skb, IFA_BROADCAST, addr | ~inet_make_mask(prefix)))
		return -EMSGSIZE;
	nlmsg_end(skb, nlh);
	return 0;
}

/* The kernel answers before it returns. */
static int read_answer(struct socket *sock)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} answer = { };
	struct msghdr msg = { };
	struct kvec vec = {
		.iov_base = &answer,
		.iov_len = sizeof(answer),
	};
	int len;

	len = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(answer), MSG_DONTWAIT);
	if (len < 0)
		return len;
	if (len < sizeof(answer) || answer.nlh.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.err.error;
}

/*
 * An address given to the message makes the capabilities of the caller count,
 * not those of the file of the socket: it has none.
 */
static int ask(struct socket *sock, const struct sk_buff *skb)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct kvec vec = {
		.iov_base = skb->data,
		.iov_len = skb->len,
	};
	int len;

	len = kernel_sendmsg(sock, &msg, &vec, 1, skb->len);
	return len < 0 ? len : read_answer(sock);
}

/**
 * nemu_host_address_add() - give a device an IPv4 address
 * @net: namespace
 * @ifindex: the device
 * @addr: address
 * @prefix: bits of its mask
 * @extack: what is wrong
 *
 * Context: process with CAP_NET_ADMIN, RTNL not held: the answering side takes
 * it.
 * Return: 0 or -errno.
 */
int nemu_host_address_add(struct net *net, int ifindex, __be32 addr,
			  unsigned int prefix, struct netlink_ext_ack *extack)
{
	struct socket *sock;
	struct sk_buff *skb;
	int err;

	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	err = put_request(skb, ifindex, addr, prefix);
	if (err)
		goto out;
	err = sock_create_kern(net, PF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &sock);
	if (err)
		goto out;
	err = ask(sock, skb);
	sock_release(sock);
out:
	nlmsg_free(skb);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "netemu: the host's device in the network can't be given its address");
	return err;
}

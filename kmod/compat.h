/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only room that knows kernel versions. Each block gives old kernels the
 * name that newer ones use, and says which kernel brought it.
 */
#ifndef _NEMU_COMPAT_H
#define _NEMU_COMPAT_H

#include <linux/version.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <net/dst.h>
#include <net/genetlink.h>
#include <net/inet_sock.h>
#include <net/udp.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "netemu needs Linux 6.1 or newer"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "netemu is not ported to Linux 6.13 or newer"
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif /* < 6.12 */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif /* >= 6.5: skb_gso_* moved out of linux/skbuff.h */

static inline void nemu_netdev_set_lltx(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif /* < 6.12: a feature bit */
}

/* The device never leaves its network namespace. */
static inline void nemu_netdev_set_netns_immutable(struct net_device *dev)
{
#if defined(NEMU_HAVE_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif /* < 6.12: a feature bit; renamed in 6.15 and in later 6.12.y */
}

/* The device takes frames from several CPUs at once: no lock to transmit. */
static inline bool nemu_netdev_is_lltx(const struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return dev->lltx;
#else
	return dev->features & NETIF_F_LLTX;
#endif /* < 6.12: a feature bit */
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#if defined(CONFIG_NET_XGRESS)
#define NEMU_TC_EGRESS	tcx_egress
#endif
#elif defined(CONFIG_NET_CLS_ACT)
#define NEMU_TC_EGRESS	miniq_egress
#endif /* < 6.6: tc alone, without BPF programs of its own */

/* Does tc or BPF look at what the device sends? */
static inline bool nemu_netdev_tc_egress_hooked(const struct net_device *dev)
{
#ifdef NEMU_TC_EGRESS
	return rcu_access_pointer(dev->NEMU_TC_EGRESS);
#else
	return false;
#endif
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#if defined(CONFIG_NET_XGRESS)
#define NEMU_TC_INGRESS	tcx_ingress
#endif
#elif defined(CONFIG_NET_CLS_ACT)
#define NEMU_TC_INGRESS	miniq_ingress
#endif /* < 6.6: tc alone, without BPF programs of its own */

/* Does tc, BPF or netfilter look at what the device receives? */
static inline bool nemu_netdev_ingress_hooked(const struct net_device *dev)
{
#ifdef NEMU_TC_INGRESS
	if (rcu_access_pointer(dev->NEMU_TC_INGRESS))
		return true;
#endif
#ifdef CONFIG_NETFILTER_INGRESS
	if (rcu_access_pointer(dev->nf_hooks_ingress))
		return true;
#endif
	return false;
}

/* Does tc, BPF or netfilter? */
static inline bool nemu_netdev_egress_hooked(const struct net_device *dev)
{
	if (nemu_netdev_tc_egress_hooked(dev))
		return true;
#ifdef CONFIG_NETFILTER_EGRESS
	if (rcu_access_pointer(dev->nf_hooks_egress))
		return true;
#endif
	return false;
}

/* What the ingress hook noted is not for the way out. */
static inline void nemu_skb_leave_ingress(struct sk_buff *skb)
{
#ifdef NEMU_TC_EGRESS
	skb->tc_at_ingress = 0;
#endif
}

/* A route on the stack, never counted and never freed. */
static inline void nemu_dst_init(struct dst_entry *dst, struct dst_ops *ops)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	dst_init(dst, ops, NULL, DST_OBSOLETE_NONE, DST_NOCOUNT);
#else
	dst_init(dst, ops, NULL, 1, DST_OBSOLETE_NONE, DST_NOCOUNT);
#endif /* < 6.4: with a reference count */
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline __be16 nemu_vlan_protocol(struct sk_buff *skb, int *depth)
{
	return __vlan_get_protocol(skb, skb->protocol, depth);
}
#else
static inline __be16 nemu_vlan_protocol(struct sk_buff *skb, int *depth)
{
	return vlan_get_protocol_and_depth(skb, skb->protocol, depth);
}
#endif /* < 6.4 */

/* Where the UDP sockets of a namespace are. */
static inline struct udp_table *nemu_udp_table(struct net *net)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	return net->ipv4.udp_table;
#else
	return &udp_table;
#endif /* < 6.2: one table for all */
}

/*
 * Counters of a device whose frames leave by a UDP tunnel. From 6.8 on the core
 * makes them after ndo_init and frees them; who counts there wants to be told so.
 */
static inline int nemu_tstats_alloc(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	return 0;
#else
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
#endif /* < 6.8: each device its own */
}

static inline void nemu_tstats_free(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	free_percpu(dev->tstats);
	dev->tstats = NULL;
#endif /* < 6.8: each device its own */
}

/*
 * Who sends by the socket may have interrupted any task: neither may it sleep for
 * memory, nor use what the task has begun to use.
 */
static inline void nemu_sock_send_anywhere(struct sock *sk)
{
	sk->sk_allocation = GFP_ATOMIC;
#ifdef NEMU_HAVE_TASK_FRAG
	sk->sk_use_task_frag = false;
#endif /* < 6.2, but not in later 6.1.y: the kind of allocation says so */
}

/* What the socket sends to a multicast group reaches this host's members. */
static inline void nemu_inet_set_mc_loop(struct sock *sk)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	inet_set_bit(MC_LOOP, sk);
#else
	inet_sk(sk)->mc_loop = 1;
#endif /* < 6.6: a bit field */
}

/* NL_SET_ERR_MSG() for a message chosen at run time; it must stay for ever. */
static inline void nemu_extack_msg(struct netlink_ext_ack *extack,
				   const char *msg)
{
	if (extack)
		extack->_msg = msg;
}

/* To join a multicast group needs CAP_NET_ADMIN over the namespace. */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define NEMU_MCAST_CAP_NET_ADMIN	GENL_MCAST_CAP_NET_ADMIN
#else
#define NEMU_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif /* 6.7 and some 6.1.y: flags of their own */

/* The attributes of a generic netlink dump. */
static inline struct nlattr **nemu_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif /* < 6.6 */
}

/*
 * ndo_fdb_del_bulk got the bare message instead of its parsed parts in 6.10.
 * NEMU_FDB_BULK_FUNCTION() is the head of such a function, whatever its
 * arguments; nemu_fdb_bulk_parse(bulk, NEMU_FDB_BULK_MESSAGE, ...) reads them.
 */
struct nemu_fdb_bulk {
	const struct ndmsg *ndm;
	struct nlattr *tb[NDA_MAX + 1];
};

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define NEMU_FDB_BULK_FUNCTION(name)					\
	int name(struct ndmsg *ndm, struct nlattr *tb[],		\
		 struct net_device *dev, u16 vid,			\
		 struct netlink_ext_ack *extack)
#define NEMU_FDB_BULK_MESSAGE	ndm, tb

static inline int nemu_fdb_bulk_parse(struct nemu_fdb_bulk *bulk,
				      const struct ndmsg *ndm,
				      struct nlattr *tb[],
				      const struct nla_policy *policy,
				      struct netlink_ext_ack *extack)
{
	bulk->ndm = ndm;
	memcpy(bulk->tb, tb, sizeof(bulk->tb));
	return 0;
}
#else
#define NEMU_FDB_BULK_FUNCTION(name)					\
	int name(struct nlmsghdr *nlh, struct net_device *dev,		\
		 struct netlink_ext_ack *extack)
#define NEMU_FDB_BULK_MESSAGE	nlh

static inline int nemu_fdb_bulk_parse(struct nemu_fdb_bulk *bulk,
				      const struct nlmsghdr *nlh,
				      const struct nla_policy *policy,
				      struct netlink_ext_ack *extack)
{
	bulk->ndm = nlmsg_data(nlh);
	return nlmsg_parse(nlh, sizeof(struct ndmsg), bulk->tb, NDA_MAX,
			   policy, extack);
}
#endif /* < 6.10 */

/* One more event on an eventfd. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define nemu_eventfd_signal(ctx)	eventfd_signal(ctx)
#else
#define nemu_eventfd_signal(ctx)	eventfd_signal(ctx, 1)
#endif /* < 6.8: with a count */

/* In vfio_device_ops.release: frees what holds the device. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define nemu_vfio_free(vdev)		((void)(vdev))
#else
#define nemu_vfio_free(vdev)		vfio_free_device(vdev)
#endif /* < 6.2: VFIO does not do it itself */

/* Whose pages those are that are mapped of a VFIO device's file. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define nemu_vfio_mapping(vdev)		((vdev)->inode->i_mapping)
#endif /* < 6.10: all devices share one inode */

/*
 * In mmap: the file's pages are those of another inode. The one that it leaves may
 * have been told that somebody maps it writable; the other one is told afterwards
 * that nobody does.
 */
static inline int nemu_vma_set_mapping(struct vm_area_struct *vma,
				       struct address_space *mapping)
{
	struct file *file = vma->vm_file;

	if (file->f_mapping == mapping)
		return 0;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	if (vma->vm_flags & VM_SHARED) {
		int err = mapping_map_writable(mapping);

		if (err)
			return err;
		mapping_unmap_writable(file->f_mapping);
	}
#endif /* < 6.7; from then on until 6.10 it is told after mmap was called */
	file->f_mapping = mapping;
	return 0;
}

static inline void nemu_vma_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif /* < 6.3: a plain member */
}

/* How a device without an IOMMU goes with iommufd. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define NEMU_VFIO_IOMMUFD_OPS						\
	.bind_iommufd	= vfio_iommufd_emulated_bind,			\
	.unbind_iommufd	= vfio_iommufd_emulated_unbind,			\
	.attach_ioas	= vfio_iommufd_emulated_attach_ioas,		\
	.detach_ioas	= vfio_iommufd_emulated_detach_ioas,
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define NEMU_VFIO_IOMMUFD_OPS						\
	.bind_iommufd	= vfio_iommufd_emulated_bind,			\
	.unbind_iommufd	= vfio_iommufd_emulated_unbind,			\
	.attach_ioas	= vfio_iommufd_emulated_attach_ioas,
#else
#define NEMU_VFIO_IOMMUFD_OPS
#endif /* < 6.2: no iommufd */

#endif /* _NEMU_COMPAT_H */

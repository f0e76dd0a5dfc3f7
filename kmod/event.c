// SPDX-License-Identifier: GPL-2.0
/*
 * The way out for notifications. The objects below the netlink room announce
 * what happened to them without knowing the family that carries it: netlink.c
 * lends it between open and close.
 */
#include "event.h"

#include <linux/export.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>

static const struct genl_family __rcu *carrier;

/**
 * nemu_event_open() - let notifications leave through a family
 * @family: registered family; stays valid until nemu_event_close() returns
 */
void nemu_event_open(const struct genl_family *family)
{
	rcu_assign_pointer(carrier, family);
}

/**
 * nemu_event_close() - no notification is under way when this returns
 *
 * Context: process, may sleep.
 */
void nemu_event_close(void)
{
	RCU_INIT_POINTER(carrier, NULL);
	synchronize_rcu();
}

/**
 * nemu_event_wanted() - is anybody listening?
 * @net: namespace
 * @group: multicast group
 *
 * Saves building messages for nobody. Context: any.
 */
bool nemu_event_wanted(struct net *net, enum nemu_event_group group)
{
	const struct genl_family *family;
	bool wanted;

	rcu_read_lock();
	family = rcu_dereference(carrier);
	wanted = family && genl_has_listeners(family, net, group);
	rcu_read_unlock();
	return wanted;
}
EXPORT_SYMBOL_GPL(nemu_event_wanted);

/**
 * nemu_event_put() - begin a notification
 * @skb: empty message
 * @cmd: enum netemu_cmd
 *
 * Return: header for nemu_event_send(), or NULL when there is no family or no
 * room; the caller frees @skb then.
 */
void *nemu_event_put(struct sk_buff *skb, u8 cmd)
{
	const struct genl_family *family;
	void *hdr = NULL;

	rcu_read_lock();
	family = rcu_dereference(carrier);
	if (family)
		hdr = genlmsg_put(skb, 0, 0, family, 0, cmd);
	rcu_read_unlock();
	return hdr;
}
EXPORT_SYMBOL_GPL(nemu_event_put);

/**
 * nemu_event_send() - end a notification and send it
 * @net: namespace of the object
 * @skb: message; consumed
 * @hdr: from nemu_event_put()
 * @group: multicast group
 *
 * Context: any; never sleeps.
 */
void nemu_event_send(struct net *net, struct sk_buff *skb, void *hdr,
		     enum nemu_event_group group)
{
	const struct genl_family *family;

	genlmsg_end(skb, hdr);
	rcu_read_lock();
	family = rcu_dereference(carrier);
	if (family)
		genlmsg_multicast_netns(family, net, skb, 0, group,
					GFP_ATOMIC);
	else
		kfree_skb(skb);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(nemu_event_send);

/**
 * nemu_event_tell() - tell who listens about an object
 * @net: namespace of the object
 * @group: multicast group
 * @cmd: enum netemu_cmd
 * @fill: writes the attributes; 0 or -EMSGSIZE
 * @object: for @fill
 *
 * Context: process, may sleep.
 */
void nemu_event_tell(struct net *net, enum nemu_event_group group, u8 cmd,
		     int (*fill)(struct sk_buff *skb, void *object),
		     void *object)
{
	struct sk_buff *skb;
	void *hdr;

	if (!nemu_event_wanted(net, group))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	hdr = nemu_event_put(skb, cmd);
	if (hdr && !fill(skb, object))
		nemu_event_send(net, skb, hdr, group);
	else
		nlmsg_free(skb);
}
EXPORT_SYMBOL_GPL(nemu_event_tell);

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_EVENT_H
#define _NEMU_EVENT_H

#include <linux/types.h>

struct genl_family;
struct net;
struct sk_buff;

/* Multicast groups of the family, in the order of its mcgrps[]. */
enum nemu_event_group {
	NEMU_GROUP_CONFIG,
	NEMU_GROUP_EVENT,
	NEMU_GROUP_LEASE,
	NEMU_GROUP_FORWARD,
};

void nemu_event_open(const struct genl_family *family);
void nemu_event_close(void);
bool nemu_event_wanted(struct net *net, enum nemu_event_group group);
void *nemu_event_put(struct sk_buff *skb, u8 cmd);
void nemu_event_send(struct net *net, struct sk_buff *skb, void *hdr,
		     enum nemu_event_group group);

void nemu_event_tell(struct net *net, enum nemu_event_group group, u8 cmd,
		     int (*fill)(struct sk_buff *skb, void *object),
		     void *object);

#endif /* _NEMU_EVENT_H */

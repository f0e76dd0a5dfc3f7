/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How another module of netemu answers commands of the generic netlink family,
 * which netemu.ko carries: it registers what it answers, and is loaded and kept
 * in place while it does.
 */
#ifndef _NEMU_PART_H
#define _NEMU_PART_H

#include <linux/netlink.h>
#include <linux/types.h>

struct genl_info;
struct module;
struct sk_buff;

/**
 * struct nemu_part_op - one command
 * @cmd: enum netemu_cmd
 * @doit: a single request; its attributes were checked, none is given twice
 * @start: begins a dump, optional
 * @dumpit: goes on with a dump; nemu_part_cursor() is its own
 *
 * Nothing is locked when they are called.
 */
struct nemu_part_op {
	u8 cmd;
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*start)(struct netlink_callback *cb);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
};

/**
 * struct nemu_part - the commands of a module
 * @owner: the module
 * @ops: what it answers
 * @n_ops: how many
 */
struct nemu_part {
	struct module *owner;
	const struct nemu_part_op *ops;
	unsigned int n_ops;
};

/* Where a dump goes on; zero at its beginning. */
struct nemu_part_cursor {
	unsigned long at[3];
};

/* What a dump under way holds of its module. */
struct nemu_part_dump {
	const struct nemu_part *part;
	const struct nemu_part_op *op;
	struct nemu_part_cursor cursor;
};

static inline struct nemu_part_cursor *
nemu_part_cursor(struct netlink_callback *cb)
{
	return &((struct nemu_part_dump *)cb->ctx)->cursor;
}

int nemu_part_register(const struct nemu_part *part);
void nemu_part_unregister(const struct nemu_part *part);
void *nemu_part_put(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		    u8 cmd);

/* netlink_answer.c: for the commands of netemu.ko itself, too */
int nemu_answer(struct genl_info *info,
		int (*fill)(struct sk_buff *reply, struct genl_info *info));
int nemu_make(struct genl_info *info,
	      int (*make)(struct sk_buff *reply, struct genl_info *info));
int nemu_apply(struct genl_info *info, int (*change)(struct genl_info *info));

#endif /* _NEMU_PART_H */

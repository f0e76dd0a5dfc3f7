// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of the family that another module answers. It may come and go at any
 * time; a command loads it, and holds it until it is answered.
 */
#include "netlink.h"
#include "netlink_priv.h"
#include "part.h"

#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netemu.h>
#include <net/genetlink.h>

#define GATEWAY_MODULE	"netemu_gw"

static_assert(sizeof(struct nemu_part_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

/* The one other module that answers commands; @lock. */
static const struct nemu_part *gateway;
static DEFINE_MUTEX(lock);

/**
 * nemu_part_register() - answer commands from now on
 * @part: stays valid until nemu_part_unregister()
 *
 * Return: 0, or -EBUSY when somebody else does already.
 */
int nemu_part_register(const struct nemu_part *part)
{
	int err = -EBUSY;

	mutex_lock(&lock);
	if (!gateway) {
		gateway = part;
		err = 0;
	}
	mutex_unlock(&lock);
	return err;
}
EXPORT_SYMBOL_GPL(nemu_part_register);

/**
 * nemu_part_unregister() - answer no more
 * @part: registered one
 *
 * Commands under way hold the module: none is left when its exit is called.
 */
void nemu_part_unregister(const struct nemu_part *part)
{
	mutex_lock(&lock);
	if (gateway == part)
		gateway = NULL;
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(nemu_part_unregister);

/**
 * nemu_part_put() - begin a reply
 * @skb: message
 * @portid: of who asked
 * @seq: of the request
 * @flags: NLM_F_*
 * @cmd: enum netemu_cmd
 *
 * Return: header for genlmsg_end() or genlmsg_cancel(), NULL without room.
 */
void *nemu_part_put(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		    u8 cmd)
{
	return genlmsg_put(skb, portid, seq, &nemu_genl_family, flags, cmd);
}
EXPORT_SYMBOL_GPL(nemu_part_put);

static const struct nemu_part *part_try(void)
{
	const struct nemu_part *part;

	mutex_lock(&lock);
	part = gateway;
	if (part && !try_module_get(part->owner))
		part = NULL;
	mutex_unlock(&lock);
	return part;
}

/* Who only looks does not load the module: without it nothing is to be seen. */
static bool looks(u8 cmd)
{
	return cmd == NETEMU_CMD_NETWORK_GET || cmd == NETEMU_CMD_FORWARD_GET ||
	       cmd == NETEMU_CMD_LEASE_GET;
}

/* Holds the module that answers; NULL, with the reason, when there is none. */
static const struct nemu_part *part_get(u8 cmd, struct netlink_ext_ack *extack)
{
	const struct nemu_part *part = part_try();

	if (!part && looks(cmd)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: nothing is there: module " GATEWAY_MODULE " is not loaded");
		return NULL;
	}
	if (!part) {
		request_module(GATEWAY_MODULE);
		part = part_try();
	}
	if (!part)
		NL_SET_ERR_MSG(extack,
			       "netemu: module " GATEWAY_MODULE " can't be loaded (has the kernel nf_nat?)");
	return part;
}

static const struct nemu_part_op *find_op(const struct nemu_part *part, u8 cmd)
{
	unsigned int i;

	for (i = 0; i < part->n_ops; i++)
		if (part->ops[i].cmd == cmd)
			return &part->ops[i];
	return NULL;
}

/**
 * nemu_part_doit() - a request for the other module
 * @skb: message
 * @info: its parts
 */
int nemu_part_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nemu_part_op *op;
	const struct nemu_part *part;
	int err;

	err = nemu_check_message(info);
	if (err)
		return err;
	part = part_get(info->genlhdr->cmd, info->extack);
	if (!part)
		return -EOPNOTSUPP;
	op = find_op(part, info->genlhdr->cmd);
	err = op && op->doit ? op->doit(skb, info) : -EOPNOTSUPP;
	module_put(part->owner);
	return err;
}

/**
 * nemu_part_start() - a dump for the other module begins
 * @cb: the dump
 */
int nemu_part_start(struct netlink_callback *cb)
{
	struct nemu_part_dump *dump = (void *)cb->ctx;
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	const struct nemu_part *part;
	int err;

	err = nemu_check_dump(cb);
	if (err)
		return err;
	memset(dump, 0, sizeof(*dump));
	part = part_get(hdr->cmd, cb->extack);
	if (!part)
		return 0;
	dump->part = part;
	dump->op = find_op(part, hdr->cmd);
	err = -EOPNOTSUPP;
	if (dump->op && dump->op->dumpit)
		err = dump->op->start ? dump->op->start(cb) : 0;
	if (err)
		module_put(part->owner);
	return err;
}

/**
 * nemu_part_dumpit() - a dump of the other module goes on
 * @skb: message
 * @cb: the dump
 */
int nemu_part_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nemu_part_dump *dump = (void *)cb->ctx;

	return dump->op ? dump->op->dumpit(skb, cb) : 0;
}

/**
 * nemu_part_done() - a dump of the other module ends
 * @cb: the dump
 */
int nemu_part_done(struct netlink_callback *cb)
{
	struct nemu_part_dump *dump = (void *)cb->ctx;

	if (dump->part)
		module_put(dump->part->owner);
	return 0;
}

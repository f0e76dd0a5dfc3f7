// SPDX-License-Identifier: GPL-2.0
/* How requests are answered: by one message, by an echo, or by a number. */
#include "part.h"

#include <linux/export.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

/**
 * nemu_answer() - answer a request by one message
 * @info: the request
 * @fill: writes the message, with RTNL held
 *
 * Return: 0 or what @fill returned.
 */
int nemu_answer(struct genl_info *info,
		int (*fill)(struct sk_buff *reply, struct genl_info *info))
{
	struct sk_buff *reply;
	int err;

	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	rtnl_lock();
	err = fill(reply, info);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}
EXPORT_SYMBOL_GPL(nemu_answer);

/**
 * nemu_make() - carry out a request that makes something
 * @info: the request
 * @make: does it, with RTNL held; and writes what came of it to @reply, unless
 *	that is NULL
 *
 * Who wants to know what was made asks by %NLM_F_ECHO. It is there then: an echo
 * that can't be written or does not arrive is no failure.
 *
 * Return: 0 or what @make returned.
 */
int nemu_make(struct genl_info *info,
	      int (*make)(struct sk_buff *reply, struct genl_info *info))
{
	struct sk_buff *reply = NULL;
	int err;

	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO) {
		reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
		if (!reply)
			return -ENOMEM;
	}
	rtnl_lock();
	err = make(reply, info);
	rtnl_unlock();
	if (!err && reply && reply->len)
		genlmsg_reply(reply, info);
	else
		nlmsg_free(reply);
	return err;
}
EXPORT_SYMBOL_GPL(nemu_make);

/**
 * nemu_apply() - carry out a request that changes something
 * @info: the request
 * @change: does it, with RTNL held
 *
 * Return: what @change returned.
 */
int nemu_apply(struct genl_info *info, int (*change)(struct genl_info *info))
{
	int err;

	rtnl_lock();
	err = change(info);
	rtnl_unlock();
	return err;
}
EXPORT_SYMBOL_GPL(nemu_apply);

// SPDX-License-Identifier: GPL-2.0
/* Refuses what the policies let through and nobody means. */
#include "netlink_priv.h"
#include "compat.h"

#include <linux/netemu.h>
#include <net/genetlink.h>

/*
 * netlink takes the last of several attributes of a type. Nobody means that:
 * refuse it, in the message itself and in its nests of options.
 */
static int refuse_duplicates(const struct nlattr *head, int len,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		int type = nla_type(attr);

		if (type < 64 && seen & BIT_ULL(type)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "netemu: attribute given twice");
			return -EINVAL;
		}
		if (type < 64)
			seen |= BIT_ULL(type);
	}
	return 0;
}

/**
 * nemu_check_message() - refuse what the policy lets through and nobody means
 * @info: the request
 *
 * Return: 0 or -EINVAL.
 */
int nemu_check_message(struct genl_info *info)
{
	static const u16 nests[] = {
		NETEMU_A_SWITCH, NETEMU_A_PORT, NETEMU_A_NETWORK,
		NETEMU_A_GATEWAY, NETEMU_A_FORWARD, NETEMU_A_LEASE,
	};
	const struct nlattr *nest;
	int err, i;

	err = refuse_duplicates(genlmsg_data(info->genlhdr),
				genlmsg_len(info->genlhdr), info->extack);
	for (i = 0; !err && i < ARRAY_SIZE(nests); i++) {
		nest = info->attrs[nests[i]];
		if (nest)
			err = refuse_duplicates(nla_data(nest), nla_len(nest),
						info->extack);
	}
	return err;
}

/**
 * nemu_check_dump() - the same for the request of a dump
 * @cb: the dump
 */
int nemu_check_dump(struct netlink_callback *cb)
{
	return refuse_duplicates(nlmsg_attrdata(cb->nlh, GENL_HDRLEN),
				 nlmsg_attrlen(cb->nlh, GENL_HDRLEN),
				 cb->extack);
}

/**
 * nemu_refuse_attr() - one policy serves do and dump of a command: refuse what
 * is not meant
 * @attr: the attribute, or NULL
 * @message: why
 * @extack: for the answer
 *
 * Return: 0 without the attribute, else -EINVAL.
 */
int nemu_refuse_attr(const struct nlattr *attr, const char *message,
		     struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	NL_SET_BAD_ATTR(extack, attr);
	nemu_extack_msg(extack, message);
	return -EINVAL;
}

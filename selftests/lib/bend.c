// SPDX-License-Identifier: GPL-2.0
#include "bend.h"

#define LIST_MAX	20

const struct opt *opts_with(const struct opt *opts, const struct opt *bent)
{
	static struct opt list[LIST_MAX];
	int i, n = 0;

	for (; opts->type; opts++)
		list[n++] = *opts;
	for (; bent->type; bent++) {
		for (i = 0; i < n && list[i].type != bent->type; i++)
			;
		list[i] = *bent;
		n += i == n;
	}
	list[n] = (struct opt){ 0 };
	return list;
}

const struct opt *opts_without(const struct opt *opts, int which)
{
	static struct opt list[LIST_MAX];
	int i, n = 0;

	for (i = 0; opts[i].type; i++)
		if (i != which)
			list[n++] = opts[i];
	list[n] = (struct opt){ 0 };
	return list;
}

const struct opt *opts_twice(const struct opt *opts, int which)
{
	static struct opt list[LIST_MAX];
	int i;

	for (i = 0; opts[i].type; i++)
		list[i] = opts[i];
	list[i] = opts[which];
	list[i + 1] = (struct opt){ 0 };
	return list;
}

static int add_up(const struct nlmsghdr *nlh, void *data)
{
	const uint8_t *p = mnl_nlmsg_get_payload(nlh);
	size_t i, len = mnl_nlmsg_get_payload_len(nlh);
	uint64_t *hash = data;

	for (i = 0; i < len; i++)
		*hash = (*hash ^ p[i]) * 0x100000001b3ULL;
	return 1;
}

uint64_t gateway_rules(struct nl *probe)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	if (nl_talk(probe, nl_genl(probe, NETEMU_CMD_FORWARD_GET, NLM_F_DUMP),
		    add_up, &hash) ||
	    nl_talk(probe, nl_genl(probe, NETEMU_CMD_LEASE_GET, NLM_F_DUMP),
		    add_up, &hash))
		return 0;
	return hash;
}

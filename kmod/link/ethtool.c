// SPDX-License-Identifier: GPL-2.0
/* ethtool -i and -S of a link's device. */
#include "link.h"

#include <linux/ethtool.h>
#include <linux/module.h>

#define DROP_NAME(sym, name, text)	[NETEMU_LINK_DROP_##sym] = "drop_" name,
static const char drop_names[__NETEMU_LINK_DROP_MAX][ETH_GSTRING_LEN] = {
	NETEMU_LINK_DROP_REASONS(DROP_NAME)
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, NETEMU_KIND_LINK, sizeof(info->driver));
	strscpy(info->version, THIS_MODULE->version ?: "",
		sizeof(info->version));
}

#define OTHERS	2	/* before the drops */

static int get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? OTHERS + NETEMU_LINK_DROP_MAX :
				      -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	int i;

	if (sset != ETH_SS_STATS)
		return;
	ethtool_sprintf(&data, "echoes");
	ethtool_sprintf(&data, "fragmented");
	for (i = 1; i < __NETEMU_LINK_DROP_MAX; i++)
		ethtool_sprintf(&data, "%s", drop_names[i]);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct nemu_link_sum sum;

	nemu_link_sum(netdev_priv(dev), &sum);
	data[0] = sum.echoes;
	data[1] = sum.fragmented;
	memcpy(data + OTHERS, sum.drops + 1,
	       NETEMU_LINK_DROP_MAX * sizeof(*data));
}

const struct ethtool_ops nemu_link_ethtool_ops = {
	.get_drvinfo		= get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= get_sset_count,
	.get_strings		= get_strings,
	.get_ethtool_stats	= get_ethtool_stats,
};

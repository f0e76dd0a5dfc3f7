// SPDX-License-Identifier: GPL-2.0
/* ethtool -i and -S of the gateway's device. */
#include "gateway.h"

#include <linux/ethtool.h>
#include <linux/module.h>

#define DROP_NAME(sym, name, text)	[NETEMU_GW_DROP_##sym] = "drop_" name,
static const char drop_names[__NETEMU_GW_DROP_MAX][ETH_GSTRING_LEN] = {
	NETEMU_GW_DROP_REASONS(DROP_NAME)
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, NETEMU_KIND_GATEWAY, sizeof(info->driver));
	strscpy(info->version, THIS_MODULE->version ?: "",
		sizeof(info->version));
}

#define FAST_COUNT	2	/* before the drops */

static int get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? FAST_COUNT + NETEMU_GW_DROP_MAX :
				      -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	int i;

	if (sset != ETH_SS_STATS)
		return;
	ethtool_sprintf(&data, "fast_out");
	ethtool_sprintf(&data, "fast_in");
	for (i = 1; i < __NETEMU_GW_DROP_MAX; i++)
		ethtool_sprintf(&data, "%s", drop_names[i]);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct nemu_gw *gw = netdev_priv(dev);
	u64 drops[__NETEMU_GW_DROP_MAX];
	int cpu;

	data[0] = 0;
	data[1] = 0;
	for_each_possible_cpu(cpu) {
		const struct nemu_gw_stats *s = per_cpu_ptr(gw->stats, cpu);

		data[0] += READ_ONCE(s->fast_out);
		data[1] += READ_ONCE(s->fast_in);
	}
	nemu_gw_sum(gw, drops);
	memcpy(data + FAST_COUNT, drops + 1, NETEMU_GW_DROP_MAX * sizeof(*data));
}

const struct ethtool_ops nemu_gw_ethtool_ops = {
	.get_drvinfo		= get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= get_sset_count,
	.get_strings		= get_strings,
	.get_ethtool_stats	= get_ethtool_stats,
};

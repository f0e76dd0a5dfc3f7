// SPDX-License-Identifier: GPL-2.0
/* ethtool -i and -S of the switch device. */
#include "switch.h"
#include "../drop.h"

#include <linux/ethtool.h>
#include <linux/module.h>

static const char counter_names[][ETH_GSTRING_LEN] = {
	"ports", "fdb_learned", "fdb_static", "moves", "learn_refused",
	"events_lost", "bindings",
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, NETEMU_KIND_SWITCH, sizeof(info->driver));
	strscpy(info->version, THIS_MODULE->version ?: "",
		sizeof(info->version));
}

static int get_sset_count(struct net_device *dev, int sset)
{
	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(counter_names) + NETEMU_DROP_MAX;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	int i;

	if (sset != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(counter_names); i++)
		ethtool_sprintf(&data, "%s", counter_names[i]);
	for (i = 1; i < __NETEMU_DROP_MAX; i++)
		ethtool_sprintf(&data, "%s", nemu_drop_names[i]);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct nemu_switch *sw = netdev_priv(dev);
	struct nemu_stats_sum sum;
	int i;

	nemu_switch_sum(sw, &sum);
	*data++ = sw->n_ports;
	*data++ = READ_ONCE(sw->fdb.learned);
	*data++ = READ_ONCE(sw->fdb.fixed);
	*data++ = READ_ONCE(sw->moves);
	*data++ = sum.learn_refused;
	*data++ = atomic64_read(&sw->events_lost);
	*data++ = nemu_bindings_count(sw);
	for (i = 1; i < __NETEMU_DROP_MAX; i++)
		*data++ = sum.drops[i];
}

const struct ethtool_ops nemu_switch_ethtool_ops = {
	.get_drvinfo		= get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= get_sset_count,
	.get_strings		= get_strings,
	.get_ethtool_stats	= get_ethtool_stats,
};

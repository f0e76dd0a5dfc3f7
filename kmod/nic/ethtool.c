// SPDX-License-Identifier: GPL-2.0
/* What ethtool shows of a card: the host's counters, the model's registers. */
#include "card.h"

#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/netemu.h>

#define COUNTER_NAME(symbol, name)	[NEMU_NIC_##symbol] = name,
static const char counter_names[NEMU_NIC_COUNTER_MAX][ETH_GSTRING_LEN] = {
	NEMU_NIC_COUNTERS(COUNTER_NAME)
};

static struct nemu_card *card_of(struct net_device *dev)
{
	struct nemu_nic *nic = netdev_priv(dev);

	return nic->card;
}

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	const struct nemu_card *card = card_of(dev);

	strscpy(info->driver, NETEMU_KIND_NIC, sizeof(info->driver));
	strscpy(info->version, THIS_MODULE->version ?: "",
		sizeof(info->version));
	strscpy(info->fw_version, card->model->name, sizeof(info->fw_version));
}

static int get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? nemu_nic_counters(card_of(dev)) : -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	const struct nemu_card *card = card_of(dev);
	unsigned int i;

	if (sset != ETH_SS_STATS)
		return;
	memcpy(data, counter_names, sizeof(counter_names));
	data += sizeof(counter_names);
	for (i = NEMU_NIC_COUNTER_MAX; i < nemu_nic_counters(card); i++)
		ethtool_sprintf(&data, "trapped_%s",
				card->model->traps[i - NEMU_NIC_COUNTER_MAX]);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	nemu_nic_sum(card_of(dev), data);
}

static int get_regs_len(struct net_device *dev)
{
	return card_of(dev)->model->regs_words * sizeof(u32);
}

static void get_regs(struct net_device *dev, struct ethtool_regs *regs,
		     void *data)
{
	struct nemu_card *card = card_of(dev);

	regs->version = 0;
	/*
	 * The worker may wait for a page of the virtual machine as long as its
	 * owner likes, and RTNL does not wait for that.
	 */
	if (!mutex_trylock(&card->ring)) {
		memset(data, 0, get_regs_len(dev));
		return;
	}
	card->model->regs(card, data);
	mutex_unlock(&card->ring);
}

static void get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			  struct kernel_ethtool_ringparam *kernel_ring,
			  struct netlink_ext_ack *extack)
{
	struct nemu_card *card = card_of(dev);
	struct nemu_rings rings = { };

	card->model->rings(card, &rings);
	ring->rx_pending = rings.rx_size;
	ring->rx_max_pending = rings.rx_max;
	ring->tx_pending = rings.tx_size;
	ring->tx_max_pending = rings.tx_max;
}

const struct ethtool_ops nemu_nic_ethtool_ops = {
	.get_drvinfo		= get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= get_sset_count,
	.get_strings		= get_strings,
	.get_ethtool_stats	= get_ethtool_stats,
	.get_regs_len		= get_regs_len,
	.get_regs		= get_regs,
	.get_ringparam		= get_ringparam,
};

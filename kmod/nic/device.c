// SPDX-License-Identifier: GPL-2.0
/*
 * The card as a net device of kind "netemu_nic": the host's end of the cable. What
 * is sent out of it the guest receives, and the reverse. It is born and dies with
 * the mediated device, and with nothing else.
 */
#include "card.h"
#include "../compat.h"

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netemu.h>
#include <net/addrconf.h>
#include <net/rtnetlink.h>

#define NEMU_NIC_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST |	\
				 NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |	\
				 NETIF_F_GSO_SOFTWARE)

static unsigned int count_traps(const struct nemu_card *card)
{
	unsigned int n = 0;

	while (card->model->traps && card->model->traps[n])
		n++;
	return n;
}

/**
 * nemu_nic_counters() - how many counters has it?
 * @card: card
 *
 * Return: the core's, %NEMU_NIC_COUNTER_MAX, and the model's of exits.
 */
unsigned int nemu_nic_counters(const struct nemu_card *card)
{
	return NEMU_NIC_COUNTER_MAX + count_traps(card);
}

/**
 * nemu_nic_sum() - add up what the CPUs counted
 * @card: card
 * @sum: result, nemu_nic_counters() numbers
 */
void nemu_nic_sum(const struct nemu_card *card, u64 *sum)
{
	unsigned int traps = count_traps(card), i;
	int cpu;

	memset(sum, 0, (NEMU_NIC_COUNTER_MAX + traps) * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct nemu_nic_stats *s = per_cpu_ptr(card->stats, cpu);

		for (i = 0; i < NEMU_NIC_COUNTER_MAX; i++)
			sum[i] += READ_ONCE(s->count[i]);
		for (i = 0; i < traps; i++)
			sum[NEMU_NIC_COUNTER_MAX + i] += READ_ONCE(s->trapped[i]);
	}
}

/**
 * nemu_nic_set_carrier() - tell the host whether the cable has two ends
 * @card: card; its life is held
 */
void nemu_nic_set_carrier(struct nemu_card *card)
{
	lockdep_assert_held(&card->life);
	if (card->open && card->link)
		netif_carrier_on(card->dev);
	else
		netif_carrier_off(card->dev);
}

static int nic_init(struct net_device *dev)
{
	netdev_lockdep_set_classes(dev);
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static void nic_free(struct net_device *dev)
{
	free_percpu(dev->tstats);
}

static int nic_open(struct net_device *dev)
{
	struct nemu_nic *nic = netdev_priv(dev);
	struct inet6_dev *idev = __in6_dev_get(dev);

	/* The host does not speak on this device. */
	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	netif_start_queue(dev);
	nemu_worker_wake(nic->card, NEMU_WAKE_LINK);
	return 0;
}

static int nic_stop(struct net_device *dev)
{
	struct nemu_nic *nic = netdev_priv(dev);

	netif_stop_queue(dev);
	nemu_worker_wake(nic->card, NEMU_WAKE_LINK);
	return 0;
}

static const struct net_device_ops nic_ops = {
	.ndo_init		= nic_init,
	.ndo_open		= nic_open,
	.ndo_stop		= nic_stop,
	.ndo_start_xmit		= nemu_nic_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_features_check	= passthru_features_check,
};

static const struct device_type nic_type = {
	.name = NETEMU_KIND_NIC,
};

static void nic_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &nic_ops;
	dev->ethtool_ops = &nemu_nic_ethtool_ops;
	dev->rtnl_link_ops = &nemu_nic_link_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = nic_free;
	SET_NETDEV_DEVTYPE(dev, &nic_type);
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->features = NEMU_NIC_FEATURES;
	dev->hw_features = NEMU_NIC_FEATURES;
	nemu_netdev_set_lltx(dev);
}

/*
 * The host's end has an address of its own, or a Linux bridge would take the
 * guest's for one of its own; and a high one, or the bridge would take it for
 * itself.
 */
static void set_address(struct net_device *dev, const u8 *mac)
{
	u8 addr[ETH_ALEN];

	ether_addr_copy(addr, mac);
	addr[0] = 0xfe;
	eth_hw_addr_set(dev, addr);
}

/*
 * Registers a device for @card; RTNL is held. It has no parent: with one it would
 * pass for a card of the host, behind which there are other people's networks.
 */
static struct net_device *add(struct nemu_card *card, const char *name,
			      unsigned char name_type)
{
	struct net_device *dev;
	struct nemu_nic *nic;
	int err;

	dev = alloc_netdev(sizeof(*nic), name, name_type, nic_setup);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	nic = netdev_priv(dev);
	nic->card = card;
	dev->max_mtu = card->model->max_frame - VLAN_ETH_HLEN;
	set_address(dev, card->mac);
	netif_carrier_off(dev);
	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		return ERR_PTR(err);
	}
	return dev;
}

/**
 * nemu_nic_register() - make the net device of a card
 * @card: card
 *
 * Return: 0 or an error.
 */
int nemu_nic_register(struct nemu_card *card)
{
	struct net_device *dev;

	rtnl_lock();
	dev = add(card, "nemunic%d", NET_NAME_ENUM);
	if (!IS_ERR(dev))
		card->dev = dev;
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(dev);
}

/**
 * nemu_nic_unregister() - take the net device away
 * @card: card, closed
 */
void nemu_nic_unregister(struct nemu_card *card)
{
	unregister_netdev(card->dev);
}

/**
 * nemu_nic_rename() - give the net device another name
 * @card: card; RTNL and its life are held
 * @name: the name
 *
 * The kernel offers modules no other way than another device. So it is done
 * only while nobody has plugged anything in: before the first use.
 *
 * Return: 0; -EBUSY; or another error.
 */
int nemu_nic_rename(struct nemu_card *card, const char *name)
{
	struct net_device *old = card->dev, *dev;

	ASSERT_RTNL();
	lockdep_assert_held(&card->life);
	if (!dev_valid_name(name))
		return -EINVAL;
	if (!strcmp(old->name, name))
		return 0;
	if (card->open || old->flags & IFF_UP ||
	    netdev_master_upper_dev_get(old) || dev_net(old) != &init_net)
		return -EBUSY;
	if (netdev_name_in_use(&init_net, name))
		return -EEXIST;
	dev = add(card, name, NET_NAME_USER);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	card->dev = dev;
	unregister_netdevice(old);
	return 0;
}

/* Asked before anything is made, or changed in a way that names the kind. */
static int nic_validate(struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "netemu: a NIC is made by \"netemu-ctl nic add\", or as a mediated device of type netemu-MODEL");
	return -EOPNOTSUPP;
}

/* No setup and no dellink: it is neither made nor deleted from here. */
struct rtnl_link_ops nemu_nic_link_ops = {
	.kind		= NETEMU_KIND_NIC,
	.validate	= nic_validate,
	.netns_refund	= true,
};

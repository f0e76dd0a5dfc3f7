// SPDX-License-Identifier: GPL-2.0
/*
 * Networks: a switch and its gateway, made in one go and removed together,
 * whichever way the switch goes.
 */
#include "network.h"
#include "gateway.h"
#include "../door.h"
#include "../link_add.h"

#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/netns/generic.h>

#define GATEWAY_SUFFIX	"-gw"

/**
 * struct nemu_network_net - the networks of a namespace; RTNL
 * @networks: of struct nemu_network
 * @dying: their switch is gone: the gateway has to follow
 * @work: removes what is dying; the notifier that sees a switch go must not
 */
struct nemu_network_net {
	struct list_head networks;
	struct list_head dying;
	struct work_struct work;
};

static unsigned int network_net_id;

/**
 * nemu_network_list() - all networks of a namespace
 * @net: namespace
 */
struct list_head *nemu_network_list(struct net *net)
{
	struct nemu_network_net *nn = net_generic(net, network_net_id);

	ASSERT_RTNL();
	return &nn->networks;
}

/**
 * nemu_network_find() - the network of a name
 * @net: namespace
 * @name: of its switch
 *
 * Return: the network or NULL.
 */
struct nemu_network *nemu_network_find(struct net *net, const char *name)
{
	struct nemu_network *network;

	list_for_each_entry(network, nemu_network_list(net), list)
		if (!strcmp(network->sw->name, name))
			return network;
	return NULL;
}

static int check_name(struct net *net, const char *name, const char *gw_name,
		      bool with_gw, struct netlink_ext_ack *extack)
{
	if (strlen(name) > NETEMU_NETWORK_NAME_MAX) {
		NL_SET_ERR_MSG(extack,
			       "netemu: the name of a network has at most "
			       __stringify(NETEMU_NETWORK_NAME_MAX) " characters");
		return -EINVAL;
	}
	if (!dev_valid_name(name) || strchr(name, '%')) {
		NL_SET_ERR_MSG(extack,
			       "netemu: not a name that a device can have");
		return -EINVAL;
	}
	if (netdev_name_in_use(net, name)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a device of this name exists already");
		return -EEXIST;
	}
	if (with_gw && netdev_name_in_use(net, gw_name)) {
		NL_SET_ERR_MSG(extack,
			       "netemu: a device with the name of the gateway, NAME" GATEWAY_SUFFIX ", exists already");
		return -EEXIST;
	}
	return 0;
}

static struct net_device *add_gateway(struct net *net, const char *name,
				      struct net_device *sw,
				      const struct nlattr *options,
				      struct netlink_ext_ack *extack)
{
	struct nlattr *data[NETEMU_GW_A_MAX + 1] = { };
	struct net_device *gw;
	int err;

	if (options) {
		err = nla_parse_nested(data, NETEMU_GW_A_MAX, options,
				       nemu_gw_policy, extack);
		if (err)
			return ERR_PTR(err);
	}
	gw = nemu_link_add(net, name, &nemu_gw_link_ops, data, extack);
	if (IS_ERR(gw))
		return gw;
	err = nemu_door_port_add(sw, gw, extack);
	if (!err)
		err = dev_open(gw, extack);
	if (err) {
		unregister_netdevice(gw);
		return ERR_PTR(err);
	}
	return gw;
}

static int add_devices(struct nemu_network *network, struct net *net,
		       const struct nemu_network_wish *wish,
		       const char *gw_name, struct netlink_ext_ack *extack)
{
	int err;

	network->sw = nemu_door_switch_add(net, wish->name, wish->sw, extack);
	if (IS_ERR(network->sw))
		return PTR_ERR(network->sw);
	if (wish->mode == NETEMU_NETWORK_NAT) {
		nemu_door_guard_ports(network->sw, wish->sw);
		network->gw = add_gateway(net, gw_name, network->sw, wish->gw,
					  extack);
		if (IS_ERR(network->gw)) {
			err = PTR_ERR(network->gw);
			goto err_switch;
		}
	}
	err = dev_open(network->sw, extack);
	if (err)
		goto err_gateway;
	return 0;

err_gateway:
	if (network->gw)
		unregister_netdevice(network->gw);
err_switch:
	nemu_door_switch_del(network->sw, NULL);
	return err;
}

/**
 * nemu_network_add() - make a network, all of it or nothing
 * @net: where
 * @wish: what it is to be
 * @extack: what is wrong
 *
 * Return: the network or an error.
 */
struct nemu_network *nemu_network_add(struct net *net,
				      const struct nemu_network_wish *wish,
				      struct netlink_ext_ack *extack)
{
	struct nemu_network *network;
	char gw_name[IFNAMSIZ];
	int err;

	scnprintf(gw_name, sizeof(gw_name), "%s" GATEWAY_SUFFIX, wish->name);
	err = check_name(net, wish->name, gw_name,
			 wish->mode == NETEMU_NETWORK_NAT, extack);
	if (err)
		return ERR_PTR(err);
	network = kzalloc(sizeof(*network), GFP_KERNEL_ACCOUNT);
	if (!network)
		return ERR_PTR(-ENOMEM);
	network->mode = wish->mode;
	err = add_devices(network, net, wish, gw_name, extack);
	if (err) {
		kfree(network);
		return ERR_PTR(err);
	}
	list_add_tail(&network->list, nemu_network_list(net));
	nemu_network_notify(network, NETEMU_CMD_NETWORK_NTF);
	return network;
}

/**
 * nemu_network_del() - remove a network
 * @network: with all that belongs to it; its ports stay, as devices of their own
 */
void nemu_network_del(struct nemu_network *network)
{
	LIST_HEAD(kill);

	ASSERT_RTNL();
	nemu_network_notify(network, NETEMU_CMD_NETWORK_DEL_NTF);
	/* From now on the notifier does not know it. */
	list_del(&network->list);
	if (network->gw)
		unregister_netdevice_queue(network->gw, &kill);
	nemu_door_switch_del(network->sw, &kill);
	unregister_netdevice_many(&kill);
	kfree(network);
}

static void remove_dying(struct work_struct *work)
{
	struct nemu_network_net *nn =
		container_of(work, struct nemu_network_net, work);
	struct nemu_network *network, *next;

	rtnl_lock();
	list_for_each_entry_safe(network, next, &nn->dying, list) {
		list_del(&network->list);
		if (network->gw)
			unregister_netdevice(network->gw);
		kfree(network);
	}
	rtnl_unlock();
}

static void forget_gateway(struct list_head *list, const struct net_device *dev)
{
	struct nemu_network *network;

	list_for_each_entry(network, list, list)
		if (network->gw == dev)
			network->gw = NULL;
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nemu_network_net *nn = net_generic(dev_net(dev), network_net_id);
	struct nemu_network *network, *next;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	forget_gateway(&nn->networks, dev);
	forget_gateway(&nn->dying, dev);
	list_for_each_entry_safe(network, next, &nn->networks, list) {
		if (network->sw != dev)
			continue;
		nemu_network_notify(network, NETEMU_CMD_NETWORK_DEL_NTF);
		network->sw = NULL;
		list_move(&network->list, &nn->dying);
		schedule_work(&nn->work);
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

static int __net_init network_net_init(struct net *net)
{
	struct nemu_network_net *nn = net_generic(net, network_net_id);

	INIT_LIST_HEAD(&nn->networks);
	INIT_LIST_HEAD(&nn->dying);
	INIT_WORK(&nn->work, remove_dying);
	return 0;
}

static void free_networks(struct list_head *list)
{
	struct nemu_network *network, *next;

	list_for_each_entry_safe(network, next, list, list)
		kfree(network);
}

/* The devices went before, and with them what is listed. */
static void __net_exit network_net_exit(struct net *net)
{
	struct nemu_network_net *nn = net_generic(net, network_net_id);

	cancel_work_sync(&nn->work);
	free_networks(&nn->networks);
	free_networks(&nn->dying);
}

static struct pernet_operations network_net_ops = {
	.init	= network_net_init,
	.exit	= network_net_exit,
	.id	= &network_net_id,
	.size	= sizeof(struct nemu_network_net),
};

int nemu_network_init(void)
{
	int err;

	err = register_pernet_subsys(&network_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		unregister_pernet_subsys(&network_net_ops);
	return err;
}

/* No gateway is left: the switches stay as they are. */
void nemu_network_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_subsys(&network_net_ops);
}

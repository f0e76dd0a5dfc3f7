// SPDX-License-Identifier: GPL-2.0
/*
 * Networks: a switch and its gateway, made in one go and removed together,
 * whichever way the switch goes; and with them what they changed on the host.
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
 * @forwarding: of the host, that we turned on
 */
struct nemu_network_net {
	struct list_head networks;
	struct list_head dying;
	struct work_struct work;
	struct nemu_host_forwarding forwarding;
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
 * nemu_network_forwarding() - what the networks of a namespace did to forwarding
 * @net: namespace
 */
struct nemu_host_forwarding *nemu_network_forwarding(struct net *net)
{
	struct nemu_network_net *nn = net_generic(net, network_net_id);

	return &nn->forwarding;
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

/**
 * nemu_network_find_index() - the network of a switch
 * @net: namespace
 * @ifindex: of the switch
 *
 * Return: the network or NULL.
 */
struct nemu_network *nemu_network_find_index(struct net *net, int ifindex)
{
	struct nemu_network *network;

	list_for_each_entry(network, nemu_network_list(net), list)
		if (network->sw->ifindex == ifindex)
			return network;
	return NULL;
}

static bool has_gateway(u8 mode)
{
	return mode != NETEMU_NETWORK_ISOLATED &&
	       mode != NETEMU_NETWORK_BRIDGED;
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

static u8 role_of(u8 mode)
{
	switch (mode) {
	case NETEMU_NETWORK_ROUTED:
		return NETEMU_GW_ROLE_ROUTED;
	case NETEMU_NETWORK_HOST_ONLY:
		return NETEMU_GW_ROLE_HOST_ONLY;
	default:
		return NETEMU_GW_ROLE_NAT;
	}
}

static struct net_device *add_gateway(struct net *net, const char *name,
				      struct net_device *sw,
				      const struct nemu_network_wish *wish,
				      struct netlink_ext_ack *extack)
{
	struct {
		struct nlattr attr;
		u8 value[NLA_ALIGNTO];
	} role = {
		.attr.nla_len = nla_attr_size(sizeof(u8)),
		.attr.nla_type = NETEMU_GW_A_ROLE,
		.value = { role_of(wish->mode) },
	};
	struct nlattr *data[NETEMU_GW_A_MAX + 1] = { };
	struct net_device *gw;
	int err;

	if (wish->gw) {
		err = nla_parse_nested(data, NETEMU_GW_A_MAX, wish->gw,
				       nemu_gw_policy, extack);
		if (err)
			return ERR_PTR(err);
	}
	data[NETEMU_GW_A_ROLE] = &role.attr;
	gw = nemu_link_add(net, name, &nemu_gw_link_ops, data, extack);
	if (IS_ERR(gw))
		return gw;
	err = nemu_door_port_add(sw, gw, false, extack);
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

	network->sw = nemu_door_switch_add(net, wish->name, wish->sw,
					   nemu_network_has_host(wish->mode),
					   extack);
	if (IS_ERR(network->sw))
		return PTR_ERR(network->sw);
	if (has_gateway(wish->mode)) {
		nemu_door_guard_ports(network->sw, wish->sw);
		network->gw = add_gateway(net, gw_name, network->sw, wish,
					  extack);
		if (IS_ERR(network->gw)) {
			err = PTR_ERR(network->gw);
			goto err_switch;
		}
	}
	err = nemu_network_prepare_host(network, extack);
	if (!err && wish->mode == NETEMU_NETWORK_BRIDGED)
		err = nemu_network_add_uplink(network, wish, extack);
	if (!err)
		err = dev_open(network->sw, extack);
	if (err)
		goto err_gateway;
	return 0;

err_gateway:
	nemu_network_leave_host(network, net);
	if (network->gw)
		unregister_netdevice(network->gw);
err_switch:
	nemu_door_switch_del(network->sw, NULL);
	return err;
}

/* Removes the devices of a network that is in no list, and frees it. */
static void destroy(struct nemu_network *network)
{
	struct net *net = dev_net(network->sw);
	LIST_HEAD(kill);

	if (network->gw)
		unregister_netdevice_queue(network->gw, &kill);
	nemu_door_switch_del(network->sw, &kill);
	unregister_netdevice_many(&kill);
	nemu_network_leave_host(network, net);
	kfree_rcu(network, rcu);
}

/**
 * nemu_network_add() - make a network, all of it or nothing
 * @net: where
 * @wish: what it is to be
 * @extack: what is wrong
 *
 * Context: process, RTNL held; it may be let go and taken again.
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
	err = check_name(net, wish->name, gw_name, has_gateway(wish->mode),
			 extack);
	if (!err)
		err = nemu_network_check_forwarding(net, wish, extack);
	if (err)
		return ERR_PTR(err);
	network = kzalloc(sizeof(*network), GFP_KERNEL_ACCOUNT);
	if (!network)
		return ERR_PTR(-ENOMEM);
	network->mode = wish->mode;
	err = add_devices(network, net, wish, gw_name, extack);
	if (err) {
		kfree_rcu(network, rcu);
		return ERR_PTR(err);
	}
	list_add_tail(&network->list, nemu_network_list(net));
	if (nemu_network_has_host(network->mode))
		err = nemu_network_join_host(network, net, wish, extack);
	if (!err) {
		nemu_network_notify(network, NETEMU_CMD_NETWORK_NTF);
		return network;
	}
	if (err != -ENODEV) {
		list_del(&network->list);
		destroy(network);
	}
	return ERR_PTR(err);
}

/**
 * nemu_network_del() - remove a network
 * @network: with all that belongs to it; its ports stay, as devices of their own
 */
void nemu_network_del(struct nemu_network *network)
{
	ASSERT_RTNL();
	nemu_network_notify(network, NETEMU_CMD_NETWORK_DEL_NTF);
	/* From now on the notifier does not know it. */
	list_del(&network->list);
	destroy(network);
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
		kfree_rcu(network, rcu);
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

/* Whichever way a port goes, it leaves its switch. */
static void forget_uplink(struct list_head *list, const struct net_device *dev,
			  const struct netdev_notifier_changeupper_info *info)
{
	struct nemu_network *network;

	if (info->linking)
		return;
	list_for_each_entry(network, list, list)
		if (network->uplink == dev && network->sw == info->upper_dev)
			network->uplink = NULL;
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nemu_network_net *nn = net_generic(dev_net(dev), network_net_id);
	struct nemu_network *network, *next;

	if (event == NETDEV_CHANGEUPPER)
		forget_uplink(&nn->networks, dev, ptr);
	/* A notifier that is removed itself is told that all goes: it does not. */
	if (event != NETDEV_UNREGISTER || dev->reg_state == NETREG_REGISTERED)
		return NOTIFY_DONE;
	forget_gateway(&nn->networks, dev);
	forget_gateway(&nn->dying, dev);
	list_for_each_entry_safe(network, next, &nn->networks, list) {
		if (network->sw != dev)
			continue;
		nemu_network_notify(network, NETEMU_CMD_NETWORK_DEL_NTF);
		network->sw = NULL;
		list_move(&network->list, &nn->dying);
		nemu_network_leave_host(network, dev_net(dev));
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

/*
 * When the namespace ends, the devices went before, and with them what is
 * listed. When the module does, the gateways went, and a switch without one is
 * still a switch; but what keeps guests and host apart goes with the module, so
 * a network that has the host in it goes now.
 */
static void __net_exit network_net_exit(struct net *net)
{
	struct nemu_network_net *nn = net_generic(net, network_net_id);
	struct nemu_network *network, *next;

	cancel_work_sync(&nn->work);
	rtnl_lock();
	list_splice_init(&nn->dying, &nn->networks);
	list_for_each_entry_safe(network, next, &nn->networks, list) {
		list_del(&network->list);
		if (network->sw)
			nemu_network_notify(network,
					    NETEMU_CMD_NETWORK_DEL_NTF);
		if (network->sw && nemu_network_has_host(network->mode))
			destroy(network);
		else
			kfree_rcu(network, rcu);
	}
	rtnl_unlock();
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

/* No gateway is left. */
void nemu_network_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_subsys(&network_net_ops);
}

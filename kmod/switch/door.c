// SPDX-License-Identifier: GPL-2.0
/* The door of the switch for the other modules of netemu: see door.h. */
#include "switch.h"
#include "../door.h"
#include "../link_add.h"

/**
 * nemu_door_switch_add() - make a switch as RTM_NEWLINK does
 * @net: where
 * @name: of its device
 * @options: nest of %NETEMU_SWITCH_A_*, or NULL
 * @host_port: has the host a port, if the options don't say?
 * @extack: what is wrong
 *
 * Return: the device, which is down, or an error.
 */
struct net_device *nemu_door_switch_add(struct net *net, const char *name,
					const struct nlattr *options,
					bool host_port,
					struct netlink_ext_ack *extack)
{
	struct {
		struct nlattr attr;
		u8 value[NLA_ALIGNTO];
	} host = {
		.attr.nla_len = nla_attr_size(sizeof(u8)),
		.attr.nla_type = NETEMU_SWITCH_A_HOST_PORT,
		.value = { host_port },
	};
	struct nlattr *data[NETEMU_SWITCH_A_MAX + 1] = { };
	int err;

	if (options) {
		err = nla_parse_nested(data, NETEMU_SWITCH_A_MAX, options,
				       nemu_switch_policy, extack);
		if (err)
			return ERR_PTR(err);
	}
	if (!data[NETEMU_SWITCH_A_HOST_PORT])
		data[NETEMU_SWITCH_A_HOST_PORT] = &host.attr;
	return nemu_link_add(net, name, &nemu_switch_link_ops, data, extack);
}
EXPORT_SYMBOL_GPL(nemu_door_switch_add);

/**
 * nemu_door_switch_del() - remove a switch as RTM_DELLINK does
 * @sw_dev: device of a switch
 * @head: for unregister_netdevice_many(); NULL removes it at once
 */
void nemu_door_switch_del(struct net_device *sw_dev, struct list_head *head)
{
	nemu_switch_link_ops.dellink(sw_dev, head);
}
EXPORT_SYMBOL_GPL(nemu_door_switch_del);

/**
 * nemu_door_guard_ports() - guard the ports that a new switch will have
 * @sw_dev: device of a switch
 * @options: nest of %NETEMU_SWITCH_A_* that it was made with, or NULL: what they
 *	say of the guard stays
 */
void nemu_door_guard_ports(struct net_device *sw_dev,
			   const struct nlattr *options)
{
	struct nemu_switch *sw = netdev_priv(sw_dev);
	const struct nlattr *ports;

	ports = options ? nla_find_nested(options,
					  NETEMU_SWITCH_A_PORT_DEFAULTS) : NULL;
	if (!ports || !nla_find_nested(ports, NETEMU_PORT_A_GUARD))
		sw->opts.port.flags |= NEMU_PORT_GUARD;
}
EXPORT_SYMBOL_GPL(nemu_door_guard_ports);

/**
 * nemu_door_port_add() - make a device a port
 * @sw_dev: device of a switch
 * @dev: the port to be
 * @shared: does the host keep it?
 * @extack: what is wrong
 *
 * Return: 0 or -errno; then nothing changed.
 */
int nemu_door_port_add(struct net_device *sw_dev, struct net_device *dev,
		       bool shared, struct netlink_ext_ack *extack)
{
	struct nemu_switch *sw = netdev_priv(sw_dev);
	struct nemu_port_opts opts = sw->opts.port;

	if (shared)
		opts.flags |= NEMU_PORT_SHARED;
	return nemu_port_attach(sw, dev, &opts, extack);
}
EXPORT_SYMBOL_GPL(nemu_door_port_add);

/**
 * nemu_door_port_like() - make a device a port as another one is
 * @model: any device
 * @dev: the port to be, of the same switch and with the same options
 *
 * Return: 0 or -errno; -EOPNOTSUPP if @model is no port of a switch of ours.
 */
int nemu_door_port_like(const struct net_device *model, struct net_device *dev)
{
	struct nemu_port *port = nemu_port_get_rtnl(model);
	struct nemu_port_opts opts;

	if (!port)
		return -EOPNOTSUPP;
	nemu_port_opts_get(&opts, port);
	return nemu_port_attach(port->sw, dev, &opts, NULL);
}

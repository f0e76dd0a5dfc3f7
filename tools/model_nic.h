/* SPDX-License-Identifier: GPL-2.0 */
/* Emulated cards. */
#ifndef NETEMU_CTL_MODEL_NIC_H
#define NETEMU_CTL_MODEL_NIC_H

#include "model.h"

#define UUID_TEXT_SIZE	37
#define COMMAND_SIZE	16	/* as the kernel shortens names of processes */

#define STATE_SIZE	16
#define COUNTER_SIZE	33	/* a name of ethtool's */

struct nic_model {
	char name[KIND_SIZE];
	char description[ALIAS_SIZE];
	char pci[STATE_SIZE];		/* vendor:device */
	char interrupts[STATE_SIZE];	/* intx, msi, msix */
	char features[ALIAS_SIZE];	/* words */
	uint32_t speed;			/* Mb/s */
	uint32_t available;	/* so many more can be made */
};

struct nic_model_list {
	struct nic_model *v;
	size_t n, room;
};

struct nic_counter {
	char name[COUNTER_SIZE];
	uint64_t value;
};

struct nic_counter_list {
	struct nic_counter *v;
	size_t n, room;
};

struct nic_info {
	char name[NAME_SIZE];	/* of its net device */
	char uuid[UUID_TEXT_SIZE];
	char model[KIND_SIZE];
	uint8_t addr[MAC_LEN];	/* of the guest's card */
	bool cable;		/* plugged in */
	uint32_t autoneg_ms;
	bool trap;		/* no doorbells without exits */
	uint32_t group;		/* /dev/vfio/GROUP */
	uint32_t owner;		/* of that */
	uint32_t owner_group;
	char state[STATE_SIZE];	/* closed, open, running */
	int opener;		/* process that has it open, 0 = none */
	char opener_name[COMMAND_SIZE];
	/* Of the net device, if asked for and it is in this namespace. */
	bool has_stats;
	struct link_stats stats;
	struct nic_counter_list counters;
};

struct nic_list {
	struct nic_info *v;
	size_t n, room;
};

struct nic_spec {
	bool has_addr;
	bool has_cable;
	bool has_autoneg;
	bool has_trap;
	bool has_owner;
	bool has_group;
	bool cable;
	bool trap;
	uint32_t autoneg_ms;
	char model[KIND_SIZE];
	char uuid[UUID_TEXT_SIZE];
	uint8_t addr[MAC_LEN];
	uint32_t owner;		/* of the device file */
	uint32_t group;
};

#endif /* NETEMU_CTL_MODEL_NIC_H */

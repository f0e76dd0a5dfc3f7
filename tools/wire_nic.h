/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Emulated cards, by sysfs: a mediated device can be made nowhere else. As with
 * the rest of the wire, a call that fails has changed nothing.
 */
#ifndef NETEMU_CTL_WIRE_NIC_H
#define NETEMU_CTL_WIRE_NIC_H

#include "model_nic.h"
#include "wire.h"

/* Loads the module; says what is missing where that does not do. */
int wire_nic_load(struct wire *w);
int wire_nic_models(struct wire *w, struct nic_model_list *list);
int wire_nic_list(struct wire *w, struct nic_list *list);
/* The card whose net device is @name. */
int wire_nic_get(struct wire *w, const char *name, struct nic_info *nic);
/* Of the net device @name, which is in this namespace. */
int wire_nic_counters(struct wire *w, const char *name,
		      struct nic_counter_list *list);
/* Makes one whose net device is @name; spec->uuid is set. */
int wire_nic_new(struct wire *w, const char *name, const struct nic_spec *spec);
int wire_nic_set(struct wire *w, const struct nic_info *nic,
		 const struct nic_spec *spec);
/* While a program has the card open it is asked for it, for so many seconds. */
int wire_nic_del(struct wire *w, const struct nic_info *nic,
		 unsigned int seconds);

#endif /* NETEMU_CTL_WIRE_NIC_H */

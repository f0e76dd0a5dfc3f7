/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NETEMU_CTL_PRINT_NIC_H
#define NETEMU_CTL_PRINT_NIC_H

#include "model_nic.h"
#include "print.h"

void print_nics(const struct format *f, const struct nic_list *list);
void print_nic_models(const struct format *f, const struct nic_model_list *list);

#endif /* NETEMU_CTL_PRINT_NIC_H */

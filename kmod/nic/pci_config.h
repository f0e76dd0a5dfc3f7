/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_NIC_PCI_CONFIG_H
#define _NEMU_NIC_PCI_CONFIG_H

#include "model.h"

#define NEMU_PCI_CONFIG_SIZE	256

/**
 * struct nemu_pci_config - configuration space of a card
 * @bytes: what it holds
 * @writable: bits a write stores
 * @clear: bits that a written 1 clears
 * @msi: where the capability for MSI is, 0 = there is none
 * @msix: the same for MSI-X
 *
 * Writers are serialised by the caller; the command register may be read at any
 * time.
 */
struct nemu_pci_config {
	u8 bytes[NEMU_PCI_CONFIG_SIZE];
	u8 writable[NEMU_PCI_CONFIG_SIZE];
	u8 clear[NEMU_PCI_CONFIG_SIZE];
	u8 msi;
	u8 msix;
};

/**
 * struct nemu_pci_live - what configuration space shows and does not hold
 * @intx: the interrupt line is asserted
 * @msi_pending: vectors of MSI that are due and masked
 */
struct nemu_pci_live {
	bool intx;
	u32 msi_pending;
};

void nemu_pci_config_init(struct nemu_pci_config *config,
			  const struct nemu_pci *pci);
void nemu_pci_config_reset(struct nemu_pci_config *config);
int nemu_pci_config_read(const struct nemu_pci_config *config, u64 offset,
			 u8 *to, size_t len, const struct nemu_pci_live *live);
int nemu_pci_config_write(struct nemu_pci_config *config, u64 offset,
			  const u8 *from, size_t len);
bool nemu_pci_decodes(const struct nemu_pci_config *config,
		      enum nemu_bar_kind kind);
bool nemu_pci_is_master(const struct nemu_pci_config *config);
bool nemu_pci_intx_enabled(const struct nemu_pci_config *config);

/* pci_caps.c */
void nemu_pci_caps_init(struct nemu_pci_config *config, const struct nemu_pci *pci);
void nemu_pci_msi_enable(struct nemu_pci_config *config, bool on);
void nemu_pci_msix_enable(struct nemu_pci_config *config, bool on);
u32 nemu_pci_msi_mask(const struct nemu_pci_config *config);
void nemu_pci_msi_set_mask(struct nemu_pci_config *config, u32 mask);
bool nemu_pci_msix_masked(const struct nemu_pci_config *config);

#endif /* _NEMU_NIC_PCI_CONFIG_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The capabilities of configuration space that a card may have: MSI and MSI-X.
 * Whether one of them is on says VFIO, not the guest's write: as with a card of the
 * host's, user space routes the messages, and switches the capability on with that.
 * Pure: bytes in, bytes out.
 */
#include "pci_config.h"

#include <linux/pci_regs.h>

/* Where they are, as much apart as the longest form takes */
#define MSI_AT		0x50
#define MSIX_AT		0x70

static void put16(u8 *at, u16 value)
{
	WRITE_ONCE(at[0], value);
	WRITE_ONCE(at[1], value >> 8);
}

static void put32(u8 *at, u32 value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static unsigned int log2_of(unsigned int n)
{
	unsigned int log = 0;

	while (n >> (log + 1))
		log++;
	return log;
}

/* 64-bit addresses, masks for each vector. */
static void init_msi(struct nemu_pci_config *config, unsigned int vectors)
{
	u8 *at = config->bytes + MSI_AT, *writable = config->writable + MSI_AT;

	at[PCI_CAP_LIST_ID] = PCI_CAP_ID_MSI;
	put16(at + PCI_MSI_FLAGS, PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT |
				  log2_of(vectors) << 1);
	put16(writable + PCI_MSI_FLAGS, PCI_MSI_FLAGS_QSIZE);
	put32(writable + PCI_MSI_ADDRESS_LO, 0xfffffffc);
	put32(writable + PCI_MSI_ADDRESS_HI, 0xffffffff);
	put16(writable + PCI_MSI_DATA_64, 0xffff);
	put32(writable + PCI_MSI_MASK_64, U32_MAX >> (32 - vectors));
	config->msi = MSI_AT;
}

static void init_msix(struct nemu_pci_config *config, const struct nemu_msix *msix)
{
	u8 *at = config->bytes + MSIX_AT, *writable = config->writable + MSIX_AT;

	at[PCI_CAP_LIST_ID] = PCI_CAP_ID_MSIX;
	put16(at + PCI_MSIX_FLAGS, msix->vectors - 1);
	put16(writable + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_MASKALL);
	put32(at + PCI_MSIX_TABLE, msix->table | msix->bar);
	put32(at + PCI_MSIX_PBA, msix->pba | msix->bar);
	config->msix = MSIX_AT;
}

/**
 * nemu_pci_caps_init() - add the capabilities to a configuration space
 * @config: the rest of it
 * @pci: what it is to say
 */
void nemu_pci_caps_init(struct nemu_pci_config *config,
			const struct nemu_pci *pci)
{
	u8 *next = config->bytes + PCI_CAPABILITY_LIST;

	if (pci->msi) {
		init_msi(config, pci->msi);
		*next = MSI_AT;
		next = config->bytes + MSI_AT + PCI_CAP_LIST_NEXT;
	}
	if (pci->msix.vectors) {
		init_msix(config, &pci->msix);
		*next = MSIX_AT;
	}
	if (pci->msi || pci->msix.vectors)
		config->bytes[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
}

static void set_flag(u8 *at, u16 flag, bool on)
{
	u16 old = at[0] | at[1] << 8;

	put16(at, on ? old | flag : old & ~flag);
}

/**
 * nemu_pci_msi_enable() - MSI was switched on or off
 * @config: configuration space, with MSI
 * @on: which
 */
void nemu_pci_msi_enable(struct nemu_pci_config *config, bool on)
{
	set_flag(config->bytes + config->msi + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE, on);
}

/**
 * nemu_pci_msix_enable() - MSI-X was switched on or off
 * @config: configuration space, with MSI-X
 * @on: which
 */
void nemu_pci_msix_enable(struct nemu_pci_config *config, bool on)
{
	set_flag(config->bytes + config->msix + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, on);
}

/**
 * nemu_pci_msi_mask() - which vectors of MSI are masked?
 * @config: configuration space, with MSI
 *
 * Return: a bit for each.
 */
u32 nemu_pci_msi_mask(const struct nemu_pci_config *config)
{
	const u8 *at = config->bytes + config->msi + PCI_MSI_MASK_64;

	return at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24;
}

/**
 * nemu_pci_msi_set_mask() - mask vectors of MSI, and no others
 * @config: configuration space, with MSI
 * @mask: a bit for each
 */
void nemu_pci_msi_set_mask(struct nemu_pci_config *config, u32 mask)
{
	put32(config->bytes + config->msi + PCI_MSI_MASK_64, mask);
}

/**
 * nemu_pci_msix_masked() - are all vectors of MSI-X masked at once?
 * @config: configuration space, with MSI-X
 *
 * Return: as the capability says.
 */
bool nemu_pci_msix_masked(const struct nemu_pci_config *config)
{
	u8 high = config->bytes[config->msix + PCI_MSIX_FLAGS + 1];

	return high & (PCI_MSIX_FLAGS_MASKALL >> 8);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration space as tables: what is there, what a write changes, what a
 * written 1 clears. A base address register that keeps only the bits above its
 * size tells the size by itself. Pure: bytes in, bytes out.
 */
#include "pci_config.h"

#include <linux/pci_regs.h>

#define COMMAND_WRITABLE	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY |	\
				 PCI_COMMAND_MASTER | PCI_COMMAND_SERR | \
				 PCI_COMMAND_INTX_DISABLE)
#define STATUS_CLEAR		(PCI_STATUS_PARITY |			\
				 PCI_STATUS_SIG_TARGET_ABORT |		\
				 PCI_STATUS_REC_TARGET_ABORT |		\
				 PCI_STATUS_REC_MASTER_ABORT |		\
				 PCI_STATUS_SIG_SYSTEM_ERROR |		\
				 PCI_STATUS_DETECTED_PARITY)

static void put16(u8 *at, u16 value)
{
	at[0] = value;
	at[1] = value >> 8;
}

static void put32(u8 *at, u32 value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static u16 command(const struct nemu_pci_config *config)
{
	const u8 *at = config->bytes + PCI_COMMAND;

	return READ_ONCE(at[0]) | READ_ONCE(at[1]) << 8;
}

static void init_bar(struct nemu_pci_config *config, unsigned int index,
		     const struct nemu_bar *bar)
{
	unsigned int at = PCI_BASE_ADDRESS_0 + 4 * index;
	u64 mask = ~(bar->size - 1);

	switch (bar->kind) {
	case NEMU_BAR_NONE:
		break;
	case NEMU_BAR_MEM32:
		put32(config->writable + at, mask & PCI_BASE_ADDRESS_MEM_MASK);
		break;
	case NEMU_BAR_MEM64:
		config->bytes[at] = PCI_BASE_ADDRESS_MEM_TYPE_64;
		put32(config->writable + at, mask & PCI_BASE_ADDRESS_MEM_MASK);
		put32(config->writable + at + 4, mask >> 32);
		break;
	case NEMU_BAR_IO:
		config->bytes[at] = PCI_BASE_ADDRESS_SPACE_IO;
		put32(config->writable + at, mask & PCI_BASE_ADDRESS_IO_MASK);
		break;
	}
}

/**
 * nemu_pci_config_init() - fill in a configuration space
 * @config: result, as after power-on
 * @pci: what it is to say
 */
void nemu_pci_config_init(struct nemu_pci_config *config,
			  const struct nemu_pci *pci)
{
	u8 *bytes = config->bytes, *writable = config->writable;
	unsigned int i;

	memset(config, 0, sizeof(*config));
	put16(bytes + PCI_VENDOR_ID, pci->vendor);
	put16(bytes + PCI_DEVICE_ID, pci->device);
	bytes[PCI_CLASS_REVISION] = pci->revision;
	bytes[PCI_CLASS_PROG] = pci->class;
	put16(bytes + PCI_CLASS_DEVICE, pci->class >> 8);
	put16(bytes + PCI_SUBSYSTEM_VENDOR_ID, pci->subsystem_vendor);
	put16(bytes + PCI_SUBSYSTEM_ID, pci->subsystem);
	bytes[PCI_INTERRUPT_PIN] = 1;

	put16(writable + PCI_COMMAND, COMMAND_WRITABLE);
	put16(config->clear + PCI_STATUS, STATUS_CLEAR);
	writable[PCI_CACHE_LINE_SIZE] = 0xff;
	writable[PCI_INTERRUPT_LINE] = 0xff;
	for (i = 0; i < NEMU_BARS; i++)
		init_bar(config, i, &pci->bar[i]);
	nemu_pci_caps_init(config, pci);
}

/**
 * nemu_pci_config_reset() - back to the state after power-on
 * @config: configuration space
 *
 * All that can be written is 0 then.
 */
void nemu_pci_config_reset(struct nemu_pci_config *config)
{
	unsigned int i;

	for (i = 0; i < NEMU_PCI_CONFIG_SIZE; i++) {
		u8 *byte = &config->bytes[i];

		WRITE_ONCE(*byte, *byte & ~config->writable[i] &
				  ~config->clear[i]);
	}
}

/* Adds @value, a word at @at, to what was read from @offset on. */
static void show(u8 *to, u64 offset, size_t len, unsigned int at, u32 value)
{
	unsigned int i;

	for (i = 0; i < sizeof(value); i++)
		if (at + i >= offset && at + i - offset < len)
			to[at + i - offset] |= value >> 8 * i;
}

/**
 * nemu_pci_config_read() - read configuration space
 * @config: configuration space
 * @offset: first byte
 * @to: result
 * @len: how many
 * @live: what is kept elsewhere
 *
 * Return: 0, or -EINVAL outside of it.
 */
int nemu_pci_config_read(const struct nemu_pci_config *config, u64 offset,
			 u8 *to, size_t len, const struct nemu_pci_live *live)
{
	if (offset > NEMU_PCI_CONFIG_SIZE ||
	    len > NEMU_PCI_CONFIG_SIZE - offset)
		return -EINVAL;
	memcpy(to, config->bytes + offset, len);
	if (live->intx)
		show(to, offset, len, PCI_STATUS, PCI_STATUS_INTERRUPT);
	if (config->msi)
		show(to, offset, len, config->msi + PCI_MSI_PENDING_64,
		     live->msi_pending);
	return 0;
}

/**
 * nemu_pci_config_write() - write configuration space
 * @config: configuration space
 * @offset: first byte
 * @from: bytes
 * @len: how many
 *
 * Return: 0, or -EINVAL outside of it: then nothing is written.
 */
int nemu_pci_config_write(struct nemu_pci_config *config, u64 offset,
			  const u8 *from, size_t len)
{
	size_t i;

	if (offset > NEMU_PCI_CONFIG_SIZE ||
	    len > NEMU_PCI_CONFIG_SIZE - offset)
		return -EINVAL;
	for (i = 0; i < len; i++) {
		u8 *byte = &config->bytes[offset + i];
		u8 writable = config->writable[offset + i];
		u8 clear = config->clear[offset + i];

		WRITE_ONCE(*byte, (*byte & ~writable & ~(clear & from[i])) |
				  (from[i] & writable));
	}
	return 0;
}

/**
 * nemu_pci_decodes() - does the card answer to accesses of a kind?
 * @config: configuration space
 * @kind: of the base address register
 *
 * Return: as the command register says.
 */
bool nemu_pci_decodes(const struct nemu_pci_config *config,
		      enum nemu_bar_kind kind)
{
	return command(config) & (kind == NEMU_BAR_IO ? PCI_COMMAND_IO :
							PCI_COMMAND_MEMORY);
}

/**
 * nemu_pci_is_master() - may the card reach memory?
 * @config: configuration space
 *
 * Return: as the command register says.
 */
bool nemu_pci_is_master(const struct nemu_pci_config *config)
{
	return command(config) & PCI_COMMAND_MASTER;
}

/**
 * nemu_pci_intx_enabled() - may the card assert its interrupt line?
 * @config: configuration space
 *
 * Return: as the command register says.
 */
bool nemu_pci_intx_enabled(const struct nemu_pci_config *config)
{
	return !(command(config) & PCI_COMMAND_INTX_DISABLE);
}

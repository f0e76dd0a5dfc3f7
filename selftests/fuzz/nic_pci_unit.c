// SPDX-License-Identifier: GPL-2.0
/* Configuration space: what is there, what a write changes, and its bounds. */
#include "kselftest_harness.h"

#include <stdlib.h>
#include <linux/pci_regs.h>

#include "pci_config.h"

/* A card that has one of each kind of base address register. */
static const struct nemu_pci card = {
	.vendor = 0x1234,
	.device = 0x5678,
	.subsystem_vendor = 0x9abc,
	.subsystem = 0xdef0,
	.class = 0x020001,
	.revision = 7,
	.bar = {
		[0] = { NEMU_BAR_MEM32, 0x20000 },
		[1] = { NEMU_BAR_IO, 64 },
		[2] = { NEMU_BAR_MEM64, 1ULL << 33 },
	},
};

/* And one that has each kind of message. */
static const struct nemu_pci messages = {
	.bar = { [1] = { NEMU_BAR_MEM32, 0x2000 } },
	.msi = 8,
	.msix = { .vectors = 40, .bar = 1, .table = 0x1000, .pba = 0x1800 },
};

static const struct nemu_pci_live nothing, interrupt = { .intx = true };

FIXTURE(pci) {
	struct nemu_pci_config config;
};

FIXTURE_SETUP(pci)
{
	nemu_pci_config_init(&self->config, &card);
}

FIXTURE_TEARDOWN(pci)
{
}

static u32 get(const struct nemu_pci_config *config, u64 offset, size_t len)
{
	u8 bytes[4] = { 0 };

	if (nemu_pci_config_read(config, offset, bytes, len, &nothing))
		return 0xdeadbeef;
	return get_unaligned_le32(bytes);
}

static int put(struct nemu_pci_config *config, u64 offset, size_t len,
	       u32 value)
{
	u8 bytes[4] = { value, value >> 8, value >> 16, value >> 24 };

	return nemu_pci_config_write(config, offset, bytes, len);
}

TEST_F(pci, says_what_the_card_is)
{
	EXPECT_EQ(0x56781234, get(&self->config, PCI_VENDOR_ID, 4));
	EXPECT_EQ(0x02000107, get(&self->config, PCI_CLASS_REVISION, 4));
	EXPECT_EQ(0xdef09abc, get(&self->config, PCI_SUBSYSTEM_VENDOR_ID, 4));
	EXPECT_EQ(1, get(&self->config, PCI_INTERRUPT_PIN, 1));
	EXPECT_EQ(0, get(&self->config, PCI_COMMAND, 4));
}

TEST_F(pci, base_addresses_tell_their_size)
{
	int i;

	for (i = 0; i < 6; i++)
		put(&self->config, PCI_BASE_ADDRESS_0 + 4 * i, 4, 0xffffffff);
	EXPECT_EQ(0xfffe0000, get(&self->config, PCI_BASE_ADDRESS_0, 4));
	EXPECT_EQ(0xffffffc1, get(&self->config, PCI_BASE_ADDRESS_1, 4));
	EXPECT_EQ(0x00000004, get(&self->config, PCI_BASE_ADDRESS_2, 4));
	EXPECT_EQ(0xfffffffe, get(&self->config, PCI_BASE_ADDRESS_3, 4));
	EXPECT_EQ(0, get(&self->config, PCI_BASE_ADDRESS_4, 4));
	EXPECT_EQ(0, get(&self->config, PCI_BASE_ADDRESS_5, 4));
	EXPECT_EQ(0, get(&self->config, PCI_ROM_ADDRESS, 4));
}

TEST_F(pci, nothing_beyond_the_end)
{
	static const u64 offsets[] = {
		256, 257, 0x1000, 0xffffffff, 0x100000000ULL, ~0ULL, ~0ULL - 3,
	};
	u8 bytes[257] = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		EXPECT_EQ(-EINVAL, nemu_pci_config_read(&self->config,
							offsets[i], bytes, 4,
							&interrupt));
		EXPECT_EQ(-EINVAL, nemu_pci_config_write(&self->config,
							 offsets[i], bytes, 4));
	}
	for (i = 1; i <= 4; i++) {
		EXPECT_EQ(-EINVAL, put(&self->config, 257 - i, i, 0));
		EXPECT_EQ(0, put(&self->config, 256 - i, i, 0));
	}
	EXPECT_EQ(0, nemu_pci_config_read(&self->config, 0, bytes, 256,
					  &interrupt));
	EXPECT_EQ(-EINVAL, nemu_pci_config_read(&self->config, 0, bytes, 257,
						&interrupt));
	EXPECT_EQ(0, nemu_pci_config_read(&self->config, 256, bytes, 0,
					  &interrupt));
}

TEST_F(pci, a_refused_write_changes_nothing)
{
	u8 bytes[256];

	memset(bytes, 0xff, sizeof(bytes));
	EXPECT_EQ(-EINVAL, nemu_pci_config_write(&self->config, 1, bytes, 256));
	EXPECT_EQ(0, get(&self->config, PCI_COMMAND, 2));
	EXPECT_EQ(0, get(&self->config, PCI_BASE_ADDRESS_0, 4));
}

TEST_F(pci, errors_are_cleared_by_a_one)
{
	self->config.bytes[PCI_STATUS + 1] = 0xf9;
	put(&self->config, PCI_STATUS, 2, 0);
	EXPECT_EQ(0xf900, get(&self->config, PCI_STATUS, 2));
	put(&self->config, PCI_STATUS, 2, 0x8000);
	EXPECT_EQ(0x7900, get(&self->config, PCI_STATUS, 2));
	put(&self->config, PCI_STATUS, 2, 0xffff);
	EXPECT_EQ(0, get(&self->config, PCI_STATUS, 2));
}

/* The interrupt's bit is where it belongs, however it is read. */
TEST_F(pci, the_interrupt_is_seen)
{
	u8 bytes[256];
	u64 offset;
	size_t len;

	for (offset = 0; offset < 12; offset++)
		for (len = 0; len <= 8; len++) {
			memset(bytes, 0, sizeof(bytes));
			ASSERT_EQ(0, nemu_pci_config_read(&self->config, offset,
							  bytes, len,
							  &interrupt));
			if (offset <= PCI_STATUS && offset + len > PCI_STATUS)
				EXPECT_EQ(PCI_STATUS_INTERRUPT,
					  bytes[PCI_STATUS - offset]);
		}
}

TEST_F(pci, the_command_register_rules)
{
	EXPECT_FALSE(nemu_pci_decodes(&self->config, NEMU_BAR_MEM32));
	EXPECT_FALSE(nemu_pci_decodes(&self->config, NEMU_BAR_IO));
	EXPECT_FALSE(nemu_pci_is_master(&self->config));
	EXPECT_TRUE(nemu_pci_intx_enabled(&self->config));
	put(&self->config, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	EXPECT_TRUE(nemu_pci_decodes(&self->config, NEMU_BAR_MEM32));
	EXPECT_TRUE(nemu_pci_decodes(&self->config, NEMU_BAR_MEM64));
	EXPECT_FALSE(nemu_pci_decodes(&self->config, NEMU_BAR_IO));
	put(&self->config, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MASTER |
	    PCI_COMMAND_INTX_DISABLE);
	EXPECT_FALSE(nemu_pci_decodes(&self->config, NEMU_BAR_MEM32));
	EXPECT_TRUE(nemu_pci_decodes(&self->config, NEMU_BAR_IO));
	EXPECT_TRUE(nemu_pci_is_master(&self->config));
	EXPECT_FALSE(nemu_pci_intx_enabled(&self->config));
}

/* Whatever is written: what can't be stays, and a reset takes the rest back. */
TEST_F(pci, any_writes)
{
	struct nemu_pci_config first = self->config;
	unsigned int round, i;

	srandom(1);
	for (round = 0; round < 100000; round++)
		put(&self->config, random() % 260, 1 + random() % 4, random());
	for (i = 0; i < NEMU_PCI_CONFIG_SIZE; i++)
		EXPECT_EQ(first.bytes[i], self->config.bytes[i] &
					  ~self->config.writable[i]);
	nemu_pci_config_reset(&self->config);
	EXPECT_EQ(0, memcmp(&first, &self->config, sizeof(first)));
}

/* Found by their list, and of what they hold only this can be written. */
TEST_F(pci, capabilities)
{
	struct nemu_pci_config *config = &self->config;
	u32 msi, msix, i;

	EXPECT_EQ(0, get(config, PCI_CAPABILITY_LIST, 1));
	EXPECT_EQ(0, get(config, PCI_STATUS, 2));
	nemu_pci_config_init(config, &messages);
	EXPECT_EQ(PCI_STATUS_CAP_LIST, get(config, PCI_STATUS, 2));
	msi = get(config, PCI_CAPABILITY_LIST, 1);
	EXPECT_EQ(PCI_CAP_ID_MSI, get(config, msi, 1));
	msix = get(config, msi + 1, 1);
	EXPECT_EQ(PCI_CAP_ID_MSIX, get(config, msix, 1));
	EXPECT_EQ(0, get(config, msix + 1, 1));
	for (i = msi; i < 256; i += 4)
		put(config, i, 4, 0xffffffff);
	EXPECT_EQ(0x01f60000, get(config, msi, 4) & 0xffff0000);
	EXPECT_EQ(0xfffffffc, get(config, msi + 4, 4));
	EXPECT_EQ(0xffffffff, get(config, msi + 8, 4));
	EXPECT_EQ(0x0000ffff, get(config, msi + 12, 4));
	EXPECT_EQ(0x000000ff, get(config, msi + 16, 4));
	EXPECT_EQ(0x00000000, get(config, msi + 20, 4));
	EXPECT_EQ(0x4027, get(config, msix + 2, 2));
	EXPECT_EQ(0x1001, get(config, msix + 4, 4));
	EXPECT_EQ(0x1801, get(config, msix + 8, 4));
	EXPECT_EQ(0xff, nemu_pci_msi_mask(config));
	EXPECT_TRUE(nemu_pci_msix_masked(config));
}

/* Whether they are on is not the guest's to say, nor a reset's. */
TEST_F(pci, capabilities_are_switched_on)
{
	struct nemu_pci_live live = { .msi_pending = 0x5a };
	struct nemu_pci_config *config = &self->config;
	u32 msi, msix;
	u8 bytes[4];

	nemu_pci_config_init(config, &messages);
	msi = get(config, PCI_CAPABILITY_LIST, 1);
	msix = get(config, msi + 1, 1);
	put(config, msi + 2, 2, 1);
	put(config, msix + 2, 2, 0x8000);
	EXPECT_EQ(0x0186, get(config, msi + 2, 2));
	EXPECT_EQ(0x0027, get(config, msix + 2, 2));
	nemu_pci_msi_enable(config, true);
	nemu_pci_msix_enable(config, true);
	nemu_pci_msi_set_mask(config, 0x81);
	EXPECT_EQ(0x81, get(config, msi + 16, 4));
	ASSERT_EQ(0, nemu_pci_config_read(config, msi + 20, bytes, 4, &live));
	EXPECT_EQ(0x5a, bytes[0]);
	nemu_pci_config_reset(config);
	EXPECT_EQ(0x0187, get(config, msi + 2, 2));
	EXPECT_EQ(0x8027, get(config, msix + 2, 2));
	EXPECT_EQ(0, nemu_pci_msi_mask(config));
	EXPECT_EQ(PCI_STATUS_CAP_LIST, get(config, PCI_STATUS, 2));
	nemu_pci_msi_enable(config, false);
	nemu_pci_msix_enable(config, false);
	EXPECT_EQ(0x0186, get(config, msi + 2, 2));
	EXPECT_EQ(0x0027, get(config, msix + 2, 2));
}

TEST_HARNESS_MAIN

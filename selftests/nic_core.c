// SPDX-License-Identifier: GPL-2.0
/*
 * What every card has, whatever its model: configuration space, regions and
 * their bounds, reset, who may open it, and what is left when that ends.
 *
 * vm: timeout=300 plain=6.1
 */
#include "test.h"
#include "vfio.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#define CARD	1
#define CONFIG	VFIO_PCI_CONFIG_REGION_INDEX
#define BAR0	VFIO_PCI_BAR0_REGION_INDEX
#define BAR1	VFIO_PCI_BAR1_REGION_INDEX

#define RCTL	0x0100
#define RCTL_EN	0x2
#define RAL	0x5400

FIXTURE(core) {
	struct vfio v;
	bool available;
};

FIXTURE_SETUP(core)
{
	self->available = nic_available();
	if (!self->available)
		return;
	ASSERT_EQ(0, nic_create(CARD));
	ASSERT_EQ(0, nic_set(CARD, "mac", "02:00:00:00:00:01"));
	ASSERT_EQ(0, vfio_open(&self->v, CARD));
}

FIXTURE_TEARDOWN(core)
{
	if (!self->available)
		return;
	vfio_close(&self->v);
	EXPECT_EQ(0, nic_remove(CARD));
}

#define CORE_TEST(name)							\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct vfio *v);				\
	TEST_F_TIMEOUT(core, name, 120)					\
	{								\
		if (!self->available)					\
			SKIP(return, "this kernel has no mediated devices"); \
		run_##name(_metadata, &self->v);			\
	}								\
	static void run_##name(struct __test_metadata *_metadata,	\
			       struct vfio *v)

/* QEMU's e1000 by its configuration space. */
CORE_TEST(identity_is_that_of_qemus_card)
{
	static const struct {
		unsigned int offset, width;
		uint32_t value;
	} rows[] = {
		{ PCI_VENDOR_ID, 2, 0x8086 },
		{ PCI_DEVICE_ID, 2, 0x100e },
		{ PCI_STATUS, 2, 0 },
		{ PCI_REVISION_ID, 1, 3 },
		{ PCI_CLASS_PROG, 1, 0 },
		{ PCI_CLASS_DEVICE, 2, 0x0200 },
		{ PCI_CACHE_LINE_SIZE, 1, 0 },
		{ PCI_LATENCY_TIMER, 1, 0 },
		{ PCI_HEADER_TYPE, 1, 0 },
		{ PCI_SUBSYSTEM_VENDOR_ID, 2, 0x1af4 },
		{ PCI_SUBSYSTEM_ID, 2, 0x1100 },
		{ PCI_ROM_ADDRESS, 4, 0 },
		{ PCI_CAPABILITY_LIST, 1, 0 },
		{ PCI_INTERRUPT_PIN, 1, 1 },
		{ PCI_MIN_GNT, 1, 0 },
		{ PCI_MAX_LAT, 1, 0 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		EXPECT_EQ(rows[i].value,
			  cfg_read(v, rows[i].offset, rows[i].width))
			TH_LOG("at 0x%x", rows[i].offset);
}

CORE_TEST(regions_are_a_card_s)
{
	EXPECT_EQ(0x20000, v->size[BAR0]);
	EXPECT_EQ(64, v->size[BAR1]);
	EXPECT_EQ(0, v->size[VFIO_PCI_BAR2_REGION_INDEX]);
	EXPECT_EQ(0, v->size[VFIO_PCI_ROM_REGION_INDEX]);
	EXPECT_EQ(0, v->size[VFIO_PCI_VGA_REGION_INDEX]);
	EXPECT_EQ(256, v->size[CONFIG]);
}

/* All ones come back as the size. */
CORE_TEST(base_addresses_tell_their_size)
{
	cfg_write(v, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	EXPECT_EQ(0xfffe0000, cfg_read(v, PCI_BASE_ADDRESS_0, 4));
	cfg_write(v, PCI_BASE_ADDRESS_1, 4, 0xffffffff);
	EXPECT_EQ(0xffffffc1, cfg_read(v, PCI_BASE_ADDRESS_1, 4));
	cfg_write(v, PCI_BASE_ADDRESS_2, 4, 0xffffffff);
	EXPECT_EQ(0, cfg_read(v, PCI_BASE_ADDRESS_2, 4));
	cfg_write(v, PCI_BASE_ADDRESS_0, 4, 0xfebc0000);
	EXPECT_EQ(0xfebc0000, cfg_read(v, PCI_BASE_ADDRESS_0, 4));
	/* Byte by byte, too. */
	cfg_write(v, PCI_BASE_ADDRESS_0 + 3, 1, 0xe0);
	EXPECT_EQ(0xe0bc0000, cfg_read(v, PCI_BASE_ADDRESS_0, 4));
}

CORE_TEST(only_some_of_configuration_space_can_be_written)
{
	uint8_t before[256], ones[256], after[256];
	unsigned int i;

	memset(ones, 0xff, sizeof(ones));
	ASSERT_EQ(256, vfio_read(v, CONFIG, 0, before, 256));
	ASSERT_EQ(256, vfio_write(v, CONFIG, 0, ones, 256));
	ASSERT_EQ(256, vfio_read(v, CONFIG, 0, after, 256));
	for (i = 0; i < 256; i++) {
		switch (i) {
		case PCI_COMMAND ... PCI_COMMAND + 1:
		case PCI_CACHE_LINE_SIZE:
		case PCI_BASE_ADDRESS_0 ... PCI_BASE_ADDRESS_2 - 1:
		case PCI_INTERRUPT_LINE:
			break;
		default:
			EXPECT_EQ(before[i], after[i])
				TH_LOG("at 0x%x", i);
		}
	}
	EXPECT_EQ(0x0507, cfg_read(v, PCI_COMMAND, 2));
	EXPECT_EQ(0xff, cfg_read(v, PCI_INTERRUPT_LINE, 1));
}

/* Nothing beyond the end is read or written, however it is asked for. */
CORE_TEST(accesses_out_of_bounds_are_refused)
{
	static const uint64_t beyond[] = { 0, 1, 4, 0x1000, 0xffffffffULL };
	unsigned int region, i;
	uint8_t bytes[8] = { };

	for (region = 0; region < VFIO_PCI_NUM_REGIONS; region++) {
		uint64_t size = v->size[region];

		for (i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
			EXPECT_EQ(-EINVAL, vfio_read(v, region,
						     size + beyond[i],
						     bytes, 1));
			EXPECT_EQ(-EINVAL, vfio_write(v, region,
						      size + beyond[i],
						      bytes, 1));
		}
		if (!size)
			continue;
		EXPECT_EQ(-EINVAL, vfio_read(v, region, size - 1, bytes, 2));
		EXPECT_EQ(-EINVAL, vfio_write(v, region, size - 1, bytes, 2));
		EXPECT_EQ(-EINVAL, vfio_read(v, region, size - 4, bytes, 8));
		EXPECT_EQ(1, vfio_read(v, region, size - 1, bytes, 1));
		EXPECT_EQ(4, vfio_read(v, region, size - 4, bytes, 4));
	}
}

CORE_TEST(regions_that_are_not_there_are_refused)
{
	uint8_t bytes[4];
	uint64_t region;

	for (region = VFIO_PCI_NUM_REGIONS; region < 1 << 20; region *= 3) {
		EXPECT_EQ(-1, pread(v->device, bytes, 4, region << 40));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, pwrite(v->device, bytes, 4, region << 40));
	}
}

CORE_TEST(bytes_of_any_width_are_read)
{
	uint32_t word = cfg_read(v, PCI_VENDOR_ID, 4);
	uint8_t odd[3], all[8];

	EXPECT_EQ(0x100e8086, word);
	ASSERT_EQ(3, vfio_read(v, CONFIG, 1, odd, 3));
	EXPECT_EQ(0x80, odd[0]);
	EXPECT_EQ(0x0e, odd[1]);
	EXPECT_EQ(0x10, odd[2]);
	ASSERT_EQ(8, vfio_read(v, BAR0, RAL, all, 8));
	EXPECT_EQ(0x02, all[0]);
	EXPECT_EQ(0x01, all[5]);
}

/* What the command register switches off is not there. */
CORE_TEST(decoding_can_be_switched_off)
{
	uint32_t address;

	EXPECT_EQ(0x02, reg_read(v, RAL));
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_IO);
	EXPECT_EQ(0xffffffff, reg_read(v, RAL));
	reg_write(v, RAL, 0x12345678);
	address = RAL;
	EXPECT_EQ(4, vfio_write(v, BAR1, 0, &address, 4));
	EXPECT_EQ(4, vfio_read(v, BAR1, 4, &address, 4));
	EXPECT_EQ(0x02, address);
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	EXPECT_EQ(0x02, reg_read(v, RAL));
	EXPECT_EQ(4, vfio_read(v, BAR1, 4, &address, 4));
	EXPECT_EQ(0xffffffff, address);
}

CORE_TEST(a_reset_is_as_power_on)
{
	reg_write(v, RAL, 0x12345678);
	EXPECT_EQ(0x12345678, reg_read(v, RAL));
	cfg_write(v, PCI_BASE_ADDRESS_0, 4, 0xfebc0000);
	EXPECT_EQ(0, vfio_reset(v));
	EXPECT_EQ(0, cfg_read(v, PCI_COMMAND, 2));
	EXPECT_EQ(0, cfg_read(v, PCI_BASE_ADDRESS_0, 4));
	EXPECT_EQ(0xffffffff, reg_read(v, RAL));
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	EXPECT_EQ(0x02, reg_read(v, RAL));
}

CORE_TEST(structures_that_are_too_small_are_refused)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	struct vfio_irq_info irq = { .argsz = sizeof(irq) };

	info.index = VFIO_PCI_NUM_REGIONS;
	EXPECT_EQ(-1, ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, &info));
	info.index = 0;
	info.argsz = 4;
	EXPECT_EQ(-1, ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, &info));
	irq.index = VFIO_PCI_NUM_IRQS;
	EXPECT_EQ(-1, ioctl(v->device, VFIO_DEVICE_GET_IRQ_INFO, &irq));
	/* QEMU complains of a card that has none of these, unless it is told. */
	irq.index = VFIO_PCI_ERR_IRQ_INDEX;
	EXPECT_EQ(-1, ioctl(v->device, VFIO_DEVICE_GET_IRQ_INFO, &irq));
	EXPECT_EQ(-1, ioctl(v->device, VFIO_DEVICE_GET_INFO, NULL));
	EXPECT_EQ(-1, ioctl(v->device, 0x12345678, NULL));
}

static char opener[64];

static const char *read_opener(void)
{
	FILE *f = popen("cat /sys/bus/mdev/devices/*/opener", "r");

	if (!f || !fgets(opener, sizeof(opener), f))
		*opener = 0;
	if (f)
		pclose(f);
	opener[strcspn(opener, "\n")] = 0;
	return opener;
}

CORE_TEST(a_card_has_one_owner)
{
	char expected[64];

	EXPECT_EQ(-EBUSY, vfio_open_group(CARD));
	snprintf(expected, sizeof(expected), "%d nic_core", getpid());
	EXPECT_STREQ(expected, read_opener());
	EXPECT_EQ(-EBUSY, nic_set(CARD, "mac", "02:00:00:00:00:09"));
	EXPECT_EQ(-EBUSY, nic_set(CARD, "netdev", "other"));
	EXPECT_NE(0, sh("rmmod netemu_nic 2>/dev/null"));
	vfio_close(v);
	EXPECT_STREQ("", read_opener());
	ASSERT_EQ(0, vfio_open(v, CARD));
}

static bool attribute_is(const char *name, const char *value)
{
	return !sh("[ \"$(cat /sys/bus/mdev/devices/*/%s)\" = '%s' ]", name,
		   value);
}

static bool can_open(struct vfio *v)
{
	return !vfio_open(v, CARD);
}

CORE_TEST(it_tells_how_far_the_driver_is)
{
	EXPECT_TRUE(attribute_is("state", "open"));
	reg_write(v, RCTL, RCTL_EN);
	EXPECT_TRUE(attribute_is("state", "running"));
	EXPECT_EQ(0, vfio_reset(v));
	EXPECT_TRUE(attribute_is("state", "open"));
	vfio_close(v);
	EXPECT_TRUE(attribute_is("state", "closed"));
	ASSERT_EQ(0, vfio_open(v, CARD));
}

CORE_TEST(whoever_has_it_is_asked_for_it)
{
	int event = eventfd(0, EFD_NONBLOCK);

	ASSERT_LE(0, event);
	EXPECT_EQ(0, nic_set(CARD, "eject", "1"));
	ASSERT_EQ(0, irq_set_event(v, VFIO_PCI_REQ_IRQ_INDEX,
				   VFIO_IRQ_SET_ACTION_TRIGGER, event));
	EXPECT_EQ(0, event_count(event));
	EXPECT_EQ(0, nic_set(CARD, "eject", "1"));
	EXPECT_EQ(1, event_count(event));
	close(event);
}

CORE_TEST(a_card_about_to_go_gets_no_new_owner)
{
	EXPECT_EQ(-EINVAL, nic_set(CARD, "leaving", "61"));
	EXPECT_EQ(-EINVAL, nic_set(CARD, "leaving", "soon"));
	EXPECT_TRUE(attribute_is("leaving", "0"));
	EXPECT_EQ(0, nic_set(CARD, "leaving", "60"));
	EXPECT_FALSE(attribute_is("leaving", "0"));
	/* Who has it keeps it. */
	EXPECT_EQ(0x02, reg_read(v, RAL));
	vfio_close(v);
	EXPECT_EQ(-EBUSY, vfio_open(v, CARD));
	EXPECT_EQ(0, nic_set(CARD, "leaving", "0"));
	ASSERT_EQ(0, vfio_open(v, CARD));
	/* If nobody takes it back, time does. */
	EXPECT_EQ(0, nic_set(CARD, "leaving", "1"));
	vfio_close(v);
	ASSERT_TRUE(wait_for(can_open(v)));
	EXPECT_TRUE(attribute_is("leaving", "0"));
}

#define GROUP	"/sys/fs/cgroup/nic_core"

/* What the card costs is the owner's. */
CORE_TEST(the_worker_is_in_its_owners_groups)
{
	vfio_close(v);
	ASSERT_EQ(0, sh("mkdir " GROUP " && echo %d >" GROUP "/cgroup.procs",
			getpid()));
	ASSERT_EQ(0, vfio_open(v, CARD));
	EXPECT_EQ(0, sh("for pid in $(cat " GROUP "/cgroup.procs); do grep -qx netemu-nemunic0 /proc/$pid/comm && exit 0; done; exit 1"));
	vfio_close(v);
	ASSERT_EQ(0, sh("echo %d >/sys/fs/cgroup/cgroup.procs", getpid()));
	EXPECT_TRUE(wait_for(!sh("rmdir " GROUP " 2>/dev/null")));
	ASSERT_EQ(0, vfio_open(v, CARD));
}

/* Nothing says goodbye; the next owner finds a card as new. */
CORE_TEST(a_killed_owner_leaves_a_card)
{
	int pipes[2], i;
	pid_t child;
	char byte;

	vfio_close(v);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, pipe(pipes));
		child = fork();
		if (!child) {
			if (vfio_open(v, CARD))
				_exit(1);
			reg_write(v, RAL, i);
			if (write(pipes[1], "", 1) != 1)
				_exit(1);
			pause();
		}
		ASSERT_EQ(1, read(pipes[0], &byte, 1));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(pipes[0]);
		close(pipes[1]);
		ASSERT_TRUE(wait_for(can_open(v)));
		EXPECT_EQ(0x02, reg_read(v, RAL));
		vfio_close(v);
	}
	ASSERT_EQ(0, vfio_open(v, CARD));
}

TEST_HARNESS_MAIN

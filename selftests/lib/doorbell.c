// SPDX-License-Identifier: GPL-2.0
#include "doorbell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PARAMETERS	"/sys/module/netemu_nic/parameters/"

/* A doorbell that nobody has answered by then is lost, even on a slow machine. */
#define LOST_NS		(10 * 1000000000ULL)

int window_find(struct vfio *v, unsigned int region, uint64_t *offset, uint64_t *size)
{
	struct {
		struct vfio_region_info info;
		struct vfio_region_info_cap_sparse_mmap cap;
		struct vfio_region_sparse_mmap_area area;
	} request;

	memset(&request, 0, sizeof(request));
	request.info.argsz = sizeof(request);
	request.info.index = region;
	*offset = *size = 0;
	if (ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, &request))
		return -errno;
	if (!(request.info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return 0;
	if (!(request.info.flags & VFIO_REGION_INFO_FLAG_CAPS) ||
	    request.info.cap_offset != sizeof(request.info) ||
	    request.cap.header.id != VFIO_REGION_INFO_CAP_SPARSE_MMAP ||
	    request.cap.header.version != 1 || request.cap.header.next ||
	    request.cap.nr_areas != 1)
		return -EPROTO;
	*offset = request.area.offset;
	*size = request.area.size;
	return 0;
}

uint32_t window_room(struct vfio *v)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};

	if (ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, &info) || info.cap_offset)
		return 0;
	return info.argsz;
}

volatile uint32_t *window_map(struct vfio *v)
{
	void *at = mmap(NULL, WINDOW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			v->device, v->offset[VFIO_PCI_BAR0_REGION_INDEX] + WINDOW);

	return at == MAP_FAILED ? NULL : at;
}

void window_unmap(volatile uint32_t *window)
{
	if (window)
		munmap((void *)window, WINDOW_SIZE);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static bool is_done(volatile struct descriptor *d)
{
	uint64_t end = now_ns() + LOST_NS;
	unsigned int i;

	for (;;) {
		for (i = 0; i < 1000; i++)
			if (d->upper & DONE)
				return true;
		if (now_ns() > end)
			return false;
	}
}

/* Most are short: patience is longer than that, or just not. */
static void pause_at_random(unsigned int us)
{
	uint64_t end;

	if (!us || random() % 4 == 0)
		return;
	end = now_ns() + random() % (us * 1000ULL);
	if (random() % 2) {
		usleep(random() % us);
		return;
	}
	while (now_ns() < end)
		;
}

unsigned int window_ring(struct e1000 *e, volatile uint32_t *window, unsigned int n,
			 unsigned int pause_us)
{
	struct descriptor *ring = tx_ring(&e->v);
	unsigned int lost = 0, at;

	make_frame(e->v.mem + FREE_MEM, 60, 0);
	while (n-- && lost < 5) {
		at = e->tail;
		put_tx(e, VFIO_MEM_IOVA + FREE_MEM, 60, true);
		*window_reg(window, TDT) = e->tail;
		if (!is_done(&ring[at])) {
			lost++;
			/* So that the next is not taken for lost, too. */
			kick_tx(e);
			if (!is_done(&ring[at]))
				return 5;
		}
		pause_at_random(pause_us);
	}
	return lost;
}

static bool set_parameter(const char *name, const char *value)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	f = fopen(path, "w");
	if (!f)
		return false;
	fputs(value, f);
	return !fclose(f);
}

bool test_delays(unsigned int fault, unsigned int zap, unsigned int check,
		 unsigned int sleep)
{
	char value[64];

	snprintf(value, sizeof(value), "%u,%u,%u,%u", fault, zap, check, sleep);
	return set_parameter("test_delay_us", value);
}

bool test_patience(unsigned int us)
{
	char value[16];

	snprintf(value, sizeof(value), "%u", us);
	return set_parameter("test_patience_us", value);
}

bool test_no_check(bool on)
{
	return set_parameter("test_no_check", on ? "1" : "0");
}

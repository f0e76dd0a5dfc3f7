// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of virtio's network card, for the row beside vhost-net: the interface of
 * "legacy" devices (Virtual I/O Device 1.1, sections 2.6 and 4.1.4.8), with what
 * Linux's driver uses of it where it counts: an interrupt of its own for each queue
 * (MSI-X), notifications only where the other side asks for them (EVENT_IDX), and
 * header and frame in one descriptor (ANY_LAYOUT).
 */
#include "guest.h"

#define FEATURES	0x00
#define ACCEPTED	0x04
#define QUEUE_PFN	0x08
#define QUEUE_SIZE	0x0c
#define QUEUE_SELECT	0x0e
#define QUEUE_NOTIFY	0x10
#define STATUS		0x12
#define CONFIG_VECTOR	0x14
#define QUEUE_VECTOR	0x16
#define ANY_LAYOUT	(1u << 27)
#define EVENT_IDX	(1u << 29)
#define DRIVER		3	/* acknowledged, and it has a driver */
#define DRIVER_OK	4
#define NO_VECTOR	0xffff

#define HEADER		10
#define DEVICE_WRITES	2

#define CAP_POINTER	0x34
#define CAP_MSIX	0x11
#define VECTOR		0x50
#define APIC		((volatile u32 *)0xfee00000)
#define APIC_EOI	(0xb0 / 4)
#define APIC_SPURIOUS	(0xf0 / 4)

/* A queue is where 4.1.5.1.3.1 wants it: the used ring in a page of its own. */
struct queue {
	struct {
		u64 addr;
		u32 len;
		u16 flags, next;
	} desc[RING];
	struct {
		u16 flags, idx, ring[RING], used_event;
	} avail;
	u8 unused[4096 - 6 - 2 * RING];
	struct {
		u16 flags, idx;
		struct {
			u32 id, len;
		} ring[RING];
		u16 avail_event;
	} used;
} __attribute__((aligned(4096)));

enum { RX, TX };

static volatile struct queue queue[2];
static u16 seen[2];	/* of the used ring */
static u16 port;

static void barrier(void)
{
	asm volatile("lock; addl $0, (%%esp)" : : : "memory");
}

__attribute__((interrupt))
static void queue_irq(void *frame)
{
	APIC[APIC_EOI] = 0;
}

static int set_vectors(u32 slot)
{
	u32 cap = pci(slot, CAP_POINTER) & 0xfc, i;
	volatile u32 *table;

	while (cap && (pci(slot, cap) & 0xff) != CAP_MSIX)
		cap = pci(slot, cap) >> 8 & 0xfc;
	if (!cap)
		return 0;
	table = (volatile u32 *)(pci(slot, 0x10 + (pci(slot, cap + 4) & 7) * 4) & ~0xfu);
	table += (pci(slot, cap + 4) & ~7u) / 4;
	for (i = 0; i < 2; i++) {
		gate(VECTOR + i, queue_irq);
		table[i * 4] = (u32)APIC;
		table[i * 4 + 1] = 0;
		table[i * 4 + 2] = VECTOR + i;
		table[i * 4 + 3] = 0;
	}
	APIC[APIC_SPURIOUS] |= 0x100;
	pci_write(slot, cap, pci(slot, cap) | 1u << 31);
	return 1;
}

static int set_queue(u32 n)
{
	outw(port + QUEUE_SELECT, n);
	if (inw(port + QUEUE_SIZE) != RING)
		return 0;
	outl(port + QUEUE_PFN, (u32)&queue[n] / 4096);
	outw(port + QUEUE_VECTOR, n);
	return inw(port + QUEUE_VECTOR) == n;
}

/* Makes what was added until @to the device's, and says so if it wants to know. */
static void offer(u32 n, u16 to)
{
	u16 from = queue[n].avail.idx;

	asm volatile("" : : : "memory");
	queue[n].avail.idx = to;
	barrier();
	if ((u16)(to - queue[n].used.avail_event - 1) < (u16)(to - from))
		outw(port + QUEUE_NOTIFY, n);
}

int virtio_start(u32 slot)
{
	u32 i;

	pci_write(slot, 4, 7);
	port = pci(slot, 0x10) & ~3u;
	outb(port + STATUS, 0);
	outb(port + STATUS, DRIVER);
	if ((inl(port + FEATURES) & (ANY_LAYOUT | EVENT_IDX)) != (ANY_LAYOUT | EVENT_IDX))
		return 0;
	outl(port + ACCEPTED, ANY_LAYOUT | EVENT_IDX);
	if (!set_vectors(slot) || !set_queue(RX) || !set_queue(TX))
		return 0;
	outw(port + CONFIG_VECTOR, NO_VECTOR);
	for (i = 0; i < RING; i++) {
		queue[RX].desc[i].addr = (u32)rx_buffers[i];
		queue[RX].desc[i].len = BUFFER;
		queue[RX].desc[i].flags = DEVICE_WRITES;
		queue[RX].avail.ring[i] = i;
		queue[TX].avail.ring[i] = i;
	}
	/* The header says nothing; it is in front of the frame. */
	for (i = BUFFER - 1; i >= HEADER; i--)
		frame[i] = frame[i - HEADER];
	for (i = 0; i < HEADER; i++)
		frame[i] = 0;
	outb(port + STATUS, DRIVER | DRIVER_OK);
	offer(RX, RING);
	return 1;
}

static u32 in_flight(void)
{
	seen[TX] = queue[TX].used.idx;
	return (u16)(queue[TX].avail.idx - seen[TX]);
}

/* Told when three quarters are free, as Linux wants it. */
static void wait_for_free(u32 wanted)
{
	u32 busy;

	while (RING - (busy = in_flight()) < wanted) {
		queue[TX].avail.used_event = seen[TX] + busy * 3 / 4 - (busy > 1);
		barrier();
		if (RING - in_flight() < wanted)
			halt();
	}
}

/* Descriptors are used in the order of the ring. */
void virtio_transmit(u32 frames, u32 burst, u32 size)
{
	u32 i;
	u16 at;

	while (frames) {
		if (burst > frames)
			burst = frames;
		wait_for_free(burst);
		at = queue[TX].avail.idx;
		for (i = 0; i < burst; i++, at++) {
			queue[TX].desc[at % RING].addr = (u32)frame;
			queue[TX].desc[at % RING].len = HEADER + size;
			queue[TX].desc[at % RING].flags = 0;
			queue[TX].avail.ring[at % RING] = at % RING;
		}
		offer(TX, at);
		frames -= burst;
	}
	wait_for_free(RING);
}

u32 virtio_poll(u32 frames)
{
	u16 at = queue[RX].avail.idx;
	u32 got = 0;

	while (got < frames && seen[RX] != queue[RX].used.idx) {
		queue[RX].avail.ring[at++ % RING] = queue[RX].used.ring[seen[RX]++ % RING].id;
		if (++got % GIVE_BACK == 0)
			offer(RX, at);
	}
	if (got % GIVE_BACK)
		offer(RX, at);
	return got;
}

void virtio_receive(u32 frames)
{
	while (frames) {
		frames -= virtio_poll(frames);
		if (!frames)
			break;
		queue[RX].avail.used_event = seen[RX];
		barrier();
		if (seen[RX] == queue[RX].used.idx)
			halt();
	}
}

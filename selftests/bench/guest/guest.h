/* SPDX-License-Identifier: GPL-2.0 */
/* What the drivers of the bench's guest share. */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define RING		256
#define BUFFER		2048
#define GIVE_BACK	16

extern u8 rx_buffers[RING][BUFFER];
extern u8 frame[BUFFER];

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(u16 port, u16 value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(u16 port, u32 value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u16 inw(u16 port)
{
	u16 value;

	asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u32 pci(u32 slot, u32 offset)
{
	outl(0xcf8, 0x80000000 | slot << 11 | offset);
	return inl(0xcfc);
}

static inline void pci_write(u32 slot, u32 offset, u32 value)
{
	outl(0xcf8, 0x80000000 | slot << 11 | offset);
	outl(0xcfc, value);
}

/* Interrupts are off but here. */
static inline void halt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

/* Who serves an interrupt; @handler is one of "interrupt" functions. */
void gate(u32 vector, void (*handler)(void *frame));

/* virtio.c; frames at a time as for the other card */
#define VIRTIO_ID	0x10001af4

int virtio_start(u32 slot);
void virtio_transmit(u32 frames, u32 burst, u32 size);
u32 virtio_poll(u32 frames);
void virtio_receive(u32 frames);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card behind QEMU's qtest protocol, and the wire at its other end. Whoever
 * speaks the protocol can hold the card: QEMU with its own or with ours, or
 * nic_serve with the model alone.
 */
#ifndef _FUZZ_NIC_QTEST_H
#define _FUZZ_NIC_QTEST_H

#include "e1000_hw.h"
#include "pure.h"

/* Where guests find things */
#define QTEST_BAR0	0xe0000000u
#define QTEST_BAR1	0xc000u
#define QTEST_SLOT	4
#define QTEST_MEMORY	(16 * 1024 * 1024)

/*
 * Starts the program that has the card. In its arguments "@peer@" and "@card@"
 * become the ends of the wire: datagram sockets in the file system.
 */
void qtest_start(char *const argv[]);
void qtest_stop(void);

u32 reg_read(u32 offset);
void reg_write(u32 offset, u32 value);
u32 io_read(u32 offset);
void io_write(u32 offset, u32 value);
u32 config_read(u32 slot, u32 offset);
void config_write(u32 slot, u32 offset, u32 value);
void mem_read(u32 addr, void *to, u32 len);
void mem_write(u32 addr, const void *from, u32 len);
u64 mem_read64(u32 addr);
void mem_write64(u32 addr, u64 value);
/* Time passes for the card. */
void pass(u64 ns);

/* The wire, nic_wire.c. wire_receive() returns a length, or 0 when nothing is there. */
void wire_open(void);
void wire_close(void);
/* What "@peer@" and "@card@" stand for */
const char *wire_end(bool peer);
/* The card has done all that it was told to. */
void settle(void);
void wire_send(const void *frame, u32 len);
u32 wire_receive(void *frame, u32 size);

/* A line of the record: a name and what was seen */
void note(u64 value, const char *name, ...) __attribute__((format(printf, 2, 3)));
void note_bytes(const void *data, u32 len, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

/* nic_steps_*.c: each begins with a card that was just switched on. */
void steps_registers(void);
void steps_masks(void);
void steps_eeprom(void);
void steps_phy(void);
void steps_interrupts(void);
void steps_transmit(void);
void steps_offload(void);
void steps_receive(void);
void steps_filter(void);

#endif /* _FUZZ_NIC_QTEST_H */

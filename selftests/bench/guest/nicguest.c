// SPDX-License-Identifier: GPL-2.0
/*
 * A guest without an operating system, for the rows about emulated cards: a driver
 * of the 82540EM that does nothing but send and receive. QEMU loads it as a
 * multiboot kernel. It knows no difference between QEMU's card and ours. Where it
 * finds a virtio card instead, that is what sends and receives (virtio.c).
 *
 * Commands come by the serial port, a letter and decimal numbers, then a newline:
 *
 *   t FRAMES BURST SIZE   transmit, BURST frames for each write of the tail
 *   d FRAMES BURST SIZE   the same with a card that is a piece of memory; an 82540EM
 *   r FRAMES ROUNDS       receive so many, so often
 *   k FRAMES PAUSE DONE   transmit one at a time, with so many microseconds without
 *                         any before each; an 82540EM
 *
 * The answer is ">" when all is ready. Another byte then starts a transmission;
 * frames may come. "." says that it is done, and "!" that it can't be. With "k"
 * there is "=NUMBER;" before that: how long the writes of the tail took, of all
 * together, in ticks of the processor; with DONE not 0 until the frames were gone.
 *
 * It works as drivers do: buffers are given back 16 at a time, the receiver is
 * polled while there are frames and waits for an interrupt when there are none,
 * the throttle is set to 20,000 interrupts a second.
 */
#include "guest.h"

#define STACK_SIZE	16384	/* also in _start() */

/* 82540EM */
#define CTRL		0x0000
#define CTRL_SLU	0x40
#define CTRL_RST	0x04000000
#define STATUS		0x0008
#define STATUS_LU	0x2
#define ICR		0x00c0
#define ICR_TXDW	0x01
#define ICR_RX		0xd0	/* RXT0, RXO, RXDMT0 */
#define ITR		0x00c4
#define IMS		0x00d0
#define IMC		0x00d8
#define RCTL		0x0100
#define RCTL_ON		0x04008002	/* EN, BAM, SECRC */
#define TCTL		0x0400
#define TCTL_ON		0x0003f0fa	/* EN, PSP, CT, COLD */
#define RDBAL		0x2800
#define RDBAH		0x2804
#define RDLEN		0x2808
#define RDH		0x2810
#define RDT		0x2818
#define TDBAL		0x3800
#define TDBAH		0x3804
#define TDLEN		0x3808
#define TDH		0x3810
#define TDT		0x3818

#define TX_FLAGS	0x0b000000	/* EOP, IFCS, RS */
#define DONE		1

#define ITR_20000	195

#define SERIAL		0x3f8
#define SERIAL_IRQ	4

struct descriptor {
	u64 addr;
	u32 lower, upper;
};

struct multiboot {
	u32 magic, flags, checksum;
};

__attribute__((section(".multiboot"), used, aligned(4)))
static const struct multiboot header = { 0x1badb002, 0, -0x1badb002u };

static volatile struct descriptor tx[RING] __attribute__((aligned(4096)));
static volatile struct descriptor rx[RING] __attribute__((aligned(4096)));
u8 rx_buffers[RING][BUFFER] __attribute__((aligned(4096)));
u8 frame[BUFFER] __attribute__((aligned(4096)));
static volatile u8 *card;
static u32 tx_tail, tx_clean, rx_next;
static u64 idt[256];
__attribute__((used))
static u8 stack[STACK_SIZE];

/* Flat segments. */
static const u64 gdt[] = { 0, 0x00cf9a000000ffff, 0x00cf92000000ffff };
__attribute__((used))
static const struct {
	u16 limit;
	u32 base;
} __attribute__((packed)) gdtr = { sizeof(gdt) - 1, (u32)gdt };

/* ---- the machine -------------------------------------------------------- */

static u32 reg(u32 offset)
{
	return *(volatile u32 *)(card + offset);
}

static void set(u32 offset, u32 value)
{
	asm volatile("" : : : "memory");
	*(volatile u32 *)(card + offset) = value;
}

static void eoi(void)
{
	outb(0xa0, 0x20);
	outb(0x20, 0x20);
}

__attribute__((interrupt))
static void spurious(void *frame)
{
}

/* The byte stays where it is: who waits for it reads it. */
__attribute__((interrupt))
static void serial_irq(void *frame)
{
	outb(SERIAL + 1, 0);
	eoi();
}

__attribute__((interrupt))
static void card_irq(void *frame)
{
	set(IMC, ~0u);
	reg(ICR);
	eoi();
}

void gate(u32 vector, void (*handler)(void *frame))
{
	u32 at = (u32)handler;

	idt[vector] = (at & 0xffff) | 8 << 16 | (u64)((at & 0xffff0000) | 0x8e00) << 32;
}

/* The serial port's, and the line if it is not 0 */
static void interrupts(u32 line)
{
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) idtr = { sizeof(idt) - 1, (u32)idt };
	u32 i, mask = ~(1u << SERIAL_IRQ | 1u << line | 1u << 2) | !line;

	for (i = 0; i < 256; i++)
		gate(i, spurious);
	gate(0x20 + SERIAL_IRQ, serial_irq);
	if (line)
		gate(0x20 + line, card_irq);
	asm volatile("lidt %0" : : "m"(idtr));
	outb(0x20, 0x11);
	outb(0xa0, 0x11);
	outb(0x21, 0x20);
	outb(0xa1, 0x28);
	outb(0x21, 0x04);
	outb(0xa1, 0x02);
	outb(0x21, 0x01);
	outb(0xa1, 0x01);
	outb(0x21, mask);
	outb(0xa1, mask >> 8);
}

/* ---- serial port -------------------------------------------------------- */

static void say(char c)
{
	while (!(inb(SERIAL + 5) & 0x20))
		;
	outb(SERIAL, c);
}

static char hear(void)
{
	while (!(inb(SERIAL + 5) & 1)) {
		outb(SERIAL + 1, 1);
		halt();
	}
	return inb(SERIAL);
}

static u32 number(char *last)
{
	u32 n = 0;

	while ((*last = hear()) >= '0' && *last <= '9')
		n = n * 10 + *last - '0';
	return n;
}

/* ---- the card ----------------------------------------------------------- */

static void start_card(void)
{
	u32 i;

	set(CTRL, CTRL_RST);
	while (reg(CTRL) & CTRL_RST)
		;
	set(IMC, ~0u);
	set(CTRL, CTRL_SLU);
	while (!(reg(STATUS) & STATUS_LU))
		;
	reg(ICR);
	set(ITR, ITR_20000);
	for (i = 0; i < RING; i++)
		rx[i].addr = (u32)rx_buffers[i];
	set(TDBAL, (u32)tx);
	set(TDBAH, 0);
	set(TDLEN, sizeof(tx));
	set(TDH, 0);
	set(TDT, 0);
	set(RDBAL, (u32)rx);
	set(RDBAH, 0);
	set(RDLEN, sizeof(rx));
	set(RDH, 0);
	set(RDT, RING - 1);
	set(TCTL, TCTL_ON);
	set(RCTL, RCTL_ON);
}

/* Bus 0 has no other card. */
static int find_card(void)
{
	u32 slot, line;

	for (slot = 0; slot < 32; slot++) {
		if (pci(slot, 0) == VIRTIO_ID) {
			interrupts(0);
			return virtio_start(slot);
		}
		if (pci(slot, 0) != 0x100e8086)
			continue;
		card = (volatile u8 *)(pci(slot, 0x10) & ~0xfu);
		line = pci(slot, 0x3c) & 0xff;
		pci_write(slot, 4, 7);
		interrupts(line);
		if (!card || line >= 16)
			return 0;
		start_card();
		return 1;
	}
	return 0;
}

/* How many descriptors are free, one being left between the ends. */
static u32 reclaim(void)
{
	while (tx_clean != tx_tail && tx[tx_clean].upper & DONE)
		tx_clean = (tx_clean + 1) % RING;
	return (tx_clean - tx_tail - 1) % RING;
}

static void wait_for_free(u32 wanted)
{
	while (reclaim() < wanted) {
		set(IMS, ICR_TXDW);
		if (reclaim() < wanted)
			halt();
	}
}

static u64 ticks(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

#define SMALL	60

/* Ticks of a microsecond: the bench's machine has one for each nanosecond. */
#define MICROSECOND	1000

/* A frame after a pause; how long it took. */
static u32 first(u32 pause, u32 done)
{
	u64 start = ticks(), end;
	u32 at = tx_tail;

	while (ticks() - start < (u64)pause * MICROSECOND)
		;
	tx[at].addr = (u32)frame;
	tx[at].upper = 0;
	tx[at].lower = SMALL | TX_FLAGS;
	tx_tail = (tx_tail + 1) % RING;
	start = ticks();
	set(TDT, tx_tail);
	end = ticks();
	while (!(tx[at].upper & DONE))
		;
	return (done ? ticks() : end) - start;
}

static void say_number(u32 n)
{
	char digits[10];
	int i = 0;

	do
		digits[i++] = '0' + n % 10;
	while (n /= 10);
	say('=');
	while (i)
		say(digits[--i]);
	say(';');
}

static void firsts(u32 frames, u32 pause, u32 done)
{
	u32 all = 0;

	wait_for_free(RING - 1);
	while (frames--)
		all += first(pause, done);
	reclaim();
	say_number(all);
}

static void pretend(u32 from)
{
	for (; from != tx_tail; from = (from + 1) % RING)
		tx[from].upper = DONE;
}

static void transmit(u32 frames, u32 burst, u32 size, int dry)
{
	volatile u32 memory;
	u32 from, i;

	while (frames) {
		if (burst > frames)
			burst = frames;
		wait_for_free(burst);
		from = tx_tail;
		for (i = 0; i < burst; i++) {
			tx[tx_tail].addr = (u32)frame;
			tx[tx_tail].upper = 0;
			tx[tx_tail].lower = size | TX_FLAGS;
			tx_tail = (tx_tail + 1) % RING;
		}
		if (dry) {
			memory = tx_tail;
			pretend(from);
		} else {
			set(TDT, tx_tail);
		}
		frames -= burst;
	}
	(void)memory;
	wait_for_free(RING - 1);
	/* The card goes on where it was. */
	if (dry) {
		set(TCTL, 0);
		set(TDH, tx_tail);
		set(TDT, tx_tail);
		set(TCTL, TCTL_ON);
	}
}

/* Takes what is there, at most @frames; how many. */
static u32 poll(u32 frames)
{
	u32 got = 0;

	while (got < frames && rx[rx_next].upper & DONE) {
		rx[rx_next].upper = 0;
		rx_next = (rx_next + 1) % RING;
		if (++got % GIVE_BACK == 0)
			set(RDT, (rx_next - 1) % RING);
	}
	if (got % GIVE_BACK)
		set(RDT, (rx_next - 1) % RING);
	return got;
}

static void receive(u32 frames)
{
	u32 left = frames;

	while (left) {
		left -= poll(left);
		if (!left)
			break;
		set(IMS, ICR_RX);
		if (!(rx[rx_next].upper & DONE))
			halt();
	}
	set(IMC, ~0u);
}

static void obey(char what)
{
	u32 a, b, c = 0;
	char last;

	hear();
	if (!card && (what == 'd' || what == 'k')) {
		say('!');
		return;
	}
	a = number(&last);
	b = number(&last);
	if (last == ' ')
		c = number(&last);
	if (what == 'r') {
		/* Frames that nobody waits for are in the way. */
		if (card)
			poll(~0u);
		else
			virtio_poll(~0u);
		for (; b; b--) {
			say('>');
			if (card)
				receive(a);
			else
				virtio_receive(a);
		}
	} else {
		say('>');
		hear();
		if (what == 't' && !card)
			virtio_transmit(a, b, c);
		else if (what == 'k')
			firsts(a, b, c);
		else
			transmit(a, b, c, what == 'd');
	}
	say('.');
}

__attribute__((used))
static void start(void)
{
	static const u8 ends[] = { 2, 0, 0, 0, 0x0b, 0x99, 2, 0, 0, 0, 0x0a, 1, 8, 0 };
	char c;
	u32 i;

	for (i = 0; i < sizeof(ends); i++)
		frame[i] = ends[i];
	outb(SERIAL + 1, 0);
	outb(SERIAL + 3, 3);
	outb(SERIAL + 2, 0);
	outb(SERIAL + 4, 0x0b);
	if (!find_card())
		say('!');
	say('.');
	for (;;) {
		c = hear();
		if (c == 't' || c == 'd' || c == 'r' || c == 'k')
			obey(c);
	}
}

__attribute__((naked, used))
void _start(void)
{
	asm("mov $stack + 16384, %esp\n\t"
	    "lgdt gdtr\n\t"
	    "ljmp $8, $1f\n"
	    "1:\tmov $16, %eax\n\t"
	    "mov %eax, %ds\n\t"
	    "mov %eax, %es\n\t"
	    "mov %eax, %ss\n\t"
	    "call start");
}

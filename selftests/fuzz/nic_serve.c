// SPDX-License-Identifier: GPL-2.0
/*
 * The model of a card behind as much of QEMU's qtest protocol as nic_steps
 * speaks: configuration space by ports 0xcf8 and 0xcfc, regions, memory, time.
 *
 * Usage: nic_serve CARD PEER: datagram sockets, its own and the other's
 */
#include "nic_card.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SLOT	4

static struct nemu_card card;
static u32 address;		/* of configuration space */
static u32 bar[2], command;
static int wire;
static struct sockaddr_un peer;

/* ---- the wire ----------------------------------------------------------- */

static void bind_wire(const char *own, const char *other)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	peer.sun_family = AF_UNIX;
	strncpy(peer.sun_path, other, sizeof(peer.sun_path) - 1);
	strncpy(addr.sun_path, own, sizeof(addr.sun_path) - 1);
	unlink(own);
	wire = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (wire < 0 || bind(wire, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", own);
}

/* Frames that wait for a descriptor stay here. */
static bool offer(void)
{
	static u8 frame[16384];
	static ssize_t len;

	if (!len)
		len = recv(wire, frame, sizeof(frame), 0);
	if (len < ETH_HLEN) {
		len = 0;
		return false;
	}
	if (card_give(&card, frame, len, 0))
		return false;
	len = 0;
	return true;
}

static void settle(void)
{
	unsigned int i;

	card_run(&card);
	while (offer())
		;
	card_run(&card);
	for (i = 0; i < card.sent_count; i++)
		if (sendto(wire, card.sent[i].data, card.sent[i].len, 0,
			   (struct sockaddr *)&peer, sizeof(peer)) < 0)
			warn("%s", peer.sun_path);
	card_forget(&card);
}

/* ---- configuration space ------------------------------------------------ */

static u32 config_load(u32 offset)
{
	const struct nemu_pci *pci = &card.model->pci;

	switch (offset) {
	case 0x00:
		return pci->vendor | (u32)pci->device << 16;
	case 0x04:
		return command | card.line << 19;
	case 0x08:
		return pci->revision | pci->class << 8;
	case 0x10:
		return bar[0];
	case 0x14:
		return bar[1] | 1;
	case 0x2c:
		return pci->subsystem_vendor | (u32)pci->subsystem << 16;
	default:
		return 0;
	}
}

static void config_store(u32 offset, u32 value)
{
	if (offset == 0x04)
		command = value & 0x507;
	else if (offset == 0x10)
		bar[0] = value & -(u32)card.model->pci.bar[0].size;
	else if (offset == 0x14)
		bar[1] = value & -(u32)card.model->pci.bar[1].size;
	card.no_master = !(command & 4);
}

/* ---- ports and memory --------------------------------------------------- */

static u32 port_load(u32 port)
{
	if (port == 0xcf8)
		return address;
	if (port == 0xcfc)
		return (address >> 11 & 0x1f) == SLOT ? config_load(address & 0xfc) : 0xffffffff;
	if (port - bar[1] < card.model->pci.bar[1].size)
		return card.model->read(&card, 1, port - bar[1], 4);
	return 0xffffffff;
}

static void port_store(u32 port, u32 value)
{
	if (port == 0xcf8)
		address = value;
	else if (port == 0xcfc && (address >> 11 & 0x1f) == SLOT)
		config_store(address & 0xfc, value);
	else if (port - bar[1] < card.model->pci.bar[1].size)
		card.model->write(&card, 1, port - bar[1], 4, value);
}

static void copy_out(u32 at, u32 len)
{
	printf("OK 0x");
	while (len--)
		printf("%02x", at < CARD_MEMORY ? card.memory[at++] : 0xff);
	printf("\n");
}

static void copy_in(u32 at, u32 len, const char *text)
{
	unsigned int byte;

	for (; len && sscanf(text, "%2x", &byte) == 1; len--, text += 2)
		if (at < CARD_MEMORY)
			card.memory[at++] = byte;
	printf("OK\n");
}

static void serve(char *line)
{
	long long a = 0, b = 0;
	char word[16] = "";
	int data = 0;

	if (sscanf(line, "%15s %lli %lli 0x%n", word, &a, &b, &data) < 1)
		errx(1, "an empty command");
	if (!strcmp(word, "readl"))
		printf("OK 0x%016x\n", card_read(&card, a - bar[0]));
	else if (!strcmp(word, "inl"))
		printf("OK 0x%04x\n", port_load(a));
	else if (!strcmp(word, "read"))
		copy_out(a, b);
	else if (!strcmp(word, "write") && data)
		copy_in(a, b, line + data);
	else if (!strcmp(word, "writel"))
		card_write(&card, a - bar[0], b);
	else if (!strcmp(word, "outl"))
		port_store(a, b);
	else if (!strcmp(word, "clock_step"))
		card_wait(&card, a);
	else
		errx(1, "%s", line);
	settle();
	if (!strcmp(word, "writel") || !strcmp(word, "outl") || !strcmp(word, "clock_step"))
		printf("OK\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char line[64 * 1024];

	if (argc != 3)
		errx(2, "usage: nic_serve CARD PEER");
	card_init(&card, &nemu_e1000, (const u8 *)"\x52\x54\0\x12\x34\x56");
	bind_wire(argv[1], argv[2]);
	while (fgets(line, sizeof(line), stdin))
		serve(line);
	card_free(&card);
	return 0;
}

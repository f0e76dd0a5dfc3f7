// SPDX-License-Identifier: GPL-2.0
/*
 * The wire: datagram sockets between this program and the one that has the card;
 * or, for a card of the kernel, a tap device that the card's net device sends to
 * and receives from. NIC_WIRE names that, NIC_WORKER the card's kernel thread.
 */
#include "nic_qtest.h"
#include "../lib/proc.h"

#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/if_tun.h>

static int wire = -1;
static const char *tap;
static char peer_path[108], card_path[108];
static struct sockaddr_un card_addr;

static void open_sockets(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *dir = getenv("TMPDIR") ?: "/tmp";

	snprintf(peer_path, sizeof(peer_path), "%s/nic_steps.%d.peer", dir, getpid());
	snprintf(card_path, sizeof(card_path), "%s/nic_steps.%d.card", dir, getpid());
	memcpy(addr.sun_path, peer_path, sizeof(addr.sun_path));
	card_addr.sun_family = AF_UNIX;
	memcpy(card_addr.sun_path, card_path, sizeof(card_addr.sun_path));
	unlink(peer_path);
	wire = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (wire < 0 || bind(wire, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", peer_path);
}

static void open_tap(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	cpu_set_t one;

	/* What is sent by one processor arrives in order. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", tap);
	wire = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (wire < 0 || ioctl(wire, TUNSETIFF, &ifr))
		err(1, "%s", tap);
}

void wire_open(void)
{
	tap = getenv("NIC_WIRE");
	if (tap)
		open_tap();
	else
		open_sockets();
}

void wire_close(void)
{
	close(wire);
	if (tap)
		return;
	unlink(peer_path);
	unlink(card_path);
}

const char *wire_end(bool peer)
{
	return peer ? peer_path : card_path;
}

void wire_send(const void *frame, u32 len)
{
	if (tap ? write(wire, frame, len) != len :
		  sendto(wire, frame, len, 0, (struct sockaddr *)&card_addr,
			 sizeof(card_addr)) != len)
		err(1, "%s", tap ?: card_path);
}

u32 wire_receive(void *frame, u32 size)
{
	ssize_t len = read(wire, frame, size);

	return len > 0 ? len : 0;
}

/*
 * A card of the kernel works by a thread of its own, which a write to the card
 * wakes before it returns. When it sleeps again, all it sent is in the tap.
 */
void settle(void)
{
	const char *name = getenv("NIC_WORKER");
	static char pid[PROC_PID];

	if (!name)
		return;
	if (!*pid && !proc_find(name, pid))
		errx(1, "no thread %s", name);
	while (!proc_rests(pid))
		;
}

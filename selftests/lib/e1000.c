// SPDX-License-Identifier: GPL-2.0
#include "e1000.h"
#include "ethtool.h"
#include "lab.h"
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/pci_regs.h>

#define OPER_UP	6	/* IF_OPER_UP, which <net/if.h> does not know */

struct descriptor *tx_ring(struct vfio *v)
{
	return (struct descriptor *)(v->mem + TX_RING);
}

struct descriptor *rx_ring(struct vfio *v)
{
	return (struct descriptor *)(v->mem + RX_RING);
}

static int open_ear(int index)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(LAB_PROTO),
		.sll_ifindex = index,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			htons(LAB_PROTO));
	int size = 1 << 23;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return bind(fd, (void *)&addr, sizeof(addr)) ? -1 : fd;
}

bool e1000_start(struct e1000 *e)
{
	struct vfio *v = &e->v;
	unsigned int i;

	e->tail = 0;
	cfg_write(v, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
		  PCI_COMMAND_MASTER);
	/* The rings begin where they begin, wherever they have stopped. */
	reg_write(v, TCTL, 0);
	reg_write(v, RCTL, 0);
	reg_write(v, TDT, 0);
	reg_write(v, TDH, 0);
	reg_write(v, RDH, 0);
	memset(v->mem, 0, FREE_MEM);
	for (i = 0; i < RING; i++)
		rx_ring(v)[i].addr = VFIO_MEM_IOVA + RX_BUFFERS + i * BUFFER;
	reg_write(v, TDBAL, VFIO_MEM_IOVA + TX_RING);
	reg_write(v, TDLEN, RING * sizeof(struct descriptor));
	reg_write(v, RDBAL, VFIO_MEM_IOVA + RX_RING);
	reg_write(v, RDLEN, RING * sizeof(struct descriptor));
	reg_write(v, RDT, RING - 1);
	reg_write(v, TCTL, TCTL_EN | TCTL_PSP);
	reg_write(v, RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
	reg_write(v, CTRL, reg_read(v, CTRL) | CTRL_SLU);
	return wait_for(reg_read(v, STATUS) & STATUS_LU);
}

/* Until the host has noticed the carrier it sends nothing. */
static bool is_ready(struct nl *rt, int index)
{
	struct link_info info;

	return !link_get(rt, index, &info) && info.operstate == OPER_UP;
}

static int plug_in(struct e1000 *e, struct nl *rt, unsigned int n)
{
	int err;

	e->index = nic_netdev(n);
	err = link_up(rt, e->index, true);
	if (err)
		return -err;
	e->ear = open_ear(e->index);
	if (e->ear < 0)
		return -EIO;
	err = vfio_open(&e->v, n);
	if (err)
		return err;
	return e1000_start(e) && wait_for(is_ready(rt, e->index)) ?
	       0 : -ETIMEDOUT;
}

int e1000_open(struct e1000 *e, unsigned int n)
{
	struct nl rt;
	int err;

	memset(e, 0, sizeof(*e));
	e->ear = e->v.container = e->v.group = e->v.device = -1;
	err = nl_open(&rt, NETLINK_ROUTE);
	if (err)
		return -err;
	err = nic_create(n);
	if (!err) {
		err = plug_in(e, &rt, n);
		if (err)
			e1000_close(e, n);
	}
	nl_close(&rt);
	return err;
}

void e1000_close(struct e1000 *e, unsigned int n)
{
	if (e->ear >= 0)
		close(e->ear);
	e->ear = -1;
	vfio_close(&e->v);
	nic_remove(n);
}

void make_frame(uint8_t *frame, size_t len, unsigned int seed)
{
	size_t i;

	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\2\0\0\0\0\1", 6);
	frame[12] = LAB_PROTO >> 8;
	frame[13] = LAB_PROTO & 0xff;
	for (i = 14; i < len; i++)
		frame[i] = seed * 31 + i * 7 + (i >> 8);
}

void put_tx(struct e1000 *e, uint64_t iova, uint32_t len, bool last)
{
	struct descriptor *d = &tx_ring(&e->v)[e->tail];

	d->addr = iova;
	d->upper = 0;
	d->lower = len | TX_IFCS | (last ? TX_EOP | TX_RS : 0);
	e->tail = (e->tail + 1) % RING;
}

void kick_tx(struct e1000 *e)
{
	reg_write(&e->v, TDT, e->tail);
}

bool all_sent(struct e1000 *e)
{
	return reg_read(&e->v, TDH) == e->tail;
}

void transmit(struct e1000 *e, uint64_t iova, uint32_t len)
{
	put_tx(e, iova, len, true);
	kick_tx(e);
}

bool hears(struct e1000 *e, const uint8_t *frame, size_t len)
{
	struct pollfd p = { .fd = e->ear, .events = POLLIN };
	static uint8_t heard[65536];

	if (poll(&p, 1, 60000) != 1)
		return false;
	return recv(e->ear, heard, sizeof(heard), 0) == (ssize_t)len &&
	       !memcmp(heard, frame, len);
}

bool hears_nothing(struct e1000 *e)
{
	uint8_t heard[16];

	return recv(e->ear, heard, sizeof(heard), 0) < 0 && errno == EAGAIN;
}

unsigned long counter(struct e1000 *e, const char *name)
{
	return ethtool_counter(e->index, name);
}

void send_to_card(struct e1000 *e, const uint8_t *frame, size_t len)
{
	struct pollfd p = { .fd = e->ear, .events = POLLOUT };

	poll(&p, 1, 60000);
	send(e->ear, frame, len, 0);
}

bool received(struct e1000 *e, unsigned int n, const uint8_t *frame,
	      size_t len)
{
	struct vfio *v = &e->v;
	volatile struct descriptor *d = &rx_ring(v)[n];

	/* Length and checksum, then status in the first byte. */
	if (!wait_for(d->upper & DONE) || (d->lower & 0xffff) != len)
		return false;
	return !memcmp(v->mem + RX_BUFFERS + n * BUFFER, frame, len);
}

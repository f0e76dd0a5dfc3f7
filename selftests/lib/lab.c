// SPDX-License-Identifier: GPL-2.0
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <linux/if_packet.h>

#define OPER_UP	6	/* IF_OPER_UP, which <net/if.h> does not know */

const uint8_t mac_broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
const uint8_t mac_multicast[6] = { 0x03, 0, 0, 0, 0x47, 0x11 };
const uint8_t mac_zero[6];

const uint8_t *mac(uint32_t n)
{
	static uint8_t ring[16][6];
	static unsigned int next;
	uint8_t *m = ring[next++ % 16];

	m[0] = 0x02;
	m[1] = 0x00;
	m[2] = n >> 24;
	m[3] = n >> 16;
	m[4] = n >> 8;
	m[5] = n;
	return m;
}

void lab_nap(void)
{
	struct timespec ts = { .tv_nsec = 10 * 1000 * 1000 };

	nanosleep(&ts, NULL);
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

bool lab_short(void)
{
	const char *value = getenv("NETEMU_SHORT");

	return value && *value;
}

int sh(const char *format, ...)
{
	char command[1024];
	va_list ap;
	pid_t pid;
	int status;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	pid = fork();
	if (pid < 0)
		return 255;
	if (!pid) {
		/* A shell that does not take busybox's ip for the real one. */
		execlp("bash", "bash", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int sysctl_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		err = errno;
	close(fd);
	return err;
}

int lab_enter(void)
{
	cpu_set_t cpus;

	if (unshare(CLONE_NEWNET))
		return errno;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		return errno;
	/* A kernel without IPv6 makes no noise either. */
	sysctl_write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	sysctl_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	return 0;
}

/* ---- hearing ------------------------------------------------------------ */

int ear_open(struct ear *ear, int index, uint16_t proto)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(proto),
		.sll_ifindex = index,
	};
	int on = 1, size = 16 << 20;

	memset(ear, 0, sizeof(*ear));
	ear->index = index;
	ear->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	if (ear->fd < 0)
		return errno;
	setsockopt(ear->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
	setsockopt(ear->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	setsockopt(ear->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(ear->fd, (void *)&sll, sizeof(sll)))
		return errno;
	return 0;
}

void ear_close(struct ear *ear)
{
	if (ear->fd > 0)
		close(ear->fd);
	ear->fd = 0;
}

static void note_tag(struct msghdr *msg, struct heard *h)
{
	struct tpacket_auxdata *aux;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		aux = (void *)CMSG_DATA(c);
		if (aux->tp_status & TP_STATUS_VLAN_VALID)
			h->tci = aux->tp_vlan_tci | 0x1000;
	}
}

static void note(struct heard *h, const uint8_t *frame, ssize_t len)
{
	const uint8_t *data = frame + ETH_HLEN;
	uint32_t id;

	h->len = len;
	h->id = UINT32_MAX;
	if (len < ETH_HLEN + 8)
		return;
	memcpy(h->dst, frame, 6);
	memcpy(h->src, frame + 6, 6);
	if (frame[12] == 0x81 && !frame[13]) {
		h->tci = (data[0] << 8 | data[1]) | 0x1000;
		data += 4;
		h->len -= 4;
	}
	if (memcmp(data, "nemu", 4))
		return;
	memcpy(&id, data + 4, 4);
	h->id = id;
}

void ear_listen(struct ear *ear)
{
	char control[128];
	static uint8_t buf[70000];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct heard *h;
	ssize_t len;

	for (;;) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		len = recvmsg(ear->fd, &msg, 0);
		if (len < 0 && errno == ENETDOWN)
			continue;
		if (len < 0)
			return;
		h = &ear->heard[ear->n++ % LAB_HEARD];
		memset(h, 0, sizeof(*h));
		note_tag(&msg, h);
		note(h, buf, len);
	}
}

const struct heard *ear_find(struct ear *ear, uint32_t id)
{
	unsigned int i, n = ear->n < LAB_HEARD ? ear->n : LAB_HEARD;

	for (i = 0; i < n; i++)
		if (ear->heard[i].id == id)
			return &ear->heard[i];
	return NULL;
}

bool ear_heard(struct ear *ear, uint32_t id)
{
	ear_listen(ear);
	return ear_find(ear, id);
}

/* ---- sending ------------------------------------------------------------ */

void lab_send_bytes(struct lab *lab, int index, const uint8_t *buf, size_t len)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_ifindex = index,
		.sll_halen = 6,
	};

	/* A device that is down or full: the test sees that nothing came. */
	if (sendto(lab->fence_tx, buf, len, 0, (void *)&sll, sizeof(sll)) < 0)
		return;
}

uint32_t lab_send(struct lab *lab, int index, const struct frame *f)
{
	uint16_t proto = f->proto ? f->proto : LAB_PROTO;
	static uint8_t buf[70000];
	uint32_t id = ++lab->next_id, len = f->len ? f->len : 60;
	uint8_t *p = buf + 12;

	memset(buf, 0, len + 4);
	memcpy(buf, f->dst, 6);
	memcpy(buf + 6, f->src, 6);
	if (f->vid) {
		p[0] = 0x81;
		p[1] = 0x00;
		p[2] = f->vid >> 8;
		p[3] = f->vid;
		p += 4;
		len += 4;
	}
	p[0] = proto >> 8;
	p[1] = proto;
	memcpy(p + 2, "nemu", 4);
	memcpy(p + 6, &id, 4);
	lab_send_bytes(lab, index, buf, len);
	return id;
}

uint32_t lab_tx(struct lab *lab, int n, const uint8_t *dst, const uint8_t *src)
{
	struct frame f = { .dst = dst, .src = src };

	return lab_send(lab, lab->e[n], &f);
}

/*
 * Three rounds: a frame queued before the first one is forwarded (and queued
 * again) before that round ends, and delivered before the next one ends; one
 * more for a way up through the switch device.
 */
void lab_settle(struct lab *lab)
{
	struct frame f = { .dst = mac_broadcast, .src = mac(0xfffffe) };
	struct pollfd pfd = { .fd = lab->fence_rx, .events = POLLIN };
	uint8_t buf[128];
	int round;

	for (round = 0; round < 3; round++) {
		lab_send(lab, lab->fence_index, &f);
		if (poll(&pfd, 1, 60000) <= 0) {
			fprintf(stderr, "# the fence frame did not come back\n");
			exit(1);
		}
		while (recv(lab->fence_rx, buf, sizeof(buf), MSG_DONTWAIT) > 0)
			;
	}
}

unsigned int lab_who(struct lab *lab, uint32_t id)
{
	unsigned int who = 0;
	int i;

	lab_settle(lab);
	for (i = 0; i < lab->ports; i++)
		if (ear_heard(&lab->ear[i], id))
			who |= AT(i);
	if (lab->host.fd > 0 && ear_heard(&lab->host, id))
		who |= AT(LAB_HOST);
	return who;
}

/* ---- building ----------------------------------------------------------- */

static int open_fence(struct lab *lab)
{
	struct ear ear;
	int err;

	err = link_add_veth(&lab->rt, "fence0", "fence1");
	if (err)
		return err;
	lab->fence_index = if_nametoindex("fence0");
	lab->fence_tx = socket(AF_PACKET, SOCK_RAW, 0);
	if (lab->fence_tx < 0)
		return errno;
	err = ear_open(&ear, if_nametoindex("fence1"), ETH_P_ALL);
	if (err)
		return err;
	lab->fence_rx = ear.fd;
	link_up(&lab->rt, lab->fence_index, true);
	return link_up(&lab->rt, ear.index, true);
}

static int add_port(struct lab *lab, int n)
{
	char p[16], e[16];
	int err;

	snprintf(p, sizeof(p), "p%d", n);
	snprintf(e, sizeof(e), "e%d", n);
	err = link_add_veth(&lab->rt, p, e);
	if (err)
		return err;
	lab->p[n] = if_nametoindex(p);
	lab->e[n] = if_nametoindex(e);
	err = ear_open(&lab->ear[n], lab->e[n], ETH_P_ALL);
	if (!err)
		err = link_up(&lab->rt, lab->e[n], true);
	if (!err)
		err = link_up(&lab->rt, lab->p[n], true);
	if (!err)
		err = link_master(&lab->rt, lab->p[n], lab->sw);
	return err;
}

/* A device that just got its carrier drops what it sends until the kernel has
 * noticed.
 */
bool lab_ready(struct lab *lab, int index)
{
	struct link_info info;

	return !link_get(&lab->rt, index, &info) && info.operstate == OPER_UP;
}

static int wait_ready(struct lab *lab)
{
	int i;

	for (i = 0; i < lab->ports; i++)
		if (!wait_for(lab_ready(lab, lab->e[i]) &&
			      lab_ready(lab, lab->p[i])))
			return ETIMEDOUT;
	return wait_for(lab_ready(lab, lab->fence_index)) ? 0 : ETIMEDOUT;
}

int lab_open(struct lab *lab, int ports, const struct opt *options)
{
	struct link_info info;
	int err, i;

	memset(lab, 0, sizeof(*lab));
	err = lab_enter();
	if (!err)
		err = nl_open(&lab->rt, NETLINK_ROUTE);
	if (!err)
		err = open_fence(lab);
	if (!err)
		err = link_add(&lab->rt, NETEMU_KIND_SWITCH, "sw0", options);
	if (!err)
		err = nl_open_family(&lab->gn, NETEMU_GENL_NAME);
	if (err)
		return err;
	lab->sw = if_nametoindex("sw0");
	err = link_up(&lab->rt, lab->sw, true);
	if (!err)
		err = ear_open(&lab->host, lab->sw, ETH_P_ALL);
	if (!err)
		err = link_get(&lab->rt, lab->sw, &info);
	memcpy(lab->sw_mac, info.mac, 6);
	lab->ports = ports;
	for (i = 0; i < ports && !err; i++)
		err = add_port(lab, i);
	return err ? err : wait_ready(lab);
}

void lab_close(struct lab *lab)
{
	int i;

	for (i = 0; i < lab->ports; i++)
		ear_close(&lab->ear[i]);
	ear_close(&lab->host);
	close(lab->fence_tx);
	close(lab->fence_rx);
	nl_close(&lab->gn);
	nl_close(&lab->rt);
}

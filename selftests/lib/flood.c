// SPDX-License-Identifier: GPL-2.0
#include "flood.h"
#include "lab.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>

#define STATIONS	64	/* addresses that the flood uses */

/* Some address of a flood: they talk to each other. */
static void station(uint8_t *m, unsigned int n)
{
	memcpy(m, mac(0xf0000 + n % STATIONS), 6);
}

static void fill(uint8_t *frame, unsigned int *seed)
{
	unsigned int dice = rand_r(seed);

	memset(frame, 0, 128);
	if (dice % 8 == 0)
		memcpy(frame, mac_broadcast, 6);
	else if (dice % 8 == 1)
		memcpy(frame, mac_multicast, 6);
	else if (dice % 8 == 2)
		memcpy(frame, mac(rand_r(seed)), 6);
	else
		station(frame, rand_r(seed));
	if (dice % 32 == 9)
		memcpy(frame + 6, mac(rand_r(seed)), 6);
	else
		station(frame + 6, rand_r(seed));
	frame[12] = LAB_PROTO >> 8;
	frame[13] = LAB_PROTO & 0xff;
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

/*
 * Short bursts, then a breath as long as the burst took, several times over:
 * the rest of the test wants the processor too, on a slow machine above all.
 */
static void flood(const char *device, volatile unsigned long *sent)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_halen = 6 };
	unsigned int seed = getpid();
	uint8_t frame[128];
	uint64_t start;
	int fd, i;

	fd = socket(AF_PACKET, SOCK_RAW, 0);
	for (;;) {
		start = now_us();
		sll.sll_ifindex = if_nametoindex(device);
		for (i = 0; i < 8 && sll.sll_ifindex; i++) {
			fill(frame, &seed);
			if (sendto(fd, frame, 60 + rand_r(&seed) % 60, 0,
				   (void *)&sll, sizeof(sll)) > 0)
				++*sent;
		}
		usleep(500 + 8 * (now_us() - start));
	}
}

static void run(const char *device, bool own_netns,
		volatile unsigned long *sent, int ready)
{
	cpu_set_t cpus;
	int index;
	struct nl rt;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memset(&cpus, 0xff, sizeof(cpus));
	sched_setaffinity(0, sizeof(cpus), &cpus);
	if (own_netns && lab_enter())
		_exit(1);
	memset(&cpus, 0xff, sizeof(cpus));
	sched_setaffinity(0, sizeof(cpus), &cpus);
	if (write(ready, "", 1) != 1)
		_exit(1);
	if (own_netns) {
		while (!(index = if_nametoindex(device)))
			lab_nap();
		if (nl_open(&rt, NETLINK_ROUTE) || link_up(&rt, index, true))
			_exit(1);
		nl_close(&rt);
	}
	flood(device, sent);
}

int flood_start(struct flood *f, struct nl *rt, const char *device,
		bool own_netns)
{
	int ready[2];
	char byte;

	f->sent = mmap(NULL, sizeof(*f->sent), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f->sent == MAP_FAILED || pipe(ready))
		return errno;
	f->pid = fork();
	if (f->pid < 0)
		return errno;
	if (!f->pid)
		run(device, own_netns, f->sent, ready[1]);
	close(ready[1]);
	byte = read(ready[0], &byte, 1) != 1;
	close(ready[0]);
	if (byte)
		return ECHILD;
	if (own_netns)
		return link_u32(rt, if_nametoindex(device), IFLA_NET_NS_PID,
				f->pid);
	return 0;
}

bool flood_wait(struct flood *f, unsigned long frames)
{
	unsigned long from = *f->sent;

	return wait_for(*f->sent - from >= frames);
}

void flood_stop(struct flood *f)
{
	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, NULL, 0);
	}
	f->pid = 0;
}

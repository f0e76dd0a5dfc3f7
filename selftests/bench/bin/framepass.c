// SPDX-License-Identifier: GPL-2.0
/*
 * Writes frames to one device and reads each at another one before it writes
 * the next; or TOGETHER of them before it reads those. Prints nanoseconds per
 * frame, both system calls included.
 *
 * Usage: framepass packet|tap|vnet|tso FROM TO FRAMES BYTES [TOGETHER]
 *
 * packet sends and receives by packet sockets, the others as the program behind
 * two taps: tap has no virtio header, vnet an empty one, tso one that says that
 * BYTES are TCP still to be cut into segments and summed. The devices have to
 * exist.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX	65535
#define SEGMENT		1448
#define WARM_UP		1000

enum mode { PACKET, TAP, VNET, TSO };

struct frame {
	struct virtio_net_hdr vnet;
	unsigned char eth[BYTES_MAX];
};

static const unsigned char mac_a[ETH_ALEN] = { 2, 0, 0, 0, 0x0a, 1 };
static const unsigned char mac_b[ETH_ALEN] = { 2, 0, 0, 0, 0x0b, 0x99 };

static int tap_open(const char *name, enum mode mode)
{
	int size = sizeof(struct virtio_net_hdr);
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	if (fd < 0)
		err(1, "/dev/net/tun");
	if (mode >= VNET)
		ifr.ifr_flags |= IFF_VNET_HDR;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr))
		err(1, "%s", name);
	if (mode >= VNET && ioctl(fd, TUNSETVNETHDRSZ, &size))
		err(1, "%s: header", name);
	if (mode == TSO && ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4))
		err(1, "%s: offload", name);
	return fd;
}

/* Reading waits, but not for ever: what was lost does not come. */
static int packet_open(const char *name)
{
	struct timeval patience = { .tv_sec = 2 };
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || !addr.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err(1, "%s", name);
	return fd;
}

static unsigned short checksum(const void *data, size_t len)
{
	const unsigned short *word = data;
	unsigned int sum = 0;

	for (; len > 1; len -= 2)
		sum += *word++;
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void frame_fill(struct frame *frame, enum mode mode, size_t bytes)
{
	struct ethhdr *eth = (struct ethhdr *)frame->eth;
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 64,
		.tot_len = htons(bytes - ETH_HLEN),
		.protocol = mode == TSO ? IPPROTO_TCP : IPPROTO_UDP,
		.saddr = htonl(0xc0000201), .daddr = htonl(0xc0000202),
	};
	struct udphdr udp = {
		.source = htons(9), .dest = htons(9),
		.len = htons(bytes - ETH_HLEN - sizeof(ip)),
	};
	struct tcphdr tcp = {
		.source = htons(9), .dest = htons(9), .doff = 5, .ack = 1,
		.window = htons(65535),
	};
	unsigned char *payload = frame->eth + ETH_HLEN + sizeof(ip);

	memset(frame, 0, sizeof(*frame));
	memcpy(eth->h_dest, mac_b, ETH_ALEN);
	memcpy(eth->h_source, mac_a, ETH_ALEN);
	eth->h_proto = htons(ETH_P_IP);
	ip.check = checksum(&ip, sizeof(ip));
	memcpy(frame->eth + ETH_HLEN, &ip, sizeof(ip));
	if (mode != TSO) {
		memcpy(payload, &udp, sizeof(udp));
		return;
	}
	memcpy(payload, &tcp, sizeof(tcp));
	frame->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	frame->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	frame->vnet.gso_size = SEGMENT;
	frame->vnet.hdr_len = ETH_HLEN + sizeof(ip) + sizeof(tcp);
	frame->vnet.csum_start = ETH_HLEN + sizeof(ip);
	frame->vnet.csum_offset = offsetof(struct tcphdr, check);
}

/* What sits between the taps may take a while to see them come up. */
static void wait_for_line(int from, int to, const void *data, size_t len)
{
	struct pollfd ready = { .fd = to, .events = POLLIN };
	static struct frame got;
	int i;

	for (i = 0; i < 100; i++) {
		if (write(from, data, len) != (ssize_t)len)
			continue;
		if (poll(&ready, 1, 100) == 1)
			break;
	}
	if (i == 100)
		errx(1, "nothing arrives");
	while (poll(&ready, 1, 100) == 1)
		if (read(to, &got, sizeof(got)) < 0)
			err(1, "read");
}

/* A frame may still be on its way, if somebody has to be woken to pass it on. */
static ssize_t read_frame(int fd, struct frame *got)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n;

	for (;;) {
		n = read(fd, got, sizeof(*got));
		if (n >= 0 || errno != EAGAIN)
			return n;
		if (poll(&ready, 1, 2000) != 1)
			errx(1, "a frame did not arrive");
	}
}

/* Who learns knows then where the frames are to go. */
static void teach(int from, int to, const void *data, size_t len, enum mode mode)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	static struct frame answer, got;
	unsigned char *eth = mode < VNET ? (unsigned char *)&answer : answer.eth;

	memcpy(&answer, data, len);
	memcpy(eth, mac_a, ETH_ALEN);
	memcpy(eth + ETH_ALEN, mac_b, ETH_ALEN);
	if (write(to, &answer, len) != (ssize_t)len)
		err(1, "write");
	while (poll(&ready, 1, 200) == 1)
		if (read(from, &got, sizeof(got)) < 0)
			err(1, "read");
}

static void send_frames(int from, int to, const void *data, size_t len,
			long count, int together)
{
	static struct frame got;
	ssize_t n;
	int i;

	for (; count > 0; count -= together) {
		for (i = 0; i < together; i++)
			if (write(from, data, len) != (ssize_t)len)
				err(1, "write");
		for (i = 0; i < together; i++) {
			n = read_frame(to, &got);
			if (n < 0)
				err(1, "read");
			if (n != (ssize_t)len)
				errx(1, "%zd bytes arrived of %zu", n, len);
		}
	}
}

int main(int argc, char **argv)
{
	static struct frame frame;
	struct timespec start, end;
	const void *data = &frame;
	size_t bytes, len;
	enum mode mode;
	int from, to, together = 1;
	long count;

	if (argc == 7)
		together = atoi(argv[--argc]);
	if (argc != 6)
		errx(2, "usage: framepass packet|tap|vnet|tso FROM TO FRAMES BYTES [TOGETHER]");
	mode = !strcmp(argv[1], "tso") ? TSO :
	       !strcmp(argv[1], "vnet") ? VNET :
	       !strcmp(argv[1], "tap") ? TAP : PACKET;
	count = atol(argv[4]);
	bytes = strtoul(argv[5], NULL, 10);
	if (count < 1 || bytes < 60 || bytes > BYTES_MAX || together < 1)
		errx(2, "bad FRAMES, BYTES or TOGETHER");
	/* Whole rounds. */
	count += (together - count % together) % together;

	from = mode == PACKET ? packet_open(argv[2]) : tap_open(argv[2], mode);
	to = mode == PACKET ? packet_open(argv[3]) : tap_open(argv[3], mode);
	frame_fill(&frame, mode, bytes);
	len = bytes;
	if (mode < VNET)
		data = frame.eth;
	else
		len += sizeof(frame.vnet);
	wait_for_line(from, to, data, len);
	if (mode != TSO)
		teach(from, to, data, len, mode);
	send_frames(from, to, data, len, WARM_UP, together);
	clock_gettime(CLOCK_MONOTONIC, &start);
	send_frames(from, to, data, len, count, together);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.1f\n", ((end.tv_sec - start.tv_sec) * 1e9 +
			  (end.tv_nsec - start.tv_nsec)) / count);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The DHCP engine on a packet socket, for real clients to talk to. Prints what
 * happens, a line each: "bound 10.0.2.15". The network is 10.0.2.0/24; the
 * server's own address is the one that the kernel has on the interface, .2.
 *
 * Usage: serve IFNAME [no-probe]
 */
#include "packet.h"

#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NET(host)	ADDR(10, 0, 2, host)
#define PROBE_MS	400
#define HEADERS		(sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct udphdr))

struct server {
	struct nemu_dhcp dhcp;
	int ip;			/* packet socket for IPv4 */
	int arp;		/* and for ARP */
	u8 mac[ETH_ALEN];
};

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void print_event(const char *what, u32 addr)
{
	struct in_addr in = { htonl(addr) };

	printf("%s %s\n", what, inet_ntoa(in));
}

static int packet_socket(const char *ifname, u16 protocol)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(ifname),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(protocol));

	if (fd < 0 || bind(fd, (struct sockaddr *)&sll, sizeof(sll)))
		err(1, "packet socket on %s", ifname);
	return fd;
}

/* The kernel would refuse what renewing clients send if nobody listened. */
static void hold_port(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(67) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)))
		err(1, "port 67");
}

/* ---- probes ------------------------------------------------------------- */

static void send_probe(struct server *s, u32 addr)
{
	u8 frame[42] = { 0 };

	memset(frame, 0xff, ETH_ALEN);
	memcpy(frame + 6, s->mac, ETH_ALEN);
	memcpy(frame + 12, "\x08\x06\0\1\x08\0\6\4\0\1", 10);
	memcpy(frame + 22, s->mac, ETH_ALEN);
	put_unaligned_be32(addr, frame + 38);
	if (send(s->arp, frame, sizeof(frame), 0) < 0)
		err(1, "ARP probe");
}

/* Does anybody speak for the address? */
static bool is_taken(struct server *s, u32 addr)
{
	struct pollfd pfd = { .fd = s->arp, .events = POLLIN };
	u8 frame[64];

	send_probe(s, addr);
	while (poll(&pfd, 1, PROBE_MS) > 0)
		if (recv(s->arp, frame, sizeof(frame), 0) >= 42 &&
		    get_unaligned_be32(frame + 28) == addr)
			return true;
	return false;
}

/* ---- frames ------------------------------------------------------------- */

static u32 sum_words(const u8 *p, size_t len, u32 sum)
{
	for (; len > 1; p += 2, len -= 2)
		sum += get_unaligned_be16(p);
	return len ? sum + (p[0] << 8) : sum;
}

static u16 fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void send_reply(struct server *s, const struct nemu_dhcp_output *out)
{
	u8 frame[HEADERS + NEMU_DHCP_LEN_MAX] = { 0 };
	u8 *ip = frame + sizeof(struct ethhdr), *udp = ip + sizeof(struct iphdr);
	size_t len = out->len + sizeof(struct udphdr);
	u16 sum;

	memcpy(frame, out->dst_mac, ETH_ALEN);
	memcpy(frame + ETH_ALEN, s->mac, ETH_ALEN);
	put_unaligned_be16(ETH_P_IP, frame + 12);
	ip[0] = 0x45;
	put_unaligned_be16(sizeof(struct iphdr) + len, ip + 2);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	put_unaligned_be32(s->dhcp.config.server, ip + 12);
	put_unaligned_be32(out->dst, ip + 16);
	put_unaligned_be16(fold(sum_words(ip, sizeof(struct iphdr), 0)), ip + 10);
	put_unaligned_be16(67, udp);
	put_unaligned_be16(68, udp + 2);
	put_unaligned_be16(len, udp + 4);
	memcpy(udp + sizeof(struct udphdr), out->reply, out->len);
	sum = fold(sum_words(udp, len, sum_words(ip + 12, 8, IPPROTO_UDP + len)));
	put_unaligned_be16(sum ? sum : 0xffff, udp + 6);
	if (send(s->ip, frame, HEADERS + out->len, 0) < 0)
		err(1, "reply");
}

static void print_events(const struct nemu_dhcp_output *out)
{
	static const char *const names[] = {
		"bound", "renewed", "released", "expired", "declined", "full",
	};
	u8 i;

	for (i = 0; i < out->event_count; i++)
		print_event(names[out->events[i].type], out->events[i].addr);
}

static void input(struct server *s, struct nemu_dhcp_input *in)
{
	u8 reply[NEMU_DHCP_LEN_MAX];
	struct nemu_dhcp_output out = { .reply = reply, .size = sizeof(reply) };
	bool taken;

	for (;;) {
		in->now = now();
		nemu_dhcp_input(&s->dhcp, in, &out);
		print_events(&out);
		if (out.action != NEMU_DHCP_PROBE)
			break;
		taken = is_taken(s, out.probe);
		if (taken)
			print_event("taken", out.probe);
		if (!nemu_dhcp_verdict(&s->dhcp, out.probe, taken, 0, now()))
			return;
	}
	if (out.action != NEMU_DHCP_REPLY)
		return;
	if (out.type == NEMU_DHCP_NAK)
		print_event("refused", s->dhcp.request.requested);
	send_reply(s, &out);
}

/* A frame to the server port, or nothing. */
static void receive(struct server *s)
{
	u8 frame[2048];
	ssize_t len = recv(s->ip, frame, sizeof(frame), 0);
	const u8 *ip = frame + sizeof(struct ethhdr), *udp;
	struct nemu_dhcp_input in = { .port = 1 };
	size_t header;

	if (len < (ssize_t)HEADERS)
		return;
	header = (ip[0] & 15) * 4;
	udp = ip + header;
	if (ip[9] != IPPROTO_UDP || header < 20 ||
	    udp + sizeof(struct udphdr) > frame + len ||
	    get_unaligned_be16(udp + 2) != 67)
		return;
	in.data = udp + sizeof(struct udphdr);
	in.len = frame + len - in.data;
	in.src = get_unaligned_be32(ip + 12);
	memcpy(in.mac, frame + ETH_ALEN, ETH_ALEN);
	input(s, &in);
}

/* ---- settings ----------------------------------------------------------- */

static void configure(struct nemu_dhcp_config *config)
{
	static const char *const search[] = { "example.net", "lab.example.net" };
	static const struct nemu_dhcp_route route = { ADDR(192, 0, 2, 0), 24, NET(9) };
	u32 router = NET(2), dns[] = { NET(3), NET(4) };

	nemu_dhcp_defaults(config);
	config->subnet = NET(0);
	config->mask = 0xffffff00;
	config->server = NET(2);
	config->lease_time = 60;
	config->t1 = 5;
	nemu_dhcp_option_set_addresses(&config->options, NEMU_DHCP_OPT_ROUTER, &router, 1);
	nemu_dhcp_option_set_addresses(&config->options, NEMU_DHCP_OPT_DNS, dns, 2);
	nemu_dhcp_option_set_string(&config->options, NEMU_DHCP_OPT_DOMAIN, "example.net");
	nemu_dhcp_option_set_u16(&config->options, NEMU_DHCP_OPT_MTU, 1400);
	if (nemu_dhcp_option_set_search(&config->options, search, 2) ||
	    nemu_dhcp_option_set_routes(&config->options, &route, 1))
		errx(1, "options");
}

int main(int argc, char **argv)
{
	u32 start = NET(15), end = NET(30), capacity = 16;
	static struct server s;
	struct ifreq ifr = { 0 };
	void *memory;

	if (argc < 2)
		errx(1, "usage: serve IFNAME [no-probe]");
	setlinebuf(stdout);
	configure(&s.dhcp.config);
	if (argc > 2)
		s.dhcp.config.flags &= ~NEMU_DHCP_F_PROBE;
	memory = calloc(1, nemu_lease_table_size(start, end, capacity));
	if (!memory)
		err(1, "table");
	s.dhcp.leases = nemu_lease_table_init(memory, start, end, capacity, now());
	s.ip = packet_socket(argv[1], ETH_P_IP);
	s.arp = packet_socket(argv[1], ETH_P_ARP);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", argv[1]);
	if (ioctl(s.ip, SIOCGIFHWADDR, &ifr))
		err(1, "address of %s", argv[1]);
	memcpy(s.mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	hold_port();
	puts("ready");
	for (;;)
		receive(&s);
}

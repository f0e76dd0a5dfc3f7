// SPDX-License-Identifier: GPL-2.0
/*
 * Ends of a stream of frames that nobody would wish for, and many of them.
 *
 *	badpeer hold TO N	N connections that neither say nor read anything;
 *				says so, and ends when it is killed
 *	badpeer sip TO N	one that says nothing, and reads a little each N
 *				seconds, until it is killed
 *	badpeer rush TO N	N connections, each given up at once
 *	badpeer half TO N FROM	N calls from FROM, FROM + 1 and so on, where
 *				nobody is who could answer
 *	badpeer pour TO N SIZE	N broadcast frames of SIZE bytes
 *	badpeer serve AT WORD	who calls is told WORD, again and again
 *	badpeer all TO N	N connections; each sends a frame from
 *				02:00:00:01: and two bytes of its number; says
 *				so when each of them has heard somebody ask for
 *				192.0.2.77, and ends when it is killed
 *	badpeer all-udp TO N AT	the same with N sockets, from port AT and the ports
 *				behind it to TO and those behind it
 *
 *	badpeer say TO		standard input, to who listens; until he hangs up
 *	badpeer rights TO N	N frames, each with descriptors, of this very
 *				connection; until he hangs up, or it is killed
 *	badpeer grams FROM TO N SIZE...
 *				N times a datagram of each size, between two paths,
 *				once somebody is there; says so, takes none, and ends
 *				when it is killed
 *
 * TO and AT are ADDRESS:PORT, or the path of a UNIX socket; of all-udp only the
 * former.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <netinet/ip.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST	1024
#define FRAME	60

static int fds[MOST];

static struct sockaddr_in parse(char *word)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	char *port = strchr(word, ':');

	if (port) {
		*port++ = '\0';
		addr.sin_port = htons(atoi(port));
	}
	if (inet_pton(AF_INET, word, &addr.sin_addr) != 1)
		errx(1, "%s: not an IPv4 address", word);
	return addr;
}

static int number(const char *word)
{
	int n = atoi(word);

	if (n < 1)
		errx(1, "%s: not a number", word);
	return n;
}

/* Of either family. */
struct address {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_un un;
	};
	socklen_t len;
};

static struct address parse_any(char *word)
{
	struct address addr = { .len = sizeof(addr.in) };

	if (*word != '/') {
		addr.in = parse(word);
		return addr;
	}
	addr.len = sizeof(addr.un);
	addr.un.sun_family = AF_UNIX;
	strncpy(addr.un.sun_path, word, sizeof(addr.un.sun_path) - 1);
	return addr;
}

static int call(const struct address *to)
{
	int fd = socket(to->sa.sa_family, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, &to->sa, to->len))
		err(1, "connect");
	return fd;
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

/* Who is turned away at once may notice it already when he calls. */
static void hold(const struct address *to, int n)
{
	while (n--)
		connect(socket(to->sa.sa_family, SOCK_STREAM, 0), &to->sa,
			to->len);
	say("held");
	for (;;)
		pause();
}

static void sip(const struct address *to, int seconds)
{
	static uint8_t little[131072];
	int fd = call(to);

	do
		sleep(seconds);
	while (recv(fd, little, sizeof(little), MSG_DONTWAIT));
}

static void rush(const struct address *to, int n)
{
	struct linger at_once = { .l_onoff = 1 };
	int fd;

	while (n--) {
		fd = socket(to->sa.sa_family, SOCK_STREAM, 0);
		connect(fd, &to->sa, to->len);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof(at_once));
		close(fd);
	}
}

/* ---- calls by hand -------------------------------------------------------- */

struct syn {
	struct iphdr ip;
	struct tcphdr tcp;
};

static uint32_t sum_up(uint32_t sum, const void *data, size_t len)
{
	const uint16_t *word = data;

	for (; len > 1; len -= 2)
		sum += *word++;
	return sum;
}

static void sum_tcp(struct syn *syn)
{
	uint32_t sum = htons(IPPROTO_TCP) + htons(sizeof(syn->tcp));

	sum = sum_up(sum, &syn->ip.saddr, 8);
	sum = sum_up(sum, &syn->tcp, sizeof(syn->tcp));
	sum = (sum & 0xffff) + (sum >> 16);
	syn->tcp.check = ~(sum + (sum >> 16));
}

static void half(const struct sockaddr_in *to, int n, const char *from)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), i;
	struct syn syn;

	if (fd < 0)
		err(1, "raw socket");
	for (i = 0; i < n; i++) {
		syn = (struct syn) {
			.ip = {
				.version = 4, .ihl = 5, .ttl = 64,
				.protocol = IPPROTO_TCP,
				.saddr = htonl(ntohl(inet_addr(from)) + i % 16),
				.daddr = to->sin_addr.s_addr,
			},
			.tcp = {
				.source = htons(10000 + i),
				.dest = to->sin_port, .seq = htonl(i),
				.doff = 5, .syn = 1, .window = htons(65535),
			},
		};
		sum_tcp(&syn);
		if (sendto(fd, &syn, sizeof(syn), 0,
			   (const struct sockaddr *)to, sizeof(*to)) < 0)
			err(1, "sendto");
	}
}

/* ---- frames --------------------------------------------------------------- */

static void address(uint8_t *mac, int who)
{
	memset(mac, 0, 6);
	mac[0] = 2;
	mac[3] = 1;
	mac[4] = who >> 8;
	mac[5] = who;
}

/* From its own address to the one of number 0: a switch learns, and floods few. */
static void fill(uint8_t *frame, int who)
{
	address(frame, 0);
	address(frame + 6, who);
	frame[12] = 0x88;
	frame[13] = 0xb5;
}

static void send_framed(int fd, const uint8_t *frame, size_t size)
{
	static uint8_t buffer[4 + 65536];
	uint32_t length = htonl(size);
	ssize_t n;

	memcpy(buffer, &length, 4);
	memcpy(buffer + 4, frame, size);
	for (size += 4; size; size -= n) {
		n = write(fd, buffer, size);
		if (n < 0)
			err(1, "write");
		memmove(buffer, buffer + n, size - n);
	}
}

static void pour(const struct address *to, int n, int size)
{
	static uint8_t frame[65536];
	int fd = call(to);

	if (size < 14 || size > sizeof(frame))
		errx(1, "no size of a frame");
	fill(frame, 0xffff);
	memset(frame, 0xff, 6);
	while (n--)
		send_framed(fd, frame, size);
	/* They are there when the other end has read them. */
	shutdown(fd, SHUT_WR);
	while (read(fd, frame, sizeof(frame)) > 0)
		;
}

static void serve(const struct address *at, const char *word)
{
	int fd = socket(at->sa.sa_family, SOCK_STREAM, 0), one = 1, peer;
	char got;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (at->sa.sa_family == AF_UNIX)
		unlink(at->un.sun_path);
	if (bind(fd, &at->sa, at->len) || listen(fd, 1))
		err(1, "listen");
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		peer = accept(fd, NULL, NULL);
		if (peer < 0)
			err(1, "accept");
		if (write(peer, word, strlen(word)) < 0)
			warn("write");
		/* Until it hangs up. */
		while (*word && read(peer, &got, 1) > 0)
			;
		close(peer);
	}
}

/* Is the address there in what was heard? It may be cut in two: ask again. */
static bool heard(int fd)
{
	static uint8_t got[65536];
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	return n > 0 && memmem(got, n, "\xc0\x00\x02\x4d", 4);
}

static void wait_all(int n)
{
	static bool done[MOST];
	struct pollfd any[MOST];
	int i, left = n;

	for (i = 0; i < n; i++)
		any[i] = (struct pollfd) { .fd = fds[i], .events = POLLIN };
	while (left && poll(any, n, -1) > 0) {
		for (i = 0; i < n; i++) {
			if (!any[i].revents || !heard(fds[i]) || done[i])
				continue;
			done[i] = true;
			left--;
		}
	}
	say("heard by all");
	for (;;)
		pause();
}

static void all(const struct address *to, int n)
{
	uint8_t frame[FRAME] = { };
	int i;

	for (i = 0; i < n; i++)
		fds[i] = call(to);
	for (i = 0; i < n; i++) {
		fill(frame, i);
		send_framed(fds[i], frame, sizeof(frame));
	}
	wait_all(n);
}

static void all_udp(struct sockaddr_in to, int n, struct sockaddr_in at)
{
	uint8_t frame[FRAME] = { };
	int i;

	for (i = 0; i < n; i++) {
		fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (bind(fds[i], (struct sockaddr *)&at, sizeof(at)))
			err(1, "bind");
		at.sin_port = htons(ntohs(at.sin_port) + 1);
	}
	for (i = 0; i < n; i++) {
		fill(frame, i);
		if (sendto(fds[i], frame, sizeof(frame), 0,
			   (struct sockaddr *)&to, sizeof(to)) < 0)
			err(1, "sendto");
		to.sin_port = htons(ntohs(to.sin_port) + 1);
	}
	wait_all(n);
}

/* A reset is a way to hang up, too. */
static void until_hung_up(int fd)
{
	char got[4096];

	while (read(fd, got, sizeof(got)) > 0)
		;
}

static void say_input(const struct address *to)
{
	char buffer[4096];
	int fd = call(to);
	ssize_t n;

	signal(SIGPIPE, SIG_IGN);
	while ((n = read(0, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, n) < 0)
			break;
	say("said");
	until_hung_up(fd);
}

/* What holds itself, and a reader who wants none of it. */
static void rights(const struct address *to, int n)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control = { .head = {
		.cmsg_len = CMSG_LEN(8 * sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	} };
	char frame[4 + FRAME] = { 0, 0, 0, FRAME };
	struct iovec vec = { frame, sizeof(frame) };
	struct msghdr msg = {
		.msg_iov = &vec, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd = call(to), i;

	fill((uint8_t *)frame + 4, 0xfffe);
	for (i = 0; i < 8; i++)
		memcpy(CMSG_DATA(&control.head) + i * sizeof(fd), &fd,
		       sizeof(fd));
	while (n--)
		if (sendmsg(fd, &msg, MSG_NOSIGNAL) < 0)
			err(1, "sendmsg");
	say("said");
	until_hung_up(fd);
}

static void grams(struct address from, struct address to, char **words)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0), size = 1 << 20;
	int n = number(*words++);
	static uint8_t frame[200000];
	char **word;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	fill(frame, 0xfffd);
	if (bind(fd, &from.sa, from.len))
		err(1, "%s", from.un.sun_path);
	while (connect(fd, &to.sa, to.len)) {
		if (errno != ENOENT && errno != ECONNREFUSED)
			err(1, "%s", to.un.sun_path);
		usleep(20000);
	}
	while (n--)
		for (word = words; *word; word++)
			if (send(fd, frame, atoi(*word), 0) < 0)
				err(1, "send %s", *word);
	say("sent");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	struct address at;
	const char *verb;

	verb = argc > 2 ? argv[1] : "";
	if (argc < 4 && strcmp(verb, "say"))
		errx(1, "usage: badpeer VERB ADDRESS:PORT|PATH WORD...");
	at = parse_any(argv[2]);
	if (!strcmp(verb, "say")) {
		say_input(&at);
		return 0;
	}
	if (!strcmp(verb, "grams") && argc > 5) {
		grams(at, parse_any(argv[3]), argv + 4);
		return 0;
	}
	if (!strcmp(verb, "serve"))
		serve(&at, argv[3]);
	if (!strcmp(verb, "rights")) {
		rights(&at, number(argv[3]));
		return 0;
	}
	if (number(argv[3]) > MOST && strstr(verb, "all"))
		errx(1, "%s: too many", argv[3]);
	if (!strcmp(verb, "hold"))
		hold(&at, number(argv[3]));
	else if (!strcmp(verb, "sip"))
		sip(&at, number(argv[3]));
	else if (!strcmp(verb, "rush"))
		rush(&at, number(argv[3]));
	else if (!strcmp(verb, "all"))
		all(&at, number(argv[3]));
	else if (argc == 5 && !strcmp(verb, "half"))
		half(&at.in, number(argv[3]), argv[4]);
	else if (argc == 5 && !strcmp(verb, "pour"))
		pour(&at, number(argv[3]), number(argv[4]));
	else if (argc == 5 && !strcmp(verb, "all-udp"))
		all_udp(at.in, number(argv[3]), parse(argv[4]));
	else
		errx(1, "%s: no such verb, or not its words", verb);
}

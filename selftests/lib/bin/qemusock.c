// SPDX-License-Identifier: GPL-2.0
/*
 * What QEMU's socket networks do, without a QEMU: frames go from a new tap to a
 * socket and back, in the format and with the socket options of QEMU 7.2.
 *
 *	qemusock TAP mcast GROUP:PORT LOCAL	-netdev socket,mcast=,localaddr=
 *	qemusock TAP udp REMOTE:PORT LOCAL:PORT	-netdev socket,udp=,localaddr=
 *	qemusock TAP listen ADDRESS:PORT	-netdev socket,listen=
 *	qemusock TAP connect ADDRESS:PORT	-netdev socket,connect=
 *
 *	qemusock TAP unix-listen PATH		-netdev stream,server=on,addr.type=unix
 *	qemusock TAP unix-connect PATH		-netdev stream,addr.type=unix
 *	qemusock TAP unix-dgram PATH PEER	-netdev dgram,local.type=unix
 *
 *	qemusock TAP given KIND COMMAND...	one of a pair of sockets; the command
 *						has the other as descriptor 9. KIND:
 *						unix-stream, unix-dgram,
 *						unix-seqpacket, tcp, udp
 *
 * Ends when the tap goes, or the connection.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>

#define FRAME_MAX	(4096 + 65536)	/* as NET_BUFSIZE of QEMU */

static int open_tap(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd;

	fd = open("/dev/net/tun", O_RDWR);
	if (fd < 0)
		err(1, "/dev/net/tun");
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &ifr))
		err(1, "%s", name);
	return fd;
}

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

static void set(int fd, int level, int option, const void *value, size_t size)
{
	if (setsockopt(fd, level, option, value, size))
		err(1, "setsockopt %d", option);
}

/* net_socket_mcast_create(): one socket, bound to the group itself. */
static int open_mcast(const struct sockaddr_in *group,
		      const struct sockaddr_in *local)
{
	struct ip_mreq mreq = {
		.imr_multiaddr = group->sin_addr,
		.imr_interface = local->sin_addr,
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1;

	set(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)group, sizeof(*group)))
		err(1, "bind");
	set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
	set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &one, sizeof(one));
	set(fd, IPPROTO_IP, IP_MULTICAST_IF, &local->sin_addr,
	    sizeof(local->sin_addr));
	return fd;
}

static int open_udp(const struct sockaddr_in *local)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1;

	set(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)local, sizeof(*local)))
		err(1, "bind");
	return fd;
}

/* Of a full queue QEMU loses frames too. */
static bool is_fatal(void)
{
	return errno != EAGAIN && errno != EINTR && errno != ENOBUFS &&
	       errno != EIO && errno != ECONNREFUSED && errno != ENOENT;
}

static void pass_datagrams(int tap, int sock, const struct sockaddr *to,
			   socklen_t size)
{
	struct pollfd fds[] = {
		{ .fd = tap, .events = POLLIN },
		{ .fd = sock, .events = POLLIN },
	};
	static char frame[FRAME_MAX];
	ssize_t n;

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents) {
			n = read(tap, frame, sizeof(frame));
			if (n < 0 && is_fatal())
				err(1, "tap");
			if (n > 0 && sendto(sock, frame, n, 0, to, size) < 0 &&
			    is_fatal())
				err(1, "sendto");
		}
		if (fds[1].revents) {
			n = recv(sock, frame, sizeof(frame), 0);
			/* QEMU takes it for the end, and never reads again. */
			if (!n)
				errx(1, "an empty datagram");
			if (n > 0 && write(tap, frame, n) < 0 && is_fatal())
				err(1, "tap");
		}
	}
}

static int open_listen(const struct sockaddr_in *local)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, peer;

	set(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)local, sizeof(*local)) ||
	    listen(fd, 1))
		err(1, "listen");
	peer = accept(fd, NULL, NULL);
	if (peer < 0)
		err(1, "accept");
	/* One peer is all that QEMU takes. */
	close(fd);
	return peer;
}

static int open_connect(const struct sockaddr_in *remote)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (const struct sockaddr *)remote, sizeof(*remote)))
		err(1, "connect");
	return fd;
}

static void write_all(int fd, const void *data, size_t len)
{
	ssize_t n;

	for (; len; data = (const char *)data + n, len -= n) {
		n = write(fd, data, len);
		if (n <= 0)
			err(1, "write");
	}
}

static void read_all(int fd, void *data, size_t len)
{
	ssize_t n;

	for (; len; data = (char *)data + n, len -= n) {
		n = read(fd, data, len);
		if (n < 0)
			err(1, "read");
		if (!n)
			exit(0);
	}
}

static void pass_stream(int tap, int sock)
{
	struct pollfd fds[] = {
		{ .fd = tap, .events = POLLIN },
		{ .fd = sock, .events = POLLIN },
	};
	static char frame[FRAME_MAX];
	uint32_t length;
	ssize_t n;

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents) {
			n = read(tap, frame, sizeof(frame));
			if (n < 0 && is_fatal())
				err(1, "tap");
			if (n > 0) {
				length = htonl(n);
				write_all(sock, &length, sizeof(length));
				write_all(sock, frame, n);
			}
		}
		if (fds[1].revents) {
			read_all(sock, &length, sizeof(length));
			n = ntohl(length);
			if (n > FRAME_MAX)
				errx(1, "a frame of %zd bytes", n);
			read_all(sock, frame, n);
			if (write(tap, frame, n) < 0 && is_fatal())
				err(1, "tap");
		}
	}
}

static struct sockaddr_un parse_path(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	return addr;
}

static int open_unix(char **argv, bool listens)
{
	struct sockaddr_un addr = parse_path(argv[3]);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), peer;

	if (!listens) {
		if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
			err(1, "connect");
		return fd;
	}
	unlink(addr.sun_path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1))
		err(1, "listen");
	peer = accept(fd, NULL, NULL);
	if (peer < 0)
		err(1, "accept");
	close(fd);
	return peer;
}

static void unix_main(char **argv)
{
	int tap;

	if (!strcmp(argv[2], "unix-dgram")) {
		struct sockaddr_un addr = parse_path(argv[3]);
		struct sockaddr_un peer = parse_path(argv[4]);
		int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

		unlink(addr.sun_path);
		if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
			err(1, "bind");
		tap = open_tap(argv[1]);
		pass_datagrams(tap, fd, (struct sockaddr *)&peer, sizeof(peer));
	}
	tap = open_tap(argv[1]);
	pass_stream(tap, open_unix(argv, !strcmp(argv[2], "unix-listen")));
}

static void bind_loopback(int fd, struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);

	*at = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (bind(fd, (struct sockaddr *)at, sizeof(*at)) ||
	    getsockname(fd, (struct sockaddr *)at, &len))
		err(1, "bind");
}

static void pair_tcp(int fds[2])
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in at;

	bind_loopback(listener, &at);
	fds[1] = socket(AF_INET, SOCK_STREAM, 0);
	if (listen(listener, 1) ||
	    connect(fds[1], (struct sockaddr *)&at, sizeof(at)))
		err(1, "connect");
	fds[0] = accept(listener, NULL, NULL);
	close(listener);
}

static void pair_udp(int fds[2])
{
	struct sockaddr_in at[2];
	int i;

	for (i = 0; i < 2; i++) {
		fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
		bind_loopback(fds[i], &at[i]);
	}
	for (i = 0; i < 2; i++)
		if (connect(fds[i], (struct sockaddr *)&at[!i], sizeof(at[0])))
			err(1, "connect");
}

static void make_pair(const char *kind, int fds[2])
{
	if (!strcmp(kind, "tcp"))
		pair_tcp(fds);
	else if (!strcmp(kind, "udp"))
		pair_udp(fds);
	else if (socketpair(AF_UNIX, strstr(kind, "stream") ? SOCK_STREAM :
			    strstr(kind, "dgram") ? SOCK_DGRAM :
						    SOCK_SEQPACKET, 0, fds))
		err(1, "socketpair");
}

static void given_main(char **argv)
{
	int tap = open_tap(argv[1]), fds[2], status;
	pid_t pid;

	make_pair(argv[3], fds);
	pid = fork();
	if (!pid) {
		dup2(fds[1], 9);
		execvp(argv[4], argv + 4);
		err(1, "%s", argv[4]);
	}
	waitpid(pid, &status, 0);
	if (status)
		errx(1, "nobody takes it");
	close(fds[1]);
	if (!strcmp(argv[3], "tcp") || !strcmp(argv[3], "unix-stream"))
		pass_stream(tap, fds[0]);
	pass_datagrams(tap, fds[0], NULL, 0);
}

static void stream_main(char **argv, bool listens)
{
	struct sockaddr_in addr = parse(argv[3]);
	int tap = open_tap(argv[1]);

	pass_stream(tap, listens ? open_listen(&addr) : open_connect(&addr));
}

int main(int argc, char **argv)
{
	struct sockaddr_in remote, local;
	int sock, tap;

	if (argc == 4 && (!strcmp(argv[2], "listen") ||
			  !strcmp(argv[2], "connect")))
		stream_main(argv, !strcmp(argv[2], "listen"));
	if (argc >= 5 && !strcmp(argv[2], "given"))
		given_main(argv);
	if (argc >= 4 && !strncmp(argv[2], "unix-", 5))
		unix_main(argv);
	if (argc != 5)
		errx(1, "usage: qemusock TAP mcast|udp REMOTE:PORT LOCAL[:PORT]");
	remote = parse(argv[3]);
	local = parse(argv[4]);
	sock = strcmp(argv[2], "mcast") ? open_udp(&local) :
					  open_mcast(&remote, &local);
	tap = open_tap(argv[1]);
	pass_datagrams(tap, sock, (struct sockaddr *)&remote, sizeof(remote));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command with a socket as its descriptor 9, and ends as that does; with 77
 * if this kernel has no such socket.
 *
 *	givefd KIND COMMAND...
 *
 * Of pairs (unix-stream, unix-dgram, unix-seqpacket, tcp, udp) the other end goes
 * with us. Others are of no use to a link: tcp-new, tcp-listen, udp-new,
 * seqpacket-listen, raw, packet, netlink; tls and sockmap (a connection with that on
 * top), tunnel (UDP, connected). listen:PATH is a UNIX stream socket that listens.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/udp.h>

#define GIVEN	9
#define MISSING	77

static struct sockaddr_in loopback = { .sin_family = AF_INET };

static int make(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		err(errno == EAFNOSUPPORT ? MISSING : 1, "socket");
	return fd;
}

static void bind_any(int fd, struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);

	*at = loopback;
	if (bind(fd, (struct sockaddr *)at, sizeof(*at)) ||
	    getsockname(fd, (struct sockaddr *)at, &len))
		err(1, "bind");
}

static void connect_to(int fd, const struct sockaddr_in *to)
{
	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
}

static int tcp_listen(struct sockaddr_in *at)
{
	int fd = make(AF_INET, SOCK_STREAM, 0);

	bind_any(fd, at);
	if (listen(fd, 1))
		err(1, "listen");
	return fd;
}

static int tcp(void)
{
	struct sockaddr_in at;
	int listener = tcp_listen(&at), fd = make(AF_INET, SOCK_STREAM, 0);

	connect_to(fd, &at);
	if (accept(listener, NULL, NULL) < 0)
		err(1, "accept");
	return fd;
}

static int udp(void)
{
	int fd = make(AF_INET, SOCK_DGRAM, 0), other = make(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in at, other_at;

	bind_any(fd, &at);
	bind_any(other, &other_at);
	connect_to(fd, &other_at);
	connect_to(other, &at);
	return fd;
}

static int pair(int type)
{
	int fds[2];

	if (socketpair(AF_UNIX, type, 0, fds))
		err(1, "socketpair");
	return fds[0];
}

static int unix_listen(const char *path, int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = make(AF_UNIX, type, 0);

	/* Without a path: an address that the kernel makes up. */
	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (bind(fd, (struct sockaddr *)&addr,
		 *path ? sizeof(addr) : sizeof(addr.sun_family)) ||
	    listen(fd, 8))
		err(1, "%s", path);
	return fd;
}

static int tls(void)
{
	int fd = tcp();

	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")))
		err(MISSING, "tls");
	return fd;
}

static int tunnel(void)
{
	int fd = udp(), type = UDP_ENCAP_L2TPINUDP;

	if (setsockopt(fd, IPPROTO_UDP, UDP_ENCAP, &type, sizeof(type)))
		err(MISSING, "encapsulation");
	return fd;
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* In the map as long as that is open: the command has it, too. */
static int sockmap(void)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_SOCKMAP,
		.key_size = 4, .value_size = 4, .max_entries = 1,
	};
	int fd = tcp(), key = 0, map_fd;

	map_fd = bpf(BPF_MAP_CREATE, &map);
	if (map_fd < 0)
		err(MISSING, "sockmap");
	union bpf_attr update = {
		.map_fd = map_fd,
		.key = (uintptr_t)&key, .value = (uintptr_t)&fd,
	};
	if (bpf(BPF_MAP_UPDATE_ELEM, &update))
		err(MISSING, "sockmap");
	return fd;
}

static int open_kind(const char *kind)
{
	struct sockaddr_in at;

	if (!strncmp(kind, "listen:", 7))
		return unix_listen(kind + 7, SOCK_STREAM);
	if (!strcmp(kind, "unix-stream"))
		return pair(SOCK_STREAM);
	if (!strcmp(kind, "unix-dgram"))
		return pair(SOCK_DGRAM);
	if (!strcmp(kind, "unix-seqpacket"))
		return pair(SOCK_SEQPACKET);
	if (!strcmp(kind, "seqpacket-listen"))
		return unix_listen("", SOCK_SEQPACKET);
	if (!strcmp(kind, "tcp"))
		return tcp();
	if (!strcmp(kind, "udp"))
		return udp();
	if (!strcmp(kind, "tcp-new"))
		return make(AF_INET, SOCK_STREAM, 0);
	if (!strcmp(kind, "tcp-listen"))
		return tcp_listen(&at);
	if (!strcmp(kind, "udp-new"))
		return make(AF_INET, SOCK_DGRAM, 0);
	if (!strcmp(kind, "raw"))
		return make(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (!strcmp(kind, "packet"))
		return make(AF_PACKET, SOCK_RAW, 0);
	if (!strcmp(kind, "netlink"))
		return make(AF_NETLINK, SOCK_RAW, 0);
	if (!strcmp(kind, "tls"))
		return tls();
	if (!strcmp(kind, "tunnel"))
		return tunnel();
	if (!strcmp(kind, "sockmap"))
		return sockmap();
	errx(1, "%s: no such kind", kind);
}

int main(int argc, char **argv)
{
	int fd, status;
	pid_t pid;

	if (argc < 3)
		errx(1, "usage: givefd KIND COMMAND...");
	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = open_kind(argv[1]);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		dup2(fd, GIVEN);
		execvp(argv[2], argv + 2);
		err(1, "%s", argv[2]);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Clients of a VDE switch, good and bad, for its control socket CTL. Succeeds if the
 * switch takes them.
 *
 *	join CTL PATH [TYPE VERSION]	a socket at PATH, all as it should be
 *	hold CTL PATH N [TYPE VERSION]	N of them, at PATH0 and so on, that send a
 *					frame each, until killed
 *	ask CTL PATH [TYPE VERSION]	PATH as it is
 *	garbage CTL			what is no request
 *	silent CTL N			N connections that say nothing; succeeds
 *	bind PATH MODE			leaves a socket there; succeeds
 *	frames CTL PATH N SIZE...	joins, sends N times a frame of each size
 *	chatter CTL PATH N	joins, and says N KiB on the control socket
 *	mute CTL PATH		joins, says so, and takes no frame, until killed
 *
 * TYPE is that of the request, at first 0: above its lowest eight bits is the port
 * that is asked for. VERSION is at first 3.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct request_v1 {
	uint32_t magic;
	uint32_t version;
	uint32_t type;
	uint8_t mac[6];
	struct sockaddr_un sock;
} __attribute__((packed));

struct request_v3 {
	uint32_t magic;
	uint32_t version;
	uint32_t type;
	struct sockaddr_un sock;
	char description[8];
} __attribute__((packed));

static uint32_t type, version = 3;

/* Without an end, if it is as long as there is room. */
static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	if (len > sizeof(addr.sun_path))
		errx(2, "%s: too long", path);
	memcpy(addr.sun_path, path, len);
	return addr;
}

static int connect_to(const char *path, int type)
{
	struct sockaddr_un addr = address(path);
	int fd = socket(AF_UNIX, type, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(2, "%s", path);
	return fd;
}

static int bind_at(const char *path, mode_t mode)
{
	struct sockaddr_un addr = address(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    chmod(path, mode))
		err(2, "%s", path);
	return fd;
}

/* In two pieces, as a stream may come. */
static void say(int fd, const void *req, size_t size)
{
	if (write(fd, req, 20) != 20 ||
	    write(fd, (const char *)req + 20, size - 20) != (ssize_t)size - 20)
		errx(1, "hung up");
}

static int ask(const char *ctl, const char *path, struct sockaddr_un *reply)
{
	struct request_v1 v1 = {
		.magic = 0xfeedface,
		.version = version,
		.type = type,
		.sock = address(path),
	};
	struct request_v3 v3 = {
		.magic = 0xfeedface,
		.version = version,
		.type = type,
		.sock = address(path),
		.description = "test",
	};
	int fd = connect_to(ctl, SOCK_STREAM);

	if (version == 1)
		say(fd, &v1, sizeof(v1));
	else
		say(fd, &v3, sizeof(v3));
	if (recv(fd, reply, sizeof(*reply), MSG_WAITALL) != sizeof(*reply))
		errx(1, "refused");
	return fd;
}

/* The socket for frames, and the other one. */
static int join_with(const char *ctl, const char *path, int *control)
{
	int fd = bind_at(path, 0700), size = 1 << 20;
	struct sockaddr_un reply;

	*control = ask(ctl, path, &reply);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (connect(fd, (struct sockaddr *)&reply, sizeof(reply)))
		err(1, "%s", reply.sun_path);
	return fd;
}

/* Returns where frames go. */
static int join(const char *ctl, const char *path)
{
	int control;

	return join_with(ctl, path, &control);
}

static void frames(const char *ctl, const char *path, char **words)
{
	static char frame[200000] = "\2\0\0\1\0\0\2\0\0\1\377\374\210\265";
	int n = atoi(*words++), control, fd;
	char **word;

	fd = join_with(ctl, path, &control);
	while (n--)
		for (word = words; *word; word++)
			if (send(fd, frame, atoi(*word), 0) < 0)
				err(1, "send %s", *word);
	puts("sent");
	fflush(stdout);
	pause();
}

static void chatter(const char *ctl, const char *path, int n)
{
	static char junk[1024];
	int control;

	join_with(ctl, path, &control);
	while (n--)
		if (send(control, junk, sizeof(junk), MSG_NOSIGNAL) < 0)
			err(1, "control");
	puts("said");
	fflush(stdout);
	pause();
}

static void hold(const char *ctl, const char *path, int n)
{
	char frame[60] = "\xff\xff\xff\xff\xff\xff\x02vdecl\x88\xb5";
	char name[128];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%d", path, i);
		if (send(join(ctl, name), frame, sizeof(frame), 0) < 0)
			err(1, "%s", name);
	}
	pause();
}

static void garbage(const char *ctl)
{
	int fd = connect_to(ctl, SOCK_STREAM);
	char junk[300];

	memset(junk, 'G', sizeof(junk));
	if (send(fd, junk, sizeof(junk), MSG_NOSIGNAL) < 0 ||
	    recv(fd, junk, sizeof(junk), MSG_WAITALL) <= 0)
		errx(1, "refused");
}

static void parse_request(char **words)
{
	type = strtoul(words[0], NULL, 0);
	version = strtoul(words[1], NULL, 0);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	struct sockaddr_un reply;
	int i, n = strcmp(verb, "hold") ? 4 : 5;

	if (argc == n + 2 && strcmp(verb, "frames")) {
		parse_request(argv + n);
		argc = n;
	}
	if (!strcmp(verb, "join") && argc == 4)
		join(argv[2], argv[3]);
	else if (!strcmp(verb, "hold") && argc == 5)
		hold(argv[2], argv[3], atoi(argv[4]));
	else if (!strcmp(verb, "ask") && argc == 4)
		ask(argv[2], argv[3], &reply);
	else if (!strcmp(verb, "frames") && argc > 5)
		frames(argv[2], argv[3], argv + 4);
	else if (!strcmp(verb, "chatter") && argc == 5)
		chatter(argv[2], argv[3], atoi(argv[4]));
	else if (!strcmp(verb, "mute") && argc == 4)
		chatter(argv[2], argv[3], 0);
	else if (!strcmp(verb, "garbage"))
		garbage(argv[2]);
	else if (!strcmp(verb, "silent") && argc == 4)
		for (i = 0; i < atoi(argv[3]); i++)
			connect_to(argv[2], SOCK_STREAM);
	else if (!strcmp(verb, "bind") && argc == 4)
		bind_at(argv[2], strtoul(argv[3], NULL, 8));
	else
		errx(2, "usage: vdeclient VERB...");
	return 0;
}

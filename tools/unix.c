// SPDX-License-Identifier: GPL-2.0
/*
 * UNIX sockets for links. The kernel looks up no paths: they are opened here, with
 * the rights of who calls, and handed over.
 */
#include "unix.h"
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int fill_address(const char *path, struct sockaddr_un *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (!*path || strlen(path) >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	strcpy(addr->sun_path, path);
	return 0;
}

int unix_refused(int err, const char *path, const char *peer)
{
	const char *why = strerror(-err);
	char room[64];

	if (err == -ENAMETOOLONG) {
		snprintf(room, sizeof(room),
			 "no path of a socket (allowed: 1 to %zu bytes)",
			 sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
		why = room;
	}
	if (err == -EAGAIN)
		why = "too many wait to be let in";
	if (peer)
		return refused_because("cannot open \"%s\" to \"%s\": %s",
				       path, peer, why);
	return refused_because("cannot open \"%s\": %s", path, why);
}

static int give_up(int fd, int err)
{
	if (fd >= 0)
		close(fd);
	return err;
}

/* Whoever listens may take nobody in: then there is no waiting for it. */
int unix_connect(const char *path)
{
	struct sockaddr_un addr;
	int ret = fill_address(path, &addr);
	int fd;

	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return give_up(fd, -errno);
	return fd;
}

/* A socket that nobody listens at was left behind. */
static void remove_stale(const struct sockaddr_un *addr, int type)
{
	struct stat st;
	int fd;

	if (lstat(addr->sun_path, &st) || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) &&
	    errno == ECONNREFUSED)
		unlink(addr->sun_path);
	close(fd);
}

static int bind_to(const char *path, int type)
{
	struct sockaddr_un addr;
	int ret = fill_address(path, &addr);
	int fd;

	if (ret)
		return ret;
	remove_stale(&addr, type);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return give_up(fd, -errno);
	return fd;
}

int unix_listen(const char *path)
{
	int fd = bind_to(path, SOCK_STREAM);
	int ret;

	if (fd < 0 || !listen(fd, SOMAXCONN))
		return fd;
	ret = -errno;
	unlink(path);
	return give_up(fd, ret);
}

int unix_dgram(const char *path, const char *peer)
{
	struct sockaddr_un addr;
	int ret = fill_address(peer, &addr);
	int fd;

	if (ret)
		return ret;
	fd = bind_to(path, SOCK_DGRAM);
	if (fd < 0 || !connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	ret = -errno;
	unlink(path);
	return give_up(fd, ret);
}

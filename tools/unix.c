// SPDX-License-Identifier: GPL-2.0
/*
 * UNIX sockets for links. The kernel looks up no paths: they are opened here, with
 * the rights of who calls, and handed over. Each function returns a descriptor, or
 * -1 after it has said why not.
 */
#include "unix.h"
#include "ctl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool fill_address(const char *path, struct sockaddr_un *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (!*path || strlen(path) >= sizeof(addr->sun_path)) {
		refused_because("\"%s\" is no path of a socket (allowed: 1 to %zu bytes)",
			    path, sizeof(addr->sun_path) - 1);
		return false;
	}
	strcpy(addr->sun_path, path);
	return true;
}

static int give_up(int fd, const char *what, const char *path)
{
	refused_because("cannot %s \"%s\": %s", what, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int unix_connect(const char *path)
{
	struct sockaddr_un addr;
	int fd;

	if (!fill_address(path, &addr))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return give_up(fd, "connect to", path);
	return fd;
}

/* A socket that nobody listens at was left behind. */
static void remove_stale(const struct sockaddr_un *addr, int type)
{
	struct stat st;
	int fd;

	if (lstat(addr->sun_path, &st) || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
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
	int fd;

	if (!fill_address(path, &addr))
		return -1;
	remove_stale(&addr, type);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return give_up(fd, "make", path);
	return fd;
}

int unix_listen(const char *path)
{
	int fd = bind_to(path, SOCK_STREAM);

	if (fd >= 0 && listen(fd, SOMAXCONN)) {
		unlink(path);
		return give_up(fd, "listen at", path);
	}
	return fd;
}

int unix_dgram(const char *path, const char *peer)
{
	struct sockaddr_un addr;
	int fd;

	if (!fill_address(peer, &addr))
		return -1;
	fd = bind_to(path, SOCK_DGRAM);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		give_up(fd, "connect to", peer);
		unlink(path);
		return -1;
	}
	return fd;
}

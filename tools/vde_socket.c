// SPDX-License-Identifier: GPL-2.0
/*
 * UNIX sockets with paths in directories that others may write to. Nothing is
 * changed by its path after it was made, as somebody may have put something else
 * there: a file is made with the owner and the mode that it is to have.
 */
#include "vde.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

bool vde_address(struct sockaddr_un *addr, const char *path, size_t len)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	len = strnlen(path, len);
	if (!len || len >= sizeof(addr->sun_path))
		return false;
	memcpy(addr->sun_path, path, len);
	return true;
}

int vde_bind(int fd, const struct sockaddr_un *addr, uint32_t uid,
	     uint32_t gid, uint32_t mode)
{
	mode_t mask = umask(0);
	int old_uid, old_gid;
	int ret = 0;

	/* The file gets the mode of the socket. */
	if (fchmod(fd, mode))
		ret = -errno;
	old_gid = setfsgid(gid);
	old_uid = setfsuid(uid);
	if (!ret && bind(fd, (const struct sockaddr *)addr, sizeof(*addr)))
		ret = -errno;
	setfsuid(old_uid);
	setfsgid(old_gid);
	umask(mask);
	return ret;
}

bool vde_is_stale(const struct sockaddr_un *addr, int type)
{
	struct stat st;
	bool stale;
	int fd;

	if (lstat(addr->sun_path, &st) || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) &&
		errno == ECONNREFUSED;
	close(fd);
	return stale;
}

int vde_bind_again(int fd, const struct sockaddr_un *addr, int type,
		   uint32_t uid, uint32_t gid, uint32_t mode)
{
	int ret;

	ret = vde_bind(fd, addr, uid, gid, mode);
	if (ret != -EADDRINUSE || !vde_is_stale(addr, type))
		return ret;
	unlink(addr->sun_path);
	return vde_bind(fd, addr, uid, gid, mode);
}

/*
 * What was looked at is what is connected to, wherever the path leads by then.
 * A link is not followed: the owner of what it leads to has not asked for this.
 */
int vde_connect_owned(int fd, const char *path, uint32_t uid)
{
	struct sockaddr_un addr;
	char proc[64];
	struct stat st;
	int ret = 0;
	int file;

	file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0)
		return -errno;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", file);
	vde_address(&addr, proc, sizeof(proc));
	if (fstat(file, &st))
		ret = -errno;
	else if (!S_ISSOCK(st.st_mode) || st.st_uid != uid)
		ret = -EACCES;
	else if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		ret = -errno;
	close(file);
	return ret;
}

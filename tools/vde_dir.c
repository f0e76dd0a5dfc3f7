// SPDX-License-Identifier: GPL-2.0
/* The directory by which VDE programs find a switch: "ctl", and a socket for each. */
#include "vde.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG	128

/*
 * Who may connect may also make the socket of his own end in it, and nobody
 * touches those of others.
 */
static uint32_t dir_mode(uint32_t mode)
{
	return S_ISVTX | 0700 | mode | (mode & 0444) >> 2;
}

static int give(const char *path, const struct vde_spec *spec)
{
	int ret = 0;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fchown(fd, spec->uid, spec->gid) ||
	    fchmod(fd, dir_mode(spec->mode)))
		ret = -errno;
	close(fd);
	return ret;
}

/* One that is there already stays as it is. */
static int make_dir(struct vde_spec *spec, bool *made)
{
	char full[PATH_MAX];
	int ret = 0;

	*made = !mkdir(spec->dir, 0700);
	if (*made)
		ret = give(spec->dir, spec);
	else if (errno != EEXIST)
		ret = -errno;
	if (ret)
		return refused_because("cannot make the directory \"%s\": %s",
				       spec->dir, strerror(-ret));
	/* Clients are told paths in it, wherever they are. */
	if (!realpath(spec->dir, full))
		return refused_because("cannot find \"%s\": %s", spec->dir,
				       strerror(errno));
	if (strlen(full) >= sizeof(spec->dir))
		return refused_because("\"%s\" is too long for sockets in it (allowed: up to %zu bytes)",
				       full, sizeof(spec->dir) - 1);
	strcpy(spec->dir, full);
	return EXIT_OK;
}

static void path_in(const struct vde_spec *spec, const char *name,
		    struct sockaddr_un *addr)
{
	char path[sizeof(addr->sun_path)];

	snprintf(path, sizeof(path), "%s/%s", spec->dir, name);
	vde_address(addr, path, sizeof(path));
}

static int listen_in(const struct vde_spec *spec)
{
	struct sockaddr_un addr;
	int fd, ret;

	path_in(spec, "ctl", &addr);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	ret = vde_bind_again(fd, &addr, SOCK_STREAM, spec->uid, spec->gid,
			     spec->mode);
	if (!ret && listen(fd, BACKLOG)) {
		ret = -errno;
		unlink(addr.sun_path);
	}
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int vde_dir_open(struct vde_spec *spec)
{
	bool made;
	int fd;

	if (make_dir(spec, &made)) {
		if (made)
			rmdir(spec->dir);
		return -1;
	}
	fd = listen_in(spec);
	if (fd >= 0)
		return fd;
	if (made)
		rmdir(spec->dir);
	if (fd == -EADDRINUSE)
		refused_because("\"%s/ctl\" is in use by a switch that is alive, or is no socket",
				spec->dir);
	else
		refused_because("cannot make \"%s/ctl\": %s", spec->dir,
				strerror(-fd));
	return -1;
}

/* "NNN.0": clients that are connected need it no more. */
static bool is_data_socket(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits >= 3 && !strcmp(name + digits, ".0");
}

void vde_dir_close(const struct vde_spec *spec)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int fd;

	dir = opendir(spec->dir);
	if (!dir)
		return;
	fd = dirfd(dir);
	while ((entry = readdir(dir)))
		if ((!strcmp(entry->d_name, "ctl") ||
		     is_data_socket(entry->d_name)) &&
		    !fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISSOCK(st.st_mode))
			unlinkat(fd, entry->d_name, 0);
	closedir(dir);
	/* Somebody else may have files in it. */
	rmdir(spec->dir);
}

/* Clients may have files there, but not where ours are to be. */
static void remove_foreign(const struct vde_spec *spec,
			   const struct sockaddr_un *addr)
{
	struct stat st;

	if (!lstat(addr->sun_path, &st) && st.st_uid != spec->uid)
		unlink(addr->sun_path);
}

/* The first number that nobody has; clients that are gone have left theirs. */
static int bind_free(int fd, const struct vde_spec *spec,
		     struct sockaddr_un *addr)
{
	int ret = -EADDRINUSE;
	char name[16];
	uint32_t i;

	for (i = 0; ret == -EADDRINUSE && i <= 2 * spec->max_peers; i++) {
		snprintf(name, sizeof(name), "%03u.0", i);
		path_in(spec, name, addr);
		remove_foreign(spec, addr);
		ret = vde_bind_again(fd, addr, SOCK_DGRAM, spec->uid,
				     spec->gid, spec->mode);
	}
	return ret;
}

int vde_dir_socket(const struct vde_spec *spec, struct sockaddr_un *addr)
{
	int fd, ret;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	ret = bind_free(fd, spec, addr);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/* Joins a VDE switch as its clients do; the kernel goes on with the sockets. */
#include "unix.h"
#include "vde.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE	5	/* seconds, for an answer */
#define NAMES		100

/* A directory with "ctl" in it, or that socket itself. */
static bool control_path(const char *path, char *control, size_t size)
{
	struct stat st;
	bool is_dir = !stat(path, &st) && S_ISDIR(st.st_mode);
	int n;

	n = snprintf(control, size, "%s%s", path, is_dir ? "/ctl" : "");
	return n > 0 && (size_t)n < size;
}

/*
 * Our end, beside the control socket as clients have theirs. It belongs to whoever
 * runs the switch, so that he may connect to it.
 */
static int bind_beside(int fd, const char *control, const struct ucred *owner,
		       struct sockaddr_un *addr)
{
	const char *slash = strrchr(control, '/');
	char path[sizeof(addr->sun_path) + 32];
	int ret = -EADDRINUSE;
	int i;

	for (i = 0; ret == -EADDRINUSE && i < NAMES; i++) {
		snprintf(path, sizeof(path), "%.*s.%05d-%05d",
			 slash ? (int)(slash - control + 1) : 0, control,
			 getpid(), i);
		if (!vde_address(addr, path, sizeof(path)))
			return -ENAMETOOLONG;
		ret = vde_bind(fd, addr, owner->uid, owner->gid, 0600);
		if (ret == -EACCES)
			ret = vde_bind(fd, addr, geteuid(), getegid(), 0600);
	}
	return ret;
}

static int ask(int control, const struct sockaddr_un *ours,
	       struct sockaddr_un *theirs)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	struct vde_request_v3 req = {
		.magic = VDE_MAGIC,
		.version = 3,
		.type = VDE_NEW_CONTROL,
		.sock = *ours,
		.description = "netemu",
	};
	size_t len = offsetof(struct vde_request_v3, description) +
		     strlen(req.description);
	struct sockaddr_un reply;
	ssize_t n;

	setsockopt(control, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	if (send(control, &req, len, MSG_NOSIGNAL) != (ssize_t)len)
		return -EPIPE;
	n = recv(control, &reply, sizeof(reply), MSG_WAITALL);
	if (n < 0)
		return -errno;
	if (n != sizeof(reply) || reply.sun_family != AF_UNIX ||
	    !vde_address(theirs, reply.sun_path, sizeof(reply.sun_path)))
		return -EPROTO;
	return 0;
}

static int join(int control, const char *path, int *data)
{
	struct sockaddr_un ours, theirs;
	struct ucred owner;
	socklen_t len = sizeof(owner);
	int fd, ret;

	if (getsockopt(control, SOL_SOCKET, SO_PEERCRED, &owner, &len))
		return -errno;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = bind_beside(fd, path, &owner, &ours);
	if (!ret) {
		ret = ask(control, &ours, &theirs);
		if (!ret && connect(fd, (struct sockaddr *)&theirs,
				    sizeof(theirs)))
			ret = -errno;
		/* Who is connected needs no path. */
		unlink(ours.sun_path);
	}
	if (ret)
		close(fd);
	else
		*data = fd;
	return ret;
}

int vde_parse_path(struct args *args, struct far_spec *spec,
		   const char **path)
{
	int ret = parse_word(args, "path of the VDE switch", path);

	if (!ret && snprintf(spec->path, sizeof(spec->path), "%s", *path) >=
		    (int)sizeof(spec->path))
		return usage_error("vde: the path is too long");
	spec->has_fd = true;
	spec->has_control = true;
	return ret;
}

int vde_connect(const char *path, int *data, int *control)
{
	char ctl[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int ret;

	if (!control_path(path, ctl, sizeof(ctl)))
		return -ENAMETOOLONG;
	*control = unix_connect(ctl);
	if (*control < 0)
		return *control;
	/* From here on there is an answer in time, or none. */
	ret = fcntl(*control, F_SETFL, 0) ? -errno : join(*control, ctl, data);
	if (ret)
		close(*control);
	return ret == -EAGAIN || ret == -EPIPE ? -EPROTO : ret;
}

int vde_refused(int err, const char *path)
{
	if (err == -ENAMETOOLONG)
		return refused_because("\"%s\" is too long for a path of sockets (allowed: up to %zu bytes)",
				       path, sizeof(((struct sockaddr_un *)NULL)->sun_path) - 5);
	if (err == -EPROTO)
		return refused_because("cannot join \"%s\": it does not answer as a VDE switch does",
				       path);
	if (err == -EAGAIN)
		return refused_because("cannot join \"%s\": too many wait to be let in",
				       path);
	return refused_because("cannot join \"%s\": %s", path, strerror(-err));
}

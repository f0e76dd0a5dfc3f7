// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps a helper alive: if it dies there is another one, while what it works for
 * stays open here.
 *
 * Each is found by a socket of its own, named after what it does, the network
 * namespace and the device, in a directory that only root may enter.
 */
#include "supervise.h"
#include "vde.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE_DIR	"/run/netemu"
#define PAUSE		500	/* milliseconds, before the next helper */

enum { COMMAND_SHOW = 's', COMMAND_STOP = 'q' };

/* "WHAT-NAMESPACE-", what all of them here begin with */
static bool state_prefix(const char *what, char *prefix, size_t size)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		return false;
	snprintf(prefix, size, "%s-%llu-", what, (unsigned long long)st.st_ino);
	return true;
}

static bool state_address(const char *what, int ifindex,
			  struct sockaddr_un *addr)
{
	char path[sizeof(addr->sun_path)], prefix[32];

	if (!state_prefix(what, prefix, sizeof(prefix)))
		return false;
	snprintf(path, sizeof(path), STATE_DIR "/%s%d", prefix, ifindex);
	return vde_address(addr, path, sizeof(path));
}

/* ---- those who ask ---- */

static int connect_state(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)addr, sizeof(*addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool ask_at(const struct sockaddr_un *addr, void *info, size_t size)
{
	struct timeval patience = { .tv_sec = 1 };
	char command = COMMAND_SHOW;
	int fd = connect_state(addr);
	bool told;

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	/* Of another version of this program it may be of another size. */
	told = send(fd, &command, 1, MSG_NOSIGNAL) == 1 &&
	       recv(fd, info, size, MSG_TRUNC) == (ssize_t)size;
	close(fd);
	return told;
}

bool supervise_ask(const char *what, int ifindex, void *info, size_t size)
{
	struct sockaddr_un addr;

	return state_address(what, ifindex, &addr) &&
	       ask_at(&addr, info, size);
}

void supervise_list(const char *what, void (*fn)(int ifindex, void *arg),
		    void *arg)
{
	struct dirent *entry;
	char prefix[32];
	DIR *dir;

	dir = opendir(STATE_DIR);
	if (!dir)
		return;
	if (state_prefix(what, prefix, sizeof(prefix)))
		while ((entry = readdir(dir)))
			if (!strncmp(entry->d_name, prefix, strlen(prefix)))
				fn(atoi(entry->d_name + strlen(prefix)), arg);
	closedir(dir);
}

int supervise_stop(const char *what, int ifindex)
{
	char command = COMMAND_STOP;
	struct sockaddr_un addr;
	int fd = -1;

	if (state_address(what, ifindex, &addr))
		fd = connect_state(&addr);
	if (fd < 0)
		return -ENOENT;
	/* All is gone when the other end is. */
	if (send(fd, &command, 1, MSG_NOSIGNAL) == 1)
		recv(fd, &command, 1, 0);
	close(fd);
	return 0;
}

/* ---- the supervisor ---- */

int supervise_claim(struct supervised *job)
{
	int fd, ret;

	if (mkdir(STATE_DIR, 0700) && errno != EEXIST)
		return -errno;
	/* Without /proc there is no telling namespaces apart. */
	if (!state_address(job->what, job->ifindex, &job->address))
		return -ENOENT;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -errno :
	      vde_bind_again(fd, &job->address, SOCK_SEQPACKET, geteuid(),
			     getegid(), 0600);
	if (!ret && listen(fd, 8))
		ret = -errno;
	job->command = fd;
	if (ret && fd >= 0)
		close(fd);
	return ret;
}

void supervise_disclaim(struct supervised *job)
{
	unlink(job->address.sun_path);
	close(job->command);
}

static void start_helper(struct supervised *job)
{
	pid_t parent = getpid();
	sigset_t none;

	*job->helper = fork();
	if (*job->helper)
		return;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A helper without a supervisor would never be told to stop. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_REFUSED);
	close(job->command);
	close(job->signals);
	_exit(job->help(job));
}

/* Returns true when all is done. */
static bool reap(struct supervised *job)
{
	int status;

	if (waitpid(*job->helper, &status, WNOHANG) != *job->helper)
		return false;
	*job->helper = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_OK;
}

static bool may_command(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) &&
	       (!who.uid || who.uid == geteuid());
}

/* Returns a descriptor of who wants an end of this, or -1. */
static int take_command(struct supervised *job)
{
	struct timeval patience = { .tv_sec = 1 };
	char command = 0;
	int fd;

	fd = accept4(job->command, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (may_command(fd) && recv(fd, &command, 1, 0) == 1 &&
	    command == COMMAND_STOP)
		return fd;
	if (job->refresh)
		job->refresh(job);
	if (command == COMMAND_SHOW)
		send(fd, job->info, job->size, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
	return -1;
}

/* Returns when it is to end; with a descriptor that is to be closed then, or -1. */
static int watch_over(struct supervised *job)
{
	struct signalfd_siginfo info;
	struct pollfd fds[2];
	int fd;

	start_helper(job);
	for (;;) {
		fds[0] = (struct pollfd) { job->signals, POLLIN, 0 };
		fds[1] = (struct pollfd) { job->command, POLLIN, 0 };
		if (!poll(fds, 2, *job->helper > 0 ? -1 : PAUSE))
			start_helper(job);
		if (fds[0].revents &&
		    read(job->signals, &info, sizeof(info)) > 0 &&
		    (info.ssi_signo != SIGCHLD || reap(job)))
			return -1;
		if (fds[1].revents) {
			fd = take_command(job);
			if (fd >= 0)
				return fd;
		}
	}
}

/* Whatever else who started us has open is not ours to keep. */
static void keep_only(struct supervised *job)
{
	int listener = job->listener;
	int command = fcntl(job->command, F_DUPFD_CLOEXEC, 16);
	int null = open("/dev/null", O_RDWR);

	if (listener >= 0)
		listener = fcntl(listener, F_DUPFD_CLOEXEC, 16);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	job->command = dup3(command, 3, O_CLOEXEC);
	if (listener >= 0)
		job->listener = dup3(listener, 4, O_CLOEXEC);
	close_range(listener >= 0 ? 5 : 4, ~0U, 0);
}

static void run(struct supervised *job)
{
	char name[16];
	sigset_t set;
	int fd;

	/* Who started us may have had it otherwise. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	job->signals = signalfd(-1, &set, SFD_CLOEXEC);
	*job->supervisor = getpid();
	snprintf(name, sizeof(name), "netemu-%s", job->what);
	prctl(PR_SET_NAME, name);
	fd = watch_over(job);
	if (*job->helper > 0) {
		kill(*job->helper, SIGKILL);
		waitpid(*job->helper, NULL, 0);
	}
	if (job->end)
		job->end(job);
	unlink(job->address.sun_path);
	if (fd >= 0)
		close(fd);
}

static int run_in_background(struct supervised *job)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return refused_because("cannot start a process: %s",
				       strerror(errno));
	if (pid)
		return EXIT_OK;
	keep_only(job);
	setsid();
	if (!chdir("/"))
		run(job);
	_exit(EXIT_OK);
}

int supervise(struct supervised *job, bool background)
{
	int ret = EXIT_OK;

	if (background)
		ret = run_in_background(job);
	else
		run(job);
	if (ret) {
		if (job->end)
			job->end(job);
		unlink(job->address.sun_path);
	}
	if (job->listener >= 0)
		close(job->listener);
	close(job->command);
	return ret;
}

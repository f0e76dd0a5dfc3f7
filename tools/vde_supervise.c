// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps a VDE socket open: the process that has the socket does nothing with
 * what clients say. That does a helper, and if it dies there is another one, while
 * the socket stays and nobody who connects meanwhile is turned away.
 *
 * Each is found by a socket of its own, named after the network namespace and the
 * switch, in a directory that only root may enter.
 */
#include "vde.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE_DIR	"/run/netemu"
#define PAUSE		500	/* milliseconds, before the next helper */

enum { COMMAND_SHOW = 's', COMMAND_STOP = 'q' };

struct supervisor {
	struct vde_info vde;
	struct sockaddr_un address;
	int listener;
	int command;
	int signals;
	struct vde_shared *shared;
};

/* "vde-NAMESPACE-", what all of them here begin with */
static bool state_prefix(char *prefix, size_t size)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		return false;
	snprintf(prefix, size, "vde-%llu-", (unsigned long long)st.st_ino);
	return true;
}

static bool state_address(int ifindex, struct sockaddr_un *addr)
{
	char path[sizeof(addr->sun_path)], prefix[32];

	if (!state_prefix(prefix, sizeof(prefix)))
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

static bool ask_at(const struct sockaddr_un *addr, struct vde_info *vde)
{
	char command = COMMAND_SHOW;
	int fd = connect_state(addr);
	bool told;

	if (fd < 0)
		return false;
	/* Of another version of this program it may be of another size. */
	told = send(fd, &command, 1, MSG_NOSIGNAL) == 1 &&
	       recv(fd, vde, sizeof(*vde), MSG_TRUNC) == sizeof(*vde);
	close(fd);
	return told;
}

bool vde_ask(int ifindex, struct vde_info *vde)
{
	struct sockaddr_un addr;

	return state_address(ifindex, &addr) && ask_at(&addr, vde);
}

void vde_list(struct vde_list *list)
{
	char prefix[32];
	struct dirent *entry;
	struct vde_info vde;
	DIR *dir;

	dir = opendir(STATE_DIR);
	if (!dir || !state_prefix(prefix, sizeof(prefix)))
		return;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)) &&
		    vde_ask(atoi(entry->d_name + strlen(prefix)), &vde))
			*list_append(list) = vde;
	closedir(dir);
}

int vde_stop(int ifindex)
{
	char command = COMMAND_STOP;
	struct sockaddr_un addr;
	int fd = -1;

	if (state_address(ifindex, &addr))
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

static int make_state(struct supervisor *sup)
{
	int fd, ret;

	if (mkdir(STATE_DIR, 0700) && errno != EEXIST)
		return refused_because("cannot make " STATE_DIR ": %s",
				       strerror(errno));
	if (!state_address(sup->vde.ifindex, &sup->address))
		return refused_because("cannot tell the network namespace: is /proc there?");
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -errno :
	      vde_bind_again(fd, &sup->address, SOCK_SEQPACKET, geteuid(),
			     getegid(), 0600);
	if (!ret && listen(fd, 8))
		ret = -errno;
	sup->command = fd;
	if (!ret)
		return EXIT_OK;
	if (fd >= 0)
		close(fd);
	if (ret == -EADDRINUSE)
		return refused_because("\"%s\" has a VDE socket already: turn it \"off\" first",
				       sup->vde.switch_name);
	return refused_because("cannot make \"%s\": %s",
			       sup->address.sun_path, strerror(-ret));
}

static void start_helper(struct supervisor *sup)
{
	pid_t parent = getpid();
	sigset_t none;

	sup->vde.helper = fork();
	if (sup->vde.helper)
		return;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A helper without a supervisor would never be told to stop. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_REFUSED);
	close(sup->command);
	close(sup->signals);
	_exit(vde_serve(&sup->vde, sup->listener, sup->shared));
}

/* Returns true when the switch is gone. */
static bool reap(struct supervisor *sup)
{
	int status;

	if (waitpid(sup->vde.helper, &status, WNOHANG) != sup->vde.helper)
		return false;
	sup->vde.helper = 0;
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
static int take_command(struct supervisor *sup)
{
	struct timeval patience = { .tv_sec = 1 };
	char command = 0;
	int fd;

	fd = accept4(sup->command, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (may_command(fd) && recv(fd, &command, 1, 0) == 1 &&
	    command == COMMAND_STOP)
		return fd;
	sup->vde.accepted = sup->shared->accepted;
	sup->vde.refused = sup->shared->refused;
	if (command == COMMAND_SHOW)
		send(fd, &sup->vde, sizeof(sup->vde),
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
	return -1;
}

/* Returns when it is to end; with a descriptor that is to be closed then, or -1. */
static int supervise(struct supervisor *sup)
{
	struct signalfd_siginfo info;
	struct pollfd fds[2];
	int fd;

	start_helper(sup);
	for (;;) {
		fds[0] = (struct pollfd) { sup->signals, POLLIN, 0 };
		fds[1] = (struct pollfd) { sup->command, POLLIN, 0 };
		if (!poll(fds, 2, sup->vde.helper > 0 ? -1 : PAUSE))
			start_helper(sup);
		if (fds[0].revents &&
		    read(sup->signals, &info, sizeof(info)) > 0 &&
		    (info.ssi_signo != SIGCHLD || reap(sup)))
			return -1;
		if (fds[1].revents) {
			fd = take_command(sup);
			if (fd >= 0)
				return fd;
		}
	}
}

/* Whatever else who started us has open is not ours to keep. */
static void keep_only(struct supervisor *sup)
{
	int listener = fcntl(sup->listener, F_DUPFD_CLOEXEC, 16);
	int command = fcntl(sup->command, F_DUPFD_CLOEXEC, 16);
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	sup->listener = dup3(listener, 3, O_CLOEXEC);
	sup->command = dup3(command, 4, O_CLOEXEC);
	close_range(5, ~0U, 0);
}

static void run(struct supervisor *sup)
{
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
	sup->signals = signalfd(-1, &set, SFD_CLOEXEC);
	sup->vde.supervisor = getpid();
	prctl(PR_SET_NAME, "netemu-vde");
	fd = supervise(sup);
	if (sup->vde.helper > 0) {
		kill(sup->vde.helper, SIGKILL);
		waitpid(sup->vde.helper, NULL, 0);
	}
	vde_dir_close(&sup->vde.spec);
	unlink(sup->address.sun_path);
	if (fd >= 0)
		close(fd);
}

static int run_in_background(struct supervisor *sup)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return refused_because("cannot start a process: %s",
				       strerror(errno));
	if (pid)
		return EXIT_OK;
	keep_only(sup);
	setsid();
	if (!chdir("/"))
		run(sup);
	_exit(EXIT_OK);
}

int vde_start(const struct vde_info *vde, bool background)
{
	struct supervisor sup = { .vde = *vde };
	int ret;

	sup.shared = mmap(NULL, sizeof(*sup.shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sup.shared == MAP_FAILED)
		return refused_because("no memory");
	ret = make_state(&sup);
	if (ret)
		return ret;
	sup.listener = vde_dir_open(&sup.vde.spec);
	if (sup.listener < 0) {
		unlink(sup.address.sun_path);
		close(sup.command);
		return EXIT_REFUSED;
	}
	if (background)
		ret = run_in_background(&sup);
	else
		run(&sup);
	if (ret) {
		vde_dir_close(&sup.vde.spec);
		unlink(sup.address.sun_path);
	}
	close(sup.listener);
	close(sup.command);
	return ret;
}

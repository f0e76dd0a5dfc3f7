// SPDX-License-Identifier: GPL-2.0
/*
 * guestload SOCKET|- [-p] COMMAND...: gives the bench's guest (guest/nicguest.c) a
 * command and prints what it cost, in nanoseconds of this machine's processors
 * that were not idle: instructions, where those are the clock.
 *
 * Where the guest tells a number, that is printed instead.
 *
 *   -p   after each ">" of the guest pktgen runs, else the guest gets a byte.
 *        Without a guest pktgen runs as often as the command's last word says.
 *
 * A child of the lowest priority uses up the time in which nothing else runs, as
 * an idle clock jumps; its own time is not counted.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PKTGEN "/proc/net/pktgen/pgctrl"

static pid_t idler;

static void end_idler(void)
{
	kill(idler, SIGKILL);
	waitpid(idler, NULL, 0);
}

static void start_idler(void)
{
	struct sched_param none = { 0 };

	idler = fork();
	if (idler < 0)
		err(1, "fork");
	if (!idler) {
		if (sched_setscheduler(0, SCHED_IDLE, &none))
			_exit(1);
		for (;;)
			;
	}
	atexit(end_idler);
}

static long long idle_time(void)
{
	char path[64];
	long long ns;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)idler);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%lld", &ns) != 1)
		err(1, "%s", path);
	fclose(file);
	return ns;
}

static long long busy_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec - idle_time();
}

static void run_pktgen(void)
{
	int fd = open(PKTGEN, O_WRONLY);

	if (fd < 0 || write(fd, "start\n", 6) != 6)
		err(1, "%s", PKTGEN);
	close(fd);
}

static int connect_guest(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", path);
	return fd;
}

static void tell(int fd, const char *what)
{
	if (write(fd, what, strlen(what)) != (ssize_t)strlen(what))
		err(1, "the guest does not listen");
}

static char hear(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		errx(1, "the guest is gone");
	return c;
}

static long long hear_number(int fd)
{
	long long n = 0;
	char c;

	while ((c = hear(fd)) != ';')
		n = n * 10 + c - '0';
	return n;
}

static long long with_guest(int fd, const char *command, int pktgen)
{
	long long start = 0, told = 0;
	char c;

	tell(fd, command);
	tell(fd, "\n");
	while ((c = hear(fd)) != '.') {
		if (c == '!')
			errx(1, "the guest has no card");
		if (c == '=')
			told = hear_number(fd);
		if (c != '>')
			continue;
		if (!start)
			start = busy_time();
		if (pktgen)
			run_pktgen();
		else
			tell(fd, "g");
	}
	if (told)
		return told;
	return start ? busy_time() - start : 0;
}

static long long without_guest(const char *command)
{
	const char *last = strrchr(command, ' ');
	int rounds = atoi(last ? last : "1");
	long long start = busy_time();

	while (rounds-- > 0)
		run_pktgen();
	return busy_time() - start;
}

int main(int argc, char **argv)
{
	int pktgen = argc == 4 && !strcmp(argv[2], "-p");
	long long ns;

	if (argc != 3 + pktgen)
		errx(2, "usage: guestload SOCKET|- [-p] COMMAND");
	start_idler();
	if (!strcmp(argv[1], "-"))
		ns = without_guest(argv[2 + pktgen]);
	else
		ns = with_guest(connect_guest(argv[1]), argv[2 + pktgen], pktgen);
	printf("%lld\n", ns);
	return 0;
}

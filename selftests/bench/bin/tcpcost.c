// SPDX-License-Identifier: GPL-2.0
/*
 * What TCP costs. "tcpcost serve PORT" answers; "tcpcost up|down ADDRESS PORT
 * KIB" moves data in one connection and prints nanoseconds per KiB; "tcpcost
 * connect ADDRESS PORT COUNT" prints those of a connection in which one byte
 * goes there and one comes back.
 *
 * TCP waits for timers now and then. A thread of the lowest priority runs
 * meanwhile, so that the clock never idles, and its time is not counted.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK		131072
#define WARM_UP_KIB	4096
#define WARM_UP		50

/* What a client asks for; ends of the same machine. */
struct request {
	uint32_t up;
	uint32_t down;
};

static char data[CHUNK];

static int receive_all(int fd, uint64_t bytes)
{
	ssize_t n;

	for (; bytes; bytes -= n) {
		n = recv(fd, data, bytes < CHUNK ? bytes : CHUNK, 0);
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int send_all(int fd, uint64_t bytes)
{
	ssize_t n;

	for (; bytes; bytes -= n) {
		n = send(fd, data, bytes < CHUNK ? bytes : CHUNK, MSG_NOSIGNAL);
		if (n <= 0)
			return -1;
	}
	return 0;
}

static void answer(int fd)
{
	struct request request;
	ssize_t n;

	n = recv(fd, &request, sizeof(request), MSG_WAITALL);
	if (n == sizeof(request) && !receive_all(fd, request.up * 1024ULL))
		send_all(fd, request.down ? request.down * 1024ULL : 1);
	/* The client closes first, so the waiting end is always on its side. */
	recv(fd, data, 1, 0);
	close(fd);
}

static void serve(const char *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_port = htons(atoi(port)),
	};
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, fd;

	if (listener < 0 ||
	    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    bind(listener, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(listener, 16))
		err(1, "port %s", port);
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		answer(fd);
	err(1, "accept");
}

static void ask(const struct sockaddr_in *to, uint32_t up, uint32_t down)
{
	struct timeval patience = { .tv_sec = 5 };
	struct request request = { .up = up, .down = down };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)))
		err(1, "socket");
	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
	if (send(fd, &request, sizeof(request), MSG_NOSIGNAL) != sizeof(request) ||
	    send_all(fd, up * 1024ULL) ||
	    receive_all(fd, down ? down * 1024ULL : 1))
		err(1, "the connection broke");
	close(fd);
}

static void *idle(void *unused)
{
	for (;;)
		;
	return NULL;
}

static clockid_t start_idle(void)
{
	struct sched_param param = { 0 };
	pthread_t thread;
	clockid_t clock;

	if (pthread_create(&thread, NULL, idle, NULL) ||
	    pthread_setschedparam(thread, SCHED_IDLE, &param) ||
	    pthread_getcpuclockid(thread, &clock))
		errx(1, "no idle thread");
	return clock;
}

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void measure(const char *what, const struct sockaddr_in *to, long count)
{
	clockid_t idle = start_idle();
	double start, waited;
	long i, trips = 1;

	if (!strcmp(what, "connect")) {
		trips = count;
		for (i = 0; i < WARM_UP; i++)
			ask(to, 0, 0);
	} else {
		ask(to, WARM_UP_KIB, WARM_UP_KIB);
	}
	waited = now(idle);
	start = now(CLOCK_MONOTONIC);
	for (i = 0; i < trips; i++)
		ask(to, !strcmp(what, "up") ? count : 0,
		    !strcmp(what, "down") ? count : 0);
	printf("%.1f\n", (now(CLOCK_MONOTONIC) - start -
			  (now(idle) - waited)) / count);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	if (argc == 3 && !strcmp(argv[1], "serve")) {
		serve(argv[2]);
	} else if (argc == 5 && atol(argv[4]) > 0 &&
		   inet_pton(AF_INET, argv[2], &to.sin_addr) == 1 &&
		   (!strcmp(argv[1], "up") || !strcmp(argv[1], "down") ||
		    !strcmp(argv[1], "connect"))) {
		to.sin_port = htons(atoi(argv[3]));
		measure(argv[1], &to, atol(argv[4]));
	} else {
		errx(2, "usage: tcpcost serve PORT | up|down ADDRESS PORT KIB | connect ADDRESS PORT COUNT");
	}
	return 0;
}

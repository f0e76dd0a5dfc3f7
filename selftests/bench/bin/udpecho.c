// SPDX-License-Identifier: GPL-2.0
/*
 * UDP round trips. "udpecho serve PORT" sends back what comes; "udpecho ask
 * ADDRESS PORT TRIPS BYTES" prints nanoseconds per round trip.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX	65507
#define CLIENT_PORT	40007	/* one, so that a NAT in between sees one flow */
#define WARM_UP		200

static void serve(const char *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_port = htons(atoi(port)),
	};
	static char data[BYTES_MAX];
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	ssize_t n;

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "port %s", port);
	while ((n = recvfrom(fd, data, sizeof(data), 0,
			     (struct sockaddr *)&addr, &len)) >= 0)
		sendto(fd, data, n, 0, (struct sockaddr *)&addr, len);
	err(1, "receive");
}

static int connect_to(const char *host, const char *port)
{
	struct timeval patience = { .tv_sec = 2 };
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_port = htons(atoi(port)),
	};
	struct sockaddr_in own = {
		.sin_family = AF_INET, .sin_port = htons(CLIENT_PORT),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)))
		err(1, "port %d", CLIENT_PORT);
	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s port %s", host, port);
	return fd;
}

static int trips(int fd, long count, size_t bytes)
{
	static char data[BYTES_MAX];

	while (count--)
		if (send(fd, data, bytes, 0) < 0 ||
		    recv(fd, data, sizeof(data), 0) != (ssize_t)bytes)
			return -1;
	return 0;
}

static void ask(const char *host, const char *port, long count, size_t bytes)
{
	int fd = connect_to(host, port), tries = 5;
	struct timespec start, end;

	/* Who is between may first have to find somebody's address. */
	while (trips(fd, WARM_UP, bytes))
		if (!--tries)
			err(1, "nothing comes back");
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (trips(fd, count, bytes))
		err(1, "lost");
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.1f\n", ((end.tv_sec - start.tv_sec) * 1e9 +
			  (end.tv_nsec - start.tv_nsec)) / count);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	else if (argc == 6 && !strcmp(argv[1], "ask") && atol(argv[4]) > 0 &&
		 strtoul(argv[5], NULL, 10) <= BYTES_MAX)
		ask(argv[2], argv[3], atol(argv[4]), strtoul(argv[5], NULL, 10));
	else
		errx(2, "usage: udpecho serve PORT | ask ADDRESS PORT TRIPS BYTES");
	return 0;
}

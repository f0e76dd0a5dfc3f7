// SPDX-License-Identifier: GPL-2.0
/*
 * One flow of datagrams of all sizes, whose bytes both ends know: each has to
 * arrive, once and unchanged. How many were overtaken is said only: on devices
 * without a queue that happens to whoever moves to another processor.
 *
 *	flow receive PORT ROUNDS	says "ready", then what was wrong, if anything
 *	flow send ADDRESS PORT ROUNDS
 *
 * A round is a few datagrams, less than any buffer on the way holds. The next one
 * begins when the receiver has answered.
 */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ROUND	16
#define SMALLEST 4
#define LARGEST	1472
#define PATIENCE 60000	/* milliseconds */

/* What datagram @number is. */
static size_t make(uint32_t number, uint8_t *data)
{
	uint32_t word = number * 2654435761u + 1;
	uint32_t size, i;

	size = SMALLEST + number * 331 % (LARGEST - SMALLEST + 1);
	for (i = 0; i < size; i++) {
		word ^= word << 13;
		word ^= word >> 17;
		word ^= word << 5;
		data[i] = word;
	}
	number = htonl(number);
	memcpy(data, &number, sizeof(number));
	return size;
}

static void patience(int fd, const char *what, uint32_t number)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	if (poll(&ready, 1, PATIENCE) != 1)
		errx(1, "%s %u did not arrive", what, number);
}

/* The one that came as @i-th: its number, which is of the same round. */
static uint32_t check(const uint8_t *data, ssize_t n, uint32_t i)
{
	static uint32_t seen[ROUND];
	static uint8_t known[LARGEST];
	uint32_t number;

	if (n < SMALLEST)
		errx(1, "%zd bytes instead of datagram %u", n, i);
	memcpy(&number, data, sizeof(number));
	number = ntohl(number);
	if (number / ROUND != i / ROUND)
		errx(1, "datagram %u instead of %u", number, i);
	/* They count from 1, so that nothing was seen at first. */
	if (seen[number % ROUND] == number + 1)
		errx(1, "datagram %u again", number);
	seen[number % ROUND] = number + 1;
	if (n != make(number, known) || memcmp(data, known, n))
		errx(1, "datagram %u is not what was sent", number);
	return number;
}

static void receive(struct sockaddr_in *at, uint32_t rounds)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t i, overtaken = 0;
	static uint8_t data[65536];
	struct sockaddr_in from;
	socklen_t len;
	ssize_t n;

	if (bind(fd, (struct sockaddr *)at, sizeof(*at)))
		err(1, "bind");
	puts("ready");
	fflush(stdout);
	for (i = 0; i < rounds * ROUND; i++) {
		patience(fd, "datagram", i);
		len = sizeof(from);
		n = recvfrom(fd, data, sizeof(data), 0,
			     (struct sockaddr *)&from, &len);
		overtaken += check(data, n, i) < i;
		if (i % ROUND == ROUND - 1 &&
		    sendto(fd, &i, sizeof(i), 0, (struct sockaddr *)&from,
			   len) < 0)
			err(1, "answer");
	}
	printf("all of it, %u of them overtaken\n", overtaken);
}

static void send_all(struct sockaddr_in *to, uint32_t rounds)
{
	static uint8_t data[LARGEST];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t i, number = 0;
	size_t size;

	if (connect(fd, (struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
	for (i = 0; i < rounds * ROUND; i++) {
		size = make(i, data);
		if (send(fd, data, size, 0) != size)
			err(1, "send");
		if (i % ROUND != ROUND - 1)
			continue;
		patience(fd, "the answer to datagram", i);
		if (recv(fd, &number, sizeof(number), 0) < 0)
			err(1, "the answer to datagram %u", i);
		if (number != i)
			errx(1, "the answer to datagram %u instead of %u",
			     number, i);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	if (argc == 4 && !strcmp(argv[1], "receive")) {
		addr.sin_port = htons(atoi(argv[2]));
		receive(&addr, atoi(argv[3]));
	} else if (argc == 5 && !strcmp(argv[1], "send")) {
		addr.sin_port = htons(atoi(argv[3]));
		if (inet_pton(AF_INET, argv[2], &addr.sin_addr) != 1)
			errx(1, "%s: not an IPv4 address", argv[2]);
		send_all(&addr, atoi(argv[4]));
	} else {
		errx(1, "usage: flow receive PORT ROUNDS|send ADDRESS PORT ROUNDS");
	}
}

// SPDX-License-Identifier: GPL-2.0
/* datagram FROM:PORT TO:PORT SIZE...: datagrams of these sizes, all zeroes. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct sockaddr_in parse(char *word)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	char *port = strchr(word, ':');

	if (!port)
		errx(1, "%s: no port", word);
	*port++ = '\0';
	addr.sin_port = htons(atoi(port));
	if (inet_pton(AF_INET, word, &addr.sin_addr) != 1)
		errx(1, "%s: not an IPv4 address", word);
	return addr;
}

int main(int argc, char **argv)
{
	struct sockaddr_in from, to;
	static char zeroes[65535];
	int fd, i;

	if (argc < 4)
		errx(1, "usage: datagram FROM:PORT TO:PORT SIZE...");
	from = parse(argv[1]);
	to = parse(argv[2]);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)))
		err(1, "%s", argv[1]);
	for (i = 3; i < argc; i++)
		if (sendto(fd, zeroes, atoi(argv[i]), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			err(1, "%s", argv[2]);
}

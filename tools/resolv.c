// SPDX-License-Identifier: GPL-2.0
/* The resolvers of the host, from resolv.conf(5). */
#include "ctl.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RESOLV_CONF	"/etc/resolv.conf"
#define NETNS_CONF	"/etc/netns/%s/resolv.conf"
#define KEYWORD		"nameserver"
#define BLANKS		" \t\r\n"

/* The file may hold what no packet can be sent to; the kernel refuses that. */
static bool is_host(struct in_addr addr)
{
	unsigned int first = ntohl(addr.s_addr) >> 24;

	return first > 0 && first < 224;
}

static void take_line(char *line, struct resolvers *resolvers)
{
	size_t skip = strlen(KEYWORD);
	struct in_addr addr;

	if (strncmp(line, KEYWORD, skip) || !strchr(BLANKS, line[skip]))
		return;
	line += skip;
	line += strspn(line, BLANKS);
	line[strcspn(line, BLANKS)] = '\0';
	if (inet_pton(AF_INET, line, &addr) == 1 && is_host(addr))
		resolvers->v[resolvers->n++] = addr.s_addr;
}

/* As "ip netns exec" does: a namespace may have a file of its own. */
static FILE *open_conf(const char *netns)
{
	char path[PATH_MAX];
	FILE *file = NULL;

	if (netns && !strchr(netns, '/') &&
	    snprintf(path, sizeof(path), NETNS_CONF, netns) < (int)sizeof(path))
		file = fopen(path, "re");
	return file ? file : fopen(RESOLV_CONF, "re");
}

void host_resolvers(const char *netns, struct resolvers *resolvers)
{
	FILE *file = open_conf(netns);
	char line[256];

	memset(resolvers, 0, sizeof(*resolvers));
	if (!file)
		return;
	while (resolvers->n < NETEMU_GW_RESOLVERS_MAX &&
	       fgets(line, sizeof(line), file))
		take_line(line, resolvers);
	fclose(file);
}

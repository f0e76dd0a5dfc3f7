// SPDX-License-Identifier: GPL-2.0
#include "ethtool.h"

#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>

/* Room for what any device of ours counts. */
union answer {
	struct ethtool_gstrings names;
	struct ethtool_stats values;
	uint8_t bytes[16384];
};

static int ask(int fd, int index, union answer *answer)
{
	struct ifreq ifr = { .ifr_data = (void *)answer };

	return if_indextoname(index, ifr.ifr_name) ?
	       ioctl(fd, SIOCETHTOOL, &ifr) : -1;
}

unsigned long ethtool_counter(int index, const char *name)
{
	union answer names = {
		.names = { .cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS },
	};
	union answer stats = { .values = { .cmd = ETHTOOL_GSTATS } };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned long value = 0;
	uint32_t i;

	if (ask(fd, index, &names) || ask(fd, index, &stats))
		names.names.len = 0;
	for (i = 0; i < names.names.len; i++)
		if (!strncmp((char *)names.names.data + i * ETH_GSTRING_LEN,
			     name, ETH_GSTRING_LEN))
			value = stats.values.data[i];
	close(fd);
	return value;
}

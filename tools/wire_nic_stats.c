// SPDX-License-Identifier: GPL-2.0
/* What an emulated card counted: its net device tells it by ethtool. */
#include "wire_nic.h"
#include "wire_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>

/* More than any model has. */
#define COUNTERS_MAX	1024

static int ask(int fd, const char *name, void *what)
{
	struct ifreq request = { .ifr_data = what };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return ioctl(fd, SIOCETHTOOL, &request) ? -errno : 0;
}

/* How many counters there are, negative for an error. */
static int count(int fd, const char *name)
{
	struct {
		struct ethtool_sset_info info;
		uint32_t n;
	} set = {
		.info = { .cmd = ETHTOOL_GSSET_INFO,
			  .sset_mask = 1ULL << ETH_SS_STATS },
	};
	int ret;

	ret = ask(fd, name, &set);
	if (ret)
		return ret;
	if (!set.info.sset_mask)
		return 0;
	return set.n <= COUNTERS_MAX ? (int)set.n : -E2BIG;
}

static int read_counters(int fd, const char *name, int n,
			 struct nic_counter_list *list)
{
	struct ethtool_gstrings *names;
	struct ethtool_stats *values;
	struct nic_counter *counter;
	int i, ret;

	names = calloc(1, sizeof(*names) + n * ETH_GSTRING_LEN);
	values = calloc(1, sizeof(*values) + n * sizeof(values->data[0]));
	if (!names || !values) {
		ret = -ENOMEM;
		goto out;
	}
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = n;
	values->cmd = ETHTOOL_GSTATS;
	values->n_stats = n;
	ret = ask(fd, name, names) ?: ask(fd, name, values);
	/* Another number than we made room for is another device by now. */
	if (!ret && ((int)names->len != n || (int)values->n_stats != n))
		ret = -EAGAIN;
	for (i = 0; i < n && !ret; i++) {
		counter = list_append(list);
		snprintf(counter->name, sizeof(counter->name), "%.*s",
			 ETH_GSTRING_LEN,
			 (char *)names->data + i * ETH_GSTRING_LEN);
		counter->value = values->data[i];
	}
out:
	free(names);
	free(values);
	return ret;
}

int wire_nic_counters(struct wire *w, const char *name,
		      struct nic_counter_list *list)
{
	int fd, n, ret;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return wire_fail(w, -errno, "%s", strerror(errno));
	n = count(fd, name);
	ret = n > 0 ? read_counters(fd, name, n, list) : n;
	close(fd);
	if (ret)
		return wire_fail(w, ret, "counters: %s", strerror(-ret));
	return 0;
}

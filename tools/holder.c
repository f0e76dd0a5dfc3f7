// SPDX-License-Identifier: GPL-2.0
/* Who has a port: the process that has a socket open, as far as /proc tells. */
#include "ctl.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Does the process have a file open that is called like this? */
static bool has_open(int pid, const char *wanted)
{
	char path[PATH_MAX], target[64];
	struct dirent *entry;
	bool found = false;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		len = readlinkat(dirfd(dir), entry->d_name, target,
				 sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		found = !strcmp(target, wanted);
	}
	closedir(dir);
	return found;
}

static void read_name(int pid, char *name, size_t size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(name, size, file))
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	fclose(file);
}

void find_port_holder(const struct forward *forward,
		      struct port_holder *holder)
{
	struct dirent *entry;
	char wanted[64];
	uint32_t inode;
	DIR *proc;
	int pid;

	memset(holder, 0, sizeof(*holder));
	inode = wire_sock_holder(forward->protocol, forward->addr,
				 forward->port, forward->ports);
	proc = inode ? opendir("/proc") : NULL;
	if (!proc)
		return;
	snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
	while (!holder->pid && (entry = readdir(proc))) {
		pid = atoi(entry->d_name);
		if (pid > 0 && has_open(pid, wanted)) {
			holder->pid = pid;
			read_name(pid, holder->name, sizeof(holder->name));
		}
	}
	closedir(proc);
}

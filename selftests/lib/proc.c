// SPDX-License-Identifier: GPL-2.0
#include "proc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The text behind "@field:", or false. */
static bool find_field(const char *pid, const char *field, char *text,
		       size_t size)
{
	size_t len = strlen(field);
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		found = !strncmp(line, field, len) && line[len] == ':';
		if (found)
			snprintf(text, size, "%s", line + len + 1);
	}
	if (f)
		fclose(f);
	return found;
}

long proc_status(const char *pid, const char *field)
{
	char text[64];

	return find_field(pid, field, text, sizeof(text)) ?
	       strtol(text, NULL, 10) : -1;
}

static bool is_called(const char *pid, const char *name)
{
	char path[300], comm[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(comm, sizeof(comm), f))
		*comm = 0;
	fclose(f);
	comm[strcspn(comm, "\n")] = 0;
	return !strncmp(comm, name, 15);
}

bool proc_find(const char *name, char *pid)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		found = is_called(entry->d_name, name);
		if (found)
			snprintf(pid, PROC_PID, "%.15s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool is_asleep(const char *pid)
{
	char text[64];

	return find_field(pid, "State", text, sizeof(text)) &&
	       text[strspn(text, " \t")] == 'S';
}

static long switches(const char *pid)
{
	return proc_status(pid, "voluntary_ctxt_switches") +
	       proc_status(pid, "nonvoluntary_ctxt_switches");
}

bool proc_rests(const char *pid)
{
	long before = switches(pid);

	if (!is_asleep(pid))
		return false;
	usleep(20000);
	return is_asleep(pid) && switches(pid) == before;
}

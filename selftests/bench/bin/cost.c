// SPDX-License-Identifier: GPL-2.0
/*
 * cost COMMAND [ARGUMENT...]: prints the processor time of a command, in
 * nanoseconds, program start included; what it waits for is not counted. On a
 * machine that counts instructions as its clock, that is their number.
 *
 * wait4() knows microseconds only; the scheduler's own figure of a process can
 * be read until it is reaped.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long long runtime(pid_t pid)
{
	unsigned long long ns;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		err(1, "%s", path);
	fclose(file);
	return ns;
}

int main(int argc, char **argv)
{
	siginfo_t info;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: cost COMMAND [ARGUMENT...]");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		err(1, "waitid");
	if (info.si_code != CLD_EXITED || info.si_status)
		errx(1, "%s failed", argv[1]);
	printf("%llu\n", runtime(pid));
	waitpid(pid, NULL, 0);
	return 0;
}

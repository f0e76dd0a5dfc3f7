// SPDX-License-Identifier: GPL-2.0
/* The client's side of the qtest protocol. */
#include "nic_qtest.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static FILE *to, *from;
static pid_t child;

/* ---- the protocol ------------------------------------------------------- */

/* Sends a command, returns what stands behind "OK ", or NULL. */
static char *try_ask(const char *format, va_list args)
{
	static char *line;
	static size_t size;

	vfprintf(to, format, args);
	if (fputc('\n', to) == EOF || fflush(to))
		err(1, "the program with the card");
	do {
		if (getline(&line, &size, from) < 0)
			errx(1, "the program with the card has gone");
	} while (!strncmp(line, "IRQ ", 4));
	if (strncmp(line, "OK", 2))
		return NULL;
	return line[2] == ' ' ? line + 3 : line + 2;
}

static char *ask(const char *format, ...)
{
	va_list args;
	char *answer;

	va_start(args, format);
	answer = try_ask(format, args);
	va_end(args);
	if (!answer)
		errx(1, "refused: %s", format);
	return answer;
}

static bool can(const char *format, ...)
{
	va_list args;
	char *answer;

	va_start(args, format);
	answer = try_ask(format, args);
	va_end(args);
	return answer;
}

u32 reg_read(u32 offset)
{
	return strtoul(ask("readl 0x%x", QTEST_BAR0 + offset), NULL, 0);
}

void reg_write(u32 offset, u32 value)
{
	ask("writel 0x%x 0x%x", QTEST_BAR0 + offset, value);
}

u32 io_read(u32 offset)
{
	return strtoul(ask("inl 0x%x", QTEST_BAR1 + offset), NULL, 0);
}

void io_write(u32 offset, u32 value)
{
	ask("outl 0x%x 0x%x", QTEST_BAR1 + offset, value);
}

u32 config_read(u32 slot, u32 offset)
{
	ask("outl 0xcf8 0x%x", 0x80000000u | slot << 11 | offset);
	return strtoul(ask("inl 0xcfc"), NULL, 0);
}

void config_write(u32 slot, u32 offset, u32 value)
{
	ask("outl 0xcf8 0x%x", 0x80000000u | slot << 11 | offset);
	ask("outl 0xcfc 0x%x", value);
}

void mem_read(u32 addr, void *data, u32 len)
{
	const char *text = len ? ask("read 0x%x 0x%x", addr, len) : "";
	unsigned int byte;
	u32 i;

	for (i = 0; i < len; i++) {
		if (sscanf(text + 2 + 2 * i, "%2x", &byte) != 1)
			errx(1, "read: not enough bytes");
		((u8 *)data)[i] = byte;
	}
}

void mem_write(u32 addr, const void *data, u32 len)
{
	char *text = malloc(2 * len + 1);
	u32 i;

	if (!len) {
		free(text);
		return;
	}
	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", ((const u8 *)data)[i]);
	ask("write 0x%x 0x%x 0x%s", addr, len, text);
	free(text);
}

u64 mem_read64(u32 addr)
{
	u64 value;

	mem_read(addr, &value, sizeof(value));
	return le64toh(value);
}

void mem_write64(u32 addr, u64 value)
{
	value = htole64(value);
	mem_write(addr, &value, sizeof(value));
}

/*
 * Where the clock can't be moved (it takes -accel qtest, which Debian's QEMU
 * lacks) the time is real. The first command afterwards is answered before the
 * timers that are due, the second one behind them.
 */
void pass(u64 ns)
{
	struct timespec time = { ns / 1000000000, ns % 1000000000 };

	if (can("clock_step %llu", (unsigned long long)ns))
		return;
	while (nanosleep(&time, &time) && errno == EINTR)
		;
	config_read(QTEST_SLOT, 0);
	config_read(QTEST_SLOT, 0);
}

/* ---- the program that has the card -------------------------------------- */

static char *expand(const char *arg)
{
	const char *at;
	char *text;

	for (;;) {
		at = strchr(arg, '@');
		if (!at)
			return strdup(arg);
		if (asprintf(&text, "%.*s%s%s", (int)(at - arg), arg,
			     wire_end(at[1] == 'p'), at + 6) < 0)
			err(1, "asprintf");
		arg = text;
	}
}

static void run_card(char *const argv[], int in, int out)
{
	char *args[64] = { NULL };
	int i;

	for (i = 0; argv[i] && i < 63; i++)
		args[i] = expand(argv[i]);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execvp(args[0], args);
	err(127, "%s", args[0]);
}

void qtest_start(char *const argv[])
{
	int in[2], out[2];

	signal(SIGPIPE, SIG_IGN);
	wire_open();
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		err(1, "pipe");
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (!child)
		run_card(argv, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	to = fdopen(in[1], "w");
	from = fdopen(out[0], "r");
	config_write(QTEST_SLOT, 0x10, QTEST_BAR0);
	config_write(QTEST_SLOT, 0x14, QTEST_BAR1);
	config_write(QTEST_SLOT, 0x04, 0x7);	/* I/O, memory, bus master */
}

void qtest_stop(void)
{
	fclose(to);
	fclose(from);
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	wire_close();
}

/* ---- the record --------------------------------------------------------- */

void note(u64 value, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	printf("\t%llx\n", (unsigned long long)value);
}

void note_bytes(const void *data, u32 len, const char *name, ...)
{
	u32 hash = 2166136261u, i;
	va_list args;

	for (i = 0; i < len; i++)
		hash = (hash ^ ((const u8 *)data)[i]) * 16777619;
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	printf("\t%u:%08x\n", len, hash);
}

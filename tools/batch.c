// SPDX-License-Identifier: GPL-2.0
/*
 * Commands from a file: one a line, words separated by blanks. A word may be
 * quoted, with ' as it stands or with " and backslashes; # begins a comment
 * where a word could begin.
 */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX	256

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * Takes the quotes and backslashes out of the word at @from, in place; returns
 * where it ends, or NULL if a quote is left open. The end mark may overwrite
 * the character there; *more says whether there was a blank.
 */
static char *unquote(char *from, bool *more)
{
	char *to = from;
	char quote = 0;

	for (; *from; from++) {
		if (!quote && is_blank(*from))
			break;
		if (quote && *from == quote) {
			quote = 0;
		} else if (!quote && (*from == '\'' || *from == '"')) {
			quote = *from;
		} else if (quote != '\'' && *from == '\\') {
			if (!*++from)
				return NULL;
			*to++ = *from;
		} else {
			*to++ = *from;
		}
	}
	*more = *from;
	*to = '\0';
	return quote ? NULL : from;
}

/* Returns the number of words, or -1 with the fault told. */
static int split(char *line, char *words[WORDS_MAX])
{
	bool more = true;
	int n = 0;

	for (;;) {
		while (is_blank(*line))
			line++;
		if (!*line || *line == '#')
			return n;
		if (n == WORDS_MAX) {
			usage_error("more than %d words in a line", WORDS_MAX);
			return -1;
		}
		words[n++] = line;
		line = unquote(line, &more);
		if (!line) {
			usage_error("a quote is not closed");
			return -1;
		}
		if (!more)
			return n;
		line++;
	}
}

static int run_line(struct ctl *ctl, char *line)
{
	char *words[WORDS_MAX];
	struct args args = { .v = words };

	args.n = split(line, words);
	if (args.n < 0)
		return EXIT_USAGE;
	if (!args.n)
		return EXIT_OK;
	return run_command(ctl, &args);
}

int run_batch(struct ctl *ctl, const char *name)
{
	bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "re");
	unsigned int number = 0;
	int result = EXIT_OK;
	char *line = NULL;
	size_t room = 0;
	int ret;

	if (!file)
		return refused_because("cannot open \"%s\": %s", name,
				       strerror(errno));
	ctl->batch = true;
	while (getline(&line, &room, file) >= 0) {
		number++;
		ret = run_line(ctl, line);
		/* Whoever reads along sees answers and errors in order. */
		fflush(stdout);
		if (!ret)
			continue;
		fprintf(stderr, "Command failed %s:%u\n", name, number);
		if (ret > result)
			result = ret;
		if (!ctl->force)
			break;
	}
	if (ferror(file))
		result = refused_because("cannot read \"%s\": %s", name,
					 strerror(errno));
	free(line);
	if (!is_stdin)
		fclose(file);
	return result;
}

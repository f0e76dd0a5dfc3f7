/* SPDX-License-Identifier: GPL-2.0 */
/* Words of a command, and what they may mean. */
#ifndef NETEMU_CTL_ARGS_H
#define NETEMU_CTL_ARGS_H

#include "model.h"

/* Exit codes, and what every command returns. */
#define EXIT_OK		0
#define EXIT_USAGE	1	/* not understood, or a value not allowed */
#define EXIT_REFUSED	2	/* the kernel or the system says no */

struct args {
	int n;
	char **v;
};

/* Both return NULL at the end. */
const char *args_peek(const struct args *args);
const char *args_next(struct args *args);

/* "netemu-ctl: ..." on stderr; returns EXIT_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * All of these take the next word, return EXIT_OK or EXIT_USAGE, and say what
 * is wrong with it; @what names the thing in that sentence.
 */
int parse_word(struct args *args, const char *what, const char **word);
int parse_number(struct args *args, const char *what, uint32_t min,
		 uint32_t max, const char *unit, uint32_t *value);
int parse_bool(struct args *args, const char *what, bool *value);
int parse_mac(struct args *args, const char *what, uint8_t *addr);
/* IPv4 addresses, in network order */
int parse_ipv4(struct args *args, const char *what, uint32_t *addr);
int parse_subnet(struct args *args, const char *what, struct subnet *subnet);
/* A name for a new device: refused if the kernel would refuse it. */
int parse_new_name(struct args *args, const char *what, char *name);
/* A name to look up. */
int parse_name(struct args *args, const char *what, char *name);
/* As parse_name; a number N is short for the device hubN. */
int parse_hub_name(struct args *args, const char *what, char *name);
int parse_new_hub_name(struct args *args, const char *what, char *name);

int check_mac(const char *what, const char *word, uint8_t *addr);

/*
 * Takes the option @word (@prefix before its key, "" = none) with its value.
 * *found says whether @word is one of @defs at all.
 */
int parse_opt(struct args *args, const char *word, const char *prefix,
	      const struct opt_def *defs, unsigned int n, struct opts *opts,
	      bool *found);

/* "mtu" of any Ethernet device; the device itself may allow less. */
int parse_mtu(struct args *args, const char *what, uint32_t *mtu);

/* A key that may be given once only. */
int once(bool *given, const char *key);

#endif /* NETEMU_CTL_ARGS_H */

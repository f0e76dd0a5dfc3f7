/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes on after netemu-ctl has returned: a supervisor, which does nothing by
 * itself, and its helper, which does the work. If the helper dies there is another
 * one; when the helper is done both end.
 */
#ifndef NETEMU_CTL_SUPERVISE_H
#define NETEMU_CTL_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/* One for each device of a network namespace and @what. */
struct supervised {
	const char *what;	/* a word, of the name of its socket */
	int ifindex;
	void *info;		/* what those who ask are told */
	size_t size;
	int *supervisor;	/* process, in @info */
	int *helper;		/* the same; 0 = none at the moment */
	int listener;		/* the helper's, which stays; -1 = it has none */
	/* In the helper; the status it exits with, 0 when all is done. */
	int (*help)(struct supervised *job);
	/* In the supervisor: before somebody is told, and at the end. May be NULL. */
	void (*refresh)(struct supervised *job);
	void (*end)(struct supervised *job);

	/* supervise.c */
	struct sockaddr_un address;
	int command;
	int signals;
};

/* Before the work begins; -EADDRINUSE if somebody does it already. 0 or -errno. */
int supervise_claim(struct supervised *job);
void supervise_disclaim(struct supervised *job);
/* After it: until told to stop, in the background or here. Closes all. EXIT_* */
int supervise(struct supervised *job, bool background);

/* False if there is none. */
bool supervise_ask(const char *what, int ifindex, void *info, size_t size);
int supervise_stop(const char *what, int ifindex);
/* Of this namespace; calls @fn for each. */
void supervise_list(const char *what, void (*fn)(int ifindex, void *arg),
		    void *arg);

#endif /* NETEMU_CTL_SUPERVISE_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The keeper of a link: when its connection is over it opens the path again, and
 * again, and gives the link what it got. The link knows nothing of it, and who is
 * connected does not need it: it may die and be started again at any time.
 *
 * What is to be opened is asked of the link each time, as is whether it waits.
 */
#include "keep.h"
#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WHAT		"link"
#define WAIT_FIRST	500	/* milliseconds, as links over TCP */
#define WAIT_MOST	10000

struct keeper_info {
	int supervisor;
	int helper;
};

struct keeper {
	struct supervised job;
	struct keeper_info info;
	char name[NAME_SIZE];

	/* The helper's */
	struct wire *wire;
	int watch;
	bool waits;		/* the link, as far as we know */
	int64_t due;		/* the next try, if it waits */
	int64_t pause;		/* after that one */
	int told;		/* error that was told last; 0 = none */
};

static struct keeper *of(struct supervised *job)
{
	return (struct keeper *)((char *)job - offsetof(struct keeper, job));
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* For who runs it in the foreground: each reason once. */
static void tell(struct keeper *k, const char *path, int err)
{
	if (err && err != k->told)
		fprintf(stderr, "netemu-ctl: link \"%s\" waits for \"%s\": %s\n",
			k->name, path, strerror(-err));
	else if (!err && k->told)
		fprintf(stderr, "netemu-ctl: link \"%s\" has \"%s\" again\n",
			k->name, path);
	k->told = err;
}

/* 0 or -errno */
static int reopen(struct keeper *k, const struct link_info *link)
{
	struct far_spec spec = { .has_fd = true };
	struct keep_path path;
	int ret;

	/* Somebody gave it something else: nothing to be done, for now. */
	if (keep_parse(&link->far, &path))
		return -EINVAL;
	ret = keep_open(&path, &spec.fd, &spec.control);
	if (!ret) {
		spec.has_control = spec.control >= 0;
		strcpy(spec.path, link->far.path);
		ret = wire_far_set(k->wire, link->ifindex, &spec);
		close(spec.fd);
		if (spec.has_control)
			close(spec.control);
	}
	tell(k, link->far.path, ret);
	return ret;
}

static void try(struct keeper *k, const struct link_info *link)
{
	if (!reopen(k, link)) {
		k->waits = false;
		return;
	}
	k->due = now() + k->pause;
	k->pause = k->pause * 2 > WAIT_MOST ? WAIT_MOST : k->pause * 2;
}

/* Returns for how long there is nothing to do; -1 = until something changes. */
static int64_t look_at(struct keeper *k, const struct link_info *link)
{
	int64_t left;

	strcpy(k->name, link->name);
	if (link->far.state != NETEMU_LINK_WAITING) {
		k->waits = false;
		/* Nobody tells when that is over before it began. */
		return link->far.state == NETEMU_LINK_CONNECTING ? WAIT_FIRST :
								    -1;
	}
	if (!k->waits) {
		k->waits = true;
		k->due = now() + WAIT_FIRST;
		k->pause = WAIT_FIRST;
	}
	left = k->due - now();
	if (left > 0)
		return left;
	try(k, link);
	return 0;
}

static void drain(int watch)
{
	char buffer[4096];

	while (recv(watch, buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
		;
}

/* Until the link is gone, also to another namespace. */
static void keep(struct keeper *k)
{
	struct pollfd fd = { k->watch, POLLIN, 0 };
	struct link_info link;
	int64_t idle;
	int ret;

	/* Who was there before may have died in between: try at once. */
	k->waits = true;
	k->due = now();
	k->pause = WAIT_FIRST;
	for (;;) {
		drain(k->watch);
		ret = wire_link_get_index(k->wire, k->job.ifindex, &link);
		if (ret == -ENODEV || (!ret && !link.far.present))
			return;
		idle = ret ? WAIT_FIRST : look_at(k, &link);
		poll(&fd, 1, idle);
	}
}

static int help(struct supervised *job)
{
	struct keeper *k = of(job);

	k->wire = wire_open();
	k->watch = wire_watch();
	if (k->watch < 0)
		return EXIT_REFUSED;
	keep(k);
	return EXIT_OK;
}

static int keeper_of(int ifindex)
{
	struct keeper_info info;

	return supervise_ask(WHAT, ifindex, &info, sizeof(info)) ?
	       info.supervisor : 0;
}

int keep_check(const struct link_info *link)
{
	struct keep_path path;
	const char *why = keep_parse(&link->far, &path);

	return why ? refused_because("cannot keep link \"%s\": %s", link->name,
				     why) : EXIT_OK;
}

int keep_start(const struct link_info *link, bool background)
{
	struct keeper k = {
		.job = {
			.what = WHAT, .ifindex = link->ifindex,
			.info = &k.info, .size = sizeof(k.info),
			.supervisor = &k.info.supervisor,
			.helper = &k.info.helper,
			.listener = -1, .help = help,
		},
	};
	int ret = keep_check(link);

	if (ret)
		return ret;
	strcpy(k.name, link->name);
	ret = supervise_claim(&k.job);
	if (ret == -EADDRINUSE && background)
		return EXIT_OK;
	if (ret == -EADDRINUSE)
		return refused_because("cannot keep link \"%s\": process %d does",
				       link->name, keeper_of(link->ifindex));
	if (ret)
		return refused_because("cannot keep link \"%s\": no socket in /run/netemu: %s",
				       link->name, strerror(-ret));
	return supervise(&k.job, background);
}

void keep_stop(const struct link_info *link)
{
	supervise_stop(WHAT, link->ifindex);
}

void keep_look_up(struct link_list *list)
{
	struct keep_path path;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!keep_parse(&list->v[i].far, &path))
			list->v[i].far.keeper = keeper_of(list->v[i].ifindex);
}

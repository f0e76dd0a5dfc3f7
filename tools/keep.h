/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links whose sockets were opened by a path: the kernel looks up none, so when the
 * connection is over somebody has to open it again. A keeper does.
 */
#ifndef NETEMU_CTL_KEEP_H
#define NETEMU_CTL_KEEP_H

#include "ctl.h"

#define KEEP_PATH_SIZE	(NETEMU_LINK_PATH_MAX + 1)

/* What a link was opened by. */
struct keep_path {
	uint32_t transport;
	char path[KEEP_PATH_SIZE];
	char peer[KEEP_PATH_SIZE];	/* of datagrams; else "" */
};

/* keep_path.c */

/* The words for a path, absolute if that fits, as NETEMU_LINK_A_PATH. */
void keep_words(char words[KEEP_PATH_SIZE], const char *how, const char *path,
		const char *peer);
/* The opposite; NULL, or why it can't be opened again. */
const char *keep_parse(const struct far_info *far, struct keep_path *path);
/* 0 or -errno; *control = -1 where there is none. */
int keep_open(const struct keep_path *path, int *fd, int *control);

/* keep.c */

/* Can it be kept at all? Says why not. EXIT_* */
int keep_check(const struct link_info *link);
/* In the background, where it is no matter if there is one already; or here. */
int keep_start(const struct link_info *link, bool background);
/* It may have none. */
void keep_stop(const struct link_info *link);
/* Fills far.keeper. */
void keep_look_up(struct link_list *list);

#endif /* NETEMU_CTL_KEEP_H */

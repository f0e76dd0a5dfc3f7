// SPDX-License-Identifier: GPL-2.0
/* What a link says of where its sockets came from: made, understood, opened again. */
#include "keep.h"
#include "unix.h"
#include "vde.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONNECT	"unix connect "
#define DGRAM	"unix dgram "

/* Not that of what is there now: somebody may put something else in its place. */
static void absolute(const char *path, char full[PATH_MAX])
{
	char here[PATH_MAX];

	if (path[0] == '/' || !getcwd(here, sizeof(here)) ||
	    snprintf(full, PATH_MAX, "%s/%s", here, path) >= PATH_MAX)
		snprintf(full, PATH_MAX, "%s", path);
}

static bool put(char words[KEEP_PATH_SIZE], const char *how, const char *path,
		const char *peer)
{
	int n = snprintf(words, KEEP_PATH_SIZE, "%s%s%s%s%s", how,
			 *how ? " " : "", path, peer ? " " : "",
			 peer ? peer : "");

	return n < KEEP_PATH_SIZE;
}

void keep_words(char words[KEEP_PATH_SIZE], const char *how, const char *path,
		const char *peer)
{
	char full[PATH_MAX], full_peer[PATH_MAX];

	absolute(path, full);
	if (peer)
		absolute(peer, full_peer);
	/* What does not fit is only for who looks. */
	if (!put(words, how, full, peer ? full_peer : NULL))
		put(words, how, path, peer);
}

/* Two paths with a blank between; both may have some, too. */
static bool split(struct keep_path *path)
{
	char *blank = strstr(path->path, " /");

	if (!blank || strstr(blank + 1, " /"))
		return false;
	strcpy(path->peer, blank + 1);
	*blank = '\0';
	return true;
}

static bool skip(const char **text, const char *word)
{
	if (strncmp(*text, word, strlen(word)))
		return false;
	*text += strlen(word);
	return true;
}

const char *keep_parse(const struct far_info *far, struct keep_path *path)
{
	const char *text = far->path;
	bool dgram = false;

	memset(path, 0, sizeof(*path));
	path->transport = far->transport;
	if (!far->present || far->listen || far->served || far->listener ||
	    (far->transport != NETEMU_LINK_FD &&
	     far->transport != NETEMU_LINK_VDE))
		return "only what is opened by a path, and does not listen, can be";
	if (far->transport == NETEMU_LINK_FD && !skip(&text, CONNECT)) {
		dgram = skip(&text, DGRAM);
		if (!dgram)
			return "its socket was not opened by a path";
	}
	if (text[0] != '/')
		return "its path is too long, or none from the root on";
	strcpy(path->path, text);
	if (dgram && !split(path))
		return "its paths have blanks, and can't be told apart";
	return NULL;
}

int keep_open(const struct keep_path *path, int *fd, int *control)
{
	*control = -1;
	if (path->transport == NETEMU_LINK_VDE)
		return vde_connect(path->path, fd, control);
	*fd = path->peer[0] ? unix_dgram(path->path, path->peer) :
			      unix_connect(path->path);
	return *fd < 0 ? *fd : 0;
}

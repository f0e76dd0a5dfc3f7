// SPDX-License-Identifier: GPL-2.0
/* Users and groups by the names of the system's data base, or by number. */
#include "ctl.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

int parse_user(struct args *args, uint32_t *id)
{
	struct passwd *user;
	const char *word;
	char *end;

	if (parse_word(args, "user", &word))
		return EXIT_USAGE;
	user = getpwnam(word);
	if (user) {
		*id = user->pw_uid;
		return EXIT_OK;
	}
	*id = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || strlen(word) > 9)
		return refused_because("user: there is no user \"%s\"", word);
	return EXIT_OK;
}

int parse_group(struct args *args, uint32_t *id)
{
	struct group *group;
	const char *word;
	char *end;

	if (parse_word(args, "group", &word))
		return EXIT_USAGE;
	group = getgrnam(word);
	if (group) {
		*id = group->gr_gid;
		return EXIT_OK;
	}
	*id = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || strlen(word) > 9)
		return refused_because("group: there is no group \"%s\"", word);
	return EXIT_OK;
}

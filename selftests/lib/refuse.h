/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel must refuse: a message goes out, has to come back with the
 * errno and a text, and must have changed nothing.
 */
#ifndef SELFTESTS_LIB_REFUSE_H
#define SELFTESTS_LIB_REFUSE_H

#include "netemu.h"

/* A second errno that is as good, or 0. */
struct refusal {
	int err, other;
};

/*
 * Sends a message built in nl->tx. probe is another socket of the family that
 * looks at the state. Returns NULL if all is well, else what was wrong.
 */
const char *refused(struct nl *nl, struct nl *probe, struct nlmsghdr *nlh,
		    struct refusal want);

/* Damage to a message that is right otherwise. */
enum damage {
	DAMAGE_UNKNOWN,		/* an attribute of no known type */
	DAMAGE_FOREIGN,		/* one of the family, not of this command */
	DAMAGE_DUPLICATE,	/* the first attribute once more */
	DAMAGE_TRAILING,	/* bytes after the last attribute */
	DAMAGE_SHORT_HEADER,	/* an attribute shorter than its header */
	DAMAGE_BEYOND,		/* an attribute longer than the message */
	DAMAGE_SHORT,		/* the first attribute has 2 bytes */
	DAMAGE_LONG,		/* the first attribute has 8 bytes */
	DAMAGE_EMPTY,		/* the first attribute has none */
	DAMAGE_ZERO,		/* the first attribute is 0 */
	DAMAGE_NEGATIVE,	/* the first attribute is -1 */
	DAMAGE_NESTED,		/* the first attribute says that it is a nest */
	DAMAGE_NOWHERE,		/* the first attribute is an unused index */
	DAMAGE_RESERVED,	/* reserved bits in the generic header */
	DAMAGE_BARE,		/* no attribute at all */
	DAMAGES,
};

extern const char *const damage_names[DAMAGES];
struct refusal damage(struct nlmsghdr *nlh, enum damage kind);

#endif

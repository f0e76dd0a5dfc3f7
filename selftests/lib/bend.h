/* SPDX-License-Identifier: GPL-2.0 */
/* Right options bent into wrong ones, and what must not come of them. */
#ifndef SELFTESTS_LIB_BEND_H
#define SELFTESTS_LIB_BEND_H

#include "netemu.h"

/* Addresses as an option has them: in network order. */
#define IP(a, b, c, d)	((uint32_t)(a) | (b) << 8 | (c) << 16 | (uint32_t)(d) << 24)
#define MAC(last)	(0x02ULL | (uint64_t)(last) << 40)

/* What replaces some of the right options, and the errno that it takes. */
struct bend {
	struct opt bent[3];
	int err;
};

#define BEND(err, ...)	{ { __VA_ARGS__ }, err }

/*
 * A changed list, valid until the next call of the same function: bent come or
 * replace; the one of this index is left out; it comes twice.
 */
const struct opt *opts_with(const struct opt *opts, const struct opt *bent);
const struct opt *opts_without(const struct opt *opts, int which);
const struct opt *opts_twice(const struct opt *opts, int which);

/*
 * All forwards, services and leases of the namespace as one number. Equal
 * before and after = nothing changed. 0 if they could not be read.
 */
uint64_t gateway_rules(struct nl *probe);

#endif

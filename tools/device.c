// SPDX-License-Identifier: GPL-2.0
/* What objects share that are devices of their own. */
#include "ctl.h"

#include <errno.h>
#include <string.h>

int check_kind(const struct link_info *link, const char *kind,
	       const char *what)
{
	if (!strcmp(link->kind, kind))
		return EXIT_OK;
	return refused_because("\"%s\" is a %s device, not a %s of netemu",
			       link->name, link->kind[0] ? link->kind :
			       "physical or loopback", what);
}

/*
 * One message changes both our options and what is common to all devices, but
 * the kernel takes the latter after the former: so look at the MTU first.
 */
int check_mtu(uint32_t mtu, const struct link_info *link)
{
	if (!link->max_mtu || (mtu >= link->min_mtu && mtu <= link->max_mtu))
		return EXIT_OK;
	return usage_error("mtu: %u is out of range (allowed: %u to %u bytes)",
			   mtu, link->min_mtu, link->max_mtu);
}

int delete_link(struct ctl *ctl, const struct link_info *link,
		const char *what)
{
	int ret = wire_link_del(ctl->wire, link->ifindex);

	if (!ret || (ret == -ENODEV && ctl->if_exists))
		return EXIT_OK;
	return refused(ctl, "cannot delete %s \"%s\"", what, link->name);
}

// SPDX-License-Identifier: GPL-2.0
#include "print_priv.h"

#include <inttypes.h>
#include <stdio.h>

static json_object *json_vde(const struct format *f, const struct vde_info *vde)
{
	json_object *o = json_object_new_object();
	char mode[8];

	(void)f;
	snprintf(mode, sizeof(mode), "%03o", vde->spec.mode);
	json_object_object_add(o, "switch",
			       json_object_new_string(vde->switch_name));
	json_object_object_add(o, "ifindex",
			       json_object_new_int64(vde->ifindex));
	json_object_object_add(o, "directory",
			       json_object_new_string(vde->spec.dir));
	json_object_object_add(o, "user", json_object_new_int64(vde->spec.uid));
	json_object_object_add(o, "group",
			       json_object_new_int64(vde->spec.gid));
	json_object_object_add(o, "mode", json_object_new_string(mode));
	json_object_object_add(o, "max_peers",
			       json_object_new_int64(vde->spec.max_peers));
	json_object_object_add(o, "peers", json_object_new_int64(vde->peers));
	json_object_object_add(o, "accepted",
			       json_object_new_uint64(vde->accepted));
	json_object_object_add(o, "refused",
			       json_object_new_uint64(vde->refused));
	json_object_object_add(o, "supervisor",
			       json_object_new_int64(vde->supervisor));
	json_object_object_add(o, "helper", vde->helper ?
			       json_object_new_int64(vde->helper) : NULL);
	return o;
}

static void text_vde(const struct format *f, const struct vde_info *vde)
{
	printf("%s: vde-socket %s user %u group %u mode %03o peers %u of %u accepted %" PRIu64 " refused %" PRIu64,
	       vde->switch_name, vde->spec.dir, vde->spec.uid, vde->spec.gid,
	       vde->spec.mode, vde->peers, vde->spec.max_peers, vde->accepted,
	       vde->refused);
	if (f->details)
		printf(" supervisor %d helper %d", vde->supervisor,
		       vde->helper);
	putchar('\n');
}

static void brief_vde(const struct vde_info *vde)
{
	printf("%-16s %s\n", vde->switch_name, vde->spec.dir);
}

void print_vdes(const struct format *f, const struct vde_list *list)
{
	print_list(f, list, json_vde, brief_vde, text_vde);
}

// SPDX-License-Identifier: GPL-2.0
#include "print_nic.h"
#include "print_priv.h"

#include <inttypes.h>
#include <string.h>

static void json_counters(json_object *to, const struct nic_info *nic)
{
	json_object *o = json_object_new_object();
	size_t i;

	json_stats(to, &nic->stats);
	for (i = 0; i < nic->counters.n; i++)
		json_object_object_add(o, nic->counters.v[i].name,
			json_object_new_uint64(nic->counters.v[i].value));
	json_object_object_add(to, "counters", o);
}

static void text_counters(const struct nic_info *nic)
{
	size_t i;

	text_stats("    ", &nic->stats);
	for (i = 0; i < nic->counters.n; i++)
		if (nic->counters.v[i].value)
			printf("    %s %" PRIu64 "\n", nic->counters.v[i].name,
			       nic->counters.v[i].value);
}

static json_object *json_nic(const struct format *f, const struct nic_info *nic)
{
	json_object *o = json_object_new_object(), *opener = NULL;

	(void)f;
	json_object_object_add(o, "name", json_object_new_string(nic->name));
	json_object_object_add(o, "model", json_object_new_string(nic->model));
	json_object_object_add(o, "uuid", json_object_new_string(nic->uuid));
	json_mac(o, "mac", nic->addr);
	json_object_object_add(o, "link",
			       json_object_new_string(nic->cable ? "up" : "down"));
	json_object_object_add(o, "autoneg_ms",
			       json_object_new_int64(nic->autoneg_ms));
	json_object_object_add(o, "doorbell",
			       json_object_new_string(nic->trap ? "trap" : "auto"));
	json_object_object_add(o, "group", json_object_new_int64(nic->group));
	json_object_object_add(o, "owner", json_object_new_int64(nic->owner));
	json_object_object_add(o, "owner_group",
			       json_object_new_int64(nic->owner_group));
	json_object_object_add(o, "state", json_object_new_string(nic->state));
	if (nic->opener) {
		opener = json_object_new_object();
		json_object_object_add(opener, "pid",
				       json_object_new_int(nic->opener));
		json_object_object_add(opener, "command",
				       json_object_new_string(nic->opener_name));
	}
	json_object_object_add(o, "opener", opener);
	if (nic->has_stats)
		json_counters(o, nic);
	return o;
}

/* Lines for a shell, after which the card comes back as it is. */
static void text_mdevctl(const struct nic_info *nic)
{
	char mac[MAC_TEXT_SIZE];

	mac_text(nic->addr, mac);
	printf("    mdevctl  mdevctl define --auto -u %s\n", nic->uuid);
	printf("             mdevctl modify -u %s --addattr netdev --value %s\n",
	       nic->uuid, nic->name);
	printf("             mdevctl modify -u %s --addattr mac --value %s\n",
	       nic->uuid, mac);
	printf("             mdevctl modify -u %s --addattr autoneg_ms --value %u\n",
	       nic->uuid, nic->autoneg_ms);
	printf("             mdevctl modify -u %s --addattr doorbell --value %s\n",
	       nic->uuid, nic->trap ? "trap" : "auto");
	if (nic->owner)
		printf("             mdevctl modify -u %s --addattr owner --value '%u %u'\n",
		       nic->uuid, nic->owner, nic->owner_group);
}

/* What other programs have to be told to use or to keep the card. */
static void text_uses(const struct nic_info *nic)
{
	printf("    QEMU     -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/%s,rombar=0\n",
	       nic->uuid);
	printf("             to boot from it: romfile=/usr/lib/ipxe/qemu/pxe-%s.rom,bootindex=1 instead of rombar=0\n",
	       nic->model);
	text_mdevctl(nic);
	printf("    libvirt  <hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='%s'/></source><rom bar='off'/></hostdev>\n",
	       nic->uuid);
	printf("    link     autonegotiation takes %u ms\n", nic->autoneg_ms);
	printf("    doorbell %s\n", nic->trap ? "trap" : "auto");
	printf("    device   /dev/vfio/%u of user %u, group %u\n", nic->group,
	       nic->owner, nic->owner_group);
}

static void text_nic(const struct format *f, const struct nic_info *nic)
{
	char mac[MAC_TEXT_SIZE];

	mac_text(nic->addr, mac);
	printf("%s: %s mac %s link %s %s uuid %s", nic->name, nic->model, mac,
	       nic->cable ? "up" : "down", nic->state, nic->uuid);
	if (nic->opener)
		printf(" by %d (%s)", nic->opener, nic->opener_name);
	putchar('\n');
	if (f->details)
		text_uses(nic);
	if (nic->has_stats)
		text_counters(nic);
}

static void brief_nic(const struct nic_info *nic)
{
	printf("%-16s %-10s %-5s %s\n", nic->name, nic->model,
	       nic->cable ? "up" : "down", nic->uuid);
}

void print_nics(const struct format *f, const struct nic_list *list)
{
	print_list(f, list, json_nic, brief_nic, text_nic);
}

/* Words with single blanks between them, as an array. */
static json_object *json_words(const char *words)
{
	json_object *array = json_object_new_array();
	size_t len;

	for (; *words; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		json_object_array_add(array,
				      json_object_new_string_len(words, len));
	}
	return array;
}

static json_object *json_model(const struct format *f,
			       const struct nic_model *model)
{
	json_object *o = json_object_new_object();

	(void)f;
	json_object_object_add(o, "name", json_object_new_string(model->name));
	json_object_object_add(o, "description",
			       json_object_new_string(model->description));
	json_object_object_add(o, "pci", json_object_new_string(model->pci));
	json_object_object_add(o, "speed", json_object_new_int64(model->speed));
	json_object_object_add(o, "interrupts",
			       json_object_new_string(model->interrupts));
	json_object_object_add(o, "features", json_words(model->features));
	json_object_object_add(o, "available",
			       json_object_new_int64(model->available));
	return o;
}

static void text_model(const struct format *f, const struct nic_model *model)
{
	printf("%s: %s\n", model->name, model->description);
	if (f->details)
		printf("    pci %s, %u Mb/s, interrupts %s, features %s; %u more can be made\n",
		       model->pci, model->speed, model->interrupts,
		       model->features, model->available);
}

static void brief_model(const struct nic_model *model)
{
	printf("%s\n", model->name);
}

void print_nic_models(const struct format *f, const struct nic_model_list *list)
{
	print_list(f, list, json_model, brief_model, text_model);
}

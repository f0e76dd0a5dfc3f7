// SPDX-License-Identifier: GPL-2.0
#include "wire_nic.h"
#include "wire_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#define TYPES	"/sys/class/mdev_bus/netemu/mdev_supported_types"
#define DEVICES	"/sys/bus/mdev/devices"
#define PREFIX	"netemu-"	/* of the names of our types */

static int write_word(const char *path, const char *word)
{
	int fd, error = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, word, strlen(word)) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* A file, whole as far as there is room; "" if there is none. */
static void read_all(const char *dir, const char *file, char *line, size_t size)
{
	char path[512];
	ssize_t len;
	int fd;

	*line = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, line, size - 1);
	close(fd);
	line[len > 0 ? len : 0] = 0;
}

/* The first line of a file, without its end. */
static void read_line(const char *dir, const char *file, char *line, size_t size)
{
	read_all(dir, file, line, size);
	line[strcspn(line, "\n")] = 0;
}

/* The last part of what a link points to. */
static int link_name(const char *dir, const char *file, char *name, size_t size)
{
	char path[512], target[512];
	const char *slash;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = 0;
	slash = strrchr(target, '/');
	snprintf(name, size, "%.*s", (int)size - 1, slash ? slash + 1 : target);
	return 0;
}

static bool is_loaded(void)
{
	return !access(TYPES, F_OK);
}

/* To ask for the kind loads its module; the kernel refuses to make one so. */
static void ask_for_module(struct wire *w)
{
	struct ifinfomsg ifi = { 0 };
	struct nlattr *info;
	struct request req;

	request_rt(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi,
		   sizeof(ifi));
	info = request_nest(&req, NULL, IFLA_LINKINFO);
	request_put(&req, NULL, IFLA_INFO_KIND, NETEMU_KIND_NIC,
		    strlen(NETEMU_KIND_NIC));
	request_nest_end(&req, info);
	wire_talk(w, w->rt, &req, NULL, NULL);
}

int wire_nic_load(struct wire *w)
{
	if (is_loaded())
		return 0;
	ask_for_module(w);
	if (is_loaded())
		return 0;
	return wire_fail(w, -EOPNOTSUPP, "the kernel module netemu_nic can't be loaded: it needs root, and a kernel with mediated devices (CONFIG_VFIO_MDEV)");
}

/* What stands behind "key: " at the beginning of one of the lines of @text. */
static void read_value(const char *text, const char *key, char *value,
		       size_t size)
{
	size_t len = strlen(key);
	const char *line;

	*value = 0;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		line += len + 1;
		line += *line == ' ';
		snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
		return;
	}
}

static void read_description(const char *dir, struct nic_model *model)
{
	char text[1024], number[16];

	read_all(dir, "description", text, sizeof(text));
	read_value(text, "pci", model->pci, sizeof(model->pci));
	read_value(text, "interrupts", model->interrupts,
		   sizeof(model->interrupts));
	read_value(text, "features", model->features, sizeof(model->features));
	read_value(text, "speed", number, sizeof(number));
	model->speed = strtoul(number, NULL, 10);
}

static void read_model(const char *type, struct nic_model *model)
{
	char dir[512], number[16];

	memset(model, 0, sizeof(*model));
	snprintf(dir, sizeof(dir), TYPES "/%s", type);
	snprintf(model->name, sizeof(model->name), "%.*s",
		 (int)sizeof(model->name) - 1, type + strlen(PREFIX));
	read_line(dir, "description", model->description,
		  sizeof(model->description));
	read_description(dir, model);
	read_line(dir, "available_instances", number, sizeof(number));
	model->available = strtoul(number, NULL, 10);
}

int wire_nic_models(struct wire *w, struct nic_model_list *list)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(TYPES);
	if (!dir)
		return wire_fail(w, -errno, "%s: %s", TYPES, strerror(errno));
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)))
			read_model(entry->d_name, list_append(list));
	closedir(dir);
	return 0;
}

static void read_opener(struct nic_info *nic)
{
	char dir[256], word[64];

	snprintf(dir, sizeof(dir), DEVICES "/%s", nic->uuid);
	read_line(dir, "opener", word, sizeof(word));
	/* It is empty while nobody has the card. */
	if (sscanf(word, "%d %15[^\n]", &nic->opener, nic->opener_name) != 2)
		nic->opener = 0;
}

/* Is it one of ours? */
static bool read_nic(const char *uuid, struct nic_info *nic)
{
	char dir[512], word[64], path[64];
	struct stat st;

	memset(nic, 0, sizeof(*nic));
	snprintf(dir, sizeof(dir), DEVICES "/%s", uuid);
	if (link_name(dir, "mdev_type", word, sizeof(word)) ||
	    strncmp(word, PREFIX, strlen(PREFIX)))
		return false;
	snprintf(nic->model, sizeof(nic->model), "%.*s",
		 (int)sizeof(nic->model) - 1, word + strlen(PREFIX));
	snprintf(nic->uuid, sizeof(nic->uuid), "%.*s",
		 (int)sizeof(nic->uuid) - 1, uuid);
	read_line(dir, "netdev", nic->name, sizeof(nic->name));
	read_line(dir, "mac", word, sizeof(word));
	if (sscanf(word, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &nic->addr[0],
		   &nic->addr[1], &nic->addr[2], &nic->addr[3], &nic->addr[4],
		   &nic->addr[5]) != MAC_LEN)
		return false;
	read_line(dir, "link", word, sizeof(word));
	nic->cable = !strcmp(word, "up");
	read_line(dir, "autoneg_ms", word, sizeof(word));
	nic->autoneg_ms = strtoul(word, NULL, 10);
	read_line(dir, "doorbell", word, sizeof(word));
	nic->trap = !strcmp(word, "trap");
	read_opener(nic);
	read_line(dir, "state", nic->state, sizeof(nic->state));
	if (!link_name(dir, "iommu_group", word, sizeof(word))) {
		nic->group = strtoul(word, NULL, 10);
		snprintf(path, sizeof(path), "/dev/vfio/%u", nic->group);
		if (!stat(path, &st)) {
			nic->owner = st.st_uid;
			nic->owner_group = st.st_gid;
		}
	}
	/* Without a name it went while we looked. */
	return *nic->name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct nic_info *)a)->name,
		      ((const struct nic_info *)b)->name);
}

int wire_nic_list(struct wire *w, struct nic_list *list)
{
	struct dirent *entry;
	struct nic_info nic;
	DIR *dir;

	dir = opendir(DEVICES);
	if (!dir)
		return errno == ENOENT ? 0 :
		       wire_fail(w, -errno, "%s: %s", DEVICES, strerror(errno));
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.' && read_nic(entry->d_name, &nic))
			*list_append(list) = nic;
	closedir(dir);
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_name);
	return 0;
}

int wire_nic_get(struct wire *w, const char *name, struct nic_info *nic)
{
	struct nic_list list = { 0 };
	int ret;
	size_t i;

	ret = wire_nic_list(w, &list);
	if (!ret)
		ret = -ENODEV;
	for (i = 0; i < list.n && ret == -ENODEV; i++) {
		if (strcmp(list.v[i].name, name))
			continue;
		*nic = list.v[i];
		ret = 0;
	}
	list_free(&list);
	if (ret == -ENODEV)
		return wire_fail(w, ret, "there is no NIC of this name");
	return ret;
}

/* Writes an attribute of the card @uuid; @what is said of the reason. */
static int set_attribute(struct wire *w, const char *uuid, const char *name,
			 const char *value)
{
	char path[256];
	int ret;

	snprintf(path, sizeof(path), DEVICES "/%s/%s", uuid, name);
	ret = write_word(path, value);
	if (!ret)
		return 0;
	return wire_fail(w, ret, "%s %s: %s", name, value,
			 ret == -EBUSY ? "not while it is in use" :
			 strerror(-ret));
}

/*
 * The device file's owner, and what udev is to make it if it comes to see to the
 * file: udev may be late, or not there.
 */
static int set_owner(struct wire *w, const char *uuid,
		     const struct nic_spec *spec)
{
	char dir[256], group[32], path[64], ids[32];
	struct stat st;
	int ret;

	if (!spec->has_owner && !spec->has_group)
		return 0;
	snprintf(dir, sizeof(dir), DEVICES "/%s", uuid);
	if (link_name(dir, "iommu_group", group, sizeof(group)))
		return wire_fail(w, -errno, "it has no group");
	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	if (stat(path, &st))
		return wire_fail(w, -errno, "%s: %s", path, strerror(errno));
	if (spec->has_owner)
		st.st_uid = spec->owner;
	if (spec->has_group)
		st.st_gid = spec->group;
	snprintf(ids, sizeof(ids), "%u %u", st.st_uid, st.st_gid);
	ret = set_attribute(w, uuid, "owner", ids);
	if (ret)
		return ret;
	if (chown(path, st.st_uid, st.st_gid) || chmod(path, 0660))
		return wire_fail(w, -errno, "%s: %s", path, strerror(errno));
	return 0;
}

static int set_all(struct wire *w, const char *uuid,
		   const struct nic_spec *spec)
{
	char mac[MAC_TEXT_SIZE], number[16];
	int ret = 0;

	if (spec->has_addr) {
		mac_text(spec->addr, mac);
		ret = set_attribute(w, uuid, "mac", mac);
	}
	if (!ret && spec->has_cable)
		ret = set_attribute(w, uuid, "link",
				    spec->cable ? "up" : "down");
	if (!ret && spec->has_autoneg) {
		snprintf(number, sizeof(number), "%u", spec->autoneg_ms);
		ret = set_attribute(w, uuid, "autoneg_ms", number);
	}
	if (!ret && spec->has_trap)
		ret = set_attribute(w, uuid, "doorbell",
				    spec->trap ? "trap" : "auto");
	if (!ret)
		ret = set_owner(w, uuid, spec);
	return ret;
}

/* A card that was made and is not to be, unless somebody was quick to open it. */
static void take_back(struct wire *w, const char *uuid)
{
	struct nic_info nic = { .opener = 0 };
	char why[WIRE_WHY_SIZE];

	memcpy(nic.uuid, uuid, sizeof(nic.uuid));
	memcpy(why, w->why, sizeof(why));
	if (wire_nic_del(w, &nic, 0))
		return;
	memcpy(w->why, why, sizeof(why));
}

int wire_nic_new(struct wire *w, const char *name, const struct nic_spec *spec)
{
	char path[256];
	int ret;

	ret = wire_nic_load(w);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), TYPES "/" PREFIX "%s/create", spec->model);
	ret = write_word(path, spec->uuid);
	if (ret == -ENOENT)
		return wire_fail(w, ret, "there is no model \"%s\": see \"netemu-ctl nic models\"",
				 spec->model);
	if (ret)
		return wire_fail(w, ret, "%s: %s", path, ret == -EEXIST ?
				 "there is a device of this UUID" :
				 strerror(-ret));
	ret = set_attribute(w, spec->uuid, "netdev", name);
	if (!ret)
		ret = set_all(w, spec->uuid, spec);
	if (ret)
		take_back(w, spec->uuid);
	return ret;
}

int wire_nic_set(struct wire *w, const struct nic_info *nic,
		 const struct nic_spec *spec)
{
	return set_all(w, nic->uuid, spec);
}

/* Asks once a second until the card is closed or the time is over. */
static void eject(struct wire *w, struct nic_info *nic, unsigned int seconds)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	unsigned int i;

	for (i = 0; i < seconds * 20; i++) {
		if (i % 20 == 0)
			set_attribute(w, nic->uuid, "eject", "1");
		nanosleep(&pause, NULL);
		read_opener(nic);
		if (!nic->opener)
			return;
	}
}

int wire_nic_del(struct wire *w, const struct nic_info *nic,
		 unsigned int seconds)
{
	struct nic_info now = *nic;
	char path[256], leaving[16];
	int ret;

	/*
	 * The kernel would wait for as long as somebody has it, and nobody could
	 * take that back. So from here on no one else gets it; if we are killed,
	 * not for long.
	 */
	snprintf(leaving, sizeof(leaving), "%u", seconds + 5);
	ret = set_attribute(w, nic->uuid, "leaving", leaving);
	if (ret)
		return ret;
	read_opener(&now);
	if (now.opener)
		eject(w, &now, seconds);
	if (now.opener) {
		set_attribute(w, nic->uuid, "leaving", "0");
		return wire_fail(w, -EBUSY, seconds ?
				 "process %d (%s) was asked for it, and has not given it back" :
				 "process %d (%s) has it open",
				 now.opener, now.opener_name);
	}
	snprintf(path, sizeof(path), DEVICES "/%s/remove", nic->uuid);
	ret = write_word(path, "1");
	if (ret)
		return wire_fail(w, ret, "%s", strerror(-ret));
	return 0;
}

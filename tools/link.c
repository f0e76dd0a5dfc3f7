// SPDX-License-Identifier: GPL-2.0
/* Links: ports of a switch whose far side is a socket, as QEMU's are. */
#include "ctl.h"
#include "keep.h"
#include "unix.h"
#include "vde.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct link_words {
	struct far_spec spec;
	const char *unix_how;	/* a UNIX socket that is to be opened, or NULL */
	const char *unix_path;
	const char *unix_peer;
	const char *vde_path;	/* the same of a VDE switch */
	bool has_keep;
	bool keep;		/* the path is opened again when it is over */
	char master[NAME_SIZE];
	uint32_t mode;
	bool has_master;
};

static int find_link(struct ctl *ctl, const char *name, struct link_info *link)
{
	if (wire_far_get(ctl->wire, name, link))
		return refused(ctl, "cannot find link \"%s\"", name);
	return check_kind(link, NETEMU_KIND_LINK, "link");
}

static int parse_endpoint(struct args *args, const char *key, bool whole,
			  struct endpoint *endpoint)
{
	const char *word = args_next(args);

	if (!word)
		return usage_error("%s: its value is missing", key);
	if (endpoint_parse(word, endpoint) &&
	    (!whole || (endpoint->family && endpoint->port)))
		return EXIT_OK;
	return usage_error("%s: \"%s\" is not %s", key, word, whole ?
			   "ADDRESS:PORT, like 230.0.0.1:1234 or [ff05::1]:1234" :
			   "an address, a port, or ADDRESS:PORT");
}

static int check_local(const struct far_spec *spec)
{
	if (spec->transport == NETEMU_LINK_MCAST && spec->local.port)
		return usage_error("local: on a bus all listen at the port of the group: an address only");
	if (spec->local.family && spec->local.family != spec->remote.family)
		return usage_error("local: both ends are IPv4, or both IPv6");
	return EXIT_OK;
}

/* What both add and set take. */
static int parse_key(struct args *args, const char *word, struct far_spec *spec)
{
	if (!strcmp(word, "mtu"))
		return once(&spec->has_mtu, word) ?:
		       parse_mtu(args, word, &spec->mtu);
	if (!strcmp(word, "ttl"))
		return once(&spec->has_ttl, word) ?:
		       parse_number(args, word, 0, 255, NULL, &spec->ttl);
	return usage_error("unknown key \"%s\": try \"netemu-ctl link help\"",
			   word);
}

static int parse_allow(struct args *args, const char *key,
		       struct far_spec *spec)
{
	const char *word = args_next(args);

	if (!word)
		return usage_error("%s: its value is missing", key);
	if (!prefix_parse(word, &spec->allow, &spec->allow_prefix))
		return usage_error("%s: \"%s\" is not a prefix like 192.0.2.0/24",
				   key, word);
	return EXIT_OK;
}

static int parse_keep(struct args *args, struct link_words *words)
{
	return once(&words->has_keep, "keep") ?:
	       parse_bool(args, "keep", &words->keep);
}

static int parse_add_key(struct args *args, const char *word,
			 struct link_words *words)
{
	struct far_spec *spec = &words->spec;

	if (is_switch_key(word))
		return parse_switch_key(args, word, &words->has_master,
					words->master, &words->mode);
	if (!strcmp(word, "keep"))
		return parse_keep(args, words);
	if (spec->listen && !strcmp(word, "max-peers"))
		return once(&spec->has_max_peers, word) ?:
		       parse_number(args, word, 1, NETEMU_LINK_PEERS_MAX, NULL,
				    &spec->max_peers);
	if ((spec->listen || spec->transport == NETEMU_LINK_MCAST) &&
	    !strcmp(word, allow_key(spec->listen)))
		return once(&spec->has_allow, word) ?:
		       parse_allow(args, word, spec);
	if (!strcmp(word, "local") && !spec->listen)
		return once(&spec->has_local, word) ?:
		       parse_endpoint(args, word, false, &spec->local) ?:
		       check_local(spec);
	if (!strcmp(word, "dev"))
		return once(&spec->has_dev, word) ?:
		       parse_name(args, "dev", spec->dev_name);
	return parse_key(args, word, spec);
}

/* "listen [ADDRESS:]PORT" or "connect ADDRESS:PORT" */
static int parse_connection(struct args *args, struct far_spec *spec)
{
	const char *word;
	int ret;

	ret = parse_word(args, "listen or connect", &word);
	if (ret)
		return ret;
	if (!strcmp(word, "connect"))
		return parse_endpoint(args, word, true, &spec->remote);
	if (strcmp(word, "listen"))
		return usage_error("\"%s\" is neither listen nor connect",
				   word);
	spec->listen = true;
	ret = parse_endpoint(args, word, false, &spec->local);
	if (!ret && !spec->local.port)
		return usage_error("listen: a port is missing");
	return ret;
}

/* "fd NUMBER": one that who calls us has open. */
static int parse_fd(struct args *args, struct far_spec *spec)
{
	uint32_t number;
	int ret;

	ret = parse_number(args, "fd", 0, INT32_MAX, NULL, &number);
	if (!ret)
		spec->fd = number;
	spec->has_fd = !ret;
	return ret;
}

/* "unix connect|listen PATH" or "unix dgram PATH PEER" */
static int parse_unix(struct args *args, struct link_words *words)
{
	struct far_spec *spec = &words->spec;
	const char *how;
	int ret;

	ret = parse_word(args, "connect, listen or dgram", &how);
	if (ret)
		return ret;
	if (strcmp(how, "connect") && strcmp(how, "listen") &&
	    strcmp(how, "dgram"))
		return usage_error("\"%s\" is neither connect, listen nor dgram",
				   how);
	ret = parse_word(args, "path of the socket", &words->unix_path);
	if (!ret && !strcmp(how, "dgram"))
		ret = parse_word(args, "path of the other end",
				 &words->unix_peer);
	if (ret)
		return ret;
	words->unix_how = how;
	spec->has_fd = true;
	return EXIT_OK;
}

/* What the link says of where its sockets come from. */
static void note_path(struct link_words *words)
{
	char how[32];

	if (words->vde_path)
		keep_words(words->spec.path, "", words->vde_path, NULL);
	if (!words->unix_how)
		return;
	snprintf(how, sizeof(how), "unix %s", words->unix_how);
	keep_words(words->spec.path, how, words->unix_path, words->unix_peer);
}

static int open_unix(const struct link_words *words)
{
	if (words->unix_peer)
		return unix_dgram(words->unix_path, words->unix_peer);
	if (!strcmp(words->unix_how, "listen"))
		return unix_listen(words->unix_path);
	return unix_connect(words->unix_path);
}

/* Nobody is there, yet */
static bool may_come(int err)
{
	return err == -ENOENT || err == -ECONNREFUSED || err == -EAGAIN;
}

/* After all words have been understood: it may leave a file behind. */
static int open_sockets(struct link_words *words)
{
	struct far_spec *spec = &words->spec;
	int ret;

	if (!words->vde_path && !words->unix_how)
		return EXIT_OK;
	note_path(words);
	if (words->vde_path) {
		ret = vde_connect(words->vde_path, &spec->fd, &spec->control);
	} else {
		ret = open_unix(words);
		spec->fd = ret;
	}
	if (ret >= 0)
		return EXIT_OK;
	spec->fd = -1;
	spec->control = -1;
	if (words->keep && may_come(ret))
		return EXIT_OK;
	if (words->vde_path)
		return vde_refused(ret, words->vde_path);
	return unix_refused(ret, words->unix_path, words->unix_peer);
}

/* The kernel has its own hold on them. */
static void close_sockets(const struct link_words *words)
{
	if (!words->vde_path && !words->unix_how)
		return;
	if (words->spec.fd >= 0)
		close(words->spec.fd);
	if (words->vde_path && words->spec.control >= 0)
		close(words->spec.control);
}

static int parse_far(struct args *args, const char *word,
		     struct link_words *words)
{
	struct far_spec *spec = &words->spec;

	if (!strcmp(word, "unix")) {
		spec->transport = NETEMU_LINK_FD;
		return parse_unix(args, words);
	}
	if (!transport_parse(word, &spec->transport))
		return usage_error("\"%s\" is neither mcast, udp, tcp, unix, vde nor fd",
				   word);
	if (spec->transport == NETEMU_LINK_FD)
		return parse_fd(args, spec);
	if (spec->transport == NETEMU_LINK_VDE)
		return vde_parse_path(args, spec, &words->vde_path);
	if (spec->transport == NETEMU_LINK_TCP)
		return parse_connection(args, spec);
	return parse_endpoint(args, word, true, &spec->remote);
}

static int parse_add(struct args *args, struct link_words *words)
{
	struct far_spec *spec = &words->spec;
	const char *word;
	int ret;

	ret = parse_new_name(args, "name of the link", spec->name) ?:
	      parse_word(args, "kind of link (mcast, udp, tcp, unix, vde, fd)", &word);
	if (ret)
		return ret;
	ret = parse_far(args, word, words);
	while (!ret && (word = args_next(args)))
		ret = parse_add_key(args, word, words);
	if (!ret && words->has_keep && !words->vde_path &&
	    (!words->unix_how || !strcmp(words->unix_how, "listen")))
		return usage_error("keep: only of vde, unix connect and unix dgram");
	return ret;
}

static int find_dev(struct ctl *ctl, struct far_spec *spec)
{
	struct link_info dev;

	if (!spec->has_dev)
		return EXIT_OK;
	if (wire_link_get(ctl->wire, spec->dev_name, &dev))
		return refused(ctl, "cannot find device \"%s\"",
			       spec->dev_name);
	spec->dev = dev.ifindex;
	return EXIT_OK;
}

static int plug_in(struct ctl *ctl, const struct link_info *link,
		   const struct switch_info *sw)
{
	struct opts none = { .given = 0 };

	if (wire_port_new(ctl->wire, sw->link.ifindex, link->ifindex, &none))
		return refused(ctl, "cannot add link \"%s\" to \"%s\"",
			       link->name, sw->link.name);
	return EXIT_OK;
}

static int add_new(struct ctl *ctl, struct link_words *words,
		   const struct switch_info *sw)
{
	struct far_spec *spec = &words->spec;
	struct link_info link;
	int ret;

	ret = open_sockets(words);
	if (ret)
		return ret;
	ret = wire_far_new(ctl->wire, spec);
	close_sockets(words);
	if (ret)
		return refused(ctl, "cannot add link \"%s\"", spec->name);
	if (!words->has_master && !words->keep)
		return EXIT_OK;
	if (wire_link_get(ctl->wire, spec->name, &link))
		return refused(ctl, "cannot add link \"%s\"", spec->name);
	if (words->has_master)
		ret = plug_in(ctl, &link, sw);
	if (!ret && words->keep)
		ret = keep_start(&link, true);
	if (ret)
		wire_link_del(ctl->wire, link.ifindex);
	return ret;
}

static int change(struct ctl *ctl, const struct far_spec *spec,
		  const struct link_info *link)
{
	int ret = spec->has_mtu ? check_mtu(spec->mtu, link) : EXIT_OK;

	if (ret)
		return ret;
	if (wire_far_set(ctl->wire, link->ifindex, spec))
		return refused(ctl, "cannot change link \"%s\"", link->name);
	return EXIT_OK;
}

/* Is it what was asked for, as far as that can't change? */
static bool is_same(const struct far_spec *spec, const struct far_info *far)
{
	struct endpoint local = spec->local;

	if (!local.port && spec->transport == NETEMU_LINK_UDP)
		local.port = spec->remote.port;
	if (spec->listen && !local.family) {
		local.family = AF_INET;
		inet_pton(AF_INET, "127.0.0.1", local.addr);
	}
	/* Of a descriptor there is no telling. */
	if (spec->transport == NETEMU_LINK_FD ||
	    spec->transport == NETEMU_LINK_VDE)
		return spec->transport == far->transport && spec->path[0] && !strcmp(spec->path, far->path);
	return spec->listen == far->listen && spec->transport == far->transport &&
	       endpoint_equal(&spec->remote, &far->remote) &&
	       endpoint_equal(&local, &far->local) &&
	       (!spec->dev || spec->dev == far->dev) &&
	       (!spec->has_max_peers || spec->max_peers == far->max_peers) &&
	       (!spec->has_allow ||
		(endpoint_equal(&spec->allow, &far->allow) &&
		 spec->allow_prefix == far->allow_prefix));
}

static int set_keep(const struct link_words *words,
		    const struct link_info *link)
{
	if (!words->has_keep)
		return EXIT_OK;
	if (words->keep)
		return keep_start(link, true);
	keep_stop(link);
	return EXIT_OK;
}

/* --may-exist, and it does: it has to be the same thing. */
static int add_existing(struct ctl *ctl, struct link_words *words,
			const struct switch_info *sw,
			const struct link_info *link)
{
	struct far_spec rest = {
		.has_ttl = words->spec.has_ttl,
		.ttl = words->spec.ttl,
		.has_mtu = words->spec.has_mtu,
		.mtu = words->spec.mtu,
		.up = !link->up,
	};
	bool plug = words->has_master && link->master != sw->link.ifindex;
	int ret;

	ret = check_kind(link, NETEMU_KIND_LINK, "link");
	if (ret)
		return ret;
	note_path(words);
	if (!is_same(&words->spec, &link->far))
		return refused_because("cannot add link \"%s\": there is one of this name that leads elsewhere",
				       link->name);
	if (plug)
		ret = plug_in(ctl, link, sw);
	if (ret)
		return ret;
	ret = change(ctl, &rest, link);
	if (ret && plug)
		wire_port_del(ctl->wire, link->ifindex);
	return ret ?: set_keep(words, link);
}

static int run_add(struct ctl *ctl, struct args *args)
{
	struct link_words words = { .has_master = false };
	struct switch_info sw;
	struct link_info link;
	int ret;

	ret = parse_add(args, &words);
	if (!ret)
		ret = find_dev(ctl, &words.spec);
	if (!ret && words.has_master)
		ret = find_switch(ctl, words.master, words.mode, &sw);
	if (ret)
		return ret;
	if (wire_link_get(ctl->wire, words.spec.name, &link))
		return add_new(ctl, &words, &sw);
	if (ctl->may_exist)
		return add_existing(ctl, &words, &sw, &link);
	return refused_because("cannot add link \"%s\": a device of this name exists already",
			       words.spec.name);
}

/* "unix connect PATH", "unix dgram PATH PEER", "vde PATH", "fd N": a new socket. */
static int parse_set_key(struct args *args, const char *word,
			 struct link_words *words)
{
	struct far_spec *spec = &words->spec;
	int ret;

	if (!strcmp(word, "keep"))
		return parse_keep(args, words);
	if (!strcmp(word, "fd"))
		return once(&spec->has_fd, word) ?: parse_fd(args, spec);
	if (!strcmp(word, "vde"))
		return once(&spec->has_fd, word) ?:
		       vde_parse_path(args, spec, &words->vde_path);
	if (strcmp(word, "unix"))
		return parse_key(args, word, spec);
	ret = once(&spec->has_fd, word) ?: parse_unix(args, words);
	if (!ret && !strcmp(words->unix_how, "listen"))
		return usage_error("unix: who listens goes on listening: nothing to set");
	return ret;
}

static int change_far(struct ctl *ctl, struct link_words *words,
		      const struct link_info *link)
{
	struct far_spec *spec = &words->spec;
	int ret;

	/* Of a new socket the path is known when the link has it. */
	if (words->keep && !words->unix_how && !words->vde_path)
		ret = keep_check(link);
	else
		ret = open_sockets(words);
	if (ret)
		return ret;
	if (spec->path[0] && spec->fd < 0) {
		/* Nobody is there: it is the keeper who is to know. */
		if (link->far.state != NETEMU_LINK_WAITING)
			return refused_because("cannot change link \"%s\": it has a socket that is not over",
					       link->name);
		spec->has_fd = false;
		spec->has_control = false;
	}
	if (spec->has_ttl || spec->has_mtu || spec->has_fd || spec->path[0])
		ret = change(ctl, spec, link);
	close_sockets(words);
	return ret;
}

static int keep_after(struct ctl *ctl, const struct link_words *words,
		      struct link_info *link)
{
	if (!words->has_keep)
		return EXIT_OK;
	if (wire_link_get_index(ctl->wire, link->ifindex, link))
		return refused(ctl, "cannot keep link \"%s\"", link->name);
	return set_keep(words, link);
}

static int run_set(struct ctl *ctl, struct args *args)
{
	struct link_words words = { .has_master = false };
	struct far_spec *spec = &words.spec;
	struct link_info link;
	const char *word;
	int ret;

	ret = parse_name(args, "name of the link", spec->name);
	while (!ret && (word = args_next(args)))
		ret = parse_set_key(args, word, &words);
	if (ret)
		return ret;
	if (!spec->has_ttl && !spec->has_mtu && !spec->has_fd &&
	    !words.has_keep)
		return usage_error("nothing to change: try \"netemu-ctl link help\"");
	return find_link(ctl, spec->name, &link) ?:
	       change_far(ctl, &words, &link) ?:
	       keep_after(ctl, &words, &link);
}

static int run_keep(struct ctl *ctl, struct args *args)
{
	struct link_info link;
	char name[NAME_SIZE];

	return parse_name(args, "name of the link", name) ?: no_more(args) ?:
	       find_link(ctl, name, &link) ?: keep_start(&link, false);
}

static int run_del(struct ctl *ctl, struct args *args)
{
	struct link_info link;
	char name[NAME_SIZE];
	int ret;

	ret = parse_name(args, "name of the link", name) ?: no_more(args);
	if (ret)
		return ret;
	if (ctl->if_exists && wire_link_get(ctl->wire, name, &link) == -ENODEV)
		return EXIT_OK;
	return find_link(ctl, name, &link) ?: delete_link(ctl, &link, "link");
}

static int run_show(struct ctl *ctl, struct args *args)
{
	struct link_list list = { 0 };
	char name[NAME_SIZE];
	int ret = EXIT_OK;

	if (args_peek(args)) {
		ret = parse_name(args, "name of the link", name) ?:
		      no_more(args);
		if (!ret)
			ret = find_link(ctl, name, list_append(&list));
	} else if (wire_far_list(ctl->wire, &list)) {
		ret = refused(ctl, "cannot list links");
	}
	keep_look_up(&list);
	if (!ret)
		print_links(&ctl->format, &list);
	list_free(&list);
	return ret;
}

static const struct verb verbs[] = {
	{
		.name = "add", .run = run_add, .may_exist = true,
		.synopsis = "NAME mcast|udp ADDRESS:PORT [KEY VALUE]... | NAME unix connect|listen PATH [KEY VALUE]... | NAME unix dgram PATH PEER [KEY VALUE]... | NAME vde PATH [KEY VALUE]... | NAME fd N [KEY VALUE]... | NAME tcp connect ADDRESS:PORT [KEY VALUE]... | NAME tcp listen [ADDRESS:]PORT [KEY VALUE]...",
		.help = "make a link, bring it up, and plug it in",
	}, {
		.name = "set", .run = run_set,
		.synopsis = "NAME [ttl N] [mtu N] [unix connect PATH | unix dgram PATH PEER | vde PATH | fd N] [keep on|off]",
		.help = "change what is given; the rest stays",
	}, {
		.name = "keep", .run = run_keep,
		.synopsis = "NAME",
		.help = "open its path whenever it is over, until the link goes or a signal comes",
	}, {
		.name = "del", .run = run_del, .exact = true, .if_exists = true,
		.synopsis = "NAME",
		.help = "remove a link",
	}, {
		.name = "show", .run = run_show, .alone = true,
		.synopsis = "[NAME]",
		.help = "show one link or all of them",
	}, { .name = NULL }
};

const struct object link_object = {
	.name = "link",
	.help = "joins a switch to QEMU's socket networks, and to other hosts",
	.verbs = verbs,
	.more = "Keys: switch|network|hub SWITCH, local LOCAL, dev DEVICE, ttl N, mtu N; of who\n"
		"listens max-peers N, allow PREFIX, and no local; of mcast source-filter PREFIX.\n"
		"mcast: ADDRESS is a multicast group: a bus, as of \"-netdev socket,mcast=\".\n"
		"LOCAL is an address of the host: the bus is where that is.\n"
		"udp: the other end, as of \"-netdev socket,udp=\" and \"-netdev dgram\". LOCAL is\n"
		"ADDRESS:PORT, or either; the port is at first that of the other end.\n"
		"tcp: one that connects, again and again, or listens for any number of peers,\n"
		"each with a device of its own, as of \"-netdev socket,listen=\" and \"connect=\".\n"
		"unix: a socket of the file system that is opened here, and then is the link's.\n"
		"vde: the directory of vde_switch, or of a VDE socket of ours.\n"
		"fd: a connected or listening socket that who calls netemu-ctl has open.\n"
		"keep on: of vde, unix connect and unix dgram: a process in the background opens\n"
		"the path again whenever the connection is over.\n"
		"IPv6 is written [ff05::1]:1234. See netemu-ctl-link(8).\n",
};

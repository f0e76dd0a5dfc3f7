// SPDX-License-Identifier: GPL-2.0
/*
 * The helper of a VDE socket: takes what clients ask, looks whether they may, and
 * gives their sockets to the kernel. It knows nothing of them afterwards, so it can
 * die at any time.
 *
 * Clients are not trusted. They have as many bytes as a request has and a few
 * seconds for them, and when too many wait the one that has waited longest goes.
 */
#include "vde.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAITING_MAX	64
#define PATIENCE	5000	/* milliseconds, for a request */
#define ACCEPT_BATCH	16	/* then those that wait are heard */

struct client {
	int fd;
	int64_t deadline;
	size_t len;
	union {
		uint32_t head[3];
		struct vde_request_v1 v1;
		struct vde_request_v3 v3;
	} req;
};

struct server {
	const struct vde_info *vde;
	struct vde_shared *shared;
	struct wire *wire;
	int listener;
	int watch;
	unsigned int n;
	struct client clients[WAITING_MAX];
};

/* What is asked for, in any version. */
struct wish {
	struct sockaddr_un sock;
	uint16_t port;		/* 0 = any */
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* 1 = all of it is there, 0 = not yet, -1 = it is none. */
static int parse_request(const struct client *client, struct wish *wish)
{
	const uint32_t *head = client->req.head;
	struct sockaddr_un sock;
	uint32_t type, port;
	size_t size;

	if (client->len < sizeof(client->req.head))
		return 0;
	if (head[0] != VDE_MAGIC || (head[1] != 1 && head[1] != 3))
		return -1;
	size = head[1] == 1 ? sizeof(struct vde_request_v1) :
			      offsetof(struct vde_request_v3, description);
	if (client->len < size)
		return 0;
	sock = head[1] == 1 ? client->req.v1.sock : client->req.v3.sock;
	type = head[2] & VDE_TYPE_MASK;
	port = type == VDE_NEW_PORT0 ? 0 : head[2] >> 8;
	wish->port = port;
	if (type > VDE_NEW_PORT0 || port > UINT16_MAX ||
	    sock.sun_family != AF_UNIX || sock.sun_path[0] != '/' ||
	    !vde_address(&wish->sock, sock.sun_path, sizeof(sock.sun_path)))
		return -1;
	return 1;
}

/* Ports of ours, of this switch or with another helper's clients too */
static unsigned int count_peers(struct server *srv)
{
	struct link_list links = { 0 };
	unsigned int n = 0;
	size_t i;

	if (!wire_link_list(srv->wire, &links))
		for (i = 0; i < links.n; i++)
			n += links.v[i].far.served &&
			     links.v[i].master == srv->vde->ifindex;
	list_free(&links);
	return n;
}

static int make_port(struct server *srv, const struct wish *wish,
		     const struct ucred *who, int data, int control)
{
	struct far_spec spec = {
		.transport = NETEMU_LINK_VDE,
		.has_fd = true,
		.has_control = true,
		.fd = data,
		.control = control,
		.served = true,
		.master = srv->vde->ifindex,
	};
	struct link_info sw;

	if (wire_link_get_index(srv->wire, srv->vde->ifindex, &sw))
		return -1;
	snprintf(spec.path, sizeof(spec.path), "%s uid %u pid %d",
		 srv->vde->spec.dir, who->uid, who->pid);
	/* The kernel finds a number where none is asked for. */
	if (wish->port)
		snprintf(spec.name, sizeof(spec.name), "%.8s-v%u", sw.name,
			 wish->port);
	else
		snprintf(spec.name, sizeof(spec.name), "%.8s-v%%d", sw.name);
	return wire_far_new(srv->wire, &spec);
}

static int plug_in(struct server *srv, const struct client *client,
		   const struct wish *wish)
{
	struct sockaddr_un ours;
	struct ucred who;
	socklen_t len = sizeof(who);
	int data, ret;

	if (getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &who, &len) ||
	    count_peers(srv) >= srv->vde->spec.max_peers)
		return -1;
	data = vde_dir_socket(&srv->vde->spec, &ours);
	if (data < 0)
		return -1;
	ret = vde_connect_owned(data, wish->sock.sun_path, who.uid);
	if (!ret)
		ret = make_port(srv, wish, &who, data, client->fd);
	if (ret)
		unlink(ours.sun_path);
	/* Should it be gone by now, the port goes as well. */
	else if (send(client->fd, &ours, sizeof(ours), MSG_NOSIGNAL) < 0)
		unlink(ours.sun_path);
	close(data);
	return ret;
}

static void forget(struct server *srv, unsigned int i, bool accepted)
{
	if (accepted)
		srv->shared->accepted++;
	else
		srv->shared->refused++;
	close(srv->clients[i].fd);
	/* They stay in the order in which they came. */
	memmove(&srv->clients[i], &srv->clients[i + 1],
		(--srv->n - i) * sizeof(*srv->clients));
}

static void take_clients(struct server *srv)
{
	struct client *client;
	int i, fd;

	for (i = 0; i < ACCEPT_BATCH; i++) {
		fd = accept4(srv->listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		if (srv->n == WAITING_MAX)
			forget(srv, 0, false);
		client = &srv->clients[srv->n++];
		memset(client, 0, sizeof(*client));
		client->fd = fd;
		client->deadline = now() + PATIENCE;
	}
}

/* Returns false when there is no more to be heard from it. */
static bool hear(struct server *srv, unsigned int i)
{
	struct client *client = &srv->clients[i];
	struct wish wish = { 0 };
	ssize_t n;
	int done;

	n = recv(client->fd, (char *)&client->req + client->len,
		 sizeof(client->req) - client->len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n > 0)
		client->len += n;
	done = n > 0 ? parse_request(client, &wish) : -1;
	if (!done)
		return true;
	forget(srv, i, done > 0 && !plug_in(srv, client, &wish));
	return false;
}

/* From the last: who goes changes the place of those behind. */
static void hear_all(struct server *srv, const struct pollfd *polled,
		     unsigned int n)
{
	int64_t at = now();
	unsigned int i;

	for (i = n; i-- > 0;)
		if (!(polled[i].revents && !hear(srv, i)) &&
		    srv->clients[i].deadline <= at)
			forget(srv, i, false);
}

/* The ports of a switch that is gone, which nobody else would remove */
static void remove_ports(struct server *srv)
{
	const char *dir = srv->vde->spec.dir;
	struct link_list links = { 0 };
	struct link_info *link;
	size_t i;

	if (!wire_link_list(srv->wire, &links))
		for (i = 0; i < links.n; i++) {
			link = &links.v[i];
			if (link->far.served && !link->master &&
			    !strncmp(link->far.path, dir, strlen(dir)) &&
			    link->far.path[strlen(dir)] == ' ')
				wire_link_del(srv->wire, link->ifindex);
		}
	list_free(&links);
}

static bool is_switch_gone(struct server *srv)
{
	struct link_info sw;
	char drain[4096];

	while (recv(srv->watch, drain, sizeof(drain), MSG_DONTWAIT) > 0)
		;
	if (wire_link_get_index(srv->wire, srv->vde->ifindex, &sw) != -ENODEV)
		return false;
	remove_ports(srv);
	return true;
}

static int timeout(const struct server *srv)
{
	int64_t left;

	if (!srv->n)
		return -1;
	left = srv->clients[0].deadline - now();
	return left < 0 ? 0 : left;
}

static void serve(struct server *srv)
{
	struct pollfd fds[2 + WAITING_MAX];
	unsigned int i, n;

	for (;;) {
		n = srv->n;
		fds[0] = (struct pollfd) { srv->watch, POLLIN, 0 };
		fds[1] = (struct pollfd) { srv->listener, POLLIN, 0 };
		for (i = 0; i < n; i++)
			fds[2 + i] = (struct pollfd) { srv->clients[i].fd,
						       POLLIN, 0 };
		if (poll(fds, 2 + n, timeout(srv)) < 0)
			continue;
		if (fds[0].revents && is_switch_gone(srv))
			return;
		hear_all(srv, fds + 2, n);
		if (fds[1].revents)
			take_clients(srv);
	}
}

int vde_serve(const struct vde_info *vde, int listener,
	      struct vde_shared *shared)
{
	static struct server srv;

	srv.vde = vde;
	srv.shared = shared;
	srv.listener = listener;
	srv.wire = wire_open();
	srv.watch = wire_watch();
	if (srv.watch < 0)
		return EXIT_REFUSED;
	/* It may have gone before anybody watched. */
	if (!is_switch_gone(&srv))
		serve(&srv);
	return EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0
/* Sockets of the host, by sock_diag. What fails here only leaves an answer out. */
#include "wire_priv.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

/* What is looked for, and what was found. */
struct search {
	uint32_t addr;
	uint32_t first;
	uint32_t last;
	uint32_t inode;
};

/* An IPv6 socket of any address mostly has the port of IPv4 too. */
static bool has_addr(const struct inet_diag_msg *msg, uint32_t addr)
{
	const uint32_t *src = msg->id.idiag_src;

	if (msg->idiag_family == AF_INET)
		return !addr || !src[0] || src[0] == addr;
	if (!src[0] && !src[1] && !src[2] && !src[3])
		return true;
	return !src[0] && !src[1] && src[2] == htonl(0xffff) &&
	       (!addr || src[3] == addr);
}

static int read_sock(struct nlmsghdr *nlh, void *arg)
{
	const struct inet_diag_msg *msg = nlmsg_data(nlh);
	struct search *search = arg;
	uint32_t port;

	if (nlmsg_datalen(nlh) < (int)sizeof(*msg))
		return 0;
	port = ntohs(msg->id.idiag_sport);
	if (msg->idiag_inode && port >= search->first &&
	    port <= search->last && has_addr(msg, search->addr))
		search->inode = msg->idiag_inode;
	return 0;
}

static void search_family(struct wire *w, uint8_t family, uint32_t protocol,
			  struct search *search)
{
	struct inet_diag_req_v2 diag = {
		.sdiag_family = family,
		.sdiag_protocol = protocol,
		.idiag_states = ~0U,
	};
	struct request req;

	request_rt(&req, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &diag, sizeof(diag));
	wire_talk(w, w->rt, &req, read_sock, search);
}

uint32_t wire_sock_holder(uint32_t protocol, uint32_t addr, uint32_t port,
			  uint32_t ports)
{
	struct search search = {
		.addr = addr, .first = port, .last = port + ports - 1,
	};
	struct wire w = { .rt = wire_socket(NETLINK_SOCK_DIAG) };

	search_family(&w, AF_INET, protocol, &search);
	if (!search.inode)
		search_family(&w, AF_INET6, protocol, &search);
	nl_socket_free(w.rt);
	return search.inode;
}
